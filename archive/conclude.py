"""What the archive concludes from several pages: dates of articles that print none, and clusters of copies.

Touches the ``concluded_*``, ``cluster`` and ``duplicate_of`` columns, the evidence of revision 0, ``duplicates``,
``signatures`` and ``changes``. :mod:`archive.dating`, :mod:`archive.duplicates` and :mod:`archive.clusters` say what is
concluded; here it is written. A conclusion never makes a revision. It follows from the tables alone: drawing it again
changes nothing, and the order in which pages arrived plays no part but for what :mod:`archive.store` says.

It is drawn in portions: articles that may be dated, articles that name a source, texts that are to be compared, members
of clusters without a text. Each portion is written in a transaction of its own, the clusters that change by it
included, and what is interrupted is completed by the next call: texts wait until they have been compared, and of the
other three all are looked at each time. One process does so at a time; a further one waits for it, and then finds its
own articles left to do.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlite_utils import Database

from archive import duplicates
from archive.clusters import Place, clustered_with, misplaced, stored_pairs, without_text
from archive.dating import COLUMNS, NOTHING, arrived, dateable, find_dates
from archive.duplicates import Found, Judge
from archive.indexing import index_articles
from archive.schema import insert_rows, snapshot, transaction
from archive.searchable import docids_of, load_searchable, redated
from archive.signatures import newest, numbers_of, to_compare
from archive.store import Archive
from archive.visitor import LOCKS

Row = dict[str, Any]

DATED, DECLARING, TEXTS, CLUSTERED = 500, 500, 250, 500
"""Articles in a portion: where they may have been changed meanwhile, they are looked up again while others wait."""
LOOK_EVERY = 0.1
"""Seconds between two looks whether somebody else is still at it."""


@dataclass(slots=True)
class Concluded:
    """What was changed: ``dates`` of articles, ``pairs`` of copies, places of articles in ``clusters``."""

    dates: int = 0
    pairs: int = 0
    clusters: int = 0


class BrokenOff(Exception):
    """Conclusions were to be drawn no longer. What was written stays; the next call draws the rest."""


GoesOn = Callable[[], bool]
"""Asked before each portion, in the thread that draws it, whether it is to be drawn still."""


def _always() -> bool:
    return True


@dataclass(slots=True)
class _Drawn:
    """What differs from the archive in one portion, but for copies that have not been judged yet, and clusters.

    ``members``: articles of which the clusters may be others now, whatever else changes.
    """

    dates: dict[str, Row] = field(default_factory=dict)  # the concluded columns
    evidence: dict[str, list[Row]] = field(default_factory=dict)
    copies: Found = field(default_factory=Found)
    members: set[str] = field(default_factory=set)

    def is_empty(self) -> bool:
        return not (self.dates or self.evidence or self.members or self.copies)


def conclude(archive: Archive | Database) -> Concluded:
    """Draw the conclusions that may be others than those in the archive, and write those that are.

    They are drawn beside other writers, who wait only while a portion is written. Where another process has changed the
    archive meanwhile, the portion is looked up again in that time; texts that were judged before are not judged again.
    Texts that come meanwhile are left to who stores them: there may be more all the time.

    While somebody else does so, it waits (:func:`alone`).
    """
    db = archive.db if isinstance(archive, Archive) else archive
    with alone(_folder(db)):
        return conclude_alone(db)


@contextmanager
def alone(home: Path | None, goes_on: GoesOn = _always) -> Iterator[None]:
    """Wait until nobody else draws conclusions in the archive of this home directory, and keep others waiting.

    It is a kernel lock, which goes with its process however that ends. None is an archive in memory, which nobody
    shares. What would be judged meanwhile would be judged twice: that takes long, and gives the same.

    :raises BrokenOff: it goes on no longer, and the wait is not over.
    """
    if home is None:
        yield
        return
    (home / LOCKS).mkdir(exist_ok=True)
    with (home / LOCKS / "conclude.lock").open("a") as lock:
        while not _locked(lock):
            if not goes_on():
                raise BrokenOff
            time.sleep(LOOK_EVERY)
        yield


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _folder(db: Database) -> Path | None:
    file = next(row[2] for row in db.execute("PRAGMA database_list") if row[1] == "main")
    return Path(file).parent if file else None


def conclude_about(archive: Archive | Database, articles: Collection[str]) -> Concluded:
    """As :func:`conclude`, but only what may be another because some articles were corrected: of which texts they are
    copies, and the clusters. Dates are left aside: they follow from what pages print alone."""
    db = archive.db if isinstance(archive, Archive) else archive
    with alone(_folder(db)):
        concluding = _Concluding(db)
        concluding.carry_out(partial(_draw_declared, db, sorted(articles)))
        concluding.compare_texts()
        concluding.carry_out(partial(_draw_clusters, db, sorted(articles)))
        return concluding.done


def date_arrived(db: Database, site: str, since: int, goes_on: GoesOn = _always) -> Concluded:
    """Of :func:`conclude` the dates of one site's articles of which something changed after a change (its ``seq``).

    Looks at no others, and waits for nobody: what pages tell of articles that stood there before is left out.

    :raises BrokenOff: it goes on no longer.
    """
    concluding = _Concluding(db, goes_on)
    came = arrived(db, site, since)
    for start in range(0, len(came), DATED):
        articles = came[start : start + DATED]
        concluding.carry_out(partial(_draw_dates, db, articles))
    return concluding.done


def compare_alone(db: Database, goes_on: GoesOn = _always) -> Concluded:
    """Of :func:`conclude` the texts that wait to be compared, for who has taken care of being :func:`alone`.

    :raises BrokenOff: it goes on no longer.
    """
    concluding = _Concluding(db, goes_on)
    concluding.compare_texts()
    return concluding.done


def conclude_alone(db: Database, goes_on: GoesOn = _always) -> Concluded:
    """As :func:`conclude`, for who has taken care of being :func:`alone`.

    :raises BrokenOff: it goes on no longer.
    """
    concluding = _Concluding(db, goes_on)
    for articles in _in_turn(dateable, db, DATED):
        concluding.carry_out(partial(_draw_dates, db, articles))
    for articles in _in_turn(duplicates.declaring, db, DECLARING):
        concluding.carry_out(partial(_draw_declared, db, articles))
    concluding.compare_texts()
    for articles in _in_turn(without_text, db, CLUSTERED):
        concluding.carry_out(partial(_draw_clusters, db, articles))
    return concluding.done


@dataclass(slots=True)
class Outdated:
    """Articles of which the pages prove something else than what stands in the archive. What :func:`conclude` sets
    right: ``dates``, ``copies`` and, since those are others, ``clusters``. ``astray`` stand in another cluster than
    their pairs give, though nothing has changed: that is set right where all is compared anew (:mod:`archive.reindex`).
    """

    dates: list[str]
    copies: list[str]
    clusters: list[str]
    astray: list[str]


def outdated(db: Database) -> Outdated:
    """Draw the conclusions again, without writing. Nothing is outdated after :func:`conclude`, until further pages are
    stored. Dates are drawn from all pages, clusters from all pairs; texts are judged only where they wait for it.
    """
    dates: dict[str, Row] = {}
    dated: set[str] = set()
    for articles in _in_turn(dateable, db, DATED):
        drawn = _draw_dates(db, articles)
        dates |= drawn.dates
        dated |= drawn.dates.keys() | drawn.evidence.keys()
    judge, pairs = Judge(db), stored_pairs(db)
    copies: set[str] = set()
    compared: set[str] = set()
    for found in _all_to_judge(db):
        judge.judge(found)
        outcome = judge.outcome(found)
        compared |= found.compared
        copies |= outcome.articles()
        for pair in outcome.gone:
            pairs.pop(pair, None)
        pairs |= {pair: duplicates.named_by(evidence) for pair, evidence in outcome.changed.items()}
    clustered = {row[0] for row in db.execute("SELECT id FROM articles WHERE cluster IS NOT NULL")}
    members = clustered | {id for pair in pairs for id in pair}
    moved = misplaced(db, members, pairs, {id: columns["concluded_date"] for id, columns in dates.items()}).keys()
    unsigned = {id for articles in _in_turn(without_text, db, CLUSTERED) for id in articles}
    due = moved & clustered_with(db, dates.keys() | copies | compared | unsigned)
    return Outdated(sorted(dated), sorted(copies), sorted(due), sorted(moved - due))


def _all_to_judge(db: Database) -> Iterator[Found]:
    """All copies that :func:`conclude` would judge, where nothing can be noted on the way: texts in one portion."""
    texts = set(to_compare(db, newest(db)))
    for articles in _in_turn(duplicates.declaring, db, DECLARING):
        found = duplicates.find_declared(db, articles)
        texts.update(numbers_of(db, found.again).values())
        yield found
    while texts:
        found = duplicates.find_by_text(db, sorted(texts))
        further = texts.union(numbers_of(db, found.again).values())
        if further == texts:
            yield found
            return
        texts = further


def _in_turn(following: Callable[[Database, str, int], list[str]], db: Database, most: int) -> Iterator[list[str]]:
    last = ""
    while articles := following(db, last, most):
        yield articles
        last = articles[-1]


def _draw_dates(db: Database, articles: list[str]) -> _Drawn:
    found = find_dates(db, articles)
    wanted = [json.dumps(articles)]
    dates = {row.pop("id"): row for row in db.query(_DATED, wanted)}
    evidence = {id: _evidence_rows(id, rows) for id, (_, rows) in found.items()}
    before: dict[str, list[Row]] = {}
    for row in db.query(_EVIDENCE, wanted):
        del row["profile_version"]
        before.setdefault(row["article"], []).append(row)
    return _Drawn(
        dates={id: columns for id, was in dates.items() if (columns := found.get(id, NOTHING)[0]) != was},
        evidence={id: rows for id in articles if (rows := evidence.get(id, [])) != before.get(id, [])},
    )


_DATED = f"SELECT articles.id, {', '.join(COLUMNS)} FROM json_each(?) CROSS JOIN articles ON articles.id = value"  # noqa: S608
_EVIDENCE = """
    SELECT evidence.* FROM json_each(?) wanted
    CROSS JOIN evidence ON article = wanted.value AND revision = 0
    ORDER BY article, position
