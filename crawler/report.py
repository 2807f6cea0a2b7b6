"""What a crawl did, as a table: read from the archive's runs and from the counts of the progress display."""

from __future__ import annotations

import json
from pathlib import Path

from rich import box
from rich.console import Group
from rich.table import Table

from archive.schema import open_read_only
from crawler.progress import SiteProgress

_REASONS_SHOWN = 5


def crawl_report(archive: Path, sites: dict[str, SiteProgress]) -> Group:
    """One row a site, and below it why pages could not be read, the most frequent reasons first."""
    db = open_read_only(archive)
    try:
        counts = {
            name: json.loads(row[0] or "{}")
            for name in sites
            if (row := db.execute("SELECT counts FROM runs WHERE site = ? ORDER BY id DESC LIMIT 1", [name]).fetchone())
        }
    finally:
        db.close()
    table = Table("site", box=box.SIMPLE)
    table.columns[0].no_wrap = True
    for column in ("pages", "new", "revised", "same", "unread", "errors"):
        table.add_column(column, justify="right")
    table.add_column("ended")
    for name, site in sites.items():
        of_run = counts.get(name, {})
        numbers = (of_run.get(key, 0) for key in ("new", "revised", "unchanged", "unextractable", "error"))
        table.add_row(name, str(site.pages), *map(str, numbers), site.state)
    lines = [
        f"{name}: {count} x {reason}"
        for name, site in sites.items()
        for reason, count in site.reasons.most_common(_REASONS_SHOWN)
    ]
    return Group(table, *lines)
