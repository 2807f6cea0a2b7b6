"""What a killed crawl recorded and did not store: every record gets its capture at the next start, each once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sample_archive import open_sample
from warcs import PAGE, exchange

from archive.adopt import adopt
from archive.records import Capture, Harvest, WarcRecord
from archive.store import Archive
from archive.verify import verify
from archive.warc import Earlier, WarcWriter, payload_sha1

AT = "2026-02-03T08:15:30+07:00"
BASE = "http://songlam.example"


def stored(archive: Archive, run: int, *places: WarcRecord) -> None:
    """Commit the captures of some records."""
    captures = [
        Capture(
            site="songlam",
            url=f"{BASE}/xuan-1.html",
            final_url=f"{BASE}/xuan-1.html",
            role="listing",
            fetched_at=AT,
            status=200,
            media_type="text/html",
            size=len(PAGE),
            sha256=hashlib.sha256(PAGE).hexdigest(),
            outcome="listing",
            payload_sha1=payload_sha1(PAGE),
            record=place,
        )
        for place in places
    ]
    archive.add(run, [Harvest(one) for one in captures])


def findings(archive: Archive, home: Path) -> list[str]:
    return [finding.what for finding in verify(archive.db, home / "warc")]


def test_a_record_is_adopted_though_a_later_one_was_stored(tmp_path: Path) -> None:
    """Pages are stored in the order in which they were read, not in that in which they came."""
    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        places = [writer.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(3)]
        stored(archive, archive.start_run("songlam", AT), places[2], places[0])

        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 1

        rows = archive.db.execute('SELECT record_id, outcome FROM captures ORDER BY "offset"').fetchall()
        assert rows == [
            (places[0].record_id, "listing"),
            (places[1].record_id, "adopted"),
            (places[2].record_id, "listing"),
        ]
        assert findings(archive, tmp_path) == []
        assert not list((tmp_path / "warc").glob("*.open"))


def test_a_record_in_a_file_that_was_completed_before_the_kill_is_adopted_too(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        whole = WarcWriter(tmp_path / "warc", "songlam")
        places = [whole.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(2)]
        whole.close()
        writer = WarcWriter(tmp_path / "warc", "songlam", largest=1)
        places += [writer.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(3)]
        assert len({place.warc for place in places}) == 4
        stored(archive, archive.start_run("songlam", AT), places[1], places[2])

        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 3
        assert findings(archive, tmp_path) == []


def test_adopting_that_is_killed_halfway_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        places = [writer.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(3)]
        stored(archive, archive.start_run("songlam", AT), places[2])
        for broken in ("archive.adopt.repair", "archive.store.Archive.add"):
            with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
                patched.setattr(broken, killed)
                adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        assert archive.db.table("captures").count == 3
        assert findings(archive, tmp_path) == []


def test_an_adopted_revisit_is_not_taken_for_the_record_that_has_the_body(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        first = writer.write(exchange(f"{BASE}/xuan-1.html"))
        same = Earlier(f"{BASE}/xuan-1.html", AT, first.record_id, payload_sha1(PAGE))
        writer.write(exchange(f"{BASE}/xuan-1.html"), same=same)
        stored(archive, archive.start_run("songlam", AT), first)
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        assert archive.db.execute("SELECT refers_to FROM captures ORDER BY id").fetchall() == [
            (None,),
            (first.record_id,),
        ]
        assert findings(archive, tmp_path) == []


def test_another_sites_records_are_left_to_its_own_crawl(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        WarcWriter(tmp_path / "warc", "ptsonglam").write(exchange())
        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 0
        assert len(list((tmp_path / "warc").glob("*.open"))) == 1
