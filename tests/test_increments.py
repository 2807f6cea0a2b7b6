"""A reader of increments holds what a whole export holds: whatever happened between, and while others write."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_archive import FETCHED, add, forget, harvest, open_sample, run, sample, sample_id

from archive.articles import SCHEMA_FILE, UnknownArticle
from archive.conclude import conclude, conclude_about
from archive.correcting import correct, decide, signed
from archive.corrections import corrections_of
from archive.cursor import BadCursor, Cursor, cursor_now
from archive.exits import Exit
from archive.export import Choice, selected, write_export
from archive.frontier import mark_gone
from archive.givenvalues import CorrectionError, read_line
from archive.records import Link, Sighting, Source
from archive.reindex import reindex
from archive.schema import open_read_only, snapshot
from archive.store import Archive
from crawler.profiles import Profiles
from crawler.register import register

KEYS = ("mot", "hai", "ba", "bon")
LONG = (
    "Công đoàn cơ sở nhà máy may tổ chức ngày hội đọc sách cho con em công nhân với hơn hai trăm đầu sách do đoàn viên"
    " quyên góp, buổi chiều các em thi kể chuyện, vẽ tranh và nhận quà là những tấm thẻ thư viện dùng trong một năm."
)


class Reader:
    """Somebody who takes a whole export, and from then on increments. ``seen``: how often each id came with each."""

    def __init__(self, site: str | None = None) -> None:
        self.site = site
        self.held: dict[str, dict[str, Any]] = {}
        self.cursor: Cursor | None = None

    def read(self, db: Any) -> list[str]:
        """One export; returns the ids in it."""
        out = BytesIO()
        self.cursor = write_export(db, out, Choice(self.site, self.cursor)).cursor
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        for line in lines:
            if line["schema"] == "luutru.removed/1":
                self.held.pop(line["id"], None)
            else:
                self.held[line["id"]] = line
        ids = [line["id"] for line in lines]
        assert len(ids) == len(set(ids)), "an article stands in an export once"
        return ids


def whole(db: Any, site: str | None = None) -> dict[str, dict[str, Any]]:
    reader = Reader(site)
    reader.read(db)
    return reader.held


def page(key: str, text: str, at: int, site: str, other: str, undated: bool) -> Any:
    """A page of an article that links to another one and is copied from it, at the hour ``at`` of a month."""
    told = sample(
        key,
        f"Tin {key}",
        f"{LONG} {text}",
        site=site,
        source=Source(None, f"http://{site}.example/tin-tuc/{other}.html"),
        links=[Link(f"http://{site}.example/tin-tuc/{other}.html", other, "older", 0, sample_id(site, other))],
        date_published=None if undated else "2024-05-01T09:05:00+07:00",
    )
    listing = Sighting(site, "http://x.example/", "listing", told.url, told.id, told.headline, DAY, "02/05/2024", "day")
    when = f"2024-08-{1 + at // 24:02}T{at % 24:02}:00:00+07:00"
    return harvest(told, when, [f"http://{site}.example/{key}-{at % 5}.html"], [listing] if undated else [])


DAY = "2024-05-02T00:00:00+07:00"
_PAGES = st.builds(
    page,
    st.sampled_from(KEYS),
    st.sampled_from(("cũ", "mới")),
    st.integers(0, 99),
    st.sampled_from(("songlam", "ptsonglam")),
    st.sampled_from(KEYS),
    st.booleans(),
)
_STEPS = st.one_of(
    st.tuples(st.just("pages"), st.lists(_PAGES, min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["conclude", "reindex", "undo"]), st.none()),
    st.tuples(st.just("delete"), st.sampled_from(KEYS)),
    st.tuples(st.just("gone"), st.sampled_from(KEYS)),
    st.tuples(st.just("corrected"), st.tuples(st.sampled_from(KEYS), st.sampled_from(("Tít mới", "Tít khác", None)))),
    st.tuples(st.just("renamed"), st.sampled_from(("Nghệ An", "Hà Tĩnh"))),
)


def take(archive: Archive, what: str, told: Any) -> None:
    if what == "pages":
        for one in told:
            add(archive, one, site=one.capture.site)
    elif what == "conclude":
        conclude(archive)
    elif what == "reindex":
        reindex(archive.db)
    elif what == "delete":
        forget(archive, sample_id("songlam", told))
    elif what == "undo":
        with pytest.raises(KeyboardInterrupt), archive.transaction():
            add(archive, harvest(sample("khong", "Không thành", "Một đoạn.")))
            raise KeyboardInterrupt
    elif what == "corrected":
        correct_headline(archive, sample_id("songlam", told[0]), told[1])
    elif what == "renamed":
        archive.db.execute("UPDATE sites SET province = ?", [told])
        for site in ("songlam", "ptsonglam"):
            archive.note_site(site, FETCHED)
    elif what == "gone":
        with archive.transaction():
            for id in mark_gone(archive.db, {sample_id("songlam", told): ("2024-09-30T08:00:00+07:00", "404")}):
                archive.db.table("changes").insert({"article": id, "kind": "gone", "at": FETCHED})


_MINUTES = count()


def correct_headline(archive: Archive, article: str, headline: str | None) -> None:
    """An archivist gives another headline; None: takes the one back that was given."""
    by = signed("Hoàng Thị Mơ", "Theo báo in", (NOON + timedelta(minutes=next(_MINUTES))).isoformat())
    with suppress(CorrectionError, UnknownArticle):
        if headline is not None:
            correct(archive.db, article, {"headline": read_line(headline, "headline")}, by)
            conclude_about(archive, [article])
        elif given := corrections_of(archive.db, article):
            decide(archive.db, given[-1].number, "withdrawn", by)


NOON = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=7)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(_STEPS, st.booleans()), min_size=2, max_size=12))
def test_a_whole_export_and_all_increments_are_what_a_whole_export_is_at_the_end(
    steps: list[tuple[tuple[str, Any], bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """``steps``: what happens, and whether the readers look after it."""
    with open_sample(tmp_path_factory.mktemp("kho") / "archive.db") as archive:
        readers = [Reader(), Reader("songlam")]
        take(archive, "pages", [page(key, "cũ", 0, "songlam", KEYS[0], key == "ba") for key in KEYS[:3]])
        for (what, told), looked in [(("undo", None), True), *steps, (("undo", None), True)]:
            take(archive, what, told)
            if looked:
                for reader in readers:
                    reader.read(archive.db)
        for reader in readers:
            assert reader.held == whole(archive.db, reader.site)
            assert reader.read(archive.db) == []


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, *(harvest(sample(key, f"Tin {key}", "Một đoạn.")) for key in KEYS))
        yield opened


def test_an_article_that_changed_ten_times_stands_in_an_increment_once_as_it_is_now(archive: Archive) -> None:
    reader = Reader()
    reader.read(archive.db)
    for n in range(10):
        add(archive, harvest(sample("mot", "Tin một", f"Lần thứ {n}."), f"2024-08-02T06:{n:02}:00+07:00"))
    assert reader.read(archive.db) == [sample_id("songlam", "mot")]
    assert reader.held[sample_id("songlam", "mot")]["body"] == "Lần thứ 9."


def test_a_removed_article_is_a_tombstone_and_what_links_to_it_is_shown_anew(archive: Archive) -> None:
    hai = sample_id("songlam", "hai")
    link = Link("http://songlam.example/tin-tuc/hai.html", "Tin hai", "older", 0, hai)
    add(archive, harvest(sample("mot", "Tin mot", "Một đoạn.", links=[link]), "2024-08-02T06:30:00+07:00"))
    cursor = cursor_now(archive.db)
    forget(archive, hai)
    article, tombstone = selected(archive.db, Choice(since=cursor))
    assert [one["id"] for one in article["related"]] == [None]
    form = json.loads(SCHEMA_FILE.with_name("removed.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(form | {"additionalProperties": False}).validate(tombstone)
    assert (tombstone["id"], tombstone["site"]) == (hai, "songlam")
    assert list(selected(archive.db, Choice("ptsonglam", cursor_of(cursor, "ptsonglam")))) == []
    add(archive, harvest(sample("hai", "Tin hai", "Đã lấy lại."), "2024-08-03T06:30:00+07:00"))
    assert [one["schema"] for one in selected(archive.db, Choice(since=cursor))] == ["luutru.article/1"] * 2


def cursor_of(cursor: Cursor, site: str) -> Cursor:
    return dataclasses.replace(cursor, site=site)


def test_a_profile_that_names_another_publisher_changes_all_articles_of_its_site(archive: Archive) -> None:
    profile = Profiles(None).load("thst")
    register(archive, profile, FETCHED)
    add(archive, harvest(sample("mot", "Tin mot", "Một đoạn.", site="thst")), site="thst")
    reader = Reader()
    reader.read(archive.db)
    register(archive, profile, FETCHED)
    assert reader.read(archive.db) == []
    register(archive, msgspec.structs.replace(profile, publisher="Đài mới"), FETCHED)
    assert reader.read(archive.db) == [sample_id("thst", "mot")]
    assert reader.held == whole(archive.db)


def test_a_cursor_of_another_archive_is_refused(archive: Archive, tmp_path: Path) -> None:
    cursor = cursor_now(archive.db)
    (tmp_path / "khac").mkdir()
    with open_sample(tmp_path / "khac" / "archive.db") as other:
        add(other, *(harvest(sample(key, f"Tin {key}", "Một đoạn.")) for key in KEYS))
    ended = run(tmp_path / "khac", "export", "--since-cursor", str(cursor))
    assert (ended.exit_code, ended.stdout) == (Exit.USAGE, "")
    assert "belongs to another archive" in ended.stderr
    assert "without --since-cursor" in ended.stderr


def test_a_cursor_that_the_archive_has_not_seen_is_refused(archive: Archive, tmp_path: Path) -> None:
    """A backup was put back: it may have fewer changes now, or as many others."""
    (tmp_path / "sao").mkdir()
    archive.db.execute("VACUUM INTO ?", [str(tmp_path / "sao" / "archive.db")])
    add(archive, harvest(sample("nam", "Tin năm", "Một đoạn.")))
    cursor = cursor_now(archive.db)
    with Archive(tmp_path / "sao" / "archive.db") as restored:
        for _ in range(2):
            with pytest.raises(BadCursor, match="restored from a backup"):
                list(selected(restored.db, Choice(since=cursor)))
            add(restored, harvest(sample("sau", "Tin sáu", "Một đoạn.")))
    assert Cursor.of(str(cursor)) == cursor


def test_a_cursor_of_one_site_does_not_serve_for_all(archive: Archive) -> None:
    for asked, came in ((None, "songlam"), ("songlam", None), ("ptsonglam", "songlam")):
        with pytest.raises(BadCursor, match="it comes from an export with"):
            list(selected(archive.db, Choice(asked, cursor_now(archive.db, came))))


@pytest.mark.parametrize("text", ["", "12", "x" * 500, "0123456789abcdef.1", "0123456789abcdef.-1.00000000", "\x00"])
def test_what_is_no_cursor_is_refused_in_words(archive: Archive, tmp_path: Path, text: str) -> None:
    ended = run(tmp_path, "export", "--since-cursor", text)
    assert ended.exit_code == Exit.USAGE
    assert "is no cursor" in ended.stderr
    assert len(ended.stderr) < 300


def test_an_empty_archive_has_a_cursor_before_all_changes(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as empty:
        reader = Reader()
        assert reader.read(empty.db) == []
        add(empty, harvest(sample("mot", "Tin mot", "Một đoạn.")))
        assert reader.read(empty.db) == [sample_id("songlam", "mot")]


def test_copies_of_an_archive_are_the_same_archive_and_new_ones_are_not(archive: Archive, tmp_path: Path) -> None:
    cursor = cursor_now(archive.db)
    archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "archive.db", tmp_path / "ban-sao.db")
    with Archive(tmp_path / "ban-sao.db") as copy, Archive(tmp_path / "moi.db") as new:
        assert cursor_now(copy.db) == cursor
        assert cursor_now(new.db).archive != cursor.archive


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from sample_archive import add, forget, harvest, sample
from archive.conclude import conclude, conclude_about
from archive.correcting import correct, decide, signed
from archive.corrections import corrections_of
from archive.store import Archive
site, rounds = sys.argv[2], int(sys.argv[3])
with Archive(Path(sys.argv[1])) as archive:
    for n in range(rounds):
        at = f"2024-08-{1 + n // 1440:02}T{n // 60 % 24:02}:{n % 60:02}:00+07:00"
        pages = [harvest(sample(f"{k}", f"Tin {k}", f"Lần {n}.", site=site), at) for k in (n % 7, n % 3, 100 + n)]
        add(archive, *pages, site=site)
        if n % 10 == 3:
            forget(archive, pages[2].articles[0].id)
        if n % 20 == 9:
            conclude(archive)
"""


