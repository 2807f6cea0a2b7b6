"""What stands in effect of an article: what its page gave, and over it what archivists corrected. Pure functions.

``articles.corrected`` is a JSON object of export fields and their values. It follows from the table ``corrections``
(:mod:`archive.corrections`), as the concluded columns follow from other pages; the columns of the page stay beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]

DATE_FIELDS = ("date_published", "date_published_raw", "date_precision", "date_evidence")
"""The fields of an export that say when an article was published: one correction sets all of them."""

_CONCLUDED = ("concluded_date", "concluded_date_raw", "concluded_precision", "concluded_evidence")


def corrected_values(row: Mapping[str, Any]) -> Row:
    """The corrected fields of an article with their values, by the column ``corrected``; of most articles none."""
    found = row.get("corrected")
    return json.loads(found) if found else {}


def effective(row: Row) -> Row:
    """An article's row as it stands in effect: columns that were corrected have the corrected value.

    :param row: columns of ``articles``, ``corrected`` among them; without a correction it is returned as it is.
    """
    values = corrected_values(row)
    if not values:
        return row
    row = row | {name: value for name, value in values.items() if name in row}
    if "section" in values:
        row["section"] = json.dumps(values["section"], ensure_ascii=False)
    if "source" in values:
        source = values["source"] or {"name": None, "url": None}
        row |= {"source_name": source["name"], "source_url": source["url"]}
    if "date_published" in values:  # what other pages say is outranked with what the page says
        row |= dict.fromkeys(_CONCLUDED)
    return row
