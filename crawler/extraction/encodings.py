"""Vietnamese in encodings that no header names: recognised by what becomes Vietnamese words, and converted. Pure.

Three kinds of text look like accented rubbish when they are shown as windows-1252:

- TCVN3 (the ABC fonts, ``.VnTime``): one byte a letter of TCVN 5712:1993, without the capitals that bear a tone. Those
  are the small letters in a second font (``.VnTimeH``). *Uncertain*: where the markup names no such font, what stands
  among capitals of ASCII is taken for capitals too, and a first letter such as Ủ comes out small.
- VNI-Windows (``VNI-Times``): a vowel and, behind it, one byte for its marks; the capitals have marks of their own.
- Bytes of UTF-8 or of windows-1258 that some program took for windows-1252, perhaps more than once. windows-1258 writes
  the tone behind its vowel. *Uncertain*: a no-break space that was made a plain one on the way (``Ã`` and a blank, for
  ``à``) stays as it is.

A text is converted only when words that are no possible Vietnamese become such, nearly all of them, and there are
enough of them to rule out chance. A page may be partly right (a menu in Unicode around a body from an old editor): each
piece of text is judged for itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crawler.extraction.syllables import is_syllable

Convert = Callable[[str], str]

TCVN3 = "TCVN3 (ABC fonts)"


class Reread(NamedTuple):
    """The pieces of a page as they must be read; None for each that is right as it is. ``note``: what was done, in
    words. ``names``: the encodings that were found."""

    pieces: list[str | None]
    names: list[str]
    note: str


def may_be_legacy(text: str) -> bool:
    """Whether a text holds enough of what only these encodings print; a quick look, for pages that hold none of it."""
    return len(text.encode("latin-1", "ignore").translate(None, _ORDINARY)) >= _LEAST_GAIN


def reread(pieces: Sequence[str]) -> Reread | None:
    """How the pieces of one page's text must be read; None when all are right, or nothing is certain.

    Each piece is judged by the words in it, each encoding by all the pieces that it makes better.
    """
    judged = [_judge(piece) for piece in pieces]
    names = sorted(name for name in _READINGS if _is_certain([one for one in judged if one and one.name == name]))
    if not names:
        return None
    better = [one if one and one.name in names else None for one in judged]
    counted = [one for one in better if one]
    # On a page without a letter of Unicode's Vietnamese, what is possible in both ways ("tõ") goes with the rest.
    pure = not any(_IS_UNICODE.search(piece) for piece in pieces)
    main = max(names, key=lambda name: sum(one.gained for one in counted if one.name == name))
    found: list[str | None] = []
    for piece, one in zip(pieces, better, strict=True):
        text = _READINGS[one.name](piece) if one else piece
        if one is None and pure and _right(other := _READINGS[main](piece)) >= _right(piece):
            text = other
        found.append(text if text != piece else None)
    gained = sum(one.gained for one in counted)
    note = f"text converted from {', '.join(names)}: {gained} more of its words are possible Vietnamese"
    return Reread(found, names, note)


def is_vietnamese(text: str) -> bool:
    """Whether most words with marks are possible ones; True where there are too few to tell."""
    words = _words(unicodedata.normalize("NFC", text))
    return len(words) < _LEAST_GAIN or 2 * sum(map(is_syllable, words)) >= len(words)


def western(body: bytes) -> str:
    """Bytes as windows-1252; where it has no character, as the control of that number, so that nothing is lost."""
    return body.decode("latin-1").translate(_SHOWN)


_SHOWN = {byte: shown for byte in range(0x80, 0xA0) if (shown := bytes([byte]).decode("cp1252", "ignore"))}
_BYTE = {ord(shown): byte for byte, shown in _SHOWN.items()}


class _Judgement(NamedTuple):
    """A reading that makes a piece better: ``gained`` more of its words are possible Vietnamese. Of the ``words`` with
    marks in it, so many are ``right``."""

    name: str
    gained: int
    words: int
    right: int


def _judge(piece: str) -> _Judgement | None:
    if piece.isascii() or _IS_UNICODE.search(piece):
        return None
    right_before = _right(piece)
    found = []
    for name, convert in _READINGS.items():
        words = _words(convert(piece))
        right = sum(map(is_syllable, words))
        if right > right_before:
            found.append(_Judgement(name, right - right_before, len(words), right))
    return max(found, key=lambda one: 2 * one.right - one.words, default=None)


def _is_certain(judged: list[_Judgement]) -> bool:
    gained, words = sum(one.gained for one in judged), sum(one.words for one in judged)
    right = sum(one.right for one in judged)
    return gained >= _LEAST_GAIN and right >= _RIGHT_AFTER * words and gained >= _GAIN * words


_LEAST_GAIN = 5
"""Words: chance makes one or two."""
_RIGHT_AFTER = 0.85
"""In Vietnamese news 0.99 of the words with marks are possible syllables; the others are names."""
_GAIN = 0.3
"""windows-1258 leaves half of the words as they are, TCVN3 one in ten."""

_ORDINARY = bytes(range(0xA1)) + "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý«»©°±²³´·§".encode("latin-1")
"""Of Latin-1 what Vietnamese pages hold anyway: ASCII, their letters, the usual signs."""
_IS_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u0300\u0301\u0303\u0309\u0323]")
"""Letters and tones of Vietnamese beyond Latin-1: a text that has them is Unicode."""
_WORD = re.compile("[A-Za-z\u0081-\u009f\u00a1-\u024f\u0300-\u0323\u1ea0-\u1ef9ˆ˜‚„†‡‰‹›€™]+")
_EDGES = "«»°·"
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)


def _words(text: str) -> list[str]:
    """The words with marks, as far as they can be syllables at all: abbreviations (LĐLĐ) have no vowel."""
    found = (word.strip(_EDGES) for word in _WORD.findall(text))
    return [word for word in found if not word.isascii() and _VOWEL.search(unicodedata.normalize("NFD", word))]


def _right(text: str) -> int:
    return sum(map(is_syllable, _words(text)))


# TCVN3

_TCVN3_FROM = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""The letters from each code on, one after the other."""
_TCVN3 = {first + place: letter for first, row in _TCVN3_FROM.items() for place, letter in enumerate(row)}
_TCVN3_WORD = re.compile("[A-Za-z\u00a1-\u00fe]+")
_SMALL, _CAPITAL = re.compile("[a-z]"), re.compile("[A-Z]")
_HEADING = 5
"""So many capitals of ASCII and no small letter make a line in capitals; abbreviations have fewer."""
_SIGNS = frozenset("©®«»§·±")
"""What stands alone between blanks is the sign that it looks like, not the letter."""


