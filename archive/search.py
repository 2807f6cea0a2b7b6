"""The full-text index of the archive and the search in it. Touches the database it is handed, nothing else.

The index is contentless: it holds the folded words of an article, and the article's own row holds its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from archive.vietnamese import words

COLUMNS = ("headline", "description", "body", "byline", "keywords")


def index_article(
    db: Database, docid: int, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> None:
    """Bring the index to what one article now says, inside the caller's transaction.

    ``old`` and ``new`` map the names in :data:`COLUMNS` to text or None, ``keywords`` to a list of texts; other
    keys are not looked at. ``old`` is what was indexed before (None: the article is new), ``new`` what it says now
    (None: the article goes). A contentless index can only forget what it is told word for word, so ``old`` must be
    exact.
    """
    before = _indexed(old) if old is not None else None
    after = _indexed(new) if new is not None else None
    if before == after:
        return
    names = ", ".join(COLUMNS)
    places = ", ".join("?" for _ in COLUMNS)
    if before is not None:
        db.execute(
            f"INSERT INTO articles_fts (articles_fts, rowid, {names}) VALUES ('delete', ?, {places})",  # noqa: S608
            [docid, *before],
        )
    if after is not None:
        db.execute(
            f"INSERT INTO articles_fts (rowid, {names}) VALUES (?, {places})",  # noqa: S608
            [docid, *after],
        )


def _indexed(article: Mapping[str, Any]) -> tuple[str, ...]:
    """The folded text of each column."""
    texts = []
    for name in COLUMNS:
        value = article.get(name) or ""
        text = value if isinstance(value, str) else "\n".join(value)
        texts.append(" ".join(words(text)))
    return tuple(texts)
