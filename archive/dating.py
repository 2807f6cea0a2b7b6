"""Dates of publication for articles whose page proves none. Reads the database it is handed, writes nothing.

What the page itself proved in an earlier version comes first: a date does not go with a theme or with half a page. Then
what other pages print beside the article's address: a sitemap's before a feed's before a listing's before that of a
related list. Where no page prints a date beside its address, it is looked for by title: a title that one archived
article of the site has and no other address of the site, and only where it stands without an address, or beside one
that is no known article's. No date later than the article's first capture is one of publication.

Each page has one vote: of the dates that it printed in the course of time the most exact counts, since "1 ngày trước"
is off by hours where "12 giờ trước" was not; of equally exact ones that which was seen last, since typing errors are
corrected. The date that most pages print is taken; where two are printed equally often, none is. Pages that agree on
the day and differ on the hour prove the day.

Where the page itself prints the day and no more, feeds that print the hour beside its address make that day more exact;
what they print of another day is not believed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from archive.dates import KNOWN, MIDNIGHT

Row = dict[str, Any]

KINDS = ("sitemap", "feed", "listing", "related")
"""The kinds of sightings, the most trusted first."""

COLUMNS = ("concluded_date", "concluded_date_raw", "concluded_precision", "concluded_evidence")

_REST = f"0000-01-01{MIDNIGHT}"
"""How a time is written on from where it is known."""

_CLOCKS_DIFFER = timedelta(days=1)
"""An article cannot have been published after it was first fetched, but for clocks that differ."""

Conclusion = tuple[Row, list[Row]]
"""The concluded columns of an article, all None where no date is proven, and the evidence for them."""

NOTHING: Conclusion = dict.fromkeys(COLUMNS), []


def dateable(db: Database, after: str, most: int) -> list[str]:
    """The ids of articles whose page proves no date, or only a day that feeds know more of, or of which something is
    concluded already: the next ones."""
    return [row[0] for row in db.execute(_DATEABLE, {"after": after, "most": most})]


# In the words of the index idx_sightings_exact, or SQLite does not use it.
_KNOWS_HOUR = "s.kind = 'feed' AND s.date_precision IN ('hour', 'minute', 'second')"

_DATEABLE = f"""
    SELECT id FROM articles WHERE date_published IS NULL AND id > :after
    UNION SELECT id FROM articles WHERE concluded_date IS NOT NULL AND id > :after
    UNION SELECT article FROM evidence WHERE revision = 0 AND article > :after
    UNION SELECT target FROM (
        SELECT DISTINCT target FROM sightings s
        CROSS JOIN articles ON articles.id = target AND articles.date_precision = 'day'
        WHERE {_KNOWS_HOUR} AND target > :after
        ORDER BY target LIMIT :most)
    ORDER BY 1 LIMIT :most
"""  # noqa: S608


def arrived(db: Database, site: str, since: int) -> list[str]:
    """The ids of a site's articles that may be dated, of which something changed after a change (its ``seq``)."""
    return [row[0] for row in db.execute(_ARRIVED, {"site": site, "since": since})]


_ARRIVED = f"""
    SELECT article FROM changes CROSS JOIN articles INDEXED BY idx_articles_undated
    ON articles.id = article AND date_published IS NULL WHERE seq > :since AND site = :site
    UNION SELECT article FROM changes
    CROSS JOIN sightings s ON target = article AND {_KNOWS_HOUR}
    CROSS JOIN articles ON articles.id = article AND articles.site = :site AND articles.date_precision = 'day'
    WHERE seq > :since
    ORDER BY 1
"""  # noqa: S608


def find_dates(db: Database, articles: Collection[str]) -> dict[str, Conclusion]:
    """What is concluded of those of some articles whose page proves no date, or only a day, and of which something is
    known, by id."""
    wanted = {"articles": json.dumps(sorted(articles))}
    found = {str(row["article"]): _by_revision(row) for row in db.query(_EARLIER, wanted)}
    for query in (_BY_ADDRESS, _BY_TITLE):
        for article, sightings in groupby(db.query(query, wanted), key=lambda row: str(row["article"])):
            if article not in found:
                found[article] = date_by_sightings(list(sightings))
    for article, sightings in groupby(db.query(_OF_DAYS, wanted), key=lambda row: str(row["article"])):
        found[article] = _hour_of_day(list(sightings))
    return found


