"""Recognises copies of one text among all archived articles. Touches duplicates and signatures; reads articles.

:mod:`archive.signatures` finds the texts that may be alike, :mod:`archive.likeness` judges the texts themselves. A page
that names another's address as its source is compared with that one in any case.

Three steps, for some articles at a time: what is to be judged is found (:func:`find_by_text`, :func:`find_declared`),
judged (:class:`Judge`), and written (:func:`write`). What was judged of two texts holds for these texts: the first step
can be done again when others have written meanwhile, and little is left to be judged.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from archive.addresses import address_forms
from archive.effective import effective
from archive.likeness import Declared, Likeness, Text, compare, read_text
from archive.signatures import Pair, look_up, numbers_of, recompare, settle, waiting

Evidence = dict[str, Any]
Version = tuple[str, str]
"""An article's id and what tells one text of it from another: :data:`_VERSION`."""

_VERSION = "content_sha256 || coalesce(corrected, '')"
"""SQL: the digest of what the page says, and what archivists corrected of it."""

Case = tuple[Version, Version, Declared]
"""Two texts, and what one of them declares about its source: what the judgement follows from."""

_TEXTS = 512
"""Texts that are kept while others are compared with them: 10 MB."""


@dataclass(slots=True)
class Found:
    """What is to be judged: ``cases`` of pairs, each with its declaration: ``declared_source`` as printed,
    ``declared_by`` (the article that prints it) and ``by_address``.

    ``stored``: the pairs concerned as they stand in the archive; those not proven any more go. ``again``: articles that
    are to be compared again. ``compared``: those of which the texts have been compared with all there are then.
    """

    cases: dict[Pair, tuple[Case, Evidence]] = field(default_factory=dict)
    stored: dict[Pair, Evidence] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    compared: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.cases or self.stored or self.again or self.compared)


@dataclass(slots=True)
class Outcome:
    """Pairs that came or are differently proven, with their evidence, and those that are ``gone``."""

    changed: dict[Pair, Evidence]
    gone: list[Pair]

    def articles(self) -> set[str]:
        return {id for pair in (*self.changed, *self.gone) for id in pair}


def find_by_text(db: Database, texts: Sequence[int]) -> Found:
    """What is to be judged of some texts, by their numbers: with each other and with all that have been compared.

    When no text is left to be compared the outcome is the same whatever the order in which the articles arrived. A pair
    stands once, the smaller id first.
    """
    looked = look_up(db, texts)
    stored = _stored_with(db, looked.articles)
    near = looked.articles | {id for pair in (*looked.pairs, *stored) for id in pair}
    declared = _declared(db, near)
    wait = waiting(db, near | {id for pair in declared for id in pair}) - looked.articles
    pairs = looked.pairs | {pair for pair in declared if not looked.articles.isdisjoint(pair)}
    return Found(
        cases=_cases(db, (pair for pair in pairs if wait.isdisjoint(pair)), declared),
        stored={pair: evidence for pair, evidence in stored.items() if wait.isdisjoint(pair)},
        again=looked.again,
        compared=looked.articles,
    )


def find_declared(db: Database, articles: Collection[str]) -> Found:
    """What is to be judged because of the addresses that some articles name as their sources, or named."""
    declared = _declared(db, articles)
    stored = _stored(db, declared) | _stored_as_declared(db, articles)
    known = {
        pair: (evidence["declared_by"], evidence["declared_source"])
        for pair, evidence in stored.items()
        if evidence["by_address"]
    }
    other = {pair for pair, named in declared.items() if known.get(pair) != named}
    # Where a declaration is gone, the texts alone decide again.
    withdrawn = known.keys() - declared.keys()
    signed = numbers_of(db, {id for pair in withdrawn for id in pair})
    by_text = {pair for pair in withdrawn if signed.keys() >= {*pair}}
    return Found(
        cases=_cases(db, other, declared),
        stored={pair: stored[pair] for pair in (other | withdrawn) - by_text if pair in stored},
        again={id for pair in by_text for id in pair},
    )


