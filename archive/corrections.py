"""What archivists corrected: which corrections are in effect, and which are to be looked at again. Reads the database
it is handed; :mod:`archive.correcting` writes.

A correction is evidence of the kind ``archivist`` and outranks all that pages prove. It stands in a table of its own,
apart from what pages printed, and no row of it is ever changed: withdrawing or confirming one is a row of its own too.
Of several corrections of one field of one article the last one counts (by time, then id), unless it was withdrawn: then
the field is again what the archive finds by itself, now. None of this depends on the order in which rows arrive, and
ids are made of what the rows say, so archives can be merged by adding the rows that are missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from sqlite_utils import Database

from archive.dates import known_part
from archive.dating import is_shown
from archive.effective import DATE_FIELDS

Row = dict[str, Any]

Field = Literal["date_published", "byline", "authors", "headline", "description", "body", "section", "source"]
"""What can be corrected, by its name in the export."""

FIELDS: tuple[Field, ...] = get_args(Field)

KIND = "archivist"
"""The kind of evidence that a correction is, where pages' are page, meta, sitemap, feed, listing, related."""

State = Literal["in effect", "superseded", "withdrawn"]

Review = Literal["agrees", "passage changed", "page changed", "captured before"]
"""Why an archivist should look at a correction again: what is found by itself is the same now (``agrees``); what was
corrected reads otherwise on the page now, or is gone (``passage changed``); of a body, another paragraph is new, gone
or changed, which the correction hides (``page changed``); the article turned out to have been captured before the
corrected date (``captured before``)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an archivist decided of a correction. ``printed`` as in :class:`Correction`, when it was decided."""

    id: str
    correction: str
    decision: Literal["withdrawn", "confirmed"]
    printed: Any
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one field of one article.

    ``number`` names it in this archive, ``id`` in every archive. ``field`` is one of :data:`FIELDS`; ``raw`` is what
    was given, as it was given; ``value`` what it was read as, in the form of the export: a string or None for headline,
    description, body and byline; a list of strings for section; a list of ``{name, unit, role}`` for authors;
    ``{name, url}`` or None for source; for ``date_published`` an object of the four fields that say when
    (:data:`archive.effective.DATE_FIELDS`), all None where the archivist says that no date is known.

    ``printed`` is what the archive had found by itself when it was given, in the same form, ``printed_now`` what it
    finds by itself now (what stands there without the correction). ``by`` who gave it, ``at`` when (RFC 3339),
    ``reason`` why. ``state``: ``in effect``, ``superseded`` by a later one of the same field, or ``withdrawn``.
    ``decisions`` in the order of time. ``review``: why it should be looked at again; empty unless it is in effect.
    """

    number: int
    id: str
    article: str
    field: Field
    raw: str
    value: Any
    printed: Any
    printed_now: Any
    by: str
    at: str
    reason: str
    state: State
    decisions: tuple[Decision, ...]
    review: tuple[Review, ...]


def corrections_of(db: Database, article: str) -> list[Correction]:
    """All corrections of an article (by its whole id), the oldest first; also those withdrawn or superseded."""
    return load_corrections(db, [article]).get(article, [])


def corrections_to_review(db: Database, article: str | None = None) -> list[Correction]:
    """The corrections in effect that an archivist should look at again, of one article or of all, by number."""
    articles = [article] if article is not None else corrected_articles(db)
    found = [one for of in load_corrections(db, articles).values() for one in of if one.review]
    return sorted(found, key=lambda one: one.number)


def corrected_articles(db: Database) -> list[str]:
    """The ids of the articles that were ever corrected, sorted."""
    return [row[0] for row in db.execute("SELECT DISTINCT article FROM corrections ORDER BY article")]


def load_corrections(db: Database, articles: Iterable[str]) -> dict[str, list[Correction]]:
    """The corrections of those of some articles that have any, by article, the oldest first."""
    articles = list(articles)
    wanted = [json.dumps(articles)]
    decisions: dict[str, list[Decision]] = {}
    for row in db.query(_DECISIONS, wanted):
        row |= {"printed": json.loads(row["printed"])}
        decisions.setdefault(row["correction"], []).append(Decision(**row))
    authors = load_authors(db, articles)
    found: dict[str, list[Correction]] = {}
    pages: dict[str, Row] = {}
    for row in db.query(_CORRECTIONS, wanted):
        pages[row["article"]] = row
        found.setdefault(row["article"], []).append(_correction(row, tuple(decisions.get(row["id"], ())), authors))
    return {id: _with_states(of, pages[id]["first_seen"]) for id, of in found.items()}


def _correction(row: Row, decisions: tuple[Decision, ...], authors: Mapping[str, list[Row]]) -> Correction:
    return Correction(
        number=row["number"],
        id=row["id"],
        article=row["article"],
        field=row["field"],
        raw=row["raw"],
        value=json.loads(row["value"]),
        printed=json.loads(row["was_printed"]),
        printed_now=printed_value(row["field"], row, authors.get(row["article"], [])),
        by=row["who"],
        at=row["given_at"],
        reason=row["reason"],
        state="withdrawn" if any(one.decision == "withdrawn" for one in decisions) else "in effect",
        decisions=decisions,
        review=(),
    )


def _with_states(corrections: list[Correction], first_seen: str) -> list[Correction]:
    last = {one.field: one for one in corrections}  # the last one of each field
    return [_with_state(one, one is last[one.field], first_seen) for one in corrections]


def _with_state(one: Correction, is_last: bool, first_seen: str) -> Correction:
    if one.state == "withdrawn":
        return one
    if not is_last:
        return replace(one, state="superseded")
    return replace(one, review=tuple(_reviews(one, first_seen)))


def _reviews(one: Correction, first_seen: str) -> Iterator[Review]:
    known = next((decision.printed for decision in reversed(one.decisions)), one.printed)
    if not is_same(one.field, one.printed_now, known):
        if is_same(one.field, one.printed_now, one.value):
            yield "agrees"
        elif one.field == "body" and _keeps_passage(known, one.value, one.printed_now):
            yield "page changed"
        else:
            yield "passage changed"
    if one.field == "date_published" and is_later(one.value["date_published"], first_seen):
        yield "captured before"


def _keeps_passage(before: str, corrected: str, now: str) -> bool:
    """Whether what was corrected in a body still stands on the page as it did: the rest of the page is another."""
    old, wanted, present = (Counter(text.split("\n\n")) for text in (before, corrected, now))
    return old - wanted <= present and not (wanted - old) & present


def is_later(date: str | None, first_seen: str) -> bool:
    """Whether an article was captured before a date of publication (RFC 3339; it begins where its precision says)."""
    return date is not None and datetime.fromisoformat(date) > datetime.fromisoformat(first_seen)


def is_same(field: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: of dates, the time and how exact it is, not where it was read."""
    if field == "date_published":
        return all(one[name] == other[name] for name in ("date_published", "date_precision"))
    return bool(one == other)


