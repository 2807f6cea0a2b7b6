"""What a check of the archive finds: nothing in one that is whole, and of each thing that breaks just that."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_archive import open_sample, run, sample, sample_id
from warcs import exchange, foreign, written

from archive.conclude import conclude
from archive.exits import Exit
from archive.indexing import TERMS, index_articles
from archive.records import (
    Address,
    Article,
    Author,
    Capture,
    Evidence,
    Found,
    Harvest,
    Role,
    Sighting,
    Visit,
    WarcRecord,
)
from archive.schema import open_archive, open_read_only
from archive.searchable import docids_of, load_searchable
from archive.store import Archive
from archive.verify import verify
from archive.warc import Earlier, WarcWriter, payload_sha1

AT = "2024-08-01T06:30:00+07:00"
LATER = "2024-08-02T06:30:00+07:00"
BASE = "http://songlam.example"

LONG = (
    "Công đoàn khu công nghiệp ven sông vừa tổ chức buổi nói chuyện về an toàn điện trong mùa mưa cho các xóm trọ."
    " Thợ điện lành nghề chỉ cách nhận ra dây hở, ổ cắm cháy, và nhắc mọi nhà ngắt cầu dao trước khi lau sàn."
)
SAFETY = sample(
    "an-toan-dien",
    "An toàn điện mùa mưa",
    LONG,
    byline="Lan Chi",
    authors=[Author("Lan Chi", None, "author")],
    keywords=["an toàn", "mùa mưa"],
    date_published="2024-07-30T08:00:00+07:00",
    evidence=[Evidence("date_published", "30/07/2024", "2024-07-30T08:00:00+07:00", "page", "span")],
    view_count=7,
)
COPY = sample("an-toan-dien-2", "An toàn điện", LONG, byline="Lan Chi", date_published="2024-07-31T08:00:00+07:00")
SHORT = sample("tin-ngan", "Tin ngắn", "Chợ nổi họp sớm.")


class Site:
    """Writes pages of one site as a crawl does: first the record, then its capture with what it yielded."""

    def __init__(self, home: Path) -> None:
        self.writer = WarcWriter(home / "warc", "songlam")

    def fetch(
        self,
        path: str,
        body: bytes,
        role: Role = "article",
        *,
        at: str = AT,
        same: Earlier | None = None,
        status: int = 200,
        **rest: Any,
    ) -> Harvest:
        url = BASE + path
        asked = exchange(url, body, at=at, status=status)
        place = self.writer.write(asked, same=same, not_modified=status == 304)
        capture = Capture(
            site="songlam",
            url=url,
            final_url=url,
            role=role,
            fetched_at=at,
            status=status,
            media_type="text/html",
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            outcome="unchanged" if status == 304 else role,
            payload_sha1=payload_sha1(body),
            record=place,
            refers_to=same.record_id if same else None,
        )
        return Harvest(capture, **rest)

    def article(self, article: Article, *, at: str = AT) -> Harvest:
        path = article.url.removeprefix(BASE)
        body = f"<h1>{article.headline}</h1><p>{article.body}</p>".encode()
        told = self.fetch(
            path, body, at=at, articles=[article], addresses=[Address("songlam", article.url, article.id)]
        )
        told.visit = Visit(article.url, "article", "done", article.id, article.url, body_sha256=told.capture.sha256)
        return told


def earlier(harvest: Harvest) -> Earlier:
    capture = harvest.capture
    assert capture.record is not None
    assert capture.payload_sha1 is not None
    return Earlier(capture.final_url, capture.fetched_at, capture.record.record_id, capture.payload_sha1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with something in every table: captures 1 to 9 are robots.txt, a listing, three articles, a page that
    says the same, one that was not modified, a revision, and a page that could not be read."""
    home = tmp_path_factory.mktemp("whole")
    site = Site(home)
    with open_sample(home / "archive.db") as archive:
        crawl, _ = archive.begin_crawl("songlam", [Found(f"{BASE}/", "listing")], AT)
        robots = site.fetch("/robots.txt", b"User-agent: *\nDisallow:\n", "robots")
        printed = Sighting("songlam", f"{BASE}/", "listing", SHORT.url, SHORT.id, "Tin ngắn", None, None, None)
        listing = site.fetch("/", b"<a>Tin ng\xe1\xba\xafn</a>", "listing", sightings=[printed])
        listing.visit = Visit(f"{BASE}/", "listing", "done", final_url=f"{BASE}/", body_sha256=listing.capture.sha256)
        listing.found = [Found(one.url, "article", one.id) for one in (SAFETY, COPY, SHORT)]
        articles = [site.article(one) for one in (SAFETY, COPY, SHORT)]
        home_again = site.fetch("/", b"<a>Tin ng\xe1\xba\xafn</a>", "listing", at=LATER, same=earlier(listing))
        unchanged = site.fetch("/", b"", "listing", at=LATER, status=304, same=earlier(listing))
        corrected = site.article(replace(SHORT, body="Chợ nổi họp muộn."), at=LATER)
        page = b"<html>khong doc duoc</html>"
        unread = replace(
            robots.capture,
            url=f"{BASE}/hong",
            final_url=f"{BASE}/hong",
            role="article",
            outcome="unextractable",
            payload=page,
            size=len(page),
            sha256=hashlib.sha256(page).hexdigest(),
            record=None,
            payload_sha1=None,
        )
        site.writer.close()
        archive.add(crawl, [robots, listing, *articles, home_again, unchanged, corrected, Harvest(unread)])
        conclude(archive)
        archive.finish_run(crawl, LATER, "finished", {})
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "home"))


