"""Captures in the reading room: their bytes to take home, and the other origin, where archived pages are looked at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from rooms import ATTACK_PAGE, BRIDGE, OTHER, SVG, Rooms, fill, open_rooms, picture, reading_room
from warcio.archiveiterator import ArchiveIterator

from archive.schema import open_read_only
from archive.web.capture_page import ARTICLES_OF
from archive.web.captures import name_of, picture_type

__all__ = ["reading_room"]


def test_an_archived_page_is_shown_as_it_came_in_a_sandbox(reading_room: Rooms) -> None:
    answer = reading_room.raw.get(f"/{reading_room.record('tan-cong.html')}")
    assert answer.status_code == 200
    assert answer.content == ATTACK_PAGE.encode()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert not [one for one in policy if "script" in one or "allow" in one]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Connection-Allowlist"] == "()"
    assert answer.headers["X-DNS-Prefetch-Control"] == "off"


def test_the_other_origin_has_nothing_but_archived_pages(reading_room: Rooms) -> None:
    for path in ("/", "/tim", f"/bai/{BRIDGE}", "/tep/room.css"):
        answer = reading_room.raw.get(path)
        assert answer.status_code == 404
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("file", ["doc.svg", "qua.pdf"])
def test_what_could_run_is_a_file_to_save(reading_room: Rooms, file: str) -> None:
    answer = reading_room.raw.get(f"/{reading_room.record(file)}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_the_first_origin_never_shows_an_archived_page(reading_room: Rooms) -> None:
    answer = reading_room.page.get(f"/tai-ve/{reading_room.record('tan-cong.html')}")
    assert answer.content == ATTACK_PAGE.encode()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_a_picture_is_what_its_bytes_say(reading_room: Rooms) -> None:
    answer = reading_room.page.get(f"/hinh/{reading_room.record('cau.png')}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content == picture()
    for file in ("doc.svg", "gia.jpg", "tan-cong.html"):
        assert reading_room.page.get(f"/hinh/{reading_room.record(file)}").status_code == 415


def test_a_record_can_be_taken_home_and_read_by_others(reading_room: Rooms) -> None:
    answer = reading_room.page.get(f"/warc/{reading_room.record('tan-cong.html')}")
    record = next(iter(ArchiveIterator(BytesIO(answer.content))))
    assert record.rec_headers.get_header("WARC-Target-URI") == "http://songlam.example/tin-tuc/tan-cong.html"
    assert record.content_stream().read() == ATTACK_PAGE.encode()


def test_each_capture_of_an_article_leads_to_it_and_one_of_no_article_to_none(reading_room: Rooms) -> None:
    with closing(open_read_only(reading_room.room.archive)) as db:
        sql = "SELECT record_id FROM captures WHERE url LIKE '%/cau-moi.html' AND record_id IS NOT NULL"
        versions = [name_of(row[0]) for row in db.execute(sql)]
        row = next(iter(db.query("SELECT * FROM captures LIMIT 1")))
        plan = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {ARTICLES_OF}", row)]
    assert len(versions) == 2
    for name in versions:
        page = reading_room.page.get(f"/ban-chup/{name}").text
        assert f'href="/bai/{BRIDGE}"' in page
        assert f"đem lại phiên bản {1 + versions.index(name)} của bài:" in page
        assert "hiện là của bài sau" not in page
    assert 'href="/bai/' not in reading_room.page.get(f"/ban-chup/{reading_room.record('cau.png')}").text
    assert not [step for step in plan if step.startswith("SCAN")]


def test_a_capture_whose_address_is_another_articles_now_says_so(tmp_path: Path) -> None:
    fill(tmp_path)
    rooms = open_rooms(tmp_path)
    capture = f"/ban-chup/{rooms.record('cau-moi.html')}"
    moved = "UPDATE addresses SET article = ? WHERE url LIKE '%songlam.example/tin-tuc/cau-moi.html'"
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute(moved, [OTHER])
    page = rooms.page.get(capture).text
    assert "Địa chỉ này hiện là của bài sau, nhưng bản chụp này không đem lại phiên bản nào của bài ấy:" in page
    assert f'href="/bai/{OTHER}"' in page
    assert f'href="/bai/{BRIDGE}"' not in page
    assert "its address now belongs" in rooms.page.get(f"/en{capture}").text.lower()


def test_a_capture_tells_its_headers_digest_and_place(reading_room: Rooms) -> None:
    name = reading_room.record("tan-cong.html")
    page = reading_room.page.get(f"/ban-chup/{name}").text
    assert "text/html; charset=utf-8</td>" in page
    assert f"&lt;urn:uuid:{name}&gt;" in page
    assert "sha1:" in page
    assert ".warc.gz" in page
    assert f'href="http://127.0.0.1:8001/{name}"' in page


@pytest.mark.parametrize("name", ["khong-co", "%00", "a" * 3000, "..%2f..%2farchive.db", "<urn:uuid:x>", ""])
def test_a_capture_that_is_not_there_is_told(reading_room: Rooms, name: str) -> None:
    for page in ("ban-chup", "tai-ve", "warc", "hinh"):
        answer = reading_room.page.get(f"/{page}/{name}")
        assert answer.status_code == 404
        assert "Traceback" not in answer.text
    assert reading_room.raw.get(f"/{name}").status_code == 404


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (picture(2, 2), "image/png"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"RIFF\0\0\0\0WAVE", None),
        (SVG.encode(), None),
        (b"<!doctype html>", None),
        (b"", None),
        (None, None),
    ],
)
def test_only_pictures_without_scripts_are_pictures(body: bytes | None, media_type: str | None) -> None:
    assert picture_type(body) == media_type
