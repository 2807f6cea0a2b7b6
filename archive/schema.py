"""Opening the archive's database: made whole, migrated, or refused because it is not ours; transactions on it.

Touches the one SQLite file it is given. Its tables stand in :mod:`archive.tables`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from archive.exits import Exit
from archive.faults import Fault, fault_of, sqlite_code
from archive.indexing import build_index
from archive.provinces import seed_provinces
from archive.tables import (
    BROKEN_WALKS_INDEX,
    CLUSTERED_INDEX,
    DECLARING_INDEX,
    EXACT_INDEX,
    NAMED_COPIES_INDEX,
    create_article_tables,
    create_correction_tables,
    create_frontier_table,
    create_graph_tables,
    create_identity,
    create_operation_tables,
    create_search_tables,
    create_text_tables,
)

APPLICATION_ID = 0x6C757521
"""Marks a database as an archive of ours ("luu!"), in SQLite's header."""

LOCK_PATIENCE = 30.0
"""Seconds to wait for another process's transaction."""

_LOOK_EVERY = 0.005
"""Seconds between two looks whether the write lock is free."""

_PATIENCE = 10.0
"""Seconds to wait for a process that makes the same archive where there are no hard links."""

migrations = Migrations("luutru")


class NotAnArchive(Exception):
    """The file is no archive of ours; it was not touched."""


Build = Callable[[Database], object]
"""Builds the full-text index of an archive that has none yet, inside the caller's transaction."""


def open_archive(path: Path, build: Build = build_index) -> Database:
    """Open (and create or migrate) the archive at ``path``.

    :param build: called where an older version's index is no longer of use, when all else has been migrated.
    :raises NotAnArchive: the file is no SQLite database, or one that luutru did not make; it is left as it was.
    :raises Fault: the machine refuses: read-only, full, locked by another process for long.
    """
    try:
        if path.exists() and path.stat().st_size > 0:
            _refuse_foreign(path)
        else:
            _make(path)
        db = _connect(path)
        _migrate(db, build)
    except (OSError, sqlite3.Error) as error:
        raise fault_of(error, path) from error
    return db


def _connect(path: Path) -> Database:
    db = Database(sqlite3.connect(path, timeout=LOCK_PATIENCE, check_same_thread=False))
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _migrate(db: Database, build: Build = build_index) -> None:
    if migrations.pending(db):
        with transaction(db):  # a second process waits here, and then finds nothing pending
            unindexed = db.table("articles").exists() and not db.table(_OF_THE_INDEX).exists()
            migrations.apply(db)
            if unindexed:
                build(db)


_OF_THE_INDEX = "search_pairs"
"""A table that only the index has which is built now."""


def _make(path: Path) -> None:
    """A new archive, put in place whole: a second process at the same moment sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-archive-") as folder:
        new = Path(folder) / path.name
        db = _connect(new)
        _migrate(db)
        seed_provinces(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
        _put(new, path)


def _put(new: Path, path: Path) -> None:
    """Give a file its name, unless another process was faster: its archive is as good."""
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # no hard links here, as on exFAT and some network shares
        _put_by_turns(new, path)


def _put_by_turns(new: Path, path: Path) -> None:
    """Renaming takes the place of a file that is there, so one process at a time looks and renames.

    :raises Fault: another process does not come to an end with it, or died.
    """
    turn = path.with_name(f"{path.name}.making")
    until = time.monotonic() + _PATIENCE
    while True:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(turn, os.O_CREAT | os.O_EXCL))
            break
        if time.monotonic() > until:
            raise Fault(f"{turn}: another process is making the archive; if none is, delete this file", Exit.BUSY)
        time.sleep(0.02)
    try:
        if not path.exists():
            new.rename(path)
    finally:
        turn.unlink()


def open_read_only(path: Path, *, older: bool = False) -> Database:
    """Open the archive for reading: no statement can change it.

    :param older: whether one that an older version made is opened too, by who sees to what it has.
    :raises NotAnArchive: as :func:`open_archive`.
    :raises FileNotFoundError: there is none.
    :raises Fault: it cannot be read, or an older version of luutru made it: it is brought up to date where it is opened
        for writing.
    """
    require_archive(path)
    _refuse_foreign(path)
    db = Database(_connect_read_only(path))
    db.execute("PRAGMA query_only=ON")
    try:
        if not older:
            _refuse_older(db, path)
    except BaseException:
        db.close()
        raise
    return db


def require_archive(path: Path) -> None:
    """:raises FileNotFoundError: there is no archive."""
    if not path.exists() or path.stat().st_size == 0:
        raise FileNotFoundError(
            f"{path}: no archive there; 'luutru crawl SITE' makes one, and 'luutru --home DIR' reads another folder's"
        )


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Also where nothing can be written beside the file, as on a disc: then nobody else writes to it either."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        connection.execute("PRAGMA application_id")
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size > 0:  # what stands in it would be missed
            raise
        return sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False)
    return connection


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All or nothing, with the write lock taken at the start; inside an open transaction, a savepoint of it.

    A deferred ``BEGIN`` that reads first and writes later fails at once when another process wrote in between, however
    long the busy timeout is. ``BEGIN IMMEDIATE`` waits instead.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    _take_write_lock(db)
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _take_write_lock(db: Database) -> None:
    """``BEGIN IMMEDIATE``, with the patience of the connection.

    SQLite itself soon looks only every 100 ms whether the lock is free again (``sqliteDefaultBusyCallback``): of two
    processes that store without a pause one would wait while nobody has it.

    :raises sqlite3.OperationalError: it was taken all that time.
    """
    patience = db.conn.execute("PRAGMA busy_timeout").fetchone()[0]
    until = time.monotonic() + patience / 1e3
    db.conn.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                db.conn.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if sqlite_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(_LOOK_EVERY)
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {patience}")


def insert_rows(db: Database, table: str, rows: Iterable[Mapping[str, Any]], *, over: str | None = None) -> None:
    """Insert rows that all have the same columns, inside the caller's transaction; ``over``: where a row of the same
    key, which is this column, is there already, bring those columns of it up to date.

    For what is written with each batch of pages: sqlite-utils asks for all tables and columns first, each time, which
    takes longer than the writing.
    """
    rows = list(rows)
    if rows:
        columns, values = (", ".join(form.format(name) for name in rows[0]) for form in ('"{}"', ":{}"))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - our own names
        if over:
            sql += f" ON CONFLICT ({over}) DO UPDATE SET " + ", ".join(
                f'"{name}" = excluded."{name}"' for name in rows[0]
            )
        db.conn.executemany(sql, rows)


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """One view of the database for several queries; nobody waits for it. A caller's own transaction serves as well."""
    if db.conn.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.rollback()


