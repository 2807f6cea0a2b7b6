"""From the same list on several pages to its table: container, heading, entries, titles, dates. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, fold, text_of
from crawler.learning.datestrings import dates_in, pattern_of
from crawler.learning.induction import compiled, further, induce, suggestions
from crawler.learning.shapes import literal
from crawler.learning.specimen import Specimen
from crawler.learning.views import View, chain

RELATIONS = (
    ("newer", re.compile(r"mới hơn|tiếp theo|tin sau|bài sau|newer", re.IGNORECASE)),
    ("older", re.compile(r"cũ hơn|đã đưa|đã đăng|trước đó|tin trước|bài trước|older", re.IGNORECASE)),
    ("topic", re.compile(r"dòng sự kiện|cùng chủ đề|cùng chuyên đề|theo chủ đề", re.IGNORECASE)),
    (
        "related",
        re.compile(
            r"liên quan|cùng (?:chuyên mục|chuyên|loại|mục|thể loại)|(?:tin|bài)(?: viết| tức| đăng)? khác|related"
            r"|tham khảo|xem thêm|có thể bạn quan tâm|đọc thêm",
            re.IGNORECASE,
        ),
    ),
)


LONGEST_HEADING = 60


@dataclass(eq=False)
class FoundList:
    """One list on one page. ``items`` are its entries, ``links`` what each leads to."""

    specimen: Specimen
    items: list[Element]
    links: list[str]
    heading: Block | None

    @property
    def parent(self) -> Element:
        parent = self.items[0].getparent()
        assert parent is not None
        return parent

    @cached_property
    def slot(self) -> tuple[object, ...]:
        return chain(self.items[0]), fold(self.heading.text).casefold() if self.heading else ""


def table_of(group: Sequence[FoundList], specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The table ``[[related]]`` of a list; None where no selector finds it, or only one that holds the article too."""
    heading = group[0].heading.text if group[0].heading is not None else None
    relation = next((name for name, rule in RELATIONS if heading and rule.search(heading)), "related")
    place = _container(group, specimens, heading)
    if place is None:
        return None
    select, is_headed, holders = place
    item = _item(group, holders)
    if item is None:
        return None
    table: dict[str, Any] = {"relation": relation, "select": select, "item": item, "basis": "seen"}
    if heading is not None and is_headed:
        table["heading"] = r"\W*" + literal(heading.strip(" :»>*-–|•"))
    return table | _titles(group) | _dates(group)


def _container(
    group: Sequence[FoundList], specimens: Sequence[Specimen], heading: str | None
) -> tuple[list[str], bool, dict[View, Element]] | None:
    """The selector of what holds the list, whether its heading stands inside, and the element of each page."""
    wide: dict[View, Element | None] = dict.fromkeys(one.view for one in specimens)
    close: dict[View, Element | None] = dict.fromkeys(one.view for one in specimens)
    for one in group:
        view = one.specimen.view
        close[view] = close[view] if close[view] is not None else one.parent
        if one.heading is not None and wide[view] is None:
            wide[view] = _common(one.heading.element, one.parent)
    holders = {view: element for view, element in close.items() if element is not None}
    headed = {view: element for view, element in wide.items() if element is not None}
    if (
        heading is not None
        and headed
        and all(_is_free(headed[one.view], one) for one in specimens if one.view in headed)
    ):
        found = induce(wide, among=True)
        if found is not None and not found.is_counted and found.wrong == 0:
            return [found.select], True, headed
        tag = Counter(str(one.tag) for one in headed.values()).most_common(1)[0][0]
        under = f'.//{tag}[*[normalize-space()][1][starts-with(normalize-space(.), "{_words_of(heading)}")]]'
        if all(compiled(under).elements(view.tree) == [element] for view, element in headed.items()):
            return [under], True, headed
    if not all(_is_free(holders[one.view], one) for one in specimens if one.view in holders):
        return None
    if heading is not None:
        words = _words_of(heading)
        tag = Counter(str(one.parent.tag) for one in group).most_common(1)[0][0]
        for under in (
            f'.//{tag}[preceding-sibling::*[normalize-space()][1][contains(., "{words}")]]',
            f'(.//*[not(self::script)][contains(text()[normalize-space()][1], "{words}")])[1]/following::{tag}[1]',
            f'(.//*[not(self::script)][contains(text()[normalize-space()][1], "{words}")])[1]/ancestor::{tag}[1]',
        ):
            hits = [compiled(under).elements(view.tree)[:1] == [element] for view, element in holders.items()]
            if sum(hits) >= 0.8 * len(hits):
                return [under], False, holders
    found = induce(close)
    return ([found.select, *further(found, close)], False, holders) if found is not None else None


