"""Clusters of copies of one text, and the likely original of each. Reads the database it is handed, writes nothing.

Articles that :mod:`archive.duplicates` pairs, directly or through others, are a cluster. Its likely original is the one
whose address another names as its source; else one that names no source itself, the earliest first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlite_utils import Database

from archive.effective import corrected_values, effective

Row = dict[str, Any]
Pair = tuple[str, str]

Place = tuple[str | None, str | None]
"""Of an article: its cluster (the original's id), and what it is a copy of."""

Named = Mapping[Pair, str | None]
"""Pairs of copies; of those in which one names the other's address as its source, which one does."""


def clustered_with(db: Database, articles: Iterable[str]) -> set[str]:
    """Those of some articles, and all others, that are in one cluster: by the pairs as they stand, or until now."""
    found: set[str] = set()
    further = set(articles)
    while further:
        found |= further
        rows = db.execute(_BESIDE, {"articles": json.dumps(sorted(further))})
        further = {row[0] for row in rows} - found
    return found


_BESIDE = """
    SELECT other FROM json_each(:articles) CROSS JOIN duplicates ON article = value
    UNION SELECT article FROM json_each(:articles) CROSS JOIN duplicates ON other = value
    UNION SELECT beside.id FROM json_each(:articles) CROSS JOIN articles own ON own.id = value
        CROSS JOIN articles beside ON beside.cluster = own.cluster
"""


def without_text(db: Database, after: str, most: int) -> list[str]:
    """The ids of articles in clusters that have no text to be compared: the next ones."""
    return [row[0] for row in db.execute(_WITHOUT_TEXT, {"after": after, "most": most})]


_WITHOUT_TEXT = """
    SELECT id FROM articles WHERE cluster IS NOT NULL AND id > :after
    AND NOT EXISTS (SELECT 1 FROM signatures WHERE article = articles.id)
    ORDER BY id LIMIT :most
"""


def stored_pairs(db: Database, articles: Iterable[str] | None = None) -> dict[Pair, str | None]:
    """The pairs of copies as they stand: those with one of some articles first, or all."""
    if articles is None:
        rows = db.execute("SELECT article, other, named_by FROM duplicates")
    else:
        rows = db.execute(_AMONG, [json.dumps(sorted(articles))])
    return {(article, other): by for article, other, by in rows}


_AMONG = "SELECT article, other, named_by FROM json_each(?) CROSS JOIN duplicates ON article = value"


def misplaced(
    db: Database, articles: Collection[str], pairs: Named, dates: Mapping[str, str | None] | None = None
) -> dict[str, Place]:
    """Where those of some articles belong that stand elsewhere.

    :param articles: clusters as a whole (:func:`clustered_with`).
    :param pairs: those of these articles.
    :param dates: the concluded dates of articles whose page proves none; articles not in it keep the one they have.
    """
    known = {row["id"]: row for row in db.query(_MEMBERS, [json.dumps(sorted(articles))])}
    for id, page in known.items():
        row = known[id] = effective(page)
        row["published"] = row["date_published"]
        if "date_published" not in corrected_values(page):
            row["published"] = row["published"] or (dates or {}).get(id, row["concluded_date"])
    pairs = {pair: by for pair, by in pairs.items() if known.keys() >= {*pair}}
    named = named_sources(pairs)
    wanted: dict[str, Place] = dict.fromkeys(known, (None, None))
    for members in _components(pairs):
        original = likely_original([known[id] for id in members], named)
        wanted |= {id: (original, None if id == original else original) for id in members}
    return {id: wanted[id] for id, row in sorted(known.items()) if wanted[id] != (row["cluster"], row["duplicate_of"])}


_MEMBERS = """
    SELECT articles.id, cluster, duplicate_of, source_name, source_url, date_published, concluded_date, corrected
    FROM json_each(?) CROSS JOIN articles ON articles.id = value
"""


Why = Literal["named as the source", "names no source", "earliest date", "smallest id"]
"""What makes an article the likely original among the copies: an other names its address as the source; it is the only
one left that names no source itself; of those left it has the earliest date; nothing tells them apart."""


def likely_original(members: Sequence[Row], named: Mapping[str, Sequence[str]]) -> str:
    """The id of the likely original among the copies of one text; as :func:`judge_original`."""
    return judge_original(members, named)[0]


def judge_original(members: Sequence[Row], named: Mapping[str, Sequence[str]]) -> tuple[str, tuple[Why, ...]]:
    """The id of the likely original among the copies of one text, and what made it that, step by step.

    :param members: ``id``, ``source_name``, ``source_url`` and ``published`` of each.
    :param named: for an article that names archived articles' addresses as its source, the ids of these.
    """
    ids = {row["id"] for row in members}
    sources = {source for id in ids for source in named.get(id, ())}
    silent = {row["id"] for row in members if row["source_name"] is None and row["source_url"] is None}
    eligible = (sources - named.keys()) or sources or silent or ids
    why: list[Why] = []
    if sources:
        why.append("named as the source")
    elif silent and silent != ids:
        why.append("names no source")
    ranked = sorted(
        (row["published"] is None, row["published"] or "", row["id"]) for row in members if row["id"] in eligible
    )
    original: str = ranked[0][2]
    if len(ranked) > 1:
        why.append("smallest id" if ranked[0][:2] == ranked[1][:2] else "earliest date")
    return original, tuple(why)


def named_sources(pairs: Named) -> dict[str, list[str]]:
    """For each article that names others' addresses as its source, the ids of these."""
    named: dict[str, list[str]] = {}
    for (one, other), by in sorted(pairs.items()):
        if by is not None:
            named.setdefault(by, []).append(other if by == one else one)
    return named


def _components(pairs: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """The connected components of a graph, by union and find."""
    above: dict[str, str] = {}

    def top(id: str) -> str:
        while above.setdefault(id, id) != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    for one, other in pairs:
        above[top(one)] = top(other)
    by_top: dict[str, list[str]] = {}
    for id in above:
        by_top.setdefault(top(id), []).append(id)
    yield from by_top.values()
