"""Clusters of copies of one text, and the likely original of each. Reads the database it is handed, writes nothing.

Articles that :mod:`archive.duplicates` pairs, directly or through others, are a cluster. Its likely original is the one
whose address another names as its source; else one that names no source itself, the earliest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]
Pair = tuple[str, str]

Place = tuple[str | None, str | None]
"""Of an article: its cluster (the original's id), and what it is a copy of."""


def find_clusters(
    db: Database, pairs: Mapping[Pair, Row], dates: Mapping[str, str | None]
) -> dict[str, tuple[Place, Place]]:
    """For each article that is in a cluster, or was: where it stands in the database, and where it belongs.

    :param pairs: the evidence for each pair of copies (:func:`archive.duplicates.find`).
    :param dates: the concluded dates of articles whose page proves none; articles not in it keep the one they have.
    """
    paired = json.dumps(sorted({id for pair in pairs for id in pair}))
    articles = {row["id"]: row for row in db.query(_MEMBERS, [paired])}
    for id, row in articles.items():
        row["published"] = row["date_published"] or dates.get(id, row["concluded_date"])
    pairs = {pair: evidence for pair, evidence in pairs.items() if articles.keys() >= {*pair}}
    named: dict[str, list[str]] = {}
    for (one, other), evidence in sorted(pairs.items()):
        if evidence["by_address"]:
            by = evidence["declared_by"]
            named.setdefault(by, []).append(other if by == one else one)
    wanted: dict[str, Place] = dict.fromkeys(articles, (None, None))
    for members in _components(pairs):
        original = likely_original([articles[id] for id in members], named)
        wanted |= {id: (original, None if id == original else original) for id in members}
    return {id: ((row["cluster"], row["duplicate_of"]), wanted[id]) for id, row in sorted(articles.items())}


_MEMBERS = """
    SELECT id, cluster, duplicate_of, source_name, source_url, date_published, concluded_date FROM articles
    WHERE id IN (SELECT value FROM json_each(?) UNION SELECT id FROM articles WHERE cluster IS NOT NULL)
"""


def likely_original(members: Sequence[Row], named: Mapping[str, Sequence[str]]) -> str:
    """The id of the likely original among the copies of one text.

    :param members: ``id``, ``source_name``, ``source_url`` and ``published`` of each.
    :param named: for an article that names archived articles' addresses as its source, the ids of these.
    """
    ids = {row["id"] for row in members}
    sources = {source for id in ids for source in named.get(id, ())}
    silent = {row["id"] for row in members if row["source_name"] is None and row["source_url"] is None}
    eligible = (sources - named.keys()) or sources or silent or ids
    ranked = [(row["published"] is None, row["published"] or "", row["id"]) for row in members if row["id"] in eligible]
    original: str = min(ranked)[2]
    return original


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
