"""Another query, where one finds nothing: with words that the archive has, or with fewer. Reads nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from archive.phrases import read_phrase
from archive.vietnamese import fold, nfc
from archive.vocabulary import Vocabulary

MOST_TRIED = 12
"""Queries that are tried before none is suggested."""

_MOST_MEANT = 3
_PIECE = re.compile(r'[^\s"“”„«»]+')


def suggest(typed: str, finds: Callable[[str], bool], vocabulary: Vocabulary) -> str | None:
    """The nearest other query that finds something; None where none of those tried does.

    :param finds: tells whether a query finds anything, with the same filters.
    """
    tried = dict.fromkeys(one for one in _others(nfc(typed), vocabulary) if one.strip() and one != typed)
    return next(filter(finds, islice(tried, MOST_TRIED)), None)


def _others(typed: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Unknown words in another spelling; all accents left out; quotes and exclusions left out; each word left out."""
    corrected = _corrected(typed, vocabulary)
    yield from corrected
    yield _without_accents(typed)
    for one in corrected:
        yield _without_accents(one)
    bare = re.sub(r'["“”„«»*]|(?<!\S)-\S+', " ", typed)
    yield " ".join(bare.split())
    yield _without_accents(" ".join(bare.split()))
    pieces = bare.split()
    if len(pieces) > 1:
        # The rarest word is the likeliest not to belong there.
        for at in sorted(range(len(pieces)), key=lambda at: _rarest(pieces[at], vocabulary)):
            yield " ".join(pieces[:at] + pieces[at + 1 :])


def _corrected(typed: str, vocabulary: Vocabulary) -> list[str]:
    found = [typed]
    for piece in _PIECE.finditer(typed):
        phrase = read_phrase(piece.group())
        if len(phrase) != 1 or vocabulary.count(phrase[0].exact or phrase[0].key):
            continue
        word = phrase[0]
        meant = vocabulary.spellings(word.key)[:_MOST_MEANT] if word.exact else []
        meant = meant or vocabulary.near(word.key)[:_MOST_MEANT]
        bare = piece.group().lstrip("-").rstrip("*")
        found = [text.replace(bare, one) for text in found for one in meant][:MOST_TRIED] or found
    return [text for text in found if text != typed]


def _without_accents(typed: str) -> str:
    return fold(typed) if not typed.isascii() else typed


def _rarest(piece: str, vocabulary: Vocabulary) -> int:
    return min((vocabulary.count(word.exact or word.key) for word in read_phrase(piece)), default=0)
