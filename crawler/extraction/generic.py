"""What a generic extractor makes of a page: one more piece of evidence, never a value by itself. Pure."""

from __future__ import annotations

import copy
from collections.abc import Collection

from lxml import etree, html
from trafilatura.metadata import extract_metadata

from crawler.extraction.document import Element, fold
from crawler.items import Printed


def generic_author(tree: Element, scope: Element, site_names: Collection[str]) -> Printed | None:
    """The author that trafilatura finds in the page's head and the article's marked-up names.

    On a whole page that search is the dearest part of trafilatura's metadata, so it sees only what can hold an author:
    the metas and the elements named so. ``site_names`` are the site's own, which some CMSs print as the author.
    """
    small = html.Element("html")
    head: Element = etree.SubElement(small, "head")
    for meta in tree.iter("meta"):
        if fold(meta.get("content", "")) not in site_names:
            head.append(copy.copy(meta))
    body = etree.SubElement(small, "body")
    for element in _NAMED(scope):
        part = etree.SubElement(body, "div")
        part.append(copy.copy(element))
    found = extract_metadata(small, extensive=False)
    return Printed(fold(found.author), "trafilatura") if found.author else None


_NAMED = etree.XPath(
    "descendant::*[self::a or self::address or self::div or self::p or self::span or self::strong or self::time]"
    "[contains(@class, 'author') or contains(@itemprop, 'author') or contains(@rel, 'author')"
    " or contains(@class, 'byline') or contains(@id, 'author')][string-length(.) < 200]"
)
