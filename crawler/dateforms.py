"""The pieces that printed dates are made of, as patterns over folded text (no accents, no capitals). Data, no I/O.

:data:`PIECE` matches one piece at a position; the name of the group that matched is the kind of the piece. The order
of :data:`_KINDS` matters: a longer form stands before the shorter one that begins like it.
"""

from __future__ import annotations

import re

from archive.records import Precision

WEEKDAYS = {
    **dict.fromkeys(("thuhai", "thu2", "t2", "mon"), 0),
    **dict.fromkeys(("thuba", "thu3", "t3", "tue"), 1),
    **dict.fromkeys(("thutu", "thu4", "t4", "wed"), 2),
    **dict.fromkeys(("thunam", "thu5", "t5", "thu"), 3),
    **dict.fromkeys(("thusau", "thu6", "t6", "fri"), 4),
    **dict.fromkeys(("thubay", "thu7", "t7", "sat"), 5),
    **dict.fromkeys(("chunhat", "cn", "sun"), 6),
}
"""As :meth:`datetime.date.weekday` counts, by the folded word without spaces and dots (English: three letters)."""

MONTHS = {
    **{"mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9},
    **{"muoi": 10, "muoi mot": 11, "muoi hai": 12},
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
}
"""By the folded word (English: three letters). Giêng and Chạp are months of the lunar calendar and stand nowhere."""

UNITS: dict[str, tuple[str, Precision]] = {
    "giay": ("giây", "minute"),
    "phut": ("phút", "minute"),
    "gio": ("giờ", "hour"),
    "ngay": ("ngày", "day"),
    "tuan": ("tuần", "day"),
    "thang": ("tháng", "day"),
    "nam": ("năm", "day"),
}
"""Units of "3 giờ trước": how dateparser wants them spelled, and how exact such a date is at best."""

DAY_WORDS = {"hom nay": 0, "hom qua": 1, "hom kia": 2, "today": 0, "yesterday": 1}
"""How many days before the reference."""

PARTS_OF_DAY = {
    "sang": (range(12), range(0)),
    "trua": (range(10, 15), range(1, 3)),
    "chieu": (range(12, 20), range(1, 8)),
    "toi": (range(17, 24), range(5, 12)),
    "dem": (range(19, 24), range(7, 12)),
}
"""Morning, noon, afternoon, evening, night: the hours that are printed as they are, and those that want 12 added."""

_MONTH_WORD = (
    r"muoi mot\b|muoi hai\b|muoi\b|(?:mot|hai|ba|tu|bon|sau|bay|tam|chin)\b"
    # "6 tháng năm 2021" is half a year, "6 tháng Năm, 2021" a day in May.
    r"|nam(?=\s?[,./-]|\snam\b|\s\d{1,2},)"
)
_ENGLISH_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\b\.?"
_BEFORE_YEAR = r"\s?(?:[,./-]|,?\s?nam\b)?\s?"


def _month(name: str) -> str:
    numbered = rf"(?:thang|thg|th)\.?\s?(?P<{name}>\d{{1,2}}(?!\d)|{_MONTH_WORD})"
    return rf"(?:{numbered}|(?P<{name}_english>{_ENGLISH_MONTH}))"


_UNIT = "|".join(UNITS)
_CLOCK = (
    r"(?P<hour>\d{1,2})\s?:\s?(?P<minute>\d{1,2})(?!\d)(?::(?P<second>\d{1,2})(?!\d|/|\.\d))?'?"
    # "14h 05/07/2024": what follows the hour may be the day.
    r"|(?P<hour_word>\d{1,2})\s?(?:gio|h|g)(?:\s?(?P<minute_word>\d{1,2})(?!\d|[-/.]\d|\s?th))?\s?(?:phut|ph|p|')?"
)
_LABELS = (
    "cap nhat lan cuoi|cap nhat luc|cap nhat|dang luc|dang tai|dang vao|duoc dang|da dang|xuat ban luc|xuat ban"
    "|thoi gian dang|thoi gian|last updated|updated|published|posted on|posted|date|vao luc|luc|vao"
)
_LABELS_OF_DAYS = "cap nhat ngay|ngay cap nhat|dang ngay|ngay dang tin|ngay dang|ngay xuat ban|ngay gui|ngay tao|ngay"

_KINDS = {
    "counter": r"(?:da xem|luot xem|luot doc|xem|views?)\s?:?\s?\d[\d.,]*|\d[\d.,]*\s?(?:luot xem|luot doc|views?)",
    "ago": rf"(?P<ago_count>\d{{1,3}}) (?P<ago_unit>{_UNIT}) truoc"
    rf"|cach day (?P<since_count>\d{{1,3}}) (?P<since_unit>{_UNIT})",
    "just_now": r"vua xong|vua dang|just now",
    "day_word": "|".join(DAY_WORDS),
    "stamp": r"\d{14}",
    "ymd": r"(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})",
    "day_month_year": rf"(?P<d2>\d{{1,2}})\s?[-,/]?\s?{_month('m2')}{_BEFORE_YEAR}(?P<y2>\d{{4}})",
    "month_day_year": rf"{_month('m3')}\s(?P<d3>\d{{1,2}})(?!\d)\s?,?\s(?P<y3>\d{{4}})",
    "month_year": rf"{_month('m4')}{_BEFORE_YEAR}(?P<y4>\d{{4}})",
    "day_month": rf"(?P<d5>\d{{1,2}})\s?[-,/]?\s?{_month('m5')}",
    "numeric": r"(?P<a6>\d{1,2})\s?(?P<s6>[-/.])\s?(?P<b6>\d{1,2})\s?(?P=s6)\s?(?P<y6>\d{4}|\d{2}(?![:hg]))",
    "clock": _CLOCK,
    "yearless": r"(?P<a7>\d{1,2})(?P<s7>[-/.])(?P<b7>\d{1,2})(?![-/.]\d)",
    "weekday": r"chu nhat|c\.?n|thu ?(?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?",
    "zone": r"(?:gmt|utc)\s?\+\s?0?7(?::?00)?|\+0?7:?00|ict",
    "meridiem": r"sa|ch|am|pm|[ap]\.m\.?",
    "part_of_day": r"(?:rang )?(?P<part>sang|trua|chieu|toi|dem)",
    "lunar_looking": r"mung|mong",
    "names_a_day": rf"(?:{_LABELS_OF_DAYS})(?=.*\d)",
    "label": _LABELS,
    "gap": r"[\s,;|•·»\[\]().:/'’\"–—-]+",
}

PIECE = re.compile(
    "|".join(
        rf"(?P<{kind}>{pattern})" if kind == "gap" else rf"(?P<{kind}>(?:{pattern})(?!\w))"
        for kind, pattern in _KINDS.items()
    ),
    re.ASCII,
)
"""One piece; ``match.lastgroup`` is its kind."""
