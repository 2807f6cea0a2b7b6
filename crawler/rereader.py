"""Reads stored responses anew in worker processes. Reads WARC files and profiles; asks neither network nor archive."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import forkserver
from multiprocessing.connection import wait

from archive.exits import Exit
from archive.faults import Fault
from archive.records import Capture, WarcRecord
from archive.rereading import Reread, reread
from archive.warc import WarcError, read
from crawler.desk import Desks
from crawler.home import Home
from crawler.profiles import Profile, ProfileError
from crawler.urls import KnownSites

BATCH = 16
"""Captures in one task: some tenths of a second of work, so that Ctrl-C does not wait long."""
_AHEAD = 3
"""Tasks in line for each worker: enough that none waits, few enough to hold their answers in memory."""


_DIED = (
    "a process that reads pages was killed, perhaps because memory ran out; what was written is whole:"
    " give the same command again, with fewer --workers"
)


@dataclass(frozen=True, slots=True)
class Task:
    """One capture to be read. ``number`` is its row's, ``holder`` where the body lies if it is a revisit."""

    number: int
    capture: Capture
    holder: WarcRecord | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A capture whose record cannot be read: which one, in which WARC file and at which byte of it."""

    number: int
    url: str
    warc: str
    offset: int
    reason: str


class Rereader:
    """Some worker processes. Made by :func:`rereading`."""

    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool, self._ahead = pool, workers * _AHEAD

    def read(self, tasks: Iterable[Task]) -> Iterator[list[Reread | Unread]]:
        """What the captures give, in the order of the tasks, some at a time.

        :raises ProfileError: a profile was edited meanwhile.
        :raises Fault: a worker died.
        """
        tasks = iter(tasks)
        waiting: deque[Future[list[Reread | Unread]]] = deque()
        while True:
            while len(waiting) < self._ahead and (batch := list(islice(tasks, BATCH))):
                with _undisturbed():  # this may start a worker
                    waiting.append(self._pool.submit(_read, batch))
            if not waiting:
                return
            try:
                yield waiting.popleft().result()
            except BrokenProcessPool as error:
                raise Fault(_DIED, Exit.UNEXPECTED) from error


@contextmanager
def rereading(home: Home, profiles: Iterable[Profile], now: str, workers: int) -> Iterator[Rereader]:
    """Worker processes for the captures of some sites, until the block is left.

    They are no forks of this process: those would hold its locks and its database when it is killed. They are forks of
    a server that has loaded the modules once. For the main thread: only that can hold signals back.

    :param now: the time whose layouts tell what a link to another known site means.
    """
    digests = {profile.name: profile.digest for profile in profiles}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    _start_server()
    pool = ProcessPoolExecutor(workers, context, _begin, (home, digests, now))
    try:
        yield Rereader(pool, workers)
    finally:
        pool.shutdown(cancel_futures=True)


def _start_server() -> None:
    """Start the server of forks so that it ignores Ctrl-C, and its forks do: that goes to all processes of a terminal,
    and the parent decides."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait until the block is left: a worker that is half started says so at length."""
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    for number in came:
        signal.raise_signal(number)


_worker: _Worker


class _Worker:
    def __init__(self, home: Home, digests: Mapping[str, str], now: str) -> None:
        self._folder = home.warc
        self._desks = Desks(KnownSites(home.profiles.all()[0], now))
        self._profiles = {name: home.profiles.load(name) for name in digests}
        changed = [name for name, profile in self._profiles.items() if profile.digest != digests[name]]
        self._changed = f"{', '.join(changed)}: the profile was edited meanwhile; begin again" if changed else None

    def read(self, task: Task) -> Reread | Unread:
        if self._changed:
            raise ProfileError(self._changed)
        capture = task.capture
        assert capture.record is not None
        place = capture.record
        try:
            stored = read(self._folder, place)
            holder = stored
            if task.holder is not None:
                place = task.holder
                holder = read(self._folder, place)
            if stored.kind == "revisit" and holder.raw is None:
                raise WarcError(f"the archive has no record {capture.refers_to}, which holds its body")
        except (WarcError, OSError) as error:
            return Unread(task.number, capture.url, place.warc, place.offset, str(error))
        answer = stored if stored.status is not None else holder
        desk = self._desks.at(self._profiles[capture.site], capture.fetched_at)
        return reread(task.number, capture.outcome, desk.read(capture, answer, holder))


def _begin(home: Home, digests: Mapping[str, str], now: str) -> None:
    """The first thing that a worker does."""
    global _worker  # noqa: PLW0603 - how a pool hands something to its tasks
    logging.disable(logging.WARNING)  # pages that break a reader: their reasons stand in the archive
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = _Worker(home, digests, now)


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _read(tasks: list[Task]) -> list[Reread | Unread]:
    return [_worker.read(task) for task in tasks]
