"""Serves strangers on loopback. Opens a listening socket there and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from unseen.site import Site


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this an answer's head and body wait for each other's acknowledgement, 40 ms a page.
    disable_nagle_algorithm = True
    site: Site
    base: str
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answer = self.site.answer(self.path, self.base)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are recorded, not printed."""


class Served:
    """A site as it runs. ``base``: its address without a slash at the end; ``asked``: the paths that were asked for."""

    def __init__(self, site: Site, base: str, asked: list[str]) -> None:
        self.site, self.base, self.asked = site, base, asked

    def truth(self) -> list[dict[str, Any]]:
        """As :meth:`unseen.site.Site.truth`, with the addresses that it is served at."""
        return self.site.truth(self.base)


@contextmanager
def serve(site: Site, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve a site at a port that the system chooses until the block is left.

    :param host: a loopback address. A crawler visits one host in one process, so sites that are crawled at the same
        time and from the same home need one each.
    """
    handler = type("Handler", (_Handler,), {"site": site, "asked": []})
    with ThreadingHTTPServer((host, 0), handler) as server:
        server.daemon_threads = True
        base = f"http://{host}:{server.server_port}"
        handler.base = base  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Served(site, base, handler.asked)  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
