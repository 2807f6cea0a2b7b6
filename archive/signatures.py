"""An index of all archived texts that finds those which may be alike. Touches the tables signatures and bands.

126 MinHash values of a text stand in 42 bands of three: two texts of which half the shingles are the same share a band
with a probability of 99.7 %, of a third 80 %, of a tenth 4 %. Looking one text up costs the same in a large archive as
in a small one: a band that more than :data:`CROWD` texts share is the site's boilerplate or a form that it fills in
daily, and is left aside; no more of it is read than shows that. So a text is compared with 42 times :data:`CROWD`
others at most. A copy of a form's print is found by those bands that the print's own names and numbers fill.

Texts are compared some at a time, and a pair with the last of its two. Bands hold all texts from the start, so what is
crowded does not depend on which come first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from archive.likeness import band_values, minhash_values, sign
from archive.rows import flat
from archive.schema import insert_rows

CROWD = 64
"""Texts in one band: more than all provinces' unions and stations together would hardly reprint one text."""

Pair = tuple[str, str]
"""Two article ids, the smaller first."""

LEAST = 0.2
"""The Jaccard similarity, as 126 values estimate it, from which on two texts are compared: a fifth of the words
replaced leave 0.34, less three standard deviations of the estimate."""

_AT_ONCE = 5_000
"""Pairs estimated in one go, which takes 6 MB."""


def write_signatures(db: Database, texts: Mapping[str, tuple[str, str]]) -> None:
    """Keep the signatures of new or changed articles, to be compared by the next :func:`archive.conclude.conclude`.

    ``texts`` maps an article's id to its headline and body. Inside the caller's transaction.
    """
    known = dict(db.execute(f"SELECT article, digest {_OF_ARTICLES}", [json.dumps(list(texts))]).fetchall())
    signed = {article: found for article, text in texts.items() if (found := sign(*text)) is not None}
    same = {article for article, found in signed.items() if known.get(article) == found.digest}
    recompare(db, same)
    forget_signatures(db, texts.keys() - same)
    new = {article: found for article, found in signed.items() if article not in same}
    insert_rows(db, "signatures", ({"article": id} | flat(found) for id, found in new.items()))
    numbers = numbers_of(db, new).items()
    rows = [(band, hash, number) for id, number in numbers for band, hash in enumerate(new[id].bands())]
    db.conn.executemany("INSERT INTO bands (band, hash, number) VALUES (?, ?, ?)", sorted(rows))


_OF_ARTICLES = "FROM json_each(?) CROSS JOIN signatures ON article = value"


def forget_signatures(db: Database, articles: Iterable[str]) -> None:
    """Forget the texts of articles that change or go, and the pairs they are in. What was compared with them is to be
    compared again. Inside the caller's transaction."""
    known = db.execute(f"SELECT number, article, minhash {_OF_ARTICLES}", [json.dumps(list(articles))]).fetchall()
    for number, article, minhash in known:
        recompare(db, (row[0] for row in db.execute(_TWINS_OF_FIRST, {"article": article})))
        bands = [[band] for band in band_values(minhash_values(minhash)).tolist()]
        # What shares a band with the article that without it is no longer crowded.
        recompare(
            db, _articles(db, (one for of in _members(db, bands, CROWD + 2) if len(of) == CROWD + 1 for one in of))
        )
        db.conn.executemany(
            "DELETE FROM bands WHERE band = ? AND hash = ? AND number = ?",
            [(band, hash, number) for band, [hash] in enumerate(bands)],
        )
        db.execute("DELETE FROM signatures WHERE number = ?", [number])
        db.table("duplicates").delete_where("article = :id OR other = :id", {"id": article})


_TWINS_OF_FIRST = """
    SELECT article FROM signatures WHERE digest = (
        SELECT digest FROM signatures own WHERE article = :article
        AND article = (SELECT min(article) FROM signatures first WHERE first.digest = own.digest))
"""
"""The texts that are paired with the article because it is the first of all that are the same."""


