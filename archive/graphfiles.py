"""The graph of articles in forms that other programs open: GraphML, GEXF 1.3, links as JSONL. Reads the archive.

All are streams of bytes, in a fixed order: the same archive gives the same bytes. GraphML: http://graphml.graphdrawing.org
(keys, then nodes, then edges). GEXF 1.3: https://gexf.net (attributes by id, ``start`` as an ``xsd:date``, ``kind``
tells parallel edges apart). Neither has an element for what XML 1.0 forbids: such characters become U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec
from sqlite_utils import Database

from archive.dates import known_part
from archive.surroundings import COPY, NODE_COLUMNS, Edge, Node, Subgraph, as_node, copy_edge

GraphForm = Literal["graphml", "gexf", "jsonl"]

LINK = "luutru.link/1"
"""What a line of links names as its form."""

LINK_SCHEMA_FILE = Path(__file__).with_name("link.schema.json")
"""The JSON Schema that each line of links is valid against."""

_NODE_FIELDS = ("site", "url", "date_published", "date_precision", "cluster")
_EDGE_FIELDS = (("relation", "string"), ("title", "string"), ("similarity", "double"))


def whole_graph(db: Database) -> tuple[Iterator[Node], Iterator[Edge]]:
    """All archived articles by id, and all edges between them: links by article and position, then copies.

    Run it inside :func:`archive.schema.snapshot`, so that both show one moment.
    """
    return (Node(**as_node(row), steps=0) for row in db.query(_ALL_NODES)), _all_edges(db)


def _all_edges(db: Database) -> Iterator[Edge]:
    archived = {id for (id,) in db.execute(_ALL_IDS)}
    for article, links in groupby(db.execute(_ALL_LINKS), key=lambda row: row[0]):
        printed: dict[tuple[str, str], str | None] = {}
        for _, target, relation, title in links:
            if target in archived and target != article:
                printed.setdefault((target, relation), title)
        for (target, relation), title in printed.items():
            yield Edge(article, target, relation, title, None)
    for row in db.execute(_ALL_COPIES):
        yield copy_edge(*row)


_ALL_NODES = f"SELECT {NODE_COLUMNS} FROM articles ORDER BY id"  # noqa: S608 - our own columns
_ALL_IDS = "SELECT id FROM articles INDEXED BY idx_articles_newest"
_ALL_LINKS = "SELECT article, target, relation, title FROM links WHERE target IS NOT NULL ORDER BY article, position"
_ALL_COPIES = """
    SELECT article, other, similarity, duplicate_of FROM duplicates JOIN articles ON articles.id = article
    ORDER BY article, other
