"""What the archive has of some articles, read before a batch is compared with it. Reads the database it is handed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.rows import Row


@dataclass(slots=True)
class Known:
    """An article as the archive has it, kept up to date while a batch is taken in. ``docid`` None: it is not there,
    though versions of it may be left from when it was, and the next one counts on."""

    docid: int | None
    first_seen: str
    shown_at: str = ""
    content_sha256: str = ""
    revisions: list[tuple[str, str]] = field(default_factory=list)  # (content_sha256, recorded_at)
    links: list[Row] = field(default_factory=list)

    def has_shown(self, content_sha256: str, at: str) -> bool:
        """Whether a page fetched ``at`` tells nothing new: it shows what is current, or what is kept already."""
        if content_sha256 == self.content_sha256 or (content_sha256, at) in self.revisions:
            return True
        return at < self.shown_at and any(content_sha256 == digest for digest, _ in self.revisions)


def load_known(db: Database, ids: Collection[str]) -> dict[str, Known]:
    """Those of some articles that are archived, by id; and those that somebody deleted, of which versions are left."""
    wanted = [json.dumps(list(ids))]
    known = {
        row["id"]: Known(
            docid=row["docid"],
            shown_at=row["shown_at"],
            first_seen=row["first_seen"],
            content_sha256=row["content_sha256"],
        )
        for row in db.query(
            "SELECT id, docid, shown_at, first_seen, content_sha256 FROM articles"
            " WHERE id IN (SELECT value FROM json_each(?))",
            wanted,
        )
    }
    for row in db.query(
        "SELECT article, content_sha256, recorded_at FROM revisions"
        " WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article, revision",
        wanted,
    ):
        left = Known(None, first_seen=row["recorded_at"])
        known.setdefault(row["article"], left).revisions.append((row["content_sha256"], row["recorded_at"]))
    for row in db.query(
        "SELECT * FROM links WHERE article IN (SELECT value FROM json_each(?)) ORDER BY article, position", wanted
    ):
        if row["article"] in known:
            known[row["article"]].links.append(row)
    return known
