"""Ways through the graph of articles, and the articles that most others link to. Reads the archive only.

Edges are those of :mod:`archive.surroundings`, walked in both directions.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.filters import Filters
from archive.surroundings import Edge, Node, copy_edge, load_nodes
from archive.tables import PUBLISHED

MOST_VISITED = 200_000
"""Articles that are looked at before a search for a path gives up: some hundred megabytes."""

MOST_STEPS = 12
"""Nobody makes sense of a longer path."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: the ``edge`` that it takes, and whether it is walked from its source to its target."""

    edge: Edge
    forward: bool


@dataclass(frozen=True, slots=True)
class Path:
    """``nodes`` from one article to the other, each with the number of its step, and the ``steps`` between them: one
    fewer. Both empty where there is no path; it is certain that there is none within so many steps if ``complete``."""

    nodes: list[Node]
    steps: list[Step]
    complete: bool


def shortest_path(db: Database, start: str, end: str, most_steps: int = 6) -> Path:
    """One of the shortest ways from an article to another, by whole ids: of several the same one each time.

    Both are walked from, the one with fewer articles at its edge first.

    :raises LookupError: there is no such article.
    """
    for article in (start, end):
        if not db.execute("SELECT 1 FROM articles WHERE id = ?", [article]).fetchone():
            raise LookupError(f"no article {article!r}")
    if start == end:
        return _told(db, ({start: None}, {end: None}), start)
    came: tuple[Came, Came] = ({start: None}, {end: None})
    levels = [[start], [end]]
    for _ in range(min(most_steps, MOST_STEPS)):
        side = 0 if len(levels[0]) <= len(levels[1]) else 1
        levels[side] = beyond = _walk(db, levels[side], came[side], MOST_VISITED - len(came[1 - side]))
        if met := sorted(came[1 - side].keys() & beyond):
            return _told(db, came, met[0])
        if not beyond:
            break
        if len(came[0]) + len(came[1]) >= MOST_VISITED:
            return Path([], [], complete=False)
    return Path([], [], complete=True)


Came = dict[str, Edge | None]
"""By which edge each article was reached; by none where the walk began."""


def _walk(db: Database, level: Sequence[str], came: Came, most: int) -> list[str]:
    """The articles one step beyond some, noted in ``came``, which grows to ``most`` at the largest."""
    inside = set(level)
    beyond: list[str] = []
    for edge in _edges_at(db, level):
        for near, far in ((edge.source, edge.target), (edge.target, edge.source)):
            if near in inside and far not in came:
                came[far] = edge
                beyond.append(far)
                if len(came) >= most:
                    return beyond
    return beyond


def _edges_at(db: Database, articles: Collection[str]) -> Iterator[Edge]:
    wanted = [json.dumps(list(articles))]
    for sql in (_LINKS_OUT, _LINKS_IN):
        for source, target, relation, title in db.execute(sql, wanted):
            yield Edge(source, target, relation, title, None)
    for row in db.execute(_COPIES, wanted):
        yield copy_edge(*row)


_LINKS_OUT = """
    SELECT links.article, links.target, links.relation, links.title FROM json_each(?) wanted
    CROSS JOIN links ON links.article = wanted.value CROSS JOIN articles ON articles.id = links.target
    ORDER BY wanted.key, links.position
"""
_LINKS_IN = """
    SELECT links.article, links.target, links.relation, links.title FROM json_each(?) wanted
    CROSS JOIN links ON links.target = wanted.value
"""
_COPIES = """
    SELECT article, other, similarity, duplicate_of FROM json_each(?1) wanted
    CROSS JOIN duplicates ON article = wanted.value CROSS JOIN articles ON articles.id = article
    UNION
    SELECT article, other, similarity, duplicate_of FROM json_each(?1) wanted
    CROSS JOIN duplicates ON other = wanted.value CROSS JOIN articles ON articles.id = article
    ORDER BY 1, 2
"""


def _told(db: Database, came: tuple[Came, Came], meeting: str) -> Path:
    """The path through the article where both walks met."""
    before, after = (_back(of, meeting) for of in came)
    ids = [*reversed(before[0]), meeting, *after[0]]
    edges = [*reversed(before[1]), *after[1]]
    rows = {row["id"]: row for row in load_nodes(db, ids)}
    nodes = [Node(**rows[id], steps=number) for number, id in enumerate(ids)]
    return Path(nodes, [Step(edge, edge.source == id) for id, edge in zip(ids, edges, strict=False)], complete=True)


def _back(came: Mapping[str, Edge | None], article: str) -> tuple[list[str], list[Edge]]:
    """The articles and edges from one back to where its walk began, without itself."""
    ids: list[str] = []
    edges: list[Edge] = []
    while (edge := came[article]) is not None:
        article = edge.source if edge.target == article else edge.target
        ids.append(article)
        edges.append(edge)
    return ids, edges


_ALL = Filters()


@dataclass(frozen=True, slots=True)
class Linked:
    """An article and how many others link to it, whatever the times each does."""

    node: Node
    links: int


def most_linked(db: Database, filters: Filters = _ALL, relations: Sequence[str] = (), most: int = 20) -> list[Linked]:
    """The archived articles that most others link to, the first one most; by id where as many do.

    :param filters: of the articles linked to; ``site``, ``since`` and ``until`` count.
    :param relations: only links of these relations; none: all.
    :raises archive.query.QueryError: a date means nothing.
    """
    first, last = filters.days()
    wanted = {
        "site": filters.site,
        "first": first.isoformat() if first else None,
        "after": f"{last.isoformat()}U" if last else None,  # follows the T of all times of that day
        "relations": json.dumps(list(relations)),
        "most": most,
    }
    counts = dict(db.execute(_MOST_LINKED, wanted).fetchall())
    rows = {row["id"]: row for row in load_nodes(db, counts)}
    return [Linked(Node(**rows[id], steps=0), count) for id, count in counts.items()]


_MOST_LINKED = f"""
    SELECT target, count(DISTINCT article) FROM links
    WHERE target IN (
        SELECT id FROM articles INDEXED BY idx_articles_newest
        WHERE (:site IS NULL OR site = :site)
        AND (:first IS NULL OR {PUBLISHED} >= :first) AND (:after IS NULL OR {PUBLISHED} < :after))
    AND article <> target
    AND (:relations = '[]' OR relation IN (SELECT value FROM json_each(:relations)))
    GROUP BY target ORDER BY 2 DESC, 1 LIMIT :most
"""  # noqa: S608 - our own expression
