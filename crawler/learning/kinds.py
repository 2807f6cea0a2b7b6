"""Which addresses are articles and which are listings: by what links say, and how many pages link to them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.learning.links import Target
from crawler.learning.shapes import take_apart

_TITLE = 25
"""Letters. What a link to an article says has more; names of sections have less, with few exceptions."""
_TITLE_WORDS = 5
MENU = 0.5
"""Share of the pages that link to what stands in the menu."""
_NEARLY_ALL = 0.8
_ENOUGH_PAGES = 3
_MOSTLY = 4


@dataclass(slots=True)
class Kind:
    """All addresses of one shape, as far as what links say of each tells."""

    articles: list[Target] = field(default_factory=list)
    listings: list[Target] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """``shared``: the shapes that articles have, and perhaps some listings."""

    articles: list[Target]
    listings: list[Target]
    shared: set[object]


def tell_apart(targets: Iterable[Target], pages: int) -> Told:
    """Articles and listings.

    :param targets: all addresses but further pages of listings.
    :param pages: how many pages were looked at.
    """
    return _Kinds(pages).tell(targets)


class _Kinds:
    def __init__(self, pages: int) -> None:
        self._pages = pages

    def tell(self, targets: Iterable[Target]) -> Told:
        told = Told([], [], set())
        kinds = self._kinds(targets)
        # A small site's boxes name nearly all of its articles on every page.
        has_others = any(kind.articles and not self._is_frame(kind.articles) for kind in kinds.values())
        for shape, kind in kinds.items():
            if not kind.articles and not any(self._is_menu(one) for one in kind.listings):
                continue  # what hardly any page links to is neither: print versions, replies, sharing
            if has_others and self._is_frame(kind.articles):
                if not kind.listings:
                    continue  # what every page links to are pages about the site itself
                kind.listings, kind.articles = kind.listings + kind.articles, []
            if len(kind.articles) > len(kind.listings) or not kind.listings:
                menu = [one for one in kind.listings if self._is_menu(one)]
                if _is_numbered(kind.articles) and len(kind.articles) > _MOSTLY * len(menu):
                    menu = []  # a number in the address is an article's, however short its headline
                told.articles.extend(kind.articles)
                told.listings.extend(menu)
                told.shared.add(shape)
                told.articles.extend(one for one in kind.listings if one not in menu)
            else:
                told.listings.extend(kind.listings)
                told.listings.extend(one for one in kind.articles if len(one.pages) >= MENU * self._pages)
        return told

    def _kinds(self, targets: Iterable[Target]) -> Mapping[object, Kind]:
        kinds: defaultdict[object, Kind] = defaultdict(Kind)
        for target in targets:
            kind = kinds[take_apart(target.target).kind]
            (kind.articles if _says_article(target) else kind.listings).append(target)
        return _split(kinds)

    def _is_menu(self, target: Target) -> bool:
        return len(target.pages) >= MENU * self._pages and not _says_article(target)

    def _is_frame(self, articles: Sequence[Target]) -> bool:
        everywhere = sum(len(one.pages) > _NEARLY_ALL * self._pages and not one.known for one in articles)
        return self._pages >= _ENOUGH_PAGES and len(articles) > 0 and everywhere > _NEARLY_ALL * len(articles)


def _split(kinds: Mapping[object, Kind]) -> Mapping[object, Kind]:
    """A shape that both articles and listings have is taken apart by the first word of the path, where that word
    tells them apart."""
    out: dict[object, Kind] = {}
    for shape, kind in kinds.items():
        parts: defaultdict[str, Kind] = defaultdict(Kind)
        for one in kind.articles:
            parts[head_of(one)].articles.append(one)
        for one in kind.listings:
            parts[head_of(one)].listings.append(one)
        fixed = [head for head, part in parts.items() if len(part.articles) < len(part.listings)]
        mixed = kind.articles and kind.listings and len(fixed) < len(parts)
        if not mixed or not all(head in fixed or _is_clear(part) for head, part in parts.items()):
            out[shape] = kind
            continue
        rest = [part for head, part in parts.items() if head not in fixed]
        out[shape, "articles"] = Kind(
            [one for part in rest for one in part.articles], [one for part in rest for one in part.listings]
        )
        out |= {(shape, head): parts[head] for head in fixed}
    return out


def _is_clear(part: Kind) -> bool:
    return not part.articles or len(part.listings) * 5 <= len(part.articles)


def head_of(target: Target) -> str:
    """The first word of a path that has more than one, or a query; a number is an article's own."""
    address = take_apart(target.target)
    if (
        not address.segments
        or address.segments[0].kind == "number"
        or (len(address.segments) == 1 and not address.query)
    ):
        return ""
    return address.segments[0].text


def _says_article(target: Target) -> bool:
    text = target.text
    return (len(text) >= _TITLE and len(text.split()) >= _TITLE_WORDS) or (target.known and not target.texts)


def _is_numbered(articles: Sequence[Target]) -> bool:
    """Whether the addresses hold the number of an article."""
    parts = [take_apart(one.target) for one in articles]
    return bool(parts) and all(
        any(segment.kind != "words" for segment in one.segments) or any(value.isdigit() for _, value in one.query)
        for one in parts
    )
