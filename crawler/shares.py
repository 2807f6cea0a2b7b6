"""Crawls a command's sites in as many processes as it takes to ask at the pace that their profiles allow.

A process reads and stores some twenty pages a second with ease: the requests of seven sites at three a second, or of
sixty at one in three seconds. Where more may come, the sites are shared out among processes, one a core at most, which
meet only in the archive. Touches processes and signal handlers; :mod:`crawler.crawling` does the rest.
"""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess, parent_process
from pathlib import Path

from rich.console import Console

from crawler.configuration import require_contact
from crawler.crawling import Asked, crawl_here, log_of
from crawler.forks import forks, undisturbed
from crawler.home import Home
from crawler.profiles import Profile
from crawler.progress import Board, SiteProgress
from crawler.workers import cores

EASY = 20.0
"""Pages a second that one process fetches, reads and stores with ease: half of what ``benchmarks/throughput.py`` shows
for one core."""
PATIENCE = 2
"""Signals to end that a process is left to obey: the first lets requests in flight come in, the second stores what was
read. With the next it is killed; nothing that is stored is lost by that."""


def crawl(
    home: Home, profiles: Sequence[Profile], console: Console, asked: Asked, *, processes: int | None = None
) -> dict[str, SiteProgress]:
    """Crawl the sites at once and wait for the end. Progress goes to ``console``, the log to ``HOME/logs``.

    :param processes: how many share the sites; None: as many as are worth it.
    :raises ConfigurationError: one of the sites is public, and the configuration names no contact; none is crawled.
    """
    require_contact(home, profiles)
    board = Board(console, [profile.name for profile in profiles])
    shares = share_out(profiles, processes or worth_it(profiles, asked.delay))
    with board:
        if len(shares) > 1:
            _crawl_apart(home, shares, asked, board)
        else:
            crawl_here(home, profiles, asked, log_of(home), board.show, board.say)
    return board.sites


def worth_it(profiles: Sequence[Profile], delay: float | None = None) -> int:
    """How many processes the sites are worth by the pace that their profiles allow, or ``delay`` in its place."""
    asked_a_second = sum(1 / (delay or profile.crawl.delay) for profile in profiles)
    return min(cores(), math.ceil(asked_a_second / EASY))


def share_out(profiles: Sequence[Profile], count: int) -> list[list[Profile]]:
    """The sites in so many shares of about the same size, none of them empty."""
    return [list(profiles[number::count]) for number in range(min(count, len(profiles)))]


@dataclass(slots=True)
class _Share:
    """A process and the sites that it crawls. ``over``: it said how they ended."""

    process: BaseProcess
    line: Connection
    names: list[str]
    over: bool = False


def _crawl_apart(home: Home, shares: Sequence[Sequence[Profile]], asked: Asked, board: Board) -> None:
    context, log = forks(), log_of(home)
    running: list[_Share] = []
    with undisturbed():
        for share in shares:
            ours, theirs = context.Pipe()
            names = [profile.name for profile in share]
            process = context.Process(target=_work, args=(theirs, home, names, asked, log))
            process.start()
            theirs.close()
            running.append(_Share(process, ours, names))
    with _signals_to([share.process for share in running]) as came:
        _hear({share.line: share for share in running}, board)
    for one in running:
        one.process.join()
        if not one.over:
            _say_died(one, board, stopped=bool(came))


def _hear(lines: dict[Connection, _Share], board: Board) -> None:
    """Show what the processes tell, until all have ended."""
    while lines:
        for line in wait(list(lines)):
            assert isinstance(line, Connection)
            try:
                told = line.recv()
            except (EOFError, OSError):
                del lines[line]
                continue
            if isinstance(told, str):
                board.say(told)
            elif told is None:
                lines[line].over = True
            else:
                board.show(told)


def _say_died(share: _Share, board: Board, *, stopped: bool) -> None:
    code = share.process.exitcode or 0
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    for name in share.names:
        board.sites[name].ended = "shutdown" if stopped else "killed"
    if not stopped:
        hint = "what it had stored is kept, and the next crawl goes on from there"
        board.say(f"The process that crawled {', '.join(share.names)} {how}; {hint}.")


@contextmanager
def _signals_to(processes: Sequence[BaseProcess]) -> Iterator[list[int]]:
    """Hand on what tells this process to end: those others do not hear it, or not all. Gives the signals that came."""
    came: list[int] = []

    def hand_on(number: int, _: object) -> None:
        came.append(number)
        for process in processes:
            if process.is_alive():
                (process.terminate if len(came) <= PATIENCE else process.kill)()

    before = {one: signal.signal(one, hand_on) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _work(line: Connection, home: Home, names: Sequence[str], asked: Asked, log: Path) -> None:
    """What each of the processes does."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})  # of the terminal: the parent hands it on
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(told: dict[str, SiteProgress] | str | None) -> None:
        with suppress(OSError):  # the parent died, and this process is about to end
            line.send(told)

    crawl_here(home, [home.profiles.load(name) for name in names], asked, log, tell, tell)
    tell(None)


def _end_with_parent() -> None:
    """When the parent dies, store what was read and end."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
