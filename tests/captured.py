"""An archive with WARC files, for the tests of what reads them: pages of an invented site, stored as by a crawl."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sample_archive import harvest, open_sample, sample

from archive.records import Capture, Harvest
from archive.store import Archive
from archive.warc import Earlier, Exchange, WarcWriter, payload_sha1

SITE = "songlam"
BASE = f"http://{SITE}.example"
HTML = [("Content-Type", "text/html; charset=utf-8")]


class Captured:
    """A home directory with an archive and its WARC files, filled page by page."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.warcs = home / "warc"
        self.archive: Archive = open_sample(home / "archive.db")
        self._writer = WarcWriter(self.warcs, SITE)
        self._run = self.archive.start_run(SITE, "2024-07-20T08:00:00+07:00")
        self._first: dict[str, Earlier] = {}

    def close(self) -> None:
        self._writer.close()
        self.archive.close()

    def page(self, path: str, body: str, at: str, headline: str | None = None, status: int = 200) -> Capture:
        """One request: with a headline an article's, else a listing's. The same body again is stored as a revisit."""
        url, data = BASE + path, body.encode()
        exchange = Exchange(url, at, "192.0.2.1", "GET", [("Accept", "*/*")], b"", status, "OK", HTML, data)
        digest = payload_sha1(data)
        record = self._writer.write(exchange, same=self._first.get(digest))
        self._first.setdefault(digest, Earlier(url, at, record.record_id, digest))
        capture = Capture(
            site=SITE,
            url=url,
            final_url=url,
            role="article" if headline else "listing",
            fetched_at=at,
            status=status,
            media_type="text/html",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            outcome="error" if status >= 400 else "article" if headline else "listing",
            payload_sha1=digest,
            record=record,
        )
        told = Harvest(capture)
        if headline:
            key = path.rpartition("/")[2].removesuffix(".html")
            article = sample(key, headline, body)
            article.url = url
            told = harvest(article, at)
            told.capture = capture
        self.archive.add(self._run, [told])
        return capture
