"""Recognises copies of one text among all archived articles. Touches duplicates and signatures; reads articles.

:mod:`archive.signatures` finds the texts that may be alike, :mod:`archive.likeness` judges the texts themselves. A page
that names another's address as its source is compared with that one in any case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from archive.addresses import address_forms
from archive.likeness import Declared, Text, compare, read_text
from archive.signatures import Pair, Pending, likely_copies, load_pending, settle, twins


@dataclass(slots=True)
class Found:
    """The ``pairs`` of copies as they are now, with their evidence; which of them came or are differently proven
    (``changed``), and which are ``gone``."""

    pairs: dict[Pair, dict[str, Any]]
    changed: list[Pair]
    gone: list[Pair]


def find(db: Database) -> Found:
    """Find out which articles are copies of one text, by comparing what is new or may be judged otherwise now.

    The outcome is the same whatever the order in which the articles arrived. A pair stands once, the smaller id first.
    Its evidence: ``declared_source`` (as printed) and ``declared_by`` (the article that prints it) or None,
    ``by_address`` whether that source is the other article's own address, and the :class:`Likeness`.
    """
    by_address = _declared_by_address(db)
    stored = _stored(db)
    # Where a declaration is gone, the texts alone decide again.
    withdrawn = {pair for pair, evidence in stored.items() if evidence["by_address"] and pair not in by_address}
    pending = load_pending(db, {article for pair in withdrawn for article in pair})
    alike = look_up(db, pending)
    touched = {pair for pair in stored if pair in withdrawn or pending.all & {*pair}}
    declared = {
        pair for pair in by_address if pair not in stored or not stored[pair]["by_address"] or pending.all & {*pair}
    }
    wanted = prove(db, alike | declared, by_address)
    gone = sorted(touched - wanted.keys())
    changed = [pair for pair, evidence in wanted.items() if stored.get(pair) != evidence]
    kept = {pair: evidence for pair, evidence in stored.items() if pair not in touched}
    return Found(kept | wanted, changed, gone)


def look_up(db: Database, pending: Pending) -> set[Pair]:
    """The pairs that may be copies, one of each to be compared. It costs the same in an archive of any size.

    To ``pending`` comes what has to be compared again.
    """
    return {*likely_copies(db, pending), *twins(db, pending)}


def prove(
    db: Database, pairs: Iterable[Pair], by_address: Mapping[Pair, tuple[str, str]]
) -> dict[Pair, dict[str, Any]]:
    """The evidence for those pairs that are copies of one text.

    ``by_address``: of the pairs of which one names the other's address as its source, which one, and as it prints it.
    """
    articles = _Articles(db, by_address)
    return {pair: evidence for pair in sorted(pairs) if (evidence := articles.evidence(pair)) is not None}


def write(db: Database, found: Found) -> None:
    """Bring ``duplicates`` up to date, and note that all texts have been compared. Inside the caller's transaction."""
    db.conn.executemany("DELETE FROM duplicates WHERE article = ? AND other = ?", found.gone)
    db.conn.executemany(
        "INSERT OR REPLACE INTO duplicates (article, other, similarity, evidence) VALUES (?, ?, ?, ?)",
        [
            (*pair, found.pairs[pair]["similarity"], json.dumps(found.pairs[pair], ensure_ascii=False))
            for pair in found.changed
        ],
    )
    settle(db)


def _stored(db: Database) -> dict[Pair, dict[str, Any]]:
    rows = db.query("SELECT article, other, evidence FROM duplicates")
    return {(row["article"], row["other"]): json.loads(row["evidence"]) for row in rows}


def _declared_by_address(db: Database) -> dict[Pair, tuple[str, str]]:
    """Pairs of which one names the other's address as its source: by which article, and as it prints it."""
    spelled: dict[str, list[tuple[str, str]]] = {}
    for article, url in db.execute("SELECT id, source_url FROM articles WHERE source_url IS NOT NULL"):
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
    found += db.execute(
        "SELECT article, url, target FROM links WHERE relation = 'source' AND url IS NOT NULL"
        " AND target IN (SELECT id FROM articles)"
    ).fetchall()
    declared: dict[Pair, tuple[str, str]] = {}
    for article, url, target in sorted(found):
        if article != target:
            declared.setdefault((min(article, target), max(article, target)), (article, url))
    return declared


class _Articles:
    """What is compared of the articles, read as it is needed and kept for a while."""

    def __init__(self, db: Database, by_address: Mapping[Pair, tuple[str, str]]) -> None:
        self._db, self._by_address = db, by_address
        self._source = lru_cache(maxsize=50_000)(self._read_source)
        self._text = lru_cache(maxsize=1024)(self._read_text)

    def _read_source(self, article: str) -> str | None:
        row = self._db.execute("SELECT source_name, source_url FROM articles WHERE id = ?", [article]).fetchone()
        source: str | None = row[0] or row[1]
        return source

    def _declaration(self, pair: Pair) -> tuple[Declared, str | None, str | None]:
        """What one of the two says about its source, which of them, and in which words."""
        if (by := self._by_address.get(pair)) is not None:
            return ("address", *by)
        for article in pair:
            if (source := self._source(article)) is not None:
                return "named", article, source
        return None, None, None

    def evidence(self, pair: Pair) -> dict[str, Any] | None:
        """What makes the two copies of one text, or None."""
        declared, by, source = self._declaration(pair)
        likeness = compare(self._text(pair[0]), self._text(pair[1]), declared)
        if likeness is None:
            return None
        return {"declared_source": source, "declared_by": by, "by_address": declared == "address"} | asdict(likeness)

    def _read_text(self, article: str) -> Text:
        headline, body = self._db.execute("SELECT headline, body FROM articles WHERE id = ?", [article]).fetchone()
        return read_text(headline, body)
