"""How fast stored pages are read anew, beside the crawl that fetched them: ``python benchmarks/reextract.py``.

The pages are those of the replicas (``--articles`` each), crawled from loopback with hardly any delay into a temporary
folder. All rows are of one run; ratios count, not the times.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from archive.schema import open_read_only
from crawler import clock, rereader
from crawler.demo.server import serve
from crawler.demo.world import World
from crawler.home import Home
from crawler.reextract import _tasks, reextract
from crawler.workers import Office, cores

DELAY = 0.001
ROUNDS = 3
OTHER_RULES = '\n[[layouts]]\n[layouts.fields.sapo]\nselect = ["p.khong-co"]\n'


def crawl(home: Path, articles: int) -> tuple[int, float]:
    """Pages that were fetched, and seconds from the first to the last."""
    (home / "sites").mkdir()
    with serve(World(7, articles)) as bases:
        for name, base in bases.items():
            overlay = f'extends = "{name}"\nbase = "{base}/"\n[crawl]\ndelay = {DELAY}\nprivate = true\n'
            (home / "sites" / f"{name}.toml").write_text(overlay, encoding="utf-8")
        command = [sys.executable, "-m", "crawler.cli", "--home", str(home), "crawl", *bases]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LUUTRU_CONTACT": "a@b.internal"})
        spent = time.perf_counter() - began
    with sqlite3.connect(home / "archive.db") as db:
        return int(db.execute("SELECT count(*) FROM captures WHERE role <> 'robots'").fetchone()[0]), spent


class Stopwatch:
    """Counts from the first answers on: what the workers need to begin is counted once, apart."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.first: float | None = None

    def __call__(self, _site: str, done: int, _total: int) -> None:
        if done and self.first is None:
            self.first = time.perf_counter()


def measure(home: Path, workers: int) -> tuple[float, float, float, int]:
    """Seconds until the workers answer, seconds from then on, and of these the parent's own CPU; articles changed."""
    place = Home(home)
    profiles = [place.profiles.load(path.stem) for path in sorted(place.sites.glob("*.toml"))]
    watch, own = Stopwatch(), time.process_time()
    reports = reextract(place, profiles, workers=workers, write=True, progress=watch)
    ended = time.perf_counter()
    assert watch.first is not None
    changed = sum(report.articles.changed for report in reports)
    return watch.first - watch.began, ended - watch.first, time.process_time() - own, changed


def reading(home: Home) -> float:
    """Milliseconds of CPU that reading one page takes in a worker."""
    profiles = [home.profiles.load(path.stem) for path in sorted(home.sites.glob("*.toml"))]
    office = Office(home, {profile.name: profile.digest for profile in profiles}, clock.now())
    with contextlib.closing(open_read_only(home.archive)) as db:
        tasks = [task for profile in profiles for task in _tasks(db, profile.name)]
    rereader._read(office, tasks[:1])
    began = time.process_time()
    rereader._read(office, tasks)
    return (time.process_time() - began) / len(tasks) * 1e3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=150, help="articles of each replica")
    articles = options.parse_args().articles
    table = Table("what", "pages/s", "ratio", "parent's CPU, ms/page", "articles changed")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        pages, spent = crawl(home, articles)
        table.add_row(f"crawl of {pages} pages from loopback", f"{pages / spent:.0f}")
        choice = tuple(dict.fromkeys((1, cores())))
        rounds: dict[int, list[tuple[float, float, float, int]]] = {workers: [] for workers in choice}
        for _ in range(ROUNDS):  # by turns, and the best of each: others use the machine too
            for workers in choice:
                rounds[workers].append(measure(home, workers))
        started = max(one[0] for one in rounds[choice[-1]])
        alone = min(one[1] for one in rounds[1])
        for workers in choice:
            _, seconds, own, changed = min(rounds[workers], key=lambda one: one[1])
            told = f"{pages / seconds:.0f}", f"{alone / seconds:.2f}", f"{own / pages * 1e3:.1f}", str(changed)
            table.add_row(f"read anew with the same rules, workers: {workers}", *told)
        each = reading(Home(home))
        for path in (home / "sites").glob("*.toml"):
            path.write_text(path.read_text(encoding="utf-8") + OTHER_RULES, encoding="utf-8")
        _, seconds, own, changed = measure(home, choice[-1])
        told = f"{pages / seconds:.0f}", f"{alone / seconds:.2f}", f"{own / pages * 1e3:.1f}", str(changed)
        table.add_row(f"read anew with other rules, workers: {choice[-1]}", *told)
    console = Console(width=120)
    console.print(table)
    console.print(f"A worker's CPU for one page: {each:.1f} ms.")
    console.print(f"Until {choice[-1]} workers had loaded everything and the first answered: {started:.1f} s.")


if __name__ == "__main__":
    main()
