"""How fast stored pages are read anew on one core and on all, beside the crawl that fetched them: ``python
benchmarks/reextract.py [--articles N]``. Ends with 1 where two cores are not used well.

The pages are those of the replicas (``--articles`` each), as heavy as real ones, crawled from loopback with hardly any
delay into a temporary folder. By turns, and the median of the rounds; ratios count, not the times. Linux only: the
processes of a round are bound to so many cores.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from staged import staged
from throughput import crawl

from archive.schema import open_read_only
from crawler import clock, rereader
from crawler.home import Home
from crawler.reextract import _tasks, reextract
from crawler.workers import Office, cores

ROUNDS = 3
OTHER_RULES = '\n[[layouts]]\n[layouts.fields.sapo]\nselect = ["p.khong-co"]\n'
AT_LEAST = 1.8
"""How many times the pages a second of one core two cores must give."""


@dataclass(frozen=True, slots=True)
class Round:
    """``started``: seconds until the workers answer; ``seconds`` from then on, and ``own`` of these the parent's CPU;
    ``changed`` articles."""

    started: float
    seconds: float
    own: float
    changed: int


class Stopwatch:
    """Counts from the first answers on: what the workers need to begin is counted once, apart."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.first: float | None = None

    def __call__(self, _site: str, done: int, _total: int) -> None:
        if done and self.first is None:
            self.first = time.perf_counter()


def one(home: Home) -> None:
    """Read everything anew in this process and its workers, and print what it took."""
    profiles = [home.profiles.load(path.stem) for path in sorted(home.sites.glob("*.toml"))]
    watch, own = Stopwatch(), time.process_time()
    reports = reextract(home, profiles, workers=cores(), write=True, progress=watch)
    ended = time.perf_counter()
    assert watch.first is not None
    changed = sum(report.articles.changed for report in reports)
    print(json.dumps([watch.first - watch.began, ended - watch.first, time.process_time() - own, changed]))


def measure(home: Path, count: int) -> Round:
    """The same in a process that has so many cores."""
    mine = sorted(os.sched_getaffinity(0))[:count]
    command = ["taskset", "-c", ",".join(map(str, mine)), sys.executable, __file__, "--one", str(home)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Round(*json.loads(ended.stdout))


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
    options.add_argument("--articles", type=int, default=400, help="articles of each replica")
    options.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one is not None:
        one(Home(given.one))
        return
    table = Table("what", "pages/s", "beside one core", "parent's CPU, ms/page", "articles changed")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with staged(7, given.articles) as served:
            crawled = crawl(served, home)
        pages = crawled.requests
        table.add_row(f"crawl of {pages} pages from loopback", f"{pages / crawled.seconds:.0f}")
        choice = tuple(dict.fromkeys((1, cores())))
        rounds: dict[int, list[Round]] = {count: [] for count in choice}
        for _ in range(ROUNDS):
            for count in choice:
                rounds[count].append(measure(home, count))
        median = {count: statistics.median(each.seconds for each in rounds[count]) for count in choice}
        for count in choice:
            own = statistics.median(each.own for each in rounds[count]) / pages * 1e3
            told = f"{pages / median[count]:.0f}", f"{median[1] / median[count]:.2f}", f"{own:.1f}"
            table.add_row(f"read anew with the same rules, cores: {count}", *told, str(rounds[count][0].changed))
        each = reading(Home(home))
        for path in (home / "sites").glob("*.toml"):
            path.write_text(path.read_text(encoding="utf-8") + OTHER_RULES, encoding="utf-8")
        other = measure(home, choice[-1])
        told = f"{pages / other.seconds:.0f}", f"{median[1] / other.seconds:.2f}", f"{other.own / pages * 1e3:.1f}"
        table.add_row(f"read anew with other rules, cores: {choice[-1]}", *told, str(other.changed))
    console = Console(width=120)
    console.print(table)
    console.print(f"A worker's CPU for one page: {each:.1f} ms.")
    started = max(each.started for each in rounds[choice[-1]])
    console.print(f"Until {choice[-1]} workers had loaded everything and the first answered: {started:.1f} s.")
    ratio = median[1] / median[choice[-1]]
    if len(choice) > 1 and ratio < AT_LEAST:
        console.print(f"Below its floor: {ratio:.2f} times one core, at least {AT_LEAST} are wanted.", style="red")
        raise SystemExit(1)


if __name__ == "__main__":
    main()
