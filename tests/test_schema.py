"""Opening an archive: made whole or not at all, by however many processes at once."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from harvests import BODY, MORNING, SITE, article, page
from inprocess import run
from sample_archive import add, harvest, open_sample, sample
from sqlite_utils import Database
from typer.testing import CliRunner

from archive.conclude import conclude
from archive.exits import Exit
from archive.faults import Fault
from archive.indexing import _all_counts
from archive.schema import NotAnArchive, open_archive, open_read_only, transaction
from archive.search import search
from archive.store import Archive
from archive.verify_index import verify_index
from crawler.cli import app

_LINKS = ""
_NO_LINKS = """
import errno, os
def link(*names):
    raise PermissionError(errno.EPERM, "no hard links on this file system")
os.link = link
"""
_OPEN = "import sys; from pathlib import Path; from archive.schema import open_archive; open_archive(Path(sys.argv[1]))"


@pytest.mark.parametrize("links", [_LINKS, _NO_LINKS], ids=["hard links", "none, as on exFAT"])
def test_several_processes_may_make_the_same_archive_at_once(tmp_path: Path, links: str) -> None:
    path = tmp_path / "new" / "archive.db"
    processes = [
        subprocess.Popen([sys.executable, "-c", links + _OPEN, str(path)], stderr=subprocess.PIPE) for _ in range(6)
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert errors == [""] * 6
    assert [
        found.name
        for found in path.parent.iterdir()
        if not found.name.startswith("archive.db") or found.suffix == ".making"
    ] == []
    assert open_read_only(path).execute("SELECT count(*) FROM provinces").fetchone() == (63,)


def test_a_process_that_died_while_making_an_archive_without_hard_links_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links on this file system")

    monkeypatch.setattr("os.link", link)
    monkeypatch.setattr("archive.schema._PATIENCE", 0.1)
    (tmp_path / "archive.db.making").touch()
    with pytest.raises(Fault, match=r"archive\.db\.making: another process .* delete this file"):
        open_archive(tmp_path / "archive.db")
    (tmp_path / "archive.db.making").unlink()
    open_archive(tmp_path / "archive.db").close()
    assert not (tmp_path / "archive.db.making").exists()


def test_an_empty_file_becomes_an_archive_and_any_other_file_is_left_alone(tmp_path: Path) -> None:
    empty, other = tmp_path / "empty.db", tmp_path / "other.db"
    empty.touch()
    other.write_bytes(b"not a database, but dear to somebody")
    open_archive(empty).close()
    with pytest.raises(NotAnArchive, match=r"other\.db: not an SQLite database"):
        open_archive(other)
    assert other.read_bytes() == b"not a database, but dear to somebody"


def test_a_missing_archive_is_not_made_by_those_who_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="luutru crawl"):
        open_read_only(tmp_path / "archive.db")
    assert not list(tmp_path.iterdir())


def test_an_archive_where_nothing_can_be_written_is_read() -> None:
    """As on a disc, or in a folder of somebody else's: SQLite cannot make its files beside it."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "archive.db"
    open_archive(path).close()
    path.chmod(0o444)
    folder.chmod(0o555)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(PermissionError):
            os.setuid(65534)  # root may write everywhere
        try:
            found = open_read_only(path).execute("SELECT count(*) FROM provinces").fetchone()
            os._exit(0 if found == (63,) else 2)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    folder.chmod(0o755)
    shutil.rmtree(folder)
    assert os.waitstatus_to_exitcode(status) == 0


def shape(db: Database) -> list[tuple[str, ...]]:
    """All indexes and triggers, and the columns of the tables that have changed."""
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger') ORDER BY name"
    )
    tables = ("urls", "signatures", "bands", "duplicates", "archive", "articles", "corrections", "correction_decisions")
    return [*indexes, *((table, column.name, column.type) for table in tables for column in db.table(table).columns)]


BEFORE_ARCHIVES_HAD_AN_IDENTITY = """
    DROP TABLE archive;
    DROP TRIGGER articles_removed;
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm007%';
"""

BEFORE_CORRECTIONS = """
    DROP VIEW effective_authors;
    DROP INDEX idx_articles_newest;
    DROP INDEX idx_articles_corrected;
    ALTER TABLE articles DROP COLUMN corrected;
    CREATE INDEX idx_articles_newest ON articles (coalesce(date_published, concluded_date), id, site);
    DROP TABLE corrections;
    DROP TABLE correction_decisions;
    DELETE FROM _sqlite_migrations WHERE name LIKE '%_corrections';
"""

BEFORE_FEEDS_KNEW_THE_MINUTE = """
    DROP INDEX idx_sightings_exact;
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm004%';
"""

