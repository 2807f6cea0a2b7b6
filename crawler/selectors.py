"""Selectors and patterns as profiles write them, compiled when the profile is read. No I/O.

A selector is CSS as Scrapy users write it (``h1.title::text``, ``a::attr(href)``) unless it begins with ``/``, ``./``
or ``(``: then it is XPath, in which ``has-class("a")`` and regular expressions (``re:test``) work too.
"""

from __future__ import annotations

import re
from typing import cast

from cssselect import SelectorError
from lxml import etree
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

    :raises ValueError: when the text is neither CSS nor XPath that lxml can compile.
    """

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
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
    """One regular expression, case-insensitive, as a profile writes it.

    :raises ValueError: when Python's ``re`` cannot compile it.
    """

    __slots__ = ("regex", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self.regex = re.compile(source, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{source!r} is no regular expression: {error}") from error

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"
