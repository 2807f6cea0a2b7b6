"""Workers that hang, and those who wait for them: a worker ends by itself, and the rest is not held up."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import forkserver
from pathlib import Path

import pytest
from test_bad_input import _site
from test_reextract_process import PATIENCE, needs_proc
from test_urls import SITE

from crawler.clock import now
from crawler.home import Home
from crawler.workers import Office, Workers


def _answers(_: Office, batch: Sequence[str]) -> str:
    return batch[0]


def _never_ends(_: Office, __: Sequence[str]) -> None:
    re.fullmatch("(a|a)+b", "a" * 60)


@pytest.fixture
def workers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workers]:
    _site(tmp_path, SITE)
    home = Home(tmp_path)
    with closing(Workers(home, [home.profiles.load("songlam")], now(), 1, longest=request.param)) as made:
        assert made.submit(_answers, ["đây"]).result(PATIENCE) == "đây"
        yield made


def gone(processes: list[int]) -> None:
    until = time.monotonic() + PATIENCE
    while alive := [one for one in processes if Path(f"/proc/{one}").exists()]:
        assert time.monotonic() < until, alive
        time.sleep(0.05)


@needs_proc
@pytest.mark.parametrize("workers", [0.5], indirect=True)
def test_a_worker_that_hangs_at_a_page_ends(workers: Workers) -> None:
    with pytest.raises(BrokenProcessPool):
        workers.submit(_never_ends, [""]).result(PATIENCE)


@needs_proc
@pytest.mark.parametrize("workers", [PATIENCE], indirect=True)
def test_workers_that_are_let_go_end_though_they_hang(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.workers.PATIENCE", 0.5)
    hanging = workers.submit(_never_ends, [""])
    while not hanging.running():
        time.sleep(0.05)
    started = [worker.pid for worker in multiprocessing.active_children() if worker.pid]
    workers.close()
    assert started
    gone(started)


@needs_proc
@pytest.mark.parametrize("workers", [PATIENCE], indirect=True)
def test_workers_are_let_go_though_the_server_that_tells_of_their_end_is_stopped(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.workers.PATIENCE", 0.5)
    monkeypatch.setattr("crawler.workers._TOLD_WITHIN", 0.5)
    started = [worker.pid for worker in multiprocessing.active_children() if worker.pid]
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGSTOP)  # type: ignore[attr-defined]
    letting_go = threading.Thread(target=workers.close, daemon=True)
    letting_go.start()
    letting_go.join(PATIENCE)
    assert not letting_go.is_alive()
    assert started
    gone(started)
