"""A site that shows given articles in a replica's layout, so that real texts can be read from real-looking pages.

No I/O. Nothing is added to what is given but what the layout itself prints: menus, counters, notices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Literal

from crawler.clock import VIETNAM
from crawler.demo import chance
from crawler.demo.layouts import Layout, layout_class
from crawler.demo.model import Author, Block, Byline, Head, Paragraph, Picture, Piece, Related, Section, Source
from crawler.demo.site import Site, facts_of
from crawler.demo.truth import truth
from crawler.demo.typography import slug

GivenRelated = tuple[str, date | None, str | int | None]
"""Title, the date printed beside it, and where it leads: an address, the index of another given article, or nowhere."""


@dataclass(frozen=True, slots=True)
class GivenArticle:
    """One article to show.

    ``body``: its paragraphs. ``captions``: ``(position, text)``, each a picture with that caption before the paragraph
    of that position (0 is the first; ``len(body)`` stands at the end). ``section``: the breadcrumb, outermost first.
    ``date``: when it was published, printed wherever the layout prints such a date (on the page, in listings); None:
    nowhere. ``byline`` as printed; ``authors`` what it means, for the truth. ``related``: its list of other articles,
    on NukeViet the older ones. ``partner``: a second article printed on the same page. ``lead``: on NukeViet, whether
    the first caption is that of the picture above the text.
    """

    headline: str
    body: Sequence[str]
    sapo: str | None = None
    captions: Sequence[tuple[int, str]] = ()
    credits: Mapping[str, str] = field(default_factory=dict)
    byline: str | None = None
    authors: Sequence[Author] = ()
    source_name: str | None = None
    source_url: str | None = None
    section: Sequence[str] = ("Tin tức",)
    keywords: Sequence[str] = ()
    view_count: int = 0
    date: datetime | None = None
    modified: datetime | None = None
    related: Sequence[GivenRelated] = ()
    partner: GivenArticle | None = None
    lead: bool = False
    label: Literal["new", "old", "body"] = "old"
    editor: Literal["p", "div", "br", "word", "plain"] = "p"
    encoding: Literal["plain", "entities", "combining"] = "plain"
    rights: bool = True


class FixedSite(Site):
    """A replica that holds given articles and nothing else.

    :param name: whose layout: ``thst``, ``congdoan-soctrang``, ``ldld-caobang`` or ``thaibinhtv``.
    :param articles: the oldest first; at least one.
    :raises ValueError: there is no such layout, or no article, or an index in a related list leads nowhere.
    """

    def __init__(self, name: str, articles: Sequence[GivenArticle], *, now: datetime | None = None) -> None:
        if not articles:
            raise ValueError(f"{name}: expected at least one article to show")
        self.facts = facts_of(name)
        self.articles = list(articles)
        self.size = len(self.articles)
        self.now = now or datetime(2024, 8, 1, 9, 21, tzinfo=VIETNAM)
        trails = list(dict.fromkeys(tuple(article.section) for article in self.articles))
        self.sections = tuple(
            Section(slug(trail[-1]) or "tin", trail, number=12 + 3 * at) for at, trail in enumerate(trails)
        )
        self._by_trail = {section.trail: section for section in self.sections}
        self._members = {
            trail: [at for at, article in enumerate(self.articles) if tuple(article.section) == trail]
            for trail in trails
        }
        self.layout: Layout = layout_class(name)(self)
        for article in self.articles:
            for title, _, target in article.related:
                if isinstance(target, int) and not 0 <= target < self.size:
                    raise ValueError(
                        f"{name}: related title {title!r} leads to article {target}; there are {self.size}"
                    )

    def truth(self, bases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """What an archive must hold of it: see :func:`crawler.demo.truth.truth`."""
        return truth(self.layout, bases)

    def head(self, index: int) -> Head:
        article = self.articles[index]
        return Head(
            index=index,
            number=101 + 3 * index,
            headline=article.headline,
            slug=slug(article.headline),
            section=self.section_at(index),
            published=article.date,
        )

    def piece(self, index: int) -> Piece:
        article = self.articles[index]
        piece = self._shown(article, self.head(index))
        if article.partner is None:
            return piece
        head = replace(
            self.head(index), number=900_101 + index, headline=article.partner.headline, published=article.partner.date
        )
        return replace(piece, partner=self._shown(article.partner, head))

    def _shown(self, article: GivenArticle, head: Head) -> Piece:
        has_sapo = article.sapo is not None
        if has_sapo and not self.layout.sapo:
            raise ValueError(f"{self.name} prints no sapo: give that of {article.headline!r} as its first paragraph")
        pictures = [
            (at, Picture(self.layout.picture_path(head, n), text, article.credits.get(text)))
            for n, (at, text) in enumerate(article.captions)
        ]
        lead = None
        if article.lead and pictures:
            lead = replace(pictures.pop(0)[1], width=460)
        blocks: list[Block] = []
        for at, paragraph in enumerate([*article.body, None]):
            blocks += [picture for position, picture in pictures if position == at]
            if paragraph is not None:
                blocks.append(Paragraph(paragraph))
        named = article.source_name is not None or article.source_url is not None
        return Piece(
            head=head,
            description=article.sapo,
            blocks=tuple(blocks),
            byline=Byline(article.byline, tuple(article.authors)) if article.byline else None,
            source=Source(article.source_name, article.source_url) if named else None,
            views=article.view_count,
            keywords=tuple(article.keywords),
            modified=article.modified,
            lead=lead,
            kind="article" if article.body else "photo",
            rights=article.rights,
            encoding=article.encoding,
            editor=article.editor,
            label=article.label,
            related=tuple(self._entry(*one) for one in article.related),
        )

    def printed_elsewhere(self, index: int) -> datetime | None:
        """By address; where no list names the address, by the title, if no other article has it."""
        article = self.articles[index]
        shown = [one for given in self.articles for one in (given, given.partner) if one is not None]
        entries = [entry for one in shown for entry in one.related if entry[1] is not None]
        by_address = {day for _, day, target in entries if target in (index, self.layout.path(index))}
        by_title = {day for title, day, target in entries if target is None and title == article.headline}
        days = by_address or (by_title if self.is_unique(index) else set())
        return _moment(days.pop()) if len(days) == 1 else None

    def _entry(self, title: str, day: date | None, target: str | int | None) -> Related:
        moment = _moment(day)
        index = target if isinstance(target, int) else None
        return Related(title, self.layout.given_relation, index, target if isinstance(target, str) else None, moment)

    def find(self, number: int) -> list[int]:
        at, rest = divmod(number - 101, 3)
        return [at] if rest == 0 and 0 <= at < self.size else []

    def section_at(self, index: int) -> Section:
        return self._by_trail[tuple(self.articles[index].section)]

    def count(self, section: Section) -> int:
        return len(self._members[section.trail])

    def member(self, section: Section, rank: int) -> int:
        return self._members[section.trail][rank]

    def rank(self, index: int) -> int:
        return self._members[self.section_at(index).trail].index(index)

    def tags(self) -> Mapping[str, str]:
        return {slug(tag): tag for article in self.articles for tag in article.keywords}

    def tagged(self, tag: str) -> list[int]:
        return [at for at, article in enumerate(self.articles) if tag in article.keywords]

    def share(self, *keys: object) -> float:
        return chance.share("fixed", self.name, *keys)

    def is_unique(self, index: int) -> bool:
        headline = self.articles[index].headline
        return sum(article.headline == headline for article in self.articles) == 1

    def has_partner(self, index: int) -> bool:
        return self.articles[index].partner is not None

    def replica_path(self, site: str, index: int) -> str:
        return self.layout.path(index)

    def takers(self, index: int) -> Iterator[tuple[str, int]]:
        return iter(())


def _moment(day: date | None) -> datetime | None:
    """Midnight in Vietnam."""
    return None if day is None else datetime.combine(day, time(), VIETNAM)
