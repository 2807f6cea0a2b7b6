"""Feeds that have further pages are walked to their end, and their end is no failure."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from pages import page

from archive.completeness import completeness
from archive.status import site_status
from archive.store import Archive
from crawler.demo.command import write_profiles
from crawler.demo.layouts import Answer
from crawler.demo.server import Replicas, serve
from crawler.demo.world import World
from crawler.extraction.feed import read_feed
from crawler.extraction.wprest import refusal
from crawler.home import Home
from crawler.items import Entry
from crawler.urls import SiteAddresses

API = "/wp-json/wp/v2/posts"
CLASSIC, BLOCK = "wordpress-classic", "wordpress-block"


def _crawl(home: Path, bases: Replicas, name: str, *options: str) -> list[str]:
    """Crawl the replica and give what was asked for, in order."""
    write_profiles(Home(home), bases)
    before = len(bases.recorded(name))
    ended = luutru(home, "crawl", name, *options)
    assert ended.returncode == 0, ended.stderr
    return [one.target for one in bases.recorded(name)[before:]]


def _feeds_alone(home: Path, name: str) -> None:
    """Leave the crawl nothing but its feeds to begin at."""
    path = home / "sites" / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert 'listings = ["/"]' in text
    path.write_text(text.replace('listings = ["/"]', "listings = []"), encoding="utf-8")


def _state(home: Path, like: str) -> list[tuple[str, str | None]]:
    with sqlite3.connect(home / "archive.db") as db:
        return db.execute("SELECT state, reason FROM urls WHERE url LIKE ? ORDER BY page", [like]).fetchall()


def test_a_feed_is_asked_for_page_by_page_until_one_is_not_there(tmp_path: Path) -> None:
    with serve(World(3, 24, sites=(CLASSIC,))) as bases:
        asked = _crawl(tmp_path, bases, CLASSIC)
    assert [target for target in asked if target.startswith("/feed/")] == [
        "/feed/",
        "/feed/?paged=2",
        "/feed/?paged=3",
        "/feed/?paged=4",
    ]
    assert _state(tmp_path, "%/feed/?paged=4") == [("gone", "behind the last page: HTTP status 404")]
    found = completeness(Archive(Home(tmp_path).archive).db, CLASSIC)
    feed = next(place for place in found.places if place.kind == "feed")
    assert (feed.pages, feed.walked, feed.listed, feed.stored, feed.missing) == (3, 3, 24, 24, [])
    assert found.complete


def test_the_server_says_how_many_pages_its_list_of_posts_has_and_no_more_are_asked_for(tmp_path: Path) -> None:
    with serve(World(3, 12, sites=(BLOCK,))) as bases:
        asked = _crawl(tmp_path, bases, BLOCK)
        again = _crawl(tmp_path, bases, BLOCK)
    pages = [target for target in asked if target.startswith(API)]
    assert pages == [f"{API}?per_page=5", f"{API}?page=2&per_page=5", f"{API}?page=3&per_page=5"]
    assert [target for target in again if "page=2" in target] == []  # nothing is new on the first
    found = completeness(Archive(Home(tmp_path).archive).db, BLOCK)
    posts = next(place for place in found.places if API in place.url)
    assert (posts.pages, posts.walked, posts.listed, posts.total) == (3, 3, 12, 12)


def test_the_list_of_posts_shrinks_and_its_last_page_is_refused_without_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(3, 12, sites=(BLOCK,))
    with serve(world) as bases:
        _crawl(tmp_path, bases, BLOCK)
        monkeypatch.setattr(world.layouts[BLOCK], "answer", _ten_posts(world.layouts[BLOCK].answer))
        _crawl(tmp_path, bases, BLOCK, "--full")
    ended = dict(_state(tmp_path, f"%{API}%"))
    assert ended == {"done": None, "gone": "behind the last page: HTTP status 400"}


def _ten_posts(answer: Any) -> Callable[..., Answer]:
    """As if there were no third page any more."""

    def shorter(target: str, visit: Any) -> Answer:
        if target.startswith(API) and "page=3" in target:
            return Answer(400, b'{"code":"rest_post_invalid_page_number"}', "application/json")
        found: Answer = answer(target, visit)
        if target.startswith(API):
            return Answer(200, found.body, found.media_type, {"X-WP-Total": "10", "X-WP-TotalPages": "2"})
        return found

    return shorter


def test_a_feed_that_shows_its_first_page_under_every_number_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(3, 24, sites=(CLASSIC,))
    answer = world.layouts[CLASSIC].answer
    monkeypatch.setattr(
        world.layouts[CLASSIC], "answer", lambda target, visit: answer(target.partition("?paged")[0], visit)
    )
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        _feeds_alone(tmp_path, CLASSIC)
        asked_before = len(bases.recorded(CLASSIC))
        assert luutru(tmp_path, "crawl", CLASSIC).returncode == 0
        asked = [one.target for one in bases.recorded(CLASSIC)[asked_before:]]
    assert 2 <= sum(target.startswith("/feed/") for target in asked) <= 5


def test_feeds_of_comments_are_not_asked_for(tmp_path: Path) -> None:
    with serve(World(3, 12, sites=(CLASSIC,))) as bases:
        asked = _crawl(tmp_path, bases, CLASSIC)
    feeds = [target for target in asked if "/feed/" in target]
    assert feeds and all(target.startswith("/feed/") for target in feeds)


def test_a_page_that_says_that_it_is_none_is_no_article_though_its_address_is_as_long(tmp_path: Path) -> None:
    with serve(World(3, 12, sites=(CLASSIC,))) as bases:
        _crawl(tmp_path, bases, CLASSIC)
    reason = "the page says that it is no article: body.page:not(.single)"
    assert _state(tmp_path, "%/co-cau-to-chuc-bo-may-co-quan/") == [("gone", reason)]


def _read(answer: object) -> list[Entry]:
    found = page(json.dumps(answer).encode(), role="feed")
    found.media_type = "application/json"
    return read_feed(found)


POST = {"link": "http://thu.example.vn/a-b-c-d-e/", "title": {"rendered": "Tin &#8211; ảnh"}}


@pytest.mark.parametrize(
    ("date", "date_gmt", "printed"),
    [
        ("2024-07-01T05:30:15", "2024-06-30T22:30:15", "2024-07-01T05:30:15"),  # the site's clock is Vietnam's
        ("2024-06-30T22:30:15", "2024-06-30T22:30:15", "2024-06-30T22:30:15Z"),  # nobody set it
        ("2024-07-01T05:30:15", None, "2024-07-01T05:30:15"),
        (None, None, None),
    ],
)
def test_the_date_of_a_post_is_a_moment_whatever_the_zone_of_the_site(
    date: str | None, date_gmt: str | None, printed: str | None
) -> None:
    (entry,) = _read([POST | {"date": date, "date_gmt": date_gmt, "modified": "2025-01-01T00:00:00"}])
    assert entry == Entry("http://thu.example.vn/a-b-c-d-e/", "Tin – ảnh", printed)


def test_what_the_api_says_instead_of_posts_is_no_feed() -> None:
    refused = {"code": "rest_cannot_access", "message": "Không được phép.", "data": {"status": 401}}
    for answer in (refused, [{"id": 3}]):
        with pytest.raises(ValueError, match="no list of posts"):
            _read(answer)
    assert _read([]) == []


def test_a_list_of_posts_that_is_closed_is_told_and_is_no_failure_of_the_crawl(tmp_path: Path) -> None:
    with serve(World(3, 3, sites=(CLASSIC,))) as bases:
        write_profiles(Home(tmp_path), bases)
        path = tmp_path / "sites" / f"{CLASSIC}.toml"
        text = path.read_text(encoding="utf-8")
        assert 'feeds = ["/feed/"' in text
        path.write_text(text.replace('feeds = ["/feed/"', f'feeds = ["{API}?per_page=100", "/feed/"'), encoding="utf-8")
        ended = luutru(tmp_path, "crawl", CLASSIC)
    assert ended.returncode == 0, ended.stderr
    told = "the site keeps its list of posts to itself (HTTP status 401, rest_cannot_access)"
    assert f"1 x {told}: its profile can do without it in start.feeds" in " ".join(ended.stdout.split())
    ((state, reason),) = _state(tmp_path, f"%{API}%")
    assert state == "gone" and reason is not None and reason.startswith(told)
    (site,) = [
        one for one in site_status(Archive(Home(tmp_path).archive).db, Home(tmp_path).locks) if one.site == CLASSIC
    ]
    assert (site.errors, site.failing, site.articles, site.needs_attention) == (0, 0, 3, False)


def test_whoever_else_refuses_says_nothing_of_the_list_of_posts() -> None:
    blocked = page("<h1>Forbidden</h1>", role="feed")
    other = page(json.dumps({"code": "blocked", "data": {"status": 503}}), role="feed")
    closed = page(json.dumps({"code": "rest_forbidden", "data": {"status": 403}}), role="feed")
    for one in (blocked, other, closed):
        one.status = 403
    assert [refusal(one) for one in (blocked, other, closed)] == [None, None, "rest_forbidden"]


def test_an_address_says_which_page_of_which_feed_it_is(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_profiles(home, {BLOCK: "http://thu.example.vn"})
    profile = home.profiles.load(BLOCK)
    addresses = SiteAddresses(profile, profile.layouts[-1])
    base = "http://thu.example.vn"
    assert addresses.feed_page(f"{base}/category/tin/feed/?paged=3") == (f"{base}/category/tin/feed/", 3)
    assert addresses.next_feed_page(f"{base}{API}?per_page=100") == f"{base}{API}?page=2&per_page=100"
    assert addresses.feed_page(f"{base}/feed/atom.xml") is None
    assert addresses.feed_page(f"{base}/feed/?paged={2**63}") is None, "no number that the archive cannot hold"
    second = addresses.found(f"{base}/feed/?paged=2", "feed")
    assert (second.section, second.page) == (f"{base}/feed/", 2)
    assert addresses.normalise("/feed/?paged=2&utm_source=zalo", base) == f"{base}/feed/?paged=2"
