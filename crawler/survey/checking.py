"""``luutru sites check``: whether a site's profile still fits its pages. A plan that asks for a few of them, and what
their readings say beside what is normal for the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import comb
from urllib.parse import urljoin

from archive.coverage import Archived, Coverage
from archive.records import Role
from crawler import clock
from crawler.extraction.document import fold, parse, text_of
from crawler.extraction.posts import fragment_of
from crawler.extraction.rules import value_in
from crawler.items import Page
from crawler.learning import Sample
from crawler.profiles import Profile
from crawler.survey import choosing
from crawler.survey.distrust import distrusted
from crawler.survey.readings import FIELDS, RULES, Read, read_all
from crawler.survey.remedy import remedies
from crawler.survey.sketch import links_of
from crawler.survey.visiting import Answer, Visitor
from crawler.urls import SiteAddresses

MOST_REQUESTS = 20
RECENT = 5
"""Articles that the site shows now and that are read again."""
ARCHIVED = 2
"""Archived articles that are asked for again."""
_LISTINGS = 2
_UNLIKELY = 0.01
"""A field is called broken where so few finds have less than this probability, if the site is as it was."""
_NEVER_CERTAIN = 0.99
"""No share is taken for more: the next article may be the first one without."""
_EXPECTED = ("headline", "body")
"""Fields that every article has, archive or not."""
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that no longer fits. ``part``: a field, ``listing``, ``feed``, ``sitemap`` or ``pager``; ``address``:
    where it shows; ``rule``: the key of the profile; ``problem``: in words."""

    part: str
    address: str
    problem: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class FieldNow:
    """On how many of ``articles`` a field was found, and on which share it normally is (None: nothing to compare)."""

    name: str
    found: int
    articles: int
    normal: float | None
    broken: bool


@dataclass
class Check:
    """What a check of one site found. ``notes``: what is no fault, and worth knowing. ``advice``: what to do about what
    is broken."""

    profile: Profile
    fields: list[FieldNow] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    asked: int = 0


