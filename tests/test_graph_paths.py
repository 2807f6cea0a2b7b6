"""Ways between articles, the most linked ones, and clusters of reprints with their likely original."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from sample_archive import add, harvest, open_sample, run, sample, sample_id
from test_graph import TEXT
from test_surroundings import linked

import archive.paths as room
from archive.conclude import conclude
from archive.exits import Exit
from archive.filters import Filters
from archive.paths import most_linked, shortest_path
from archive.query import QueryError
from archive.records import Link, Source
from archive.reprints import clusters
from archive.store import Archive
from archive.surroundings import Edge


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        yield opened


def ids(*keys: str) -> list[str]:
    return [sample_id("songlam", key) for key in keys]


def test_a_way_goes_over_links_in_both_directions_and_says_which(archive: Archive) -> None:
    add(archive, *map(harvest, (linked("a", "b"), linked("b"), linked("c", "b"), linked("d"))))
    a, b, c, d = ids("a", "b", "c", "d")
    found = shortest_path(archive.db, a, c)
    assert [node.id for node in found.nodes] == [a, b, c]
    assert [(step.edge, step.forward) for step in found.steps] == [
        (Edge(a, b, "related", "Tựa của b", None), True),
        (Edge(c, b, "related", "Tựa của b", None), False),
    ]
    assert [node.steps for node in found.nodes] == [0, 1, 2]
    none = shortest_path(archive.db, a, d)
    assert (none.nodes, none.steps, none.complete) == ([], [], True)
    assert [node.id for node in shortest_path(archive.db, a, a).nodes] == [a]
    with pytest.raises(LookupError, match="no article 'x'"):
        shortest_path(archive.db, a, "x")


def test_a_way_goes_over_copies(archive: Archive) -> None:
    original = sample("goc", "Bài gốc", TEXT, date_published="2024-01-01T08:00:00+07:00")
    links = [Link("http://songlam.example/tin-tuc/a.html", "A", "inline", 0, sample_id("songlam", "a"))]
    reprint = sample("lai", "Bài lại", TEXT, date_published="2024-01-03T08:00:00+07:00", links=links)
    add(archive, *map(harvest, (original, reprint, linked("a"))))
    conclude(archive)
    found = shortest_path(archive.db, original.id, sample_id("songlam", "a"))
    assert [(step.edge.relation, step.forward) for step in found.steps] == [("copy", False), ("inline", True)]


def test_ways_are_as_short_as_any_and_no_longer_than_asked_for(archive: Archive) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    graph = networkx.Graph()
    keys = [f"k{number}" for number in range(60)]
    graph.add_nodes_from(ids(*keys))
    articles = []
    for key in keys:
        targets = chance.sample(keys, chance.randint(0, 2))
        articles.append(linked(key, *targets))
        graph.add_edges_from((sample_id("songlam", key), to) for to in ids(*targets))
    add(archive, *map(harvest, articles))
    lengths = dict(networkx.all_pairs_shortest_path_length(graph))
    for _ in range(60):
        start, end = ids(*chance.choices(keys, k=2))
        wanted = lengths[start].get(end)
        found = shortest_path(archive.db, start, end, most_steps=5)
        assert found.complete
        if wanted is None or wanted > 5:
            assert found.nodes == []
            continue
        assert len(found.steps) == wanted
        for one, other, step in zip(found.nodes, found.nodes[1:], found.steps, strict=False):
            ends = (step.edge.source, step.edge.target)
            assert (one.id, other.id) == (ends if step.forward else ends[::-1])


def test_a_search_that_gives_up_says_so(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    around = [linked("a", "m", *(f"x{n}" for n in range(9))), linked("m", "n"), linked("n", "o"), linked("o")]
    add(archive, *map(harvest, (*around, *(linked(f"x{n}") for n in range(9)))))
    start, end = ids("a", "o")
    assert len(shortest_path(archive.db, start, end).steps) == 3
    monkeypatch.setattr(room, "MOST_VISITED", 3)
    given_up = shortest_path(archive.db, start, end)
    assert (given_up.nodes, given_up.complete) == ([], False)


def test_the_most_linked_are_counted_by_articles_that_link(archive: Archive) -> None:
    add(archive, *map(harvest, (linked("a", "b", "b", "c"), linked("b", "c", "b"), linked("c", "b"), linked("d"))))
    add(archive, harvest(linked("e", "c", site="ptsonglam")), site="ptsonglam")
    a, b, c = ids("a", "b", "c")
    assert [(one.node.id, one.links) for one in most_linked(archive.db)] == [(c, 3), (b, 2)]
    assert [one.node.id for one in most_linked(archive.db, most=1)] == [c]
    assert most_linked(archive.db, Filters(site="ptsonglam")) == []
    assert most_linked(archive.db, relations=["inline"]) == []
    assert [one.links for one in most_linked(archive.db, relations=["inline", "related"])] == [3, 2]
    assert a not in {one.node.id for one in most_linked(archive.db)}


def test_the_most_linked_of_a_period_were_published_in_it(archive: Archive) -> None:
    dated = [
        sample(f"n{y}", f"Năm {y}", "Một.", date_published=f"{y}-06-15T08:00:00+07:00") for y in (2019, 2020, 2021)
    ]
    add(archive, *map(harvest, (*dated, linked("a", "n2019", "n2020", "n2021"))))

    def found(**bounds: str) -> list[str]:
        return [one.node.id for one in most_linked(archive.db, Filters(**bounds))]

    assert set(found(since="2020")) == {dated[1].id, dated[2].id}
    assert found(since="2020", until="2020-06-15") == [dated[1].id]
    assert found(until="2019") == [dated[0].id]
    with pytest.raises(QueryError, match="since"):
        found(since="mai")


def test_a_cluster_tells_its_likely_original_and_why(archive: Archive) -> None:
    declared = sample("khai", "Bài khai nguồn", TEXT, source=Source("Đài", "http://songlam.example/tin-tuc/goc.html"))
    original = sample("goc", "Bài gốc", TEXT, date_published="2024-02-01T08:00:00+07:00")
    early = sample("som", "Bài sớm", TEXT, date_published="2024-01-01T08:00:00+07:00")
    add(archive, *map(harvest, (declared, original, early)))
    conclude(archive)
    [found] = clusters(archive.db)
    assert (found.original, found.why) == (original.id, ("named as the source",))
    assert [member.node.id for member in found.members] == [early.id, original.id, declared.id]
    by_id = {member.node.id: member for member in found.members}
    assert (by_id[declared.id].similarity, by_id[declared.id].containment) == (1.0, 1.0)
    assert by_id[declared.id].declares == "Đài http://songlam.example/tin-tuc/goc.html"
    assert by_id[original.id].similarity is None


@pytest.mark.parametrize(
    ("dates", "source", "why"),
    [
        (("2024-01-01", "2024-01-02"), None, ("earliest date",)),
        (("2024-01-02", None), None, ("earliest date",)),
        ((None, None), None, ("smallest id",)),
        (("2024-01-02", "2024-01-01"), Source("Báo Sông Lam", None), ("names no source",)),
    ],
)
def test_without_a_source_by_address_silence_then_the_date_decides(
    archive: Archive, dates: tuple[str | None, str | None], source: Source | None, why: tuple[str, ...]
) -> None:
    times = [f"{day}T08:00:00+07:00" if day else None for day in dates]
    one = sample("mot", "Bài một", TEXT, date_published=times[0])
    two = sample("hai", "Bài hai", TEXT, date_published=times[1], source=source)
    add(archive, *map(harvest, (one, two)))
    conclude(archive)
    [found] = clusters(archive.db)
    assert found.why == why
    assert found.original == (one.id if dates[0] else min(one.id, two.id))


def test_clusters_of_a_site_are_those_that_have_an_article_of_it(archive: Archive) -> None:
    one, two = (sample(key, "Bài", TEXT) for key in ("mot", "hai"))
    other = " ".join(f"Số nhà {n} ngõ {n * n} đã nối nước máy, chủ hộ trả {n + 7} nghìn đồng." for n in range(2, 40))
    three = sample("ba", "Nước về ngõ nhỏ", other)
    four = sample("bon", "Nước về ngõ nhỏ", other, site="ptsonglam")
    add(archive, *map(harvest, (one, two, three)))
    add(archive, harvest(four), site="ptsonglam")
    conclude(archive)
    assert len(list(clusters(archive.db))) == 2
    assert [{member.node.id for member in of.members} for of in clusters(archive.db, "ptsonglam")] == [
        {three.id, four.id}
    ]


def test_the_commands_say_it_in_words_and_refuse_mistakes(archive: Archive, tmp_path: Path) -> None:
    add(archive, *map(harvest, (linked("a", "b"), linked("b"), linked("c", "b"))))
    a, b, c = ids("a", "b", "c")
    told = run(tmp_path, "graph", "path", a, c).output
    assert told.splitlines()[1:4:2] == ["  links to (related “Tựa của b”)", "  is linked from (related “Tựa của b”)"]
    assert "No way of 1 step or fewer leads" in run(tmp_path, "graph", "path", a, c, "--steps", "1").output
    assert f"2  undated     {b}  Bài b" in run(tmp_path, "graph", "most-linked").output
    assert "No two archived articles" in run(tmp_path, "graph", "reprints").output
    assert "songlam  songlam      2         0" in run(tmp_path, "graph", "sites").output
    wrong = run(tmp_path, "graph", "most-linked", "--relation", "friend")
    assert (wrong.exit_code, "expected one of related" in wrong.output) == (Exit.USAGE, True)
    assert run(tmp_path, "graph", "most-linked", "--since", "mai").exit_code == Exit.USAGE
    assert run(tmp_path, "graph", "path", a, "songlam-none").exit_code == Exit.NOT_FOUND
