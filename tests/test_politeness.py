"""How fast sites are asked, measured at the servers: delay, connections, Crawl-delay, holds, and when a crawl gives up.

One crawl visits a dozen sites at once, each on an address of its own; each test looks at one of them.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import CONTACT
from scrapy.http import Headers
from watched import (
    TOLERANCE,
    Answer,
    Request,
    Routes,
    Watched,
    articles,
    assert_paced,
    log,
    reasons,
    run,
    start,
    states,
    watched,
    write_site,
)

from archive.exits import Exit
from crawler.throttle import retry_after

DELAY = 0.5
ROBOTS = "/robots.txt"
ON_THE_WAY = 0.8
"""Seconds in which a second connection's request may still arrive after a refusal went out: the crawler sent it before
it had read that."""


def _bai(number: int) -> str:
    return f"/kinh-te/bai-so-{number}.html"


def _away(answers: Routes, path: str, *first: Answer) -> dict[str, Answer | list[Answer]]:
    """The same site, but the first visits to ``path`` are answered otherwise."""
    usual = answers[path]
    assert isinstance(usual, Answer)
    return {**answers, path: [*first, usual]}


def _date(moment: float) -> str:
    return formatdate(moment, usegmt=True)


def _sites() -> dict[str, tuple[str, Routes]]:
    """Each site's name, the lines of its ``[crawl]``, and what it answers."""
    mixed = articles(6)
    mixed[_bai(1)] = Answer(302, headers={"Location": "/van-hoa/bai-so-1.html"})
    mixed["/van-hoa/bai-so-1.html"] = articles(1)[_bai(1)]
    mixed |= _away(mixed, _bai(2), Answer(500, "hỏng"), Answer(500, "hỏng"))
    mixed[ROBOTS] = [Answer(500, "hỏng"), Answer(301, headers={"Location": "/rules.txt"})]
    mixed["/rules.txt"] = Answer(body="User-agent: *\nDisallow: /kinh-te/bai-so-6.html\n")
    asked = articles(4) | {
        ROBOTS: Answer(body="User-agent: *\nCrawl-delay: 9\n\nUser-agent: Luutru\nCrawl-delay: 0.6\n")
    }
    patient = articles(4) | {ROBOTS: Answer(body="User-agent: *\nCrawl-delay: 0.01\n")}
    endless = articles(2) | {ROBOTS: Answer(body="User-agent: *\nCrawl-delay: 86400\n")}
    now = time.time()
    come_later = {
        "seconds": {"Retry-After": "2"},
        "date": {"Retry-After": _date(now + 1002), "Date": _date(now + 1000)},
        "old-clock": {"Retry-After": _date(1_000_000_002), "Date": _date(1_000_000_000)},
    }
    holds = {
        f"hold-{name}": (
            "delay = 0.05\nconnections = 2",
            _away(articles(11, seconds=0.1), _bai(6), Answer(429, headers=headers)),
        )
        for name, headers in come_later.items()
    }
    refusing = _away(articles(4), _bai(3), Answer(503), Answer(503))
    down = {path: Answer(502) for path in articles(60)} | {"/": articles(60)["/"]}
    return {
        "mixed": (f"delay = {DELAY}", mixed),
        "moved": (f"delay = {DELAY}", articles(4)),
        "slow": ("delay = 0.05", articles(4, seconds=0.5)),
        "two": ("delay = 0.4\nconnections = 2", articles(8, seconds=0.7)),
        "asked": ("delay = 0.05", asked),
        "patient": ("delay = 0.5", patient),
        "endless": ("delay = 0.05", endless),
        **holds,
        "refusing": ("delay = 0.05", refusing),
        "far": ("delay = 0.05", _away(articles(20), _bai(17), Answer(503, headers={"Retry-After": "3600"}))),
        "never": ("delay = 0.05", articles(30) | {_bai(n): Answer(429) for n in range(1, 31)}),
        "down": ("delay = 0.02", down),
        "robots-later": ("delay = 0.05", articles(2) | {ROBOTS: [Answer(503, headers={"Retry-After": "1"}), Answer()]}),
    }


@dataclass
class Crawled:
    home: Path
    servers: dict[str, Watched]
    reasons: dict[str, str]
    log: str


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home = tmp_path_factory.mktemp("home")
    sites = _sites()
    other = articles(4, seconds=0.2) | {ROBOTS: Answer(404, seconds=0.5)}
    with watched(*(routes for _, routes in sites.values()), other, first_address=20) as running:
        servers = dict(zip((*sites, "alias"), running, strict=True))
        alias = servers["alias"].base
        moved = {_bai(n): Answer(302, headers={"Location": f"{alias}kinh-te/bai-so-{n}.html"}) for n in range(1, 5)}
        servers["moved"].routes = articles(4) | moved
        for name, (crawl, _) in sites.items():
            top = f'aliases = ["{alias.removeprefix("http://").strip("/")}"]\n' if name == "moved" else ""
            write_site(home, name, servers[name].base, crawl, top)
        ended = run(home, "crawl", *sites, "--processes", "1", LUUTRU_LONGEST_CRAWL_DELAY=0.8)
    assert ended.returncode == Exit.CRAWL_FAILED, ended.stderr
    yield Crawled(home, servers, reasons(home), log(home))


