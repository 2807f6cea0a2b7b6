"""What a listing (front page, section, keyword page) prints about articles: address, title, date. Pure."""

from __future__ import annotations

import re

from crawler.extraction.blocks import read_blocks
from crawler.extraction.document import Element, absolute, base_address, fold, is_hidden, text_of
from crawler.extraction.numbers import whole_number
from crawler.extraction.related import read_date, without_date
from crawler.items import Entry, Page
from crawler.layouts import Listing
from crawler.urls import SiteAddresses


def read_listing(page: Page, tree: Element) -> list[Entry]:
    """The articles that a listing names, each address once, normalised.

    First the entries that the layout's ``listing`` rules find, in page order; then every other link to an article with
    a title (CMSs have more list forms than a profile knows); its date is one that stands alone beside it, in an element
    that holds no other link.
    """
    base = base_address(page, tree)
    addresses = SiteAddresses(page.profile, page.layout)
    known: dict[str, Entry] = {}

    def is_new(link: Element) -> str | None:
        url = addresses.normalise(absolute(link.get("href"), base) or "")
        return url if url is not None and url not in known and addresses.key(url) is not None else None

    for item in page.layout.listing.item.elements(tree) if page.layout.listing.item is not None else []:
        link, title, date = _by_rules(page.layout.listing, item)
        if link is not None and (url := is_new(link)):
            known[url] = Entry(url, without_date(title, date) or None, date)
    for link in tree.iter("a"):
        title = _title(link)
        if len(title) >= _LEAST_TITLE and not is_hidden(link) and (url := is_new(link)):
            date = _date_near(link)
            known[url] = Entry(url, without_date(title, date), date)
    return list(known.values())


def read_total(page: Page, tree: Element) -> int | None:
    """How many articles the listing says that its section has; None where the layout does not say where it does."""
    rules = page.layout.listing
    for place in rules.total(tree) if rules.total is not None else []:
        found = rules.total_capture.search(place if isinstance(place, str) else text_of(place))
        if found:
            return whole_number(re.sub(r"\D", "", found[1]), _MOST_ARTICLES)
    return None


def _by_rules(rules: Listing, item: Element) -> tuple[Element | None, str, str | None]:
    titles = rules.title.elements(item) if rules.title is not None else []
    links = [link for link in [*titles, *item.iter("a")] if link.get("href")]
    title = next((text for text in [*map(text_of, titles), *map(_title, links)] if text), "")
    return (links[0] if links else None), title, read_date(rules.date, rules.date_capture, item)


def _title(link: Element) -> str:
    """The link's text; its ``title`` where the text is that and a number or label before it."""
    text, title = text_of(link), fold(link.get("title", ""))
    return title if title and title in text else text


def _date_near(link: Element) -> str | None:
    around: Element | None = link
    for _ in range(_NEAR):
        around = around.getparent() if around is not None else None
        if around is None or around.tag not in _ENTRY_TAGS:
            return None
        if any(other is not link and text_of(other) for other in around.iter("a")):
            return None
        for line in read_blocks(around):
            if found := _DATE_LINE.fullmatch(fold(line.text.replace(text_of(link), " ", 1))):
                return found[1]
    return None


_DATE_LINE = re.compile(
    r"[\s(\[|–-]*(?:(?:ngày đăng|đăng ngày|đăng lúc|ngày)\s*:?\s*)?"
    r"((?:\d{1,2}:\d{2}(?::\d{2})?,? (?:ngày )?)?\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}"
    r"(?:,? (?:[-|] )?\d{1,2}:\d{2}(?::\d{2})?)?)[\s)\]|:–-]*",
    re.IGNORECASE,
)
"""A line that is a date and nothing else: dates in a teaser say when something happened, not when it was printed."""
_ENTRY_TAGS = frozenset({"li", "tr", "article", "div", "p", "td", "h2", "h3", "h4"})
_MOST_ARTICLES = 9_999_999
_LEAST_TITLE = 12
"""Letters. Shorter links are menu entries."""
_NEAR = 3
"""So many elements around a link may hold its date."""
