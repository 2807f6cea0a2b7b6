"""The versions of an article on the screen, each with what differs from the one before. Prints what it is handed.

As in a diff, ``-`` stands before what went and ``+`` before what came; within a text the words that differ are
coloured, and where no colour can be seen bracketed: ``[-gone-]``, ``{+new+}``.
"""

from __future__ import annotations

from typing import Any, Literal

from rich.text import Text

from archive.revisions import (
    SHORT_LISTS,
    BodyChange,
    Change,
    ListChange,
    Part,
    Piece,
    Record,
    Revision,
    TextChange,
    ValueChange,
    compare_texts,
)
from archive.terminal import date_words, in_colour, safe, say

_SIGNS = {"removed": ("-", "red", "[-", "-]"), "added": ("+", "green", "{+", "+}")}

_SEPARATOR = "; "
_SHOWN: dict[str, tuple[str, ...]] = {
    "authors": ("name", "unit", "role"),
    "images": ("url", "caption", "credit"),
    "attachments": ("url", "title", "media_type"),
    "media": ("url", "kind", "title"),
}
"""What is said of an entry of a list, in this order."""


def show_revisions(article: str, revisions: list[Revision]) -> None:
    """All versions of an article (its id), the oldest first."""
    current = next((one for one in revisions if one.current), revisions[-1])
    say(current.content["headline"], "bold")
    say(f"{article}: " + ("the only revision" if len(revisions) == 1 else f"{len(revisions)} revisions, oldest first"))
    before: Record = {}
    for revision in revisions:
        say()
        state = ", current" if revision is current and len(revisions) > 1 else ""
        say(f"Revision {revision.revision}, seen {date_words(revision.recorded_at, 'second')}{state}", "bold cyan")
        say(_origin(revision.capture), "dim", indent=2)
        profile = f"{revision.content['site']}, {revision.profile_version}"
        say(f"read with profile {profile}", "dim", indent=2)
        for change in revision.changes or []:
            _show_change(change, before, revision.content)
        before = revision.content
        if revision.changes == []:
            say("nothing that is compared here differs from the revision before", "dim", indent=2)


def _origin(capture: Record | None) -> str:
    if capture is None:
        return "its capture is not in the archive: 'luutru verify' tells what else is missing"
    place = f", in {capture['warc']} at byte {capture['offset']}" if capture["warc"] else ""
    return f"from {capture['url']} (status {capture['status']}){place}"


def _show_change(change: Change, before: Record, after: Record) -> None:
    say(change.field, "cyan", indent=2)
    match change:
        case ListChange() if change.field in SHORT_LISTS:
            old, new = (
                _SEPARATOR.join(_entry(change.field, one) for one in of[change.field]) for of in (before, after)
            )
            _show_text(old, new, compare_texts(old, new) if old and new else [], indent=4)
        case TextChange():
            _show_text(change.before, change.after, change.words, indent=4)
        case BodyChange():
            for part in change.parts:
                _show_part(part)
        case ValueChange():
            words = _date if change.field == "date_published" else _source
            _line("removed", words(change.before), indent=4)
            _line("added", words(change.after), indent=4)
        case ListChange():
            _show_list(change)


def _show_part(part: Part) -> None:
    if part.kind == "same":
        say("… 1 paragraph the same" if part.count == 1 else f"… {part.count} paragraphs the same", "dim", indent=4)
    else:
        _show_text(part.before, part.after, part.words, indent=4)


def _show_list(change: ListChange) -> None:
    for one in change.removed:
        _line("removed", _entry(change.field, one), indent=4)
    for one in change.added:
        _line("added", _entry(change.field, one), indent=4)
    for before, after in change.changed:
        say(f"~ {after['url']}", indent=4)
        for name in _SHOWN[change.field]:
            if name != "url" and before[name] != after[name]:
                say(name, "dim", indent=6)
                words = compare_texts(before[name], after[name]) if before[name] and after[name] else []
                _show_text(before[name], after[name], words, indent=8)
    if change.moved:
        say("in another order", "dim", indent=4)


def _entry(field: str, one: Any) -> str:
    if isinstance(one, str):
        return one
    return " · ".join(one[name] for name in _SHOWN[field] if one[name])


def _date(value: Record) -> str:
    shown, raw = date_words(value["date_published"], value["date_precision"]), value["date_published_raw"]
    exact = f" (exact to the {value['date_precision']})" if value["date_published"] else ""
    return f"{shown}{exact}" + (f", printed “{raw}”" if raw else "")


def _source(value: Record) -> str:
    return " ".join(filter(None, value.values())) or "none"


def _show_text(before: str | None, after: str | None, words: list[Piece], indent: int) -> None:
    if before:
        _line("removed", [piece for piece in words if piece.kind != "added"] or before, indent)
    if after:
        _line("added", [piece for piece in words if piece.kind != "removed"] or after, indent)


def _line(kind: Literal["removed", "added"], said: str | list[Piece], indent: int) -> None:
    """One side of a change. Words are brought out only where some others stayed."""
    sign, colour, opening, closing = _SIGNS[kind]
    pieces = [Piece("same", said)] if isinstance(said, str) else said
    partly = any(piece.kind == "same" for piece in pieces)
    line = Text(f"{sign} ", style=colour)
    for piece in pieces:
        text = safe(piece.text)
        if piece.kind == "same" or not partly:
            line.append(text)
        elif in_colour():
            line.append(text, "bold reverse")
        else:
            line.append(f"{opening}{text}{closing}")
    say(line, indent=indent)
