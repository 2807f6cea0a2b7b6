"""The command ``luutru graph``: ways between articles, what most link to, reprints, and the graph as a file. Reads the
archive, writes the files it is told to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, get_args

import typer
from sqlite_utils import Database

from archive.articles import find_article
from archive.exits import Exit
from archive.filters import Filters
from archive.forms import UnknownEnding, form_named
from archive.graphfiles import LINK_SCHEMA_FILE, GraphForm, gexf, graphml, link_lines, part_of_graph, whole_graph
from archive.paths import MOST_STEPS, most_linked, shortest_path
from archive.plural import counted
from archive.reading import fail, reading
from archive.records import Relation
from archive.reprints import clusters
from archive.schema import snapshot
from archive.show_graph import show_clusters, show_most_linked, show_path, show_sites
from archive.surroundings import site_graph, subgraph
from archive.terminal import err, say_json
from archive.wholefile import whole_file

graph_app = typer.Typer(
    no_args_is_help=True, help="The graph of articles: ways, what most link to, reprints; and as a file for Gephi."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Site = Annotated[str | None, typer.Option("--site", help="Only this site's articles, by the name of its profile.")]
_ID = "An article's id, the beginning of one, or an address."


@graph_app.command("path")
def path_command(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="FROM", help=_ID)],
    end: Annotated[str, typer.Argument(metavar="TO", help=_ID)],
    steps: Annotated[int, typer.Option("--steps", min=1, max=MOST_STEPS, help="So many steps at most.")] = 6,
    as_json: Json = False,
) -> None:
    """Print one of the shortest ways between two articles, over links in both directions and copies."""
    with reading(ctx) as db, snapshot(db):
        found = shortest_path(db, find_article(db, start), find_article(db, end), steps)
    if as_json:
        say_json(asdict(found))
    else:
        show_path(found, steps)


@graph_app.command("most-linked")
def most_linked_command(
    ctx: typer.Context,
    site: Site = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Published from then on: 2021, 6/2021 or 29/6/2021 (or 2021-06-29).")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Published up to then, that included.")] = None,
    relation: Annotated[
        list[str] | None,
        typer.Option("--relation", help=f"Only links of this relation: {', '.join(get_args(Relation))}."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many articles at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Print the articles that most others link to, of all or of one site, of all times or of some."""
    relations = relation or []
    if strange := [one for one in relations if one not in get_args(Relation)]:
        fail(f"there is no relation {strange[0]!r}; expected one of {', '.join(get_args(Relation))}", Exit.USAGE)
    with reading(ctx) as db:
        found = most_linked(db, Filters(site=site, since=since, until=until), relations, limit)
    if as_json:
        say_json([asdict(one) for one in found])
    else:
        show_most_linked(found)


@graph_app.command("reprints")
def reprints_command(
    ctx: typer.Context,
    site: Site = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many texts at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Print the texts that several articles have, the most copied first: the likely original, and why it is that."""
    with reading(ctx) as db, snapshot(db):
        found = list(islice(clusters(db, site), limit))
    if as_json:
        say_json([asdict(one) for one in found])
    else:
        show_clusters(found)


@graph_app.command("sites")
def sites_command(ctx: typer.Context, as_json: Json = False) -> None:
    """Print how many links and reprints lead from each site's articles to those of each other."""
    with reading(ctx) as db, snapshot(db):
        found = site_graph(db)
    if as_json:
        say_json(asdict(found))
    else:
        show_sites(found)


@graph_app.command("export")
def export_command(
    ctx: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file, in place of stdout. One called .gz or .zst is compressed."),
    ] = None,
    form: Annotated[
        GraphForm | None,
        typer.Option(
            "--format",
            help="GraphML or GEXF 1.3, which Gephi opens, or JSON, one link a line.",
            show_default="as the file is called, else gexf",
        ),
    ] = None,
    around: Annotated[
        str | None, typer.Option("--around", metavar="ID", help="Only what is around this article (id or address).")
    ] = None,
    steps: Annotated[int, typer.Option("--steps", min=1, max=MOST_STEPS, help="Around an article: so far.")] = 2,
    most: Annotated[int, typer.Option("--most", min=1, help="Around an article: so many articles at most.")] = 500,
) -> None:
    """Write the graph of all articles, or around one: the same bytes as long as the archive is the same.

    Beside a file of links as JSON lines lies its JSON Schema.
    """
    try:
        form = form or (form_named(output, get_args(GraphForm)) if output else None) or "gexf"
    except UnknownEnding as error:
        fail(str(error), Exit.USAGE)
    with reading(ctx) as db, snapshot(db):
        center = None if around is None else find_article(db, around)
        pieces = _pieces(db, form, center, steps, most)
        if output is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        with whole_file(output) as out:
            for piece in pieces:
                out.write(piece)
    if form == "jsonl" and output.is_file():
        with whole_file(output.with_name("link.schema.json")) as out:
            out.write(LINK_SCHEMA_FILE.read_bytes())
    err.print(f"the graph is written to {output} ({form})", soft_wrap=True)


def _pieces(db: Database, form: GraphForm, center: str | None, steps: int, most: int) -> Iterator[bytes]:
    part = None if center is None else subgraph(db, center, steps, most)
    if part is not None and not part.complete:
        found = counted(len(part.nodes), "article is", "articles are")
        err.print(f"more than {found} within {counted(steps, 'step')}: the nearest are taken")
    if form == "jsonl":
        return link_lines(db, None if part is None else [node.id for node in part.nodes])
    nodes, edges = whole_graph(db) if part is None else part_of_graph(part)
    return (gexf if form == "gexf" else graphml)(nodes, edges)
