"""Vietnamese spelling for search and comparison: folding, tone placement, words. Pure functions, no I/O.

Stored text is never changed by these; their results live only in indexes and comparisons.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_decode, charmap_encode
from itertools import product
from typing import NamedTuple

_REMOVED = "\u034f"
"""COMBINING GRAPHEME JOINER: stands where a mark was taken away that belongs to no composed letter. It is
invisible and composes with nothing, so folding stays one character for one."""

_D_LOOK_ALIKES = {"đ": "d", "ð": "d", "ɖ": "d"}
"""đ has no decomposition in Unicode; ð (a Latin-1 mix-up) and ɖ (its capital looks like Đ) stand for it."""


class _FoldTable(dict[int, str]):
    """For each code point the one character it folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if unicodedata.combining(character):
        return _REMOVED
    for candidate in (character.casefold(), character.lower(), character):
        decomposed = unicodedata.normalize("NFD", candidate)
        base = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
        if len(base) == 1:
            return _D_LOOK_ALIKES.get(base, base)
    return character


_FOLD = _FoldTable()


def _alphabet() -> str:
    """What nearly all texts consist of, with NUL at its beginning: at most 256 characters."""
    tones = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    lower = "đ" + "".join(nfc(vowel + tone) for vowel, tone in product("aăâeêioôơuưy", tones))
    ascii_ = "\t\n\r" + "".join(map(chr, range(0x20, 0x7F)))
    signs = "\u00a0“”‘’–—…•·«»°×²³½§"
    return "\0" + "".join(dict.fromkeys(ascii_ + lower + lower.upper() + signs))


def nfc(text: str) -> str:
    """The text in NFC, as the archive stores it."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Text without case and without marks: ``Đoàn`` and ``ĐOÀN`` become ``doan``.

    The result has one character for each character of ``nfc(text)``: a position in one is a position in the
    other.
    """
    text = nfc(text)
    if text.isascii():
        return text.lower()
    try:
        return charmap_decode(charmap_encode(text, "strict", _TO_BYTES)[0], "strict", _FOLDED)[0]
    except UnicodeEncodeError:  # other characters
        return text.translate(_FOLD)


# Of an alphabet of 256 the interpreter's own coder of one-byte alphabets folds a text eight times as fast as a table of
# all characters does.
_ALPHABET = _alphabet()
_TO_BYTES = charmap_build(_ALPHABET.ljust(256, "\ufffe"))
_FOLDED = _ALPHABET.translate(_FOLD)

_INSIDE = "\\u0300-\\u036f\\u00ad\\u200c\\u200d\\u2060"

INVISIBLE = re.compile(f"[{_INSIDE}]")
"""Marks, soft hyphens and joiners: inside a word they neither end it nor belong to it."""

_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}])*")

_ONE_SPELLING = {"ki": "ky", "mi": "my", "qui": "quy", "si": "sy", "ti": "ty"}
"""kỉ niệm and kỷ niệm are one thing; once the accents are gone, ki and ky must be one word for that."""


class Token(NamedTuple):
    """One word of a text in NFC: ``text[start:end]``. ``key`` is its folded form, by which it is compared."""

    key: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """The words of a text in NFC, in order, without punctuation."""
    found = []
    for match in _WORD.finditer(fold(text)):
        word = _bare(match.group())
        found.append(Token(_ONE_SPELLING.get(word, word), match.start(), match.end()))
    return found


def words(text: str) -> list[str]:
    """The folded words of a text, in order, without punctuation: what is indexed and compared."""
    folded = fold(text)
    found = _WORD.findall(folded)
    if not folded.isascii() and INVISIBLE.search(folded):
        found = list(map(_bare, found))
    return [_ONE_SPELLING.get(word, word) for word in found]


def _bare(word: str) -> str:
    """A word without the invisible characters that may stand inside it."""
    return word if word.isascii() else INVISIBLE.sub("", word)


def keys_of(key: str) -> set[str]:
    """Every folded word that has this :class:`Token` key."""
    return {key} | {word for word, one in _ONE_SPELLING.items() if one == key}


# Old style puts the tone on the first vowel of an open syllable (hòa, khỏe, thủy), new style on the second
# (hoà, khoẻ, thuỷ). Both occur within one article. The new style is taken as canonical: it is what a closed
# syllable (hoàn) has in either style.
_OPEN_SYLLABLE = re.compile(r"([òóỏõọ])([ae])(?![^\W\d_])|([ùúủũụ])(y)(?![^\W\d_])", re.IGNORECASE)
_OPEN_NEW_STYLE = re.compile(r"(o)([àáảãạèéẻẽẹ])(?![^\W\d_])|(u)([ỳýỷỹỵ])(?![^\W\d_])", re.IGNORECASE)

# i and y are told apart by the word, not by a rule. These pairs are the same word in either spelling; lí/lý
# and hi/hy are left out, since names differ by them.
_I_FOR_Y = re.compile(r"(?<![^\W\d_])(?:(?:k|qu)[ìíỉĩị]|[ms]ĩ|tỉ)(?![^\W\d_])", re.IGNORECASE)
_TO_Y = str.maketrans("ìíỉĩịÌÍỈĨỊ", "ỳýỷỹỵỲÝỶỸỴ")
_TO_I = str.maketrans("ỳýỷỹỵỲÝỶỸỴ", "ìíỉĩịÌÍỈĨỊ")


def canonical_tones(text: str) -> str:
    """One spelling for words that have two: ``hòa`` and ``hoà``, ``thủy`` and ``thuỷ``, ``kỉ`` and ``kỷ``.

    Case and length (of the NFC text) stay as they are; closed syllables (``hoàn``, ``khoán``) are left alone.
    """
    text = nfc(text)
    if text.isascii():
        return text
    return _I_FOR_Y.sub(lambda match: match.group().translate(_TO_Y), _OPEN_SYLLABLE.sub(_tone_to_second, text))


def spelling(word: str) -> str:
    """A word as it is compared where accents count: no case, tones placed one way, look-alikes of đ as đ."""
    return canonical_tones(_bare(nfc(word)).casefold().translate(_TO_D))


_TO_D = str.maketrans("ðɖ", "đđ")


def spellings(word: str) -> set[str]:
    """Every way to write a word that :func:`spelling` takes for the same."""
    canonical = spelling(word)
    written = {canonical, _OPEN_NEW_STYLE.sub(_tone_to_first, canonical), canonical.translate(_TO_I)}
    written |= {form.replace("đ", other) for form in written for other in "ðɖ"}
    return {form for form in written if spelling(form) == canonical}


def _tone_to_second(match: re.Match[str]) -> str:
    first, second = (part for part in match.groups() if part)
    decomposed = unicodedata.normalize("NFD", first)
    return decomposed[0] + nfc(second + decomposed[1])


def _tone_to_first(match: re.Match[str]) -> str:
    first, second = (part for part in match.groups() if part)
    decomposed = unicodedata.normalize("NFD", second)
    return nfc(first + decomposed[1]) + decomposed[0]
