"""Filters that are typed among the words of a query: ``site:thst``, ``tỉnh:"Sóc Trăng"``. Pure functions, no I/O."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple

from archive.filters import Filters, QueryError, read_date, read_years
from archive.query import QUOTES, VALUE
from archive.vietnamese import fold, nfc

_NAMES = {
    "site": ("site", "trang"),
    "kind": ("kind", "loai"),
    "province": ("province", "tinh"),
    "author": ("author", "tac gia"),
    "section": ("section", "muc", "chuyen muc"),
    "keyword": ("keyword", "tu khoa"),
    "since": ("since", "tu"),
    "until": ("until", "den"),
    "years": ("year", "nam"),
    "has_date": ("date", "ngay"),
    "has_image": ("image", "anh"),
    "reprints": ("reprints", "dang lai"),
}
"""How each filter may be typed, without accents: in English, then in Vietnamese, with its spaces or without."""

_BY_NAME = {name.replace(" ", ""): filter for filter, names in _NAMES.items() for name in names}
_WRITTEN = sorted((name.replace(" ", " ?") for names in _NAMES.values() for name in names), key=len, reverse=True)
_TYPED = re.compile(rf"(?<!\S)(?P<minus>-?)(?P<name>{'|'.join(_WRITTEN)}):{VALUE}")

_Values = dict[str, object]
_VALUES: dict[str, tuple[_Values, _Values]] = {
    "has_date": ({"yes": True, "no": False}, {"có": True, "không": False}),
    "has_image": ({"yes": True, "no": False}, {"có": True, "không": False}),
    "reprints": ({"folded": "folded", "shown": "shown"}, {"gộp": "folded", "hiện": "shown"}),
}
"""What a filter may be, in English and in Vietnamese."""


class Typed(NamedTuple):
    """A query taken apart: its ``words``, of which none is a filter when they are read again, its filters as they stand
    in it, and all that it is narrowed by."""

    words: str
    written: str
    filters: Filters


def typed_filters(query: str, filters: Filters) -> Typed:
    """The words of a query, and the filters with those that are typed in it in their place.

    Names may be typed in English or in Vietnamese, without accents or with them: site or trang, kind or loại, province
    or tỉnh, author or tác giả, section or mục, keyword or từ khóa, since or từ, until or đến, year or năm (``2019``,
    ``2019-2021``), date or ngày (``có``, ``không``, or a date), image or ảnh (``có``, ``không``), reprints or đăng lại
    (``gộp``, ``hiện``).

    :raises QueryError: a filter has no such value, stands after a dash, or is there twice.
    """
    words = " ".join(nfc(query).split())
    typed: dict[str, Any] = {}
    written: list[str] = []
    while found := _first_typed(words):  # without it, what is left may read as another one
        whole = words[found.start() : found.end()]
        if found["minus"]:
            message = f"{whole!r}: only words can be left out, no filters; type it without the - before it"
            raise QueryError("excluded-filter", message, typed=whole)
        group = "bare" if found["quoted"] is None else "quoted"
        value, label = (words[found.start(part) : found.end(part)] for part in (group, "name"))
        read = _read(found["name"].replace(" ", ""), label, value)
        if typed.keys() & read.keys():
            message = f"{whole!r}: the query is narrowed down by this before; leave one of the two out"
            raise QueryError("filter-twice", message, typed=whole)
        typed |= read
        written.append(whole)
        words = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
    return Typed(words, " ".join(written), replace(filters, **typed))


def _first_typed(query: str) -> re.Match[str] | None:
    """The first filter in a query; what is matched is the query without accents, which is as long."""
    for found in _TYPED.finditer(fold(query)):
        label = query[slice(*found.span("name"))]
        if not (_is_inside_quotes(query, found.start()) or _is_word(found["name"], label, query)):
            return found
    return None


def _is_inside_quotes(query: str, at: int) -> bool:
    return sum(query.count(mark, 0, at) for mark in QUOTES) % 2 == 1


def _is_word(name: str, typed: str, query: str) -> bool:
    """Whether it is no filter's name but a word: Việt Nam and ngay are no năm and ngày where accents are typed."""
    return name in {"nam", "ngay"} and typed.isascii() and not query.isascii()


def _read(name: str, label: str, typed: str) -> dict[str, Any]:
    """The fields of :class:`Filters` that one filter sets.

    :param label: its name as it was typed.
    """
    which = _BY_NAME[name]
    if which == "years":
        return dict(zip(("since", "until"), read_years(label, typed), strict=True))
    if which in {"since", "until"}:
        read_date(which, typed, last=which == "until", label=label)
    if which not in _VALUES:
        return {which: typed}
    known = {fold(word): value for values in _VALUES[which] for word, value in values.items()}
    if fold(typed) in known:
        return {which: known[fold(typed)]}
    if which == "has_date":
        read_date("time", typed, last=False, label=label)
        return {"since": typed, "until": typed}
    expected = list(_VALUES[which][name != _NAMES[which][0]])
    message = f"{label}: expected {' or '.join(expected)}, not {typed!r}"
    raise QueryError("bad-filter", message, name=which, typed=typed, expected=expected)
