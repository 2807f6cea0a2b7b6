"""Two texts laid side by side, word by word: what is the same, which facts were exchanged. Pure functions, no I/O.

Where the texts differ lie stretches of words of the one, of the other, or of both. A fact (:mod:`archive.facts`) is
exchanged where one stretch has different facts of both texts and hardly anything else: what a form leaves to be filled
in. A stretch without exchanged facts is an edit: words replaced, left out or added, a passage told anew.

Words are compared folded, with ``i`` for ``y``: ``Lý`` and ``Lí``, ``hòa`` and ``hoà`` are no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from rapidfuzz.distance import Indel

from archive.facts import Fact, facts_of, tokens_of

_BESIDE_FACTS = 3
"""Words beside the facts that an exchange may bring along: ``20 suất quà`` and ``15 chiếc xe đạp``."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is laid beside another: its words in order, and the facts among them."""

    keys: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two texts have in common.

    ``same``: words in the same order in both. ``kept``: the facts that tell an event and stand in both.
    ``exchanged``: the facts in the place of one another; ``redated``: whether a date is among them. Both count a fact
    once, however often it is repeated. ``edits``: stretches without exchanged facts.
    """

    same: int
    kept: frozenset[str]
    exchanged: frozenset[tuple[str, str]]
    redated: bool
    edits: int


class _Stretch(NamedTuple):
    """Words from ``start`` to before ``end`` of the one text, in whose place the other has its own."""

    start: int
    end: int
    other_start: int
    other_end: int


@lru_cache(maxsize=512)
def words_of(text: str) -> Words:
    """Take a text apart. Some hundred texts of late are kept: a form's print is compared with many others."""
    text, tokens = tokens_of(text)
    return Words(tuple(intern(token.key.replace("y", "i")) for token in tokens), tuple(facts_of(text, tokens)))


def align(one: Words, other: Words) -> Alignment:
    """Lay two texts side by side, so that as many words as possible stand beside the same word."""
    stretches = _stretches(one, other)
    own = _touched(one.facts, [(stretch.start, stretch.end) for stretch in stretches])
    others = _touched(other.facts, [(stretch.other_start, stretch.other_end) for stretch in stretches])
    exchanges = [_exchanges(*beside) for beside in zip(stretches, own, others, strict=True)]
    exchanged = {pair for pairs in exchanges for pair in pairs}
    return Alignment(
        same=len(one.keys) - sum(stretch.end - stretch.start for stretch in stretches),
        kept=_telling(one) & _telling(other),
        exchanged=frozenset((fact.key, its.key) for fact, its in exchanged),
        redated=any("date" in (fact.sort, its.sort) for fact, its in exchanged),
        edits=exchanges.count([]),
    )


def _exchanges(stretch: _Stretch, own: Sequence[Fact], others: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """The facts of a stretch that stand for one another, in their order; none where it has much else."""
    if not _is_of_facts(own, stretch.start, stretch.end):
        return []
    if not _is_of_facts(others, stretch.other_start, stretch.other_end):
        return []
    return [(fact, its) for fact, its in zip(own, others, strict=False) if _differ(fact, its)]


def _differ(one: Fact, other: Fact) -> bool:
    """Whether two facts of one sort are more than one and the same with words left out."""
    shorter, longer = sorted((one.key.split(), other.key.split()), key=len)
    rest = iter(longer)
    return (one.sort == "name") == (other.sort == "name") and not all(word in rest for word in shorter)


def _telling(words: Words) -> frozenset[str]:
    return frozenset(fact.key for fact in words.facts if fact.telling)


def _stretches(one: Words, other: Words) -> list[_Stretch]:
    """Where the texts differ. Words between two stretches that are both at least as long belong to them: that they are
    the same is chance, as the ``Văn`` of two names."""
    found: list[_Stretch] = []
    at = other_at = 0
    for block in Indel.opcodes(one.keys, other.keys).as_matching_blocks():
        if block.a > at or block.b > other_at:
            found.append(_Stretch(at, block.a, other_at, block.b))
            while len(found) > 1 and found[-1].start - found[-2].end <= min(map(_length, found[-2:])):
                last = found.pop()
                found[-1] = _Stretch(found[-1].start, last.end, found[-1].other_start, last.other_end)
        at, other_at = block.a + block.size, block.b + block.size
    return found


def _length(stretch: _Stretch) -> int:
    return max(stretch.end - stretch.start, stretch.other_end - stretch.other_start)


def _touched(facts: Sequence[Fact], ranges: Sequence[tuple[int, int]]) -> Iterator[list[Fact]]:
    """For each range, in order, the facts that have words in it."""
    first = 0
    for start, end in ranges:
        while first < len(facts) and facts[first].end <= start:
            first += 1
        last = first
        while last < len(facts) and facts[last].start < end:
            last += 1
        yield list(facts[first:last])


def _is_of_facts(facts: Sequence[Fact], start: int, end: int) -> bool:
    """Whether the words of a stretch are facts, or hardly anything else."""
    inside = sum(min(fact.end, end) - max(fact.start, start) for fact in facts)
    return inside > 0 and (end - start) - inside <= max(_BESIDE_FACTS, inside)
