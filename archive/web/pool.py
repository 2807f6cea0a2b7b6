"""Connections for readers: read-only, one a thread, each question under a time limit. Reads the archive's file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from archive.faults import sqlite_code
from archive.schema import open_read_only, require_archive, snapshot

Answer = TypeVar("Answer")

SECONDS = 5.0
"""So long may the queries of one page take together."""

_WORKERS = 4
"""SQLite lets go of Python's lock while it reads, so a few threads are worth more than the cores there are."""

_MOST_WAITING = 400
"""Questions in line, beyond which a reader is told to come back: at 20 ms each the last waits some seconds."""

_STEPS = 2_000
"""Between two looks at the clock, in instructions of SQLite: well under a millisecond."""


class TooSlow(Exception):
    """The time for a question is over; nothing was changed, and a narrower question may be answered."""


class TooMany(Exception):
    """More readers are waiting than can be served soon."""


class Readers:
    """The threads that read an archive, each with its own connection, opened when it is first needed."""

    def __init__(self, archive: Path, seconds: float = SECONDS) -> None:
        self._archive, self.seconds = archive, seconds
        self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="reader")
        self._local = threading.local()
        self._waiting = 0

    async def ask(self, question: Callable[[Database], Answer]) -> Answer:
        """What a question finds, in one view of the archive.

        :raises TooSlow: its queries took longer than they may.
        :raises TooMany: too many others are waiting.
        :raises Exception: as :func:`archive.schema.open_read_only`, and what the question itself raises.
        """
        if self._waiting >= _MOST_WAITING:
            raise TooMany
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, question)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Wait for what is being read, and end the threads; their connections go with them."""
        self._threads.shutdown()

    def _answer(self, question: Callable[[Database], Answer]) -> Answer:
        db = self._connection()
        until = time.monotonic() + self.seconds
        db.conn.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            with snapshot(db):
                return question(db)
        except sqlite3.OperationalError as error:
            if sqlite_code(error) == sqlite3.SQLITE_INTERRUPT:
                raise TooSlow from error
            raise
        finally:
            db.conn.set_progress_handler(None, 0)

    def _connection(self) -> Database:
        """This thread's; a new one where another file has taken the archive's place since.

        Who may not write beside the file reads it, as long as nobody writes, without a look at locks or the log
        (:func:`archive.schema.open_read_only`): such a connection would never see what is written later.
        """
        require_archive(self._archive)
        state = os.stat(self._archive)  # noqa: PTH116 - what identifies a file
        is_logged = self._archive.with_name(f"{self._archive.name}-wal").exists()
        identity = (state.st_dev, state.st_ino, None if is_logged else (state.st_mtime_ns, state.st_size))
        if getattr(self._local, "identity", None) != identity:
            self._local.db = open_read_only(self._archive)
            self._local.identity = identity
        db: Database = self._local.db
        return db
