"""What one batch of harvests does to the archive: compared with what is known, then written in bulk.

Works inside the transaction of :meth:`archive.store.Archive.add`, which is its only user.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlite_utils import Database

from archive.correcting import bring_back
from archive.effective import effective
from archive.frontier import forget_gone, mark_gone
from archive.indexing import index_articles
from archive.known import Known, load_known
from archive.likeness import sign
from archive.records import Address, Article, Capture, Harvest
from archive.rows import (
    PARTS,
    Row,
    article_row,
    capture_row,
    content_digest,
    evidence_rows,
    flat,
    link_rows,
    part_rows,
    revision_content,
    sighting_rows,
)
from archive.schema import insert_rows
from archive.searchable import load_searchable
from archive.settlement import Settlement
from archive.signatures import write_signatures


@dataclass(slots=True)
class Added:
    """What one batch did. ``new``, ``revised``, ``unchanged`` count articles, ``gone`` those that were there before;
    ``unextractable`` and ``error`` captures with that outcome; ``links`` unchanged articles whose links were replaced;
    ``addresses``, ``sightings``, ``found`` new rows, ``found`` those of the frontier."""

    captures: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    unextractable: int = 0
    error: int = 0
    links: int = 0
    addresses: int = 0
    sightings: int = 0
    found: int = 0
    gone: int = 0

    def as_counts(self) -> dict[str, int]:
        """The counts by name, to be summed over a run."""
        return asdict(self)


class Batch:
    """The rows that one batch of harvests makes: collected by :meth:`take`, written in bulk by :meth:`write`."""

    def __init__(self, db: Database, run: int, harvests: Sequence[Harvest]) -> None:
        ids = {article.id for harvest in harvests for article in harvest.articles}
        self.db, self.run, self.added = db, run, Added()
        self.frontier = Settlement(db, run, harvests)
        self.known = load_known(db, ids)
        self.next_capture = _following(db, "SELECT max(id) FROM captures")
        self.next_docid = _following(db, _LAST_DOCID)
        self.captures: list[Row] = []
        self.current: dict[str, tuple[Row, Article]] = {}
        self.revisions: list[Row] = []
        self.evidence: list[Row] = []
        self.links: dict[str, list[Row]] = {}
        self.sightings: list[Row] = []
        self.addresses: dict[tuple[str, str], Row] = {}
        self.seen: set[str] = set()
        self.shown: set[str] = set()
        self.said_new: set[str] = set()
        self.changes: dict[str, Row] = {}

    def take(self, harvest: Harvest) -> None:
        for hop in harvest.hops:
            self._take_capture(hop)
        if harvest.visit is not None and harvest.visit.state == "pending":  # nothing was asked for
            self.added.found += self.frontier.take(harvest, self.said_new)
            return
        capture, number = harvest.capture, self._take_capture(harvest.capture)
        for article in harvest.articles:
            self.take_article(article, capture.fetched_at, number)
        for address in harvest.addresses:
            self._take_address(address, harvest)
        self.sightings += sighting_rows(harvest, number)
        self.added.found += self.frontier.take(harvest, self.said_new)

    def _take_capture(self, capture: Capture) -> int:
        number = self.next_capture
        self.next_capture += 1
        self.captures.append(capture_row(capture, self.run, number))
        self.added.captures += 1
        self.added.unextractable += capture.outcome == "unextractable"
        self.added.error += capture.outcome == "error"
        return number

    def take_article(self, article: Article, at: str, number: int) -> None:
        """What a page shows that was fetched ``at``, in the capture of that number."""
        digest = content_digest(article)
        self.shown.add(article.id)
        known = self.known.setdefault(article.id, Known(None, first_seen=at))
        if known.docid is None:
            known.docid = self.next_docid
            self.next_docid += 1
            self.added.new += 1
            self._change(article.id, "new", at)
        else:
            if at < known.first_seen:
                known.first_seen = at
                self.seen.add(article.id)
                self._change(article.id, "revised", at)
            if known.has_shown(digest, at):
                self.added.unchanged += 1
                self._show(article, known, at)
                return
            self.added.revised += 1
            self._change(article.id, "revised", at)
        self.said_new.add(article.id)
        known.revisions.append((digest, at))
        self._add_revision(article, digest, len(known.revisions), at, number)
        if at < known.shown_at:
            return
        known.content_sha256 = digest
        row = article_row(article) | {"docid": known.docid, "revision": len(known.revisions), "capture": number}
        row |= {"first_seen": known.first_seen, "shown_at": at, "content_sha256": digest}
        self.current[article.id] = row, article
        self._show(article, known, at)

    def _add_revision(self, article: Article, digest: str, revision: int, at: str, capture: int) -> None:
        origin = {"article": article.id, "revision": revision, "capture": capture}
        origin["profile_version"] = article.profile_version
        content = revision_content(article, digest)
        self.revisions.append(origin | {"recorded_at": at, "content": content, "content_sha256": digest})
        self.evidence += [origin | row for row in evidence_rows(article)]

    def _show(self, article: Article, known: Known, at: str) -> None:
        """Note that a page showed the article, and take over its links, unless a newer page has shown it already."""
        if at < known.shown_at:
            return
        known.shown_at = at
        self.seen.add(article.id)
        rows = link_rows(article)
        if rows == known.links:
            return
        if article.id not in self.changes:
            self.added.links += 1
            self._change(article.id, "links", at)
        known.links = self.links[article.id] = rows

    def _take_address(self, address: Address, harvest: Harvest) -> None:
        place, at = (address.site, address.url), harvest.capture.fetched_at
        known = self.addresses.get(place)
        if known is not None and not address.answered and known["first_seen"] <= at:
            return  # menus print the same addresses on each page
        row = flat(address) | {"first_seen": at, "answered_at": at if address.answered else None}
        del row["answered"]
        self.addresses[place] = row if known is None else _merged(known, row)

    def _change(self, article: str, kind: str, at: str) -> None:
        """Note, once a batch, that an export of the article differs from now on."""
        noted = self.changes.get(article)
        if noted is None or (kind == "revised" and noted["kind"] != "new"):
            self.changes[article] = {"article": article, "kind": kind, "at": at}

    def write(self) -> Added:
        db = self.db
        insert_rows(db, "captures", self.captures)
        self._write_articles()
        self._write_links()
        self._write_addresses()
        before = _following(db, _LAST_SIGHTING)
        db.conn.executemany(_SIGHT, self.sightings)
        self.added.sightings = _following(db, _LAST_SIGHTING) - before
        self.frontier.write()
        self._write_gone()
        insert_rows(db, "changes", self.changes.values())
        if arrived := {id: change["at"] for id, change in self.changes.items() if change["kind"] == "new"}:
            bring_back(db, arrived, max(arrived.values()))
        return self.added

    def _write_gone(self) -> None:
        """What is there no more, and what is there again: an article that both was and was not shown is there."""
        gone = {id: found for id, found in self.frontier.gone.items() if id not in self.shown}
        for article in forget_gone(self.db, self.shown):
            self._change(article, "back", self.known[article].shown_at)
        for article in mark_gone(self.db, gone):
            self._change(article, "gone", gone[article][0])
            self.added.gone += 1

    def _write_articles(self) -> None:
        db, ids = self.db, list(self.current)
        docids = [row["docid"] for row, _ in self.current.values()]
        before = load_searchable(db, docids)
        insert_rows(db, "articles", [row for row, _ in self.current.values()], over="docid")
        db.conn.executemany(
            "UPDATE articles SET first_seen = ?, shown_at = ? WHERE id = ?",
            [(self.known[id].first_seen, self.known[id].shown_at, id) for id in sorted(self.seen)],
        )
        insert_rows(db, "revisions", self.revisions)
        insert_rows(db, "evidence", self.evidence)
        for name in PARTS:
            _delete(db, name, ids)
            parts = [part for _, article in self.current.values() for part in part_rows(article, name)]
            insert_rows(db, name, parts)
        corrected = dict(db.execute(_CORRECTED, [json.dumps(ids)]).fetchall())
        texts = {}
        for row, article in self.current.values():
            now = effective(row | {"corrected": corrected.get(article.id)})
            texts[article.id] = now["headline"], now["body"]
        index_articles(db, before, load_searchable(db, docids))
        write_signatures(db, texts)

    def _write_links(self) -> None:
        """The links that changed; and an article whose links lead to one that has just come is changed by that."""
        db = self.db
        _delete(db, "links", self.links)
        insert_rows(db, "links", [row for rows in self.links.values() for row in rows])
        arrived = {id: change["at"] for id, change in self.changes.items() if change["kind"] == "new"}
        for row in db.query(
            "SELECT DISTINCT article, target FROM links WHERE target IN (SELECT value FROM json_each(?))"
            " ORDER BY article, target",
            [json.dumps(list(arrived))],
        ):
            self._change(row["article"], "linked", arrived[row["target"]])

    def _write_addresses(self) -> None:
        """Which article an address stands for follows from its form, until a page that answers under it proves it."""
        db = self.db
        stored = {
            (row["site"], row["url"]): row
            for row in db.query(
                "SELECT * FROM addresses WHERE url IN (SELECT value FROM json_each(?))",
                [json.dumps([url for _, url in self.addresses])],
            )
        }
        new = [row for place, row in self.addresses.items() if place not in stored]
        known = {place: _merged(row, self.addresses[place]) for place, row in stored.items() if place in self.addresses}
        moved = [(stored[place], row) for place, row in known.items() if row["article"] != stored[place]["article"]]
        insert_rows(db, "addresses", new)
        db.conn.executemany(
            "UPDATE addresses SET article = :article, first_seen = :first_seen, answered_at = :answered_at"
            " WHERE site = :site AND url = :url",
            [row for place, row in known.items() if row != stored[place]],
        )
        self.added.addresses = len(new)
        touched = {row["article"]: row["first_seen"] for row in new}
        touched |= {row["article"]: now["answered_at"] for before, now in moved for row in (before, now)}
        for row in db.query(
            "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(touched))]
        ):
            self._change(row["id"], "addresses", touched[row["id"]])


_CORRECTED = """
    SELECT articles.id, corrected FROM json_each(?)
    CROSS JOIN articles ON articles.id = value WHERE corrected IS NOT NULL
