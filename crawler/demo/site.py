"""What a layout needs of a site: its sections and articles, however they come to be. No I/O.

Indexes count from 0, the oldest article first. Everything is worked out when it is asked for.
"""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from crawler.demo.model import Head, Piece, Section


@dataclass(frozen=True, slots=True)
class Facts:
    """What a site is called; ``cited`` is what others call it under a text they took. ``rights`` is its reuse notice,
    with ``{base}`` where its own address stands. ``layout``: module and class in :mod:`crawler.demo.layouts`.
    ``profile``: for a replica of a CMS instead of a real site, the tables of its profile that lead to its pages.
    ``basis``: on what this layout rests, where that is less than what its family rests on."""

    name: str
    layout: str
    province: str
    kind: str
    title: str
    publisher: str
    cited: str
    dateline: str
    rights: str
    signatures: dict[str, int]
    profile: dict[str, Any] = field(default_factory=dict)
    basis: str = ""


class Site(ABC):
    """One site's articles. ``now``: the moment that its pages are shown at. ``traps``: whether pages hold what readers
    are known to break on (see :class:`crawler.demo.world.World`)."""

    facts: Facts
    sections: tuple[Section, ...]
    size: int
    now: datetime
    traps: bool = False

    @property
    def name(self) -> str:
        return self.facts.name

    @abstractmethod
    def head(self, index: int) -> Head:
        """What lists print of an article."""

    @abstractmethod
    def piece(self, index: int) -> Piece:
        """The whole article."""

    @abstractmethod
    def find(self, number: int) -> list[int]:
        """The articles of that number: NukeViet's numbers are not unique."""

    @abstractmethod
    def count(self, section: Section) -> int:
        """How many articles the section holds."""

    @abstractmethod
    def member(self, section: Section, rank: int) -> int:
        """The index of the section's article of that rank, the oldest being 0."""

    @abstractmethod
    def rank(self, index: int) -> int:
        """The article's rank in its section."""

    @abstractmethod
    def tagged(self, tag: str) -> list[int]:
        """Some of the newest articles with that keyword."""

    @abstractmethod
    def section_at(self, index: int) -> Section:
        """The article's section, found without making the article."""

    @abstractmethod
    def tags(self) -> Mapping[str, str]:
        """All keywords of the site, by their slugs."""

    @abstractmethod
    def share(self, *keys: object) -> float:
        """A number in [0, 1) made of the site and the keys."""

    @abstractmethod
    def is_unique(self, index: int) -> bool:
        """Whether no other article of the site has the same headline."""

    @abstractmethod
    def has_partner(self, index: int) -> bool:
        """Whether a second article is printed on its page."""

    @abstractmethod
    def replica_path(self, site: str, index: int) -> str:
        """The path of an article of this or another replica."""

    def printed_elsewhere(self, index: int) -> datetime | None:
        """The day that lists of other articles print beside one that has no date: only given articles are such."""
        return None

    @abstractmethod
    def takers(self, index: int) -> Iterator[tuple[str, int]]:
        """The articles, site and index, that were taken from this one."""

    def newest(self, skip: int = 0) -> Iterator[int]:
        """All indexes, the newest first."""
        return iter(range(self.size - 1 - skip, -1, -1))

    def page(self, section: Section, number: int, length: int) -> list[int]:
        """The indexes on one page of the section's listing, the newest first; pages count from 1."""
        top = self.count(section) - 1 - (number - 1) * length
        return [self.member(section, rank) for rank in range(top, max(-1, top - length), -1)]

    def before(self, index: int, count: int) -> list[int]:
        """The articles of the same section just before this one, the newest first."""
        section, rank = self.section_at(index), self.rank(index)
        return [self.member(section, at) for at in range(rank - 1, max(-1, rank - 1 - count), -1)]

    def after(self, index: int, count: int) -> list[int]:
        """The articles of the same section just after this one, the oldest first."""
        section, rank = self.section_at(index), self.rank(index)
        return [self.member(section, at) for at in range(rank + 1, min(self.count(section), rank + 1 + count))]

    def section(self, slug: str) -> Section | None:
        """The section of that slug."""
        return next((section for section in self.sections if section.slug == slug), None)


DEMO_SITES = ("thst", "congdoan-soctrang", "ldld-caobang", "thaibinhtv")
"""The replicas of real sites, which the demo shows; their names are those of the built-in profiles."""

_FOLDER = Path(__file__).parent / "sites"


@cache
def _described(name: str) -> dict[str, Any]:
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ValueError(f"no replica {name!r}; there are {', '.join(replica_names())}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def replica_names() -> list[str]:
    """The names of all replicas, sorted: of real sites, and of CMSs that no known site stands for."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def facts_of(name: str) -> Facts:
    """What the site of that name is called.

    :raises ValueError: there is no such replica.
    """
    return Facts(name=name, **{key: value for key, value in _described(name).items() if key != "sections"})


def sections_of(name: str) -> tuple[Section, ...]:
    """The sections of the site of that name."""
    return tuple(_section(raw) for raw in _described(name)["sections"])


def _section(raw: dict[str, Any]) -> Section:
    return Section(
        slug=raw["slug"],
        trail=tuple(raw["trail"]),
        number=raw.get("number", 0),
        dated=raw.get("dated", True),
        topics=tuple(raw["topics"]),
        former=raw.get("former"),
    )
