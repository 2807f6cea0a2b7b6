"""The frontier: which addresses of a site are in line, and who was given them. Touches urls, runs and gone articles.

Works inside the transactions of :mod:`archive.store`: an address is acknowledged together with what it yielded, so that
a process that dies takes nothing with it but what it was asking for. Only one process crawls a site at a time, so a
lease that is found at the start of a crawl is a dead one's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlite_utils import Database

from archive import revisits
from archive.records import Found, Lease, Role
from archive.rows import Row
from archive.tables import PUBLISHED
from archive.validators import CHECK_EVERY

PRIORITY: dict[Role, int] = {"article": 10, "sitemap": 6, "feed": 6, "listing": 4, "attachment": 3, "image": 2}
"""The higher, the sooner: what is new, by what it is."""
ENTRANCE = 20
"""Where a crawl begins is asked for first: what is new must be found before what is old is looked at again."""
_LISTS: frozenset[Role] = frozenset({"listing", "feed", "sitemap"})
_AGAIN = 1
"""Articles that are known already come last."""
_LEADING_ON = 10
"""One of so many addresses that are handed out is a listing's, feed's or sitemap's while articles wait: about as many
articles stand on a listing's page, and where they were all asked for before its next page, the line would run dry."""

_FRESH_START = timedelta(hours=1)
"""A crawl that is continued asks for the entrances again unless it did so within this time."""

LIMIT = "limit"
"""The reason of a run that ended because it had asked for as many articles as it was to."""


@dataclass(frozen=True, slots=True)
class Begun:
    """How a crawl begins: ``waiting`` addresses in all; ``continues`` says whether one that was cut short goes on;
    ``full`` whether listings are walked to their ends."""

    waiting: int
    continues: bool
    full: bool


def begin(
    db: Database, run: int, site: str, entrances: Sequence[Found], full: bool, since: str | None, at: str
) -> Begun:
    """Take back the leases of a dead process, put into line what is due, and the entrances first.

    What a dead process had been given comes after its like: one of these pages may be what killed it, and would kill
    each crawl that began with it.

    ``since``: articles published from this day on (RFC 3339) are due, whenever they were asked for.
    """
    db.execute("UPDATE urls SET state = 'pending', priority = priority - 1 WHERE site = ? AND state = 'leased'", [site])
    last = db.execute(
        "SELECT round, full, reason FROM runs WHERE site = ? AND kind = 'crawl' AND id < ? ORDER BY id DESC LIMIT 1",
        [site, run],
    ).fetchone()
    continues = last is not None and last[2] != "finished" and waiting(db, site) > 0
    was_full = continues and bool(last[1])
    db.execute(
        "UPDATE runs SET round = ?, full = ? WHERE id = ?", [last[0] if continues else run, full or was_full, run]
    )
    latest = (revisits.moment(at) + revisits.LATEST).isoformat()
    db.execute("UPDATE urls SET due = ? WHERE site = ? AND due > ?", [latest, site, latest])  # the clock was wrong
    db.execute(_PUT_DUE_INTO_LINE, {"site": site, "at": at, "again": _AGAIN})
    db.execute(_BEGIN_WALKS_ANEW, {"site": site, "at": at})
    if full and not was_full:
        db.execute(
            "UPDATE urls SET state = 'pending' WHERE site = ? AND role IN ('listing', 'feed', 'sitemap')"
            " AND state IN ('done', 'failed', 'gone') AND form IS NULL",
            [site],
        )
    if since is not None:
        db.execute(_PUT_RECENT_INTO_LINE, {"site": site, "since": since, "again": _AGAIN})
    fresh = (revisits.moment(at) - _FRESH_START).isoformat() if continues else ""
    told = {"site": site, "priority": ENTRANCE, "fresh": fresh or "9999"}
    db.conn.executemany(_PUT_ENTRANCE_INTO_LINE, [asdict(one) | told for one in entrances])
    return Begun(waiting(db, site), continues, full or was_full)


def waiting(db: Database, site: str) -> int:
    """How many addresses of a site are in line."""
    row = db.execute("SELECT count(*) FROM urls WHERE site = ? AND state = 'pending'", [site]).fetchone()
    return int(row[0])