"""


# The index may know one that somebody deleted: its words must not become another article's.
_LAST_DOCID = """
    SELECT max(coalesce((SELECT max(docid) FROM articles), 0), coalesce((SELECT max(docid) FROM search_documents), 0))
"""


def _merged(known: Row, row: Row) -> Row:
    """One address as two pages tell of it: that which answered under it last is right, where articles move."""
    first_seen = min(known["first_seen"], row["first_seen"])
    answered = row["answered_at"] is not None and row["answered_at"] >= (known["answered_at"] or "")
    return (row if answered else known) | {"first_seen": first_seen}


_SIGHT = """
    INSERT INTO sightings (site, source_url, kind, url, target, title, folded_title, date, date_raw, date_precision,
        capture, last_seen, digest)
    VALUES (:site, :source_url, :kind, :url, :target, :title, :folded_title, :date, :date_raw, :date_precision,
        :capture, :last_seen, :digest)
    ON CONFLICT (digest) DO UPDATE SET last_seen = excluded.last_seen WHERE excluded.last_seen > last_seen
"""

_LAST_SIGHTING = "SELECT max(id) FROM sightings"


def prepare_signatures(db: Database, articles: Iterable[Article]) -> None:
    """Work out the signatures of texts that look new before the write lock is taken: they are the dear part."""
    by_id = {article.id: article for article in articles}
    rows = db.query(
        "SELECT id, content_sha256 FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(by_id))],
    )
    known = {row["id"]: row["content_sha256"] for row in rows}
    for article in by_id.values():
        if article.id not in known or known[article.id] != content_digest(article):
            sign(article.headline, article.body)


def _following(db: Database, largest: str) -> int:
    return int(db.execute(largest).fetchone()[0] or 0) + 1


def _delete(db: Database, table: str, articles: Iterable[str]) -> None:
    db.table(table).delete_where("article IN (SELECT value FROM json_each(?))", [json.dumps(list(articles))])
