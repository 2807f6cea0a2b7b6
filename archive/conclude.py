"""What the archive concludes from several pages: dates of articles that print none, and clusters of copies.

Touches the ``concluded_*``, ``cluster`` and ``duplicate_of`` columns, the evidence of revision 0, ``duplicates`` and
``changes``. :mod:`archive.dating` and :mod:`archive.clusters` say what is concluded; here it is written. A conclusion
never makes a revision. It follows from the tables alone: drawing it again changes nothing, and the order in which pages
arrived plays no part but for what :mod:`archive.store` says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive import duplicates
from archive.clusters import Place, find_clusters
from archive.dating import COLUMNS, NOTHING, find_dates
from archive.schema import snapshot, transaction
from archive.store import Archive

Row = dict[str, Any]

_ATTEMPTS = 3
"""So often the conclusions are drawn beside other writers before these have to wait for it."""


@dataclass(slots=True)
class Concluded:
    """What changed: articles whose concluded ``dates`` or ``clusters`` are others now, ``pairs`` of copies."""

    dates: int = 0
    pairs: int = 0
    clusters: int = 0


@dataclass(slots=True)
class _Drawn:
    """Conclusions, and how they differ from those in the archive."""

    dates: dict[str, Row]  # the concluded columns of the articles of which they change
    evidence: dict[str, list[Row]]  # of the articles of which it changes
    copies: duplicates.Found
    places: dict[str, Place]  # of the articles of which they change


def conclude(archive: Archive | Database) -> Concluded:
    """Draw all conclusions anew and write those that differ, in one transaction.

    They are drawn beside other writers, who wait only while the outcome is written. Where another process has changed
    the archive meanwhile, they are drawn again.
    """
    db = archive.db if isinstance(archive, Archive) else archive
    if not db.conn.in_transaction:
        for _ in range(_ATTEMPTS):
            with snapshot(db):
                seen = _version(db)
                drawn = _draw(db)
            with transaction(db):
                if _version(db) == seen:
                    return _write(db, drawn)
    with transaction(db):
        return _write(db, _draw(db))


def outdated(db: Database) -> dict[str, list[str]]:
    """The articles of which the pages prove something else than what stands in the archive, by what is concluded.

    Reads only. Nothing is outdated after :func:`conclude`, until further pages are stored.
    """
    drawn = _draw(db)
    copies = sorted({id for pair in (*drawn.copies.changed, *drawn.copies.gone) for id in pair})
    dates = sorted(drawn.dates.keys() | drawn.evidence.keys())
    return {"date": dates, "list of copies": copies, "cluster": sorted(drawn.places)}


def _version(db: Database) -> int:
    """A number that changes when another connection commits."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _draw(db: Database) -> _Drawn:
    found = find_dates(db)
    dates = {row.pop("id"): row for row in db.query(_DATED, [json.dumps(list(found))])}
    wanted = {article: found.get(article, NOTHING)[0] for article in dates}
    copies = duplicates.find(db)
    places = find_clusters(db, copies.pairs, {id: columns["concluded_date"] for id, columns in wanted.items()})
    return _Drawn(
        dates={id: columns for id, columns in wanted.items() if columns != dates[id]},
        evidence=_differing_evidence(db, {id: evidence for id, (_, evidence) in found.items()}),
        copies=copies,
        places={id: now for id, (before, now) in places.items() if now != before},
    )


_DATED = f"""
    SELECT id, {", ".join(COLUMNS)} FROM articles
    WHERE id IN (SELECT value FROM json_each(?) UNION SELECT id FROM articles WHERE concluded_date IS NOT NULL)
    ORDER BY id
"""  # noqa: S608


def _differing_evidence(db: Database, found: dict[str, list[Row]]) -> dict[str, list[Row]]:
    before: dict[str, list[Row]] = {}
    for row in db.query("SELECT * FROM evidence WHERE revision = 0 ORDER BY article, position"):
        del row["profile_version"]
        before.setdefault(row["article"], []).append(row)
    now = {
        article: [{"article": article, "revision": 0, "position": at} | row for at, row in enumerate(evidence)]
        for article, evidence in found.items()
    }
    ids = sorted(before.keys() | now.keys())
    return {id: now.get(id, []) for id in ids if before.get(id, []) != now.get(id, [])}


def _write(db: Database, drawn: _Drawn) -> Concluded:
    db.conn.executemany(
        f"UPDATE articles SET {', '.join(f'{name} = :{name}' for name in COLUMNS)} WHERE id = :id",  # noqa: S608
        [columns | {"id": id} for id, columns in drawn.dates.items()],
    )
    db.conn.executemany("DELETE FROM evidence WHERE article = ? AND revision = 0", [(id,) for id in drawn.evidence])
    db.table("evidence").insert_all([row for evidence in drawn.evidence.values() for row in evidence])
    duplicates.write(db, drawn.copies)
    db.conn.executemany(
        "UPDATE articles SET cluster = ?, duplicate_of = ? WHERE id = ?",
        [(*place, id) for id, place in drawn.places.items()],
    )
    at = db.execute("SELECT max(fetched_at) FROM captures").fetchone()[0]
    changed = sorted({*drawn.dates, *drawn.places})
    db.table("changes").insert_all({"article": id, "kind": "concluded", "at": at} for id in changed)
    return Concluded(len(drawn.dates), len(drawn.copies.gone) + len(drawn.copies.changed), len(drawn.places))
