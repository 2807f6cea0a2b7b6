"""A page's tree whose text is in an encoding that nobody declares: the text is found and converted in place. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from crawler.extraction.encodings import TCVN3, may_be_legacy, reread

TEXT_ATTRIBUTES = ("alt", "title", "content")
"""Attributes that hold text; all others hold addresses and names, which the server must know again."""

_CODE = frozenset({"script", "style"})
_CAPITAL_FONT = re.compile(r"\.vn\w*h\b", re.IGNORECASE)
"""The ABC fonts whose small letters look like capitals: .VnTimeH, .VnArialH."""


def convert_legacy_text(tree: etree._Element) -> str | None:
    """Makes Unicode of what is Vietnamese only in another encoding; the note that says so, None where nothing is."""
    if not may_be_legacy(etree.tostring(tree, method="text", encoding="unicode")):
        return None
    places = [place for element in tree.iter() for place in _places(element)]
    found = reread([text for _, _, text in places])
    if found is None:
        return None
    capital = _in_capital_fonts(tree) if TCVN3 in found.names else set()
    for (element, name, _), text in zip(places, found.pieces, strict=True):
        if text is None:
            continue
        if name == "text":
            element.text = text.upper() if element in capital else text
        elif name == "tail":
            element.tail = text.upper() if element.getparent() in capital else text
        else:
            element.set(name, text)
    return found.note


def _places(element: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """Where an element holds text for readers: itself, the kind of place, the text."""
    if element.tail:
        yield element, "tail", element.tail
    if element.tag in _CODE:
        return
    if element.text:
        yield element, "text", element.text
    for name in TEXT_ATTRIBUTES:
        if value := element.get(name):
            yield element, name, value


def _in_capital_fonts(tree: etree._Element) -> set[etree._Element]:
    """The elements whose text is shown in such a font: those that name it, and all in them."""
    found: set[etree._Element] = set()
    for element in tree.iter():
        font = f"{element.get('face', '')};{element.get('style', '')}"
        if element.getparent() in found or _CAPITAL_FONT.search(font):
            found.add(element)
    return found
