"""A day as it is typed. No I/O."""

from __future__ import annotations

import re
from datetime import date

import typer

from archive.dates import year_first

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(text: str) -> date:
    """A day typed as in Vietnam (``20/7/2024``) or year first (``2024-07-20``) and in no other way, for
    ``date.fromisoformat`` takes weeks too.

    :raises ValueError: it is written otherwise, or no calendar has it.
    """
    typed = year_first(text)
    if not _DAY.fullmatch(typed):
        raise ValueError(f"expected a day, as 20/7/2024 or 2024-07-20 for 20 July 2024, not {text!r}")
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise ValueError(f"no calendar has the day {text!r} ({error})") from error


def day(text: str) -> date:
    """The day that an option names.

    :raises typer.BadParameter: as :func:`read_day`.
    """
    try:
        return read_day(text.strip())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
