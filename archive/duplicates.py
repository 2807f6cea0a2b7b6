"""Recognises copies of one text among all archived articles. Touches signatures, bands and duplicates; reads articles.

126 MinHash values of a text stand in 42 bands of three: two texts of which half the shingles are the same share a band
with a probability of 99.7 %, of a third 80 %, of a tenth 4 %. Each candidate is then judged by the texts themselves
(:mod:`archive.likeness`). Looking one text up costs the same in a large archive as in a small one: a band that more
than :data:`CROWD` texts share is the site's boilerplate or a form that it fills in daily, and is left aside. Texts that
are the same word for word are found by their digest, and each is paired with the first of them only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from archive.addresses import address_forms
from archive.likeness import RULES, Declared, Text, compare, measures, minhash_values, read_text, sign

CROWD = 64
"""Texts in one band: more than all provinces' unions and stations together would hardly reprint one text."""

_MARGIN = 0.15
"""What an estimate by 126 values may miss: three standard deviations and more."""

Pair = tuple[str, str]
"""Two article ids, the smaller first."""


def write_signatures(db: Database, texts: Mapping[str, tuple[str, str]]) -> None:
    """Keep the signatures of new or changed articles, to be compared by the next :func:`refresh`.

    ``texts`` maps an article's id to its headline and body. Inside the caller's transaction.
    """
    forget_signatures(db, texts)
    signed = {article: found for article, text in texts.items() if (found := sign(*text)) is not None}
    db.table("signatures").insert_all({"article": id} | asdict(found) | {"compared": 0} for id, found in signed.items())
    db.conn.executemany(
        "INSERT INTO bands (band, hash, article) VALUES (?, ?, ?)",
        [(band, hash, id) for id, found in signed.items() for band, hash in enumerate(found.bands())],
    )


def forget_signatures(db: Database, articles: Iterable[str]) -> None:
    """Forget the texts of articles that change or go. What was compared with them is to be compared again."""
    wanted = [json.dumps(list(articles))]
    known = db.execute(
        "SELECT article FROM signatures WHERE article IN (SELECT value FROM json_each(?))", wanted
    ).fetchall()
    for (article,) in known:
        db.execute(_RECOMPARE_TWINS, [article])
        db.execute(_RECOMPARE_UNCROWDED, {"article": article, "full": CROWD + 1})
        for table in ("signatures", "bands"):
            db.table(table).delete_where("article = ?", [article])
        db.table("duplicates").delete_where("article = :id OR other = :id", {"id": article})


_RECOMPARE_TWINS = """
    UPDATE signatures SET compared = 0
    WHERE digest = (SELECT digest FROM signatures WHERE article = ?)
"""

_RECOMPARE_UNCROWDED = """
    UPDATE signatures SET compared = 0 WHERE article IN (
        SELECT peer.article FROM bands own JOIN bands peer USING (band, hash)
        WHERE own.article = :article AND :full = (
            SELECT count(*) FROM (
                SELECT 1 FROM bands b WHERE b.band = own.band AND b.hash = own.hash LIMIT :full + 1)))
"""
"""A band that loses one of one too many is no longer left aside."""


def refresh(db: Database) -> int:
    """Bring ``duplicates`` up to date: returns how many pairs came, went or are differently proven.

    What it holds afterwards is the same whatever the order in which the articles arrived. A pair stands once, the
    smaller id as ``article``. ``evidence`` is JSON: ``declared_source`` (as printed) and ``declared_by`` (the article
    that prints it) or null, ``by_address`` whether that source is the other article's own address, and the
    :class:`Likeness`. Inside the caller's transaction.
    """
    by_address = _declared_by_address(db)
    _mark_withdrawn(db, by_address)
    db.execute(_RECOMPARE_GROWN_TWINS)
    neighbours = _neighbours(db)
    uncompared = _uncompared(db)
    stored = _stored(db, uncompared)
    declared = {
        pair for pair in by_address if pair not in stored or not stored[pair]["by_address"] or uncompared & {*pair}
    }
    articles = _Articles(db, by_address)
    wanted = {
        pair: evidence
        for pair in sorted(declared | _twins(db) | set(filter(articles.may_be_copies, neighbours)))
        if (evidence := articles.evidence(*pair)) is not None
    }
    gone = [pair for pair in stored if pair not in wanted and uncompared & {*pair}]
    new = {pair: evidence for pair, evidence in wanted.items() if stored.get(pair) != evidence}
    db.conn.executemany("DELETE FROM duplicates WHERE article = ? AND other = ?", gone)
    db.conn.executemany(
        "INSERT OR REPLACE INTO duplicates (article, other, similarity, evidence) VALUES (?, ?, ?, ?)",
        [(*pair, found["similarity"], json.dumps(found, ensure_ascii=False)) for pair, found in new.items()],
    )
    db.execute("UPDATE signatures SET compared = 1 WHERE compared = 0")
    return len(gone) + len(new)


_RECOMPARE_GROWN_TWINS = """
    UPDATE signatures SET compared = 0
    WHERE compared = 1 AND digest IN (SELECT digest FROM signatures WHERE compared = 0)
"""

_TWINS = """
    SELECT first, article FROM signatures JOIN (
        SELECT digest, min(article) AS first FROM signatures
        WHERE digest IN (SELECT digest FROM signatures WHERE compared = 0)
        GROUP BY digest HAVING count(*) > 1) USING (digest)
    WHERE article <> first
    AND (compared = 0 OR first IN (SELECT article FROM signatures WHERE compared = 0))
"""
"""Texts that are the same word for word: each is paired with the first only, by id."""


