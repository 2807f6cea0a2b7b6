"""Brings the articles of a site to what its stored responses give when they are read anew (:mod:`archive.rereading`).

Touches what :mod:`archive.store` writes of articles. An article is put together from all its captures in the order of
time, by the rules of :mod:`archive.batch`: as a new archive would hold it that was fed with them. What is the same
already is not written. Its id, the time when it was first seen, its place in the index and the mark that it is gone
stay. A version whose capture gives the article no more (a damaged file, a rule that misses it) is kept as it was read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlite_utils import Database

from archive.batch import Batch, prepare_signatures
from archive.correcting import bring_back
from archive.effective import effective
from archive.exportdiff import FOLLOWS, TABLES, State, differing, lost_values
from archive.indexing import index_articles
from archive.known import Known
from archive.records import Article, Evidence
from archive.rereading import Rereadings, Version
from archive.rows import PARTS, part_rows
from archive.schema import snapshot, transaction
from archive.searchable import load_searchable
from archive.signatures import write_signatures

ARTICLES = 100
"""Articles in one transaction."""
SHOWN = 20
"""Examples that a report holds."""


@dataclass(slots=True)
class Rebuilt:
    """What became of the articles. ``fields``: in how many of the changed ones a field of the export differs, or
    ``revisions``: only earlier versions do. ``lost``: in how many a field had a value and has none now; ``emptied``:
    how many of the changed ones lost any. ``version_only``: those of the unchanged ones that only name another
    version of the profile. ``unshown``: archived ones that no page shows which can be read; each article is unchanged,
    changed, new or unshown. ``kept``: those of them that keep a version which can no longer be read.

    ``examples``: of the first changed ones the id and its fields; ``losses``: of the first emptied ones the id, the
    fields with the values that they had; ``kept_because``: of the first kept ones the reason.
    """

    unchanged: int = 0
    changed: int = 0
    new: int = 0
    unshown: int = 0
    version_only: int = 0
    kept: int = 0
    emptied: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, list[str]]] = field(default_factory=list)
    losses: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    kept_because: list[tuple[str, str]] = field(default_factory=list)

    def as_counts(self) -> dict[str, int]:
        """The counts by name, for the run's row."""
        names = ("unchanged", "changed", "emptied", "new", "unshown", "version_only", "kept")
        return {name: getattr(self, name) for name in names}


def rebuild_articles(db: Database, readings: Rereadings, run: int, site: str, at: str, *, write: bool) -> Rebuilt:
    """Bring all articles of a site to what is read now, or only find out what would change.

    Each transaction leaves its articles whole, with the changes noted: what is interrupted can be done again.
    """
    done = Rebuilt()
    for ids in readings.article_ids(ARTICLES):
        versions = readings.versions(ids)
        if write:
            prepare_signatures(db, (told[-1].article for told in versions.values()))
        with transaction(db) if write else snapshot(db):
            stored = _load(db, ids)
            _note_kept(done, stored, readings, versions)
            made = _fold(db, run, stored, versions)
            changes = _compare(db, done, stored, made)
            if write and changes:
                _write(db, stored, made, changes, at)
    for ids in _ids(db, site):
        unshown = sorted(set(ids) - readings.shown(ids))
        done.unshown += len(unshown)
        _note_kept(done, _load(db, unshown), readings, {id: [] for id in unshown})
    return done


_ORDER = dict.fromkeys(TABLES, "position") | {"revisions": "revision", "evidence": "revision, position"}
_FILTER = {"evidence": " AND revision > 0"}  # revision 0 is archive.conclude's


def _load(db: Database, ids: Collection[str]) -> dict[str, State]:
    found = {id: State() for id in ids}
    wanted = [json.dumps(list(ids))]
    for row in db.query("SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))", wanted):
        found[row["id"]].row = row
    for table in TABLES:
        for row in db.query(
            f"SELECT * FROM {table} WHERE article IN (SELECT value FROM json_each(?)){_FILTER.get(table, '')}"  # noqa: S608
            f" ORDER BY article, {_ORDER[table]}",
            wanted,
        ):
            found[row["article"]].of(table).append(row)
    return found


def _kept(state: State, shown: Iterable[Version]) -> Iterator[Version]:
    """The versions that come of captures which show the article no more, or were never to be read again."""
    captures = {version.capture for version in shown}
    evidence: dict[int, list[Evidence]] = {}
    for row in state.of("evidence"):
        names = ("field", "raw", "value", "kind", "place", "note")
        evidence.setdefault(row["revision"], []).append(Evidence(*(row[name] for name in names)))
    for row in state.of("revisions"):
        if row["capture"] not in captures:
            article = msgspec.json.decode(row["content"], type=Article)
            article.evidence = evidence.get(row["revision"], [])
            yield Version(article, row["recorded_at"], row["capture"])


def _note_kept(
    done: Rebuilt, stored: Mapping[str, State], readings: Rereadings, versions: Mapping[str, Sequence[Version]]
) -> None:
    kept = {id: [one.capture for one in _kept(stored[id], shown)] for id, shown in versions.items()}
    failures = readings.failures({capture for of in kept.values() for capture in of if capture is not None})
    for id, captures in kept.items():
        if reasons := [failures[one] for one in captures if one in failures]:
            done.kept += 1
            if len(done.kept_because) < SHOWN:
                done.kept_because.append((id, reasons[-1]))


