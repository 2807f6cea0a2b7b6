"""Which of a site's addresses are articles, which listings, and how listings go on: by the form of the addresses and
by what links to them say. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.extraction.posts import posts_back
from crawler.learning.links import (
    SERVICE_PATTERN,
    SERVICE_QUERY,
    Site,
    Target,
    about_pattern,
    collect,
    is_service,
    path_and_query,
)
from crawler.learning.pagers import pagers_of
from crawler.learning.sections import maybe_sections
from crawler.learning.shapes import Address, listed, pattern_of, take_apart
from crawler.learning.views import Sample, View

_TITLE = 25
"""Letters. What a link to an article says has more; names of sections have less, with few exceptions."""
_TITLE_WORDS = 5
_MENU = 0.5
"""Share of the pages that link to what stands in the menu."""
_NEARLY_ALL = 0.8
_ENOUGH_PAGES = 3
_ABOUT = re.compile(
    r"giới thiệu|về chúng tôi|liên hệ|góp ý|hỏi đáp|hộp thư|sơ đồ|chức năng|cơ cấu|tổ chức bộ máy|điều khoản|trợ giúp",
    re.IGNORECASE,
)
_USUAL_PARAMS = ("page", "p", "trang", "paged", "PageIndex")
_USUAL_PAGERS = (
    r"(?P<section>{})/?(?:page|trang|p)[/-]?(?P<page>\d{{1,6}})(?:/|\.html)?",
    r"(?P<section>{})[?&](?:page|p|trang|paged|PageIndex)=(?P<page>\d{{1,6}})",
)
_FILES = r".*\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|pptx?|rar|zip|mp[34]|xml|rss)(?:\?.*)?"


@dataclass(frozen=True, slots=True)
class AddressGuess:
    """``urls``: the table ``[layouts.urls]``; ``articles``: addresses that are most likely articles, best first, spread
    over sections and shapes; ``listings``: sections, then their further pages; ``doubts``: what could not be told."""

    urls: dict[str, Any]
    articles: list[str]
    listings: list[str]
    doubts: list[str]


@dataclass(slots=True)
class _Kind:
    """All addresses of one shape."""

    articles: list[Target] = field(default_factory=list)
    listings: list[Target] = field(default_factory=list)


def guess_addresses(base: str, samples: Sequence[Sample], known: Sequence[str] = ()) -> AddressGuess:
    """What the addresses of a site are, by the pages fetched so far and the addresses that feeds or sitemaps name.

    :param samples: the home page first.
    """
    return _Guess(base, samples, known).result()


class _Guess:
    def __init__(self, base: str, samples: Sequence[Sample], known: Iterable[str]) -> None:
        self.site = Site(base)
        self.views = [View(sample) for sample in samples]
        targets = collect(self.site, self.views, known)
        self.targets = {url: one for url, one in targets.items() if not is_service(one.target) and one.target != "/"}
        existing = {one.target for one in self.targets.values() if one.texts} | {"/"}
        existing |= {path_and_query(view.page.url) for view in self.views}
        self.pagers = pagers_of(list(self.targets.values()), self.views, existing)
        self.paged = {target for pager in self.pagers for target in pager.targets}
        self.matchers = [re.compile(pager.pattern) for pager in self.pagers]
        self.doubts: list[str] = []

    def result(self) -> AddressGuess:
        kinds = self._kinds()
        articles: list[Target] = []
        listings: list[Target] = []
        shared: set[object] = set()
        for shape, kind in kinds.items():
            if not kind.articles and not any(self._is_menu(one) for one in kind.listings):
                continue  # what hardly any page links to is neither: print versions, replies, sharing
            if self._is_frame(kind.articles) and len(kinds) > 1:
                if not kind.listings:
                    continue  # what every page links to are pages about the site itself
                kind.listings, kind.articles = kind.listings + kind.articles, []
            if len(kind.articles) > len(kind.listings) or not kind.listings:
                articles += kind.articles
                menu = [one for one in kind.listings if self._is_menu(one)]
                if _is_numbered(kind.articles) and len(kind.articles) > _MOSTLY * len(menu):
                    menu = []  # a number in the address is an article's, however short its headline
                listings += menu
                shared.add(shape)
                articles += [one for one in kind.listings if one not in menu]
            else:
                listings += kind.listings + [one for one in kind.articles if len(one.pages) >= _MENU * len(self.views)]
        listing_patterns = self._listing_patterns(listings, shared)
        about = about_pattern(one.target for one in listings)
        articles = [one for one in articles if not re.fullmatch(about, one.target)]
        article_patterns = self._article_patterns(articles, listing_patterns, listings)
        if not article_patterns:
            self.doubts.append("no address looks like an article's: no link has a headline's length")
        further = [pager.pattern for pager in self.pagers]
        params = self._params(articles, listings)
        if not self.pagers and not any(posts_back(view.tree) for view in self.views):
            self.doubts.append("no pager was found on the listings seen: further pages are followed by the usual forms")
            further = [form.format(section) for section in listing_patterns for form in _USUAL_PAGERS]
            params = list(dict.fromkeys([*params, *_USUAL_PARAMS]))
        urls: dict[str, Any] = {
            "article": article_patterns,
            "listing": ["/", *listing_patterns, *map(self._without_names, further)],
            "pager": further,
            "ignore": [f"(?i:{SERVICE_PATTERN})", about, SERVICE_QUERY, _FILES],
            "params": params,
            "step": max((pager.step for pager in self.pagers), default=1),
            "basis": "seen",
        }
        return AddressGuess(
            urls=urls,
            articles=self._spread(articles, article_patterns, listing_patterns),
            listings=[one.url for one in self._ranked(listings)] + self._further(),
            doubts=self.doubts,
        )

    # Kinds
    def _kinds(self) -> Mapping[object, _Kind]:
        kinds: defaultdict[object, _Kind] = defaultdict(_Kind)
        for target in self.targets.values():
            if target.target in self.paged or any(one.fullmatch(target.target) for one in self.matchers):
                continue
            kind = kinds[take_apart(target.target).kind]
            (kind.articles if self._says_article(target) else kind.listings).append(target)
        return self._split(kinds)

    def _split(self, kinds: Mapping[object, _Kind]) -> Mapping[object, _Kind]:
        """A shape that both articles and listings have is taken apart by the first word of the path, where that word
        tells them apart."""
        out: dict[object, _Kind] = {}
        for shape, kind in kinds.items():
            if not kind.articles or not kind.listings:
                out[shape] = kind
                continue
            parts: defaultdict[str, _Kind] = defaultdict(_Kind)
            for one in kind.articles:
                parts[self._head(one)].articles.append(one)
            for one in kind.listings:
                parts[self._head(one)].listings.append(one)
            if all(
                len(part.articles) == 0
                or len(part.listings) * 5 <= len(part.articles)
                or len(part.articles) < len(part.listings)
                for part in parts.values()
            ):
                fixed = [head for head, part in parts.items() if len(part.articles) < len(part.listings)]
                if len(fixed) == len(parts):
                    out[shape] = kind
                    continue
                out[shape, "articles"] = _Kind(
                    [one for head, part in parts.items() if head not in fixed for one in part.articles]
                )
                for head in fixed:
                    out[shape, head] = parts[head]
                out[shape, "articles"].listings = [
                    one for head, part in parts.items() if head not in fixed for one in part.listings
                ]
            else:
                out[shape] = kind
        return out

    @staticmethod
    def _head(target: Target) -> str:
        address = take_apart(target.target)
        return address.segments[0].text if address.segments and (len(address.segments) > 1 or address.query) else ""

    def _says_article(self, target: Target) -> bool:
        text = target.text
        return (len(text) >= _TITLE and len(text.split()) >= _TITLE_WORDS) or (target.known and not target.texts)

    def _is_menu(self, target: Target) -> bool:
        return len(target.pages) >= _MENU * len(self.views) and not self._says_article(target)

    def _is_frame(self, articles: Sequence[Target]) -> bool:
        everywhere = sum(len(one.pages) > _NEARLY_ALL * len(self.views) and not one.known for one in articles)
        return len(self.views) >= _ENOUGH_PAGES and len(articles) > 0 and everywhere > _NEARLY_ALL * len(articles)

    # Patterns
    def _listing_patterns(self, listings: Sequence[Target], shared: set[object]) -> list[str]:
        groups: defaultdict[object, list[Address]] = defaultdict(list)
        for target in listings:
            address = take_apart(target.target)
            groups[address.kind].append(address)
        patterns = []
        for shape, addresses in sorted(groups.items(), key=lambda item: -len(item[1])):
            if shape in shared or any(isinstance(one, tuple) and one and one[0] == shape for one in shared):
                patterns.append(listed([one.target for one in addresses]))
            else:
                patterns.append(pattern_of(addresses))
        return list(dict.fromkeys(patterns))

    def _article_patterns(
        self, articles: Sequence[Target], listing_patterns: Sequence[str], listings: Sequence[Target]
    ) -> list[str]:
        groups: defaultdict[object, list[Address]] = defaultdict(list)
        for target in articles:
            address = take_apart(target.target)
            groups[address.kind].append(address)
        sections = {segment.text for one in listings for segment in take_apart(one.target).segments}
        named = [take_apart(one.target) for one in listings if not _ABOUT.match(one.text)]
        known = {one.target for one in articles}
        others = [take_apart(one.target) for one in self.targets.values() if one.target not in known]
        patterns: list[str] = []
        for addresses in sorted(groups.values(), key=len, reverse=True):
            if len(addresses) < max(2, _RARE * len(articles)) and patterns:
                continue
            sections |= maybe_sections(addresses, named, others)
            pattern = pattern_of(addresses, key=True, sections=sections)
            patterns.append(self._set_apart(pattern, listing_patterns, listings))
        return _needed(patterns, articles)

    def _set_apart(self, pattern: str, listing_patterns: Sequence[str], listings: Sequence[Target]) -> str:
        """The pattern, without what listings and their further pages are called."""
        compiled = re.compile(pattern)
        others = []
        for one in listing_patterns:
            if any(re.fullmatch(one, target.target) and compiled.fullmatch(target.target) for target in listings):
                others.append(one)
        for pager in self.pagers:
            if any(compiled.fullmatch(target) for target in pager.targets):
                others.append(self._without_names(pager.pattern))
        return f"(?!(?:{'|'.join(others)})$){pattern}" if others else pattern

    @staticmethod
    def _without_names(pattern: str) -> str:
        return re.sub(r"\(\?P<\w+>", "(?:", pattern)

    def _params(self, articles: Sequence[Target], listings: Sequence[Target]) -> list[str]:
        names: dict[str, None] = {}
        for target in [*articles, *listings]:
            names.update({name: None for name, _ in take_apart(target.target).query})
        for pager in self.pagers:
            names.update(dict.fromkeys(pager.params))
        return list(map(re.escape, names))

    # Order
    def _spread(self, articles: Sequence[Target], patterns: Sequence[str], listings: Sequence[str]) -> list[str]:
        compiled = [re.compile(one) for one in patterns]
        groups: defaultdict[object, list[Target]] = defaultdict(list)
        for one in articles:
            pattern = next((at for at, pattern in enumerate(compiled) if pattern.fullmatch(one.target)), None)
            if pattern is not None:
                groups[pattern, self._head(one)].append(one)
        for group in groups.values():
            group.sort(key=lambda one: (len(one.pages) > _MENU * len(self.views), -len(one.text)))
        queues = sorted(groups.values(), key=len, reverse=True)
        out = []
        for place in range(max(map(len, queues), default=0)):
            out += [queue[place].url for queue in queues if place < len(queue)]
        return out

    def _ranked(self, listings: Sequence[Target]) -> list[Target]:
        """Those that most pages link to; what only says who the site is stands last."""
        return sorted(
            listings,
            key=lambda one: (bool(_ABOUT.match(one.text)), -len(one.pages), -sum(one.texts.values()), len(one.target)),
        )

    def _further(self) -> list[str]:
        urls = Counter({self.site.root.rstrip("/") + target: 0 for pager in self.pagers for target in pager.targets})
        return list(urls)


_RARE = 0.02
"""Share of all articles. A shape that fewer have is some service page's that we do not know."""


def _is_numbered(articles: Sequence[Target]) -> bool:
    """Whether the addresses hold the number of an article."""
    parts = [take_apart(one.target) for one in articles]
    return bool(parts) and all(
        any(segment.kind != "words" for segment in one.segments) or any(value.isdigit() for _, value in one.query)
        for one in parts
    )


_MOSTLY = 4


def _needed(patterns: Sequence[str], articles: Sequence[Target]) -> list[str]:
    """Without those patterns whose articles an other one matches too: the widest stay."""
    matched = {one: {a.target for a in articles if re.fullmatch(one, a.target)} for one in dict.fromkeys(patterns)}
    kept: list[str] = []
    for pattern in sorted(matched, key=lambda one: -len(matched[one])):
        if not any(matched[pattern] <= matched[other] for other in kept):
            kept.append(pattern)
    return kept
