"""Where an article's page names who made it and where it was taken from, outside of the text's last lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from crawler import names
from crawler.bylines import read_byline
from crawler.extraction.document import Element, text_of
from crawler.learning.induction import induce
from crawler.learning.shapes import literal
from crawler.learning.specimen import Find, Specimen, first_of_each, grouped, narrowest
from crawler.learning.views import View
from crawler.nameline import EDGES, LABELS, cited, read_line

_PARTS = re.compile(r"\s*(?:\||•|·|;)\s*|\s{2,}")
_PEOPLE = [label for label, role in LABELS.items() if role is not None]
_SOURCES = [label for label, role in LABELS.items() if role is None]
_BYLINE = re.compile(
    rf"((?:{'|'.join(sorted(_PEOPLE, key=len, reverse=True))})(?:\s*(?:,|-|–|&|\+|/|\bvà\b)?\s*"
    rf"(?:{'|'.join(sorted(_PEOPLE, key=len, reverse=True))}))*)\s*:\s*(?=\S)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    rf"((?:{'|'.join(sorted(_SOURCES, key=len, reverse=True))})(?=\s*:)|theo(?=\s))\s*:?\s*(?=\S)", re.IGNORECASE
)
_LONGEST = 160
_NEAR = 4
"""Lines. What stands further from the article is not about it, unless it has a label."""
_LEAST_PAGES = 2
_LEAST_SHARE = 0.25
"""Of the pages, for a place without a label: a name may stand by itself anywhere."""


def learn_byline(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``byline``; None where no page names anybody outside of the text's last lines."""
    return _learn(specimens, _BYLINE, _names_people, "author")


def learn_source(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``source``; None where no page names one outside of the text's last lines."""
    return _learn(specimens, _SOURCE, _names_source, None)


def _names_people(text: str) -> bool:
    line = read_line(text)
    return line.names_only() and all(named.may_stand_alone() for named in line.named) and bool(read_byline(text))


def _names_source(text: str) -> bool:
    return bool(names.press(text.strip(EDGES)) or cited(text))


def _learn(
    specimens: Sequence[Specimen], label: re.Pattern[str], is_bare: Callable[[str], bool], role: str | None
) -> dict[str, Any] | None:
    finds: list[Find] = []
    labels: dict[int, str] = {}
    for specimen in specimens:
        for place, line in enumerate(specimen.view.lines):
            if len(line.text) > _LONGEST or specimen.zone(place) == "text" or specimen.frame.is_frame(line):
                continue
            for part in _PARTS.split(line.text):
                found = label.match(part)
                if found is not None and found[1].casefold() == "theo" and not cited(part):
                    continue
                if found is None and not (specimen.near(place) < _NEAR and is_bare(part)):
                    continue
                element = narrowest(line, part)
                if any(True for _ in element.iterancestors("li")) and found is None:
                    continue
                one = Find(specimen, element, part, place)
                labels[id(one)] = found[1].casefold() if found else ""
                finds.append(one)
    groups = list(grouped(finds, lambda one: (*one.slot, bool(labels[id(one)]))))
    groups.sort(key=lambda group: (-len(first_of_each(group)), not labels[id(group[0])]))
    for group in groups:
        firsts = first_of_each(group)
        named = [labels[id(one)] for one in firsts.values()]
        if len(group) > 2 * len(firsts) or (not any(named) and len(firsts) < _LEAST_PAGES):
            continue
        if not any(named) and (
            len(firsts) < _LEAST_SHARE * len(specimens) or len({f.text for f in firsts.values()}) < 2
        ):
            continue
        if rule := _rule(firsts, specimens, named):
            return rule
    return None


def _rule(firsts: dict[View, Find], specimens: Sequence[Specimen], labels: Sequence[str]) -> dict[str, Any] | None:
    marks: dict[View, Element | None] = {
        one.view: firsts[one.view].element if one.view in firsts else None for one in specimens
    }

    def fits(view: View, element: Element) -> bool:
        return firsts[view].text in text_of(element) and len(text_of(element)) <= _LONGEST

    is_labelled = all(labels)
    shown = re.compile("|".join(literal(label) for label in set(labels)), re.IGNORECASE)
    found = induce(marks, fits=fits, shows=(lambda one: bool(shown.search(text_of(one)))) if is_labelled else None)
    common = [label for label, _ in Counter(label for label in labels if label).most_common(3)]
    words = "|".join(literal(label) for label in common)
    alone = all(find.text == text_of(find.element) for find in firsts.values())
    # A label of the author's says no more than the field's name; "Tin, ảnh:" tells who did what.
    only_authors = bool(common) and all(LABELS.get(label, "none") in {"author", None} for label in common)
    if words and only_authors:
        capture = rf"(?:^|[|•;]\s*)(?:{words})\s*:?\s*([^|•;]+)"
    elif words:
        capture = rf"(?:^|[|•;]\s*)((?:{words})\s*:?\s*[^|•;]+)"
    elif alone:
        capture = "(.+)"
    else:
        capture = _by_place(firsts)
    anywhere = bool(words) and "theo" not in common  # paragraphs begin so too
    if found is None:
        return {"capture": capture, "anywhere": True, "basis": "seen"} if anywhere else None
    return {"select": [found.select], "capture": capture, "anywhere": anywhere, "basis": "seen"}


def _by_place(firsts: dict[View, Find]) -> str:
    """Where a name shares its line with other things: the part that it is of the line."""
    places = Counter(
        _PARTS.split(text_of(find.element)).index(find.text)
        for find in firsts.values()
        if find.text in _PARTS.split(text_of(find.element))
    )
    place = places.most_common(1)[0][0] if places else 0
    return rf"^(?:[^|•·;]+[|•·;]\s*){{{place}}}([^|•·;]+)"
