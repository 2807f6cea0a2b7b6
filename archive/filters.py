"""What a search is narrowed by, besides its words: checked, and said in words where it cannot be. Pure but for
:func:`sites_of`, which reads the database it is handed."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from sqlite_utils import Database

from archive.dates import year_first
from archive.provinces import UnknownProvince, find_province
from archive.vietnamese import words


class QueryError(ValueError):
    """The search cannot be carried out; the message says in English what to type instead.

    ``code`` is a word for each kind of mistake, ``told`` the values that the message names, so that it can be said in
    another language: ``nothing-asked`` (nothing), ``no-words`` (``typed``), ``too-many-words`` (``count``, ``most``),
    ``too-long`` (``count``, ``most``), ``short-prefix`` (``typed``, ``least``), ``bad-date`` and ``bad-years``
    (``name``, ``typed``), ``dates-crossed`` (``since``, ``until``), ``unknown-site``, ``unknown-kind`` and
    ``unknown-province`` (``typed``, ``nearest``: a list), ``bad-filter`` (``name``, ``typed``, ``expected``),
    ``excluded-filter`` and ``filter-twice`` (``typed``), ``too-slow`` (nothing).
    """

    def __init__(self, code: str, message: str, **told: object) -> None:
        super().__init__(message)
        self.code = code
        self.told = told


@dataclass(frozen=True, slots=True)
class Filters:
    """Only articles for which all of this holds; None and ``""`` ask nothing.

    ``site`` is a profile's name, ``kind`` a site's kind (``union``, ``broadcaster``, or as :data:`KINDS` has it),
    ``province`` the name of the site's province, before or after 1 July 2025: the name of a unit of today means all
    units that it was made of. ``author`` is the whole name of a person or a collective, ``section`` any part of the
    breadcrumb, ``keyword`` one of the article's: of these three accents and capitals do not matter where none are
    typed. ``since`` and ``until`` are a year, a month or a day, the year first or last (``2021-06``, ``6/2021``), both
    included: an article counts whose whole time of publication, as exactly as it is known, lies between them, so one
    that is known to the month is in that month and in no day of it, and an undated one in nothing. ``has_date``:
    whether any is known. ``reprints``: ``folded`` shows of articles that are copies of one another only one.
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
    has_date: bool | None = None

    def is_empty(self) -> bool:
        """Whether all articles pass."""
        return not any(getattr(self, one.name) not in {None, ""} for one in fields(self) if one.name != "reprints")

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day that are meant, None where there is no bound.

        :raises QueryError: one is no date, or they are in the wrong order.
        """
        first = read_date("since", self.since, last=False) if self.since else None
        last = read_date("until", self.until, last=True) if self.until else None
        if first and last and first > last:
            message = f"nothing is published after {self.since} and before {self.until}: exchange them"
            raise QueryError("dates-crossed", message, since=self.since, until=self.until)
        return first, last


KINDS = {
    "cong doan": "union",
    "dai": "broadcaster",
    "phat thanh truyen hinh": "broadcaster",
    "phat thanh va truyen hinh": "broadcaster",
    "dai phat thanh truyen hinh": "broadcaster",
    "dai phat thanh va truyen hinh": "broadcaster",
}
"""How a kind of site may be named in Vietnamese: its words, without accents."""


def kind_named(typed: str) -> str:
    """The kind of site that a name in English or Vietnamese means; a name that means none as it is."""
    return KINDS.get(" ".join(words(typed)), typed)


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def read_date(name: str, typed: str, *, last: bool, label: str | None = None) -> date:
    """The first or the last day of a year, a month or a day.

    :param name: of the filter.
    :param label: how the filter was typed.
    :raises QueryError: it is none of these.
    """
    found = _DATE.fullmatch(year_first(typed.strip()))
    try:
        if found is None:
            raise ValueError
        year = int(found[1])
        month = int(found[2] or (12 if last else 1))
        return date(year, month, int(found[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except ValueError:
        expected = "expected a year, month or day such as 2021, 6/2021 or 29/6/2021 (or 2021-06-29)"
        message = f"{label or name}: {expected}, not {typed!r}"
        raise QueryError("bad-date", message, name=name, typed=typed) from None


_YEARS = re.compile(r"([12]\d{3})(?:\s*[-–]\s*([12]\d{3}))?", re.ASCII)


def read_years(label: str, typed: str) -> tuple[str, str]:
    """The first and the last of the years ``2019`` or ``2019-2021``.

    :param label: how the filter was typed.
    :raises QueryError: it is neither, or the last year is before the first.
    """
    found = _YEARS.fullmatch(typed.strip())
    first, last = (found[1], found[2] or found[1]) if found else ("1", "0")
    if first > last:
        message = f"{label}: expected a year or two, as in 2019 or 2019-2021, not {typed!r}"
        raise QueryError("bad-years", message, name="time", typed=typed)
    return first, last


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
        kind = kind_named(filters.kind)
        _require("kind", kind, [known for (known,) in db.execute("SELECT DISTINCT kind FROM sites")])
        sites = [row for row in sites if row[1] == kind]
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
