"""How like two texts are, and from where on they are copies of one text. Pure functions; nothing is read or written.

Likeness is measured twice. On shingles, three folded words each: the Jaccard similarity (same / all), and containment
(same / the smaller set), which recognises a shortened copy; a passage that was moved changes them little. And by
alignment (:mod:`archive.alignment`): the words in the same order as a share of the longer text and of the shorter one;
single words that an editor changed here and there change these little. :data:`RULES` says how much is asked for, of
the better of each two. A page that names the other's address as its source is believed while the texts do not
contradict it; a page that names any source is a copy of something; of others the text alone must prove it, where
:data:`FACTS_FOR_A_SOURCE` facts of both and none exchanged are worth as much as a source that is named.

One form, two events: announcements, bulletins and programme notes repeat a form with other names, numbers and dates,
and are no copies, however similar. So texts whose facts were exchanged are two events, unless one names the other's
address. An editor exchanges a fact now and then too. He is believed to have done so beside many edits of other words
(:data:`EDITS_A_FACT`), or in a long text that is otherwise the same (:data:`WORDS_A_FACT`), but for dates: a day that
was corrected cannot be told from the next issue of a bulletin. Where neither holds, the texts are no pair: what cannot
be decided is not guessed. ``python benchmarks/duplicates.py`` measures all this on labelled pairs.

Bodies of fewer than :data:`SHORTEST` words, none at all included, prove nothing: a station prints the same sentence
under a hundred videos. Those of more than :data:`LONGEST` are not laid side by side: they are copies where they are the
same word for word, or where one names the other's address and their shingles do not contradict it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from sys import intern
from typing import Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

from archive.alignment import Alignment, align, words_of
from archive.vietnamese import words

SHORTEST = 30
"""Words of a body."""

_BANDS, _ROWS = 42, 3
_BITS = 21  # of each of a band's values: three make one signed 64-bit integer

LONGEST = 30_000
"""Words of the longest text that is laid beside another: the memory for that grows with both lengths (110 MB)."""

Declared = Literal["address", "named", None]

FACTS_FOR_A_SOURCE = 5
"""Facts of both texts, none exchanged: what a source that is named is worth."""

EDITS_A_FACT, KEPT_A_FACT = 3, 3
"""Places where other words were edited, and facts of both texts, for each fact that an editor exchanged besides. A form
exchanges many facts and hardly edits; words replaced at random exchange hardly any fact beside many edits."""

WORDS_A_FACT, FACTS_A_FACT = 200, 8
"""Words in the same order, and facts of both texts, for each that was corrected in an otherwise equal text. A notice
has fewer words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """From which likeness on two texts are copies, when either measure reaches its mark.

    ``alike`` is a share of all words or shingles, ``contained`` of those of the shorter text. ``shortest`` is the share
    of the longer text that the shorter must have for that to count: an item is contained in a round-up of the week
    without being its copy. ``one_event``: whether exchanged facts make them two.
    """

    alike: float
    contained: float
    shortest: float
    one_event: bool


RULES: Mapping[Declared, Rule] = {
    None: Rule(alike=0.66, contained=0.88, shortest=0.4, one_event=True),
    "named": Rule(alike=0.50, contained=0.70, shortest=0.4, one_event=True),
    "address": Rule(alike=0.30, contained=0.40, shortest=0.0, one_event=False),
}
"""By what one of the two declares: the other's address, any source by name, or nothing."""


@dataclass(frozen=True, slots=True)
class Signature:
    """``digest`` is the same for texts that are the same word for word. ``minhash`` holds 126 little-endian uint32."""

    digest: str
    minhash: bytes
    shingles: int

    def bands(self) -> list[int]:
        """One signed 64-bit integer a band."""
        joined: list[int] = band_values(minhash_values(self.minhash)).tolist()
        return joined


@lru_cache(maxsize=256)
def sign(headline: str, body: str) -> Signature | None:
    """The signature of an article's text, or None when it is too short to prove anything.

    The numbers in the headline belong to the digest: a programme's stock text is the same every day.
    """
    text = read_text(headline, body)
    if len(text.words) < SHORTEST:
        return None
    minhash = _minhash()(_BANDS * _ROWS, hashfunc=crc32, scheme="affine32", permutations=_permutations())
    minhash.update_batch(shingle.encode() for shingle in {" ".join(three) for three in _threes(text.words)})
    said = [*text.words, "", *sorted(text.numbers)]
    return Signature(
        digest=hashlib.blake2b(" ".join(said).encode(), digest_size=16).hexdigest(),
        minhash=minhash.hashvalues.astype("<u4").tobytes(),
        shingles=len(text.shingles),
    )


