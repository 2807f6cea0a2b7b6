"""The piece of an article that shows why it was found. Pure functions: text in, text with marks out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.query import Query
from archive.vietnamese import tokenise

WIDTH = 240
"""Characters of a snippet: three lines of a terminal, and enough for a sentence around the match."""

_BEFORE = 60
"""Characters shown before the first match."""

_MOST_MATCHES = 200
"""Compared with one another to find the best place; a text with more has one among the first."""

_LONGEST = 100
"""Characters of a word, around which a text is cut: a longer one is cut within."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and where in it something matched: ``text[start:end]`` for each of ``marks``, in order, none
    overlapping another."""

    text: str
    marks: list[Span]

    def pieces(self) -> list[tuple[str, bool]]:
        """The whole text in pieces, each with whether it matched."""
        found, at = [], 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        return [(text, matched) for text, matched in [*found, (self.text[at:], False)] if text]


def mark(query: Query, text: str) -> Marked:
    """The whole text, on one line, with what matched."""
    spans = [(start, end) for start, end, _ in query.matches(text)]
    return _cut(text, 0, len(text), spans)


def snippet(query: Query, texts: Mapping[str, str]) -> tuple[str, Marked]:
    """About :data:`WIDTH` characters out of the text, and of the place in it, where most of the query stands together;
    and the name of that text.

    Where only something else matched (the headline), the beginning of the first text that is not empty.

    :param texts: by their names.
    """
    best, shown = 0, None
    for name, text in texts.items():
        if matches := sorted(query.matches(text)):
            clauses, start, end = _window(text, matches)
            if clauses > best:
                best, shown = clauses, (name, _cut(text, start, end, [(begin, stop) for begin, stop, _ in matches]))
    if shown is not None:
        return shown
    name, text = next(((name, text) for name, text in texts.items() if text), ("", ""))
    return name, _cut(text, 0, _word_end(text, WIDTH), [])


def _window(text: str, matches: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """The first of those stretches of text that hold most clauses of the query: how many, start and end."""
    matches = matches[:_MOST_MATCHES]

    def clauses(first: int) -> int:
        reach = first + WIDTH - _BEFORE
        return len({clause for start, end, clause in matches if start >= first and end <= reach})

    most, _, first, reach = max((clauses(start), -start, start, end) for start, end, _ in matches)
    start = _word_start(text, first - _BEFORE)
    if len(text) - start <= WIDTH:
        start = _word_start(text, len(text) - WIDTH)
    return max(most, 1), start, _word_end(text, max(start + WIDTH, reach))


def _word_start(text: str, limit: int) -> int:
    """The start of the last word that starts at ``limit`` or before it."""
    if limit <= 0:
        return 0
    before = max(0, limit - _LONGEST)
    return before + max((token.start for token in tokenise(text[before : limit + 1])), default=0)


def _word_end(text: str, limit: int) -> int:
    """The end of the last word that ends before ``limit``; a single longer word is cut."""
    if limit >= len(text):
        return len(text)
    before = max(0, limit - _LONGEST)
    ends = (before + token.end for token in tokenise(text[before : limit + _LONGEST]))
    return max((end for end in ends if end <= limit), default=limit)


def _cut(text: str, start: int, end: int, spans: list[Span]) -> Marked:
    """``text[start:end]`` on one line, with an ellipsis where something was cut off, and the spans within it."""
    inside = _merge(text, [(begin, stop) for begin, stop in spans if begin >= start and stop <= end])
    cut, marks, at = "… " if start > 0 else "", [], start
    for begin, stop in inside:
        cut += _one_line(text[at:begin])
        marked = _one_line(text[begin:stop])
        marks.append((len(cut), len(cut) + len(marked)))
        cut, at = cut + marked, stop
    cut += _one_line(text[at:end])
    return Marked(cut + " …" if end < len(text) else cut, marks)


def _merge(text: str, spans: list[Span]) -> list[Span]:
    """The same stretches of text, in order; those that overlap, or have only spaces between them, as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or text[merged[-1][1] : start].isspace()):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
