"""Reads stored responses anew in worker processes. Reads WARC files and profiles; asks neither network nor archive."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from archive.exits import Exit
from archive.faults import Fault
from archive.records import Capture, WarcRecord
from archive.rereading import Reread, reread
from archive.warc import WarcError, read
from crawler.forks import undisturbed
from crawler.home import Home
from crawler.profiles import Profile
from crawler.workers import BrokenProcessPool, Office, Workers

BATCH = 16
"""Captures in one task: some tenths of a second of work, so that Ctrl-C does not wait long."""
_AHEAD = 16
"""Tasks in line for each worker: enough that none waits while a site's articles are written; their answers take some
30 MB at most."""

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

    def __init__(self, workers: Workers) -> None:
        self._workers, self._ahead = workers, workers.count * _AHEAD

    def read(self, tasks: Iterable[Task]) -> Iterator[list[Reread | Unread]]:
        """What the captures give, in the order of the tasks, some at a time. The first are put into line at once.

        :raises ProfileError: a profile was edited meanwhile.
        :raises Fault: a worker died.
        """
        tasks = iter(tasks)
        waiting: deque[Future[list[Reread | Unread]]] = deque()
        self._line_up(waiting, tasks)
        return self._answers(waiting, tasks)

    def _line_up(self, waiting: deque[Future[list[Reread | Unread]]], tasks: Iterator[Task]) -> None:
        while len(waiting) < self._ahead and (batch := list(islice(tasks, BATCH))):
            with undisturbed():  # this may start a worker
                waiting.append(self._submit(batch))

    def _submit(self, batch: list[Task]) -> Future[list[Reread | Unread]]:
        try:
            return self._workers.submit(_read, batch)
        except BrokenProcessPool as error:
            raise Fault(_DIED, Exit.UNEXPECTED) from error

    def _answers(
        self, waiting: deque[Future[list[Reread | Unread]]], tasks: Iterator[Task]
    ) -> Iterator[list[Reread | Unread]]:
        while waiting:
            try:
                answer = waiting.popleft().result()
            except BrokenProcessPool as error:
                raise Fault(_DIED, Exit.UNEXPECTED) from error
            self._line_up(waiting, tasks)
            yield answer


@contextmanager
def rereading(home: Home, profiles: Iterable[Profile], now: str, workers: int) -> Iterator[Rereader]:
    """Worker processes for the captures of some sites, until the block is left. For the main thread.

    :param now: the time whose layouts tell what a link to another known site means.
    """
    with contextlib.closing(Workers(home, profiles, now, workers)) as made:
        yield Rereader(made)


def _read(office: Office, tasks: Sequence[Task]) -> list[Reread | Unread]:
    logging.disable(logging.WARNING)  # pages that break a reader: their reasons stand in the archive
    return [_read_one(office, task) for task in tasks]


def _read_one(office: Office, task: Task) -> Reread | Unread:
    capture = task.capture
    assert capture.record is not None
    desk = office.desk(capture.site, capture.fetched_at)
    place = capture.record
    try:
        stored = read(office.folder, place)
        holder = stored
        if task.holder is not None:
            place = task.holder
            holder = read(office.folder, place)
        if stored.kind == "revisit" and holder.raw is None:
            raise WarcError(f"the archive has no record {capture.refers_to}, which holds its body")
    except (WarcError, OSError) as error:
        return Unread(task.number, capture.url, place.warc, place.offset, str(error))
    answer = stored if stored.status is not None else holder
    return reread(task.number, capture.outcome, desk.read(capture, answer, holder))
