"""The articles of one page: nearly always one; some union pages print a second complete one under the first. Pure."""

from __future__ import annotations

from lxml import html

from crawler.bylines import is_signature, split_signature
from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.document import Element
from crawler.extraction.related import related_containers
from crawler.extraction.rules import Place, elements
from crawler.layouts import Layout

MOST = 20
"""Articles on one page: what shows more is a listing."""

_LEAST_PROSE = 100
"""Letters of a paragraph of an article; banners, menus and lists have shorter lines."""

_MOST_HEADINGS = 200
"""Headings on one page: what has more is no page of two articles."""


def article_scopes(tree: Element, layout: Layout) -> list[Element]:
    """The elements that hold one article each, in page order; the whole tree when nothing sets articles apart.

    Where several articles share one container, its children are regrouped, so that each has an element of its own.
    The layout's ``split`` finds where another one may begin. What the layout calls a headline by its first choice
    always begins one; any other heading only between two articles that are both complete, else it is a sub-heading.
    """
    scopes = outermost(elements(layout.fields.article, Place(tree))) or [tree]
    if len(scopes) > MOST:
        return scopes
    return [part for scope in scopes for part in _parts(scope, _beginnings(scope, layout))]


def outermost(found: list[Element]) -> list[Element]:
    """Those of the elements that stand in no other of them."""
    chosen = set(found)
    return [element for element in found if not any(around in chosen for around in element.iterancestors())]


def _beginnings(scope: Element, layout: Layout) -> list[Element]:
    fields = layout.fields
    for select in fields.split:
        found = select.elements(scope)
        if not found:
            continue
        if len(found) > _MOST_HEADINGS:
            return []
        if select.source in {choice.source for choice in fields.headline.select[:1]}:
            return found
        bodies = set(elements(fields.body, Place(scope)))
        found = [one for one in found if not any(around in bodies for around in one.iterancestors())]
        return _complete(scope, found, bodies, set(related_containers(layout.related, scope))) if len(found) > 1 else []
    return []


def _complete(scope: Element, headings: list[Element], bodies: set[Element], lists: set[Element]) -> list[Element]:
    """The headings under which a complete article begins: with a body's container, a list of others or a signature."""
    beginnings: list[Element] = []
    begun: Element | None = None
    lines: list[Block] = []
    for heading, under in _sections(scope, headings):
        if begun is None or not any(len(line.text) >= _LEAST_PROSE for line in lines):
            begun, lines = heading, under  # what stands above was a banner
        elif _is_complete(lines, bodies, lists):
            beginnings.append(begun)
            begun, lines = heading, under
        else:
            lines += under
    if begun is not None and _is_complete(lines, bodies, lists, last=True):
        beginnings.append(begun)
    return beginnings


def _sections(scope: Element, headings: list[Element]) -> list[tuple[Element, list[Block]]]:
    """Each heading with the lines under it, up to the next one."""
    sections: list[tuple[Element, list[Block]]] = []
    starts = set(headings)
    for block in read_blocks(scope):
        heading = next((element for element in block.lineage if element in starts), None)
        if heading is not None and (not sections or sections[-1][0] is not heading):
            sections.append((heading, []))
        elif heading is None and sections:
            sections[-1][1].append(block)
    return sections


def _is_complete(lines: list[Block], bodies: set[Element], lists: set[Element], *, last: bool = False) -> bool:
    """``last``: behind the last article the page goes on with menus and its foot."""
    own = [line for line in lines if lists.isdisjoint(line.lineage)]
    if not any(len(line.text) >= _LEAST_PROSE for line in own):
        return False
    if len(own) < len(lines) or any(not bodies.isdisjoint(line.lineage) for line in own):
        return True
    texts = [line.text for line in own if line.kind == "text"]
    return any(is_signature(text, last=True) for text in texts) if last else bool(split_signature(texts)[1])


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