def _refuse_foreign(path: Path) -> None:
    try:
        with contextlib.closing(_connect_read_only(path)) as connection:
            found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise fault_of(error, path) from error
    except sqlite3.DatabaseError as error:
        raise NotAnArchive(f"{path}: not an SQLite database ({error}); name another --home") from error
    if found != APPLICATION_ID:
        raise NotAnArchive(f"{path}: a database, but not an archive of luutru; name another --home")


def _refuse_older(db: Database, path: Path) -> None:
    if missing := [migration.name for migration in migrations.pending(db)]:
        what = f"an older version of luutru made it, and {', '.join(missing)} must still be applied"
        hint = "'luutru reindex' does that, as does each crawl; both keep all that is in it"
        raise Fault(f"{path}: {what}; {hint}", Exit.CANNOT_OPEN)


@migrations()
def m001_first_tables(db: Database) -> None:
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    create_operation_tables(db)
    create_frontier_table(db)
    create_article_tables(db)
    create_graph_tables(db)


@migrations()
def m002_pages_got_by_forms(db: Database) -> None:
    if "form" in db.table("urls").columns_dict:  # made after the tables had it
        return
    db.execute("ALTER TABLE urls ADD COLUMN form TEXT")
    db.execute(BROKEN_WALKS_INDEX)
    db.execute("DROP INDEX idx_signatures_digest")
    db.table("signatures").create_index(["digest", "article"])


@migrations()
def m003_texts_have_numbers(db: Database) -> None:
    if "number" in db.table("signatures").columns_dict:  # made after the tables had it
        return
    db.execute("DROP INDEX idx_articles_source_url")
    db.execute("ALTER TABLE duplicates ADD COLUMN named_by TEXT")
    db.execute("UPDATE duplicates SET named_by = evidence ->> 'declared_by' WHERE evidence ->> 'by_address'")
    for index in (DECLARING_INDEX, CLUSTERED_INDEX, NAMED_COPIES_INDEX):
        db.execute(index)
    for index in ("signatures_digest_article", "signatures_pending", "bands_article"):
        db.execute(f"DROP INDEX idx_{index}")
    for table in ("signatures", "bands"):
        db.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    create_text_tables(db)
    # What was compared comes first: a text has been compared with those of lower numbers than it says.
    db.execute(
        "INSERT INTO signatures (article, digest, minhash, shingles, compared)"
        " SELECT article, digest, minhash, shingles,"
        " CASE WHEN pending IS NULL THEN (SELECT count(*) FROM signatures_before WHERE pending IS NOT 'new') END"
        " FROM signatures_before ORDER BY pending IS 'new', article"
    )
    db.execute(
        "INSERT INTO bands SELECT band, hash, number FROM bands_before JOIN signatures USING (article)"
        " ORDER BY band, hash, number"
    )
    for table in ("signatures", "bands"):
        db.execute(f"DROP TABLE {table}_before")


@migrations()
def m004_feeds_know_the_minute(db: Database) -> None:
    db.execute(EXACT_INDEX.replace("INDEX ", "INDEX IF NOT EXISTS ", 1))


@migrations()
def m005_corrections(db: Database) -> None:
    if "corrected" in db.table("articles").columns_dict:  # made after the tables had it
        return
    db.execute("ALTER TABLE articles ADD COLUMN corrected TEXT")
    db.execute("DROP INDEX idx_articles_newest")
    create_correction_tables(db)


@migrations()
def m007_archives_have_an_identity(db: Database) -> None:
    create_identity(db)


@migrations()
def m008_the_index_knows_accents_and_dates(db: Database) -> None:
    if db.table("search_documents").exists():  # made after the tables had it
        return
    db.execute("DROP TABLE articles_fts")
    create_search_tables(db)


@migrations()
def m009_the_index_knows_pairs_of_words(db: Database) -> None:
    if db.table(_OF_THE_INDEX).exists():  # made after the tables had it
        return
    for table in ("search_index", "search_titles", "search_documents", "search_words"):
        db.execute(f"DROP TABLE {table}")
    create_search_tables(db)