"""


def part_of_graph(part: Subgraph) -> tuple[Iterator[Node], Iterator[Edge]]:
    """The articles around one, and the edges between them."""
    return iter(part.nodes), iter(part.edges)


def graphml(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[bytes]:
    """A GraphML file, piece by piece. The headline is the key ``label``, which programs show beside a node."""
    yield b"<?xml version='1.0' encoding='UTF-8'?>\n"
    yield b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name in ("label", *_NODE_FIELDS):
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="string"/>\n'.encode()
    for name, kind in _EDGE_FIELDS:
        yield f'<key id="{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>\n'.encode()
    yield b'<graph id="luutru" edgedefault="directed">\n'
    for node in nodes:
        data = "".join(_data(name, value) for name, value in (("label", node.headline), *_node_values(node)))
        yield f"<node id={_attribute(node.id)}>{data}</node>\n".encode()
    for number, edge in enumerate(edges):
        data = "".join(_data(name, getattr(edge, name)) for name, _ in _EDGE_FIELDS)
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
        yield f'<edge id="e{number}" {ends}>{data}</edge>\n'.encode()
    yield b"</graph>\n</graphml>\n"


def _data(name: str, value: object) -> str:
    return "" if value is None else f'<data key="{name}">{_content(str(value))}</data>'


def gexf(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[bytes]:
    """A GEXF 1.3 file, piece by piece. A node begins on its day of publication, where that is known to the day; else it
    has been there always."""
    yield b"<?xml version='1.0' encoding='UTF-8'?>\n"
    yield b'<gexf xmlns="http://gexf.net/1.3" version="1.3">\n<meta><creator>luutru</creator></meta>\n'
    yield b'<graph mode="dynamic" defaultedgetype="directed" timeformat="date" timerepresentation="interval">\n'
    yield b'<attributes class="node">\n'
    for name in _NODE_FIELDS:
        yield f'<attribute id="{name}" title="{name}" type="string"/>\n'.encode()
    yield b'</attributes>\n<attributes class="edge">\n'
    for name, kind in _EDGE_FIELDS:
        yield f'<attribute id="{name}" title="{name}" type="{kind}"/>\n'.encode()
    yield b"</attributes>\n<nodes>\n"
    for node in nodes:
        start = f' start="{node.date_published[:10]}"' if node.date_published and node.date_precision != "month" else ""
        values = _values(_node_values(node))
        yield f"<node id={_attribute(node.id)} label={_attribute(node.headline)}{start}>{values}</node>\n".encode()
    yield b"</nodes>\n<edges>\n"
    for number, edge in enumerate(edges):
        values = _values((name, getattr(edge, name)) for name, _ in _EDGE_FIELDS)
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)} kind={_attribute(edge.relation)}"
        yield f'<edge id="{number}" {ends}>{values}</edge>\n'.encode()
    yield b"</edges>\n</graph>\n</gexf>\n"


def _node_values(node: Node) -> Iterator[tuple[str, str | None]]:
    for name in _NODE_FIELDS:
        value = getattr(node, name)
        yield name, known_part(value, node.date_precision) if name == "date_published" else value


def _values(values: Iterable[tuple[str, object]]) -> str:
    told = [f'<attvalue for="{name}" value={_attribute(str(value))}/>' for name, value in values if value is not None]
    return f"<attvalues>{''.join(told)}</attvalues>" if told else ""


def _attribute(text: str) -> str:
    """A text as an attribute's value, in its quotes."""
    return quoteattr(_FORBIDDEN.sub("\ufffd", text)) if _SPECIAL.search(text) else f'"{text}"'


def _content(text: str) -> str:
    """A text as an element's content."""
    return escape(_FORBIDDEN.sub("\ufffd", text)) if _SPECIAL.search(text) else text


_NO_CHARS = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
"""What is no ``Char`` of XML 1.0 (5th edition, 2.2)."""
_FORBIDDEN = re.compile(f"[{_NO_CHARS}]")
_SPECIAL = re.compile(f'[&<>"\t\n\r{_NO_CHARS}]')


def link_lines(db: Database, articles: Iterable[str] | None = None) -> Iterator[bytes]:
    """All links as JSONL, by article and place on its page, also those to what is not archived; then the copies.

    :param articles: only links of these, and copies among these.
    """
    chosen = None if articles is None else json.dumps(list(articles))
    archived = {id for (id,) in db.execute(_ALL_IDS)}
    for row in db.query(_LINES, {"articles": chosen}):
        known = row["target"] in archived
        yield msgspec.json.encode({"schema": LINK, **row, "archived": known, "similarity": None}) + b"\n"
    for position, row in enumerate(db.query(_COPY_LINES, {"articles": chosen})):
        edge = copy_edge(**row)
        line = {"schema": LINK, "article": edge.source, "position": position, "relation": COPY, "target": edge.target}
        line |= dict.fromkeys(("url", "title", "date", "date_precision")) | {"archived": True}
        yield msgspec.json.encode(line | {"similarity": edge.similarity}) + b"\n"


_LINES = """
    SELECT article, position, relation, target, url, title, date, date_precision FROM links
    WHERE :articles IS NULL OR article IN (SELECT value FROM json_each(:articles)) ORDER BY article, position
"""
_COPY_LINES = """
    SELECT article, other, similarity, duplicate_of AS original FROM duplicates JOIN articles ON articles.id = article
    WHERE :articles IS NULL OR (article IN (SELECT value FROM json_each(:articles))
        AND other IN (SELECT value FROM json_each(:articles)))
    ORDER BY article, other
"""
