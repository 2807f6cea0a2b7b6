"""The 63 provinces until 30 June 2025 and the 34 after: reads provinces.toml, fills and reads the archive's table."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

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
    own name; both are None where nothing changed. ``folded`` is the name without accents and case.
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


def former_province(asked: str) -> str:
    """The name of the unit of before 1 July 2025 that a name stands for, as it is written. Accents, capitals and
    hyphens do not matter.

    :raises UnknownProvince: none of the 63 had that name.
    """
    return _look_up(asked, {province.name: province.name for province in provinces()})


def find_province(db: Database, asked: str) -> list[str]:
    """The units of before 1 July 2025 that a name stands for: the parts of the present province of that name, or else
    the former province alone. Accents, capitals and hyphens do not matter.

    :raises UnknownProvince: none has or had that name.
    """
    named: dict[str, list[str]] = {}
    for name, now in db.execute("SELECT name, coalesce(merged_into, name) FROM provinces ORDER BY folded"):
        for title in {name, now}:
            named.setdefault(title, []).append(name)
    return _look_up(asked, named)


Meant = TypeVar("Meant")


def _look_up(asked: str, named: Mapping[str, Meant]) -> Meant:
    """What the name stands for that is ``asked``, in whatever spelling."""
    wanted = _key(asked)
    written = {_key(name): name for name in named}
    if wanted not in written:
        near = difflib.get_close_matches(wanted, written, n=3, cutoff=0)
        raise UnknownProvince(asked, [written[key] for key in near])
    return named[written[wanted]]


def _key(name: str) -> str:
    return " ".join(words(name))
