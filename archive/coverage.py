"""Which fields a site's newest articles have: what is normal for it, so that it shows when one is lost. Reads the
archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Coverage:
    """``articles``: how many were looked at; ``shares``: on how many of them (0 to 1) each field was found on the
    article's own page."""

    articles: int
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class Archived:
    """One archived article: its address, the fields that it has, its headline, how many letters its text has, the date
    that its page prints (RFC 3339), and its authors as printed by name, or unit where they have none."""

    id: str
    url: str
    fields: frozenset[str]
    headline: str
    length: int
    date: str | None
    authors: tuple[str, ...]


FIELDS = {
    "headline": "headline != ''",
    "date": "date_published IS NOT NULL",
    "authors": "EXISTS (SELECT 1 FROM authors WHERE article = articles.id)",
    "source": "source_name IS NOT NULL OR source_url IS NOT NULL",
    "sapo": "description IS NOT NULL",
    "body": "(body != '' OR kind != 'article') AND NOT EXISTS (SELECT 1 FROM evidence WHERE article = articles.id"
    " AND evidence.revision = articles.revision AND field = 'body' AND note LIKE 'the body''s container is missing%')",
    "section": "section NOT IN ('', '[]')",
    "keywords": "EXISTS (SELECT 1 FROM keywords WHERE article = articles.id)",
    "pictures": "EXISTS (SELECT 1 FROM images WHERE article = articles.id)",
    "captions": "EXISTS (SELECT 1 FROM images WHERE article = articles.id AND caption IS NOT NULL)",
    "related": "EXISTS (SELECT 1 FROM links WHERE article = articles.id AND relation NOT IN ('inline', 'source'))",
}
"""Each field by its name, and when a row of ``articles`` has it: a date that other pages print is not the article's,
and a text that was found without its rule is one that its rule has lost."""

_AUTHORS = "(SELECT json_group_array(coalesce(name, unit, '')) FROM authors WHERE article = articles.id)"

MOST = 200
"""Articles that show what is normal."""


def coverage(db: Database, site: str) -> Coverage:
    """What is normal for the site, by its newest articles that are still there."""
    found = newest(db, site, MOST)
    shares = {name: sum(name in one.fields for one in found) / len(found) for name in FIELDS} if found else {}
    return Coverage(len(found), shares)


def newest(db: Database, site: str, most: int) -> Sequence[Archived]:
    """The site's newest archived articles that are not gone, the newest first."""
    columns = ", ".join(f"({condition}) AS has_{name}" for name, condition in FIELDS.items())
    rows = db.query(
        f"SELECT id, url, headline, length(body) AS length, date_published, {_AUTHORS} AS authors, {columns}"  # noqa: S608 - constants
        " FROM articles WHERE site = ? AND gone_at IS NULL"
        " ORDER BY coalesce(date_published, concluded_date, first_seen) DESC, id LIMIT ?",
        [site, most],
    )
    return [
        Archived(
            row["id"],
            row["url"],
            frozenset(name for name in FIELDS if row[f"has_{name}"]),
            row["headline"],
            row["length"],
            row["date_published"],
            tuple(json.loads(row["authors"])),
        )
        for row in rows
    ]


def paged(db: Database, site: str) -> list[str]:
    """The listings of the site of which a further page was read, by their first pages, the longest first."""
    rows = db.execute(
        "SELECT section FROM urls WHERE site = ? AND role = 'listing' AND page > 1 AND state = 'done'"
        " GROUP BY section ORDER BY max(page) DESC, section",
        [site],
    )
    return [section for (section,) in rows]


def listed(db: Database, site: str) -> dict[str, bool]:
    """The pages of the site that listed articles, and whether they ever printed a date beside one."""
    rows = db.execute(
        "SELECT source_url, max(date_raw IS NOT NULL) FROM sightings WHERE site = ? AND kind = 'listing'"
        " GROUP BY source_url",
        [site],
    )
    return {url: bool(dated) for url, dated in rows}


def addresses_of(db: Database, site: str, most: int) -> list[tuple[str, str]]:
    """Addresses under which articles of the site answered, each with the article's id, the newest first."""
    rows = db.execute(
        "SELECT url, article FROM addresses WHERE site = ? AND answered_at IS NOT NULL"
        " ORDER BY answered_at DESC, url LIMIT ?",
        [site, most],
    )
    return [(url, article) for url, article in rows]
