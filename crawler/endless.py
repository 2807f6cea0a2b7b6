"""Ends patterns of profiles that find no end. Touches this process's timer of used time (``ITIMER_VIRTUAL``).

Profiles come from strangers, and ``(a+)+$`` takes longer than the world has. A timer that runs while the process
computes looks which pattern is at work; one that takes too long is broken off, as Ctrl-C would break it off, and the
page or command that asked for it ends with its file, key and text. Nothing else is ever broken off.
"""

from __future__ import annotations

import atexit
import signal
import threading
from collections import deque
from types import FrameType

from crawler.selectors import Pattern, Select

LONGEST = 2.0
"""Seconds of computing that one pattern may take on one page; all of a site's together take some milliseconds."""
_TICK = 0.1
"""Seconds of computing between two looks."""
_CALLS = frozenset(
    call.__code__ for call in (Pattern.match, Pattern.fullmatch, Pattern.search, Pattern.sub, Select.__call__)
)


class EndlessPattern(Exception):
    """A pattern of a profile took too long: the message names the file, the key and the pattern."""

    def __init__(self, rule: Pattern | Select) -> None:
        super().__init__(
            f"{rule.where or 'a pattern'}: {rule.source!r} found no end in {LONGEST:g} seconds:"
            " write it without repeats inside repeats, or one behind the other, that match the same text"
        )


_seen: deque[object] = deque(maxlen=2 * round(LONGEST / _TICK))
"""What was at work at the last looks: a pattern, or None for anything else. Where nobody says that a page begins, a
pattern is too slow that takes half of all that is computed."""


def watch() -> None:
    """Keep an eye on all patterns from now on; does nothing outside the main thread, which alone can be broken off."""
    if threading.current_thread() is threading.main_thread():
        atexit.unregister(_look_away)
        signal.signal(signal.SIGVTALRM, _look)
        signal.siginterrupt(signal.SIGVTALRM, False)
        signal.setitimer(signal.ITIMER_VIRTUAL, _TICK, _TICK)
        atexit.register(_look_away)


def _look_away() -> None:
    """Python gives the signal back to the system before it ends, which would kill the process."""
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def begin_page() -> None:
    """What patterns took until now is forgiven."""
    _seen.clear()


def _look(number: int, frame: FrameType | None) -> None:
    running = frame.f_locals["self"] if frame is not None and frame.f_code in _CALLS else None
    _seen.append(running)
    if running is not None and sum(one is running for one in _seen) * _TICK >= LONGEST:
        _seen.clear()
        raise EndlessPattern(running)
