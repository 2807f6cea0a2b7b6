"""Nothing is asked without a capture, nothing answered without a record, and no capture or record stands for nothing.

docs/durability.md has the exceptions, each with its test in here.
"""

from __future__ import annotations

import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

import ledger
import pytest
from conftest import environment, serving
from faulty import Answer, cut_off, huge, in_turn, packed, page, redirect, reset, status
from forked import Command
from test_faults import article
from test_urls import SITE
from warcio.archiveiterator import ArchiveIterator

from archive.exits import Exit

ATTEMPTS = 3
"""How often an address is asked for that is not answered."""


class Server:
    """A server that keeps accounts: ``seen`` holds every request's method and path. ``pages`` are its articles by name,
    which its front page links to; one with an ETag answers 304 to whoever knows it."""

    def __init__(self, pages: dict[str, Answer], etags: dict[str, str] | None = None) -> None:
        front = "".join(f'<a href="/tin/{name}.html">Bài {name}</a>' for name in pages)
        self.answers = {f"/tin/{name}.html": answer for name, answer in pages.items()}
        self.answers["/"] = page(f"<html><body>{front}</body></html>")
        self.answers["/robots.txt"] = page("User-agent: *\nDisallow: /tin/cam-\n", "text/plain")
        self.etags = {f"/tin/{name}.html": etag for name, etag in (etags or {}).items()}
        self.seen: list[tuple[str, str]] = []
        self.base = ""

    @contextmanager
    def running(self, home: Path) -> Iterator[None]:
        with serving(self._handler()) as address:
            self.base = f"{address}/"
            (home / "sites").mkdir(parents=True, exist_ok=True)
            profile = SITE.replace("http://ldld.songlam.example/", self.base)
            (home / "sites" / "songlam.toml").write_text(profile, encoding="utf-8")
            yield

    def requests(self) -> Counter[str]:
        return Counter(self.base + path.removeprefix("/") for _, path in self.seen)

    def _handler(server) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def parse_request(self) -> bool:
                whole = super().parse_request()
                server.seen.append((self.command, self.path))
                return whole

            def do_GET(self) -> None:
                etag = server.etags.get(self.path)
                known = etag is not None and self.headers.get("If-None-Match") == etag
                answer = server.answers.get(self.path) or status("404 Not Found")
                try:
                    (status("304 Not Modified") if known else answer)(self.connection)
                except OSError:  # the answer ends the connection, or the crawler did
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def start(home: Path, *options: str) -> Command:
    arguments = ("--home", str(home), "crawl", "songlam", "--delay", "0.01", "--allow-private", *options)
    changed = {"crawler.settings.DOWNLOAD_TIMEOUT": 1, "crawler.settings.DOWNLOAD_MAXSIZE": 256 * 1024}
    return Command(*arguments, environment=environment(), changed=changed)


def captures(home: Path) -> Counter[str]:
    """How many captures each address has that are of requests."""
    found = ledger.rows(home, "SELECT final_url, count(*) FROM captures WHERE outcome != 'refused' GROUP BY final_url")
    return Counter(dict(found))


def records(home: Path) -> Counter[str]:
    """How many responses and revisits each address has in the WARC files, by another reader than ours."""
    kinds: dict[str, Counter[str]] = {"request": Counter(), "response": Counter(), "revisit": Counter()}
    for path in (home / "warc").glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type in kinds:
                    kinds[record.rec_type][record.rec_headers.get_header("WARC-Target-URI")] += 1
                    record.content_stream().read()
    answers = kinds["response"] + kinds["revisit"]
    assert kinds["request"] == answers
    return answers


class Kind(NamedTuple):
    """What the server does with an article, and how many requests, captures and records that makes."""

    answer: Answer
    requests: int
    captures: int
    records: int


def tagged(text: str, etag: str) -> Answer:
    return page(text, headers=f"ETag: {etag}\r\n")


def silent(connection: socket.socket) -> None:
    time.sleep(1.5)
    raise ConnectionError


