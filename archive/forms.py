"""The forms that an export may have, by their names. Pure, but for Parquet, which writes a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from archive.articles import Record
from archive.compressed import SUFFIXES
from archive.jsonld import jsonld_lines
from archive.spreadsheet import csv_lines

Form = Literal["jsonl", "csv", "parquet", "jsonld"]


def json_lines(records: Iterable[Record]) -> Iterator[bytes]:
    """The records as they are, each with its newline."""
    for record in records:
        yield msgspec.json.encode(record) + b"\n"


STREAMED: dict[Form, Callable[[Iterable[Record]], Iterator[bytes]]] = {
    "jsonl": json_lines,
    "csv": csv_lines,
    "jsonld": jsonld_lines,
}
"""Those that are written from their beginning to their end, in pieces. Parquet's file begins with what it ends with."""

MEDIA_TYPES: dict[Form, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "jsonld": "application/ld+json",
    "parquet": "application/vnd.apache.parquet",
}


def form_of(path: Path) -> Form | None:
    """The form that a file's name asks for, whether compressed or not."""
    name = path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
    suffix = name.suffix.lower().removeprefix(".")
    forms: tuple[Form, ...] = ("jsonl", "csv", "parquet", "jsonld")
    return next((form for form in forms if form == suffix), None)
