"""What somebody typed into the search, understood: a :class:`Query`. Pure functions, no I/O.

Words are looked for in any order; ``"words in quotes"`` stand one after the other, ``-word`` must not occur. A
word typed without accents is found with any accents, a word typed with accents is found so, in either tone style.
Words in quotes and excluded words are taken literally; all others are found in their other forms too (LĐLĐ).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from archive.abbreviations import Abbreviations
from archive.filters import QueryError
from archive.vietnamese import INVISIBLE, Token, fold, keys_of, nfc, spelling, spellings, tokenise

MOST_WORDS = 50
"""A search of more words is a pasted text, not a question; SQLite would take seconds over it."""


@dataclass(frozen=True, slots=True)
class Word:
    """``key`` is how the index has it; ``exact`` how it must be spelled (None: any accents)."""

    key: str
    exact: str | None


Phrase = tuple[Word, ...]
"""Words that stand one after the other."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Fulfilled when all of ``phrases`` occur, or any of ``others`` (other ways to write the same)."""

    phrases: tuple[Phrase, ...]
    others: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """All of ``clauses`` must be fulfilled and none of ``excluded`` may occur."""

    clauses: tuple[Clause, ...]
    excluded: tuple[Phrase, ...] = ()
    exact: bool = field(init=False)
    """Whether the index alone cannot tell: it knows no accents."""

    def __post_init__(self) -> None:
        phrases = [phrase for clause in self.clauses for phrase in (*clause.phrases, *clause.others)]
        object.__setattr__(self, "exact", any(map(_is_exact, [*phrases, *self.excluded])))

    def fts(self) -> str:
        """The query for SQLite's FTS5: finds all that :meth:`holds` for, and what differs by accents only."""
        wanted = " AND ".join(map(_fts_clause, self.clauses))
        unwanted = [_fts_phrase(phrase) for phrase in self.excluded if not _is_exact(phrase)]
        return f"({wanted}) NOT ({' OR '.join(unwanted)})" if unwanted else wanted

    def holds(self, text: str) -> bool:
        """Whether a text (NFC) has the words as they were typed."""
        searched = _Searched(text)
        return all(
            all(map(searched.has, clause.phrases)) or any(map(searched.has, clause.others)) for clause in self.clauses
        ) and not any(map(searched.has, self.excluded))

    def matches(self, text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
        """Where the query's words stand in a text (NFC): start, end, and the number of the clause."""
        for number, clause in enumerate(self.clauses):
            for phrase in (*clause.phrases, *clause.others):
                for start, end in _occurrences(phrase, tokens, text):
                    yield start, end, number


_CHUNK = re.compile(r'(?P<minus>(?<!\S)-)?(?:["“”„«»](?P<quoted>[^"“”„«»]*)["“”„«»]?|(?P<bare>[^\s"“”„«»]+))')


def parse(text: str, abbreviations: Abbreviations) -> Query:
    """Understand what was typed.

    :raises QueryError: there is no word to look for, or there are more than :data:`MOST_WORDS`.
    """
    chunks = [
        (chunk, phrase)
        for chunk in _CHUNK.finditer(nfc(text))
        if (phrase := read_phrase(chunk["quoted"] or chunk["bare"] or ""))
    ]
    count = sum(len(phrase) for _, phrase in chunks)
    if count > MOST_WORDS:
        message = f"{count} words are too many to look for at once; type at most {MOST_WORDS}"
        raise QueryError("too-many-words", message, count=count, most=MOST_WORDS)
    clauses: list[Clause] = []
    run: list[Phrase] = []
    for chunk, phrase in chunks:
        if chunk["minus"] or chunk["bare"] is None:
            clauses += _expand(run, abbreviations)
            run = []
            if not chunk["minus"]:
                clauses.append(Clause((phrase,)))
        else:
            run.append(phrase)
    clauses += _expand(run, abbreviations)
    if not clauses:
        message = f"no word to look for in {text[:80]!r}; type at least one, without - before it"
        raise QueryError("no-words", message, typed=text[:80])
    return Query(tuple(clauses), tuple(phrase for chunk, phrase in chunks if chunk["minus"]))


def read_phrase(text: str) -> Phrase:
    """The words of a text, each with the accents it was typed with."""
    text = nfc(text)
    return tuple(_word(token.key, text[token.start : token.end]) for token in tokenise(text))


def _word(key: str, written: str) -> Word:
    exact = spelling(written)
    return Word(key, None if fold(exact) == exact else exact)


def _expand(run: list[Phrase], abbreviations: Abbreviations) -> Iterator[Clause]:
    """Clauses for words that were typed side by side, the longest run that has another form first."""
    start = 0
    while start < len(run):
        for end in range(len(run), start, -1):
            typed = tuple(word for phrase in run[start:end] for word in phrase)
            if others := _others(typed, abbreviations):
                yield Clause(tuple(run[start:end]), others)
                break
        else:
            end = start + 1
            yield Clause((run[start],))
        start = end


def _others(typed: Phrase, abbreviations: Abbreviations) -> tuple[Phrase, ...]:
    """The other ways to write what was typed; without accents where it was typed without any."""
    found: dict[Phrase, None] = {}
    for form, others in abbreviations.of(tuple(word.key for word in typed)):
        if all(word.exact in {None, known.exact} for word, known in zip(typed, read_phrase(form), strict=True)):
            for phrase in map(read_phrase, others):
                found[phrase if _is_exact(typed) else tuple(Word(word.key, None) for word in phrase)] = None
    return tuple(found)


def _is_exact(phrase: Phrase) -> bool:
    return any(word.exact is not None for word in phrase)


def _fts_phrase(phrase: Phrase) -> str:
    return '"' + " ".join(word.key for word in phrase) + '"'


def _fts_clause(clause: Clause) -> str:
    together = " AND ".join(map(_fts_phrase, clause.phrases))
    return "(" + " OR ".join([f"({together})", *map(_fts_phrase, clause.others)]) + ")"


def _occurrences(phrase: Phrase, tokens: Sequence[Token], text: str) -> Iterator[tuple[int, int]]:
    first, length = phrase[0].key, len(phrase)
    for at in range(len(tokens) - length + 1):
        if tokens[at].key != first:
            continue
        window = tokens[at : at + length]
        if all(
            word.key == token.key and (word.exact is None or word.exact == spelling(text[token.start : token.end]))
            for word, token in zip(phrase, window, strict=True)
        ):
            yield window[0].start, window[-1].end


class _Searched:
    """A text in the forms it is searched in, each made when it is first needed: folding a text costs ten times as
    much as finding a word in it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _lower(self) -> str:
        return self._text.casefold()

    @cached_property
    def _folded(self) -> str:
        return fold(self._text)

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokenise(self._text)

    @cached_property
    def _plain(self) -> bool:
        """No invisible character inside a word, so that patterns see the words that the index has."""
        return not INVISIBLE.search(self._text)

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase occurs, with its accents."""
        exact = [word.exact is not None for word in phrase]
        if self._plain and all(exact):
            return _pattern(phrase).search(self._lower) is not None
        if self._plain and not any(exact):
            return _pattern(phrase).search(self._folded) is not None
        return next(_occurrences(phrase, self._tokens, self._text), None) is not None


@lru_cache(maxsize=1000)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """Finds a phrase in a text without case (if all its words have accents) or in a folded one (if none has)."""
    written = (
        "|".join(map(re.escape, sorted(spellings(word.exact) if word.exact else keys_of(word.key)))) for word in phrase
    )
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(f"(?:{word})" for word in written) + r"(?![^\W_])")
