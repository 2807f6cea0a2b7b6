"""Which articles match a plan, the newest first. Reads the database it is handed.

The index is read from its newest entry, and no further than a page of results and the count of them need: so a search
for words that all articles have takes no longer than one for rare ones. A phrase that few articles can have is looked
for in their texts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.filters import QueryError
from archive.indexing import UNDATED
from archive.plans import Entry, Plan

MOST_COUNTED = 10_000
"""So many articles found are counted, and no more: nobody reads on after them."""

MOST_EXAMINED = 20_000
"""So many texts are looked at for a phrase with accents before a search gives up."""

MOST_LOOKED_AT = 120
"""So many texts are looked at beyond what is shown, only to count them: some twenty milliseconds."""

_MOST_READ = 600_000
"""Entries of the index that are read beyond what is shown, only to count: as long."""

_ENOUGH_LOOKED_AT, _LEAST_FOUND = 40, 1 / 10
"""After so many texts, and where a smaller share of them has the phrase, it is left to the index."""


class Deadline:
    """When a search has to end; called, it ends one that is over its time."""

    def __init__(self, seconds: float | None) -> None:
        self._until = math.inf if seconds is None else time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() > self._until

    def __call__(self) -> None:
        """:raises QueryError: it is over."""
        if self.is_over():
            raise too_slow()


def too_slow() -> QueryError:
    return QueryError("too-slow", "the search takes too long; look for rarer words, or for fewer")


@dataclass(slots=True)
class Matches:
    """Numbers of articles that match, the newest first; not ``complete``: there are more, or may be."""

    numbers: list[int]
    complete: bool


def find(
    db: Database, wanted: Plan, need: int, entry: Callable[[int], Entry], check: Deadline, patience: int = 1
) -> Matches:
    """The newest ``need`` matches, and more of them as long as counting does not take too much, up to
    :data:`MOST_COUNTED`.

    :param entry: gives an article by its number.
    :param patience: how many times as much as usual may be read only to count.
    """
    first = _in_texts(db, wanted, need, entry, check, patience)
    if first is not None and (first.complete or wanted.query.unsure):
        return first
    counted = _in_index(db, wanted, need if first is None else 0, entry, check, patience)
    if first is None or counted.complete or len(counted.numbers) > len(first.numbers):
        return counted
    return first


def _in_texts(
    db: Database, wanted: Plan, need: int, entry: Callable[[int], Entry], check: Deadline, patience: int
) -> Matches | None:
    """What has the pairs of the words that must stand in a row, and the words in a row in its text. None: nothing must,
    or much has the pairs of which little matches."""
    if wanted.pairs is None:
        return None
    most = MOST_LOOKED_AT * patience
    asked: list[object] = [wanted.pairs, wanted.low, wanted.high - 1, max(most, need * 10) + 1]
    likely = [number for (number,) in db.execute(_HAVING_PAIRS, asked)]
    complete = len(likely) <= max(most, need * 10)
    if not complete and not wanted.pairs_tell:
        return None
    found: list[int] = []
    # The index counts on, but where it is not sure; where counts are asked for, it may count less in its time.
    least = most if wanted.query.unsure or patience > 1 else 0
    for done, number in enumerate(likely, 1):
        if not complete and done > least and len(found) >= need:
            break
        if not complete and done == _ENOUGH_LOOKED_AT and len(found) < _LEAST_FOUND * done:
            return None
        if done % 100 == 0:
            check()
        if wanted.holds(entry(number)):
            found.append(number)
    return Matches(found, complete) if complete or len(found) >= need else None


_HAVING_PAIRS = (
    "SELECT rowid FROM search_pairs WHERE search_pairs MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
)


def _in_index(
    db: Database, wanted: Plan, need: int, entry: Callable[[int], Entry], check: Deadline, patience: int
) -> Matches:
    """What the index gives, and the texts of it where that is not sure."""
    found: list[int] = []
    most = max(MOST_COUNTED, need)
    first, last = db.execute(_DATED, [UNDATED]).fetchone()
    newest, each = min(wanted.high, last or 0), wanted.cost / max(1, (last or 0) - (first or 0))
    for done, number in enumerate(numbers(db, wanted, -1), 1):
        if done % 100 == 0:
            if found and check.is_over():
                return Matches(found, complete=False)
            check()
        enough = len(found) >= need
        if enough and (newest - max(number, first or 0)) * each > _MOST_READ * patience:
            return Matches(found, complete=False)
        if wanted.query.unsure:
            if done > MOST_EXAMINED or (done > MOST_LOOKED_AT * patience and enough):
                return Matches(found, complete=False)
            if not wanted.holds_unsure(entry(number)):
                continue
        if len(found) == most:
            return Matches(found, complete=False)
        found.append(number)
    return Matches(found, complete=True)


_DATED = """
    SELECT (SELECT min(number) FROM search_documents WHERE number >= ?), (SELECT max(number) FROM search_documents)
"""


def numbers(db: Database, wanted: Plan, most: int) -> Iterator[int]:
    """The numbers of what matches, newest first, but for phrases with accents."""
    if wanted.expression is None:
        sql = "SELECT number FROM search_documents WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT ?"
        rows = db.execute(sql, [wanted.low, wanted.high, most])
    else:
        rows = db.execute(_MATCHING, [wanted.expression, wanted.low, wanted.high - 1, most])
    try:
        for (number,) in rows:
            yield number
    finally:
        rows.close()


_MATCHING = (
    "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
)