def test_increments_read_while_several_processes_write_miss_and_repeat_nothing(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    arguments = [str(ROOT), str(ROOT / "tests")]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), site, "60", *arguments], env=os.environ)
        for site in ("songlam", "songlam", "ptsonglam")
    ]
    db, reader, increments = open_read_only(path), Reader(), []
    reader.read(db)
    while any(writer.poll() is None for writer in writers):
        began = reader.cursor
        increments.append(reader.read(db))
        with snapshot(db):
            behind = db.execute("SELECT DISTINCT article FROM changes WHERE seq > ? AND seq <= ?", seqs(began, reader))
            assert {id for (id,) in behind} == set(increments[-1])
        time.sleep(0.01)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    reader.read(db)
    assert reader.held == whole(db)
    assert len([one for one in increments if one]) > 5, "they wrote while this read"
    db.close()


def seqs(began: Cursor | None, reader: Reader) -> list[int]:
    assert began is not None
    assert reader.cursor is not None
    return [began.seq, reader.cursor.seq]


def test_a_further_address_of_an_article_changes_its_line(archive: Archive) -> None:
    reader = Reader()
    reader.read(archive.db)
    same = sample("mot", "Tin mot", "Một đoạn.")
    add(archive, harvest(same, "2024-08-02T06:30:00+07:00", ["http://songlam.example/khac/mot.html"]))
    assert reader.read(archive.db) == [same.id]
    assert reader.held == whole(archive.db)
