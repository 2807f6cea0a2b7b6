"""What somebody typed into the search, understood: a :class:`Query`. Pure functions, no I/O.

Words are looked for in any order; ``"words in quotes"`` stand one after the other, ``-word`` must not occur, of words
with ``OR`` (or ``HOẶC``, or ``|``) between them one is enough, ``đoàn*`` is every word that begins so. A word typed
without accents is found with any accents, a word typed with accents is found so, in either tone style. Words in quotes,
excluded words and those beside OR are taken literally; all others are found in their other forms too: abbreviations
(LĐLĐ), and names of provinces, for which the unit that they belong to now or were made of stands as well, and what
their own sites publish. Filters that are typed are :mod:`archive.filters`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from archive.abbreviations import Abbreviations
from archive.filters import QueryError
from archive.phrases import Phrase, Searched, Word, is_exact, is_unsure, read_phrase
from archive.provinces import provinces
from archive.vietnamese import nfc, words

MOST_WORDS = 50
"""A search of more words is a pasted text, not a question; SQLite would take seconds over it."""

MOST_CHARACTERS = 2_000

LEAST_PREFIX = 3
"""Letters before a ``*``: fewer begin too many words."""


Way = tuple[Phrase, ...]
"""Phrases that must all occur."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Fulfilled when an article has any of ``typed``, or of ``others`` (other ways to write the same), or when its
    site belongs to one of the ``units``, provinces of before 1 July 2025. ``quoted``: words in quotes are among it."""

    typed: tuple[Way, ...]
    others: tuple[Way, ...] = ()
    units: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        return (*self.typed, *self.others)

    @property
    def unsure(self) -> bool:
        """Whether the index alone cannot tell."""
        return any(map(is_unsure, (phrase for way in self.typed for phrase in way)))


@dataclass(frozen=True, slots=True)
class Query:
    """All of ``clauses`` must be fulfilled and none of ``excluded`` may occur."""

    clauses: tuple[Clause, ...]
    excluded: tuple[Phrase, ...] = ()
    unsure: bool = field(init=False)
    """Whether what the index gives must be looked at: see :meth:`holds`."""

    def __post_init__(self) -> None:
        unsure = any(clause.unsure for clause in self.clauses) or any(map(is_unsure, self.excluded))
        object.__setattr__(self, "unsure", unsure)

    def holds(self, texts: Iterable[str], fulfilled: Sequence[bool]) -> bool:
        """Whether texts of an article (NFC) fulfil it, with the accents that were typed.

        :param fulfilled: for each clause whether it is known to be.
        """
        searched = list(map(Searched, texts))

        def has(phrase: Phrase) -> bool:
            return any(one.has(phrase) for one in searched)

        return all(
            known or any(all(map(has, way)) for way in clause.ways)
            for clause, known in zip(self.clauses, fulfilled, strict=True)
        ) and not any(map(has, self.excluded))

    def matches(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Where the query's words stand in a text (NFC): start, end, and the number of the clause."""
        searched = Searched(text)
        for number, clause in enumerate(self.clauses):
            # Of a province's name one word says nothing: the article may be here by its site.
            ways = [way for way in clause.ways if not clause.units or len(way) == 1 or all(map(searched.has, way))]
            for phrase in dict.fromkeys(phrase for way in ways for phrase in way):
                for start, end in searched.places(phrase):
                    yield start, end, number

    def is_by_province(self, texts: Iterable[str]) -> bool:
        """Whether texts of an article that fulfils it have not the name of a province that was typed: it is here by
        another name of that province, or by its site's."""
        named = [clause for clause in self.clauses if clause.units]
        searched = list(map(Searched, texts)) if named else []
        return not all(
            any(all(any(one.has(phrase) for one in searched) for phrase in way) for way in clause.typed)
            for clause in named
        )


QUOTES = '"“”„«»'
"""What may stand before and behind words in quotes, either way round."""
VALUE = rf"(?:[{QUOTES}](?P<quoted>[^{QUOTES}]*)[{QUOTES}]?|(?P<bare>[^\s{QUOTES}]+))"
"""A word as it was typed, or words in quotes; the last quotation mark may be missing."""
CHUNK = re.compile(rf"(?P<minus>(?<!\S)-)?{VALUE}")
"""One of them, and whether it is left out."""
OR = frozenset({"OR", "HOẶC", "|"})
"""Between words of which one is enough."""


@dataclass(frozen=True, slots=True)
class _Item:
    phrase: Phrase
    quoted: bool


