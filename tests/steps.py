"""How much work something is for SQLite, counted in its own steps: no clock, so it is the same on a busy machine."""

from __future__ import annotations

from collections.abc import Callable

from archive.store import Archive


def work(archive: Archive, action: Callable[[], object]) -> int:
    """How many hundreds of steps SQLite takes for it."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    archive.db.conn.set_progress_handler(step, 100)
    try:
        action()
    finally:
        archive.db.conn.set_progress_handler(None, 0)
    return steps
