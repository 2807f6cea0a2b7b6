"""A container as the lines that a reader sees: paragraphs, headings, table rows, pictures, in page order. Pure.

Editors write the same paragraph as ``p``, as bare text in a ``div``, as lines between two ``br``, as nested Word spans.
Here they all become a :class:`Block`, and every later rule (captions, signatures, the body) reads blocks only.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Literal

from lxml import etree

from crawler.extraction.document import BLOCK_TAGS, NEVER_SHOWN, Element, fold, is_hidden, text_of
from crawler.extraction.numbers import whole_number

_SLANTED = frozenset({"em", "i", "cite"})
_STRONG = frozenset({"strong", "b"})
_MEDIA = frozenset({"iframe", "video", "audio", "embed", "object"})
_FORM_PARTS = frozenset({"input", "label", "nav"})
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_RIGHT = re.compile(r"text-align\s*:\s*(right|end)", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ENDS_SENTENCE = re.compile(r"""[.!?:;…]["'”’»)\]]*$""")


@dataclass(slots=False, eq=False)
class Block:
    """One line as shown. ``element``: the block-level element that it stands in, or the picture or player itself.

    ``slanted``, ``strong``, ``linked``: the share (0 to 1) of its letters in italics, bold, links. ``links``: the
    ``a`` elements in it. ``top``: the container; nothing above it is looked at.
    """

    kind: Literal["text", "image", "media"]
    element: Element
    top: Element
    text: str = ""
    slanted: float = 0.0
    strong: float = 0.0
    linked: float = 0.0
    links: list[Element] = field(default_factory=list)

    @cached_property
    def lineage(self) -> list[Element]:
        """The elements around the block, innermost first, up to the container."""
        chain = [self.element]
        while chain[-1] is not self.top and (parent := chain[-1].getparent()) is not None:
            chain.append(parent)
        return chain

    def inside(self, tag: str) -> Element | None:
        """The innermost element of that name around the block."""
        return next((element for element in self.lineage if element.tag == tag), None)

    @cached_property
    def aligned(self) -> Literal["centre", "right"] | None:
        """How the line is set; the innermost element that says so decides."""
        for element in self.lineage:
            style, classes, align = element.get("style", ""), element.get("class", ""), element.get("align", "").lower()
            if _RIGHT.search(style) or align == "right" or "text-right" in classes or "text-end" in classes:
                return "right"
            if _CENTRED.search(style) or align == "center" or "text-center" in classes or element.tag == "center":
                return "centre"
            if "text-align" in style or align:
                return None
        return None

    @property
    def is_heading(self) -> bool:
        """Whether the line is marked as a heading."""
        return any(element.tag in _HEADINGS for element in self.lineage)


@dataclass(slots=True)
class _Line:
    """A line while it is collected: pieces of text with their look."""

    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    slanted: int = 0
    strong: int = 0
    linked: int = 0
    links: list[Element] = field(default_factory=list)


def read_blocks(container: Element, skip: Collection[Element] = ()) -> list[Block]:
    """The blocks of a container in page order. Hidden elements, forms, scripts, and those to ``skip`` give none.

    A row of a data table is one block, its cells joined by `` | ``. One ``br`` ends a line unless the next line goes on
    in lower case with the same sentence; two always do.
    """
    return _Walk(container, frozenset(skip)).run()


