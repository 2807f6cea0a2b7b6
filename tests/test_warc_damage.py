"""What a killed process left is mended, and what is damaged is stepped over, reported and never believed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcs import PAGE, exchange, foreign, stored, written

from archive import warcframes, warcrecords, warcrepair
from archive.records import WarcRecord
from archive.warc import Damage, Repaired, Stored, WarcWriter, open_files, read, repair, walk


def left(folder: Path, count: int = 3, body: bytes = PAGE) -> tuple[Path, list[int]]:
    """An open file as a killed process leaves it, and where each of its exchanges ends."""
    writer = WarcWriter(folder, "tin")
    places = [writer.write(exchange(f"http://tin.example/{number}.html", body)) for number in range(count)]
    (path,) = open_files(folder, "tin")
    return path, [place.offset + place.length for place in places]


def test_the_open_files_of_a_site_are_not_those_of_a_site_whose_name_begins_alike(tmp_path: Path) -> None:
    for site in ("thst", "thst-cu", "cu-thst"):
        WarcWriter(tmp_path, site).write(exchange())
    written(tmp_path, exchange(), site="thst")
    (tmp_path / "thst-notes.open").touch()
    assert [path.name.rsplit("-", 3)[0] for path in open_files(tmp_path, "thst")] == ["thst"]
    assert [path.name.rsplit("-", 3)[0] for path in open_files(tmp_path, "thst-cu")] == ["thst-cu"]
    assert open_files(tmp_path / "none", "thst") == []


def test_a_file_that_was_left_whole_is_only_renamed(tmp_path: Path) -> None:
    path, ends = left(tmp_path)
    before = path.read_bytes()
    assert repair(path) == Repaired(path.name.removesuffix(".open"), 0, 3)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [before]
    assert ends[-1] == len(before)


def test_wherever_a_file_is_torn_its_whole_exchanges_stay_and_nothing_else(tmp_path: Path) -> None:
    path, ends = left(tmp_path)
    whole = path.read_bytes()
    path.unlink()

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, len(whole) - 1))
    def torn(at: int) -> None:
        path.write_bytes(whole[:at])
        kept = [end for end in ends if end <= at]
        mended = repair(path)
        assert not path.exists()
        if not kept:
            assert mended == Repaired(None, at, 0)
            assert list(tmp_path.iterdir()) == []
            return
        final = tmp_path / path.name.removesuffix(".open")
        assert mended == Repaired(final.name, at - kept[-1], len(kept))
        assert final.read_bytes() == whole[: kept[-1]]
        assert repair(path) == Repaired(final.name, 0, len(kept))
        final.unlink()

    torn()


def test_a_request_without_its_response_is_cut_off(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    first, second = writer.write(exchange()), writer.write(exchange())
    (path,) = open_files(tmp_path, "tin")
    os.truncate(path, second.offset)
    assert second.offset > first.offset + first.length
    assert repair(path) == Repaired(first.warc, second.offset - first.offset - first.length, 1)


def test_mending_that_is_killed_halfway_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, ends = left(tmp_path)
    os.truncate(path, ends[-1] - 1)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            repair(path)
    assert repair(path) == Repaired(path.name.removesuffix(".open"), 0, 2)

    path, ends = left(tmp_path / "other")
    os.truncate(path, ends[-1] - 1)
    with monkeypatch.context() as patched:
        patched.setattr(warcrepair, "sync_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            repair(path)
    assert repair(path) == Repaired(path.name.removesuffix(".open"), 0, 2)


def test_a_file_of_zeros_as_a_power_cut_leaves_it_is_removed(tmp_path: Path) -> None:
    path, _ = left(tmp_path)
    path.write_bytes(bytes(5000))
    assert repair(path).name is None
    assert list(tmp_path.iterdir()) == []


def test_zeros_behind_the_last_record_are_cut_off(tmp_path: Path) -> None:
    path, ends = left(tmp_path)
    os.truncate(path, ends[-1] + 4096)
    assert repair(path) == Repaired(path.name.removesuffix(".open"), 4096, 3)


def test_a_damaged_record_in_the_middle_costs_no_other(tmp_path: Path) -> None:
    path, ends = left(tmp_path)
    data = bytearray(path.read_bytes())
    data[ends[1] - 60] ^= 0xFF
    path.write_bytes(data)
    mended = repair(path)
    assert (mended.cut_bytes, mended.records, len(mended.damaged)) == (0, 2, 1)
    found = list(walk(tmp_path / path.name.removesuffix(".open")))
    assert [one.url[-6:] if isinstance(one, Stored) else one.offset > ends[0] for one in found] == [
        "0.html",
        True,
        "2.html",
    ]
    assert mended.damaged == tuple(one for one in found if isinstance(one, Damage))


def damage(path: Path, place: WarcRecord) -> None:
    """Change one byte in the middle of the record."""
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.write_bytes(data)


def sessions(folder: Path, *information: dict[str, str]) -> list[WarcRecord]:
    """What one writer after the other wrote for a site: two exchanges each."""
    places = []
    for number, about in enumerate(information):
        writer = WarcWriter(folder, "tin", information=about)
        places += [writer.write(exchange(f"http://tin.example/{number}-{page}.html")) for page in range(2)]
        writer.close()
    return places


def test_a_damaged_last_record_of_a_writer_hides_none_of_a_later_one(tmp_path: Path) -> None:
    places = sessions(tmp_path, {}, {}, {})
    path = tmp_path / places[0].warc
    damage(path, places[1])
    left = path.rename(path.with_name(path.name + ".open"))
    mended = repair(left)
    assert (mended.cut_bytes, mended.records) == (0, 5)
    assert [one.offset for one in mended.damaged] == [places[1].offset]
    assert stored_urls(path) == [f"http://tin.example/{name}.html" for name in ("0-0", "1-0", "1-1", "2-0", "2-1")]


def test_mending_cuts_nothing_that_is_followed_by_records_though_they_cannot_be_believed(tmp_path: Path) -> None:
    """Two files put together by hand: the records of the second name another warcinfo record."""
    places = sessions(tmp_path, {}, {"software": "luutru/10"})
    path, other = (tmp_path / name for name in dict.fromkeys(place.warc for place in places))
    for broken, records in ((places[1], 1), (places[0], 0)):
        left = path.with_name(path.name + ".open")
        left.write_bytes(path.read_bytes()[: broken.offset + broken.length] + other.read_bytes())
        damage(left, broken)
        before = left.read_bytes()
        mended = repair(left)
        assert (mended.name, mended.cut_bytes, mended.records) == (path.name, 0, records)
        assert [one.offset for one in mended.damaged] == [broken.offset]
        assert path.read_bytes() == before
        path.write_bytes(before)


def test_a_damaged_middle_stays_where_only_a_request_follows_it(tmp_path: Path) -> None:
    places = sessions(tmp_path, {}, {})
    path = tmp_path / places[0].warc
    damage(path, places[2])
    left = path.rename(path.with_name(path.name + ".open"))
    os.truncate(left, places[3].offset)
    mended = repair(left)
    assert (mended.records, [one.offset for one in mended.damaged]) == (2, [places[2].offset])
    assert path.stat().st_size == places[2].offset + places[2].length


@pytest.mark.parametrize("torn", [True, False])
def test_a_record_that_somebody_hid_in_a_page_is_not_believed_when_that_page_is_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: bool
) -> None:
    """A download may hold whole WARC records; behind a damaged record they are found, and must not count.

    Deflate stores as it is what it cannot make smaller; at level 0, everything.
    """
    monkeypatch.setattr(warcrecords, "LEVEL", 0)
    hidden = foreign(b"HTTP/1.1 200 OK\r\n\r\nforged", WARC_Warcinfo_ID="<urn:uuid:theirs>")
    body = b"<p>" + foreign(b"software: x\r\n", kind="warcinfo") + hidden + b"</p>"
    path, ends = left(tmp_path, 2, body)
    data = bytearray(path.read_bytes())
    assert data.count(hidden) == 2
    if torn:
        del data[-6:]
    else:
        data[ends[0] - 6] ^= 0xFF
    path.write_bytes(data)
    mended = repair(path)
    kept = stored_urls(tmp_path / str(mended.name))
    assert kept == (["http://tin.example/0.html"] if torn else ["http://tin.example/1.html"])


def test_a_damaged_page_full_of_false_beginnings_hides_nothing_that_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks like a record until it is read to its end; ours are told apart by the warcinfo record they name."""
    monkeypatch.setattr(warcrecords, "LEVEL", 0)
    monkeypatch.setattr(warcframes, "_MOST_TRIES", 10)
    false = foreign(b"HTTP/1.1 200 OK\r\n\r\n", WARC_Warcinfo_ID="<urn:uuid:theirs>", Content_Length="9999")
    path, ends = left(tmp_path, 3, false * 20)
    data = bytearray(path.read_bytes())
    assert data.count(false) == 60
    data[ends[0] - 6] ^= 0xFF
    path.write_bytes(data)
    assert repair(path).records == 2
    assert stored_urls(path.with_suffix("")) == ["http://tin.example/1.html", "http://tin.example/2.html"]


