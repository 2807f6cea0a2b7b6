"""How visits end: an address is acknowledged, what it led to is put into line. Touches the table urls; reads articles.

Works inside the transactions of :mod:`archive.store`, in :mod:`archive.batch`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlite_utils import Database

from archive import revisits
from archive.frontier import PRIORITY
from archive.records import Found, Harvest, Visit
from archive.rows import Row
from archive.schema import insert_rows
from archive.tables import PUBLISHED
from archive.validators import caught_lying, made_up

ALWAYS_FOLLOWED = 2
"""Steps from the start within which listings are followed whatever they show: a front page, a page of sections."""

Place = tuple[str | None, int | None]
"""Of which listing something is a page, by the address of its first page, and which page, from 1."""

OTHER_ADDRESS = "another address of the same article"
ENDS_BEFORE = "the listing ends before it"
LEADS_NOWHERE = "found only on listings that show nothing new"


class Settlement:
    """What a batch of harvests does to the frontier: collected by :meth:`take` in the order of visits, then written.

    ``said_new`` are the ids of articles that the batch stores for the first time or in a new revision.
    """

    def __init__(self, db: Database, run: int, harvests: Sequence[Harvest]) -> None:
        self._db, self._run = db, run
        row = db.execute('SELECT site, "full" FROM runs WHERE id = ?', [run]).fetchone()
        self._site: str = row[0] if row else ""
        self._full = bool(row and row[1])
        self._rows: dict[str, Row] = {}
        self._by_article: defaultdict[str, list[Row]] = defaultdict(list)
        self._new: list[Row] = []
        self._touched: dict[str, Row] = {}
        self._shown: dict[str, dict[str, Place]] = {}
        self._broken: set[str] = set()
        self._ends: list[tuple[str, int]] = []
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
            self._shown.setdefault(row["shown"], {})[row["url"]] = row["section"], row["page"]
        self._broken = {row[0] for row in self._db.execute(_BROKEN, [self._site, self._run])}

    def _know(self, row: Row) -> None:
        self._rows[row["url"]] = row
        if row["article"] is not None:
            self._by_article[row["article"]].append(row)

    def take(self, harvest: Harvest, said_new: Collection[str]) -> int:
        """Settle one visit and put what it found into line; returns how many addresses are new to the frontier."""
        visit, at = harvest.visit, harvest.capture.fetched_at
        if visit is None:
            return 0
        repeated = self._repeats(visit)
        if repeated is not None:
            visit.state, visit.reason = "failed", f"it shows the same articles as {repeated}: the walk begins anew"
            visit.body_sha256 = visit.shown = None
        before = len(self._new)
        articles = {one.article for one in harvest.found if one.role == "article" and one.article is not None}
        fresh = self._has_news(articles, self._rows.get(visit.url))
        follow = self._leads_on(visit, any(not self._by_article.get(one) for one in articles)) and repeated is None
        for one in harvest.found:
            self._offer(one, visit, fresh, follow)
        if visit.pages is not None and visit.state == "done":
            self._ends.append((self._place(visit.url)[0] or visit.url, visit.pages))
        added = len(self._new) - before
        news = fresh if visit.role != "article" else any(one.id in said_new for one in harvest.articles)
        self._settle(visit, at, news, harvest)
        return added

    def _has_news(self, articles: Collection[str], here: Row | None) -> bool:
        """Whether a page shows an article that nobody knew of when it was last visited, or before this crawl where it
        was not: a feed may have told of it first, also in a crawl that was cut short before it came to this page."""
        since = self._run - 1 if here is None or here["settled_in"] is None else here["settled_in"]
        return any(
            all(row["found_in"] is not None and row["found_in"] > since for row in self._by_article.get(article, ()))
            for article in articles
        )

    def _leads_on(self, visit: Visit, news: bool) -> bool:
        """Whether links to listings are followed, and a feed's to its next page: a pager that runs past its end repeats
        a page or shows nothing."""
        if visit.role not in {"listing", "feed"}:
            return True
        others = self._shown.get(visit.shown or "", {}).keys() - {visit.url}
        if visit.shown:
            self._shown.setdefault(visit.shown, {})[visit.url] = self._place(visit.url)
        return news or (visit.shown is not None and not others) or visit.steps <= ALWAYS_FOLLOWED

    def _place(self, url: str) -> Place:
        row = self._rows.get(url)
        return (row["section"], row["page"]) if row else (None, None)

    def _repeats(self, visit: Visit) -> str | None:
        """The page before this one in its listing that shows the same, where this one was got by a form: a site that
        has forgotten the state which the form told of begins again at the first page."""
        row = self._rows.get(visit.url)
        if row is None or row["form"] is None or not visit.shown:
            return None
        for url, (section, page) in self._shown.get(visit.shown, {}).items():
            if section == row["section"] and (page or 1) < (row["page"] or 1):
                return url
        return None

    def _offer(self, found: Found, visit: Visit, news: bool, follow: bool) -> None:
        trapped = not follow and (found.role == "listing" or (found.role == "feed" and (found.page or 1) > 1))
        row = self._rows.get(found.url)
        if row is None:
            if not found.known:
                self._add(found, visit, trapped)
        elif found.form is not None:
            if self._is_wanted(row, found, visit, news, trapped):
                self._change(row, state="pending", reason=None, form=found.form, steps=visit.steps + 1)
        elif row["state"] == "excluded" and row["reason"] == LEADS_NOWHERE and not trapped:
            self._change(row, state="pending", reason=None, steps=visit.steps + 1)
        elif news and self._is_next(row, visit):
            self._change(row, state="pending")

    def _is_wanted(self, row: Row, found: Found, visit: Visit, news: bool, trapped: bool) -> bool:
        """Whether a known page that is got by a form is to be asked for with the form that has just been found: if it
        waits, for newer state is better; or once a crawl, if the walk to it was broken off or is wanted again."""
        if row["state"] in {"pending", "leased"} or trapped:
            return bool(row["state"] == "pending")
        if row["settled_in"] == self._run:
            return False
        again = self._full or found.section in self._broken or row["state"] != "done"
        return again or (news and self._is_next(row, visit))

    def _is_next(self, row: Row, visit: Visit) -> bool:
        """Whether a known listing is to be looked at again, for news stand before it: the beginning of another one, or
        the page behind this one. Pagers print the numbers of many pages, and news move only as far as they are many."""
        if visit.role not in {"listing", "feed"} or row["role"] != visit.role:
            return False
        if row["state"] != "done" or row["settled_in"] == self._run:
            return False
        here = self._rows.get(visit.url)
        if row["role"] == "listing" and (row["page"] in {None, 1} or here is None):
            return True
        return bool(
            here and row["section"] and row["section"] == here["section"] and row["page"] == (here["page"] or 1) + 1
        )

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
            "priority": PRIORITY.get(found.role, 0),
            "steps": visit.steps + 1,
            "failures": 0,
            "not_modified": 0,
            "found_on": visit.url,
            "found_in": self._run,
            "form": found.form if state == "pending" or found.form is None else "",
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
        told: Row = {"state": visit.state, "reason": visit.reason, "settled_in": self._run, "failures": failures}
        told["fetched_at"] = at
        if visit.body_sha256 is not None:
            told |= {"shown": visit.shown, "total": visit.total, "capped": int(visit.capped)}
        if news or row["changed_at"] is None:
            told["changed_at"] = at
        interval = self._interval(row, visit, at, changed, news, failures, harvest)
        told["interval"] = None if interval is None else int(interval.total_seconds())
        told["due"] = None if interval is None else _later(at, revisits.spread(interval, visit.url))
        if row["form"] is not None:
            told["form"] = ""
        self._change(row, **told, **_validators(row, visit))
        if visit.final_url and visit.final_url != visit.url:
            self._settle_other_end(visit, told)
        if not done and visit.article is not None:
            self._look_elsewhere(visit, at)

    def _settle_other_end(self, visit: Visit, told: Row) -> None:
        """The address that answered after a redirect has been visited too."""
        other = self._rows.get(visit.final_url or "")
        if other is not None and other["state"] == "pending" and visit.state == "done":
            unread = {"shown": None, "total": None, "capped": None, "form": other["form"]}
            self._change(other, **(told | unread))

    def _look_elsewhere(self, visit: Visit, at: str) -> None:
        """An article that is not under one address may be under another; where it is under none, it is gone."""
        assert visit.article is not None
        rows = self._by_article[visit.article]
        if self._is_cared_for(visit.article):
            return
        spare = [row for row in rows if row["state"] == "excluded" and row["reason"] == OTHER_ADDRESS]
        if spare:
            self._change(min(spare, key=lambda row: row["id"] or 2**62), state="pending", reason=None)
        elif all(row["state"] == "gone" for row in rows):  # not where one only failed, or may not be asked for
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
        if row["form"] is not None:  # the page before it leads there again
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
                f"SELECT coalesce({PUBLISHED}, first_seen) FROM articles WHERE id = ?",  # noqa: S608 - our own expression
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
        insert_rows(self._db, "urls", self._new)
        assignments = ", ".join(f"{name} = :{name}" for name in _COLUMNS if name not in {"id", "site", "url"})
        self._db.conn.executemany(
            f"UPDATE urls SET {assignments} WHERE id = :id",  # noqa: S608 - names of our own columns
            list(self._touched.values()),
        )
        told = [(ENDS_BEFORE, self._site, section, pages) for section, pages in self._ends]
        self._db.conn.executemany(_END, told)


def _validators(row: Row, visit: Visit) -> Row:
    """What is remembered of ETag and Last-Modified after a visit."""
    if visit.state == "gone":  # whatever comes back is to be read, not to be told "not modified"
        return dict.fromkeys(("etag", "last_modified", "body_sha256")) | {"not_modified": 0}
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


_COLUMNS = (
    *("id", "site", "url", "role", "article", "section", "page", "state", "reason", "priority", "steps", "run"),
    *("settled_in", "failures", "due", "interval", "found_on", "found_in", "fetched_at", "changed_at", "body_sha256"),
    *("etag", "last_modified", "distrust", "not_modified", "shown", "total", "capped", "form"),
)

_BY_URL = "SELECT * FROM urls WHERE site = :site AND url IN (SELECT value FROM json_each(:urls))"
_BY_ARTICLE = "SELECT * FROM urls WHERE site = :site AND article IN (SELECT value FROM json_each(:articles))"
_BY_SHOWN = """
    SELECT url, shown, section, page FROM urls WHERE site = :site AND shown IN (SELECT value FROM json_each(:digests))
"""

# Walks through a listing that were broken off and are due again (archive.frontier begins them anew).
_BROKEN = """
    SELECT DISTINCT section FROM urls WHERE site = ? AND form = '' AND due IS NOT NULL
    AND due <= (SELECT started_at FROM runs WHERE id = ?)
"""
_END = """
    UPDATE urls SET state = 'gone', reason = ?, due = NULL
    WHERE site = ? AND section = ? AND page > ? AND form = '' AND due IS NOT NULL
"""
