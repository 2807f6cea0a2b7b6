"""How fast a search answers, and whether it finds what is meant: ``python benchmarks/search.py --keep DIR``.

Archives of invented articles are made once in DIR and measured there again the next time. Every query is asked once
before it is measured, over one connection; times are wall time of the whole search, with snippets and counts. Beside it
stand, on the same articles: SQLite's FTS5 as it comes (``unicode61 remove_diacritics 2``), ordered by rank, and the SQL
that Datasette 0.65 asks for a search in a table, with the count it shows. A known item is an article of any age, looked
for by what is typed for it: its place among the first ten counts (MRR@10). Parts of headlines are drawn so that they
tell the article from all others, which is looked up in the plain headlines; those that do not are measured by
themselves, beside the MRR@10 that is possible for them on the average.

Ends with 1 where a floor is missed; floors hold from a million articles on.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from search_archive import SEED, make_archive
from search_queries import Asked, Headlines, Typist
from sqlite_utils import Database

from archive.schema import open_archive, open_read_only
from archive.search import search
from archive.terminal import progress_bar

SLOWEST = {"by date": 50.0, "by relevance": 200.0, "facets": 300.0}
"""Milliseconds that 95 of 100 searches may take at most, of each kind."""

FOUND = {
    "without accents": 0.95,
    "with accents": 0.97,
    "with one typing error": 0.85,
    "with a province's old name": 0.95,
    "with abbreviations": 0.95,
}
"""Known-item search, by what is typed: the MRR@10 at least."""

ANY_PART = {False: "any part, without accents", True: "any part, with accents"}
"""Parts of a headline that other headlines may have too, so that nobody can tell which is meant: without a floor, but
beside the MRR@10 that is possible."""

HELD_FROM = 1_000_000
_PARTS = ("search_index", "search_pairs", "search_titles", "search_documents", "search_words")
_RANKED = "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT 10"
_DATASETTE = "SELECT docid FROM a.articles WHERE docid IN (SELECT rowid FROM plain WHERE plain MATCH ?) ORDER BY docid"


@dataclass
class Measured:
    """Of one archive: milliseconds of all queries of each kind, the MRR@10 of each kind, sizes in bytes, seconds."""

    articles: int
    times: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    others: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    found: dict[str, float] = field(default_factory=dict)
    others_found: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def missed(self) -> list[str]:
        """The floors that it misses, in words."""
        slow = [
            f"{self.articles} articles, {order}, {kind}: {percentile(of):.0f} ms, at most {SLOWEST[order]:.0f}"
            for (order, kind), of in self.times.items()
            if percentile(of) > SLOWEST[order]
        ]
        lost = [
            f"{self.articles} articles, {kind}: MRR@10 {self.found[kind]:.3f}, at least {least}"
            for kind, least in FOUND.items()
            if self.found.get(kind, 1) < least
        ]
        return slow + lost


def percentile(times: list[float], share: float = 0.95) -> float:
    """The time that such a share of the searches does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(path: Path, articles: int, queries: int, known: int, *, plain: bool = True) -> Measured:
    """Make the archive if it is not there, and measure it: so many queries of each kind, so many known items."""
    timed = path.with_suffix(".json")
    if not timed.exists():
        for file in (path, path.with_suffix(".plain.db")):
            file.unlink(missing_ok=True)
        with progress_bar() as progress:
            timed.write_text(json.dumps(make_archive(path, articles, progress)))
    open_archive(path).close()  # one that was kept may be an older version's
    done = Measured(articles, seconds=json.loads(timed.read_text()))
    _say(f"{path.name}: searches")
    with closing(open_read_only(path)) as db:
        done.sizes = sizes(db)
        typist = Typist(db, SEED)
        for order, kinds in typist.speed(queries).items():
            for kind, all_asked in kinds.items():
                done.times[order, kind] = [_timed(lambda asked=asked: _search(db, asked)) for asked in all_asked]  # type: ignore[misc]
        _say(f"{path.name}: known items")
        headlines = Headlines(db)
        items = {kind: list(typist.known_items(kind, known, headlines)) for kind in FOUND}
        for accents, kind in ANY_PART.items():
            of = list(typist.any_parts(known, headlines, accents=accents))
            items[kind] = [(words, id) for words, id, _ in of]
            done.possible[kind] = statistics.mean(possible for _, _, possible in of)
        for kind, asked in items.items():
            done.found[kind] = mrr(asked, lambda words: _first_ten(db, words))
    if plain:
        _say(f"{path.name}: what others give, which takes minutes in a large archive")
        _measure_plain(path, done, Typist, queries, items)
    return done


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _search(db: Database, asked: Asked) -> None:
    search(db, asked.words, asked.filters, **asked.options)


def _first_ten(db: Database, words: str) -> list[str]:
    return [hit.id for hit in search(db, words, by="relevance", limit=10).hits]


def _timed(action: Callable[[], object]) -> float:
    """Milliseconds that it takes, after once that is not measured."""
    action()
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1e3


def mrr(items: Iterable[tuple[str, str]], first_ten: Callable[[str], list[str]]) -> float:
    """The mean of one over the place at which what was meant is found; 0 where it is not among the first ten."""
    scores = []
    for words, id in items:
        found = first_ten(words)
        scores.append(1 / (found.index(id) + 1) if id in found else 0.0)
    return statistics.mean(scores)


