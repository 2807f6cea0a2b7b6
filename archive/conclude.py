"""What the archive concludes from several pages: dates of articles that print none, and clusters of copies.

Touches the ``concluded_*``, ``cluster`` and ``duplicate_of`` columns, the evidence of revision 0, ``duplicates`` and
``changes``. A conclusion never makes a revision. It follows from the tables alone: drawing it again changes nothing,
and the order in which pages arrived plays no part.

Dates. An article whose page proves no date takes the one that other pages print beside its address: a sitemap's before
a feed's before a listing's before that of a related list. Where no page prints a date beside its address, it is looked
for by title: a title that one archived article of the site has and no other address of the site, and only where it
stands without an address, or beside one that is no known article's. Of several dates the one that most pages print is
taken; where two are printed equally often, none is. Pages that agree on the day and differ on the hour prove the day.
No date later than the article's first capture is one of publication.

Copies. Articles that :mod:`archive.duplicates` pairs, directly or through others, are a cluster. Its likely original
is the one whose address another names as its source; else one that names no source itself, the earliest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from archive import duplicates
from archive.schema import PUBLISHED, transaction
from archive.store import Archive

Row = dict[str, Any]

KINDS = ("sitemap", "feed", "listing", "related")
"""The kinds of sightings, the most trusted first."""

_KEPT = {"month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
"""How many characters of an RFC 3339 time a precision proves."""
_REST = "0000-01-01T00:00:00+07:00"

_CLOCKS_DIFFER = timedelta(days=1)
"""An article cannot have been published after it was first fetched, but for clocks that differ."""

_COLUMNS = ("concluded_date", "concluded_date_raw", "concluded_precision", "concluded_evidence")


@dataclass(slots=True)
class Concluded:
    """What changed: articles whose concluded ``dates`` or ``clusters`` are others now, ``pairs`` of copies."""

    dates: int = 0
    pairs: int = 0
    clusters: int = 0


def conclude(archive: Archive | Database, site: str | None = None, at: str | None = None) -> Concluded:
    """Draw all conclusions anew and write those that differ, in one transaction.

    :param site: conclude the dates of this site's articles only; copies are looked for in the whole archive.
    :param at: the time (RFC 3339) to write beside a change; by default that of the latest capture.
    """
    db = archive.db if isinstance(archive, Archive) else archive
    with transaction(db):
        at = at or db.execute("SELECT max(fetched_at) FROM captures").fetchone()[0]
        dated = _conclude_dates(db, site)
        pairs = duplicates.refresh(db)
        clustered = _conclude_clusters(db)
        changed = sorted({*dated, *clustered})
        db.table("changes").insert_all({"article": id, "kind": "concluded", "at": at} for id in changed)
    return Concluded(len(dated), pairs, len(clustered))


def _conclude_dates(db: Database, site: str | None) -> list[str]:
    """The ids of articles whose concluded date changed."""
    wanted: dict[str, tuple[Row, list[Row]]] = {}
    for query in (_BY_ADDRESS, _BY_TITLE):
        rows = db.query(query, {"site": site})
        for article, sightings in groupby(rows, key=lambda row: str(row["article"])):
            if article not in wanted:
                wanted[article] = date_by_sightings(list(sightings))
    nothing: tuple[Row, list[Row]] = dict.fromkeys(_COLUMNS), []
    before = {row.pop("id"): row for row in db.query(_DATED_BEFORE, {"site": site, "ids": json.dumps(list(wanted))})}
    changed = [article for article, columns in before.items() if columns != wanted.get(article, nothing)[0]]
    db.conn.executemany(
        f"UPDATE articles SET {_ASSIGNED} WHERE id = :id",  # noqa: S608
        [wanted.get(article, nothing)[0] | {"id": article} for article in changed],
    )
    _write_evidence(db, site, {article: evidence for article, (_, evidence) in wanted.items()})
    return changed


_ASSIGNED = ", ".join(f"{name} = :{name}" for name in _COLUMNS)

# CROSS JOIN binds SQLite to the order written here: from the few undated articles to their sightings, by index.
_SIGHTING = """
    a.id AS article, a.first_seen, s.kind, s.date, s.date_raw, coalesce(s.date_precision, 'day') AS precision,
    s.source_url AS page, s.capture
