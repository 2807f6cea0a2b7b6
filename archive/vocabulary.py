"""The words that the archive's articles have, and in how many each occurs. Reads the database it is handed.

FTS5 can count an index's terms too, but has to read all their entries for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from sqlite_utils import Database

from archive.searchable import KEYS

MOST_EXPANDED = 60
"""Words that a prefix stands for, those in the most articles; a longer list would take seconds to merge."""

_LONGEST = 40
"""Letters of a word that is compared with others: no word that anybody means has more."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LAST = "\U0010ffff"


class Vocabulary:
    """The words of an archive, each looked up once as long as this lives."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[str, int] = {}
        self.articles = max(self.count(""), 1)

    def count(self, term: str) -> int:
        """In how many articles a term of the index occurs."""
        if term not in self._known:
            row = self._db.execute(_COUNT, [KEYS[term], term]).fetchone()
            self._known[term] = row[0] if row else 0
        return self._known[term]

    def weight(self, term: str) -> float:
        """How much it tells that an article has the term: nothing where all have it."""
        return math.log(1 + self.articles / (self.count(term) + 1))

    def beginning(self, key: str, exact: str | None) -> list[str]:
        """The words that begin so: folded ones, or spelled ones where the beginning has accents."""
        rows = self._db.execute(_BEGINNING, [key, key + _LAST, exact is not None]).fetchall()
        found = sorted((-count, word) for word, count in rows if exact is None or word.startswith(exact))
        return [word for _, word in found[:MOST_EXPANDED]]

    def near(self, key: str) -> list[str]:
        """Folded words that differ by one letter, more, less or another, or by two exchanged; the frequent first."""
        if len(key) > _LONGEST:
            return []
        cuts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
        made = {head + tail[1:] for head, tail in cuts if tail}
        made |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
        made |= {head + letter + tail for head, tail in cuts for letter in _LETTERS}
        made |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
        return self._most_frequent(made - {key, ""})

    def spellings(self, key: str) -> list[str]:
        """How a folded word is spelled with accents, the most frequent first."""
        rows = self._db.execute(
            "SELECT word FROM search_words WHERE key = ? AND word != key ORDER BY articles DESC, word", [key]
        )
        return [word for (word,) in rows]

    def _most_frequent(self, words: Iterable[str]) -> list[str]:
        rows = self._db.execute(_AMONG, [json.dumps(sorted(words))]).fetchall()
        return [word for _, word in sorted((-count, word) for word, count in rows)]


_COUNT = "SELECT articles FROM search_words WHERE key = ? AND word = ?"
_BEGINNING = "SELECT word, articles FROM search_words WHERE key >= ? AND key < ? AND (word != key) = ?"
_AMONG = "SELECT word, articles FROM json_each(?) CROSS JOIN search_words w ON w.key = value AND word = value"
