"""Which articles a query means most: those whose headline it is a part of, even with a letter wrong. Reads the database
it is handed.

FTS5 weighs every match, which takes seconds where many articles have the words. Here the headlines have an index of
their own, and what is weighed are candidates: articles with the words side by side in the headline, with all of them in
it, and the newest with all of them anywhere. Where no headline has what was typed, it is looked for with each word left
out in turn. Each candidate is weighed by its headline, and the best of them by their text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from rapidfuzz.distance import OSA
from sqlite_utils import Database

from archive.matching import Deadline, Matches
from archive.pairs import having_pairs
from archive.phrases import Word
from archive.plans import Entry, Plan, any_of, quoted, sites_of_units, terms_of
from archive.query import Clause
from archive.searchable import KEYS, folded_words
from archive.vocabulary import Vocabulary

MOST_WEIGHED = 1_500
"""Articles found that are weighed; the others follow, the newest first."""

_FROM_HEADLINES, _SIDE_BY_SIDE, _LEFT_OUT = 1_000, 200, 60
"""Candidates of one search in the index of headlines: with all words, with all in a row, with one left out."""

_COMPARED, _READ = 150, 60
"""Candidates whose headlines are looked at word by word, and whose texts are looked at."""

_LONGEST = 16
"""Words of a query that are looked for side by side: more are no headline's."""

_MOST_FORMS = 8

_GOOD = 0.75
"""The score from which on a headline is what was meant, and nothing like it is looked for."""

_OTHER_ACCENTS, _MISTYPED, _BY_SITE = 0.7, 0.75, 0.95
"""What a word counts that has other accents than were typed, or a letter more, less or another; and what an article
counts of which the site says the province, and not the headline."""

_BONUS = 100.0
"""More than the weights of all words together: what stands in a row comes before what only occurs."""

_ALIKE, _MOST_NEAR = 0.45, 50
"""The score from which on an article is shown that does not match where none does, and how many are. Where some match,
only those are that would be good if they did."""

_COVERED, _ADJACENT, _FILLED, _IN_TEXT, _NEW = 0.5, 0.4, 0.1, 0.15, 0.01
"""How much of a score is the share of the words that the headline has, of those that stand side by side in it as they
were typed, of the headline that they are; what the same in the text adds, and being new."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A way in which a headline may say what was typed: its words, and of which sites it then must be."""

    words: tuple[Word, ...]
    sites: frozenset[str] | None = None


class _Candidate:
    """An article that may be meant, by its number in the index. ``places``: where in the headline each word stands."""

    __slots__ = ("headline", "number", "overlap", "places", "score", "site")

    def __init__(self, number: int, site: str, headline: str) -> None:
        self.number, self.site = number, site
        self.headline = headline.split()
        self.places: dict[str, list[int]] = {}
        for at, word in enumerate(self.headline):
            self.places.setdefault(KEYS[word], []).append(at)
        self.overlap = self.score = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """Numbers of articles, the best first: those weighed of all that match, and ``near`` ones that do not, but may be
    what was meant."""

    numbers: list[int]
    near: frozenset[int]


def rank(
    db: Database,
    wanted: Plan,
    narrowed: Plan,
    matches: Matches,
    vocabulary: Vocabulary,
    entry: Callable[[int], Entry],
    check: Deadline,
) -> Ranked:
    """The best of what matches, and what else may be meant.

    :param narrowed: what the filters alone leave.
    :param matches: the newest that match.
    :param entry: gives an article by its number.
    """
    forms = list(islice(_forms(db, wanted.query.clauses), _MOST_FORMS))
    scorer = _Scorer(db, forms, vocabulary)
    scorer.add(matches.numbers[:MOST_WEIGHED])
    by_words = " AND ".join(_in_headline(db, clause, vocabulary) for clause in wanted.query.clauses)
    with_all_words = _headlines(db, wanted, by_words, _FROM_HEADLINES)
    scorer.add(with_all_words)
    for form in forms:
        if form.sites is None and len(with_all_words) <= _COMPARED // 2:
            continue  # they are among them, and all are compared
        check()
        if (phrase := _side_by_side(form)) is not None:
            scorer.add(_headlines(db, wanted, phrase, _SIDE_BY_SIDE), _BONUS)
    known = set(matches.numbers)
    good = scorer.compare()
    held = (one for one in good if one.number in known or (not matches.complete and wanted.holds(entry(one.number))))
    best = list(islice(held, _READ))
    near: list[_Candidate] = []
    literal = any(clause.quoted for clause in wanted.query.clauses)
    if not literal and (not best or best[0].score < _GOOD):
        for expression in _with_one_left_out(forms[0].words, vocabulary):
            check()
            scorer.add(_headlines(db, wanted, expression, _LEFT_OUT), _BONUS)
        known = {one.number for one in best}
        least = _GOOD if best else _ALIKE
        likely = (one for one in scorer.compare(mistyped=True) if one.number not in known and one.score >= least)
        near = list(islice((one for one in likely if narrowed.holds(entry(one.number))), _MOST_NEAR))
    weighed = [*best, *near]
    scorer.read(weighed[:_READ], entry)
    weighed.sort(key=lambda one: (-one.score, -one.number))
    return Ranked([one.number for one in weighed], frozenset(one.number for one in near))


