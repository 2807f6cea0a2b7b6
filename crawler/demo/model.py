"""What an article of a replica is, before it is drawn: the truth's own model. Plain data, no I/O.

Paths are root-relative. Text is NFC, as the site prints it; how a page encodes it is the page's business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Role = Literal["author", "photographer", "contributor", "editor"]
Relation = Literal["related", "newer", "older", "topic", "inline"]
Kind = Literal["article", "photo", "video"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the text: it belongs to the body."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Each point is a paragraph of the body."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of figures: each row is a paragraph of the body, its cells joined by `` | ``."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """``caption`` as printed, credit and all. ``thumb``: the small copy that the page shows in its place."""

    path: str
    caption: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None
    thumb: str | None = None


@dataclass(frozen=True, slots=True)
class Video:
    path: str


@dataclass(frozen=True, slots=True)
class SeeAlso:
    """``>> Xem thêm: …`` inside the text: a link, no part of the body."""

    index: int


Block = Paragraph | Heading | Bullets | Grid | Picture | Video | SeeAlso


@dataclass(frozen=True, slots=True)
class Author:
    name: str | None
    unit: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class Byline:
    printed: str
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """``replica``: the site and index that ``url`` means, where the address is known only when the servers run."""

    name: str | None
    url: str | None = None
    replica: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    path: str
    title: str
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Section:
    """``trail``: the breadcrumb as printed, outermost first. ``dated``: whether its listing prints dates."""

    slug: str
    trail: tuple[str, ...]
    number: int = 0
    dated: bool = True
    topics: tuple[str, ...] = ()
    former: str | None = None

    @property
    def title(self) -> str:
        return self.trail[-1]


@dataclass(frozen=True, slots=True)
class Head:
    """What lists print of an article. ``former``: whether its address before a move is still linked."""

    index: int
    number: int
    headline: str
    slug: str
    section: Section
    published: datetime | None
    former: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """One entry of a related list. ``index``: the article it leads to, ``url`` any other address; with neither, the
    title stands without a link. ``published`` is the date that the list prints beside it."""

    title: str
    relation: Relation
    index: int | None = None
    url: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole article. ``description`` None: the site prints no sapo, the text begins with the lead.

    ``origin``: the site and index this one was taken from, declared or not. ``partner``: a second article printed on
    the same page. ``encoding`` and ``editor`` say how the page writes the text; the truth does not depend on them.
    """

    head: Head
    description: str | None
    blocks: tuple[Block, ...]
    byline: Byline | None = None
    source: Source | None = None
    views: int = 0
    keywords: tuple[str, ...] = ()
    modified: datetime | None = None
    lead: Picture | None = None
    kind: Kind = "article"
    attachments: tuple[Attachment, ...] = ()
    rights: bool = True
    origin: tuple[str, int] | None = None
    partner: Piece | None = None
    encoding: Literal["plain", "entities", "combining"] = "plain"
    editor: Literal["p", "div", "br", "word", "plain"] = "p"
    label: Literal["new", "old", "body"] = "body"
    related: tuple[Related, ...] | None = field(default=None)
    """Given for an article that is poured in; None lets the layout choose."""

    def body(self) -> str:
        """The text as an archive must hold it: paragraphs joined by an empty line."""
        paragraphs: list[str] = []
        for block in self.blocks:
            match block:
                case Paragraph(text) | Heading(text):
                    paragraphs.append(text)
                case Bullets(points):
                    paragraphs += points
                case Grid(rows):
                    paragraphs += [" | ".join(row) for row in rows]
        return "\n\n".join(paragraphs)

    def pictures(self) -> list[Picture]:
        """All pictures in page order, the lead first."""
        inside = [block for block in self.blocks if isinstance(block, Picture)]
        return [self.lead, *inside] if self.lead else inside
