"""The graph as GraphML, GEXF and lines of links: what other programs read of it is what the archive holds."""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import jsonschema
import networkx
import pytest
from lxml import etree
from sample_archive import add, harvest, open_sample, run, sample, sample_id
from test_graph import TEXT

from archive.conclude import conclude
from archive.exits import Exit
from archive.graphfiles import LINK_SCHEMA_FILE, gexf, graphml, link_lines, whole_graph
from archive.records import Link
from archive.store import Archive
from archive.surroundings import Edge, Node

GONE = sample_id("songlam", "mat")
FIRST = sample("mot", "Bài <một> & \"hai\" 'ba'", TEXT, date_published="2024-01-01T08:05:00+07:00")
SECOND = sample(
    "hai",
    "Bài hai",
    "Một bài khác hẳn.",
    date_published="2023-05-01T00:00:00+07:00",
    date_precision="month",
    date_evidence="page",
    links=[
        Link(FIRST.url, "Tựa <cũ> & ]]> \x02\u202e", "older", 0, FIRST.id, "2024-01-01T00:00:00+07:00", "1/1", "day"),
        Link(FIRST.url, "Tựa khác", "older", 1, FIRST.id),
        Link(FIRST.url, "Trong bài", "inline", 2, FIRST.id),
        Link("http://songlam.example/tin-tuc/mat.html", "Bài mất", "related", 3, GONE),
        Link(None, "Chỉ tựa đề", "related", 4),
    ],
)
REPRINT = sample("lai", "Bài lại", TEXT, site="ptsonglam")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, harvest(FIRST), harvest(SECOND))
        add(opened, harvest(REPRINT), site="ptsonglam")
        conclude(opened)
        yield opened


def as_graphml(archive: Archive) -> bytes:
    return b"".join(graphml(*whole_graph(archive.db)))


def as_gexf(archive: Archive) -> bytes:
    return b"".join(gexf(*whole_graph(archive.db)))


TITLE = "Tựa <cũ> & ]]> \ufffd\u202e"
EDGES = sorted(
    [
        (SECOND.id, FIRST.id, "older", TITLE, None),
        (SECOND.id, FIRST.id, "inline", "Trong bài", None),
        (REPRINT.id, FIRST.id, "copy", None, 1.0),
    ],
    key=str,
)


def test_graphml_is_read_by_networkx_with_all_that_the_archive_knows(archive: Archive) -> None:
    graph = networkx.parse_graphml(as_graphml(archive).decode(), force_multigraph=True)
    assert graph.is_directed()
    assert dict(graph.nodes(data=True))[FIRST.id] == {
        "label": FIRST.headline,
        "site": "songlam",
        "url": FIRST.url,
        "date_published": "2024-01-01T08:05",
        "date_precision": "minute",
        "cluster": FIRST.id,
    }
    assert dict(graph.nodes(data=True))[REPRINT.id].keys() == {"label", "site", "url", "cluster"}
    told = [(*ends, of.get("relation"), of.get("title"), of.get("similarity")) for *ends, of in graph.edges(data=True)]
    assert sorted(told, key=str) == EDGES


def test_gexf_is_read_by_networkx_and_articles_begin_on_their_day(archive: Archive) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph = networkx.read_gexf(BytesIO(as_gexf(archive)), version="1.3")
    nodes = dict(graph.nodes(data=True))
    assert (nodes[FIRST.id]["label"], nodes[FIRST.id]["start"]) == (FIRST.headline, "2024-01-01")
    assert (nodes[SECOND.id]["date_published"], "start" in nodes[SECOND.id]) == ("2023-05", False)
    assert "start" not in nodes[REPRINT.id]
    told = [(*ends, of.get("relation"), of.get("title"), of.get("similarity")) for *ends, of in graph.edges(data=True)]
    assert sorted(told, key=str) == EDGES


def test_parallel_edges_of_a_gexf_are_told_apart_by_their_kind(archive: Archive) -> None:
    tree = etree.fromstring(as_gexf(archive))
    edges = tree.findall(".//{http://gexf.net/1.3}edge")
    keys = [tuple(edge.get(name) for name in ("source", "target", "kind")) for edge in edges]
    assert len(set(keys)) == len(keys) == 3
    assert [edge.get("id") for edge in edges] == ["0", "1", "2"]
    defined = {(of.get("class"), one.get("id")) for of in tree.iter("{*}attributes") for one in of}
    for kind in ("node", "edge"):
        used = {one.get("for") for part in tree.iter(f"{{*}}{kind}") for one in part.iter("{*}attvalue")}
        assert used <= {id for of, id in defined if of == kind}


