"""Two versions of an article side by side, with what differs marked. Reads the archive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database
from starlette.responses import Response

from archive.articles import load_article
from archive.revisions import (
    SHORT_LISTS,
    BodyChange,
    Change,
    ListChange,
    Piece,
    TextChange,
    ValueChange,
    compare,
    compare_texts,
)
from archive.web.asking import Asked, Page
from archive.web.captures import with_capture
from archive.web.dates import date_in_words
from archive.web.people import person
from archive.web.troubles import Trouble

Side = list[tuple[str, bool]]
"""A text in pieces, each with whether it differs."""


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side, None where there is nothing; or ``same``: so many paragraphs that do not differ."""

    before: Side | None = None
    after: Side | None = None
    same: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """What differs in one field. ``moved``: what stayed stands in another order."""

    field: str
    rows: list[Row]
    moved: bool


def show_revisions(asked: Asked) -> Response:
    """Versions ``tu`` and ``den``, by their numbers; without them the last two.

    :raises Trouble: the article has no version of that number.
    """
    article = load_article(asked.db, asked.part("id"))
    known = {row["revision"]: row for row in revisions_of(asked.db, article["id"])}
    numbers = list(known)
    chosen = [
        _chosen(asked, name, numbers, default)
        for name, default in (("tu", numbers[-2] if len(numbers) > 1 else numbers[-1]), ("den", numbers[-1]))
    ]
    before, after = (json.loads(_content(asked, article["id"], number)) for number in chosen)
    return asked.show(
        "revisions.html",
        article=article,
        revisions=list(known.values()),
        before=known[chosen[0]],
        after=known[chosen[1]],
        changes=[_shown(asked, change, before, after) for change in compare(before, after)],
    )


def revisions_of(db: Database, article: str) -> list[dict[str, Any]]:
    """The versions of an article, the oldest first: each with its number, when it was recorded, and its capture."""
    return [with_capture(row) for row in db.query(_REVISIONS, [article])]


_REVISIONS = """
    SELECT revision, recorded_at, record_id FROM revisions LEFT JOIN captures ON captures.id = revisions.capture
    WHERE article = ? ORDER BY recorded_at, revision
"""


def _chosen(asked: Asked, name: str, numbers: list[int], default: int) -> int:
    number = asked.number(name, default, least=0)
    if number not in numbers:
        known = ", ".join(map(str, sorted(numbers)))
        raise Trouble(404, "trouble.no_revision", given=str(number), known=known)
    return number


def _content(asked: Asked, article: str, number: int) -> str:
    sql = "SELECT content FROM revisions WHERE article = ? AND revision = ?"
    return str(asked.db.execute(sql, [article, number]).fetchone()[0])


def _shown(asked: Asked, change: Change, before: dict[str, Any], after: dict[str, Any]) -> Field:
    """A change between two contents, as rows."""
    match change:
        case ListChange() if change.field in SHORT_LISTS:
            old, new = ("; ".join(_entry(asked, one) for one in of[change.field]) for of in (before, after))
            rows = [_row(old, new, compare_texts(old, new))]
        case TextChange():
            rows = [_row(change.before, change.after, change.words)]
        case BodyChange():
            rows = [
                Row(same=part.count) if part.kind == "same" else _row(part.before, part.after, part.words)
                for part in change.parts
            ]
        case ValueChange():
            rows = [_row(_values(asked, change.before), _values(asked, change.after), [])]
        case ListChange():
            rows = [_row(_entry(asked, one), None, []) for one in change.removed]
            rows += [_row(None, _entry(asked, one), []) for one in change.added]
            for was, now in ((_entry(asked, old), _entry(asked, new)) for old, new in change.changed):
                rows.append(_row(was, now, compare_texts(was, now)))
    moved = isinstance(change, ListChange) and change.field not in SHORT_LISTS and change.moved
    return Field(change.field, rows, moved)


def _row(before: str | None, after: str | None, words: list[Piece]) -> Row:
    """Where the two texts have nothing in common, all of each differs."""

    def side(text: str | None, gone: str) -> Side | None:
        pieces = [(piece.text, piece.kind != "same") for piece in words if piece.kind != gone]
        return (pieces or [(text, True)]) if text else None

    return Row(side(before, "added"), side(after, "removed"))


def _values(asked: Asked, values: dict[str, Any]) -> str:
    """A source, or a date with how exact it is and how it was printed."""
    if "date_published" not in values:
        return " · ".join(str(value) for value in values.values() if value)
    said = [date_in_words(asked.language, values["date_published"], values["date_precision"])]
    if raw := values["date_published_raw"]:
        said.append(f"“{raw}”")
    return " · ".join(filter(None, said))


def _entry(asked: Asked, one: Any) -> str:
    """An entry of a list (an image, an author, a keyword) as one line."""
    if isinstance(one, str):
        return one
    if "role" in one:
        return person(asked.language, one)
    return " · ".join(filter(None, (one.get(name) for name in ("caption", "credit", "title", "media_type", "url"))))


PAGES = [Page("/bai/{id}/ban-sua", show_revisions)]
