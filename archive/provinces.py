"""The 63 provinces until 30 June 2025 and the 34 after: reads provinces.toml, fills the archive's table."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from archive.vietnamese import fold


@dataclass(frozen=True, slots=True)
class Province:
    """One unit of before 1 July 2025, as a row of the table ``provinces``.

    ``merged_into`` is the unit whose part it is since ``merged_on`` (a date, YYYY-MM-DD), which may have its
    own name; both are None where nothing changed. ``folded`` is the name as it is looked up.
    """

    name: str
    folded: str
    merged_into: str | None
    merged_on: str | None


@cache
def provinces() -> tuple[Province, ...]:
    """All 63, by name."""
    table = tomllib.loads(Path(__file__).with_name("provinces.toml").read_text(encoding="utf-8"))
    merged_on = table["merged_on"].isoformat()
    found = [Province(name, fold(name), None, None) for name in table["unchanged"]]
    for new, parts in table["merged"].items():
        found += [Province(name, fold(name), new, merged_on) for name in parts]
    return tuple(sorted(found, key=lambda province: province.folded))


def seed_provinces(db: Database) -> None:
    """Put the provinces into the archive; an archive that has them is not written to."""
    rows = [asdict(province) for province in provinces()]
    if sorted(db.table("provinces").rows, key=lambda row: row["folded"]) != rows:
        with db.atomic():
            db.table("provinces").delete_where()
            db.table("provinces").insert_all(rows)
