"""Sites whose pages lie: what a score must notice. The truth stays that of the site behind it. Pure.

``shifted-label``: what stands behind one label stands behind another: the byline under the source's, or the source
under the byline's. ``swapped-date``: day and month change places, or where that gives no date, another article's day is
printed. ``caption-in-body``: a picture's caption stands at the end of a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from crawler.demo.model import Block, Byline, Head, Paragraph, Picture, Piece, Section, Source
from crawler.demo.site import Site

Mutation = Literal["shifted-label", "swapped-date", "caption-in-body"]


class MutantSite(Site):
    """A site as another one, except for one lie."""

    def __init__(self, site: Site, mutation: Mutation) -> None:
        self._site = site
        self._mutation = mutation
        self.facts = site.facts
        self.sections = site.sections
        self.size = site.size
        self.now = site.now
        self.traps = site.traps

    def head(self, index: int) -> Head:
        head = self._site.head(index)
        if self._mutation == "swapped-date" and head.published:
            return replace(head, published=self._other_day(index, head.published))
        return head

    def piece(self, index: int) -> Piece:
        piece = replace(self._site.piece(index), head=self.head(index))
        match self._mutation:
            case "shifted-label":
                return _with_shifted_label(piece)
            case "caption-in-body":
                return _with_captions_in_body(piece)
        return piece

    def _other_day(self, index: int, moment: datetime) -> datetime:
        if moment.day <= 12 and moment.day != moment.month:
            return moment.replace(day=moment.month, month=moment.day)
        other = self._site.head((index + self.size // 2 + 1) % self.size).published
        return moment if other is None else moment.replace(year=other.year, month=other.month, day=1 + other.day % 28)

    def find(self, number: int) -> list[int]:
        return self._site.find(number)

    def section_at(self, index: int) -> Section:
        return self._site.section_at(index)

    def count(self, section: Section) -> int:
        return self._site.count(section)

    def member(self, section: Section, rank: int) -> int:
        return self._site.member(section, rank)

    def rank(self, index: int) -> int:
        return self._site.rank(index)

    def tags(self) -> Mapping[str, str]:
        return self._site.tags()

    def tagged(self, tag: str) -> list[int]:
        return self._site.tagged(tag)

    def share(self, *keys: object) -> float:
        return self._site.share(*keys)

    def is_unique(self, index: int) -> bool:
        return self._site.is_unique(index)

    def has_partner(self, index: int) -> bool:
        return self._site.has_partner(index)

    def replica_path(self, site: str, index: int) -> str:
        return self._site.replica_path(site, index)

    def printed_elsewhere(self, index: int) -> datetime | None:
        return self._site.printed_elsewhere(index)

    def takers(self, index: int) -> Iterator[tuple[str, int]]:
        return self._site.takers(index)


def _with_shifted_label(piece: Piece) -> Piece:
    if piece.source and piece.byline:
        named = Byline(piece.source.name or "", ())
        return replace(piece, byline=named, source=Source(piece.byline.printed))
    if piece.byline:
        return replace(piece, byline=None, source=Source(piece.byline.printed))
    if piece.source:
        return replace(piece, byline=Byline(piece.source.name or "", ()), source=None)
    return piece


def _with_captions_in_body(piece: Piece) -> Piece:
    """Each caption goes to the end of the next paragraph; a caption under which none stands stays."""
    blocks: list[Block] = []
    loose: list[str] = []
    for block in piece.blocks:
        if isinstance(block, Picture) and block.caption:
            loose.append(block.caption)
            blocks.append(replace(block, caption=None, credit=None))
        elif isinstance(block, Paragraph) and loose:
            blocks.append(Paragraph(" ".join((block.text, *loose))))
            loose = []
        else:
            blocks.append(block)
    return replace(piece, blocks=tuple(blocks) if not loose else piece.blocks)
