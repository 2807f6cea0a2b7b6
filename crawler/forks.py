"""Processes of this program: forks of a server that has loaded everything once. Touches signal handlers and processes.

They are no forks of this process: those would hold its locks and its database when it is killed. They ignore what goes
to all processes of a terminal or service to end them (Ctrl-C, SIGTERM, SIGHUP), for the parent decides; one that is to
obey SIGTERM says so itself.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def forks() -> ForkServerContext:
    """What makes such processes: ``forks().Process(target=...)``. To be called in the main thread: only that can hold
    signals back."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.shares", "crawler.workers", "datasketch"])  # datasketch: for the archive
    before = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        forkserver.ensure_running()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
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