@cache
def _minhash() -> Any:
    """datasketch's class, loaded with the first text: with it comes scipy, which takes half of a command's start."""
    from datasketch import MinHash  # noqa: PLC0415

    return MinHash


@cache
def _permutations() -> Any:
    return _minhash()(_BANDS * _ROWS, scheme="affine32").permutations


def minhash_values(minhash: bytes) -> npt.NDArray[np.uint32]:
    """The 126 numbers of a stored :class:`Signature`."""
    return np.frombuffer(minhash, dtype="<u4")


def band_values(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """The 42 bands of 126 MinHash values, along the last axis."""
    rows = values.astype(np.int64).reshape(*values.shape[:-1], _BANDS, _ROWS) & ((1 << _BITS) - 1)
    joined: npt.NDArray[np.int64] = rows[..., 0] << 2 * _BITS | rows[..., 1] << _BITS | rows[..., 2]
    return joined


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text as it is compared. ``words`` and ``shingles`` are the body's, ``numbers`` those of headline and body,
    ``in_headline`` those of the headline.

    ``shingles`` are sorted numbers that stand for them, in this process only: many texts are held at once.
    """

    body: str
    words: tuple[str, ...]
    shingles: npt.NDArray[np.int64]
    numbers: frozenset[str]
    in_headline: frozenset[str]

    def same_shingles(self, other: Text) -> int:
        """How many shingles both have."""
        both = np.concatenate((self.shingles, other.shingles))
        both.sort(kind="stable")
        return int(np.count_nonzero(both[1:] == both[:-1]))


def read_text(headline: str, body: str) -> Text:
    """Take a text apart for comparison."""
    found = tuple(map(intern, words(body)))
    in_headline = _numbers(words(headline))
    return Text(
        body=body,
        words=found,
        shingles=np.unique(np.fromiter(map(hash, _threes(found)), dtype=np.int64)),
        numbers=in_headline | _numbers(found),
        in_headline=in_headline,
    )


def _threes(found: tuple[str, ...]) -> Iterable[tuple[str, str, str]]:
    return zip(found, found[1:], found[2:], strict=False)


def _numbers(found: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lstrip("0") for word in found if not word.isalpha())


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two texts are, by their shingles. None where one of them is too short to be compared."""

    similarity: float | None
    containment: float | None
    exact: bool


def compare(one: Text, other: Text, declared: Declared) -> Likeness | None:
    """How like two texts are, or None when that does not make them copies of one text."""
    if min(len(one.words), len(other.words)) < SHORTEST:
        return Likeness(None, None, exact=False) if declared == "address" else None
    rule = RULES[declared]
    if rule.one_event and one.in_headline - other.numbers and other.in_headline - one.numbers:
        return None  # the same programme under the titles of two days
    same = one.same_shingles(other)
    jaccard, containment, _ = measures(same, len(one.shingles), len(other.shingles))
    exact = one.words == other.words
    if not exact and not _one_text(one, other, rule, jaccard, containment):
        return None
    return Likeness(round(jaccard, 4), round(containment, 4), exact)


def measures(same: float, size: int, other: int) -> tuple[float, float, float]:
    """Jaccard similarity, containment, and the smaller size as a share of the larger."""
    smaller, larger = sorted((size, other))
    return same / (size + other - same), same / smaller, smaller / larger


def _one_text(one: Text, other: Text, rule: Rule, jaccard: float, containment: float) -> bool:
    shorter, longer = sorted((len(one.words), len(other.words)))
    if longer > LONGEST:
        return not rule.one_event and (jaccard >= rule.alike or containment >= rule.contained)
    beside = align(words_of(one.body), words_of(other.body))
    if rule is RULES[None] and not beside.exchanged and len(beside.kept) >= FACTS_FOR_A_SOURCE:
        rule = RULES["named"]
    alike = max(jaccard, beside.same / longer) >= rule.alike
    contained = max(containment, beside.same / shorter) >= rule.contained and shorter >= rule.shortest * longer
    return (alike or contained) and (_one_event(beside) or not rule.one_event)


def _one_event(beside: Alignment) -> bool:
    """Whether what was exchanged are an editor's changes, not what a form leaves to be filled in."""
    exchanged = len(beside.exchanged)
    edited = beside.edits >= EDITS_A_FACT * exchanged and len(beside.kept) >= KEPT_A_FACT * exchanged
    corrected = beside.same >= WORDS_A_FACT * exchanged and len(beside.kept) >= FACTS_A_FACT * exchanged
    return edited or (corrected and not beside.redated)
