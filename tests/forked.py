"""The command in a process of its own that is forked from one with all imports done: most of a short run is these."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_LOADED = (
    *("crawler.cli", "crawler.pipelines.extract", "crawler.pipelines.dates", "crawler.pipelines.read"),
    *("crawler.pipelines.store", "crawler.middlewares.robots", "scrapy.downloadermiddlewares.cookies"),
    *("scrapy.extensions.feedexport", "aiohttp", "typer._adapters", "datasketch"),
)
"""What most commands load, the last ones only while they run. None of it may choose Twisted's reactor."""
_AS_STARTED = {"COLUMNS": "200", "TERM": "dumb"}
"""Rich looks at these when a console is made, and the consoles are made with the imports."""


def start_server() -> None:
    """Start the server of forks, unless it runs. The workers of the product come from it too: who starts it first says
    what it has loaded."""
    _CONTEXT.set_forkserver_preload(["__main__", *_LOADED])
    with _in_environment({**os.environ, **_AS_STARTED}):
        forkserver.ensure_running()


@contextmanager
def _in_environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a fork is to do. ``files``: what it has for stdin, stdout and stderr."""

    arguments: tuple[str, ...]
    files: tuple[Path, Path, Path]
    environment: Mapping[str, str]
    changed: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""


class Command:
    """``luutru`` with these arguments, running.

    :param environment: all of its variables.
    :param changed: other values for names as ``crawler.frontier.BATCH``.
    :param before: Python that runs before the command, and knows ``settings`` and ``sys``.
    :param stdin: a file or a terminal.
    """

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        changed: Mapping[str, Any] | None = None,
        before: str = "",
        stdin: str = os.devnull,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._out, self._err = (Path(self._folder.name) / name for name in ("out", "err"))
        for path in (self._out, self._err):
            path.touch()
        plan = _Plan(arguments, (Path(stdin), self._out, self._err), environment, changed or {}, before)
        start_server()
        self._process = _CONTEXT.Process(target=_run, args=(plan,))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def until(self, text: str, seconds: float = 120) -> str:
        """What stands on stderr once that text does."""
        patience = time.monotonic() + seconds
        while text not in (said := self._err.read_text(encoding="utf-8")):
            assert self._process.is_alive() and time.monotonic() < patience, f"without {text!r}: {said}"
            time.sleep(0.02)
        return said

    def wait(self, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """Its end; the exit code is negative where a signal killed it."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            self._process.kill()
            raise AssertionError(f"still running after {seconds} s: {self._err.read_text(encoding='utf-8')}")
        out, err = (path.read_text(encoding="utf-8") for path in (self._out, self._err))
        self._folder.cleanup()
        return subprocess.CompletedProcess(("luutru",), self._process.exitcode, out, err)


def _run(plan: _Plan) -> None:
    for number, path in enumerate(plan.files):
        opened = os.open(path, os.O_RDWR | os.O_NOCTTY)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    os.environ.clear()
    os.environ.update(plan.environment)
    os.chdir(Path(__file__).resolve().parent.parent)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever began the tests, such as nohup
    for name, value in plan.changed.items():
        module, _, attribute = name.rpartition(".")
        setattr(import_module(module), attribute, value)
    exec(plan.before, {"settings": import_module("crawler.settings"), "sys": sys})  # noqa: S102 - a test's own text
    sys.argv = ["luutru", *plan.arguments]
    import_module("crawler.cli").main()
