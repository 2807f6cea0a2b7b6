"""The commands that look after the archive: verify reads all of it, reindex writes what follows from the articles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlite_utils import Database

from archive.conclude import conclude
from archive.exits import Exit
from archive.findings import Checked
from archive.plural import counted
from archive.reading import WARCS, home_of, reading, writing
from archive.reindex import reindex
from archive.show import show_findings
from archive.terminal import err, progress_bar, say_json
from archive.verify import verify


def verify_command(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Check every digest, every pointer and the tables against one another, and say what repairs what is wrong.

    Changes nothing, and a crawl may be running. The exit code is 8 when something is damaged; what a killed crawl left
    and the next one sets right is noted, and is no damage.
    """
    checked = Checked()
    with reading(ctx, older=True) as db, progress_bar() as progress:
        found = list(verify(db, home_of(ctx) / WARCS, checked, progress))
    damaged = any(finding.level == "damage" for finding in found)
    if as_json:
        say_json({"damaged": damaged, "checked": asdict(checked), "findings": list(map(asdict, found))})
    else:
        show_findings(found, checked)
    if damaged:
        raise typer.Exit(Exit.DAMAGED)


def reindex_command(ctx: typer.Context) -> None:
    """Build the full-text index and what copies are found by anew from the articles. Crawls wait meanwhile.

    An archive that an older version of luutru made is brought up to date.
    """
    counts: list[int] = []

    def build(db: Database) -> None:
        with progress_bar() as progress:
            counts.append(reindex(db, progress))

    with writing(ctx, build) as archive:
        if not counts:  # else it was built when an older archive was opened
            build(archive.db)
        conclude(archive)
    err.print(f"{counted(counts[0], 'article')} indexed")
