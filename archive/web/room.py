"""Where a reading room stands: its archive, its addresses, its readers, and what it remembers of the archive."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.abbreviations import FILE_NAME, Abbreviations, load_abbreviations
from archive.reading import ARCHIVE, WARCS
from archive.schema import open_read_only, snapshot
from archive.web.hosts import LOOPBACK
from archive.web.pool import Readers, TooSlow

Counts = TypeVar("Counts")

_log = logging.getLogger("luutru.web")

_FRESH = 60.0
"""Seconds for which counts of the whole archive may be shown while a crawl changes it."""

_STATE = """
    SELECT (SELECT max(seq) FROM changes), (SELECT max(id) FROM captures), (SELECT max(id) FROM urls),
        (SELECT max(id) FROM runs), (SELECT count(finished_at) FROM runs)
"""
"""SQL: what differs after each crawl, also after one that found no article: what is missing may be another then."""

_WORTH = 60
"""What is counted aside is not counted again before so many times as long has passed as counting it took."""

_PATIENCE = 0.8
"""Of the time that a page may take, how much is for counts that it cannot do without."""

_FOR_NEWER = 0.5
"""Seconds that a reader waits for newer counts where there are older ones."""

_ASIDE = 2
"""Counts at once that readers do not wait for: the machine is there for readers first."""

_WAITING = 2
"""Readers at once that wait for such counts, of the few that are served: the others are told that it goes on."""

COMMAND = "luutru serve"
"""What opens it."""


@dataclass(slots=True)
class _Beside:
    """A count that may take longer than a page. ``began`` is when it was begun last, by the monotonic clock, and
    ``state`` what the archive was like; ``took`` is how many seconds it took, ``done`` whether it has come to its end,
    ``fault`` what stopped it. ``found`` is what it gave, or what the one before it gave."""

    began: float
    state: object
    took: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None
    found: Any = None

    def is_stale(self, state: object) -> bool:
        """Whether it is to be counted anew."""
        if not self.done.is_set():
            return False
        age = time.monotonic() - self.began
        return self.fault is not None or (self.state != state and age > max(_FRESH, _WORTH * self.took))


@dataclass(frozen=True, slots=True)
class Room:
    """``address`` is what readers type, without a slash at its end: permanent addresses begin with it. ``raw_address``
    is the other origin, where archived pages are looked at."""

    home: Path
    address: str
    raw_address: str
    readers: Readers
    _memory: dict[str, tuple[object, float, Any]] = field(default_factory=dict, compare=False, repr=False)
    _beside: dict[str, _Beside] = field(default_factory=dict, compare=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)
    _aside: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_ASIDE), compare=False, repr=False)

    _waiting: threading.Semaphore = field(
        default_factory=lambda: threading.Semaphore(_WAITING), compare=False, repr=False
    )

    @property
    def archive(self) -> Path:
        return self.home / ARCHIVE

    @property
    def warcs(self) -> Path:
        return self.home / WARCS

    def abbreviations(self) -> Abbreviations:
        """Those of this home directory; read anew when its file has changed.

        :raises AbbreviationError: the file holds a mistake.
        """
        file = self.home / FILE_NAME
        state = file.stat().st_mtime_ns if file.exists() else 0
        known = self._memory.get(FILE_NAME)
        if known is None or known[0] != state:
            known = self._memory[FILE_NAME] = state, time.monotonic(), load_abbreviations(self.home)
        return cast(Abbreviations, known[2])

    def remembered(self, name: str, db: Database, count: Callable[[Database], Counts]) -> Counts:
        """What ``count`` gives, which a page cannot do without: counted as :meth:`counted_beside` does.

        :raises TooSlow: it has not been counted once, and takes longer than a page may; it goes on.
        :raises Exception: what stopped it.
        """
        known = self._begun(name, db, count, nullcontext())
        known.done.wait(self.readers.seconds * _PATIENCE if known.found is None else _FOR_NEWER)
        if known.fault is not None:
            raise known.fault
        if known.found is None:
            raise TooSlow
        return cast(Counts, known.found)

    def counted_beside(
        self, name: str, db: Database, count: Callable[[Database], Counts], wait: float
    ) -> Counts | None:
        """What ``count`` gives, done aside: without a time limit, on a connection of its own, while readers are served.

        Where it is not done after ``wait`` seconds, or at once where others wait already, this gives what it gave last,
        and None if there is nothing yet: then it goes on, and whoever comes back finds it. It is done anew when
        something was written since, but not at once: see ``_WORTH``.

        :raises Exception: what stopped it; asking again begins it again.
        """
        known = self._begun(name, db, count, self._aside)
        if not known.done.is_set() and self._waiting.acquire(blocking=False):
            try:
                known.done.wait(wait)
            finally:
                self._waiting.release()
        if known.fault is not None:
            raise known.fault
        return cast("Counts | None", known.found)

    def _begun(
        self, name: str, db: Database, count: Callable[[Database], Any], turns: AbstractContextManager[object]
    ) -> _Beside:
        state = db.execute(_STATE).fetchone()
        with self._lock:
            known = self._beside.get(name)
            if known is None or known.is_stale(state):
                found = known.found if known else None
                known = self._beside[name] = _Beside(time.monotonic(), state, found=found)
                threading.Thread(target=self._count, args=(known, name, count, turns), daemon=True).start()
            return known

    def _count(
        self, beside: _Beside, name: str, count: Callable[[Database], Any], turns: AbstractContextManager[object]
    ) -> None:
        try:
            with turns, closing(open_read_only(self.archive)) as db, snapshot(db):
                began = time.monotonic()
                beside.found = count(db)
                beside.took = time.monotonic() - began
        except Exception as error:
            _log.exception("%s could not be counted", name)
            beside.fault = error
        finally:
            beside.done.set()

    def hosts(self, address: str) -> set[str]:
        """The names by which an origin may be called: that of its address, and this machine's own."""
        return {urlsplit(address).hostname or "", *LOOPBACK}


def origin(address: str) -> str:
    """An address without what follows host and port.

    :raises ValueError: it is no http or https address, or has a path: permanent addresses begin at the root.
    """
    parts = urlsplit(address.strip().rstrip("/").lower())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(f"expected an address such as https://luutru.example.org, not {address!r}")
    port = parts.port  # a ValueError too where there is no such port
    netloc = parts.netloc.removesuffix(f":{port}") if port == _PORTS[parts.scheme] else parts.netloc
    return f"{parts.scheme}://{netloc}"


_PORTS = {"http": 80, "https": 443}
"""Those that an address leaves out (RFC 9110, section 4.2)."""
