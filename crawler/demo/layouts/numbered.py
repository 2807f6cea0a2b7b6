"""What the three sites share whose article numbers are unique: a home page, listings of sections, articles, and the
former addresses that lead on to them. No I/O."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from itertools import islice
from typing import ClassVar

from crawler.demo.layouts.base import Answer, Dating, Layout, Visit
from crawler.demo.layouts.feeds import rss
from crawler.demo.model import Head, Related, Section
from crawler.demo.typography import plain


class Numbered(Layout):
    """A site that finds an article by its number."""

    article_pattern: ClassVar[re.Pattern[str]]
    """An article's path: the group ``number``."""
    section_pattern: ClassVar[re.Pattern[str]]
    """A listing's path: the group ``slug``."""
    page_parameter: ClassVar[str] = "page"
    line_end: ClassVar[str] = "\n"
    """Of robots.txt."""
    home_feed: ClassVar[int] = 0
    """How many articles the feed ``/rss/home.rss`` has; 0: there is none."""

    @abstractmethod
    def present_path(self, head: Head) -> str:
        """An article's path."""

    @abstractmethod
    def past_path(self, head: Head) -> str | None:
        """Its path before the site or the section was moved; None where there was none."""

    def path(self, index: int) -> str:
        return self.present_path(self.site.head(index))

    def former_path(self, index: int) -> str | None:
        """The address before a move, where some link still leads."""
        head = self.site.head(index)
        return self.past_path(head) if head.former else None

    def addresses(self, index: int) -> list[str]:
        former = self.former_path(index)
        return [self.path(index), former] if former else [self.path(index)]

    def related(self, index: int) -> list[Related]:
        given = self.site.piece(index).related
        return list(given) if given is not None else self.listed(index)

    @abstractmethod
    def listed(self, index: int) -> list[Related]:
        """The related lists of an article that was given none."""

    def dating_by_lists(self, index: int, form: str) -> Dating | None:
        """What listings or, where those print no dates, related lists prove; ``form`` is how both print a day."""
        head = self.site.head(index)
        if head.published is None:
            return self.dating_by_others(index, form)
        if not self.provable(index):
            return None
        return Dating(
            head.published, head.published.strftime(form), "day", "listing" if head.section.dated else "related"
        )

    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if path == "/robots.txt":
            return Answer(200, self.line_end.join(self.robots()).encode(), "text/plain", lasting=True)
        if path == "/":
            return self.home(visit)
        if path == "/rss/home.rss" and self.home_feed:
            return rss(self, islice(self.site.newest(), self.home_feed), visit)
        if found := self.section_pattern.fullmatch(path):
            return self.section_page(found, query, visit)
        if found := self.article_pattern.fullmatch(path):
            index = self.only(found["number"])
            if index is None or path not in (self.path(index), self.former_path(index)):
                return None
            return self.article(index, visit) if path == self.path(index) else self.moved(self.path(index), visit)
        return None

    @abstractmethod
    def home(self, visit: Visit) -> Answer: ...

    def section_page(self, found: re.Match[str], query: Mapping[str, str], visit: Visit) -> Answer | None:
        """One page of a listing; ``found`` is its path."""
        section = self.site.section(found["slug"])
        if section is None:
            return None
        number = self.page_number(query.get(self.page_parameter, "1"), self.pages(section))
        return self.listing(section, number, visit) if number else None

    @abstractmethod
    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        """That page of the section's listing; pages count from 1."""

    @abstractmethod
    def article(self, index: int, visit: Visit) -> Answer: ...

    # Pieces of pages
    def section_blocks(self, visit: Visit, address: Callable[[Section], str], form: str, length: int) -> str:
        """The home page's newest articles of each section, each block in ``form`` with a ``title`` and ``entries``."""
        blocks = []
        for section in self.site.sections:
            newest = [(self.path(at), self.site.head(at).headline) for at in self.site.page(section, 1, length)]
            title = f'<a href="{address(section)}">{plain(section.title)}</a>'
            blocks.append(form.format(title=title, entries=self.links(visit, newest, "home")))
        return "\n".join(blocks)

    def most_read(self, visit: Visit, index: int, count: int, key: str) -> str:
        """A list of a few articles that is the same on each page, but for the page's own."""
        drawn = [int(self.site.share(key, n) * self.site.size) for n in range(count)]
        entries = [(self.path(at), self.site.head(at).headline) for at in dict.fromkeys(drawn) if at != index]
        return self.links(visit, entries, key)

    def entry_link(self, entry: Related, visit: Visit, key: str) -> str:
        """A related title as HTML: a link, where it leads anywhere."""
        url = self.href(visit, self.path(entry.index), key) if entry.index is not None else entry.url
        return f'<a href="{url}">{plain(entry.title)}</a>' if url else plain(entry.title)
