"""Hostile questions do no harm: those of benchmarks/hostile.py in a short form, and what they brought to light once."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from hostile import SEARCHES, TAKEN, hostile_address, hostile_string, wrong_with
from rooms import Rooms, fill, open_rooms, reading_room
from test_reading_room import faults_of

from archive.filters import Filters
from archive.schema import open_read_only
from archive.search import Results, search
from archive.vocabulary import Vocabulary
from archive.web import export_page
from archive.web.pool import TooSlow

__all__ = ["reading_room"]


def test_nothing_that_is_asked_makes_a_fault(reading_room: Rooms) -> None:
    chance = random.Random(5)  # noqa: S311 - the same questions each time
    asked = (hostile_address(chance, [*SEARCHES, *TAKEN]) for _ in range(360))
    for address in (one for one in asked if len(one) < 60_000):  # the client takes no longer ones
        answer = reading_room.page.get(address)
        assert wrong_with(answer.status_code, answer.headers, answer.content, 0) is None, address
        if answer.headers["Content-Type"].startswith("text/html"):
            assert faults_of(answer.text) == [], address


def test_the_command_answers_whatever_is_typed_or_says_what_is_wrong(tmp_path: Path) -> None:
    fill(tmp_path)
    chance = random.Random(6)  # noqa: S311
    for _ in range(12):
        words = hostile_string(chance).replace(b"\0", b"")
        done = luutru(tmp_path, "search", "--", words.decode("utf-8", "surrogateescape"))
        assert done.returncode in {0, 2}, words
        assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("until", ["9999", "9999-12", "9999-12-31"])
def test_a_search_may_end_with_the_last_day_there_is(reading_room: Rooms, until: str) -> None:
    with closing(open_read_only(reading_room.room.archive)) as db:
        assert search(db, "cầu", Filters(until=until)).total > 0


def test_a_word_longer_than_any_word_is_like_no_other(reading_room: Rooms) -> None:
    with closing(open_read_only(reading_room.room.archive)) as db:
        vocabulary, looked_up = Vocabulary(db), []
        assert vocabulary.near("caux")
        db.conn.set_trace_callback(looked_up.append)
        assert vocabulary.near("x" * 2_000) == []
        assert looked_up == []


@pytest.mark.parametrize("form", ["jsonl", "csv", "atom"])
def test_a_file_of_results_that_cannot_be_read_from_the_start_is_told_as_a_page(tmp_path: Path, form: str) -> None:
    fill(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("DELETE FROM captures")
    answer = open_rooms(tmp_path).page.get(f"/tim.{form}?q=ngay+hoi")
    assert answer.status_code == 503
    assert "luutru verify" in answer.text


def test_a_file_of_results_that_cannot_be_read_on_breaks_off_and_is_logged_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path)
    batches = iter([export_page.found])

    def found(*asked: Any) -> Results:
        if (first := next(batches, None)) is None:
            raise TooSlow
        return first(*asked)

    monkeypatch.setattr(export_page, "_BATCH", 5)
    monkeypatch.setattr(export_page, "found", found)
    answer = open_rooms(tmp_path).page.get("/tim.jsonl?q=ngay+hoi")
    assert len(answer.text.splitlines()) == 5
    assert [(record.levelname, record.exc_info) for record in caplog.records if record.name == "luutru.web"] == [
        ("ERROR", None)
    ]
