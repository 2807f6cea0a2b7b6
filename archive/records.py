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
Role = Literal["listing", "feed", "sitemap", "article", "image", "attachment", "robots", "unknown"]

FILES: frozenset[Role] = frozenset({"image", "attachment"})
"""What belongs to an article and is kept as it came: it is fetched once and never read."""


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
    or above or a failed download (status 0), ``refused`` when it was not sent after all, by a rule of ours or the
    site's, ``adopted`` when the process ended before it was read. ``reason`` says why in words. ``size`` and
    ``sha256`` are the body's, decompressed; ``payload_sha1`` is WARC's digest of the bytes as they were sent (``sha1:``
    and base 32). ``record`` is None where no response was received; ``refers_to`` is the id of the record that holds
    the body, where this one says no more than that it is the same. ``tls`` is None without TLS, else ``verified`` or
    the reason why the site's certificate is not checked. ``origin`` names the file that another's capture was read
    from; None for our own. ``payload`` holds the bytes of a page that could not be read and stands in no WARC file.
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
    refers_to: str | None = None


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
    """One address of an article. ``article`` is the id it stands for, whether or not that article is archived;
    ``answered`` says that the page which tells of it was fetched under this address and shows the article."""

    site: str
    url: str
    article: str
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An address to be asked for, in its normal form; ``article`` is the id that it stands for, if it is one's.

    ``section`` and ``page``: for a listing, the address of its first page, and which page of it this is, from 1.
    ``form``: what is sent to get the page (urlencoded), where it is got by POST (:mod:`archive.posted`). ``known``: it
    is to be asked for only if the frontier has it already; that it is there at all is not said.
    """

    url: str
    role: Role
    article: str | None = None
    section: str | None = None
    page: int | None = None
    form: str | None = None
    known: bool = False


@dataclass(slots=True)
class Visit:
    """How the visit to an address of the frontier ended: what acknowledges it, and what the next visit builds on.

    ``url`` is the address as the frontier has it, ``final_url`` (normalised) the one that answered; ``article`` the id
    that ``url`` stands for. ``steps``: links between the start and it. ``state``: ``done``, ``failed`` (to be tried
    again later), ``gone``, ``excluded`` (not to be asked for, as robots.txt wants), ``pending`` (not asked for: it
    waits on); ``reason`` says why it is not ``done``. ``body_sha256`` is None where no page came (304, failure).
    ``etag``, ``last_modified`` and ``date`` are the response's headers. ``shown``: for a listing, a digest of the
    articles that it shows; None where it shows none. ``total``: how many articles there are by what a listing, feed or
    sitemap says; ``capped``: it shows no more than so many, so there may be more. ``pages``: how many pages a listing
    has, where its pages are got by forms and the one visited shows it.
    """

    url: str
    role: Role
    state: Literal["done", "failed", "gone", "excluded", "pending"]
    article: str | None = None
    final_url: str | None = None
    steps: int = 0
    reason: str | None = None
    body_sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    date: str | None = None
    shown: str | None = None
    total: int | None = None
    capped: bool = False
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """An address handed out to be asked for. ``etag`` and ``last_modified`` are for a conditional request: the
    validators of the last visit, where they can be believed. ``section`` and ``form`` as in :class:`Found`.
    """

    url: str
    role: Role
    steps: int
    etag: str | None = None
    last_modified: str | None = None
    section: str | None = None
    form: str | None = None


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
    """Everything one visit yielded, stored in one transaction: the unit of :func:`archive.store.Archive.add`.

    ``capture`` is the request that ended the visit, ``hops`` those before it (redirects, attempts that failed).
    ``found`` are the addresses that the page leads to, for the frontier; ``visit`` acknowledges the one asked for
    (None where no frontier is involved, as with captures made by others).
    """

    capture: Capture
    articles: list[Article] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    hops: list[Capture] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    visit: Visit | None = None
