"""A reading room over a small archive with every kind of thing in it, and a client for each of its two origins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from captured import SITE, Captured
from starlette.testclient import TestClient

from archive.web.app import reading_room as room_application
from archive.web.pool import Readers
from archive.web.raw import raw_pages
from archive.web.room import Room

ADDRESS, RAW_ADDRESS = "http://127.0.0.1:8000", "http://127.0.0.1:8001"


@dataclass(frozen=True)
class Rooms:
    """``page`` and ``raw`` are clients of the two origins; ``room`` is what both are made of."""

    page: TestClient
    raw: TestClient
    room: Room


def open_rooms(home: Path, seconds: float = 5.0) -> Rooms:
    """Clients for a home directory, whatever is in it."""
    room = Room(home, ADDRESS, RAW_ADDRESS, Readers(home / "archive.db", seconds))
    return Rooms(
        TestClient(room_application(room), ADDRESS, follow_redirects=False),
        TestClient(raw_pages(room), RAW_ADDRESS, follow_redirects=False),
        room,
    )


@pytest.fixture(scope="module")
def reading_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Over an archive that :func:`fill` made."""
    home = tmp_path_factory.mktemp("room")
    fill(home)
    rooms = open_rooms(home)
    yield rooms
    rooms.room.readers.close()


def fill(home: Path) -> None:
    """An archive with WARC files, of an invented site."""
    captured = Captured(home)
    captured.page("/tin-tuc/cau-moi.html", "<p>Cầu mới qua sông.</p>", "2024-07-20T08:00:00+07:00", "Cầu mới qua sông")
    captured.close()


__all__ = ["SITE", "Rooms", "fill", "open_rooms", "reading_room"]
