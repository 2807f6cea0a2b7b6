"""What goes into a pack: the captures of a site or a period, and the pages that a reader of the pack begins with.

Reads the archive's tables and its WARC files; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlite_utils import Database

from archive.warcfields import WarcError, bracketed, unbracketed
from archive.warcframes import Broken, Frame, belong_together, frame_at
from archive.warcread import opened

Row = dict[str, Any]

_MOST_ORIGINALS = 3
"""Where one cannot be read, so many others of the same payload are tried."""

_NEAR = 64 * 1024
"""Bytes behind a response in which its request is looked for: writers put the two side by side."""
_BETWEEN = 2 * 1024 * 1024
"""Bytes between two responses in which it is: the request of a page that is got by a form holds that form."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which captures: of one ``site`` or of all, fetched ``since`` and ``until`` these days (YYYY-MM-DD, both included,
    in Vietnam's time)."""

    site: str | None = None
    since: str | None = None
    until: str | None = None

    def __str__(self) -> str:
        words = [self.site or "all sites"]
        words += [f"from {self.since}"] if self.since else []
        words += [f"to {self.until}"] if self.until else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Member:
    """One record as it stands in the archive: ``data`` are its bytes there, ``packed`` whether they are gzipped."""

    frame: Frame
    data: bytes
    packed: bool

    @property
    def url(self) -> str:
        return unbracketed(self.frame.field("WARC-Target-URI") or "")


def chosen(db: Database, choice: Choice) -> list[Row]:
    """The captures that have a record, file by file, in the order in which they stand there.

    ``before`` is where the capture before it ends in the file, 0 for the first.
    """
    return list(db.query(_CHOSEN, _bounds(choice)))


def originals(db: Database, revisit: Frame) -> Iterator[Row]:
    """The captures that a revisit may stand for: the one that it names, then some of the same payload."""
    wanted = {"id": bracketed(revisit.field("WARC-Refers-To")), "digest": revisit.field("WARC-Payload-Digest")}
    for condition in ("record_id = :id", "payload_sha1 = :digest AND record_id IS NOT NULL AND refers_to IS NULL"):
        yield from db.query(f"{_ORIGINALS} AND {condition} ORDER BY fetched_at, id LIMIT {_MOST_ORIGINALS}", wanted)


def pages(db: Database, choice: Choice, urls: Mapping[int, str]) -> list[Row]:
    """One page an article: the newest chosen capture that shows it, the oldest page first.

    Each has ``id`` (the article's), ``url``, ``fetched_at`` and ``title``, the headline as it read then.

    :param urls: the address in the record of each capture that is in the pack, by the capture's number.
    """
    newest = {row["id"]: row for row in db.query(_PAGES, _bounds(choice)) if row["capture"] in urls}
    found = sorted(newest.values(), key=lambda row: (row["fetched_at"], row["id"]))
    return [row | {"url": urls[row["capture"]]} for row in found]


def _bounds(choice: Choice) -> dict[str, str | None]:
    until = f"{choice.until}T23:59:59+07:00" if choice.until else None
    return {"site": choice.site, "since": choice.since, "until": until}


class Holdings:
    """The archive's WARC files, one open at a time. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = ""
        self._file: BinaryIO | None = None

    def __enter__(self) -> Holdings:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def member(self, capture: Row) -> Member:
        """The record of a capture, checked.

        :raises WarcError: there is no such file, or what stands there is another record, or damaged.
        """
        name, offset, length = capture["warc"], capture["offset"], capture["length"]
        where = f"{self._folder / name}, byte {offset}"
        try:
            found = self._at(name, offset, length)
        except (Broken, OSError) as error:
            raise WarcError(f"{where}: {error}") from error
        if found.frame.record_id != bracketed(capture["record_id"]) or found.frame.length != length:
            expected = f"{capture['record_id']} in {length} bytes"
            raise WarcError(f"{where}: expected {expected}, found {found.frame.record_id}")
        return found

    def request(self, capture: Row, response: Frame) -> Member | None:
        """The request that the response answers, where it stands right before or behind it; else None."""
        name, offset, behind = capture["warc"], capture["offset"], capture["offset"] + capture["length"]
        before = capture["before"]
        starts = ([before] if 0 <= offset - before <= _BETWEEN else []) + [behind]
        for start in starts:
            end = offset if start == before else behind + _NEAR
            try:
                for member in self._between(name, start, end):
                    if belong_together(member.frame, response):
                        return member
            except Broken:
                continue
        return None

    def _between(self, name: str, start: int, end: int) -> Iterator[Member]:
        while start < end:
            member = self._at(name, start, end - start)
            yield member
            start += len(member.data)

    def _at(self, name: str, offset: int, most: int) -> Member:
        """:raises Broken: no whole record stands within so many bytes."""
        file = self._opened(name)
        file.seek(offset)
        data = file.read(most)
        packed = not data.lstrip(b"\r\n").startswith(b"WARC/")
        blank = 0 if packed else len(data) - len(data.lstrip(b"\r\n"))
        frame = frame_at(BytesIO(data), blank, packed=packed)
        return Member(frame, data[: blank + frame.length], packed)

    def _opened(self, name: str) -> BinaryIO:
        if name != self._name or self._file is None:
            if self._file is not None:
                self._file.close()
            self._file = opened(self._folder, name)
            self._name = name
        return self._file


_FILTER = """(:site IS NULL OR site = :site) AND (:since IS NULL OR fetched_at >= :since)
    AND (:until IS NULL OR fetched_at <= :until)"""

_CHOSEN = f"""
    SELECT * FROM (
        SELECT *, coalesce(lag(offset + length) OVER (PARTITION BY warc ORDER BY offset), 0) AS before
        FROM captures WHERE warc IS NOT NULL
    ) WHERE {_FILTER} ORDER BY warc, offset, id
"""  # noqa: S608

_ORIGINALS = "SELECT *, offset AS before FROM captures WHERE warc IS NOT NULL"

_PAGES = f"""
    SELECT captures.id AS capture, addresses.article AS id, fetched_at, coalesce((
        SELECT content ->> 'headline' FROM revisions
        WHERE revisions.article = addresses.article AND recorded_at <= fetched_at
        ORDER BY recorded_at DESC, revision DESC LIMIT 1
    ), (SELECT headline FROM articles WHERE articles.id = addresses.article)) AS title
    FROM captures JOIN addresses USING (site) WHERE addresses.url IN (captures.url, final_url)
        AND outcome = 'article' AND warc IS NOT NULL AND {_FILTER}
    ORDER BY fetched_at, captures.id
"""  # noqa: S608
