"""The part of the graph of articles around one of them, and the graph of sites. Reads the archive only.

An edge leads from an article to one that it links to, if that one is archived, or from a copy to what it is a copy of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlite_utils import Database

from archive.dating import is_shown
from archive.effective import Row, effective

COPY = "copy"
"""The relation of two articles with one text; the others are those of links (:data:`archive.records.Relation`)."""

MOST_BESIDE = 200
"""So many neighbours of each kind (links out of it, links to it, copies) are followed from one article: one in a box
that every page shows is linked from all."""


@dataclass(frozen=True, slots=True)
class Node:
    """An article. ``date_published`` as the export gives it. ``steps``: edges between it and the one in the middle."""

    id: str
    site: str
    url: str
    headline: str
    date_published: str | None
    date_precision: str | None
    cluster: str | None
    steps: int


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` links to ``target`` (ids of articles), or has the same text: then ``relation`` is :data:`COPY`, and
    ``similarity`` (0 to 1) says how alike they are, if their texts were long enough to be compared. A copy points to
    the likely original; of two copies of a third the direction says nothing. ``title`` is what the linking page prints.
    Two articles are joined by one edge at most of each relation and direction."""

    source: str
    target: str
    relation: str
    title: str | None
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Subgraph:
    """``nodes`` by their distance from ``center``, then by date and id; ``edges`` between any two of them, by source,
    target and relation. Not ``complete``: there are further articles within so many steps."""

    center: str
    steps: int
    nodes: list[Node]
    edges: list[Edge]
    complete: bool


def subgraph(db: Database, article: str, steps: int = 1, most: int = 100) -> Subgraph:
    """The articles that so many edges lead to from one article (by its whole id), in whichever direction.

    :param most: so many articles at most, the one in the middle included; the nearest are taken first.
    :raises LookupError: there is no such article.
    """
    if not db.execute("SELECT 1 FROM articles WHERE id = ?", [article]).fetchone():
        raise LookupError(f"no article {article!r}")
    distances = {article: 0}
    complete = True
    edge: list[str] = [article]
    for distance in range(1, steps + 1):
        beside: list[str] = []
        for id in edge:
            found = list(around(db, id))
            complete = complete and len(found) < MOST_BESIDE
            for other in found:
                if other in distances:
                    continue
                if len(distances) >= most:
                    complete = False
                    break
                distances[other] = distance
                beside.append(other)
        edge = beside
    nodes = [Node(**row, steps=distances[row["id"]]) for row in load_nodes(db, distances)]
    nodes.sort(key=lambda node: (node.steps, node.date_published is None, node.date_published or "", node.id))
    return Subgraph(article, steps, nodes, edges_among(db, distances), complete)


def around(db: Database, article: str) -> Iterator[str]:
    """The archived articles beside one: linked from it in the order of its page, copies, linking to it; of each kind
    :data:`MOST_BESIDE` at most."""
    wanted = {"article": article, "most": MOST_BESIDE}
    for sql in (_LINKED, _COPIED, _LINKING):
        for (id,) in db.execute(sql, wanted):
            yield id


_LINKED = """
    SELECT id FROM links JOIN articles ON id = target WHERE article = :article AND target <> :article
    GROUP BY id ORDER BY min(position) LIMIT :most
"""
_COPIED = """
    SELECT other FROM duplicates WHERE article = :article UNION SELECT article FROM duplicates WHERE other = :article
    ORDER BY 1 LIMIT :most
"""
_LINKING = """
    SELECT DISTINCT article FROM (
        SELECT article FROM links WHERE target = :article AND article <> :article ORDER BY rowid LIMIT :most)
"""


def load_nodes(db: Database, articles: Iterable[str]) -> Iterator[Row]:
    """Some articles as they stand in effect: the fields of :class:`Node` but ``steps``."""
    for row in db.query(_NODES, [json.dumps(list(articles))]):
        yield as_node(row)


NODE_COLUMNS = """articles.id, site, url, headline, cluster, corrected, date_published, date_precision, concluded_date,
    concluded_precision"""
"""SQL: the columns of articles that :func:`as_node` reads."""

