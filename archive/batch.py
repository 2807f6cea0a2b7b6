"""What one batch of harvests does to the archive: compared with what is known, then written in bulk.

Works inside the transaction of :meth:`archive.store.Archive.add`, which is its only user.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field

from sqlite_utils import Database

from archive.likeness import sign
from archive.records import Address, Article, Capture, Harvest
from archive.rows import (
    PARTS,
    Row,
    article_row,
    capture_row,
    content_digest,
    evidence_rows,
    link_rows,
    part_rows,
    revision_content,
    sighting_rows,
)
from archive.search import index_article
from archive.signatures import write_signatures


@dataclass(slots=True)
class Added:
    """What one batch did. ``new``, ``revised``, ``unchanged`` count articles; ``unextractable`` and ``error`` captures
    with that outcome; ``links`` unchanged articles whose links were replaced; ``addresses``, ``sightings`` new rows."""

    captures: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    unextractable: int = 0
    error: int = 0
    links: int = 0
    addresses: int = 0
    sightings: int = 0

    def as_counts(self) -> dict[str, int]:
        """The counts by name, to be summed over a run."""
        return asdict(self)


@dataclass(slots=True)
class _Known:
    """An article as the archive has it, kept up to date while a batch is taken in."""

    docid: int
    revision: int = 0
    recorded_at: str = ""
    links_at: str = ""
    first_seen: str = ""
    content_sha256: str = ""
    revisions: list[tuple[str, str]] = field(default_factory=list)  # (content_sha256, recorded_at)
    links: list[Row] = field(default_factory=list)

    def has_shown(self, content_sha256: str, at: str) -> bool:
        """Whether a page fetched ``at`` tells nothing new: it shows what is current, or what is kept already."""
        if content_sha256 == self.content_sha256 or (content_sha256, at) in self.revisions:
            return True
        return at < self.recorded_at and any(content_sha256 == digest for digest, _ in self.revisions)


class Batch:
    """The rows that one batch of harvests makes: collected by :meth:`take`, written in bulk by :meth:`write`."""

    def __init__(self, db: Database, run: int, ids: Collection[str]) -> None:
        self.db, self.run, self.added = db, run, Added()
        self.known = _load_known(db, ids)
        self.archived_before = set(self.known)
        self.next_capture = _following(db, "SELECT max(id) FROM captures")
        self.next_docid = _following(db, "SELECT max(docid) FROM articles")
        self.captures: list[Row] = []
        self.current: dict[str, tuple[Row, Article]] = {}
        self.revisions: list[Row] = []
        self.evidence: list[Row] = []
        self.links: dict[str, list[Row]] = {}
        self.sightings: list[Row] = []
        self.addresses: dict[tuple[str, str], Row] = {}
        self.proven: dict[tuple[str, str], Row] = {}
        self.seen_earlier: set[str] = set()
        self.changes: dict[str, Row] = {}

    def take(self, harvest: Harvest) -> None:
        capture, number = harvest.capture, self.next_capture
        self.next_capture += 1
        self.captures.append(capture_row(capture, self.run, number))
        self.added.captures += 1
        self.added.unextractable += capture.outcome == "unextractable"
        self.added.error += capture.outcome == "error"
        for article in harvest.articles:
            self._take_article(article, capture, number)
        for address in harvest.addresses:
            self._take_address(address, harvest)
        self.sightings += sighting_rows(harvest, number)

    def _take_article(self, article: Article, capture: Capture, number: int) -> None:
        at, digest = capture.fetched_at, content_digest(article)
        known = self.known.get(article.id)
        if known is None:
            known = self.known[article.id] = _Known(self.next_docid, first_seen=at)
            self.next_docid += 1
            self.added.new += 1
            self._change(article.id, "new", at)
        else:
            if at < known.first_seen:
                known.first_seen = at
                self.seen_earlier.add(article.id)
                self._change(article.id, "revised", at)
            if known.has_shown(digest, at):
                self.added.unchanged += 1
                self._replace_links(article, known, at)
                return
            self.added.revised += 1
            self._change(article.id, "revised", at)
        known.revisions.append((digest, at))
        self._add_revision(article, digest, len(known.revisions), at, number)
        if at < known.recorded_at:
            return
        known.revision, known.recorded_at, known.content_sha256 = len(known.revisions), at, digest
        row = article_row(article) | {"docid": known.docid, "revision": known.revision}
        row |= {"first_seen": known.first_seen, "content_sha256": digest, "capture": number}
        self.current[article.id] = row, article
        self._replace_links(article, known, at)

    def _add_revision(self, article: Article, digest: str, revision: int, at: str, capture: int) -> None:
        origin = {"article": article.id, "revision": revision, "capture": capture}
        origin["profile_version"] = article.profile_version
        content = revision_content(article, digest)
        self.revisions.append(origin | {"recorded_at": at, "content": content, "content_sha256": digest})
        self.evidence += [origin | row for row in evidence_rows(article)]

    def _replace_links(self, article: Article, known: _Known, at: str) -> None:
        """Take over the links of a page that is at least as new as the one which the present links are from."""
        rows = link_rows(article)
        if at < known.links_at or (known.links_at and rows == known.links):
            return
        if known.links_at and article.id not in self.changes:
            self.added.links += 1
            self._change(article.id, "links", at)
        known.links, known.links_at = rows, at
        self.links[article.id] = rows

    def _take_address(self, address: Address, harvest: Harvest) -> None:
        place, row = (address.site, address.url), asdict(address) | {"first_seen": harvest.capture.fetched_at}
        self.addresses.setdefault(place, row)
        answered = address.url in {harvest.capture.url, harvest.capture.final_url}
        if answered and any(article.id == address.article for article in harvest.articles):
            self.proven[place] = row  # where articles move, the last page is right

    def _change(self, article: str, kind: str, at: str) -> None:
        """Note, once a batch, that an export of the article differs from now on."""
        noted = self.changes.get(article)
        if noted is None or (kind == "revised" and noted["kind"] != "new"):
            self.changes[article] = {"article": article, "kind": kind, "at": at}

    def write(self) -> Added:
        db = self.db
        db.table("captures").insert_all(self.captures)
        self._write_articles()
        self._write_links()
        self._write_addresses()
        before = db.conn.total_changes
        db.table("sightings").insert_all(self.sightings, ignore=True)
        self.added.sightings = db.conn.total_changes - before
        db.table("changes").insert_all(self.changes.values())
        return self.added

    def _write_articles(self) -> None:
        db, ids = self.db, list(self.current)
        before = _indexed_before(db, ids)
        db.table("articles").upsert_all([row for row, _ in self.current.values()], pk="docid")
        db.conn.executemany(
            "UPDATE articles SET first_seen = ? WHERE id = ?",
            [(self.known[id].first_seen, id) for id in self.seen_earlier],
        )
        db.table("revisions").insert_all(self.revisions)
        db.table("evidence").insert_all(self.evidence)
        for name in PARTS:
            _delete(db, name, ids)
            parts = [part for _, article in self.current.values() for part in part_rows(article, name)]
            db.table(name).insert_all(parts)
        for row, article in self.current.values():
            index_article(db, row["docid"], before.get(article.id), row | {"keywords": article.keywords})
        write_signatures(db, {article.id: (article.headline, article.body) for _, article in self.current.values()})

    def _write_links(self) -> None:
        """The links that changed; and an article whose links lead to one that has just come is changed by that."""
        db = self.db
        _delete(db, "links", self.links)
        db.table("links").insert_all([row for rows in self.links.values() for row in rows])
        db.conn.executemany(
            "UPDATE articles SET links_at = ? WHERE id = ?",
            [(self.known[id].links_at, id) for id in self.links],
        )
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
        proven = {place: row["article"] for place, row in self.proven.items()}
        rows = {place: row | {"article": proven.get(place, row["article"])} for place, row in self.addresses.items()}
        stored = {
            (row["site"], row["url"]): row["article"]
            for row in db.query(
                "SELECT site, url, article FROM addresses WHERE url IN (SELECT value FROM json_each(?))",
                [json.dumps([url for _, url in rows])],
            )
        }
        new = [row for place, row in rows.items() if place not in stored]
        moved = [row for place, row in self.proven.items() if stored.get(place, row["article"]) != row["article"]]
        db.table("addresses").insert_all(new)
        db.conn.executemany("UPDATE addresses SET article = :article WHERE site = :site AND url = :url", moved)
        self.added.addresses = len(new)
        touched = {row["article"]: row["first_seen"] for row in (*new, *moved)}
        touched |= {stored[row["site"], row["url"]]: row["first_seen"] for row in moved}
        for row in db.query(
            "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(touched))]
        ):
            self._change(row["id"], "addresses", touched[row["id"]])


def prepare_signatures(db: Database, articles: Iterable[Article]) -> None:
    """Work out the signatures of texts that look new before the write lock is taken: they are the dear part."""
    by_id = {article.id: article for article in articles}
    rows = db.query(
        "SELECT id, content_sha256 FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(by_id))],
    )
    known = {row["id"]: row["content_sha256"] for row in rows}
    for article in by_id.values():
        if known.get(article.id) != content_digest(article):
            sign(article.headline, article.body)


def _load_known(db: Database, ids: Collection[str]) -> dict[str, _Known]:
    wanted = [json.dumps(list(ids))]
    known = {
        row["id"]: _Known(
            docid=row["docid"],
            revision=row["revision"],
            links_at=row["links_at"] or "",
            first_seen=row["first_seen"],
            content_sha256=row["content_sha256"],
        )
        for row in db.query(
            "SELECT id, docid, revision, links_at, first_seen, content_sha256 FROM articles"
            " WHERE id IN (SELECT value FROM json_each(?))",
            wanted,
        )
    }
    for row in db.query(
        "SELECT article, revision, content_sha256, recorded_at FROM revisions"
        " WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article, revision",
        wanted,
    ):
        article = known[row["article"]]
        article.revisions.append((row["content_sha256"], row["recorded_at"]))
        if row["revision"] == article.revision:
            article.recorded_at = row["recorded_at"]
    for row in db.query(
        "SELECT * FROM links WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article, position", wanted
    ):
        known[row["article"]].links.append(row)
    return known


def _indexed_before(db: Database, ids: Collection[str]) -> dict[str, Row]:
    """What the full-text index holds of some articles: it can forget only what it is told word for word."""
    wanted = [json.dumps(list(ids))]
    before = {
        row["id"]: row | {"keywords": []}
        for row in db.query("SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))", wanted)
    }
    for row in db.query(
        "SELECT article, keyword FROM keywords WHERE article IN (SELECT value FROM json_each(?))"
        " ORDER BY article, position",
        wanted,
    ):
        before[row["article"]]["keywords"].append(row["keyword"])
    return before


def _following(db: Database, largest: str) -> int:
    return int(db.execute(largest).fetchone()[0] or 0) + 1


def _delete(db: Database, table: str, articles: Iterable[str]) -> None:
    db.table(table).delete_where("article IN (SELECT value FROM json_each(?))", [json.dumps(list(articles))])
