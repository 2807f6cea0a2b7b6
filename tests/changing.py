"""A web site on loopback whose pages a test changes between crawls, with validators that tell the truth or lie."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

from conftest import serving

Tag = Callable[[bytes], str]
Dated = Callable[[datetime], str]


def true_tag(body: bytes) -> str:
    """An ETag that changes with the page and only with it."""
    return f'"{hashlib.sha256(body).hexdigest()[:12]}"'


def same_tag(_: bytes) -> str:
    """An ETag that never changes."""
    return '"ban-dau"'


def long_ago(_: datetime) -> str:
    """A Last-Modified that stays."""
    return "Fri, 19 Jul 2024 01:00:00 GMT"


def a_day_ago(now: datetime) -> str:
    """NukeViet's Last-Modified: the time of the answer less a day."""
    return format_datetime(now - timedelta(days=1), usegmt=True)


@dataclass
class Shown:
    """What the site answers for one path. ``to``: where a redirect leads."""

    body: str | bytes = ""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    tag: Tag | None = None
    dated: Dated | None = None
    to: str | None = None


@dataclass(frozen=True)
class Asked:
    """One request. ``condition``: its If-None-Match or If-Modified-Since; None when it asked for the page itself."""

    path: str
    condition: str | None
    status: int


@dataclass
class ChangingSite:
    """``base`` ends with a slash; what is not in ``pages`` is 404. ``asked`` leaves out robots.txt."""

    base: str = ""
    pages: dict[str, Shown] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, path: str, match: str | None, since: str | None) -> tuple[int, dict[str, str], bytes]:
        shown = self.pages.get(path, Shown("<h1>Không có</h1>", 404))
        now, body = datetime.now(UTC), shown.body if isinstance(shown.body, bytes) else shown.body.encode()
        headers = {"Content-Type": shown.media_type, "Date": format_datetime(now, usegmt=True)}
        status = shown.status
        if shown.to is not None:
            status, headers["Location"] = 302, shown.to
        if shown.tag:
            headers["ETag"] = shown.tag(body)
        if shown.dated:
            headers["Last-Modified"] = shown.dated(now)
        unchanged = match == headers.get("ETag") if match else since == headers.get("Last-Modified") if since else False
        if unchanged and status == 200:
            status, body = 304, b""
        if path != "/robots.txt":
            self.asked.append(Asked(path, match or since, status))
        return status, headers, body


@contextmanager
def changing_site() -> Iterator[ChangingSite]:
    """Serve on loopback until the block is left."""
    site = ChangingSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = site.answer(
                self.path, self.headers["If-None-Match"], self.headers["If-Modified-Since"]
            )
            self.send_response_only(status)  # it says no Date of its own
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        site.base = f"{address}/"
        yield site
