"""The plan of a survey: what is asked of a site that nobody knows, and what is kept of it. Asks through a visitor."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from archive.records import Found, Role
from crawler.extraction.feed import read_feed
from crawler.extraction.sitemap import read_sitemap
from crawler.fingerprints import Print, recognise
from crawler.layouts import Start
from crawler.learning import guess_addresses, guess_pager
from crawler.profiles import family_names, load_family
from crawler.survey import choosing, menus, pace
from crawler.survey.fronts import leads_on, need, refuse_empty, tree_of
from crawler.survey.seen import Seen
from crawler.survey.sketch import LEARNED, Sketch, links_of, unique
from crawler.survey.trouble import Trouble
from crawler.survey.visiting import Answer, Visitor
from crawler.throttle import PRODUCT

logger = logging.getLogger(__name__)

MOST_REQUESTS = 40
"""Requests of one survey, robots.txt, redirects and second attempts among them; it is rarely more than 30."""
ARTICLES = 10
_MOST_TRIED = 14
_LISTINGS = 3
_MENU = 8
"""Pages of the menu that are asked for only to find out whether they list articles."""
_NO_PAGE = frozenset({404, 410})
_FEW = 3
"""So many articles on the front page, or in a feed, show that a family's addresses are this site's."""


class Looking:
    """One survey. ``seen`` is filled while it goes on.

    :param sketch: name and terms of the site; its base is the address that was given.
    :param start: the page that was given, where it is not the site's root.
    """

    def __init__(self, sketch: Sketch, start: str) -> None:
        self.sketch, self._start = sketch, start
        self.seen: Seen | None = None
        self._guessed = False
        self._guess_doubts: list[str] = []

    async def __call__(self, visitor: Visitor) -> None:
        """Ask for everything that is needed.

        :raises Trouble: the site cannot be looked at, or holds no articles that can be found.
        """
        try:
            self._visitor = visitor
            await self._front()
            self._recognise([self._seen.front])
            if not self._is_scant:
                await self._feeds()
                await self._sitemaps()
            self._tell_addresses()
            await self._listings()
            self._refuse_article()
            await self._articles()
            await self._menu()
        finally:
            if self.seen is not None:
                self.seen.asked = visitor.asked
                if why := visitor.spent or visitor.cut:
                    self.seen.doubts.append(f"not everything was looked at: {why}")

    @property
    def _is_scant(self) -> bool:
        """Whether few requests are left: then articles come first, and one listing that shows them."""
        return self._visitor.most < pace.SCANT

    @property
    def _seen(self) -> Seen:
        assert self.seen is not None
        return self.seen

    async def _front(self) -> None:
        answer = await self._visitor.ask(self._start)
        need(answer, "the home page")
        answered = urlsplit(answer.answered)
        base = f"{answered.scheme}://{answered.netloc}/"
        self.sketch = replace(self.sketch, base=base)
        tree = tree_of(self.sketch, answer)
        if (target := leads_on(tree, answer.answered)) is not None:
            answer = await self._visitor.ask(target)
            need(answer, f"{target}, to which the home page leads,")
            tree = tree_of(self.sketch, answer)
        self.seen = Seen(self.sketch, answer)
        refuse_empty(self.sketch, answer, tree)
        if self._visitor.robots is not None:
            self.seen.crawl_delay = self._visitor.robots.crawl_delay(PRODUCT)

    def _refuse_article(self) -> None:
        """An article that a crawl began at would be taken for the front page, and be missing in the archive."""
        url = self._seen.front.answered
        normal = self._seen.sketch.addresses.normalise(url)
        if normal and self._seen.sketch.addresses.role(normal) in {"article", "view"}:
            raise Trouble(f"{url} is an article; give the address of the site's front page, such as {self.sketch.base}")

    def _recognise(self, answers: Sequence[Answer]) -> None:
        sketch = self._seen.sketch
        host = urlsplit(sketch.base).netloc
        prints = [Print(one.headers, tree_of(sketch, one), host) for one in answers if one.good]
        found = recognise(prints, {name: load_family(name) for name in family_names()})
        if found and not self._seen.matches:
            self._seen.matches = found
            self._seen.sketch = replace(self._seen.sketch, family=found[0].family)

    @property
    def _family_start(self) -> Start | None:
        family = self._seen.sketch.family
        return None if family == LEARNED else load_family(family).start

    # Feeds and sitemaps
    async def _feeds(self) -> None:
        seen, sketch = self._seen, self._seen.sketch
        front = sketch.sample(seen.front, "listing")
        waiting = choosing.feed_candidates(front, sketch.base, sketch.addresses, self._family_start)
        for _ in range(choosing.MOST_FEEDS):
            if not waiting or seen.feeds:
                return
            answer = await self._visitor.ask(waiting.pop(0))
            if not answer.good:
                continue
            page = sketch.page(answer, "feed")
            if page.error is None:
                seen.sources.append((answer, "feed"))
                seen.feeds[answer.url] = [entry for entry in read_feed(page) if sketch.addresses.owns(entry.url or "")]
                if not seen.feeds[answer.url]:
                    del seen.feeds[answer.url]
            elif page.media_type == "text/html" and self._can_read(answer):
                sample = sketch.sample(answer, "listing")
                waiting = unique([*choosing.feeds_named_on(sample, sketch.addresses)[:2], *waiting])

    async def _sitemaps(self) -> None:
        seen, sketch = self._seen, self._seen.sketch
        robots = list(self._visitor.robots.rp.sitemaps) if self._visitor.robots is not None else []
        waiting = choosing.sitemap_candidates(robots, sketch.base, sketch.addresses, self._family_start)
        parts: dict[str, str] = {}
        for _ in range(choosing.MOST_SITEMAPS):
            if not waiting:
                break
            url = waiting.pop(0)
            answer = await self._visitor.ask(url)
            page = sketch.page(answer, "sitemap")
            if not answer.good or page.error is not None:
                continue
            seen.sources.append((answer, "sitemap"))
            entries, further = read_sitemap(page)
            whole = parts.get(url, url)
            found = [entry for entry in entries if sketch.addresses.owns(entry.url or "")]
            seen.sitemaps.setdefault(whole, []).extend(found)
            named = [one for one in further if sketch.addresses.owns(one)] if url not in parts else []
            chosen = choosing.parts_of_index(named)
            parts |= dict.fromkeys(chosen, whole)
            waiting = chosen or [one for one in waiting if one in parts or one in robots]
        seen.sitemaps = {url: entries for url, entries in seen.sitemaps.items() if entries}

    # Addresses, listings, articles
    def _tell_addresses(self) -> None:
        """Take the family's word for what an address is, where that fits; else tell by the forms of the addresses."""
        seen, sketch = self._seen, self._seen.sketch
        if sketch.family != LEARNED and not sketch.tells_addresses:
            front = choosing.articles_on(sketch.sample(seen.front, "listing"), sketch.addresses)
            normal = [sketch.addresses.normalise(url) for url in seen.known]
            fit = [url for url in normal if url and sketch.addresses.role(url) in {"article", "view"}]
            if len(fit) >= _FEW or len(front) >= _FEW:
                return
            seen.doubts.append(
                f"the family's forms of addresses fit none of {len(seen.known)} articles: learned instead"
            )
        samples = [sketch.sample(*one) for one in seen.walked]
        guess = guess_addresses(sketch.base, samples, seen.known)
        if guess.articles or not self._guessed:
            self._guessed, self._guess_doubts = bool(guess.articles), guess.doubts
            seen.sketch = replace(sketch, layout={**(sketch.layout or {}), "urls": guess.urls})

    async def _listings(self) -> None:
        seen, wanted = self._seen, 1 if self._is_scant else _LISTINGS
        for _ in range(2):
            front = seen.sketch.sample(seen.front, "listing")
            seen.sections = choosing.sections_of(front, seen.sketch.addresses)
            untried = [url for url, _ in seen.sections if url not in seen.listings]
            for url in choosing.spread(untried, wanted - len(seen.listings)):
                answer = await self._visitor.ask(url)
                if self._can_read(answer):
                    seen.listings[url] = answer
            if not seen.sketch.tells_addresses:
                self._learn_pager()
                break
            self._tell_addresses()  # anew: listings show pagers, and more articles
        if not self._is_scant:
            await self._further_pages()
        if seen.sketch.tells_addresses:
            self._tell_addresses()
            seen.doubts += self._guess_doubts

    def _learn_pager(self) -> None:
        """Where the family leaves to the site how its pagers count (Joomla: by articles), the listings say it."""
        seen, sketch = self._seen, self._seen.sketch
        if load_family(sketch.family).layout.urls.pager or any(map(self._further, seen.listings.values())):
            return
        learned = guess_pager(sketch.base, [sketch.sample(*one) for one in seen.walked], seen.known)
        if learned is None:
            return
        seen.sketch = replace(sketch, layout={**(sketch.layout or {}), "urls": learned})
        if not any(map(self._further, seen.listings.values())):  # the family's word is that these are no listings
            seen.sketch = sketch

    async def _further_pages(self) -> None:
        """The second page of one listing, the last one of another: it may hold the oldest articles."""
        seen = self._seen
        for url, answer in list(seen.listings.items()):
            pages = [one for one in self._further(answer) if one.url not in seen.further]
            if pages and len(seen.further) < 2:
                chosen = pages[-1] if seen.further else pages[0]
                further = await self._visitor.ask(chosen.url, chosen.form)
                if self._can_read(further):
                    seen.further[chosen.url] = further
                elif not further.good:
                    seen.doubts.append(f"a further page of {url} cannot be had: {chosen.url}: {further.why_not}")

    def _can_read(self, answer: Answer, role: Role = "listing") -> bool:
        """Whether a page came, and one that is not too large to be read."""
        if not answer.good:
            return False
        error = self._seen.sketch.page(answer, role).error
        if error is not None:
            self._seen.doubts.append(f"{answer.url} cannot be used: {error}")
        return error is None

    async def _articles(self) -> None:
        seen, addresses = self._seen, self._seen.sketch.addresses
        pages = {"front": seen.front} | seen.listings | seen.further
        sources = {name: self._shown_on(answer) for name, answer in pages.items()}
        normal = [addresses.normalise(url) for url in seen.known]
        named = [url for url in normal if url is not None and addresses.role(url) == "article"]
        sources["named"] = choosing.spread(named[::-1], ARTICLES)
        tried = 0
        for url in choosing.in_turn(sources, addresses):
            if len(seen.articles) >= ARTICLES or tried >= _MOST_TRIED:
                break
            tried += 1
            answer = await self._visitor.ask(url)
            if self._can_read(answer, "article"):
                seen.articles[url] = answer
        if not seen.articles:
            raise Trouble(self._none_found(sources, tried))
        if not seen.matches:
            self._recognise(list(seen.articles.values()))

    async def _menu(self) -> None:
        """Leave out what the menu leads to and no list is, as far as there are requests to find out."""
        seen, addresses = self._seen, self._seen.sketch.addresses
        linked = [self._shown_on(answer) for answer in seen.articles.values()]
        lists = {url: answer for url, answer in seen.listings.items() if answer.good}
        known = [addresses.normalise(url) or url for url in (*seen.known, *seen.articles)]
        known += [url for shown in (*linked, *map(self._shown_on, lists.values())) for url in shown]
        untold = [url for url, _ in seen.sections if url not in seen.listings and not menus.is_above(url, known)]
        missing = set[str]()
        for url in untold[: 0 if self._is_scant else _MENU]:
            if self._visitor.asked >= self._visitor.most:
                break
            answer = await self._visitor.ask(url)
            if self._can_read(answer):
                lists[url] = answer
            elif answer.status in _NO_PAGE:
                missing.add(url)
        own = menus.with_own_articles({url: self._shown_on(answer) for url, answer in lists.items()}, linked)
        if own:
            missing |= {url for url, answer in lists.items() if url not in own and not self._further(answer)}
        seen.no_lists = [name for url, name in seen.sections if url in missing]
        seen.sections = [(url, name) for url, name in seen.sections if url not in missing]

    def _shown_on(self, answer: Answer) -> list[str]:
        sketch = self._seen.sketch
        return choosing.articles_on(sketch.sample(answer, "listing"), sketch.addresses)

    def _further(self, answer: Answer) -> list[Found]:
        sketch = self._seen.sketch
        return choosing.further_pages(sketch.sample(answer, "listing"), sketch.addresses)

    def _none_found(self, sources: dict[str, list[str]], tried: int) -> str:
        seen, addresses = self._seen, self._seen.sketch.addresses
        front = seen.sketch.sample(seen.front, "listing")
        links = {url for url, _, _ in links_of(front, addresses)}
        if tried:
            return f"no article was found: none of {tried} addresses that look like one could be had"
        return (
            f"no article was found: {seen.front.answered} has {len(links)} links of its own and "
            f"{len(seen.listings)} further pages were looked at, none of whose links looks like an article's. "
            "If the news stand elsewhere, give that page's address"
        )
