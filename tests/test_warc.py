"""Exchanges are written to WARC files as they came, and read again by us and by others' tools."""

from __future__ import annotations

import os
import re
import resource
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcs import AT, PAGE, exchange, stored, written

from archive.records import WarcRecord
from archive.warc import (
    Earlier,
    Exchange,
    Stored,
    WarcError,
    WarcWriter,
    information,
    open_files,
    payload_sha1,
    read,
    repair,
    walk,
)

texts = st.text(max_size=40)
headers = st.lists(st.tuples(texts, texts), max_size=6)


def checked(path: Path) -> int:
    """What ``warcio check`` exits with."""
    return int(Checker(SimpleNamespace(inputs=[str(path)], verbose=False)).process_all())


def by_warcio(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Each record's type, fields and decoded content, as warcio reads them."""
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        return [(one.rec_type, dict(one.rec_headers.headers), one.content_stream().read()) for one in records]


def test_a_response_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    place = writer.write(exchange(), note="chứng thư hết hạn")
    writer.close()
    found = read(tmp_path, place)
    assert found.place == place
    assert (found.kind, found.url, found.at) == ("response", "http://tin.example/xuan-1.html", AT)
    assert (found.status, found.reason, found.media_type) == (200, "OK", "text/html")
    assert found.headers == exchange().response_headers
    assert found.raw == found.body == PAGE
    assert found.payload_sha1 == payload_sha1(PAGE)
    assert (found.ip, found.note, found.truncated, found.fault) == ("192.0.2.7", "chứng thư hết hạn", None, None)
    assert stored(tmp_path / place.warc) == [replace(found, method="GET")]


def test_a_record_can_be_read_while_its_file_is_still_open(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    place = writer.write(exchange())
    assert not (tmp_path / place.warc).exists()
    assert read(tmp_path, place).body == PAGE


def test_warcio_finds_every_digest_right_and_the_request_beside_its_response(tmp_path: Path) -> None:
    path = written(tmp_path, exchange(), exchange("http://tin.example/2.html?trang=2", b"", status=404, reason="Không"))
    assert checked(path) == 0
    kinds, fields, contents = zip(*by_warcio(path), strict=True)
    assert kinds == ("warcinfo", "request", "response", "request", "response")
    assert fields[1]["WARC-Concurrent-To"] == fields[2]["WARC-Record-ID"]
    assert {one["WARC-Date"] for one in fields[1:]} == {"2026-02-03T01:15:30Z"}
    assert {one["WARC-Warcinfo-ID"] for one in fields[1:]} == {fields[0]["WARC-Record-ID"]}
    assert contents[2] == PAGE


def test_the_request_says_what_was_asked_for_and_of_whom(tmp_path: Path) -> None:
    path = written(tmp_path, exchange("http://tin.example:8080/a?b=c", request_body=b"x=1", method="POST"))
    with path.open("rb") as file:
        request = next(one for one in ArchiveIterator(file) if one.rec_type == "request")
        assert (request.http_headers.protocol, request.http_headers.statusline) == ("POST", "/a?b=c HTTP/1.1")
        assert request.http_headers.headers == [("Host", "tin.example:8080"), *exchange().request_headers]
        assert request.content_stream().read() == b"x=1"


def test_every_file_begins_with_what_it_says_about_itself(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin", largest=1, information={"operator": "Thư viện tỉnh", "software": "luutru/9"})
    places = [writer.write(exchange(f"http://tin.example/{number}")) for number in range(2)]
    writer.close()
    assert len({place.warc for place in places}) == 2
    for place in places:
        about = information(tmp_path / place.warc)
        assert (about["operator"], about["software"]) == ("Thư viện tỉnh", "luutru/9")
        assert about["format"] == "WARC File Format 1.1"
        assert by_warcio(tmp_path / place.warc)[0][1]["WARC-Filename"] == place.warc


def test_a_file_is_completed_before_the_first_exchange_after_it_is_full(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin", largest=3000)
    places = [writer.write(exchange(body=os.urandom(1000))) for _ in range(6)]
    names = sorted({place.warc for place in places})
    assert len(names) > 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[:-1], names[-1] + ".open"]
    assert all((tmp_path / name).stat().st_size >= 3000 for name in names[:-1])
    assert [read(tmp_path, place).place for place in places] == places


def test_a_name_tells_the_site_the_time_and_the_order_and_no_two_are_alike(tmp_path: Path) -> None:
    names = {written(tmp_path / str(number), exchange(), site="thst-cu").name for number in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"thst-cu-20\d{12}-00001-[0-9a-f]{12}\.warc\.gz", name) for name in names)


def test_a_later_writer_goes_on_with_the_file_of_the_month_while_it_has_room(tmp_path: Path) -> None:
    first = written(tmp_path, exchange())
    before = first.read_bytes()
    writer = WarcWriter(tmp_path, "tin")
    place = writer.write(exchange("http://tin.example/sau.html"))
    assert open_files(tmp_path, "tin") == [first.with_name(first.name + ".open")]
    writer.close()
    assert place.warc == first.name
    assert first.read_bytes().startswith(before)
    assert [one.url for one in walk(first) if isinstance(one, Stored)] == [
        "http://tin.example/xuan-1.html",
        "http://tin.example/sau.html",
    ]
    assert read(tmp_path, place).url == "http://tin.example/sau.html"


def test_all_records_of_a_file_name_its_one_warcinfo_record_whoever_wrote_them(tmp_path: Path) -> None:
    about = {"operator": "Thư viện tỉnh", "robots": "obey"}
    for number in range(3):
        writer = WarcWriter(tmp_path, "tin", information=about)
        place = writer.write(exchange(f"http://tin.example/{number}.html"))
        writer.close()
    assert [path.name for path in tmp_path.iterdir()] == [place.warc]
    kinds, fields, _ = zip(*by_warcio(tmp_path / place.warc), strict=True)
    assert kinds == ("warcinfo", *("request", "response") * 3)
    assert {one["WARC-Warcinfo-ID"] for one in fields[1:]} == {fields[0]["WARC-Record-ID"]}
    assert checked(tmp_path / place.warc) == 0


def test_a_writer_that_says_something_else_about_its_file_begins_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = iter(("00", "01", "02"))  # two files of one second are told apart by random digits
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(ordered))
    names = []
    for software in ("luutru/9", "luutru/10", "luutru/10"):
        writer = WarcWriter(tmp_path, "tin", information={"software": software})
        names.append(writer.write(exchange()).warc)
        writer.close()
    assert names[0] != names[1] == names[2]
    assert [information(tmp_path / name)["software"] for name in names[:2]] == ["luutru/9", "luutru/10"]


def test_a_writer_goes_on_with_no_file_whose_first_record_cannot_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, exchange())
    before = bytes(30) + path.read_bytes()[30:]
    for damaged in (before, b"\x1f\x8b\x08" + before[3:]):
        path.write_bytes(damaged)
        place = WarcWriter(tmp_path, "tin").write(exchange())
        assert place.warc != path.name
        assert path.read_bytes() == damaged


