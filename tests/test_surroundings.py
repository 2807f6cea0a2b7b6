"""The graph around an article, and the graph of sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_archive import add, harvest, open_sample, sample, sample_id
from test_graph import TEXT

import archive.surroundings as room
from archive.conclude import conclude
from archive.correcting import correct, signed
from archive.givenvalues import read_date, read_line
from archive.records import Article, Link
from archive.store import Archive
from archive.surroundings import Edge, SiteEdge, site_graph, subgraph


def linked(key: str, *targets: str, site: str = "songlam") -> Article:
    links = [
        Link(f"http://songlam.example/tin-tuc/{to}.html", f"Tựa của {to}", "related", at, sample_id("songlam", to))
        for at, to in enumerate(targets)
    ]
    return sample(key, f"Bài {key}", f"Bài {key}.", site=site, links=links)


A, B, C, D = (linked("a", "b", "b", "chua-luu"), linked("b", "c"), linked("c"), linked("d", "a", site="ptsonglam"))
ORIGINAL = sample("goc", "Bài gốc", TEXT, date_published="2024-01-01T08:00:00+07:00")
REPRINT = sample("lai", "Bài lại", TEXT, site="ptsonglam", date_published="2024-01-03T08:00:00+07:00")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, *map(harvest, (A, B, C, ORIGINAL)))
        add(opened, *map(harvest, (D, REPRINT)), site="ptsonglam")
        conclude(opened)
        yield opened


def test_an_article_is_surrounded_by_what_links_to_it_and_what_it_links_to_step_by_step(archive: Archive) -> None:
    near = subgraph(archive.db, A.id)
    assert {node.id: node.steps for node in near.nodes} == {A.id: 0, B.id: 1, D.id: 1}
    assert near.edges == sorted(
        [Edge(A.id, B.id, "related", "Tựa của b", None), Edge(D.id, A.id, "related", "Tựa của a", None)],
        key=lambda edge: (edge.source, edge.target),
    )
    assert near.complete
    far = subgraph(archive.db, A.id, 2)
    assert {node.id: node.steps for node in far.nodes} == {A.id: 0, B.id: 1, D.id: 1, C.id: 2}


def test_so_many_articles_at_most_are_given_the_nearest_first_and_it_is_said(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = subgraph(archive.db, A.id, 3, most=3)
    assert ({node.steps for node in few.nodes}, few.complete) == ({0, 1}, False)
    assert not subgraph(archive.db, A.id, 1, most=2).complete
    assert subgraph(archive.db, A.id, 1, most=3).complete
    monkeypatch.setattr(room, "MOST_BESIDE", 1)
    assert not subgraph(archive.db, A.id).complete


def test_a_copy_points_to_its_likely_original(archive: Archive) -> None:
    for around in (ORIGINAL, REPRINT):
        found = subgraph(archive.db, around.id)
        assert found.edges == [Edge(REPRINT.id, ORIGINAL.id, "copy", None, 1.0)]
        assert {node.id for node in found.nodes} == {ORIGINAL.id, REPRINT.id}


def test_nodes_say_what_stands_in_effect(archive: Archive) -> None:
    given = {"headline": read_line("Bài A", "headline"), "date_published": read_date("2019-05")}
    correct(archive.db, A.id, given, signed("Mơ", "Theo bản in"))  # type: ignore[arg-type]
    first = subgraph(archive.db, A.id).nodes[0]
    assert (first.headline, first.date_published, first.date_precision) == (
        *("Bài A", "2019-05-01T00:00:00+07:00"),
        "month",
    )


def test_an_unknown_article_has_no_surroundings(archive: Archive) -> None:
    with pytest.raises(LookupError, match="no article 'x'"):
        subgraph(archive.db, "x")


def test_sites_are_joined_by_links_and_reprints_between_their_articles(archive: Archive) -> None:
    graph = site_graph(archive.db)
    assert [(site.name, site.kind, site.articles) for site in graph.nodes] == [
        ("ptsonglam", "broadcaster", 2),
        ("songlam", "union", 4),
    ]
    assert graph.edges == [SiteEdge("ptsonglam", "songlam", 1, 1), SiteEdge("songlam", "songlam", 2, 0)]
