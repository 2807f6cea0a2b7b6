"""Which page of a site is being asked for, on a terminal. Touches the screen."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from archive.terminal import safe
from crawler.commands import err


def shown() -> Any:
    """Progress on a terminal: which request, and for what. Elsewhere a line a request would only be noise."""
    if not err.is_terminal:
        return nullcontext(lambda *_: None)
    return _Status()


class _Status:
    def __init__(self) -> None:
        self._status = err.status("looking")

    def __enter__(self) -> Any:
        self._status.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def _tell(self, site: str, asked: int, url: str) -> None:
        self._status.update(f"{site}: request {asked + 1}, {safe(url)}"[: max(20, err.width - 4)])
