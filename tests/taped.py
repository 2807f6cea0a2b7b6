"""An archive with WARC files, filled as a crawl fills it: pages of an invented site, read by its profile."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from test_bad_input import _site
from test_urls import SITE

from archive.conclude import conclude
from archive.records import Capture, Role, WarcRecord
from archive.store import Archive
from archive.warc import Earlier, Exchange, WarcWriter, payload_sha1, read
from crawler.desk import Desks
from crawler.home import Home
from crawler.reextract import SiteReport, reextract
from crawler.urls import KnownSites

NAME = "songlam"
BASE = "http://ldld.songlam.example"
MORNING = "2024-07-20T08:00:00+07:00"
NOON = "2024-07-20T12:00:00+07:00"
TOMORROW = "2024-07-21T08:00:00+07:00"
NOW = "2026-03-02T07:00:00+07:00"
TEXT = (
    "Sáng nay, công đoàn cơ sở nhà máy dệt bờ bắc sông Lam mở lớp dạy bơi miễn phí cho con em đoàn viên trong dịp nghỉ"
    " hè, mỗi lớp có hai thầy hướng dẫn và một y tá trực."
)


def article_page(title: str, text: str = TEXT, *, date: str = "Thứ bảy - 20/07/2024 06:30", more: str = "") -> str:
    """A page of the site as the NukeViet family reads it; ``more`` stands in the article's panel."""
    return (
        f'<html lang="vi"><head><title>{title}</title></head><body><div class="news_column">'
        f'<h1 class="title" itemprop="headline">{title}</h1><span class="h5">{date}</span>'
        f'<div class="hometext">Tin của {title}.</div><div id="news-bodyhtml"><p>{text}</p></div>{more}'
        "</div></body></html>"
    )


def listing_page(*entries: tuple[str, str, str]) -> str:
    """A listing: address, title and printed date of each entry."""
    items = "".join(
        f'<div><h3><a href="{url}">{title}</a></h3><p><em class="fa fa-clock-o"></em> {date}</p></div>'
        for url, title, date in entries
    )
    return f"<html><body>{items}</body></html>"


class Taped:
    """A home directory with one site, whose profile a test may write anew."""

    def __init__(self, folder: Path, layouts: str = "") -> None:
        self.home = Home(folder)
        self.profile(layouts)
        self._writer = WarcWriter(self.home.warc, NAME)
        self._first: dict[str, Earlier] = {}
        self.captures: list[Capture] = []

    def profile(self, layouts: str = "") -> None:
        """Write the site's profile; ``layouts`` are its ``[[layouts]]``."""
        _site(self.home.home, SITE + layouts, NAME)

    def exchange(
        self, path: str, body: str, at: str = MORNING, role: Role = "article", *, status: int = 200, asked: str = ""
    ) -> Capture:
        """Record a response. The same body again makes a revisit. ``asked``: the path before a redirect."""
        data, url = body.encode(), BASE + path
        headers = [("Content-Type", "text/html; charset=utf-8")]
        digest = payload_sha1(data)
        same = self._first.get(digest)
        exchange = Exchange(url, at, "192.0.2.1", "GET", [], b"", status, "OK", headers, data)
        place = self._writer.write(exchange, same=same)
        self._first.setdefault(digest, Earlier(url, at, place.record_id, digest))
        capture = Capture(
            site=NAME,
            url=BASE + (asked or path),
            final_url=url,
            role=role,
            fetched_at=at,
            status=status,
            media_type="text/html",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            outcome=role,
            payload_sha1=digest,
            record=place,
            refers_to=same.record_id if same else None,
        )
        self.captures.append(capture)
        return capture

    def store(self, *captures: Capture, archive: Path | None = None) -> None:
        """Store what these captures yield, or all that were recorded, in this order, and conclude."""
        profile = self.home.profiles.load(NAME)
        desks = Desks(KnownSites([profile], NOW))
        holders = {one.record.record_id: one.record for one in self.captures if one.record}
        with Archive(archive or self.home.archive) as opened:
            opened.register_site(
                profile.name,
                profile.title,
                profile.publisher,
                profile.kind,
                profile.province,
                profile.family,
                profile.base,
            )
            run = opened.start_run(NAME, MORNING)
            for capture in captures or self.captures:
                assert capture.record is not None
                stored = read(self.home.warc, capture.record)
                holder = read(self.home.warc, holders[capture.refers_to]) if capture.refers_to else stored
                desk = desks.at(profile, capture.fetched_at)
                opened.add(run, [desk.read(capture, stored, holder)])
            conclude(opened)

    def reextract(self, *, write: bool = True) -> SiteReport:
        """Read all anew, with one worker."""
        profile = self.home.profiles.load(NAME)
        (report,) = reextract(self.home, [profile], workers=1, write=write, progress=lambda *_: None)
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds in the archive."""
        return rows(self.home.archive, sql)

    def file(self) -> Path:
        """The WARC file."""
        (path,) = self.home.warc.iterdir()
        return path

    def place(self, capture: Capture) -> WarcRecord:
        """Where a capture's record stands."""
        assert capture.record is not None
        return capture.record


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(archive) as db:
        return db.execute(sql).fetchall()


def everything(archive: Path) -> dict[str, list[str]]:
    """All that an archive says of articles, by table: without the numbers that only tie its rows together."""
    with sqlite3.connect(archive) as db:
        db.row_factory = sqlite3.Row
        records = dict(db.execute("SELECT id, record_id FROM captures").fetchall())
        docids = dict(db.execute("SELECT docid, id FROM articles").fetchall())
        texts = dict(db.execute("SELECT number, article FROM signatures").fetchall())
        said = {}
        for table in _TABLES:
            found = [dict(row) for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608
            for row in found:
                if "capture" in row:
                    row["capture"] = records.get(row["capture"])
                if "number" in row:
                    row["number"] = texts.get(row["number"])
                for name in ("docid", "run", "compared", "gone_at", "gone_reason"):
                    row.pop(name, None)
                if table in {"captures", "sightings"}:
                    del row["id"]
            said[table] = sorted(map(repr, found))
        for word in ("dan", "sang", "ho", "tap"):
            found = db.execute(_INDEXED, [word]).fetchall()
            said[f"index: {word}"] = sorted(docids[row[0]] for row in found if row[0] in docids)
        return said


_INDEXED = (
    "SELECT docid FROM search_index JOIN search_documents ON number = search_index.rowid WHERE search_index MATCH ?"
)
_TABLES = (
    *("captures", "articles", "revisions", "addresses", "authors", "images", "attachments", "media", "keywords"),
    *("evidence", "links", "sightings", "signatures", "bands", "duplicates"),
)
