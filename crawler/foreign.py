"""What others captured: whose page it is, what it is, and what is stored of it. No I/O.

The layout is that of the capture's time. What a page is follows from its address, from where its site's profile begins,
and for feeds and sitemaps from the page itself, since nobody says by what link others came to it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from archive.codings import decoded
from archive.posted import is_posted, target_of
from archive.records import Capture, Harvest, Role
from archive.warc import Stored, payload_sha1
from archive.warcfields import contradicts, has_digest
from crawler.desk import Desk, Desks
from crawler.extraction.posts import address_of_form
from crawler.pages import NOT_MODIFIED
from crawler.profiles import Profile
from crawler.urls import KnownSites, SiteAddresses

TLS = "captured by others"
"""What is known of the certificate of a page that others captured over TLS."""

_FIRST_ARCHIVED = "1996"
_NOT_MODIFIED = "server-not-modified"
_READ = frozenset({200, 203})
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_HEAD = 4096
_XML = re.compile(r"(?:text|application)/(?:[\w.-]+\+)?xml")
_DOCUMENTS = re.compile(r"application/(?:pdf|msword|rtf|zip|vnd\..*|x-rar.*|octet-stream)|text/csv|audio/.*|video/.*")


@dataclass(frozen=True, slots=True)
class Passed:
    """A response of a known site that is not kept; ``reason`` is one of a few, to be counted by."""

    reason: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A response that a site's profile owns: the site, the normal form of its address, the digest of its payload.

    ``needs_original``: it is a revisit, and what it stands for must be read to know what it says.
    """

    profile: Profile
    url: str
    payload_sha1: str
    needs_original: bool


class Foreign:
    """Reads what others captured of the sites that there are profiles for."""

    def __init__(self, profiles: Iterable[Profile], now: str) -> None:
        """``now``: the time whose layouts tell what a link to another known site means (RFC 3339)."""
        self._profiles: dict[str, Profile] = {}
        profiles = list(profiles)
        for profile in profiles:
            for host in SiteAddresses(profile, profile.layout_at(now)).hosts:
                self._profiles.setdefault(host, profile)
        self.now = now
        self._latest = (datetime.fromisoformat(now) + timedelta(days=1)).isoformat()  # clocks differ
        self._desks = Desks(KnownSites(profiles, now))

    def site(self, url: str) -> Profile | None:
        """The profile that owns the address."""
        try:
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2].lower()
        except ValueError:
            return None
        return self._profiles.get(host.removesuffix(":443" if parts.scheme == "https" else ":80"))

    def normal(self, url: str, claimed: Claimed, at: str) -> str | None:
        """The normal form of an address on the same site, by the rules of a time."""
        return self._desks.at(claimed.profile, at).addresses.normalise(url)

    def claim(self, stored: Stored) -> Claimed | Passed:
        """Whose page it is, and under which address. A revisit may come without its body.

        :raises LookupError: no profile owns its address.
        """
        profile = self.site(stored.url)
        if profile is None:
            raise LookupError(f"{stored.url}: of no known site")
        desk = self._desks.at(profile, stored.at)
        url = desk.addresses.normalise(stored.url)
        if url is not None and stored.asked is not None:
            url = stored.asked
        elif url is not None and stored.method == "POST":
            rules = desk.layout.listing
            endpoint = desk.addresses.normalise(rules.post.address, profile.base) if rules.post is not None else None
            url = address_of_form(rules, endpoint, url, stored.form or "")
            if url is None:
                return Passed("the answer to a form: its address does not say what it shows")
        elif stored.method not in {None, "GET", "POST"}:
            return Passed(f"the answer to {stored.method}, which asks for no page")
        if url is None:
            return Passed("its address is none that the site's rules accept")
        role = _role(desk, url, stored, None)
        if isinstance(role, Passed):
            return role
        if not _FIRST_ARCHIVED <= stored.at <= self._latest:
            return Passed("captured at a time when nobody can have")
        unchanged = _status(stored) == NOT_MODIFIED
        bare = stored.kind == "revisit" and stored.raw is None and not unchanged
        return Claimed(profile, url, payload_sha1(b"") if unchanged else _payload(stored), bare)

    def read(self, claimed: Claimed, stored: Stored, holder: Stored, origin: str) -> Harvest | Passed:
        """What is stored of it.

        :param holder: the record that holds the body: ``stored`` itself, or what a revisit stands for.
        :param origin: the file that it was captured in.
        """
        desk = self._desks.at(claimed.profile, stored.at)
        answer = stored if stored.status is not None or stored.profile == _NOT_MODIFIED else holder
        role = _role(desk, claimed.url, answer, holder.body)
        if isinstance(role, Passed):
            return role
        capture = _capture(claimed, role, stored, answer, holder, origin)
        if role == "robots":
            return Harvest(capture)
        return desk.read(capture, answer, holder)