def test_one_connection_means_one_request_at_a_time_robots_redirects_and_retries_among_them(crawled: Crawled) -> None:
    server = crawled.servers["mixed"]
    assert sorted(server.paths) == sorted(
        [
            ROBOTS,
            ROBOTS,
            "/rules.txt",
            "/",
            _bai(1),
            "/van-hoa/bai-so-1.html",
            *[_bai(2)] * 3,
            _bai(3),
            _bai(4),
            _bai(5),
        ]
    )
    assert server.most == 1
    assert_paced(server.requests, DELAY)
    assert crawled.reasons["mixed"] == "finished"


def test_an_alias_of_the_site_shares_its_connection_and_its_delay(crawled: Crawled) -> None:
    both = [one for name in ("moved", "alias") for one in crawled.servers[name].requests]
    both.sort(key=lambda one: one.at)
    assert [one.path for one in crawled.servers["alias"].requests].count(ROBOTS) == 1
    assert len(both) == 2 + 4 + 1 + 4
    assert_paced(both, DELAY)
    assert all(later.at >= earlier.answered for earlier, later in pairwise(both))


def test_a_slow_answer_is_waited_for_and_makes_the_crawl_slower(crawled: Crawled) -> None:
    server = crawled.servers["slow"]
    assert server.most == 1
    assert len(server.paths) == 6
    assert_paced([one for one in server.requests if one.path != ROBOTS], 0.5)


def test_two_connections_are_used_and_no_third(crawled: Crawled) -> None:
    server = crawled.servers["two"]
    assert server.most == 2
    assert_paced(server.requests, 0.4)


def test_the_crawl_delay_of_robots_txt_is_kept_from_robots_txt_on(crawled: Crawled) -> None:
    server = crawled.servers["asked"]
    assert server.paths[0] == ROBOTS
    assert len(server.paths) == 6
    assert_paced(server.requests, 0.6)
    assert "Crawl-delay in robots.txt" in crawled.log


def test_a_crawl_delay_below_the_profiles_delay_changes_nothing(crawled: Crawled) -> None:
    assert_paced(crawled.servers["patient"].requests, 0.5)


def test_a_crawl_delay_of_a_day_is_cut_to_the_longest_and_the_log_says_so(crawled: Crawled) -> None:
    server = crawled.servers["endless"]
    assert len(server.paths) == 4
    assert_paced(server.requests, 0.8)
    assert "0.8 s between two requests, the longest that is obeyed (it says 86400 s)" in crawled.log


@pytest.mark.parametrize("name", ["hold-seconds", "hold-date", "hold-old-clock"])
def test_retry_after_holds_the_whole_site_what_is_queued_too(crawled: Crawled, name: str) -> None:
    server = crawled.servers[name]
    (refused,) = [one for one in server.requests if one.status == 429]
    begin, end = refused.answered + ON_THE_WAY, refused.answered + 2 - TOLERANCE
    assert not [one for one in server.requests if begin < one.at < end]
    after = [one.path for one in server.requests if one.at > refused.answered]
    assert refused.path in after
    assert len(after) >= 4
    assert crawled.reasons[name] == "finished"


def test_without_retry_after_each_hold_is_at_least_the_first_ones_length(crawled: Crawled) -> None:
    server = crawled.servers["refusing"]
    refused = [one for one in server.requests if one.status == 503]
    assert len(refused) == 2
    for one in refused:
        assert not [other for other in server.requests if one.answered < other.at < one.answered + 0.4 - TOLERANCE]
    assert crawled.reasons["refusing"] == "finished"


def test_a_hold_beyond_the_bound_ends_the_crawl_at_once_with_its_reason(crawled: Crawled) -> None:
    server = crawled.servers["far"]
    (refused,) = [one for one in server.requests if one.status == 503]
    assert not [one for one in server.requests if one.at > refused.answered]
    assert crawled.reasons["far"] == (
        f"asked to come later: HTTP status 503 from {server.base}{_bai(17)[1:]} with Retry-After: "
        "3600 s, and 5 s is the longest wait"
    )
    assert set(states(crawled.home, "far").values()) == {"done", "pending"}
    assert states(crawled.home, "far")[_bai(17)] == "pending"


