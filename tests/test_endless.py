"""A profile's pattern that finds no end is broken off, and named; what has nothing to do with it goes on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changing import Shown, changing_site
from conftest import luutru
from lxml import html
from pages import FETCHED, nukeviet

from crawler import endless
from crawler.endless import EndlessPattern, watch
from crawler.items import Page
from crawler.pages import page_of
from crawler.pipelines.extract import ExtractStep
from crawler.profiles import Profile, profile_of
from crawler.selectors import Pattern, Select
from crawler.urls import KnownSites, SiteAddresses

HOSTILE = [r"(a+)+$", r"(.*a){20}x", r"(?:(a*)*)*c", r".*.*.*.*.*.*x"]
LINE = "a" * 400 + "!"
NAME, FILE = "thu", Path("sites/thu.toml")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endless, "LONGEST", 0.1)
    monkeypatch.setattr(endless, "_TICK", 0.02)
    endless.begin_page()
    watch()


def _text(rules: str, base: str = "http://thu.example.vn/") -> str:
    return f"""title = "Trang thử"
publisher = "Cơ quan thử"
kind = "union"
province = "Cao Bằng"
family = "nukeviet"
base = "{base}"
[[layouts]]
{rules}
"""


def _profile(rules: str) -> Profile:
    return profile_of(NAME, _text(rules).encode(), FILE)


def _page(profile: Profile, markup: str, path: str = "tin/bai-1.html") -> Page:
    addresses = SiteAddresses(profile, profile.layouts[0])
    return page_of(
        profile,
        profile.layouts[0],
        addresses,
        url=profile.base + path,
        answered=profile.base + path,
        role="article",
        status=200,
        headers=[("Content-Type", "text/html; charset=utf-8")],
        body=markup.encode(),
        fetched_at=FETCHED,
    )


@pytest.mark.parametrize("source", HOSTILE)
def test_a_pattern_without_end_is_broken_off_wherever_it_is_used(source: str) -> None:
    pattern = Pattern(source)
    calls: list[Callable[[], Any]] = [
        lambda: pattern.search(LINE),
        lambda: pattern.fullmatch(LINE),
        lambda: pattern.sub("", LINE),
        lambda: Select(f'.//p[re:test(., "{source}")]')(html.fromstring(f"<div><p>{LINE}</p></div>")),
    ]
    for call in calls:
        with pytest.raises(EndlessPattern) as error:
            call()
        assert repr(source)[1:-1] in str(error.value)


def test_a_pattern_that_is_slow_a_little_on_each_line_is_broken_off_too() -> None:
    slow = Pattern(r".*.*.*x")
    with pytest.raises(EndlessPattern):
        for _ in range(10_000):
            slow.search("a" * 200)


def test_what_takes_long_without_a_pattern_is_left_alone() -> None:
    pattern = Pattern("a+")
    for number in range(50):
        assert sum(range(100_000)) > 0 and pattern.fullmatch(str(number)) is None


def test_a_process_that_kept_an_eye_on_patterns_ends_as_any_other() -> None:
    busy = "class Late:\n  def __del__(self):\n    sum(range(20_000_000))\nkept = Late()\nkept.itself = kept"
    script = f"from crawler.endless import watch\n{busy}\nwatch()"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_error_names_the_file_and_the_key_of_the_site_or_of_its_family() -> None:
    own = _profile("[layouts.fields.published]\nlabel = '(a+)+$'\n[layouts.urls]\nparams = ['(a+)+$']").layouts[0]
    assert own.fields.published.label is not None
    assert own.fields.published.label.where == f"{FILE}: layouts[0].fields.published.label"
    assert own.urls.params[0].where == f"{FILE}: layouts[0].urls.params[0]"
    assert own.urls.article[0].where.endswith("families/nukeviet.toml: layout.urls.article[0]")
    assert own.fields.headline.select[0].where.endswith("families/nukeviet.toml: layout.fields.headline.select[0]")


def test_a_page_whose_date_pattern_finds_no_end_gives_no_date_but_the_reason() -> None:
    profile = _profile("[layouts.fields.published]\nselect = ['.h5']\ncapture = '(?:[^x]+)+x'")
    reading = ExtractStep().process_item(_page(profile, nukeviet("<p>Sáng nay.</p>")))
    assert reading.drafts == []
    assert reading.failure is not None
    assert f"{FILE}: layouts[0].fields.published.capture: '(?:[^x]+)+x' found no end" in reading.failure


def test_a_page_with_an_address_that_a_pattern_finds_no_end_in_says_so() -> None:
    profile = _profile("[layouts.urls]\nlisting = ['/(?:[a-z]+-?)+/']")
    page = _page(profile, f'<a href="/{"a" * 60}!">Tin</a>')
    assert page.error is not None and f"{FILE}: layouts[0].urls.listing[0]" in page.error
    assert _page(profile, '<a href="/tin-tuc/">Tin</a>').links == [("http://thu.example.vn/tin-tuc/", "listing")]


def test_another_sites_pattern_harms_no_page_that_links_there() -> None:
    known = KnownSites([_profile("[layouts.urls]\narticle = ['/(?:[a-z]+-?)+/']\nignore = []\nview = []")], FETCHED)
    assert known.article(f"http://thu.example.vn/{'a' * 60}!") is None
    found = known.article("http://thu.example.vn/hop-mat/")
    assert found is not None and found[0] == "http://thu.example.vn/hop-mat/"


def test_a_crawl_goes_on_after_a_page_that_a_pattern_finds_no_end_on(tmp_path: Path) -> None:
    rules = "[layouts.fields.byline]\nlabel = 'Bài:(?: ?[^ .]+)+\\.'\nanywhere = true\nselect = []"
    with changing_site() as site:
        links = "".join(f'<a href="/tin/bai-{number}.html">Tin số {number}</a>' for number in (1, 2))
        site.pages["/"] = Shown(links)
        site.pages["/tin/bai-1.html"] = Shown(nukeviet(f"<p>Bài: {'a' * 60}</p>"))
        site.pages["/tin/bai-2.html"] = Shown(nukeviet("<p>Sáng nay, đoàn viên đã về.</p>"))
        (tmp_path / "sites").mkdir()
        text = _text(rules, site.base).replace("[[layouts]]", "[crawl]\ndelay = 0.01\nprivate = true\n[[layouts]]")
        (tmp_path / "sites" / "thu.toml").write_text(text, encoding="utf-8")
        ended = luutru(tmp_path, "crawl", NAME)
    with sqlite3.connect(tmp_path / "archive.db") as db:
        states = dict(db.execute("SELECT url, reason FROM urls WHERE role = 'article'").fetchall())
        stored = [url for (url,) in db.execute("SELECT url FROM articles")]
    assert stored == [f"{site.base}tin/bai-2.html"], ended.stderr
    assert "sites/thu.toml: layouts[0].fields.byline.label" in states[f"{site.base}tin/bai-1.html"]
    assert "fields.byline.label" in ended.stdout + ended.stderr