# CROSS JOIN binds SQLite to the order written here: from the articles to their revisions and sightings.
_EARLIER = """
    SELECT a.id AS article, r.revision, r.capture, r.content ->> 'url' AS page, r.content ->> 'date_published' AS date,
        r.content ->> 'date_published_raw' AS date_raw, r.content ->> 'date_precision' AS precision,
        r.content ->> 'date_evidence' AS kind
    FROM json_each(:articles) CROSS JOIN articles a ON a.id = value
    CROSS JOIN revisions r ON r.article = a.id AND r.revision <> a.revision
    WHERE a.date_published IS NULL AND r.content ->> 'date_published' IS NOT NULL
    AND r.content ->> 'date_evidence' IN ('page', 'meta')
    ORDER BY r.article, r.recorded_at, r.revision
"""

_SIGHTING = """
    a.id AS article, a.first_seen, s.kind, s.date, s.date_raw, coalesce(s.date_precision, 'day') AS precision,
    s.source_url AS page, s.capture, s.last_seen
"""

_UNDATED = """
    json_each(:articles)
    CROSS JOIN articles a INDEXED BY idx_articles_undated ON a.id = value AND a.date_published IS NULL
"""

_BY_ADDRESS = f"""
    SELECT {_SIGHTING} FROM {_UNDATED} CROSS JOIN sightings s ON s.target = a.id
    WHERE s.date IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = s.url AND d.article <> a.id)
    UNION
    SELECT {_SIGHTING} FROM {_UNDATED}
    CROSS JOIN addresses d ON d.article = a.id CROSS JOIN sightings s ON s.url = d.url
    WHERE s.date IS NOT NULL
    ORDER BY article
"""  # noqa: S608

_BY_TITLE = f"""
    SELECT {_SIGHTING} FROM {_UNDATED}
    CROSS JOIN sightings s ON s.site = a.site AND s.folded_title = a.folded_headline
    WHERE s.date IS NOT NULL
    AND a.folded_headline <> '' AND s.target IS NULL
    AND (s.url IS NULL OR NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = s.url))
    AND NOT EXISTS (
        SELECT 1 FROM articles o WHERE o.site = a.site AND o.folded_headline = a.folded_headline AND o.id <> a.id)
    AND NOT EXISTS (
        SELECT 1 FROM sightings o WHERE o.site = a.site AND o.folded_title = a.folded_headline AND o.target <> a.id
        AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = o.url AND d.article = a.id))
    ORDER BY article
"""  # noqa: S608


# By address alone: what stands beside a title is not looked for where the page dates itself.
_OF_DAYS = f"""
    SELECT {_SIGHTING}, a.date_published FROM json_each(:articles)
    CROSS JOIN articles a ON a.id = value AND a.date_precision = 'day' AND a.date_published IS NOT NULL
    CROSS JOIN sightings s ON s.target = a.id
    WHERE {_KNOWS_HOUR}
    AND NOT EXISTS (SELECT 1 FROM addresses d WHERE d.url = s.url AND d.article <> a.id)
    ORDER BY article, s.date, s.id
"""  # noqa: S608


def is_shown(page: Row, conclusion: Row) -> bool:
    """Whether the concluded date stands for an article's own: where its page proves none, or the same day and no more.

    A page that was stored a moment ago may print another date than the one that something was concluded for.

    :param page: columns of an article, ``date_published`` and ``date_precision`` among them.
    :param conclusion: columns of the same article that are named ``concluded_*``.
    """
    if conclusion["concluded_date"] is None or page["date_published"] is None:
        return conclusion["concluded_date"] is not None
    is_more = KNOWN[conclusion["concluded_precision"]] > KNOWN[page["date_precision"] or "day"]
    return is_more and _is_of_day(conclusion["concluded_date"], page["date_published"])


def _is_of_day(date: str, day: str) -> bool:
    return date[: KNOWN["day"]] == day[: KNOWN["day"]]


def _hour_of_day(sightings: Sequence[Row]) -> Conclusion:
    """The time on the day that a page prints (``date_published``), by the feeds that agree with it on the day.

    Midnight is what those print that know only the day.
    """
    fit = [one for one in sightings if _is_of_day(one["date"], one["date_published"])]
    evidence = _rejected((one for one in sightings if one not in fit), "the page itself prints another day")
    exact = [one for one in fit if not one["date"].endswith(MIDNIGHT)]
    columns, proven = date_by_sightings(exact)
    if columns["concluded_precision"] in {None, "day"}:
        return NOTHING[0], evidence + _rejected(exact, "as many pages print another hour")
    return columns, proven + evidence


def _by_revision(earlier: Row) -> Conclusion:
    columns = dict(zip(COLUMNS, (earlier[name] for name in ("date", "date_raw", "precision", "kind")), strict=True))
    note = f"printed by revision {earlier['revision']}; the present one prints no date"
    return columns, [_evidence_row(earlier, earlier["date"], note)]


