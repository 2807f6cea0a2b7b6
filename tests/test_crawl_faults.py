"""What a crawl does when something breaks in it: a page, the archive, another profile, or the operator's patience."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import environment, luutru
from forked import Command
from test_bad_input import _server, _site
from test_urls import SITE

from archive.exits import Exit
from crawler.publichosts import is_private

ARTICLE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">{title}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span><div id="news-bodyhtml"><p>{text}</p></div></div></body></html>"""
TEXT = "Hội thi tay nghề thợ giỏi thu hút hơn một trăm công nhân của các nhà máy trong tỉnh tham gia."


def _pages(count: int) -> dict[str, tuple[int, str]]:
    links = "".join(f'<a href="/kinh-te/bai-so-{n}.html">Bài số {n}</a>' for n in range(1, count + 1))
    articles = {
        f"/kinh-te/bai-so-{n}.html": (200, ARTICLE.format(title=f"Bài số {n}", text=TEXT)) for n in range(1, count + 1)
    }
    return {"/": (200, links)} | articles


def _crawl(home: Path, base: str, *options: str, name: str = "songlam") -> subprocess.CompletedProcess[str]:
    _site(home, SITE.replace("http://ldld.songlam.example/", base), name)
    return luutru(home, "crawl", name, "--delay", "0.01", "--allow-private", *options)


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / "archive.db") as db:
        return db.execute(sql).fetchall()


_POISON = """
from archive.store import Archive
add = Archive.add
def refusing(self, run, harvests):
    if any(a.headline == "Bài số 2" for h in harvests for a in h.articles):
        raise OverflowError("too large")
    return add(self, run, harvests)
def locked(self, run, harvests):
    import sqlite3
    raise sqlite3.OperationalError("database is locked")
"""


def _crawl_with(home: Path, base: str, broken: str) -> subprocess.CompletedProcess[str]:
    _site(home, SITE.replace("http://ldld.songlam.example/", base))
    arguments = ["--home", str(home), "crawl", "songlam", "--delay", "0.01", "--allow-private"]
    return Command(*arguments, environment=environment(), before=f"{_POISON}\nArchive.add = {broken}").wait()


def test_one_page_that_the_archive_refuses_takes_no_other_with_it(tmp_path: Path) -> None:
    with _server(_pages(5)) as (base, _):
        ended = _crawl_with(tmp_path, base, "refusing")
    assert ended.returncode == Exit.OK, ended.stderr
    assert sorted(_rows(tmp_path, "SELECT headline FROM articles")) == [(f"Bài số {n}",) for n in (1, 3, 4, 5)]
    ((url, reason, warc),) = _rows(tmp_path, "SELECT url, reason, warc FROM captures WHERE outcome = 'unextractable'")
    assert url.endswith("bai-so-2.html")
    assert "OverflowError: too large" in reason
    assert warc


def test_a_site_that_is_off_is_told_in_words_and_its_robots_txt_counted_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as freed:
        port = freed.getsockname()[1]
    ended = _crawl(tmp_path, f"http://127.0.0.1:{port}/")
    assert ended.returncode == Exit.CRAWL_FAILED
    why = f"nothing answers at 127.0.0.1:{port}: the server is down, or it answers only to https:// or only to http://"
    assert f"songlam: robots.txt unreachable: http://127.0.0.1:{port}/robots.txt: {why}" in ended.stderr
    told = luutru(tmp_path, "status").stdout
    assert f"songlam: 1 × {why}" in told
    assert f"robots http://127.0.0.1:{port}/robots.txt (no answer, tried 3 times)" in told
    assert told.rstrip().splitlines()[-2].endswith("1 of its addresses could not be had")
    assert not re.search(r"Error\b|\b111\b", ended.stdout + ended.stderr + told)