def test_refusals_in_a_row_hold_twice_as_long_each_until_the_crawl_ends(crawled: Crawled) -> None:
    refused = sorted((one for one in crawled.servers["never"].requests if one.status == 429), key=lambda one: one.at)
    waits = [later.at - earlier.answered for earlier, later in pairwise(refused)]
    assert all(wait >= least - TOLERANCE for wait, least in zip(waits, (0.4, 0.8, 1.6, 3.2), strict=True))
    assert crawled.reasons["never"].startswith("asked to come later: HTTP status 429")
    assert "failed" not in states(crawled.home, "never").values()


def test_a_site_that_stops_answering_is_left_before_its_addresses_are_used_up(crawled: Crawled) -> None:
    server = crawled.servers["down"]
    assert len(server.paths) == 2 + 12
    assert crawled.reasons["down"].startswith("the site does not answer: 12 requests in a row failed, the last one ")
    assert "failed" not in states(crawled.home, "down").values()


def test_broken_pages_that_end_a_crawl_do_not_end_the_next_one(tmp_path: Path) -> None:
    broken = {_bai(n): Answer(502) for n in range(1, 6)}
    with watched(articles(9) | broken, first_address=50) as (server,):
        write_site(tmp_path, "songlam", server.base, "delay = 0.02")
        first = run(tmp_path, "crawl", "songlam", LUUTRU_FAILURES_IN_A_ROW=4)
        assert first.returncode == Exit.CRAWL_FAILED
        assert _bai(9) not in server.paths
        second = run(tmp_path, "crawl", "songlam", LUUTRU_FAILURES_IN_A_ROW=4)
    assert {_bai(n) for n in range(6, 10)} < set(server.paths), second.stderr


def test_a_robots_txt_that_comes_after_a_hold_counts(crawled: Crawled) -> None:
    server = crawled.servers["robots-later"]
    assert server.paths[:3] == [ROBOTS, ROBOTS, "/"]
    first, second, *_ = sorted(server.requests, key=lambda one: one.at)
    assert second.at - first.answered >= 1 - TOLERANCE
    assert crawled.reasons["robots-later"] == "finished"


def test_every_request_names_the_crawler_and_its_contact(crawled: Crawled) -> None:
    agents = {one.user_agent for server in crawled.servers.values() for one in server.requests}
    assert agents == {f"luutru/0.1.0 (+{CONTACT})"}


FORGETFUL = """
from crawler.middlewares import robots
from crawler.spiders import site
from scrapy.core.downloader import Downloader
get_slot = Downloader._get_slot
def forget_first(self, request):
    self._slot_gc(age=0)
    return get_slot(self, request)
Downloader._get_slot = forget_first
robots.VALID = 2.0
terms = site.site_settings
site.site_settings = lambda *known: {**terms(*known), "CONCURRENT_REQUESTS": 1}
"""


def test_crawl_delay_survives_an_idle_slot_and_robots_txt_is_asked_for_again_in_time(tmp_path: Path) -> None:
    """Scrapy puts a slot that was idle for a minute away, with its delay; here as soon as it may."""
    routes = articles(6) | {ROBOTS: Answer(body="User-agent: *\nCrawl-delay: 0.5\n")}
    routes[_bai(5)] = Answer(404, seconds=0.8)
    with watched(routes) as (server,):
        write_site(tmp_path, "songlam", server.base, "delay = 0.05")
        ended = run(tmp_path, "crawl", "songlam", before=FORGETFUL)
    assert ended.returncode == Exit.OK, ended.stderr
    assert_paced(server.requests, 0.5)
    assert server.paths.count(ROBOTS) in {2, 3}


ERRANDS = """
class Errands:
    def process_request(self, request):
        print(request.url, id(request.meta.get("errand")), file=sys.stderr)
settings.DOWNLOADER_MIDDLEWARES[Errands] = 1
"""


def test_the_errand_of_a_request_stays_with_it_through_redirects_and_retries(tmp_path: Path) -> None:
    routes = articles(2) | {_bai(1): Answer(302, headers={"Location": "/van-hoa/bai-so-1.html"})}
    routes["/van-hoa/bai-so-1.html"] = [Answer(503, headers={"Retry-After": "0"}), Answer(500), Answer(404)]
    with watched(routes) as (server,):
        write_site(tmp_path, "songlam", server.base)
        ended = run(tmp_path, "crawl", "songlam", before=ERRANDS)
    carried = [line.split() for line in ended.stderr.splitlines() if "bai-so-1" in line]
    assert [url.removeprefix(server.base) for url, _ in carried] == [_bai(1)[1:]] + ["van-hoa/bai-so-1.html"] * 3
    assert len({errand for _, errand in carried}) == 1
    assert carried[0][1] != str(id(None))