BEFORE_TEXTS_HAD_NUMBERS = """
    DROP INDEX idx_articles_declaring;
    DROP INDEX idx_articles_clustered;
    DROP INDEX idx_duplicates_named;
    ALTER TABLE duplicates DROP COLUMN named_by;
    CREATE INDEX idx_articles_source_url ON articles (source_url);
    CREATE TABLE signatures_then (article TEXT PRIMARY KEY, digest TEXT NOT NULL, minhash BLOB NOT NULL,
        shingles INTEGER NOT NULL, pending TEXT);
    INSERT INTO signatures_then SELECT article, digest, minhash, shingles,
        CASE WHEN article LIKE '%-new' THEN 'new' WHEN article LIKE '%-again' THEN 'again' END FROM signatures;
    CREATE TABLE bands_then (band INTEGER NOT NULL, hash INTEGER NOT NULL, article TEXT NOT NULL,
        PRIMARY KEY (band, hash, article)) WITHOUT ROWID;
    INSERT INTO bands_then SELECT band, hash, article FROM bands JOIN signatures USING (number);
    DROP TABLE bands;
    DROP TABLE signatures;
    ALTER TABLE signatures_then RENAME TO signatures;
    ALTER TABLE bands_then RENAME TO bands;
    CREATE INDEX idx_signatures_digest_article ON signatures (digest, article);
    CREATE INDEX idx_signatures_pending ON signatures (article) WHERE pending IS NOT NULL;
    CREATE INDEX idx_bands_article ON bands (article);
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm003%';
"""

BEFORE_FORMS = """
    DROP INDEX idx_urls_broken;
    ALTER TABLE urls DROP COLUMN form;
    DROP INDEX idx_signatures_digest_article;
    CREATE INDEX idx_signatures_digest ON signatures (digest);
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%';
"""


@pytest.mark.parametrize(
    "steps_back",
    [
        [BEFORE_ARCHIVES_HAD_AN_IDENTITY],
        [BEFORE_CORRECTIONS],
        [BEFORE_CORRECTIONS, BEFORE_FEEDS_KNEW_THE_MINUTE],
        [BEFORE_CORRECTIONS, BEFORE_FEEDS_KNEW_THE_MINUTE, BEFORE_TEXTS_HAD_NUMBERS],
        [BEFORE_CORRECTIONS, BEFORE_FEEDS_KNEW_THE_MINUTE, BEFORE_TEXTS_HAD_NUMBERS, BEFORE_FORMS],
    ],
    ids=[
        "before archives had an identity",
        "before corrections",
        "before feeds knew the minute",
        "before texts had numbers",
        "before pages were got by forms",
    ],
)
def test_an_archive_of_an_older_version_becomes_like_a_new_one(tmp_path: Path, steps_back: list[str]) -> None:
    old = open_archive(tmp_path / "old.db")
    for step in steps_back:
        old.conn.executescript(step)
    old.close()
    assert shape(open_archive(tmp_path / "old.db")) == shape(open_archive(tmp_path / "new.db"))


BEFORE_THE_INDEX_KNEW_PAIRS = """
    DROP TABLE search_pairs;
    DROP TABLE search_titles;
    CREATE VIRTUAL TABLE search_titles USING fts5(words, content='', tokenize="ascii tokenchars '-_.'");
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm009%';
"""

BEFORE_THE_INDEX_KNEW_ACCENTS = """
    DROP TABLE search_pairs;
    DROP TABLE search_index;
    DROP TABLE search_titles;
    DROP TABLE search_documents;
    DROP TABLE search_words;
    CREATE VIRTUAL TABLE articles_fts USING fts5(headline, description, body, byline, keywords, content='');
    DELETE FROM _sqlite_migrations WHERE name LIKE 'm008%' OR name LIKE 'm009%';
"""


@pytest.mark.parametrize("step_back", [BEFORE_THE_INDEX_KNEW_PAIRS, BEFORE_THE_INDEX_KNEW_ACCENTS])
def test_an_archive_of_an_older_version_is_searched_like_a_new_one(tmp_path: Path, step_back: str) -> None:
    with open_sample(tmp_path / "old.db") as archive:
        add(archive, harvest(sample("tang-qua", "Liên đoàn Lao động tỉnh tặng quà", "Trao một trăm suất quà.")))
        archive.db.conn.executescript(step_back)
    with contextlib.closing(open_archive(tmp_path / "old.db")) as db:
        assert search(db, '"lao động tỉnh tặng"').total == 1
        assert search(db, "lao động tặng quà", by="relevance").total == 1
        assert list(verify_index(db, lambda *_: None)) == []


