"""The articles of one page: nearly always one; some union pages print a second complete one under the first. Pure."""

from __future__ import annotations

from lxml import html

from crawler.extraction.document import Element
from crawler.extraction.rules import Place, elements
from crawler.layouts import Fields, Rule


def article_scopes(tree: Element, fields: Fields) -> list[Element]:
    """The elements that hold one article each, in page order; the whole tree when nothing sets articles apart.

    Where several articles share one container, its children are regrouped, so that each has an element of its own.
    """
    scopes = elements(fields.article, Place(tree)) or [tree]
    splitting = Rule(select=fields.split)
    return [part for scope in scopes for part in _parts(scope, elements(splitting, Place(scope)))]


def _parts(scope: Element, beginnings: list[Element]) -> list[Element]:
    if len(beginnings) < 2:
        return [scope]
    holder, first_children = _split_level(beginnings)
    parts: list[Element] = []
    for child in list(holder):
        if child in first_children:
            parts.append(html.Element("section"))
            child.addprevious(parts[-1])
        if parts:
            parts[-1].append(child)
    return [smaller for part in parts for smaller in _parts(part, [one for one in beginnings if _holds(part, one)])]


def _holds(part: Element, element: Element) -> bool:
    return any(around is part for around in element.iterancestors())


def _split_level(beginnings: list[Element]) -> tuple[Element, set[Element]]:
    """The innermost element around all beginnings, and its children in which they stand."""
    lineages = [[one, *one.iterancestors()][::-1] for one in beginnings]
    depth = 0
    while all(len(line) > depth + 1 and line[depth + 1] is lineages[0][depth + 1] for line in lineages):
        depth += 1
    return lineages[0][depth], {line[min(depth + 1, len(line) - 1)] for line in lineages}
