"""What a search is narrowed by, besides its words: checked, and said in words where it cannot be. Pure but for
:func:`sites_of`, which reads the database it is handed."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Literal

from sqlite_utils import Database

from archive.provinces import UnknownProvince, find_province
from archive.vietnamese import fold, nfc


class QueryError(ValueError):
    """The search cannot be carried out; the message says in English what to type instead.

    ``code`` is a word for each kind of mistake, ``told`` the values that the message names, so that it can be said in
    another language: ``no-words`` (``typed``), ``too-many-words`` (``count``, ``most``), ``too-long`` (``count``,
    ``most``), ``short-prefix`` (``typed``, ``least``), ``bad-date`` (``name``, ``typed``), ``dates-crossed``
    (``since``, ``until``), ``unknown-site``, ``unknown-kind`` and ``unknown-province`` (``typed``, ``nearest``: a
    list), ``bad-filter`` (``name``, ``typed``, ``expected``), ``too-slow`` (nothing).
    """

    def __init__(self, code: str, message: str, **told: object) -> None:
        super().__init__(message)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True)
class Filters:
    """Only articles for which all of this holds; None and ``""`` ask nothing.

    ``site`` is a profile's name, ``kind`` a site's kind (``union``, ``broadcaster``), ``province`` the name of the
    site's province, before or after 1 July 2025: the name of a unit of today means all units that it was made of.
    ``author`` is the whole name of a person or a collective, ``section`` any part of the breadcrumb, ``keyword`` one of
    the article's: of these three accents and capitals do not matter where none are typed. ``since`` and ``until``
    are ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, both included: an article counts whose whole time of publication, as
    exactly as it is known, lies between them, so one that is known to the month is in that month and in no day of it,
    and an undated one in nothing. ``reprints``: ``folded`` shows of articles that are copies of one another only one.
    """

    site: str | None = None
    kind: str | None = None
    province: str | None = None
    author: str | None = None
    section: str | None = None
    keyword: str | None = None
    since: str | None = None
    until: str | None = None
    has_image: bool | None = None
    reprints: Literal["folded", "shown"] = "shown"

    def is_empty(self) -> bool:
        """Whether all articles pass."""
        return not any(getattr(self, one.name) not in {None, ""} for one in fields(self) if one.name != "reprints")

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day that are meant, None where there is no bound.

        :raises QueryError: one is no date, or they are in the wrong order.
        """
        first = _day("since", self.since, last=False) if self.since else None
        last = _day("until", self.until, last=True) if self.until else None
        if first and last and first > last:
            message = f"nothing is published after {self.since} and before {self.until}: exchange them"
            raise QueryError("dates-crossed", message, since=self.since, until=self.until)
        return first, last


_NAMES = {
    "site": ("site", "trang"),
    "kind": ("kind", "loai"),
    "province": ("province", "tinh"),
    "author": ("author", "tacgia"),
    "section": ("section", "muc", "chuyenmuc"),
    "keyword": ("keyword", "tukhoa"),
    "since": ("since", "tu"),
    "until": ("until", "den"),
    "has_image": ("image", "anh"),
    "reprints": ("reprints", "danglai"),
}
"""How each filter may be typed in a query, without accents."""

_BY_NAME = {typed: name for name, names in _NAMES.items() for typed in names}
_TYPED = re.compile(
    rf"(?<!\S)(?P<minus>-?)(?P<name>{'|'.join(sorted(_BY_NAME, key=len, reverse=True))}):"
    r'(?:["“”„«»](?P<quoted>[^"“”„«»]*)["“”„«»]?|(?P<bare>[^\s"“”„«»]+))'
)
_VALUES: dict[str, dict[str, object]] = {
    "has_image": {"co": True, "yes": True, "khong": False, "no": False},
    "reprints": {"gop": "folded", "folded": "folded", "hien": "shown", "shown": "shown"},
}


def typed_filters(query: str, filters: Filters) -> tuple[str, Filters]:
    """The words of a query, and the filters with those that are typed in it: ``site:thst``, ``tỉnh:"Sóc Trăng"``.

    Names may be typed in English or Vietnamese, without accents or with them: site or trang, kind or loại, province or
    tỉnh, author or tácgiả, section or mục, keyword or từkhóa, since or từ, until or đến, image or ảnh (``có``,
    ``không``), reprints or đănglại (``gộp``, ``hiện``).

    :raises QueryError: a filter has no such value, or stands after a dash.
    """
    query = nfc(query)
    words, at = "", 0
    for found in _TYPED.finditer(fold(query)):
        name = _BY_NAME[found["name"]]
        group = "bare" if found["quoted"] is None else "quoted"
        value: object = query[found.start(group) : found.end(group)]
        values = _VALUES.get(name)
        expected = sorted(values) if values else []
        if found["minus"] or (values and found[group] not in values):
            message = f"{name}: expected {' or '.join(expected) or 'no - before it'}, not {found.group()!r}"
            raise QueryError("bad-filter", message, name=name, typed=found.group(), expected=expected)
        filters = replace(filters, **{name: values[found[group]] if values else value})  # type: ignore[arg-type]
        words, at = words + query[at : found.start()], found.end()
    return words + query[at:], filters


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def _day(name: str, typed: str, *, last: bool) -> date:
    """The first or the last day of a year, a month or a day.

    :raises QueryError: it is none of these.
    """
    found = _DATE.fullmatch(typed.strip())
    try:
        if found is None:
            raise ValueError
        year = int(found[1])
        month = int(found[2] or (12 if last else 1))
        return date(year, month, int(found[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except ValueError:
        message = f"{name}: expected a year, month or day such as 2021, 2021-06 or 2021-06-29, not {typed!r}"
        raise QueryError("bad-date", message, name=name, typed=typed) from None


def sites_of(db: Database, filters: Filters) -> list[str] | None:
    """The names of the sites that ``site``, ``kind`` and ``province`` leave; None: all.

    :raises QueryError: there is no such site, kind or province.
    """
    if not (filters.site or filters.kind or filters.province):
        return None
    sites = db.execute("SELECT name, kind, province FROM sites ORDER BY name").fetchall()
    if filters.site:
        _require("site", filters.site, [name for name, _, _ in sites])
        sites = [row for row in sites if row[0] == filters.site]
    if filters.kind:
        _require("kind", filters.kind, [kind for (kind,) in db.execute("SELECT DISTINCT kind FROM sites")])
        sites = [row for row in sites if row[1] == filters.kind]
    if filters.province:
        try:
            units = find_province(db, filters.province)
        except UnknownProvince as error:
            told = {"typed": filters.province, "nearest": error.nearest}
            raise QueryError("unknown-province", str(error), **told) from error
        sites = [row for row in sites if row[2] in units]
    return [name for name, _, _ in sites]


def _require(what: str, typed: str, known: Iterable[str]) -> None:
    known = sorted(known)
    if typed not in known:
        nearest = difflib.get_close_matches(typed, known, n=3, cutoff=0)
        hint = f"nearest: {', '.join(nearest)}" if nearest else "it has no sites yet"
        raise QueryError(
            f"unknown-{what}", f"the archive has no {what} {typed!r}; {hint}", typed=typed, nearest=nearest
        )
