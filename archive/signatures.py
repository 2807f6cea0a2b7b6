"""An index of all archived texts that finds those which may be alike. Touches the tables signatures and bands.

126 MinHash values of a text stand in 42 bands of three: two texts of which half the shingles are the same share a band
with a probability of 99.7 %, of a third 80 %, of a tenth 4 %. Looking one text up costs the same in a large archive as
in a small one: a band that more than :data:`CROWD` texts share is the site's boilerplate or a form that it fills in
daily, and is left aside; no more of it is read than shows that. So a text is compared with 42 times :data:`CROWD`
others at most. A copy of a form's print is found by those bands that the print's own names and numbers fill.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from archive.likeness import minhash_values, sign
from archive.schema import insert_rows

CROWD = 64
"""Texts in one band: more than all provinces' unions and stations together would hardly reprint one text."""

Pair = tuple[str, str]
"""Two article ids, the smaller first."""

LEAST = 0.2
"""The Jaccard similarity, as 126 values estimate it, from which on two texts are compared: a fifth of the words
replaced leave 0.34, less three standard deviations of the estimate."""

_AT_ONCE = 50_000
"""Pairs estimated in one go: 50 MB."""


def write_signatures(db: Database, texts: Mapping[str, tuple[str, str]]) -> None:
    """Keep the signatures of new or changed articles, to be compared by the next :func:`archive.duplicates.refresh`.

    ``texts`` maps an article's id to its headline and body. Inside the caller's transaction.
    """
    known = dict(
        db.execute(
            "SELECT article, digest FROM signatures WHERE article IN (SELECT value FROM json_each(?))",
            [json.dumps(list(texts))],
        ).fetchall()
    )
    signed = {article: found for article, text in texts.items() if (found := sign(*text)) is not None}
    same = {article for article, found in signed.items() if known.get(article) == found.digest}
    recompare(db, same)
    forget_signatures(db, texts.keys() - same)
    new = {article: found for article, found in signed.items() if article not in same}
    rows = ({"article": id} | asdict(found) | {"pending": "new"} for id, found in new.items())
    insert_rows(db, "signatures", rows)
    db.conn.executemany(
        "INSERT INTO bands (band, hash, article) VALUES (?, ?, ?)",
        [(band, hash, id) for id, found in new.items() for band, hash in enumerate(found.bands())],
    )


def forget_signatures(db: Database, articles: Iterable[str]) -> None:
    """Forget the texts of articles that change or go, and the pairs they are in. What was compared with them is to be
    compared again. Inside the caller's transaction."""
    known = db.execute(
        "SELECT article FROM signatures WHERE article IN (SELECT value FROM json_each(?))", [json.dumps(list(articles))]
    ).fetchall()
    for (article,) in known:
        named = {"article": article, "full": CROWD + 1}
        touched = {row[0] for query in (_TWINS_OF_FIRST, _CROWDED_BY) for row in db.execute(query, named)}
        recompare(db, touched)
        for table in ("signatures", "bands"):
            db.table(table).delete_where("article = ?", [article])
        db.table("duplicates").delete_where("article = :id OR other = :id", {"id": article})


_TWINS_OF_FIRST = """
    SELECT article FROM signatures WHERE digest = (
        SELECT digest FROM signatures own WHERE article = :article
        AND article = (SELECT min(article) FROM signatures first WHERE first.digest = own.digest))
"""
"""The texts that are paired with the article because it is the first of all that are the same."""

_CROWDED_BY = """
    SELECT DISTINCT peer.article FROM bands own JOIN bands peer USING (band, hash)
    WHERE own.article = :article AND :full = (
        SELECT count(*) FROM (
            SELECT 1 FROM bands b WHERE b.band = own.band AND b.hash = own.hash LIMIT :full + 1))
"""
"""What shares a band with the article that without it is no longer crowded."""


@dataclass(slots=True)
class Pending:
    """The articles whose texts are to be compared: ``new`` ones among ``all``."""

    new: set[str]
    all: set[str]

    def as_json(self) -> str:
        """The ids, for a query."""
        return json.dumps(sorted(self.all))


def load_pending(db: Database, again: Iterable[str]) -> Pending:
    """What is to be compared: what is noted as such, the articles named (where they have a signature), and the twins of
    those that are the first of them now."""
    noted = dict(db.execute("SELECT article, pending FROM signatures WHERE pending IS NOT NULL").fetchall())
    found = {row[0] for row in db.execute(_WITH_TWINS, {"noted": json.dumps([*noted, *again])})}
    return Pending({article for article, kind in noted.items() if kind == "new"}, found)


_WITH_TWINS = """
    SELECT article FROM json_each(:noted) CROSS JOIN signatures ON article = value
    UNION SELECT twin.article FROM json_each(:noted)
        CROSS JOIN signatures own ON own.article = value JOIN signatures twin USING (digest)
        WHERE own.article = (SELECT min(article) FROM signatures first WHERE first.digest = own.digest)
"""


def recompare(db: Database, articles: Iterable[str]) -> None:
    """Have the texts of some articles compared again."""
    db.execute(
        "UPDATE signatures SET pending = 'again' WHERE pending IS NULL AND article IN (SELECT value FROM json_each(?))",
        [json.dumps(list(articles))],
    )