def _members(db: Database, bands: Iterable[Sequence[int]], most: int) -> Iterator[list[int]]:
    """The first texts, by their numbers, of each band that several share; ``bands`` are the hashes of each in turn."""
    for band, hashes in enumerate(bands):
        named = {"band": band, "hashes": json.dumps(hashes), "most": most}
        for (members,) in db.execute(_MEMBERS, named):
            if members is not None and "," in members:
                yield list(map(int, members.split(",")))


_MEMBERS = """
    SELECT (SELECT group_concat(number) FROM (
        SELECT number FROM bands WHERE band = :band AND hash = value ORDER BY number LIMIT :most))
    FROM json_each(:hashes)
"""


def _articles(db: Database, numbers: Iterable[int]) -> list[str]:
    rows = db.execute(f"SELECT article {_OF_NUMBERS}", [json.dumps(sorted(set(numbers)))])
    return [row[0] for row in rows]


_OF_NUMBERS = "FROM json_each(?) CROSS JOIN signatures ON number = value"


def recompare(db: Database, articles: Iterable[str]) -> None:
    """Have the texts of some articles compared again."""
    db.execute(
        "UPDATE signatures SET compared = NULL"
        " WHERE compared IS NOT NULL AND article IN (SELECT value FROM json_each(?))",
        [json.dumps(list(articles))],
    )


def settle(db: Database, articles: Iterable[str]) -> None:
    """Note that the texts of some articles have been compared with all there are. Inside the caller's transaction."""
    db.execute(
        "UPDATE signatures SET compared = (SELECT seq FROM sqlite_sequence WHERE name = 'signatures')"
        " WHERE article IN (SELECT value FROM json_each(?))",
        [json.dumps(list(articles))],
    )


def newest(db: Database) -> int:
    """The highest number of a text, 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(number), 0) FROM signatures").fetchone()[0])


def to_compare(db: Database, till: int, most: int = -1) -> list[int]:
    """The numbers of texts up to one that are to be compared: the first, or all."""
    sql = "SELECT number FROM signatures WHERE compared IS NULL AND number <= ? ORDER BY number LIMIT ?"
    return [row[0] for row in db.execute(sql, [till, most])]


def numbers_of(db: Database, articles: Iterable[str]) -> dict[str, int]:
    """The numbers of those texts of some articles that are long enough to be compared."""
    return dict(db.execute(f"SELECT article, number {_OF_ARTICLES}", [json.dumps(sorted(articles))]).fetchall())


def waiting(db: Database, articles: Iterable[str]) -> set[str]:
    """Those of some articles whose texts are to be compared."""
    rows = db.execute(f"SELECT article {_OF_ARTICLES} WHERE compared IS NULL", [json.dumps(sorted(articles))])
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class _Signed:
    number: int
    article: str
    digest: str
    minhash: npt.NDArray[np.uint32]
    compared: int | None


@dataclass(slots=True)
class LookedUp:
    """What some texts, those of ``articles``, may be copies of: ``pairs``, one text of each being among them, the other
    none that waits to be compared itself. ``again``: the articles that are to be compared again because of them."""

    articles: set[str] = field(default_factory=set)
    pairs: set[Pair] = field(default_factory=set)
    again: set[str] = field(default_factory=set)


def look_up(db: Database, texts: Sequence[int]) -> LookedUp:
    """Look some texts up, by their numbers. Each costs the same in an archive of any size."""
    own = {one.number: one for one in _load(db, texts)}
    found = LookedUp({one.article for one in own.values()})
    if own:
        _look_for_likely(db, own, found)
        _look_for_twins(db, own, found)
    return found


def _load(db: Database, numbers: Iterable[int]) -> Iterator[_Signed]:
    rows = db.execute(
        f"SELECT number, article, digest, minhash, compared {_OF_NUMBERS}", [json.dumps(sorted(set(numbers)))]
    )
    for number, article, digest, minhash, compared in rows:
        yield _Signed(number, article, digest, minhash_values(minhash), compared)


def _look_for_twins(db: Database, own: Mapping[int, _Signed], found: LookedUp) -> None:
    """Texts that are the same word for word: each is paired with the first only, by id."""
    rows = db.execute(_FIRSTS, [json.dumps(list(own))])
    for article, first, number, compared in rows.fetchall():
        if first == article:
            twins = db.execute(_COMPARED_TWINS, [article, article])
            found.again.update(row[0] for row in twins if row[0] not in found.articles)
        elif number in own or compared is not None:
            found.pairs.add((first, article))


_FIRSTS = """
    SELECT own.article, first.article, first.number, first.compared
    FROM json_each(?) CROSS JOIN signatures own ON own.number = value
    JOIN signatures first ON first.article = (SELECT min(article) FROM signatures s WHERE s.digest = own.digest)