def test_ctrl_c_does_not_wait_for_the_end_of_a_hold(tmp_path: Path) -> None:
    with watched(_away(articles(9), _bai(5), Answer(503, headers={"Retry-After": "90"}))) as (server,):
        write_site(tmp_path, "songlam", server.base)
        process = start(tmp_path, "crawl", "songlam", LUUTRU_LONGEST_HOLD=600.0)
        while not [one for one in server.requests if one.status == 503]:
            time.sleep(0.05)
        time.sleep(0.3)  # the next request is in line by now
        process.send(signal.SIGINT)
        began = time.monotonic()
        ended = process.wait(60)
    assert time.monotonic() - began < 20
    assert ended.returncode == Exit.INTERRUPTED
    assert len(server.paths) < 8


def test_a_check_and_a_survey_beside_two_crawls_of_one_host_keep_one_connection_and_the_delay(tmp_path: Path) -> None:
    """Four commands want the same host: each waits for its turn, and none asks sooner or faster than a crawl may."""
    with watched(articles(6, seconds=0.05), first_address=52) as (server,):
        for name in ("songlam", "songthuong"):
            write_site(tmp_path, name, server.base, "delay = 0.3")
        processes = [
            start(tmp_path, "crawl", "songlam"),
            start(tmp_path, "crawl", "songthuong"),
            start(tmp_path, "sites", "check", "songlam"),
            start(tmp_path, "sites", "check", "songthuong", "--no-wait"),
            start(tmp_path, "sites", "add", server.base, "--name", "moi", "--allow-private", "--delay", "0.3", "--yes"),
        ]
        ended = [process.wait() for process in processes]
    assert [one.returncode for one in ended[:3]] == [Exit.OK] * 3, [one.stderr for one in ended]
    assert ended[3].returncode in {Exit.OK, Exit.BUSY}, ended[3].stderr
    assert server.most == 1
    for visit in _visits(server.requests):
        assert_paced(visit, 0.3)
    assert {one.user_agent for one in server.requests} == {f"luutru/0.1.0 (+{CONTACT})"}


def _visits(requests: list[Request]) -> list[list[Request]]:
    """The requests of each process: robots.txt is the first of each."""
    visits: list[list[Request]] = []
    for one in sorted(requests, key=lambda one: one.at):
        if one.path == ROBOTS:
            visits.append([])
        visits[-1].append(one)
    assert len(visits) >= 3
    return visits


NO_DELAY = """
from crawler.spiders import site
terms = site.site_settings
site.site_settings = lambda *known: {**terms(*known), "DOWNLOAD_DELAY": 0}
"""


def test_a_delay_of_zero_is_refused_wherever_it_is_asked_for(tmp_path: Path) -> None:
    with watched(articles(1)) as (server,):
        write_site(tmp_path, "songlam", server.base)
        assert run(tmp_path, "crawl", "songlam", "--delay", "0").returncode == Exit.USAGE
        forced = run(tmp_path, "crawl", "songlam", before=NO_DELAY)
        assert forced.returncode == Exit.CRAWL_FAILED
        assert "songlam: ValueError: DOWNLOAD_DELAY must be above zero" in forced.stderr
    assert server.requests == []


@pytest.mark.parametrize(
    ("value", "date", "expected"),
    [
        ("120", None, 120.0),
        ("0", None, 0.0),
        (_date(1_700_000_060), None, 60.0),
        (_date(1_700_000_060), _date(1_700_000_050), 10.0),
        (_date(1_600_000_000), None, 0.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT", 30.0),
        ("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:07 GMT", 30.0),
        ("-5", None, None),
        ("soon", None, None),
        ("1.5", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_every_form_of_retry_after_is_read_and_nonsense_is_none(
    value: str | None, date: str | None, expected: float | None
) -> None:
    headers = Headers({name: text for name, text in (("Retry-After", value), ("Date", date)) if text is not None})
    assert retry_after(headers, 1_700_000_000) == expected


IN_VAIN = """
import logging
made = logging.Logger.makeRecord
def make(logger, name, level, *rest, **named):
    if level < logging.INFO:
        print("in vain:", name, file=sys.stderr)
    return made(logger, name, level, *rest, **named)
logging.Logger.makeRecord = make
"""


def test_no_line_is_put_together_that_the_log_does_not_take(tmp_path: Path) -> None:
    with watched(articles(2)) as (server,):
        write_site(tmp_path, "songlam", server.base)
        ended = run(tmp_path, "crawl", "songlam", "--delay", "0.01", before=IN_VAIN)
    assert ended.returncode == Exit.OK, ended.stderr
    assert "in vain: scrapy.core" not in ended.stderr
    assert "in vain: trafilatura" not in ended.stderr
