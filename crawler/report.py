"""What a crawl did, as a table: from the archive's runs and the counts of the progress display. No I/O."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from archive.status import STOPPED
from crawler.progress import SiteProgress
from crawler.runs import Run

_REASONS_SHOWN = 5
_COUNTS = {"new": "new", "revised": "revised", "same": "unchanged"}


def crawl_report(sites: Mapping[str, SiteProgress], runs: Mapping[str, Run]) -> Group:
    """One row a site, and below it why pages could not be had or read, the most frequent reasons first."""
    table = Table("site", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in ("pages", "files", *_COUNTS, "unread", "errors"):
        table.add_column(column, justify="right")
    table.add_column("ended")
    for one in table.columns:
        one.no_wrap = True
    for name, site in sites.items():
        run = runs.get(name)
        counted = run is not None and run.reason is not None  # else nothing closed it
        numbers = ["-"] * 5
        if run is not None and counted:
            numbers = [*(str(run.counts.get(key, 0)) for key in _COUNTS.values()), str(run.unread), str(run.errors)]
        ended = (run and run.reason) or site.ended or "not closed"
        table.add_row(name, str(site.pages), str(site.files), *numbers, STOPPED.get(ended, ended).partition(":")[0])
    lines = [
        Text(f"{name}: {count} x {reason}")
        for name, site in sites.items()
        for reason, count in site.reasons.most_common(_REASONS_SHOWN)
    ]
    return Group(table, *lines)
