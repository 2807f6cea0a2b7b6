"""The graph around an article, and that of the sites: as tables, and drawn from them where scripts run. Reads the
archive."""

from __future__ import annotations

import math
from collections import Counter

from starlette.responses import Response

from archive.articles import load_article
from archive.surroundings import SiteEdge, site_graph, subgraph
from archive.web.asking import Asked, Page
from archive.web.holdings import holdings

MOST_NODES = 80
"""Of one drawing: more cannot be told apart."""

_MOST_EDGES = 400
"""Rows of one table."""

_SECONDS = 1.0
"""So long a reader waits for all links to be counted, who is then asked to come back."""


def show_around(asked: Asked) -> Response:
    """The articles that one or two links lead to from an article, in whichever direction, and its copies.

    :raises archive.articles.UnknownArticle: there is no article of that id.
    """
    article = load_article(asked.db, asked.part("id"))
    steps = asked.number("buoc", 1, most=2)
    found = subgraph(asked.db, article["id"], steps, MOST_NODES)
    return asked.show(
        "graph.html",
        article=article,
        steps=steps,
        found=found,
        edges=found.edges[:_MOST_EDGES],
        left_out=max(0, len(found.edges) - _MOST_EDGES),
        by_id={node.id: node for node in found.nodes},
        held=holdings(asked),
    )


def show_sites(asked: Asked) -> Response:
    """How many links and reprints lead from each site to each other."""
    found = asked.room.counted_beside("graph of sites", asked.db, site_graph, _SECONDS)
    if found is None:
        return asked.show("site_graph.html", found=None)
    between = sorted(
        (edge for edge in found.edges if edge.source != edge.target),
        key=lambda edge: (-edge.links - edge.reprints, edge.source, edge.target),
    )
    most = max((edge.links + edge.reprints for edge in between), default=1)
    largest = max((node.articles for node in found.nodes), default=1) or 1
    coming, going = Counter[str](), Counter[str]()
    for edge in between:
        coming[edge.target] += edge.links
        going[edge.source] += edge.links
    return asked.show(
        "site_graph.html",
        found=found,
        edges=between[:_MOST_EDGES],
        left_out=max(0, len(between) - _MOST_EDGES),
        within={edge.source: edge.links for edge in found.edges if edge.source == edge.target},
        coming=coming,
        going=going,
        titles={node.name: node.title for node in found.nodes},
        size=lambda node: round(18 + 32 * math.sqrt(node.articles / largest)),
        width=lambda edge: _width(edge, most),
    )


def _width(edge: SiteEdge, most: int) -> float:
    return round(1 + 5 * math.log1p(edge.links + edge.reprints) / math.log1p(most), 1)


PAGES = [Page("/bai/{id}/do-thi", show_around), Page("/do-thi", show_sites)]
