"""Printing for people: to a terminal with colours and wrapped lines, into a pipe as plain text.

Touches stdout, and stderr for progress.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from archive.dates import KNOWN
from archive.snippets import Marked

out = Console(markup=False, highlight=False, emoji=False)
"""Results. Nothing in a page's text is taken for markup."""

err = Console(stderr=True, markup=False, highlight=False, emoji=False)
"""Everything else."""

MARK = "**"
"""Stands on both sides of what matched, where no colour can show it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def safe(text: str | None) -> str:
    """A page's text without what would steer the terminal: escape sequences, reversed writing."""
    return _CONTROL.sub("\ufffd", text or "")


def say(text: str | Text = "", style: str = "", indent: int = 0) -> None:
    """Print a paragraph: wrapped on a terminal, one line in a pipe."""
    line = Text(safe(text), style=style) if isinstance(text, str) else text
    if not out.is_terminal:
        out.print(Text(" " * indent) + line, soft_wrap=True)
        return
    for wrapped in line.wrap(out, max(20, out.width - indent)):
        wrapped.rstrip()
        out.print(Text(" " * indent) + wrapped, soft_wrap=True)


def in_colour() -> bool:
    """Whether what is coloured can be seen to be; else words and signs have to say it."""
    return out.color_system is not None and not out.no_color


def say_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Sequence[str] = (),
    fold: Sequence[str] = (),
    most: int | None = None,
) -> None:
    """Print a table. ``right`` names the columns of numbers, ``fold`` those that give way on a narrow terminal.

    In a pipe: aligned text, as wide as it is, or no wider than ``most`` if those that give way can bring it there.
    """
    if not out.is_terminal:
        lines = [columns, *([safe(cell) for cell in row] for row in rows)]
        _say_aligned(lines, [name in right for name in columns], [name in fold for name in columns], most)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        gives_way = column in fold
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=not gives_way,
            min_width=_LEAST if gives_way else None,
        )
    for row in rows:
        table.add_row(*map(safe, row))
    out.print(table)


def _say_aligned(lines: Sequence[Sequence[str]], right: Sequence[bool], fold: Sequence[bool], most: int | None) -> None:
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    over = sum(widths) + 2 * (len(widths) - 1) - (most or sys.maxsize)
    for at, gives_way in enumerate(fold):
        if gives_way and over > 0:
            kept = max(_LEAST, widths[at] - over)
            widths[at], over = kept, over - (widths[at] - kept)
    for line in lines:
        wrapped = [
            wrap(cell, width) if cell_len(cell) > width else [cell] for cell, width in zip(line, widths, strict=True)
        ]
        for cells in zip_longest(*wrapped, fillvalue=""):
            padded = [
                " " * (width - cell_len(cell)) + cell if to_right else cell + " " * (width - cell_len(cell))
                for cell, width, to_right in zip(cells, widths, right, strict=True)
            ]
            print("  ".join(padded).rstrip())


_LEAST = 8
"""Columns of what gives way."""


def say_json(value: Any) -> None:
    """Print JSON for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def marked(text: Marked, style: str = "bold yellow") -> Text:
    """A text with what matched in it brought out."""
    line = Text()
    for piece, matched in text.pieces():
        if matched and not out.is_terminal:
            line.append(f"{MARK}{safe(piece)}{MARK}")
        else:
            line.append(safe(piece), style if matched else "")
    return line


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Shows on stderr how far something long has come; in a pipe nothing. What it gives is told the name of what is
    being done, how much of it is, and how much there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


def date_words(date: str | None, precision: str | None) -> str:
    """A date of publication as exactly as it is known: ``2021-06-29 09:14``."""
    if date is None:
        return "undated"
    shown = date[: KNOWN.get(precision or "", 19)].replace("T", " ")
    return f"{shown}h" if precision == "hour" else shown


def day_words(date: str | None, precision: str | None) -> str:
    """As :func:`date_words`, for lists: the day, or the month where no more is known."""
    return date_words(date, "month" if precision == "month" else "day")