class _Walk:
    """One walk over a container; not recursive, because pages nest a thousand elements deep."""

    def __init__(self, container: Element, skip: frozenset[Element]) -> None:
        self.top = container
        self.skip = skip
        self.blocks: list[Block] = []
        self.stack: list[Element] = [container]
        self.lines: list[_Line] = [_Line()]
        self.breaks = 0
        self.slanted = self.strong = 0
        self.links: list[Element] = []

    def run(self) -> list[Block]:
        walker = etree.iterwalk(self.top, events=("start", "end"))
        passed: Element | None = None
        for event, element in walker:
            if event == "start":
                if element is not self.top and self._pass_over(element):
                    passed = element
                    walker.skip_subtree()
                else:
                    self._enter(element)
            else:
                if element is not passed:
                    self._leave(element)
                if element is not self.top:
                    self._add(element.tail)
        self._flush()
        return self.blocks

    def _pass_over(self, element: Element) -> bool:
        """Whether nothing inside the element is walked; what there is to keep of it is kept here."""
        tag = element.tag
        if not isinstance(tag, str) or tag in NEVER_SHOWN or tag in _FORM_PARTS or is_hidden(element):
            return True
        if element in self.skip:
            self._end_line()
            return True
        if tag in _MEDIA:
            self._flush()
            self.blocks.append(Block("media", element, self.top))
            return True
        if tag == "table" and (rows := _data_rows(element)):
            self._flush()
            self.blocks += [Block("text", row, self.top, text, links=list(row.iter("a"))) for row, text in rows]
            return True
        return False

    def _enter(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS:
            self._flush()
            self.stack.append(element)
        elif tag == "br":
            self.breaks += 1
        elif tag == "img" and not _is_icon(element):
            self._flush()
            self.blocks.append(Block("image", element, self.top))
        elif tag in _SLANTED:
            self.slanted += 1
        elif tag in _STRONG:
            self.strong += 1
        elif tag == "a":
            self.links.append(element)
            self._line().links.append(element)
        self._add(element.text)

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS:
            self._flush()
            self.stack.pop()
        elif tag in _SLANTED:
            self.slanted -= 1
        elif tag in _STRONG:
            self.strong -= 1
        elif tag == "a":
            self.links.pop()

    def _line(self) -> _Line:
        return self.lines[-1]

    def _add(self, text: str | None) -> None:
        if not text:
            return
        shown = text.strip()
        if not shown:
            self._line().pieces.append(" ")
            return
        if self.breaks:
            self._break(shown)
        line = self._line()
        line.pieces.append(text)
        line.letters += len(shown)
        line.slanted += len(shown) if self.slanted else 0
        line.strong += len(shown) if self.strong else 0
        line.linked += len(shown) if self.links else 0

    def _break(self, following: str) -> None:
        line = self._line()
        goes_on = self.breaks == 1 and following[0].islower() and not _ENDS_SENTENCE.search(_end(line.pieces))
        self.breaks = 0
        if line.letters and not goes_on:
            self._end_line()
        else:
            line.pieces.append(" ")

    def _end_line(self) -> None:
        if self._line().letters:
            self.lines.append(_Line(links=list(self.links)))

    def _flush(self) -> None:
        for line in self.lines:
            if text := fold("".join(line.pieces)):
                share = max(line.letters, 1)
                self.blocks.append(
                    Block(
                        "text",
                        self.stack[-1],
                        self.top,
                        text,
                        line.slanted / share,
                        line.strong / share,
                        line.linked / share,
                        line.links,
                    )
                )
        self.lines, self.breaks = [_Line(links=list(self.links))], 0


def _end(pieces: list[str]) -> str:
    """The last characters of a line, enough to see how it ends; the whole of it would be read again at each ``br``."""
    end = ""
    for piece in reversed(pieces):
        end = piece + end
        if len(end.strip()) >= _ENDING:
            break
    return fold(end)


_ENDING = 20
"""Characters: a full stop with the quotation marks and brackets behind it."""


def _is_icon(image: Element) -> bool:
    """Smileys, bullets, tracking dots: no pictures, and no reason to end a line."""
    sizes = [image.get(side, "").removesuffix("px") for side in ("width", "height")]
    return any(whole_number(size, _ICON) is not None for size in sizes) or "emoji" in image.get("class", "")


_ICON = 32
"""Pixels. Smaller pictures are icons."""


def _data_rows(table: Element) -> list[tuple[Element, str]]:
    """The rows of a table that holds data; none where it only arranges pictures or paragraphs on the page."""
    # The tables inside are looked for first: each of a thousand nested ones would look through all the others.
    if any(True for _ in islice(table.iter("table"), 1, None)):
        return []
    if any(True for _ in table.iter("img", "iframe", "video")):
        return []
    rows = []
    wide = 0
    for row in table.iter("tr"):
        cells = [text_of(cell) for cell in row if cell.tag in {"td", "th"}]
        if len(cells) > 1 and max(map(len, cells)) > _LONGEST_CELL:
            return []
        filled = [cell for cell in cells if cell]
        wide += len(filled) > 1
        if filled:
            rows.append((row, " | ".join(filled)))
    return rows if wide * 2 > len(rows) else []


_LONGEST_CELL = 1_000
"""Letters. A cell that holds more is a column of the page, not a datum."""
