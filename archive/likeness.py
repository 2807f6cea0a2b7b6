"""How like two texts are, and from where on they are copies of one text. Pure functions; nothing is read or written.

Likeness is measured on shingles of three folded words: the Jaccard similarity (same / all), and containment (same /
the smaller set), which recognises a shortened copy. :data:`RULES` says how much is asked for. A page that names the
other's address as its source is believed while the texts do not contradict it; a page that names any source is a copy
of something; of others the text alone must prove it. ``python benchmarks/likeness.py`` measures replicas' articles:
unrelated ones reach a Jaccard similarity of 0.25 and a containment of 0.44 at most; 5 % of the words replaced leave
0.72 to 0.82, 10 % leave 0.54 to 0.63 (containment 0.71 to 0.78), 20 % leave 0.30 to 0.42 (0.47 to 0.60), cut to the
first half 0.47 to 0.56 (1.00).

One form, two events: announcements, bulletins and programme notes repeat a form with other names and numbers, and are
no copies, however similar. So where each of two texts has a number, or a name, that the other lacks, they are two
events, unless one names the other's address. A shortened copy lacks names and numbers too, but only on one side.

Bodies of fewer than :data:`SHORTEST` words, none at all included, prove nothing: a station prints the same sentence
under a hundred videos.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt
from datasketch import MinHash

from archive.vietnamese import fold, words

SHORTEST = 30
"""Words of a body."""

_BANDS, _ROWS = 42, 3
_BITS = 21  # of each of a band's values: three make one signed 64-bit integer

Declared = Literal["address", "named", None]


@dataclass(frozen=True, slots=True)
class Rule:
    """From which similarity on two texts are copies, when either measure reaches its mark.

    ``shortest`` is the share of the longer text's shingles that the shorter must have for containment to count: an
    item is contained in a round-up of the week without being its copy.
    """

    jaccard: float
    containment: float
    shortest: float
    same_facts: bool


RULES: Mapping[Declared, Rule] = {
    None: Rule(jaccard=0.70, containment=0.90, shortest=0.4, same_facts=True),
    "named": Rule(jaccard=0.50, containment=0.70, shortest=0.4, same_facts=True),
    "address": Rule(jaccard=0.30, containment=0.40, shortest=0.0, same_facts=False),
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
        values = minhash_values(self.minhash).astype(np.int64).reshape(_BANDS, _ROWS) & ((1 << _BITS) - 1)
        joined: list[int] = (values[:, 0] << 2 * _BITS | values[:, 1] << _BITS | values[:, 2]).tolist()
        return joined


@lru_cache(maxsize=256)
def sign(headline: str, body: str) -> Signature | None:
    """The signature of an article's text, or None when it is too short to prove anything.

    The numbers in the headline belong to the digest: a programme's stock text is the same every day.
    """
    text = read_text(headline, body)
    if len(text.words) < SHORTEST:
        return None
    minhash = MinHash(_BANDS * _ROWS, hashfunc=crc32, scheme="affine32", permutations=_permutations())
    minhash.update_batch(shingle.encode() for shingle in text.shingles)
    said = [*text.words, "", *sorted(text.numbers)]
    return Signature(
        digest=hashlib.blake2b(" ".join(said).encode(), digest_size=16).hexdigest(),
        minhash=minhash.hashvalues.astype("<u4").tobytes(),
        shingles=len(text.shingles),
    )


@cache
def _permutations() -> Any:
    return MinHash(_BANDS * _ROWS, scheme="affine32").permutations


def minhash_values(minhash: bytes) -> npt.NDArray[np.uint32]:
    """The 126 numbers of a stored :class:`Signature`."""
    return np.frombuffer(minhash, dtype="<u4")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is compared. ``numbers`` are those of headline and body, ``words`` and ``shingles`` the body's."""

    body: str
    words: tuple[str, ...]
    shingles: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=512)
def read_text(headline: str, body: str) -> Text:
    """Take a text apart for comparison."""
    found = tuple(words(body))
    return Text(
        body=body,
        words=found,
        shingles=frozenset(map(" ".join, zip(found, found[1:], found[2:], strict=False))),
        numbers=frozenset(word.lstrip("0") for word in (*words(headline), *found) if not word.isalpha()),
    )


_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]|\d+|\n")
_ENDS = frozenset('.!?:…"“”\n-–')


@lru_cache(maxsize=512)
def names(text: str) -> frozenset[str]:
    """Pairs of neighbouring words in runs of capitalised ones, which nearly all are names of people and places.

    A sentence's first word does not count, nor do words in capitals: both depend on where and how a text is set.
    """
    found: set[str] = set()
    run: list[str] = []
    opening = True
    for token in _TOKEN.findall(text):
        if token[0].isupper() and not (len(token) > 1 and token.isupper()):
            if not opening:
                run.append(fold(token).replace("y", "i"))
        else:
            found.update(" ".join(pair) for pair in pairwise(run))
            run = []
        opening = token in _ENDS
    found.update(" ".join(pair) for pair in pairwise(run))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two texts are. None where one of them is too short to be compared."""

    similarity: float | None
    containment: float | None
    exact: bool


def compare(one: Text, other: Text, declared: Declared) -> Likeness | None:
    """How like two texts are, or None when that does not make them copies of one text."""
    if min(len(one.words), len(other.words)) < SHORTEST:
        return Likeness(None, None, exact=False) if declared == "address" else None
    rule = RULES[declared]
    exact = one.words == other.words
    if rule.same_facts and _differ(one.numbers, other.numbers):
        return None
    if rule.same_facts and not exact and _differ(names(one.body), names(other.body)):
        return None
    same = len(one.shingles & other.shingles)
    jaccard, containment, share = measures(same, len(one.shingles), len(other.shingles))
    if jaccard < rule.jaccard and (containment < rule.containment or share < rule.shortest):
        return None
    return Likeness(round(jaccard, 4), round(containment, 4), exact)


def measures(same: float, size: int, other: int) -> tuple[float, float, float]:
    """Jaccard similarity, containment, and the smaller size as a share of the larger."""
    smaller, larger = sorted((size, other))
    return same / (size + other - same), same / smaller, smaller / larger


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one - other) and bool(other - one)
