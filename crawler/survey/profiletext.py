"""A new site's profile as the text of its file, with comments that say what was seen and what is not sure. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.items import Array, Item, Table

from archive.provinces import provinces
from crawler.survey.border import Border
from crawler.survey.fitting import Fitted
from crawler.survey.naming import Identity
from crawler.survey.readings import RULES, share
from crawler.survey.seen import Seen
from crawler.survey.sketch import LEARNED, Sketch

EVERY = {"union": "6h", "broadcaster": "3h"}
"""How often sites of a kind are crawled: unions publish a few articles a day, broadcasters dozens."""
MOST_SECTIONS = 20
"""Listings that a crawl begins with; every crawl asks for each of them, and finds the others by their links."""
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator decided: seconds between two requests, whether the address may be private, and why the
    certificate is not checked."""

    delay: float
    private: bool = False
    tls_exception: str | None = None


def profile_text(
    seen: Seen,
    fitted: Fitted,
    identity: Identity,
    terms: Terms,
    *,
    doubts: Sequence[str],
    command: str,
    day: str,
    earlier: Sequence[Mapping[str, Any]] = (),
    border: Border | None = None,
) -> str:
    """The text of the profile.

    :param doubts: what is not sure, in words.
    :param command: the command that makes it, ``day``: when, YYYY-MM-DD.
    :param earlier: layouts that stay valid for older pages, up to ``border``.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Made by '{command}' on {day}, from {seen.asked} requests."))
    if doubts:
        document.add(tomlkit.comment("What it could not tell for sure:"))
        for doubt in doubts:
            for number, line in enumerate(_wrapped(doubt)):
                document.add(tomlkit.comment(f"{'  ' if number else '- '}{line}"))
    for name in ("title", "publisher", "kind", "province"):
        guess = getattr(identity, name)
        note = guess.why if guess.sure else f"NOT SURE: {guess.why}"
        if name == "province" and (since := _merged(guess.value)):
            note = f"{since}; {note}"
        document.add(name, _noted(guess.value or "", note))
    sketch = fitted.sketch
    document.add("family", _noted(sketch.family, _recognised(seen, sketch.family)))
    document.add("base", _string(sketch.base))
    document.add("about", tomlkit.string(f"{_about(seen, fitted)}\n", multiline=True))
    document.add("crawl", _crawl(seen, terms))
    schedule = tomlkit.table()
    schedule.add(
        "every", _noted(EVERY[identity.kind.value or "union"], "as other sites of this kind; change it freely")
    )
    document.add("schedule", schedule)
    if sketch.layout or earlier:
        layouts = tomlkit.aot()
        for one in earlier:
            layouts.append(_table(one))
        layouts.append(_layout(_later(sketch, len(earlier), border), fitted))
        if border is not None:
            layouts[-1]["valid_from"].comment(" ".join(border.why.split()))
        document.add("layouts", layouts)
    return tomlkit.dumps(document)


def _crawl(seen: Seen, terms: Terms) -> Table:
    crawl = tomlkit.table()
    asked = seen.crawl_delay
    longer = asked is not None and asked > terms.delay
    note = f"robots.txt asks for it: Crawl-delay {asked:g}" if longer and asked is not None else "seconds"
    crawl.add("delay", _noted(asked if longer else terms.delay, note))
    crawl.add("keep", _noted(["image", "attachment"], "what is not kept now is gone; asked for after the texts"))
    if terms.private:
        crawl.add("private", _noted(True, "this address is a private one, and was allowed"))
    if terms.tls_exception:
        crawl.add("tls_exception", _string(terms.tls_exception))
    start = tomlkit.table()
    sections = [_relative(url, seen) for url, _ in seen.sections][:MOST_SECTIONS]
    front = _relative(seen.front.url, seen)
    start.add("listings", _array([front, *(one for one in sections if one != front)]))
    if seen.no_lists:
        start.add(tomlkit.comment(f"left out, for they list no articles: {', '.join(seen.no_lists)}"))
    for name, sources in (("feeds", seen.feeds), ("sitemaps", seen.sitemaps)):
        if sources:
            counts = ", ".join(f"{len(entries)}" for entries in sources.values())
            start.add(name, _noted([_relative(url, seen) for url in sources], f"entries seen: {counts}"))
        else:
            start.add(tomlkit.comment(f"no {name[:-1]} was found at the usual addresses"))
    crawl.add("start", start)
    return crawl


def _later(sketch: Sketch, earlier: int, border: Border | None) -> dict[str, Any]:
    """The site's layout, under a name of its own beside its earlier ones."""
    layout = dict(sketch.layout or {})
    if border is None:
        return layout
    number = f"{sketch.name}/{earlier + 1}"
    layout.pop("version", None)
    return {"version": number, "valid_from": datetime.fromisoformat(border.valid_from), **layout}


