"""One page as learning looks at it: its lines in page order, what it calls itself, what it links to. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.document import Element, absolute, base_address, fold, text_of
from crawler.items import Page
from crawler.learning.comments import comments_of


@dataclass(frozen=True, slots=True)
class Sample:
    """One page that was fetched. ``tree`` is what :func:`crawler.extraction.document.parse` made of it; nothing here
    changes it."""

    page: Page
    tree: Element


class View:
    """A page's lines and places. Elements are told apart by identity, places by their number in page order."""

    def __init__(self, sample: Sample) -> None:
        self.page, self.tree = sample.page, sample.tree
        found = sample.tree.find(".//body")
        self.body: Element = sample.tree if found is None else found

    @cached_property
    def comments(self) -> list[Element]:
        """The elements that hold what readers have written about the article."""
        return comments_of(self.body)

    @cached_property
    def blocks(self) -> list[Block]:
        """Everything that a reader sees, in page order, but what other readers have written."""
        return read_blocks(self.body, self.comments)

    @cached_property
    def lines(self) -> list[Block]:
        """The lines of text among the blocks."""
        return [block for block in self.blocks if block.kind == "text"]

    @cached_property
    def order(self) -> dict[Element, int]:
        """Each element's number in page order."""
        return {element: number for number, element in enumerate(self.tree.iter())}

    @cached_property
    def base(self) -> str:
        """What relative addresses on the page are relative to."""
        return base_address(self.page, self.tree)

    @cached_property
    def links(self) -> list[tuple[str, Element, str]]:
        """Address (absolute, without fragment), element, text of every link to a page, in page order."""
        found = []
        for link in self.body.iter("a"):
            raw = link.get("href") or ""
            address = None if raw.startswith("#") else absolute(raw, self.base)
            if address:
                found.append((address.partition("#")[0], link, self.text_of_link(link)))
        return found

    @staticmethod
    def text_of_link(link: Element) -> str:
        """What a link says; the name of the picture in it where it says nothing."""
        named = [link.get("title", ""), *(image.get("alt", "") for image in link.iter("img"))]
        return text_of(link) or next((text for one in named if (text := fold(one))), "")

    def meta(self, *names: str) -> str:
        """The content of the first ``meta`` of one of these names or properties; empty where there is none."""
        for name in names:
            for meta in self.tree.iter("meta"):
                if name in {meta.get("property"), meta.get("name")} and meta.get("content"):
                    return fold(meta.get("content", ""))
        return ""

    @cached_property
    def title(self) -> str:
        """What the page's head says that its title is, with whatever the site adds."""
        title = self.tree.find(".//title")
        return text_of(title) if title is not None else ""

    def inside(self, block: Block, container: Element) -> bool:
        """Whether a block stands in an element."""
        return any(element is container for element in block.lineage) or any(
            around is container for around in block.element.iterancestors()
        )


def chain(element: Element) -> tuple[str, ...]:
    """The place of an element in the page's pattern: tags and lasting classes from the root to it."""
    return tuple(_link_of_chain(one) for one in [element, *element.iterancestors()][::-1])


def _link_of_chain(element: Element) -> str:
    tokens = [token for token in element.get("class", "").split() if token not in _STATES]
    return ".".join([str(element.tag), *(_NUMBER.sub("#", token) for token in tokens)])


_NUMBER = re.compile(r"\d{2,}")
"""In a class it may count articles (``post-123``); in a made-up one (``css-47784c``) the rest still tells it."""
_STATES = frozenset({"active", "current", "first", "last", "odd", "even", "open", "show"})
"""Classes that say how one of several alike stands among them."""


class Repetition:
    """How many of the pages print the same line at the same place of their pattern."""

    def __init__(self, views: Sequence[View], others: Sequence[View] = ()) -> None:
        self._pages: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._most = max(2, round(len(views) * _OFTEN))
        for view in views:
            self._pages.update({(line.text, chain(line.element)) for line in view.lines})
        beside = Counter(
            place for view in others for place in {(line.text, chain(line.element)) for line in view.lines}
        )
        self._masthead = {place for place, count in beside.items() if count > len(others) / 2}
        linked = Counter(place for view in others for place in {(text, chain(link)) for _, link, text in view.links})
        self._menu = {place for place, count in linked.items() if count > len(others) / 2}

    def is_frame(self, line: Block) -> bool:
        """Whether the line is the site's frame: menu, foot, side list. An article's own lines stand on one page."""
        return self._pages[line.text, chain(line.element)] > self._most

    def is_menu(self, link: Element, text: str) -> bool:
        """Whether most listings have the link too, at the same place."""
        return (text, chain(link)) in self._menu

    def is_masthead(self, line: Block) -> bool:
        """Whether most listings print the line too, at the same place: a menu, or the names of the site's editors."""
        return (line.text, chain(line.element)) in self._masthead


_OFTEN = 0.25
"""Share of the pages. Two articles may be copies of each other; what more pages print is none's own."""
