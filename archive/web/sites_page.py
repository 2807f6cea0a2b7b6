"""The sites that are archived: what each is, how much of it is here, and how fresh and how complete that is. Reads the
archive."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from archive.completeness import Completeness, Missing, completeness
from archive.filters import Filters
from archive.search import search
from archive.web.alphabet import alphabetical
from archive.web.asking import Asked, Page
from archive.web.counts import counted, counted_of, timeline
from archive.web.holdings import Site, holdings
from archive.web.remarks import remark
from archive.web.troubles import Trouble

_NEWEST = 8
_SECONDS, _ASIDE_SECONDS = 4.0, 0.5
"""So long a reader waits for a site to be compared: who asks for just that, and who sees it among other things."""

_MOST_NAMED = 200
"""Addresses of one kind on the page of what is missing."""


def show_sites(asked: Asked) -> Response:
    """All sites, by province."""
    counts = counted(asked)
    held = holdings(asked)
    sites = sorted(
        held.sites, key=lambda site: [alphabetical(text) for text in (site.province_now, site.province, site.title)]
    )
    lines = {name: timeline(months) for name, months in counts.items()}
    return asked.show("sites.html", held=held, sites=sites, lines=lines)


def show_site(asked: Asked) -> Response:
    """One site.

    :raises Trouble: there is none of that name.
    """
    site = _site(asked)
    newest = search(asked.db, "", Filters(site=site.name), limit=_NEWEST, facets=True)
    run = next(iter(asked.db.query(_LAST_RUN, [site.name])), None)
    return asked.show(
        "site.html",
        site=site,
        about=next(iter(asked.db.query("SELECT publisher, family FROM sites WHERE name = ?", [site.name]))),
        held=holdings(asked),
        line=timeline(counted_of(asked.db, site.name)),
        newest=newest,
        run=run,
        reason=partial(remark, asked.language, "reason."),
        whole=_completeness(asked, site.name, _ASIDE_SECONDS),
    )


def show_completeness(asked: Asked) -> Response:
    """What of a site is archived, and what is not.

    :raises Trouble: there is no site of that name, or it is still being compared.
    """
    site = _site(asked)
    whole = _completeness(asked, site.name, _SECONDS)
    if whole is None:
        raise Trouble(503, "trouble.comparing")
    return asked.show(
        "completeness.html",
        site=site,
        whole=whole,
        missing=_grouped(whole),
        most=_MOST_NAMED,
        reason=partial(remark, asked.language, "reason."),
    )


def _site(asked: Asked) -> Site:
    name = asked.part("name")
    found = holdings(asked).site(name)
    if found is None:
        raise Trouble(404, "trouble.no_site", given=name[:80])
    return found


def _completeness(asked: Asked, site: str, seconds: float) -> Completeness | None:
    """None where comparing takes longer: it goes on, for whoever comes back."""
    return asked.room.counted_beside(f"completeness of {site}", asked.db, partial(completeness, site=site), seconds)


def _grouped(whole: Completeness) -> list[tuple[str, str, list[Missing]]]:
    """What is missing, by what it is and by its state."""
    groups: dict[tuple[str, str], list[Missing]] = {}
    for what, missing in (
        ("article", whole.missing),
        ("page", [one for place in whole.places for one in place.missing]),
        ("file", whole.files.missing),
    ):
        for one in missing:
            groups.setdefault((what, one.state), []).append(one)
    return [(*key, found) for key, found in sorted(groups.items(), key=lambda item: -len(item[1]))]


_LAST_RUN = (
    "SELECT started_at, finished_at, reason FROM runs WHERE site = ? AND kind = 'crawl'"
    " ORDER BY started_at DESC, id DESC LIMIT 1"
)

PAGES = [
    Page("/trang", show_sites),
    Page("/trang/{name}", show_site),
    Page("/trang/{name}/day-du", show_completeness),
]
