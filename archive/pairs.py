"""Pairs of words that stand side by side: terms of the indexes that tell no places. Pure functions, no I/O.

Where a phrase stands FTS5 finds out by reading all places of all its words, which takes half a second where these are
common. Few articles have a pair, so those that have all pairs of a phrase are soon found, and can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

GAP = "_"
"""Stands between two texts of an article, so that no phrase reaches from one into the other."""


def pair(one: str, other: str) -> str:
    """The term of two folded words; no word has a ``_``."""
    return f"{one}_{other}"


def pairs_of(words: Iterable[str]) -> list[str]:
    """The pairs of an article's folded words, each once; none reaches over a :data:`GAP`."""
    return list(dict.fromkeys(f"{one}_{other}" for one, other in pairwise(words) if GAP not in {one, other}))


def having_pairs(keys: Sequence[str], *, begun: bool = False) -> str | None:
    """What an index of pairs is asked for articles in which all words stand side by side as in a phrase, though not in
    one row everywhere; ``begun``: the last is the beginning of a word. None: one word is no pair."""
    terms = [f'"{pair(one, other)}"' for one, other in pairwise(keys)]
    if terms and begun:
        terms[-1] += "*"
    return " AND ".join(dict.fromkeys(terms)) or None
