"""What others captured is taken in once, at its own time, with its evidence; what cannot be read is named."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import sqlite3
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from inprocess import exported, ingested, packed, run
from test_bad_input import _site
from test_urls import SITE
from warcs import foreign, stored

from archive.exits import Exit
from archive.payloads import Payloads
from archive.records import WarcRecord
from archive.warc import payload_sha1, read
from crawler.clock import VIETNAM
from crawler.home import Home
from crawler.ingest import ingest
from crawler.intake import Intake

BASE = "http://ldld.songlam.example"
TEXT = "Hội thi nấu cơm công nhân thu hút hơn hai trăm đoàn viên của mười bảy nhà máy trong tỉnh tham gia."
PAGE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">{title}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span><div id="news-bodyhtml"><p>{text}</p></div></div></body></html>"""
SAME = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"


def _http(body: bytes, status: str = "200 OK", media_type: str = "text/html; charset=utf-8", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _page(title: str = "Hội thi nấu cơm") -> bytes:
    return PAGE.format(title=title, text=TEXT).encode()


class Records:
    """Records as other programs write them, each with an identifier of its own."""

    def __init__(self) -> None:
        self._number = 0

    def response(self, path: str, http: bytes | None = None, at: str = "2021-07-01T02:00:00Z", **fields: str) -> bytes:
        self._number += 1
        told = {
            "WARC_Record_ID": f"<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-{self._number:012d}>",
            "WARC_Target_URI": path if "://" in path else BASE + path,
            "WARC_Date": at,
        }
        return foreign(_http(_page()) if http is None else http, **(told | fields))

    def request(self, response: bytes, method: str, form: str = "") -> bytes:
        """The request that the response answers."""
        field = {
            name: value
            for line in zlib.decompress(response, wbits=31).split(b"\r\n\r\n")[0].decode().split("\r\n")
            for name, _, value in [line.partition(": ")]
        }
        self._number += 1
        http = f"{method} / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{form}".encode()
        return foreign(
            http,
            kind="request",
            WARC_Record_ID=f"<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-{self._number:012d}>",
            WARC_Target_URI=field["WARC-Target-URI"],
            WARC_Concurrent_To=field["WARC-Record-ID"],
        )

    def revisit(self, path: str, body: bytes, at: str, http: bytes = b"", **fields: str) -> bytes:
        told = {"kind": "revisit", "WARC_Profile": SAME, "WARC_Payload_Digest": payload_sha1(body)}
        return self.response(path, http, at, **(told | fields))


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    _site(folder, SITE)
    return folder


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / "archive.db") as db:
        return db.execute(sql).fetchall()


