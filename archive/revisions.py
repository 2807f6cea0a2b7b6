"""The versions of an article, and what differs between two of them. Reads the database it is handed.

What makes a version stands at :func:`archive.rows.content_digest`; the same fields are compared here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, Literal

from sqlite_utils import Database

from archive.addresses import named_file

Record = dict[str, Any]

_FINE = 4_000_000
"""Between their common beginning and end, texts are compared word by word up to so many pairs of words and spaces. The
time grows with up to the cube of the length, so longer stretches are shown as removed and added whole."""

_MOST_PAIRED = 10_000
"""Up to so many pairs of changed paragraphs it is worked out which became which."""

_ALIKE = 0.4
"""Paragraphs that share less of their words are not one paragraph that was edited."""

_TOKEN = re.compile(r"\d+(?:[.,:/-]\d+)*\w*|\w+|\s+|[^\w\s]")
"""A number or a date, a word, white space, a sign."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: in both versions, in the older only, or in the newer only."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text (headline, description, byline) that differs. ``words`` give ``before`` when put together without what was
    added, and ``after`` without what was removed; empty where there is only one of the two."""

    field: str
    before: str | None
    after: str | None
    words: list[Piece]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the body. ``same``: ``count`` paragraphs that did not change, and no text. Else one paragraph:
    ``removed`` has ``before``, ``added`` has ``after``, ``changed`` both, with ``words`` as in :class:`TextChange`."""

    kind: Literal["same", "removed", "added", "changed"]
    count: int = 1
    before: str | None = None
    after: str | None = None
    words: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BodyChange:
    """The body, paragraph by paragraph, from its beginning to its end."""

    field: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """Values that go together: source (name, url), or the date with how exact it is and how it was printed."""

    field: str
    before: Record
    after: Record


@dataclass(frozen=True, slots=True)
class ListChange:
    """A list (authors, keywords, images, attachments, media). ``changed`` holds pairs of what is the same thing (the
    same file, the same person) and is described otherwise; ``moved``: what stayed stands in another order."""

    field: str
    removed: list[Any]
    added: list[Any]
    changed: list[tuple[Any, Any]]
    moved: bool


SHORT_LISTS = frozenset({"authors", "keywords"})
"""Lists of a few words, which are best shown whole: who reads that one name went takes it that none is left."""

Change = TextChange | BodyChange | ValueChange | ListChange


@dataclass(frozen=True, slots=True)
class Revision:
    """One version. ``current``: it is what the archive says now. ``content`` has the fields of
    :class:`archive.records.Article`, as they were then; ``capture`` is in the form of the export contract, None where
    the archive has lost it. ``changes`` are the differences from the version before it in time; None in the first."""

    revision: int
    recorded_at: str
    current: bool
    content_sha256: str
    profile_version: str | None
    capture: Record | None
    content: Record
    changes: list[Change] | None = None


def load_revisions(db: Database, article: str) -> list[Revision]:
    """All versions of an article, by the time of their pages, the oldest first: the numbers tell in which order they
    were stored. Nearly always the last one is current; an old page that is read late may stand behind it, where the
    current text was seen before and after. Empty where there is no such article."""
    found = []
    before: Record | None = None
    for row in db.query(_REVISIONS, [article]):
        content = json.loads(row["content"])
        capture = {name: row[name] for name in ("url", "fetched_at", "status", "warc", "offset", "record_id")}
        found.append(
            Revision(
                row["revision"],
                row["recorded_at"],
                bool(row["current"]),
                row["content_sha256"],
                row["profile_version"],
                capture if row["capture"] is not None else None,
                content,
                None if before is None else compare(before, content),
            )
        )
        before = content
    return found


_REVISIONS = """
    SELECT r.revision, recorded_at, r.revision = articles.revision AS current, content, r.content_sha256,
        r.profile_version, captures.id AS capture, captures.final_url AS url, fetched_at, status, warc, "offset",
        record_id
    FROM revisions r LEFT JOIN articles ON articles.id = article LEFT JOIN captures ON captures.id = r.capture
    WHERE article = ? ORDER BY recorded_at, r.revision
"""


def compare(before: Record, after: Record) -> list[Change]:
    """What differs between two versions' contents, in the order in which a page shows it."""
    changes: list[Change] = [
        *_texts(before, after, "headline", "description"),
        *_bodies(before["body"], after["body"]),
        *_texts(before, after, "byline"),
        *_lists(before, after, "authors", lambda author: (author["name"], author["unit"])),
        *_values("date_published", *(_date(content) for content in (before, after))),
        *_values("source", *(content["source"] or dict.fromkeys(("name", "url")) for content in (before, after))),
        *_lists(before, after, "keywords", lambda keyword: keyword),
    ]
    for name in ("images", "attachments", "media"):
        changes += _lists(before, after, name, lambda one: named_file(one["url"]))
    return changes


