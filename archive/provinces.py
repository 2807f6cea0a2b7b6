"""The 63 provinces until 30 June 2025 and the 34 after: reads provinces.toml, fills and reads the archive's table."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from archive.vietnamese import fold, words


class UnknownProvince(LookupError):
    """No province has or had that name; the message names the ``nearest``."""

    def __init__(self, asked: str, nearest: list[str]) -> None:
        super().__init__(f"no province {asked!r}; nearest: {', '.join(nearest)}")
        self.nearest = nearest


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


def find_province(db: Database, asked: str) -> list[str]:
    """The units of before 1 July 2025 that a name stands for: the parts of the present province of that name, or else
    the former province alone. Accents, capitals and hyphens do not matter.

    :raises UnknownProvince: none has or had that name.
    """
    wanted = " ".join(words(asked))
    named: dict[str, list[str]] = {}
    printed: dict[str, str] = {}
    for name, now in db.execute("SELECT name, coalesce(merged_into, name) FROM provinces ORDER BY folded"):
        for title in {name, now}:
            key = " ".join(words(title))
            named.setdefault(key, []).append(name)
            printed[key] = title
    if wanted not in named:
        near = difflib.get_close_matches(wanted, named, n=3, cutoff=0)
        raise UnknownProvince(asked, [printed[key] for key in near])
    return named[wanted]
