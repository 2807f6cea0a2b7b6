"""The names, numbers and dates in a text: what tells one event from another of its kind. Pure functions, no I/O.

They are found by how they are written, without any list of names. Names are runs of capitalised words; one capital
that opens a sentence tells nothing, nor do capitals in a line that is set in capitals, unless the word is in a name
elsewhere in the text. Numbers are digits, Roman ones in capitals, and words that count, with what multiplies them
(``45 triệu``). Dates are days, months, years, weekdays and times of the day (``sáng 5/6``, ``thứ hai``, ``hôm nay``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from archive.vietnamese import Token, nfc, tokenise

Sort = Literal["name", "number", "date"]


class Fact(NamedTuple):
    """A name, number or date: the words from ``start`` to before ``end`` of its text, and how it reads."""

    sort: Sort
    start: int
    end: int
    key: str

    @property
    def telling(self) -> bool:
        """Whether two texts that both have it are likely to be of one event: not a lone capital (``Công đoàn``)."""
        return self.sort != "name" or self.end - self.start > 1


_COUNTING = re.compile(r"hai|bốn|sáu|bảy|bẩy|tám|chín|mười")
_COUNTING_WITH_OTHERS = re.compile(r"một|mốt|ba|tư|năm|lăm|mươi|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|rưỡi")
"""``một`` is an article, ``ba`` a father and ``năm`` a year: alone they are no number."""

_CALENDAR = re.compile(
    r"ngày|tháng|năm|quý|quí|tuần|thứ|chủ|nhật|giờ|phút|buổi|sáng|trưa|chiều|tối|đêm|hôm|nay|"
    r"qua|mai|mùng|mồng|giêng|chạp"
)
"""Parts of dates. Only with a number or with one another: ``sáng kiến`` is no morning, ``chủ tịch`` no Sunday."""

_TITLES = re.compile(r"ông|bà|anh|chị|em|cô|thầy|chú|bác|cụ")

_ROMAN = re.compile(r"[IVX]+")
_JOINED = re.compile(r"[ \u00a0]+|[.,:]| ?[/–-] ?")
"""What may stand between the parts of one number or date."""

_SPACE = re.compile(r"[ \u00a0]+")
_OPENS = re.compile(r'[.!?:…"“”;\n]|[–-]\s*$')
_LINE = re.compile(r"[^\n]+")

_Kind = Literal["digits", "counts", "calendar", "capital", "shouted", "plain"]


def tokens_of(text: str) -> tuple[str, list[Token]]:
    """A text in NFC and its words, by which :func:`facts_of` counts them."""
    text = nfc(text)
    return text, tokenise(text)


def facts_of(text: str, tokens: Sequence[Token]) -> list[Fact]:
    """The facts of a text (:func:`tokens_of`), in their order. None overlaps another."""
    gaps = [text[before.end : after.start] for before, after in pairwise(tokens)]
    kinds = _kinds(text, tokens, gaps)
    found = [*_names(tokens, gaps, kinds), *_figures(text, tokens, gaps, kinds)]
    known = {word for fact in found if fact.sort == "name" for word in fact.key.split()}
    alone = kinds.count("shouted") > len(tokens) / 2
    for at, kind in enumerate(kinds):
        if kind == "shouted" and (alone or tokens[at].key in known):
            found.append(Fact("name", at, at + 1, _even(tokens[at].key)))
    return sorted(found, key=lambda fact: fact.start)


def _kinds(text: str, tokens: Sequence[Token], gaps: Sequence[str]) -> list[_Kind]:
    lines = [match.span() for match in _LINE.finditer(text) if _is_shouted(match.group())]
    starts = [token.start for token in tokens]
    shouted = {at for start, end in lines for at in range(bisect_left(starts, start), bisect_left(starts, end))}
    kinds: list[_Kind] = []
    for at, token in enumerate(tokens):
        word = text[token.start : token.end]
        kind = _kind(word)
        if at in shouted and kind != "digits":
            kind = "shouted"
        elif kind in ("digits", "calendar") and word[0].isupper():
            after_name = at > 0 and kinds[-1] == "capital" and _SPACE.fullmatch(gaps[at - 1])
            if after_name or (kind == "calendar" and _begins_name(text, tokens, gaps, at)):
                kind = "capital"
        kinds.append(kind)
    return kinds


@lru_cache(maxsize=20_000)
def _kind(word: str) -> _Kind:
    """What a word is by itself."""
    if any(map(str.isdigit, word)) or _ROMAN.fullmatch(word):
        return "digits"
    if _CALENDAR.fullmatch(word.lower()):
        return "calendar"
    if _COUNTING.fullmatch(word) or _COUNTING_WITH_OTHERS.fullmatch(word):
        return "counts"
    return "capital" if word[0].isupper() and not _TITLES.fullmatch(word.lower()) else "plain"


def _begins_name(text: str, tokens: Sequence[Token], gaps: Sequence[str], at: int) -> bool:
    """Whether another capitalised word follows: ``Mai Minh Thịnh``."""
    return at < len(gaps) and bool(_SPACE.fullmatch(gaps[at])) and text[tokens[at + 1].start].isupper()


def _is_shouted(line: str) -> bool:
    return sum(map(str.isupper, line)) > 1 and line == line.upper() and len(line.split()) > 1


def _names(tokens: Sequence[Token], gaps: Sequence[str], kinds: Sequence[_Kind]) -> Iterator[Fact]:
    for start, end in _runs(kinds, {"capital"}, gaps, _SPACE):
        opens = start == 0 or _OPENS.search(gaps[start - 1])
        if not (opens and end - start == 1):
            yield Fact("name", start, end, " ".join(_even(token.key) for token in tokens[start:end]))


def _figures(text: str, tokens: Sequence[Token], gaps: Sequence[str], kinds: Sequence[_Kind]) -> Iterator[Fact]:
    for start, end in _runs(kinds, {"digits", "counts", "calendar"}, gaps, _JOINED):
        held = kinds[start:end]
        key = " ".join(token.key.lstrip("0") or "0" for token in tokens[start:end])
        printed = text[tokens[start].start : tokens[end - 1].end]
        if ("calendar" in held and len(held) > 1) or ("/" in printed and "digits" in held):
            yield Fact("date", start, end, key)
        elif "digits" in held or held.count("counts") > 1 or _COUNTING.fullmatch(printed):
            yield Fact("number", start, end, key)


def _runs(
    kinds: Sequence[_Kind], wanted: set[_Kind], gaps: Sequence[str], joint: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Where words of the ``wanted`` kinds follow each other with nothing but a ``joint`` between them."""
    number = 0
    groups: list[int | None] = []
    for at, kind in enumerate(kinds):
        number += bool(at and not joint.fullmatch(gaps[at - 1]))
        groups.append(number if kind in wanted else None)
        number += kind not in wanted
    for group, places in groupby(range(len(kinds)), key=groups.__getitem__):
        if group is not None:
            run = list(places)
            yield run[0], run[-1] + 1


def _even(key: str) -> str:
    """A folded word with ``i`` for ``y``: names are printed either way."""
    return key.replace("y", "i")
