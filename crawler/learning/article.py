"""Where an article's page keeps its headline and its text: what other pages call it, where its prose stands. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, text_of
from crawler.learning.views import Repetition, View

_LEAST_PROSE = 60
"""Letters of a line that may be a paragraph."""
_LEAST_TITLE = 12
_COUNTER = re.compile(
    r"\s*[\[(]?\s*(?:(?:số )?(?:lượt|lần) (?:xem|đọc)|đã xem|xem|views?)\s*:?\s*[\d.,]+\s*[\])]?$"
    r"|\s*[\[(]\s*[\d.,]+ (?:lượt (?:xem|đọc)|views?)\s*[\])]$",
    re.IGNORECASE,
)
_DOTS = re.compile(r"\s*(?:…|\.{2,})$")
_WITHIN = frozenset({"p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "font", "strong", "em"})
"""Elements of one paragraph: a single long one is not the container of the text."""
_MOST_OF = 0.6
"""Share of an element's prose: where one child holds so much, that child is looked at."""
_RANKS = {"h1": 8, "h2": 6, "h3": 5, "h4": 4, "h5": 3, "h6": 3}


def titles_of(views: Sequence[View], others: Sequence[View]) -> dict[View, list[str]]:
    """What each article may be called, the surest first: by the page's head, and by the links that lead to it."""
    linked: dict[str, Counter[str]] = {}
    for view in [*views, *others]:
        for address, _, text in view.links:
            if len(text) >= _LEAST_TITLE:
                linked.setdefault(_same(address), Counter())[text] += 1
    shared = _shared_parts([view.title for view in [*views, *others] if view.title])
    found: dict[View, list[str]] = {}
    for view in views:
        named = [view.meta("og:title", "twitter:title"), _without(view.title, shared)]
        for address in dict.fromkeys((view.page.url, view.page.final_url)):
            named += [text for text, _ in linked.get(_same(address), Counter()).most_common(3)]
        found[view] = [one for one in dict.fromkeys(named) if len(one) >= _LEAST_TITLE]
    return found


def _same(address: str) -> str:
    """What two addresses of the same page share: links write the parameters in another order than we."""
    place, _, query = address.partition("?")
    return (
        re.sub(r"^https?://(?:www\.)?", "", place).rstrip("/") + "?" * bool(query) + "&".join(sorted(query.split("&")))
    )


def _shared_parts(titles: Sequence[str]) -> tuple[str, str]:
    """What all titles begin and end with: the site's name and what sets it apart."""
    if len(set(titles)) < 2:
        return "", ""
    distinct = sorted(set(titles))
    before, after = "", ""
    ends: Counter[str] = Counter()
    for title in distinct:
        ends.update({title[found.start() :] for found in re.finditer(r"\s+[-–—|»:]\s+", title)})
    often = [end for end, count in ends.items() if count > len(distinct) / 2]
    after = max(often, key=len, default="")
    starts: Counter[str] = Counter()
    for title in distinct:
        starts.update({title[: found.end()] for found in re.finditer(r"\s+[-–—|»:]\s+|:\s+", title)})
    often = [start for start, count in starts.items() if count > len(distinct) / 2]
    before = max(often, key=len, default="")
    return (before if len(before) < _LONGEST_AFFIX else ""), after


_LONGEST_AFFIX = 120


def _without(title: str, shared: tuple[str, str]) -> str:
    before, after = shared
    if before and title.startswith(before):
        title = title[len(before) :]
    return (title.removesuffix(after) if after else title).strip()


def headline_of(view: View, titles: Sequence[str], frame: Repetition) -> Block | None:
    """The line that shows the article's title; None where the page says nothing of what it is called."""
    best: tuple[float, Block] | None = None
    for place, line in enumerate(view.lines):
        if frame.is_frame(line):
            continue
        likeness = max((_likeness(line.text, title) for title in titles), default=0.0)
        if likeness == 0:
            continue
        tags = {str(element.tag) for element in line.lineage[:4]}
        rank = max((_RANKS.get(tag, 0) for tag in tags), default=0) + 2 * (line.strong > 0.8)
        leads_here = any(_same(address) in _here(view) for address, link, _ in view.links if link in set(line.links))
        score = likeness * 10 + rank - (6 if line.linked > 0.9 and not leads_here else 0) - place / 1000
        if best is None or score > best[0]:
            best = (score, line)
    return best[1] if best is not None else None


def _here(view: View) -> set[str]:
    return {_same(view.page.url), _same(view.page.final_url)}


def _likeness(line: str, title: str) -> float:
    if len(line) < _LEAST_TITLE and line.casefold() != title.casefold():
        return 0.0
    one, other = _COUNTER.sub("", line).casefold(), _DOTS.sub("", title).casefold()
    if one == other:
        return 1.0
    if _DOTS.search(title) and one.startswith(other) and len(other) > _LEAST_TITLE:
        return 0.9
    if other.startswith(one) and len(one) * 2 > len(other):
        return 0.7
    return 0.0


def prose_of(view: View, frame: Repetition, headline: Block | None) -> list[Block]:
    """The page's own paragraphs: long, not links, printed on no other page."""
    start = view.lines.index(headline) + 1 if headline is not None else 0
    return [
        line
        for line in view.lines[start:]
        if len(line.text) >= _LEAST_PROSE and _linked(line) < 0.5 and not frame.is_frame(line)
    ]


def _linked(line: Block) -> float:
    """The share of its letters that stand in links, for a row of a table too."""
    if line.element.tag != "tr":
        return line.linked
    return sum(len(text_of(link)) for link in line.links) / len(line.text)


def container_of(view: View, prose: Sequence[Block]) -> Element | None:
    """The innermost element that holds most of the prose; None where there is none."""
    weights: Counter[Element] = Counter()
    for line in prose:
        for element in [line.element, *line.element.iterancestors()]:
            weights[element] += len(line.text)
    current = view.body
    if weights[current] < _LEAST_TEXT:
        return None
    while True:
        heavy = [child for child in current if weights[child] > _MOST_OF * weights[current]]
        if not heavy or heavy[0].tag in _WITHIN:
            return current
        current = heavy[0]


_LEAST_TEXT = 200
