"""Checks an archive: every digest, every pointer, the tables against one another. Reads it, and changes nothing.

Tables are checked as they stand at one moment. WARC files grow and get their final names meanwhile, where a crawl runs:
what it has written and not committed yet is no damage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from archive.conclude import outdated
from archive.faults import sqlite_code
from archive.findings import CRAWL, REINDEX, RESTORE, Checked, Finding, Progress, several
from archive.schema import migrations, snapshot
from archive.verify_articles import verify_articles
from archive.verify_corrections import verify_corrections
from archive.verify_index import verify_index, verify_signatures
from archive.verify_tables import verify_tables
from archive.verify_warc import verify_warc

_MOST_FAULTS = 100
"""Faults that SQLite lists before it stops: a file with so many is lost."""


def verify(
    db: Database, folder: Path, checked: Checked | None = None, progress: Progress = lambda *_: None
) -> Iterator[Finding]:
    """Check an archive and its WARC files; without findings it is as it was written.

    :param db: the archive, open for reading.
    :param folder: where its WARC files stand.
    :param checked: counts what was looked at.
    """
    checked = checked or Checked()
    db.execute("PRAGMA temp_store = MEMORY")  # nothing is written, not even beside the archive
    with snapshot(db):
        progress("database", 0, 1)
        yield from _guarded("database", lambda: _verify_file(db))
        strange = list(_guarded("schema", lambda: _verify_schema(db)))
        yield from strange
        if strange:
            return
        checked.captures = int(db.execute("SELECT count(*) FROM captures").fetchone()[0])
        parts: dict[str, Callable[[], Iterable[Finding]]] = {
            "tables": lambda: verify_tables(db, progress),
            "corrections": lambda: verify_corrections(db),
            "articles": lambda: verify_articles(db, checked, progress),
            "full-text index": lambda: verify_index(db, progress),
            "signatures": lambda: verify_signatures(db, progress),
        }
        whole = True
        for name, part in parts.items():
            progress(name, 0, 1)
            for finding in _guarded(name, part):
                whole = whole and finding.level == "note"
                yield finding
        if whole:  # what follows from broken tables says nothing
            progress("conclusions", 0, 1)
            yield from _guarded("conclusions", lambda: _verify_conclusions(db))
    yield from _guarded("WARC files", lambda: verify_warc(db, folder, checked, progress))


def _guarded(name: str, part: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Where SQLite cannot read on, the other parts are checked all the same."""
    try:
        yield from part()
    except sqlite3.DatabaseError as error:
        if sqlite_code(error) == sqlite3.SQLITE_ERROR:
            raise  # the statement is wrong, not the file: a fault of ours
        yield Finding("damage", "sqlite", f"{name}: not checked to the end, SQLite says: {error}", RESTORE)


def _verify_file(db: Database) -> Iterator[Finding]:
    for (said,) in db.execute(f"PRAGMA integrity_check({_MOST_FAULTS})"):
        if said != "ok":
            yield Finding("damage", "sqlite", said, RESTORE)
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Finding("damage", "pointer", f"points to a row of {parent} that is not there", RESTORE, table, str(row))


def _verify_schema(db: Database) -> Iterator[Finding]:
    """The tables and indexes are those that this version makes."""
    fresh = Database(memory=True)
    migrations.apply(fresh)
    known, applied = ({one.name for one in migrations.applied(each)} for each in (fresh, db))
    if applied - known:
        what = (
            f"a newer version of luutru has changed it ({several(sorted(applied - known))}): nothing else was checked"
        )
        yield Finding("damage", "schema", what, "use that version of luutru")
        return
    if known - applied:
        what = f"it is an older version's ({several(sorted(known - applied))} is due): nothing else was checked"
        yield Finding("damage", "schema", what, "'luutru reindex' brings it up to date, as does each crawl")
        return
    present = {row[0] for row in db.execute(_NAMES)}
    for name, table, kind in fresh.execute(_NAMES):
        if name not in present and (kind == "table" or table in present):
            yield Finding("damage", "schema", f"the {kind} {name} is not there", RESTORE)
    for table in fresh.tables:
        missing = table.columns_dict.keys() - db.table(table.name).columns_dict.keys()
        if missing and db.table(table.name).exists():
            yield Finding("damage", "schema", f"has no column {several(sorted(missing))}", RESTORE, table.name)
    fresh.close()


_NAMES = "SELECT name, tbl_name, type FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"


def _verify_conclusions(db: Database) -> Iterator[Finding]:
    """Drawing them again changes nothing, unless pages came in since and the crawl was killed or goes on."""
    found = outdated(db)
    for what, articles in (("date", found.dates), ("list of copies", found.copies), ("cluster", found.clusters)):
        if articles:
            said = f"the archive's pages give another {what} of {several(articles)} now"
            yield Finding("note", "conclusion", said, CRAWL, "articles")
    if found.astray:
        said = f"the pairs of copies give another cluster of {several(found.astray)}"
        yield Finding("damage", "conclusion", said, REINDEX, "articles")
