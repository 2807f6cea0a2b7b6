"""A loopback HTTP proxy that answers for the host of the real pages: the crawl sees the site under its own name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conftest import serving


@contextmanager
def proxy(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """``(address of the proxy, the requested addresses so far)``. Addresses not in the index answer 404."""
    index = {unquote(row["url"]): row for row in json.loads((folder / "index.json").read_text(encoding="utf-8"))}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            row = index.get(unquote(self.path))
            if row is None and "nv_redirect=" in self.path:
                return self._answer(302, {"Location": urlsplit(self.path)._replace(query="").geturl()}, b"")
            if row is None:
                return self._answer(404, {"Content-Type": "text/html; charset=utf-8"}, b"<h1>404</h1>")
            return self._answer(row["status"], row["headers"], (folder / row["file"]).read_bytes())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        yield address, asked
