"""The command as an operator runs it, after a crawl of a replica: what it does to the export, and how it is ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import CONTACT, ROOT, luutru
from inprocess import exported, run
from taped import rows

from archive.exits import Exit
from crawler.demo.server import serve
from crawler.demo.world import World

SITE = "ldld-caobang"
ARTICLES = 25
PATIENCE = 120.0
"""Seconds, on a machine that has much else to do."""
OTHER_RULES = """
[[layouts]]
[layouts.fields.sapo]
select = ["p.khong-co"]
"""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home directory of one crawl; tests work on copies."""
    home = tmp_path_factory.mktemp("crawled")
    (home / "sites").mkdir()
    with serve(World(11, ARTICLES)) as bases:
        overlay = f'extends = "{SITE}"\nbase = "{bases[SITE]}/"\n\n[crawl]\ndelay = 0.01\nprivate = true\n'
        (home / "sites" / f"{SITE}.toml").write_text(overlay, encoding="utf-8")
        ended = luutru(home, "crawl", SITE)
    assert ended.returncode == Exit.OK, ended.stderr
    return home


@pytest.fixture
def home(crawled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(crawled, tmp_path / "home")


def edit(home: Path, more: str) -> str:
    """Add to the site's profile; gives what it was before."""
    path = home / "sites" / f"{SITE}.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + more, encoding="utf-8")
    return before


def test_a_crawled_site_is_rebuilt_with_other_rules_and_back_byte_for_byte(home: Path) -> None:
    first = exported(home)
    noted = rows(home / "archive.db", "SELECT count(*) FROM changes")
    run(home, "reextract", SITE)
    assert exported(home) == first
    assert rows(home / "archive.db", "SELECT count(*) FROM changes") == noted
    before = edit(home, OTHER_RULES)
    (site,) = json.loads(run(home, "reextract", SITE, "--json"))["sites"]
    changed = [json.loads(line) for line in exported(home).splitlines()]
    told = {row["id"]: row for row in map(json.loads, first.splitlines())}
    with_sapo = [row["id"] for row in told.values() if row["description"] is not None]
    assert with_sapo
    assert site["changed"] == site["fields"]["description"] == len(with_sapo)
    assert site["new"] == site["kept"] == site["unread"] == 0
    for row in changed:
        differing = {name for name in row if row[name] != told[row["id"]][name]}
        assert differing == {"extractor"} | ({"description", "content_sha256"} if row["id"] in with_sapo else set())
        assert row["description"] is None
    (home / "sites" / f"{SITE}.toml").write_text(before, encoding="utf-8")
    run(home, "reextract", SITE)
    assert exported(home) == first
    assert run(home, "verify")


def test_two_workers_read_the_same_as_one(home: Path, tmp_path: Path) -> None:
    edit(home, OTHER_RULES)
    other = shutil.copytree(home, tmp_path / "other")
    run(home, "reextract", SITE, "--workers", "1")
    run(other, "reextract", SITE, "--workers", "2")
    assert exported(home) == exported(other)
    revisions = "SELECT * FROM revisions ORDER BY article, revision"
    assert rows(home / "archive.db", revisions) == rows(other / "archive.db", revisions)


def children(process: int) -> Iterator[int]:
    """The processes that a process started, and those that these did."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == process:
            child = int(path.parent.name)
            yield child
            yield from children(child)


def begun(home: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    """The command at work with two workers, and the processes that it started."""
    edit(home, OTHER_RULES)
    command = [sys.executable, "-m", "crawler.cli", "--home", str(home), "reextract", SITE, "--workers", "2"]
    env = {**os.environ, "LUUTRU_CONTACT": CONTACT}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + PATIENCE
    while len(started := list(children(process.pid))) < 4 and process.poll() is None:
        # the tracker of multiprocessing's resources, the server of forks, and two workers
        assert time.monotonic() < until
    return process, started


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_when_a_worker_is_killed_the_command_says_what_to_do(home: Path) -> None:
    before = exported(home)
    process, started = begun(home)
    os.kill(max(started), signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == Exit.UNEXPECTED
    assert b"give the same command again, with fewer --workers" in said
    assert b"Traceback" not in said
    assert exported(home) == before


@needs_proc
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_however_it_is_ended_no_worker_stays_and_the_archive_is_whole(
    home: Path, tmp_path: Path, kill: signal.Signals
) -> None:
    whole = shutil.copytree(home, tmp_path / "whole")
    edit(whole, OTHER_RULES)
    run(whole, "reextract", SITE)
    process, workers = begun(home)
    if kill == signal.SIGINT:
        os.killpg(process.pid, kill)  # as a terminal does
    else:
        process.kill()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == (Exit.INTERRUPTED if kill == signal.SIGINT else -kill), said.decode()
    assert kill == signal.SIGKILL or b"Traceback" not in said
    until = time.monotonic() + PATIENCE
    while alive := [worker for worker in workers if Path(f"/proc/{worker}").exists()]:
        assert time.monotonic() < until, alive
        time.sleep(0.05)
    assert "extractor" in exported(home)
    run(home, "reextract", SITE)
    assert exported(home) == exported(whole)
