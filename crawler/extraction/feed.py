"""An RSS or Atom feed as entries; WordPress's list of posts likewise. Pure."""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from crawler.extraction.document import absolute, fold, plain_title
from crawler.extraction.wprest import is_json, read_posts
from crawler.items import Entry, Page


def read_feed(page: Page) -> list[Entry]:
    """The entries in the feed's order: title, address, and the date of publication as the feed prints it.

    What it means depends on the CMS (``feed.precision`` of the layout).

    WordPress's own list of posts, which is JSON, is one too.

    :raises ValueError: when the response is no feed.
    """
    if is_json(page):
        return read_posts(page)
    if _OWN_ENTITY.search(page.body):
        raise ValueError("no feed: it declares entities of its own, which no feed needs")
    charset = f"; charset={page.charset}" if page.charset else ""
    headers = {"content-type": f"{page.media_type or 'application/xml'}{charset}"}
    try:
        # A stream: feedparser takes bytes for a file's name first, and a response must not choose files of ours.
        parsed: Any = feedparser.parse(
            io.BytesIO(page.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
        entries = [_entry(one, page) for one in parsed.entries]
    except Exception as error:  # feedparser fails in many ways, as on &#99999999999;
        raise ValueError(f"no feed: {type(error).__name__}: {error}") from error
    if not parsed.get("version") and not entries:
        reason = parsed.get("bozo_exception") or "neither RSS nor Atom"
        raise ValueError(f"no feed: {reason}")
    return entries


_OWN_ENTITY = re.compile(rb"<!ENTITY\s+[^%\s]")
"""Parameter entities are passed over: Drupal's old feeds name those of XHTML, and never use them."""


def _entry(printed: Any, page: Page) -> Entry:
    return Entry(
        absolute(printed.get("link"), page.final_url),
        plain_title(printed.get("title", "")) or None,
        fold(printed.get("published") or printed.get("updated") or "") or None,
    )