"""
_COMPARED_TWINS = """
    SELECT article FROM signatures
    WHERE digest = (SELECT digest FROM signatures WHERE article = ?) AND article <> ? AND compared IS NOT NULL
"""


def _look_for_likely(db: Database, own: Mapping[int, _Signed], found: LookedUp) -> None:
    """Different texts that share a band, if it is not crowded, and enough of their values."""
    values = band_values(np.stack([one.minhash for one in own.values()]))
    bands: list[list[int]] = []
    crowded: set[tuple[int, ...]] = set()
    for members in _members(db, (np.unique(column).tolist() for column in values.T), CROWD + 1):
        if len(members) <= CROWD:
            bands.append(members)
        else:
            crowded.add(tuple(members))
    others = {one.number: one for one in _load(db, {number for of in bands for number in of} - own.keys())}
    beside = dict(own) | {number: one for number, one in others.items() if one.compared is not None}
    found.pairs.update(_likely([[one for one in of if one in beside] for of in bands], beside, own))
    found.again.update(_doubtful(db, crowded, own))


def _doubtful(db: Database, crowded: Iterable[tuple[int, ...]], own: Mapping[int, _Signed]) -> Iterator[str]:
    """A band that has become crowded since some of its texts were compared proves no pair any more, those found before
    included: those of these texts that are pairs."""
    crowded = list(crowded)
    numbers = sorted({number for members in crowded for number in members} - own.keys())
    rows = db.execute(f"SELECT number, article, compared {_OF_NUMBERS}", [json.dumps(numbers)])
    compared = {number: (article, till) for number, article, till in rows if till is not None}
    for members in crowded:
        ids = [compared[one][0] for one in members if one in compared and compared[one][1] < members[CROWD]]
        if len(ids) > 1:
            for pair in db.execute(_PAIRED, {"articles": json.dumps(ids)}):
                yield from pair


_PAIRED = """
    SELECT article, other FROM json_each(:articles) CROSS JOIN duplicates ON article = value
    WHERE other IN (SELECT value FROM json_each(:articles))
"""


def _likely(bands: list[list[int]], signed: Mapping[int, _Signed], own: Mapping[int, _Signed]) -> Iterator[Pair]:
    ordered = sorted({number for of in bands for number in of}, key=lambda number: signed[number].article)
    if not ordered:
        return
    place = {number: at for at, number in enumerate(ordered)}
    texts = [signed[number] for number in ordered]
    hashes = np.stack([one.minhash for one in texts])
    is_own = np.array([one.number in own for one in texts])
    for first, second in _numbered_pairs([[place[number] for number in of] for of in bands], is_own):
        similar = (hashes[first] == hashes[second]).mean(axis=1) >= LEAST
        for one, other in zip(first[similar].tolist(), second[similar].tolist(), strict=True):
            if texts[one].digest != texts[other].digest:
                yield texts[one].article, texts[other].article


def _numbered_pairs(
    bands: list[list[int]], is_own: npt.NDArray[np.bool_]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The pairs that share a band, by the places of their texts, the smaller first; some thousand at once."""
    shared = []
    for members in bands:
        places = np.array(sorted(members), dtype=np.int64)
        first, second = _combinations(len(places))
        one, other = places[first], places[second]
        keep = is_own[one] | is_own[other]
        shared.append(one[keep] * len(is_own) + other[keep])
    pairs = np.unique(np.concatenate(shared))
    for start in range(0, len(pairs), _AT_ONCE):
        yield np.divmod(pairs[start : start + _AT_ONCE], len(is_own))


@cache
def _combinations(size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    first, second = np.triu_indices(size, k=1)
    return first, second
