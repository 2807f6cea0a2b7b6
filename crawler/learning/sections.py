"""Words of articles' addresses that name a section, though all articles seen are of that one. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from crawler.learning.shapes import Address

_LETTER = re.compile(r"[^\W\d_]")


def maybe_sections(articles: Sequence[Address], listings: Sequence[Address], others: Sequence[Address]) -> set[str]:
    """Words at places of articles' addresses where listings name sections.

    :param articles: of one shape.
    :param others: addresses that are no articles. Where one of the same shape has another word at the place, the word
        is what tells articles from them, and no section's.
    """
    named: defaultdict[tuple[object, int], set[str]] = defaultdict(set)
    for one in listings:
        if one.segments and one.segments[-1].kind == "words":
            named[one.kind, len(one.segments) - 1].add(one.segments[-1].text)
    places = {place for (_, place), words in named.items() if len(words) > 1}
    alike = [one for one in others if one.kind == articles[0].kind]
    found = set()
    for place, segment in enumerate(articles[0].segments[:-1]):
        apart = any(one.segments[place].text != segment.text for one in alike)
        if place in places and segment.kind == "words" and _LETTER.search(segment.text) and not apart:
            found.add(segment.text)
    return found