def declaring(db: Database, after: str, most: int) -> list[str]:
    """The ids of articles that name an address as their source or did when that was judged: the next ones."""
    return [row[0] for row in db.execute(_DECLARING, {"after": after, "most": most})]


_DECLARING = """
    SELECT id FROM articles WHERE source_url IS NOT NULL AND id > :after
    UNION SELECT id FROM articles WHERE corrected IS NOT NULL AND id > :after
    UNION SELECT article FROM links WHERE relation = 'source' AND article > :after
    UNION SELECT named_by FROM duplicates WHERE named_by > :after
    ORDER BY 1 LIMIT :most
"""


class Judge:
    """Judges cases, each once; reads the texts as they are needed and keeps them for a while."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._judged: dict[Case, Likeness | None] = {}
        self._text = lru_cache(maxsize=_TEXTS)(self._read_text)

    def judge(self, found: Found) -> None:
        """Judge what has not been judged yet. A text that is another by now is left out.

        All that one text is compared with comes together, so that it is read once: of the texts that were looked up,
        all are kept; of the others, each is read in turn.
        """
        others = {pair: [id for id in pair if id not in found.compared] for pair in found.cases}
        for pair in sorted(found.cases, key=lambda pair: (others[pair], pair)):
            case, _ = found.cases[pair]
            if case not in self._judged:
                one, other = self._text(case[0]), self._text(case[1])
                if one is not None and other is not None:
                    self._judged[case] = compare(one, other, case[2])

    def outcome(self, found: Found) -> Outcome:
        """What follows, all having been judged. The evidence: the declaration, and the :class:`Likeness`."""
        proven = {
            pair: declaration | asdict(likeness)
            for pair, (case, declaration) in sorted(found.cases.items())
            if (likeness := self._judged[case]) is not None
        }
        changed = {pair: evidence for pair, evidence in proven.items() if found.stored.get(pair) != evidence}
        return Outcome(changed, sorted(found.stored.keys() - proven.keys()))

    def forget(self) -> None:
        """Forget the judgements; the texts are kept."""
        self._judged.clear()

    def _read_text(self, version: Version) -> Text | None:
        found = self._db.execute(
            "SELECT coalesce(corrected ->> 'headline', headline), coalesce(corrected ->> 'body', body)"  # noqa: S608
            f" FROM articles WHERE id = ? AND {_VERSION} IS ?",
            version,
        ).fetchone()
        return None if found is None else read_text(*found)


def write(db: Database, found: Found, outcome: Outcome) -> None:
    """Bring ``duplicates`` up to date, and note what has been compared. Inside the caller's transaction."""
    db.conn.executemany("DELETE FROM duplicates WHERE article = ? AND other = ?", outcome.gone)
    db.conn.executemany(
        "INSERT OR REPLACE INTO duplicates (article, other, similarity, evidence, named_by) VALUES (?, ?, ?, ?, ?)",
        [
            (*pair, evidence["similarity"], json.dumps(evidence, ensure_ascii=False), named_by(evidence))
            for pair, evidence in outcome.changed.items()
        ],
    )
    settle(db, found.compared)
    recompare(db, found.again)


def named_by(evidence: Evidence) -> str | None:
    """Which of the two names the other's address as its source."""
    by: str | None = evidence["declared_by"] if evidence["by_address"] else None
    return by


def _cases(
    db: Database, pairs: Iterable[Pair], declared: dict[Pair, tuple[str, str]]
) -> dict[Pair, tuple[Case, Evidence]]:
    pairs = list(pairs)
    articles = {
        row["id"]: (row["version"], row["source_name"] or row["source_url"])
        for row in map(
            effective,
            db.query(
                f"SELECT id, {_VERSION} AS version, source_name, source_url, corrected FROM articles"  # noqa: S608
                " WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(sorted({id for pair in pairs for id in pair}))],
            ),
        )
    }
    cases: dict[Pair, tuple[Case, Evidence]] = {}
    for pair in pairs:
        if not articles.keys() >= set(pair):  # deleted by hand, by a program that leaves its signature
            continue
        kind: Declared = None
        by: str | None
        source: str | None
        by, source = declared.get(pair, (None, None))
        if by is not None:
            kind = "address"
        else:
            by = next((id for id in pair if articles[id][1] is not None), None)
            if by is not None:
                kind, source = "named", articles[by][1]
        one, other = ((id, articles[id][0]) for id in pair)
        told = {"declared_source": source, "declared_by": by, "by_address": kind == "address"}
        cases[pair] = (one, other, kind), told
    return cases