def _forms(db: Database, clauses: Sequence[Clause]) -> Iterator[_Form]:
    """How a headline may say it, as it was typed first."""
    choices: list[list[_Form]] = []
    for clause in clauses:
        ways = [_Form(tuple(word for phrase in way for word in phrase)) for way in clause.ways]
        if clause.units:
            ways.append(_Form((), frozenset(sites_of_units(db, clause))))
        choices.append(ways)
    for parts in product(*choices):
        sites = [part.sites for part in parts if part.sites is not None]
        words = tuple(word for part in parts for word in part.words)
        if words:
            yield _Form(words, frozenset.intersection(*sites) if sites else None)


def _in_headline(db: Database, clause: Clause, vocabulary: Vocabulary) -> str:
    """The clause for the index of headlines, which knows neither accents nor sites: these may be any."""
    ways = [f"({' AND '.join(_folded(word, vocabulary) for phrase in way for word in phrase)})" for way in clause.ways]
    return any_of(ways)


def _folded(word: Word, vocabulary: Vocabulary) -> str:
    if word.prefix:
        return any_of(quoted(KEYS[term]) for term in terms_of(word, vocabulary))
    return quoted(word.key)


def _side_by_side(form: _Form) -> str | None:
    words = form.words
    if not 1 < len(words) <= _LONGEST or any(word.prefix for word in words[:-1]):
        return None
    return having_pairs([word.key for word in words], begun=words[-1].prefix)


def _with_one_left_out(words: Sequence[Word], vocabulary: Vocabulary) -> Iterator[str]:
    """The words in a row but for one, which may be mistyped; of few words, those that it may stand for. The words that
    are least likely to be right come first."""
    keys = [word.key for word in words[:_LONGEST]]
    for at in sorted(range(len(keys)), key=lambda at: vocabulary.count(keys[at])):
        if len(keys) > _FEW:
            yield " AND ".join(_in_a_row(part) for part in (keys[:at], keys[at + 1 :]) if part)
        elif meant := vocabulary.near(keys[at])[:_MOST_MEANT]:
            yield any_of(f"({_in_a_row([*keys[:at], one, *keys[at + 1 :]])})" for one in meant)


def _in_a_row(keys: Sequence[str]) -> str:
    return having_pairs(keys) or quoted(keys[0])


_FEW, _MOST_MEANT = 3, 40


def _headlines(db: Database, wanted: Plan, expression: str, most: int) -> list[int]:
    """The newest headlines for which an expression holds, in the time that is meant."""
    return [number for (number,) in db.execute(_HEADLINES, [expression, wanted.low, wanted.high - 1, most])]


_HEADLINES = (
    "SELECT rowid FROM search_titles WHERE search_titles MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
)