@pytest.mark.parametrize("form", [graphml, gexf])
def test_what_xml_forbids_does_not_break_the_file(form: object) -> None:
    every = "".join(map(chr, (*range(0x20), 0x7F, 0x85, 0x2028, 0xD800, 0xFFFE, 0xFFFF, 0x1F600)))
    node = Node("a-1", "s", "http://s.example/?a=1&b=<2>", every, None, None, None, 0)
    written = b"".join(form([node], [Edge("a-1", "a-1", "related", every, None)]))  # type: ignore[operator]
    tree = etree.fromstring(written)
    texts = [*tree.itertext(), *(value for one in tree.iter() for value in one.attrib.values())]
    told = [text for text in texts if "\U0001f600" in text]
    assert len(told) == 2
    for text in told:
        assert text.count("\ufffd") == 29 + 3
        assert "\x85\u2028" in text


def test_links_are_lines_that_their_schema_allows_also_to_what_is_not_archived(archive: Archive) -> None:
    form = json.loads(LINK_SCHEMA_FILE.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(form)
    closed = jsonschema.Draft202012Validator(form | {"additionalProperties": False})
    lines = [json.loads(line) for line in link_lines(archive.db)]
    for line in lines:
        closed.validate(line)
        assert sorted(line) == sorted(form["required"])
    assert [(one["position"], one["relation"], one["target"], one["archived"]) for one in lines] == [
        (0, "older", FIRST.id, True),
        (1, "older", FIRST.id, True),
        (2, "inline", FIRST.id, True),
        (3, "related", GONE, False),
        (4, "related", None, False),
        (0, "copy", FIRST.id, True),
    ]
    assert (lines[-1]["article"], lines[-1]["similarity"]) == (REPRINT.id, 1.0)
    assert len({tuple(line) for line in lines}) == 1


def test_the_same_archive_gives_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    with open_sample(tmp_path / "other.db") as other:
        add(other, harvest(REPRINT), site="ptsonglam")
        add(other, harvest(SECOND), harvest(FIRST))
        conclude(other)
        for form in (as_graphml, as_gexf, lambda one: b"".join(link_lines(one.db))):
            assert form(archive) == form(archive) == form(other)


def test_the_command_writes_what_the_name_of_the_file_says(archive: Archive, tmp_path: Path) -> None:
    for name, wanted in (
        ("a.gexf", as_gexf(archive)),
        ("a.graphml", as_graphml(archive)),
        ("a.jsonl", b"".join(link_lines(archive.db))),
    ):
        assert run(tmp_path, "graph", "export", "-o", str(tmp_path / name)).exit_code == Exit.OK
        assert (tmp_path / name).read_bytes() == wanted
        assert run(tmp_path, "graph", "export", "-o", str(tmp_path / f"{name}.gz")).exit_code == Exit.OK
        assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == wanted
    assert (tmp_path / "link.schema.json").read_bytes() == LINK_SCHEMA_FILE.read_bytes()
    assert run(tmp_path, "graph", "export", "--format", "graphml").stdout_bytes == as_graphml(archive)
    assert sorted(path.name for path in tmp_path.glob(".*.part")) == []


def test_a_part_of_the_graph_is_what_is_around_an_article(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "around.gexf"
    run(tmp_path, "graph", "export", "--around", SECOND.id, "--steps", "1", "-o", str(target))
    graph = networkx.read_gexf(target, version="1.3")
    assert set(graph.nodes) == {SECOND.id, FIRST.id}
    few = run(tmp_path, "graph", "export", "--around", FIRST.id, "--most", "2", "--format", "jsonl")
    assert "more than 2 articles are within 2 steps: the nearest are taken" in few.stderr
    ends = {(line["article"], line["relation"]) for line in map(json.loads, few.stdout.splitlines())}
    assert ends == {(REPRINT.id, "copy")}