def test_a_later_writer_begins_a_file_where_the_last_is_full_or_of_another_month(tmp_path: Path) -> None:
    full = written(tmp_path, exchange())
    WarcWriter(tmp_path, "tin", largest=100).write(exchange())
    assert full.exists()
    of_may = full.rename(full.with_name(full.name.replace(full.name[4:10], "202505", 1)))
    WarcWriter(tmp_path / "khac", "tin").write(exchange())
    assert of_may.exists()
    assert len(open_files(tmp_path, "tin")) == 1


def test_a_writer_that_wrote_nothing_leaves_no_file(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path / "warc", "tin")
    writer.sync()
    writer.close()
    assert not (tmp_path / "warc").exists()


@pytest.mark.parametrize("site", ["", "a/b", "../a", "a b", ".a"])
def test_a_site_whose_name_cannot_begin_a_file_name_is_refused(tmp_path: Path, site: str) -> None:
    with pytest.raises(WarcError, match="site's name"):
        WarcWriter(tmp_path, site)


def test_a_revisit_keeps_the_headers_and_says_which_record_has_the_body(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    first = writer.write(exchange())
    earlier = Earlier("http://tin.example/xuan-1.html", AT, first.record_id, payload_sha1(PAGE))
    second = writer.write(exchange("http://tin.example/khac.html", at="2026-02-04T08:00:00+07:00"), same=earlier)
    writer.close()
    found = read(tmp_path, second)
    assert (found.kind, found.profile, found.status) == ("revisit", "identical-payload-digest", 200)
    assert (found.raw, found.body) == (None, None)
    assert found.headers == exchange().response_headers
    assert found.payload_sha1 == earlier.payload_sha1
    assert found.refers_to is not None
    refers = found.refers_to
    assert (refers.record_id, refers.url, refers.at) == (earlier.record_id, earlier.url, earlier.at)
    assert second.length < first.length + 200
    assert checked(tmp_path / second.warc) == 0


def test_a_304_is_a_revisit_of_what_was_not_modified(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    earlier = Earlier("http://tin.example/xuan-1.html", AT, "<urn:uuid:1>", payload_sha1(PAGE))
    unchanged = exchange(body=b"", status=304, reason="Not Modified", response_headers=[("ETag", '"7"')])
    known, unknown = (
        writer.write(unchanged, same=earlier, not_modified=True),
        writer.write(unchanged, not_modified=True),
    )
    writer.close()
    found = read(tmp_path, known)
    assert (found.kind, found.profile, found.status, found.body) == ("revisit", "server-not-modified", 304, None)
    assert found.headers == [("ETag", '"7"')]
    assert found.payload_sha1 == earlier.payload_sha1
    assert found.refers_to is not None
    assert found.refers_to.record_id == "<urn:uuid:1>"
    assert read(tmp_path, unknown).refers_to is None
    assert read(tmp_path, unknown).payload_sha1 is None
    assert checked(tmp_path / known.warc) == 0


@pytest.mark.parametrize(
    ("wrong", "arguments", "said"),
    [
        (exchange(status=0), {}, "three digits"),
        (exchange(at="2026-02-03T08:15:30"), {}, "offset"),
        (exchange(at="hôm nay"), {}, "hôm nay"),
        (exchange("ftp://tin.example/a"), {}, "http or https"),
        (exchange("http://[tin.example/a"), {}, "IPv6"),
        (exchange(), {"not_modified": True}, "only 304"),
        (exchange(), {"same": Earlier("http://a.example/", AT, "<urn:uuid:1>", payload_sha1(b"?"))}, "payload"),
    ],
)
def test_an_exchange_that_would_make_a_false_record_is_refused_and_nothing_is_written(
    tmp_path: Path, wrong: Exchange, arguments: dict[str, object], said: str
) -> None:
    writer = WarcWriter(tmp_path, "tin")
    with pytest.raises(WarcError, match=said):
        writer.write(wrong, **arguments)  # type: ignore[arg-type]
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_the_octets_of_headers_are_kept(tmp_path: Path) -> None:
    """A server may send UTF-8 or anything else in a header: octets, read as Latin-1, are written as they were."""
    sent = 'attachment; filename="Báo cáo.pdf"'.encode()
    given = [("Content-Disposition", sent.decode("latin-1")), ("X-Tệp", "Nghị quyết")]
    path = written(tmp_path, exchange(response_headers=given))
    found = stored(path)[0]
    assert found.headers == [("Content-Disposition", sent.decode()), ("X-Tệp", "Nghị quyết")]
    with path.open("rb") as file:
        raw = [one.raw_stream.read() for one in ArchiveIterator(file, no_record_parse=True)]
    assert sent in raw[2]


@pytest.mark.parametrize(
    "hostile",
    [
        [("X-A", "1\r\nX-Forged: 2")],
        [("X-A", "1\r\n\r\n<html>forged")],
        [("X-A\r\nX-Forged", "2")],
        [("X-A", "1\n\nWARC/1.1\nWARC-Type: response")],
        [("X-A", "\0\0")],
        [("\r\n", "\r\n")],
        [("", "")],
        [(" X-A", "1")],
        [("X-A", "\ud800")],
    ],
)
def test_no_header_can_end_its_line_or_the_record(tmp_path: Path, hostile: list[tuple[str, str]]) -> None:
    kept = ("Content-Type", "text/plain")
    path = written(tmp_path, exchange(response_headers=[*hostile, kept], request_headers=[*hostile]), exchange())
    assert checked(path) == 0
    first, second = stored(path)
    assert len(first.headers) == 2
    assert first.headers[1] == kept
    assert "X-Forged" not in dict(first.headers)
    assert first.body == second.body == PAGE


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\0", "\x85", "\u2028", "\r\n\r\n"])
def test_no_address_reason_note_or_information_can_end_its_line(tmp_path: Path, breaking: str) -> None:
    forged = f"a{breaking}WARC-Type: resource"
    writer = WarcWriter(tmp_path, "tin", information={f"x{breaking}y": forged})
    place = writer.write(
        exchange(f"http://tin.example/{forged}", reason=forged, method=f"GET{breaking}X", ip=f"::1{breaking}x"),
        note=forged,
    )
    writer.close()
    assert checked(tmp_path / place.warc) == 0
    found = read(tmp_path, place)
    assert found.note == "a WARC-Type: resource"
    assert found.body == PAGE
    assert all(set(fields) <= KNOWN for _, fields, _ in by_warcio(tmp_path / place.warc))


KNOWN = {
    *("WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Filename", "WARC-Warcinfo-ID", "WARC-Target-URI"),
    *("WARC-IP-Address", "WARC-Concurrent-To", "WARC-Payload-Digest", "WARC-Block-Digest", "Content-Type"),
    *("Content-Length", "Luutru-Note"),
}


@settings(max_examples=150, deadline=None)
@given(url=texts, reason=texts, request=headers, response=headers, body=st.binary(max_size=300), note=texts)
def test_whatever_the_network_says_the_record_is_whole_and_the_body_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    url: str,
    reason: str,
    request: list[tuple[str, str]],
    response: list[tuple[str, str]],
    body: bytes,
    note: str,
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    given = exchange(
        f"http://tin.example/{url}", body, reason=reason, request_headers=request, response_headers=response
    )
    writer = WarcWriter(folder, "tin")
    places = [writer.write(given, note=note), writer.write(exchange())]
    writer.close()
    first, second = (read(folder, place) for place in places)
    assert (first.raw, first.status, len(first.headers)) == (body, 200, len(response))
    assert second.body == PAGE
    assert checked(folder / places[0].warc) == 0


def test_ordinary_headers_and_addresses_come_back_unchanged(tmp_path: Path) -> None:
    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True).filter(
                    lambda name: name.lower() != "transfer-encoding"
                ),
                st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True),
            ),
            max_size=8,
        ),
        st.from_regex(r"/[a-z0-9/._%?&=-]{0,40}", fullmatch=True),
        st.sampled_from([200, 301, 404, 503, 999]),
    )
    def same_again(response: list[tuple[str, str]], path: str, status: int) -> None:
        writer = WarcWriter(tmp_path, "tin")
        place = writer.write(exchange(f"https://tin.example{path}", status=status, response_headers=response))
        writer.close()
        found = read(tmp_path, place)
        assert (found.headers, found.url, found.status) == (response, f"https://tin.example{path}", status)

    same_again()


