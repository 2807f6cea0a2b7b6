"""Pages a second of the whole pipeline, storage included, beside other tools and the limit: ``python
benchmarks/throughput.py [--articles N] [--rounds N] [--bare] [--json]``, and its memory: ``--memory``.

Four replica sites on loopback, their pages as heavy as real ones and drawn beforehand, served from memory by a process
of its own (:mod:`staged`). luutru crawls them from their entrances, with the smallest delay that a profile may have,
and stores everything that it always stores; the others are given the addresses of articles, read the pages as their
documentation shows and store nothing. Start-up is left out for all. By turns, and the medians count. Ends with 1 where
a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import peers
from fields import FIELDS, OF_PEERS, Scores, score, score_peer
from limit import STAGES, stages
from measured import Measured, run
from rich.console import Console
from rich.table import Table
from staged import Staged, staged, world_of

from crawler.home import Home
from crawler.workers import cores

HERE = Path(__file__).resolve().parent
SEED = 7
OURS, BASE, NEWSPAPER, CLI, NULL = (
    *("luutru, everything stored", "requests + trafilatura", "newspaper4k"),
    *("trafilatura, command line", "Scrapy, lean, nothing read"),
)
PEERS = {BASE: 160, "Scrapy + trafilatura": 160, CLI: 120, NEWSPAPER: 80, "news-please": 48, NULL: 600}
"""Pages that each tool is given, a quarter from each site."""
AT_LEAST = {BASE: 6.0, NEWSPAPER: 15.0}
"""How many times the pages a second of these we must reach."""
OF_LIMIT = 0.6
MEMORY = (1_000, 20_000)
MOST_GROWTH = 0.15
"""How much more memory the second may take than the first, as a share."""
SAMPLE = 40
"""Articles of each site whose fields are compared with the truth."""


@dataclass(slots=True)
class Result:
    """What was measured of one tool, round by round. ``pages``: in each; some tools ask for a page several times."""

    pages: int = 0
    rounds: list[Measured] = field(default_factory=list)
    scores: Scores = field(default_factory=Scores)

    def speed(self) -> float:
        """Pages a second."""
        return statistics.median(self.pages / one.seconds for one in self.rounds)

    def cpu(self) -> float:
        """Milliseconds of CPU a page."""
        return statistics.median(one.cpu / self.pages * 1e3 for one in self.rounds)

    def server(self) -> float:
        """Milliseconds of the test server's CPU a page."""
        return statistics.median(one.server / self.pages * 1e3 for one in self.rounds)


def crawl(served: Staged, home: Path) -> Measured:
    """Crawl all sites into a new home directory."""
    served.write_profiles(home)
    command = [sys.executable, "-m", "crawler.cli", "--home", home, "crawl", *served.bases]
    return run(command, served, env={"LUUTRU_CONTACT": "benchmark@luutru.internal", "PYTHONPATH": str(HERE.parent)})


