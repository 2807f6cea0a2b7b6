"""Which record holds a payload, or what an address answered last: what a revisit refers to. Reads captures.

Only records of our own count: what others say they captured is no ground for leaving out a body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.posted import MARK
from archive.schema import open_read_only
from archive.warc import Earlier


class Payloads:
    """The payloads that an archive has of one site, over a connection of its own.

    A connection that another thread is using must not be asked: Python holds its lock while it waits for SQLite's, and
    the thread that would let go of that can no longer run.
    """

    def __init__(self, archive: Path, site: str) -> None:
        """:raises FileNotFoundError: there is no archive yet."""
        self._db, self._site = open_read_only(archive), site

    def same(self, payload_sha1: str) -> Earlier | None:
        """The record that holds a payload, and belongs to a capture that was read.

        Not one of a process that died: the page was asked for again, and its capture is to hold what was read.
        """
        return self._find(
            "payload_sha1 = :payload AND refers_to IS NULL AND outcome != 'adopted'", payload=payload_sha1
        )

    def last(self, url: str) -> Earlier | None:
        """The newest record that holds what was answered under an address."""
        # Under the same address another page may have answered to a form.
        asked = "final_url = :url AND instr(url, :posted) = 0"
        return self._find(f"{asked} AND refers_to IS NULL AND status = 200 ORDER BY id DESC", url=url, posted=MARK)

    def close(self) -> None:
        self._db.close()

    def _find(self, condition: str, **values: Any) -> Earlier | None:
        row = self._db.execute(
            "SELECT final_url, fetched_at, record_id, payload_sha1 FROM captures"  # noqa: S608 - conditions of our own
            f" WHERE site = :site AND record_id IS NOT NULL AND origin IS NULL AND {condition} LIMIT 1",
            {"site": self._site} | values,
        ).fetchone()
        return None if row is None else Earlier(*row)
