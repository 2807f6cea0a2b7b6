"""A site that is crawled again and again while it changes: what is asked for, what is believed, what is stored.

One story for all tests, told by the fixture: each crawl is a process of its own, the server counts, and time passes
by moving what is due.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from changing import Asked, ChangingSite, Shown, a_day_ago, changing_site, long_ago, same_tag, true_tag
from conftest import luutru
from sample_archive import run
from test_bad_input import _site
from test_urls import SITE
from warcio.archiveiterator import ArchiveIterator

from archive.exits import Exit
from archive.validators import CHECK_EVERY

PER_PAGE = 2
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def _path(slug: str) -> str:
    return f"/tin-tuc/{slug}.html"


def _article(slug: str, text: str = "Đoàn viên các tổ cùng trồng cây quanh sân bóng của khu nhà ở.") -> str:
    return f"""<html><body><div class="news_column"><h1 class="title" itemprop="headline">Bài {slug}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span><div id="news-bodyhtml"><p>{text}</p></div></div></body></html>"""


SLUGS = ["the-1", "ngay-2", "nuke-3", "li-4", "mat-5", "bo-6", "doi-7", "mem-8", "thuong-9"]
NEWEST = "moi-10"


def _lists(slugs: list[str]) -> dict[str, Shown]:
    """The front page with the two newest, and a section whose pager prints all its numbers on every page."""
    cut = [slugs[start : start + PER_PAGE] for start in range(0, len(slugs), PER_PAGE)]
    pager = "".join(f'<a href="/tin-tuc/page-{n}/">{n}</a>' for n in range(2, len(cut) + 1))
    pages = {"/": Shown(_links(slugs[:PER_PAGE]) + '<a href="/tin-tuc/">Tin tức</a>')}
    for number, part in enumerate(cut, 1):
        pages["/tin-tuc/" if number == 1 else f"/tin-tuc/page-{number}/"] = Shown(_links(part) + pager)
    return pages


def _links(slugs: list[str]) -> str:
    return "".join(f'<h3><a href="{_path(slug)}">Bài {slug}</a></h3>' for slug in slugs)


@dataclass
class Crawl:
    """What one crawl asked for, and the archive after it."""

    asked: list[Asked]
    exported: dict[str, dict[str, Any]]
    outcomes: dict[str, str]
    distrust: dict[str, str | None]

    def of(self, slug: str) -> Asked:
        [one] = [one for one in self.asked if one.path == _path(slug)]
        return one

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@dataclass
class Story:
    home: Path
    site: ChangingSite
    crawls: dict[str, Crawl] = field(default_factory=dict)

    def crawl(self, name: str, *options: str) -> None:
        before = len(self.site.asked)
        ended = luutru(self.home, "crawl", "songlam", "--delay", "0.01", "--allow-private", *options)
        assert ended.returncode == Exit.OK, ended.stderr
        lines = run(self.home, "export").stdout.splitlines()
        exported = {row["headline"].removeprefix("Bài "): row for row in map(json.loads, lines)}
        last = "SELECT url, outcome FROM captures WHERE run = (SELECT max(id) FROM runs) ORDER BY id"
        distrust = dict(self.sql("SELECT url, distrust FROM urls"))
        self.crawls[name] = Crawl(self.site.asked[before:], exported, dict(self.sql(last)), distrust)

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(self.home / "archive.db")
        with db:
            rows = db.execute(statement, values).fetchall()
        db.close()
        return rows

    def time_passes(self) -> None:
        """Every article that was asked for is due."""
        self.sql("UPDATE urls SET due = '2001-01-01T00:00:00+07:00' WHERE role = 'article'")

    def url(self, slug: str) -> str:
        return self.site.base.rstrip("/") + _path(slug)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("home")
    with changing_site() as site:
        told = Story(home, site)
        _site(home, SITE.replace("http://ldld.songlam.example/", site.base))
        pages = site.pages
        pages |= _lists(SLUGS) | {_path(slug): Shown(_article(slug)) for slug in SLUGS}
        pages[_path("the-1")].tag = true_tag
        pages[_path("ngay-2")].dated = long_ago
        pages[_path("nuke-3")].dated = a_day_ago
        pages[_path("li-4")].tag = same_tag
        told.crawl("first")

        pages[_path("li-4")].body = _article("li-4", "Hội thi nấu ăn dời sang chiều thứ bảy vì trời mưa.")
        pages[_path("mat-5")].status = 404
        pages[_path("bo-6")].status = 410
        pages[_path("doi-7")].to = "/"
        pages[_path("mem-8")].body = "<html><body><h1>Bài viết không tồn tại</h1></body></html>"
        told.time_passes()
        time.sleep(1.1)  # times are told to the second
        told.crawl("second")

        some_nights = "UPDATE urls SET not_modified = ? WHERE url = ?"
        told.sql(some_nights, CHECK_EVERY, told.url("li-4"))
        pages[_path("the-1")].body = _article("the-1", "Ban tổ chức cảm ơn các tổ đã góp thêm mười cây bàng.")
        pages[_path("mat-5")].status = 200
        told.time_passes()
        told.crawl("third")

        told.crawl("nothing new")
        pages |= _lists([NEWEST, *SLUGS]) | {_path(NEWEST): Shown(_article(NEWEST))}
        told.crawl("one new")
        told.crawl("full", "--full")
        yield told


def test_a_page_with_a_true_etag_is_not_sent_again_and_its_article_stays_as_it_was(story: Story) -> None:
    first, second = story.crawls["first"], story.crawls["second"]
    assert first.of("the-1").condition is None
    assert second.of("the-1").condition == true_tag(_article("the-1").encode())
    assert second.of("the-1").status == 304
    assert second.outcomes[story.url("the-1")] == "unchanged"
    assert second.exported["the-1"] == first.exported["the-1"]


def test_a_true_last_modified_serves_as_well(story: Story) -> None:
    asked = story.crawls["second"].of("ngay-2")
    assert (asked.condition, asked.status) == ("Fri, 19 Jul 2024 01:00:00 GMT", 304)


def test_an_answer_that_nothing_changed_stands_in_the_warc_file_as_a_revisit_of_what_it_stands_for(
    story: Story,
) -> None:
    found = []
    for path in sorted((story.home / "warc").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                headers = record.rec_headers
                if headers.get_header("WARC-Target-URI") == story.url("the-1") and record.rec_type != "request":
                    found.append((record.rec_type, headers.get_header("WARC-Profile"), headers))
    assert [(kind, profile) for kind, profile, _ in found] == [
        ("response", None),
        ("revisit", NOT_MODIFIED),
        ("response", None),
    ]
    assert found[1][2].get_header("WARC-Refers-To") == found[0][2].get_header("WARC-Record-ID")


def test_a_changed_page_is_sent_whole_and_makes_a_revision(story: Story) -> None:
    third = story.crawls["third"]
    assert third.of("the-1").status == 200
    assert third.exported["the-1"]["revision"] == 2
    assert "mười cây bàng" in third.exported["the-1"]["body"]
    assert third.distrust[story.url("the-1")] is None


def test_a_last_modified_that_is_always_a_day_ago_is_not_sent_back(story: Story) -> None:
    assert [story.crawls[name].of("nuke-3").condition for name in ("first", "second", "third")] == [None, None, None]
    assert "follows the clock" in (story.crawls["first"].distrust[story.url("nuke-3")] or "")


def test_a_validator_that_hides_a_change_is_found_out_when_the_page_itself_is_asked_for(story: Story) -> None:
    second, third = story.crawls["second"], story.crawls["third"]
    assert second.of("li-4").status == 304
    assert second.exported["li-4"]["revision"] == 1
    assert (third.of("li-4").condition, third.of("li-4").status) == (None, 200)
    assert "dời sang chiều thứ bảy" in third.exported["li-4"]["body"]
    assert third.exported["li-4"]["revision"] == 2
    assert third.distrust[story.url("li-4")] == "the page changed and its validators did not"


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        ("mat-5", "HTTP status 404"),
        ("bo-6", "HTTP status 410"),
        ("doi-7", "redirected to {base}"),
        ("mem-8", "the page says that it is not there: Bài viết không tồn tại"),
    ],
)
def test_an_article_that_vanishes_is_gone_with_the_time_and_the_reason_and_keeps_its_text(
    story: Story, slug: str, reason: str
) -> None:
    first, second = story.crawls["first"].exported[slug], story.crawls["second"].exported[slug]
    assert first["gone"] is None
    assert second["gone"]["reason"] == reason.format(base=story.site.base)
    assert second["gone"]["at"] > first["first_seen"]
    assert second | {"gone": None} == first
    assert story.crawls["second"].outcomes[story.url(slug)] == "gone"


def test_what_is_gone_is_still_found_and_shown_as_gone(story: Story) -> None:
    assert "Bài **bo**-6" in run(story.home, "search", "bo").stdout
    shown = run(story.home, "show", story.url("bo-6")).stdout
    assert "Gone:       noticed 20" in shown
    assert "HTTP status 410; this is what it said before" in shown
    assert "trồng cây quanh sân bóng" in shown


def test_what_comes_back_is_no_longer_gone(story: Story) -> None:
    assert story.crawls["third"].exported["mat-5"] == story.crawls["first"].exported["mat-5"]
    assert story.crawls["third"].exported["bo-6"]["gone"] is not None


def test_listings_where_everything_is_known_are_not_paged_through(story: Story) -> None:
    assert story.crawls["nothing new"].paths() == ["/"]


def test_a_new_article_makes_the_crawl_page_on_to_where_everything_is_known_and_no_further(story: Story) -> None:
    paths = story.crawls["one new"].paths()
    assert sorted(paths) == sorted(["/", _path(NEWEST), "/tin-tuc/", "/tin-tuc/page-2/"])
    assert NEWEST in story.crawls["one new"].exported


def test_a_full_crawl_walks_every_listing_once(story: Story) -> None:
    assert sorted(story.crawls["full"].paths()) == [
        *("/", "/tin-tuc/", "/tin-tuc/page-2/", "/tin-tuc/page-3/", "/tin-tuc/page-4/", "/tin-tuc/page-5/")
    ]
