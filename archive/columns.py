"""An exported record as one flat row: which columns there are, of which type, and what stands in them. Pure.

The columns are those of article.schema.json, in its order: an object gives one column for each of its fields
(``capture.warc``: ``capture_warc``), a list stays one value. ``removed_at`` stands last: an increment tells by it that
an article is in the archive no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from archive.articles import SCHEMA_FILE, Record

Kind = Literal["text", "integer", "number", "boolean", "time", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    """``path``: where its value stands in the record. ``item``: of a list, the JSON Schema of what is in it."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    item: dict[str, Any] | None = None

    def value(self, record: Record) -> Any:
        """What the record has there; None where it, or the object around it, has nothing."""
        found: Any = record
        for name in self.path:
            found = None if found is None else found.get(name)
        return found


REMOVED_AT = Column("removed_at", "time", ("at",))
"""Of the records of articles that were removed: an article has no field of this name."""


@cache
def columns() -> tuple[Column, ...]:
    """All columns, in order."""
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    return (*_columns(schema, schema, ()), REMOVED_AT)


def _columns(form: dict[str, Any], schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[Column]:
    for name, below in form["properties"].items():
        form, here = resolved(below, schema), (*path, name)
        if form.get("type") == "object":
            yield from _columns(form, schema, here)
        elif form.get("type") == "array":
            yield Column("_".join(here), "list", here, inlined(form["items"], schema))
        else:
            yield Column("_".join(here), kind_of(form), here)


def resolved(form: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a part of the schema refers to, without the null that it allows beside it."""
    if "$ref" in form:
        return resolved(schema["$defs"][form["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in form:
        (one,) = (other for other in form["anyOf"] if other.get("type") != "null")
        return resolved(one, schema)
    return form


def inlined(form: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with all that it refers to put in."""
    form = resolved(form, schema)
    if "properties" in form:
        return form | {"properties": {name: inlined(one, schema) for name, one in form["properties"].items()}}
    return form | {"items": inlined(form["items"], schema)} if "items" in form else form


def kind_of(form: dict[str, Any]) -> Kind:
    """The kind of a value that is neither object nor list."""
    if form.get("format") == "date-time":
        return "time"
    types = form.get("type", "string")
    named = {types} if isinstance(types, str) else set(types)
    kinds: tuple[Kind, ...] = ("integer", "number", "boolean")
    return next((kind for kind in kinds if kind in named), "text")
