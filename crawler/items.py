"""Page, Draft: the two forms of an article before it becomes :class:`archive.records.Article`. No I/O.

A :class:`Page` is a response. A :class:`Draft` is what the page prints, string by string, each with the place where
it stands: nothing in it is interpreted. :class:`Reading` is a page with its drafts, :class:`archive.records.Harvest`
what is stored of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from archive.records import ArticleKind, Capture, Found, Harvest, Relation, Role
from crawler.layouts import Layout
from crawler.profiles import Profile

__all__ = [
    "Draft",
    "DraftAttachment",
    "DraftImage",
    "DraftLink",
    "DraftMedia",
    "Entry",
    "Errand",
    "Harvest",
    "Page",
    "Printed",
    "Reading",
]


@dataclass(slots=True)
class Entry:
    """One entry of a listing, a feed or a sitemap: strings as printed, ``url`` absolute and normalised."""

    url: str | None
    title: str | None = None
    date_raw: str | None = None


@dataclass(slots=True)
class Errand:
    """What the frontier asks for, over all redirects and further attempts: it travels in Scrapy's ``meta``.

    ``conditional``: it asks for the page only if it has changed. ``captures`` are the requests that were really sent
    for it, with what came of each, in order. ``section`` and ``form`` as in :class:`archive.records.Found`.
    """

    url: str
    role: Role
    steps: int = 0
    conditional: bool = False
    captures: list[Capture] = field(default_factory=list)
    section: str | None = None
    form: str | None = None


@dataclass(slots=True)
class Page:
    """One response with all that later steps need. ``fetched_at`` is RFC 3339 with +07:00.

    ``url`` is the normalised address that was asked for, ``final_url`` the one that answered after redirects.
    ``charset`` is what the server declared, or None. ``links`` are (address, role) pairs, ``entries`` what a
    listing, feed or sitemap prints about articles, ``views`` addresses that show an article in another form (print,
    save). ``error`` says why it is not the page that was asked for; ``refused`` that it was not even asked for, and
    whether it waits or is left out. ``errand`` is what the frontier sent out for it. ``etag``, ``last_modified`` and
    ``date`` are the response's headers. ``total`` is how many articles there are by what a listing, feed or sitemap
    says, ``capped`` whether there may be more, for it shows no more than so many.
    ``posts`` are further pages of a listing that are got by sending a form, ``pages`` is how many there are in all,
    where this one shows it; ``note`` says why there are none where it seems that there should be.
    ``converted`` says in words which encoding its text was in, where nobody declares it and it had to be found.
    ``tree`` is an article's page as it was parsed for its links, for the one who reads the article: he takes it apart.
    ``links_read``: all but what the response itself says was filled in.
    """

    url: str
    final_url: str
    role: Role
    status: int
    body: bytes
    media_type: str | None
    charset: str | None
    fetched_at: str
    profile: Profile
    layout: Layout
    links: list[tuple[str, Role]] = field(default_factory=list)
    posts: list[Found] = field(default_factory=list)
    pages: int | None = None
    note: str | None = None
    entries: list[Entry] = field(default_factory=list)
    total: int | None = None
    capped: bool = False
    views: list[str] = field(default_factory=list)
    error: str | None = None
    converted: str | None = None
    refused: Literal["excluded", "pending"] | None = None
    errand: Errand | None = None
    etag: str | None = None
    last_modified: str | None = None
    date: str | None = None
    tree: etree._Element | None = None
    links_read: bool = False

    def take_tree(self) -> etree._Element | None:
        """The tree, once; None where the page was not parsed yet."""
        tree, self.tree = self.tree, None
        return tree

    def __repr__(self) -> str:
        return f"<Page {self.role} {self.status} {self.url}>"  # Scrapy logs items that fail; not 60 KB of markup


@dataclass(slots=True)
class Printed:
    """A string as the page prints it (NFC, white space folded) and the place: a rule's name, a label, a meta tag."""

    raw: str
    where: str


@dataclass(slots=True)
class DraftImage:
    """``caption`` as printed, credit and all. ``lead`` marks the picture that stands above the body."""

    url: str
    caption: str | None = None
    width: int | None = None
    height: int | None = None
    lead: bool = False


@dataclass(slots=True)
class DraftLink:
    """One entry of a related list, or a link inside the text. ``url`` absolute, not yet normalised."""

    url: str | None
    title: str | None
    relation: Relation
    date_raw: str | None = None


@dataclass(slots=True)
class DraftAttachment:
    url: str
    title: str | None = None
    media_type: str | None = None


@dataclass(slots=True)
class DraftMedia:
    url: str
    kind: Literal["video", "audio"]
    title: str | None = None


@dataclass(slots=True)
class Draft:
    """What one page prints about one article. Raw strings; None or empty where the page prints nothing.

    ``ordinal`` counts the articles of one page from 0: nearly always 0. ``canonical`` is rel=canonical as printed.
    ``body`` holds paragraphs: neither sapo nor caption nor byline nor related list nor notice among them.
    ``published`` and ``modified`` list every printed date in the order of trust, the visible one first; the ``where``
    of a machine-readable one begins with ``meta`` .
    ``notes`` say in words what had to be decided while reading, where the page is not as its layout expects.
    ``bylines`` are all strings that name who made the article (``Tác giả: …``, the signature under the body, a photo
    credit line), ``generic_author`` what trafilatura believes: one more piece of evidence.
    """

    ordinal: int = 0
    canonical: str | None = None
    headline: Printed | None = None
    sapo: Printed | None = None
    body: list[str] = field(default_factory=list)
    kind: ArticleKind = "article"
    published: list[Printed] = field(default_factory=list)
    modified: list[Printed] = field(default_factory=list)
    bylines: list[Printed] = field(default_factory=list)
    generic_author: Printed | None = None
    source: Printed | None = None
    source_url: str | None = None
    section: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    view_count: Printed | None = None
    rights: Printed | None = None
    language: str | None = None
    images: list[DraftImage] = field(default_factory=list)
    attachments: list[DraftAttachment] = field(default_factory=list)
    media: list[DraftMedia] = field(default_factory=list)
    links: list[DraftLink] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A page, the drafts found on it, and what becomes of them: each step of the pipeline fills ``harvest`` further.

    ``failure`` says why an article page gave no draft, or not all that it shows; ``missing`` what such a page says of
    the article itself: that it is not there, or that one must log in. ``harvest.articles[i]`` is made from
    ``drafts[i]``; what another process read comes without its drafts.
    """

    page: Page
    drafts: list[Draft] = field(default_factory=list)
    failure: str | None = None
    missing: str | None = None
    harvest: Harvest | None = None

    def __repr__(self) -> str:
        return f"<Reading {self.page!r}: {len(self.drafts)} drafts>"
