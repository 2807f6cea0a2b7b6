"""How far a reader has come in the archive's changes, and what has changed since. Reads the database it is handed.

Every transaction that changes what an export shows of an article writes a row of ``changes`` in it. SQLite lets one
transaction write at a time and gives ``seq`` out inside it, so a snapshot that shows one number shows all lower ones:
there are none that come later. Rows of ``changes`` are never deleted, so no number is given twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.articles import REMOVED, BrokenArchive, Record

_ID_TAIL = 13
"""Characters of an article's id behind the name of its site: a hyphen, and twelve of a hash."""


class BadCursor(ValueError):
    """It is no cursor, or none of this archive as it is now, or one of another choice; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``archive``: whose it is. ``seq``: the last change that was seen; 0 for none. ``check``: of what that change
    was, so that an archive is told from its own backup that went another way. ``site``: the only one that was asked
    for, or None."""

    archive: str
    seq: int
    check: str
    site: str | None = None

    def __str__(self) -> str:
        return ".".join([self.archive, str(self.seq), self.check, *([self.site] if self.site else [])])

    @staticmethod
    def of(text: str) -> Cursor:
        """:raises BadCursor: it has not the form of one."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise BadCursor(f'{text[:80]!r} is no cursor; an export prints one, and its manifest has it as "cursor"')
        return Cursor(found[1], int(found[2]), found[3], found[4])


_FORM = re.compile(r"([0-9a-f]{16})\.(0|[1-9]\d{0,17})\.([0-9a-f]{8})(?:\.(\S+))?")


def last_change(db: Database) -> int:
    """The ``seq`` of the last change, 0 before the first."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def cursor_now(db: Database, site: str | None = None) -> Cursor:
    """The cursor behind all that this snapshot shows.

    :raises BrokenArchive: the archive has lost its identity.
    """
    seq = last_change(db)
    return Cursor(archive_id(db), seq, _check(db, seq), site)


def archive_id(db: Database) -> str:
    """What tells this archive, and copies of it, from all others.

    :raises BrokenArchive: the table that holds it is empty.
    """
    row = db.execute("SELECT id FROM archive").fetchone()
    if row is None:
        raise BrokenArchive("the table archive, which holds the archive's identity, has no row; restore a backup")
    return str(row[0])


def require_cursor(db: Database, cursor: Cursor, site: str | None) -> None:
    """:raises BadCursor: what has changed since this cursor cannot be told, or was asked for another choice."""
    whole = "take an export without --since-cursor, and go on from its cursor"
    if cursor.archive != archive_id(db):
        raise BadCursor(f"cursor {cursor}: it belongs to another archive ({cursor.archive}); {whole}")
    if cursor.site != site:
        options = "without --site" if cursor.site is None else f"with --site {cursor.site}"
        raise BadCursor(f"cursor {cursor}: it comes from an export {options}; give the same, or {whole}")
    if _check(db, cursor.seq) != cursor.check:
        raise BadCursor(f"cursor {cursor}: the archive has not seen it; was it restored from a backup? {whole}")


def removed_since(db: Database, cursor: Cursor) -> Iterator[Record]:
    """The articles that something happened to since, and that are not there now: records of removed.schema.json."""
    for id, at, _ in db.execute(_REMOVED, [cursor.seq]):
        site = id[:-_ID_TAIL]
        if cursor.site in {None, site}:
            yield {"schema": REMOVED, "id": id, "site": site, "at": at}


CHANGED = "SELECT article FROM changes WHERE seq > :seq"
"""SQL: the ids of what changed behind a cursor."""

_REMOVED = """
    SELECT article, at, max(seq) FROM changes WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM articles WHERE id = article)
    GROUP BY article ORDER BY article
"""  # SQLite takes bare columns from the row that has the maximum


def _check(db: Database, seq: int) -> str:
    row = db.execute("SELECT article, kind, at FROM changes WHERE seq = ?", [seq]).fetchone()
    if row is None:
        return _NOTHING if seq == 0 else ""
    return hashlib.sha256("\n".join(row).encode()).hexdigest()[: len(_NOTHING)]


_NOTHING = "0" * 8
