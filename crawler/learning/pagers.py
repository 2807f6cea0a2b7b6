"""How a listing's further pages are numbered, learned from the links "2", "3", "Trang sau". Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from crawler.learning.links import Target, path_and_query
from crawler.learning.shapes import literal, pattern_of, take_apart
from crawler.learning.views import View

_MARK = r"(?:pages?|trang|tr|pg|paged|p)"
_BEFORE = re.compile(rf"(?:[/_-]{_MARK}[/_.-]?|[/_-])$", re.IGNORECASE)
_MARKED = re.compile(rf"[/_-]{_MARK}[/_.-]?$", re.IGNORECASE)
NUMBERED = r"page\w*|trang|p|pg|paged|\w*cur|start|offset|limitstart|\w*pageindex|\w*page|so-?trang"
"""Query parameters that number pages, in any case."""
_NAMED = re.compile(NUMBERED, re.IGNORECASE)
_OFFSET = re.compile(r"start|offset|limitstart", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbered:
    """One address of a pager with the place of its number. ``before``, ``after``: the text around the number;
    ``number``: what the link calls the page, None behind "Trang sau"; ``value``: what stands in the address."""

    target: str
    before: str
    after: str
    value: int
    number: int | None
    name: str | None

    @property
    def skeleton(self) -> str:
        return f"{self.before}#{self.after}"

    @property
    def agrees(self) -> bool:
        """Whether the number in the address is the page's, or counts the articles before it."""
        if self.number is None:
            return bool(self.name and _NAMED.fullmatch(self.name)) or bool(_MARKED.search(self.before))
        return self.value in {self.number, self.number - 1} or self.is_offset

    @property
    def is_offset(self) -> bool:
        steps = (self.number or 2) - 1
        return bool(self.name and _OFFSET.fullmatch(self.name)) and steps > 0 and self.value % steps == 0


@dataclass(frozen=True, slots=True)
class Pager:
    """``pattern``: as ``urls.pager`` wants it; ``targets``: the further pages that were seen; ``params``: the query
    parameters that it needs; ``step``: as ``urls.step``."""

    pattern: str
    targets: tuple[str, ...]
    params: tuple[str, ...]
    step: int


def pagers_of(targets: Sequence[Target], views: Sequence[View], known: Collection[str]) -> list[Pager]:
    """The forms of the site's pagers, that of most links first.

    :param known: paths (with query) of pages that exist: one of them is what a pager's first page is called.
    """
    seen: dict[tuple[str, ...], list[Numbered]] = {}
    votes: Counter[str] = Counter()
    numbered = [one for target in targets for one in _places(target, views)]
    for one in numbered:
        votes[one.skeleton] += 2 if one.number is not None else 1
    best: dict[str, Numbered] = {}
    for one in numbered:
        rank = (votes[one.skeleton], bool(one.name and _NAMED.fullmatch(one.name)), len(one.before))
        other = best.get(one.target)
        if other is None or rank > (
            votes[other.skeleton],
            bool(other.name and _NAMED.fullmatch(other.name)),
            len(other.before),
        ):
            best[one.target] = one
    for one in best.values():
        section, mark, rest = _section(one, known)
        seen.setdefault((_shape(section), mark, rest), []).append(one)
    found = [_pager(group, known) for group in sorted(seen.values(), key=len, reverse=True)]
    return list({pager.pattern: pager for pager in found}.values())


def _shape(section: str) -> str:
    return repr(take_apart(section).shape)


def _places(target: Target, views: Sequence[View]) -> Iterator[Numbered]:
    """Where in a pager link's address the number of the page may stand."""
    numbers = [number for number in target.numbers if number > 1]
    if not numbers and not target.nexts:
        return
    text = target.target
    here = {path_and_query(views[number].page.url) for number in target.nexts}
    if not numbers and text in here:
        return
    for found in re.finditer(r"\d{1,6}", text):
        before, after = text[: found.start()], text[found.end() :]
        if before[-1:].isdigit() or after[:1].isdigit():
            continue
        parameter = re.search(r"[?&]([^?&=]+)=$", before)
        for number in numbers or (None,):
            one = Numbered(text, before, after, int(found[0]), number, parameter[1] if parameter else None)
            if one.agrees:
                yield one


def _section(one: Numbered, known: Collection[str]) -> tuple[str, str, str]:
    """The first page's address, the text between it and the number, and what follows the number in the first page's
    address too."""
    if one.name is not None:
        left = one.before[: -len(one.name) - 2]
        joint = one.before[len(left)]
        if joint == "?" and one.after:
            return left + "?" + one.after.removeprefix("&"), f"?{one.name}=", one.after
        return left + one.after, f"{joint}{one.name}=", one.after
    found = _BEFORE.search(one.before)
    left, mark = (one.before[: found.start()], found[0]) if found else (one.before, "")
    rest = one.after
    path, _, query = rest.partition("?")
    candidates = [(left + rest, rest), (left, ""), (left + "/", ""), (left or "/", "")]
    if path.endswith("/"):
        candidates.insert(1, (left + "/" + (f"?{query}" if query else ""), rest))
    for first, kept in candidates:
        if first in known and first.startswith("/"):
            return first, mark, kept
    if mark.startswith("/"):
        return (left + "/" if rest.startswith("/") or (mark.count("/") == 1 and not rest) else left) or "/", mark, ""
    return left + rest, mark, rest


def _pager(group: Sequence[Numbered], known: Collection[str]) -> Pager:
    parts = [_section(one, known) for one in group]
    sections = [take_apart(first) for first, _, _ in parts]
    first, mark, rest = parts[0]
    after = group[0].after
    if group[0].name is not None and mark.startswith("?") and rest:
        path = pattern_of([take_apart(one.target.partition("?")[0]) for one in sections])
        tail = re.sub(r"\d+", r"\\d+", literal(rest))
        pattern = f"(?P<section>{path}){literal(mark)}{_PAGE}(?P<rest>{tail})"
    elif rest and first.endswith(rest) and group[0].name is None:
        stem = pattern_of(sections).removesuffix(literal(rest))
        pattern = f"(?P<section>{stem}){literal(mark)}{_PAGE}(?P<rest>{literal(rest)})"
    elif group[0].name is not None:
        pattern = f"(?P<section>{pattern_of(sections)}){literal(mark)}{_PAGE}{literal(after) if not rest else ''}"
        if rest:
            stem = pattern_of([take_apart(one.target.removesuffix(rest)) for one in sections])
            pattern = f"(?P<section>{stem}){literal(mark)}{_PAGE}(?P<rest>{literal(rest)})"
    else:
        section = pattern_of(sections) if first != "/" else "/"
        between = mark.removeprefix("/") if section.endswith("/") else mark
        pattern = f"(?P<section>{section}){literal(between)}{_PAGE}{literal(after)}"
    names = [name for name, _ in take_apart(group[0].target).query]
    return Pager(pattern, tuple(one.target for one in group), tuple(names), _step(group))


_PAGE = r"(?P<page>\d{1,6})"


def _step(group: Sequence[Numbered]) -> int:
    """By how much the number grows from page to page: 1, or what most of the links count where they count entries."""
    steps = Counter(one.value // ((one.number or 2) - 1) for one in group if one.is_offset and one.value != one.number)
    return steps.most_common(1)[0][0] if steps else 1
