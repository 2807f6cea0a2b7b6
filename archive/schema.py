"""The archive's tables and their migrations; opening a database and refusing one that is not ours.

Touches the one SQLite file it is given. Every conclusion (a date learned elsewhere, a copy recognised) stands in
columns or tables of its own, apart from what a page printed, so that it can be drawn again at any time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from archive.provinces import seed_provinces

APPLICATION_ID = 0x6C757521
"""Marks a database as an archive of ours ("luu!"), in SQLite's header."""

PUBLISHED = "coalesce(date_published, concluded_date)"
"""SQL: when an article was published, as its page proves it or else as other pages do. It must read the same
wherever it is used: the index on it serves only this expression."""

migrations = Migrations("luutru")


class NotAnArchive(Exception):
    """The file is no archive of ours; it was not touched."""


def open_archive(path: Path) -> Database:
    """Open (and create or migrate) the archive at ``path``.

    :raises NotAnArchive: the file is no SQLite database, or one that luutru did not make; it is left as it was.
    """
    if path.exists() and path.stat().st_size > 0:
        _refuse_foreign(path)
    else:
        _make(path)
    db = _connect(path)
    _migrate(db)
    return db


def _connect(path: Path) -> Database:
    db = Database(sqlite3.connect(path, timeout=30, check_same_thread=False))
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _migrate(db: Database) -> None:
    if migrations.pending(db):
        with transaction(db):  # a second process waits here, and then finds nothing pending
            migrations.apply(db)


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
        with contextlib.suppress(FileExistsError):  # another process was faster: its archive is as good
            os.link(new, path)


