"""A command of somebody's, measured: wall time from its first request on, CPU and memory of all its processes.

Linux only: it reads /proc, and becomes the parent of what the command leaves behind, so that no process is missed.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from staged import Staged

_SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER``, Linux's prctl(2)."""
_LOOK_EVERY = 0.05
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds`` from the first request to the end, ``cpu`` seconds of all its processes meanwhile, ``requests`` that
    the server answered, ``server`` the seconds of CPU that it used for them, ``peak`` megabytes of resident memory of
    all processes together, ``started`` seconds until the first request."""

    seconds: float
    cpu: float
    requests: int
    server: float
    peak: float
    started: float


def run(command: Sequence[str | Path], served: Staged, *, env: Mapping[str, str] | None = None) -> Measured:
    """Run a command that asks the server for pages, to its end.

    :raises RuntimeError: it failed; the message ends with what it said.
    """
    served.begin()
    began = time.monotonic()
    with tempfile.TemporaryFile() as said, _parent_of_all():
        process = subprocess.Popen(
            [str(one) for one in command],
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        look = _Look(process.pid)
        look.start()
        cpu, code, ended = _wait(process)
        look.over.set()
        look.join()
        said.seek(0)
        told = said.read().decode("utf-8", "replace")[-2000:]
    if code:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {code}: {told}")
    requests, first, server = served.served()
    if first is None:
        raise RuntimeError(f"{' '.join(map(str, command))} asked for nothing: {told}")
    return Measured(ended - first, cpu - look.cpu_at(first), requests, server, look.peak, first - began)


@contextmanager
def _parent_of_all() -> Iterator[None]:
    """What a command leaves behind becomes this process's child, and not init's."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)


def _wait(process: subprocess.Popen[bytes]) -> tuple[float, int, float]:
    """Wait for the command and all that it left: their seconds of CPU, its exit code, and when it ended."""
    cpu, code, ended = 0.0, 0, time.monotonic()
    while True:
        try:
            pid, status, used = os.wait4(-process.pid, 0)
        except ChildProcessError:
            process.returncode = code
            return cpu, code, ended
        cpu += used.ru_utime + used.ru_stime
        if pid == process.pid:
            code, ended = os.waitstatus_to_exitcode(status), time.monotonic()


class _Look(threading.Thread):
    """Looks at all processes of a session, again and again; at each other process once, for what it takes to look is
    taken from what is measured where that uses all cores."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._strangers: set[str] = set()
        self._cpu: list[tuple[float, float]] = [(0.0, 0.0)]
        self.over = threading.Event()
        self.peak = 0.0

    def run(self) -> None:
        while not self.over.wait(_LOOK_EVERY):
            cpu, memory = 0, 0
            for name in {one.name for one in Path("/proc").iterdir() if one.name.isdecimal()} - self._strangers:
                try:
                    fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) != self._session:
                    self._strangers.add(name)
                else:
                    cpu += sum(map(int, fields[11:15]))  # its own and that of children that ended
                    memory += int(fields[21])
            self._cpu.append((time.monotonic(), cpu / _TICK))
            self.peak = max(self.peak, memory * _PAGE / 2**20)

    def cpu_at(self, moment: float) -> float:
        """Seconds of CPU that had been used then."""
        return max((cpu for at, cpu in self._cpu if at <= moment), default=0.0)
