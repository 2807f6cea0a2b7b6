"""Processes of this program: forks of a server that has loaded everything once. Touches signal handlers and processes.

They are no forks of this process: those would hold its locks and its database when it is killed. What goes to all
processes of a terminal or service to end them (Ctrl-C, SIGTERM, SIGHUP) is blocked in them, for the parent decides.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def forks() -> ForkServerContext:
    """What makes such processes: ``forks().Process(target=...)``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.shares", "crawler.workers", "datasketch"])  # datasketch: for the archive
    resource_tracker.ensure_running()  # started with the server, it would let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # what comes meanwhile comes after it
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals wait until the block is left: a process that is half started says so at length."""
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    for number in came:
        signal.raise_signal(number)
