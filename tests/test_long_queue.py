"""A million addresses in line cost disk, and nothing else: the short form of ``python benchmarks/memory.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from steps import work

from archive.records import Capture, Harvest, Lease, Visit
from archive.store import Archive

AT = "2026-03-02T07:00:00+07:00"
SITE = "songlam"
BASE = f"http://{SITE}.example/tin"


def queue(path: Path, length: int) -> Archive:
    archive = Archive(path)
    with archive.transaction():
        archive.db.conn.executemany(
            "INSERT INTO urls (site, url, role, article, state, priority, steps, failures, not_modified)"
            " VALUES (?, ?, 'article', ?, 'pending', 1, 3, 0, 0)",
            ((SITE, f"{BASE}/bai-{n}.html", f"{SITE}-{n}") for n in range(length)),
        )
    return archive


def acknowledge(lease: Lease) -> Harvest:
    article = f"{SITE}-{lease.url.removeprefix(f'{BASE}/bai-').removesuffix('.html')}"
    capture = Capture(SITE, lease.url, lease.url, "article", AT, 404, "text/html", 0, "", "gone")
    return Harvest(capture, visit=Visit(lease.url, "article", "gone", article=article, reason="HTTP status 404"))


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> list[Archive]:
    folder = tmp_path_factory.mktemp("queues")
    return [queue(folder / f"{length}.db", length) for length in (1_000, 20_000)]


def test_acknowledging_and_leasing_is_no_more_work_when_more_is_waiting(queues: list[Archive]) -> None:
    spent = []
    for archive in queues:
        run = archive.start_run(SITE, AT)
        harvests = [acknowledge(one) for one in archive.lease(run, SITE, 50)]

        def turn(archive: Archive = archive, run: int = run, harvests: list[Harvest] = harvests) -> None:
            with archive.transaction():
                archive.add(run, harvests)
                assert len(archive.lease(run, SITE, 50)) == 50

        spent.append(work(archive, turn))
    short, long = spent
    assert 0 < long < 1.2 * short


def test_looking_for_files_alone_does_not_walk_through_the_articles_that_wait(queues: list[Archive]) -> None:
    for archive in queues:
        run = archive.start_run(SITE, AT)
        assert work(archive, lambda archive=archive, run=run: archive.lease(run, SITE, 50, 0)) < 10  # type: ignore[misc]


def test_the_memory_of_a_crawl_does_not_grow_with_what_is_waiting() -> None:
    command = [sys.executable, ROOT / "benchmarks" / "memory.py", "--json", "--pages", "20", "--pending"]
    ended = subprocess.run(
        [*command, "1000", "100000"], capture_output=True, text=True, check=True, timeout=240, cwd=ROOT
    )
    short, long = json.loads(ended.stdout)
    assert long["urls MB"] > 50 * short["urls MB"]
    assert long["peak MB"] < short["peak MB"] + 16