"""

_BY_ADDRESS = f"""
    SELECT {_SIGHTING} FROM articles a CROSS JOIN sightings s ON s.target = a.id
    WHERE a.date_published IS NULL AND a.site = coalesce(:site, a.site) AND s.date IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = s.url AND d.article <> a.id)
    UNION
    SELECT {_SIGHTING} FROM articles a
    CROSS JOIN addresses d ON d.article = a.id CROSS JOIN sightings s ON s.url = d.url
    WHERE a.date_published IS NULL AND a.site = coalesce(:site, a.site) AND s.date IS NOT NULL
    ORDER BY article
"""  # noqa: S608

_BY_TITLE = f"""
    SELECT {_SIGHTING} FROM articles a
    CROSS JOIN sightings s ON s.site = a.site AND s.folded_title = a.folded_headline
    WHERE a.date_published IS NULL AND a.site = coalesce(:site, a.site) AND s.date IS NOT NULL
    AND a.folded_headline <> '' AND s.target IS NULL
    AND (s.url IS NULL OR NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = s.url))
    AND NOT EXISTS (
        SELECT 1 FROM articles o WHERE o.site = a.site AND o.folded_headline = a.folded_headline AND o.id <> a.id)
    AND NOT EXISTS (
        SELECT 1 FROM sightings o WHERE o.site = a.site AND o.folded_title = a.folded_headline AND o.target <> a.id
        AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = o.url AND d.article = a.id))
    ORDER BY article
"""  # noqa: S608

_DATED_BEFORE = f"""
    SELECT id, {", ".join(_COLUMNS)} FROM articles
    WHERE id IN (SELECT value FROM json_each(:ids) UNION SELECT id FROM articles WHERE concluded_date IS NOT NULL)
    AND site = coalesce(:site, site)
    ORDER BY id
"""  # noqa: S608


def _write_evidence(db: Database, site: str | None, wanted: Mapping[str, Sequence[Row]]) -> None:
    """Replace the evidence of conclusions where it differs."""
    before: dict[str, list[Row]] = {}
    for row in db.query(_EVIDENCE_BEFORE, {"site": site}):
        del row["profile_version"]
        before.setdefault(row["article"], []).append(row)
    now = {
        article: [{"article": article, "revision": 0, "position": at} | row for at, row in enumerate(evidence)]
        for article, evidence in wanted.items()
    }
    differ = sorted(id for id in before.keys() | now.keys() if before.get(id, []) != now.get(id, []))
    db.conn.executemany("DELETE FROM evidence WHERE article = ? AND revision = 0", [(id,) for id in differ])
    db.table("evidence").insert_all([row for id in differ for row in now.get(id, [])])


_EVIDENCE_BEFORE = """
    SELECT e.* FROM evidence e JOIN articles a ON a.id = e.article
    WHERE e.revision = 0 AND a.site = coalesce(:site, a.site) ORDER BY e.article, e.position
