"""Another query, where one finds nothing: with words that the archive has, or with fewer. Reads nothing itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice

from archive.phrases import read_phrase
from archive.query import CHUNK, OR
from archive.vietnamese import fold, nfc
from archive.vocabulary import Vocabulary

MOST_TRIED = 12
"""Queries that are tried before none is suggested."""

_MOST_MEANT = 3
_WORD = re.compile(r"\S+")
_MEANT_AS_OR = {"or": "OR", "hoặc": "HOẶC", "hoac": "HOẶC"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, or words in quotes, as they were typed."""

    text: str
    quoted: bool
    excluded: bool

    @property
    def is_or(self) -> bool:
        return not self.quoted and not self.excluded and self.text in OR

    def __str__(self) -> str:
        return ("-" if self.excluded else "") + (f'"{self.text}"' if self.quoted else self.text)


_Pieces = tuple[_Piece, ...]


def suggest(typed: str, finds: Callable[[str], bool], vocabulary: Vocabulary) -> str | None:
    """The nearest other query that finds something; None where none of those tried does.

    :param finds: tells whether a query finds anything, with the same filters.
    """
    pieces = _read(nfc(typed))
    tried = dict.fromkeys(" ".join(map(str, one)) for one in _others(pieces, vocabulary) if one != pieces)
    return next(filter(finds, islice(filter(None, tried), MOST_TRIED)), None)


def _read(typed: str) -> _Pieces:
    found = (
        _Piece((one["quoted"] or one["bare"] or "").strip(), one["bare"] is None, bool(one["minus"]))
        for one in CHUNK.finditer(typed)
    )
    return tuple(piece for piece in found if piece.text)


def _others(typed: _Pieces, vocabulary: Vocabulary) -> Iterator[_Pieces]:
    """``or`` as it must be typed; unknown words in another spelling; exclusions left out; quotes left out; all accents
    left out; each word left out."""
    yield _joined(typed)
    corrected = _corrected(typed, vocabulary)
    yield from corrected
    wanted = tuple(piece for piece in typed if not piece.excluded)
    yield wanted
    simpler = (wanted, tuple(replace(piece, quoted=False, text=piece.text.rstrip("*")) for piece in wanted))
    # Of words with OR between them, quotes say which words that joins.
    which = [one for one in (typed, *corrected, *simpler) if not (one is simpler[1] and any(p.is_or for p in wanted))]
    yield from which
    yield from map(_without_accents, which)
    bare = which[-1]
    if len(bare) > 1:
        # The rarest word is the likeliest not to belong there.
        for at in sorted(range(len(bare)), key=lambda at: _rarest(bare[at], vocabulary)):
            if not any(piece.is_or for piece in bare[max(0, at - 1) : at + 2]):
                yield bare[:at] + bare[at + 1 :]


def _joined(typed: _Pieces) -> _Pieces:
    ends = {0, len(typed) - 1}
    return tuple(
        replace(piece, text=_MEANT_AS_OR.get(piece.text.casefold(), piece.text))
        if at not in ends and not piece.quoted and not piece.excluded
        else piece
        for at, piece in enumerate(typed)
    )


def _corrected(typed: _Pieces, vocabulary: Vocabulary) -> list[_Pieces]:
    found = [typed]
    for at, piece in enumerate(typed):
        if piece.is_or:
            continue
        for word in _WORD.findall(piece.text):
            meant = _meant(word, vocabulary)
            found = [_with(pieces, at, word, one) for pieces in found for one in meant][:MOST_TRIED] or found
    return [pieces for pieces in found if pieces != typed]


def _with(pieces: _Pieces, at: int, word: str, other: str) -> _Pieces:
    text = " ".join(other if one == word else one for one in _WORD.findall(pieces[at].text))
    return (*pieces[:at], replace(pieces[at], text=text), *pieces[at + 1 :])


def _meant(typed: str, vocabulary: Vocabulary) -> Sequence[str]:
    """Words of the archive that may have been meant by one that it does not have: with accents for one with accents."""
    phrase = read_phrase(typed)
    if len(phrase) != 1 or vocabulary.count(phrase[0].exact or phrase[0].key):
        return ()
    word = phrase[0]
    exact = word.exact
    if exact and (spelled := vocabulary.spellings(word.key)):
        return _likest(exact, spelled)
    near = vocabulary.near(word.key)[:_MOST_MEANT]
    if exact is None:
        return near
    return _likest(exact, (one for key in near for one in vocabulary.spellings(key))) or near


def _likest(exact: str, spelled: Iterable[str]) -> list[str]:
    """Those that share most letters and marks with a word; of equals the first."""
    typed = _letters_and_marks(exact)
    return sorted(spelled, key=lambda one: -SequenceMatcher(None, typed, _letters_and_marks(one)).ratio())[:_MOST_MEANT]


def _letters_and_marks(word: str) -> str:
    """The marks behind the letters, each once, for people put them over a wrong one: đ has one, and hook and tilde are
    one, which half the country does not tell apart."""
    apart = unicodedata.normalize("NFD", word.replace("đ", "d-")).replace(
        "\N{COMBINING TILDE}", "\N{COMBINING HOOK ABOVE}"
    )
    marks = {sign for sign in apart if sign == "-" or unicodedata.combining(sign)}
    return "".join([*(sign for sign in apart if sign not in marks), *sorted(marks)])


def _without_accents(typed: _Pieces) -> _Pieces:
    return tuple(piece if piece.is_or else replace(piece, text=fold(piece.text)) for piece in typed)


def _rarest(piece: _Piece, vocabulary: Vocabulary) -> int:
    return min((vocabulary.count(word.exact or word.key) for word in read_phrase(piece.text)), default=0)
