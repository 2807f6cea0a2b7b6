"""WARC files that others wrote are read: their versions, codings, liberties and mistakes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import sys
import zlib
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from warcio.warcwriter import WARCWriter
from warcs import PAGE, foreign, stored

from archive import codings
from archive.codings import decoded
from archive.warc import Damage, Stored, WarcError, information, payload_sha1, read, walk
from crawler import settings

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML;charset=utf-8\r\n\r\n"


def only(folder: Path, *records: bytes) -> Stored | Damage:
    """What the walk finds in a file of these records, which must be one thing."""
    path = folder / "khac.warc.gz"
    path.write_bytes(b"".join(records))
    (found,) = walk(path)
    return found


def read_one(folder: Path, *records: bytes) -> Stored:
    found = only(folder, *records)
    assert isinstance(found, Stored), found
    return found


def reason(folder: Path, *records: bytes) -> str:
    found = only(folder, *records)
    assert isinstance(found, Damage), found
    return found.reason


@pytest.mark.parametrize("packed", [True, False])
def test_others_records_are_read_packed_or_not_and_again_by_their_place(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "khac.warc"
    urls = [f"http://khac.example/{number}" for number in range(3)]
    path.write_bytes(b"".join(foreign(HTTP + PAGE, packed=packed, WARC_Target_URI=url) for url in urls))
    found = stored(path)
    assert [one.url for one in found] == urls
    assert {(one.at, one.media_type, one.body) for one in found} == {("2024-05-06T08:02:03+07:00", "text/html", PAGE)}
    assert [read(tmp_path, one.place) for one in found] == found


def test_what_warcio_writes_is_read_with_its_revisits(tmp_path: Path) -> None:
    path = tmp_path / "warcio.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file)
        writer.write_record(writer.create_warcinfo_record("warcio.warc.gz", {"software": "khác/1"}))
        for kind in ("response", "request"):
            http = HTTP + PAGE if kind == "response" else b"GET / HTTP/1.1\r\n\r\n"
            writer.write_record(writer.create_warc_record("http://khac.example/", kind, payload=BytesIO(http)))
        revisit = writer.create_revisit_record(
            "http://khac.example/", payload_sha1(PAGE), "http://khac.example/", "2024-05-06T01:02:03Z"
        )
        writer.write_record(revisit)
    response, again = stored(path)
    assert information(path)["software"] == "khác/1"
    assert (response.body, response.payload_sha1) == (PAGE, payload_sha1(PAGE))
    assert (again.kind, again.status, again.headers, again.body) == ("revisit", None, [], None)
    assert again.refers_to is not None
    assert (again.refers_to.record_id, again.refers_to.at) == (None, "2024-05-06T08:02:03+07:00")


CODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:]),
    "deflate": zlib.compress(PAGE),
    "Deflate": zlib.compress(PAGE, wbits=-15),
    "br": brotli.compress(PAGE),
    "zstd": zstd.compress(PAGE),
    "gzip, br": brotli.compress(gzip.compress(PAGE)),
    "identity": PAGE,
    "": PAGE,
}


@pytest.mark.parametrize("coding", CODED)
def test_content_codings_are_taken_off(tmp_path: Path, coding: str) -> None:
    http = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n".encode() + CODED[coding]
    found = read_one(tmp_path, foreign(http))
    assert (found.body, found.fault, found.raw) == (PAGE, None, CODED[coding])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_coding_grows_to_the_limit_and_no_further(coding: str) -> None:
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstd.compress,
    }[coding](bytes(2**20))
    assert decoded(packed, "", coding, 2**20) == (bytes(2**20), None, True)
    assert decoded(packed, "", coding, 2**20 - 1) == (None, f"its {coding} gives more than {2**20 - 1} bytes", False)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_of_a_coding_that_breaks_off_the_beginning_is_given(coding: str) -> None:
    noise = hashlib.shake_128(b"tin").digest(300_000)
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}[coding]
    body, fault, whole = decoded(packed(noise)[:200_000], "", coding)
    assert not whole
    assert body
    assert noise.startswith(body)
    assert fault is not None
    assert fault.startswith(f"its {coding} is broken after {len(body)} bytes")


@pytest.mark.parametrize("behind", [b"x", b"\x00\x00<!-- 0.2 s -->", b"\r\n" * 50_000])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate"])
def test_bytes_behind_the_end_of_a_coding_are_left_out_and_noted(coding: str, behind: bytes) -> None:
    body, fault, whole = decoded(CODED[coding] + behind, "", coding)
    assert (body, whole) == (PAGE, True)
    assert f"bytes stand behind the end of its {coding.lower()}" in str(fault)


def test_zeros_behind_a_gzip_member_are_padding_and_half_a_further_one_is_missed() -> None:
    one = gzip.compress(PAGE)
    assert decoded(one + bytes(512) + one + bytes(512), "", "gzip") == (PAGE * 2, None, True)
    assert not decoded(one + one[:-9], "", "gzip").whole


def test_a_gzip_stream_is_broken_however_early_it_ends_and_where_its_checksum_is_not_right() -> None:
    packed = gzip.compress(PAGE)
    for broken in (packed[:5], packed[:-1], packed[:-8] + bytes(8)):
        _, fault, whole = decoded(broken, "", "gzip")
        assert not whole
        assert "its gzip is broken after" in str(fault)


@pytest.mark.parametrize("wbits", [-15, 15, 31])
def test_a_stream_is_whole_wherever_its_last_match_ends(wbits: int) -> None:
    """The last of the input may be taken in while output is still to come; how much, depends on the size."""
    sizes = [*range(1, 600), *(times * 2**16 + by for times in (1, 2) for by in range(-300, 300))]
    coding = "gzip" if wbits == 31 else "deflate"
    for size in sizes:
        assert decoded(zlib.compress(b"a" * size, 9, wbits), "", coding) == (b"a" * size, None, True), size


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "utf-8"])
def test_a_body_that_was_stored_decoded_under_its_old_headers_is_taken_as_it_stands(coding: str) -> None:
    body, fault, whole = decoded(PAGE, "chunked", coding)
    assert whole
    assert body == PAGE
    assert fault is not None
    assert fault.count("taken as it stands") == 2


@pytest.mark.parametrize(
    ("chunked", "body", "fault"),
    [
        (b"5\r\nt\xc3\xb4i\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n", b"t\xc3\xb4i\nabc", None),
        (b"3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", b"abc", None),
        (b"3\nabc\n0\n\n", b"abc", None),
        (b"0003 \r\nabc\r\n0\r\n", b"abc", None),
        (b"0\r\n\r\n", b"", None),
        (b"5\r\nabc", b"abc", "its last chunk is not whole"),
        (b"3\r\nabc\r\n", b"abc", "its last chunk is missing"),
        (b"3\r\nabc\r\nzz\r\nabc", b"abc", "its chunks are broken at byte 8"),
        (b"-3\r\nabc\r\n0\r\n", b"-3\r\nabc\r\n0\r\n", "no chunks, though it says so: taken as it stands"),
    ],
)
def test_chunks_are_joined(tmp_path: Path, chunked: bytes, body: bytes, fault: str | None) -> None:
    found = read_one(tmp_path, foreign(b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n" + chunked))
    assert (found.body, found.fault, found.raw) == (body, fault, chunked)


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("HTTP/2 200", 200, ""),
        ("HTTP/2 200 ", 200, ""),
        ("HTTP/1.0 404 Không tìm thấy", 404, "Không tìm thấy"),
        ("HTTP/3 999 x", 999, "x"),
    ],
)
def test_status_lines_of_every_version_are_read(tmp_path: Path, line: str, status: int, said: str) -> None:
    found = read_one(tmp_path, foreign(f"{line}\r\nA: b\r\n\r\nx".encode()))
    assert (found.status, found.reason, found.headers, found.body) == (status, said, [("A", "b")], b"x")


@pytest.mark.parametrize("http", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK"])
def test_a_response_may_have_no_headers_and_no_body(tmp_path: Path, http: bytes) -> None:
    found = read_one(tmp_path, foreign(http))
    assert (found.status, found.headers, found.body, found.media_type) == (200, [], b"", None)


def test_line_ends_without_carriage_returns_are_read(tmp_path: Path) -> None:
    record = foreign(b"HTTP/1.1 200 OK\nA: b\n\nx", packed=False).replace(b"\r\n", b"\n")
    assert read_one(tmp_path, record).headers == [("A", "b")]


def test_an_address_and_identifiers_may_have_brackets_or_none(tmp_path: Path) -> None:
    record = foreign(HTTP, WARC_Target_URI="<http://khac.example/wget>", WARC_Record_ID="urn:uuid:7")
    found = read_one(tmp_path, record)
    assert (found.url, found.place.record_id) == ("http://khac.example/wget", "<urn:uuid:7>")
    assert read(tmp_path, found.place) == found


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2024-05-06T20:02:03Z", "2024-05-07T03:02:03+07:00"),
        ("2024-05-06T20:02:03.987654321Z", "2024-05-07T03:02:03+07:00"),
        ("2024-05-06T20:02:03+00:00", "2024-05-07T03:02:03+07:00"),
        ("2024-05-06T20:02:03", "2024-05-07T03:02:03+07:00"),
    ],
)
def test_dates_are_utc_whatever_their_form(tmp_path: Path, date: str, at: str) -> None:
    assert read_one(tmp_path, foreign(HTTP, WARC_Date=date)).at == at


def test_what_http_did_not_answer_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "khac.warc.gz"
    others = [
        foreign(b"khac.example. 60 IN A 192.0.2.1", WARC_Target_URI="dns:khac.example", Content_Type="text/dns"),
        foreign(b"<html>", kind="resource", Content_Type="text/html"),
        foreign(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        foreign(b"via: http://khac.example/\r\n", kind="metadata", Content_Type="application/warc-fields"),
        foreign(b"?", kind="invented"),
    ]
    path.write_bytes(b"".join(others))
    assert list(walk(path)) == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (foreign(HTTP, WARC_Date=""), "WARC-Date"),
        (foreign(HTTP, WARC_Date="2024"), "time of day"),
        (foreign(HTTP, WARC_Date="2024-13-41T01:02:03Z"), "WARC-Date"),
        (foreign(HTTP, WARC_Date="0001-01-01T00:00:00+14:00"), "WARC-Date"),
        (foreign(HTTP, WARC_Record_ID=""), "no WARC-Record-ID"),
        (foreign(HTTP, WARC_Segment_Number="1"), "segment"),
        (foreign(HTTP, Content_Length=""), "Content-Length"),
        (foreign(HTTP, Content_Length="-1"), "Content-Length"),
        (foreign(HTTP, Content_Length="9" * 30), "Content-Length"),
        (foreign(HTTP, Content_Length="9999"), "9999"),
        (foreign(HTTP, Content_Length="5"), "stand behind its block"),
        (foreign(b"SSH-2.0-x\r\n\r\n"), "status line"),
        (foreign(b"HTTP/1.1 abc\r\n\r\n"), "status line"),
        (foreign(b"HTTP/1.1 \xd9\xa2\xd9\xa0\xd9\xa0\r\n\r\n"), "status line"),
        (foreign(b""), "no HTTP response"),
        (foreign(HTTP.rstrip() + b"\r\nA: " + b"b" * 300_000), "headers have more than"),
        (foreign(HTTP, X="b" * 200_000), "fields do not end"),
        (foreign(HTTP, WARC_Block_Digest=payload_sha1(b"?")), "its block is not"),
        (gzip.compress(b"x" * 99, mtime=0), "no WARC record"),
        (gzip.compress(b"", mtime=0), "no WARC record"),
    ],
)
def test_a_record_that_cannot_be_understood_is_reported_with_the_reason(
    tmp_path: Path, record: bytes, said: str
) -> None:
    assert said in reason(tmp_path, record)


@pytest.mark.parametrize("label", ["sha1", "SHA-1", "sha256", "md5"])
def test_block_digests_are_compared_in_every_form(tmp_path: Path, label: str) -> None:
    digest = hashlib.new(label.lower().replace("-", ""), HTTP).digest()
    forms = [digest.hex(), digest.hex().upper(), base64.b32encode(digest).decode(), base64.b64encode(digest).decode()]
    for form in [*forms, base64.urlsafe_b64encode(digest).decode()]:
        assert read_one(tmp_path, foreign(HTTP, WARC_Block_Digest=f"{label}:{form}")).status == 200
        wrong = ("B" if form[0] in "aA" else "A") + form[1:]
        assert "its block is not" in reason(tmp_path, foreign(HTTP, WARC_Block_Digest=f"{label}:{wrong}"))


@pytest.mark.parametrize("digest", ["xxh3:1234", "sha1:", "sha1", ":", "shake_128:00", "sha1:ABC"])
def test_a_digest_of_an_unknown_kind_proves_nothing(tmp_path: Path, digest: str) -> None:
    assert read_one(tmp_path, foreign(HTTP, WARC_Block_Digest=digest)).status == 200


def test_a_file_packed_as_one_gzip_member_is_refused_with_what_to_do(tmp_path: Path) -> None:
    whole = gzip.compress(foreign(HTTP, packed=False) * 2)
    assert "warcio recompress" in reason(tmp_path, whole)


def test_a_damaged_plain_record_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "khac.warc"
    good = foreign(HTTP + PAGE, packed=False)
    path.write_bytes(good + foreign(HTTP, packed=False, Content_Length="10") + b"junk\r\n" + good + good[:-30])
    kinds = [type(one) for one in walk(path)]
    assert kinds == [Stored, Damage, Stored, Damage]


def test_a_record_too_large_is_stepped_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.warcframes.LARGEST", 1000)
    path = tmp_path / "khac.warc"
    path.write_bytes(foreign(HTTP + bytes(2000), packed=False) + foreign(HTTP, packed=False))
    large, after = walk(path)
    assert isinstance(large, Damage)
    assert "more than 1000" in large.reason
    assert isinstance(after, Stored)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"filedesc://x.arc 0.0.0.0 20240506010203 text/plain 76\n1 0 x\n", "ARC file.*warcio recompress"),
        (gzip.compress(b"filedesc://x.arc 0.0.0.0 20240506010203 text/plain 76\n1 0 x\n", mtime=0), "ARC file"),
        (b"PK\x03\x04....", "WACZ"),
        (zstd.compress(b"WARC/1.0\r\n"), "Zstandard"),
        (b"<html>", "expected a WARC file"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "khac.bin"
    path.write_bytes(content)
    with pytest.raises(WarcError, match=said):
        list(walk(path))
    with pytest.raises(WarcError, match=said):
        information(path)


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "khac.warc.gz"
    path.touch()
    assert list(walk(path)) == []


def test_a_file_without_a_first_record_about_itself_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "khac.warc.gz"
    path.write_bytes(foreign(HTTP))
    assert information(path) == {}


def test_the_limit_of_a_body_leaves_room_for_the_largest_that_is_fetched() -> None:
    assert max(settings.DOWNLOAD_MAXSIZE, settings.LUUTRU_DOCUMENT_MAXSIZE) < codings.LARGEST
