"""Crawls a command's sites in as many processes as it takes to ask at the pace that their profiles allow.

A process reads and stores some twenty pages a second with ease: the requests of seven sites at three a second, or of
sixty at one in three seconds. Where more may come, the sites are shared out among processes, one a core at most, which
meet only in the archive. Touches processes and signal handlers; :mod:`crawler.crawling` does the rest.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess, parent_process
from pathlib import Path
from types import FrameType

from rich.console import Console

from crawler import heap
from crawler.configuration import require_contact
from crawler.crawling import Asked, crawl_here, log_of
from crawler.forks import forks
from crawler.home import Home
from crawler.locks import hosts_of
from crawler.profiles import Profile, ProfileError
from crawler.progress import Board, SiteProgress
from crawler.workers import cores

logger = logging.getLogger(__name__)

EASY = 20.0
"""Pages a second that one process fetches, reads and stores with ease: a third of what ``benchmarks/throughput.py``
shows for one core."""
OBEYED = 2
"""Signals to end that a process is left to obey: the first lets requests in flight come in, the second stores what was
read. With the next it is killed; nothing that is stored is lost by that."""
PATIENCE = 5.0
"""Seconds that a process is left to obey where this one ends for another reason."""
_END = signal.SIGUSR1
"""Tells a process to end. Those that end programs reach it from others too, and would count twice."""


def crawl(
    home: Home, profiles: Sequence[Profile], console: Console, asked: Asked, *, processes: int | None = None
) -> dict[str, SiteProgress]:
    """Crawl the sites at once and wait for the end. Progress goes to ``console``, the log to ``HOME/logs``.

    :param processes: how many share the sites; None: as many as are worth it.
    :raises ConfigurationError: one of the sites is public, and the configuration names no contact; none is crawled.
    :raises OSError: the folder of the logs cannot be made.
    """
    require_contact(home, profiles)
    log = log_of(home)
    board = Board(console, [profile.name for profile in profiles])
    shares = share_out(profiles, processes or worth_it(profiles, asked.delay))
    with board:
        if len(shares) > 1:
            _Apart(home, asked, log, board).crawl(shares)
        else:
            heap.keep_one()
            crawl_here(home, profiles, asked, log, board.show, board.say)
    return board.sites


def worth_it(profiles: Sequence[Profile], delay: float | None = None) -> int:
    """How many processes the sites are worth by the pace that their profiles allow, or ``delay`` in its place."""
    pace = sum(max(1 / (delay or profile.crawl.delay) for profile in together) for together in _by_host(profiles))
    return min(cores(), math.ceil(pace / EASY))


def share_out(profiles: Sequence[Profile], count: int) -> list[list[Profile]]:
    """The sites in so many shares of about the same size, none of them empty; those of one host, which are crawled one
    after the other, in one."""
    together = _by_host(profiles)
    shares = (together[number::count] for number in range(min(count, len(together))))
    return [[profile for group in share for profile in group] for share in shares]


def _by_host(profiles: Sequence[Profile]) -> list[list[Profile]]:
    groups: list[list[Profile]] = []
    for profile in profiles:
        near = [group for group in groups if any(hosts_of(profile) & hosts_of(other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(one for group in near for one in group), profile])
    return groups


@dataclass(slots=True)
class _Share:
    """A process and the sites that it crawls. ``over``: it said how they ended. ``lives``: its end of the line is open;
    the server of forks, which knows better, may be dead."""

    process: BaseProcess
    line: Connection
    names: list[str]
    over: bool = False
    lives: bool = True

    def signal(self, number: int) -> None:
        if self.lives and self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)


@dataclass(slots=True)
class _Apart:
    """The processes of one command. ``came``: the signals to end that came so far."""

    home: Home
    asked: Asked
    log: Path
    board: Board
    running: list[_Share] = field(default_factory=list)
    came: list[int] = field(default_factory=list)

    def crawl(self, shares: Sequence[Sequence[Profile]]) -> None:
        context = forks()
        with self._signals_handed_on():
            try:
                for share in shares:
                    self._begin(context, [profile.name for profile in share])
                while lives := {one.line: one for one in self.running if one.lives}:
                    for line in wait(list(lives)):
                        assert isinstance(line, Connection)
                        self._hear(lives[line])
            finally:
                self._end_all()
        for one in self.running:
            if not one.over:
                self._say_died(one)
        for site in self.board.sites.values():
            if self.came and site.ended is None and site.busy is None:
                site.ended = "shutdown"

    def _begin(self, context: ForkServerContext, names: list[str]) -> None:
        if self.came:
            return
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self.home, names, self.asked, self.log))
        process.start()
        theirs.close()
        self.running.append(_Share(process, ours, names))
        if self.came:  # while it was being started
            self.running[-1].signal(_END)

    def _hear(self, share: _Share) -> None:
        """Show what a process tells; note when its end of the line is gone."""
        try:
            told = share.line.recv()
        except (EOFError, OSError):
            share.lives = False
            return
        if isinstance(told, dict):
            self.board.show(told)
        elif told is None:
            share.over = True
        else:
            self.board.say(str(told))

    def _end_all(self) -> None:
        """Whatever ends this process ends those."""
        for number in (_END, signal.SIGKILL):
            for one in self.running:
                one.signal(number)
            until = time.monotonic() + PATIENCE
            for one in self.running:
                one.lives = one.lives and not _ends(one.line, until)
        for one in self.running:
            one.process.join(PATIENCE)

    def _say_died(self, share: _Share) -> None:
        unfinished = [name for name in share.names if self.board.sites[name].ended is None]
        code = share.process.exitcode or 0
        how = f"was killed by {_name_of(-code)}" if code < 0 else f"ended with exit code {code}"
        for name in unfinished:
            self.board.sites[name].ended = "shutdown" if self.came else "its process ended"
        if unfinished and not self.came:
            hint = "what it had stored is kept, and the next crawl goes on from there"
            self.board.say(f"The process that crawled {', '.join(unfinished)} {how}; {hint}.")

    @contextmanager
    def _signals_handed_on(self) -> Iterator[None]:
        """What tells this process to end is handed on: the others do not hear it."""

        def hand_on(number: int, _: object) -> None:
            self.came.append(number)
            for one in self.running:
                one.signal(_END if len(self.came) <= OBEYED else signal.SIGKILL)

        before = {one: signal.signal(one, hand_on) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def _ends(line: Connection, until: float) -> bool:
    """Whether the other end of a line is closed before a moment (``time.monotonic``); what comes is not shown."""
    with suppress(EOFError, OSError):
        while (left := until - time.monotonic()) > 0 and line.poll(left):
            line.recv()
        return False
    return True


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _work(line: Connection, home: Home, names: Sequence[str], asked: Asked, log: Path) -> None:
    """What each of the processes does."""
    heap.keep_one()
    signal.signal(_END, _end)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(told: dict[str, SiteProgress] | str | None) -> None:
        with suppress(OSError):  # the parent died, and this process is about to end
            line.send(told)

    profiles = []
    for name in names:
        try:
            profiles.append(home.profiles.load(name))
        except ProfileError as error:  # edited since the command began
            tell({name: SiteProgress(ended=str(error))})
    sites = [profile.name for profile in profiles]
    try:
        crawl_here(home, profiles, asked, log, tell, tell)
    except Exception as error:
        logger.exception("%s: the crawl could not go on", ", ".join(sites))
        tell({name: SiteProgress(ended=f"{type(error).__name__}: {error}") for name in sites})
    tell(None)


def _end(number: int, frame: FrameType | None) -> None:
    """As SIGTERM, whose handlers Scrapy sets: one that ends a crawl, then one that breaks it off, then none."""
    handler = signal.getsignal(signal.SIGTERM)
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:  # nothing has begun
        raise SystemExit(1)


def _end_with_parent() -> None:
    """When the parent dies, store what was read and end."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), _END)