def test_a_search_among_others_records_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warcframes, "_MOST_TRIES", 10)
    whole = foreign(b"HTTP/1.1 200 OK\r\n\r\n")
    false = foreign(b"HTTP/1.1 200 OK\r\n\r\n", Content_Length="9999")
    path = tmp_path / "khac.warc.gz"
    for count, kinds in ((9, [Damage, Stored]), (10, [Damage])):
        path.write_bytes(whole[:-4] + false * count + whole)
        found = list(walk(path))
        assert [type(one) for one in found] == kinds
        assert sum(one.length if isinstance(one, Damage) else one.place.length for one in found) == (
            path.stat().st_size
        )


def stored_urls(path: Path) -> list[str]:
    return [one.url for one in walk(path) if isinstance(one, Stored)]


def test_what_was_written_before_a_kill_is_all_there(tmp_path: Path) -> None:
    """Nothing waits in a buffer of the process: SIGKILL after a write costs nothing of it."""
    program = (
        "import sys; from pathlib import Path; from warcs import exchange; from archive.warc import WarcWriter\n"
        "writer = WarcWriter(Path(sys.argv[1]), 'tin')\n"
        "for number in range(20): writer.write(exchange(f'http://tin.example/{number}'))\n"
        "print('written', flush=True); sys.stdin.read()"
    )
    tests = str(Path(__file__).parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([tests, str(Path(tests).parent)])}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=-1, stdout=-1, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    (path,) = open_files(tmp_path, "tin")
    assert repair(path).records == 20


