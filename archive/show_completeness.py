"""How complete an archive is, on the screen. Prints what it is handed; reads nothing."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.completeness import Completeness, Files, Missing, Place, Vanished
from archive.terminal import date_words, say, say_table

_EXAMPLES = 3
_HOSTS = 5
_STATES = {
    "leased": "waits",
    "pending": "waits",
    "failed": "failed, will be tried again",
    "done": "read, but no article found",
    "gone": "gone before it was had",
    "excluded": "left out",
}


def show_completeness(report: Completeness) -> None:
    """A verdict that promises no more than is known, what it rests on, and the first of what is missing."""
    say(f"{report.site}: {_verdict(report)}", "bold")
    say(f"{_many(report.known, 'article')} seen, {report.stored} of them archived", indent=2)
    _places(report.places)
    _missing("article", report.missing)
    _missing("page", [one for place in report.places for one in place.missing])
    _files(report.files)
    _gone(report.gone)


def _verdict(report: Completeness) -> str:
    if report.complete is False:
        return "not complete"
    if report.walked_at is None:
        return f"not known to be complete: 'luutru crawl {report.site} --full' walks its listings to their ends"
    never = sum(not one.open for one in report.missing)
    but = f", but for {never} that cannot be had" if never else ""
    walked = date_words(report.walked_at, "minute")
    return f"complete as far as the site shows{but} (listings walked to their ends {walked})"


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _places(places: list[Place]) -> None:
    shown = [place for place in places if place.kind != "section" or not place.whole]
    if shown:
        columns = ["shown by", "pages", "listed", "archived"]
        say_table(columns, map(_row, shown), right=columns[1:], fold=columns[:1])
    whole = [place for place in places if place not in shown]
    if whole:
        pages = sum(place.pages for place in whole)
        sections = f"{_many(len(whole), 'section')} read to the end ({_many(pages, 'page')})"
        say(f"{sections}, all that they list archived", indent=2)


def _row(place: Place) -> list[str]:
    parts = urlsplit(place.url)
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    listed = f"{place.listed} of {place.total}" if place.unseen else str(place.listed)
    return [
        f"{place.kind} {address}",
        f"{place.walked}/{place.pages}",
        f"at least {listed}" if place.at_least else listed,
        str(place.stored),
    ]


def _missing(what: str, missing: Iterable[Missing]) -> None:
    grouped: dict[str, list[str]] = {}
    for one in missing:
        why = f": {one.reason}" if one.reason else ""
        grouped.setdefault(f"{_STATES.get(one.state, one.state)}{why}", []).append(one.url)
    for words, urls in grouped.items():
        say(f"{len(urls)} × {what} {words}", indent=2)
        for url in urls[:_EXAMPLES]:
            say(url, indent=4)
        if len(urls) > _EXAMPLES:
            say(f"and {len(urls) - _EXAMPLES} more (--json has all)", indent=4)


def _gone(gone: list[Vanished]) -> None:
    if gone:
        say(f"{_many(len(gone), 'archived article')} there no more; the last:", indent=2)
    for one in gone[:_EXAMPLES]:
        say(f"{date_words(one.at, 'minute')} {one.id} {one.reason or ''}", indent=4)


def _files(files: Files) -> None:
    if not (files.captured or files.missing or files.elsewhere):
        return
    say(f"{_many(files.captured, 'picture or document', 'pictures and documents')} captured", indent=2)
    _missing("file", files.missing)
    if files.elsewhere:
        hosts = ", ".join(f"{host} {count}" for host, count in list(files.elsewhere.items())[:_HOSTS])
        more = f", {len(files.elsewhere) - _HOSTS} more hosts" if len(files.elsewhere) > _HOSTS else ""
        say(f"{sum(files.elsewhere.values())} not captured, by host: {hosts}{more}", indent=2)
