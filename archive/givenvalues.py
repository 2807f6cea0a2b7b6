"""What an archivist types as a correction, read as the value of a field. Pure functions.

Each gives the text as it was given and what it was read as (the form: :attr:`archive.corrections.Correction.value`). An
empty text says that there is none. A mistake is told with what is expected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

from archive.corrections import KIND
from archive.dates import year_first
from archive.effective import DATE_FIELDS
from archive.records import AuthorRole
from archive.vietnamese import nfc

Given = tuple[str, Any]
"""The text as given, and the value."""

VIETNAM = timezone(timedelta(hours=7))

ROLES: tuple[AuthorRole, ...] = get_args(AuthorRole)


class CorrectionError(ValueError):
    """A correction that cannot be made; the message says why, and what is expected."""


_DATE = re.compile(
    r"(?P<month>(\d{4})-(\d{2}))(?P<day>-(\d{2})(?P<hour>[T ](\d{2})(?P<minute>:(\d{2})(?P<second>:(\d{2}))?)?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"(?P<day>[\d/.-]+)(?:[T ]+(?P<hour>\d{1,2})(?P<rest>[:\dZ+-]*))?", re.ASCII)
_EXPECTED = (
    "expected 5/2019 (a month), 3/5/2019, 3/5/2019 08:30, or with the year first 2019-05, 2019-05-03, 2019-05-03T08,"
    " 2019-05-03T08:30 or 2019-05-03T08:30:15"
)


def read_date(text: str) -> Given:
    """A date of publication in Vietnam's time, as exact as it is written, its year first or last.

    :raises CorrectionError: it is no date, or in another time zone.
    """
    typed = text.strip()
    if not typed:
        return text, dict.fromkeys(DATE_FIELDS)
    typed = _year_first(typed)
    found = _DATE.fullmatch(typed)
    if found is None:
        raise CorrectionError(f"{text!r} is no date: {_EXPECTED}, in Vietnam's time")
    precision = next(name for name in ("second", "minute", "hour", "day", "month") if found[name])
    numbers = [int(digits) for digits in re.findall(r"\d+", typed.removesuffix(found["zone"] or ""))]
    try:
        moment = datetime(*_padded(numbers), tzinfo=VIETNAM)
    except ValueError as error:
        raise CorrectionError(f"no calendar or clock has {text!r} ({error}): {_EXPECTED}") from error
    if found["zone"] and found["zone"].replace(":", "") != "+0700":
        raise CorrectionError(_other_zone(text, moment, found["zone"], precision))
    return text, dict(zip(DATE_FIELDS, (moment.isoformat(), text, precision, KIND), strict=True))


def _year_first(typed: str) -> str:
    """``3/5/2019 8:30`` as ``2019-05-03T08:30``; what is no such date as it is."""
    found = _DAY_FIRST.fullmatch(typed)
    if found is None or (day := year_first(found["day"])) == found["day"]:
        return typed
    return day + (f"T{found['hour'].zfill(2)}{found['rest']}" if found["hour"] else "")


def _padded(numbers: list[int]) -> tuple[int, int, int, int, int, int]:
    year, month, day, hour, minute, second = numbers + [1, 1, 1, 0, 0, 0][len(numbers) :]
    return year, month, day, hour, minute, second


def _other_zone(text: str, moment: datetime, zone: str, precision: str) -> str:
    said = f"{text!r} is in another time zone: dates are kept in Vietnam's (+07:00)"
    if precision in {"day", "month"}:
        return f"{said}; leave out {zone!r}"
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta() if zone == "Z" else sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    there = moment.replace(tzinfo=timezone(offset)).astimezone(VIETNAM)
    return f"{said}; if it is right, write {there.replace(tzinfo=None).isoformat(timespec='minutes')}"


def read_line(text: str, field: str) -> Given:
    """A headline, description or byline.

    :raises CorrectionError: it has several lines or holds what is no text.
    """
    value = _text(text, field).strip()
    if "\n" in value:
        raise CorrectionError(f"the {field} has several lines: expected one")
    if not value and field == "headline":
        raise CorrectionError("an article has a headline: an empty one is no correction")
    return text, value or None


def read_body(text: str) -> Given:
    """A body: paragraphs with an empty line between two.

    :raises CorrectionError: it is empty, or holds what is no text.
    """
    paragraphs = re.split(r"\n\s*\n", _text(text, "body"))
    tidy = ["\n".join(line.strip() for line in one.strip().split("\n")) for one in paragraphs]
    if not (value := "\n\n".join(filter(None, tidy))):
        raise CorrectionError("the body is empty: expected paragraphs with an empty line between two")
    return text, value


def read_section(texts: Sequence[str]) -> Given:
    """A breadcrumb, outermost first; one empty text for none.

    :raises CorrectionError: one of several is empty, or holds what is no text.
    """
    names = [_text(text, "section").strip() for text in texts]
    if names == [""]:
        names = []
    if "" in names or any("\n" in name for name in names):
        raise CorrectionError("a section has a name of one line: expected --section once for each, outermost first")
    return " › ".join(texts), names


def read_source(name: str | None, url: str | None) -> Given:
    """Where an article was taken from; None for what was not given.

    :raises CorrectionError: the address is none, or one of them holds what is no text.
    """
    read = [_text(text or "", "source").strip() or None for text in (name, url)]
    if any("\n" in one for one in read if one):
        raise CorrectionError("the source has several lines: expected one")
    if read[1] is not None and not re.fullmatch(r"https?://[^\s/]+\S*", read[1]):
        raise CorrectionError(f"{url!r} is no address: expected one that begins with http:// or https://")
    raw = " ".join(text for text in (name, url) if text)
    return raw, {"name": read[0], "url": read[1]} if any(read) else None


def read_authors(texts: Sequence[str]) -> Given:
    """Who wrote it, each as ``NAME[:ROLE[:UNIT]]``; one empty text for nobody.

    :raises CorrectionError: one is not of that form.
    """
    authors = [] if list(texts) == [""] else [_author(text) for text in texts]
    return "; ".join(texts), authors


def _author(text: str) -> dict[str, str | None]:
    form = "expected NAME, NAME:ROLE or NAME:ROLE:UNIT, as in 'Thu Hà:photographer'"
    parts = [part.strip() for part in _text(text, "author").split(":")]
    if len(parts) > 3 or "\n" in text:
        raise CorrectionError(f"{text!r} is no author: {form}")
    name, role, unit = (*parts, "", "")[:3]
    role = role or "author"
    if role not in ROLES:
        raise CorrectionError(f"{text!r}: there is no role {role!r}; expected {', '.join(ROLES[:-1])} or {ROLES[-1]}")
    if not name and not unit and role != "contributor":
        raise CorrectionError(f"{text!r} names nobody: {form}; ':author:UNIT' for a collective, ':contributor' for CTV")
    return {"name": name or None, "unit": unit or None, "role": role}


_NO_TEXT = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode's categories of control characters, halves of pairs, private use, and of what is assigned to nothing."""


def _text(text: str, field: str) -> str:
    text = nfc(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if strange := next((one for one in text if unicodedata.category(one) in _NO_TEXT and one not in "\n\t"), ""):
        raise CorrectionError(f"the {field} holds the character U+{ord(strange):04X}, which is no text: take it out")
    return text.replace("\t", " ")
