"""What the archive says of crawls: when each site was last crawled, and how it ended. Reads ``runs`` and
``captures``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.faults import fault_of
from archive.frontier import LIMIT
from archive.schema import open_read_only
from archive.status import NOT_HAD, UNREADABLE


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of a site. ``reason``: Scrapy's finish reason or our own; None when nothing closed the run.
    ``unread`` pages could not be read, ``errors`` addresses could not be had, however often they were tried."""

    started: datetime
    reason: str | None
    counts: dict[str, int]
    unread: int
    errors: int

    @property
    def whole(self) -> bool:
        """Whether the crawl came to its end by itself."""
        return self.reason == "finished"

    @property
    def well(self) -> bool:
        """Whether it did what it was asked to: it came to its end, or had as many articles as it was to have."""
        return self.reason in {"finished", LIMIT}


def last_crawls(archive: Path) -> dict[str, datetime]:
    """The start of each site's last crawl that came to its end; empty when there is no archive yet.

    A crawl that was stopped or failed does not count: the site is still due.
    """
    if not archive.exists():
        return {}
    ended = (
        "SELECT site, max(started_at), NULL, NULL, 0, 0 FROM runs"
        " WHERE kind = 'crawl' AND reason = 'finished' GROUP BY site"
    )
    rows = _query(archive, ended)
    return {site: run.started for site, run in rows}


def runs_of(archive: Path, numbers: Iterable[int]) -> dict[str, Run]:
    """The runs of some numbers, each of another site, by site. Another process may have crawled the site since."""
    chosen = ", ".join(str(int(number)) for number in numbers)
    columns = f"site, started_at, reason, counts, {UNREADABLE}, {NOT_HAD}"
    return dict(_query(archive, f"SELECT {columns} FROM runs WHERE id IN ({chosen})"))  # noqa: S608


def _query(archive: Path, sql: str) -> list[tuple[str, Run]]:
    db = open_read_only(archive)
    try:
        rows = db.execute(sql).fetchall()
    except sqlite3.Error as error:
        raise fault_of(error, archive) from error
    finally:
        db.close()
    return [
        (site, Run(datetime.fromisoformat(started), reason, json.loads(counts or "{}"), unread, errors))
        for site, started, reason, counts, unread, errors in rows
    ]