def settle(db: Database) -> None:
    """Note that all texts have been compared. Inside the caller's transaction."""
    db.execute("UPDATE signatures SET pending = NULL WHERE pending IS NOT NULL")


def twins(db: Database, pending: Pending) -> set[Pair]:
    """Texts that are the same word for word, one of them at least to be compared: each with the first only, by id."""
    return {(one, other) for one, other in db.execute(_TWINS, [pending.as_json()])}


_TWINS = """
    SELECT (SELECT min(article) FROM signatures first WHERE first.digest = own.digest) AS first, own.article
    FROM json_each(?) CROSS JOIN signatures own ON own.article = value
    WHERE first <> own.article
"""


def likely_copies(db: Database, pending: Pending) -> list[Pair]:
    """The pairs of different texts, one of them at least to be compared, that their signatures leave to be copies.

    To ``pending`` comes what has to be compared again.
    """
    bands: list[list[str]] = []
    doubtful: set[str] = set()
    for members in _shared_bands(db, pending):
        if len(members) <= CROWD:
            if not pending.all.isdisjoint(members):
                bands.append(members)
        elif 0 < len(pending.new.intersection(members)) >= len(members) - CROWD:
            # A band that has just become crowded proves no pair any more, those found before included.
            doubtful |= _paired(db, set(members) - pending.all)
    if not doubtful:
        return _likely(db, bands, pending.all)
    pending.all |= doubtful
    return likely_copies(db, pending)


def _paired(db: Database, articles: set[str]) -> set[str]:
    """Those of the articles that are a pair of copies with another of them."""
    rows = db.execute(_PAIRED, {"articles": json.dumps(sorted(articles))}) if len(articles) > 1 else ()
    return {article for pair in rows for article in pair}


_PAIRED = """
    SELECT article, other FROM json_each(:articles) CROSS JOIN duplicates ON article = value
    WHERE other IN (SELECT value FROM json_each(:articles))
"""


def _shared_bands(db: Database, pending: Pending) -> Iterator[list[str]]:
    """The texts of each band that several share: of the bands of texts to be compared, or, to find these in one go
    where they are many, of all."""
    most = int(len(pending.all) / _MANY) + 1
    if db.execute("SELECT count(*) FROM (SELECT 1 FROM signatures LIMIT ?)", [most]).fetchone()[0] < most:
        rows = db.execute("SELECT group_concat(article, char(10)) FROM bands GROUP BY band, hash")
    else:
        limits = {"pending": pending.as_json(), "full": CROWD + len(pending.new) + 1}
        rows = db.execute(_BANDS_OF_PENDING, limits)
    for (members,) in rows:
        if "\n" in members:
            yield members.split("\n")


_MANY = 0.05
"""Share of all texts from which on reading all bands in their order is faster than looking each up."""

# CROSS JOIN binds SQLite to the order written here: from the texts to be compared to their bands. Of a band that would
# be crowded without the new texts too, no more is read than shows that.
_BANDS_OF_PENDING = """
    SELECT (SELECT group_concat(article, char(10)) FROM (
        SELECT article FROM bands WHERE bands.band = own.band AND bands.hash = own.hash LIMIT :full))
    FROM (SELECT DISTINCT band, hash FROM json_each(:pending) CROSS JOIN bands ON article = value) own
"""


def _likely(db: Database, bands: list[list[str]], new: set[str]) -> list[Pair]:
    ids = sorted({id for members in bands for id in members})
    rows = db.execute(
        "SELECT minhash, digest FROM signatures WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article",
        [json.dumps(ids)],
    ).fetchall()
    if not rows:
        return []
    hashes = np.stack([minhash_values(minhash) for minhash, _ in rows])
    digests = [digest for _, digest in rows]
    found: set[Pair] = set()
    for one, other in _numbered_pairs(bands, ids, new):
        similar = (hashes[one] == hashes[other]).mean(axis=1) >= LEAST
        found.update(
            (ids[first], ids[second])
            for first, second in zip(one[similar].tolist(), other[similar].tolist(), strict=True)
            if digests[first] != digests[second]
        )
    return sorted(found)


def _numbered_pairs(
    bands: list[list[str]], ids: list[str], new: set[str]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The pairs that share a band, by the places of their ids, the smaller first; many at once."""
    number = {id: at for at, id in enumerate(ids)}
    is_new = np.array([id in new for id in ids])
    waiting: list[npt.NDArray[np.int64]] = []
    count = 0
    for at, members in enumerate(bands):
        numbers = np.array(sorted(number[id] for id in members))
        first, second = _combinations(len(numbers))
        one, other = numbers[first], numbers[second]
        keep = is_new[one] | is_new[other]
        waiting.append(one[keep] * len(ids) + other[keep])
        count += len(waiting[-1])
        if count >= _AT_ONCE or at == len(bands) - 1:
            one, other = np.divmod(np.unique(np.concatenate(waiting)), len(ids))
            yield one, other
            waiting, count = [], 0


@cache
def _combinations(size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    first, second = np.triu_indices(size, k=1)
    return first, second
