"""A point in time as a page prints it: with the precision it has. Pure, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.records import Precision

EARLIEST = 1990
"""No site that we know is older: an earlier year is a misreading."""

LATEST = 2049
"""The last year believed where no reference says what "now" is. Two digits up to 49 mean 20.., above it 19.."""

FINER: tuple[Precision, ...] = ("month", "day", "hour", "minute", "second")
"""From the coarsest to the finest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (+07:00) and how exactly it was printed.

    ``value`` of "2 tháng trước" keeps the reference's hour; ``iso`` shows only what ``precision`` vouches for.
    ``weekday_contradicts``: a weekday is printed and it is another day's ("T2 12/07/2024" was a Friday): the editor
    erred, or day and month are swapped.
    """

    value: datetime
    precision: Precision
    weekday_contradicts: bool = False

    @property
    def iso(self) -> str:
        """RFC 3339 with seconds and +07:00; whatever is finer than the precision is zero."""
        return truncate(self.value, self.precision).isoformat(timespec="seconds")


def truncate(value: datetime, precision: Precision) -> datetime:
    """The value with everything finer than the precision at its beginning."""
    kept = FINER.index(precision)
    return datetime(
        value.year,
        value.month,
        value.day if kept >= 1 else 1,
        value.hour if kept >= 2 else 0,
        value.minute if kept >= 3 else 0,
        value.second if kept >= 4 else 0,
        tzinfo=value.tzinfo,
    )


def possible_year(year: int, now: datetime | None) -> bool:
    """Whether an article may be of that year, seen from ``now``."""
    return EARLIEST <= year <= (now.year + 1 if now else LATEST)
