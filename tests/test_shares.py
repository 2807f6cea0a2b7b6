"""Sites that several processes share: the same is stored as by one, and nothing is lost whoever dies."""

from __future__ import annotations

import asyncio
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import ledger
import pytest
from conftest import CONTACT, ROOT, luutru
from inprocess import exported
from sqlite_utils import Database
from test_bad_input import _server, _site
from test_machine_faults import ARTICLES, Pages, stored
from test_reextract_process import PATIENCE, children, needs_proc
from test_urls import SITE

from archive.conclude import BrokenOff, GoesOn
from archive.exits import Exit
from archive.faults import Fault
from crawler.crawling import SiteCrawler, run_settings
from crawler.frontier import Frontier, crawling
from crawler.home import Home
from crawler.keeper import Keeper
from crawler.locks import only_visitor
from crawler.profiles import Profile, Profiles
from crawler.shares import share_out, worth_it

SITES = "songlam", "songma"


class Crawl:
    """A crawl of two sites by two processes; ``then`` is called when half of one of them was asked for."""

    def __init__(self, home: Path, then: Callable[[Crawl], object] = lambda _: None) -> None:
        self._home, self._then = home, then
        self.processes: list[int] = []

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with _server(Pages(at_half=self._at_half)) as (one, _), _server(Pages()) as (other, _):
            apart = other.replace("127.0.0.1", "localhost")  # sites of one host are crawled one after the other
            for name, base in zip(SITES, (one, apart), strict=True):
                _site(self._home, SITE.replace("http://ldld.songlam.example/", base), name)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crawler.cli", "--home", str(self._home), "crawl", *SITES, *OPTIONS],
                cwd=ROOT,
                env={**os.environ, "LUUTRU_CONTACT": CONTACT},
                stderr=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            try:
                yield self.process
            finally:
                self.process.kill()
                self.process.communicate()

    def _at_half(self) -> None:
        self.processes = list(children(self.process.pid))
        self._then(self)

    def ends(self) -> tuple[int, str]:
        _, said = self.process.communicate(timeout=PATIENCE)
        assert b"Traceback" not in said, said.decode()
        gone(self.processes)
        return self.process.returncode, said.decode()

    def completes(self) -> None:
        """The same command, later, makes it whole."""
        ended = luutru(self._home, "crawl", *SITES, *OPTIONS)
        assert ended.returncode == Exit.OK, ended.stderr
        ledger.check(self._home)
        assert stored(self._home) == 2 * ARTICLES


OPTIONS = "--delay", "0.01", "--allow-private", "--processes", "2"


def site_crawler(home: Path) -> SiteCrawler:
    """A crawl that waits for its turn."""
    return SiteCrawler(Home(home), Profiles().load("thst"), run_settings(Home(home), home / "log"), print, wait=False)


def frontier(home: Path) -> Frontier:
    """That of a crawl which may begin."""
    crawler = site_crawler(home)
    crawler.spider = crawler._create_spider()
    return Frontier(crawler)


def gone(processes: list[int]) -> None:
    until = time.monotonic() + PATIENCE
    while alive := [one for one in processes if Path(f"/proc/{one}").exists()]:
        assert time.monotonic() < until, alive
        time.sleep(0.05)


def crawlers(now: Crawl) -> list[int]:
    """The processes that crawl: they hold the lock of a site."""
    locks = [now._home / "locks" / f"{name}.site.lock" for name in SITES]
    until = time.monotonic() + PATIENCE
    while not all(lock.exists() and lock.stat().st_size for lock in locks):
        assert time.monotonic() < until, locks
        time.sleep(0.05)
    return [int(lock.read_text(encoding="utf-8").split()[1]) for lock in locks]


