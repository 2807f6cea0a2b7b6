"""How right each field is, for each CMS family, beside other extractors: ``python benchmarks/fidelity.py``.

Each replica is crawled and exported as an operator does it, and compared with its truth; the other tools read the same
article pages. So are the real NukeViet pages where they lie beside the project. A replica proves that the program does
what its family's file means; whether real pages are so stands in the column "known from".

``fidelity-floors.toml`` holds the floor of every figure. ``--update`` raises floors to what was measured (rounded down
to two decimals) and never lowers one: that takes ``--lower FAMILY FIELD VALUE REASON``, and the reason stays there.
Ends with 1 where a figure is below its floor, or below what is asked of every family.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from fields import FIELDS, OF_PEERS, Scores, score, score_peer
from peers import TOOLS, NoPeers, read_all
from rich.console import Console
from rich.table import Table

from crawler.demo.command import write_profiles
from crawler.demo.layouts import Visit
from crawler.demo.server import serve
from crawler.demo.site import facts_of, replica_names
from crawler.demo.world import World
from crawler.home import Home
from crawler.profiles import Profiles, load_family

HERE = Path(__file__).resolve().parent
FLOORS = HERE / "fidelity-floors.toml"
SEED = 20261122
ASKED = {
    "found": 1.0,
    "headline": 1.0,
    "body": 0.99,
    "sapo": 0.97,
    "date": 0.99,
    "day": 0.99,
    "authors": 0.98,
    "source": 0.98,
    "captions": 0.95,
    "related recall": 0.98,
    "related precision": 0.98,
}
"""What is asked of every family, in the terms of :mod:`fields`."""

REAL = "nukeviet (real pages)"


@dataclass(frozen=True, slots=True)
class Pages:
    """A family's pages: the truth of each article with what this project exported, and its page for the other tools."""

    family: str
    known_from: str
    pairs: list[tuple[dict[str, Any], dict[str, Any] | None]]
    bodies: list[bytes]


