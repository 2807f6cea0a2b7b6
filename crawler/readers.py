"""Reads a crawl's pages in worker processes, in batches, once this process has more to do than one core can.

A crawl that asks politely never comes to that: it starts no process. Pages whose worker died are read in this process,
and so are all that follow; pages at which one hung are not read. Touches nothing but the worker processes.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from archive.records import FILES, Harvest
from crawler import clock
from crawler.home import Home
from crawler.items import Page, Reading
from crawler.pages import NOT_MODIFIED
from crawler.profiles import Profile
from crawler.workers import LONGEST, BrokenProcessPool, Office, Workers

logger = logging.getLogger(__name__)

BATCH = 16
"""Pages in one task: a task costs this process some milliseconds, however small it is."""
PATIENCE = 0.05
"""Seconds that a page waits at most for its batch to fill."""
BUSY = 0.8
"""Share of the time in which this process had something to do: from here on the crawl may wait for it."""
LOOK_EVERY = 1.0
LONG = 3
"""Looks in a row at which this process was busy, before workers are started: loading everything takes them as long."""

_DIED = (
    "a process that reads pages was killed, perhaps because memory ran out; nothing is lost:"
    " pages are read in the main process from now on"
)
_HUNG = f"it, or a page that was read with it, took longer than {LONGEST:.0f} seconds"


@dataclass(slots=True)
class _Sent:
    """A page on its way to a worker: all of :class:`Page` but what the worker has itself."""

    site: str
    layout: int
    fields: dict[str, Any]


@dataclass(slots=True)
class _Read:
    """What a worker made of a page. ``error``: the exception that a step raised; then there is nothing else.
    ``said``: what was logged meanwhile, by logger and level."""

    harvest: bytes = b""
    page_error: str | None = None
    failure: str | None = None
    missing: str | None = None
    error: Exception | None = None
    said: list[tuple[str, int, str]] = field(default_factory=list)


class Readers:
    """The workers of one crawl command. ``say`` tells the operator what went wrong with them.

    :param most: how many workers are started at most; with none, every page is read in the process itself.
    """

    def __init__(self, home: Home, profiles: Sequence[Profile], most: int, say: Callable[[str], None]) -> None:
        self._home, self._profiles, self._most, self._say = home, profiles, most, say
        self._workers: Workers | None = None
        self._starting: asyncio.Task[None] | None = None
        self._ready = False
        self._waiting: list[tuple[Page, asyncio.Future[_Read | None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._busy_looks = 0
        self._looked_at, self._cpu = time.monotonic(), _wanted()

    async def read(self, page: Page) -> Reading | None:
        """The page as a worker reads it; None where it is to be read in this process.

        Raises what a step raised.
        """
        if not self._ready:
            self._look()
            return None
        if page.role in FILES or page.error is not None or page.status == NOT_MODIFIED or page.status >= 400:
            return None  # nothing in it is read
        read = await self._line_up(page)
        if read is None:
            return None
        for name, level, text in read.said:
            logging.getLogger(name).log(level, "%s", text)
        if read.error is not None:
            raise read.error
        page.error = read.page_error
        harvest = _HARVEST.decode(read.harvest)
        return Reading(page, failure=read.failure, missing=read.missing, harvest=harvest)

    def close(self) -> None:
        """Let the workers go. What they were still reading is forgotten: its addresses were not acknowledged."""
        self._ready = False
        if self._timer is not None:
            self._timer.cancel()
        if self._workers is not None:
            self._workers.close()

    def _look(self) -> None:
        """Whether this process has been busy for long, and workers are worth their start."""
        now = time.monotonic()
        if self._starting is not None or self._most < 2 or now - self._looked_at < LOOK_EVERY:
            return
        cpu = _wanted()
        busy = (cpu - self._cpu) / (now - self._looked_at) >= BUSY
        self._busy_looks = self._busy_looks + 1 if busy else 0
        self._looked_at, self._cpu = now, cpu
        if self._busy_looks >= LONG:
            self._workers = Workers(self._home, self._profiles, clock.now(), self._most)
            self._starting = asyncio.ensure_future(self._start(self._workers))

    async def _start(self, workers: Workers) -> None:
        try:
            first = await asyncio.to_thread(workers.submit, _read_all, ())
            await asyncio.wrap_future(first)
        except Exception as error:
            self._give_up(error)
        else:
            self._ready = True
            logger.info("pages are read by %d further processes", workers.count)

    def _line_up(self, page: Page) -> asyncio.Future[_Read | None]:
        loop = asyncio.get_running_loop()
        read: asyncio.Future[_Read | None] = loop.create_future()
        self._waiting.append((page, read))
        if len(self._waiting) >= BATCH:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(PATIENCE, self._send)
        return read

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        if batch:
            asyncio.ensure_future(self._await(batch))  # noqa: RUF006 - the futures of its pages are awaited

    async def _await(self, batch: list[tuple[Page, asyncio.Future[_Read | None]]]) -> None:
        assert self._workers is not None
        answers: list[_Read] | list[None] = [None] * len(batch)
        began = time.monotonic()
        try:
            if self._ready:
                task = self._workers.submit(_read_all, [_sent(page) for page, _ in batch])
                answers = await asyncio.wrap_future(task)
        except Exception as error:
            self._give_up(error)
            if time.monotonic() - began >= LONGEST:  # this process, unlike that one, would hang for good
                answers = [_Read(error=TimeoutError(_HUNG)) for _ in batch]
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    def _give_up(self, error: Exception) -> None:
        if not self._ready and self._starting is not None and self._starting.done():
            return  # it was said already
        self._ready = False
        why = _DIED if isinstance(error, BrokenProcessPool) else f"pages are read in the main process: {error}"
        logger.error("%s", why, exc_info=error)
        self._say(why)


def _wanted() -> float:
    """Seconds in which this process's main thread ran, or waited for a core while others had it (Linux; elsewhere,
    seconds of CPU)."""
    try:
        ran, waited, _ = Path("/proc/self/schedstat").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return time.process_time()
    return (int(ran) + int(waited)) / 1e9


_HARVEST = msgspec.msgpack.Decoder(Harvest)
_FIELDS = tuple(name for name in Page.__dataclass_fields__ if name not in {"profile", "layout", "tree"})


def _sent(page: Page) -> _Sent:
    layout = next(number for number, one in enumerate(page.profile.layouts) if one is page.layout)
    return _Sent(page.profile.name, layout, {name: getattr(page, name) for name in _FIELDS})


class _Ear(logging.Handler):
    """Keeps what is logged while a worker reads."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.said: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.name, record.levelno, self.format(record)))


def _read_all(office: Office, batch: Sequence[_Sent]) -> list[_Read]:
    """The work of a worker."""
    return [_read_one(office, sent) for sent in batch]


def _read_one(office: Office, sent: _Sent) -> _Read:
    desk = office.desk(sent.site, sent.layout)
    page = Page(profile=desk.profile, layout=desk.layout, **sent.fields)
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    try:
        reading = desk.reader.read(page)
        harvest = msgspec.msgpack.encode(reading.harvest)
    except Exception as error:
        return _Read(error=_portable(error), said=ear.said)
    finally:
        logging.getLogger().removeHandler(ear)
    return _Read(harvest, page.error, reading.failure, reading.missing, said=ear.said)


def _portable(error: Exception) -> Exception:
    """The exception as it can be sent to another process, with the place where it was raised."""
    try:
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, made the line before
    except Exception:
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note("".join(traceback.format_exception(error)))
    return copy if isinstance(copy, Exception) else error
