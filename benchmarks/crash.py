"""What ``kill -9`` costs: ``python benchmarks/crash.py [--articles N] [--kills N] [--seed N]``.

Replica sites are crawled one after the other into one archive, and the last one a second time with all its articles.
The process is killed with its group, at chosen steps and at any moment, and continued by the same command until it ends
by itself; after each kill the archive must be sound, and in the end it must be the truth. A plain Scrapy spider with
JOBDIR crawls the same sites and is killed after as many pages of the same lives. Ends with status 1 where anything of
luutru's is not as it must be.

At least 20 pages are fetched between two of the ``--kills``. Kills at start-up come right behind others and are not
counted among those, but are among all that the last line counts.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kills import RANDOM, START_UP, Kill, Ordeal, asked_again, ending, live, not_asked, pages

from crawler.demo.command import write_profiles
from crawler.demo.server import Replicas, serve
from crawler.demo.world import World
from crawler.home import Home

LEAST, MOST = 20, 90
"""Pages that are fetched between two kills, but for the commit or the full file that may have to be waited for."""

AIMS = (
    "WARC, half of a record",
    "start-up, mending",
    "start-up, adopting",
    "commit, within",
    RANDOM,
    "lease, handed out",
    "rollover, before the rename",
    "start-up, begun",
    "commit, behind",
    RANDOM,
    "lease, in its transaction",
    "rollover, behind the rename",
    "commit, before",
    RANDOM,
)
ENDS = ("end, before the conclusions", "end, before the run is closed")
"""The last aim of a site, where enough is left to be fetched behind its other kills."""

console = Console(width=150)


@dataclass(slots=True)
class Result:
    """A row of the table; of several archives, their sum."""

    kills: int = 0
    articles: int = 0
    expected: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int | None = 0
    finished: bool = True
    requests: int = 0
    again: int = 0
    faults: int = 0

    def add(self, other: Result) -> None:
        for name in ("kills", "articles", "expected", "lost", "doubled", "requests", "again", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.stuck = None if self.stuck is None or other.stuck is None else self.stuck + other.stuck
        self.finished = self.finished and other.finished


def luutru(world: World, chance: random.Random, wanted: int) -> tuple[Result, Result, list[Kill]]:
    """One archive of all sites: what it holds, and holds when the last of them was crawled a second time.

    :param wanted: kills that are not at start-up, if the sites are large enough.
    """
    with tempfile.TemporaryDirectory() as folder, serve(world) as bases:
        ordeal = Ordeal(Path(folder), bases, chance, least=LEAST, most=MOST, tell=tell)
        aims, first = cycle(AIMS), Result()
        for number, site in enumerate(bases):
            left = wanted - counted(kill.aim for kill in ordeal.kills)
            chosen = take(aims, -(-left // (len(bases) + 1 - number)))
            crawl(ordeal, site, [*chosen, ENDS[number % len(ENDS)]])
            first.again += asked_again(bases, site)
        first.add(judge(ordeal, world, ordeal.kills, sum(len(bases.recorded(site)) for site in bases)))
        known, done = len(bases.recorded(site)), len(ordeal.kills)
        crawl(
            ordeal,
            site,
            take(aims, max(1, wanted - counted(kill.aim for kill in ordeal.kills))),
            ("--since", "1900-01-01"),
        )
        second = judge(ordeal, world, ordeal.kills[done:], len(bases.recorded(site)) - known)
        second.again = asked_again(bases, site, known)
        second.lost += len(not_asked(world, bases, site, known))
        return first, second, ordeal.kills


def crawl(ordeal: Ordeal, site: str, aims: Sequence[str], options: Sequence[str] = ()) -> None:
    unreached = ordeal.crawl([site], aims, options)
    console.print(" ".join((site, *options)), f"came to its end; not reached: {', '.join(unreached) or 'nothing'}")


def judge(ordeal: Ordeal, world: World, kills: Sequence[Kill], requests: int) -> Result:
    """The archive as it stands; all that is not as it must be is printed."""
    end = ending(ordeal.home, world, ordeal.bases)
    faults = [*end.faults, *(fault for kill in kills for fault in kill.faults)]
    close = [kill for kill in kills if kill.pages < LEAST and not kill.aim.startswith(START_UP)]
    faults += [f"only {kill.pages} pages before: {kill.aim}" for kill in close]
    for fault in faults[:20]:
        console.print(f"NOT AS IT MUST BE: {fault}", style="bold red", markup=False)
    result = Result(len(kills), end.articles, end.expected, end.lost, end.doubled, end.stuck)
    result.requests, result.faults = requests, len(faults)
    return result


def take(aims: Iterable[str], wanted: int) -> list[str]:
    """The next aims, ``wanted`` of them not at start-up."""
    taken: list[str] = []
    while counted(taken) < wanted:
        taken += islice(aims, 1)
    return taken


def counted(aims: Iterable[str]) -> int:
    """Those that are not at start-up."""
    return sum(not aim.startswith(START_UP) for aim in aims)


def tell(kill: Kill) -> None:
    left = kill.remains
    console.print(
        f"{kill.crawl}: killed after {kill.pages} pages ({kill.aim}): {left.open} files open, {left.torn} torn,"
        f" {left.unnoted} records without a row, {left.leased} leases, {left.uncommitted} pages uncommitted",
        soft_wrap=True,
    )


def scrapy(world: World, kills: Sequence[Kill]) -> Result:
    """The same sites with the plain spider, killed as often after as many pages."""
    result = Result(stuck=None)
    with tempfile.TemporaryDirectory() as folder, serve(world) as bases:
        write_profiles(Home(Path(folder)), bases)
        for site in bases:
            own = [kill for kill in kills if kill.crawl == site]
            result.add(_plain_site(Path(folder), bases, site, own, world))
            console.print(f"Scrapy, {site}: killed {result.kills} times up to now, {result.articles} articles")
        result.requests = sum(len(bases.recorded(site)) for site in bases)
        result.again = sum(asked_again(bases, site) for site in bases)
    return result


def _plain_site(home: Path, bases: Replicas, site: str, kills: Sequence[Kill], world: World) -> Result:
    folder = home / f"plain-{site}"
    folder.mkdir()
    command = [str(ROOT / "benchmarks" / "plain.py"), str(folder), str(home), site, bases[site]]
    done = failed = 0
    for kill in kills:
        before = pages(bases, [site])
        if kill.aim.startswith(START_UP):
            code = live([*command, "die"], folder / "log", None)
        else:
            code = live(command, folder / "log", lambda k=kill, b=before: pages(bases, [site]) - b >= k.pages)
        done += code == -signal.SIGKILL
        failed += code not in {0, -signal.SIGKILL}
        if code == 0:
            break
    else:
        code = live(command, folder / "log", None)
    ended = folder / "ended"
    finished = code == 0 and ended.exists() and ended.read_text(encoding="utf-8") == "finished"
    urls = list(_items(folder / "items.jsonl"))
    truth = [set(one["urls"]) for one in world.truth(site, bases)]
    found = sum(not one.isdisjoint(urls) for one in truth)
    twice = sum(count - 1 for count in Counter(urls).values())
    if failed:
        console.print(f"Scrapy, {site}: {failed} starts failed")
    return Result(done, found, len(truth), len(truth) - found, twice, None, finished)


def _items(path: Path) -> Iterable[str]:
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            yield json.loads(line)["url"]
        except (ValueError, KeyError, TypeError):
            continue  # the line that a kill tore


def report(rows: dict[str, Result]) -> Table:
    table = Table(title="Killed with SIGKILL and continued")
    table.add_column("")
    for title in ("kills", "articles of", "lost", "doubled", "stuck", "says finished", "requests", "asked again"):
        table.add_column(title, justify="right")
    for name, one in rows.items():
        stuck = "n/a" if one.stuck is None else str(one.stuck)
        numbers = [str(one.kills), f"{one.articles} of {one.expected}", str(one.lost), str(one.doubled), stuck]
        table.add_row(name, *numbers, "yes" if one.finished else "no", str(one.requests), str(one.again))
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000, help="of all sites together")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    console.print(f"seed {given.seed}, {given.articles} articles, {given.kills} kills and those at start-up")
    began, chance = time.monotonic(), random.Random(given.seed)  # noqa: S311 - a seed is wanted
    first, second, plain, calm = Result(), Result(), Result(stuck=None), Result(stuck=None)
    aims: Counter[str] = Counter()
    archives = 0
    while (reached := counted(aims.elements())) < given.kills:
        world = World(given.seed + archives, max(1, given.articles // 4))
        archives += 1
        once, again, kills = luutru(world, chance, given.kills - reached)
        first.add(once)
        second.add(again)
        plain.add(scrapy(world, kills))
        calm.add(scrapy(world, []))
        aims.update(kill.aim for kill in kills)
        if not kills:
            parser.error("--articles: the sites are too small for a single kill")
    rows = {"luutru": first, "luutru, one site once more": second}
    console.print(report(rows | {"Scrapy JOBDIR": plain, "Scrapy JOBDIR, never killed": calm}))
    console.print("; ".join(f"{count} x {aim}" for aim, count in sorted(aims.items())), soft_wrap=True)
    first.add(second)
    console.print(f"{archives} archive(s), {time.monotonic() - began:.0f} s; further faults: {first.faults}")
    print(f"{first.kills} kills: {first.lost} lost, {first.doubled} doubled, {first.stuck} stuck")
    return 1 if first.lost or first.doubled or first.stuck or first.faults else 0


if __name__ == "__main__":
    sys.exit(main())
