"""The archivist's commands of ``luutru``: search, show, related, export, status, wacz, serve. Reads the archive,
writes exports and packs.

Those that look after the archive are :mod:`archive.upkeep`'s. The operator's commands and the global options are
:mod:`crawler.cli`'s, which calls :func:`register`. Results go to stdout, everything else to stderr; exit codes:
:class:`archive.exits.Exit`.
"""

from __future__ import annotations

import difflib
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from archive.articles import evidence_for, find_article, load_article
from archive.completeness import completeness
from archive.correctcli import correct_app
from archive.corrections import corrections_of
from archive.cursor import BadCursor, Cursor
from archive.datasette.command import datasette_command
from archive.days import day
from archive.exits import Exit
from archive.export import CannotWrite, Choice, write_export, write_export_file
from archive.forms import Form, UnknownEnding, form_of
from archive.graph import neighbours
from archive.graphcli import graph_app
from archive.packing import Choice as Packed
from archive.parquet import NoDuckDB
from archive.plural import counted
from archive.reading import WARCS, fail, home_of, reading
from archive.revisions import load_revisions
from archive.searchcli import search_command
from archive.show import (
    show_article,
    show_attention,
    show_failures,
    show_neighbours,
    show_status,
)
from archive.show_completeness import show_completeness
from archive.show_revisions import show_revisions
from archive.status import failures, site_status
from archive.terminal import err, safe, say, say_json
from archive.upkeep import reindex_command, verify_command
from archive.visitor import LOCKS
from archive.wacz import pack
from archive.web.serve import serve_command

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Site = Annotated[str | None, typer.Option("--site", help="Only this site, by the name of its profile.")]
Asked = Annotated[str, typer.Argument(metavar="ID", help="An article's id, the beginning of one, or an address.")]


def register(app: typer.Typer) -> None:
    """Add the archivist's commands to the application, whose context object has the home directory as ``home``."""
    # A word after a dash is excluded from the search: it must not be taken for an option.
    app.command("search", context_settings={"ignore_unknown_options": True})(search_command)
    app.command("show")(show_command)
    app.command("related")(related_command)
    app.command("export")(export_command)
    app.command("status")(status_command)
    app.command("verify")(verify_command)
    app.command("reindex")(reindex_command)
    app.command("wacz")(wacz_command)
    app.add_typer(correct_app, name="correct")
    app.add_typer(graph_app, name="graph")
    app.command("serve")(serve_command)
    app.command("datasette")(datasette_command)


def show_command(
    ctx: typer.Context,
    asked: Asked,
    revisions: Annotated[bool, typer.Option("--revisions", help="Print its versions, each with what changed.")] = False,
    as_json: Json = False,
) -> None:
    """Print an article: its text, and where each statement about it comes from."""
    with reading(ctx) as db:
        article = find_article(db, asked)
        versions = load_revisions(db, article)
        record = load_article(db, article)
        evidence = evidence_for(db, article, "date_published", "authors", "source")
        corrections = corrections_of(db, article)
        around = neighbours(db, article)
    if as_json:
        say_json([asdict(version) for version in versions] if revisions else record)
    elif revisions:
        show_revisions(article, versions)
    else:
        show_article(record, evidence, corrections, len(versions), around)


def related_command(ctx: typer.Context, asked: Asked, as_json: Json = False) -> None:
    """Print what an article is connected with: links out of it and to it, and copies of it."""
    with reading(ctx) as db:
        article = find_article(db, asked)
        headline = load_article(db, article)["headline"]
        around = neighbours(db, article)
    if as_json:
        say_json(asdict(around))
    else:
        show_neighbours(headline, around)


