"""Two versions of an article side by side, with what differs marked. Reads the archive."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from archive.articles import load_article
from archive.revisions import BodyChange, Change, ListChange, TextChange, ValueChange, compare, compare_texts
from archive.web.asking import Asked, Page
from archive.web.captures import name_of
from archive.web.troubles import Trouble


def show_revisions(asked: Asked) -> Response:
    """Versions ``tu`` and ``den``, by their numbers; without them the last two.

    :raises Trouble: the article has no version of that number.
    """
    article = load_article(asked.db, asked.part("id"))
    known = {row["revision"]: _row(row) for row in asked.db.query(_REVISIONS, [article["id"]])}
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
        changes=[_sides(change) for change in compare(before, after)],
    )


_REVISIONS = """
    SELECT revision, recorded_at, record_id FROM revisions LEFT JOIN captures ON captures.id = revisions.capture
    WHERE article = ? ORDER BY recorded_at, revision
"""


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"capture": name_of(row["record_id"]) if row["record_id"] else None}


def _chosen(asked: Asked, name: str, numbers: list[int], default: int) -> int:
    number = asked.number(name, default, least=0)
    if number not in numbers:
        known = ", ".join(map(str, sorted(numbers)))
        raise Trouble(404, "trouble.no_revision", given=str(number), known=known)
    return number


def _content(asked: Asked, article: str, number: int) -> str:
    sql = "SELECT content FROM revisions WHERE article = ? AND revision = ?"
    return str(asked.db.execute(sql, [article, number]).fetchone()[0])


def _sides(change: Change) -> dict[str, Any]:
    """A change as rows of two sides. A side is None where there is nothing, else a list of pieces: (text, differs).
    A row with ``same`` stands for so many paragraphs that are the same."""
    match change:
        case TextChange():
            rows = [_pair(change.before, change.after, change.words)]
        case BodyChange():
            rows = [
                {"same": part.count} if part.kind == "same" else _pair(part.before, part.after, part.words)
                for part in change.parts
            ]
        case ValueChange():
            rows = [_pair(_values(change.before), _values(change.after), [])]
        case ListChange():
            rows = [_pair(_entry(one), None, []) for one in change.removed]
            rows += [_pair(None, _entry(one), []) for one in change.added]
            for before, after in ((_entry(old), _entry(new)) for old, new in change.changed):
                rows.append(_pair(before, after, compare_texts(before, after)))
    return {"field": change.field, "rows": rows, "moved": isinstance(change, ListChange) and change.moved}


def _pair(before: str | None, after: str | None, words: list[Any]) -> dict[str, Any]:
    sides = {}
    for side, text, gone in (("before", before, "added"), ("after", after, "removed")):
        pieces = [(piece.text, piece.kind != "same") for piece in words if piece.kind != gone]
        sides[side] = None if not text else pieces or [(text, True)]
    return sides


def _values(values: dict[str, Any]) -> str:
    return " · ".join(str(value) for value in values.values() if value)


def _entry(one: Any) -> str:
    """An entry of a list (an image, an author, a keyword) as one line."""
    if isinstance(one, str):
        return one
    shown = ("name", "unit", "role", "kind", "caption", "credit", "title", "media_type", "url")
    return " · ".join(str(one[name]) for name in shown if one.get(name))


PAGES = [Page("/bai/{id}/ban-sua", show_revisions)]
