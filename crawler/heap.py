"""How the C library keeps the memory of this process: in one heap, and what is free goes back. Touches glibc's malloc.

Where there is another C library, nothing is done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of mallopt(3)."""


def keep_one() -> None:
    """Have all threads that begin from now on share one heap.

    By itself glibc makes one for each, and what is free in one is of no use to the others. Database work runs in
    several threads by turns: each heap would grow to the most that any batch or conclusion ever took.
    """
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Let the system have what is free: glibc itself gives back only what lies at a heap's end, and there is always
    something small that lasts behind the large that is gone."""
    if (malloc_trim := _of_glibc("malloc_trim")) is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
