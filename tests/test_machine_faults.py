"""What the machine does to a crawl: full disk, read-only folder, locked archive, signals."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import ledger
import pytest
from conftest import environment
from forked import Command
from test_bad_input import _server, _site
from test_crawl_faults import ARTICLE
from test_urls import SITE

from archive.exits import Exit
from archive.store import Archive
from crawler.runs import last_crawls

ARTICLES = 24
PARAGRAPH = "Công nhân phân xưởng {n} góp ý về bữa ăn ca, chỗ nghỉ trưa và chuyến xe đưa đón lần thứ {i}. "


class Pages(dict[str, tuple[int, str]]):
    """The pages of a site. ``at_half`` is called once, when half of the articles were asked for."""

    def __init__(self, at_half: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        paths = [f"/kinh-te/bai-so-{n}.html" for n in range(1, ARTICLES + 1)]
        self["/"] = 200, "".join(f'<a href="{path}">Bài</a>' for path in paths)
        for n, path in enumerate(paths, 1):
            text = "".join(f"<p>{PARAGRAPH.format(n=n, i=i) * 4}</p>" for i in range(12))
            self[path] = 200, ARTICLE.format(title=f"Bài số {n}", text=text)
        self._asked, self._at_half = 0, at_half

    def get(self, key: str, default: object = None) -> tuple[int, str] | object:
        self._asked += key in self
        if self._asked == ARTICLES // 2 and key in self:
            self._at_half()
        return super().get(key, default)


def start(home: Path, *, patience: float = 30.0, delay: float = 0.01) -> Command:
    arguments = ["--home", str(home), "crawl", "songlam", "--delay", str(delay), "--allow-private"]
    few = {"crawler.frontier.BATCH": 8, "crawler.frontier.AHEAD": 8}
    changed = {"archive.schema.LOCK_PATIENCE": patience} | few
    return Command(*arguments, environment=environment(), changed=changed)


def ending(command: Command) -> tuple[int, str]:
    """Exit code and what stood on the terminal."""
    ended = command.wait()
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.returncode, ended.stderr


def crawl(home: Path, *, patience: float = 30.0) -> tuple[int, str]:
    return ending(start(home, patience=patience))


def complain(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("luutru: ")]


def completes(home: Path) -> None:
    """What is stored is sound, and the same command, later, makes it whole: everything is there, nothing twice."""
    ledger.check(home, adopted=False)
    code, err = crawl(home)
    assert code == Exit.OK, err
    ledger.check(home)
    assert ledger.rows(home, "SELECT state, count(*) FROM urls GROUP BY state") == [("done", ARTICLES + 1)]
    assert ledger.rows(home, "SELECT count(*), count(DISTINCT article) FROM revisions") == [(ARTICLES, ARTICLES)]


def stored(home: Path) -> int:
    [(count,)] = ledger.rows(home, "SELECT count(*) FROM articles")
    return int(count)


@contextmanager
def mounted(folder: Path, megabytes: int = 64) -> Iterator[Callable[[str], None]]:
    """A disk of its own at ``folder``; gives what mounts it anew with other options."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            pytest.skip(f"no disk can be mounted here: {ended.stderr.strip()}")

    try:
        mount(f"size={megabytes}m")
    except FileNotFoundError:
        pytest.skip("no disk can be mounted here: there is no command mount")
    try:
        yield lambda options: mount(f"remount,{options}")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)


# A full disk


@pytest.mark.parametrize("full", ["warc", "archive.db"])
def test_a_crawl_ends_when_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path: Path, full: str) -> None:
    home = tmp_path / "home"
    small = home / "warc" if full == "warc" else home
    with mounted(small), _server(Pages(at_half=lambda: fill(small))) as (base, asked):
        _site(home, SITE.replace("http://ldld.songlam.example/", base))
        if full == "archive.db":
            (tmp_path / "elsewhere").mkdir()
            (home / "warc").symlink_to(tmp_path / "elsewhere")
        code, err = crawl(home)
        assert code == Exit.NO_ROOM, err
        [line] = complain(err)
        assert line.startswith(f"luutru: {home / full}")
        assert "no room is left on the disk; free some, then give the same command again" in line
        assert len(asked) < ARTICLES
        (small / "filler").unlink()
        assert 0 < stored(home) < ARTICLES
        if full == "warc":
            assert ledger.rows(home, "SELECT record_id FROM captures WHERE reason LIKE 'not recorded: %'")[0] == (None,)
        completes(home)


