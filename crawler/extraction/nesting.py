"""A tree of markup that is nested deeper than libxml2 builds trees: it stops at 2048 elements and drops the rest. Pure.

Such depth comes from tags that nobody closes: a ``font`` for each paragraph, a ``div`` for each comment. What can mean
something is kept: elements that have a class or an id, where our rules look, and the blocks that hold text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

_DEEP = 200
"""Elements around one; behind them, what only dresses text and what only wraps its like is left out."""
_DEEPEST = 1_500
"""Elements around one; behind them, elements stand side by side."""
_CYCLE = 4
"""So many elements of a kind of nesting that may repeat: table, tbody, tr, td."""
_DRESS = frozenset(
    {"b", "big", "cite", "code", "em", "font", "i", "ins", "label", "s", "small", "span", "strike", "strong", "sub"}
    | {"sup", "tt", "u"}
)


def is_too_deep(parser: etree.HTMLParser) -> bool:
    """Whether the parser gave up at one of its limits and what it built is only the beginning of the page."""
    return bool(parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT]))


def parse_flat(markup: bytes) -> etree._Element:
    """The tree of a page in UTF-8, however deep its markup is."""
    target: Any = _FlatBuilder()
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, target=target)
    root: etree._Element = etree.fromstring(markup, parser)
    return root


class _FlatBuilder:
    """A parser's target that builds no deep tree. Every open tag is built, left out, or built beside the one before."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        self._is_built: list[bool] = []
        self._depth = 0
        self._beside: str | None = None
        self._empty: list[str] = []
        """The open elements around this place, innermost last, that hold no text before it."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        is_bare = "class" not in attributes and "id" not in attributes
        left_out = self._depth >= _DEEP and is_bare and (tag in _DRESS or tag in self._empty[-_CYCLE:])
        self._is_built.append(not left_out)
        if left_out:
            return
        if self._depth >= _DEEPEST:
            self._close_beside()
            self._beside = tag
        self._depth += 1
        self._empty.append(tag)
        self._builder.start(tag, dict(attributes))

    def end(self, tag: str) -> None:
        if not self._is_built.pop():
            return
        self._depth -= 1
        self._close_beside()
        if self._depth < _DEEPEST:
            self._builder.end(tag)
        if self._empty and self._empty[-1] == tag:
            self._empty.pop()

    def data(self, text: str) -> None:
        if not text.isspace():
            self._empty.clear()
        self._builder.data(text)

    def close(self) -> etree._Element:
        return self._builder.close()

    def _close_beside(self) -> None:
        if self._beside is not None:
            self._builder.end(self._beside)
            self._beside = None