@needs_proc
def test_two_processes_store_what_one_stores(tmp_path: Path) -> None:
    apart: list[int] = []
    crawl = Crawl(tmp_path, lambda now: apart.extend(crawlers(now)))
    with crawl.running():
        code, said = crawl.ends()
        assert code == Exit.OK, said
        assert len({*apart, crawl.process.pid}) == 3
        ledger.check(tmp_path)
        alone = tmp_path / "alone"
        for name in SITES:
            _site(alone, (tmp_path / "sites" / f"{name}.toml").read_text(encoding="utf-8"), name)
        ended = luutru(alone, "crawl", *SITES, *OPTIONS[:-1], "1")
        assert ended.returncode == Exit.OK, ended.stderr

    def told(home: Path) -> list[str]:
        changing = r'"(?:first_seen|fetched_at|warc|record_id|offset)":[^,}]*'
        return sorted(re.sub(changing, "", line) for line in exported(home).splitlines())

    assert told(tmp_path) == told(alone)
    found = "SELECT url, role, article, state, steps, found_on, shown, total, body_sha256 FROM urls ORDER BY url"
    assert ledger.rows(tmp_path, found) == ledger.rows(alone, found)


def test_the_last_site_that_a_process_crawls_draws_all_conclusions_and_the_others_those_of_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Keeper, bool]] = []
    dated: list[Keeper] = []

    async def stored(crawl: Frontier) -> None:
        if crawl is unstorable:
            raise OSError("no space left on device")

    monkeypatch.setattr(Frontier, "flush", stored)
    monkeypatch.setattr(Keeper, "is_open", True)
    monkeypatch.setattr(Keeper, "conclude", lambda self, everything: drawn.append((self, everything)))
    monkeypatch.setattr(Keeper, "date_arrived", lambda self: dated.append(self))  # noqa: PLW0108 - a list's method is not bound
    first, unstorable, elsewhere = crawls = [frontier(tmp_path / home) for home in ("here", "here", "elsewhere")]
    left_out = site_crawler(tmp_path / "here")
    asyncio.run(first.finish())
    with only_visitor(Home(tmp_path / "here"), Profiles().load("thst")):
        asyncio.run(left_out.crawl_async())
    assert left_out.busy
    for crawl in crawls[1:]:
        asyncio.run(crawl.finish())
    assert drawn == [(first.keeper, False), (unstorable.keeper, True), (elsewhere.keeper, True)]
    assert dated == [first.keeper]
    assert not crawling & {left_out, *(crawl._crawler for crawl in crawls)}
    assert unstorable.keeper.fault is not None


def test_of_sites_that_share_a_host_the_one_that_waits_for_it_draws_all_conclusions(tmp_path: Path) -> None:
    with _server(Pages()) as (base, _):
        for name in SITES:
            _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base), name)
        ended = luutru(tmp_path, "crawl", *SITES, "--delay", "0.01", "--allow-private")
    assert ended.returncode == Exit.OK, ended.stderr
    [log] = (tmp_path / "logs").iterdir()
    concluded = re.findall(r"(\w+): (all|what came) is concluded", log.read_text(encoding="utf-8"))
    assert [what for _, what in concluded] == ["what came", "all"]
    assert {site for site, _ in concluded} == set(SITES)


def test_a_forced_stop_breaks_off_what_is_being_concluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, broken_off = Event(), Event()

    def concluded_for_ever(_: Database, goes_on: GoesOn) -> None:
        begun.set()
        while goes_on():
            time.sleep(0.01)
        broken_off.set()
        raise BrokenOff

    monkeypatch.setattr("crawler.keeper.conclude_alone", concluded_for_ever)
    crawl = frontier(tmp_path)
    crawl.keeper.begin("luutru")
    thread = Thread(target=crawl.keeper.conclude, args=[True])
    thread.start()
    assert begun.wait(PATIENCE)
    crawl.rescue()
    thread.join(PATIENCE)
    assert broken_off.is_set()
    assert not crawl.keeper.is_open
    assert crawl.keeper.fault is None
    assert ledger.rows(tmp_path, "SELECT reason FROM runs") == [("shutdown",)]


@needs_proc
def test_when_one_process_is_killed_the_other_goes_on_and_the_command_says_whose_sites_are_not_whole(
    tmp_path: Path,
) -> None:
    crawl = Crawl(tmp_path, lambda now: os.kill(crawlers(now)[0], signal.SIGKILL))
    with crawl.running():
        code, said = crawl.ends()
        assert code == Exit.CRAWL_FAILED
        assert "The process that crawled songlam was killed by SIGKILL" in said
        assert "Not crawled to the end: songlam;" in said
        found = "SELECT count(*) FROM articles WHERE site = 'songma'"
        assert ledger.rows(tmp_path, found) == [(ARTICLES,)]
        crawl.completes()