def test_a_disk_that_is_full_from_the_start_is_named_and_nobody_is_asked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with mounted(home), _server(Pages()) as (base, asked):
        _site(home, SITE.replace("http://ldld.songlam.example/", base))
        fill(home)
        code, err = crawl(home)
        assert (code, asked) == (Exit.NO_ROOM, []), err
        assert complain(err)[0].startswith(f"luutru: {home}")
        assert "no room is left on the disk" in complain(err)[0]


# Nothing may be written


@pytest.mark.parametrize("with_archive", [False, True])
def test_a_home_that_is_read_only_is_named_and_nobody_is_asked(tmp_path: Path, with_archive: bool) -> None:
    home = tmp_path / "home"
    with mounted(home) as remount, _server(Pages()) as (base, asked):
        _site(home, SITE.replace("http://ldld.songlam.example/", base))
        if with_archive:
            Archive(home / "archive.db").close()
        remount("ro")
        code, err = crawl(home)
        assert (code, asked) == (Exit.CANNOT_OPEN, []), err
        [line] = complain(err)
        assert line.startswith(f"luutru: {home}")
        assert "make it and its folder writable, or name another --home" in line


def test_without_evidence_nothing_is_stored_where_warc_files_may_not_be_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with mounted(home / "warc") as remount, _server(Pages()) as (base, _):
        _site(home, SITE.replace("http://ldld.songlam.example/", base))
        remount("ro")
        code, err = crawl(home)
        assert code == Exit.CANNOT_OPEN, err
        assert f"{home / 'warc'}" in complain(err)[0]
        assert stored(home) == 0
        remount("rw")
        completes(home)


# Somebody else writes to the archive


def lock(home: Path) -> sqlite3.Connection:
    other = sqlite3.connect(home / "archive.db", check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_crawl_waits_for_another_process_that_writes(tmp_path: Path) -> None:
    waited: list[float] = []

    def hold() -> None:
        other, began = lock(tmp_path), time.monotonic()

        def let_go() -> None:
            waited.append(time.monotonic() - began)
            other.rollback()
            other.close()

        threading.Timer(1.5, let_go).start()

    with _server(Pages(at_half=hold)) as (base, _):
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
        code, err = crawl(tmp_path)
    assert code == Exit.OK, err
    assert waited
    assert stored(tmp_path) == ARTICLES
    ledger.check(tmp_path)


@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_crawl_ends_when_another_process_keeps_the_archive_locked(tmp_path: Path, from_the_start: bool) -> None:
    held: list[sqlite3.Connection] = []

    def hold() -> None:
        held.append(lock(tmp_path))

    with _server(Pages(at_half=hold)) as (base, asked):
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
        if from_the_start:
            Archive(tmp_path / "archive.db").close()
            hold()
        code, err = crawl(tmp_path, patience=0.5)
        assert code == Exit.BUSY, err
        [line] = complain(err)
        assert line.startswith(f"luutru: {tmp_path / 'archive.db'}: another process keeps it locked for writing; ")
        assert len(asked) < ARTICLES
        assert bool(asked) != from_the_start
        held[0].rollback()
        held[0].close()
        ledger.check(tmp_path, adopted=False)
        if not from_the_start:
            completes(tmp_path)


# Somebody ends it


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT], [signal.SIGINT, signal.SIGINT]],
    ids=lambda signals: " ".join(one.name for one in signals),
)
def test_a_crawl_that_is_told_to_end_stores_what_was_read_and_is_gone_on_with(
    tmp_path: Path, signals: list[signal.Signals]
) -> None:
    half = threading.Event()
    with _server(Pages(at_half=half.set)) as (base, asked):
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
        running = start(tmp_path, delay=0.05)
        assert half.wait(60)
        for one in signals:
            running.send(one)
            time.sleep(0.1)
        code, err = ending(running)
        assert code == Exit.INTERRUPTED, err
        assert "Interrupted. What was read is stored; the next crawl goes on where this one stopped.\n" in err
        assert ARTICLES // 2 <= len(asked) < ARTICLES
        [(reason,)] = ledger.rows(tmp_path, "SELECT reason FROM runs")
        assert reason == "shutdown"
        assert last_crawls(tmp_path / "archive.db") == {}  # so it is still due
        ledger.check(tmp_path)
        assert ledger.rows(tmp_path, "SELECT * FROM urls WHERE state = 'leased'") == []
        assert stored(tmp_path) >= len(asked) - 3  # the front page, and what was on its way
        completes(tmp_path)
