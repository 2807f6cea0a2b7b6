"""The plain records that the archive stores: what the crawler hands over, and nothing else. No I/O.

Every string is NFC. Every time is RFC 3339 with +07:00. Names follow schema.org NewsArticle where it has one
(docs/data.md maps them).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Precision = Literal["second", "minute", "hour", "day", "month"]
DateEvidence = Literal["page", "meta", "sitemap", "feed", "listing", "related"]
Relation = Literal["related", "newer", "older", "topic", "inline", "source"]
AuthorRole = Literal["author", "photographer", "contributor", "editor"]
ArticleKind = Literal["article", "photo", "video"]
Role = Literal["listing", "feed", "sitemap", "article", "image", "attachment", "robots"]


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """Where a response stands: ``warc`` is a file's name in the archive's WARC folder (without ``.open``), ``offset``
    and ``length`` are bytes of the compressed record in it, ``record_id`` its WARC-Record-ID (``<urn:uuid:…>``)."""

    warc: str
    offset: int
    length: int
    record_id: str


@dataclass(slots=True)
class Capture:
    """One request and what came of it.

    ``outcome`` is what became of it: ``article``, ``listing``, ``feed``, ``sitemap``, ``image``, ``attachment``,
    ``robots`` when it was read, ``unchanged`` when the server said so (304), ``redirect``, ``unextractable`` when an
    article address gave no article, ``gone`` when it is said to be there no more, ``error`` for another status of 400
    or above or a failed download (status 0). ``reason`` says why in words. ``size`` and ``sha256`` are the body's,
    decompressed; ``payload_sha1`` is WARC's digest of the bytes as they were sent (``sha1:`` and base 32).
    ``record`` is None where no response was received. ``tls`` is None without TLS, else ``verified`` or the reason why
    the site's certificate is not checked. ``origin`` names the file that another's capture was read from; None for our
    own. ``payload`` holds the bytes of a page that could not be read and stands in no WARC file.
    """

    site: str
    url: str
    final_url: str
    role: Role
    fetched_at: str
    status: int
    media_type: str | None
    size: int
    sha256: str
    outcome: str
    reason: str | None = None
    payload: bytes | None = None
    payload_sha1: str | None = None
    tls: str | None = None
    origin: str | None = None
    record: WarcRecord | None = None


@dataclass(slots=True)
class Author:
    """A person (``name``), a collective (``unit`` and no name) or an unnamed contributor (neither: ``CTV``)."""

    name: str | None
    unit: str | None
    role: AuthorRole


@dataclass(slots=True)
class Source:
    """Where the page says that it took the article from."""

    name: str | None
    url: str | None


@dataclass(slots=True)
class Image:
    """``width`` and ``height`` are pixels as the page states them."""

    url: str
    caption: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(slots=True)
class Attachment:
    url: str
    title: str | None = None
    media_type: str | None = None


@dataclass(slots=True)
class Media:
    url: str
    kind: Literal["video", "audio"]
    title: str | None = None


@dataclass(slots=True)
class Link:
    """An edge from an article to an address: ``position`` counts from 0 over the whole page, in page order.

    ``url`` is None where the page prints a title without a link. ``target`` is the article id that the address stands
    for, whether or not that article is archived; None when the address is no article of a known site.
    ``date`` is what ``date_raw`` means (RFC 3339), ``date_precision`` how exact it is.
    """

    url: str | None
    title: str | None
    relation: Relation
    position: int
    target: str | None = None
    date: str | None = None
    date_raw: str | None = None
    date_precision: Precision | None = None


@dataclass(slots=True)
class Evidence:
    """What a value was concluded from.

    ``field`` is the export field, ``raw`` the string as printed, ``value`` what it was read as (None: rejected, and
    ``note`` says why), ``kind`` where it stands in the order page, meta, sitemap, feed, listing, related, ``where``
    the rule or place on the page that gave it.
    """

    field: str
    raw: str
    value: str | None
    kind: str
    where: str
    note: str | None = None


@dataclass(slots=True)
class Sighting:
    """What one page prints about another: the address, the title, a date. Evidence for articles without a date.

    ``source_url`` is the page that prints it. ``target`` as in :class:`Link`; None with a ``title`` means that only
    the title is known.
    """

    site: str
    source_url: str
    kind: Literal["sitemap", "feed", "listing", "related"]
    url: str | None
    target: str | None
    title: str | None
    date: str | None
    date_raw: str | None
    date_precision: Precision | None


@dataclass(slots=True)
class Address:
    """One address of an article. ``article`` is the id it stands for, whether or not that article is archived."""

    site: str
    url: str
    article: str


@dataclass(slots=True)
class Article:
    """One article as one page showed it: the content of a revision, and the evidence for it."""

    id: str
    site: str
    key: str
    url: str
    headline: str
    body: str
    kind: ArticleKind = "article"
    description: str | None = None
    byline: str | None = None
    authors: list[Author] = field(default_factory=list)
    source: Source | None = None
    section: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    language: str = "vi"
    view_count: int | None = None
    date_published: str | None = None
    date_published_raw: str | None = None
    date_precision: Precision | None = None
    date_evidence: DateEvidence | None = None
    date_modified: str | None = None
    rights: str | None = None
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    content_sha256: str = ""
    profile_version: str = ""


@dataclass(slots=True)
class Harvest:
    """Everything one response yielded, stored in one transaction: the unit of :func:`archive.store.Archive.add`."""

    capture: Capture
    articles: list[Article] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
