"""What a reextraction shows: how far it is while it works, and a report when it is done. Touches only the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from archive.plural import counted
from archive.terminal import safe
from crawler.reextract import Progress, SiteReport

_COLUMNS = ("unchanged", "changed", "new", "unshown")
_LONGEST = 60
"""Letters of a value that is shown."""
_EXAMPLES = 5
_REASONS = 5


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """One bar for each site, on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
    tasks: dict[str, Any] = {}

    def show(site: str, done: int, total: int) -> None:
        if site not in tasks:
            tasks[site] = bars.add_task(site, total=total)
        bars.update(tasks[site], completed=done)

    with bars:
        yield show


def reextract_report(reports: Sequence[SiteReport], *, written: bool) -> Group:
    """One row a site for its pages, and one for its articles, each with its sum; below them which fields changed, in
    which articles, what they lost, and what could not be read."""
    pages, articles = (
        _table(name, columns) for name, columns in (("pages of", SiteReport("").pages), ("articles of", _COLUMNS))
    )
    parts: list[RenderableType] = [pages, articles]
    for report in reports:
        _add(pages, report.site, list(report.pages.values()))
        _add(articles, report.site, [getattr(report.articles, name) for name in _COLUMNS])
        parts += _details(report)
        parts += _losses(report, written=written)
    if not written:
        parts.append(Text("Nothing was written (--dry-run)."))
    return Group(*parts)


def _table(first: str, columns: Iterable[str]) -> Table:
    table = Table(first, box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in (*columns, "all"):
        table.add_column(column.replace("_", " "), justify="right", no_wrap=True)
    return table


def _add(table: Table, site: str, counts: Sequence[int]) -> None:
    table.add_row(site, *map(str, counts), str(sum(counts)))


def _details(report: SiteReport) -> Iterator[Text]:
    done, site = report.articles, report.site
    if done.fields:
        listed = ", ".join(f"{name} {count}" for name, count in _ordered(done.fields))
        yield Text(f"{site}: changed: {listed}")
    for id, fields in done.examples[:_EXAMPLES]:
        yield Text(f"    {id}: {', '.join(fields)}")
    if done.version_only:
        yield Text(
            f"{site}: {done.version_only} unchanged ones name another version of the profile (extractor.version)"
        )
    if done.kept:
        yield Text(f"{site}: keep a version that can no longer be read, as it was: {done.kept} of these articles")
    for id, reason in done.kept_because[:_EXAMPLES]:
        yield Text(f"    {id}: {safe(reason)}")
    for reason, count in _ordered(report.failures)[:_REASONS]:
        yield Text(f"{site}: gave nothing: {count} x {safe(reason)}")
    for damage in report.damages:
        yield Text(f"{site}: {safe(damage.warc)}, byte {damage.offset}: {safe(damage.reason)} ({safe(damage.url)})")
    if report.unread > len(report.damages):
        yield Text(f"{site}: {counted(report.unread - len(report.damages), 'further record')} that cannot be read")


def _losses(report: SiteReport, *, written: bool) -> Iterator[Text]:
    """What articles had and have no more, which is seldom what the profile's author wanted."""
    done, site = report.articles, report.site
    if not done.lost:
        return
    verb = "lost" if written else "would lose"
    listed = ", ".join(f"{name} {count}" for name, count in _ordered(done.lost))
    yield Text(f"WARNING: {site}: {counted(done.emptied, 'article')} {verb} what they had: {listed}", style="red")
    for id, lost in done.losses[:_EXAMPLES]:
        values = ", ".join(f'{name} "{safe(_cut(value))}"' for name, value in lost.items())
        yield Text(f"    {id}: {values}", style="red")
    advice = "If these values were right, the rules that read them now are not, or are valid from too early a day"
    again = "the pages are kept: with the profile mended, reextract brings the values back" if written else "mend them"
    yield Text(f"    {advice} (valid_from in the profile): {again}.", style="red")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def as_record(reports: Sequence[SiteReport], *, written: bool) -> dict[str, Any]:
    """The report for a program: the same counts, with what the table leaves out."""
    return {"written": written, "sites": [_site(report) for report in reports]}


def _site(report: SiteReport) -> dict[str, Any]:
    done = report.articles
    return {
        "site": report.site,
        "busy": report.busy,
        "read": report.read,
        "pages": report.pages,
        **done.as_counts(),
        "fields": dict(_ordered(done.fields)),
        "lost": dict(_ordered(done.lost)),
        "losses": [{"id": id, "fields": lost} for id, lost in done.losses],
        "examples": [{"id": id, "fields": fields} for id, fields in done.examples],
        "kept_because": [{"id": id, "reason": reason} for id, reason in done.kept_because],
        "failures": dict(_ordered(report.failures)),
        "unread": report.unread,
        "damages": [
            {"url": one.url, "warc": one.warc, "offset": one.offset, "reason": one.reason} for one in report.damages
        ],
    }


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; equally frequent ones by name."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
