"""All writing of what a crawl brings home: one transaction a batch, a revision for each change. Touches one archive.

What makes a revision stands at :func:`archive.rows.content_digest`. Text, date and links of an article are those of the
newest page that showed it, an address stands for the article that answered under it last, by the times at which the
pages were fetched: one that is stored late (an old WARC) adds its revision and changes none of that, whatever the order
of arrival. Adding the same harvests again adds nothing but their captures.

The order of arrival does decide, among pages that print the same text, whose address, section, view counter and notice
the article keeps (those of the first one stored); the numbers of revisions; how many are kept of a text that went away
and came back (a page that is stored late adds none for a text that is kept already); and which of two different pages
counts that were fetched in the same second (the one stored last).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.batch import Added, Batch, prepare_signatures
from archive.frontier import Begun, begin, lease, move, release
from archive.indexing import build_index
from archive.records import Found, Harvest, Lease
from archive.rows import content_digest
from archive.schema import Build, open_archive, transaction

__all__ = ["Added", "Archive", "content_digest"]


class Archive:
    """An archive open for writing. Use as a context manager, or call :meth:`close`.

    ``db`` is the sqlite-utils database, for all that reads.
    """

    def __init__(self, path: Path, build: Build = build_index) -> None:
        """Open the archive at ``path``, or make it; as :func:`archive.schema.open_archive`, and raises what it does."""
        self.db: Database = open_archive(path, build)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. What was added is committed already."""
        self.db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """One transaction around several calls: :meth:`add` and what must be committed with it."""
        return transaction(self.db)

    def register_site(
        self, name: str, title: str, publisher: str, kind: str, province: str, family: str, base: str
    ) -> None:
        """Make a site known, or bring what is known of it up to date."""
        row = {"name": name, "title": title, "publisher": publisher, "kind": kind}
        row |= {"province": province, "family": family, "base": base}
        with transaction(self.db):
            known = self.db.execute("SELECT base FROM sites WHERE name = ?", [name]).fetchone()
            if known is not None and _origin(known[0]) != _origin(base):
                move(self.db, name, _origin(known[0]), _origin(base))
            self.db.table("sites").upsert(row, pk="name")

    def note_site(self, site: str, at: str) -> None:
        """Note that the exports of all articles of a site differ from now on: something of the site itself does."""
        with transaction(self.db):
            self.db.execute(
                "INSERT INTO changes (article, kind, at) SELECT id, 'site', ? FROM articles WHERE site = ? ORDER BY id",
                [at, site],
            )

    def use_profile(self, site: str, digest: str, at: str) -> None:
        """Note that a profile, identified by its digest, is used for a site; the time of its first use is kept."""
        with transaction(self.db):
            row = {"digest": digest, "site": site, "first_used": at}
            self.db.table("profile_versions").insert(row, ignore=True)

    def start_run(self, site: str, at: str, kind: str = "crawl") -> int:
        """Begin work on one site (``crawl``, ``ingest``, ``reextract``); returns the run's number."""
        with transaction(self.db):
            cursor = self.db.execute("INSERT INTO runs (site, kind, started_at) VALUES (?, ?, ?)", [site, kind, at])
        return int(cursor.lastrowid or 0)

    def begin_crawl(
        self, site: str, entrances: Sequence[Found], at: str, *, full: bool = False, since: str | None = None
    ) -> tuple[int, Begun]:
        """Begin a crawl from the frontier, or go on with one that was cut short; returns the run's number, and how.

        ``full``: listings are walked to their ends. ``since``: articles published from this day on are asked for again.

        Only the process that holds the site's lock may call it: leases that it finds are taken for a dead one's.
        """
        with transaction(self.db):
            run = self.start_run(site, at)
            return run, begin(self.db, run, site, entrances, full, since, at)

    def lease(self, run: int, site: str, count: int, articles: int | None = None) -> list[Lease]:
        """Up to ``count`` addresses to ask for, at most ``articles`` of them articles'; see :func:`frontier.lease`."""
        with transaction(self.db):
            return lease(self.db, run, site, count, articles)

    def release(self, run: int, tried: Iterable[str] = ()) -> None:
        """Put back what a run has leased and will not ask for; ``tried``: addresses that were asked for in vain."""
        with transaction(self.db):
            release(self.db, run, tried)

    def finish_run(self, run: int, at: str, reason: str, counts: Mapping[str, int]) -> None:
        """Write down how a run ended (``reason`` as Scrapy names it) and what it did.

        :raises LookupError: there is no run of that number.
        """
        with transaction(self.db):
            cursor = self.db.execute(
                "UPDATE runs SET finished_at = ?, reason = ?, counts = ? WHERE id = ?",
                [at, reason, json.dumps(counts, sort_keys=True), run],
            )
            if cursor.rowcount == 0:
                raise LookupError(f"run {run}: no such run in this archive; start_run gives the number")

    def prepare(self, harvests: Sequence[Harvest]) -> None:
        """Work out what takes long of storing them, before a transaction keeps others waiting; :meth:`add` finds it."""
        prepare_signatures(self.db, (article for harvest in harvests for article in harvest.articles))

    def add(self, run: int, harvests: Sequence[Harvest]) -> Added:
        """Store what some responses yielded, all or nothing, in the order given.

        Meant for up to about 100 harvests, which are prepared: longer transactions keep other processes waiting.
        """
        with transaction(self.db):
            batch = Batch(self.db, run, harvests)
            for harvest in harvests:
                batch.take(harvest)
            return batch.write()


def _origin(base: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"
