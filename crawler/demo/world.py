"""A world: up to four sites whose every article follows from a seed, the site's name and the article's index. No I/O.

Time runs from :data:`START` in equal steps, one article a step. Each run of as many articles as there are topics holds
every topic once, in an order of its own; so a section's n-th article, an article's neighbours and the story that two
sites share are found without counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from crawler.clock import VIETNAM
from crawler.demo import chance, text
from crawler.demo.layouts import Layout, layout_class
from crawler.demo.model import Head, Piece, Section
from crawler.demo.pieces import PieceMaker
from crawler.demo.site import DEMO_SITES, Facts, Site, facts_of, sections_of
from crawler.demo.templates import Topic, topics
from crawler.demo.truth import truth
from crawler.demo.typography import slug

START = datetime(2019, 7, 1, 6, 0, tzinfo=VIETNAM)
"""The first article of every site."""

SPAN = timedelta(days=5 * 365)
"""A large site fills these years; a small one has at most one article in :data:`LONGEST_STEP`."""

LONGEST_STEP = timedelta(days=3)

Role = Literal["own", "declared", "undeclared", "copy"]

LANES = 5
"""One for each site's stories and one for the second articles on a page: headlines of two lanes never meet."""

_CACHED = 4096


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text was taken from."""

    role: Role
    site: str
    index: int


class World:
    """Replica sites.

    :param seed: the same seed gives the same bytes.
    :param articles_per_site: 1 to 100,000; nothing is made before it is asked for.
    :param traps: what only a class name tells: on thaibinhtv no box for a sapo where there is none, and on
        congdoan-soctrang headings in the text of the same rank as the second article's title.
    :param sites: one to four replicas, the real sites' unless given.
    :param two_on_a_page: some pages of the Sóc Trăng union print a second complete article.
    :raises ValueError: the number of articles or of sites is out of range, or there is no such replica.
    """

    def __init__(
        self,
        seed: int,
        articles_per_site: int,
        *,
        sites: Sequence[str] = DEMO_SITES,
        two_on_a_page: bool = True,
        traps: bool = False,
    ) -> None:
        if not 1 <= articles_per_site <= 100_000:
            raise ValueError(f"articles_per_site must be from 1 to 100,000, not {articles_per_site:,}")
        if not 1 <= len(set(sites)) == len(sites) < LANES:
            raise ValueError(f"sites must be one to {LANES - 1} different replicas, not {', '.join(sites) or 'none'}")
        self.seed = seed
        self.size = articles_per_site
        self.two_on_a_page = two_on_a_page
        self.traps = traps
        self.step = min(LONGEST_STEP, SPAN / articles_per_site)
        self.now = START + self.step * articles_per_site + timedelta(hours=9, minutes=21)
        self.sites: Mapping[str, WorldSite] = {
            name: WorldSite(self, lane, facts_of(name)) for lane, name in enumerate(sites)
        }

        self.layouts: Mapping[str, Layout] = {name: layout_class(name)(site) for name, site in self.sites.items()}

    def truth(self, site: str, bases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """What an archive must hold of a site: see :func:`crawler.demo.truth.truth`.

        :param bases: the address that each site runs at, as :func:`crawler.demo.server.serve` gives them.
        """
        return truth(self.layouts[site], bases)


class WorldSite(Site):
    """One site of a world."""

    def __init__(self, world: World, lane: int, facts: Facts) -> None:
        self.world = world
        self.lane = lane
        self.facts = facts
        self.sections = sections_of(facts.name)
        self.size = world.size
        self.now = world.now
        self.traps = world.traps
        self._topics = list(topics())
        self._section_of = {topic: section for section in self.sections for topic in section.topics}
        self._maker = PieceMaker(self)
        self.head = lru_cache(_CACHED)(self.head)  # type: ignore[method-assign]
        self.piece = lru_cache(_CACHED)(self.piece)  # type: ignore[method-assign]
        self._order = lru_cache(_CACHED)(self._order)  # type: ignore[method-assign]
        self.origin = lru_cache(_CACHED)(self.origin)  # type: ignore[method-assign]
        self.own_story = lru_cache(_CACHED)(self.own_story)  # type: ignore[method-assign]

    # Time and place in the world
    def published(self, index: int) -> datetime:
        """To the second. No article is older than one of a lower index, on any site."""
        jitter = self.world.step * (0.8 * self.share("time", index))
        moment = START + self.world.step * index + jitter
        if self.world.step == LONGEST_STEP:  # there is time for nights between two articles
            moment = moment.replace(hour=7 + int(self.share("hour", index) * 14))
        return moment.replace(microsecond=0)

    def share(self, *keys: object) -> float:
        return chance.share(self.world.seed, self.name, *keys)

    def _order(self, block: int) -> list[str]:
        order = list(self._topics)
        chance.dice(self.world.seed, self.name, "order", block).shuffle(order)
        return order

    def topic(self, index: int) -> str:
        block, place = divmod(index, len(self._topics))
        return self._order(block)[place]

    def at(self, block: int, topic: str) -> int:
        """The index of the block's article on that topic."""
        return block * len(self._topics) + self._order(block).index(topic)

    # Sections
    def section_at(self, index: int) -> Section:
        return self._section_of[self.topic(index)]

    def count(self, section: Section) -> int:
        whole, rest = divmod(self.size, len(self._topics))
        return whole * len(section.topics) + sum(topic in section.topics for topic in self._order(whole)[:rest])

    def member(self, section: Section, rank: int) -> int:
        block, place = divmod(rank, len(section.topics))
        places = [at for at, topic in enumerate(self._order(block)) if topic in section.topics]
        return block * len(self._topics) + places[place]

    def rank(self, index: int) -> int:
        block, place = divmod(index, len(self._topics))
        section = self.section_at(index)
        return block * len(section.topics) + sum(topic in section.topics for topic in self._order(block)[:place])

    def tags(self) -> Mapping[str, str]:
        return {slug(tag): tag for topic in topics().values() for tag in topic.tags}

    def tagged(self, tag: str) -> list[int]:
        found = []
        for index in self.newest():
            if tag in self.piece(index).keywords:
                found.append(index)
            if len(found) == 10 or self.size - index > 20 * len(self._topics):
                break
        return found

    # Whose story it is
    def role(self, index: int) -> Role:
        """What was drawn; where no source fits, :meth:`origin` is None all the same."""
        drawn = self.share("role", index)
        return "declared" if drawn < 0.06 else "undeclared" if drawn < 0.11 else "copy" if drawn < 0.14 else "own"

    def origin(self, index: int) -> Origin | None:
        """The article that this one was taken from, if any: always a story of its own, published on a day before.
        Where it is not named, the pages prove both days: so an archive can tell which was first."""
        role = self.role(index)
        if role == "own":
            return None
        source = self if role == "copy" else self._neighbour(index)
        if source is None:
            return None
        found = self.last_before(source, index)
        if found is None or source.role(found) != "own" or not source.may_be_taken(found, role):
            return None
        if source.published(found).date() >= self.published(index).date():
            return None
        provable = self.provable(index) and source.provable(found)
        return Origin(role, source.name, found) if role == "declared" or provable else None

    def provable(self, index: int) -> bool:
        """Whether the site's pages prove the article's date."""
        return self.world.layouts[self.name].provable(index)

    def last_before(self, source: WorldSite, index: int) -> int | None:
        """The newest article of ``source`` on the same topic that is older than this site's ``index``."""
        topic, block = self.topic(index), index // len(self._topics)
        found = source.at(block, topic)
        if found >= index:
            block -= 1
            found = source.at(block, topic) if block >= 0 else -1
        return found if found >= 0 else None

    def _neighbour(self, index: int) -> WorldSite | None:
        """A site to take the story from: any for a national one, else one of the same province."""
        national = topics()[self.topic(index)].scope == "national"
        others = [
            site
            for site in self.world.sites.values()
            if site is not self and (national or site.facts.province == self.facts.province)
        ]
        return others[int(self.share("neighbour", index) * len(others))] if others else None

    def may_be_taken(self, index: int, role: Role) -> bool:
        """Photo and video articles have no text to take. Who takes a text without a word is not told from its author
        when that one names a source."""
        silent = role == "undeclared"
        return self._maker.kind(index) == "article" and not (silent and self._maker.names_a_source(index))

    def is_unique(self, index: int) -> bool:
        topic, block = self.topic(index), index // len(self._topics)
        later = (self.at(at, topic) for at in (block, block + 1))
        copied = any(self.role(other) == "copy" for other in later if index < other < self.size)
        return not copied and self.role(index) != "copy"

    def has_partner(self, index: int) -> bool:
        return self._maker.has_partner(index)

    def replica_path(self, site: str, index: int) -> str:
        return self.world.layouts[site].path(index)

    def takers(self, index: int) -> Iterator[tuple[str, int]]:
        """All articles that were taken from this one."""
        topic, block = self.topic(index), index // len(self._topics)
        for site in self.world.sites.values():
            for at in (block, block + 1):
                other = site.at(at, topic)
                if (
                    other < site.size
                    and (found := site.origin(other))
                    and (found.site, found.index) == (self.name, index)
                ):
                    yield site.name, other

    # Articles
    def own_story(self, index: int) -> text.Story:
        """The story that belongs to this place, whether or not another was taken instead."""
        return text.compose(*self._story_keys(index))

    def own_headline(self, index: int) -> str:
        """Its headline alone, which costs a tenth."""
        return text.headline_of(*self._story_keys(index))

    def _story_keys(self, index: int) -> tuple[int, Topic, str, int, datetime, str, int]:
        rank = index // len(self._topics) * LANES + self.lane
        topic = topics()[self.topic(index)]
        return self.world.seed, topic, self.facts.province, rank, self.published(index), self.name, index

    def second_story(self, index: int) -> text.Story:
        """A further story, for the second article on a page: of another topic, in a lane of its own."""
        place = self._topics.index(self.topic(index))
        topic = topics()[self._topics[(place + 5) % len(self._topics)]]
        rank = index // len(self._topics) * LANES + LANES - 1
        when = self.published(index)
        return text.compose(self.world.seed, topic, self.facts.province, rank, when, self.name, "second", index)

    def head(self, index: int) -> Head:
        if not 0 <= index < self.size:
            raise IndexError(f"{self.name} has {self.size:,} articles; there is no {index:,}")
        headline = self._maker.headline(index)
        return Head(
            index=index,
            number=self._number(index),
            headline=headline,
            slug=slug(headline),
            section=self.section_at(index),
            published=self.published(index),
            former=self.share("former", index) < 0.12,
        )

    def piece(self, index: int) -> Piece:
        return self._maker.piece(index)

    def _number(self, index: int) -> int:
        """Sparse, as where drafts are deleted; on NukeViet dense, and sometimes the number of the one before."""
        if self.name == "ldld-caobang":
            return 101 + index - (1 if index % 37 == 20 else 0)
        return 2001 + index * 3 + chance.number(self.world.seed, self.name, "number", index) % 3

    def find(self, number: int) -> list[int]:
        guesses = (number - 101, number - 100) if self.name == "ldld-caobang" else ((number - 2001) // 3,)
        return [index for index in guesses if 0 <= index < self.size and self._number(index) == number]
