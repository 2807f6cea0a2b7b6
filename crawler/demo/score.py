"""How much of a truth an export got exactly right. Pure: compares dicts, writes nothing.

Right means equal after NFC and with white space folded, nothing softer; lists must have the same entries in the same
order, except ``urls``, whose order says nothing. Articles are matched by ``url``; where a page holds two, by the
headline. ``duplicate_of`` and ``cluster`` are ids in an export and addresses in the truth: ids are resolved first.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as RichTable

from crawler.demo.truth import FIELDS

MOST_FAILURES = 20

SCORED = tuple(name for name in FIELDS if name != "kind")
"""The fields of the export contract: it has none for the kind, which shows in an empty body."""

_MATCHED_BY = "url"


@dataclass(frozen=True, slots=True)
class Failure:
    """One field of one article that is not as it should be."""

    field: str
    url: str
    expected: Any
    got: Any


@dataclass(slots=True)
class FieldScore:
    """Of ``articles`` found: how many have the field ``right``, and how many ``missing``, empty where the truth has a
    value."""

    articles: int = 0
    right: int = 0
    missing: int = 0

    @property
    def share(self) -> float:
        """1.0 where no article was found to be wrong in."""
        return self.right / self.articles if self.articles else 1.0

    @property
    def share_missing(self) -> float:
        return self.missing / self.articles if self.articles else 0.0


@dataclass(slots=True)
class Table:
    """``expected`` articles in the truth, ``found`` among the exported, ``extra`` exported that are not in the truth.

    Rich can print it. ``failures`` are the first :data:`MOST_FAILURES` of each field; ``lost`` and ``surplus`` the
    addresses behind the counts.
    """

    expected: int = 0
    found: int = 0
    extra: int = 0
    fields: dict[str, FieldScore] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def perfect(self) -> bool:
        """All articles, no other, every field of each right, and at least one article."""
        complete = 0 < self.expected == self.found and self.extra == 0
        return complete and all(one.right == one.articles for one in self.fields.values())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = RichTable(title=f"{self.found} of {self.expected} articles found, {self.extra} extra")
        table.add_column("field")
        table.add_column("exactly right", justify="right")
        table.add_column("left empty", justify="right")
        for name, one in self.fields.items():
            style = None if one.right == one.articles else "bold red"
            table.add_row(name, _shown(one.share), _shown(one.share_missing), style=style)
        yield table


def _shown(share: float) -> str:
    """Two decimals that never round a failure away: 0.999 is 0.99."""
    return f"{int(share * 100) / 100:.2f}"


def score(truth: Iterable[Mapping[str, Any]], exported: Iterable[Mapping[str, Any]]) -> Table:
    """Compare what an archive exported with what it should hold.

    :param truth: dicts as :func:`crawler.demo.truth.truth` gives them; of several sites in one call, where copies lie
        on other sites than their originals.
    :param exported: dicts of the export contract.
    """
    records = list(exported)
    by_id = {str(record["id"]): record for record in records}
    waiting: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in records:
        waiting[str(record[_MATCHED_BY])].append(record)
    table = Table(fields={name: FieldScore() for name in SCORED})
    failed: defaultdict[str, int] = defaultdict(int)
    for expected in truth:
        table.expected += 1
        got = _take(waiting[expected[_MATCHED_BY]], expected["headline"])
        if got is None:
            table.lost.append(str(expected[_MATCHED_BY]))
            continue
        table.found += 1
        for failure in _compare(expected, _resolved(got, by_id), table.fields):
            failed[failure.field] += 1
            if failed[failure.field] <= MOST_FAILURES:
                table.failures.append(failure)
    table.surplus = [url for url, left in waiting.items() for _ in left]
    table.extra = len(table.surplus)
    return table


def _take(candidates: list[Mapping[str, Any]], headline: str) -> Mapping[str, Any] | None:
    """The candidate with that headline, else the first; it is used up."""
    if not candidates:
        return None
    named = [one for one in candidates if folded(one.get("headline")) == folded(headline)]
    chosen = named[0] if named else candidates[0]
    candidates.remove(chosen)
    return chosen


def _resolved(record: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """With addresses instead of ids; an id that nothing has stays as it is, and is wrong."""
    out = dict(record)
    for name in ("duplicate_of", "cluster"):
        target = by_id.get(str(record.get(name)))
        if target is not None:
            out[name] = target[_MATCHED_BY]
    return out


def _compare(
    expected: Mapping[str, Any], got: Mapping[str, Any], scores: Mapping[str, FieldScore]
) -> Iterator[Failure]:
    for name, one in scores.items():
        wanted, found = _comparable(name, expected[name]), _comparable(name, got.get(name))
        one.articles += 1
        if wanted == found:
            one.right += 1
            continue
        one.missing += bool(wanted) and not found
        yield Failure(name, str(expected[_MATCHED_BY]), expected[name], got.get(name))


def _comparable(name: str, value: Any) -> Any:
    """The value folded; of entries of a list only the keys that the truth knows (an export adds ids)."""
    value = folded(value)
    if name == "urls" and isinstance(value, list):
        return sorted(map(str, value))
    if name == "related" and isinstance(value, list):
        return [{key: entry.get(key) for key in ("url", "title", "date", "relation")} for entry in value]
    return value


def folded(value: Any) -> Any:
    """Strings in NFC with white space folded (paragraph breaks are kept), lists and dicts likewise."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    if isinstance(value, list | tuple):
        return [folded(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: folded(entry) for key, entry in value.items()}
    return value
