"""Pages of a crawl that further processes read: the same is stored, and nothing is lost whoever dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import ledger
import pytest
from conftest import CONTACT, ROOT
from inprocess import exported
from test_bad_input import _server, _site
from test_machine_faults import ARTICLES, Pages, completes, crawl, stored
from test_reextract_process import PATIENCE, children, needs_proc
from test_urls import SITE

from archive.exits import Exit
from crawler.clock import now
from crawler.desk import Desks
from crawler.home import Home
from crawler.items import Page
from crawler.readers import Readers, _read_all, _sent
from crawler.urls import KnownSites
from crawler.workers import BrokenProcessPool, Office, Workers

AT_ONCE = """
import sys
from crawler import readers
from crawler.cli import main
readers.BUSY, readers.LONG, readers.LOOK_EVERY = 0.0, 1, 0.0
sys.argv[0] = "luutru"
main()
"""
"""The command, whose readers are asked for with the first page."""


class Reading:
    """A crawl of which readers read the second half."""

    def __init__(self, home: Path, then: Callable[[Reading], object] = lambda _: None) -> None:
        self._home, self._then = home, then
        self.readers: list[int] = []

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with _server(Pages(at_half=self._at_half)) as (base, _):
            _site(self._home, SITE.replace("http://ldld.songlam.example/", base))
            options = ["--home", str(self._home), "crawl", "songlam", "--delay", "0.01", "--allow-private"]
            self.process = subprocess.Popen(
                [sys.executable, "-c", AT_ONCE, *options],
                cwd=ROOT,
                env={**os.environ, "LUUTRU_CONTACT": CONTACT},
                stderr=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            yield self.process

    def _at_half(self) -> None:
        until = time.monotonic() + PATIENCE
        while not re.search(r"pages are read by \d further processes", self.log()):
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)
        self.readers = list(children(self.process.pid))
        self._then(self)

    def log(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in sorted((self._home / "logs").glob("*.log")))


def gone(processes: list[int]) -> None:
    until = time.monotonic() + PATIENCE
    while alive := [one for one in processes if Path(f"/proc/{one}").exists()]:
        assert time.monotonic() < until, alive
        time.sleep(0.05)


@needs_proc
def test_what_other_processes_read_is_stored_like_what_the_crawl_itself_reads(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    with reading.running() as process:
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == Exit.OK, said.decode()
        assert len(reading.readers) >= 3
        gone(reading.readers)
        assert stored(tmp_path) == ARTICLES
        ledger.check(tmp_path)
        alone = tmp_path / "alone"
        _site(alone, (tmp_path / "sites" / "songlam.toml").read_text(encoding="utf-8"))
        assert crawl(alone)[0] == Exit.OK

    def told(home: Path) -> list[str]:
        changing = r'"(?:first_seen|fetched_at|warc|record_id|offset)":[^,}]*'
        return sorted(re.sub(changing, "", line) for line in exported(home).splitlines())

    assert told(tmp_path) == told(alone)
    found = "SELECT url, role, article, state, steps, found_on, shown, total, body_sha256 FROM urls ORDER BY url"
    assert ledger.rows(tmp_path, found) == ledger.rows(alone, found)


@needs_proc
def test_when_a_reader_is_killed_the_crawl_says_so_and_reads_its_pages_itself(tmp_path: Path) -> None:
    reading = Reading(tmp_path, lambda now: os.kill(max(now.readers), signal.SIGKILL))
    with reading.running() as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == Exit.OK, said.decode()
    assert said.count(b"a process that reads pages was killed") == 1
    assert "a process that reads pages was killed" in reading.log()
    gone(reading.readers)
    assert stored(tmp_path) == ARTICLES
    ledger.check(tmp_path)


@needs_proc
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_leaves_no_reader_behind_and_nothing_unstored_acknowledged(tmp_path: Path, times: int) -> None:
    def interrupt(now: Reading) -> None:
        for _ in range(times):
            os.killpg(now.process.pid, signal.SIGINT)  # as a terminal does
            time.sleep(0.1)

    reading = Reading(tmp_path, interrupt)
    with reading.running() as process:
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == Exit.INTERRUPTED, said.decode()
        assert b"Traceback" not in said
        gone(reading.readers)
        completes(tmp_path)


@needs_proc
def test_after_kill_9_no_reader_stays_and_the_next_crawl_completes_the_site(tmp_path: Path) -> None:
    reading = Reading(tmp_path, lambda now: os.kill(now.process.pid, signal.SIGKILL))
    with reading.running() as process:
        process.communicate(timeout=PATIENCE)
        gone(reading.readers)
        code, err = crawl(tmp_path)
        assert code == Exit.OK, err
        ledger.check(tmp_path)
        assert stored(tmp_path) == ARTICLES


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
    started = multiprocessing.active_children()
    workers.close()
    assert started
    gone([worker.pid for worker in started if worker.pid])


def _page_to_read(home: Path) -> Page:
    _site(home, SITE)
    profile = Home(home).profiles.load("songlam")
    url = f"{profile.base}kinh-te/"
    return Page(url, url, "listing", 200, b"<a href='/'>x</a>", "text/html", None, now(), profile, profile.layouts[-1])


def test_a_page_at_which_a_reader_hung_is_not_tried_in_the_crawls_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hung:
        def submit(self, *_: object) -> Future[None]:
            failed: Future[None] = Future()
            failed.set_exception(BrokenProcessPool())
            return failed

    said: list[str] = []
    readers = Readers(Home(tmp_path), [], 2, said.append)
    monkeypatch.setattr(readers, "_ready", True)
    monkeypatch.setattr(readers, "_workers", Hung())
    monkeypatch.setattr("crawler.readers.LONGEST", 0.0)
    with pytest.raises(TimeoutError, match="took longer"):
        asyncio.run(readers.read(_page_to_read(tmp_path)))
    assert len(said) == 1


def test_a_page_that_cannot_be_sent_back_costs_no_other_of_its_batch(tmp_path: Path) -> None:
    page = _page_to_read(tmp_path)
    desk = Desks(KnownSites([page.profile], now())).of(page.profile, 0)
    unsendable = replace(page, url=f"{page.url}\ud800")
    read = _read_all(cast("Office", SimpleNamespace(desk=lambda *_: desk)), [_sent(unsendable), _sent(page)])
    assert [type(one.error) for one in read] == [UnicodeEncodeError, type(None)]
    assert read[1].harvest
