"""What else stands in or beside the text: boxes that every page prints there, and the picture above it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from crawler.bylines import is_signature
from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.captions import marked_captions, plain_captions
from crawler.extraction.document import Element, text_of
from crawler.learning.induction import further, induce, matches
from crawler.learning.specimen import Specimen
from crawler.learning.views import View, chain

_MOSTLY = 0.5
_LONGEST_CAPTION = 320


def learn_drops(specimens: Sequence[Specimen]) -> list[str]:
    """Selectors of what stands inside the text's element and is none of it: what readers have written, and what says
    the same on most pages."""
    groups: defaultdict[tuple[str, ...], dict[View, Element]] = defaultdict(dict)
    own: set[tuple[str, ...]] = set()
    for specimen in specimens:
        inside = [line for line in specimen.view.lines if line.element in specimen.held]
        own |= {chain(line.element) for line in inside if not _is_frame(line, specimen)}
        for line in inside:
            if _is_frame(line, specimen):
                element = _outermost(line, specimen, inside)
                groups[chain(element)].setdefault(specimen.view, element)
    found = _comments(specimens)
    for place, elements in groups.items():
        if place in own or len(elements) < max(2, _MOSTLY * len(specimens)):
            continue
        marks = {one.view: elements.get(one.view) for one in specimens}
        rule = induce(marks)
        if rule is not None and not any(
            _holds_own(element, one) for one in specimens for element in matches(rule.select, one.view)
        ):
            found.append(rule.select)
    return list(dict.fromkeys(found))


def _comments(specimens: Sequence[Specimen]) -> list[str]:
    """Selectors of what readers have written inside the text's element, by name: where it stands is counted, another
    box would be taken for it."""
    marks: dict[View, Element | None] = {
        one.view: next((element for element in one.view.comments if element in one.held), None) for one in specimens
    }
    rule = induce(marks) if any(element is not None for element in marks.values()) else None
    sure = rule is not None and rule.wrong == rule.beyond == 0 and not rule.is_counted
    return [rule.select] if rule is not None and sure else []


def _is_frame(line: Block, specimen: Specimen) -> bool:
    return specimen.frame.is_frame(line) and not is_signature(line.text, last=True)


def _outermost(line: Block, specimen: Specimen, inside: Sequence[Block]) -> Element:
    """The widest element around a line, inside the text's, that holds nothing but the site's frame."""
    own = {around for other in inside if not _is_frame(other, specimen) for around in _around(other.element)}
    element = line.element
    while (around := element.getparent()) is not None and around is not specimen.container and around not in own:
        element = around
    return element


def _around(element: Element) -> list[Element]:
    return [element, *element.iterancestors()]


def _holds_own(element: Element, specimen: Specimen) -> bool:
    held = set(element.iter())
    return any(line.element in held and not specimen.frame.is_frame(line) for line in specimen.view.lines) or (
        specimen.headline is not None and specimen.headline.element in held
    )


def learn_lead(specimens: Sequence[Specimen]) -> dict[str, Any]:
    """The rules ``lead_image`` and ``lead_caption``: the picture between headline and text, and the line under it."""
    pictures: dict[View, Element | None] = {}
    captions: dict[View, Element | None] = {}
    repeated = Counter(
        image.get("src", "")
        for one in specimens
        for image in {i.get("src", ""): i for i in one.view.body.iter("img")}.values()
    )
    for one in specimens:
        pictures[one.view] = captions[one.view] = None
        if one.headline is None or one.container is None or one.wraps:
            continue
        start, end = one.view.order[one.headline.element], one.view.order[one.container]
        blocks = one.view.blocks
        for place, block in enumerate(blocks):
            at = one.view.order[block.element]
            if block.kind != "image" or not start < at < end or repeated[block.element.get("src", "")] > _FEW:
                continue
            pictures[one.view] = block.element
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            if (
                after is not None
                and after.kind == "text"
                and is_caption(after, block)
                and one.view.order[after.element] < end
            ):
                captions[one.view] = after.element
            break
    if sum(element is not None for element in pictures.values()) < _FEW:
        return {}
    rules: dict[str, Any] = {}
    if found := induce(pictures, unique=True):
        rules["lead_image"] = {"select": [found.select, *further(found, pictures)], "basis": "seen"}
        known = {view: element for view, element in captions.items() if element is not None}
        if len(known) > 1 and (
            named := induce(captions, unique=True, fits=lambda v, e: text_of(e) == text_of(known[v]))
        ):
            rules["lead_caption"] = {"select": [named.select, *further(named, captions)], "basis": "seen"}
    return rules


_FEW = 2


def has_no_plain_captions(specimens: Sequence[Specimen]) -> bool:
    """Whether pictures without a marked caption mostly have none: then a plain line under a picture is text.

    So it is where most such pictures have no short line near them, and where the site's editors mark their captions.
    """
    plain = bare = marked = 0
    for one in specimens:
        if one.container is None:
            continue
        blocks = read_blocks(one.container)
        found = marked_captions(blocks)
        marked += len(found) + _has_marked_lead(one)
        if found:
            continue
        plain += len(plain_captions(blocks, found))
        bare += sum(block.kind == "image" for block in blocks)
    if marked >= _MARKED and marked > _HABIT * plain:
        return plain < max(_FEW, _NEARLY_ALL * bare)
    return bare >= _MARKED and plain < _CAPTIONED * bare


def _has_marked_lead(specimen: Specimen) -> bool:
    """Whether the picture between headline and text has a caption in an element made for captions."""
    if specimen.headline is None or specimen.container is None or specimen.wraps:
        return False
    start, end = specimen.view.order[specimen.headline.element], specimen.view.order[specimen.container]
    captions = specimen.view.body.iter("figcaption")
    return any(start < specimen.view.order[one] < end and text_of(one) for one in captions)


_MARKED = 3
"""Pictures on all pages: fewer tell nothing of the editors' habit."""
_HABIT = 3
"""So many times more marked captions than plain lines that may be some: then these are text, unless nearly all pictures
have one that have no marked caption: another editor's, on other pages."""
_NEARLY_ALL = 0.8
_CAPTIONED = 0.6
"""Share of the pictures. Where fewer have a short line under them, it is a paragraph that happens to be short."""


def is_caption(line: Block, image: Block) -> bool:
    """Whether a line is the picture's caption: it stands with it in an element of their own."""
    if image.kind != "image" or line.kind != "text":
        return False
    if len(line.text) > _LONGEST_CAPTION or line.linked > 0.5:
        return False
    for holder in list(image.element.iterancestors())[:_MOST_AROUND]:
        if line.element is holder or line.element in set(holder.iter()):
            return holder.tag != "body" and len(text_of(holder)) <= len(line.text) + _EDGES
    return False


_MOST_AROUND = 6
_EDGES = 10
"""Letters that such an element may hold beside the caption."""