def test_a_body_is_stored_without_chunks_and_nobody_is_told_to_look_for_them(tmp_path: Path) -> None:
    path = written(tmp_path, exchange(response_headers=[("Transfer-Encoding", "chunked")]))
    assert stored(path)[0].headers == [("X-Crawler-Transfer-Encoding", "chunked")]
    assert stored(path)[0].body == by_warcio(path)[2][2] == PAGE


def test_a_body_that_was_cut_short_says_why(tmp_path: Path) -> None:
    path = written(tmp_path, exchange(truncated="disconnect"))
    assert stored(path)[0].truncated == "disconnect"


def test_a_body_of_32_mib_is_written_and_read_back(tmp_path: Path) -> None:
    body = os.urandom(2**20) * 32
    found = stored(written(tmp_path, exchange(body=body)))[0]
    assert found.body == body


def test_a_record_asked_for_at_another_place_is_refused(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    first, second = writer.write(exchange()), writer.write(exchange())
    writer.close()
    for wrong, said in [
        (WarcRecord(first.warc, first.offset, first.length, second.record_id), "found <urn:uuid:"),
        (WarcRecord(first.warc, first.offset + 1, first.length, first.record_id), "gzip"),
        (WarcRecord(first.warc, first.offset, first.length - 1, first.record_id), "ends within"),
        (WarcRecord(first.warc, first.offset, first.length + 1, first.record_id), "found <urn:uuid:"),
        (WarcRecord(first.warc, 0, first.offset, first.record_id), "expected"),
        (WarcRecord(first.warc, 10**9, 10, first.record_id), "ends within"),
        (WarcRecord(first.warc, -1, 10, first.record_id), "record's place"),
        (WarcRecord(first.warc, 0, 10**15, first.record_id), "record's place"),
        (WarcRecord("../" + first.warc, first.offset, first.length, first.record_id), "name of a file"),
    ]:
        with pytest.raises(WarcError, match=said):
            read(tmp_path, wrong)
    with pytest.raises(FileNotFoundError):
        read(tmp_path, WarcRecord("none.warc.gz", 0, 1, first.record_id))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The kernel refuses to let a file of this process grow beyond that, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_write_that_finds_no_room_leaves_nothing_of_it_and_can_be_done_again(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    first = writer.write(exchange())
    (path,) = open_files(tmp_path, "tin")
    size = path.stat().st_size
    for _ in range(2):
        with room_for(size + 700), pytest.raises(OSError, match="too large"):
            writer.write(exchange(body=os.urandom(5000)))
        assert path.stat().st_size == size
    writer.sync()
    second = writer.write(exchange("http://tin.example/2.html"))
    writer.close()
    assert checked(tmp_path / first.warc) == 0
    assert [one.place for one in stored(tmp_path / first.warc)] == [first, second]


def test_a_first_write_that_finds_no_room_leaves_no_file(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    with room_for(10), pytest.raises(OSError, match="too large"):
        writer.write(exchange())
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_is_interrupted_leaves_nothing_of_it(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "tin")
    first = writer.write(exchange())
    file = writer._file
    assert file is not None

    class Interrupted:
        """Writes a part, then Ctrl-C comes."""

        truncate, seek, fileno, close = file.truncate, file.seek, file.fileno, file.close
        written = 0

        def write(self, data: memoryview) -> int:
            if self.written:
                raise KeyboardInterrupt
            self.written = file.write(data[:100])
            return self.written

    writer._file = Interrupted()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        writer.write(exchange())
    writer._file = file
    second = writer.write(exchange())
    writer.close()
    assert [one.place for one in stored(tmp_path / first.warc)] == [first, second]


def test_a_writer_whose_records_may_not_be_on_the_disk_says_so_ever_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux reports a failed write-back to one fsync only; the next one succeeds though the data is lost."""
    writer = WarcWriter(tmp_path, "tin")
    place = writer.write(exchange())

    def failing(handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            writer.sync()
    for action in (writer.sync, lambda: writer.write(exchange()), writer.close):
        with pytest.raises(OSError, match="Input/output"):
            action()
    (left,) = open_files(tmp_path, "tin")
    assert repair(left).name == place.warc


def test_what_is_synced_is_handed_to_the_disk_with_the_name_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    writer = WarcWriter(tmp_path / "warc", "tin")
    place = writer.write(exchange())
    writer.sync()
    assert synced == [place.warc + ".open", "warc"]
    writer.sync()
    assert len(synced) == 2
    writer.write(exchange())
    writer.close()
    assert synced[2:] == [place.warc + ".open", "warc"]