def parse(text: str, abbreviations: Abbreviations) -> Query:
    """Understand what was typed.

    :raises QueryError: there is no word to look for, or too much of them.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"{len(text)} characters are too many to look for at once; type a few words of them"
        raise QueryError("too-long", message, count=len(text), most=MOST_CHARACTERS)
    groups, excluded = _read(nfc(text))
    count = sum(len(item.phrase) for group in groups for item in group) + sum(map(len, excluded))
    if count > MOST_WORDS:
        message = f"{count} words are too many to look for at once; type at most {MOST_WORDS}"
        raise QueryError("too-many-words", message, count=count, most=MOST_WORDS)
    clauses: list[Clause] = []
    run: list[Phrase] = []
    for group in groups:
        if len(group) == 1 and not group[0].quoted and not group[0].phrase[-1].prefix:
            run.append(group[0].phrase)
            continue
        clauses += _expand(run, abbreviations)
        run = []
        clauses.append(Clause(tuple((item.phrase,) for item in group), quoted=any(item.quoted for item in group)))
    clauses += _expand(run, abbreviations)
    if not text.strip():
        raise QueryError("nothing-asked", "there is nothing to look for; type a word, or choose a filter")
    if not clauses:
        message = f"no word to look for in {text[:80]!r}; type at least one, without - before it"
        raise QueryError("no-words", message, typed=text[:80])
    return Query(tuple(clauses), tuple(excluded))


def _read(text: str) -> tuple[list[list[_Item]], list[Phrase]]:
    """Groups of which one item is enough, and what must not occur."""
    groups: list[list[_Item]] = []
    excluded: list[Phrase] = []
    joined = False
    for chunk in CHUNK.finditer(text):
        bare = chunk["bare"]
        if bare in OR and not chunk["minus"]:
            joined = bool(groups)
            continue
        phrase = read_phrase(chunk["quoted"] or bare or "")
        if not phrase:
            continue
        if bare and bare.endswith("*"):
            phrase = _prefixed(phrase, bare)
        if chunk["minus"]:
            excluded.append(phrase)
        elif joined:
            groups[-1].append(_Item(phrase, bare is None))
        else:
            groups.append([_Item(phrase, bare is None)])
        joined = joined and bool(chunk["minus"])
    return groups, excluded


def _prefixed(phrase: Phrase, typed: str) -> Phrase:
    last = phrase[-1]
    if len(last.key) < LEAST_PREFIX:
        message = f"{typed[:80]!r} begins too many words; type at least {LEAST_PREFIX} letters of it before *"
        raise QueryError("short-prefix", message, typed=typed[:80], least=LEAST_PREFIX)
    return (*phrase[:-1], Word(last.key, last.exact, prefix=True))


def _expand(run: list[Phrase], abbreviations: Abbreviations) -> Iterator[Clause]:
    """Clauses for words that were typed side by side, the longest run that has another form first."""
    start = 0
    while start < len(run):
        for end in range(len(run), start, -1):
            typed = tuple(word for phrase in run[start:end] for word in phrase)
            others, units = _others(typed, abbreviations), _units(typed)
            if others or units:
                yield Clause((tuple(run[start:end]),), tuple((phrase,) for phrase in others), units)
                break
        else:
            end = start + 1
            yield Clause(((run[start],),))
        start = end


def _others(typed: Phrase, abbreviations: Abbreviations) -> tuple[Phrase, ...]:
    """The other ways to write what was typed; without accents where it was typed without any."""
    keys = tuple(word.key for word in typed)
    forms = [*abbreviations.of(keys), *((form, others) for form, others, _ in _named().get(keys, ()))]
    found: dict[Phrase, None] = {}
    for form, others in forms:
        if _is_form(typed, form):
            for phrase in map(read_phrase, others):
                found[phrase if is_exact(typed) else tuple(Word(word.key, None) for word in phrase)] = None
    return tuple(found)


def _units(typed: Phrase) -> tuple[str, ...]:
    """The provinces of before 1 July 2025 whose name, old or new, was typed."""
    named = _named().get(tuple(word.key for word in typed), ())
    return tuple(dict.fromkeys(unit for form, _, units in named if _is_form(typed, form) for unit in units))


def _is_form(typed: Phrase, form: str) -> bool:
    """Whether the accents that were typed, if any, are those of a form."""
    return all(word.exact in {None, known.exact} for word, known in zip(typed, read_phrase(form), strict=True))


_Name = tuple[str, list[str], list[str]]
"""A name of a province, the other names for the same land, and its units of before 1 July 2025."""


@cache
def _named() -> Mapping[tuple[str, ...], list[_Name]]:
    """Names of provinces, old and new, by their folded words."""
    units: dict[str, list[str]] = {}
    others: dict[str, set[str]] = {}
    for one in provinces():
        now = one.merged_into or one.name
        for name in {one.name, now}:
            units.setdefault(name, []).append(one.name)
            others.setdefault(name, set()).update({one.name, now} - {name})
    found: dict[tuple[str, ...], list[_Name]] = {}
    for name, parts in units.items():
        found.setdefault(tuple(words(name)), []).append((name, sorted(others[name]), parts))
    return found