def sizes(db: Database) -> dict[str, int]:
    """Bytes of the articles' rows and of each part of the index."""
    found = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
    parts = {"articles": found["articles"]}
    for part in _PARTS:
        parts[part] = sum(size for name, size in found.items() if name.removeprefix("idx_").startswith(part))
    return parts


def _measure_plain(
    path: Path, done: Measured, typist: type[Typist], queries: int, items: dict[str, list[tuple[str, str]]]
) -> None:
    """What others give: a tenth of the queries and a twentieth of the known items, since they take seconds."""
    some = max(2, queries // 10)
    with closing(_plain(path)) as db, closing(open_read_only(path)) as archive:
        asked = typist(archive, SEED).speed(some)["by date"]
        for kind in (
            "a common word",
            "a middling word",
            "a rare word",
            "AND of common words",
            "AND of an article's words",
        ):
            for name, ask in (("FTS5 by rank", _by_rank), ("Datasette", _as_datasette)):
                done.others[name, kind] = [
                    _timed(lambda ask=ask, words=one.words: ask(db, words))
                    for one in asked[kind]  # type: ignore[misc]
                ]
        ids = dict(db.execute("SELECT docid, id FROM a.articles").fetchall())
        for kind in FOUND:
            some_items = items[kind][: max(10, len(items[kind]) // 20)]
            done.others_found[kind] = mrr(some_items, lambda words: [ids[docid] for docid in _by_rank(db, words)])


def _plain(path: Path) -> sqlite3.Connection:
    """An index of headlines and texts as FTS5 makes it by itself, in a file of its own."""
    db = sqlite3.connect(path.with_suffix(".plain.db"))
    db.execute("ATTACH ? AS a", [str(path)])
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'plain'").fetchone():
        db.execute(
            "CREATE VIRTUAL TABLE plain USING"
            " fts5(headline, body, content='', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        db.execute("INSERT INTO plain (plain, rank) VALUES ('hashsize', 67108864)")
        db.execute("INSERT INTO plain (rowid, headline, body) SELECT docid, headline, body FROM a.articles")
        db.execute("INSERT INTO plain (plain) VALUES ('optimize')")
        db.commit()
    return db


def _escaped(words: str) -> str:
    """As Datasette's ``escape_fts`` makes it of ordinary words."""
    return " ".join(f'"{word}"' for word in words.replace('"', " ").split())


def _by_rank(db: sqlite3.Connection, words: str) -> list[int]:
    return [docid for (docid,) in db.execute(_RANKED, [_escaped(words)])]


def _as_datasette(db: sqlite3.Connection, words: str) -> None:
    db.execute(f"{_DATASETTE} LIMIT 101", [_escaped(words)]).fetchall()
    db.execute(f"SELECT count(*) FROM ({_DATASETTE})", [_escaped(words)]).fetchall()  # noqa: S608


def show(all_measured: list[Measured], console: Console) -> None:
    """Print the tables."""
    names = [f"{one.articles:,}" for one in all_measured]
    table = Table("p50 / p95, ms", "", *names, title="One search")
    for order, kind in all_measured[0].times:
        table.add_row(order, kind, *(_two(one.times[order, kind]) for one in all_measured))
    for name, kind in all_measured[0].others:
        table.add_row(name, kind, *(_two(one.others[name, kind]) for one in all_measured))
    console.print(table)
    table = Table("MRR@10", "at least", *names, *(f"FTS5 by rank, {name}" for name in names), title="Known items")
    for kind in all_measured[0].found:
        told = [f"{one.found[kind]:.3f}" for one in all_measured]
        others = [f"{one.others_found[kind]:.3f}" if kind in one.others_found else "-" for one in all_measured]
        possible = ", ".join(f"{one.possible[kind]:.3f}" for one in all_measured if kind in one.possible)
        table.add_row(kind, str(FOUND[kind]) if kind in FOUND else f"({possible} possible)", *told, *others)
    console.print(table)
    table = Table("", *names, title="The index")
    for part in all_measured[0].sizes:
        table.add_row(f"{part}, MB", *(f"{one.sizes[part] / 1e6:,.1f}" for one in all_measured))
    for what in all_measured[0].seconds:
        table.add_row(f"{what}, s", *(f"{one.seconds[what]:,.0f}" for one in all_measured))
    console.print(table)


def _two(times: list[float]) -> str:
    return f"{statistics.median(times):.1f} / {percentile(times):.1f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keep", type=Path, required=True, help="the folder in which the archives are, or are made")
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 200_000, 1_000_000])
    options.add_argument("--queries", type=int, default=40, help="of each kind")
    options.add_argument("--known", type=int, default=200, help="known items of each kind")
    options.add_argument("--alone", action="store_true", help="nothing beside it")
    chosen = options.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    all_measured = []
    for size in chosen.sizes:
        path = chosen.keep / f"articles-{size}.db"
        all_measured.append(measure(path, size, chosen.queries, chosen.known, plain=not chosen.alone))
    show(all_measured, Console(width=150))
    missed = [line for one in all_measured if one.articles >= HELD_FROM for line in one.missed()]
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
