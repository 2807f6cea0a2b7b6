"""From articles and listings to the patterns of a profile that match their like, and nothing else. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from crawler.learning.kinds import Told
from crawler.learning.links import Target
from crawler.learning.pagers import NUMBERED, Pager
from crawler.learning.sections import maybe_sections
from crawler.learning.shapes import Address, listed, pattern_of, take_apart

ABOUT = re.compile(
    r"giới thiệu|về chúng tôi|liên hệ|góp ý|hỏi đáp|hộp thư|sơ đồ|chức năng|cơ cấu|tổ chức bộ máy|điều khoản|trợ giúp",
    re.IGNORECASE,
)
"""How links to pages begin that only say who the site is."""
USUAL_PARAMS = (rf"(?i:{NUMBERED})",)
_WORDS = "(?:page|trang|p)"
_FURTHER = re.compile(rf"[^?]*/{_WORDS}[/-]?\d{{1,6}}(?:\.[a-z]{{2,5}})?/?")
"""What no article is called, but perhaps a listing's further page."""
_RARE = 0.02
"""Share of all articles. A shape that fewer have is some service page's that we do not know."""
_ENDING = re.compile(r"\\\.[a-z]{2,5}$")


def usual_pagers(listing: str) -> Iterator[str]:
    """The forms that further pages of a listing usually have, where none was seen: ``?page=2``, ``/trang-2/``,
    ``-2.html``.

    :param listing: the pattern of its first pages.
    """
    path, _, query = listing.partition(r"\?")
    number = r"(?P<page>\d{1,6})"
    if query:
        yield rf"(?P<section>{path})\?(?i:{NUMBERED})={number}(?P<rest>&{query})"
        yield rf"(?P<section>{listing})&(?i:{NUMBERED})={number}"
        return
    yield rf"(?P<section>{listing})/?{_WORDS}[/-]?{number}(?:/|\.html)?"
    yield rf"(?P<section>{listing})\?(?i:{NUMBERED})={number}"
    if ending := _ENDING.search(listing):
        stem = listing[: ending.start()]
        yield rf"(?P<section>{stem})[/-]{_WORDS}[/-]?{number}/?(?P<rest>{ending[0]})?"
        if stem.endswith(r"\d+"):
            yield rf"(?P<section>{stem})-{number}(?P<rest>{ending[0]})"


class Forms:
    """The patterns of one site. ``pagers``: of its listings; ``targets``: all its addresses."""

    def __init__(self, told: Told, pagers: Sequence[Pager], targets: Collection[Target]) -> None:
        self._told, self._pagers, self._targets = told, pagers, targets

    def listings(self) -> list[str]:
        """Patterns of the listings' first pages: exactly those that were seen, where articles have the same shape."""
        groups: defaultdict[object, list[Address]] = defaultdict(list)
        for target in self._told.listings:
            address = take_apart(target.target)
            groups[address.kind].append(address)
        shared = self._told.shared
        patterns = []
        for shape, addresses in sorted(groups.items(), key=lambda item: -len(item[1])):
            if shape in shared or any(isinstance(one, tuple) and one and one[0] == shape for one in shared):
                patterns.append(listed([one.target for one in addresses]))
            else:
                patterns.append(pattern_of(addresses))
        return list(dict.fromkeys(patterns))

    def articles(self, articles: Sequence[Target], listing_patterns: Sequence[str]) -> list[str]:
        """Patterns of these articles, without what listings and their further pages are called."""
        groups: defaultdict[object, list[Address]] = defaultdict(list)
        for target in articles:
            address = take_apart(target.target)
            groups[address.kind].append(address)
        listings = self._told.listings
        sections = {segment.text for one in listings for segment in take_apart(one.target).segments}
        named = [take_apart(one.target) for one in listings if not ABOUT.match(one.text)]
        known = {one.target for one in articles}
        others = [take_apart(one.target) for one in self._targets if one.target not in known]
        patterns: list[str] = []
        for addresses in sorted(groups.values(), key=len, reverse=True):
            if len(addresses) < max(2, _RARE * len(articles)) and patterns:
                continue
            sections |= maybe_sections(addresses, named, others)
            pattern = pattern_of(addresses, key=True, sections=sections)
            patterns.append(self._set_apart(pattern, listing_patterns))
        return _needed(patterns, articles)

    def _set_apart(self, pattern: str, listing_patterns: Sequence[str]) -> str:
        compiled = re.compile(pattern)
        others = []
        for one in listing_patterns:
            found = [target.target for target in self._told.listings if re.fullmatch(one, target.target)]
            found = [target for target in found if compiled.fullmatch(target)]
            if found:
                is_wide = any(re.fullmatch(one, target.target) for target in self._told.articles)
                others.append(listed(found) if is_wide else one)
        for pager in self._pagers:
            if any(compiled.fullmatch(target) for target in pager.targets):
                others.append(without_names(pager.pattern))
        if not self._pagers and not any(_FURTHER.fullmatch(one.target) for one in self._told.articles):
            others.append(_FURTHER.pattern)
        return f"(?!(?:{'|'.join(others)})$){pattern}" if others else pattern

    def params(self, articles: Iterable[Target]) -> list[str]:
        """The query parameters that say which page it is."""
        names: dict[str, None] = {}
        for target in [*articles, *self._told.listings]:
            names.update({name: None for name, _ in take_apart(target.target).query})
        for pager in self._pagers:
            names.update(dict.fromkeys(pager.params))
        return list(map(re.escape, names))


def without_names(pattern: str) -> str:
    """The pattern without the names of its groups, to stand in another one."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _needed(patterns: Sequence[str], articles: Sequence[Target]) -> list[str]:
    """Without those patterns whose articles an other one matches too: the widest stay."""
    matched = {one: {a.target for a in articles if re.fullmatch(one, a.target)} for one in dict.fromkeys(patterns)}
    kept: list[str] = []
    for pattern in sorted(matched, key=lambda one: -len(matched[one])):
        if not any(matched[pattern] <= matched[other] for other in kept):
            kept.append(pattern)
    return kept
