"""How much of what a site shows is archived: articles, listings, sitemaps, feeds, pictures. Reads the archive only.

It compares what the frontier knows with what is stored. What no page of the site ever linked, listed or counted cannot
be missed here, so nothing is called complete but as far as the site shows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.addresses import file_address
from archive.settlement import LEADS_NOWHERE

_CLOSED = frozenset({"gone", "excluded"})
"""States of what cannot be had, or may not: no further crawl is expected to change them."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One address that the site shows and the archive has nothing from. ``state`` is the frontier's; ``done`` means
    that its page was read and no article was found on it. For pages of a section that nothing ever linked to, ``url``
    is the section's, and ``reason`` has their numbers."""

    url: str
    state: str
    reason: str | None

    @property
    def open(self) -> bool:
        """Whether it may still be had."""
        return self.state not in _CLOSED


@dataclass(frozen=True, slots=True)
class Place:
    """One section, sitemap or feed; ``kind`` says which. ``pages`` is the highest page number that a pager of the
    section printed, ``walked`` how many pages up to it were read, ``missing`` are the others. ``listed`` counts
    the articles that were ever seen on it, ``stored`` those of them that are archived. ``total`` is how many there are
    by its own word, None where it does not say; ``at_least``: it shows no more than so many, so there may be more."""

    kind: str
    url: str
    pages: int
    walked: int
    missing: list[Missing]
    listed: int
    stored: int
    total: int | None
    at_least: bool = False

    @property
    def unseen(self) -> int:
        """How many articles it says there are beyond those that were ever seen on it."""
        return max(0, (self.total or 0) - self.listed)

    @property
    def whole(self) -> bool:
        """Whether all that it shows was read, and what it lists is archived."""
        return not self.missing and not self.unseen and self.stored == self.listed


@dataclass(frozen=True, slots=True)
class Files:
    """The pictures and documents of archived articles. ``captured`` and ``missing`` are those that are kept;
    ``elsewhere`` counts the others by the host that they lie on: they are not captured."""

    captured: int
    missing: list[Missing]
    elsewhere: dict[str, int]


@dataclass(frozen=True, slots=True)
class Vanished:
    """An archived article that is there no more: ``at`` is when that was first seen, ``reason`` how it shows."""

    id: str
    url: str
    at: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """``walked_at`` is when the last crawl began that walked all listings to their ends (RFC 3339), None where none
    has. ``known`` counts the articles that the site has shown an address of, ``stored`` those of them that are
    archived, ``missing`` names the others. ``gone`` are the archived ones that are there no more, the last ones first.
    """

    site: str
    walked_at: str | None
    known: int
    stored: int
    gone: list[Vanished]
    missing: list[Missing]
    places: list[Place]
    files: Files

    @property
    def complete(self) -> bool | None:
        """As far as the site shows; None where that is not known, for its listings were not walked to their ends."""
        gaps = [*self.missing, *(one for place in self.places for one in place.missing)]
        if any(one.open for one in gaps) or any(place.unseen for place in self.places):
            return False
        return True if self.walked_at is not None else None


def completeness(db: Database, site: str) -> Completeness:
    """Compare what a site has shown with what is archived of it."""
    articles = _articles(db, site)
    known = db.execute("SELECT count(DISTINCT article) FROM urls WHERE site = ?", [site]).fetchone()[0]
    return Completeness(
        site=site,
        walked_at=_walked_at(db, site),
        known=known,
        stored=known - len(articles),
        gone=[Vanished(**row) for row in db.query(_GONE, [site])],
        missing=articles,
        places=[*_paged(db, site, "listing"), *_paged(db, site, "feed"), *_sources(db, site)],
        files=_files(db, site),
    )


def _walked_at(db: Database, site: str) -> str | None:
    at: str | None = db.execute(_WALKED, {"site": site}).fetchone()[0]
    return at


def _articles(db: Database, site: str) -> list[Missing]:
    """The articles that are not archived, each by the address from which most may still be hoped."""
    best: dict[str, Missing] = {}
    for row in db.query(_NOT_STORED, [site]):
        one = Missing(row["url"], row["state"], row["reason"])
        known = best.get(row["article"])
        if known is None or _HOPE.index(one.state) < _HOPE.index(known.state):
            best[row["article"]] = one
    return sorted(best.values(), key=lambda one: (_HOPE.index(one.state), one.reason or "", one.url))


_HOPE = ("leased", "pending", "failed", "done", "gone", "excluded")


def _paged(db: Database, site: str, role: str) -> Iterator[Place]:
    """The sections, or the feeds that have pages."""
    pages: defaultdict[str, dict[int, Missing]] = defaultdict(dict)
    totals: dict[str, int] = {}
    for row in db.query(_PAGES if role == "listing" else _PAGES_OF_FEEDS, [site, role]):
        section, number = row["section"] or row["url"], row["page"] or 1
        if number not in pages[section] or row["state"] == "done":
            pages[section][number] = Missing(row["url"], row["state"], row["reason"])
        if row["total"] is not None:
            totals[section] = max(row["total"], totals.get(section, 0))
    seen = _seen(db, site, role)
    for section, numbers in sorted(pages.items()):
        last = max((number for number, one in numbers.items() if _is_there(one)), default=0)
        walked = sum(one.state == "done" for number, one in numbers.items() if 1 <= number <= last)
        listed = _together(seen, (one.url for one in numbers.values()))
        counts = len(listed), sum(listed.values())
        if last:
            yield Place(
                "section" if role == "listing" else role,
                section,
                last,
                walked,
                _gaps(section, numbers, last),
                *counts,
                totals.get(section),
            )


