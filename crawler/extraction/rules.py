"""A profile's rule applied to a page: the strings it finds, each with its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.document import Element, fold, text_of
from crawler.items import Printed
from crawler.layouts import Rule


@dataclass(slots=True)
class Hit:
    """One string that a rule found. ``line`` is the whole text that it is part of; ``element`` is what the selector
    gave, None for an attribute, bare text, or a line found by its wording."""

    raw: str
    where: str
    line: str
    element: Element | None = None

    @property
    def printed(self) -> Printed:
        return Printed(self.raw, self.where)


class Place:
    """A part of the page in which rules are read: the whole of it, or one article."""

    def __init__(self, element: Element) -> None:
        self.element = element

    @cached_property
    def lines(self) -> list[Block]:
        """The lines of text, for rules that know a label or a form but no markup."""
        return [block for block in read_blocks(self.element) if block.kind == "text"]


def read(rule: Rule, place: Place, name: str) -> list[Hit]:
    """All strings of the first selector that gives any; ``name`` is the field, for the ``where`` of the hits."""
    for select in rule.select:
        where = f"{name} {select.source}"
        hits = []
        for found in select(place.element):
            element = None if isinstance(found, str) else found
            line = fold(found) if isinstance(found, str) else _text_of(found, rule)
            if raw := value_in(rule, line):
                hits.append(Hit(raw, where, line, element))
        if hits:
            return hits
    return list(_read_lines(rule, place, name)) if rule.anywhere or not rule.select else []


def first(rule: Rule, place: Place, name: str) -> Hit | None:
    """The first string that the rule finds."""
    return next(iter(read(rule, place, name)), None)


def elements(rule: Rule, place: Place) -> list[Element]:
    """The elements that the first selector with any match gives; for containers and pictures."""
    for select in rule.select:
        if found := select.elements(place.element):
            return found
    return []


def _text_of(element: Element, rule: Rule) -> str:
    left_out = {inner for select in rule.without for inner in select.elements(element)}
    return text_of(element, left_out)


def value_in(rule: Rule, text: str) -> str | None:
    """What of a text is the rule's value: after the label, inside the capture, without what is cut out."""
    if rule.label is not None:
        label = rule.label.match(text)
        if label is None:
            return None
        text = text[label.end() :]
    if rule.capture is not None:
        captured = rule.capture.search(text, _LONGEST)
        if captured is None:
            return None
        text = next((group for group in captured.groups() if group is not None), captured[0])
    for cut in rule.strip:
        text = cut.sub("", text)
    return fold(text) or None


def _read_lines(rule: Rule, place: Place, name: str) -> Iterator[Hit]:
    sign = rule.label or rule.capture
    if sign is None:
        return
    for line in place.lines:
        if len(line.text) <= _LONGEST and (raw := value_in(rule, line.text)):
            yield Hit(raw, f"{name} line /{sign.source}/", line.text)


_LONGEST = 1_000
"""Characters. What a pattern captures stands within so many; a longer line is text and holds no field."""
