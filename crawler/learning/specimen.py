"""One article's page with what is known of it so far: headline, text, and where other lines stand to them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeVar

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, text_of
from crawler.learning.article import prose_of
from crawler.learning.views import Repetition, View, chain

Zone = Literal["above", "between", "text", "below"]
"""Where a line stands: over the headline, between it and the text, inside the text, under it."""


class Specimen:
    """``container``: the element that the learned rule for the text gives; it may hold more than the text."""

    def __init__(self, view: View, headline: Block | None, container: Element | None, frame: Repetition) -> None:
        self.view, self.headline, self.container, self.frame = view, headline, container, frame

    @cached_property
    def fetched(self) -> datetime:
        return datetime.fromisoformat(self.view.page.fetched_at)

    @cached_property
    def held(self) -> set[Element]:
        """All elements in the container, itself too."""
        return set(self.container.iter()) if self.container is not None else set()

    @cached_property
    def title_at(self) -> int:
        """The headline's place among the lines; -1 where it is not known."""
        return self.view.lines.index(self.headline) if self.headline is not None else -1

    @cached_property
    def prose(self) -> list[int]:
        """The places of the paragraphs among the lines."""
        found = prose_of(self.view, self.frame, self.headline)
        inside = [line for line in found if line.element in self.held] or found
        return [self.view.lines.index(line) for line in inside]

    @property
    def wraps(self) -> bool:
        """Whether the container holds the headline too: then text has no element of its own."""
        return self.headline is not None and self.headline.element in self.held

    def zone(self, place: int) -> Zone:
        """Where the line of that place stands."""
        if place <= self.title_at:
            return "above"
        first, last = (self.prose[0], self.prose[-1]) if self.prose else (len(self.view.lines), -1)
        if not self.wraps and self.container is not None:
            line = self.view.lines[place]
            if line.element in self.held:
                return "text"
            return "between" if self.view.order[line.element] < self.view.order[self.container] else "below"
        return "between" if place < first else "below" if place > last else "text"

    def near(self, place: int) -> int:
        """How many lines lie between a line and the article: 0 inside of it."""
        last = max((at for at, line in enumerate(self.view.lines) if line.element in self.held), default=self.title_at)
        last = max(last, self.prose[-1] if self.prose else -1)
        return max(0, self.title_at - place, place - last - 1)


@dataclass(frozen=True, slots=True)
class Find:
    """Something on one page that may be a field: the element that holds it, its text, and the line's place."""

    specimen: Specimen
    element: Element
    text: str
    place: int

    @property
    def zone(self) -> Zone:
        return self.specimen.zone(self.place)

    @property
    def slot(self) -> tuple[Hashable, ...]:
        """What finds of the same field share on all pages."""
        return chain(self.element), self.zone


def narrowest(block: Block, text: str) -> Element:
    """The smallest element of a line that holds a text."""
    current = block.element
    while True:
        inner = next((child for child in current if isinstance(child.tag, str) and text in text_of(child)), None)
        if inner is None:
            return current
        current = inner


T = TypeVar("T")


def grouped(finds: Sequence[Find], by: Callable[[Find], Hashable]) -> Iterator[list[Find]]:
    """The finds of the same kind together."""
    groups: defaultdict[Hashable, list[Find]] = defaultdict(list)
    for one in finds:
        groups[by(one)].append(one)
    yield from groups.values()


def first_of_each(finds: Sequence[Find]) -> dict[View, Find]:
    """Each page's first find."""
    found: dict[View, Find] = {}
    for one in finds:
        found.setdefault(one.specimen.view, one)
    return found