WHOLE = article("Bài giữ nguyên")
CUT = article("Bài đứt giữa chừng")
KINDS = {
    "nguyen-1": Kind(page(WHOLE), 1, 1, 1),
    "y-het-2": Kind(page(WHOLE), 1, 1, 1),  # the same bytes under another address: a revisit
    "the-3": Kind(tagged(article("Bài có thẻ"), '"mot"'), 1, 1, 1),
    "doi-4": Kind(in_turn(page(article("Bài cũ")), page(article("Bài mới"))), 1, 1, 1),
    "chuyen-5": Kind(redirect("/tin/dich-5.html"), 1, 1, 1),
    "mat-6": Kind(status("404 Not Found"), 1, 1, 1),
    "lung-lay-7": Kind(in_turn(status("500 Internal Server Error"), page(article("Bài lung lay"))), 2, 2, 2),
    "hong-8": Kind(status("500 Internal Server Error"), ATTEMPTS, ATTEMPTS, ATTEMPTS),
    "ban-9": Kind(in_turn(status("503 Busy", "Retry-After: 1\r\n"), page(article("Bài chờ"))), 2, 2, 2),
    "dut-10": Kind(reset(), ATTEMPTS, ATTEMPTS, 0),
    "im-11": Kind(silent, ATTEMPTS, ATTEMPTS, 0),
    "cut-12": Kind(cut_off(CUT, announced=len(CUT.encode()), after=500), ATTEMPTS, ATTEMPTS, 0),
    "goi-cut-13": Kind(packed(CUT, "gzip", 0.6), ATTEMPTS, ATTEMPTS, 0),
    "qua-to-14": Kind(huge(2**20), 1, 1, 0),
    "cam-15": Kind(page(article("Bài cấm")), 0, 0, 0),
    "may-khac-16": Kind(redirect("http://khac.example/tin/bai-1.html"), 1, 1, 1),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, Counter[str]]]:
    """A site of all kinds after a first crawl (whose accounts are kept) and a second one of what is known."""
    home = tmp_path_factory.mktemp("home")
    server = Server({name: kind.answer for name, kind in KINDS.items()}, {"the-3": '"mot"'})
    server.answers["/tin/dich-5.html"] = page(article("Bài đã chuyển"))
    with server.running(home):
        ended = start(home).wait()
        assert ended.returncode == Exit.OK, ended.stderr
        ledger.check(home)
        first = server.requests()
        assert captures(home) == first
        ended = start(home, "--since", "2000-01-01").wait()
        assert ended.returncode == Exit.OK, ended.stderr
        yield server, home, first


def test_every_request_has_one_capture_and_every_capture_one_request(
    crawled: tuple[Server, Path, Counter[str]],
) -> None:
    server, home, _ = crawled
    assert captures(home) == server.requests()
    assert {method for method, _ in server.seen} == {"GET"}


def test_every_response_has_one_record_and_every_record_one_capture(
    crawled: tuple[Server, Path, Counter[str]],
) -> None:
    _, home, _ = crawled
    ledger.check(home)
    answered = ledger.rows(home, "SELECT final_url, count(*) FROM captures WHERE status > 0 GROUP BY final_url")
    assert records(home) == dict(answered)


@pytest.mark.parametrize("name", KINDS)
def test_what_the_server_did_tells_how_much_is_kept_of_it(
    crawled: tuple[Server, Path, Counter[str]], name: str
) -> None:
    server, home, first = crawled
    url, kind = f"{server.base}tin/{name}.html", KINDS[name]
    sql = "SELECT status FROM captures WHERE run = 1 AND final_url = ? AND outcome != 'refused'"
    found = ledger.rows(home, sql, url)
    assert (first[url], len(found), sum(status > 0 for (status,) in found)) == kind[1:]


def test_what_was_not_asked_for_has_a_capture_that_says_why_and_no_record(
    crawled: tuple[Server, Path, Counter[str]],
) -> None:
    server, home, _ = crawled
    refused = ledger.rows(
        home, "SELECT url, status, record_id, reason FROM captures WHERE outcome = 'refused' AND run = 1 ORDER BY url"
    )
    assert [row[:3] for row in refused] == [
        (f"{server.base}tin/{name}.html", 0, None) for name in ("cam-15", "may-khac-16")
    ]
    assert "robots.txt forbids" in refused[0][3]
    assert "left the site" in refused[1][3]


def test_what_says_nothing_new_is_a_revisit_and_what_does_a_response(
    crawled: tuple[Server, Path, Counter[str]],
) -> None:
    _, home, _ = crawled
    kinds = {stored.place.record_id: stored.kind for stored in ledger.records(home)}

    def told(name: str) -> list[tuple[int, int, str]]:
        sql = "SELECT run, status, record_id FROM captures WHERE final_url LIKE ? ORDER BY id"
        return [(run, status, kinds[record]) for run, status, record in ledger.rows(home, sql, f"%/{name}.html")]

    assert told("nguyen-1") + told("y-het-2") == [
        *[(1, 200, "response"), (2, 200, "revisit")],
        *[(1, 200, "revisit"), (2, 200, "revisit")],
    ]
    assert told("the-3") == [(1, 200, "response"), (2, 304, "revisit")]
    assert told("doi-4") == [(1, 200, "response"), (2, 200, "response")]