def warc(home: Path) -> Path:
    [path] = (home / "warc").glob("songlam-*")
    return path


def found(home: Path, code: Exit = Exit.DAMAGED) -> list[dict[str, Any]]:
    """What the command prints for a program."""
    result = run(home, "verify", "--json")
    assert result.exit_code == code, result.stdout
    report = json.loads(result.stdout)
    assert report["damaged"] == (code == Exit.DAMAGED)
    findings: list[dict[str, Any]] = report["findings"]
    return findings


def only(home: Path, code: Exit = Exit.DAMAGED) -> dict[str, Any]:
    findings = found(home, code)
    assert len(findings) == 1, findings
    return findings[0]


def sql(home: Path, *statements: str, **values: object) -> None:
    """Another program at work in the database; SHORT, SAFETY and COPY stand for the ids of these articles."""
    db = sqlite3.connect(home / "archive.db")
    for statement in statements:
        for name, one in (("SHORT", SHORT), ("SAFETY", SAFETY), ("COPY", COPY)):
            statement = statement.replace(name, f"'{one.id}'")  # noqa: PLW2901
        db.execute(statement, values)
    db.commit()
    db.close()


def record(home: Path, capture: int) -> tuple[int, int]:
    """Where a capture's record begins in the file, and how long it is."""
    db = sqlite3.connect(home / "archive.db")
    [(offset, length)] = db.execute('SELECT "offset", length FROM captures WHERE id = ?', [capture])
    db.close()
    return offset, length


