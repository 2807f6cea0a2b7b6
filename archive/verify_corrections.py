"""Whether what archivists corrected stands as they gave it, and is what is in effect. Reads the database it is handed.

That a correction should be looked at again is no damage: ``luutru correct list --to-review`` tells it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlite_utils import Database

from archive.corrections import FIELDS, KIND, corrected_columns, correction_id, decision_id
from archive.findings import REINDEX, RESTORE, Finding

Row = dict[str, Any]


def verify_corrections(db: Database) -> Iterator[Finding]:
    """Every correction and decision against its id, which is made of all that it says; what is in effect against
    them."""
    whole = True
    for table, id_of in (("corrections", correction_id), ("correction_decisions", decision_id)):
        for row in db.query(f"SELECT * FROM {table} ORDER BY id"):  # noqa: S608 - our own names
            if what := _fault(table, row, id_of):
                whole = False
                key = str(row.get("number") or row["id"])
                yield Finding("damage", "correction", what, RESTORE, table, key)
    if not whole:  # what they would put into effect says nothing
        return
    wanted = corrected_columns(db)
    found = dict(db.execute("SELECT id, corrected FROM articles WHERE corrected IS NOT NULL").fetchall())
    for article in sorted(wanted.keys() | found.keys()):
        if wanted.get(article) != found.get(article):
            what = "what is in effect of its corrections is not what they say"
            yield Finding("damage", "correction", what, REINDEX, "articles", article)


def _fault(table: str, row: Row, id_of: Callable[[Row], str]) -> str | None:
    for name in {"value", "printed"} & row.keys():
        try:
            json.loads(row[name])
        except json.JSONDecodeError as error:
            return f"its {name} cannot be read: {error}"
    if row["id"] != id_of(row):
        return f"it was changed after it was made: what it says gives the id {id_of(row)}, not {row['id']}"
    if table == "corrections" and (row["field"] not in FIELDS or row["kind"] != KIND):
        return f"it corrects {row['field']!r} by {row['kind']!r}, which no version of luutru does"
    if table == "correction_decisions" and row["decision"] not in {"withdrawn", "confirmed"}:
        return f"it decides {row['decision']!r}, which no version of luutru does"
    return None
