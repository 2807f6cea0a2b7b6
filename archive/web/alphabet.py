"""The order of Vietnamese names in lists: letters first, then tones, as dictionaries have it. Pure functions.

ă, â, đ, ê, ô, ơ and ư are letters of their own, each behind the one it comes from; of words with the same letters the
tones decide: level, huyền, hỏi, ngã, sắc, nặng. f, j, w and z stand where the Latin alphabet has them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_RANKS = {letter: chr(0x1000 + at) for at, letter in enumerate(LETTERS)}
"""Above all that is no letter, so that a name's end, a space and a dot come before any."""


class _Table(dict[int, str]):
    """What stands for a character in a sort key, found out when it is first met: its letter's rank, or its tone's."""

    def __init__(self, *, tones: bool) -> None:
        super().__init__()
        self._tones = tones

    def __missing__(self, code: int) -> str:
        letter, tone = _parts(chr(code))
        self[code] = chr(0x30 + tone) if self._tones else _RANKS.get(letter, letter)
        return self[code]


def _parts(character: str) -> tuple[str, int]:
    """The letter, small, and its tone: 0 for the level one, up to 5."""
    decomposed = unicodedata.normalize("NFD", character.lower())
    tone = next((at for at, mark in enumerate(_TONES, 1) if mark in decomposed), 0)
    return unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES)), tone


_LETTERS, _TONES_OF = _Table(tones=False), _Table(tones=True)


def alphabetical(name: str) -> tuple[str, str, str]:
    """The key by which a name (NFC) is sorted."""
    return name.translate(_LETTERS), name.translate(_TONES_OF), name


def first_letter(name: str) -> str | None:
    """The capital under which a name is listed; None where it begins with no Vietnamese or Latin letter."""
    letter = _parts(name[0])[0] if name else ""
    return letter.upper() if letter in _RANKS else None


def by_count(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Names with how often each occurs, the most frequent first, those that occur as often in alphabetical order."""
    return sorted(counts, key=lambda pair: (-pair[1], alphabetical(pair[0])))
