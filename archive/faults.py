"""What the machine refuses, in an operator's words: full, locked, read-only, damaged. Asks how full a disk is.

Libraries say "disk I/O error" or "[Errno 28]" and often not of which file.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from archive.exits import Exit

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NEARLY_FULL = 64 * 1024
"""Bytes: where no more are free, SQLite's I/O errors come from that; it says so in some cases only."""


class Fault(Exception):
    """One line for an operator: which file, what happened, what to do. ``exit`` is the exit code that says it."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.exit = code

    def __reduce__(self) -> tuple[type[Fault], tuple[str, Exit]]:  # it is sent from one process to another
        return Fault, (str(self), self.exit)


def fault_of(error: OSError | sqlite3.Error, path: Path) -> Fault:
    """What an error of the machine means. ``path``: what was being read or written, where the error does not say."""
    if isinstance(error, OSError) and error.errno is None:  # a message of ours
        return Fault(str(error), Exit.CANNOT_OPEN)
    file = path
    if isinstance(error, OSError) and isinstance(error.filename, str | bytes):
        file = Path(error.filename if isinstance(error.filename, str) else error.filename.decode(errors="replace"))
    number = error.errno if isinstance(error, OSError) else None
    code = sqlite_code(error) if isinstance(error, sqlite3.Error) else 0
    why = f"({error.strerror or error})" if isinstance(error, OSError) else f"({error})"
    if number in _NO_ROOM or code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(file)):
        return Fault(f"{file}: no room is left on the disk; free some, then give the same command again", Exit.NO_ROOM)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        hint = f"find it with 'fuser {file}', let it end, then give the same command again"
        return Fault(f"{file}: another process keeps it locked for writing; {hint}", Exit.BUSY)
    closed = code == sqlite3.SQLITE_CANTOPEN and not os.access(file.parent, os.W_OK)
    if closed or number in _NOT_ALLOWED or code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        hint = "make it and its folder writable, or name another --home"
        return Fault(f"{file}: may not be written {why}; {hint}", Exit.CANNOT_OPEN)
    if _lacks_tables(error):
        whole = (
            f"its WARC files hold the pages: 'luutru --home NEW ingest {file.parent}/warc/*.warc.gz' reads them anew"
        )
        return Fault(
            f"{file}: another version of luutru made it, from which no migration leads here {why}; {whole}",
            Exit.CANNOT_OPEN,
        )
    if number in {errno.ENOENT, errno.ENOTDIR} and not file.parent.is_dir():
        return Fault(f"{file}: there is no folder {file.parent}; make it, or name another", Exit.CANNOT_OPEN)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        hint = "move it away and put a backup in its place"
        return Fault(f"{file}: the file is damaged {why}; {hint}", Exit.CANNOT_OPEN)
    return Fault(f"{file}: cannot be read or written {why}; see to the disk and the folder", Exit.CANNOT_OPEN)


def is_our_own(error: sqlite3.Error) -> bool:
    """Whether a statement is wrong, and not the file: a fault in the program."""
    return sqlite_code(error) == sqlite3.SQLITE_ERROR and not _lacks_tables(error)


def sqlite_code(error: sqlite3.Error) -> int:
    """The primary result code of SQLite. Python's module raises some errors by itself, which bear none: a text in the
    file that is no UTF-8 is damage, anything else a fault in the program."""
    is_damage = str(error).startswith("Could not decode to UTF-8")
    otherwise = sqlite3.SQLITE_CORRUPT if is_damage else sqlite3.SQLITE_ERROR
    return int(getattr(error, "sqlite_errorcode", otherwise)) & 0xFF


def _lacks_tables(error: OSError | sqlite3.Error) -> bool:
    """Whether the file has not the tables that this version reads. SQLite has no code of its own for that."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith(("no such table", "no such column"))


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free <= _NEARLY_FULL
    except OSError:
        return False