def _fold(
    db: Database, run: int, stored: Mapping[str, State], versions: Mapping[str, Sequence[Version]]
) -> dict[str, State]:
    """The rows that articles have when their versions are stored one after the other."""
    batch = Batch(db, run, [])
    # An article that was deleted by hand has left its words in the index, under a docid that must not be used again.
    indexed = db.execute("SELECT coalesce(max(docid), 0) FROM search_documents").fetchone()[0]
    batch.next_docid = max(batch.next_docid, indexed + 1)
    unlinked = set()
    for id, shown in versions.items():
        if row := stored[id].row:
            batch.known[id] = Known(row["docid"], row["first_seen"])
        kept = list(_kept(stored[id], shown))
        told = sorted((*kept, *shown), key=lambda one: (one.at, one.capture or 0))
        for version in told:
            batch.take_article(version.article, version.at, version.capture or 0)
        if any(told[-1] is version for version in kept):  # a revision is stored without its links
            unlinked.add(id)
    made = {id: State() for id in versions}
    for row in batch.revisions:
        made[row["article"]].of("revisions").append(row)
    for row in batch.evidence:
        made[row["article"]].of("evidence").append(row)
    for id, (row, article) in batch.current.items():
        known, before = batch.known[id], stored[id]
        links = before.of("links") if id in unlinked else known.links
        if before.row and before.row["shown_at"] > known.shown_at:  # the newest page that showed it cannot be read now
            known.shown_at, links = before.row["shown_at"], before.of("links")
        made[id].row = row | {"first_seen": known.first_seen, "shown_at": known.shown_at}
        made[id].rows |= {"links": links} | {name: list(part_rows(article, name)) for name in PARTS}
    return made


def _archived(db: Database, states: Iterable[State]) -> set[str]:
    targets = {row["target"] for state in states for row in state.of("links")}
    sql = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0] for row in db.execute(sql, [json.dumps(list(targets))])}


def _compare(
    db: Database, done: Rebuilt, stored: Mapping[str, State], made: Mapping[str, State]
) -> dict[str, str | None]:
    """Count what differs. Returns the articles to be written, each with the change of its export or None."""
    others = {id: state for id, state in made.items() if not _is_same(stored[id], state)}
    archived = _archived(db, (state for id in others for state in (stored[id], made[id])))
    changes: dict[str, str | None] = {}
    done.unchanged += len(made) - len(others)
    for id, now in others.items():
        before = stored[id]
        if not before.row:
            done.new += 1
            changes[id] = "new"
            continue
        exported = differing(before, now, archived)
        fields = [name for name in exported if name not in FOLLOWS]
        if not fields and _said(before) != _said(now):
            fields = ["revisions"]
        changes[id] = "reextracted" if exported else None
        if not fields:
            done.unchanged += 1
            done.version_only += "extractor" in exported
            continue
        done.changed += 1
        done.fields.update(fields)
        if len(done.examples) < SHOWN:
            done.examples.append((id, fields))
        if lost := lost_values(before, now):
            done.emptied += 1
            done.lost.update(lost.keys())
            if len(done.losses) < SHOWN:
                done.losses.append((id, lost))
    return changes


def _is_same(stored: State, made: State) -> bool:
    return stored.rows == made.rows and made.row.items() <= stored.row.items()


def _said(state: State) -> list[str]:
    return [row["content_sha256"] for row in state.of("revisions")]


def _write(
    db: Database, stored: Mapping[str, State], made: Mapping[str, State], changes: Mapping[str, str | None], at: str
) -> None:
    """Write what differs, inside the caller's transaction, and note which exports change by that."""
    docids = [made[id].row["docid"] for id in changes]
    before = load_searchable(db, docids)
    db.table("articles").upsert_all([made[id].row for id in changes], pk="docid")
    for table in TABLES:
        other = [id for id in changes if stored[id].of(table) != made[id].of(table)]
        db.execute(
            f"DELETE FROM {table} WHERE article IN (SELECT value FROM json_each(?)){_FILTER.get(table, '')}",  # noqa: S608
            [json.dumps(other)],
        )
        db.table(table).insert_all(row for id in other for row in made[id].of(table))
    texts = {}
    for id in changes:
        if any(stored[id].row.get(name) != made[id].row[name] for name in _COMPARED):
            now = effective(made[id].row | {"corrected": stored[id].row.get("corrected")})
            texts[id] = now["headline"], now["body"]
    index_articles(db, before, load_searchable(db, docids))
    write_signatures(db, texts)
    noted = {id: kind for id, kind in changes.items() if kind is not None}
    arrived = [id for id, kind in noted.items() if kind == "new"]
    for (article,) in db.execute(_LINKING, [json.dumps(arrived)]):
        noted.setdefault(article, "linked")
    db.table("changes").insert_all({"article": id, "kind": kind, "at": at} for id, kind in sorted(noted.items()))
    bring_back(db, arrived, at)


_COMPARED = ("headline", "body", "source_name", "source_url", "date_published")
"""Columns that tell whether an article is another's copy, or which one is the original."""

_LINKING = "SELECT DISTINCT article FROM links WHERE target IN (SELECT value FROM json_each(?))"


def _ids(db: Database, site: str) -> Iterator[list[str]]:
    """The ids of a site's articles, some at a time."""
    last = ""
    sql = "SELECT id FROM articles WHERE id > ? AND site = ? ORDER BY id LIMIT ?"
    while ids := [row[0] for row in db.execute(sql, [last, site, ARTICLES])]:
        yield ids
        last = ids[-1]
