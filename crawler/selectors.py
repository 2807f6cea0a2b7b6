"""Selectors and patterns as profiles write them, compiled when the profile is read. No I/O.

A selector is CSS as Scrapy users write it (``h1.title::text``, ``a::attr(href)``) unless it begins with ``/``, ``./``
or ``(``: then it is XPath, in which ``has-class("a")`` and regular expressions (``re:test``) work too.
"""

from __future__ import annotations

import re
import sys
from typing import Any, cast

from cssselect import SelectorError
from lxml import etree
from msgspec import Struct
from parsel.csstranslator import HTMLTranslator
from parsel.xpathfuncs import setup as _register_has_class

_register_has_class()
_TRANSLATOR = HTMLTranslator()
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_XPATH_STARTS = ("/", "./", "(", "..")
_HAS_CLASS = re.compile(r"""\bhas-class\("([^"']+)"\)""")
_SAME_IN_XPATH = r"""contains(concat(" ", normalize-space(@class), " "), " \1 ")"""
"""parsel's function is asked in Python for each element, this is not."""

Found = etree._Element | str


def as_xpath(source: str) -> str:
    """The XPath of a selector, to stand in a longer one.

    :raises SelectorError: it is neither an XPath by its beginning nor CSS.
    """
    return source if source.startswith(_XPATH_STARTS) else _TRANSLATOR.css_to_xpath(source)


class Select:
    """One selector; calling it on an element gives the matching elements or strings in document order.

    ``where`` is the file and the key that it stands at, once a profile was made of it.

    :raises ValueError: when the text is neither CSS nor XPath that lxml can compile.
    """

    __slots__ = ("_compiled", "source", "where")

    def __init__(self, source: str) -> None:
        self.source, self.where = source, ""
        try:
            path = _HAS_CLASS.sub(_SAME_IN_XPATH, as_xpath(source))
            self._compiled = etree.XPath(path, namespaces=_NAMESPACES, smart_strings=False)
        except (SelectorError, etree.XPathError) as error:
            raise ValueError(f"{source!r} is neither a CSS selector nor an XPath: {error}") from error

    def __call__(self, element: etree._Element) -> list[Found]:
        found = self._compiled(element)
        return cast("list[Found]", found) if isinstance(found, list) else [str(found)]

    def elements(self, element: etree._Element) -> list[etree._Element]:
        """Only the elements among what matches."""
        return [found for found in self(element) if isinstance(found, etree._Element)]

    def __repr__(self) -> str:
        return f"Select({self.source!r})"


class Pattern:
    """One regular expression, case-insensitive, as a profile writes it, with the methods of ``re.Pattern``.

    It is only used by these: :mod:`crawler.endless` knows by them which pattern is running. ``where`` as of a selector.

    :raises ValueError: when Python's ``re`` cannot compile it.
    """

    __slots__ = ("regex", "source", "where")

    def __init__(self, source: str) -> None:
        self.source, self.where = source, ""
        try:
            self.regex = re.compile(source, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{source!r} is no regular expression: {error}") from error

    def match(self, text: str) -> re.Match[str] | None:
        """The match that begins where the text does."""
        return self.regex.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match that is the whole text."""
        return self.regex.fullmatch(text)

    def search(self, text: str, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match in the text's first ``end`` characters."""
        return self.regex.search(text, 0, end)

    def sub(self, replacement: str, text: str) -> str:
        """The text with a replacement for each match."""
        return self.regex.sub(replacement, text)

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"


def name_places(rules: Any, place: str, written: Any, below: str) -> None:
    """Tell all patterns and selectors of a part of a layout where they stand.

    :param place: the file and key of this part in a site's profile.
    :param written: what the profile writes there, None where that is no table.
    :param below: the file and key of the same part in the family, where all stands that the profile does not write.
    """
    if isinstance(rules, Pattern | Select):
        rules.where = place
    elif isinstance(rules, tuple):
        for number, one in enumerate(rules):
            name_places(one, f"{place}[{number}]", written, below)
    elif isinstance(rules, dict | Struct):
        inside = rules if isinstance(rules, dict) else {name: getattr(rules, name) for name in rules.__struct_fields__}
        for key, one in inside.items():
            if isinstance(written, dict) and key not in written:
                name_places(one, f"{below}.{key}", None, "")
            else:
                deeper = written[key] if isinstance(written, dict) else None
                name_places(one, f"{place}.{key}", deeper, f"{below}.{key}")
