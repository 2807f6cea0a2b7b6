"""Where an article's page prints when it was published and changed: not the clock, the licence, or dates of others.

Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crawler.dates import Moment
from crawler.extraction.document import Element, text_of
from crawler.learning.datestrings import DateSpan, dates_in, pattern_of
from crawler.learning.induction import Induced, further, induce, matches
from crawler.learning.shapes import literal
from crawler.learning.specimen import Find, Specimen, Zone, first_of_each, grouped, narrowest
from crawler.learning.views import View, chain

_PUBLISHED = re.compile(r"dang|xuat ban|publish|posted|thoi gian|ngay tao|gui luc|^ngay|^luc")
_MODIFIED = re.compile(r"cap nhat|sua|thay doi|modified|updated")
_NEAR: Mapping[Zone, float] = {"between": 1.0, "above": 0.4, "below": 0.5, "text": 0.3}
_LEAST_SHARE = 0.4
"""Of the pages. What fewer show is no rule of the layout."""
_MANY = 2.5
"""Dates of one kind on a page: a list of other articles prints more."""
_LONGEST_ENTRY = 400
_LONG_LINK = 25


@dataclass(frozen=True, slots=True)
class _Dated:
    find: Find
    span: DateSpan
    alone: int  # how many dates its element prints


def learn_dates(specimens: Sequence[Specimen], others: Sequence[View]) -> tuple[dict[str, Any], list[str]]:
    """The rules ``published`` and ``modified``, and doubts."""
    dated = [one for specimen in specimens for one in _dates_of(specimen)]
    shown = _dates_elsewhere(others)
    groups: list[tuple[float, list[_Dated]]] = []
    by_find = {id(one.find): one for one in dated}
    for finds in grouped([one.find for one in dated], lambda find: (*find.slot, by_find[id(find)].span.label)):
        group = [by_find[id(find)] for find in finds]
        score = _score(group, len(specimens), shown)
        if score > 0:
            groups.append((score, group))
    groups.sort(key=lambda one: -one[0])
    fields: dict[str, Any] = {}
    doubts: list[str] = []
    plain = [group for _, group in groups if not _MODIFIED.search(group[0].span.label)]
    changed = [group for _, group in groups if _MODIFIED.search(group[0].span.label)]
    published = _earlier(_published(groups, plain), groups)
    if published is None:
        return {}, [f"no date was found on {len(specimens)} of {len(specimens)} articles"]
    rules = [rule for group in _alternatives(published, plain) if (rule := _rule(group, specimens))]
    if not rules:
        doubts.append("dates are printed, but no selector finds them on several pages")
    else:
        fields["published"] = _joined(rules)
    for group in changed:
        if group is not published and (rule := _rule(group, specimens)):
            fields["modified"] = rule
            break
    pages = {one.find.specimen for group in _alternatives(published, plain) for one in group}
    if missing := len(specimens) - len(pages):
        doubts.append(f"no date was found on {missing} of {len(specimens)} articles")
    return fields, doubts


def _published(groups: Sequence[tuple[float, list[_Dated]]], plain: Sequence[list[_Dated]]) -> list[_Dated] | None:
    """The likeliest date of publication. Many sites call it "Cập nhật": it is one unless a better one stands by."""
    if not groups:
        return None
    best = groups[0][1]
    if best in plain:
        return best
    pages = len({one.find.specimen for one in best})
    other = next((group for group in plain if group[0].find.zone in {"above", "between"}), None)
    return other if other is not None and len({one.find.specimen for one in other}) > _MOSTLY * pages else best


_MOSTLY = 0.7


def _earlier(best: list[_Dated] | None, groups: Sequence[tuple[float, list[_Dated]]]) -> list[_Dated] | None:
    """Nothing is changed before it is published: of two dates that nearly all pages print, the one that is never later
    and sometimes earlier, whatever they are called."""
    for _, group in groups if best is not None else ():
        assert best is not None
        mine, other = _firsts(best), _firsts(group)
        shared = [(mine[view].value, other[view].value) for view in mine.keys() & other.keys()]
        if len(shared) <= _MOSTLY * len(mine) or group[0].find.zone == "below":
            continue
        if all(theirs <= own for own, theirs in shared) and any(theirs < own for own, theirs in shared):
            best = group
    return best


def _firsts(group: Sequence[_Dated]) -> dict[View, Moment]:
    by_find = {id(one.find): one.span.moment for one in group}
    return {view: by_find[id(find)] for view, find in first_of_each([one.find for one in group]).items()}


def _dates_of(specimen: Specimen) -> list[_Dated]:
    found = []
    for place, line in enumerate(specimen.view.lines):
        spans = dates_in(line.text, specimen.fetched)
        if not spans or (specimen.zone(place) == "text" and not _stands_alone(line.text, spans)):
            continue
        for span in spans:
            element = narrowest(line, span.raw)
            if not _is_entry(specimen, element):
                here = dates_in(text_of(element), specimen.fetched)
                found.append(_Dated(Find(specimen, element, span.raw, place), span, len(here)))
    return found


def _stands_alone(text: str, spans: Sequence[DateSpan]) -> bool:
    return len(text) - sum(len(span.raw) for span in spans) <= _LONGEST_LABEL


_LONGEST_LABEL = 30


def _is_entry(specimen: Specimen, element: Element) -> bool:
    """Whether the date stands in an entry of a list: with a link to another article close by."""
    title = specimen.headline.element if specimen.headline is not None else None
    around: Element | None = element
    for _ in range(4):
        if around is None or around.tag in {"body", "html"} or around is specimen.container:
            return False
        if title is not None and (around is title or any(one is around for one in title.iterancestors())):
            return False
        links = [link for link in around.iter("a") if len(text_of(link)) >= _LONG_LINK]
        if links and len(text_of(around)) <= _LONGEST_ENTRY:
            return True
        around = around.getparent()
    return False


def _dates_elsewhere(others: Sequence[View]) -> Counter[tuple[str, ...]]:
    """The places of the pattern at which listings print dates outside of their entries."""
    found: Counter[tuple[str, ...]] = Counter()
    for view in others:
        specimen = Specimen(view, None, None, None)  # type: ignore[arg-type]
        for line in view.lines:
            for span in dates_in(line.text, specimen.fetched):
                element = narrowest(line, span.raw)
                if not _is_entry(specimen, element):
                    found[chain(element)] += 1
    return found


def _score(group: Sequence[_Dated], pages: int, elsewhere: Counter[tuple[str, ...]]) -> float:
    firsts = first_of_each([one.find for one in group])
    share = len(firsts) / pages
    if share < _LEAST_SHARE or (len(firsts) < 2 <= pages):
        return 0.0
    by_find = {id(one.find): one for one in group}
    chosen = [by_find[id(find)] for find in firsts.values()]
    if len(group) / len(firsts) > _MANY:
        return 0.0
    values = {one.span.moment.value for one in chosen}
    if len(values) == 1 and len(chosen) > 2:
        return 0.0
    clocks = sum(abs(one.span.moment.value - one.find.specimen.fetched) < timedelta(days=1) for one in chosen)
    if clocks > 0.7 * len(chosen):
        return 0.0
    ahead = sum(one.span.moment.value > one.find.specimen.fetched + timedelta(days=1) for one in chosen)
    near = sum(_NEAR[one.find.zone] / (1 + one.find.specimen.near(one.find.place) / 4) for one in chosen) / len(chosen)
    label = chosen[0].span.label
    worded = 0.5 if _PUBLISHED.search(label) else -0.5 if _MODIFIED.search(label) else 0.0
    seen = 0.8 if elsewhere[chosen[0].find.slot[0]] else 0.0  # type: ignore[index]
    return 2 * share + 2 * near + worded - seen - 2 * ahead / len(chosen)


def _alternatives(best: Sequence[_Dated], groups: Sequence[Sequence[_Dated]]) -> list[Sequence[_Dated]]:
    """The best place, and further ones that print the date of pages which that one leaves without."""
    chosen = [best]
    pages = {one.find.specimen for one in best}
    for group in groups:
        own = {one.find.specimen for one in group}
        if group is not best and own.isdisjoint(pages) and len(own) > 1:
            chosen.append(group)
            pages |= own
    return chosen


def _rule(group: Sequence[_Dated], specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    by_find = {id(one.find): one for one in group}
    firsts = {view: by_find[id(find)] for view, find in first_of_each([one.find for one in group]).items()}
    marks = {one.view: firsts[one.view].find.element if one.view in firsts else None for one in specimens}

    def fits(view: View, element: Element) -> bool:
        return firsts[view].span.raw in text_of(element) and len(text_of(element)) <= _LONGEST_ENTRY

    found = induce(marks, fits=fits, unique=True)
    if found is None:
        return None
    select = [found.select, *further(found, marks)]
    return {"select": select, "capture": _capture(found, firsts, specimens), "anywhere": False, "basis": "seen"}


def _capture(found: Induced, firsts: Mapping[View, _Dated], specimens: Sequence[Specimen]) -> str:
    """What of the element's text is the date: all of it, what follows its label, or what has the form of the dates."""
    texts = {view: text_of(matches(found.select, view)[0]) for view in firsts if matches(found.select, view)}
    label = next(iter(firsts.values())).span.label
    printed = [_label_before(texts[view], firsts[view].span) for view in texts]
    whole = all(
        texts[view].endswith(firsts[view].span.raw)
        and texts[view].startswith(before)
        and len(texts[view]) - len(before) - len(firsts[view].span.raw) <= _EDGES
        for view, before in zip(texts, printed, strict=True)
    )
    if whole and not label:
        return "(.+)"
    if whole:
        words = literal(Counter(printed).most_common(1)[0][0].strip(" :"))
        return rf"^(?:{words}\s*:?\s*)?(.+)$"
    form = pattern_of([one.span.raw for one in firsts.values()])
    several = any(one.alone > 1 for one in firsts.values())
    if several and label:
        words = literal(Counter(printed).most_common(1)[0][0].strip(" :"))
        return rf"{words}\s*:?\s*({form})"
    return f"({form})"


_EDGES = 4


def _label_before(text: str, span: DateSpan) -> str:
    """The label as it is printed before the date."""
    if not span.label:
        return ""
    before = text[: text.find(span.raw)] if span.raw in text else text[: span.start]
    words = re.search(r"([^|;•\])\d]*)$", before)
    return words[1].strip() if words else ""


def _joined(rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One rule of several places; where their patterns differ, any of them."""
    captures = list(dict.fromkeys(rule["capture"] for rule in rules))
    selects = list(dict.fromkeys(select for rule in rules for select in rule["select"]))
    return {**rules[0], "select": selects, "capture": captures[0] if len(captures) == 1 else "|".join(captures)}
