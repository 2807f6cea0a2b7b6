"""Printed dates inside longer lines: where they stand, and the pattern that catches others printed alike. Pure.

What a date is made of is known by :mod:`crawler.dateforms`; what it means by :mod:`crawler.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.vietnamese import fold
from crawler.dateforms import PIECE
from crawler.dates import Moment, read_date
from crawler.learning.shapes import literal

_DAYS = frozenset({"ymd", "day_month_year", "month_day_year", "numeric", "ago", "just_now", "day_word"})
"""Pieces that name a day by themselves: a day without its year may be anything."""
_BESIDE = frozenset({"weekday", "clock", "zone", "meridiem", "part_of_day", "names_a_day"})
_LABEL = re.compile(
    r"\b(?:cap nhat|chinh sua|sua doi|sua|thay doi)(?: lan cuoi| moi nhat)?(?: luc| ngay| vao)*$"
    r"|\b(?:(?:ngay|thoi gian|gio) )?(?:dang|xuat ban|phat hanh|ban hanh|gui|tao|viet|nhap)"
    r"(?: (?:tin|bai|tai|luc|ngay|vao))*$"
    r"|\b(?:ngay|thoi gian|gio) (?:cap nhat|chinh sua|sua)$|\b(?:thoi gian|thoi diem)$"
    r"|\b(?:published|posted|updated|modified|created)(?: on| at)?$"
)
"""What a line says, folded, of the date behind it."""
_WORD = re.compile(r"\w+")
_LONGEST_LINE = 300
_LONGEST_GAP = 5


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a line: ``raw`` stands at ``start``; ``label`` is what the line says of it, folded ("ngay dang")."""

    raw: str
    start: int
    moment: Moment
    label: str


def dates_in(text: str, reference: datetime) -> list[DateSpan]:
    """All dates with a year (or counted from now) that a line prints, in order."""
    folded = fold(text)
    if len(text) > _LONGEST_LINE or len(folded) != len(text) or not re.search(r"\d|vua|hom", folded):
        return []
    tokens = _tokens(folded)
    days = [number for number, (kind, _, _) in enumerate(tokens) if kind in _DAYS]
    spans: list[DateSpan] = []
    floor = 0
    for place, day in enumerate(days):
        ceiling = days[place + 1] if place + 1 < len(days) else len(tokens)
        first, last = _widened(folded, tokens, day, floor, ceiling)
        start, end = tokens[first][1], tokens[last][2]
        if text[end : end + 1] in {")", "]"} and not {"(": ")", "[": "]"}.keys().isdisjoint(text[start:end]):
            end += 1
        moment = read_date(text[start:end], reference=reference) or read_date(
            text[tokens[day][1] : tokens[day][2]], reference=reference
        )
        floor = last + 1
        if moment is None:
            continue
        before = folded[spans[-1].start + len(spans[-1].raw) if spans else 0 : start].rstrip(" :,-–(")
        label = _LABEL.search(before)
        spans.append(DateSpan(text[start:end], start, moment, label[0] if label else ""))
    return spans


def _is_name(folded: str, token: tuple[str, int, int]) -> bool:
    """Thu, an English Thursday, is a Vietnamese name: "29/06/2021 09:14 | Thu Thảo"."""
    return token[0] == "weekday" and folded[token[1] : token[2]] == "thu"


def _tokens(folded: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of every piece; what is no piece of a date is a word."""
    tokens = []
    position = 0
    while position < len(folded):
        match = PIECE.match(folded, position)
        if match is not None and match.lastgroup is not None and match.end() > position:
            tokens.append((match.lastgroup, position, match.end()))
            position = match.end()
            continue
        word = _WORD.match(folded, position)
        end = word.end() if word else position + 1
        tokens.append(("word", position, end))
        position = end
    return tokens


def _widened(folded: str, tokens: list[tuple[str, int, int]], day: int, floor: int, ceiling: int) -> tuple[int, int]:
    """The first and last piece of the date whose day stands there: weekday, clock and zone beside it, each once."""
    kinds = {tokens[day][0]}
    first = last = day
    while (step := first - 1) >= floor:
        kind, start, end = tokens[step]
        if kind == "gap" and end - start <= _LONGEST_GAP:
            step -= 1
            kind = tokens[step][0] if step >= floor else ""
        is_label = kind == "names_a_day" and folded[tokens[step][1] : tokens[step][2]] != "ngay"
        if kind not in _BESIDE or kind in kinds or is_label or _is_name(folded, tokens[step]):
            break
        kinds.add(kind)
        first = step
    while (step := last + 1) < ceiling:
        kind, start, end = tokens[step]
        if kind == "gap" and end - start <= _LONGEST_GAP:
            step += 1
            kind = tokens[step][0] if step < ceiling else ""
        if kind == "label" and step + 1 < ceiling:  # "29/06/2021 lúc 09:14"
            step += 1 + (tokens[step + 1][0] == "gap")
            kind = tokens[step][0] if step < ceiling and tokens[step][0] == "clock" else ""
        if kind not in _BESIDE or kind in kinds or _is_name(folded, tokens[step]):
            break
        kinds.add(kind)
        last = step
    return first, last


_WEEKDAY = r"(?:thứ \w+|thu \w+|chủ nhật|chu nhat|t[2-7]|c\.?n)"
_MONTH = r"tháng\s\w+(?:\s(?:một|hai))?"
_PIECES = re.compile(
    r"(?P<weekday>\b(?:(?:thứ|thu)\s?(?:\d|hai|ba|tư|tu|năm|nam|sáu|sau|bảy|bay)|chủ nhật|chu nhat|t[2-7]|c\.?n)\b)"
    r"|(?P<month>\btháng\s(?!\d)\w+(?:\s(?:một|hai)\b)?)|(?P<half>\b(?:SA|CH|AM|PM)\b)"
    r"|(?P<clock>\d{1,2}:\d{1,2}(?::\d{1,2})?)|(?P<year>\d{4})|(?P<number>\d+)|(?P<space>\s+)",
    re.IGNORECASE,
)
_AS_PATTERN = {
    "weekday": _WEEKDAY,
    "month": _MONTH,
    "half": "(?:SA|CH|AM|PM)",
    "clock": r"\d{1,2}:\d{1,2}(?::\d{1,2})?",
    "year": r"\d{4}",
    "number": r"\d{1,2}",
    "space": " ",
}


def pattern_of(raws: Sequence[str]) -> str:
    """A pattern, without groups that capture, of dates printed like these, the most frequent form first."""
    forms: dict[str, int] = {}
    for raw in raws:
        form, position = "", 0
        for found in _PIECES.finditer(raw):
            form += literal(raw[position : found.start()])
            form += _AS_PATTERN[found.lastgroup or "space"]
            position = found.end()
        form += literal(raw[position:])
        forms[form] = forms.get(form, 0) + 1
    ranked = sorted(forms, key=lambda form: (-forms[form], -len(form)))
    longest_first = sorted(ranked[:_MOST_FORMS], key=len, reverse=True)
    return longest_first[0] if len(longest_first) == 1 else f"(?:{'|'.join(longest_first)})"


_MOST_FORMS = 4
