"""The fields of one article that the profile's rules find: everything but the body. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from crawler.extraction import enclosures
from crawler.extraction.blocks import read_blocks
from crawler.extraction.boilerplate import is_link_line
from crawler.extraction.document import Element, absolute, fold, text_of
from crawler.extraction.rules import Hit, Place, elements, read, value_in
from crawler.items import Draft, Page, Printed
from crawler.layouts import Rule

_HOME = frozenset({"trang nhất", "trang chủ", "trang chính", "trang đầu", "home"})
_YOU_ARE_HERE = re.compile(
    r"(?:bạn đang (?:ở(?: đây)?|xem)|vị trí(?: hiện tại)?|you are here)(?:\s*:\s*|$)", re.IGNORECASE
)
CRUMB_MARKS = re.compile(r">>?|»|›|(?<=\s)[/|](?=\s)")
_CRUMB_EDGES = " »›>"
_LEAST_PROSE = 100
"""Letters of a paragraph; headline, date and breadcrumb above it are shorter."""
_LEAST_HEADLINE = 8
"""Letters. Shorter lines that the page's title begins with are menu entries."""


@dataclass
class Surroundings:
    """What all articles of one page share. ``alone``: the page shows one article, and all that it prints is about it.

    ``base``: what relative addresses are relative to.
    """

    page: Page
    tree: Element
    base: str
    alone: bool

    @cached_property
    def whole(self) -> Place:
        """The whole page, as a place to read rules in."""
        return Place(self.tree)

    @cached_property
    def title(self) -> str:
        """What the page's head says that its title is."""
        title = self.tree.find(".//title")
        return self._meta("og:title") or (text_of(title) if title is not None else "")

    @cached_property
    def says_article(self) -> bool:
        """Whether the page's head says that it is an article."""
        return self._meta("og:type") == "article"

    @cached_property
    def site_names(self) -> set[str]:
        """What the site calls itself."""
        profile = self.page.profile
        return {name for name in (self._meta("og:site_name"), profile.title, profile.publisher) if name}

    def _meta(self, name: str) -> str:
        meta = self.tree.find(f".//meta[@property='{name}']")
        return fold(meta.get("content", "")) if meta is not None else ""


