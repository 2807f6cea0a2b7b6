"""Replica sites whose pages are drawn beforehand and served from memory, by a process of its own: for benchmarks.

The process serves each site on a loopback address of its own (127.0.0.2 …) and tells the CPU time that it has used, so
that the server's share can be left out of what is measured. Nothing but loopback is touched.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import msgspec
from frames import Frame
from lxml import html

from archive.records import Role
from crawler.demo.layouts import Layout
from crawler.demo.layouts.base import Answer, Visit
from crawler.demo.world import World
from crawler.pages import page_of
from crawler.profiles import Profiles
from crawler.urls import SiteAddresses

FETCHED = "2026-03-02T07:00:00+07:00"
DELAY = 0.001
"""Seconds between two requests of one site: as small as profiles may ask for."""
CONNECTIONS = 8
"""Requests to one site that may be under way at a time: as many as profiles may ask for."""
_PER_SITE = """
[crawl]
delay = {delay}
connections = {connections}
private = true
keep = []
"""


@dataclass(frozen=True, slots=True)
class Staged:
    """What is served. ``bases``: each site's address without a slash at its end. ``articles``: for each site the
    addresses of its articles, one each. ``size``: bytes of an article's page in the mean, ``elements`` and ``links`` in
    one of them."""

    bases: dict[str, str]
    articles: dict[str, list[str]]
    size: int
    elements: int
    links: int
    _line: Connection

    def begin(self) -> None:
        """Count the requests that come from now on."""
        self._line.send("begin")
        self._line.recv()

    def served(self) -> tuple[int, float | None, float]:
        """How many requests came since :meth:`begin`, when the first did (``time.monotonic``), and the seconds of CPU
        that the server has used for them."""
        self._line.send("served")
        count, first, cpu = self._line.recv()
        return count, first, cpu

    def write_profiles(self, home: Path, *, delay: float = DELAY, connections: int = CONNECTIONS) -> None:
        """The built-in profiles, led to what is served, texts only: an overlay each."""
        (home / "sites").mkdir(parents=True, exist_ok=True)
        for name, base in self.bases.items():
            overlay = f'extends = "{name}"\nbase = "{base}/"\n{_PER_SITE}'.format(delay=delay, connections=connections)
            (home / "sites" / f"{name}.toml").write_text(overlay, encoding="utf-8")


def world_of(seed: int, articles: int) -> World:
    """What is served, to be asked for the truth."""
    return World(seed, articles, two_on_a_page=False)


@contextmanager
def staged(seed: int, articles: int, *, ahead: bool = True, framed: bool = True) -> Iterator[Staged]:
    """Serve a world of so many articles a site until the block is left.

    :param ahead: draw everything before the first request; else each page when it is first asked for.
    :param framed: the pages are as heavy as real ones (:mod:`frames`).
    """
    context = multiprocessing.get_context("spawn")
    line, other = context.Pipe()
    process = context.Process(target=_serve, args=(other, seed, articles, ahead, framed), daemon=True)
    process.start()
    try:
        yield Staged(*line.recv(), line)
    finally:
        process.terminate()
        process.join()


def _serve(line: Connection, seed: int, articles: int, ahead: bool, framed: bool) -> None:
    asyncio.run(_serving(line, seed, articles, ahead, framed))


async def _serving(line: Connection, seed: int, articles: int, ahead: bool, framed: bool) -> None:
    world = world_of(seed, articles)
    count = _Count()
    sites = {name: _Site(layout, count, framed) for name, layout in world.layouts.items()}
    loop = asyncio.get_running_loop()
    bases: dict[str, str] = {}
    for number, (name, site) in enumerate(sites.items()):
        server = await loop.create_server(partial(_Answers, site), f"127.0.0.{2 + number}", 0, backlog=256)
        host, port = server.sockets[0].getsockname()
        bases[name] = f"http://{host}:{port}"
    for name, site in sites.items():
        site.base, site.bases = bases[name], bases
    paths = {name: [site.layout.path(index) for index in range(articles)] for name, site in sites.items()}
    if ahead:
        for site in sites.values():
            site.draw_all()
    drawn = [sites[name].answer(path) for name, found in paths.items() for path in (found if ahead else found[:5])]
    one = html.document_fromstring(sites["ldld-caobang"].answer(paths["ldld-caobang"][-1]).partition(b"\r\n\r\n")[2])
    size, elements = sum(map(len, drawn)) // len(drawn), sum(1 for _ in one.iter("*"))
    addresses = {name: [bases[name] + path for path in found] for name, found in paths.items()}
    gc.freeze()
    line.send((bases, addresses, size, elements, sum(1 for _ in one.iter("a"))))
    while asked := await loop.run_in_executor(None, line.recv):
        if asked == "begin":
            count.begin()
        line.send((count.requests, count.first, _cpu() - count.cpu))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class _Count:
    """The requests of one tool."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.requests, self.cpu = 0, _cpu()
        self.first: float | None = None

    def one(self) -> None:
        self.requests += 1
        if self.first is None:
            self.first = time.monotonic()


