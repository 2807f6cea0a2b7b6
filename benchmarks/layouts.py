"""Sites that nobody has seen: ``python benchmarks/layouts.py [--sites 100] [--seed N] [--articles 40] [--peers]``.

Random provincial news sites (tests/unseen) are served on loopback; each is added, crawled and exported by the commands
that an operator types, in a fresh home, and compared with its truth. ``--peers``: stock trafilatura, newspaper4k and
news-please read the same article pages, in an environment of their own (peers.py).

Prints the mean over the sites and, beside it, that of the worst tenth, for each field; then the worst sites with what
is not right there. ``--show N`` does one site only and keeps its pages, its truth, the learned profile and all
differences in a folder. Ends with 1 where a mean is below its floor.

Where a sapo is nothing but the bold first paragraph of the text, taking it for a sapo and taking it for a paragraph are
both right, if the whole site is taken in one way. Fields of articles that were not found are not measured; a site of
which nothing was found counts 0 in all of them.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import secrets
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fields import OF_PEERS, score_peer
from peers import TOOLS, NoPeers, read_all
from trials import FLOORS, MEASURED, Trial, attempt, keep, readings, text_share
from unseen import make_site

WORST = 10
"""Sites that are listed with what is not right there."""

console = Console(width=200)


def try_one(seed: int, number: int, articles: int) -> Trial:
    """One site in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="luutru-unseen-") as home:
        return attempt(seed, number, articles, Path(home))


def try_all(seed: int, sites: int, articles: int) -> Iterator[Trial]:
    """All sites, two at a time, as they come."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        jobs = [pool.submit(try_one, seed, number, articles) for number in range(sites)]
        for job in as_completed(jobs):
            yield job.result()


def worst_tenth(shares: Sequence[float]) -> float:
    """The mean of the lowest tenth, at least one."""
    few = sorted(shares)[: max(1, math.ceil(len(shares) / 10))]
    return sum(few) / len(few)


def summary(trials: Sequence[Trial]) -> dict[str, float]:
    """Print the table of all fields; gives the means."""
    table = Table("field", "mean", "worst tenth", "sites", "floor", title=f"{len(trials)} sites that nobody has seen")
    means = {}
    for name in MEASURED:
        shares = [share for one in trials if (share := one.shares[name]) is not None]
        if not shares:
            continue
        means[name] = sum(shares) / len(shares)
        floor = FLOORS.get(name)
        style = "bold red" if floor and means[name] < floor else None
        row = (name, f"{means[name]:.4f}", f"{worst_tenth(shares):.4f}", str(len(shares)), str(floor or ""))
        table.add_row(*row, style=style)
    console.print(table)
    extra = sum(len(one.extra) for one in trials)
    console.print(
        f"{extra} pages taken for articles that are none, {sum(one.failed is not None for one in trials)} sites where "
        f"a command failed, {sum(one.seconds for one in trials) / len(trials):.1f} s a site"
    )
    return means


def show_worst(trials: Sequence[Trial]) -> None:
    """The sites with the most that is not right."""

    def lost(one: Trial) -> float:
        return sum(1 - share for name, share in one.shares.items() if share is not None and name in FLOORS)

    for one in sorted(trials, key=lost, reverse=True)[:WORST]:
        if not lost(one) and not one.extra:
            continue
        low = [f"{name} {share:.2f}" for name, share in one.shares.items() if share is not None and share < 1]
        console.print(
            f"[bold]site {one.number}[/bold]: {', '.join(low)}" + (f", {len(one.extra)} extra" * bool(one.extra))
        )
        console.print(f"   {one.look}", style="dim", markup=False)
        if one.failed:
            console.print(f"   {one.failed}", style="red", markup=False)
        if one.extra:
            console.print(f"   no articles: {', '.join(one.extra[:3])}", markup=False)


def against_peers(seed: int, sites: int, articles: int) -> None:
    """What other extractors make of the same article pages."""
    table = Table("reader", *OF_PEERS, "ms CPU a page", title="the same pages, read by others (means over the sites)")
    chosen = [make_site(seed, number, articles) for number in range(sites)]
    pages = [
        (true["url"], site.answer(one.path).body)
        for site in chosen
        for one, true in zip(site.articles, site.truth(), strict=True)
    ]
    for tool in TOOLS:
        try:
            found = read_all(tool, pages)
        except NoPeers as reason:
            console.print(f"{tool} left out: {reason}")
            continue
        shares: dict[str, list[float]] = defaultdict(list)
        for at, site in enumerate(chosen):
            truth = [{"date_evidence": "page", **true} for true in site.truth()]
            pairs = list(zip(truth, found[at * articles : (at + 1) * articles], strict=True))
            scores = max(
                (score_peer((true, got or {}) for true, got in one) for one in readings(pairs)), key=text_share
            )
            for name in OF_PEERS:
                if (share := scores.share(name)) is not None:
                    shares[name].append(share)
        spent = sum(one["cpu_ms"] for one in found) / len(found)
        table.add_row(tool, *(f"{sum(shares[name]) / len(shares[name]):.3f}" for name in OF_PEERS), f"{spent:.1f}")
    console.print(table)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=int, default=100, help="how many")
    options.add_argument("--seed", type=int, help="of all chance; a new one each run where it is left out")
    options.add_argument("--articles", type=int, default=40, help="of each site")
    options.add_argument("--peers", action="store_true", help="measure other extractors on the same pages too")
    options.add_argument("--show", type=int, metavar="N", help="only this site, kept in a folder")
    options.add_argument("--to", type=Path, help="the folder for --show")
    given = options.parse_args()
    seed = given.seed if given.seed is not None else secrets.randbelow(10**6)
    console.print(f"seed {seed}")
    if given.show is not None:
        folder = given.to or Path(f"unseen-{seed}-{given.show}")
        trial = try_one(seed, given.show, given.articles)
        keep(seed, trial, given.articles, folder)
        show_worst([trial])
        console.print(f"pages, truth, profile and differences are in {folder}")
        return
    trials = []
    for trial in try_all(seed, given.sites, given.articles):
        trials.append(trial)
        shown = " ".join(f"{name} {share:.2f}" for name in FLOORS if (share := trial.shares[name]) is not None)
        console.print(
            f"{len(trials)}/{given.sites} site {trial.number} in {trial.seconds:.0f} s: {shown}", highlight=False
        )
    show_worst(trials)
    means = summary(trials)
    if given.peers:
        against_peers(seed, given.sites, given.articles)
    console.print(
        f"again: python benchmarks/layouts.py --seed {seed} --sites {given.sites} --articles {given.articles}"
    )
    missed = [
        f"{name} {means[name]:.4f} is below {floor}" for name, floor in FLOORS.items() if means.get(name, 0) < floor
    ]
    if missed:
        sys.exit("; ".join(missed))


if __name__ == "__main__":
    main()