class FieldReader:
    """Fills a draft, rule by rule, and remembers what it has read: none of that is text of the body."""

    def __init__(self, scope: Element, around: Surroundings, draft: Draft) -> None:
        self.scope = scope
        self.around = around
        self.draft = draft
        self.place = around.whole if scope is around.tree else Place(scope)
        self.read_elements: set[Element] = set()
        self.read_lines: set[str] = set()
        self._headline: Hit | None = None

    def headline(self) -> Hit | None:
        """The headline by its rule; else the line that the page's title begins with, a heading before plain text.

        Headings inside the body are its own. Where the article's container holds no headline, one above it is.
        """
        bodies = set(elements(self.around.page.layout.fields.body, self.place))
        found = next(iter(self._headlines(self.place, bodies)), None)
        found = found or self._inside_like(self._like_title(self.place))
        if found is None and self.around.alone and self.place is not self.around.whole:
            found = self._like_title(self.around.whole) or next(iter(self._headlines_above()), None)
        found = found or self._first_line(bodies)
        if found is None:
            return None
        if found.element is not None:
            self.read_elements.add(found.element)
        self.read_lines.update((found.raw, found.line))
        self.draft.headline = found.printed
        self._headline = found
        return found

    def _headlines(self, place: Place, bodies: Collection[Element] = ()) -> list[Hit]:
        hits = read(self.around.page.layout.fields.headline, place, "headline")
        return [
            hit
            for hit in hits
            if hit.raw not in self.around.site_names
            and not self._leads_home(hit.element)
            and (hit.element is None or not any(around in bodies for around in hit.element.iterancestors()))
        ]

    def _leads_home(self, element: Element | None) -> bool:
        """Whether the element is nothing but a link to the site's root: its name, on every page."""
        links = list(element.iter("a")) if element is not None else []
        if len(links) != 1 or element is None or text_of(links[0]) != text_of(element):
            return False
        address = urlsplit(absolute(links[0].get("href"), self.around.base) or "")
        return address.netloc in self.around.page.profile.hosts and address.path in {"", "/"} and not address.query

    def _headlines_above(self) -> list[Hit]:
        """The page's headlines above the article's container, the nearest first."""
        found = {hit.element: hit for hit in self._headlines(self.around.whole) if hit.element is not None}
        above = itertools.takewhile(lambda element: element is not self.scope, self.around.tree.iter())
        return [found[element] for element in above if element in found][::-1]

    def _inside_like(self, like: Hit | None) -> Hit | None:
        """The rule's own match where it says what the line like the title says: it knows the element."""
        return like and next((hit for hit in self._matches() if hit.raw == like.raw), like)

    def _first_line(self, bodies: Collection[Element]) -> Hit | None:
        """Where nothing sets the text apart from the headline, its container begins with it, before any paragraph."""
        for body in bodies:
            before = itertools.takewhile(lambda block: len(block.text) < _LEAST_PROSE, read_blocks(body))
            first = {element for block in before for element in block.element.iter()}
            if found := next((hit for hit in self._matches() if hit.element in first), None):
                return found
        return None

    def _matches(self) -> list[Hit]:
        hits = read(self.around.page.layout.fields.headline, self.place, "headline")
        return [hit for hit in hits if hit.element is not None]

    def _like_title(self, place: Place) -> Hit | None:
        rule, title = self.around.page.layout.fields.headline, self.around.title.casefold()
        for line in sorted(place.lines, key=lambda line: not line.is_heading) if title else []:
            raw = value_in(rule, line.text) or ""
            if len(raw) >= _LEAST_HEADLINE and title.startswith(raw.casefold()) and not is_link_line(line):
                return Hit(raw, "headline like the page's title", line.text)
        return None

    def read(self) -> None:
        """All fields but headline and body."""
        rules, draft, whole = self.around.page.layout.fields, self.draft, self.around.whole
        wider = whole if self.around.alone else None
        draft.published = self._all(rules.published, "published") + self._meta(rules.published_meta, "published")
        draft.modified = self._all(rules.modified, "modified") + self._meta(rules.modified_meta, "modified")
        if sapo := self._hits(rules.sapo, "sapo"):
            draft.sapo = sapo[0].printed
            self.read_lines.add(sapo[0].raw)
        draft.bylines = self._all(rules.byline, "byline")
        draft.view_count = self._one(rules.view_count, "view_count", wider)
        draft.rights = self._one(rules.rights, "rights", whole)
        draft.section = self._section(self._hits(rules.section, "section", whole))
        words = self._hits(rules.keywords, "keywords", wider)
        draft.keywords = list(dict.fromkeys(word for hit in words if (word := hit.raw.strip(" ,;#"))))
        if source := self._hits(rules.source, "source"):
            draft.source = source[0].printed
            draft.source_url = self._first_link(source[0].element)
        self._read_lead()

    def _section(self, hits: list[Hit]) -> list[str]:
        raws = CRUMB_MARKS.split(hits[0].raw) if len(hits) == 1 else [hit.raw for hit in hits]
        crumbs = dict.fromkeys(_YOU_ARE_HERE.sub("", raw.strip(_CRUMB_EDGES), 1).strip(_CRUMB_EDGES) for raw in raws)
        headline = self.draft.headline.raw.casefold() if self.draft.headline else ""
        return [crumb for crumb in crumbs if crumb and crumb.casefold() not in {headline, *_HOME}]

    def _read_lead(self) -> None:
        rules, draft = self.around.page.layout.fields, self.draft
        images = elements(rules.lead_image, self.place)
        # What stands in the caption's place under no picture, or in the text under one above it, is a paragraph.
        bodies = set(elements(rules.body, self.place))
        inside = bool(images) and not bodies.isdisjoint(images[0].iterancestors())
        captions = read(rules.lead_caption, self.place, "lead_caption") if images and rules.lead_caption.select else []
        captions = [hit for hit in captions if hit.element is None or inside or bodies.isdisjoint(_around(hit.element))]
        self.read_elements.update(hit.element for hit in captions if hit.element is not None)
        caption = captions[0].raw if captions else None
        for image in images:
            self.read_elements.add(image)
            lead = enclosures.picture(image, self.around.base, caption, lead=True)
            if lead is not None and not draft.images:
                draft.images.append(lead)

    def _hits(self, rule: Rule, name: str, wider: Place | None = None) -> list[Hit]:
        """What a rule gives in the article, or else on the ``wider`` page."""
        hits = read(rule, self.place, name)
        if not hits and wider is not None and wider is not self.place:
            hits = read(rule, wider, name)
        hits = hits or (self._beneath(rule, name) if rule.beneath else [])
        for hit in hits:
            if hit.element is None:
                self.read_lines.add(hit.line)
            elif len(hit.line) <= len(hit.raw) + _LONGEST_LABEL:
                self.read_elements.add(hit.element)
        return hits

    def _beneath(self, rule: Rule, name: str) -> list[Hit]:
        """What the first of the short lines between headline and text gives."""
        place, headline = self.around.whole if self.around.alone else self.place, self._headline
        under = itertools.dropwhile(lambda line: headline is None or line.text != headline.line, place.lines)
        short = itertools.takewhile(lambda line: len(line.text) <= _LONGEST_ABOVE_TEXT, under)
        for line in itertools.islice(short, 1, _MOST_ABOVE_TEXT):
            if raw := value_in(rule, line.text):
                return [Hit(raw, f"{name} beneath the headline", line.text)]
        return []

    def _one(self, rule: Rule, name: str, wider: Place | None = None) -> Printed | None:
        hits = self._hits(rule, name, wider)
        return hits[0].printed if hits else None

    def _all(self, rule: Rule, name: str) -> list[Printed]:
        return list({hit.raw: hit.printed for hit in self._hits(rule, name)}.values())

    def _meta(self, rule: Rule, name: str) -> list[Printed]:
        """Machine-readable values stand in the page's head or hidden in it: they are the page's, not one article's."""
        if not self.around.alone or not rule.select:
            return []
        return [Printed(hit.raw, f"meta {hit.where}") for hit in read(rule, self.around.whole, name)]

    def _first_link(self, element: Element | None) -> str | None:
        links = element.iter("a") if element is not None else ()
        found = (absolute(link.get("href"), self.around.base) for link in links)
        return next((address for address in found if address), None)


def _around(element: Element) -> list[Element]:
    return [element, *element.iterancestors()]


_LONGEST_LABEL = 100
"""Letters. An element that holds so much more than the rule's value is not the field alone, and stays in the body."""
_LONGEST_ABOVE_TEXT = 200
_MOST_ABOVE_TEXT = 12
"""Letters and lines between headline and text: date, counter, buttons; a longer line is the summary or the text."""