def _uncompared(db: Database) -> set[str]:
    return {row[0] for row in db.execute("SELECT article FROM signatures WHERE compared = 0")}


def _neighbours(db: Database) -> set[Pair]:
    """The pairs that share a band, one of them at least to be compared.

    A band that has just become crowded proves no pair any more, those found before included: what it holds is to be
    compared anew, by the other bands.
    """
    uncompared = _uncompared(db)
    pairs: set[Pair] = set()
    crowded_out: set[str] = set()
    for members in _shared_bands(db, len(uncompared)):
        new = uncompared.intersection(members)
        if len(members) <= CROWD:
            pairs |= {(min(one, other), max(one, other)) for one in new for other in members if one != other}
        elif new and len(members) - len(new) <= CROWD:
            crowded_out.update(members)
    if crowded_out <= uncompared:
        return pairs
    recompare = [json.dumps(list(crowded_out))]
    db.execute("UPDATE signatures SET compared = 0 WHERE article IN (SELECT value FROM json_each(?))", recompare)
    return _neighbours(db)


def _shared_bands(db: Database, uncompared: int) -> Iterator[list[str]]:
    """The texts of each band that several share: of the bands of texts to be compared, or, to find these in one go
    where they are many, of all."""
    texts = db.execute("SELECT count(*) FROM signatures").fetchone()[0]
    bands = "bands" if uncompared > texts * _MANY else _BANDS_OF_UNCOMPARED
    for (members,) in db.execute(
        f"SELECT group_concat(article, char(10)) FROM {bands} GROUP BY band, hash HAVING count(*) > 1"  # noqa: S608
    ):
        yield members.split("\n")


_MANY = 0.05
"""Share of all texts from which on reading all bands in their order is faster than looking each up."""

# CROSS JOIN binds SQLite to the order written here: from the texts to be compared to their bands.
_BANDS_OF_UNCOMPARED = """(
    SELECT DISTINCT band, hash, other.article
    FROM signatures CROSS JOIN bands own USING (article) CROSS JOIN bands other USING (band, hash)
    WHERE compared = 0
)"""


def _twins(db: Database) -> set[Pair]:
    return {(one, other) for one, other in db.execute(_TWINS)}


def _stored(db: Database, uncompared: set[str]) -> dict[Pair, dict[str, Any]]:
    """The pairs that rest on an address or have a text to be compared."""
    rows = db.query(
        "SELECT article, other, evidence FROM duplicates WHERE evidence ->> 'by_address'"
        " OR article IN (SELECT value FROM json_each(:ids)) OR other IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(sorted(uncompared))},
    )
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


def _mark_withdrawn(db: Database, by_address: Mapping[Pair, object]) -> None:
    """Pairs whose declaration is gone: the texts alone decide again."""
    withdrawn = [pair for pair, evidence in _stored(db, set()).items() if pair not in by_address]
    db.conn.executemany("DELETE FROM duplicates WHERE article = ? AND other = ?", withdrawn)
    db.conn.executemany("UPDATE signatures SET compared = 0 WHERE article IN (?, ?)", withdrawn)


class _Articles:
    """What is compared of the articles, read as it is needed and kept for a while."""

    def __init__(self, db: Database, by_address: Mapping[Pair, tuple[str, str]]) -> None:
        self._db, self._by_address = db, by_address
        self._source = lru_cache(maxsize=50_000)(self._read_source)
        self._signature = lru_cache(maxsize=50_000)(self._read_signature)

    def _read_source(self, article: str) -> str | None:
        row = self._db.execute("SELECT source_name, source_url FROM articles WHERE id = ?", [article]).fetchone()
        source: str | None = row[0] or row[1]
        return source

    def _read_signature(self, article: str) -> tuple[str, npt.NDArray[np.uint32], int]:
        row = self._db.execute(
            "SELECT digest, minhash, shingles FROM signatures WHERE article = ?", [article]
        ).fetchone()
        return row[0], minhash_values(row[1]), row[2]

    def _declaration(self, pair: Pair) -> tuple[Declared, str | None, str | None]:
        """How the two are declared to be one text, by which of them, and in which words."""
        if (by := self._by_address.get(pair)) is not None:
            return ("address", *by)
        for article in pair:
            if (source := self._source(article)) is not None:
                return "named", article, source
        return None, None, None

    def may_be_copies(self, pair: Pair) -> bool:
        """Whether the signatures leave it possible: the texts themselves need not be read for most candidates.

        Texts that are the same word for word are not meant; :func:`_twins` pairs them.
        """
        (digest, one, size), (other_digest, other, other_size) = map(self._signature, pair)
        if digest == other_digest:
            return False
        rule = RULES[self._declaration(pair)[0]]
        jaccard = float(np.mean(one == other))
        _, containment, share = measures(jaccard * (size + other_size) / (1 + jaccard), size, other_size)
        return jaccard >= rule.jaccard - _MARGIN or (
            containment >= rule.containment - 2 * _MARGIN and share >= rule.shortest
        )

    def evidence(self, one: str, other: str) -> dict[str, Any] | None:
        """What makes the two copies of one text, or None."""
        declared, by, source = self._declaration((one, other))
        likeness = compare(self._text(one), self._text(other), declared)
        if likeness is None:
            return None
        return {"declared_source": source, "declared_by": by, "by_address": declared == "address"} | asdict(likeness)

    def _text(self, article: str) -> Text:
        headline, body = self._db.execute("SELECT headline, body FROM articles WHERE id = ?", [article]).fetchone()
        return read_text(headline, body)
