"""What can go wrong with a page, as a status and the words that tell the reader what to do. No I/O."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from typing import Any

from archive.abbreviations import AbbreviationError
from archive.articles import BrokenArchive, UnknownArticle
from archive.exits import Exit
from archive.faults import Fault, is_our_own, sqlite_code
from archive.filters import QueryError
from archive.schema import NotAnArchive
from archive.web.pool import TooMany, TooSlow

_log = logging.getLogger("luutru.web")


class Trouble(Exception):
    """A page that cannot be shown. ``key`` names its words (``trouble.…``), with ``values``; ``detail`` is a message of
    the archive's own, in English, shown beneath; ``near`` are ids of articles that may have been meant."""

    def __init__(
        self, status: int, key: str, detail: str | None = None, *, near: Sequence[str] = (), **values: Any
    ) -> None:
        super().__init__(key)
        self.status, self.key, self.detail, self.near, self.values = status, key, detail, near, values


def trouble_of(error: Exception) -> Trouble:
    """What an error means to a reader. One that nobody foresaw is logged with its traceback, and told without."""
    match error:
        case Trouble():
            return error
        case UnknownArticle():
            return Trouble(404, "trouble.no_article", near=error.near, given=error.asked)
        case TooSlow() | QueryError(code="too-slow"):
            return Trouble(503, "trouble.too_slow")
        case TooMany():
            return Trouble(503, "trouble.too_many")
        case AbbreviationError():
            _log.error("abbreviations: %s", error)
            return Trouble(503, "trouble.bad_abbreviations", str(error))
        case FileNotFoundError():
            return Trouble(503, "trouble.no_archive", str(error))
        case Fault() if error.exit is Exit.CANNOT_OPEN:
            return Trouble(503, "trouble.cannot_open", str(error))
        case NotAnArchive() | BrokenArchive() | Fault():
            return Trouble(503, "trouble.cannot_read", str(error))
        case sqlite3.OperationalError() if sqlite_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return Trouble(503, "trouble.locked")
        case sqlite3.DatabaseError() if not is_our_own(error):
            _log.error("the archive cannot be read", exc_info=error)
            return Trouble(503, "trouble.cannot_read", str(error))
    _log.error("a page failed", exc_info=error)
    return Trouble(500, "trouble.unexpected")
