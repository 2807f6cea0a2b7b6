"""The archive, or what has changed in it, as one file that is there only when it is complete, with its manifest.

Reads the archive, writes the two files. The same archive gives the same bytes: the order of records and of fields is
fixed, and nothing of the moment is in them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlite_utils import Database

from archive.articles import REMOVED, SCHEMA, Record, load_articles
from archive.compressed import Compression, Counted, Sink, compressing, compression_of
from archive.cursor import CHANGED, Cursor, cursor_now, removed_since, require_cursor
from archive.forms import STREAMED, Form, json_lines
from archive.parquet import write_parquet
from archive.schema import snapshot
from archive.tables import PUBLISHED
from archive.wholefile import part_of

MANIFEST = "luutru.manifest/1"
MANIFEST_SUFFIX = ".manifest.json"
"""Behind the name of an exported file: that of its manifest."""

_BATCH = 200
"""Articles held in memory at once."""


class CannotWrite(ValueError):
    """What was asked for cannot be had in this form; the message says what can."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is exported. ``site``: only its articles. ``since``: only what changed behind this cursor, which must have
    the same site, and what was removed."""

    site: str | None = None
    since: Cursor | None = None


@dataclass(slots=True)
class Exported:
    """What was written. ``sites``: articles by site. ``removed``: how many lines say that an article is there no more.
    ``cursor``: stands behind all of it, for the next increment."""

    choice: Choice
    cursor: Cursor
    articles: int = 0
    removed: int = 0
    sites: Counter[str] = field(default_factory=Counter)

    def counting(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records, counted as they go by."""
        for record in records:
            if record["schema"] == REMOVED:
                self.removed += 1
            else:
                self.articles += 1
                self.sites[record["site"]] += 1
            yield record


def selected(db: Database, choice: Choice) -> Iterator[Record]:
    """The records of an export: by date of publication, undated last, then by id; behind them, what was removed.

    Run it inside :func:`archive.schema.snapshot`, so that all of them show one moment.

    :raises archive.cursor.BadCursor: what changed behind the cursor cannot be told.
    :raises archive.articles.BrokenArchive: an article's site or capture is missing.
    """
    if choice.since is not None:
        require_cursor(db, choice.since, choice.site)
    told = {"site": choice.site, "seq": choice.since.seq if choice.since else None}
    docids = (docid for (docid,) in db.execute(_ALL if choice.since is None else _CHANGED, told))
    while batch := list(islice(docids, _BATCH)):
        yield from load_articles(db, batch)
    if choice.since is not None:
        yield from removed_since(db, choice.since)


def export_lines(db: Database, *, site: str | None = None) -> Iterator[bytes]:
    """The lines of a whole export as JSONL, each with its newline, at one moment, whatever is written meanwhile.

    :raises archive.articles.BrokenArchive: as :func:`selected`.
    """
    with snapshot(db):
        yield from json_lines(selected(db, Choice(site)))


def write_export(db: Database, out: Sink, choice: Choice = Choice(), form: Form = "jsonl") -> Exported:
    """Write an export to an open stream.

    :raises CannotWrite: Parquet needs a file.
    :raises archive.cursor.BadCursor: as :func:`selected`.
    """
    if form not in STREAMED:
        raise CannotWrite(f"{form} cannot be written to a stream: name an ordinary file with -o")
    with snapshot(db):
        done = Exported(choice, cursor_now(db, choice.site))
        for piece in STREAMED[form](done.counting(selected(db, choice))):
            out.write(piece)
    return done


def write_export_file(db: Database, path: Path, choice: Choice = Choice(), form: Form = "jsonl") -> Exported:
    """Write an export to a file that is there only when it is complete, and its manifest beside it.

    A reader sees the file that was there before, or the whole new one; a manifest that is there is that of its file.
    Where ``path`` is no ordinary file (``/dev/stdout``, a pipe), it is written to as it is, without a manifest.

    :raises OSError: a file cannot be written.
    :raises CannotWrite: the form allows no such file.
    :raises archive.parquet.NoDuckDB: Parquet is asked for, and the extra is not installed.
    :raises archive.cursor.BadCursor: as :func:`selected`.
    """
    path = path.resolve()
    compression = compression_of(path.name)
    if form not in STREAMED and compression is not None:
        raise CannotWrite(f"{path.name}: a {form} file is compressed inside; leave {path.suffix} out of its name")
    if path.exists() and not path.is_file():
        with path.open("wb") as out, compressing(out, compression) as (plain, _):
            return write_export(db, plain, choice, form)
    beside = path.with_name(path.name + MANIFEST_SUFFIX)
    with part_of(path) as part, part_of(beside) as told:
        done, files = _write_part(db, part, choice, form, compression)
        with told.open("xb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(_manifest(done, path.name, form, compression, files))))
            out.write(b"\n")
            _sync(out)
        beside.unlink(missing_ok=True)  # the old one is not the new file's
        part.replace(path)
        told.replace(beside)
    return done


_Files = dict[str, dict[str, Any] | None]


def _write_part(
    db: Database, part: Path, choice: Choice, form: Form, compression: Compression | None
) -> tuple[Exported, _Files]:
    """The file's bytes, on the disk; returns the sizes and digests too."""
    if form in STREAMED:
        with part.open("xb") as out:
            with compressing(out, compression) as (plain, packed):
                done = write_export(db, plain, choice, form)
            _sync(out)
        return done, {"file": packed.counted.told(), "uncompressed": plain.counted.told()}
    with snapshot(db):
        done = Exported(choice, cursor_now(db, choice.site))
        write_parquet(done.counting(selected(db, choice)), part)
    counted = Counted()
    with part.open("rb+") as file:
        while piece := file.read(2**20):
            counted.take(piece)
        _sync(file)
    return done, {"file": counted.told(), "uncompressed": None}


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _manifest(done: Exported, name: str, form: Form, compression: Compression | None, files: _Files) -> dict[str, Any]:
    choice = done.choice
    return {
        "schema": MANIFEST,
        "luutru": metadata.version("luutru"),
        "archive": done.cursor.archive,
        "format": form,
        "compression": compression,
        "records": [SCHEMA, *([REMOVED] if choice.since else [])],
        "filters": {"site": choice.site},
        "since_cursor": str(choice.since) if choice.since else None,
        "cursor": str(done.cursor),
        "articles": done.articles,
        "removed": done.removed,
        "sites": dict(sorted(done.sites.items())),
        "file": {"name": name, **(files["file"] or {})},
        "uncompressed": files["uncompressed"],
    }


_ALL = (
    "SELECT docid FROM articles INDEXED BY idx_articles_newest WHERE :site IS NULL OR site = :site"  # noqa: S608
    f" ORDER BY {PUBLISHED} NULLS LAST, id"
)
_CHANGED = (
    f"SELECT docid FROM articles WHERE id IN ({CHANGED}) AND (:site IS NULL OR site = :site)"  # noqa: S608
    f" ORDER BY {PUBLISHED} NULLS LAST, id"
)
