"""What a survey saw of a site. Plain data; parses the pages that it holds when asked to."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.records import Role
from crawler.extraction.document import Element, parse
from crawler.fingerprints import Match
from crawler.items import Entry
from crawler.survey.sketch import Sketch, unique
from crawler.survey.visiting import Answer


@dataclass
class Seen:
    """What a survey saw. ``sketch``: the site as far as it is known. ``listings``: first pages of sections by address,
    ``further``: second and last ones. ``feeds``, ``sitemaps``: those that answered, with their entries as printed;
    ``sources``: their pages.
    ``matches``: the families whose signs it shows. ``no_lists``: names of menu pages that show no articles and are none
    of the ``sections``. ``doubts``: in words."""

    sketch: Sketch
    front: Answer
    listings: dict[str, Answer] = field(default_factory=dict)
    further: dict[str, Answer] = field(default_factory=dict)
    articles: dict[str, Answer] = field(default_factory=dict)
    sections: list[tuple[str, str]] = field(default_factory=list)
    feeds: dict[str, list[Entry]] = field(default_factory=dict)
    sitemaps: dict[str, list[Entry]] = field(default_factory=dict)
    sources: list[tuple[Answer, Role]] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    no_lists: list[str] = field(default_factory=list)
    crawl_delay: float | None = None
    asked: int = 0
    doubts: list[str] = field(default_factory=list)

    @property
    def front_tree(self) -> Element:
        """The front page, parsed."""
        return parse(self.sketch.page(self.front, "listing"))

    @property
    def walked(self) -> list[tuple[Answer, Role]]:
        """The front page and the listings, with their further pages."""
        return [(one, "listing") for one in (self.front, *self.listings.values(), *self.further.values())]

    @property
    def known(self) -> list[str]:
        """What feeds and sitemaps name."""
        entries = [entry for source in (self.feeds, self.sitemaps) for found in source.values() for entry in found]
        return unique([entry.url for entry in entries if entry.url])
