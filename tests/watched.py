"""Web servers on loopback, each on an address of its own, that write down when they were asked: politeness is measured
where it is felt. And crawls of such servers, with the long times of the crawler's settings shortened."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conftest import environment
from forked import Command
from test_urls import SITE

TOLERANCE = 0.15
"""Seconds that two arrivals may lie closer together than the delay. A turn is given in time; until the request is on
the wire the event loop may be busy with another site's page, and until it is noted the server's thread may wait for the
processor: 80 ms were measured with five busy processes on two cores. It evens out over several requests, whatever is
wrong with the delay does not."""

TEXT = "Hội thi tay nghề thợ giỏi thu hút hơn một trăm công nhân của các nhà máy trong tỉnh tham gia."
ARTICLE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">Bài số {n}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:{minute:02}</span>
<div id="news-bodyhtml"><p>{text}</p></div></div></body></html>"""


@dataclass(frozen=True, slots=True)
class Answer:
    """``seconds``: how long it takes."""

    status: int = 200
    body: bytes | str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


Routes = Mapping[str, Answer | list[Answer]]
"""The answer to each path; of a list each visit gets the next one, and the last one stays."""


def articles(count: int, *, first: int = 1, seconds: float = 0.0, more: str = "") -> dict[str, Answer | list[Answer]]:
    """A front page with links to so many articles, and the articles."""
    paths = [f"/kinh-te/bai-so-{n}.html" for n in range(first, first + count)]
    links = "".join(f'<a href="{path}">{path}</a>' for path in paths)
    pages: dict[str, Answer | list[Answer]] = {"/": Answer(body=links + more, seconds=seconds)}
    bodies = {
        path: ARTICLE.format(n=path, minute=place % 60, text=f"{TEXT} Số đăng ký dự thi: {path}.")
        for place, path in enumerate(paths)
    }
    return pages | {path: Answer(body=body, seconds=seconds) for path, body in bodies.items()}


@dataclass(frozen=True, slots=True)
class Request:
    """``at``, ``answered``: seconds of a clock that only runs forward, when it came in and when its answer went out."""

    at: float
    answered: float
    host: str
    path: str
    status: int
    user_agent: str


def assert_paced(requests: Sequence[Request], delay: float) -> None:
    """No two of them lie closer together than the delay, and all together have taken as many delays as they should.

    One may have come late, on a machine that was busy, and so close before the next; what is wrong with the delay
    shows at more than one."""
    times = sorted(one.at for one in requests)
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(times)]
    assert len(gaps) > 1
    short = [at for at, gap in enumerate(gaps) if gap < delay - TOLERANCE]
    late = [at for at in short if at and gaps[at - 1] + gaps[at] >= 2 * delay - TOLERANCE]
    assert short == late[:1], gaps
    assert sum(gaps) >= delay * len(gaps) - TOLERANCE, gaps


class Watched(ThreadingHTTPServer):
    """A server as it runs. ``base`` ends with a slash; ``most``: the most requests that were under way at a time."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: str, routes: Routes, on_request: Callable[[str], None] | None = None) -> None:
        super().__init__((address, 0), _Handler)
        self.base = f"http://{address}:{self.server_address[1]}/"
        self.routes = routes
        self.requests: list[Request] = []
        self.most = 0
        self.accepted: dict[Any, float] = {}
        self._on_request = on_request
        self._under_way = 0
        self._visits: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order of arrival."""
        return [one.path for one in sorted(self.requests, key=lambda one: one.at)]

    def get_request(self) -> Any:
        connection, client = super().get_request()
        self.accepted[client] = time.monotonic()
        return connection, client

    def begin(self, path: str) -> Answer:
        with self._lock:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            visit = self._visits[path]
            self._visits[path] += 1
        if self._on_request is not None:
            self._on_request(path)
        found = self.routes.get(path, Answer(404, "không có"))
        return found if isinstance(found, Answer) else found[min(visit, len(found) - 1)]

    def end(self, request: Request) -> None:
        with self._lock:
            self._under_way -= 1
            self.requests.append(request)


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: a connection a request, so that the time of its connection is the time of the request."""

    server: Watched

    def do_GET(self) -> None:
        answer = self.server.begin(self.path)
        time.sleep(answer.seconds)
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        agent, host = self.headers.get("User-Agent", ""), self.headers.get("Host", "")
        arrived = self.server.accepted[self.client_address]
        # Before the answer goes out, or the next request would be counted as under way at the same time.
        self.server.end(Request(arrived, time.monotonic(), host, self.path, answer.status, agent))
        self.send_response_only(answer.status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def watched(
    *sites: Routes, first_address: int = 2, on_request: Callable[[str], None] | None = None
) -> Iterator[list[Watched]]:
    """Serve each site on an address of its own: 127.0.0.2, 127.0.0.3 …"""
    with ExitStack() as stack:
        servers = []
        for number, routes in enumerate(sites):
            server = Watched(f"127.0.0.{first_address + number}", routes, on_request)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            servers.append(server)
        yield servers


SHORT = {"LUUTRU_FIRST_HOLD": 0.4, "LUUTRU_LONGEST_HOLD": 5.0}
"""The settings of these crawls, in seconds, in place of half a minute and ten minutes."""


def write_site(home: Path, name: str, base: str, crawl: str = "delay = 0.05", top: str = "") -> None:
    """A profile that may be crawled although its address is private. ``crawl``: lines of its ``[crawl]``."""
    (home / "sites").mkdir(parents=True, exist_ok=True)
    text = SITE.replace("http://ldld.songlam.example/", base) + top + f"\n[crawl]\nprivate = true\n{crawl}\n"
    (home / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")


def start(home: Path, *arguments: str, before: str = "", stdin: str = os.devnull, **settings: Any) -> Command:
    """Begin ``luutru ARGUMENTS`` with shortened times. ``before``: Python that runs before the command."""
    changed = {f"crawler.settings.{name}": value for name, value in {**SHORT, **settings}.items()}
    given = ("--home", str(home), *arguments)
    return Command(*given, environment=environment(), changed=changed, before=before, stdin=stdin)


def run(home: Path, *arguments: str, before: str = "", **settings: Any) -> subprocess.CompletedProcess[str]:
    """:func:`start`, and wait for its end."""
    return start(home, *arguments, before=before, **settings).wait()


def reasons(home: Path) -> dict[str, str]:
    """How the last crawl of each site ended."""
    with sqlite3.connect(home / "archive.db") as db:
        return dict(db.execute("SELECT site, reason FROM runs ORDER BY id"))


def states(home: Path, site: str) -> dict[str, str]:
    """How each address of the site stands in the frontier, by path."""
    with sqlite3.connect(home / "archive.db") as db:
        rows = db.execute("SELECT url, state FROM urls WHERE site = ?", [site])
        return {urlsplit(url).path: state for url, state in rows}


def log(home: Path) -> str:
    """All log files of the crawls, one after the other."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted((home / "logs").glob("crawl-*.log")))
