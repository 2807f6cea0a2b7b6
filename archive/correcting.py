"""Corrections by archivists, made, withdrawn and confirmed. Writes to the archive it is handed.

Touches ``corrections`` and ``correction_decisions``, where rows are only added, and what follows from them: the column
``corrected``, the full-text index, the signatures that copies are found by, ``changes``. What pages printed stays as it
is, so a correction makes no revision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from archive.articles import UnknownArticle
from archive.corrections import (
    KIND,
    Correction,
    Field,
    corrected_columns,
    correction_id,
    corrections_of,
    decision_id,
    is_later,
    is_same,
    load_authors,
    printed_value,
)
from archive.effective import Row, effective
from archive.givenvalues import VIETNAM, CorrectionError, Given
from archive.indexing import index_articles
from archive.schema import insert_rows, transaction
from archive.searchable import load_searchable
from archive.signatures import write_signatures


@dataclass(frozen=True, slots=True)
class Signed:
    """Who says so, why, and when (RFC 3339 with +07:00)."""

    by: str
    reason: str
    at: str


def signed(by: str, reason: str, at: str | None = None) -> Signed:
    """What every correction and decision bears; ``at`` is now unless another time is given.

    :raises CorrectionError: name or reason is missing.
    """
    if not by.strip():
        raise CorrectionError("a correction bears a name: --by NAME says whose")
    if not reason.strip():
        raise CorrectionError("a correction needs a reason: who reads it later must be able to judge it")
    return Signed(by.strip(), reason.strip(), at or datetime.now(VIETNAM).isoformat(timespec="milliseconds"))


def correct(db: Database, article: str, given: Mapping[Field, Given], by: Signed) -> list[Correction]:
    """Correct some fields of an article (by its whole id), all or none; returns the new corrections.

    The clusters of copies that the article is in are to be concluded again (:func:`archive.conclude.conclude_about`).

    :param given: by field, what :mod:`archive.givenvalues` read.
    :raises CorrectionError: nothing is given, a value is the one that stands there already, or a date cannot be.
    :raises UnknownArticle: there is no such article.
    """
    if not given:
        raise CorrectionError("nothing to correct was given: --date, --byline, --headline … say what")
    with transaction(db):
        row = next(db.query("SELECT * FROM articles WHERE id = ?", [article]), None)
        if row is None:
            raise UnknownArticle(f"no article {article!r}")
        before = corrections_of(db, article)
        _require_order(before, by)
        authors = load_authors(db, [article]).get(article, [])
        new = []
        for field, (raw, value) in given.items():
            printed = printed_value(field, row, authors)
            _require_news(field, value, printed, before)
            if field == "date_published":
                _require_possible(value, row["first_seen"])
            new.append(_row(article, field, raw, value, printed, by))
        insert_rows(db, "corrections", new)
        bring_into_effect(db, [article], by.at)
        ids = {one["id"] for one in new}
        return [one for one in corrections_of(db, article) if one.id in ids]


def _require_order(before: list[Correction], by: Signed) -> None:
    """The last one counts, so none may be dated before one that is there."""
    last = max((at for one in before for at in (one.at, *(each.at for each in one.decisions))), default="")
    if by.at <= last:
        raise CorrectionError(
            f"the clock says {by.at}, and the article was corrected at {last}: the last correction counts by its time,"
            " so set the clock right first"
        )


def _require_news(field: Field, value: Any, printed: Any, before: list[Correction]) -> None:
    stands = next((one for one in before if one.field == field and one.state == "in effect"), None)
    if stands is not None and is_same(field, stands.value, value):
        raise CorrectionError(
            f"{field}: correction {stands.number} by {stands.by} says the same; 'luutru correct confirm"
            f" {stands.number}' says that it was looked at again"
        )
    if stands is None and is_same(field, printed, value):
        raise CorrectionError(f"{field}: the archive says that already, so there is nothing to correct")
    if stands is not None and is_same(field, printed, value):
        raise CorrectionError(
            f"{field}: that is what the archive finds by itself; 'luutru correct withdraw {stands.number}' gives way"
            " to it"
        )


def _require_possible(value: Row, first_seen: str) -> None:
    if is_later(value["date_published"], first_seen):
        raise CorrectionError(
            f"it cannot have been published at {value['date_published']}: it was captured before that, at {first_seen}"
        )


def _row(article: str, field: Field, raw: str, value: Any, printed: Any, by: Signed) -> Row:
    row = {"article": article, "field": field, "raw": raw, "value": _json(value), "printed": _json(printed)}
    row |= {"kind": KIND, "who": by.by, "at": by.at, "reason": by.reason}
    return row | {"id": correction_id(row)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def decide(db: Database, number: int, decision: Literal["withdrawn", "confirmed"], by: Signed) -> Correction:
    """Withdraw a correction, so that what the archive finds by itself stands there again, or confirm that it stays
    although that is another than it was; returns the correction as it is now.

    :raises CorrectionError: there is no such correction, or it is not in effect.
    """
    with transaction(db):
        found = db.execute("SELECT id, article FROM corrections WHERE number = ?", [number]).fetchone()
        if found is None:
            raise CorrectionError(f"there is no correction {number}; 'luutru correct list' shows those there are")
        id, article = found
        corrections = corrections_of(db, article)
        was = next(one for one in corrections if one.id == id)
        if was.state != "in effect":
            now = next((one for one in corrections if one.field == was.field and one.state == "in effect"), None)
            instead = f"; correction {now.number} is" if now is not None and now is not was else ""
            raise CorrectionError(f"correction {number} is not in effect, it is {was.state}{instead}")
        _require_order(corrections, by)
        row = {"correction": id, "decision": decision, "printed": _json(was.printed_now)}
        row |= {"who": by.by, "at": by.at, "reason": by.reason}
        insert_rows(db, "correction_decisions", [row | {"id": decision_id(row)}])
        bring_into_effect(db, [article], by.at)
        return next(one for one in corrections_of(db, article) if one.id == id)


def bring_into_effect(db: Database, articles: Iterable[str], at: str) -> list[str]:
    """Bring the column ``corrected`` of some articles, and what follows from it, to what their corrections say, inside
    the caller's transaction. Returns the articles that changed by it.

    :param at: when the change is noted to have happened.
    """
    articles = sorted(articles)
    wanted = corrected_columns(db, articles)
    changed = []
    for row in list(db.query("SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))", [_json(articles)])):
        if row["corrected"] == wanted.get(row["id"]):
            continue
        changed.append(row["id"])
        before = load_searchable(db, [row["docid"]])
        now = row | {"corrected": wanted.get(row["id"])}
        db.execute("UPDATE articles SET corrected = ? WHERE id = ?", [now["corrected"], row["id"]])
        index_articles(db, before, load_searchable(db, before))
        new = effective(now)
        write_signatures(db, {row["id"]: (new["headline"], new["body"])})
    insert_rows(db, "changes", [{"article": id, "kind": "corrected", "at": at} for id in changed])
    return changed


def bring_back(db: Database, arrived: Iterable[str], at: str) -> None:
    """Bring into effect what was corrected of articles whose rows are new: they were in the archive before, and rows
    of ``corrections`` stay when an article is taken out of it."""
    if known := [row[0] for row in db.execute(_CORRECTED_BEFORE, [_json(list(arrived))])]:
        bring_into_effect(db, known, at)


_CORRECTED_BEFORE = (
    "SELECT DISTINCT article FROM json_each(?) arrived CROSS JOIN corrections ON corrections.article = arrived.value"
)
