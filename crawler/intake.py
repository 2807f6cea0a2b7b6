"""The archive's side of an ingest: what it has already, where the body of a revisit lies, and storing in batches.

Touches the archive and reads its WARC files.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.conclude import conclude
from archive.posted import target_of
from archive.records import Harvest, WarcRecord
from archive.store import Archive
from archive.warc import Stored, WarcError, read
from crawler import clock
from crawler.foreign import Claimed, Foreign, stands_for
from crawler.profiles import Profile
from crawler.register import register

logger = logging.getLogger(__name__)

_ORIGINALS = (
    "site = :site AND record_id = :id",
    "site = :site AND final_url = :url AND fetched_at = :at",
    "site = :site AND payload_sha1 = :digest",
)
"""What a revisit may say of the record that it stands for, the surest first."""

BATCH = 50
"""Harvests in one transaction, as in a crawl."""
DONE, STOPPED = "ingested", "shutdown"
"""How a run of this kind ends."""


@dataclass(slots=True)
class _Site:
    """One site that something is stored of."""

    profile: Profile
    run: int
    pending: list[Harvest]
    marks: set[tuple[str, ...]]
    counts: Counter[str]
    unread: Counter[str]


class Intake:
    """Stores what an ingest reads: one run a site, begun with the first thing that is new."""

    def __init__(self, archive: Archive, folder: Path, foreign: Foreign) -> None:
        self._archive, self._folder, self._foreign = archive, folder, foreign
        self._sites: dict[str, _Site] = {}

    def has(self, claimed: Claimed, stored: Stored) -> bool:
        """Whether the archive has this response: this record, or one of the same address, second and payload."""
        site, at, digest = claimed.profile.name, stored.at, claimed.payload_sha1
        if site in self._sites and (claimed.url, at, digest) in self._sites[site].marks:
            return True
        same = self._archive.db.execute(
            "SELECT 1 FROM captures WHERE fetched_at = :at AND payload_sha1 = :digest AND record_id = :id"
            " UNION ALL SELECT 1 FROM captures WHERE fetched_at = :at AND payload_sha1 = :digest"
            " AND site = :site AND final_url = :url LIMIT 1",
            {"at": at, "digest": digest, "id": stored.place.record_id, "site": site, "url": target_of(claimed.url)},
        )
        return same.fetchone() is not None

    def holder(self, claimed: Claimed, revisit: Stored) -> Stored | None:
        """The record that holds what a revisit says is the same; None where the archive does not have it (yet).

        What is named may be another: see :func:`crawler.foreign.stands_for`.
        """
        if site := self._sites.get(claimed.profile.name):
            self._flush(site)
        for place in self._originals(claimed, revisit):
            try:
                found = read(self._folder, place)
            except (WarcError, OSError) as error:
                logger.warning("%s: %s", revisit.url, error)
                continue
            if stands_for(revisit, found):
                return found
        return None

    def keep(self, claimed: Claimed, stored: Stored, harvest: Harvest) -> None:
        """Store it, with others, in the order of calls."""
        site = self._sites.get(claimed.profile.name) or self._begin(claimed.profile)
        site.pending.append(harvest)
        site.marks.add((claimed.url, stored.at, claimed.payload_sha1))
        if harvest.capture.outcome in {"unextractable", "error"} and harvest.capture.reason:
            site.unread[harvest.capture.reason] += 1
        if len(site.pending) >= BATCH:
            self._flush(site)

    def uses(self, warc: str) -> bool:
        """Whether a capture's record stands in that file."""
        return self._archive.db.execute("SELECT 1 FROM captures WHERE warc = ? LIMIT 1", [warc]).fetchone() is not None

    def close(self, reason: str) -> None:
        """Store what is pending and draw conclusions if all is ``DONE``; end the runs."""
        if reason == DONE and self._sites:
            for site in self._sites.values():
                self._flush(site)
            conclude(self._archive)
        for site in self._sites.values():
            self._archive.finish_run(site.run, clock.now(), reason, dict(site.counts))

    def counts(self) -> dict[str, Counter[str]]:
        """What was stored, by site: the sums of :class:`archive.store.Added`."""
        return {name: site.counts for name, site in sorted(self._sites.items())}

    def unread(self) -> dict[str, Counter[str]]:
        """Why pages could not be read, by site."""
        return {name: site.unread for name, site in sorted(self._sites.items())}

    def _originals(self, claimed: Claimed, revisit: Stored) -> Iterator[WarcRecord]:
        """Where the body may lie: in the record that is named, under the address and time that are, in any like it."""
        named = revisit.refers_to
        url = self._foreign.normal(named.url, claimed, named.at or revisit.at) if named and named.url else None
        wanted = {"site": claimed.profile.name, "id": named.record_id if named else None, "url": url}
        wanted |= {"at": named.at if named else None, "digest": claimed.payload_sha1}
        for condition in _ORIGINALS:
            for row in self._archive.db.query(
                f'SELECT warc, "offset", length, record_id FROM captures WHERE {condition}'  # noqa: S608 - our own
                " AND record_id IS NOT NULL AND refers_to IS NULL ORDER BY id LIMIT 3",
                wanted,
            ):
                yield WarcRecord(row["warc"], row["offset"], row["length"], row["record_id"])

    def _begin(self, profile: Profile) -> _Site:
        at = clock.now()
        register(self._archive, profile, at)
        run = self._archive.start_run(profile.name, at, "ingest")
        site = self._sites[profile.name] = _Site(profile, run, [], set(), Counter(), Counter())
        return site

    def _flush(self, site: _Site) -> None:
        """One transaction; when a page's data is refused, one a page, so that it takes no other with it."""
        batch, site.pending = site.pending, []
        if not batch:
            return
        try:
            self._add(site, batch)
        except sqlite3.OperationalError:
            raise
        except Exception:
            logger.exception("%s: a batch was refused; its pages are stored one by one", site.profile.name)
            for harvest in batch:
                self._add_alone(site, harvest)
        site.marks.clear()

    def _add_alone(self, site: _Site, harvest: Harvest) -> None:
        try:
            self._add(site, [harvest])
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            logger.exception("%s: could not be stored", harvest.capture.url)
            reason = f"could not be stored: {type(error).__name__}: {error}"
            site.unread[reason] += 1
            self._add(site, [Harvest(replace(harvest.capture, outcome="unextractable", reason=reason))])

    def _add(self, site: _Site, harvests: list[Harvest]) -> None:
        self._archive.prepare(harvests)
        site.counts.update(self._archive.add(site.run, harvests).as_counts())
