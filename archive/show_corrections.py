"""Corrections on the screen. Prints what it is handed; reads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.corrections import Correction, Field, Review, in_words
from archive.terminal import date_words, say

_MOST = 200
"""Characters of a value; a body is longer."""

REVIEWS: dict[Review, str] = {
    "agrees": "what the archive finds by itself is the same now: withdraw it, or confirm it",
    "passage changed": "what was corrected reads otherwise on the page now: correct it anew, withdraw or confirm it",
    "page changed": "the rest of the body is another on the page now, and the corrected body hides that:"
    " correct it anew, withdraw or confirm it",
    "captured before": "the article turned out to have been captured before that date: correct it anew, or withdraw it",
}


def show_corrections(corrections: Sequence[Correction]) -> None:
    """Some corrections, each with what it replaces, its reason, and what became of it."""
    for one in corrections:
        state = "" if one.state == "in effect" else f", {one.state}"
        say(f"{one.number}  {one.article}  {one.field}{state}", "bold")
        say(f"{_short(one.field, one.value)}", indent=4)
        say(f"in place of {_short(one.field, one.printed)}", "dim", indent=4)
        say(f"{one.by}, {date_words(one.at, 'second')}: {one.reason}", indent=4)
        for decision in one.decisions:
            when = date_words(decision.at, "second")
            say(f"{decision.decision} by {decision.by}, {when}: {decision.reason}", indent=4)
        for review in one.review:
            say(f"→ {REVIEWS[review]}", "yellow", indent=4)
            if review != "captured before":
                say(f"the archive finds by itself now: {_short(one.field, one.printed_now)}", "dim", indent=6)


def _short(field: Field, value: Any) -> str:
    if field == "date_published" and value["date_published"]:
        return f"{date_words(value['date_published'], value['date_precision'])} (“{value['date_published_raw']}”)"
    text = " ".join(in_words(field, value).split())
    if not text:
        return "nothing"
    return text if len(text) <= _MOST else f"{text[:_MOST]}… ({len(text)} characters)"
