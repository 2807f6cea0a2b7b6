"""From elements marked on some pages to the selector that finds them on all pages of the site. Pure.

Marks may be wrong on a page or two: of all selectors that an element's own markup suggests, the one that agrees with
most pages wins, and among equals the plainest. So no list of good class names is needed, and what is written for one
page only (``post-123``) falls out by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crawler.extraction.document import Element
from crawler.learning.views import View
from crawler.selectors import Select

_TELLING_TAGS = frozenset({"h1", "h2", "h3", "h4", "article", "main", "time", "figure", "figcaption", "em", "strong"})
_TELLING_ATTRIBUTES = ("itemprop", "property", "rel", "role", "align")
_PLAIN_NAME = re.compile(r"-?[a-z_][a-z0-9_-]*", re.IGNORECASE)
_LONGEST_NAME = 60
_MOST_EXAMPLES = 6
_MOST_ANCESTORS = 7


@dataclass(frozen=True, slots=True)
class Induced:
    """A selector, on how many of the marked pages its first match is the marked element (``right``), on how many
    another one (``wrong``), and on how many pages without a mark it matches something (``beyond``)."""

    select: str
    right: int
    wrong: int
    beyond: int
    fallbacks: tuple[str, ...] = ()
    """Further selectors that are right on all the same pages, where this one goes by what the element holds: the next
    article may be typed otherwise."""

    @property
    def is_counted(self) -> bool:
        """Whether it rests on how many elements stand before: another box on the page and it finds a wrong one."""
        return is_counted(self.select)

    @property
    def trust(self) -> float:
        """What its agreement is worth: pages that it is right on, without those that speak against it. What rests on no
        name must be right on more of them: marks are wrong now and then, and names are not."""
        sure = 0.0 if not self.is_counted and not _BY_CONTENT.search(self.select) else _DOUBT
        return self.right - 1.5 * self.wrong - 0.5 * self.beyond - sure


_DOUBT = 2.0
"""So many wrong marks more may speak against a name: it is right on a page though less stands there than on others."""


def induce(
    marks: Mapping[View, Element | None],
    *,
    against: Sequence[View] = (),
    fits: Callable[[View, Element], bool] | None = None,
    shows: Callable[[Element], bool] | None = None,
    unique: bool = False,
    among: bool = False,
    hints: Callable[[Element], Iterator[str]] | None = None,
) -> Induced | None:
    """The best selector for one element a page.

    :param marks: the element of each page, None where the page has none that we saw.
    :param against: pages that are to have no match.
    :param fits: says of a first match that is not the marked element whether it does as well.
    :param shows: says of a match whether the rule would read anything in it (a label); others count as none.
    :param unique: further matches on a page count as a wrong one.
    :param among: a match counts wherever it stands among the others of its page; something else tells it from them.
    :param hints: further selectors that may find a marked element, tried before those that count brothers.
    :returns: None where no selector is right on at least two pages, or on the only marked one.
    """
    marked = {view: element for view, element in marks.items() if element is not None}
    ranked: dict[str, int] = {}
    for element in list(marked.values())[:_MOST_EXAMPLES]:
        for rank, source in enumerate(suggestions(element)):
            place = rank + _COUNTED * is_counted(source)
            ranked[source] = min(place, ranked.get(source, place))
        for rank, source in enumerate(hints(element) if hints is not None else ()):
            ranked.setdefault(source, _HINT + rank + _PER_NUMBER * len(_NUMBERS.findall(source)))
    best: Induced | None = None
    for source in sorted(ranked, key=lambda one: ranked[one]):
        found = _judge(source, marks, against, fits, shows, unique, among, best)
        if found is not None and (best is None or found.trust > best.trust):
            best = found
    if best is None or best.right < min(2, len(marked)) or best.wrong > best.right:
        return None
    if best.wrong == 0 and ranked[best.select] in _HINTS:
        alike = [one for one in ranked if ranked[one] in _HINTS and one != best.select and _LONG not in one]
        further = [_judge(one, marks, against, fits, shows, unique, among, None) for one in alike]
        sure = [one for one in further if one is not None and one.wrong == one.beyond == 0 and one.right > 1]
        sure.sort(key=lambda one: (len(_NUMBERS.findall(one.select)), -one.right, ranked[one.select]))
        best = replace(best, fallbacks=tuple(one.select for one in sure[:_MOST_FALLBACKS]))
    return best


def _judge(
    source: str,
    marks: Mapping[View, Element | None],
    against: Sequence[View],
    fits: Callable[[View, Element], bool] | None,
    shows: Callable[[Element], bool] | None,
    unique: bool,
    among: bool,
    best: Induced | None,
) -> Induced | None:
    right, wrong, beyond = 0, 0, 0
    left = sum(element is not None for element in marks.values())
    for view, element in marks.items():
        found = matches(source, view)
        if shows is not None:
            found = [one for one in found if shows(one)]
        if element is None:
            beyond += bool(found) and not among
            continue
        left -= 1
        if among and element in found:
            right += 1
        elif found and (found[0] is element or (fits is not None and fits(view, found[0]))):
            right += 1
            wrong += unique and len(found) > 1
        elif found:
            wrong += 1
        if best is not None and right + left - 1.5 * wrong <= best.trust:
            return None
    beyond += sum(bool(matches(source, view)) for view in against)
    return Induced(source, right, wrong, beyond)


def further(found: Induced, marks: Mapping[View, Element | None]) -> list[str]:
    """A selector for the pages where the best one finds nothing, though there is something: where nothing has a name,
    a row more or less moves all that follows. None of it is wrong on any of these pages."""
    left = {view: element for view, element in marks.items() if not matches(found.select, view)}
    if all(element is None for element in left.values()):
        return []
    other = induce(left)
    return [other.select] if other is not None and other.wrong == other.beyond == 0 else []


_BY_CONTENT = re.compile(r"count\(|string-length|starts-with|\[\.//p\]|\[p\b")
_HINT, _COUNTED = 1_000, 10_000
"""Ranks: selectors by name stand before those by content, these before those that count."""
_HINTS = range(_HINT, _COUNTED)
_PER_NUMBER = 300
"""A hint that counts rows stands behind one that does not: the article without a picture has one row less."""
_NUMBERS = re.compile(r"\[\d+\](?!$)")
_MOST_FALLBACKS = 4


def is_counted(source: str) -> bool:
    """Whether a selector counts brothers."""
    return bool(re.search(r"\[\d+\](?!$)|(?<!\))\[\d+\]$|nth-", source))


def matches(source: str, view: View) -> list[Element]:
    """The elements of the page that a selector gives."""
    return compiled(source).elements(view.tree)


@lru_cache(maxsize=4096)
def compiled(source: str) -> Select:
    """The selector of that text."""
    return Select(source)


def suggestions(element: Element) -> Iterator[str]:
    """Selectors that may find the element, the plainest first."""
    own, tag = list(_names(element)), str(element.tag)
    yield from own
    if element.tag in _TELLING_TAGS:
        yield tag
    around = [one for one in element.iterancestors() if one.tag not in {"html", "body"}][:_MOST_ANCESTORS]
    anchored = [(one, name) for one in around for name in _names(one)]
    for parent, name in anchored:
        for step in own[:3] or [tag]:
            joint = " > " if parent is element.getparent() else " "
            yield f"{name}{joint}{step}"
            if joint == " > ":
                yield f"{name}{joint}{tag}:nth-of-type({_number(element)})"
                yield f"{name}{joint}{tag}:nth-child({_place(element)})"
    for parent, name in anchored:
        yield f".//{_as_xpath(parent, name)}/{path_from(parent, element)}"
    yield path_from(None, element)


def text_holders(element: Element) -> Iterator[str]:
    """Selectors of the element that holds a text, by what stands in it: for pages without names of any use."""
    steps = str(element.tag)
    around = element.getparent()
    for _ in range(_LEVELS):
        if around is None or around.tag in {"html"}:
            return
        places = [path_from(None, around), *(f".//{_as_xpath(around, name)}" for name in _names(around))]
        for place in places:
            for holds in _TEXT:
                yield f"({place}/{steps}[{holds}])[1]"
        steps = f"{around.tag!s}/{steps}"
        around = around.getparent()


_LEVELS = 3
_LONG = "string-length(normalize-space(.)) > 400"
_LINE = "text()[string-length(normalize-space(.)) > 60]"
_PARAGRAPH = (
    "*[self::p or self::div][string-length(normalize-space(.)) > 60][not(.//a or .//p or .//div)]"
    "[not(preceding-sibling::*[1][.//img])]"
)
"""A line of text that is no caption; a list of other articles has links in its lines."""
_TEXT = (
    "count(p) > 1",
    "p",
    _LINE,
    f"p or {_LINE}",
    _PARAGRAPH,
    f"{_PARAGRAPH} or {_LINE}",
    f"p or count(div) > 1 or {_LINE}",
    ".//p",
    _LONG,
)
"""What tells the element with the text from its brothers. How long all of it is tells least: a report of four lines has
less than a list of other articles."""


def _names(element: Element) -> Iterator[str]:
    """CSS for what the element itself says that it is."""
    tag = str(element.tag)
    identity = element.get("id", "").strip()
    if 0 < len(identity) <= _LONGEST_NAME and not re.search(r"[\s\"]", identity):
        yield f"#{identity}" if _PLAIN_NAME.fullmatch(identity) else f'{tag}[id="{identity}"]'
    tokens = [token for token in element.get("class", "").split() if len(token) <= _LONGEST_NAME and '"' not in token]
    for token in tokens:
        yield f"{tag}{_class(token)}"
    if len(tokens) > 1:
        yield tag + "".join(map(_class, tokens))
    for name in _TELLING_ATTRIBUTES:
        value = element.get(name, "")
        if value and '"' not in value:
            yield f'{tag}[{name}="{value}"]'


def _class(token: str) -> str:
    return f".{token}" if _PLAIN_NAME.fullmatch(token) else f'[class~="{token}"]'


def _as_xpath(element: Element, name: str) -> str:
    """The same as a step of an XPath; ``name`` is one of :func:`_names`."""
    tag, identity = str(element.tag), element.get("id", "").strip()
    if name.startswith("#") or "[id=" in name:
        return f'{tag}[@id="{identity}"]'
    if "[" in name and "[class~=" not in name:
        return f"{tag}[@{name.partition('[')[2]}"
    tokens = [token for token in element.get("class", "").split() if _class(token) in name]
    return tag + "".join(f'[has-class("{token}")]' for token in tokens)


def path_from(ancestor: Element | None, element: Element) -> str:
    """The steps from an element around (None: the root) down to the element, each with its number where it has
    brothers of the same name."""
    steps: list[str] = []
    current: Element | None = element
    while current is not None and current is not ancestor:
        parent = current.getparent()
        brothers = [one for one in parent if one.tag == current.tag] if parent is not None else [current]
        number = "" if len(brothers) == 1 else f"[{brothers.index(current) + 1}]"
        steps.append(str(current.tag) + number)
        current = parent
    return ("" if ancestor is not None else "/") + "/".join(reversed(steps))


def _number(element: Element) -> int:
    return sum(1 for one in element.itersiblings(str(element.tag), preceding=True)) + 1


def _place(element: Element) -> int:
    return sum(1 for _ in element.itersiblings(preceding=True)) + 1
