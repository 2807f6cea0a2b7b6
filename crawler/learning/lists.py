"""The lists of other articles on an article's page: newer, older, related, of the same topic. Pure.

A list is several links to articles that stand alike. Those that every page prints alike are the site's frame; those
that change with the article, or are headed as lists of others are, belong to it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, fold, text_of
from crawler.learning.listtables import LONGEST_HEADING, RELATIONS, FoundList, table_of
from crawler.learning.specimen import Specimen
from crawler.learning.views import View, chain
from crawler.urls import SiteAddresses

_FRAME = re.compile(
    r"nhiều|quan tâm|nổi bật|mới nhất|tin mới$|mới cập nhật|video|quảng cáo|thông báo|tiêu điểm|nóng", re.IGNORECASE
)
_LEAST_TITLE, _TITLE = 12, 25
"""Letters of a link that may be a title, and of most titles: keywords are shorter."""


_NEARLY_ALL = 0.8
"""Share of the pages. A list above the headline is the article's only if it is another one on so many."""


def learn_lists(
    specimens: Sequence[Specimen], others: Sequence[View], addresses: SiteAddresses
) -> list[dict[str, Any]]:
    """The tables ``[[related]]``, those of most pages first."""
    found = [one for specimen in specimens for one in _lists_of(specimen, addresses)]
    headings = _headings(found)
    for one in found:
        if one.heading is not None and fold(one.heading.text).casefold() not in headings:
            one.heading = None
    elsewhere = {chain(link) for view in others for _, link, _ in view.links}
    groups: defaultdict[tuple[object, ...], list[FoundList]] = defaultdict(list)
    for one in found:
        groups[one.slot].append(one)
    tables = []
    for group in sorted(groups.values(), key=len, reverse=True):
        if _belongs(group, len(specimens), elsewhere) and (table := table_of(group, specimens)):
            tables.append(table)
    return tables


def _lists_of(specimen: Specimen, addresses: SiteAddresses) -> list[FoundList]:
    """The runs of entries that stand side by side, each with one link to another article."""
    own = {addresses.key(url) for url in _own_addresses(specimen, addresses)}
    targets: dict[Element, str] = {}
    for url, link, text in specimen.view.links:
        normal = addresses.normalise(url)
        key = addresses.key(normal) if normal is not None and addresses.role(normal) == "article" else None
        if key is not None and key not in own and len(text) >= _LEAST_TITLE:
            targets[link] = key
    within: defaultdict[Element, set[str]] = defaultdict(set)
    for link, key in targets.items():
        for around in [link, *link.iterancestors()]:
            within[around].add(key)
    prose = {specimen.view.lines[place].element for place in specimen.prose}
    blocked = {around for element in prose for around in [element, *element.iterancestors()]}
    by_parent: defaultdict[tuple[Element, str], dict[Element, str]] = defaultdict(dict)
    for link, key in targets.items():
        item = _widest(link, within, blocked)
        parent = item.getparent()
        if parent is not None and item not in blocked:
            by_parent[parent, str(item.tag)].setdefault(item, key)
    found = []
    for items in by_parent.values():
        for run in _runs(specimen, items):
            if len(run) > 1:
                found.append(FoundList(specimen, run, [items[item] for item in run], _heading_of(specimen, run)))
    return found


def _widest(link: Element, within: Mapping[Element, set[str]], blocked: set[Element]) -> Element:
    """The widest element around a link that leads to no second article and is none of ``blocked``."""
    item = link
    for around in link.iterancestors():
        if len(within[around]) > 1 or around in blocked:
            break
        item = around
    return item


def _own_addresses(specimen: Specimen, addresses: SiteAddresses) -> list[str]:
    page = specimen.view.page
    return [normal for url in (page.url, page.final_url) if (normal := addresses.normalise(url)) is not None]


def _runs(specimen: Specimen, items: Mapping[Element, str]) -> list[list[Element]]:
    """Entries of one parent, divided where a heading stands between them."""
    runs: list[list[Element]] = [[]]
    last: Element | None = None
    for item in items:
        between = list(last.itersiblings()) if last is not None else []
        gap = between[: between.index(item)] if item in between else []
        if any(
            0 < len(text_of(one)) <= LONGEST_HEADING and one.find(".//a") is None and one.tag != "br" for one in gap
        ):
            runs.append([])
        runs[-1].append(item)
        last = item
    return runs


def _heading_of(specimen: Specimen, items: Sequence[Element]) -> Block | None:
    """The line before the first entry."""
    first = specimen.view.order[items[0]]
    inside = set(items[0].iter())
    lines: list[Block] = []
    for line in specimen.view.lines:
        if line.element in inside or specimen.view.order[line.element] > first:
            break
        if not any(link in inside for link in line.links):
            lines.append(line)
    # A table may print "Tiêu đề | Ngày đăng" between its heading and its rows.
    parent = items[0].getparent()
    beside = set(parent.iter()) - {parent} if parent is not None and items[0].tag == "tr" else set()
    while lines and lines[-1].element in beside:
        lines.pop()
    last = lines[-1] if lines else None
    return None if last is None or len(last.text) > LONGEST_HEADING or last is specimen.headline else last


def _headings(found: Sequence[FoundList]) -> set[str]:
    """What stands before lists on several pages, or is worded as a heading of such lists."""
    counts: defaultdict[str, set[Specimen]] = defaultdict(set)
    for one in found:
        if one.heading is not None:
            counts[fold(one.heading.text).casefold()].add(one.specimen)
    return {text for text, pages in counts.items() if len(pages) > 1 or any(rule.search(text) for _, rule in RELATIONS)}


def _belongs(group: Sequence[FoundList], pages: int, elsewhere: set[tuple[str, ...]]) -> bool:
    """Whether the list is about the article, by its heading, or because it changes with it and no listing has it."""
    heading = group[0].heading.text if group[0].heading is not None else ""
    sets = Counter(frozenset(one.links) for one in group)
    same = sets.most_common(1)[0][1]
    lengths = sorted(len(text_of(item)) for one in group for item in one.items)
    if lengths[len(lengths) // 2] < _TITLE:
        return False
    if len(group) > 2 and same > 0.6 * len(group):
        return False
    if _FRAME.search(heading) and not any(rule.search(heading) for _, rule in RELATIONS):
        return False
    if any(rule.search(heading) for _, rule in RELATIONS):
        return True
    if len(group) < max(2, 0.4 * pages):
        return False
    first = group[0].items[0]
    # Without classes all tables look alike; then only what changes with the article tells its lists from others.
    if any(place in elsewhere and any("." in step for step in place) for place in map(chain, first.iter("a"))):
        return False
    title = [one.specimen.view.order[one.items[0]] > one.specimen.title_at for one in group]
    return all(title) or len(sets) > _NEARLY_ALL * len(group)