def test_an_archive_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    with _server(_pages(3)) as (base, _):
        ended = _crawl_with(tmp_path, base, "locked")
    assert ended.returncode == Exit.CRAWL_FAILED
    assert "Not crawled to the end: songlam" in ended.stderr
    ((reason,),) = _rows(tmp_path, "SELECT reason FROM runs")
    assert reason == "archive failed: OperationalError: database is locked"


def test_a_site_that_answers_nothing_was_not_crawled(tmp_path: Path) -> None:
    with _server({}) as (base, _):
        pass
    ended = _crawl(tmp_path, base)
    assert ended.returncode == Exit.CRAWL_FAILED
    ((reason,),) = _rows(tmp_path, "SELECT reason FROM runs")
    assert reason.startswith(f"robots.txt unreachable: {base}robots.txt: ")
    assert reason in ended.stderr
    assert json.loads(luutru(tmp_path, "schedule", "list", "--json").stdout)


def test_a_broken_profile_stops_no_other_site(tmp_path: Path) -> None:
    _site(tmp_path, "title = 7", "other")
    with _server(_pages(2)) as (base, _):
        ended = _crawl(tmp_path, base)
    assert ended.returncode == Exit.OK, ended.stderr
    assert _rows(tmp_path, "SELECT count(*) FROM articles") == [(2,)]
    listed = luutru(tmp_path, "sites", "list")
    assert "songlam" in listed.stdout
    assert "other.toml: title: Expected `str`" in listed.stderr


def test_relative_links_follow_the_pages_base(tmp_path: Path) -> None:
    listing = '<base href="/"><a href="kinh-te/bai-so-1.html">Bài số 1</a>'
    pages = {"/": (200, '<a href="/tin-tuc/">Tin tức</a>'), "/tin-tuc/": (200, listing)}
    with _server(_pages(1) | pages) as (base, asked):
        _crawl(tmp_path, base)
    assert "/kinh-te/bai-so-1.html" in asked
    assert "/tin-tuc/kinh-te/bai-so-1.html" not in asked


def test_paths_that_lead_deeper_into_themselves_come_to_an_end(tmp_path: Path) -> None:
    class Endless(dict[str, tuple[int, str]]):
        def get(self, key: str, default: Any = None) -> Any:
            return (200, "<a href='a/'>a</a><a href='b/'>b</a><a href='?page=2'>2</a>")

    with _server(Endless()) as (base, asked):
        ended = _crawl(tmp_path, base)
    assert ended.returncode == Exit.OK
    assert len(asked) < 30


PRIVATE = """localhost LOCALHOST localhost. 127.0.0.1 2130706433 0x7f.1 127.1 0 10.1.2.3 [::1] 224.0.0.1
64:ff9b::7f00:1 ::ffff:10.0.0.1 169.254.169.254 fe80::1 100.64.0.1"""


@pytest.mark.parametrize("host", PRIVATE.split())
def test_every_way_to_write_a_private_address_is_known(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", ["thst.vn", "ldld.caobang.gov.vn", "8.8.8.8", "2001:4860:4860::8888", "vn"])
def test_names_and_public_addresses_are_not_private(host: str) -> None:
    assert not is_private(host)


@pytest.mark.parametrize("late", [False, True])
def test_an_article_that_fails_under_one_address_is_asked_for_under_its_other(tmp_path: Path, late: bool) -> None:
    """Whether the other address is known when the first one fails, or found on a page that comes later."""
    first, second = "/van-hoa/bai-so-1.html", "/kinh-te/bai-so-1.html"
    front = f'<a href="{first}">1</a><a href="/kinh-te/">Kinh tế</a>'
    listing = f'<a href="{second}">1</a>'
    pages = _pages(1) | {"/": (200, front if late else front + listing), "/kinh-te/": (200, listing)}
    with _server(pages) as (base, asked):
        _crawl(tmp_path, base)
    assert asked.index(first) < asked.index(second)
    assert _rows(tmp_path, "SELECT headline FROM articles") == [("Bài số 1",)]
