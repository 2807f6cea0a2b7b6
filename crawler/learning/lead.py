"""Where a page prints the sapo: between headline and text, or as the first line of the text, set apart there. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, text_of
from crawler.learning.datestrings import dates_in
from crawler.learning.furniture import is_caption
from crawler.learning.induction import further, induce
from crawler.learning.naming import says_who
from crawler.learning.specimen import Find, Specimen, first_of_each, grouped, narrowest
from crawler.learning.trail import VIEWS
from crawler.learning.views import View, chain
from crawler.selectors import as_xpath

_LEAST = 40
_LONGEST = 900
_FOR_MACHINES = re.compile(r"https?://|\d{4}-\d\d-\d\dT")
_LABELLED = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}\s*:\s")
"""A line that begins with a label ("Người đăng: …") is about the article, not its beginning."""
_LONGEST_META = 120
_LEAST_SHARE = 0.3
_BOLD = 0.9
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def learn_sapo(specimens: Sequence[Specimen], body: str | None) -> dict[str, Any] | None:
    """The rule ``sapo``; ``body`` is the selector of the text. None where nothing is set apart."""
    return _above(specimens) or _first_lines(specimens, body)


def _above(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    finds = []
    for specimen in specimens:
        blocks = specimen.view.blocks
        under = {after for image, after in itertools.pairwise(blocks) if is_caption(after, image)}
        for place, line in enumerate(specimen.view.lines):
            if place <= specimen.title_at or not _may_be(line, specimen):
                continue
            if specimen.zone(place) == "between" and line not in under:
                finds.append(Find(specimen, narrowest(line, line.text), line.text, place))
    groups = sorted(grouped(finds, lambda find: find.slot), key=_liking, reverse=True)
    for group in groups:
        firsts = first_of_each(group)
        if len(firsts) < max(2, _LEAST_SHARE * len(specimens)) or len(group) > 1.5 * len(firsts):
            continue
        marks = {one.view: firsts[one.view].element if one.view in firsts else None for one in specimens}
        texts = {view: text_of(find.element) for view, find in firsts.items()}
        found = induce(marks, unique=True, fits=lambda view, element, texts=texts: text_of(element) == texts[view])  # type: ignore[misc]
        if found is not None:
            return {"select": [found.select, *further(found, marks)], "basis": "seen"}
    return None


def _liking(group: Sequence[Find]) -> tuple[float, int]:
    """How much a kind of line is like a sapo: what the page's head repeats, whole sentences, close to the text."""
    firsts = first_of_each(group)
    described = sum(_is_described(find) for find in firsts.values()) / len(firsts)
    told = sum(find.text[-1] in '.!?…”"' for find in firsts.values()) / len(firsts)
    return described + told, len(firsts)


def _is_described(find: Find) -> bool:
    description = find.specimen.view.meta("og:description", "description").rstrip(" .…")
    return len(description) > _LEAST and find.text.startswith(description[:_COMPARED])


_COMPARED = 60


def _may_be(line: Block, specimen: Specimen) -> bool:
    if not _LEAST <= len(line.text) <= _LONGEST or line.linked > 0.5 or specimen.frame.is_frame(line):
        return False
    if _FOR_MACHINES.search(line.text) or says_who(line.text):
        return False
    is_meta = _LABELLED.match(line.text) or VIEWS.search(line.text) or dates_in(line.text, specimen.fetched)
    return not (len(line.text) < _LONGEST_META and is_meta)


def _first_lines(specimens: Sequence[Specimen], body: str | None) -> dict[str, Any] | None:
    """The text's first paragraph, where on most pages it alone is bold, a heading, or of a class of its own."""
    firsts: dict[View, Block] = {}
    ways: dict[View, str] = {}
    able = 0
    for specimen in specimens:
        lines = [specimen.view.lines[at] for at in _text(specimen)]
        if len(lines) < _LEAST_LINES:
            continue
        able += 1
        first, rest = lines[0], lines[1:]
        if not _may_be(first, specimen):
            continue
        firsts[specimen.view] = first
        if chain(first.element) not in {chain(line.element) for line in rest}:
            ways[specimen.view] = "place"
        elif first.strong >= _BOLD and sum(line.strong >= _BOLD for line in rest) <= len(rest) / 4:
            ways[specimen.view] = "bold"
    if len(ways) < max(2, 0.5 * able):
        return None
    own = {view: firsts[view].element for view in ways if ways[view] == "place"}
    if len(own) >= len(ways) / 2:
        marks: dict[View, Element | None] = {one.view: own.get(one.view) for one in specimens}
        found = induce(marks, fits=lambda view, element: text_of(element) == text_of(own[view]), unique=True)
        if found is not None and found.beyond == 0:
            return {"select": [found.select], "basis": "seen"}
    if body is None:
        return None
    return {"select": list(_bold_first(body)), "basis": "seen"}


_LEAST_LINES = 3


def _text(specimen: Specimen) -> list[int]:
    lines = range(len(specimen.view.lines))
    return [at for at in lines if specimen.zone(at) == "text" and not specimen.frame.is_frame(specimen.view.lines[at])]


def _bold_first(body: str) -> Iterator[str]:
    """XPaths of the first paragraph under the text's element, where all of it is bold: an element, or a line that ends
    with a ``br``."""
    path = as_xpath(body)
    bold = "string-length(normalize-space(string(.//*[self::strong or self::b][1])))"
    yield (
        f"(({path})/descendant::*[self::p or self::div or self::td][normalize-space()]"
        f"[not(.//p or .//div or .//table)])[1][{bold} > 0.9 * string-length(normalize-space(.))]"
    )
    before = "preceding-sibling::node()[normalize-space()]"
    ended = "following-sibling::node()[normalize-space() or self::br][1][self::br]"
    yield f"({path})/*[self::strong or self::b][not({before})][{ended}]"
