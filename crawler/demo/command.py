"""The demo: four replicas go up on loopback, are crawled, searched and exported, and compared with the truth.

Starts ``luutru`` commands as a user would, each in a process of its own; writes into one new folder and nowhere else.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from archive.exits import Exit
from crawler.demo.profiles import profile_text
from crawler.demo.score import Table, score
from crawler.demo.server import serve
from crawler.demo.world import World
from crawler.home import Home

DELAY = 0.02
"""Seconds between two requests to a replica: above zero, as for every site, and nobody's server is hurt."""

SEARCHES = ("cong doan soc trang", "LĐLĐ", "ldld", "bão")
_FAILURES_SHOWN = 10


def run(*, articles: int, seed: int | None, keep: Path | None, out: Console) -> Exit:
    """Run the whole job once and report. ``keep``: a folder that does not exist yet, or is empty.

    :returns: ``OK`` when every field of every article is exactly right, else ``CRAWL_FAILED``.
    """
    if keep is not None and keep.exists() and any(keep.iterdir()):
        out.print(f"luutru: --keep {keep}: expected a new or empty folder", markup=False)
        return Exit.USAGE
    home = Home(keep or Path(tempfile.mkdtemp(prefix="luutru-demo-")))
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    began = time.monotonic()
    world = World(seed, articles)
    with serve(world, drawn=True) as bases:
        write_profiles(home, bases)
        _title(out, f"Crawl: {len(bases)} replica sites on loopback, {articles} articles each, seed {seed}")
        if code := _luutru(home, "crawl", *bases):
            return Exit(code)
        _title(out, "Crawl again: nothing is new")
        exported = _export(home, "articles.jsonl")
        if code := _luutru(home, "crawl", *bases):
            return Exit(code)
        unchanged = _export(home, "articles-again.jsonl").read_bytes() == exported.read_bytes()
    for words in SEARCHES:
        _title(out, f"luutru search '{words}'")
        _luutru(home, "search", words, "--limit", "2")
    truth = [one for site in bases for one in world.truth(site, bases)]
    _write_lines(home.home / "exports" / "truth.jsonl", truth)
    table = score(truth, map(json.loads, exported.read_text(encoding="utf-8").splitlines()))
    _title(out, "The export beside the truth")
    _report(out, table)
    out.print(f"A second crawl left the export {'the same, byte for byte' if unchanged else 'CHANGED'}.")
    out.print(f"{time.monotonic() - began:.0f} s. Look around: luutru --home {home.home} status", soft_wrap=True)
    return Exit.OK if table.perfect and unchanged else Exit.CRAWL_FAILED


def write_profiles(home: Home, bases: Mapping[str, str]) -> None:
    """The profiles of replicas, as an operator may write them."""
    home.sites.mkdir(parents=True, exist_ok=True)
    for name, base in bases.items():
        (home.sites / f"{name}.toml").write_text(profile_text(name, base, DELAY), encoding="utf-8")


def _luutru(home: Home, *arguments: str) -> int:
    command = [sys.executable, "-P", "-m", "crawler.cli", "--home", str(home.home), *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command and arguments


def _export(home: Home, name: str) -> Path:
    path = home.home / "exports" / name
    path.parent.mkdir(exist_ok=True)
    if code := _luutru(home, "export", "-o", str(path)):
        raise SystemExit(code)
    return path


def _write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _title(out: Console, text: str) -> None:
    out.print()
    out.print(Rule(text, align="left"), width=min(out.width, 80))


def _report(out: Console, table: Table) -> None:
    out.print(table)
    for failure in table.failures[:_FAILURES_SHOWN]:
        line = f"{failure.field} of {failure.url}: expected {failure.expected!r}, got {failure.got!r}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    for kind, urls in (("not found", table.lost), ("not in the truth", table.surplus)):
        for url in urls[:_FAILURES_SHOWN]:
            out.print(f"{kind}: {url}", markup=False, highlight=False, soft_wrap=True)
