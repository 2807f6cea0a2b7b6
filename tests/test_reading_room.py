"""The reading room: what every page of it keeps to."""

from __future__ import annotations

from rooms import Rooms, reading_room

__all__ = ["reading_room"]


def test_a_page_carries_the_headers_that_keep_archived_text_harmless(reading_room: Rooms) -> None:
    answer = reading_room.page.get("/")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_each_language_has_its_own_addresses(reading_room: Rooms) -> None:
    assert '<html lang="vi">' in reading_room.page.get("/tim").text
    assert '<html lang="en">' in reading_room.page.get("/en/tim").text


def test_a_foreign_host_name_is_refused(reading_room: Rooms) -> None:
    assert reading_room.page.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert reading_room.raw.get("/x", headers={"Host": "evil.example"}).status_code == 421