class _Site:
    """One site's answers, whole, by the request's target."""

    def __init__(self, layout: Layout, count: _Count, framed: bool) -> None:
        self.layout, self.count = layout, count
        self.base = ""
        self.bases: dict[str, str] = {}
        self._framed = framed
        self._frame: Frame | None = None
        self._answers: dict[str, bytes] = {}

    def answer(self, target: str) -> bytes:
        if target not in self._answers:
            self._answers[target] = self._draw(target)
        return self._answers[target]

    def _draw(self, target: str) -> bytes:
        found = self._found(target)
        body = found.body
        if self._framed and found.media_type.startswith("text/html") and found.status == 200:
            self._frame = self._frame or Frame(self._found("/").body)
            body = self._frame.around(body)
        headers = {"Content-Type": found.media_type, "Content-Length": str(len(body)), **found.headers}
        head = f"HTTP/1.1 {found.status} {HTTPStatus(found.status).phrase}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return head.encode("latin-1") + b"\r\n" + body

    def _found(self, target: str) -> Answer:
        return self.layout.answer(target, Visit(self.base, self.layout.site.now, lambda _: 0, self.bases))

    def draw_all(self) -> None:
        """Draw what a crawl will ask for: robots.txt, and from the entrances on all that pages lead to."""
        profile = msgspec.structs.replace(Profiles().load(self.layout.site.name), base=f"{self.base}/")
        layout = profile.layouts[-1]
        addresses = SiteAddresses(profile, layout)
        start = profile.crawl.start
        entrances: tuple[tuple[Role, tuple[str, ...]], ...] = (
            ("sitemap", start.sitemaps),
            ("feed", start.feeds),
            ("listing", start.listings),
        )
        waiting = deque((addresses.normalise(one, profile.base) or "", role) for role, all in entrances for one in all)
        self.answer("/robots.txt")
        seen: set[str | None] = {None}
        while waiting:
            url, role = waiting.popleft()
            mark = addresses.article(url) if role == "article" else url
            if mark in seen:
                continue
            seen.add(mark)
            parts = urlsplit(url)
            head, _, body = self.answer(urlunsplit(("", "", parts.path, parts.query, ""))).partition(b"\r\n\r\n")
            told = {"answered": url, "role": role, "status": int(head.split()[1]), "headers": [], "body": body}
            waiting.extend(page_of(profile, layout, addresses, url=url, fetched_at=FETCHED, **told).links)


class _Answers(asyncio.Protocol):
    """HTTP/1.1 with connections kept; a request is its first line."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            request, _, self._rest = self._rest.partition(b"\r\n\r\n")
            self._site.count.one()
            self._transport.write(self._site.answer(request.split(None, 2)[1].decode("latin-1")))