def _from_tcvn3(text: str) -> str:
    found = _TCVN3_WORD.sub(_tcvn3_word, text)
    return found.upper() if _in_capitals(text, least=_HEADING) else found


def _tcvn3_word(found: re.Match[str]) -> str:
    word = found[0]
    if word in _SIGNS:
        return word
    letters = word.translate(_TCVN3)
    return letters.upper() if _in_capitals(word, least=2) else letters


def _in_capitals(text: str, least: int) -> bool:
    return not _SMALL.search(text) and len(_CAPITAL.findall(text)) >= least


# VNI

_VNI_MARKS = {
    "a": "ùá øà ûả õã ïạ ââ áấ àầ åẩ ãẫ äậ êă éắ èằ úẳ üẵ ëặ",
    "e": "ùé øè ûẻ õẽ ïẹ âê áế àề åể ãễ äệ",
    "o": "ùó øò ûỏ õõ ïọ âô áố àồ åổ ãỗ äộ",
    "ô": "ùớ øờ ûở õỡ ïợ",
    "u": "ùú øù ûủ õũ ïụ",
    "ö": "ùứ øừ ûử õữ ïự",
    "y": "ùý øỳ ûỷ õỹ",
}
"""For each vowel its marks, each with the letter that they make."""
_VNI = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"} | {
    vowel + pair[0]: pair[1] for vowel, pairs in _VNI_MARKS.items() for pair in pairs.split()
}
_VNI_LETTER = re.compile("|".join(sorted(_VNI, key=len, reverse=True)), re.IGNORECASE)


def _from_vni(text: str) -> str:
    return _VNI_LETTER.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    letter = _VNI[found[0].lower()]
    return letter.upper() if found[0][0].isupper() else letter


# Bytes of another encoding, shown as windows-1252


def _set(first: int, last: int) -> str:
    """A regular expression's set of the characters that a range of bytes is shown as."""
    return "[" + "".join(map(re.escape, western(bytes(range(first, last + 1))))) + "]"


_TAIL = _set(0x80, 0xBF)
_UTF8 = re.compile(f"{_set(0xC2, 0xDF)}{_TAIL}|{_set(0xE0, 0xEF)}{_TAIL}{{2}}|{_set(0xF0, 0xF4)}{_TAIL}{{3}}")
_HIGH = re.compile(f"{_set(0x80, 0xFF)}+")


def _from_utf8(text: str) -> str:
    return _UTF8.sub(lambda found: _as_bytes(found[0]).decode("utf-8", "replace"), text)


def _from_utf8_twice(text: str) -> str:
    return _from_utf8(_from_utf8(text))


def _from_cp1258(text: str) -> str:
    shown = _HIGH.sub(lambda found: _as_bytes(found[0]).decode("cp1258", "replace"), text)
    return unicodedata.normalize("NFC", shown)


def _as_bytes(shown: str) -> bytes:
    return shown.translate(_BYTE).encode("latin-1")


_READINGS: dict[str, Convert] = {
    TCVN3: _from_tcvn3,
    "VNI": _from_vni,
    "UTF-8 read as windows-1252": _from_utf8,
    "UTF-8 read as windows-1252 twice": _from_utf8_twice,
    "windows-1258 read as windows-1252": _from_cp1258,
}