# The exceptions: crawls that somebody or something ends


def test_a_server_that_is_not_there_has_captures_and_saw_no_requests(tmp_path: Path) -> None:
    server = Server({})
    with server.running(tmp_path):
        pass
    ended = start(tmp_path).wait()
    assert ended.returncode == Exit.CRAWL_FAILED, ended.stderr
    found = ledger.rows(tmp_path, "SELECT final_url, status, outcome FROM captures")
    assert found == [(f"{server.base}robots.txt", 0, "error")] * ATTEMPTS
    assert server.seen == []


@pytest.fixture
def eight() -> Server:
    return Server({f"bai-{n}": page(article(f"Bài số {n}")) for n in range(1, 9)})


def end_at(path: str, server: Server, home: Path, end: Callable[[Command], None], answer: Answer) -> int:
    """Begin a crawl that is ended while the path is asked for, which is then answered; the exit code."""
    crawls: list[Command] = []

    def ending(connection: socket.socket) -> None:
        end(crawls[0])
        answer(connection)

    server.answers[path] = in_turn(ending, server.answers[path])
    crawls.append(start(home))
    return crawls[0].wait().returncode


def without_capture(server: Server, home: Path) -> dict[str, int]:
    return {url.removeprefix(server.base): number for url, number in (server.requests() - captures(home)).items()}


def goes_on(server: Server, home: Path) -> None:
    ended = start(home).wait()
    assert ended.returncode == Exit.OK, ended.stderr
    ledger.check(home)
    assert ledger.rows(home, "SELECT count(*) FROM articles") == [(8,)]


@pytest.mark.parametrize("answer", [status("500 Internal Server Error"), redirect("/tin/bai-8.html"), reset()])
def test_a_crawl_that_is_told_to_end_keeps_what_came_of_every_request(
    tmp_path: Path, eight: Server, answer: Answer
) -> None:
    """Also of an address that waits for another attempt, or for the target of its redirect, which is not asked for."""
    with eight.running(tmp_path):
        code = end_at("/tin/bai-3.html", eight, tmp_path, lambda crawl: crawl.send(signal.SIGTERM), answer)
        assert code == Exit.INTERRUPTED
        ledger.check(tmp_path)
        assert without_capture(eight, tmp_path) == {}
        goes_on(eight, tmp_path)
        assert without_capture(eight, tmp_path) == {}


def test_a_forced_stop_leaves_no_capture_of_what_was_on_its_way(tmp_path: Path, eight: Server) -> None:
    def twice(crawl: Command) -> None:
        crawl.send(signal.SIGINT)
        time.sleep(0.2)
        crawl.send(signal.SIGINT)

    with eight.running(tmp_path):
        assert end_at("/tin/bai-3.html", eight, tmp_path, twice, silent) == Exit.INTERRUPTED
        ledger.check(tmp_path)
        assert without_capture(eight, tmp_path) == {"tin/bai-3.html": 1}
        goes_on(eight, tmp_path)
        assert without_capture(eight, tmp_path) == {"tin/bai-3.html": 1}


def test_a_killed_process_leaves_no_capture_of_what_was_on_its_way_and_later_one_of_every_answer(
    tmp_path: Path, eight: Server
) -> None:
    """Nor of an attempt that failed before and was not committed yet: of that nothing stands in a WARC file."""
    eight.answers["/tin/bai-2.html"] = in_turn(reset(), eight.answers["/tin/bai-2.html"])
    with eight.running(tmp_path):
        end_at("/tin/bai-3.html", eight, tmp_path, lambda crawl: crawl.send(signal.SIGKILL), silent)
        ledger.check(tmp_path, adopted=False)
        assert "tin/bai-3.html" in without_capture(eight, tmp_path)
        goes_on(eight, tmp_path)
        assert without_capture(eight, tmp_path) == {"tin/bai-2.html": 1, "tin/bai-3.html": 1}


def test_the_robots_txt_of_a_killed_process_is_known_as_one(tmp_path: Path, eight: Server) -> None:
    with eight.running(tmp_path):
        end_at("/", eight, tmp_path, lambda crawl: crawl.send(signal.SIGKILL), silent)
        assert ledger.rows(tmp_path, "SELECT * FROM captures") == []
        goes_on(eight, tmp_path)
    assert ledger.rows(tmp_path, "SELECT role FROM captures WHERE outcome = 'adopted'") == [("robots",)]
