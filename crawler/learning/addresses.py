"""What a site's addresses are, by the pages seen so far: the table of a profile, and what to look at next. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.extraction.posts import posts_back
from crawler.learning.forms import ABOUT, USUAL_PARAMS, Forms, usual_pagers, without_names
from crawler.learning.kinds import MENU, head_of, tell_apart
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
from crawler.learning.views import Sample, View

_FILES = r".*\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|pptx?|rar|zip|mp[34]|xml|rss)(?:\?.*)?"


@dataclass(frozen=True, slots=True)
class AddressGuess:
    """``urls``: the table ``[layouts.urls]``; ``articles``: addresses that are most likely articles, best first, spread
    over sections and shapes; ``listings``: sections, then their further pages; ``doubts``: what could not be told."""

    urls: dict[str, Any]
    articles: list[str]
    listings: list[str]
    doubts: list[str]


def guess_addresses(base: str, samples: Sequence[Sample], known: Sequence[str] = ()) -> AddressGuess:
    """What the addresses of a site are, by the pages fetched so far and the addresses that feeds or sitemaps name.

    :param samples: the home page first.
    """
    return _Guess(base, samples, known).result()


def guess_pager(base: str, samples: Sequence[Sample], known: Sequence[str] = ()) -> dict[str, Any] | None:
    """``pager`` and ``step`` of the table ``[layouts.urls]``, by the links of the listings among the pages fetched so
    far; None where none has a pager. Arguments as of :func:`guess_addresses`."""
    return _Guess(base, samples, known).pager()


class _Guess:
    def __init__(self, base: str, samples: Sequence[Sample], known: Iterable[str]) -> None:
        self.site = Site(base)
        self.views = [View(sample) for sample in samples]
        targets = collect(self.site, self.views, known)
        self.targets = [one for one in targets.values() if not is_service(one.target) and one.target != "/"]
        existing = {one.target for one in self.targets if one.texts} | {"/"}
        existing |= {path_and_query(view.page.url) for view in self.views}
        self.pagers = pagers_of(self.targets, self.views, existing)
        self.told = tell_apart(self._first_pages(), len(self.views))
        self.forms = Forms(self.told, self.pagers, self.targets)

    def pager(self) -> dict[str, Any] | None:
        if not self.pagers:
            return None
        return {"pager": [one.pattern for one in self.pagers], "step": self._step}

    @property
    def _step(self) -> int:
        return max((one.step for one in self.pagers), default=1)

    def _first_pages(self) -> list[Target]:
        paged = {target for pager in self.pagers for target in pager.targets}
        forms = [re.compile(pager.pattern) for pager in self.pagers]
        return [
            one
            for one in self.targets
            if one.target not in paged and not any(form.fullmatch(one.target) for form in forms)
        ]

    def result(self) -> AddressGuess:
        doubts: list[str] = []
        listing_patterns = self.forms.listings()
        about = about_pattern(one.target for one in self.told.listings)
        articles = [one for one in self.told.articles if not re.fullmatch(about, one.target)]
        article_patterns = self.forms.articles(articles, listing_patterns)
        if not article_patterns:
            doubts.append("no address looks like an article's: no link has a headline's length")
        further = [pager.pattern for pager in self.pagers]
        params = self.forms.params(articles)
        if not self.pagers and not any(posts_back(view.tree) for view in self.views):
            doubts.append("no pager was found on the listings seen: further pages are followed by the usual forms")
            further = [form for section in listing_patterns for form in usual_pagers(section)]
            params += USUAL_PARAMS
        urls: dict[str, Any] = {
            "article": article_patterns,
            "listing": ["/", *listing_patterns, *map(without_names, further)],
            "pager": further,
            "ignore": [f"(?i:{SERVICE_PATTERN})", about, SERVICE_QUERY, _FILES],
            "params": params,
            "step": self._step,
            "basis": "seen",
        }
        return AddressGuess(
            urls=urls,
            articles=self._spread(articles, article_patterns),
            listings=[one.url for one in self._ranked()] + self._further(),
            doubts=doubts,
        )

    def _spread(self, articles: Sequence[Target], patterns: Sequence[str]) -> list[str]:
        compiled = [re.compile(one) for one in patterns]
        groups: defaultdict[object, list[Target]] = defaultdict(list)
        for one in articles:
            pattern = next((at for at, pattern in enumerate(compiled) if pattern.fullmatch(one.target)), None)
            if pattern is not None:
                groups[pattern, head_of(one)].append(one)
        for group in groups.values():
            group.sort(key=lambda one: (len(one.pages) > MENU * len(self.views), -len(one.text)))
        queues = sorted(groups.values(), key=len, reverse=True)
        out = []
        for place in range(max(map(len, queues), default=0)):
            out += [queue[place].url for queue in queues if place < len(queue)]
        return out

    def _ranked(self) -> list[Target]:
        """Those that most pages link to; what only says who the site is stands last."""
        return sorted(
            self.told.listings,
            key=lambda one: (bool(ABOUT.match(one.text)), -len(one.pages), -sum(one.texts.values()), len(one.target)),
        )

    def _further(self) -> list[str]:
        found = {self.site.root.rstrip("/") + target: None for pager in self.pagers for target in pager.targets}
        return list(found)