_NODES = f"SELECT {NODE_COLUMNS} FROM json_each(?) CROSS JOIN articles ON articles.id = value"  # noqa: S608 - our own columns


def as_node(row: Row) -> Row:
    """What a node says of an article, by its row (:data:`NODE_COLUMNS`)."""
    row = effective(row)
    concluded = is_shown(row, row)
    return {name: row[name] for name in ("id", "site", "url", "headline", "cluster")} | {
        "date_published": row["concluded_date" if concluded else "date_published"],
        "date_precision": row["concluded_precision" if concluded else "date_precision"],
    }


def edges_among(db: Database, articles: Collection[str]) -> list[Edge]:
    """The edges between any two of some articles, by source, target and relation."""
    wanted = [json.dumps(list(articles))]
    found = [Edge(**row, similarity=None) for row in db.query(_AMONG, wanted)]
    found += [copy_edge(*row) for row in db.execute(_COPIES_AMONG, wanted)]
    return sorted(found, key=lambda edge: (edge.source, edge.target, edge.relation))


def copy_edge(article: str, other: str, similarity: float | None, original: str | None) -> Edge:
    """The edge of a pair of copies; ``original``: what ``article`` is a copy of, if it is."""
    source, target = (other, article) if original is None else (article, other)
    return Edge(source, target, COPY, None, similarity)


# SQLite takes the title of the row that has the least position.
_AMONG = """
    SELECT article AS source, target, relation, title FROM (
        SELECT article, target, relation, title, min(position) FROM json_each(?1) wanted
        CROSS JOIN links ON article = wanted.value
        WHERE target <> article AND target IN (SELECT value FROM json_each(?1))
        GROUP BY article, target, relation)
"""

_COPIES_AMONG = """
    SELECT article, other, similarity, duplicate_of FROM json_each(?1) wanted
    CROSS JOIN duplicates ON article = wanted.value CROSS JOIN articles ON articles.id = article
    WHERE other IN (SELECT value FROM json_each(?1))
"""


@dataclass(frozen=True, slots=True)
class SiteNode:
    """A site with how many of its articles are archived. ``kind`` and ``province`` as its profile says."""

    name: str
    title: str
    kind: str
    province: str
    articles: int


@dataclass(frozen=True, slots=True)
class SiteEdge:
    """From one site's articles to archived ones of another (or the same): how many links there are, by which other
    articles are linked, and how many articles of ``source`` are ``reprints`` of one of ``target``, as far as the likely
    original is known. A link counts once for each article, target and relation that it is printed with."""

    source: str
    target: str
    links: int
    reprints: int


@dataclass(frozen=True, slots=True)
class SiteGraph:
    """``nodes`` by name, ``edges`` by source and target; those from a site to itself are among them."""

    nodes: list[SiteNode]
    edges: list[SiteEdge]


def site_graph(db: Database) -> SiteGraph:
    """The sites, and how many links and reprints lead from each to each.

    It reads all links: where it is shown often, it is to be kept until the archive has changed.
    """
    sites = dict(db.execute(_SITES).fetchall())
    links, reprints = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for article, own in groupby(db.execute(_ALL_LINKS), key=lambda row: row[0]):
        for _, target, _ in set(own):
            if article in sites and target in sites:
                links[sites[article], sites[target]] += 1
    for article, original in db.execute(_REPRINTS):
        if original in sites:
            reprints[sites[article], sites[original]] += 1
    counts = Counter(sites.values())
    return SiteGraph(
        [SiteNode(**row, articles=counts[row["name"]]) for row in db.query(_ALL_SITES)],
        [
            SiteEdge(*pair, links=links[pair], reprints=reprints[pair])
            for pair in sorted(links.keys() | reprints.keys())
        ],
    )


# No article's text is read: an index holds what is needed of articles. All links of an article are written at once, so
# they stand together in the table.
_SITES = "SELECT id, site FROM articles INDEXED BY idx_articles_newest"
_ALL_LINKS = "SELECT article, target, relation FROM links WHERE target IS NOT NULL"
_REPRINTS = "SELECT id, duplicate_of FROM articles INDEXED BY idx_articles_clustered WHERE cluster IS NOT NULL"
_ALL_SITES = "SELECT name, title, kind, province FROM sites ORDER BY name"