def _payload(stored: Stored) -> str:
    """The digest that the record states, unless its payload contradicts that: then the one it has without chunks."""
    stated = stored.payload_sha1 or ""
    if stored.raw is None:
        return stated
    plain = _without_chunks(stored, stored.raw)
    believed = stated.startswith("sha1:") and not (contradicts(stated, stored.raw) and contradicts(stated, plain))
    return stated if believed else payload_sha1(plain)


def _without_chunks(stored: Stored, raw: bytes) -> bytes:
    coding = ", ".join(value for name, value in stored.headers if name.lower() == "transfer-encoding")
    sent = decoded(raw, coding, "").body
    return raw if sent is None else sent


def stands_for(revisit: Stored, found: Stored) -> bool:
    """Whether a record may hold what a revisit says is the same (WARC 1.1, 6.7.2): the payload has the digest that the
    revisit states, if it states one, and neither is a redirect unless both are.

    Many programs name the original by its address and second only; ``http:`` often leads to ``https:`` in the same one.
    """
    if found.kind != "response" or found.raw is None or _is_redirect(revisit) != _is_redirect(found):
        return False
    stated = revisit.payload_sha1
    if not stated:
        return True
    proven = [has_digest(stated, form) for form in (found.raw, _without_chunks(found, found.raw), found.body or b"")]
    return any(proven) or (None in proven and stated == found.payload_sha1)


def _is_redirect(answer: Stored) -> bool:
    return 300 <= _status(answer) < 400


def _status(answer: Stored) -> int:
    """A revisit of others may hold no response: what it stands for was one."""
    if answer.status is None:
        return NOT_MODIFIED if answer.profile == _NOT_MODIFIED else 200
    return answer.status


def _role(desk: Desk, url: str, answer: Stored, body: bytes | None) -> Role | Passed:
    """What the response is. ``body`` is None where it is not known yet: then it may turn out to be another's."""
    if (role := desk.entrances.get(url)) is not None:
        return role
    path = urlsplit(url).path
    if path == "/robots.txt":
        return "robots"
    status, media_type = _status(answer), answer.media_type or ""
    by_address = "listing" if is_posted(url) else desk.addresses.role(url)
    if status in _READ:
        if _XML.fullmatch(media_type) or path.endswith(".xml.gz"):
            if body is None:
                return "unknown"
            if (role := _told_by(body)) is not None:
                return role
        if desk.addresses.feed_page(url) is not None:
            return "feed"
        if media_type.startswith("image/"):
            return "image"
        if _DOCUMENTS.fullmatch(media_type):
            return "attachment"
    elif status < 300:
        return Passed(f"HTTP status {status}: no whole page")
    if by_address in {"article", "listing"}:
        return cast("Role", by_address)
    if by_address == "view":
        return Passed("an article in another form (to print, to save)")
    if by_address is None and 300 <= status < 400 and status != NOT_MODIFIED:
        return "unknown"
    return Passed("an address that is no page, feed, sitemap, picture or document")


def _told_by(body: bytes) -> Role | None:
    """What a document in XML says that it is."""
    head = body[:_HEAD]
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return None
    if _FEED.search(head):
        return "feed"
    return "sitemap" if _SITEMAP.search(head) else None


def _capture(claimed: Claimed, role: Role, stored: Stored, answer: Stored, holder: Stored, origin: str) -> Capture:
    body = holder.body or b""
    return Capture(
        site=claimed.profile.name,
        url=claimed.url,
        final_url=target_of(claimed.url),
        role=role,
        fetched_at=stored.at,
        status=_status(answer),
        media_type=answer.media_type,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        outcome=role,
        payload_sha1=claimed.payload_sha1,
        tls=TLS if stored.url.lower().startswith("https:") else None,
        origin=origin,
        record=stored.place,
        refers_to=None if holder is stored else holder.place.record_id,
    )
