"""What checking an archive finds, and what repairs it. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

RESTORE = "restore archive.db from a backup"
RESTORE_FILE = "restore the file from a backup, under the same name"
REINDEX = "luutru reindex"
CRAWL = "nothing to do: the next 'luutru crawl' sets it right"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    ``damage``: something is lost, false or cannot be found. ``note``: a process was killed, or is at work; the next
    crawl sets it right and nothing is lost. ``check`` names the check. Where: a ``table`` and the ``key`` of a row in
    it, a WARC ``file`` and a byte ``offset`` in it, or both, as far as they apply.
    """

    level: Literal["damage", "note"]
    check: str
    what: str
    repair: str
    table: str | None = None
    key: str | None = None
    file: str | None = None
    offset: int | None = None

    @property
    def where(self) -> str:
        """The place in words."""
        row = " ".join(filter(None, (self.table, self.key)))
        place = self.file or ""
        if self.offset is not None:
            place += f" byte {self.offset}"
        return ", ".join(filter(None, (row, place))) or "archive.db"


@dataclass(slots=True)
class Checked:
    """How much was looked at. ``records`` are responses and revisits in WARC ``files`` of so many ``bytes``."""

    articles: int = 0
    revisions: int = 0
    captures: int = 0
    files: int = 0
    records: int = 0
    bytes: int = 0


Progress = Callable[[str, int, int], None]
"""Told what is being checked, how much of it is done, and how much there is."""

_NAMED = 5


def several(things: Iterable[object]) -> str:
    """The first few, and how many more there are."""
    rest = iter(things)
    named = ", ".join(map(str, islice(rest, _NAMED)))
    more = sum(1 for _ in rest)
    return f"{named} and {more} more" if more else named
