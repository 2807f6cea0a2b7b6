"""Worker processes that read pages.

They read profiles and WARC files, and ask neither network nor archive. They end when the parent does, however that is,
or when one batch takes them longer than :data:`LONGEST`.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from crawler.desk import Desk, Desks
from crawler.forks import forks
from crawler.home import Home
from crawler.profiles import Profile, ProfileError
from crawler.urls import KnownSites

__all__ = ["BrokenProcessPool", "Office", "Workers", "cores"]

LONGEST = 300.0
"""Seconds for one batch of some tenths of a second; after them a worker hangs."""
PATIENCE = 5.0
"""Seconds that are left to what is being read when the workers are let go."""

_TOLD_WITHIN = 2.0
"""Seconds from a worker's end until the server of forks has told of it."""

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Office:
    """What a worker has: the desks of some sites, and the folder of the WARC files."""

    def __init__(self, home: Home, digests: Mapping[str, str], now: str) -> None:
        self.folder: Path = home.warc
        self._desks = Desks(KnownSites(home.profiles.all()[0], now))
        self._profiles = {name: home.profiles.load(name) for name in digests}
        changed = [name for name, profile in self._profiles.items() if profile.digest != digests[name]]
        self._changed = f"{', '.join(changed)}: the profile was edited meanwhile; begin again" if changed else None

    def desk(self, site: str, moment: str) -> Desk:
        """The desk of one site in the layout of a time (RFC 3339).

        :raises ProfileError: a profile is not as it was when the workers were asked for.
        """
        if self._changed:
            raise ProfileError(self._changed)
        return self._desks.at(self._profiles[site], moment)


class Workers:
    """Some worker processes for the pages of some sites. To be made in the main thread (:func:`crawler.forks.forks`).

    :param now: the time whose layouts tell what a link to another known site means.
    :param longest: seconds after which a worker that is still at the same batch ends.
    """

    def __init__(
        self, home: Home, profiles: Iterable[Profile], now: str, count: int, *, longest: float = LONGEST
    ) -> None:
        digests = {profile.name: profile.digest for profile in profiles}
        self.count = count
        self._pool = ProcessPoolExecutor(count, forks(), _begin, (home, digests, now, longest))

    def submit(self, read: Callable[[Office, Sequence[T]], R], batch: Sequence[T]) -> Future[R]:
        """Have a batch read: ``read`` is a function of a module, called with the worker's office.

        The future raises :class:`BrokenProcessPool` when a worker died or hung. May start a worker, and waits until the
        server of forks is ready for that.
        """
        return self._pool.submit(_call, read, batch)

    def close(self) -> None:
        """Let the workers go: what is being read has :data:`PATIENCE` left, then whoever is still at it is killed."""
        late = threading.Timer(PATIENCE, _kill_workers)
        late.start()
        try:
            self._pool.shutdown(cancel_futures=True)
        finally:
            late.cancel()


def _kill_workers() -> None:
    workers = multiprocessing.active_children()  # this process has no other children that multiprocessing knows
    for worker in workers:
        worker.kill()
    # Their end is told by the server of forks; one that is stopped, or hangs, would be waited for without end.
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    if server is not None and not all(wait([worker.sentinel], _TOLD_WITHIN) for worker in workers):
        os.kill(server, signal.SIGKILL)


_office: Office
_longest: float


def _begin(home: Home, digests: Mapping[str, str], now: str, longest: float) -> None:
    """The first thing that a worker does."""
    global _office, _longest  # noqa: PLW0603 - how a pool hands something to its tasks
    _longest = longest
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _office = Office(home, digests, now)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _call(read: Callable[[Office, Sequence[T]], R], batch: Sequence[T]) -> R:
    # Its watch needs no turn of the interpreter, which a regular expression that finds no end never gives away.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(_longest, exit=True, file=nowhere)
        try:
            return read(_office, batch)
        finally:
            faulthandler.cancel_dump_traceback_later()