def _everything(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    names = [name for (name,) in _rows(home, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    ours = [name for name in names if not name.startswith("search_")]
    return {name: _rows(home, f"SELECT * FROM {name}") for name in ours}  # noqa: S608


def _file(tmp_path: Path, *parts: bytes, name: str = "others.warc.gz") -> Path:
    path = tmp_path / name
    path.write_bytes(b"".join(parts))
    return path


def test_an_article_is_stored_at_its_capture_s_time_with_its_evidence(
    home: Path, tmp_path: Path, records: Records
) -> None:
    others = _file(tmp_path, records.response("/kinh-te/nau-com-7.html"))
    ingested(home, others)
    assert _rows(home, "SELECT headline, body, first_seen, date_published FROM articles") == [
        ("Hội thi nấu cơm", TEXT, "2021-07-01T09:00:00+07:00", "2021-06-29T09:14:00+07:00")
    ]
    ((url, at, outcome, origin, warc, offset, length, record_id, payload),) = _rows(
        home, 'SELECT url, fetched_at, outcome, origin, warc, "offset", length, record_id, payload FROM captures'
    )
    assert (url, at, outcome, payload) == (
        f"{BASE}/kinh-te/nau-com-7.html",
        "2021-07-01T09:00:00+07:00",
        "article",
        None,
    )
    assert origin.startswith("others.warc.gz sha256:")
    assert (home / "warc" / warc).read_bytes() == others.read_bytes()
    assert read(home / "warc", WarcRecord(warc, offset, length, record_id)).body == _page()
    assert _rows(home, "SELECT kind, reason, finished_at IS NOT NULL FROM runs") == [("ingest", "ingested", 1)]


@pytest.mark.parametrize("gzipped", [True, False])
def test_the_same_file_taken_in_twice_changes_nothing(
    home: Path, tmp_path: Path, records: Records, gzipped: bool
) -> None:
    parts = [records.response(f"/kinh-te/bai-{n}.html", _http(_page(f"Bài số {n}"))) for n in range(3)]
    parts.append(records.response("/kinh-te/", _http(b"<a href='/kinh-te/bai-1.html'>B\xc3\xa0i</a>")))
    parts.append(records.response("/kinh-te/bai-9.html", _http(b"", "404 Not Found")))
    parts = parts if gzipped else [zlib.decompress(part, wbits=31) for part in parts]
    others = _file(tmp_path, *parts, name="others.warc.gz" if gzipped else "others.warc")
    ingested(home, others)
    before, export = _everything(home), exported(home)
    said = ingested(home, others.rename(tmp_path / "renamed.warc"))
    assert _everything(home) == before
    assert exported(home) == export
    assert export.count("\n") == 3
    assert [path.name for path in (home / "warc").iterdir()] == [before["captures"][0][_column(home, "warc")]]
    assert "renamed.warc" in said


def _column(home: Path, name: str) -> int:
    return [row[1] for row in _rows(home, "PRAGMA table_info(captures)")].index(name)


def test_a_longer_file_brings_only_what_it_has_more(home: Path, tmp_path: Path, records: Records) -> None:
    first, second = (records.response(f"/kinh-te/bai-{n}.html", _http(_page(f"Bài số {n}"))) for n in range(2))
    ingested(home, _file(tmp_path, first))
    ingested(home, _file(tmp_path, first, second, name="longer.warc.gz"))
    assert _rows(home, "SELECT count(*) FROM captures") == [(2,)]
    assert _rows(home, "SELECT count(*) FROM articles") == [(2,)]


def test_a_file_in_which_nothing_is_new_is_not_kept(home: Path, tmp_path: Path, records: Records) -> None:
    first = records.response("/kinh-te/bai-1.html")
    ingested(home, _file(tmp_path, first))
    again = _file(tmp_path, first, records.response("http://example.org/"), name="again.warc.gz")
    said = ingested(home, again)
    assert len(list((home / "warc").iterdir())) == 1
    assert "not of a known site: 1 record; 'luutru sites list' shows the known ones" in said
    assert "1 x example.org" in said


@pytest.mark.parametrize("base", ["https://ldld.songlam.example", "https://www.ldld.songlam.example:443", BASE + ":80"])
def test_http_https_and_www_are_one_site(home: Path, tmp_path: Path, records: Records, base: str) -> None:
    ingested(home, _file(tmp_path, records.response(f"{base}/kinh-te/nau-com-7.html")))
    assert _rows(home, "SELECT url FROM articles") == [(f"{BASE}/kinh-te/nau-com-7.html",)]
    tls = "captured by others" if base.startswith("https") else None
    assert _rows(home, "SELECT url, tls FROM captures") == [(f"{BASE}/kinh-te/nau-com-7.html", tls)]


@pytest.mark.parametrize("order", ["before", "behind", "earlier file", "later file"])
def test_a_revisit_is_read_from_its_original_wherever_that_stands(
    home: Path, tmp_path: Path, records: Records, order: str
) -> None:
    original = records.response("/kinh-te/bai-1.html", WARC_Payload_Digest=payload_sha1(_page()))
    revisit = records.revisit("/van-hoa/bai-2.html", _page(), "2021-08-01T02:00:00Z", _http(b""))
    if order in {"before", "behind"}:
        pieces = (original, revisit) if order == "before" else (revisit, original)
        ingested(home, _file(tmp_path, *pieces))
    else:
        files = [_file(tmp_path, original, name="1.warc.gz"), _file(tmp_path, revisit, name="2.warc.gz")]
        ingested(home, *(files if order == "earlier file" else files[::-1]))
    assert _rows(home, "SELECT url, body FROM articles ORDER BY url") == [
        (f"{BASE}/kinh-te/bai-1.html", TEXT),
        (f"{BASE}/van-hoa/bai-2.html", TEXT),
    ]
    ((refers_to, size),) = _rows(home, "SELECT refers_to, size FROM captures WHERE url LIKE '%bai-2%'")
    assert refers_to == _rows(home, "SELECT record_id FROM captures WHERE url LIKE '%bai-1%'")[0][0]
    assert size == len(_page())


def test_a_revisit_without_its_original_is_counted_and_taken_in_when_that_comes(
    home: Path, tmp_path: Path, records: Records
) -> None:
    original = records.response("/kinh-te/bai-1.html", WARC_Payload_Digest=payload_sha1(_page()))
    revisit = _file(tmp_path, records.revisit("/van-hoa/bai-2.html", _page(), "2021-08-01T02:00:00Z"))
    said = ingested(home, revisit)
    assert "not kept: 1 x a revisit without its original; ingest the file that holds it too" in said
    assert _rows(home, "SELECT count(*) FROM captures") == [(0,)]
    ingested(home, _file(tmp_path, original, name="original.warc.gz"))
    ingested(home, revisit)
    assert _rows(home, "SELECT count(*) FROM articles") == [(2,)]


NO_ORIGINAL = "not kept: 1 x a revisit without its original; ingest the file that holds it too"


@pytest.mark.parametrize("named", ["by identifier", "by address and second"])
def test_a_revisit_does_not_take_another_payload_than_the_one_whose_digest_it_states(
    home: Path, tmp_path: Path, records: Records, named: str
) -> None:
    at = "2021-07-01T02:00:00Z"
    other = records.response("/kinh-te/bai-1.html", _http(_page("Giải bóng chuyền")), at, WARC_Record_ID=f"<{OTHER}>")
    told = {"WARC_Refers_To": f"<{OTHER}>"}
    if named == "by address and second":
        told = {"WARC_Refers_To_Target_URI": f"{BASE}/kinh-te/bai-1.html", "WARC_Refers_To_Date": at}
    revisit = records.revisit("/van-hoa/bai-2.html", _page(), "2021-08-01T02:00:00Z", _http(b""), **told)
    assert NO_ORIGINAL in ingested(home, _file(tmp_path, other, revisit))
    assert _rows(home, "SELECT headline FROM articles") == [("Giải bóng chuyền",)]
    ingested(home, _file(tmp_path, revisit, records.response("/du-lich/bai-3.html"), name="2.warc.gz"))
    assert _rows(home, "SELECT headline FROM articles WHERE key = 'bai-2'") == [("Hội thi nấu cơm",)]


OTHER = "urn:uuid:0d1c7a64-52a1-4b0c-8a57-3f3f6a1e0042"


@pytest.mark.parametrize("digest", ["sha256:" + hashlib.sha256(b"<p>").hexdigest(), "blake2:khong-ai-biet"])
def test_a_digest_of_another_kind_counts_as_far_as_it_can_be_compared(
    home: Path, tmp_path: Path, records: Records, digest: str
) -> None:
    told = {"WARC_Refers_To": f"<{OTHER}>", "WARC_Payload_Digest": digest}
    revisit = records.revisit("/van-hoa/bai-2.html", _page(), "2021-08-01T02:00:00Z", _http(b""), **told)
    stated = digest if digest.startswith("blake2") else "sha256:" + hashlib.sha256(_page()).hexdigest()
    original = records.response("/kinh-te/bai-1.html", WARC_Record_ID=f"<{OTHER}>", WARC_Payload_Digest=stated)
    said = ingested(home, _file(tmp_path, original, revisit))
    assert (NO_ORIGINAL in said) == (stated != digest)
    assert _rows(home, "SELECT count(*) FROM articles") == [(1 if stated != digest else 2,)]


def test_a_revisit_that_names_a_record_of_another_site_does_not_take_its_body(
    home: Path, tmp_path: Path, records: Records
) -> None:
    _site(home, SITE.replace("ldld.songlam.example", "tin.songma.example"), "songma")
    theirs = records.response("http://tin.songma.example/kinh-te/bai-1.html", WARC_Record_ID=f"<{OTHER}>")
    told = {"WARC_Refers_To": f"<{OTHER}>", "WARC_Payload_Digest": ""}
    revisit = records.revisit("/van-hoa/bai-2.html", _page(), "2021-08-01T02:00:00Z", _http(b""), **told)
    ingested(home, _file(tmp_path, theirs))
    assert NO_ORIGINAL in ingested(home, _file(tmp_path, revisit, name="2.warc.gz"))
    assert _rows(home, "SELECT site FROM articles") == [("songma",)]


@pytest.mark.parametrize("states", [True, False])
@pytest.mark.parametrize("http", [_http(b""), b""])
def test_a_redirect_of_the_same_second_is_not_what_a_revisit_of_the_page_stands_for(
    home: Path, tmp_path: Path, records: Records, states: bool, http: bytes
) -> None:
    """From http: to https: both have one normal address."""
    at, plain = "2021-07-01T02:00:00Z", f"{BASE}/kinh-te/bai-1.html"
    safe = plain.replace("http:", "https:")
    moved = records.response(plain, _http(b"<p>301</p>", "301 Moved", "text/html", f"Location: {safe}"), at)
    told = {"WARC_Refers_To_Target_URI": safe, "WARC_Refers_To_Date": at}
    told |= {} if states else {"WARC_Payload_Digest": ""}
    revisit = records.revisit(safe, _page(), "2021-08-01T02:00:00Z", http, **told)
    ingested(home, _file(tmp_path, moved, records.response(safe, at=at, WARC_Record_ID=f"<{OTHER}>"), revisit))
    assert _rows(home, "SELECT status, outcome, refers_to FROM captures WHERE fetched_at LIKE '2021-08%'") == [
        (200, "article", f"<{OTHER}>")
    ]


def test_not_modified_says_when_a_page_was_still_there(home: Path, tmp_path: Path, records: Records) -> None:
    unchanged = records.revisit(
        "/kinh-te/bai-1.html",
        _page(),
        "2021-08-01T02:00:00Z",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        WARC_Profile="http://netpreserve.org/warc/1.0/revisit/server-not-modified",
    )
    ingested(home, _file(tmp_path, records.response("/kinh-te/bai-1.html"), unchanged))
    assert _rows(home, "SELECT outcome, status FROM captures ORDER BY id") == [("article", 200), ("unchanged", 304)]
    assert _rows(home, "SELECT count(*) FROM revisions") == [(1,)]


def test_what_is_no_page_is_a_capture_all_the_same_or_is_counted(home: Path, tmp_path: Path, records: Records) -> None:
    feed = b"<?xml version='1.0'?><rss version='2.0'><channel><item><link>%s/kinh-te/bai-1.html</link>" % BASE.encode()
    feed += b"<title>B\xc3\xa0i s\xe1\xbb\x91 1</title></item></channel></rss>"
    sitemap = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>%s/</loc></url></urlset>"
    said = ingested(
        home,
        _file(
            tmp_path,
            records.response("/robots.txt", _http(b"User-agent: *", media_type="text/plain")),
            records.response("/nguon-tin/", _http(feed, "200 OK", "text/xml")),
            records.response(
                "/ban-do.xml.gz", _http(gzip.compress(sitemap % BASE.encode()), "200 OK", "application/gzip")
            ),
            records.response("/uploads/anh.jpg", _http(b"\xff\xd8", "200 OK", "image/jpeg")),
            records.response("/uploads/ke-hoach.pdf", _http(b"%PDF", "200 OK", "application/pdf")),
            records.response("/kinh-te/bai-4.html", _http(b"", "404 Not Found")),
            records.response("/kinh-te/bai-5.html", _http(b"", "503 Service Unavailable")),
            records.response("/cu/6", _http(b"", "301 Moved", "text/html", "Location: /kinh-te/bai-6.html")),
            records.response("/kinh-te/bai-7.html", _http(_page()[:40], "206 Partial Content")),
            records.response("/themes/default.css", _http(b"h1{}", "200 OK", "text/css")),
            records.response("/kinh-te/print/bai-1.html", _http(_page())),
            records.response("/kinh-te/bai-8.html", _http(_page()[:90]), WARC_Truncated="length"),
        ),
    )
    found = _rows(home, "SELECT url, role, outcome, status FROM captures ORDER BY id")
    assert [(url.removeprefix(BASE), role, outcome, status) for url, role, outcome, status in found] == [
        ("/robots.txt", "robots", "robots", 200),
        ("/nguon-tin/", "feed", "feed", 200),
        ("/ban-do.xml.gz", "sitemap", "sitemap", 200),
        ("/uploads/anh.jpg", "image", "image", 200),
        ("/uploads/ke-hoach.pdf", "attachment", "attachment", 200),
        ("/kinh-te/bai-4.html", "article", "gone", 404),
        ("/kinh-te/bai-5.html", "article", "error", 503),
        ("/cu/6", "unknown", "redirect", 301),
        ("/kinh-te/bai-8.html", "article", "unextractable", 200),
    ]
    assert "songlam: 1 x only its beginning was captured (length)" in said
    assert "not kept: 1 x an address that is no page, feed, sitemap, picture or document" in said
    assert "not kept: 1 x an article in another form (to print, to save)" in said
    assert "not kept: 1 x HTTP status 206: no whole page" in said
    assert _rows(home, "SELECT count(*) FROM urls") == [(0,)]  # the frontier is the crawl's


@pytest.mark.parametrize("first", ["request", "response"])
def test_the_answer_to_a_form_is_not_taken_for_the_page_of_its_address(
    home: Path, tmp_path: Path, records: Records, first: str
) -> None:
    """A comment that was sent, a search, a log-in; nor is what HEAD brings a page without text."""
    pairs = []
    asked = (("/kinh-te/bai-1.html", "POST"), ("/kinh-te/bai-2.html", "GET"), ("/kinh-te/bai-3.html", "HEAD"))
    for number, (path, method) in enumerate(asked):
        answer = records.response(path, _http(_page(f"Bài số {number}")))
        pair = [records.request(answer, method, "binh-luan=hay"), answer]
        pairs += pair if first == "request" else reversed(pair)
    said = ingested(home, _file(tmp_path, *pairs))
    assert _rows(home, "SELECT url FROM captures") == [(f"{BASE}/kinh-te/bai-2.html",)]
    assert "not kept: 1 x the answer to a form: its address does not say what it shows" in said
    assert "not kept: 1 x the answer to HEAD, which asks for no page" in said


SENDING = """
[[layouts]]
[layouts.listing.post]
address = "/tai-them"
page = "trang"
[layouts.listing.post.read]
muc = 'muc: (\\d+)'
"""


@pytest.mark.parametrize(
    ("layout", "path", "form", "address"),
    [
        (SENDING, "/tai-them", "x=1&trang=3&muc=7", "/tai-them?__wb_method=POST&muc=7&trang=3"),
        (SENDING, "/tai-them", "trang=3", None),
        (SENDING, "/tai-them", "muc=7&trang=ba", None),
        (SENDING, "/khac", "muc=7&trang=3", None),
        (
            "[[layouts]]\n[layouts.listing.postback]\n",
            "/kinh-te/",
            "__EVENTTARGET=luoi&__EVENTARGUMENT=Page%242&__VIEWSTATE=x",
            "/kinh-te/?__wb_method=POST&page=2",
        ),
        ("[[layouts]]\n[layouts.listing.postback]\n", "/kinh-te/", "__EVENTTARGET=luoi&__EVENTARGUMENT=", None),
    ],
)
def test_a_further_page_of_a_listing_that_was_got_by_a_form_has_the_address_that_a_crawl_gives_it(
    home: Path, tmp_path: Path, records: Records, layout: str, path: str, form: str, address: str | None
) -> None:
    _site(home, SITE + layout)
    answer = records.response(path, _http("<a href='/kinh-te/bai-1.html'>Bài số 1</a>".encode()))
    others = _file(tmp_path, answer, records.request(answer, "POST", form))
    ingested(home, others)
    found = [(BASE + address, "listing")] if address else []
    assert _rows(home, "SELECT url, role FROM captures") == found
    before = _everything(home)
    ingested(home, others)
    assert _everything(home) == before


def test_an_address_that_led_to_an_article_is_one_of_its_addresses(
    home: Path, tmp_path: Path, records: Records
) -> None:
    moved = records.response("/cu/6", _http(b"", "301 Moved", "text/html", "Location: /kinh-te/bai-6.html"))
    ingested(home, _file(tmp_path, moved, records.response("/kinh-te/bai-6.html")))
    ((export,),) = _rows(home, "SELECT group_concat(url, ' ') FROM (SELECT url FROM addresses ORDER BY url)")
    assert export == f"{BASE}/cu/6 {BASE}/kinh-te/bai-6.html"


def test_a_capture_is_read_with_the_layout_of_its_time(home: Path, tmp_path: Path, records: Records) -> None:
    layouts = """
[[layouts]]
version = "old"
[layouts.fields.headline]
select = ["h2.old"]
[[layouts]]
version = "new"
valid_from = 2022-01-01
"""
    _site(home, SITE + layouts)
    page = _page("Tên mới").replace(b"<h1", b"<h2 class='old'>T\xc3\xaan c\xc5\xa9</h2><h1")
    ingested(
        home,
        _file(
            tmp_path,
            records.response("/kinh-te/bai-1.html", _http(page), "2021-12-01T02:00:00Z"),
            records.response("/kinh-te/bai-2.html", _http(page), "2022-02-01T02:00:00Z"),
        ),
    )
    assert _rows(home, "SELECT headline, profile_version FROM articles ORDER BY url") == [
        ("Tên cũ", f"old+{_digest(home)}"),
        ("Tên mới", f"new+{_digest(home)}"),
    ]


def _digest(home: Path) -> str:
    return str(_rows(home, "SELECT digest FROM profile_versions")[0][0][:12])


def test_a_damaged_record_is_named_and_costs_no_other(home: Path, tmp_path: Path, records: Records) -> None:
    first, second, third = (records.response(f"/kinh-te/bai-{n}.html", _http(_page(f"Bài số {n}"))) for n in range(3))
    broken = second[:200] + b"????" + second[204:]
    said = ingested(home, _file(tmp_path, first, broken, third))
    assert _rows(home, "SELECT headline FROM articles ORDER BY url") == [("Bài số 0",), ("Bài số 2",)]
    assert f"damaged: others.warc.gz, byte {len(first)}: " in said


def test_half_a_packed_page_is_none_but_one_with_bytes_behind_its_end_is_whole(
    home: Path, tmp_path: Path, records: Records
) -> None:
    packed = [gzip.compress(_page(f"Bài số {number}")) for number in range(2)]
    bodies = packed[0] + b"<!-- 0.2 s -->", packed[1][:-12]
    parts = (
        records.response(f"/kinh-te/bai-{number}.html", _http(body, "200 OK", "text/html", "Content-Encoding: gzip"))
        for number, body in enumerate(bodies)
    )
    said = ingested(home, _file(tmp_path, *parts))
    assert _rows(home, "SELECT headline FROM articles") == [("Bài số 0",)]
    assert "1 x its gzip is broken after" in said


def test_a_giant_record_and_a_bomb_are_reported_and_cost_no_other(home: Path, tmp_path: Path, records: Records) -> None:
    giant = records.response("/kinh-te/bai-1.html", _http(b" " * (70 * 2**20)))
    bomb = gzip.compress(b" " * (70 * 2**20))
    bomb_packed = records.response("/kinh-te/bai-2.html", _http(bomb, "200 OK", "text/html", "Content-Encoding: gzip"))
    said = ingested(home, _file(tmp_path, giant, bomb_packed, records.response("/kinh-te/bai-3.html")))
    assert _rows(home, "SELECT url FROM articles") == [(f"{BASE}/kinh-te/bai-3.html",)]
    assert "damaged: others.warc.gz, byte 0: this record has 73400" in said
    assert "songlam: 1 x its gzip gives more than 67108864 bytes" in said


def test_names_inside_a_wacz_are_no_paths(home: Path, tmp_path: Path, records: Records) -> None:
    wacz = tmp_path / "others.wacz"
    with zipfile.ZipFile(wacz, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("archive/../../../evil.warc.gz", records.response("/kinh-te/bai-1.html"))
        zipped.writestr("archive//etc/evil.warc", zlib.decompress(records.response("/kinh-te/bai-2.html"), wbits=31))
        zipped.writestr("archive/notes.txt", "no WARC file")
        zipped.writestr("datapackage.json", "{}")
    said = ingested(home, wacz)
    assert _rows(home, "SELECT count(*) FROM articles") == [(2,)]
    assert not list(tmp_path.rglob("*evil*"))
    assert {path.name[:9] for path in (home / "warc").iterdir()} == {"ingested-"}
    assert {origin.partition(" ")[0] for (origin,) in _rows(home, "SELECT origin FROM captures")} == {
        "others.wacz!archive/../../../evil.warc.gz",
        "others.wacz!archive//etc/evil.warc",
    }
    assert "others.wacz!archive/../../../evil.warc.gz" in said


def test_a_part_of_a_wacz_that_cannot_be_had_costs_no_other(home: Path, tmp_path: Path, records: Records) -> None:
    wacz = tmp_path / "others.wacz"
    with zipfile.ZipFile(wacz, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("archive/bomb.warc", b"WARC/1.0\r\n" + b" " * (64 * 2**20))
        zipped.writestr("archive/wrong.warc.gz", b"neither packed nor a WARC file")
        torn = zipfile.ZipInfo("archive/torn.warc.gz")
        zipped.writestr(torn, records.response("/kinh-te/bai-1.html"))
        zipped.writestr("archive/whole.warc.gz", records.response("/kinh-te/bai-2.html"))
    data = bytearray(wacz.read_bytes())
    data[data.index(b"archive/torn.warc.gz") + 200] ^= 0xFF
    wacz.write_bytes(data)
    said = ingested(home, wacz, code=Exit.CANNOT_OPEN)
    assert _rows(home, "SELECT url FROM articles") == [(f"{BASE}/kinh-te/bai-2.html",)]
    assert "others.wacz!archive/bomb.warc: unpacks to " in said
    assert "others.wacz!archive/wrong.warc.gz: neither WARC nor WACZ" in said
    assert "others.wacz!archive/torn.warc.gz: damaged" in said
    assert not list((home / "warc").glob(".*"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "neither WARC nor WACZ"),
        (b"<html>not found</html>", "neither WARC nor WACZ; it begins with b'<html>no'"),
        (gzip.compress(b"a log", mtime=0), "neither WARC nor WACZ"),
        (b"filedesc://old.arc 0.0.0.0 20100101000000 text/plain 76\n", "'warcio recompress ARC WARC'"),
        (b"PK\x03\x04 torn", "not a whole WACZ"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name_and_costs_no_other(
    home: Path, tmp_path: Path, records: Records, content: bytes | None, says: str
) -> None:
    wrong = tmp_path / "wrong.warc.gz"
    if content is not None:
        wrong.write_bytes(content)
    said = ingested(home, wrong, _file(tmp_path, records.response("/kinh-te/bai-1.html")), code=Exit.CANNOT_OPEN)
    assert f"{wrong}: " in said
    assert says in said
    assert _rows(home, "SELECT count(*) FROM articles") == [(1,)]


def test_two_ingests_at_a_time_are_one_too_many(home: Path, tmp_path: Path, records: Records) -> None:
    (home / "locks").mkdir(parents=True)
    with (home / "locks" / "ingest.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = luutru(home, "ingest", str(_file(tmp_path, records.response("/kinh-te/bai-1.html"))))
    assert ended.returncode == Exit.BUSY
    assert "another process takes files into" in ended.stderr
    assert _rows(home, "SELECT count(*) FROM captures") == [(0,)]


def test_what_a_killed_copy_left_is_cleared_away(home: Path, tmp_path: Path, records: Records) -> None:
    (home / "warc").mkdir()
    (home / "warc" / ".ingested-4711.part").write_bytes(b"half")
    ingested(home, _file(tmp_path, records.response("/kinh-te/bai-1.html")))
    assert not list((home / "warc").glob(".*"))


def test_an_ingest_is_no_crawl(home: Path, tmp_path: Path, records: Records) -> None:
    ingested(home, _file(tmp_path, records.response("/kinh-te/bai-1.html")))
    assert '"run": null' in run(home, "status", "--json")
    assert '"last": null' in run(home, "schedule", "list", "--json")


def test_records_of_an_uncompressed_file_can_be_packed(home: Path, tmp_path: Path, records: Records) -> None:
    answer = "<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-00000000000a>"
    response = records.response("/kinh-te/bai-1.html", WARC_Record_ID=answer)
    get = b"GET /kinh-te/bai-1.html HTTP/1.1\r\n\r\n"
    request = records.response("/kinh-te/bai-1.html", get, kind="request", WARC_Concurrent_To=answer)
    plain = [zlib.decompress(part, wbits=31) for part in (response, request)]
    ingested(home, _file(tmp_path, *plain, name="others.warc"))
    with zipfile.ZipFile(packed(home, tmp_path / "ours.wacz")) as wacz:
        (tmp_path / "ours.warc.gz").write_bytes(wacz.read("archive/luutru.warc.gz"))
    (found,) = stored(tmp_path / "ours.warc.gz")
    assert found.body == _page()
    assert get in gzip.decompress((tmp_path / "ours.warc.gz").read_bytes())


def test_what_was_interrupted_goes_on(
    home: Path, tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = _file(
        tmp_path, *(records.response(f"/kinh-te/bai-{n}.html", _http(_page(f"Bài số {n}"))) for n in range(7))
    )
    whole = tmp_path / "whole"
    _site(whole, SITE)
    ingested(whole, others)
    kept = Intake.keep
    calls = iter(range(5))

    def interrupted(self: Intake, *told: Any) -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        kept(self, *told)

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "keep", interrupted)
        patch.setattr("crawler.intake.BATCH", 2)
        with pytest.raises(KeyboardInterrupt):
            ingest(Home(home), [Home(home).profiles.load("songlam")], [others], Unseen())
    assert _rows(home, "SELECT count(*) FROM captures") == [(4,)]
    assert _rows(home, "SELECT reason FROM runs") == [("shutdown",)]
    ingested(home, others)
    assert exported(home) == exported(whole)
    assert _rows(home, "SELECT url, fetched_at FROM captures") == _rows(whole, "SELECT url, fetched_at FROM captures")
    assert _rows(home, "SELECT reason FROM runs") == [("shutdown",), ("ingested",)]


class Unseen:
    """Progress that nobody looks at."""

    def begin(self, what: str, size: int) -> None:
        """Nothing."""

    def advance(self, size: int) -> None:
        """Nothing."""


@pytest.mark.parametrize("at", ["2999-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_capture_of_an_impossible_time_is_not_believed(home: Path, tmp_path: Path, records: Records, at: str) -> None:
    said = ingested(home, _file(tmp_path, records.response("/kinh-te/bai-1.html", at=at)))
    assert "not kept: 1 x captured at a time when nobody can have" in said
    assert _rows(home, "SELECT count(*) FROM articles") == [(0,)]


def test_a_capture_dated_ahead_of_now_is_kept_with_a_warning(home: Path, tmp_path: Path, records: Records) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=30)
    at = {"at": ahead.strftime("%Y-%m-%dT%H:%M:%SZ")}
    file = _file(tmp_path, records.response("/kinh-te/bai-1.html", **at), records.response("/kinh-te/bai-2.html"))
    said = " ".join(ingested(home, file).split())
    told = ahead.astimezone(VIETNAM).isoformat(timespec="seconds")
    assert f"WARNING: 1 capture is dated ahead of now, up to {told}: this machine's clock is wrong" in said
    assert _rows(home, "SELECT count(*) FROM captures") == [(2,)]
    assert "WARNING" not in ingested(home, file), "it was taken in before"


def test_a_digest_that_is_not_the_payload_s_is_not_believed(home: Path, tmp_path: Path, records: Records) -> None:
    forged = records.response("/kinh-te/bai-1.html", WARC_Payload_Digest=payload_sha1(b"a page of ours"))
    ingested(home, _file(tmp_path, forged))
    assert _rows(home, "SELECT payload_sha1 FROM captures") == [(payload_sha1(_page()),)]


def test_our_own_revisits_never_refer_to_what_others_captured(home: Path, tmp_path: Path, records: Records) -> None:
    ingested(home, _file(tmp_path, records.response("/kinh-te/bai-1.html")))
    payloads = Payloads(home / "archive.db", "songlam")
    assert payloads.same(payload_sha1(_page())) is None
    assert payloads.last(f"{BASE}/kinh-te/bai-1.html") is None
    payloads.close()


def test_where_no_file_can_be_taken_in_nothing_is_printed_but_why(tmp_path: Path) -> None:
    missing = tmp_path / "missing.warc.gz"
    said = ingested(tmp_path / "home", missing, code=Exit.CANNOT_OPEN)
    assert said.strip() == f"luutru: {missing}: No such file or directory"
