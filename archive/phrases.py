"""Words that stand one after the other, and where they stand in a text. Pure functions, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from archive.vietnamese import INVISIBLE, Token, fold, keys_of, nfc, spelling, spellings, tokenise


@dataclass(frozen=True, slots=True)
class Word:
    """``key`` is how the index has it; ``exact`` how it must be spelled (None: any accents). Of a ``prefix`` both are
    only the beginning."""

    key: str
    exact: str | None
    prefix: bool = False


Phrase = tuple[Word, ...]
"""Words that stand one after the other."""


def read_phrase(text: str) -> Phrase:
    """The words of a text, each with the accents it was typed with."""
    text = nfc(text)
    return tuple(_word(token.key, text[token.start : token.end]) for token in tokenise(text))


def _word(key: str, written: str) -> Word:
    exact = spelling(written)
    return Word(key, None if fold(exact) == exact else exact)


def is_exact(phrase: Phrase) -> bool:
    """Whether accents were typed in it."""
    return any(word.exact is not None for word in phrase)


def is_unsure(phrase: Phrase) -> bool:
    """Whether words with accents and without stand in it, or the beginning of one: an index has only the one or the
    other in a row."""
    accents = {word.exact is not None for word in phrase}
    return len(phrase) > 1 and (len(accents) > 1 or any(word.prefix for word in phrase))


class Searched:
    """A text (NFC) in the forms it is searched in, each made when it is first needed: most of a text is looked through
    as a string, since to take it apart into words takes ten times as long."""

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
    def _by_key(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, token in enumerate(self._tokens):
            places.setdefault(token.key, []).append(at)
        return places

    @cached_property
    def _plain(self) -> bool:
        """No invisible character inside a word, so that patterns see the words that the index has."""
        return not INVISIBLE.search(self._text)

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase occurs, with its accents."""
        return next(self.places(phrase), None) is not None

    def places(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Where the phrase occurs, with its accents: start and end."""
        exact = [word.exact is not None for word in phrase]
        if self._plain and not any(word.prefix for word in phrase):
            if not any(exact):
                return _find(phrase, self._folded)
            if all(exact) and len(self._lower) == len(self._text):
                return _find(phrase, self._lower)
            return self._find_mixed(phrase)
        return self._find_in_tokens(phrase)

    def _find_mixed(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        for start, end in _find(tuple(Word(word.key, None) for word in phrase), self._folded):
            found = self._text[start:end]
            if all(_is_word(word, token, found) for word, token in zip(phrase, tokenise(found), strict=True)):
                yield start, end

    def _find_in_tokens(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        first, length = phrase[0], len(phrase)
        if first.prefix:
            starts = sorted(at for key, found in self._by_key.items() if key.startswith(first.key) for at in found)
        else:
            starts = self._by_key.get(first.key, [])
        for at in starts:
            window = self._tokens[at : at + length]
            if len(window) == length and all(
                _is_word(word, token, self._text) for word, token in zip(phrase, window, strict=True)
            ):
                yield window[0].start, window[-1].end


def _find(phrase: Phrase, text: str) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a text without case (if all its words have accents) or in a folded one (if none has)."""
    beginnings, pattern = _pattern(phrase)
    for beginning in beginnings:
        at = text.find(beginning)
        while at >= 0:
            if found := pattern.match(text, at):
                yield found.span()
            at = text.find(beginning, at + 1)


@lru_cache(maxsize=1000)
def _pattern(phrase: Phrase) -> tuple[list[str], re.Pattern[str]]:
    """How its first word may be written, and what the whole phrase is found by at such a place."""
    written = [sorted(spellings(word.exact) if word.exact else keys_of(word.key)) for word in phrase]
    forms = (f"(?:{'|'.join(map(re.escape, forms))})" for forms in written)
    return written[0], re.compile(r"(?<![^\W_])" + r"[\W_]+".join(forms) + r"(?![^\W_])")


def _is_word(word: Word, token: Token, text: str) -> bool:
    if word.key != token.key and not (word.prefix and token.key.startswith(word.key)):
        return False
    if word.exact is None:
        return True
    written = spelling(text[token.start : token.end])
    return written == word.exact or (word.prefix and written.startswith(word.exact))
