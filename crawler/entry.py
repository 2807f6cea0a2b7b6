"""Where the command begins: loading takes half a second, and Ctrl-C ends that too. Touches signal handlers."""

from __future__ import annotations

import os
import signal

from archive.exits import Exit


def main() -> None:
    """Load the command, and run it: :func:`crawler.cli.main`."""
    signal.signal(signal.SIGINT, _end)
    from crawler.cli import main as run  # noqa: PLC0415 - what is loaded here is what can be interrupted

    run()


def _end(*_: object) -> None:
    """Nothing is open yet; an exception would end inside some module's own handling of them."""
    os.write(2, b"luutru: interrupted\n")
    os._exit(Exit.INTERRUPTED)
