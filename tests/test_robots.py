"""robots.txt by RFC 9309: what each kind of answer to it allows, forbids, or ends.

One crawl visits all the sites at once, each on an address of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from watched import Answer, Routes, Watched, articles, log, reasons, run, states, watched, write_site

from archive.exits import Exit
from crawler.middlewares.robots import LONGEST_READ

ROBOTS = "/robots.txt"
RULES = "User-agent: *\nDisallow: /kinh-te/bai-so-1.html\n"
SECOND, FIRST = "/kinh-te/bai-so-2.html", "/kinh-te/bai-so-1.html"
NOT_FOUND_PAGE = """<!DOCTYPE html><html lang="vi"><head><title>Không tìm thấy trang</title></head><body>
<h1>404</h1><p>Disallow: /</p>
<p>Trang bạn tìm không còn ở đây. Mời bạn về trang nhất.</p></body></html>"""


def _hops(count: int) -> dict[str, Answer]:
    """``robots.txt`` behind so many redirects."""
    paths = [ROBOTS, *(f"/buoc-{n}.txt" for n in range(1, count + 1))]
    hops = {path: Answer(301, headers={"Location": to}) for path, to in pairwise(paths)}
    return hops | {paths[-1]: Answer(body=RULES)}


COMMENT = b"# mot dong khong noi gi ca\n"
SITES: dict[str, Routes] = {
    "forbids-one": {ROBOTS: Answer(body=RULES)},
    "names-us": {ROBOTS: Answer(body=f"User-agent: *\nDisallow: /\n\nUser-agent: LUUTRU\n{RULES.partition('*')[2]}")},
    "names-others": {ROBOTS: Answer(body=f"User-agent: may-khac\nDisallow: /\n\n{RULES}")},
    "with-bom": {ROBOTS: Answer(body=b"\xef\xbb\xbf" + RULES.encode())},
    "500-kib": {ROBOTS: Answer(body=COMMENT * (500 * 1024 // len(COMMENT)) + RULES.encode())},
    "five-hops": _hops(5),
    "forbids-all": {ROBOTS: Answer(body="User-agent: *\nDisallow: /\n")},
    "too-long": {ROBOTS: Answer(body=COMMENT * (LONGEST_READ // len(COMMENT) + 1) + RULES.encode())},
    "404": {},
    "401": {ROBOTS: Answer(401, RULES)},
    "403": {ROBOTS: Answer(403, RULES)},
    "410": {ROBOTS: Answer(410, RULES)},
    "six-hops": _hops(6),
    "empty": {ROBOTS: Answer()},
    "a-page": {ROBOTS: Answer(body=NOT_FOUND_PAGE)},
    "no-text": {ROBOTS: Answer(body=bytes(range(256)) * 40, headers={"Content-Type": "image/gif"})},
    "500": {ROBOTS: Answer(500, RULES)},
    "503": {ROBOTS: Answer(503, RULES, {"Retry-After": "0"})},
    "429": {ROBOTS: Answer(429, RULES, {"Retry-After": "0"})},
    "599": {ROBOTS: Answer(599, RULES)},
    "no-answer": {ROBOTS: Answer(body=RULES, seconds=3.0)},
    "elsewhere": {ROBOTS: Answer(301, headers={"Location": "http://robots.khac.internal/robots.txt"})},
    "later": {ROBOTS: [Answer(500), Answer(502), Answer(body=RULES)]},
}
OBEYED = ("forbids-one", "names-us", "names-others", "with-bom", "500-kib", "five-hops", "later")
ALLOWED = ("404", "401", "403", "410", "six-hops", "empty", "a-page", "no-text", "too-long")
CLOSED = {
    "500": "HTTP status 500",
    "503": "HTTP status 503",
    "429": "HTTP status 429",
    "599": "HTTP status 599",
    "no-answer": "does not answer in time",
    "elsewhere": "left the site: robots.khac.internal",
}

SEEN_BY_OTHERS = """
class Recorder:
    def process_response(self, request, response):
        print("seen", request.meta.get("role"), request.url, response.status, file=sys.stderr)
        return response
