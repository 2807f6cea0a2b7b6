"""Lists of other articles on an article's page: titles, addresses, printed dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from crawler.extraction.blocks import read_blocks
from crawler.extraction.document import Element, absolute, fold, text_of
from crawler.items import DraftLink
from crawler.layouts import RelatedList
from crawler.selectors import Pattern, Select

_LONGEST_HEADING = 80


def related_containers(lists: Sequence[RelatedList], scope: Element) -> dict[Element, list[RelatedList]]:
    """The elements that hold the lists, with the lists in each; nothing in them is text of the article."""
    found: dict[Element, list[RelatedList]] = {}
    matches: dict[str, list[Element]] = {}  # several lists are looked for in the same places
    for one in lists:
        for select in one.select:
            if select.source not in matches:
                matches[select.source] = select.elements(scope)
            if matches[select.source]:
                for container in matches[select.source]:
                    found.setdefault(container, []).append(one)
                break
    return found


def read_related(
    lists: Sequence[RelatedList],
    inside: Mapping[Element, list[RelatedList]],
    scope: Element,
    base: str,
    *,
    wider: Element,
) -> list[DraftLink]:
    """All entries of all lists in page order, each entry once; the title as it is printed, without its teaser.

    ``inside``: what :func:`related_containers` finds in the article's own container. ``wider``: where lists are looked
    for that this does not hold.
    """
    containers = dict(inside)
    if wider is not scope:
        found = {id(one) for held in inside.values() for one in held}
        containers |= related_containers([one for one in lists if id(one) not in found], wider)
    in_order = [element for element in wider.iter() if element in containers] if len(containers) > 1 else containers
    links: dict[Element, DraftLink] = {}
    for container in in_order:
        for item, one in _items(containers[container], container):
            if item not in links and (link := _entry(one, item, base)) is not None:
                links[item] = link
    return list(links.values())


def _items(lists: Sequence[RelatedList], container: Element) -> Iterator[tuple[Element, RelatedList]]:
    """Each entry with its list: where lists have headings, the one whose heading the entry stands under."""
    items = [(one, set(one.item.elements(container))) for one in lists]
    headings = _headings(lists, container)
    under: RelatedList | None = None
    for element in container.iter():
        under = headings.get(element, under)
        for one, own in items:
            if element in own and (one.heading is None or under is one):
                yield element, one


def _headings(lists: Sequence[RelatedList], container: Element) -> dict[Element, RelatedList]:
    with_heading = [one for one in lists if one.heading is not None]
    found: dict[Element, RelatedList] = {}
    if not with_heading:
        return found
    for block in read_blocks(container):
        if block.kind == "text" and len(block.text) <= _LONGEST_HEADING:
            for one in with_heading:
                if one.heading is not None and one.heading.match(block.text):
                    found[block.element] = one
                    break
    return found


def _entry(one: RelatedList, item: Element, base: str) -> DraftLink | None:
    date, title = read_date(one.date, one.date_capture, item), ""
    links = [link for link in one.link.elements(item) if absolute(link.get("href"), base)]
    if one.title is not None:
        title = next((text for text in map(_text, one.title(item)) if text), "")
    title = title or next((text for text in map(text_of, links) if text), "") or _named(links)
    title = without_date(title, date)
    if not title and not links:
        return None
    address = absolute(links[0].get("href"), base) if links else None
    return DraftLink(address, title or None, one.relation, date)


def _named(links: list[Element]) -> str:
    """The title of a link that holds only a picture."""
    for link in links:
        alternatives = [link.get("title"), *(image.get("alt") for image in link.iter("img"))]
        if title := next((fold(text) for text in alternatives if text), ""):
            return title
    return ""


def read_date(select: Select | None, capture: Pattern | None, item: Element) -> str | None:
    """The date printed in an entry: what the selector gives, and of that what the pattern captures."""
    texts = [_text(found) for found in select(item)] if select is not None else []
    if select is None and capture is not None:
        texts = [text_of(item)]
    for text in texts:
        if capture is None:
            if text:
                return text
        elif found := capture.search(text):
            return fold(found[1] if capture.regex.groups else found[0])
    return None


def without_date(title: str, date: str | None) -> str:
    """The title without the date that the page prints before or behind it, inside the same link."""
    if not date or len(title) <= len(date):
        return title
    if title.endswith((date, f"({date})")):
        return title.removesuffix(f"({date})").removesuffix(date).rstrip(" (–-")
    before = _DATE_BEFORE.match(title)
    return title[before.end() :] if before and before[1] == date else title


_DATE_BEFORE = re.compile(r"[\[(]?(\S+)(?:[\])]\s*[-–|:]?|\s*[-–|:])\s+")
"""``29-06-2021 - …``, ``[29/06/2021] …``: what stands between says that the date is none of the title's words."""


def _text(found: Element | str) -> str:
    return fold(found) if isinstance(found, str) else text_of(found)