def printed_value(field: Field, row: Row, authors: list[Row]) -> Any:
    """What the archive finds by itself for a field, in the form of :attr:`Correction.value`.

    :param row: the columns of ``articles`` that pages and conclusions fill.
    :param authors: the rows of ``authors``: name, unit, role.
    """
    match field:
        case "authors":
            return authors
        case "section":
            return json.loads(row["section"] or "[]")
        case "source":
            source = {"name": row["source_name"], "url": row["source_url"]}
            return source if any(source.values()) else None
        case "date_published":
            columns = _CONCLUDED if is_shown(row, row) else DATE_FIELDS
            return {name: row[column] for name, column in zip(DATE_FIELDS, columns, strict=True)}
        case _:
            return row[field]


_CONCLUDED = ("concluded_date", "concluded_date_raw", "concluded_precision", "concluded_evidence")


def in_words(field: Field, value: Any) -> str:
    """A value (:attr:`Correction.value`) as one text for people; empty where there is none."""
    match field:
        case "date_published":
            return known_part(value["date_published"], value["date_precision"]) or ""
        case "authors":
            parts = ([one["name"] or "", one["role"], one["unit"] or ""] for one in value)
            return "; ".join(":".join(words).rstrip(":") for words in parts)
        case "section":
            return " › ".join(value)
        case "source":
            return " ".join(filter(None, (value or {}).values()))
        case _:
            return value or ""


def load_authors(db: Database, articles: Iterable[str]) -> dict[str, list[Row]]:
    """Whom the pages of some articles name, by article: name, unit and role of each."""
    found: dict[str, list[Row]] = {}
    for row in db.query(_AUTHORS, [json.dumps(list(articles))]):
        found.setdefault(row.pop("article"), []).append(row)
    return found


def corrected_columns(db: Database, articles: Iterable[str] | None = None) -> dict[str, str]:
    """What belongs in the column ``corrected`` of those of some articles, or of all, that anything is in effect of."""
    columns: dict[str, str] = {}
    for id, of in load_corrections(db, corrected_articles(db) if articles is None else articles).items():
        values: dict[str, Any] = {}
        for one in sorted(of, key=lambda one: FIELDS.index(one.field)):
            if one.state == "in effect":
                values |= one.value if one.field == "date_published" else {one.field: one.value}
        if values:
            columns[id] = json.dumps(values, ensure_ascii=False)
    return columns


def correction_id(row: Row) -> str:
    """The id of a row of ``corrections``, made of all that it says: 20 letters and digits of its SHA-256, base 32."""
    return _digest([row[name] for name in ("article", "field", "raw", "value", "printed", "kind", *_SIGNED)])


def decision_id(row: Row) -> str:
    """The id of a row of ``correction_decisions``, made of all that it says."""
    return _digest([row[name] for name in ("correction", "decision", "printed", *_SIGNED)])


_SIGNED = ("who", "at", "reason")


def _digest(said: list[str]) -> str:
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:20]


_CORRECTIONS = """
    SELECT c.number, c.id, c.article, c.field, c.raw, c.value, c.printed AS was_printed, c.who, c.at AS given_at,
        c.reason, articles.headline, description, body, byline, section, source_name, source_url, date_published,
        date_published_raw, date_precision, date_evidence, concluded_date, concluded_date_raw, concluded_precision,
        concluded_evidence, first_seen
    FROM json_each(?) wanted CROSS JOIN corrections c ON c.article = wanted.value
    CROSS JOIN articles ON articles.id = c.article
    ORDER BY c.article, c.at, c.id
"""
_DECISIONS = """
    SELECT d.id, correction, decision, d.printed, d.who AS by, d.at, d.reason
    FROM json_each(?) wanted CROSS JOIN corrections c ON c.article = wanted.value
    CROSS JOIN correction_decisions d ON d.correction = c.id
    ORDER BY correction, d.at, d.id
"""
_AUTHORS = """
    SELECT article, name, unit, role FROM json_each(?) wanted CROSS JOIN authors ON article = wanted.value
    ORDER BY article, position
"""