def _words_of(heading: str) -> str:
    return heading.strip(" :»>*-–|•").replace('"', "")


def _is_free(element: Element, specimen: Specimen) -> bool:
    """Whether the element holds nothing of the article itself."""
    title = specimen.headline.element if specimen.headline is not None else None
    held = set(element.iter())
    prose = {specimen.view.lines[place].element for place in specimen.prose}
    return title not in held and held.isdisjoint(prose) and element.tag not in {"body", "html"}


def _common(one: Element, other: Element) -> Element | None:
    around = {one, *one.iterancestors()}
    return next((element for element in [other, *other.iterancestors()] if element in around), None)


def _item(group: Sequence[FoundList], holders: Mapping[View, Element]) -> str | None:
    """What gives the entries inside the container."""
    options: dict[str, None] = {}
    example = group[0].items[0]
    for source in suggestions(example):
        if " " not in source and not source.startswith(("/", ".", "#")) and ":" not in source:
            options[source] = None
    options[str(example.tag)] = None
    for one in group:
        holder = holders.get(one.specimen.view)
        steps = [str(one.items[0].tag)]
        for around in one.items[0].iterancestors():
            if around is holder:
                options["./" + "/".join(reversed(steps))] = None
                break
            steps.append(str(around.tag))
    best: tuple[float, str] | None = None
    for source in options:
        right = total = 0
        for one in group:
            holder = holders.get(one.specimen.view)
            if holder is None:
                continue
            found = set(compiled(source).elements(holder)) - {holder}
            total += 1
            nested = any(around in found for item in found for around in item.iterancestors())
            right += set(one.items) <= found and not nested
        if total and (best is None or right / total > best[0]):
            best = (right / total, source)
    return best[1] if best is not None and best[0] > _MOSTLY else None


_MOSTLY = 0.7


def _titles(group: Sequence[FoundList]) -> dict[str, Any]:
    """Where a link holds more than the title: which element in it is the title."""
    inner: Counter[str] = Counter()
    many = 0
    for one in group:
        for item in one.items:
            link = next((link for link in ([item] if item.tag == "a" else item.iter("a")) if text_of(link)), None)
            many += 1
            if link is None:
                continue
            parts = [part for part in link.iter() if part is not link and isinstance(part.tag, str) and text_of(part)]
            titled = [part for part in parts if part.tag in {"h1", "h2", "h3", "h4", "h5", "strong", "b"}]
            if (titled or parts) and text_of(first := (titled or parts)[0]) != text_of(link):
                inner["a " + str(first.tag)] += 1
    common = inner.most_common(1)
    return {"title": common[0][0]} if common and common[0][1] > _MOSTLY * many else {}


def _dates(group: Sequence[FoundList]) -> dict[str, Any]:
    """Where the entries print their dates: in an element of their own, before or behind the title."""
    own: Counter[str] = Counter()
    behind = before = many = 0
    raws = []
    for one in group:
        for item in one.items:
            many += 1
            text = text_of(item)
            spans = dates_in(text, one.specimen.fetched) if len(text) < _LONGEST_ENTRY else []
            alone = [part for part in item.iter() if part is not item and _is_date(part, one.specimen)]
            if alone:
                part = alone[-1]
                raws.append(dates_in(text_of(part), one.specimen.fetched)[0].raw)
                own[_named(part)] += 1
            elif spans:
                edge = text.strip(" ()[]–-|")
                if edge.endswith(spans[-1].raw):
                    behind += 1
                    raws.append(spans[-1].raw)
                elif edge.startswith(spans[0].raw):
                    before += 1
                    raws.append(spans[0].raw)
    if not raws or len(raws) < 0.5 * many:
        return {}
    form = pattern_of(raws)
    if own and own.most_common(1)[0][1] >= max(behind, before):
        return {"date": own.most_common(1)[0][0], "date_capture": f"({form})"}
    return {"date_capture": rf"({form})\W*$" if behind >= before else rf"^\W*({form})"}


_LONGEST_ENTRY = 300


def _is_date(element: Element, specimen: Specimen) -> bool:
    text = text_of(element) if isinstance(element.tag, str) else ""
    spans = dates_in(text, specimen.fetched) if 0 < len(text) <= _LONGEST_DATE else []
    return len(spans) == 1 and len(text) - len(spans[0].raw) <= _EDGES


_LONGEST_DATE = 60
_EDGES = 16


def _named(element: Element) -> str:
    token = next(
        (f".{token}" for token in element.get("class", "").split() if re.fullmatch(r"[a-zA-Z][\w-]*", token)), ""
    )
    return str(element.tag) + token
