"""Step 1: a Page becomes a Reading: what it prints, string by string. Calls the pure extraction, keeps what fails."""

from __future__ import annotations

import logging

from crawler.extraction import extract
from crawler.items import Page, Reading
from crawler.pages import NOT_MODIFIED

logger = logging.getLogger(__name__)


class ExtractStep:
    """Only article pages are read; all others pass with what the spider found on them."""

    def process_item(self, item: Page) -> Reading:
        if item.role != "article" or item.error is not None or item.status == NOT_MODIFIED:
            return Reading(item, failure=item.error)
        try:
            return extract(item, item.take_tree())
        except Exception as error:
            # One page that breaks the reader must cost neither the crawl nor the page: it is kept with the reason.
            logger.exception("%s: could not be read", item.url)
            return Reading(item, failure=f"could not be read: {type(error).__name__}: {error}")
