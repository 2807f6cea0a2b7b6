"""A sitemap or an index of sitemaps (sitemaps.org 0.9, with Google's news extension) as entries. Pure.

A sitemap is a stranger's XML: no entity is resolved, nothing is loaded, what is unpacked is bounded.
"""

from __future__ import annotations

import re
import zlib

from lxml import etree

from crawler.extraction.document import absolute, fold
from crawler.items import Entry, Page

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)")
_LARGEST = 50 * 1024 * 1024
"""Bytes unpacked: the protocol's own limit."""


def read_sitemap(page: Page) -> tuple[list[Entry], list[str]]:
    """The addresses in it with their ``lastmod`` (or the news extension's date and title), and further sitemaps.

    :raises ValueError: when the response is no sitemap.
    """
    # One unescaped & in an address must neither cut that address nor cost the other 999.
    body = _BARE_AMPERSAND.sub(b"&amp;", _unpacked(page.body)).lstrip()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    if b"<!ENTITY" in body:
        raise ValueError("no sitemap: it declares entities of its own, which no sitemap needs")
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"no sitemap: {error}") from error
    kind = etree.QName(root).localname if root is not None and isinstance(root.tag, str) else None
    if kind not in {"urlset", "sitemapindex"}:
        raise ValueError(f"no sitemap: expected urlset or sitemapindex, found {kind or 'no XML'}")
    entries: list[Entry] = []
    further: list[str] = []
    for child in root:
        parts = [part for part in child.iter() if isinstance(part.tag, str)]
        # An entity that was not resolved is a child: what is left of such a text is not the text.
        texts = {etree.QName(part).localname: part.text or "" for part in parts if len(part) == 0}
        address = absolute(texts.get("loc"), page.final_url)
        if address is None:
            continue
        if kind == "sitemapindex":
            further.append(address)
        else:
            date = fold(texts.get("publication_date") or texts.get("lastmod") or "")
            entries.append(Entry(address, fold(texts.get("title", "")) or None, date or None))
    return entries, further


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, _LARGEST)
    except zlib.error as error:
        raise ValueError(f"broken gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise ValueError(f"more than {_LARGEST} bytes unpacked")
    return plain