def replica(name: str, articles: int) -> Pages:
    """Crawl one replica and export it."""
    world = World(SEED, articles, sites=(name,), two_on_a_page=False)
    layout = world.layouts[name]
    with tempfile.TemporaryDirectory(prefix="luutru-fidelity-") as folder, serve(world) as bases:
        home = Home(Path(folder))
        write_profiles(home, bases)
        _luutru(home, "crawl", name)
        _luutru(home, "export", "-o", str(home.home / "articles.jsonl"))
        lines = (home.home / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        truth = list(world.truth(name, bases))
        visit = Visit(bases[name], layout.site.now, lambda _: 0, bases)
        bodies = [layout.answer(one["url"].removeprefix(bases[name]), visit).body for one in truth]
    exported = {one["url"]: one for one in map(json.loads, lines)}
    family = facts_of(name).profile.get("family") or Profiles().load(name).family
    known = {"seen": "real pages", "source": "the CMS's source", "assumed": "assumed: nobody here saw a page"}
    return Pages(
        f"{family} ({name})",
        known[facts_of(name).basis or load_family(family).basis],
        [(one, exported.get(one["url"])) for one in truth],
        bodies,
    )


def real() -> Pages | None:
    """The pages of a real NukeViet, or None where they are not beside the project."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from real_site import proxy  # noqa: PLC0415 - tests are no package
    from test_real_nukeviet import SITE  # noqa: PLC0415

    folder = HERE.parent.parent / "shared" / "pages" / "nukeviet"
    if not folder.is_dir():
        return None
    with tempfile.TemporaryDirectory(prefix="luutru-fidelity-") as made, proxy(folder) as (address, _):
        home = Home(Path(made))
        home.sites.mkdir()
        (home.sites / "songlam.toml").write_text(SITE, encoding="utf-8")
        environment = {"http_proxy": address, "LUUTRU_CONTACT": "benchmark@luutru.internal"}
        _luutru(home, "crawl", "songlam", environment=environment)
        _luutru(home, "export", "-o", str(home.home / "articles.jsonl"))
        lines = (home.home / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    exported = {one["url"]: one for one in map(json.loads, lines)}
    files = {row["url"]: row["file"] for row in json.loads((folder / "index.json").read_text(encoding="utf-8"))}
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return Pages(
        REAL,
        "real pages",
        [(_in_our_terms(one), exported.get(one["url"])) for one in truth],
        [(folder / files[one["url"]]).read_bytes() for one in truth],
    )


def _in_our_terms(true: Mapping[str, Any]) -> dict[str, Any]:
    related = [one["url"] for name in ("newer", "older") for one in true["related_lists"].get(name, [])]
    related += [true["see_also"]] if true["see_also"] else []
    return {
        "url": true["url"],
        "headline": true["title"],
        "description": true["sapo"] or None,
        "body": true["body"],
        "date_published": true["published"],
        "date_precision": "minute",
        "date_evidence": "page",
        "authors": true["authors"],
        "source": {"name": true["source"], "url": None} if true["source"] else None,
        "images": [{"caption": caption} for caption in true["captions"]],
        "related": [{"url": url, "title": None} for url in related],
    }


def _luutru(home: Home, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    command = [sys.executable, "-m", "crawler.cli", "--home", str(home.home), *arguments]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE.parent), **(environment or {})}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if ended.returncode:
        raise SystemExit(f"luutru {' '.join(arguments)} ended with {ended.returncode}:\n{ended.stderr}")


def measure(wanted: Sequence[str], articles: int) -> Iterator[Pages]:
    """All families' pages, one after the other."""
    for name in replica_names():
        if not wanted or name in wanted:
            print(f"{name} …", file=sys.stderr)
            yield replica(name, articles)
    if (not wanted or "real" in wanted) and (pages := real()) is not None:
        yield pages


def _document() -> Any:
    return tomlkit.parse(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else tomlkit.document()


def floors() -> dict[str, dict[str, float]]:
    """The floors of each family's fields, as the file holds them."""
    return {name: dict(table) for name, table in _document().get("floors", {}).items()}


def reasons() -> list[str]:
    """Why floors were lowered: a line each, with the day."""
    return [str(reason) for reason in _document().get("lowered", [])]


def write_floors(found: Mapping[str, Scores]) -> None:
    """Raise floors to what was found."""
    document = _document()
    tables = document.setdefault("floors", tomlkit.table())
    for family, scores in found.items():
        table = tables.setdefault(family, tomlkit.table())
        for name in FIELDS:
            if (share := scores.share(name)) is not None:
                table[name] = max(table.get(name, 0.0), math.floor(share * 100) / 100)
    FLOORS.write_text(tomlkit.dumps(document), encoding="utf-8")


def lower(family: str, name: str, value: float, reason: str) -> None:
    """Lower one floor, with the reason and the day beside it."""
    document = _document()
    document["floors"][family][name] = value
    note = f"{date.today().isoformat()}: {family}, {name} to {value}: {reason}"
    document["lowered"] = [*document.get("lowered", []), note]
    FLOORS.write_text(tomlkit.dumps(document), encoding="utf-8")


def below(family: str, scores: Scores, held: Mapping[str, float]) -> list[str]:
    """The figures of a family that are below its floor or below what is asked of all, in words."""
    said = []
    for name in FIELDS:
        share = scores.share(name)
        floor = held.get(name, ASKED[name])
        if share is not None and share < floor:
            said.append(f"{family}: {name} {share:.3f} is below {floor}: {', '.join(scores.wrong[name])}")
    return said


def _row(tool: str, scores: Scores, names: Sequence[str]) -> list[str]:
    cells = []
    for name in FIELDS:
        share = scores.share(name) if name in names else None
        cells.append("–" if share is None else f"{math.floor(share * 1000) / 1000:.3f}")
    return [tool, *cells]


def main() -> None:
    """Measure, print, compare with the floors."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("replicas", nargs="*", help="only these replicas, or 'real'")
    options.add_argument("--articles", type=int, default=60, help="articles of each replica")
    options.add_argument("--no-peers", action="store_true", help="leave the other tools out")
    options.add_argument("--update", action="store_true", help="raise the floors to what is measured")
    options.add_argument("--lower", nargs=4, metavar=("FAMILY", "FIELD", "VALUE", "REASON"), help="lower one floor")
    given = options.parse_args()
    if given.lower:
        lower(given.lower[0], given.lower[1], float(given.lower[2]), given.lower[3])
        return
    console = Console(width=None if sys.stdout.isatty() else 200)
    held, found, low = floors(), {}, []
    for pages in measure(given.replicas, given.articles):
        table = Table(
            "tool", *FIELDS, title=f"{pages.family}, {len(pages.pairs)} articles; known from: {pages.known_from}"
        )
        scores = found[pages.family] = score(pages.pairs)
        table.add_row(*_row("luutru", scores, FIELDS))
        truths = [true for true, _ in pages.pairs]
        requests = [(true["url"], body) for true, body in zip(truths, pages.bodies, strict=True)]
        for tool in () if given.no_peers else TOOLS:
            try:
                read = read_all(tool, requests)
            except NoPeers as error:
                console.print(f"{tool}: {error}")
                continue
            table.add_row(*_row(tool, score_peer(zip(truths, read, strict=True)), OF_PEERS))
        console.print(table)
        low += below(pages.family, scores, held.get(pages.family, {}))
    if given.update:
        write_floors(found)
    for line in low:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