def _layout(layout: Mapping[str, Any], fitted: Fitted) -> Table:
    """One layout, with how often each rule found something."""
    table = _table({key: value for key, value in layout.items() if key not in {"fields", "related"}})
    fields = layout.get("fields", {})
    if fields:
        kept = tomlkit.table(is_super_table=not any(not isinstance(rule, Mapping) for rule in fields.values()))
        for name, rule in fields.items():
            if isinstance(rule, Mapping):
                kept.add(name, _rule(name, rule, fitted))
            else:
                kept.add(name, _value(rule))
        table.add("fields", kept)
    for name, lists in _table({"related": layout.get("related", [])}).items():
        if lists:
            table.add(name, lists)
    return table


def _rule(name: str, rule: Mapping[str, Any], fitted: Fitted) -> Table:
    table = _table(rule)
    field = next((field for field, names in RULES.items() if name in names), None)
    if field is not None:
        found = round(share(fitted.reads, field) * len(fitted.reads))
        table.comment(f"{field}: on {found} of {len(fitted.reads)} articles")
    return table


def _recognised(seen: Seen, family: str) -> str:
    match = next((match for match in seen.matches if match.family == family), None)
    if match is not None:
        return f"by its sign {match.signs[0]}" + (f" and {len(match.signs) - 1} more" if match.signs[1:] else "")
    return "no CMS that is known; the layout below was learned" if family == LEARNED else "chosen"


def _about(seen: Seen, fitted: Fitted) -> str:
    pages = (
        f"{len(seen.articles)} articles, {len(seen.listings)} sections and {len(seen.further)} further pages of them"
    )
    how = "learned from them" if fitted.sketch.family == LEARNED else "its family's"
    if fitted.filled:
        how += f", but for {', '.join(fitted.filled)}: the theme differs, and these rules were learned from the pages"
    return "\n".join(_wrapped(f"Written from {pages}. The layout is {how}."))


def _merged(province: str | None) -> str | None:
    known = next((one for one in provinces() if one.name == province), None)
    if known is None or known.merged_into in {None, known.name}:
        return None
    return f"part of {known.merged_into} since 1 July 2025"


def _relative(url: str, seen: Seen) -> str:
    base, parts = urlsplit(seen.sketch.base), urlsplit(url)
    if parts.netloc.removeprefix("www.") != base.netloc.removeprefix("www."):
        return url
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


# TOML, as a person would write it
def _table(raw: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in raw.items():
        if isinstance(value, Mapping):
            table.add(key, _table(value))
        elif isinstance(value, (list, tuple)) and value and all(isinstance(one, Mapping) for one in value):
            tables = tomlkit.aot()
            for one in value:
                tables.append(_table(one))
            table.add(key, tables)
        else:
            table.add(key, _value(value))
    return table


def _value(value: Any) -> Item:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (list, tuple)):
        return _array(value)
    item: Item = tomlkit.item(value)
    return item


def _noted(value: Any, note: str) -> Item:
    item = _value(value)
    item.comment(" ".join(note.split()))
    return item


def _string(value: str) -> Item:
    """Patterns and selectors in single quotes, where they stand as they are."""
    plain = "'" not in value and "\n" not in value
    return tomlkit.string(value, literal=plain and any(mark in value for mark in '\\"'))


def _array(values: Sequence[Any]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(_value(value))
    return array.multiline(sum(len(str(value)) + 4 for value in values) > _WIDTH)


def _wrapped(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= _WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