def bytes_of(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


def test_an_archive_as_it_was_written_gives_no_findings(home: Path) -> None:
    result = run(home, "verify")
    assert result.exit_code == Exit.OK
    assert result.stderr == ""
    size = warc(home).stat().st_size / 1e6
    assert result.stdout == (
        f"3 articles in 4 revisions, 9 captures, 8 records in 1 WARC file ({size:.1f} MB): 0 damaged, 0 to note\n"
    )
    assert found(home, Exit.OK) == []


def test_checking_changes_nothing(home: Path) -> None:
    sql(home, "DELETE FROM changes", "UPDATE captures SET sha256 = 'x' WHERE id = 1")
    before = bytes_of(home)
    run(home, "verify")
    after = bytes_of(home)
    assert {name: data for name, data in after.items() if data or name in before} == before


BROKEN_ROWS: list[tuple[list[str], str, str, str, str]] = [
    (["DELETE FROM captures WHERE id = 7"], "record", "captures", "", "1 record has no row in captures"),
    (["UPDATE captures SET sha256 = 'ab' WHERE id = 4"], "record", "captures", "4", "its body has"),
    (["UPDATE captures SET size = size + 1 WHERE id = 4"], "record", "captures", "4", "its body has"),
    (["UPDATE captures SET payload_sha1 = 'sha1:AB' WHERE id = 4"], "record", "captures", "4", "its payload's digest"),
    (["UPDATE captures SET record_id = '<urn:x>' WHERE id = 4"], "record", "captures", "4", "expected the record <urn"),
    (["UPDATE captures SET length = length - 1 WHERE id = 4"], "record", "captures", "4", "expected the record"),
    (["UPDATE captures SET url = '/', final_url = '/' WHERE id = 1"], "record", "captures", "1", "found that of"),
    (["UPDATE captures SET status = 404 WHERE id = 4"], "record", "captures", "4", "expected the status 404"),
    (["UPDATE captures SET length = NULL WHERE id = 7"], "pointer", "captures", "7", "says only in part"),
    (["UPDATE captures SET sha256 = 'ab' WHERE id = 6"], "record", "captures", "6", "its body is not that of"),
    (["UPDATE captures SET payload = :packed WHERE id = 9"], "payload", "captures", "9", "its bytes are not those"),
    (["UPDATE captures SET payload = x'00' WHERE id = 9"], "payload", "captures", "9", "cannot be unpacked"),
    (["UPDATE captures SET run = 9 WHERE id = 1"], "pointer", "runs", "9", "captures.run (1)"),
    (["DELETE FROM sites WHERE name = 'songlam'"], "pointer", "sites", "songlam", "articles.site (3)"),
    (["UPDATE revisions SET content_sha256 = 'ab' WHERE revision = 2"], "digest", "revisions", "SHORT/2", "not ab"),
    (
        ["UPDATE revisions SET content = replace(content, 'sớm', 'trễ') WHERE revision = 1"],
        *("digest", "revisions", "SHORT/1", "its content has the digest"),
    ),
    (["UPDATE revisions SET content = '{' WHERE revision = 2"], "revision", "revisions", "SHORT/2", "cannot be read"),
    (["DELETE FROM revisions WHERE revision = 1 AND article = SHORT"], "revision", "articles", "SHORT", "not [2]"),
    (["UPDATE revisions SET capture = 2 WHERE revision = 2"], "pointer", "revisions", "SHORT/2", "but a listing"),
    (["UPDATE revisions SET recorded_at = '2024' WHERE revision = 2"], "pointer", "revisions", "SHORT/2", "fetched at"),
    (["UPDATE articles SET content_sha256 = 'ab' WHERE id = SHORT"], "article", "articles", "SHORT", "content_sha256"),
    (["UPDATE articles SET view_count = 8 WHERE id = SAFETY"], "article", "articles", "SAFETY", "in view_count"),
    (["UPDATE articles SET revision = 9 WHERE id = SHORT"], "revision", "articles", "SHORT", "its revision 9 is not"),
    (["UPDATE authors SET role = 'editor'"], "article", "articles", "SAFETY", "differs from its revision 1 in authors"),
    (["UPDATE evidence SET revision = 5"], "pointer", "evidence", "SAFETY/5/0", "a revision that is not there"),
    (["UPDATE evidence SET capture = 99"], "pointer", "captures", "99", "evidence.capture (1)"),
    (["INSERT INTO links (article, position, relation) VALUES ('x', 0, 'older')"], "pointer", "articles", "x", "links"),
    (["DELETE FROM changes WHERE article = COPY"], "changes", "articles", "COPY", "never hears of it"),
    (
        ["DELETE FROM signatures WHERE article = COPY", "DELETE FROM bands WHERE number = 2"],
        *("signature", "articles", "COPY", "has no signature"),
    ),
    (["UPDATE signatures SET digest = 'ab' WHERE article = COPY"], "signature", "articles", "COPY", "of another text"),
    (["DELETE FROM bands WHERE band = 3 AND number = 2"], "signature", "articles", "COPY", "in the bands"),
    (["UPDATE duplicates SET evidence = '{'"], "duplicates", "duplicates", "PAIR", "is no pair of copies"),
    (["UPDATE urls SET state = 'lost' WHERE article = SHORT"], "frontier", "urls", "URL", "is in no state"),
    (
        ["INSERT INTO urls (site, url, role, state, priority, steps, failures, not_modified)"
         " VALUES ('songlam', 'http://songlam.example/x.html', 'article', 'done', 1, 1, 0, 0)"],
        *("frontier", "urls", "songlam http://songlam.example/x.html", "no capture tells of it"),
    ),
    (["DROP INDEX idx_articles_cluster"], "schema", "", "", "the index idx_articles_cluster is not there"),
    (["DROP TABLE media"], "schema", "", "", "the table media is not there"),
    (["ALTER TABLE captures DROP COLUMN tls"], "schema", "captures", "", "has no column tls"),
    (
        ["DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%'"],
        *("schema", "", "", "an older version's (m002_pages_got_by_forms is due)"),
    ),
    (
        ["UPDATE _sqlite_migrations SET name = 'm999' WHERE name LIKE 'm002%'"],
        *("schema", "", "", "a newer version of luutru"),
    ),
]  # fmt: skip

KEYS = {
    "SHORT": SHORT.id,
    "SAFETY": SAFETY.id,
    "COPY": COPY.id,
    "PAIR": "/".join(sorted((SAFETY.id, COPY.id))),
    "URL": f"songlam {SHORT.url}",
}


@pytest.mark.parametrize(("statements", "check", "table", "key", "what"), BROKEN_ROWS, ids=lambda one: str(one)[:60])
def test_a_broken_row_is_found_and_nothing_else(
    home: Path, statements: list[str], check: str, table: str, key: str, what: str
) -> None:
    for statement in statements:
        sql(home, statement, packed=zlib.compress(b"another page"))
    finding = only(home)
    for name, value in KEYS.items():
        key = key.replace(name, value)
    assert (finding["level"], finding["check"]) == ("damage", check)
    assert (finding["table"] or "", finding["key"] or "") == (table, key)
    assert what in finding["what"]
    assert finding["repair"]


def test_a_pointer_to_where_no_record_begins_is_found(home: Path) -> None:
    offset, _ = record(home, 4)
    sql(home, 'UPDATE captures SET "offset" = "offset" + 1 WHERE id = 4')
    finding = only(home)
    assert (finding["key"], finding["offset"]) == ("4", offset + 1)
    assert "begins where its record should stand" in finding["what"]


def test_the_record_behind_a_revisit_must_be_a_captures(home: Path) -> None:
    sql(home, "UPDATE captures SET refers_to = '<urn:uuid:0>' WHERE id = 6")
    pointer, revisit = found(home)
    assert (pointer["check"], pointer["key"], revisit["key"]) == ("pointer", "6", "6")
    assert "it refers to <urn:uuid:" in revisit["what"]


def test_two_captures_of_one_record_are_found(home: Path) -> None:
    sql(
        home,
        "INSERT INTO captures SELECT 10, run, site, url, final_url, role, fetched_at, status, media_type, size, sha256,"
        ' outcome, reason, payload, payload_sha1, tls, origin, warc, "offset", length, record_id, refers_to'
        " FROM captures WHERE id = 4",
    )
    assert (only(home)["what"], only(home)["key"]) == ("are captures of one and the same record", "4, 10")


def test_an_article_that_is_gone_is_named_once_with_all_that_points_to_it(home: Path) -> None:
    sql(home, "DELETE FROM articles WHERE id = SAFETY")
    pointer, index = found(home)
    assert (pointer["table"], pointer["key"]) == ("articles", SAFETY.id)
    assert pointer["what"].startswith("there is no such row, though others point to it: revisions.article (1)")
    assert (index["table"], index["check"]) == ("search_documents", "index")


def test_bands_that_no_signature_gives_are_found(home: Path) -> None:
    sql(home, "INSERT INTO bands SELECT band, hash + 1, number FROM bands WHERE band < 2")
    finding = only(home)
    assert (finding["check"], finding["table"], finding["repair"]) == ("signature", "bands", "luutru reindex")
    assert finding["what"].startswith("has 4 rows that no signature gives")


def test_conclusions_that_are_due_are_noted_for_the_next_crawl(home: Path) -> None:
    sql(home, "UPDATE articles SET cluster = NULL, duplicate_of = NULL", "UPDATE signatures SET compared = NULL")
    sql(home, "DELETE FROM duplicates", "UPDATE search_documents SET cluster = NULL")
    copies, cluster = found(home, Exit.OK)
    assert (copies["level"], copies["check"], cluster["level"]) == ("note", "conclusion", "note")
    both = ", ".join(sorted((SAFETY.id, COPY.id)))
    assert copies["what"] == f"the archive's pages give another list of copies of {both} now"
    assert cluster["what"] == f"the archive's pages give another cluster of {both} now"
    with Archive(home / "archive.db") as archive:
        conclude(archive)
    assert found(home, Exit.OK) == []


def test_a_cluster_that_the_pairs_do_not_give_is_found_and_drawn_anew(home: Path) -> None:
    index = "UPDATE search_documents SET cluster = NULL WHERE docid = (SELECT docid FROM articles WHERE id = COPY)"
    sql(home, "UPDATE articles SET cluster = NULL, duplicate_of = NULL WHERE id = COPY", index)
    finding = only(home)
    assert (finding["check"], finding["repair"]) == ("conclusion", "luutru reindex")
    assert finding["what"] == f"the pairs of copies give another cluster of {COPY.id}"
    run(home, "reindex")
    assert found(home, Exit.OK) == []


def test_a_lease_of_a_crawl_that_has_ended_is_noted(home: Path) -> None:
    sql(home, "UPDATE urls SET state = 'leased', run = 1 WHERE article = SHORT")
    finding = only(home, Exit.OK)
    assert (finding["level"], finding["key"]) == ("note", f"songlam {SHORT.url}")
    sql(home, "UPDATE runs SET finished_at = NULL")
    assert found(home, Exit.OK) == []


def forget(home: Path, article: Article, instead: dict[str, Any] | None) -> None:
    """Take an article's words out of the index, and put others there."""
    db = open_archive(home / "archive.db")
    before = load_searchable(db, docids_of(db, [article.id]))
    after = {} if instead is None else {docid: replace(one, **instead) for docid, one in before.items()}
    with db.conn:
        index_articles(db, before, after)
    db.close()


def test_an_article_torn_out_of_the_full_text_index_is_found_and_put_back(home: Path) -> None:
    forget(home, COPY, None)
    finding = only(home)
    assert (finding["check"], finding["key"], finding["repair"]) == ("index", COPY.id, "luutru reindex")
    assert run(home, "reindex").stderr == "3 articles indexed\n"
    assert found(home, Exit.OK) == []


@pytest.mark.parametrize(
    ("instead", "what"),
    [
        ({"words": "an toan dien"}, "other words"),
        ({"spelled": "điện"}, "other words"),
        ({"filters": "is_article site_ptsonglam"}, "other words"),
        ({"headline": "an toàn"}, "other words"),
        ({"published": "2020-01-01T00:00:00+07:00"}, "another date, site or section"),
        ({"sections": "Thời sự"}, "another date, site or section"),
    ],
    ids=["fewer words", "other accents", "another site", "another headline", "another date", "another section"],
)
def test_an_article_that_is_indexed_as_it_is_not_is_found(home: Path, instead: dict[str, Any], what: str) -> None:
    forget(home, COPY, instead)
    assert only(home)["what"] == f"stands in the full-text index with {what} than its own"


@pytest.mark.parametrize("table", ["search_pairs", "search_titles"])
def test_an_index_without_places_that_lacks_an_article_is_found(home: Path, table: str) -> None:
    db = open_archive(home / "archive.db")
    [(docid, one)] = load_searchable(db, docids_of(db, [COPY.id])).items()
    with db.conn:
        [(number,)] = db.execute("SELECT number FROM search_documents WHERE docid = ?", [docid])
        told = [number, TERMS[table](one)]
        db.execute(f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', ?, ?)", told)  # noqa: S608
    db.close()
    assert only(home)["what"] == "stands in the full-text index with other words than its own"
    assert run(home, "reindex").exit_code == Exit.OK
    assert found(home, Exit.OK) == []


def test_a_wrong_count_of_a_word_is_found(home: Path) -> None:
    sql(home, "UPDATE search_words SET articles = articles + 1 WHERE word = 'cong'")
    finding = only(home)
    assert (finding["table"], finding["key"], finding["repair"]) == ("search_words", "cong", "luutru reindex")


def test_a_broken_full_text_index_is_found_and_built_anew(home: Path) -> None:
    sql(home, "DELETE FROM search_index_data WHERE id > 10")
    assert {one["check"] for one in found(home)} <= {"index", "sqlite"}
    assert run(home, "reindex").exit_code == Exit.OK
    assert found(home, Exit.OK) == []


def test_what_follows_from_the_articles_can_be_built_anew(home: Path) -> None:
    before = run(home, "export").stdout
    sql(home, "DELETE FROM signatures", "DELETE FROM bands", "DELETE FROM changes")
    assert len(found(home)) == 2 + 3
    run(home, "reindex")
    assert found(home, Exit.OK) == []
    assert run(home, "export").stdout == before


def test_a_flipped_byte_is_found_with_the_captures_that_it_costs(home: Path) -> None:
    offset, length = record(home, 4)
    data = bytearray(warc(home).read_bytes())
    data[offset + length // 2] ^= 0x40
    warc(home).write_bytes(data)
    finding = only(home)
    assert (finding["level"], finding["file"], finding["offset"]) == ("damage", warc(home).name, offset)
    assert finding["what"].endswith("; captures that stand there: 4")
    assert finding["repair"] == "restore the file from a backup, under the same name"


def test_a_flipped_byte_in_a_request_costs_no_capture_and_is_found(home: Path) -> None:
    offset, length = record(home, 3)
    data = bytearray(warc(home).read_bytes())
    data[offset + length + 40] ^= 0x40
    warc(home).write_bytes(data)
    assert only(home)["what"].endswith("; no capture stands there")


@pytest.mark.parametrize("cut", [5, 0], ids=["within a record", "between two records"])
def test_a_cut_file_is_found_once_with_all_captures_behind_the_cut(home: Path, cut: int) -> None:
    offset, length = record(home, 5)
    os.truncate(warc(home), offset + length - cut)
    finding = only(home)
    assert finding["offset"] == (offset if cut else offset + length)
    assert finding["what"].endswith(": 5, 6, 7, 8" if cut else ": 6, 7, 8")


def test_a_file_that_is_gone_is_found(home: Path) -> None:
    name = warc(home).name
    warc(home).unlink()
    finding = only(home)
    assert (finding["check"], finding["file"]) == ("file", name)
    assert "captures stand in it: 1, 2, 3, 4, 5 and 3 more" in finding["what"]


def test_a_file_in_place_of_which_stands_another_is_found(home: Path) -> None:
    warc(home).write_bytes(b"PK\x03\x04" + bytes(100))
    assert "is a ZIP file" in only(home)["what"]


def test_a_file_that_a_crawl_writes_is_no_damage_and_said_to_be_open(home: Path) -> None:
    writer = WarcWriter(home / "warc", "songlam")
    writer.write(exchange(f"{BASE}/moi.html"))
    finding = only(home, Exit.OK)
    assert finding["level"] == "note"
    assert finding["what"] == "a crawl of songlam is writing it, or was killed; not in captures yet: 1 record"


def test_what_a_killed_crawl_left_half_written_is_no_damage(home: Path) -> None:
    torn = warc(home).rename(warc(home).with_name(warc(home).name + ".open"))
    with torn.open("ab") as file:
        file.write(zlib.compress(b"WARC/1.1\r\nWARC-Type: request\r\n", wbits=31)[:20])
    assert only(home, Exit.OK)["what"].endswith("not in captures yet: 0 records")


def test_records_that_no_crawl_stored_are_noted(home: Path) -> None:
    path = written(home / "warc", exchange(f"{BASE}/1"), exchange(f"{BASE}/2"), site="ptsonglam")
    finding = only(home, Exit.OK)
    assert (finding["level"], finding["file"]) == ("note", path.name)
    assert finding["what"] == "the crawl was killed before it stored 2 of its records in captures"


def test_a_record_that_the_next_crawl_adopts_is_noted_wherever_it_stands(home: Path) -> None:
    sql(home, "DELETE FROM captures WHERE id = 7", "UPDATE runs SET finished_at = NULL, reason = NULL")
    finding = only(home, Exit.OK)
    assert finding["level"] == "note"
    assert finding["what"] == "the crawl was killed before it stored 1 of its records in captures"


def test_a_strange_file_is_noted(home: Path) -> None:
    (home / "warc" / "another.warc.gz").write_bytes(foreign(b"HTTP/1.1 200 OK\r\n\r\nx"))
    (home / "warc" / "notes.txt").write_text("none of ours")
    finding = only(home, Exit.OK)
    assert (finding["file"], finding["what"]) == ("another.warc.gz", "no capture stands in it")


def test_a_file_of_others_that_changed_since_it_was_taken_in_is_found(home: Path) -> None:
    data = foreign(b"HTTP/1.1 200 OK\r\n\r\nx")
    path = home / "warc" / f"ingested-{hashlib.sha256(data).hexdigest()}.warc.gz"
    path.write_bytes(data)
    assert found(home, Exit.OK)[0]["what"] == "no capture stands in it"
    path.write_bytes(data + foreign(b"HTTP/1.1 200 OK\r\n\r\ny"))
    assert only(home)["what"].startswith("is not what it was when it was taken in")


def test_a_record_whose_payload_is_not_what_it_says_is_found(home: Path) -> None:
    """Its block's digest is right: somebody wrote both anew."""
    path = warc(home)
    offset, length = record(home, 4)
    data = path.read_bytes()
    text = zlib.decompress(data[offset : offset + length], wbits=31)
    head, _, _ = text.partition(b"\r\n\r\n")
    wrong = b"\r\n".join(
        b"WARC-Payload-Digest: sha1:" + b"A" * 32 if line.startswith(b"WARC-Payload") else line
        for line in head.split(b"\r\n")
    )
    anew = zlib.compress(text.replace(head, wrong, 1), wbits=31)
    path.write_bytes(data[:offset] + anew + data[offset + length :])
    sql(
        home,
        "UPDATE captures SET length = length + :shift WHERE id = 4",
        'UPDATE captures SET "offset" = "offset" + :shift WHERE "offset" > :offset',
        shift=len(anew) - length,
        offset=offset,
    )
    assert "its WARC-Payload-Digest sha1:AAAA" in only(home)["what"]


def test_a_damaged_page_of_the_database_is_found(home: Path) -> None:
    path = home / "archive.db"
    db = sqlite3.connect(path)
    [(page,)] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'idx_sightings_target'")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(data)
    assert {one["check"] for one in found(home)} == {"sqlite"}


def test_the_report_says_what_is_wrong_where_and_what_repairs_it(home: Path) -> None:
    sql(home, "DELETE FROM changes WHERE article = COPY")
    result = run(home, "verify")
    assert result.exit_code == Exit.DAMAGED == 8
    *lines, last = result.stdout.splitlines()
    assert lines == [
        f"damage: articles {COPY.id}",
        "  stands in no row of changes, so who reads only changes never hears of it",
        "  → luutru reindex",
    ]
    assert last.endswith(": 1 damaged, 0 to note")


def test_of_many_findings_of_a_kind_the_first_are_shown_and_the_rest_counted(home: Path) -> None:
    db = sqlite3.connect(home / "archive.db")
    db.executemany(
        "INSERT INTO links (article, position, relation) VALUES (?, 0, 'older')",
        [(sample_id("songlam", str(number)),) for number in range(25)],
    )
    db.commit()
    lines = run(home, "verify").stdout.splitlines()
    assert sum(line.startswith("damage: articles songlam-") for line in lines) == 20
    assert lines[-2] == "damage: 5 more like these (pointer articles): see --json"
    assert lines[-1].endswith(": 25 damaged, 0 to note")


def test_without_an_archive_there_is_nothing_to_check(tmp_path: Path) -> None:
    for command in ("verify", "reindex"):
        result = run(tmp_path, command)
        assert result.exit_code == Exit.CANNOT_OPEN
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", ["", "x"])
@pytest.mark.parametrize("http", [b"\r\nx", b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"])
def test_others_records_are_held_to_what_was_read_of_them(home: Path, wrong: str, http: bytes) -> None:
    """Their digests may be of another kind, and chunks may stand in what they stored."""
    data = foreign(b"HTTP/1.1 200 OK\r\n" + http, WARC_Payload_Digest="md5:00000000000000000000000000000000")
    name = f"ingested-{hashlib.sha256(data).hexdigest()}.warc.gz"
    (home / "warc" / name).write_bytes(data)
    body = b"x" + wrong.encode()
    taken = Capture(
        site="songlam",
        url=f"{BASE}/bai",
        final_url=f"{BASE}/bai",
        role="article",
        fetched_at=AT,
        status=200,
        media_type=None,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        outcome="article",
        payload_sha1=payload_sha1(b"x"),
        origin="others.warc.gz",
        record=WarcRecord(name, 0, len(data), "<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-1f6f0f7c0001>"),
    )
    with Archive(home / "archive.db") as archive:
        archive.add(archive.start_run("songlam", AT, "ingest"), [Harvest(taken)])
    if wrong:
        assert only(home)["what"].startswith("its body has 1 bytes")
    else:
        assert found(home, Exit.OK) == []


def test_progress_is_told_part_by_part(home: Path) -> None:
    told: list[tuple[str, int, int]] = []
    db = open_read_only(home / "archive.db")
    assert list(verify(db, home / "warc", progress=lambda *step: told.append(step))) == []
    db.close()
    names = list(dict.fromkeys(name for name, _, _ in told))
    assert names == [
        "database",
        "tables",
        "corrections",
        "articles",
        "full-text index",
        "signatures",
        "conclusions",
        "WARC files",
    ]
    assert told[-1] == ("WARC files", warc(home).stat().st_size, warc(home).stat().st_size)
    assert all(done <= total for _, done, total in told)
