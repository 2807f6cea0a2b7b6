"""What differs between two states of an article as exports show it: which fields, and which values are lost. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from archive.dating import is_shown
from archive.rows import PARTS, Row

TABLES = ("revisions", "evidence", "links", *PARTS)


@dataclass(slots=True)
class State:
    """An article's rows: ``row`` is empty where only others are left of it."""

    row: Row = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def of(self, table: str) -> list[Row]:
        """Its rows of a table."""
        return self.rows[table]


# Fields of the export, and the columns of articles that they show. Dates and lists are compared apart.
_EXPORTED: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("url", "headline", "description", "body", "byline", "section", "language")},
    **{name: (name,) for name in ("view_count", "date_modified", "rights", "revision", "first_seen", "capture")},
    "source": ("source_name", "source_url"),
    "content_sha256": ("content_sha256",),
    "extractor": ("profile_version",),
}
_PRINTED = ("date_published", "date_published_raw", "date_precision", "date_evidence")
_CONCLUDED = ("concluded_date", "concluded_date_raw", "concluded_precision", "concluded_evidence")
FOLLOWS = frozenset({"content_sha256", "extractor"})
"""Fields that differ with others, or without anything being read otherwise: no change to be counted."""


def differing(stored: State, made: State, archived: Collection[str]) -> list[str]:
    """The fields of the export that differ between two states of an article."""
    old, new = stored.row, made.row
    fields = [name for name, columns in _EXPORTED.items() if any(old[one] != new[one] for one in columns)]
    if _date(old, old) != _date(new, old):
        fields.append("date_published")
    fields += [name for name in PARTS if stored.of(name) != made.of(name)]
    if _related(stored, archived) != _related(made, archived):
        fields.append("related")
    return fields


def _date(page: Row, conclusion: Row) -> list[Any]:
    return (
        [conclusion[name] for name in _CONCLUDED] if is_shown(page, conclusion) else [page[name] for name in _PRINTED]
    )


def _related(state: State, archived: Collection[str]) -> list[tuple[Any, ...]]:
    names = ("url", "title", "date", "relation")
    return [
        (*(row[name] for name in names), row["target"] if row["target"] in archived else None)
        for row in state.of("links")
    ]


def lost_values(stored: State, made: State) -> dict[str, str]:
    """What an article had and has no more: the fields of the export, each with its value as it was."""
    before, now = _values(stored, stored), _values(made, stored)
    return {name: value for name, value in before.items() if value and not now[name]}


_EMPTY = (None, "", "[]")
_NO_VALUES = frozenset({"url", "revision", "first_seen", "capture", "content_sha256", "extractor"})


def _values(state: State, conclusion: State) -> dict[str, str]:
    """Each field's value for a report, ``""`` where it has none."""
    row = state.row
    told = {name: [row[one] for one in columns] for name, columns in _EXPORTED.items() if name not in _NO_VALUES}
    told["date_published"] = _date(row, conclusion.row)[:1]
    values = {name: next((str(one) for one in found if one not in _EMPTY), "") for name, found in told.items()}
    parts = {name: state.of(name) for name in PARTS} | {"related": state.of("links")}
    return values | {name: f"{len(rows)} of them" if rows else "" for name, rows in parts.items()}