def _stored_with(db: Database, articles: Collection[str]) -> dict[Pair, Evidence]:
    """The pairs in which some articles are."""
    return _pairs(db, _WITH, {"articles": json.dumps(sorted(articles))})


_WITH = """
    SELECT article, other, evidence FROM json_each(:articles) CROSS JOIN duplicates ON article = value
    UNION SELECT article, other, evidence FROM json_each(:articles) CROSS JOIN duplicates ON other = value
"""


def _stored(db: Database, pairs: Collection[Pair]) -> dict[Pair, Evidence]:
    """Those of some pairs that are stored."""
    return _pairs(db, _THESE, {"pairs": json.dumps(list(pairs))})


_THESE = """
    SELECT article, other, evidence FROM json_each(:pairs)
    CROSS JOIN duplicates ON article = value ->> 0 AND other = value ->> 1
"""


def _stored_as_declared(db: Database, articles: Collection[str]) -> dict[Pair, Evidence]:
    """The pairs that stand by an address which one of some articles named."""
    return _pairs(db, _AS_DECLARED, {"articles": json.dumps(list(articles))})


_AS_DECLARED = """
    SELECT article, other, evidence FROM json_each(:articles)
    CROSS JOIN duplicates ON named_by = value
"""


def _pairs(db: Database, sql: str, values: dict[str, str]) -> dict[Pair, Evidence]:
    return {(article, other): json.loads(evidence) for article, other, evidence in db.execute(sql, values)}


def _declared(db: Database, articles: Collection[str]) -> dict[Pair, tuple[str, str]]:
    """Pairs in which one of some articles names the other's address as its source: which of the two names the other's,
    and as it prints it."""
    found = _named(db, articles)
    back = _named(db, {target for _, _, target in found}.difference(articles))
    found += [(article, url, target) for article, url, target in back if target in articles]
    declared: dict[Pair, tuple[str, str]] = {}
    for article, url, target in sorted(found):
        if article != target:
            declared.setdefault((min(article, target), max(article, target)), (article, url))
    return declared


def _named(db: Database, articles: Collection[str]) -> list[tuple[str, str, str]]:
    """Which archived articles some name as their sources, by address: the article, as it prints it, and the other."""
    wanted = [json.dumps(sorted(articles))]
    spelled: dict[str, list[tuple[str, str]]] = {}
    for article, url in db.execute(_SOURCES, wanted):
        for spelling in address_forms(url.strip()):
            spelled.setdefault(spelling, []).append((article, url))
    found = [
        (article, url, target)
        for address, target in db.execute(
            "SELECT url, article FROM addresses WHERE url IN (SELECT value FROM json_each(?))"
            " AND article IN (SELECT id FROM articles)",
            [json.dumps(list(spelled))],
        )
        for article, url in spelled[address]
    ]
    return found + db.execute(_LINKED, wanted).fetchall()


_SOURCES = """
    SELECT articles.id, source_url
    FROM json_each(?1) CROSS JOIN articles INDEXED BY idx_articles_declaring ON articles.id = value
    WHERE source_url IS NOT NULL AND corrected -> 'source' IS NULL
    UNION SELECT articles.id, corrected -> 'source' ->> 'url'
    FROM json_each(?1) CROSS JOIN articles INDEXED BY idx_articles_corrected ON articles.id = value
    WHERE corrected IS NOT NULL AND corrected -> 'source' ->> 'url' IS NOT NULL
"""
_LINKED = """
    SELECT article, url, target FROM json_each(?)
    CROSS JOIN links INDEXED BY idx_links_source ON article = value AND relation = 'source'
    WHERE url IS NOT NULL AND target IN (SELECT id FROM articles)
    AND article NOT IN (SELECT id FROM articles WHERE corrected IS NOT NULL AND corrected -> 'source' IS NOT NULL)
"""
