"""What the options of ``luutru crawl`` make it ask for, counted at the server: one site, crawled again and again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import luutru
from inprocess import run
from test_bad_input import _server, _site
from test_urls import SITE

from archive.exits import Exit
from archive.store import Archive
from crawler.runs import runs_of

PAGE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">Bài số {n}</h1>
<span class="h5">Thứ ba - 0{n}/06/2021 09:14</span><div id="news-bodyhtml"><p>Công đoàn cơ sở thứ {n} vừa họp mặt
các hội viên, bàn việc chăm lo bữa ăn ca và nhà trẻ cho con công nhân.</p></div></div></body></html>"""


def _article(n: int) -> str:
    return f"/tin-tuc/bai-so-{n}.html"


def _listing(*numbers: int, further: str = "") -> tuple[int, str]:
    links = "".join(f'<a href="{_article(n)}">Bài số {n}</a>' for n in numbers)
    return 200, f"<html><body>{links}{further}</body></html>"


PAGES = {
    "/": _listing(1, 2, further='<a href="/tin-tuc/">Tin tức</a>'),
    "/tin-tuc/": _listing(1, 2, further='<a href="/tin-tuc/page-2/">2</a>'),
    "/tin-tuc/page-2/": _listing(3, 4),
} | {_article(n): (200, PAGE.format(n=n)) for n in range(1, 5)}


@dataclass
class Told:
    """One crawl: how the command ended and what was asked of the site, in order."""

    ended: subprocess.CompletedProcess[str]
    asked: list[str]
    last: str | None  # crawl that counts for the schedule


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    home = tmp_path_factory.mktemp("home")
    told: dict[str, Told] = {}
    with _server(PAGES) as (base, asked):
        _site(home, SITE.replace("http://ldld.songlam.example/", base))

        def crawl(name: str, *options: str) -> None:
            before = len(asked)
            ended = luutru(home, "crawl", "songlam", "--delay", "0.01", "--allow-private", *options)
            told[name] = Told(ended, asked[before:], _last(home))

        crawl("limited", "--limit", "1")
        crawl("the rest")
        crawl("again")
        crawl("since", "--since", "2021-06-03")
        crawl("full", "--full")
    yield told


def _last(home: Path) -> str | None:
    rows = json.loads(luutru(home, "schedule", "list", "--json").stdout)
    last: str | None = next(row["last"] for row in rows if row["site"] == "songlam")
    return last


def test_a_crawl_that_had_as_many_articles_as_it_was_to_ends_well_and_is_not_a_whole_one(
    crawls: dict[str, Told],
) -> None:
    limited = crawls["limited"]
    assert limited.ended.returncode == Exit.OK, limited.ended.stderr
    assert limited.asked == ["/", _article(1)]
    assert "limit" in limited.ended.stdout
    assert limited.last is None


def test_the_next_crawl_goes_on_where_it_was_cut_short_and_says_so(crawls: dict[str, Told]) -> None:
    rest = crawls["the rest"]
    assert "songlam: goes on where it was cut short, 2 addresses waiting" in rest.ended.stderr
    assert set(rest.asked) == {"/tin-tuc/", "/tin-tuc/page-2/", *(_article(n) for n in (2, 3, 4))}
    assert len(rest.asked) == 5
    assert rest.last is not None


def test_a_crawl_of_a_site_where_nothing_is_new_asks_for_its_entrance_only(crawls: dict[str, Told]) -> None:
    again = crawls["again"]
    assert again.ended.returncode == Exit.OK
    assert "goes on" not in again.ended.stderr
    assert again.asked == ["/"]


def test_articles_published_since_a_day_are_asked_for_again(crawls: dict[str, Told]) -> None:
    assert sorted(crawls["since"].asked) == ["/", _article(3), _article(4)]


def test_a_full_crawl_walks_all_listings_and_asks_for_no_known_article(crawls: dict[str, Told]) -> None:
    assert sorted(crawls["full"].asked) == ["/", "/tin-tuc/", "/tin-tuc/page-2/"]


def test_a_full_crawl_says_at_its_end_how_complete_the_archive_is(crawls: dict[str, Told]) -> None:
    assert "songlam: complete as far as the site shows" in crawls["full"].ended.stdout
    assert "2 sections read to the end (3 pages), all that they list archived" in crawls["full"].ended.stdout
    assert "complete" not in crawls["again"].ended.stdout


def test_a_day_that_is_none_is_a_mistake_on_the_command_line(tmp_path: Path) -> None:
    for command, option in ((["crawl", "thst"], "--since"), (["wacz", "-o", "x.wacz"], "--from")):
        for given in ("06/2021", "2021-W22", "20210601", "2021-02-30", "31/6/2021"):
            said = " ".join(run(tmp_path, *command, option, given, code=Exit.USAGE).replace("│", "").split())
            assert f"Invalid value for '{option}'" in said
            assert f"expected a day, as 20/7/2024 or 2024-07-20 for 20 July 2024, not '{given}'" in said or (
                f"no calendar has the day '{given}'" in said
            )
            assert "%" not in said


def test_a_crawl_is_judged_by_its_own_run_though_another_has_begun_since(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        own, other = (archive.start_run("songlam", f"2026-03-02T0{hour}:00:00+07:00") for hour in (7, 8))
        archive.finish_run(own, "2026-03-02T09:00:00+07:00", "finished", {"new": 3})
    assert [(run.reason, run.counts) for run in runs_of(path, [own]).values()] == [("finished", {"new": 3})]
    assert [run.reason for run in runs_of(path, [other]).values()] == [None]
    assert runs_of(path, []) == {}