def test_a_changed_body_is_noticed_though_its_gzip_member_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path, exchange())
    place = stored(path)[0].place
    data = path.read_bytes()
    record = zlib.decompress(data[place.offset :], wbits=31).replace("200 đoàn viên".encode(), "300 đoàn viên".encode())
    path.write_bytes(data[: place.offset] + zlib.compress(record, wbits=31))
    (damage,) = walk(path)
    assert isinstance(damage, Damage)
    assert (damage.offset, "its block is not what sha1:" in damage.reason) == (place.offset, True)


def test_a_bomb_is_not_unpacked_and_what_follows_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warcframes, "LARGEST", 2**20)
    http = b"HTTP/1.1 200 OK\r\n\r\n"
    path = tmp_path / "a.warc.gz"
    path.write_bytes(foreign(http + bytes(2**24)) + foreign(http + b"sau"))
    bomb, after = walk(path)
    assert isinstance(bomb, Damage)
    assert "more than 1048576" in bomb.reason
    assert isinstance(after, Stored)
    assert (after.body, after.place.offset) == (b"sau", bomb.offset + bomb.length)

    monkeypatch.setattr(warcframes, "_MOST_PASSED", 2**21)
    assert [type(one) for one in walk(path)] == [Damage, Stored]


def test_a_body_that_would_grow_without_end_is_not_decoded(tmp_path: Path) -> None:
    body = zlib.compress(bytes(2**27), wbits=31)
    path = written(tmp_path, exchange(body=body, response_headers=[("Content-Encoding", "gzip")]))
    found = stored(path)[0]
    assert (found.body, found.raw) == (None, body)
    assert found.fault == "its gzip gives more than 67108864 bytes"
    assert read(tmp_path, found.place).fault == found.fault


def test_no_changed_byte_makes_reading_fail_or_costs_another_record(tmp_path: Path) -> None:
    path, ends = left(tmp_path, 2)
    whole = path.read_bytes()

    @settings(max_examples=300, deadline=None)
    @given(st.integers(0, 10**6), st.integers(1, 255))
    def changed(where: int, by: int) -> None:
        octets = bytearray(whole)
        octets[ends[0] + where % (len(whole) - ends[0])] ^= by
        path.write_bytes(octets)
        found = list(walk(path))
        assert isinstance(found[0], Stored)
        assert found[0].url == "http://tin.example/0.html"
        assert all(one.body == PAGE for one in found if isinstance(one, Stored))

    changed()
