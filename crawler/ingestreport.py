"""What an ingest shows: how far it is while it works, and a report when it is done. Touches nothing but the screen."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from archive.plural import counted
from archive.terminal import safe
from crawler.ingest import Ingested

_SHOWN = 5
_DAMAGES_SHOWN = 10
_FILES = ("records", "known", "added", "duplicates", "damaged")
_SITES = {"captures": "captures", "new": "new", "revised": "revised", "same": "unchanged"}
_SITES |= {"unread": "unextractable", "errors": "error"}


class Bar:
    """One bar for the file that is being worked on; on a terminal only. Use as a context manager."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bars.add_task("", total=None)

    def __enter__(self) -> Bar:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begin(self, what: str, size: int) -> None:
        """Work on so many bytes begins."""
        self._bars.reset(self._task, total=size, description=safe(what))

    def advance(self, size: int) -> None:
        """So many more bytes are done."""
        self._bars.advance(self._task, size)


def ingest_report(done: Ingested) -> tuple[list[Table], list[Text]]:
    """One row a WARC file, one row a site; and lines that say what was left out and why."""
    lines: list[Text] = []
    for site, reasons in done.unread.items():
        lines += _most(reasons, f"{site}: ")
    lines += _most(done.passed, "not kept: ")
    if done.orphans:
        why = "a revisit without its original; ingest the file that holds it too"
        lines.append(Text(f"not kept: {done.orphans} x {why}"))
    if done.ahead:
        which = counted(done.ahead, "capture is", "captures are")
        why = f"up to {done.furthest_ahead}: this machine's clock is wrong, or was that of who captured them"
        lines.append(Text(f"WARNING: {which} dated ahead of now, {why}"))
    for file in done.files:
        shown = file.damages[:_DAMAGES_SHOWN]
        lines += [Text(f"damaged: {safe(file.name)}, byte {one.offset}: {safe(one.reason)}") for one in shown]
        if file.damaged > len(shown):
            lines.append(Text(f"damaged: {safe(file.name)}: {counted(file.damaged - len(shown), 'further place')}"))
    if done.hosts:
        hint = "'luutru sites list' shows the known ones"
        lines.append(Text(f"not of a known site: {counted(done.hosts.total(), 'record')}; {hint}"))
        lines += _most(done.hosts, "    ")
    return ([_files(done), _sites(done)] if done.sites else [_files(done)]), lines


def _files(done: Ingested) -> Table:
    table = _table("file", "size", *_FILES)
    for file in done.files:
        table.add_row(Text(safe(file.name)), decimal(file.size), *(str(getattr(file, name)) for name in _FILES))
    return table


def _sites(done: Ingested) -> Table:
    table = _table("site", *_SITES)
    for site, counts in done.sites.items():
        table.add_row(site, *(str(counts[key]) for key in _SITES.values()))
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(first, box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _most(counts: Counter[str], before: str) -> list[Text]:
    """The most frequent ones; equally frequent ones by name."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    lines = [Text(f"{before}{count} x {safe(what)}") for what, count in ordered[:_SHOWN]]
    if len(ordered) > _SHOWN:
        rest = sum(count for _, count in ordered[_SHOWN:])
        lines.append(Text(f"{before}{rest} x something else"))
    return lines
