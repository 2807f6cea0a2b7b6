"""Step 3: what the printed dates mean: of articles, of related lists, of listings, feeds and sitemaps.

The visible date stands above the machine-readable one (NukeViet's are wrong); a machine-readable date of the same day
only makes a visible day more exact. A date after the capture is no date of publication. Whatever is rejected stays in
the evidence with its reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.records import Article, Evidence, Link, Sighting
from crawler.dates import Moment, read_date, read_feed_date, read_machine_date
from crawler.items import Draft, Page, Printed, Reading
from crawler.layouts import Layout

_CLOCKS_DIFFER = timedelta(days=1)
"""A site's clock, or an announcement dated the next morning, may run ahead of ours by so much."""


class DateStep:
    """Fills ``date_*`` of the harvest's articles, their links and the page's sightings."""

    def process_item(self, item: Reading) -> Reading:
        assert item.harvest is not None
        fetched = datetime.fromisoformat(item.page.fetched_at)
        for article, draft in zip(item.harvest.articles, item.drafts, strict=True):
            _date_article(article, draft, item.page.layout, fetched)
            for link in article.links:
                _date(link, _read(link.date_raw, item.page.layout, fetched))
        for sighting in item.harvest.sightings:
            _date(sighting, _read_sighting(sighting, item.page, fetched))
        return item


def _date(target: Link | Sighting, moment: Moment | None) -> None:
    if moment is not None:
        target.date, target.date_precision = moment.iso, moment.precision


def _read_sighting(sighting: Sighting, page: Page, fetched: datetime) -> Moment | None:
    if sighting.date_raw is None:
        return None
    if sighting.kind == "feed":
        return read_feed_date(sighting.date_raw, precision=page.layout.feed.precision)
    if sighting.kind == "sitemap":
        published = page.layout.sitemap.lastmod == "published"
        return read_machine_date(sighting.date_raw) if published else None
    return _read(sighting.date_raw, page.layout, fetched)


def _read(raw: str | None, layout: Layout, fetched: datetime) -> Moment | None:
    """What a date printed for readers means on this site."""
    return read_date(raw, order=layout.date_order, reference=fetched, clock=layout.clock)


def _date_article(article: Article, draft: Draft, layout: Layout, fetched: datetime) -> None:
    published = _read_all(article, "date_published", draft.published, layout, fetched)
    if published:
        printed, moment = _most_exact(published)
        article.date_published, article.date_precision = moment.iso, moment.precision
        article.date_published_raw = printed.raw
        article.date_evidence = "meta" if _is_meta(printed) else "page"
    modified = _read_all(article, "date_modified", draft.modified, layout, fetched)
    if modified:
        article.date_modified = modified[0][1].iso


def _read_all(
    article: Article, field: str, printed: list[Printed], layout: Layout, fetched: datetime
) -> list[tuple[Printed, Moment]]:
    """All readable dates in the order of trust, with an evidence row for each string, readable or not."""
    readable = []
    for one in printed:
        kind = "meta" if _is_meta(one) else "page"
        moment = read_machine_date(one.raw) if kind == "meta" else _read(one.raw, layout, fetched)
        note = None
        if moment is None:
            note = "not read as a date"
        elif moment.value > fetched + _CLOCKS_DIFFER:
            note, moment = f"later than the capture ({moment.iso})", None
        elif moment.weekday_contradicts:
            note = "the printed weekday is another day's"
        if moment is not None:
            readable.append((one, moment))
        article.evidence.append(Evidence(field, one.raw, moment.iso if moment else None, kind, one.where, note))
    return readable


def _most_exact(readable: list[tuple[Printed, Moment]]) -> tuple[Printed, Moment]:
    first = readable[0]
    if first[1].precision == "day":
        for other in readable[1:]:
            if other[1].value.date() == first[1].value.date() and other[1].precision != "day":
                return other
    return first


def _is_meta(printed: Printed) -> bool:
    return printed.where.startswith("meta")
