"""Step 2: what a page and its articles are: capture, ids, addresses, link targets, and the plain text fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from archive.records import (
    Address,
    Article,
    Attachment,
    Capture,
    Evidence,
    Found,
    Harvest,
    Image,
    Link,
    Media,
    Role,
    Sighting,
    Visit,
)
from archive.vietnamese import fold
from crawler.extraction.numbers import MOST_VIEWS, whole_number
from crawler.items import Draft, Page, Reading
from crawler.pages import NOT_MODIFIED
from crawler.pipelines.visits import visit_of
from crawler.urls import KnownSites, SiteAddresses, article_id

_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+", re.ASCII)


class IdentityStep:
    """Makes the Harvest: everything but dates and names."""

    def __init__(self, addresses: SiteAddresses, known: KnownSites) -> None:
        self._addresses = addresses
        self._known = known

    def process_item(self, item: Reading) -> Reading:
        page = item.page
        harvest = Harvest(_capture(item), hops=_hops(page))
        for draft in item.drafts:
            harvest.articles.append(self._article(page, draft))
        harvest.found = [*self._found(page), *self._files(page, harvest.articles)]
        harvest.visit = visit_of(item, harvest.capture, self._addresses)
        if harvest.visit.state == "gone":
            harvest.capture.outcome, harvest.capture.reason = "gone", harvest.visit.reason
        harvest.addresses = self._page_addresses(page, harvest.articles)
        harvest.sightings = self._sightings(page)
        item.harvest = harvest
        return item

    def _article(self, page: Page, draft: Draft) -> Article:
        assert draft.headline is not None
        url, key = self._own_address(page, draft)
        if draft.ordinal:
            key += "#" + re.sub(r"\W+", "-", fold(draft.headline.raw)).strip("-")
        article = Article(
            id=article_id(page.profile.name, key),
            site=page.profile.name,
            key=key,
            url=url,
            headline=draft.headline.raw,
            body="\n\n".join(draft.body),
            kind=draft.kind,
            description=draft.sapo.raw if draft.sapo else None,
            section=draft.section,
            keywords=draft.keywords,
            language=draft.language or page.profile.language,
            rights=draft.rights.raw if draft.rights else None,
            images=[Image(i.url, i.caption, None, i.width, i.height) for i in draft.images],
            attachments=[Attachment(a.url, a.title, a.media_type) for a in draft.attachments],
            media=[Media(m.url, m.kind, m.title) for m in draft.media],
            profile_version=f"{page.layout.version}+{page.profile.digest[:12]}",
        )
        self._add_links(article, page, draft)
        _add_view_count(article, draft)
        for field, printed in (
            ("headline", draft.headline),
            ("description", draft.sapo),
            ("rights", draft.rights),
        ):
            if printed is not None:
                article.evidence.append(Evidence(field, printed.raw, printed.raw, "page", printed.where))
        article.evidence += [Evidence("body", "", None, "page", "body", note) for note in draft.notes]
        return article

    def _own_address(self, page: Page, draft: Draft) -> tuple[str, str]:
        """The article's canonical address and its key. A rel=canonical is believed when it names the same article."""
        key = self._addresses.key(page.final_url) or page.final_url
        if draft.canonical and draft.canonical != page.final_url:
            canonical = self._addresses.normalise(draft.canonical, page.final_url)
            if canonical and self._addresses.role(canonical) == "article" and self._addresses.key(canonical) == key:
                return canonical, key
        return page.final_url, key

    def _add_links(self, article: Article, page: Page, draft: Draft) -> None:
        for position, link in enumerate(draft.links):
            url, target = self._resolve(link.url, page)
            article.links.append(Link(url, link.title, link.relation, position, target, date_raw=link.date_raw))

    def _resolve(self, url: str | None, page: Page) -> tuple[str | None, str | None]:
        if url is None:
            return None, None
        own = self._addresses.normalise(url, page.final_url)
        if own is not None:
            return own, self._addresses.article(own)
        return self._known.article(url) or (url, None)

    def _page_addresses(self, page: Page, articles: list[Article]) -> list[Address]:
        """Every address on the page that stands for an article, by the rules of the site."""
        linked = [url for url, role in page.links if role == "article"]
        site = page.profile.name
        found = {url: target for url in (*linked, *page.views) if (target := self._addresses.article(url)) is not None}
        answered: set[str] = set()
        if articles:
            answered = {page.url, page.final_url}
            found |= dict.fromkeys((*answered, articles[0].url), articles[0].id)
        return [Address(site, url, target, url in answered) for url, target in found.items()]

    def _found(self, page: Page) -> list[Found]:
        unique = dict(reversed(page.links))  # the role under which an address stands first
        linked = [self._addresses.found(url, unique[url]) for url in dict.fromkeys(url for url, _ in page.links)]
        return [*linked, *page.posts]

    def _files(self, page: Page, articles: list[Article]) -> Iterator[Found]:
        """The pictures and documents of the page's articles that the profile wants kept and the site itself holds."""
        parts: dict[Role, list[str]] = {
            "image": [image.url for article in articles for image in article.images],
            "attachment": [one.url for article in articles for one in article.attachments],
        }
        for role in page.profile.crawl.keep:
            for url in dict.fromkeys(map(self._addresses.file, parts[role])):
                if url is not None:
                    yield Found(url, role)

    def _sightings(self, page: Page) -> list[Sighting]:
        if page.role not in {"listing", "feed", "sitemap"}:
            return []
        return [
            Sighting(
                site=page.profile.name,
                source_url=page.final_url,
                kind=page.role,
                url=entry.url,
                target=self._addresses.article(entry.url) if entry.url else None,
                title=entry.title,
                date=None,
                date_raw=entry.date_raw,
                date_precision=None,
            )
            for entry in page.entries
        ]


