"""A day as a command line says it. No I/O."""

from __future__ import annotations

import re
from datetime import date

import typer

DAY = "YYYY-MM-DD"
"""How help texts show it."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(text: str) -> date:
    """The day that an option names: ``YYYY-MM-DD`` and nothing else, for ``date.fromisoformat`` takes weeks too.

    :raises typer.BadParameter: it is no such day.
    """
    try:
        if _DAY.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"no calendar has the day {text!r} ({error})") from error
    raise typer.BadParameter(f"expected a day as year-month-day, as in 2024-07-20 for 20 July 2024, not {text!r}")