def export(home: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "crawler.cli", "--home", home, "export", "-o", home / "all.jsonl"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    subprocess.run([str(one) for one in command], check=True, capture_output=True, env=environment)
    return [json.loads(line) for line in (home / "all.jsonl").read_text(encoding="utf-8").splitlines()]


def fetch(tool: str, served: Staged, folder: Path) -> tuple[Measured, list[dict[str, Any]]]:
    """Have another tool read its share of the articles."""
    urls = chosen(served, PEERS[tool])
    given, found = folder / "urls.txt", folder / "found.jsonl"
    given.write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
    if tool != CLI:
        measured = run([peers.python(), HERE / "peer_fetch.py", tool, given, found], served)
        return measured, [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    out = folder / "out"
    options = ["--json", "--with-metadata", "--parallel", str(cores()), "-o", out]
    # It refuses loopback addresses, and waits five seconds between two requests to one host, unless it is told not to.
    [shipped] = peers.python().parents[1].glob("lib/*/site-packages/trafilatura/settings.cfg")
    relaxed = shipped.read_text(encoding="utf-8").replace("SSRF_PROTECTION = on", "SSRF_PROTECTION = off")
    config = folder / "settings.cfg"
    config.write_text(relaxed.replace("SLEEP_TIME = 5.0", "SLEEP_TIME = 0"), encoding="utf-8")
    measured = run([peers.python().parent / "trafilatura", "-i", given, "--config-file", config, *options], served)
    read = [json.loads(path.read_text(encoding="utf-8")) for path in out.rglob("*.json")]
    return measured, [_of_cli(one) for one in read]


def _of_cli(one: Mapping[str, Any]) -> dict[str, Any]:
    names = {"headline": "title", "description": "excerpt", "body": "text", "date": "date", "url": "source"}
    told = {ours: one.get(theirs) for ours, theirs in names.items()}
    return told | {"authors": (one.get("author") or "").split("; ") if one.get("author") else []}


def chosen(served: Staged, count: int) -> list[str]:
    """The addresses of so many articles, by turns from each site."""
    each = [urls[: -(-count // len(served.articles))] for urls in served.articles.values()]
    return [url for together in zip(*each, strict=True) for url in together]


def compare(served: Staged, articles: int, found: Sequence[Mapping[str, Any]], *, ours: bool) -> Scores:
    """The fields of those articles that were sampled, beside the truth."""
    by_url = {one["url"]: one for one in found}
    world = world_of(SEED, articles)
    sampled = [
        true
        for name in served.bases
        for at, true in enumerate(world.truth(name, served.bases))
        if at < SAMPLE and (ours or true["url"] in by_url)
    ]
    if ours:
        return score((true, by_url.get(true["url"])) for true in sampled)
    return score_peer((true, by_url[true["url"]]) for true in sampled)


def measure(
    articles: int, rounds: int, *, framed: bool, tools: Sequence[str]
) -> tuple[dict[str, Result], dict[str, float], Staged]:
    """All tools by turns, and the stages of the limit."""
    results = {name: Result() for name in (OURS, *tools)}
    limits: list[dict[str, float]] = []
    with staged(SEED, articles, framed=framed) as served:
        for number in range(rounds):
            for name, result in results.items():
                print(f"round {number + 1} of {rounds}: {name} …", file=sys.stderr)
                with tempfile.TemporaryDirectory(prefix="luutru-throughput-") as made:
                    folder = Path(made)
                    if name == OURS:
                        result.rounds.append(crawl(served, folder))
                        result.pages = result.rounds[-1].requests
                        found = [] if number else export(folder)
                        profiles = [Home(folder).profiles.load(site) for site in served.bases]
                    else:
                        measured, found = fetch(name, served, folder)
                        result.rounds.append(measured)
                        result.pages = len(chosen(served, PEERS[name]))
                    if not number and name != NULL:
                        result.scores = compare(served, articles, found, ours=name == OURS)
            print(f"round {number + 1} of {rounds}: the stages of the limit …", file=sys.stderr)
            with tempfile.TemporaryDirectory(prefix="luutru-limit-") as made:
                limits.append(stages(profiles, chosen(served, 80), Path(made)))
    return results, {name: statistics.median(one[name] for one in limits) for name in STAGES}, served


def limit_of(results: Mapping[str, Result], each: Mapping[str, float]) -> tuple[float, float]:
    """Pages a second that all cores can give, less the server's share, and milliseconds of CPU a page."""
    least = sum(each.values()) + results[NULL].cpu()
    return cores() * 1e3 / (least + results[OURS].server()), least


def report(out: Console, results: Mapping[str, Result], each: Mapping[str, float], served: Staged) -> list[str]:
    """Print the tables; gives the floors that are missed."""
    ours = results[OURS]
    told = f"{served.size / 1000:.0f} KB, {served.elements} elements and {served.links} links a page"
    table = Table("tool", "pages/s", "CPU, ms/page", "luutru is so many times as fast", title=told)
    for name, result in results.items():
        table.add_row(name, f"{result.speed():.1f}", f"{result.cpu():.1f}", f"{ours.speed() / result.speed():.1f}")
    missed = []
    if NULL in results:
        limit, least = limit_of(results, each)
        table.add_row(f"the limit, {cores()} cores", f"{limit:.0f}", f"{least:.1f}", f"{ours.speed() / limit:.2f}")
        if ours.speed() < OF_LIMIT * limit:
            missed.append(f"{ours.speed() / limit:.0%} of the limit, at least {OF_LIMIT:.0%} are wanted")
    for name, times in AT_LEAST.items():
        if name in results and ours.speed() < times * results[name].speed():
            missed.append(f"{ours.speed() / results[name].speed():.1f} times {name}, at least {times:g} are wanted")
    out.print(table)
    fetched = [("fetching", results[NULL].cpu())] if NULL in results else []
    stages_told = ", ".join(f"{name} {spent:.2f}" for name, spent in [*fetched, *each.items()])
    out.print(f"The limit's stages, ms of CPU a page: {stages_told}. The server's share: {ours.server():.2f}.")
    fields = Table("fields right, or F1", *FIELDS)
    for name, result in results.items():
        names = FIELDS if name == OURS else OF_PEERS
        shares = [(result.scores.share(one) if one in names else None) for one in FIELDS]
        if name != NULL:
            fields.add_row(name, *("" if share is None else f"{share:.2f}" for share in shares))
    out.print(fields)
    return missed


def memory(out: Console) -> list[str]:
    """Peak memory of a crawl's processes together, for two numbers of pages."""
    peaks = []
    for pages in MEMORY:
        with staged(SEED, pages // 4, ahead=False) as served, tempfile.TemporaryDirectory() as made:
            measured = crawl(served, Path(made))
        peaks.append(measured.peak)
        out.print(f"{measured.requests:,} pages: at most {measured.peak:.0f} MB, all processes together.")
    growth = peaks[1] / peaks[0] - 1
    wanted = f"at most {MOST_GROWTH:.0%} more is wanted"
    return [f"{growth:.0%} more memory for {MEMORY[1]:,} pages; {wanted}"] if growth > MOST_GROWTH else []


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=600, help="articles of each of the four sites")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--bare", action="store_true", help="the replicas' own pages, without what stands around them")
    options.add_argument("--memory", action="store_true", help="measure memory instead")
    options.add_argument("--json", action="store_true", help="print the results as JSON")
    given = options.parse_args()
    out = Console(width=160, stderr=given.json)
    if given.memory:
        missed = memory(out)
    else:
        results, each, served = measure(given.articles, given.rounds, framed=not given.bare, tools=tuple(PEERS))
        missed = report(out, results, each, served)
        if given.json:
            print(json.dumps(_as_json(results, each), ensure_ascii=False, indent=2))
    for one in missed:
        out.print(f"Below its floor: {one}.", style="red")
    raise SystemExit(1 if missed else 0)


def _as_json(results: Mapping[str, Result], each: Mapping[str, float]) -> dict[str, Any]:
    limit, least = limit_of(results, each)
    tools = {
        name: {
            "pages_per_second": result.speed(),
            "cpu_ms_per_page": result.cpu(),
            "fields": {one: result.scores.share(one) for one in FIELDS},
        }
        for name, result in results.items()
    }
    return {"tools": tools, "limit": {"pages_per_second": limit, "cpu_ms_per_page": least, "stages": dict(each)}}


if __name__ == "__main__":
    main()
