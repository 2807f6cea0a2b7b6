"""Page bytes and a layout in, strings as printed out. Nothing in here asks the network, a database or a clock.

The spider may use ``document``, ``listing``, ``feed`` and ``sitemap``; the pipeline uses :func:`extract`. Conclusions
(what a date means, who a byline names) are drawn elsewhere.
"""

from __future__ import annotations

import logging
import re

from crawler.extraction.body import BodyReader
from crawler.extraction.document import Element, base_address, fold, parse
from crawler.extraction.fields import FieldReader, Surroundings
from crawler.extraction.generic import generic_author
from crawler.extraction.missing import is_message, why_missing
from crawler.extraction.pages import MOST, article_scopes
from crawler.extraction.related import read_related
from crawler.items import Draft, Page, Reading

__all__ = ["extract"]

logger = logging.getLogger(__name__)


def extract(page: Page, tree: Element | None = None) -> Reading:
    """The drafts of an article page, in page order, and the reason why it gives none or not all of them.

    A draft's ordinal is the place of its container on the page: one that cannot be read today keeps its place.

    ``tree``: the page as :func:`crawler.extraction.document.parse` gave it, where that is known; it is taken apart.
    """
    tree = parse(page) if tree is None else tree
    fields = page.layout.fields
    for select in fields.unless:
        if select(tree):
            reason = f"the page says that it is no article: {select.source}"
            return Reading(page, failure=reason, missing=reason)
    for select in fields.drop:
        for element in select.elements(tree):
            _drop(element)
    scopes = article_scopes(tree, page.layout)
    if len(scopes) > MOST:
        return Reading(page, failure=f"no article: {len(scopes)} containers of articles make a listing")
    around = Surroundings(page, tree, base_address(page, tree), alone=len(scopes) == 1)
    reading = Reading(page)
    failures = []
    for ordinal, scope in enumerate(scopes):
        draft = Draft(ordinal=ordinal, language=_language(tree), canonical=_canonical(tree))
        draft.notes += [page.converted] if page.converted else []
        failure = _read(draft, scope, around)
        if failure is None and (message := is_message(draft)):
            failure = reading.missing = message
        if failure is None:
            reading.drafts.append(draft)
        else:
            failures.append(failure if len(scopes) == 1 else f"article {ordinal + 1} of {len(scopes)}: {failure}")
        for note in draft.notes:
            logger.debug("%s: %s", page.url, note)
    reading.failure = "; ".join(failures) or None
    if reading.drafts:
        reading.missing = None
    elif missing := reading.missing or why_missing(page, tree):
        reading.failure = reading.missing = missing
    return reading


def _read(draft: Draft, scope: Element, around: Surroundings) -> str | None:
    """Fills one draft; the reason when it is no article."""
    fields = FieldReader(scope, around, draft)
    headline = fields.headline()
    if headline is None:
        return "no headline: its rule gives nothing, and no line is like the page's title"
    fields.read()
    body = BodyReader(fields)
    failure = body.read(headline)
    if failure is not None:
        return failure
    wider = around.tree if around.alone else scope
    draft.links += read_related(around.page.layout.related, body.lists, scope, around.base, wider=wider)
    if not draft.bylines:
        draft.generic_author = generic_author(around.tree, scope, around.site_names)
    if body.container_missing and not _is_proven(draft, around):
        return "no body: its container is missing, and nothing else on the page proves it an article"
    return None


def _is_proven(draft: Draft, around: Surroundings) -> bool:
    """Whether a page of unknown markup shows what only articles have; error pages and listings have a title too."""
    listed = [link for link in draft.links if link.relation != "inline"]
    signs = (draft.published, draft.view_count, draft.bylines, draft.source, listed, around.says_article)
    return any(signs) and any(len(paragraph) >= _LEAST_PROSE for paragraph in draft.body)


_LEAST_PROSE = 100
"""Letters of one paragraph: menus and error messages are shorter."""


def _drop(element: Element) -> None:
    """Takes an element out and leaves the text behind it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _language(tree: Element) -> str | None:
    """The primary language subtag (BCP 47); None where the page states none: ``{LANG}``, an empty string."""
    stated = _LANGUAGE.fullmatch(fold(tree.get("lang", "")))
    return stated[1].lower() if stated else None


_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]*)?", re.IGNORECASE | re.ASCII)


def _canonical(tree: Element) -> str | None:
    link = next((link for link in tree.iter("link") if "canonical" in link.get("rel", "").lower().split()), None)
    return (link.get("href") or "").strip() or None if link is not None else None