"""


def _evidence_rows(article: str, evidence: list[Row]) -> list[Row]:
    return [{"article": article, "revision": 0, "position": at} | row for at, row in enumerate(evidence)]


def _draw_declared(db: Database, articles: list[str]) -> _Drawn:
    return _Drawn(copies=duplicates.find_declared(db, articles))


def _draw_copies(db: Database, texts: list[int]) -> _Drawn:
    copies = duplicates.find_by_text(db, texts)
    return _Drawn(copies=copies, members=copies.compared)


def _draw_clusters(db: Database, articles: list[str]) -> _Drawn:
    members = clustered_with(db, articles)
    return _Drawn(members=set(misplaced(db, members, stored_pairs(db, members))))


class _Concluding:
    """Writes conclusions, and counts them."""

    def __init__(self, db: Database, goes_on: GoesOn = _always) -> None:
        self._db, self._goes_on = db, goes_on
        self._judge = Judge(db)
        self._at: str | None = None
        self.done = Concluded()

    def compare_texts(self) -> None:
        """Compare the texts that wait for it."""
        till = newest(self._db)
        while texts := to_compare(self._db, till, TEXTS):
            self.carry_out(partial(_draw_copies, self._db, texts))

    def carry_out(self, draw: Callable[[], _Drawn]) -> None:
        """Draw, and write what differs.

        :raises BrokenOff: it goes on no longer.
        """
        if not self._goes_on():
            raise BrokenOff
        db = self._db
        with snapshot(db):
            seen = _version(db)
            drawn = draw()
            if drawn.is_empty():
                return
            if self._at is None:
                self._at = db.execute("SELECT max(fetched_at) FROM captures").fetchone()[0]
        self._judge.forget()
        self._judge.judge(drawn.copies)  # takes long: no snapshot is held, which would let the write-ahead log grow
        with transaction(db):
            if _version(db) != seen:
                drawn = draw()
                self._judge.judge(drawn.copies)
            self._write(drawn)

    def _write(self, drawn: _Drawn) -> None:
        db = self._db
        before = load_searchable(db, docids_of(db, drawn.dates))
        db.conn.executemany(
            f"UPDATE articles SET {', '.join(f'{name} = :{name}' for name in COLUMNS)} WHERE id = :id",  # noqa: S608
            [columns | {"id": id} for id, columns in drawn.dates.items()],
        )
        db.conn.executemany("DELETE FROM evidence WHERE article = ? AND revision = 0", [(id,) for id in drawn.evidence])
        insert_rows(db, "evidence", [row for evidence in drawn.evidence.values() for row in evidence])
        outcome = self._judge.outcome(drawn.copies)
        duplicates.write(db, drawn.copies, outcome)
        places = self._places({*drawn.dates, *drawn.members, *outcome.articles()})
        db.conn.executemany(
            "UPDATE articles SET cluster = ?, duplicate_of = ? WHERE id = ?",
            [(*place, id) for id, place in places.items()],
        )
        index_articles(db, before, redated(db, before))
        db.conn.executemany(_CLUSTER, [(cluster, id) for id, (cluster, _) in places.items()])
        changed = sorted({*drawn.dates, *places})
        insert_rows(db, "changes", [{"article": id, "kind": "concluded", "at": self._at} for id in changed])
        self.done.dates += len(drawn.dates)
        self.done.pairs += len(outcome.changed) + len(outcome.gone)
        self.done.clusters += len(places)

    def _places(self, articles: set[str]) -> dict[str, Place]:
        members = clustered_with(self._db, articles)
        return misplaced(self._db, members, stored_pairs(self._db, members))


_CLUSTER = "UPDATE search_documents SET cluster = ? WHERE docid = (SELECT docid FROM articles WHERE id = ?)"


def _version(db: Database) -> int:
    """A number that changes when another connection commits."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
