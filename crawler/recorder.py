"""The evidence of one crawl: every request and response into WARC files, before anything is read from them.

Touches the site's WARC files and reads the archive's captures, to find payloads that it has. A response that says what
an earlier one said is written as a revisit of that; answers 304 as revisits of what they did not repeat.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.codings import decoded
from archive.payloads import Payloads
from archive.posted import target_of
from archive.records import Capture, Role
from archive.warc import Earlier, Exchange, WarcWriter, payload_sha1
from archive.warcfields import NOT_VERIFIED
from crawler import clock
from crawler.home import Home
from crawler.profiles import Profile

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304
_REMEMBERED = 512
"""Payloads of this crawl that are looked up in memory, for their captures may not be committed yet."""


class Recorder:
    """The recorder of one site. ``information`` is what its files say of their making."""

    def __init__(self, home: Home, profile: Profile, information: dict[str, str]) -> None:
        self._profile, self._payloads = profile, Payloads(home.archive, profile.name)
        self._writer = WarcWriter(home.warc, profile.name, information=information)
        self._lock = threading.Lock()  # the archive is written, and this synced, in another thread
        self._recent: OrderedDict[str, Earlier] = OrderedDict()

    def record(self, request: Request, response: Response, role: Role, asked: str) -> Capture:
        """Write one exchange; returns its capture. ``asked``: the address that the frontier asked for.

        :raises OSError: it could not be written; nothing half written is left.
        """
        at, body = clock.now(), response.body
        sha1 = payload_sha1(body)
        same = self._earlier(request.url, sha1, response.status, bool(body))
        exchange = Exchange(
            url=request.url,
            at=at,
            ip=str(response.ip_address) if response.ip_address else None,
            method=request.method,
            request_headers=[("Host", urlsplit(request.url).netloc), *headers_of(request), *_length(request)],
            request_body=request.body,
            status=response.status,
            reason="",
            response_headers=headers_of(response),
            body=body,
            asked=asked if request.method == "POST" and target_of(asked) == request.url else None,
            payload_sha1=sha1,
        )
        tls = self._tls(request.url)
        note = None if tls is None or tls == "verified" else NOT_VERIFIED + tls
        with self._lock:
            place = self._writer.write(exchange, same=same, not_modified=response.status == NOT_MODIFIED, note=note)
        if same is None and body and response.status != NOT_MODIFIED:
            self._remember(Earlier(request.url, at, place.record_id, sha1))
        plain, fault, _ = decoded(body, "", _text(response, "Content-Encoding") or "")
        plain = body if plain is None else plain
        content_type = _text(response, "Content-Type") or ""
        return Capture(
            site=self._profile.name,
            url=asked,
            final_url=request.url,
            role=role,
            fetched_at=at,
            status=response.status,
            media_type=content_type.partition(";")[0].strip().lower() or None,
            size=len(plain),
            sha256=hashlib.sha256(plain).hexdigest(),
            outcome=_outcome(response.status, role),
            reason=f"HTTP status {response.status}" if response.status >= 400 else fault,
            payload_sha1=sha1,
            tls=tls,
            record=place,
            refers_to=same.record_id if same else None,
        )

    def failed(self, request: Request, reason: str, role: Role, asked: str) -> Capture:
        """A request that was sent and got no whole response."""
        return Capture(
            site=self._profile.name,
            url=asked,
            final_url=request.url,
            role=role,
            fetched_at=clock.now(),
            status=0,
            media_type=None,
            size=0,
            sha256=hashlib.sha256(b"").hexdigest(),
            outcome="error",
            reason=reason,
            tls=self._tls(request.url),
        )

    def sync(self) -> None:
        """All that was recorded is on the disk when this returns."""
        with self._lock:
            self._writer.sync()

    def close(self) -> None:
        with self._lock:
            self._writer.close()
        self._payloads.close()

    def _tls(self, url: str) -> str | None:
        if not url.startswith("https:"):
            return None
        return self._profile.crawl.tls_exception or "verified"

    def _earlier(self, url: str, sha1: str, status: int, has_body: bool) -> Earlier | None:
        if status == NOT_MODIFIED:
            return self._payloads.last(url)
        if not has_body:
            return None
        return self._recent.get(sha1) or self._payloads.same(sha1)

    def _remember(self, earlier: Earlier) -> None:
        self._recent[earlier.payload_sha1] = earlier
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)


def _outcome(status: int, role: Role) -> str:
    """What an exchange is before anybody has read it."""
    if status == NOT_MODIFIED:
        return "unchanged"
    if 300 <= status < 400:
        return "redirect"
    return "error" if status >= 400 and role != "robots" else role


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _length(request: Request) -> list[tuple[str, str]]:
    """The header that is sent with a body and that Scrapy does not show."""
    return [("Content-Length", str(len(request.body)))] if request.body else []


def headers_of(message: Request | Response) -> list[tuple[str, str]]:
    """The header lines, octets read as Latin-1."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    ]