"""


def date_by_sightings(sightings: Sequence[Row]) -> tuple[Row, list[Row]]:
    """The date that the sightings of one article prove: the concluded columns, and the evidence for them.

    A sighting has ``kind``, ``date``, ``precision``, ``date_raw``, ``page`` (which prints it), ``capture``, and the
    article's ``first_seen``. The columns are None where the sightings of the best kind contradict each other.
    """
    nothing: Row = dict.fromkeys(_COLUMNS)
    evidence: list[Row] = []
    for kind in KINDS:
        of_kind = sorted((one for one in sightings if one["kind"] == kind), key=lambda one: (one["date"], one["page"]))
        possible = [one for one in of_kind if not _is_too_late(one)]
        evidence += _rejected((one for one in of_kind if _is_too_late(one)), "later than the article's first capture")
        if not possible:
            continue
        date, precision, agreeing = _majority(possible)
        if date is None or precision is None:
            note = "as many pages print another date"
            return nothing, evidence + _rejected(possible, note)
        outvoted = [one for one in possible if not _same_day(one, date)]
        chosen = min(agreeing, key=lambda one: (one["page"], one["date_raw"] or ""))
        columns = dict(zip(_COLUMNS, (date, chosen["date_raw"], precision, kind), strict=True))
        evidence += [_evidence_row(chosen, date, None)]
        return columns, evidence + _rejected(outvoted, "more pages, or more exact ones, print another date")
    return nothing, evidence


def _is_too_late(sighting: Row) -> bool:
    latest = datetime.fromisoformat(sighting["first_seen"]) + _CLOCKS_DIFFER
    return datetime.fromisoformat(sighting["date"]) > latest


def _same_day(sighting: Row, date: str) -> bool:
    kept = min(_KEPT[sighting["precision"]], _KEPT["day"])
    return bool(sighting["date"][:kept] == date[:kept])


def _majority(sightings: list[Row]) -> tuple[str | None, str | None, list[Row]]:
    """The date that most pages print, as exactly as they agree on it, and the sightings that print it.

    From day to second, the sightings that are so exact vote, each page once; on the month only where none prints a
    day. A tie on the month or the day leaves no date; one on the hour, minute or second leaves the coarser date.
    """
    date, proven = None, None
    levels = dict(_KEPT)
    if to_the_day := [one for one in sightings if one["precision"] != "month"]:
        sightings = to_the_day
        del levels["month"]
    for precision, kept in levels.items():
        pages: dict[str, set[str]] = {}
        for one in sightings:
            if _KEPT[one["precision"]] >= kept:
                pages.setdefault(one["date"][:kept], set()).add(one["page"])
        ranked = sorted(pages, key=lambda value: (-len(pages[value]), value))
        if not ranked:
            break
        if len(ranked) > 1 and len(pages[ranked[0]]) == len(pages[ranked[1]]):
            if precision in {"month", "day"}:
                return None, None, []
            break
        date, proven = ranked[0] + _REST[kept:], precision
        sightings = [one for one in sightings if _KEPT[one["precision"]] >= kept and one["date"].startswith(ranked[0])]
    return date, proven, sightings


def _rejected(sightings: Iterable[Row], note: str) -> list[Row]:
    """One row for each date, of the first page that prints it."""
    first = {one["date"]: one for one in reversed(list(sightings))}
    return [_evidence_row(one, None, note) for _, one in sorted(first.items())]


def _evidence_row(sighting: Row, value: str | None, note: str | None) -> Row:
    return {
        "field": "date_published",
        "raw": sighting["date_raw"] or sighting["date"],
        "value": value,
        "kind": sighting["kind"],
        "place": sighting["page"],
        "note": note,
        "capture": sighting["capture"],
    }


def _conclude_clusters(db: Database) -> list[str]:
    """The ids of articles whose cluster or original changed."""
    pairs = [
        (row["article"], row["other"], json.loads(row["evidence"]))
        for row in db.query("SELECT article, other, evidence FROM duplicates")
    ]
    paired = json.dumps(sorted({id for one, other, _ in pairs for id in (one, other)}))
    articles = {row["id"]: row for row in db.query(_CLUSTERED_BEFORE, [paired])}
    pairs = [(one, other, evidence) for one, other, evidence in pairs if one in articles and other in articles]
    named: dict[str, list[str]] = {}
    for one, other, evidence in pairs:
        if evidence["by_address"]:
            by = evidence["declared_by"]
            named.setdefault(by, []).append(other if by == one else one)
    wanted: dict[str, tuple[str | None, str | None]] = dict.fromkeys(articles, (None, None))
    for members in _components((one, other) for one, other, _ in pairs):
        original = likely_original([articles[id] for id in members], named)
        wanted |= {id: (original, None if id == original else original) for id in members}
    changed = [id for id, row in sorted(articles.items()) if (row["cluster"], row["duplicate_of"]) != wanted[id]]
    db.conn.executemany(
        "UPDATE articles SET cluster = ?, duplicate_of = ? WHERE id = ?", [(*wanted[id], id) for id in changed]
    )
    return changed


_CLUSTERED_BEFORE = f"""
    SELECT id, cluster, duplicate_of, source_name, source_url, {PUBLISHED} AS published FROM articles
    WHERE id IN (SELECT value FROM json_each(?) UNION SELECT id FROM articles WHERE cluster IS NOT NULL)
"""  # noqa: S608


def likely_original(members: Sequence[Row], named: Mapping[str, Sequence[str]]) -> str:
    """The id of the likely original among the copies of one text.

    :param members: ``id``, ``source_name``, ``source_url`` and ``published`` of each.
    :param named: for an article that names archived articles' addresses as its source, the ids of these.
    """
    ids = {row["id"] for row in members}
    sources = {source for id in ids for source in named.get(id, ())}
    silent = {row["id"] for row in members if row["source_name"] is None and row["source_url"] is None}
    eligible = (sources - named.keys()) or sources or silent or ids
    ranked = [(row["published"] is None, row["published"] or "", row["id"]) for row in members if row["id"] in eligible]
    original: str = min(ranked)[2]
    return original


def _components(pairs: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """The connected components of a graph, by union and find."""
    above: dict[str, str] = {}

    def top(id: str) -> str:
        while above.setdefault(id, id) != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    for one, other in pairs:
        above[top(one)] = top(other)
    by_top: dict[str, list[str]] = {}
    for id in above:
        by_top.setdefault(top(id), []).append(id)
    yield from by_top.values()
