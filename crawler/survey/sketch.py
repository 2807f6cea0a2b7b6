"""A profile that is not written yet: what is known so far of a site, read as a profile would be. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tomlkit

from archive.records import Role
from crawler.extraction.document import Element, base_address, parse
from crawler.extraction.posts import fragment_of
from crawler.items import Page
from crawler.layouts import Layout
from crawler.learning import Sample
from crawler.profiles import Profile, profile_of
from crawler.survey.visiting import Answer
from crawler.urls import SiteAddresses

LEARNED = "generic"
"""The family of sites whose whole layout was learned."""


@dataclass(frozen=True)
class Sketch:
    """The site's terms and the layout so far. ``layout`` are the tables that stand over the family's."""

    name: str
    base: str
    crawl: Mapping[str, Any]
    family: str = LEARNED
    layout: Mapping[str, Any] | None = None
    title: str = ""
    publisher: str = ""

    @cached_property
    def profile(self) -> Profile:
        """The profile that this would be."""
        raw: dict[str, Any] = {
            "title": self.title or self.name,
            "publisher": self.publisher or self.name,
            "kind": "union",
            "province": "",
            "family": self.family,
            "base": self.base,
            "crawl": dict(self.crawl),
            "layouts": [dict(self.layout or {})],
        }
        return profile_of(self.name, tomlkit.dumps(raw).encode(), Path(f"{self.name}.toml"))

    @property
    def tells_addresses(self) -> bool:
        """Whether the layout so far has its own word for what an address is; else the family's stands."""
        return "article" in (self.layout or {}).get("urls", {})

    @cached_property
    def addresses(self) -> SiteAddresses:
        """What an address of the site is."""
        return SiteAddresses(self.profile, self._layout)

    @property
    def _layout(self) -> Layout:
        return self.profile.layouts[-1]

    def page(self, answer: Answer, role: Role) -> Page:
        """The page that an answer is."""
        return answer.page(self.profile, self._layout, role)

    def sample(self, answer: Answer, role: Role) -> Sample:
        """The page and its tree, for the learner.

        :raises ValueError: the page is too large to be read.
        """
        page = self.page(answer, role)
        return Sample(page, parse(fragment_of(page) if role == "listing" else page))


def links_of(sample: Sample, addresses: SiteAddresses) -> list[tuple[str, str, Element]]:
    """All links of a page to the site itself, in page order: normalised address, role or ``""``, and the element."""
    base = base_address(sample.page, sample.tree)
    found = []
    for link in sample.tree.iter("a"):
        url = addresses.normalise(link.get("href") or "", base)
        if url is not None and link.get("href"):
            found.append((url, addresses.role(url) or "", link))
    return found


def unique(urls: Sequence[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(urls))