def compare_texts(before: str, after: str) -> list[Piece]:
    """Two texts word by word; put together without what was added they are ``before``, without what was removed
    ``after``. Two changes with nothing but signs or spaces between them are one."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[list[str]] = [["", ""]]  # by turns what is the same in both, and what differs
    for same, first, last, start, end in _steps(old, new, str.isspace):
        gone, come = "".join(old[first:last]), "".join(new[start:end])
        at_an_end = (first, start) == (0, 0) or (last, end) == (len(old), len(new))
        if same and (at_an_end or re.search(r"\w", gone)):
            pieces += [[gone, gone], ["", ""]]
        else:
            pieces[-1][0] += gone
            pieces[-1][1] += come
    found: list[Piece] = []
    for at, (gone, come) in enumerate(pieces):
        found += [Piece("same", gone)] if at % 2 else [Piece("removed", gone), Piece("added", come)]
    return [piece for piece in found if piece.text]


def _steps(
    old: Sequence[str], new: Sequence[str], junk: Callable[[str], bool] | None = None
) -> Iterator[tuple[bool, int, int, int, int]]:
    """How ``new`` comes of ``old``: (whether ``old[first:last]`` and ``new[start:end]`` are the same, those four)."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    last, end = len(old) - tail, len(new) - tail
    if head:
        yield True, 0, head, 0, head
    if (last - head) * (end - head) > _FINE:
        yield False, head, last, head, end
    else:
        middle = SequenceMatcher(junk, old[head:last], new[head:end], autojunk=False)
        for kind, i1, i2, j1, j2 in middle.get_opcodes():
            yield kind == "equal", head + i1, head + i2, head + j1, head + j2
    if tail:
        yield True, last, len(old), end, len(new)


def _texts(before: Record, after: Record, *names: str) -> Iterator[TextChange]:
    for name in names:
        old, new = before[name], after[name]
        if old != new:
            yield TextChange(name, old, new, compare_texts(old, new) if old and new else [])


def _values(name: str, before: Record, after: Record) -> Iterator[ValueChange]:
    if before != after:
        yield ValueChange(name, before, after)


def _date(content: Record) -> Record:
    return {name: content[name] for name in ("date_published", "date_precision", "date_published_raw")}


def _bodies(before: str, after: str) -> Iterator[BodyChange]:
    old, new = (list(filter(None, body.split("\n\n"))) for body in (before, after))
    if before == after:
        return
    parts: list[Part] = []
    for same, first, last, start, end in _steps(old, new):
        if same:
            parts.append(Part("same", last - first))
        else:
            parts += _paragraphs(old[first:last], new[start:end])
    yield BodyChange("body", parts)


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Part]:
    """Paragraphs in place of others: which of them were edited, and which are gone or new."""
    first = start = 0
    for last, end in [*_pairs(old, new), (len(old), len(new))]:
        yield from (Part("removed", before=text) for text in old[first:last])
        yield from (Part("added", after=text) for text in new[start:end])
        if last < len(old):
            yield Part("changed", 1, old[last], new[end], compare_texts(old[last], new[end]))
        first, start = last + 1, end + 1


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """The pairs of paragraphs, in order and none twice, that together have most in common."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRED:
        return []
    olds, news = ([Counter(re.findall(r"\w+", text)) for text in texts] for texts in (old, new))
    best: list[list[tuple[float, list[tuple[int, int]]]]] = [[(0.0, [])] * (len(new) + 1)]
    for at, words in enumerate(olds):
        row: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
        for to, others in enumerate(news):
            total = words.total() + others.total()
            alike = 2 * (words & others).total() / total if total else 0.0
            so_far, pairs = best[at][to]
            together = (so_far + alike, [*pairs, (at, to)]) if alike >= _ALIKE else (0.0, [])
            row.append(max(together, best[at][to + 1], row[to], key=lambda choice: choice[0]))
        best.append(row)
    return best[-1][-1][1]


def _lists(before: Record, after: Record, name: str, key: Callable[[Any], Hashable]) -> Iterator[ListChange]:
    old, new = before[name], after[name]
    waiting: dict[Hashable, list[int]] = {}
    for at, one in enumerate(new):
        waiting.setdefault(key(one), []).append(at)
    pairs, removed = [], []
    for one in old:
        if at_new := waiting.get(key(one)):
            pairs.append((one, at_new.pop(0)))
        else:
            removed.append(one)
    added = [new[at] for at in sorted(at for rest in waiting.values() for at in rest)]
    changed = [(one, new[at]) for one, at in pairs if _described(one) != _described(new[at])]
    moved = any(at > following for (_, at), (_, following) in pairwise(pairs))
    if removed or added or changed or moved:
        yield ListChange(name, removed, added, changed, moved)


def _described(one: Any) -> Any:
    """What a list's entry says, without what makes no version: the form of its address, the size of an image."""
    if isinstance(one, dict):
        return {name: value for name, value in one.items() if name not in {"url", "width", "height"}}
    return one