def lease(db: Database, run: int, site: str, count: int, articles: int | None = None) -> list[Lease]:
    """Hand out up to ``count`` addresses, the most urgent first, at most ``articles`` of them articles'.

    Once there are so many, nothing comes after them but the pictures and documents of those that were read.

    An address that this run was given already and gave back is not given to it again.
    """
    told = {"site": site, "run": run}
    rows = list(db.query(_NEXT_FILES if articles == 0 else _NEXT, told | {"count": count}))
    if articles is None or articles > count:
        rows = _leading_on(rows, list(db.query(_NEXT_LISTS, told | {"count": count // _LEADING_ON})))[:count]
    if articles is not None:
        rows = list(_within(rows, articles))
    db.conn.executemany("UPDATE urls SET state = 'leased', run = ? WHERE id = ?", [(run, row["id"]) for row in rows])
    found = db.execute('SELECT "full" FROM runs WHERE id = ?', [run]).fetchone()
    walks = found is not None and bool(found[0])
    return [_lease(row, trusting=not (walks and row["role"] in _LISTS)) for row in rows]


def _leading_on(rows: list[Row], lists: list[Row]) -> list[Row]:
    """The most urgent addresses with some listings among them, at the place of the first article."""
    if sum(row["role"] in _LISTS for row in rows) >= len(lists):
        return rows
    first = [row for row in rows if row["priority"] > PRIORITY["article"]]
    return first + lists + [row for row in rows[len(first) :] if row not in lists]


def _within(rows: Iterable[Row], articles: int) -> Iterator[Row]:
    for row in rows:
        if articles > 0 or revisits.is_once(row["role"]):
            articles -= row["role"] == "article"
            yield row


def _lease(row: Row, *, trusting: bool) -> Lease:
    """``trusting``: validators may be sent. A walk to the ends of all listings takes no server's word for them."""
    believed = trusting and row["distrust"] is None and row["not_modified"] < CHECK_EVERY
    believed = believed and row["body_sha256"] is not None and row["form"] is None
    etag, last_modified = (row["etag"], row["last_modified"]) if believed else (None, None)
    return Lease(row["url"], row["role"], row["steps"], etag, last_modified, row["section"], row["form"])


def release(db: Database, run: int, tried: Iterable[str] = ()) -> None:
    """Put back into line what a run holds and will not ask for any more.

    :param tried: addresses that were asked for in vain: behind their like, or they would stop each crawl anew.
    """
    db.conn.executemany(
        "UPDATE urls SET priority = priority - 1 WHERE run = ? AND url = ? AND state = 'leased'",
        [(run, url) for url in tried],
    )
    db.execute("UPDATE urls SET state = 'pending', run = NULL WHERE run = ? AND state = 'leased'", [run])


_PUT_DUE_INTO_LINE = """
    UPDATE urls SET state = 'pending', priority = CASE role WHEN 'article' THEN :again ELSE priority END
    WHERE site = :site AND due <= :at AND state IN ('done', 'failed', 'gone', 'excluded') AND form IS NULL
"""

# What must be sent to get a page stands on the page before it; without a digest of its body no 304 is asked for.
_BEGIN_WALKS_ANEW = """
    UPDATE urls SET state = 'pending', body_sha256 = NULL WHERE site = :site AND state = 'done' AND url IN (
        SELECT section FROM urls WHERE site = :site AND form = '' AND due IS NOT NULL AND due <= :at
    )
"""

_PUT_RECENT_INTO_LINE = f"""
    UPDATE urls SET state = 'pending', priority = :again
    WHERE site = :site AND role = 'article' AND state IN ('done', 'failed', 'gone') AND article IN (
        SELECT id FROM articles WHERE site = :site AND coalesce({PUBLISHED}, first_seen) >= :since
    )
"""  # noqa: S608 - our own expression

_PUT_ENTRANCE_INTO_LINE = """
    INSERT INTO urls (site, url, role, section, page, state, priority, steps, failures, not_modified)
    VALUES (:site, :url, :role, :section, :page, 'pending', :priority, 0, 0, 0)
    ON CONFLICT (site, url) DO UPDATE
    SET state = 'pending', role = excluded.role, priority = excluded.priority, steps = 0
    WHERE state != 'pending' AND coalesce(fetched_at, '') < :fresh
"""

_NEXT = """
    SELECT id, url, role, steps, priority, etag, last_modified, distrust, not_modified, body_sha256, section, form
    FROM urls
    WHERE site = :site AND state = 'pending' AND (run IS NULL OR run != :run)
    ORDER BY priority DESC, id LIMIT :count
"""
_NEXT_FILES = _NEXT.replace("ORDER BY", "AND role IN ('image', 'attachment') ORDER BY")
_NEXT_LISTS = _NEXT.replace(
    "ORDER BY",
    f"AND priority < {PRIORITY['article']} AND priority >= {PRIORITY['listing']}"
    " AND role IN ('listing', 'feed', 'sitemap') ORDER BY",
)


def move(db: Database, site: str, old: str, new: str) -> None:
    """The site has another origin now (``http://ldld.example``): what is known under the old one is known under it."""
    told = {"site": site, "old": old, "new": new, "length": len(old) + 1}
    db.execute(
        "UPDATE OR IGNORE urls SET url = :new || substr(url, :length)"
        " WHERE site = :site AND substr(url, 1, :length) = :old || '/'",
        told,
    )
    db.execute("DELETE FROM urls WHERE site = :site AND substr(url, 1, :length) = :old || '/'", told)
    db.execute(
        "UPDATE urls SET section = :new || substr(section, :length)"
        " WHERE site = :site AND substr(section, 1, :length) = :old || '/'",
        told,
    )


def forget_gone(db: Database, articles: Iterable[str]) -> list[str]:
    """Take back that articles are gone: they were shown again. Returns those that this changes."""
    back = [
        row[0]
        for row in db.execute(
            "SELECT id FROM articles WHERE gone_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(articles))],
        )
    ]
    db.conn.executemany("UPDATE articles SET gone_at = NULL, gone_reason = NULL WHERE id = ?", [(id,) for id in back])
    return back


def mark_gone(db: Database, gone: dict[str, tuple[str, str]]) -> list[str]:
    """Note since when articles are gone, and why; returns those that are archived and were not marked yet."""
    marked = []
    for article, (at, reason) in gone.items():
        cursor = db.execute(
            "UPDATE articles SET gone_at = ?, gone_reason = ? WHERE id = ? AND gone_at IS NULL AND shown_at <= ?",
            [at, reason, article, at],
        )
        if cursor.rowcount:
            marked.append(article)
    return marked