def test_reindexing_an_archive_of_an_older_version_builds_its_index_once_and_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(sample("tang-qua", "Liên đoàn Lao động tỉnh tặng quà", "Trao một trăm suất quà.")))
        archive.db.conn.executescript(BEFORE_THE_INDEX_KNEW_PAIRS)
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr("archive.upkeep.progress_bar", lambda: contextlib.nullcontext(lambda *what: told.append(what)))
    builds: list[Database] = []

    def count_words(db: Database) -> dict[str, int]:
        builds.append(db)
        return _all_counts(db)

    monkeypatch.setattr("archive.indexing._all_counts", count_words)
    ended = CliRunner().invoke(app, ["--home", str(tmp_path), "reindex"])
    assert ended.exit_code == 0, ended.output
    assert told.count(("full-text index", 1, 1)) == len(builds) == 1
    with contextlib.closing(open_read_only(tmp_path / "archive.db")) as db:
        assert search(db, '"lao động tỉnh tặng"').total == 1
    assert CliRunner().invoke(app, ["--home", str(tmp_path), "reindex"]).exit_code == 0
    assert told.count(("full-text index", 1, 1)) == len(builds) == 2


def test_the_texts_of_an_older_archive_keep_their_bands_and_what_they_were_compared_with(tmp_path: Path) -> None:
    slugs = ("a-new", "b", "c-again", "d", "e-new")
    with Archive(tmp_path / "old.db") as old:
        pages = [page(article(slug, body=f"{BODY} Chuyện của {slug}.")) for slug in slugs]
        old.add(old.start_run(SITE, MORNING), pages)
        bands = set(old.db.execute(_BANDED).fetchall())
        old.db.conn.executescript(BEFORE_TEXTS_HAD_NUMBERS)
    with Archive(tmp_path / "old.db") as now:
        rows = now.db.execute("SELECT number, article, compared FROM signatures ORDER BY number").fetchall()
        assert [(number, article.removeprefix(f"{SITE}-"), compared) for number, article, compared in rows] == [
            (1, "b", 3),
            (2, "c-again", None),
            (3, "d", 3),
            (4, "a-new", None),
            (5, "e-new", None),
        ]
        assert set(now.db.execute(_BANDED).fetchall()) == bands
        assert conclude(now).pairs
        assert now.db.execute("SELECT count(*) FROM signatures WHERE compared IS NULL").fetchone() == (0,)


_BANDED = "SELECT band, hash, article FROM bands JOIN signatures USING (number)"


def test_an_archive_of_an_older_version_is_not_read_but_the_command_is_named_that_brings_it_up_to_date(
    tmp_path: Path,
) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.db.conn.executescript(BEFORE_TEXTS_HAD_NUMBERS)
    for command in (["status"], ["search", "công"], ["reextract", "thst"], ["schedule", "list"]):
        ended = in_words(tmp_path, *command)
        assert ended.exit == Exit.CANNOT_OPEN
        assert "archive.db: an older version of luutru made it, and m003_texts_have_numbers must" in str(ended)
        assert "'luutru reindex' does that" in str(ended)
    run(tmp_path, "reindex")
    run(tmp_path, "status")


@pytest.mark.parametrize("lost", ["ALTER TABLE runs RENAME TO r", "ALTER TABLE runs RENAME COLUMN reason TO r"])
def test_an_archive_without_a_table_of_ours_is_no_fault_of_the_disk(tmp_path: Path, lost: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.db.execute(lost)
    for command in (["status"], ["schedule", "list"]):
        said = str(in_words(tmp_path, *command))
        assert "archive.db: another version of luutru made it, from which no migration leads here (no such" in said
        assert f"'luutru --home NEW ingest {tmp_path}/warc/*.warc.gz' reads them anew" in said


def in_words(home: Path, *command: str) -> Fault:
    """The fault that a command ends with."""
    ended = CliRunner().invoke(app, ["--home", str(home), *command])
    if isinstance(ended.exception, Fault):
        return ended.exception
    return Fault(ended.output, Exit(ended.exit_code))


def test_who_waits_for_the_write_lock_has_it_at_the_first_look_behind_its_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (open_archive(tmp_path / "archive.db") for _ in range(2))
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            one.conn.commit()

    monkeypatch.setattr("archive.schema.time.sleep", look)
    one.conn.execute("BEGIN IMMEDIATE")
    with transaction(other):
        assert len(looks) == 3
    assert max(looks) < 0.1  # SQLite's own become so rare
    one.close()
    other.close()


def test_the_write_lock_is_waited_for_no_longer_than_the_connection_says(tmp_path: Path) -> None:
    one, other = (open_archive(tmp_path / "archive.db") for _ in range(2))
    other.execute("PRAGMA busy_timeout = 50")
    with transaction(one), pytest.raises(sqlite3.OperationalError, match="locked"), transaction(other):
        pass
    assert other.execute("PRAGMA busy_timeout").fetchone()[0] == 50
    with transaction(other):
        pass
    one.close()
    other.close()