class _Scorer:
    """Candidates, and how well each fits what was typed."""

    def __init__(self, db: Database, forms: Sequence[_Form], vocabulary: Vocabulary) -> None:
        self._db, self._forms = db, forms
        self._weights = {
            word: 1.0 if word.prefix else vocabulary.weight(word.exact or word.key)
            for form in forms
            for word in form.words
        }
        self._by_key = {word.key: weight for word, weight in self._weights.items()}
        self._candidates: dict[int, _Candidate] = {}
        self._newest = max(db.execute("SELECT max(number) FROM search_documents").fetchone()[0] or 1, 1)

    def add(self, found: Iterable[int], bonus: float = 0.0) -> None:
        """Further candidates; the ``bonus`` is for those that the index says more of than which words they have."""
        found = list(found)
        new = [number for number in found if number not in self._candidates]
        for number, site, headline in self._db.execute(_CANDIDATES, [json.dumps(new)]):
            one = self._candidates[number] = _Candidate(number, site, headline)
            one.overlap = sum(self._by_key.get(key, 0.0) for key in one.places)
        if bonus:
            for number in found:
                self._candidates[number].overlap += bonus

    def compare(self, *, mistyped: bool = False) -> list[_Candidate]:
        """The best, weighed by their headlines; ``mistyped``: words that are nearly the same count too."""
        likely = sorted(self._candidates.values(), key=lambda one: (-one.overlap, -one.number))[:_COMPARED]
        for one in likely:
            said = max(self._fits(form, one, mistyped) for form in (self._forms[:1] if mistyped else self._forms))
            one.score = said + _NEW * one.number / self._newest
        return sorted(likely, key=lambda one: (-one.score, -one.number))

    def _fits(self, form: _Form, one: _Candidate, mistyped: bool) -> float:
        if form.sites is not None and one.site not in form.sites:
            return 0.0
        covered = beside = total = between = 0.0
        matched = 0
        taken = {at for word in form.words for at in one.places.get(word.key, ())} if mistyped else set()
        before: tuple[float, list[int], float] | None = None
        for word in form.words:
            weight = self._weights[word]
            here, value = _found(word, one)
            if mistyped and not here:
                here, value = _nearly(word, one, taken)
            total += weight
            covered += weight * value
            matched += bool(here)
            if before is not None:
                other, there, following = before
                between += weight + other
                if here and any(at + 1 in here for at in there):
                    beside += (weight + other) * min(value, following)
            before = weight, here, value
        covered /= total or 1.0
        adjacent = beside / between if between else covered
        filled = min(1.0, matched / max(1, len(one.headline)))
        score = _COVERED * covered + _ADJACENT * adjacent + _FILLED * filled * covered
        return score if form.sites is None else _BY_SITE * score

    def read(self, candidates: Iterable[_Candidate], entry: Callable[[int], Entry]) -> None:
        """Add to the scores how much of what was typed stands together in the texts."""
        form = self._forms[0]
        pairs = list(pairwise(form.words)) or [(word, word) for word in form.words]
        total = sum(self._weights[one] + self._weights[other] for one, other in pairs) or 1.0
        for one in candidates:
            words = f" {folded_words(' '.join(entry(one.number).texts))} "
            said = 0.0
            for word, other in pairs:
                together = f" {word.key} " if word is other else f" {word.key} {other.key} "
                if (times := words.count(together)) > 0:
                    said += (self._weights[word] + self._weights[other]) * (0.7 + 0.1 * min(times, 3))
            one.score += _IN_TEXT * said / total


def _found(word: Word, one: _Candidate) -> tuple[list[int], float]:
    """Where a word stands in a headline, and how well it fits."""
    if word.prefix:
        found = [at for key, places in one.places.items() if key.startswith(word.key) for at in places]
    else:
        found = one.places.get(word.key, [])
    if word.exact is None or not found:
        return found, 1.0 if found else 0.0
    exact = [at for at in found if one.headline[at].startswith(word.exact)]
    return (exact, 1.0) if exact else (found, _OTHER_ACCENTS)


def _nearly(word: Word, one: _Candidate, taken: set[int]) -> tuple[list[int], float]:
    """Where a word stands that may be meant, with one letter wrong."""
    found = [
        at for key, places in one.places.items() if places[0] not in taken and _is_alike(word.key, key) for at in places
    ]
    return found, _MISTYPED if found else 0.0


@lru_cache(maxsize=20_000)
def _is_alike(word: str, other: str) -> bool:
    return abs(len(word) - len(other)) <= 1 and OSA.distance(word, other, score_cutoff=1) <= 1


_CANDIDATES = "SELECT number, site, headline FROM json_each(?) CROSS JOIN search_documents ON number = value"
