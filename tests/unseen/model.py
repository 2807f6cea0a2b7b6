"""What a stranger's articles are, before any page is drawn: the pages and the truth are both made of this. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["author", "photographer", "contributor"]
Relation = Literal["related", "newer", "older"]


@dataclass(frozen=True, slots=True)
class Author:
    name: str | None
    unit: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class Byline:
    """``printed``: without the label."""

    printed: str
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article says that it is from."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    path: str
    caption: str | None
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    name: str
    number: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """``paragraphs``: all of the text, the opening first where it is no sapo. ``pictures``: each with the number of the
    paragraph that it stands before; -1 is above the text. ``entered``: by which editor's habit the text is typed."""

    number: int
    id: int
    path: str
    section: Section
    headline: str
    sapo: str | None
    paragraphs: tuple[str, ...]
    pictures: tuple[tuple[int, Picture], ...]
    published: datetime
    edited: datetime
    byline: Byline | None
    origin: Origin | None
    tags: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    views: int
    entered: str

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)