def bare_harvest(page: Page, reason: str) -> Harvest:
    """What is kept of a page that broke a step: its captures, the reason, and that its address is to be tried again."""
    reading = Reading(page, failure=reason)
    visit = Visit(page.url, page.role, "failed", steps=page.errand.steps if page.errand else 0, reason=reason)
    return Harvest(_capture(reading), hops=_hops(page), visit=visit)


def _capture(reading: Reading) -> Capture:
    """The request that brought the page, and what became of it."""
    page = reading.page
    sent = page.errand.captures if page.errand else []
    outcome: str = page.role
    if page.refused is not None:
        outcome = "refused"
    elif page.status == NOT_MODIFIED:
        outcome = "unchanged"
    elif page.error is not None and (page.status == 0 or page.status >= 400):
        outcome = "error"
    elif reading.failure is not None:
        outcome = "unextractable"
    capture = sent[-1] if sent and page.refused is None else _unrecorded(page)
    return replace(capture, outcome=outcome, reason=reading.failure or page.note, media_type=page.media_type)


def _hops(page: Page) -> list[Capture]:
    sent = page.errand.captures if page.errand else []
    return sent if page.refused is not None else sent[:-1]


def _unrecorded(page: Page) -> Capture:
    """A page that was not fetched through the recorder, or not fetched at all."""
    return Capture(
        site=page.profile.name,
        url=page.url,
        final_url=page.final_url,
        role=page.role,
        fetched_at=page.fetched_at,
        status=page.status,
        media_type=page.media_type,
        size=len(page.body),
        sha256=hashlib.sha256(page.body).hexdigest(),
        outcome=page.role,
        payload=page.body or None,
    )


def _add_view_count(article: Article, draft: Draft) -> None:
    if draft.view_count is None:
        return
    printed = draft.view_count
    found = _NUMBER.search(printed.raw)
    article.view_count = whole_number(re.sub(r"\D", "", found.group()), MOST_VIEWS) if found else None
    value, note = (str(article.view_count), None) if article.view_count is not None else (None, "not read as a number")
    article.evidence.append(Evidence("view_count", printed.raw, value, "page", printed.where, note))
