"""What the reading room says when its archive is missing, old, foreign, damaged or slow: a page, and what to do."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rooms import BRIDGE, fill, open_rooms
from sample_archive import add, harvest, open_sample, sample

from archive import schema
from archive.web.pool import Readers, TooMany, TooSlow


def test_without_an_archive_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    rooms = open_rooms(tmp_path)
    answer = rooms.page.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Chưa có kho lưu trữ" in answer.text
    assert "luutru crawl" in answer.text
    assert rooms.raw.get("/x").status_code == 503
    fill(tmp_path)
    assert rooms.page.get("/").status_code == 200, "an archive that came later is found"


def test_an_archive_of_an_older_version_is_told_how_to_bring_it_up_to_date(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("DELETE FROM _sqlite_migrations WHERE rowid = (SELECT max(rowid) FROM _sqlite_migrations)")
    answer = open_rooms(tmp_path).page.get("/tim?q=cau")
    assert answer.status_code == 503
    assert "luutru reindex" in answer.text


@pytest.mark.parametrize("data", [b"no database at all" * 100, None])
def test_a_file_that_is_no_archive_is_told(tmp_path: Path, data: bytes | None) -> None:
    if data is None:
        with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
            db.execute("CREATE TABLE other (name)")
    else:
        (tmp_path / "archive.db").write_bytes(data)
    answer = open_rooms(tmp_path).page.get("/en/")
    assert answer.status_code == 503
    assert "The archive cannot be read" in answer.text
    assert "Traceback" not in answer.text


def test_a_text_that_is_no_utf_8_is_told_as_damage_of_the_file(tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("UPDATE articles SET body = CAST(x'61ff62' AS TEXT) WHERE id = ?", [BRIDGE])
    answer = open_rooms(tmp_path).page.get(f"/bai/{BRIDGE}")
    assert answer.status_code == 503
    assert "luutru verify" in answer.text


def test_who_may_not_write_beside_the_archive_sees_what_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_log(path: Path) -> sqlite3.Connection:
        """As where the folder may not be written: SQLite needs a file there even to read."""
        is_logged = path.with_name(f"{path.name}-wal").exists()
        address = f"{path.as_uri()}?mode=ro{'' if is_logged else '&immutable=1'}"
        return sqlite3.connect(address, uri=True, check_same_thread=False)

    open_sample(tmp_path / "archive.db").close()
    monkeypatch.setattr(schema, "_connect_read_only", without_log)
    rooms = open_rooms(tmp_path)
    assert rooms.page.get("/tim?q=bùn").status_code == 200
    with closing(open_sample(tmp_path / "archive.db")) as archive:
        add(archive, harvest(sample("bun", "Vét bùn kênh Ngang", "Đoàn viên vét bùn.")))
        assert "Vét" in rooms.page.get("/tim?q=bùn").text, "while the writer has the file open"
    assert "Vét" in rooms.page.get("/tim?q=bùn").text, "and when it has closed it"
    rooms.room.readers.close()


def test_another_archive_in_the_same_place_is_seen(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    rooms = open_rooms(tmp_path)
    assert "Kho đang giữ 0 tin bài" in rooms.page.get("/").text
    (tmp_path / "new").mkdir()
    fill(tmp_path / "new")
    for path in tmp_path.glob("archive.db-*"):
        path.unlink()
    (tmp_path / "new" / "archive.db").rename(tmp_path / "archive.db")
    assert rooms.page.get("/tim?q=cau+moi").status_code == 200
    assert "Cầu" in rooms.page.get("/tim?q=cau+moi").text


def test_a_question_that_takes_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    monkeypatch.setattr("archive.web.pool._STEPS", 1)
    impatient = open_rooms(tmp_path, seconds=0.0)
    answer = impatient.page.get("/tim?q=ngay+hoi")
    assert answer.status_code == 503
    assert "Lượt tìm này cần quá nhiều thời gian" in answer.text


def test_a_search_that_its_own_clock_ends_is_told_so_too(tmp_path: Path) -> None:
    fill(tmp_path)
    impatient = open_rooms(tmp_path, seconds=0.0)
    answer = impatient.page.get("/tim?q=ngay+hoi")
    assert answer.status_code == 503
    assert "Lượt tìm này cần quá nhiều thời gian" in answer.text
    assert impatient.page.get("/tim.json?q=ngay+hoi").status_code == 503


def test_an_endless_query_is_interrupted_and_its_thread_serves_on(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    readers = Readers(tmp_path / "archive.db", seconds=0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    async def ask() -> int:
        for _ in range(5):
            with pytest.raises(TooSlow):
                await readers.ask(lambda db: db.execute(endless).fetchone())
        return int(await readers.ask(lambda db: db.execute("SELECT count(*) FROM articles").fetchone()[0]))

    assert asyncio.run(ask()) == 0
    readers.close()


def test_nothing_can_be_written_through_a_reader(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    readers = Readers(tmp_path / "archive.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        asyncio.run(readers.ask(lambda db: db.execute("DELETE FROM sites")))
    readers.close()


def test_who_comes_when_too_many_wait_is_sent_away_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_sample(tmp_path / "archive.db").close()
    monkeypatch.setattr("archive.web.pool._MOST_WAITING", 2)
    readers = Readers(tmp_path / "archive.db", seconds=0.5)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    async def ask() -> list[object]:
        asked = [readers.ask(lambda db: db.execute(endless).fetchone()) for _ in range(4)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    assert [type(found) for found in asyncio.run(ask())] == [TooSlow, TooSlow, TooMany, TooMany]
    readers.close()
