"""Serves replicas on loopback, one small threaded server a site, each on an address of its own (127.0.0.2, 127.0.0.3 …)
and a port that the system chooses. Opens listening sockets on loopback and nothing else.

Every request is recorded, with how many the site was answering at that moment, so that tests can count.
"""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from crawler.demo import files
from crawler.demo.fixed import FixedSite
from crawler.demo.layouts import Answer, Layout, Visit
from crawler.demo.mutants import MutantSite, Mutation
from crawler.demo.photographs import photograph
from crawler.demo.world import World

Served = World | FixedSite | Sequence[FixedSite]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request. ``at``: seconds of a clock that only runs forward, when it came in. ``concurrent``: how many
    requests the site was working on then, this one included; sending does not count."""

    at: float
    method: str
    target: str
    status: int
    concurrent: int
    user_agent: str


@dataclass
class Replica:
    """One site as it runs. ``base``: its address without a slash at the end. ``recorded``: the requests in the order of
    their answers."""

    name: str
    base: str
    layout: Layout
    recorded: list[Recorded] = field(default_factory=list)

    def count(self, target: str) -> int:
        """How often the path was asked for, with whatever parameters."""
        return sum(one.target.partition("?")[0] == target for one in list(self.recorded))

    def most_concurrent(self) -> int:
        """The most requests it ever answered at a time."""
        return max((one.concurrent for one in list(self.recorded)), default=0)


class Replicas(dict[str, str]):
    """The address of each site by name, as ``http://127.0.0.2:40001``. ``replicas`` has all else."""

    def __init__(self, replicas: Mapping[str, Replica]) -> None:
        super().__init__({name: replica.base for name, replica in replicas.items()})
        self.replicas = dict(replicas)

    def recorded(self, name: str) -> list[Recorded]:
        """The requests that the site answered."""
        return list(self.replicas[name].recorded)


@contextmanager
def serve(
    world: Served,
    *,
    delay: float = 0.0,
    mutate: Mutation | None = None,
    clock: Callable[[], datetime] | None = None,
    drawn: bool = False,
) -> Iterator[Replicas]:
    """Serve a world, or sites of given articles, until the block is left.

    :param delay: seconds that each answer takes.
    :param mutate: what the pages lie about; the truth stays as it is (:mod:`crawler.demo.mutants`).
    :param clock: what the clock at the top of pages shows; by default the world's own moment, so that the same seed
        gives the same bytes. View counters rise by one with each visit to an article all the same.
    :param drawn: whether each photograph shows something of its own; else all are one white pixel, which costs nothing
        to make, send and keep.
    :raises OSError: a loopback address cannot be used. All of 127.0.0.0/8 is there on Linux; elsewhere the addresses
        127.0.0.2 to 127.0.0.5 may have to be set up first.
    """
    layouts = _layouts(world)
    with ExitStack() as stack:
        servers: dict[str, _Server] = {}
        for number, (name, layout) in enumerate(layouts.items()):
            shown = type(layout)(MutantSite(layout.site, mutate)) if mutate else layout
            servers[name] = stack.enter_context(_listening(f"127.0.0.{2 + number}", name, shown, delay, clock))
        replicas = Replicas({name: server.replica for name, server in servers.items()})
        for server in servers.values():
            server.bases = replicas
            server.drawn = drawn
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield replicas


def _layouts(world: Served) -> dict[str, Layout]:
    if isinstance(world, World):
        return dict(world.layouts)
    sites = [world] if isinstance(world, FixedSite) else list(world)
    layouts = {site.name: site.layout for site in sites}
    if len(layouts) != len(sites):
        raise ValueError(f"expected sites of different names, not {', '.join(site.name for site in sites)}")
    return layouts


@contextmanager
def _listening(
    host: str, name: str, layout: Layout, delay: float, clock: Callable[[], datetime] | None
) -> Iterator[_Server]:
    server = _Server(host, name, layout, delay, clock or (lambda: layout.site.now))
    try:
        yield server
    finally:
        server.server_close()


_OF_THE_SITE = re.compile("logo|banner|favicon")
"""In the path of a picture that is no article's."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, name: str, layout: Layout, delay: float, clock: Callable[[], datetime]) -> None:
        super().__init__((host, 0), _Handler)
        self.delay = delay
        self.drawn = False
        self.clock = clock
        self.replica = Replica(name, f"http://{host}:{self.server_port}", layout)
        self.bases: Mapping[str, str] = {name: self.replica.base}
        self._views: Counter[int] = Counter()
        self._busy = 0
        self._lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that is gone before it has read its answer is no mistake of ours; all else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def enter(self) -> int:
        """Counts a request in; gives how many there are now."""
        with self._lock:
            self._busy += 1
            return self._busy

    def leave(self, recorded: Recorded) -> None:
        with self._lock:
            self._busy -= 1
            self.replica.recorded.append(recorded)

    def answer(self, target: str, form: str | None) -> Answer:
        visit = Visit(self.replica.base, self.clock(), self._seen_before, self.bases)
        if form is None:
            answer = self.replica.layout.answer(target, visit)
            return self._drawn(target.partition("?")[0], answer) if self.drawn else answer
        return self.replica.layout.post(target, dict(parse_qsl(form, keep_blank_values=True)), visit)

    def _drawn(self, path: str, answer: Answer) -> Answer:
        seed = self.replica.layout.site.share("photographs")
        if answer.body == files.JPEG:
            return replace(answer, body=photograph("image/jpeg", seed, path))
        if answer.body == files.PNG and not _OF_THE_SITE.search(path):
            return replace(answer, body=photograph("image/png", seed, path))
        return answer

    def _seen_before(self, index: int) -> int:
        with self._lock:
            self._views[index] += 1
            return self._views[index] - 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # Without this the answer's two writes wait for each other's acknowledgement, 40 ms a page.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle(with_body=True)

    def do_HEAD(self) -> None:
        self._handle(with_body=False)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self._handle(with_body=True, form=self.rfile.read(length).decode("utf-8", "replace"))

    def _handle(self, *, with_body: bool, form: str | None = None) -> None:
        began, concurrent = time.monotonic(), self.server.enter()
        failure = None
        if self.server.delay:
            time.sleep(self.server.delay)
        try:
            answer = self.server.answer(self.path, form)
        except Exception as error:
            failure = error
            answer = Answer(500, f"{type(error).__name__}: {error}".encode(), "text/plain; charset=utf-8")
        tag = f'"{hashlib.blake2b(answer.body, digest_size=8).hexdigest()}"' if answer.lasting else None
        status = 304 if tag and self.headers.get("If-None-Match") == tag else answer.status
        agent = self.headers.get("User-Agent", "")
        # Before the answer goes out: whoever has read it finds its request recorded and no longer counted as under way.
        self.server.leave(Recorded(began, self.command, self.path, status, concurrent, agent))
        self._send(status, b"" if status == 304 else answer.body, answer, tag, with_body)
        if failure:
            raise failure  # the server prints it: a replica that cannot draw a page is a mistake of ours

    def _send(self, status: int, body: bytes, answer: Answer, tag: str | None, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=60" if tag else "no-cache, no-store, must-revalidate")
        if tag:
            self.send_header("ETag", tag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are recorded, not printed."""
