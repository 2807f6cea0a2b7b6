"""The forms that an export may have, by their names. Pure, but for Parquet, which writes a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar, get_args

import msgspec

from archive.articles import Record
from archive.compressed import SUFFIXES
from archive.jsonld import jsonld_lines
from archive.spreadsheet import csv_lines

Form = Literal["jsonl", "csv", "parquet", "jsonld"]
F = TypeVar("F", bound=str)


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


class UnknownEnding(ValueError):
    """A file is called as no form is; the message names the endings that are known."""


def form_of(path: Path) -> Form | None:
    """The form that an export's file asks for by its name: :func:`form_named`."""
    return form_named(path, get_args(Form))


def form_named(path: Path, forms: Sequence[F]) -> F | None:
    """The form that a file's name asks for by its ending, whether compressed or not; None where it has no ending.

    :raises UnknownEnding: its ending is none of ``forms``.
    """
    name = path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
    ending = name.suffix.lower()
    if not ending:
        return None
    found = next((form for form in forms if ending == f".{form}"), None)
    if found is None:
        known = f"{', '.join(f'.{form}' for form in forms)} (and {' or '.join(SUFFIXES)} behind it)"
        raise UnknownEnding(f"{path}: {ending} is no form that can be written; expected {known}, or --format")
    return found
