"""What a site's stored responses give when they are read anew, kept aside until the archive is brought to it.

Touches a database of its own, which lies in the system's folder for temporary files and goes with the process.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlite_utils import Database

from archive.records import Article, Harvest
from archive.rows import Row, flat, sighting_rows

_LEVEL = 1
"""zlib's, for articles that wait a few minutes."""


@dataclass(slots=True)
class Reread:
    """What one capture gives now. ``gave``: it is what it was fetched as. ``articles`` are pairs of id and packed text.

    ``before``: its outcome until now.
    """

    capture: int
    role: str
    at: str
    before: str
    outcome: str
    reason: str | None
    articles: list[tuple[str, bytes]] = field(default_factory=list)
    sightings: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)

    @property
    def gave(self) -> bool:
        return bool(self.articles) or self.outcome in {self.role, "redirect"}


@dataclass(frozen=True, slots=True)
class Version:
    """An article as one capture shows it. ``at``: when that was fetched (RFC 3339)."""

    article: Article
    at: str
    capture: int | None


def reread(capture: int, before: str, harvest: Harvest) -> Reread:
    """What is kept aside of a capture's harvest; ``before`` is the outcome that it had. Pure: for worker processes."""
    told = harvest.capture
    found = Reread(capture, told.role, told.fetched_at, before, told.outcome, told.reason)
    found.articles = [(one.id, zlib.compress(msgspec.msgpack.encode(one), _LEVEL)) for one in harvest.articles]
    found.sightings = list(sighting_rows(harvest, capture))
    for address in harvest.addresses:
        row = flat(address) | {"first_seen": told.fetched_at}
        found.addresses.append(row | {"answered_at": told.fetched_at if row.pop("answered") else None})
    return found


