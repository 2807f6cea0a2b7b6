"""What is the name of a person, of an organisation, of a newspaper: rules over the lists in ``names.toml``.

Reads that file when imported and touches nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from archive.vietnamese import nfc, spelling

_LISTS: dict[str, str] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def _syllables(*keys: str) -> frozenset[str]:
    return frozenset(spelling(word) for key in keys for word in _LISTS[key].split())


def _phrases(*keys: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_spelt(phrase) for key in keys for phrase in _LISTS[key].split(","))


@lru_cache(maxsize=512)
def _spelt(text: str) -> tuple[str, ...]:
    return tuple(spelling(word) for word in text.split())


_GIVEN = _syllables("given")
_FAMILY = _syllables("family")
_KNOWN = _GIVEN | _FAMILY
_NEVER = _syllables("never")
_UNIT_WORDS = _syllables("unit_words")
_DESKS = _phrases("desks")
_ORGANISATIONS = _DESKS | _phrases("units")
_PRESS_HEADS = _phrases("press_heads")
_PRESS = _phrases("press", "agencies")
_AGENCIES = _phrases("agencies")
_HEADINGS = _phrases("headings")
_PLACES = _phrases("places")
_NOBODY = _phrases("nobody")

_MOST_SYLLABLES = 5
_MOST_WORDS = 14
"""Words in an organisation's name; a longer line is a sentence."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+(?:vn|com|net|org|gov|info|tv)(?:/\S*)?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,3}\.\s?)+[^\W\d_]{1,3}")
_INITIALS_AND_NAME = re.compile(r"((?:[^\W\d_]{1,3}\.\s?)+)([^\W\d_]{2,})")
_NOT_INITIALS = frozenset({"tp", "tx", "tt", "ths", "ts", "gs", "pgs", "bs", "ks", "hcm", "vn", "q", "p", "kcn"})
"""Town, ward, titles: they too are written with a dot."""


def person(text: str) -> str | None:
    """The name of a person as the archive keeps it, or None.

    Capitals are lowered: PHƯƠNG ANH is Phương Anh. Pen names of initials (Đ.H, Tr.L) stay as they are. A name has up
    to five syllables. Headings, places and organisations in capitals look the same, so in capitals every syllable must
    be known. Otherwise each begins with a capital, and one may be unknown, or all but a family name in front (Khmer
    names: Thạch Sà Rây). A single syllable must be a given name.
    """
    if is_pen_name(text):
        return text
    words = text.split()
    if not 1 <= len(words) <= _MOST_SYLLABLES or not all(_WORD.fullmatch(word) for word in words):
        return None
    spelt = _spelt(text)
    if spelt in _PLACES or spelt in _PRESS or spelt in _NOBODY or _begins(spelt, _ORGANISATIONS | _PRESS_HEADS):
        return None
    if not _NEVER.isdisjoint(spelt) or not _HEADINGS.isdisjoint(_parts(spelt)):
        return None
    known = sum(word in _KNOWN for word in spelt)
    if len(words) == 1:
        return _lowered(text) if words[0][0].isupper() and spelt[0] in _GIVEN else None
    if text.isupper():
        return _lowered(text) if known == len(words) else None
    for word, spelt_word in zip(words, spelt, strict=True):
        written_small = word[1:].islower() or len(word) == 1 or "'" in word or "’" in word
        if not word[0].isupper() or not (written_small or spelt_word in _KNOWN):
            return None
    return _lowered(text) if known >= max(1, len(words) - 1) or spelt[0] in _FAMILY else None


def is_pen_name(text: str) -> bool:
    """Initials with dots, as many as six letters: Đ.H, B.NG, Tr.L, T.Hà."""
    if not text[:1].isupper():
        return False
    parts = [part for part in re.split(r"[.\s]+", text) if part]
    if any(len(part) > 1 and spelling(part) in _NOT_INITIALS for part in parts[:-1]):
        return False
    if _INITIALS.fullmatch(text):
        return sum(map(len, parts)) <= 6 and all(part[0].isupper() for part in parts)
    named = _INITIALS_AND_NAME.fullmatch(text)
    return named is not None and named[2][0].isupper() and spelling(named[2]) in _GIVEN


def unit(text: str) -> str | None:
    """The name of an organisation as printed: it begins like one and holds only what such names are made of."""
    return _white(text) if _is_organisation(text, _ORGANISATIONS) else None


def is_desk(text: str) -> bool:
    """Whether an organisation's name is that of an editorial desk (Ban Tuyên giáo, Nhóm PV)."""
    return _is_organisation(text, _DESKS)


def continues_unit(text: str) -> bool:
    """Whether the text may be the second half of an organisation's name ("Nữ công" of "Ban Tuyên giáo - Nữ công")."""
    return all(_belongs_to_organisation(word) for word in text.split())


def press(text: str) -> str | None:
    """The name of a newspaper, broadcaster, agency or site as printed, or None."""
    spelt = _spelt(text)
    if spelt in _PRESS or _DOMAIN.fullmatch(text) or _is_organisation(text, _PRESS_HEADS):
        return _white(text)
    return None


def is_agency(text: str) -> bool:
    """Whether the text is an agency that may stand alone under an article (TTXVN)."""
    return _spelt(text) in _AGENCIES or _DOMAIN.fullmatch(text) is not None


def is_nobody(text: str) -> bool:
    """An account of the CMS (admin) or a remark (Tổng hợp): it stands where a name belongs and names nobody."""
    return _spelt(text) in _NOBODY or bool(re.match(r"(?:admin|mod|user)[\w.@-]*$", text, re.IGNORECASE))


def _white(text: str) -> str:
    return nfc(" ".join(text.split()))


def _lowered(name: str) -> str:
    """Words in capitals with only the first letter of each part large (K'HYÊR: K'Hyêr)."""
    return _white(re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize() if word[0].isupper() else word[0], name))


def _begins(spelt: tuple[str, ...], heads: frozenset[tuple[str, ...]]) -> int:
    """How many words of the longest head the text begins with; 0 for none."""
    return next((size for size in (3, 2, 1) if spelt[:size] in heads and len(spelt) >= size), 0)


def _parts(spelt: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run of neighbouring words."""
    for start in range(len(spelt)):
        for end in range(start + 1, len(spelt) + 1):
            yield spelt[start:end]


def _is_organisation(text: str, heads: frozenset[tuple[str, ...]]) -> bool:
    words = text.split()
    head = _begins(_spelt(text), heads)
    if not head or len(words) > _MOST_WORDS or not words[0][0].isupper():
        return False
    if head == len(words) and _spelt(text) not in _DESKS:  # "Công đoàn" alone is a section of the site
        return False
    return all(_belongs_to_organisation(word) for word in words[head:])


def _belongs_to_organisation(word: str) -> bool:
    return bool(re.fullmatch(r"[\w.&'’,/-]+|[-–&]", word)) and (
        not word[0].isalpha() or word[0].isupper() or spelling(word.rstrip(",")) in _UNIT_WORDS
    )
