"""Records as CSV (RFC 4180) that a spreadsheet opens as it is and takes nothing in it for a formula. Pure.

UTF-8 with a byte order mark: Excel takes a file without one for the code page of its machine. A list is a cell of JSON.
What is empty is null, but in ``body``, which is never null.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

import msgspec

from archive.articles import Record
from archive.columns import Column, columns

BOM = "\ufeff"

_SIGNS = "-=+@'＝＋－＠"
_FIRST = re.compile(rf'"*[{_SIGNS}]')
_INSIDE = re.compile(rf'([;\t\r\n]"*)(?=[{_SIGNS}])')
"""Where a spreadsheet may see the beginning of a formula: at that of a cell, and where one would begin if the file was
cut at semicolons or tabs, as Excel does in countries that write decimals with a comma."""


def csv_lines(records: Iterable[Record]) -> Iterator[bytes]:
    """The file in pieces: the names of the columns, then one piece a record."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write(BOM)
    writer.writerow([column.name for column in columns()])
    yield _taken(text)
    for record in records:
        writer.writerow([_cell(column, record) for column in columns()])
        yield _taken(text)


def guarded(text: str) -> str:
    """A text with an apostrophe before each sign that could begin a formula, and before each apostrophe in such a
    place: taking one apostrophe away from there gives the text as it was."""
    text = _INSIDE.sub(r"\1'", text)
    first = _FIRST.match(text)
    return text if first is None else f"{text[: first.end() - 1]}'{text[first.end() - 1 :]}"


def _cell(column: Column, record: Record) -> str | int | float | None:
    value = column.value(record)
    if isinstance(value, list | dict):
        value = msgspec.json.encode(value).decode()
    elif isinstance(value, bool):
        value = "true" if value else "false"
    return guarded(value) if isinstance(value, str) else value


def _taken(text: StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece
