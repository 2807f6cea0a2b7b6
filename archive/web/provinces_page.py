"""The provinces and cities of today, what each was made of on 1 July 2025, and the sites of each. Reads the archive."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from starlette.responses import Response

from archive.provinces import provinces
from archive.web.alphabet import alphabetical
from archive.web.asking import Asked, Page
from archive.web.holdings import Site, holdings


@dataclass(frozen=True, slots=True)
class Unit:
    """A province of today; ``made_of`` are those of before 1 July 2025, its own name first; one alone: unchanged."""

    name: str
    made_of: list[str]
    sites: list[Site]

    @property
    def articles(self) -> int:
        return sum(site.articles for site in self.sites)


def show_provinces(asked: Asked) -> Response:
    """All 34."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for one in provinces():
        parts[one.merged_into or one.name].append(one.name)
    sites: defaultdict[str, list[Site]] = defaultdict(list)
    for site in holdings(asked).sites:
        sites[site.province_now].append(site)
    units = [
        Unit(name, sorted(parts[name], key=lambda part: (part != name, alphabetical(part))), sites[name])
        for name in sorted(parts, key=alphabetical)
    ]
    return asked.show(
        "provinces.html",
        units=units,
        held=[unit for unit in units if unit.sites],
        others=[unit for unit in units if not unit.sites],
    )


PAGES = [Page("/tinh", show_provinces)]