def export_command(
    ctx: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file, in place of stdout. One called .gz or .zst is compressed."),
    ] = None,
    site: Site = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--format",
            help="JSON, one article a line; CSV for spreadsheets; Parquet; or schema.org JSON-LD, one article a line.",
            show_default="as the file is called, else jsonl",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since-cursor",
            metavar="CURSOR",
            help="Only what changed since an earlier export, which printed this cursor, and what was removed.",
        ),
    ] = None,
) -> None:
    """Write the articles into a file, with a manifest beside it: the same bytes as long as the archive is the same.

    The cursor that is printed, and stands in the manifest, names the moment that the export shows: with --since-cursor
    the next export holds what has changed after it, each article once, and what was removed.
    """
    with reading(ctx) as db:
        _check_site(db, site)
        try:
            choice = Choice(site, Cursor.of(since) if since is not None else None)
            if output is None:
                done = write_export(db, sys.stdout.buffer, choice, form or "jsonl")
                sys.stdout.buffer.flush()
            else:
                form = form or form_of(output) or "jsonl"
                done = write_export_file(db, output, choice, form)
        except (BadCursor, CannotWrite, NoDuckDB, UnknownEnding) as error:
            fail(str(error), Exit.USAGE)
    if output is not None:
        were = "was" if done.removed == 1 else "were"
        removed = f" and {done.removed} that {were} removed" if since is not None else ""
        err.print(f"{counted(done.articles, 'article')}{removed} written to {output} ({form})", soft_wrap=True)
    err.print(f"cursor: {done.cursor}", soft_wrap=True)


def status_command(
    ctx: typer.Context,
    site: Annotated[
        str | None, typer.Argument(help="Only this site, with every page that failed, and how complete it is.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How the last crawl of each site went, which pages could not be had or read, and why; and what waits.

    The last crawl is the one begun last, however it ended; when each site is to be crawled next, and which crawls came
    to their end, says 'luutru schedule list'.
    """
    with reading(ctx) as db:
        _check_site(db, site)
        sites = site_status(db, home_of(ctx) / LOCKS, site)
        failed = [failure for one in sites if one.run is not None for failure in failures(db, one.run)]
        whole = completeness(db, site) if site is not None else None
    if as_json:
        found = [asdict(failure) for failure in failed]
        say_json(
            [
                asdict(one)
                | {"ended": one.ended, "needs_attention": one.needs_attention}
                | {"troubles": one.troubles, "next_step": one.next_step}
                | {"failures": [failure for failure in found if failure["site"] == one.site]}
                | {"completeness": None if whole is None else asdict(whole) | {"complete": whole.complete}}
                for one in sites
            ]
        )
        return
    show_status(sites)
    show_failures(failed, every=site is not None)
    if whole is not None:
        say()
        show_completeness(whole)
    show_attention(sites)


def wacz_command(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write, such as 2024.wacz.")],
    site: Site = None,
    since: Annotated[
        date | None,
        typer.Option("--from", parser=day, metavar="DAY", help="Only what was captured on this day or later."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--to", parser=day, metavar="DAY", help="Only what was captured on this day or before."),
    ] = None,
) -> None:
    """Pack captures, as they came, into a WACZ file that replay programs such as pywb and ReplayWeb.page open.

    Days are typed as 29/6/2021 (or 2021-06-29), and are Vietnam's. The same archive gives the same file.
    """
    choice = Packed(site, *(one.isoformat() if one else None for one in (since, until)))
    with reading(ctx) as db:
        _check_site(db, site)
        packed = pack(db, home_of(ctx) / WARCS, output, choice)
    for line in packed.lost:
        err.print(f"luutru: not in the pack: {safe(line)}", style="red", soft_wrap=True)
    counts = f"{counted(packed.records, 'capture')}, {counted(packed.pages, 'article')}, {packed.size} bytes"
    brought = f", with {counted(packed.originals, 'older one')} that these refer to" if packed.originals else ""
    err.print(f"{counts} written to {output}{brought}", soft_wrap=True)


def _check_site(db: Database, site: str | None) -> None:
    names = [name for (name,) in db.execute("SELECT name FROM sites ORDER BY name")]
    if site is not None and site not in names:
        near = difflib.get_close_matches(site, names, n=3, cutoff=0) if names else []
        hint = f"nearest: {', '.join(near)}" if near else "it has no sites yet"
        fail(f"the archive has no site {site!r}; {hint}", Exit.NOT_FOUND)