def _gaps(section: str, numbers: dict[int, Missing], last: int) -> list[Missing]:
    """The pages up to the last one that were not read; those that nothing links to as one, for they may be many."""
    gaps, before = [], 0
    for number in sorted(number for number in numbers if 1 <= number <= last):
        if number - before > 1:
            gaps.append(Missing(section, "pending", f"pages {before + 1} to {number - 1}: nothing links to them"))
        if numbers[number].state != "done":
            gaps.append(numbers[number])
        before = number
    return gaps


def _is_there(page: Missing) -> bool:
    """Pagers that run past their end print numbers of pages that are none."""
    return page.state != "gone" and page.reason != LEADS_NOWHERE


def _sources(db: Database, site: str) -> Iterator[Place]:
    for kind in ("sitemap", "feed"):
        seen = _seen(db, site, kind)
        for row in db.query(_SOURCES, [site, kind]):
            gaps = [] if row["state"] == "done" else [Missing(row["url"], row["state"], row["reason"])]
            listed = _together(seen, [row["url"]])
            if gaps or listed or row["total"]:
                counts = len(listed), sum(listed.values())
                yield Place(kind, row["url"], 1, 1 - len(gaps), gaps, *counts, row["total"], bool(row["capped"]))


def _together(seen: dict[str, dict[str, bool]], urls: Iterable[str]) -> dict[str, bool]:
    together: dict[str, bool] = {}
    for url in urls:
        together |= seen.get(url, {})
    return together


def _seen(db: Database, site: str, kind: str) -> dict[str, dict[str, bool]]:
    """By page: which articles were ever seen on it, and whether each is archived."""
    seen: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for page, article, stored in db.execute(_SEEN, [site, kind]):
        seen[page][article] = bool(stored)
    return seen


def _files(db: Database, site: str) -> Files:
    asked = {_bare(row["url"]): Missing(row["url"], row["state"], row["reason"]) for row in db.query(_KEPT, [site])}
    elsewhere: Counter[str] = Counter()
    for (url,) in db.execute(_WANTED, {"site": site}):
        bare = _bare(file_address(url))
        if bare not in asked:
            elsewhere[bare.partition("/")[0] or url[:40]] += 1
    captured = sum(one.state == "done" for one in asked.values())
    missing = sorted((one for one in asked.values() if one.state != "done"), key=lambda one: (one.state, one.url))
    return Files(captured, missing, dict(elsewhere.most_common()))


def _bare(url: str) -> str:
    """Without scheme and ``www.``: one server answers for all forms."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path}{query}"


# A crawl that was cut short and gone on with is one round. The first round of a site walks everything: all is new.
_WALKED = """
    SELECT min(started_at) FROM runs WHERE site = :site AND kind = 'crawl' AND round = (
        SELECT round FROM runs WHERE site = :site AND kind = 'crawl' AND reason = 'finished' AND (
            "full" = 1 OR round = (SELECT min(id) FROM runs WHERE site = :site AND kind = 'crawl')
        ) ORDER BY id DESC LIMIT 1
    )
"""

_NOT_STORED = """
    SELECT url, article, state, reason FROM urls
    WHERE site = ? AND article IS NOT NULL AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = urls.article)
    ORDER BY id
"""

_GONE = """
    SELECT id, url, gone_at AS at, gone_reason AS reason FROM articles
    WHERE site = ? AND gone_at IS NOT NULL ORDER BY gone_at DESC, id
"""

_PAGES = "SELECT url, section, page, state, reason, total FROM urls WHERE site = ? AND role = ? ORDER BY id"
_PAGES_OF_FEEDS = _PAGES.replace("ORDER BY", "AND section IS NOT NULL ORDER BY")

_SOURCES = """
    SELECT url, state, reason, total, capped FROM urls
    WHERE site = ? AND role = ? AND (role <> 'feed' OR section IS NULL) ORDER BY url
"""

_SEEN = """
    SELECT DISTINCT sightings.source_url, target, articles.id IS NOT NULL FROM sightings
    LEFT JOIN articles ON articles.id = sightings.target
    WHERE sightings.site = ? AND sightings.kind = ? AND target IS NOT NULL
"""

_KEPT = "SELECT url, state, reason FROM urls WHERE site = ? AND role IN ('image', 'attachment')"

_WANTED = """
    SELECT DISTINCT url FROM (
        SELECT images.url FROM images JOIN articles ON articles.id = images.article WHERE site = :site
        UNION ALL
        SELECT attachments.url FROM attachments JOIN articles ON articles.id = attachments.article WHERE site = :site
    )
"""
