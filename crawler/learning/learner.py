"""All rules of one layout, learned one after the other from the same pages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.extraction.document import Element
from crawler.learning.article import container_of, headline_of, prose_of, titles_of
from crawler.learning.induction import induce
from crawler.learning.views import Repetition, Sample, View


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
    views, beside = [View(sample) for sample in articles], [View(sample) for sample in others]
    frame = Repetition(views)
    titles = titles_of(views, beside)
    headlines = {view: headline_of(view, titles[view], frame) for view in views}
    doubts: list[str] = []
    fields: dict[str, Any] = {}
    marked: dict[View, Element | None] = {
        view: None if line is None else line.element for view, line in headlines.items()
    }
    if found := induce(marked, unique=True):
        fields["headline"] = {"select": [found.select], "basis": "seen"}
    else:
        doubts.append("no rule for the headline: no place on the pages prints what they are called")
    bodies = {view: container_of(view, prose_of(view, frame, headlines[view])) for view in views}
    if found := induce(bodies):
        fields["body"] = {"select": [found.select], "basis": "seen"}
    else:
        doubts.append("no rule for the text: no element holds it on several pages")
    return Learned({"version": "generic/learned", "urls": dict(urls), "fields": fields}, doubts)