def open_read_only(path: Path) -> Database:
    """Open the archive for reading: no statement can change it.

    :raises NotAnArchive: as :func:`open_archive`.
    :raises FileNotFoundError: there is none.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise FileNotFoundError(f"{path}: no archive there; 'luutru crawl SITE' makes one")
    _refuse_foreign(path)
    db = Database(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False))
    db.execute("PRAGMA query_only=ON")
    return db


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
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


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
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute("PRAGMA application_id").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise NotAnArchive(f"{path}: not an SQLite database ({error}); name another --home") from error
    if found != APPLICATION_ID:
        raise NotAnArchive(f"{path}: a database, but not an archive of luutru; name another --home")


@migrations()
def m001_first_tables(db: Database) -> None:
    db.execute(f"PRAGMA application_id={APPLICATION_ID}")
    _create_operation_tables(db)
    _create_article_tables(db)
    _create_graph_tables(db)


def _create_operation_tables(db: Database) -> None:
    db.table("provinces").create(
        {"name": str, "folded": str, "merged_into": str, "merged_on": str}, pk="name", not_null={"folded"}
    )
    db.table("sites").create(
        {
            "name": str,
            "title": str,
            "publisher": str,
            "kind": str,
            "province": str,
            "family": str,
            "base": str,
        },
        pk="name",
        not_null={"title", "publisher", "kind", "province", "family", "base"},
    )
    db.table("profile_versions").create(
        {"digest": str, "site": str, "first_used": str}, pk="digest", not_null={"site", "first_used"}
    )
    db.table("runs").create(
        {"id": int, "site": str, "started_at": str, "finished_at": str, "reason": str, "counts": str},
        pk="id",
        not_null={"site", "started_at"},
    )
    db.table("runs").create_index(["site", "started_at"])
    db.table("captures").create(
        {
            "id": int,
            "run": int,
            "site": str,
            "url": str,
            "final_url": str,
            "role": str,
            "fetched_at": str,
            "status": int,
            "media_type": str,
            "size": int,
            "sha256": str,
            "outcome": str,
            "reason": str,
            "payload": bytes,
            "warc": str,
            "offset": int,
            "record_id": str,
        },
        pk="id",
        not_null={"site", "url", "final_url", "role", "fetched_at", "status", "size", "sha256", "outcome"},
    )
    db.table("captures").create_index(["site", "url"])
    db.table("captures").create_index(["run", "outcome"])


def _create_article_tables(db: Database) -> None:
    db.table("articles").create(
        {
            "docid": int,  # ties the full-text index to its row; never leaves the database
            "id": str,
            "site": str,
            "key": str,
            "url": str,
            "kind": str,
            "headline": str,
            "description": str,
            "body": str,
            "byline": str,
            "source_name": str,
            "source_url": str,
            "section": str,  # JSON list
            "language": str,
            "view_count": int,
            "date_published": str,  # as the page itself proves it
            "date_published_raw": str,
            "date_precision": str,
            "date_evidence": str,
            "concluded_date": str,  # learned from other pages; used only where the page proves none
            "concluded_date_raw": str,
            "concluded_precision": str,
            "concluded_evidence": str,
            "date_modified": str,
            "rights": str,
            "folded_headline": str,  # archive.vietnamese.words, joined: the title as other pages may print it
            "duplicate_of": str,
            "cluster": str,
            "revision": int,
            "first_seen": str,
            "shown_at": str,  # when the newest page was fetched that showed it: text and links are that page's
            "content_sha256": str,
            "capture": int,  # of this revision
            "profile_version": str,
        },
        pk="docid",
        not_null={
            "id",
            "site",
            "key",
            "url",
            "kind",
            "headline",
            "body",
            "language",
            "revision",
            "first_seen",
            "shown_at",
        },
    )
    articles = db.table("articles")
    articles.create_index(["id"], unique=True)
    articles.create_index(["site", "folded_headline"])
    articles.create_index(["content_sha256"])
    articles.create_index(["cluster"])
    articles.create_index(["site", "date_published"])
    articles.create_index(["source_url"])
    db.execute(
        "CREATE INDEX idx_articles_undated ON articles (id, site, folded_headline, first_seen)"
        " WHERE date_published IS NULL"
    )
    db.execute("CREATE INDEX idx_articles_concluded ON articles (id) WHERE concluded_date IS NOT NULL")
    db.execute(f"CREATE INDEX idx_articles_newest ON articles ({PUBLISHED}, id, site)")
    db.table("revisions").create(
        {
            "article": str,
            "revision": int,
            "recorded_at": str,
            "content": str,  # JSON of archive.records.Article, without links and evidence
            "content_sha256": str,
            "capture": int,
            "profile_version": str,
        },
        pk=("article", "revision"),
        not_null={"recorded_at", "content", "content_sha256"},
    )
    db.table("addresses").create(
        {
            "site": str,
            "url": str,
            "article": str,
            "first_seen": str,
            "answered_at": str,  # when the newest page was fetched under it that showed the article; else None
        },
        pk=("site", "url"),
        not_null={"article", "first_seen"},
    )
    db.table("addresses").create_index(["article"])
    db.table("addresses").create_index(["url"])
    db.table("authors").create(
        {"article": str, "position": int, "name": str, "unit": str, "role": str},
        pk=("article", "position"),
        not_null={"role"},
    )
    db.table("authors").create_index(["name"])
    db.table("images").create(
        {
            "article": str,
            "position": int,
            "url": str,
            "caption": str,
            "credit": str,
            "width": int,
            "height": int,
        },
        pk=("article", "position"),
        not_null={"url"},
    )
    db.table("attachments").create(
        {"article": str, "position": int, "url": str, "title": str, "media_type": str},
        pk=("article", "position"),
        not_null={"url"},
    )
    db.table("media").create(
        {"article": str, "position": int, "url": str, "kind": str, "title": str},
        pk=("article", "position"),
        not_null={"url", "kind"},
    )
    db.table("keywords").create({"article": str, "position": int, "keyword": str}, pk=("article", "position"))
    db.table("keywords").create_index(["keyword"])
    db.table("evidence").create(
        {
            "article": str,
            "revision": int,  # 0: what archive.conclude found on other pages; it belongs to no revision
            "position": int,
            "field": str,
            "raw": str,
            "value": str,
            "kind": str,
            "place": str,  # records.Evidence.where; WHERE is a word of SQL
            "note": str,
            "capture": int,
            "profile_version": str,
        },
        pk=("article", "revision", "position"),
        not_null={"field", "raw", "kind", "place"},
    )
    db.execute("CREATE INDEX idx_evidence_concluded ON evidence (article) WHERE revision = 0")


def _create_graph_tables(db: Database) -> None:
    db.table("links").create(
        {
            "article": str,
            "position": int,
            "relation": str,
            "url": str,
            "target": str,
            "title": str,
            "date": str,
            "date_raw": str,
            "date_precision": str,
        },
        pk=("article", "position"),
        not_null={"relation"},
    )
    db.table("links").create_index(["target"])
    db.execute("CREATE INDEX idx_links_source ON links (article, target) WHERE relation = 'source'")
    db.table("sightings").create(
        {
            "id": int,
            "site": str,
            "source_url": str,
            "kind": str,
            "url": str,
            "target": str,
            "title": str,
            "folded_title": str,
            "date": str,
            "date_raw": str,
            "date_precision": str,
            "capture": int,  # the first that brought it
            "last_seen": str,  # when the newest page was fetched that prints it
            "digest": str,  # of all that makes it the same sighting when it is seen again
        },
        pk="id",
        not_null={"site", "source_url", "kind", "last_seen", "digest"},
    )
    sightings = db.table("sightings")
    sightings.create_index(["digest"], unique=True)
    sightings.create_index(["target"])
    sightings.create_index(["url"])
    sightings.create_index(["site", "folded_title"])
    db.table("signatures").create(
        {
            "article": str,
            "digest": str,  # of the folded words: the same for exact copies
            "minhash": bytes,
            "shingles": int,
            "pending": str,  # new: not compared with the others yet; again: to be compared again; None: compared
        },
        pk="article",
        not_null={"digest", "minhash", "shingles"},
    )
    db.table("signatures").create_index(["digest"])
    db.execute("CREATE INDEX idx_signatures_pending ON signatures (article) WHERE pending IS NOT NULL")
    db.execute(
        "CREATE TABLE bands (band INTEGER NOT NULL, hash INTEGER NOT NULL, article TEXT NOT NULL,"
        " PRIMARY KEY (band, hash, article)) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX idx_bands_article ON bands (article)")
    db.table("duplicates").create(
        {"article": str, "other": str, "similarity": float, "evidence": str},
        pk=("article", "other"),
        not_null={"evidence"},
    )
    db.table("duplicates").create_index(["other"])
    db.table("changes").create(  # kind: new, revised, links, addresses, linked (archive.store), concluded
        {"seq": int, "article": str, "kind": str, "at": str}, pk="seq", not_null={"article", "kind", "at"}
    )
    db.table("changes").create_index(["article"])
    db.execute(
        "CREATE VIRTUAL TABLE articles_fts USING fts5(headline, description, body, byline, keywords,"
        " content='', tokenize=\"unicode61 remove_diacritics 0\")"
    )
