"""The command in a process of its own that is forked from one with all imports done: most of a short run is these."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["crawler.cli", "crawler.pipelines.extract", "crawler.pipelines.dates"])


class Command:
    """``luutru`` with these arguments, running. ``changed``: other values for names as ``crawler.frontier.BATCH``."""

    def __init__(self, *arguments: str, changed: Mapping[str, Any] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._files = [Path(self._folder.name) / name for name in ("out", "err")]
        self._process = _CONTEXT.Process(target=_run, args=(arguments, dict(changed or {}), self._files))
        self._process.start()

    def send(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def wait(self, seconds: float = 120) -> tuple[int, str, str]:
        """The exit code (negative: the signal that killed it), and what went to stdout and to stderr."""
        self._process.join(seconds)
        assert self._process.exitcode is not None, f"still running after {seconds} s"
        out, err = (path.read_text(encoding="utf-8") for path in self._files)
        self._folder.cleanup()
        return self._process.exitcode, out, err


def _run(arguments: tuple[str, ...], changed: dict[str, Any], files: list[Path]) -> None:
    for number, path in enumerate(files, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever began the tests, such as nohup
    for name, value in changed.items():
        module, _, attribute = name.rpartition(".")
        setattr(sys.modules[module], attribute, value)
    sys.argv = ["luutru", *arguments]
    sys.modules["crawler.cli"].main()