settings.DOWNLOADER_MIDDLEWARES[Recorder] = 880
"""


@dataclass
class Crawled:
    home: Path
    servers: dict[str, Watched]
    reasons: dict[str, str]
    said: str
    log: str


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home = tmp_path_factory.mktemp("home")
    with watched(*(articles(2) | routes for routes in SITES.values()), first_address=60) as running:
        servers = dict(zip(SITES, running, strict=True))
        for name, server in servers.items():
            write_site(home, name, server.base, "delay = 0.05")
        ended = run(home, "crawl", *SITES, "--processes", "1", before=SEEN_BY_OTHERS, DOWNLOAD_TIMEOUT=1.5)
    assert ended.returncode == Exit.CRAWL_FAILED, ended.stderr
    yield Crawled(home, servers, reasons(home), ended.stderr, log(home))


@pytest.mark.parametrize("name", OBEYED)
def test_what_robots_txt_forbids_is_not_asked_for(crawled: Crawled, name: str) -> None:
    paths = crawled.servers[name].paths
    assert paths[0] == ROBOTS
    assert SECOND in paths
    assert FIRST not in paths
    assert crawled.reasons[name] == "finished"


@pytest.mark.parametrize("name", ALLOWED)
def test_without_rules_everything_is_allowed(crawled: Crawled, name: str) -> None:
    assert {"/", FIRST, SECOND} < set(crawled.servers[name].paths)
    assert crawled.reasons[name] == "finished"


def test_where_everything_is_forbidden_nothing_is_asked_for(crawled: Crawled) -> None:
    assert crawled.servers["forbids-all"].paths == [ROBOTS]
    assert crawled.reasons["forbids-all"] != "finished"


@pytest.mark.parametrize("name", CLOSED)
def test_a_robots_txt_that_cannot_be_had_closes_the_site_and_its_addresses_stay_waiting(
    crawled: Crawled, name: str
) -> None:
    server = crawled.servers[name]
    assert set(server.paths) == {ROBOTS}
    assert len(server.paths) <= 3
    reason = crawled.reasons[name]
    assert reason.startswith(f"robots.txt unreachable: {server.base}robots.txt")
    assert CLOSED[name] in reason
    assert f"{name}: {reason}" in crawled.said
    with sqlite3.connect(crawled.home / "archive.db") as db:
        failed = db.execute("SELECT url FROM captures WHERE site = ? AND role != 'robots'", (name,)).fetchall()
    assert failed == []
    assert set(states(crawled.home, name).values()) == {"pending"}


def test_what_waited_for_robots_txt_is_fetched_by_the_next_crawl(tmp_path: Path) -> None:
    with watched(articles(3) | {ROBOTS: [*[Answer(500)] * 3, Answer(body=RULES)]}, first_address=102) as (server,):
        write_site(tmp_path, "songlam", server.base)
        assert run(tmp_path, "crawl", "songlam").returncode == Exit.CRAWL_FAILED
        assert run(tmp_path, "crawl", "songlam").returncode == Exit.OK
    assert server.paths == [*[ROBOTS] * 4, "/", SECOND, "/kinh-te/bai-so-3.html"]
    assert states(tmp_path, "songlam")[FIRST] == "excluded"


def test_what_is_not_read_of_a_long_robots_txt_stands_in_the_log(crawled: Crawled) -> None:
    assert f"only the first {LONGEST_READ} of" in crawled.log


def test_other_middlewares_see_the_answer_and_know_whose_it_is(crawled: Crawled) -> None:
    assert f"seen robots {crawled.servers['403'].base}robots.txt 403" in crawled.said
    assert f"seen robots {crawled.servers['five-hops'].base}buoc-5.txt 200" in crawled.said


def test_an_alias_without_robots_txt_is_not_asked_and_the_run_is_not_called_finished(tmp_path: Path) -> None:
    with watched({}, {ROBOTS: Answer(500)} | articles(2), first_address=100) as (server, alias):
        moved = {FIRST: Answer(302, headers={"Location": f"{alias.base}kinh-te/bai-so-1.html"})}
        server.routes = articles(2) | moved
        write_site(tmp_path, "songlam", server.base, top=f'aliases = ["{alias.base[7:-1]}"]\n')
        ended = run(tmp_path, "crawl", "songlam")
    assert ended.returncode == Exit.CRAWL_FAILED
    assert set(alias.paths) == {ROBOTS}
    assert SECOND in server.paths
    assert reasons(tmp_path)["songlam"].startswith(f"robots.txt unreachable: {alias.base}robots.txt: HTTP status 500")
