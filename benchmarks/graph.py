"""What the graph of articles costs in archives of two sizes: time and memory of each command. Writes into the folder
that it is given, or into a temporary one.

The archive is invented: articles of 3 KB, eight links each, as related lists have them (most lead to articles of the
same months, some to any, a few articles are in a box on every page), and one text in fifty on several sites. It is
written straight into the tables: no command of the graph reads pages or captures. Each command runs in a process of its
own, whose seconds of CPU and largest resident memory are taken.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from archive.filters import Filters
from archive.graph import neighbours
from archive.graphfiles import gexf, graphml, link_lines, whole_graph
from archive.paths import most_linked, shortest_path
from archive.reprints import clusters
from archive.rows import folded_title
from archive.schema import insert_rows, open_read_only, transaction
from archive.store import Archive
from archive.surroundings import site_graph, subgraph

SEED = 11
SITES = 40
LINKS = 8
IN_A_BOX = 5
"""Articles that every twentieth page links to."""

NEAR = 300
"""How far back most links lead, in articles."""

COPIED = 50
"""One article in so many is a copy of an earlier one."""

_AT_ONCE = 5_000
_WORDS = "công đoàn cơ sở tổ chức hội thi đoàn viên lao động trồng cây ký kết thăm hỏi tập huấn sáng kiến".split(" ")  # noqa: SIM905 - read as a text
_TEXT = " ".join(_WORDS * 28)
_FETCHED = "2026-01-01T00:00:00+07:00"


def make(path: Path, count: int) -> None:
    """The invented archive."""
    with Archive(path) as archive:
        archive.db.execute("PRAGMA synchronous=OFF")
        for number in range(SITES):
            name = _site(number)
            archive.register_site(name, name, name, "union", "Nghệ An", "nukeviet", f"http://{name}.example/")
        made = _rows(count)
        while some := list(islice(made, _AT_ONCE)):
            with transaction(archive.db):
                insert_rows(archive.db, "articles", (row for row, _, _ in some))
                insert_rows(archive.db, "links", (link for _, links, _ in some for link in links))
                insert_rows(archive.db, "duplicates", (pair for _, _, pair in some if pair))
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _site(number: int) -> str:
    return f"tinh{number % SITES:02}"


def _id(number: int) -> str:
    return f"{_site(number)}-{number:012}"


def _rows(count: int) -> Iterator[tuple[dict[str, object], list[dict[str, object]], dict[str, object] | None]]:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    clusters_of: dict[int, int] = {}
    for number in range(count):
        day = f"{2010 + number * 15 // count}-{1 + number % 12:02}-{1 + number % 28:02}T08:00:00+07:00"
        headline = f"Bài {number}: {' '.join(chance.sample(_WORDS, 8))}"
        original = chance.randrange(max(0, number - NEAR), number) if number and chance.randrange(COPIED) == 0 else None
        if original is not None:
            original = clusters_of.get(original, original)
            clusters_of[number] = original
        row: dict[str, object] = dict.fromkeys(("cluster", "duplicate_of")) | {
            **{
                "id": _id(number),
                "site": _site(number),
                "key": str(number),
                "url": f"http://{_site(number)}.example/{number}",
            },
            **{"kind": "article", "headline": headline, "folded_headline": folded_title(headline), "language": "vi"},
            **{
                "body": _TEXT,
                "section": "[]",
                "date_published": day,
                "date_precision": "minute",
                "date_evidence": "page",
            },
            **{"revision": 1, "first_seen": _FETCHED, "shown_at": _FETCHED},
        }
        pair = None
        if original is not None:
            row |= {"cluster": _id(original), "duplicate_of": _id(original)}
            one, other = sorted((_id(number), _id(original)))
            pair = {
                "article": one,
                "other": other,
                "similarity": 0.9,
                "evidence": '{"similarity": 0.9}',
                "named_by": None,
            }
        targets = [_target(chance, number) for _ in range(LINKS)] if number else []
        if number > IN_A_BOX and number % 20 == 0:
            targets[:IN_A_BOX] = range(IN_A_BOX)
        links = [
            {"article": _id(number), "position": at, "relation": ("related", "older", "inline")[at % 3]}
            | {"url": f"http://{_site(to)}.example/{to}", "target": _id(to), "title": f"Bài {to}: tựa được in ở đây"}
            for at, to in enumerate(targets)
        ]
        yield row, links, pair


def _target(chance: random.Random, number: int) -> int:
    if chance.randrange(10) == 0:
        return chance.randrange(number)
    near = max(0, number - NEAR)
    same = number - SITES * chance.randrange(1, 1 + NEAR // SITES)  # mostly on the same site
    return same if same >= 0 else chance.randrange(near, number)


def _some(db: Database, count: int) -> list[str]:
    ids = [row[0] for row in db.execute("SELECT id FROM articles INDEXED BY idx_articles_newest")]
    return random.Random(SEED).sample(ids, count)  # noqa: S311


def _neighbours(db: Database) -> int:
    return sum(len(neighbours(db, id).links) for id in _some(db, 100))


def _around(db: Database) -> int:
    return sum(len(subgraph(db, id, 2, 100).nodes) for id in _some(db, 100))


def _ways(db: Database) -> int:
    ids = _some(db, 40)
    return sum(len(shortest_path(db, *pair, most_steps=8).steps) for pair in zip(ids[::2], ids[1::2], strict=True))


def _written(pieces: Iterator[bytes]) -> int:
    return sum(map(len, pieces))


COMMANDS: dict[str, tuple[str, Callable[[Database], int]]] = {
    "neighbours": ("neighbours of 100 articles", _neighbours),
    "around": ("around 100 articles, 2 steps, 100 articles each", _around),
    "ways": ("20 ways between two articles", _ways),
    "most": ("most linked of all", lambda db: len(most_linked(db))),
    "period": ("most linked of one year", lambda db: len(most_linked(db, Filters(since="2015", until="2015")))),
    "sites": ("sites and what joins them", lambda db: len(site_graph(db).edges)),
    "reprints": ("all clusters of reprints", lambda db: len(list(clusters(db)))),
    "graphml": ("GraphML of all, bytes", lambda db: _written(graphml(*whole_graph(db)))),
    "gexf": ("GEXF of all, bytes", lambda db: _written(gexf(*whole_graph(db)))),
    "jsonl": ("lines of all links, bytes", lambda db: _written(link_lines(db))),
}


def measure(path: Path, command: str) -> dict[str, float]:
    """Seconds of CPU, largest megabytes of resident memory, and what came of it, in this process."""
    db = open_read_only(path)
    began = time.process_time()
    gave = COMMANDS[command][1](db)
    seconds = time.process_time() - began
    return {"seconds": seconds, "megabytes": _peak(), "gave": gave}


def _peak() -> float:
    """``ru_maxrss`` would be that of the process that started this one, where that was larger."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--folder", type=Path, help="where the archives are kept for another run")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(Path(asked.one[0]), asked.one[1])))
        return
    with tempfile.TemporaryDirectory() as temporary:
        _compare(asked.folder or Path(temporary), asked.articles)


def _compare(folder: Path, sizes: list[int]) -> None:
    told: dict[str, list[dict[str, float]]] = {command: [] for command in COMMANDS}
    for count in sizes:
        path = folder / f"graph-{count}.db"
        if not path.exists():
            make(path, count)
        for command in COMMANDS:
            told[command].append(_apart(path, command))
    table = Table(
        "", *(f"{count:,} articles" for count in sizes), "growth", title="seconds of CPU, MB of memory, result"
    )
    for command, of in told.items():
        cells = [f"{one['seconds']:.2f} s  {one['megabytes']:.0f} MB  {one['gave']:,.0f}" for one in of]
        table.add_row(COMMANDS[command][0], *cells, f"{of[-1]['seconds'] / of[0]['seconds']:.1f}")
    Console(width=150).print(table)


def _apart(path: Path, command: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(path), command], check=True, capture_output=True, text=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    main()
