"""Where a page prints its section, its keywords and how often it was read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.extraction.document import Element, fold, text_of
from crawler.extraction.fields import CRUMB_MARKS
from crawler.learning.induction import induce, matches
from crawler.learning.links import TAG_ADDRESS
from crawler.learning.specimen import Find, Specimen, first_of_each, grouped, narrowest
from crawler.learning.views import View
from crawler.selectors import as_xpath
from crawler.urls import SiteAddresses

_HOME = re.compile(r"(?:trang chủ|trang nhất|trang chính|home)$", re.IGNORECASE)
_LONGEST = 250
_MOST_CRUMBS = 6
_KEYWORDS = re.compile(r"^\W*(?:từ khóa|từ khoá|tags?|thẻ|chủ đề|hashtags?)\s*(?::|$)", re.IGNORECASE)
VIEWS = re.compile(
    r"(?<![\d.,])[\d.,]{1,15}\s*(?:lượt (?:xem|đọc)|views?\b)"
    r"|(?:(?:số )?(?:lượt|lần) (?:xem|đọc)|đã (?:xem|đọc)|xem|views?|lượt)\s*:?\s*[\d.,]{1,15}$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def learn_section(
    specimens: Sequence[Specimen], others: Sequence[View], addresses: SiteAddresses
) -> dict[str, Any] | None:
    """The rule ``section``: the breadcrumb, or the link to a listing beside the headline."""
    marks = {one.view: _trail(one, addresses) for one in specimens}
    marked = {view: element for view, element in marks.items() if element is not None}
    if len(marked) < max(2, len(specimens) / 3):
        return None
    found = induce(marks, fits=lambda view, element: text_of(element) == text_of(marked[view]))
    if found is None:
        return None
    shown = {one: matches(found.select, one.view)[0] for one in specimens if matches(found.select, one.view)}
    # The same on all articles and on a listing too: a menu. All articles may be of one section.
    texts = {text_of(element) for element in shown.values()}
    if len(texts) == 1 and any(texts == set(map(text_of, matches(found.select, view)[:1])) for view in others):
        return None
    select = found.select
    if any(len(matches(select, one.view)) > 1 for one in shown):
        select = f"({as_xpath(select)})[1]"
    select += _step(shown, select)
    return {"select": [select], "capture": "(.+)", "basis": "seen"}


def _trail(specimen: Specimen, addresses: SiteAddresses) -> Element | None:
    best: tuple[float, Element] | None = None
    view = specimen.view
    menus = {link for _, link, text in view.links if specimen.frame.is_menu(link, text)}
    for url, link, text in view.links:
        normal = addresses.normalise(url)
        if normal is None or addresses.role(normal) != "listing" or _is_below(specimen, link):
            continue
        around = _widest(link, specimen)
        if around is None or all(one in menus for one in around.iter("a")):
            continue
        is_home = bool(_HOME.match(text)) or normal == addresses.normalise("/", normal)
        rest = CRUMB_MARKS.sub(" ", text_of(around).replace(text, " ", 1) if is_home else text_of(around)).strip()
        if not _LETTERS.search(rest) or _HOME.match(rest):
            continue
        near = abs(view.order[link] - view.order[specimen.headline.element]) if specimen.headline else 0
        score = 2.0 * is_home + bool(CRUMB_MARKS.search(text_of(around))) + 1 / (1 + near / 20)
        if best is None or score > best[0]:
            best = (score, around)
    return best[1] if best is not None and best[0] > _LEAST_SCORE else None


_LEAST_SCORE = 0.5
"""A link to a listing that is neither home, nor divided from others, must stand close to the headline."""


def _is_below(specimen: Specimen, link: Element) -> bool:
    first = specimen.view.lines[specimen.prose[0]].element if specimen.prose else specimen.container
    return (
        first is None
        or specimen.view.order[link] > specimen.view.order[first]
        or link in specimen.held - _self(specimen)
    )


def _self(specimen: Specimen) -> set[Element]:
    return specimen.held if specimen.wraps else set()


def _widest(link: Element, specimen: Specimen) -> Element | None:
    """The widest element around a link that holds a few short links and no more; None for menus."""
    found = None
    title = {specimen.headline.element, *specimen.headline.element.iterancestors()} if specimen.headline else set()
    for around in link.iterancestors():
        links = [one for one in around.iter("a") if text_of(one)]
        if len(text_of(around)) > _LONGEST or len(links) > _MOST_CRUMBS or around in title:
            break
        if (
            around.tag in {"body", "html"}
            or _OTHER.search(_outside(around, links))
            or any(len(text_of(one)) > _LONGEST_CRUMB for one in links[:-1])
        ):
            break
        found = around
    if found is None and len(text_of(link)) <= _LONGEST_CRUMB and link.getparent() not in title:
        return link
    return found if found is not None else (link if link.getparent() in title else None)


_LONGEST_CRUMB = 60
_OTHER = re.compile(r"\d|:.*:")
"""Beside crumbs stand marks and words; a line with numbers holds a date or a counter."""


def _outside(around: Element, links: Sequence[Element]) -> str:
    text = text_of(around)
    for link in links:
        text = text.replace(text_of(link), " ", 1)
    return text


def _step(shown: dict[Specimen, Element], select: str) -> str:
    """What gives each crumb by itself: its link, its entry; nothing where only printed marks divide them."""
    elements = list(shown.items())
    if all(element.tag == "a" for _, element in elements):
        return ""
    if select.startswith(("/", ".", "(")):
        joint, child = "//", "/"
    else:
        joint, child = " ", " > "
    if not any(_LETTERS.search(_beside_links(element, one)) for one, element in elements):
        return f"{joint}a"
    if all(any(True for _ in element.iter("li")) for _, element in elements):
        return f"{joint}li"
    if any(CRUMB_MARKS.search(text_of(element)) for _, element in elements):
        return ""
    return f"{child}*"


def _beside_links(element: Element, specimen: Specimen) -> str:
    """The text without the links and without the headline, which many breadcrumbs end with."""
    text = text_of(element)
    for link in element.iter("a"):
        text = text.replace(text_of(link), " ", 1)
    return fold(text.replace(specimen.headline.text, " ") if specimen.headline else text)


def learn_keywords(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``keywords``: what stands behind their label, or links to lists of a keyword's articles."""
    marks: dict[View, Element | None] = {}
    for one in specimens:
        labelled = _labelled(one)
        marks[one.view] = _tag_links(one) if labelled is None else labelled
    if not any(element is not None for element in marks.values()):
        return None
    found = induce(marks, hints=_by_label)
    if found is None:
        return None
    holders = [
        matches(found.select, view)[0]
        for view, element in marks.items()
        if element is not None and matches(found.select, view)
    ]
    if all(any(True for _ in holder.iter("a")) for holder in holders):
        joint = "//a" if found.select.startswith(("/", ".", "(")) else " a"
        return {"select": [found.select + joint], "capture": "(.+)", "basis": "seen"}
    return {"select": [found.select], "capture": rf"(?i:{_KEYWORDS.pattern})?\s*(.+)", "basis": "seen"}


