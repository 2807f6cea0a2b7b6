"""Opening an archive: made whole or not at all, by however many processes at once."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.faults import Fault
from archive.schema import NotAnArchive, open_archive, open_read_only

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


def test_an_archive_made_before_pages_were_got_by_forms_becomes_like_a_new_one(tmp_path: Path) -> None:
    def shape(db: Database) -> list[tuple[str, str]]:
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        )
        return [*indexes, *((column.name, column.type) for column in db.table("urls").columns)]

    old = open_archive(tmp_path / "old.db")
    for statement in (
        "DROP INDEX idx_urls_broken",
        "ALTER TABLE urls DROP COLUMN form",
        "DROP INDEX idx_signatures_digest_article",
        "CREATE INDEX idx_signatures_digest ON signatures (digest)",
        "DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%'",
    ):
        old.execute(statement)
    old.conn.commit()
    old.close()
    assert shape(open_archive(tmp_path / "old.db")) == shape(open_archive(tmp_path / "new.db"))