def date_by_sightings(sightings: Sequence[Row]) -> Conclusion:
    """The date that the sightings of one article prove.

    A sighting has ``kind``, ``date``, ``precision``, ``date_raw``, ``page`` (which prints it), ``capture``,
    ``last_seen``, and the article's ``first_seen``. Where those of the best kind contradict each other, there is none.
    """
    evidence: list[Row] = []
    for kind in KINDS:
        of_kind = sorted((one for one in sightings if one["kind"] == kind), key=lambda one: (one["date"], one["page"]))
        possible = [one for one in of_kind if not _is_too_late(one)]
        evidence += _rejected((one for one in of_kind if _is_too_late(one)), "later than the article's first capture")
        if not possible:
            continue
        voting = _one_vote_a_page(possible)
        votes = set(map(id, voting))  # a box that is on every page prints an article thousands of times
        silent = [one for one in possible if id(one) not in votes]
        date, precision, agreeing = _majority(voting)
        if date is None or precision is None:
            evidence += _rejected(voting, "as many pages print another date")
            return NOTHING[0], evidence + _rejected(silent, _SUPERSEDED)
        chosen = min(agreeing, key=lambda one: (one["page"], one["date_raw"] or ""))
        columns = dict(zip(COLUMNS, (date, chosen["date_raw"], precision, kind), strict=True))
        evidence += [_evidence_row(chosen, date, None)]
        evidence += _rejected((one for one in voting if not _same_day(one, date)), _OUTVOTED)
        return columns, evidence + _rejected((one for one in silent if not _same_day(one, date)), _SUPERSEDED)
    return NOTHING[0], evidence


_OUTVOTED = "more pages, or more exact ones, print another date"
_SUPERSEDED = "the same page has since printed another date, or prints this one less exactly"


def _is_too_late(sighting: Row) -> bool:
    latest = datetime.fromisoformat(sighting["first_seen"]) + _CLOCKS_DIFFER
    return datetime.fromisoformat(sighting["date"]) > latest


def _same_day(sighting: Row, date: str) -> bool:
    kept = min(KNOWN[sighting["precision"]], KNOWN["day"])
    return bool(sighting["date"][:kept] == date[:kept])


def _one_vote_a_page(sightings: Sequence[Row]) -> list[Row]:
    """Of each page the most exact sightings, and of these the last: several where it prints several at once."""
    best: dict[str, tuple[int, str]] = {}
    for one in sightings:
        best[one["page"]] = max(best.get(one["page"], (0, "")), _weight(one))
    return [one for one in sightings if _weight(one) == best[one["page"]]]


def _weight(sighting: Row) -> tuple[int, str]:
    return KNOWN[sighting["precision"]], sighting["last_seen"]


def _majority(sightings: list[Row]) -> tuple[str | None, str | None, list[Row]]:
    """The date that most pages print, as exactly as they agree on it, and the sightings that print it.

    From day to second, the sightings that are so exact vote, each page once; on the month only where none prints a
    day. A tie on the month or the day leaves no date; one on the hour, minute or second leaves the coarser date.
    """
    date, proven = None, None
    levels = dict(KNOWN)
    if to_the_day := [one for one in sightings if one["precision"] != "month"]:
        sightings = to_the_day
        del levels["month"]
    for precision, kept in levels.items():
        pages: dict[str, set[str]] = {}
        for one in sightings:
            if KNOWN[one["precision"]] >= kept:
                pages.setdefault(one["date"][:kept], set()).add(one["page"])
        ranked = sorted(pages, key=lambda value: (-len(pages[value]), value))
        if not ranked:
            break
        if len(ranked) > 1 and len(pages[ranked[0]]) == len(pages[ranked[1]]):
            if precision in {"month", "day"}:
                return None, None, []
            break
        date, proven = ranked[0] + _REST[kept:], precision
        sightings = [one for one in sightings if KNOWN[one["precision"]] >= kept and one["date"].startswith(ranked[0])]
    return date, proven, sightings


def _rejected(sightings: Iterable[Row], note: str) -> list[Row]:
    """One row for each date, of the first page that prints it."""
    first = {one["date"]: one for one in reversed(list(sightings))}
    return [_evidence_row(one, None, note) for _, one in sorted(first.items())]


def _evidence_row(printed: Row, value: str | None, note: str | None) -> Row:
    return {
        "field": "date_published",
        "raw": printed["date_raw"] or printed["date"],
        "value": value,
        "kind": printed["kind"],
        "place": printed["page"],
        "note": note,
        "capture": printed["capture"],
    }