class Checking:
    """The plan. ``archived``: articles of the site that are asked for again; ``paged``: its listings of which the
    archive knows further pages, by their number; ``listed``: those that have listed articles, and whether with dates.
    """

    def __init__(
        self,
        profile: Profile,
        coverage: Coverage,
        archived: Sequence[Archived],
        paged: Sequence[str],
        listed: Mapping[str, bool],
    ) -> None:
        self.check = Check(profile)
        self._profile, self._coverage, self._archived, self._paged = profile, coverage, archived, paged
        self._listed = listed
        self._layout = profile.layout_at(clock.now())
        self._addresses = SiteAddresses(profile, self._layout)
        self._shown: dict[str, list[str]] = {}
        self._walked: dict[str, Answer] = {}
        self._pages: dict[str, Answer] = {}
        self._reads: list[Read] = []

    async def __call__(self, visitor: Visitor) -> None:
        """Ask, and judge.

        :raises Trouble: nothing can be asked of the site.
        """
        try:
            await self._entrances(visitor)
            await self._articles(visitor)
            if self.check.broken:
                self.check.advice += self._advice()
            if visitor.spent:
                self.check.notes.append(f"not everything was looked at: {visitor.spent}")
        finally:
            self.check.asked = visitor.asked

    # Entrances
    async def _entrances(self, visitor: Visitor) -> None:
        start = self._profile.crawl.start
        for name in start.sitemaps[:1]:
            await self._source(visitor, "sitemap", name)
        for name in start.feeds[:1]:
            await self._source(visitor, "feed", name)
        paged = 0
        listings = [self._addresses.normalise(name, self._profile.base) or "" for name in start.listings[:1]]
        known = [self._addresses.normalise(name, self._profile.base) or "" for name in start.listings[1:]]
        for number in range(_LISTINGS + 1):
            if not listings:
                break
            url = listings.pop(0)
            sample = await self._listing(visitor, url)
            if sample is None:
                continue
            if number == 0:
                found = [one for one, _ in choosing.sections_of(sample, self._addresses)]
                sections = sorted(known or found, key=lambda one: one not in self._listed)
                listings = list(dict.fromkeys([*self._paged[:1], *sections]))[:_LISTINGS]
            pages = choosing.further_pages(sample, self._addresses)
            if pages:
                paged += 1
                await self._further(visitor, url, pages[0].url, pages[0].form)
            elif url in self._paged:
                problem = "the archive knows further pages of this listing, and it links to none now"
                self._break("pager", url, problem, "urls.pager")

    async def _source(self, visitor: Visitor, role: Role, name: str) -> None:
        url = urljoin(self._profile.base, name)
        answer = await visitor.ask(url)
        page = self._page(answer, role)
        if page.error is not None:
            self._break(role, url, page.error, f"crawl.start.{role}s")
            return
        entries = [entry.url for entry in page.entries if entry.url]
        own = [one for one in entries if self._addresses.article(one)]
        self._shown[role] = own
        if entries and not own:
            example = f"none of its {len(entries)} addresses is an article's, as {entries[0]}"
            self._break(role, url, example, "urls.article")
        elif not entries and not page.links:
            self._break(role, url, "it is empty", f"crawl.start.{role}s")

    async def _listing(self, visitor: Visitor, url: str) -> Sample | None:
        answer = await visitor.ask(url)
        page = self._page(answer, "listing")
        if page.error is not None:
            self._break("listing", url, page.error, "crawl.start.listings")
            return None
        self._walked[url] = answer
        sample = Sample(page, parse(fragment_of(page)))
        own = choosing.articles_on(sample, self._addresses)
        self._shown[url] = own
        if not own and (url == self._profile.base or url in self._listed):
            links = {link for link, _, _ in links_of(sample, self._addresses)}
            self._break("listing", url, f"none of its {len(links)} links to the site is an article's", "urls.article")
        elif not own:
            hint = "if it is no list of articles, take it out of crawl.start.listings"
            self.check.notes.append(f"{url} shows no articles, and none were ever seen on it: {hint}")
        item = self._layout.listing.item
        if item is not None and own and self._listed.get(url) and not item.elements(sample.tree):
            problem = "no entry is found by its rule: the dates of a list are lost with it"
            self._break("listing", url, problem, f"listing.item {item.source}")
        return sample

    async def _further(self, visitor: Visitor, section: str, url: str, form: str | None) -> None:
        if f"{section} 2" in self._shown or len([one for one in self._shown if one.endswith(" 2")]) >= 1:
            return
        answer = await visitor.ask(url, form)
        page = self._page(answer, "listing")
        if page.error is not None:
            self._break("pager", url, page.error, "urls.pager")
            return
        own = choosing.articles_on(Sample(page, parse(fragment_of(page))), self._addresses)
        self._shown[f"{section} 2"] = own
        if own and set(own) == set(self._shown.get(section, [])):
            self._break("pager", url, "the further page shows the same articles as the first", "urls.pager")

    # Articles
    async def _articles(self, visitor: Visitor) -> None:
        recent: list[Answer] = []
        known = {one.id for one in self._archived}
        for url in choosing.in_turn(self._shown, self._addresses):
            if len(recent) >= RECENT:
                break
            if self._addresses.article(url) not in known:
                recent.append(await visitor.ask(url))
        again = [await visitor.ask(one.url) for one in self._archived]
        gone = [one for one in (*recent, *again) if not one.good]
        for answer in gone:
            self.check.notes.append(f"{answer.url} cannot be had: {answer.why_not}")
        there = [one for one in (*recent, *again) if one.good]
        reads = self._articles_among(read_all(self._profile, there, layout=self._layout))
        if not reads:
            self.check.notes.append("no article could be asked for: their fields were not compared")
            return
        self._pages, self._reads = {answer.url: answer for answer in there}, reads
        for name in FIELDS:
            self._compare(name, reads, self._pages)
        self._distrust(reads)

    def _articles_among(self, reads: Sequence[Read]) -> list[Read]:
        """Without pages that say themselves that they are none; what was archived as an article has to be one."""
        archived = {one.url for one in self._archived}
        others = [read for read in reads if read.is_other_page and read.url not in archived]
        self.check.notes += [f"{read.url} says itself that it is no article; it was not compared" for read in others]
        return [read for read in reads if read not in others]

    def _advice(self) -> Iterator[str]:
        parts = list(dict.fromkeys(one.part for one in self.check.broken))
        usable = {url: one for url, one in self._pages.items() if self._page(one, "article").error is None}
        walked = list(self._walked.items())
        front = walked[0][1] if walked else None
        return remedies(self._profile, self._layout, parts, front, dict(walked[1:]), self._reads, usable)

    def _compare(self, name: str, reads: Sequence[Read], pages: dict[str, Answer]) -> None:
        found = sum(name in read.by_rules for read in reads)
        normal = self._coverage.shares.get(name)
        before = [one for one in self._archived if name in one.fields]
        lost = [read for read in reads if any(read.url == one.url for one in before) and name not in read.by_rules]
        if normal is not None:
            broken = _so_few(found, len(reads), normal) < _UNLIKELY
        else:
            broken = name in _EXPECTED and found < len(reads)
            broken = broken or (name == "date" and not found and self._has_rule("published"))
        self.check.fields.append(FieldNow(name, found, len(reads), normal, broken))
        if broken:
            without = next(read for read in (*lost, *reads) if name not in read.by_rules)
            problem, rule = self._why(name, without, pages[without.url])
            self._break(name, without.url, problem, rule)

    def _distrust(self, reads: Sequence[Read]) -> None:
        """What is found everywhere may be found in the wrong place: the site's name for the headline, all of the page
        for the text, the clock of the site for the date."""
        before = {one.url: one for one in self._archived}
        fetched = {url: answer.fetched_at for url, answer in self._pages.items()}
        told = {one.part for one in self.check.broken}
        for wrong in distrusted(reads, before, fetched):
            if wrong.part not in told:
                told.add(wrong.part)
                self._found_wrongly(wrong.part, wrong.address, wrong.problem)

    def _found_wrongly(self, part: str, address: str, problem: str) -> None:
        self.check.fields = [replace(one, broken=one.broken or one.name == part) for one in self.check.fields]
        self._break(part, address, problem, f"fields.{RULES[part][0]}")

    def _why(self, name: str, read: Read, answer: Answer) -> tuple[str, str | None]:
        """Which selector matches nothing any more, or what stands there that is not read."""
        if read.article is None:
            name = name if name in RULES else "body"
        page = self._page(answer, "article")
        if page.error is not None:
            return page.error, None
        tree = parse(page)
        missing = []
        for rule_name in RULES.get(name, ()):
            rule = getattr(self._layout.fields, rule_name)
            for select in rule.select:
                matched = select(tree)
                if not matched:
                    missing.append((rule_name, select.source))
                    continue
                text = fold(matched[0]) if isinstance(matched[0], str) else text_of(matched[0])
                if value_in(rule, text) is None:
                    return f'"{text[:_SHOWN]}" stands there, which its pattern does not fit', f"fields.{rule_name}"
        reason = f"; {read.failure}" if read.failure else ""
        if missing:
            rules = ", ".join(source for _, source in missing)
            return f"nothing on the page matches {rules}{reason}", f"fields.{missing[0][0]}"
        return f"it is not found any more{reason}", None

    def _has_rule(self, name: str) -> bool:
        rule = getattr(self._layout.fields, name)
        return bool(rule.select or rule.anywhere)

    def _page(self, answer: Answer, role: Role) -> Page:
        page = answer.page(self._profile, self._layout, role)
        page.error = page.error or (None if answer.good else answer.why_not)
        return page

    def _break(self, part: str, address: str, problem: str, rule: str | None) -> None:
        self.check.broken.append(Broken(part, address, problem, rule))


def _so_few(found: int, of: int, normal: float) -> float:
    """How likely it is that so few of the articles, or fewer, have a field that this share of all has (binomial)."""
    p = min(normal, _NEVER_CERTAIN)
    return sum(comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(found + 1))
