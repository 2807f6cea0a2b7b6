"""The clusters of copies of one text, each with its likely original and what makes it that. Reads the archive only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.clusters import Why, judge_original, named_sources, stored_pairs
from archive.effective import effective
from archive.surroundings import NODE_COLUMNS, Node, as_node


@dataclass(frozen=True, slots=True)
class Member:
    """One of the copies. ``declares``: what it says that it was taken from, as printed or as an archivist corrected it.
    ``similarity`` and ``containment`` (0 to 1) are those with the original, of Jaccard and of the shorter text in the
    longer; None for the original itself, where a text is too short, and where each is a copy of a third only. A
    containment far above the similarity says that one of the two has the other's text and more."""

    node: Node
    declares: str | None
    similarity: float | None
    containment: float | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Copies of one text. ``id`` is what exports have as ``cluster``. ``original`` is the likely original's id, ``why``
    what made it that, step by step (empty where pages have come since that was concluded); ``members`` are it and the
    others by date, undated last, then by id."""

    id: str
    original: str
    why: tuple[Why, ...]
    members: list[Member]


def clusters(db: Database, site: str | None = None) -> Iterator[Cluster]:
    """All clusters, or those with an article of a site: the largest first, then by id."""
    for (cluster,) in db.execute(_CLUSTERS, {"site": site}).fetchall():
        yield load_cluster(db, cluster)


def load_cluster(db: Database, cluster: str) -> Cluster:
    """One cluster, by its id.

    :raises LookupError: there is none of that id.
    """
    rows = {row["id"]: row for row in db.query(_MEMBERS, [cluster])}
    if not rows:
        raise LookupError(f"no cluster {cluster!r}")
    nodes = {id: Node(**as_node(row), steps=0) for id, row in rows.items()}
    said = {id: effective(row) for id, row in rows.items()}
    pairs = {pair: by for pair, by in stored_pairs(db, rows).items() if rows.keys() >= {*pair}}
    known = [row | {"published": row["date_published"] or row["concluded_date"]} for row in said.values()]
    original, why = judge_original(known, named_sources(pairs))
    if original != cluster:  # pages came since that was concluded
        original, why = cluster, ()
    alike = {(one, other): json.loads(told) for one, other, told in db.execute(_PAIRS, {"original": original})}
    ordered = sorted(nodes.values(), key=lambda node: (node.date_published is None, node.date_published or "", node.id))
    return Cluster(
        cluster,
        original,
        why,
        [_member(node, said[node.id], alike.get((min(node.id, original), max(node.id, original)))) for node in ordered],
    )


def _member(node: Node, row: dict[str, Any], evidence: dict[str, Any] | None) -> Member:
    declares = " ".join(filter(None, (row["source_name"], row["source_url"]))) or None
    told = evidence or {}
    return Member(node, declares, told.get("similarity"), told.get("containment"))


_CLUSTERS = """
    SELECT cluster FROM articles INDEXED BY idx_articles_cluster WHERE cluster IS NOT NULL
    GROUP BY cluster HAVING :site IS NULL OR max(site = :site) ORDER BY count(*) DESC, cluster
"""
_MEMBERS = f"SELECT {NODE_COLUMNS}, source_name, source_url FROM articles WHERE cluster = ?"  # noqa: S608 - our own columns
_PAIRS = """
    SELECT article, other, evidence FROM duplicates WHERE article = :original
    UNION SELECT article, other, evidence FROM duplicates WHERE other = :original
"""
