"""The frontier: which addresses of a site are to be asked for, and what each visit makes of it. Touches the table urls.

Works inside the transactions of :mod:`archive.store`: an address is acknowledged together with what it yielded, so that
a process that dies takes nothing with it but what it was asking for. Only one process crawls a site at a time, so a
lease that is found at the start of a crawl is a dead one's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlite_utils import Database

from archive import revisits
from archive.records import Found, Harvest, Lease, Role, Visit
from archive.rows import Row
from archive.tables import PUBLISHED
from archive.validators import CHECK_EVERY, caught_lying, made_up

ENTRANCE = 20
"""Where a crawl begins is asked for first: what is new must be found before what is old is looked at again."""
_PRIORITY: dict[Role, int] = {"article": 10, "sitemap": 6, "feed": 6, "listing": 4, "attachment": 3, "image": 2}
"""Texts first, then what belongs to them: a site may be switched off before its last picture was asked for."""
_LISTS: frozenset[Role] = frozenset({"listing", "feed", "sitemap"})
_AGAIN = 1
"""Articles that are known already come last."""

ALWAYS_FOLLOWED = 2
"""Steps from the start within which listings are followed whatever they show: a front page, a page of sections."""

_FRESH_START = timedelta(hours=1)
"""A crawl that is continued asks for the entrances again unless it did so within this time."""

LIMIT = "limit"
"""The reason of a run that ended because it had asked for as many articles as it was to."""

OTHER_ADDRESS = "another address of the same article"
LEADS_NOWHERE = "found only on listings that show nothing new"


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

    ``since``: articles published from this day on (RFC 3339) are due, whenever they were asked for.
    """
    db.execute("UPDATE urls SET state = 'pending' WHERE site = ? AND state = 'leased'", [site])
    last = db.execute(
        "SELECT round, full, reason FROM runs WHERE site = ? AND kind = 'crawl' AND id < ? ORDER BY id DESC LIMIT 1",
        [site, run],
    ).fetchone()
    continues = last is not None and last[2] != "finished" and waiting(db, site) > 0
    was_full = continues and bool(last[1])
    db.execute(
        "UPDATE runs SET round = ?, full = ? WHERE id = ?", [last[0] if continues else run, full or was_full, run]
    )
    db.execute(_PUT_DUE_INTO_LINE, {"site": site, "at": at, "again": _AGAIN})
    if full and not was_full:
        db.execute(
            "UPDATE urls SET state = 'pending' WHERE site = ? AND role IN ('listing', 'feed', 'sitemap')"
            " AND state IN ('done', 'failed', 'gone')",
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
    rows = list(db.query(_NEXT, {"site": site, "run": run, "count": count, "files": articles == 0}))
    if articles is not None:
        rows = list(_within(rows, articles))
    db.conn.executemany("UPDATE urls SET state = 'leased', run = ? WHERE id = ?", [(run, row["id"]) for row in rows])
    found = db.execute('SELECT "full" FROM runs WHERE id = ?', [run]).fetchone()
    walks = found is not None and bool(found[0])
    return [_lease(row, trusting=not (walks and row["role"] in _LISTS)) for row in rows]


def _within(rows: Iterable[Row], articles: int) -> Iterator[Row]:
    for row in rows:
        if articles > 0 or revisits.is_once(row["role"]):
            articles -= row["role"] == "article"
            yield row


def _lease(row: Row, *, trusting: bool) -> Lease:
    """``trusting``: validators may be sent. A walk to the ends of all listings takes no server's word for them."""
    believed = trusting and row["distrust"] is None and row["not_modified"] < CHECK_EVERY
    believed = believed and row["body_sha256"] is not None
    etag, last_modified = (row["etag"], row["last_modified"]) if believed else (None, None)
    return Lease(row["url"], row["role"], row["steps"], etag, last_modified)


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
    WHERE site = :site AND due <= :at AND state IN ('done', 'failed', 'gone', 'excluded')
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
    SELECT id, url, role, steps, etag, last_modified, distrust, not_modified, body_sha256 FROM urls
    WHERE site = :site AND state = 'pending' AND (run IS NULL OR run != :run)
        AND (NOT :files OR role IN ('image', 'attachment'))
    ORDER BY priority DESC, id LIMIT :count
"""


class Settlement:
    """What a batch of harvests does to the frontier: collected by :meth:`take` in the order of visits, then written.

    ``said_new`` are the ids of articles that the batch stores for the first time or in a new revision.
    """

    def __init__(self, db: Database, run: int, harvests: Sequence[Harvest]) -> None:
        self._db, self._run = db, run
        row = db.execute("SELECT site, round FROM runs WHERE id = ?", [run]).fetchone()
        self._site: str = row[0] if row else ""
        self._round: int = (row[1] if row else None) or run
        self._rows: dict[str, Row] = {}
        self._by_article: defaultdict[str, list[Row]] = defaultdict(list)
        self._new: list[Row] = []
        self._touched: dict[str, Row] = {}
        self._shown: dict[str, set[str]] = {}
        self.gone: dict[str, tuple[str, str]] = {}  # article: since when, why
        self._load(harvests)

    def _load(self, harvests: Sequence[Harvest]) -> None:
        visits = [harvest.visit for harvest in harvests if harvest.visit is not None]
        found = [one for harvest in harvests for one in harvest.found]
        urls = {one.url for one in found} | {visit.url for visit in visits}
        urls |= {visit.final_url for visit in visits if visit.final_url}
        articles = {one.article for one in found} | {visit.article for visit in visits}
        for row in self._db.query(_BY_URL, {"site": self._site, "urls": json.dumps(list(urls))}):
            self._know(row)
        for row in self._db.query(_BY_ARTICLE, {"site": self._site, "articles": json.dumps(list(articles))}):
            if row["url"] not in self._rows:
                self._know(row)
        digests = {visit.shown for visit in visits if visit.shown is not None}
        for row in self._db.query(_BY_SHOWN, {"site": self._site, "digests": json.dumps(list(digests))}):
            self._shown.setdefault(row["shown"], set()).add(row["url"])

    def _know(self, row: Row) -> None:
        self._rows[row["url"]] = row
        if row["article"] is not None:
            self._by_article[row["article"]].append(row)

    def take(self, harvest: Harvest, said_new: Collection[str]) -> int:
        """Settle one visit and put what it found into line; returns how many addresses are new to the frontier."""
        visit, at = harvest.visit, harvest.capture.fetched_at
        if visit is None:
            return 0
        before = len(self._new)
        articles = {one.article for one in harvest.found if one.role == "article" and one.article is not None}
        fresh = any(map(self._is_fresh, articles))
        follow = self._leads_on(visit, any(not self._by_article.get(one) for one in articles))
        for one in harvest.found:
            self._offer(one, visit, fresh, follow)
        added = len(self._new) - before
        news = fresh if visit.role != "article" else any(one.id in said_new for one in harvest.articles)
        self._settle(visit, at, news, harvest)
        return added

    def _is_fresh(self, article: str) -> bool:
        """Whether nobody knew of the article before this crawl: it may be a feed that told of it first."""
        return all(row["found_in"] == self._round for row in self._by_article.get(article, ()))

    def _leads_on(self, visit: Visit, news: bool) -> bool:
        """Whether links to listings are followed: a pager that runs past its end repeats a page or shows nothing."""
        if visit.role != "listing":
            return True
        others = self._shown.get(visit.shown, set()) - {visit.url} if visit.shown else set()
        if visit.shown:
            self._shown.setdefault(visit.shown, set()).add(visit.url)
        return news or (visit.shown is not None and not others) or visit.steps <= ALWAYS_FOLLOWED

    def _offer(self, found: Found, visit: Visit, news: bool, follow: bool) -> None:
        trapped = found.role == "listing" and not follow
        row = self._rows.get(found.url)
        if row is None:
            self._add(found, visit, trapped)
        elif row["state"] == "excluded" and row["reason"] == LEADS_NOWHERE and not trapped:
            self._change(row, state="pending", reason=None, steps=visit.steps + 1)
        elif news and self._is_next(row, visit):
            self._change(row, state="pending")

    def _is_next(self, row: Row, visit: Visit) -> bool:
        """Whether a known listing is to be looked at again, for news stand before it: the beginning of another one, or
        the page behind this one. Pagers print the numbers of many pages, and news move only as far as they are many."""
        if visit.role != "listing" or row["role"] != "listing":
            return False
        if row["state"] != "done" or row["round"] == self._round:
            return False
        here = self._rows.get(visit.url)
        if row["page"] in {None, 1} or here is None:
            return True
        return bool(row["section"] == here["section"] and row["page"] == (here["page"] or 1) + 1)

    def _add(self, found: Found, visit: Visit, trapped: bool) -> None:
        state, reason = "pending", None
        if trapped:
            state, reason = "excluded", LEADS_NOWHERE
        elif found.article is not None and self._is_cared_for(found.article):
            state, reason = "excluded", OTHER_ADDRESS
        row = dict.fromkeys(_COLUMNS) | {
            "site": self._site,
            "url": found.url,
            "role": found.role,
            "article": found.article,
            "section": found.section,
            "page": found.page,
            "state": state,
            "reason": reason,
            "priority": _PRIORITY.get(found.role, 0),
            "steps": visit.steps + 1,
            "failures": 0,
            "not_modified": 0,
            "found_on": visit.url,
            "found_in": self._round,
        }
        self._new.append(row)
        self._know(row)

    def _is_cared_for(self, article: str) -> bool:
        return any(row["state"] in {"pending", "leased", "done"} for row in self._by_article[article])

    def _settle(self, visit: Visit, at: str, news: bool, harvest: Harvest) -> None:
        row = self._rows.get(visit.url)
        if row is None:
            self._add(Found(visit.url, visit.role, visit.article), visit, trapped=False)
            row = self._rows[visit.url]
            row["steps"] = visit.steps
        if row["article"] is None and visit.article is not None:
            row["article"] = visit.article
            self._by_article[visit.article].append(row)
        if visit.state == "pending":
            self._change(row, state="pending", reason=visit.reason)
            return
        done = visit.state == "done"
        changed = row["fetched_at"] is not None and news
        failures = 0 if done else row["failures"] + 1
        told: Row = {"state": visit.state, "reason": visit.reason, "round": self._round, "failures": failures}
        told["fetched_at"] = at
        if visit.body_sha256 is not None:
            told |= {"shown": visit.shown, "total": visit.total, "capped": int(visit.capped)}
        if news or row["changed_at"] is None:
            told["changed_at"] = at
        interval = self._interval(row, visit, at, changed, news, failures, harvest)
        told["interval"] = None if interval is None else int(interval.total_seconds())
        told["due"] = None if interval is None else _later(at, revisits.spread(interval, visit.url))
        self._change(row, **told, **_validators(row, visit))
        if visit.final_url and visit.final_url != visit.url:
            self._settle_other_end(visit, told)
        if not done and visit.article is not None:
            self._look_elsewhere(visit, at)

    def _settle_other_end(self, visit: Visit, told: Row) -> None:
        """The address that answered after a redirect has been visited too."""
        other = self._rows.get(visit.final_url or "")
        if other is not None and other["state"] == "pending" and visit.state == "done":
            self._change(other, **(told | {"shown": None, "total": None, "capped": None}))

    def _look_elsewhere(self, visit: Visit, at: str) -> None:
        """An article that is not under one address may be under another; where it is under none, it is gone."""
        assert visit.article is not None
        rows = self._by_article[visit.article]
        if any(row["state"] in {"pending", "leased", "done"} for row in rows):
            return
        spare = [row for row in rows if row["state"] == "excluded" and row["reason"] == OTHER_ADDRESS]
        if spare:
            self._change(min(spare, key=lambda row: row["id"] or 2**62), state="pending", reason=None)
        elif visit.state == "gone":
            self.gone[visit.article] = at, visit.reason or "gone"

    def _interval(
        self, row: Row, visit: Visit, at: str, changed: bool, news: bool, failures: int, harvest: Harvest
    ) -> timedelta | None:
        if visit.state == "failed":
            return revisits.after_failure(failures)
        if visit.state == "gone":
            return revisits.after_gone(failures)
        if visit.state == "excluded":
            return revisits.EXCLUDED
        if revisits.is_once(visit.role):
            return None
        if visit.role == "article":
            return revisits.after_article(self._age(harvest, row, visit, at), changed)
        last = None if row["interval"] is None else timedelta(seconds=row["interval"])
        return revisits.after_listing(last, visit.steps, news)

    def _age(self, harvest: Harvest, row: Row, visit: Visit, at: str) -> timedelta:
        """How old an article is by the best that is known of it."""
        published = next((one.date_published for one in harvest.articles if one.date_published), None)
        if published is None and visit.article is not None:
            stored = self._db.execute(
                "SELECT coalesce(date_published, concluded_date, first_seen) FROM articles WHERE id = ?",
                [visit.article],
            ).fetchone()
            published = stored[0] if stored else None
        since = published or row["changed_at"] or at
        return max(revisits.moment(at) - revisits.moment(since), timedelta())

    def _change(self, row: Row, **values: object) -> None:
        row.update(values)
        if row["id"] is not None:
            self._touched[row["url"]] = row

    def write(self) -> None:
        """Write all that was taken."""
        self._db.table("urls").insert_all(self._new)
        assignments = ", ".join(f"{name} = :{name}" for name in _COLUMNS if name not in {"id", "site", "url"})
        self._db.conn.executemany(
            f"UPDATE urls SET {assignments} WHERE id = :id",  # noqa: S608 - names of our own columns
            list(self._touched.values()),
        )


def _validators(row: Row, visit: Visit) -> Row:
    """What is remembered of ETag and Last-Modified after a visit."""
    if visit.body_sha256 is None:
        return {"not_modified": row["not_modified"] + 1} if visit.state == "done" else {}
    fiction = made_up(visit.last_modified, visit.date)
    now = visit.etag, None if fiction else visit.last_modified
    distrust = row["distrust"]
    if row["body_sha256"] is not None and distrust is None:
        distrust = caught_lying((row["etag"], row["last_modified"]), now, row["body_sha256"] == visit.body_sha256)
    if fiction and now[0] is None:
        distrust = fiction
    return {
        "etag": now[0],
        "last_modified": now[1],
        "distrust": distrust,
        "not_modified": 0,
        "body_sha256": visit.body_sha256,
    }


def _later(at: str, interval: timedelta) -> str:
    return (revisits.moment(at) + interval).isoformat(timespec="seconds")


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


_COLUMNS = (
    *("id", "site", "url", "role", "article", "section", "page", "state", "reason", "priority", "steps", "run"),
    *("round", "failures", "due", "interval", "found_on", "found_in", "fetched_at", "changed_at", "body_sha256"),
    *("etag", "last_modified", "distrust", "not_modified", "shown", "total", "capped"),
)

_BY_URL = "SELECT * FROM urls WHERE site = :site AND url IN (SELECT value FROM json_each(:urls))"
_BY_ARTICLE = "SELECT * FROM urls WHERE article IN (SELECT value FROM json_each(:articles)) AND site = :site"
_BY_SHOWN = """
    SELECT url, shown FROM urls WHERE site = :site AND shown IN (SELECT value FROM json_each(:digests))
"""