@needs_proc
@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGINT, signal.SIGINT], [signal.SIGTERM]])
def test_a_signal_to_all_ends_all_processes_and_nothing_unstored_is_acknowledged(
    tmp_path: Path, signals: list[signal.Signals]
) -> None:
    def interrupt(now: Crawl) -> None:
        for one in signals:
            os.killpg(now.process.pid, one)  # as a terminal does, or timeout(1)
            time.sleep(0.3)

    crawl = Crawl(tmp_path, interrupt)
    with crawl.running():
        code, said = crawl.ends()
        assert code == Exit.INTERRUPTED, said
        assert "the next crawl goes on where this one stopped" in said
        ledger.check(tmp_path, adopted=False)
        if len(signals) == 1:  # else it was to be broken off
            logs = [path.read_text(encoding="utf-8") for path in (tmp_path / "logs").iterdir()]
            assert not any("forcing unclean" in log for log in logs)
        crawl.completes()


@needs_proc
def test_ctrl_c_while_the_processes_start_ends_them(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path)
    with crawl.running() as process:
        until = time.monotonic() + PATIENCE
        while not list(children(process.pid)):
            assert time.monotonic() < until
            time.sleep(0.01)
        crawl.processes = list(children(process.pid))
        os.killpg(process.pid, signal.SIGINT)
        code, said = crawl.ends()
        assert code == Exit.INTERRUPTED, said
    assert stored(tmp_path) < ARTICLES


@needs_proc
def test_ctrl_c_is_obeyed_when_the_server_of_forks_is_dead(tmp_path: Path) -> None:
    def interrupt(now: Crawl) -> None:
        stat = Path(f"/proc/{crawlers(now)[0]}/stat").read_text(encoding="utf-8")
        os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
        time.sleep(0.3)
        os.killpg(now.process.pid, signal.SIGINT)

    crawl = Crawl(tmp_path, interrupt)
    with crawl.running():
        code, said = crawl.ends()
        assert code == Exit.INTERRUPTED, said
        crawl.completes()


@needs_proc
def test_after_kill_9_no_process_stays_and_the_next_crawl_completes_the_sites(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, lambda now: os.kill(now.process.pid, signal.SIGKILL))
    with crawl.running():
        code, _ = crawl.ends()
        assert code == -signal.SIGKILL
        crawl.completes()


def several(home: Path, count: int = 7) -> list[Profile]:
    for number in range(count):
        _site(home, SITE.replace("ldld.songlam", f"so-{number}.songlam"), f"site{number}")
    return [profile for profile in Home(home).profiles.all()[0] if profile.name.startswith("site")]


def test_sites_that_are_asked_politely_are_crawled_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.shares.cores", lambda: 4)
    profiles = several(tmp_path)
    assert worth_it(profiles, 3.0) == 1
    assert worth_it(profiles, 0.2) == 2
    assert worth_it(profiles, 0.001) == 4


def test_sites_of_one_host_are_asked_one_after_the_other_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.shares.cores", lambda: 4)
    for name in ("mot", "hai"):
        _site(tmp_path, SITE, name)
    profiles = [Home(tmp_path).profiles.load(name) for name in ("mot", "hai")]
    assert worth_it(profiles, 0.05) == 1
    assert [[one.name for one in share] for share in share_out(profiles, 2)] == [["mot", "hai"]]


def test_every_site_is_in_one_share_and_no_share_is_empty(tmp_path: Path) -> None:
    profiles = several(tmp_path)
    for count in range(1, 10):
        shares = share_out(profiles, count)
        assert sorted(one.name for share in shares for one in share) == [one.name for one in profiles]
        assert all(shares)
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_fault_is_the_same_when_another_process_tells_of_it() -> None:
    fault = Fault("archive.db: no room is left on the disk", Exit.NO_ROOM)
    told = pickle.loads(pickle.dumps(fault))  # noqa: S301 - what was packed in the line before
    assert (str(told), told.exit) == (str(fault), fault.exit)