class Rereadings:
    """All that the captures of one site give, to be asked for article by article. ``captures``, ``unread`` and ``lost``
    count captures that were read, that stand in no readable record, and that gave something before and do not now."""

    def __init__(self) -> None:
        self._db = Database(sqlite3.connect("", isolation_level=None))
        self._db.conn.executescript(_TABLES)
        self.captures = self.unread = self.lost = 0

    def close(self) -> None:
        """Forget everything."""
        self._db.close()

    def keep(self, found: Iterable[Reread]) -> None:
        """Take over what some captures give, in the order in which they were fetched."""
        found = list(found)
        many = self._db.conn.executemany
        self._db.execute("BEGIN")
        many(
            "INSERT INTO captures VALUES (?, ?, ?, ?)",
            [(one.capture, one.outcome, one.reason, one.gave) for one in found],
        )
        many(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?)",
            [
                (article, one.at, one.capture, position, packed)
                for one in found
                for position, (article, packed) in enumerate(one.articles)
            ],
        )
        many(_SIGHT, [row for one in found for row in one.sightings])
        many(_ADDRESS, [row for one in found for row in one.addresses])
        self._db.execute("COMMIT")
        self.captures += len(found)
        self.lost += sum(one.before == one.role and not one.gave for one in found)

    def keep_unread(self, capture: int, reason: str) -> None:
        """Note that a capture's record cannot be read, and why."""
        self._db.execute("INSERT INTO captures VALUES (?, NULL, ?, 0)", [capture, reason])
        self.unread += 1

    def article_ids(self, count: int) -> Iterator[list[str]]:
        """The ids of all articles that are shown, ``count`` at a time."""
        last = ""
        while ids := self._column("SELECT DISTINCT article FROM articles WHERE article > ? LIMIT ?", [last, count]):
            yield ids
            last = ids[-1]

    def versions(self, ids: Sequence[str]) -> dict[str, list[Version]]:
        """What all captures show of some articles, each in the order in which they were fetched."""
        found: dict[str, list[Version]] = {id: [] for id in ids}
        for id, at, capture, packed in self._db.execute(_VERSIONS, [json.dumps(ids)]):
            article = msgspec.msgpack.decode(zlib.decompress(packed), type=Article)
            found[id].append(Version(article, at, capture))
        return found

    def shown(self, ids: Collection[str]) -> set[str]:
        """Those of some articles that any capture shows."""
        sql = "SELECT DISTINCT article FROM articles WHERE article IN (SELECT value FROM json_each(?))"
        return set(self._column(sql, [json.dumps(list(ids))]))

    def failures(self, captures: Collection[int]) -> dict[int, str]:
        """Why an article is not shown by some captures that showed it; none for those that were not to be read."""
        sql = "SELECT id, reason, gave FROM captures WHERE id IN (SELECT value FROM json_each(?))"
        rows = self._db.execute(sql, [json.dumps(list(captures))])
        return {id: OTHER if gave else reason or "nothing was found on it" for id, reason, gave in rows}

    def gave(self, captures: Collection[int]) -> set[int]:
        """Those of some captures that give something now."""
        sql = "SELECT id FROM captures WHERE gave AND id IN (SELECT value FROM json_each(?))"
        return set(self._column(sql, [json.dumps(list(captures))]))

    def outcomes(self, count: int) -> Iterator[list[Row]]:
        """What became of each capture that was read: ``id``, ``outcome``, ``reason``, ``gave``; so many at a time."""
        yield from self._by_number("captures", "id", "outcome IS NOT NULL", count)

    def sightings(self, count: int) -> Iterator[list[Row]]:
        """All sightings as rows of the archive's table, without their ids, in the order of their first captures."""
        yield from self._by_number("sightings", "rowid", "1", count)

    def addresses(self, count: int) -> Iterator[list[Row]]:
        """All addresses as rows of the archive's table."""
        yield from self._by_number("addresses", "rowid", "1", count)

    def without(self, table: str, column: str, values: Collection[str]) -> set[str]:
        """Those of some addresses (by ``url``) or sightings (by ``digest``) that are told no more."""
        sql = f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - own names
        return set(values) - set(self._column(sql, [json.dumps(list(values))]))

    def _by_number(self, table: str, number: str, condition: str, count: int) -> Iterator[list[Row]]:
        last = 0
        sql = f"SELECT {number} AS number, * FROM {table} WHERE {number} > ? AND {condition} ORDER BY {number} LIMIT ?"  # noqa: S608
        while rows := list(self._db.query(sql, [last, count])):
            last = rows[-1]["number"]
            for row in rows:
                del row["number"]
            yield rows

    def _column(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return [row[0] for row in self._db.execute(sql, values)]


OTHER = "its page shows other articles now"

_TABLES = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE captures (id INTEGER PRIMARY KEY, outcome TEXT, reason TEXT, gave INTEGER NOT NULL);
    CREATE TABLE articles (article TEXT, at TEXT, capture INTEGER, position INTEGER, packed BLOB);
    CREATE INDEX idx_articles ON articles (article, at, capture, position);
    CREATE TABLE sightings (site TEXT, source_url TEXT, kind TEXT, url TEXT, target TEXT, title TEXT, folded_title TEXT,
        date TEXT, date_raw TEXT, date_precision TEXT, capture INTEGER, last_seen TEXT, digest TEXT UNIQUE);
    CREATE TABLE addresses (site TEXT, url TEXT UNIQUE, article TEXT, first_seen TEXT, answered_at TEXT);
"""

_VERSIONS = """
    SELECT article, at, capture, packed FROM articles WHERE article IN (SELECT value FROM json_each(?))
    ORDER BY article, at, capture, position
"""

_SIGHT = """
    INSERT INTO sightings VALUES (:site, :source_url, :kind, :url, :target, :title, :folded_title, :date, :date_raw,
        :date_precision, :capture, :last_seen, :digest)
    ON CONFLICT (digest) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)
"""

# As archive.batch merges them: the page that answered last is right.
_ADDRESS = """
    INSERT INTO addresses VALUES (:site, :url, :article, :first_seen, :answered_at)
    ON CONFLICT (url) DO UPDATE SET
        first_seen = min(first_seen, excluded.first_seen),
        article = iif(excluded.answered_at >= coalesce(answered_at, ''), excluded.article, article),
        answered_at = iif(excluded.answered_at >= coalesce(answered_at, ''), excluded.answered_at, answered_at)
"""
