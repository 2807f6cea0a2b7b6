"""How right the fields of an extracted article are: the measures that several benchmarks share. Pure.

A record is a dict in the terms of the export contract (docs/data.md). Another tool's record holds what it delivers;
fields that it does not know at all stand in no result of it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

FIELDS = (
    "found",
    "headline",
    "body",
    "sapo",
    "date",
    "day",
    "authors",
    "source",
    "captions",
    "related recall",
    "related precision",
)
"""``found``: the article came out at all; all other fields are measured on those that did. ``body``: F1 of words.
``date``: to the minute, where the site proves one; ``day``: where it proves any date (another tool sees one page: of it
only those that stand on that page are asked for). ``captions``: F1 of whole captions, each counted once. ``related``:
entries, by address or, where they have none, by title; links inside the text included. All else: the share of articles
where the field is exactly right, empty where it should be empty."""

OF_PEERS = ("found", "headline", "body", "sapo", "date", "day", "authors")
"""What other extractors deliver."""


def words_f1(expected: str, got: str) -> float:
    """F1 of two texts as bags of words: 1.0 when both are empty."""
    return _f1(Counter(expected.split()), Counter(got.split()))


def _f1(expected: Counter[str], got: Counter[str]) -> float:
    if not expected and not got:
        return 1.0
    return 2 * (expected & got).total() / (expected.total() + got.total())


@dataclass
class Scores:
    """Sums over articles: for each field the points and of how many."""

    points: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """For each field the first addresses where it is not right."""

    def add(self, name: str, points: float, of: float, url: str) -> None:
        self.points[name] += points  # type: ignore[assignment]
        self.of[name] += of  # type: ignore[assignment]
        if points < of and len(self.wrong.setdefault(name, [])) < _MOST_SHOWN:
            self.wrong[name].append(url)

    def share(self, name: str) -> float | None:
        """Between 0 and 1; None where no article has the field to be measured."""
        return self.points[name] / self.of[name] if self.of[name] else None


_MOST_SHOWN = 5
_ON_THE_PAGE = frozenset({"page", "meta"})
_ANY_PROOF = _ON_THE_PAGE | {"feed", "sitemap", "listing", "related"}


def score(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> Scores:
    """This project's records: each truth with what the archive exported for it, or None."""
    scores = Scores()
    for true, got in pairs:
        url = str(true["url"])
        scores.add("found", got is not None, 1, url)
        if got is None:
            continue
        _score_shared(scores, true, got, _ANY_PROOF)
        scores.add("authors", _authors(true) == _authors(got), 1, url)
        scores.add("source", _source(true) == _source(got), 1, url)
        captions = [Counter({plain(image["caption"]) for image in one["images"]} - {""}) for one in (true, got)]
        if any(captions):
            scores.add("captions", _f1(*captions), 1, url)
        wanted, listed = (Counter(map(_entry, one["related"])) for one in (true, got))
        common = (wanted & listed).total()
        scores.add("related recall", common, wanted.total(), url)
        scores.add("related precision", common, listed.total(), url)
    return scores


def score_peer(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Scores:
    """Another tool's records: ``headline``, ``body``, ``description``, ``date`` (ISO 8601) and ``authors`` (names).

    Names count as right whatever their capitals, and without role and unit.
    """
    scores = Scores()
    for true, got in pairs:
        url = str(true["url"])
        scores.add("found", bool(got.get("headline") or got.get("body")), 1, url)
        record = {**got, "date_published": _in_vietnam(got.get("date"))}
        _score_shared(scores, true, record, _ON_THE_PAGE)
        names = {plain(one["name"] or one["unit"]).casefold() for one in true["authors"] if one["name"] or one["unit"]}
        scores.add("authors", names == {plain(name).casefold() for name in got.get("authors") or ()}, 1, url)
    return scores


def _score_shared(scores: Scores, true: Mapping[str, Any], got: Mapping[str, Any], proofs: Collection[str]) -> None:
    url = str(true["url"])
    scores.add("headline", plain(true["headline"]) == plain(got.get("headline")), 1, url)
    scores.add("sapo", plain(true["description"]) == plain(got.get("description")), 1, url)
    scores.add("body", words_f1(plain(true["body"]), plain(got.get("body"))), 1, url)
    printed, found = true["date_published"], got.get("date_published") or ""
    if printed and true["date_evidence"] in proofs:
        scores.add("day", printed[:10] == found[:10], 1, url)
        if true["date_precision"] in {"second", "minute"}:
            scores.add("date", printed[:16] == found[:16], 1, url)


def _in_vietnam(moment: str | None) -> str | None:
    """A moment with an offset as Vietnam's clocks show it; one without is taken as it stands."""
    try:
        found = datetime.fromisoformat(moment or "")
    except ValueError:
        return moment
    return found.astimezone(_VIETNAM).isoformat() if found.tzinfo and len(moment or "") > _A_DAY else moment


_A_DAY = 10
_VIETNAM = timezone(timedelta(hours=7))


def plain(text: str | None) -> str:
    """NFC, white space folded; empty for None."""
    return unicodedata.normalize("NFC", " ".join((text or "").split()))


def _authors(record: Mapping[str, Any]) -> set[tuple[str | None, str | None, str]]:
    return {(one["name"], one["unit"], one["role"]) for one in record["authors"]}


def _source(record: Mapping[str, Any]) -> str:
    source = record["source"] or {}
    return plain(source.get("name") or source.get("url"))


def _entry(entry: Mapping[str, Any]) -> str:
    return str(entry["url"] or plain(entry["title"]))
