"""All rules of one layout, learned one after the other from the same pages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element
from crawler.extraction.posts import posts_back
from crawler.layouts import Layout, Urls
from crawler.learning.article import container_of, headline_of, prose_of, titles_of
from crawler.learning.dating import learn_dates
from crawler.learning.furniture import has_no_plain_captions, learn_drops, learn_lead
from crawler.learning.induction import Induced, induce, matches, text_holders
from crawler.learning.lead import learn_sapo
from crawler.learning.lists import learn_lists
from crawler.learning.naming import learn_byline, learn_source
from crawler.learning.specimen import Specimen, narrowest
from crawler.learning.trail import learn_keywords, learn_section, learn_views
from crawler.learning.views import Repetition, Sample, View
from crawler.urls import SiteAddresses


@dataclass(frozen=True, slots=True)
class Learned:
    """``layout``: the tables of one ``[[layouts]]`` over the generic family's; ``doubts``: what the pages do not prove,
    in words."""

    layout: dict[str, Any]
    doubts: list[str]


def learn(articles: Sequence[Sample], others: Sequence[Sample], urls: Mapping[str, Any]) -> Learned:
    """The layout of a site.

    :param articles: about ten pages that show an article each.
    :param others: the home page and some listings.
    :param urls: the table that :func:`crawler.learning.guess_addresses` gave.
    """
    layout: dict[str, Any] = {"version": "generic/learned", "urls": dict(urls), "fields": {}}
    if not articles:
        return Learned(layout, ["no article's page was given: nothing but addresses could be learned"])
    lesson = _Lesson([View(one) for one in articles], [View(one) for one in others], urls)
    lesson.learn()
    layout["fields"] = lesson.fields
    if lesson.related:
        layout["related"] = lesson.related
    if any(posts_back(one.tree) for one in others):
        layout["listing"] = {"postback": {"basis": "seen"}}
    return Learned(layout, lesson.doubts)


class _Lesson:
    """The rules learned so far, and what the next ones need of them."""

    def __init__(self, views: Sequence[View], others: Sequence[View], urls: Mapping[str, Any]) -> None:
        self.views = views
        self.frame = Repetition(views, others)
        rules = msgspec.convert(dict(urls), Urls, dec_hook=lambda kind, value: kind(value))
        self.addresses = SiteAddresses(views[0].page.profile, Layout(urls=rules))
        self.others = [view for view in others if not self._is_article(view)]
        self.fields: dict[str, Any] = {}
        self.related: list[dict[str, Any]] = []
        self.doubts: list[str] = []

    def _is_article(self, view: View) -> bool:
        address = self.addresses.normalise(view.page.final_url)
        return address is not None and self.addresses.role(address) == "article"

    def learn(self) -> None:
        specimens = self._article()
        dates, doubts = learn_dates(specimens, self.others)
        self.fields |= dates
        self.doubts += doubts
        body = self.fields.get("body", {}).get("select", [None])[0]
        rules: dict[str, dict[str, Any] | None] = {
            "sapo": learn_sapo(specimens, body),
            "byline": learn_byline(specimens),
            "source": learn_source(specimens),
            "section": learn_section(specimens, self.others, self.addresses),
            "keywords": learn_keywords(specimens),
            "view_count": learn_views(specimens),
            **learn_lead(specimens),
        }
        self.fields |= {name: rule for name, rule in rules.items() if rule is not None}
        if has_no_plain_captions(specimens):
            self.fields["plain_captions"] = False
        if drops := learn_drops(specimens):
            self.fields["drop"] = drops
        self.related = learn_lists(specimens, self.others, self.addresses)

    def _article(self) -> list[Specimen]:
        titles = titles_of(self.views, self.others)
        headlines = {view: headline_of(view, titles[view], self.frame) for view in self.views}
        marks = {view: None if line is None else narrowest(line, line.text) for view, line in headlines.items()}
        self._rule("headline", induce(marks, unique=True), marks, "headline")
        prose = {view: prose_of(view, self.frame, headlines[view]) for view in self.views}
        bodies = {view: container_of(view, prose[view]) for view in self.views}
        letters = {view: _letters_in(prose[view]) for view in self.views}

        def fits(view: View, element: Element) -> bool:
            """On a page with little text its element is hard to tell from those around it."""
            around = bodies[view]
            held = letters[view][element] > _MUCH * sum(len(line.text) for line in prose[view])
            return held and around is not None and any(one is around for one in element.iterancestors())

        body = induce(bodies, fits=fits, hints=text_holders)
        self._rule("body", body, bodies, "text")
        containers = {view: _first(body, view, bodies[view]) for view in self.views}
        return [Specimen(view, headlines[view], containers[view], self.frame) for view in self.views]

    def _rule(self, name: str, found: Induced | None, marks: Mapping[View, Element | None], what: str) -> None:
        missing = [view for view, element in marks.items() if element is None]
        if found is None:
            self.doubts.append(f"no rule for the {what}: no place of the pages' pattern holds it on several of them")
            return
        self.fields[name] = {"select": [found.select, *found.fallbacks], "basis": "seen"}
        if missing:
            pages = f"{len(missing)} of {len(marks)} articles, as {missing[0].page.url}"
            self.doubts.append(f"no {what} was found on {pages}")
        if found.wrong:
            other = (view for view, element in marks.items() if element is not _first(found, view, None))
            named = f", as {view.page.url}" if (view := next(other, None)) is not None else ""
            self.doubts.append(f"on {found.wrong} of {len(marks)} articles{named}, the {what} seems to stand elsewhere")


_MUCH = 0.3


def _letters_in(prose: Sequence[Block]) -> Counter[Element]:
    """How many letters of the prose each element holds."""
    found: Counter[Element] = Counter()
    for line in prose:
        for element in [line.element, *line.element.iterancestors()]:
            found[element] += len(line.text)
    return found


def _first(found: Induced | None, view: View, otherwise: Element | None) -> Element | None:
    return next(iter(matches(found.select, view)), otherwise) if found is not None else otherwise
