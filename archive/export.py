"""The archive as JSONL, one article a line, as the export contract says. Reads the archive, writes one file.

The same archive gives the same bytes: order of lines and of fields are fixed, and nothing of the moment is in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlite_utils import Database

from archive.articles import load_articles
from archive.schema import snapshot
from archive.tables import PUBLISHED

SCHEMA_FILE = Path(__file__).with_name("article.schema.json")
"""The JSON Schema that every line is valid against."""

_BATCH = 200
"""Articles held in memory at once."""


def export_lines(db: Database, *, site: str | None = None) -> Iterator[bytes]:
    """The lines of an export, each with its newline: by date of publication, undated last, then by id.

    All lines show the archive at one moment, whatever is written meanwhile.

    :raises archive.articles.BrokenArchive: an article's site or capture is missing.
    """
    with snapshot(db):
        docids = (docid for (docid,) in db.execute(_IN_ORDER, {"site": site}))
        while batch := list(islice(docids, _BATCH)):
            for record in load_articles(db, batch):
                yield msgspec.json.encode(record) + b"\n"


def write_export(db: Database, out: BinaryIO, *, site: str | None = None) -> int:
    """Write an export to an open file; returns the number of lines."""
    count = 0
    for line in export_lines(db, site=site):
        out.write(line)
        count += 1
    return count


def write_export_file(db: Database, path: Path, *, site: str | None = None) -> int:
    """Write an export to a file that is there only when it is complete; returns the number of lines.

    A reader sees the file that was there before, or the whole new one. Where ``path`` is no ordinary file
    (``/dev/stdout``, a pipe), it is written to as it is.

    :raises OSError: the file cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as out:
            return write_export(db, out, site=site)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as out:
            count = write_export(db, out, site=site)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return count


_IN_ORDER = (
    "SELECT docid FROM articles INDEXED BY idx_articles_newest WHERE :site IS NULL OR site = :site"  # noqa: S608
    f" ORDER BY {PUBLISHED} NULLS LAST, id"
)
