"""A luutru command that is killed with its whole process group at a moment chosen beforehand.

``python tests/killed.py AIM AFTER NOTE ROLL ARGUMENT…``, in a session of its own. ``AIM``: one of :data:`AIMS`, or
``nothing``. ``AFTER``: the first such moment after so many pages were recorded. ``NOTE``: the file that is told so just
before. ``ROLL``: bytes of a WARC file. Then the arguments of the command.

Nothing in the product knows of this: the functions aimed at are replaced here.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

import archive.schema
import archive.store
import crawler.keeper
from archive.records import WarcRecord
from archive.store import Archive
from archive.warc import Exchange, WarcWriter
from crawler.cli import main
from crawler.demo import files
from crawler.frontier import Frontier

_pages, _after, _note = 0, 0, Path()


def _reached() -> bool:
    return _pages >= _after


def _die() -> None:
    _note.write_text(f"{_pages}\n", encoding="utf-8")
    os.killpg(0, signal.SIGKILL)


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(owner, name)
    setattr(owner, name, wraps(original)(make(original)))


def _before(owner: Any, name: str) -> None:
    """Killed instead of the call."""

    def make(original: Any) -> Any:
        def aimed_at(*given: Any, **named: Any) -> Any:
            if _reached():
                _die()
            return original(*given, **named)

        return aimed_at

    _replace(owner, name, make)


def _behind(owner: Any, name: str) -> None:
    """Killed when the call has done its work."""

    def make(original: Any) -> Any:
        def aimed_at(*given: Any, **named: Any) -> Any:
            result = original(*given, **named)
            if _reached():
                _die()
            return result

        return aimed_at

    _replace(owner, name, make)


def _within_commit() -> None:
    """With a cache of a few pages SQLite writes most of a transaction to its log before the commit, unless it is
    small: killed there, it leaves what a kill amid the writing of a commit leaves."""

    def small_cache(original: Any) -> Any:
        def connect(path: Path) -> Database:
            db: Database = original(path)
            db.execute("PRAGMA cache_size=5")
            return db

        return connect

    def aimed(original: Any) -> Any:
        def commit(db: Database) -> None:
            [(_, _, path)] = db.conn.execute("PRAGMA database_list").fetchall()
            if _reached() and uncommitted_pages(Path(f"{path}-wal")):
                _die()
            original(db)

        return commit

    _replace(archive.schema, "_connect", small_cache)
    _replace(Database, "commit", aimed)


def _half_a_record() -> None:
    def make(original: Any) -> Any:
        def append(writer: WarcWriter, file: Any, data: bytes) -> None:
            if _reached():
                file.write(data[: len(data) // 2])
                _die()
            original(writer, file, data)

        return append

    _replace(WarcWriter, "_append", make)


def _rollover(*, renamed: bool) -> None:
    def make(original: Any) -> Any:
        def close(writer: WarcWriter) -> None:
            strikes = _reached() and writer._file is not None and writer._size >= writer._largest
            if strikes and not renamed:
                writer.sync()
                _die()
            original(writer)
            if strikes:
                _die()

        return close

    _replace(WarcWriter, "close", make)


def _while_adopting() -> None:
    def make(original: Any) -> Any:
        def add(opened: Archive, run: int, harvests: Any) -> Any:
            if harvests:
                _die()
            return original(opened, run, harvests)

        return add

    _replace(Archive, "add", make)


AIMS: dict[str, Callable[[], None]] = {
    "commit, before": lambda: _before(Database, "commit"),
    "commit, within": _within_commit,
    "commit, behind": lambda: _behind(Database, "commit"),
    "rollover, before the rename": lambda: _rollover(renamed=False),
    "rollover, behind the rename": lambda: _rollover(renamed=True),
    "start-up, mending": lambda: _behind(os, "truncate"),
    "start-up, adopting": _while_adopting,
    "start-up, begun": lambda: _behind(Archive, "begin_crawl"),
    "lease, in its transaction": lambda: _behind(archive.store, "lease"),
    "lease, handed out": lambda: _before(Frontier, "_line_up"),
    "WARC, half of a record": _half_a_record,
    "end, before the conclusions": lambda: _before(crawler.keeper, "conclude_alone"),
    "end, before the run is closed": lambda: _before(Archive, "finish_run"),
}
"""What the process is doing when it is killed. At ``start-up`` nothing is fetched before."""


def uncommitted_pages(log: Path) -> int:
    """Pages of SQLite's write-ahead log behind its last commit (https://www.sqlite.org/fileformat2.html#walformat)."""
    data = log.read_bytes() if log.exists() else b""
    if len(data) < 32:
        return 0
    (size,), salts = struct.unpack(">8xI", data[:12]), data[16:24]
    behind = 0
    for at in range(32, len(data) - 23, 24 + size):
        (commits,) = struct.unpack(">4xI", data[at : at + 8])
        if data[at + 8 : at + 16] != salts:
            break
        behind = 0 if commits else behind + 1
    return behind


def is_page(target: str) -> bool:
    """Whether a replica answers with a page, a feed or a sitemap: not robots.txt, no picture, no document."""
    path = urlsplit(target).path
    return path != "/robots.txt" and files.of(path) is None


def _count(original: Any) -> Any:
    def write(writer: WarcWriter, exchange: Exchange, **named: Any) -> WarcRecord:
        global _pages  # noqa: PLW0603 - this process is the one life that is counted
        place: WarcRecord = original(writer, exchange, **named)
        _pages += is_page(exchange.url)
        return place

    return write


if __name__ == "__main__":
    aim, after, note, roll, *arguments = sys.argv[1:]
    _after, _note = int(after), Path(note)
    _replace(WarcWriter, "write", _count)
    WarcWriter.__init__.__kwdefaults__["largest"] = int(roll)
    if aim in AIMS:
        AIMS[aim]()
    if aim.startswith("start-up"):  # where nothing is left to be mended or adopted
        _before(Frontier, "_line_up")
    sys.argv[1:] = arguments
    main()
