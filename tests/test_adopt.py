"""What a killed crawl recorded and did not store: every record gets its capture at the next start, each once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from harvests import capture
from sample_archive import open_sample
from warcs import PAGE, exchange

from archive import adopt as adopting
from archive.adopt import adopt
from archive.posted import posted_address
from archive.records import Capture, Found, Harvest, Visit, WarcRecord
from archive.store import Archive
from archive.verify import verify
from archive.warc import Earlier, WarcWriter, payload_sha1
from archive.warcfields import NOT_VERIFIED

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


def test_many_records_are_adopted_in_short_transactions_and_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting, "_BATCH", 2)
    add, left = Archive.add, iter(range(3))

    def killed_at_last(*given: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return add(*given)  # type: ignore[arg-type]

    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        for number in range(5):
            writer.write(exchange(f"{BASE}/xuan-{number}.html"))
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(Archive, "add", killed_at_last)
            adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        assert archive.db.table("captures").count == 2
        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 3
        assert findings(archive, tmp_path) == []


def test_only_what_was_written_since_a_crawl_that_came_to_its_end_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, begins = adopting.walk, []

    def watched(path: Path, begin: int) -> object:
        begins.append(begin)
        return walk(path, begin)

    monkeypatch.setattr(adopting, "walk", watched)
    with open_sample(tmp_path / "archive.db") as archive:
        places = []
        for _ in range(2):  # each goes on with the file of the one before
            run, writer = archive.start_run("songlam", AT), WarcWriter(tmp_path / "warc", "songlam")
            places.append(writer.write(exchange(f"{BASE}/xuan-1.html")))
            stored(archive, run, places[-1])
            writer.close()
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        assert begins == [places[0].offset + places[0].length]
        archive.finish_run(run, AT, "finished", {})
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        assert len(begins) == 1


@pytest.mark.parametrize("reason", ["shutdown", "archive failed: OSError: disk full"])
def test_a_crawl_that_was_closed_before_its_end_may_have_left_records_too(tmp_path: Path, reason: str) -> None:
    """After a second Ctrl-C nobody waits for the pages that are being read."""
    with open_sample(tmp_path / "archive.db") as archive:
        run, writer = archive.start_run("songlam", AT), WarcWriter(tmp_path / "warc", "songlam")
        places = [writer.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(2)]
        stored(archive, run, places[1])
        writer.close()
        archive.finish_run(run, AT, reason, {})
        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 1
        assert findings(archive, tmp_path) == []


def test_work_on_a_site_that_is_no_crawl_says_nothing_of_what_a_crawl_left(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        places = [writer.write(exchange(f"{BASE}/xuan-1.html")) for _ in range(2)]
        stored(archive, archive.start_run("songlam", AT), places[1])
        writer.close()
        ingest = archive.start_run("songlam", AT, "ingest")
        archive.finish_run(ingest, AT, "finished", {})
        assert adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam") == 1


def test_an_adopted_capture_says_of_the_body_what_the_recorder_would_have_said(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        first = writer.write(exchange(f"{BASE}/xuan-1.html"))
        same = Earlier(f"{BASE}/xuan-1.html", AT, first.record_id, payload_sha1(PAGE))
        writer.write(exchange(f"{BASE}/xuan-2.html"), same=same)
        writer.write(exchange(f"{BASE}/xuan-1.html", b"", status=304), same=same, not_modified=True)
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        rows = archive.db.execute(
            'SELECT status, size, sha256, payload_sha1, refers_to FROM captures ORDER BY "offset"'
        )
        page = len(PAGE), hashlib.sha256(PAGE).hexdigest(), payload_sha1(PAGE)
        assert rows.fetchall() == [
            (200, *page, None),
            (200, *page, first.record_id),
            (304, 0, hashlib.sha256(b"").hexdigest(), payload_sha1(b""), first.record_id),
        ]
        assert findings(archive, tmp_path) == []


def test_an_adopted_capture_says_whether_the_certificate_was_verified(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        writer = WarcWriter(tmp_path / "warc", "songlam")
        writer.write(exchange("http://songlam.example/1"))
        writer.write(exchange("https://songlam.example/2"))
        writer.write(exchange("https://songlam.example/3"), note=f"{NOT_VERIFIED}hết hạn từ năm 2023")
        adopt(archive, tmp_path / "warc", archive.start_run("songlam", AT), "songlam")
        told = [row[0] for row in archive.db.execute('SELECT tls FROM captures ORDER BY "offset"')]
        assert told == [None, "verified", "hết hạn từ năm 2023"]


def test_the_answer_to_a_form_is_adopted_under_the_address_that_it_has_in_the_frontier(tmp_path: Path) -> None:
    section = f"{BASE}/ds.aspx"
    url = posted_address(section, [("page", "2")])
    with open_sample(tmp_path / "archive.db") as archive:
        run = archive.begin_crawl("songlam", [], AT)[0]
        visit = Visit(section, "listing", "done", body_sha256="a")
        found = Found(url, "listing", None, section, 2, "page=2")
        archive.add(run, [Harvest(capture(section, "listing", AT, site="songlam"), found=[found], visit=visit)])
        writer = WarcWriter(tmp_path / "warc", "songlam")
        writer.write(exchange(section, method="POST", request_body=b"page=2", asked=url))
        writer.write(
            exchange(section, method="POST", request_body=b"page=3", asked=f"{BASE}/khac?__wb_method=POST&a=3")
        )

        assert adopt(archive, tmp_path / "warc", run, "songlam") == 2

        rows = archive.db.execute("SELECT url, final_url, role FROM captures WHERE outcome = 'adopted' ORDER BY id")
        assert rows.fetchall() == [(url, section, "listing"), (section, section, "listing")]
        assert archive.db.execute("SELECT form FROM urls WHERE url = ?", [url]).fetchone() == ("page=2",)
        assert findings(archive, tmp_path) == []