def _by_label(holder: Element) -> Iterator[str]:
    """An XPath of the element that begins with the label, for pages without names of any use."""
    if found := _KEYWORDS.match(text_of(holder)):
        yield f'.//{holder.tag!s}[starts-with(normalize-space(.), "{found[0].strip()}")][string-length(.) < 600]'


def _labelled(specimen: Specimen) -> Element | None:
    for place, line in enumerate(specimen.view.lines):
        if place <= specimen.title_at or specimen.zone(place) == "text" or not _KEYWORDS.match(line.text):
            continue
        if _LETTERS.search(_KEYWORDS.sub("", line.text)):
            return line.element
        for around in [line.element, *line.element.iterancestors()][:4]:
            if len(text_of(around)) > _LONGEST_KEYWORDS:
                break
            if any(True for _ in around.iter("a")):
                return around
    return None


_LONGEST_KEYWORDS = 600


def _tag_links(specimen: Specimen) -> Element | None:
    """The element around the links to keywords under the headline."""
    title = specimen.view.order[specimen.headline.element] if specimen.headline else 0
    links = [
        link for url, link, _ in specimen.view.links if TAG_ADDRESS.search(url) and specimen.view.order[link] > title
    ]
    if not links:
        return None
    around = links[0].getparent()
    while around is not None and not set(links) <= set(around.iter("a")):
        around = around.getparent()
    return around if around is not None and len(text_of(around)) <= _LONGEST_KEYWORDS else None


def learn_views(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``view_count``; None where no page prints it beside the article."""
    finds = []
    for specimen in specimens:
        for place, line in enumerate(specimen.view.lines):
            found = VIEWS.search(line.text) if len(line.text) < _LONGEST else None
            if found is not None and (specimen.zone(place) != "text" or len(line.text) < 2 * len(found[0])):
                finds.append(Find(specimen, narrowest(line, found[0]), found[0], place))
    groups = sorted(grouped(finds, lambda find: find.slot), key=lambda group: -len(first_of_each(group)))
    for group in groups:
        firsts = first_of_each(group)
        if len(firsts) < max(2, len(specimens) / 3) or len(group) > 1.2 * len(firsts):
            continue
        marks = {one.view: firsts[one.view].element if one.view in firsts else None for one in specimens}
        shown = {view: find.text for view, find in firsts.items()}
        if found_rule := induce(marks, fits=lambda view, element, shown=shown: shown[view] in text_of(element)):  # type: ignore[misc]
            return {"select": [found_rule.select], "basis": "seen"}
    return None
