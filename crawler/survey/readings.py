"""What a profile gives on the pages that were seen: each article read as a crawl reads it, and which fields it has.
No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.records import Article, Role, Sighting
from crawler.desk import Desk
from crawler.extraction.document import Element, parse
from crawler.layouts import Layout
from crawler.profiles import Profile
from crawler.survey.visiting import Answer
from crawler.urls import KnownSites

FIELDS: dict[str, Callable[[Article], bool]] = {
    "headline": lambda article: bool(article.headline),
    "date": lambda article: article.date_published is not None,
    "authors": lambda article: bool(article.authors),
    "source": lambda article: article.source is not None,
    "sapo": lambda article: bool(article.description),
    "body": lambda article: bool(article.body) or article.kind != "article",
    "section": lambda article: bool(article.section),
    "keywords": lambda article: bool(article.keywords),
    "pictures": lambda article: bool(article.images),
    "captions": lambda article: any(image.caption for image in article.images),
    "related": lambda article: any(link.relation != "inline" for link in article.links),
}
"""The fields that a survey looks at, by what an operator calls them, and whether an article has each."""

RULES: dict[str, tuple[str, ...]] = {
    "headline": ("headline",),
    "date": ("published", "published_meta"),
    "authors": ("byline",),
    "source": ("source",),
    "sapo": ("sapo",),
    "body": ("body", "article"),
    "section": ("section",),
    "keywords": ("keywords",),
}
"""The rules of a layout that lead to a field."""

_NO_ARTICLE = "the page says that it is no article"
LOOSE = "the body's container is missing"
"""How the note begins of an article whose text was found without its rule."""


@dataclass(frozen=True, slots=True)
class Read:
    """One article page as a profile reads it: the first article on it, or the ``failure``. ``sighted``: the date that
    another page prints for it. ``places``: by which selector of the layout a field's place was found, where its
    evidence does not say so."""

    url: str
    article: Article | None
    failure: str | None = None
    sighted: Sighting | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether it has the field; a date only where its own page shows one."""
        return self.article is not None and FIELDS[name](self.article)

    @property
    def why_not(self) -> str:
        """Why there is no article, without the rule that says so."""
        return _NO_ARTICLE if self.is_other_page else self.failure or "no article"

    @property
    def is_other_page(self) -> bool:
        """Whether the page says itself that it is no article (``fields.unless``), as a page about the site does."""
        return self.article is None and (self.failure or "").startswith(_NO_ARTICLE)

    @property
    def by_rules(self) -> frozenset[str]:
        """The fields that it has; a text that was found without its rule is none."""
        return frozenset(name for name in FIELDS if self.has(name) and not (name == "body" and self.loose))

    @property
    def loose(self) -> bool:
        """Whether its text was found without the rule for it."""
        notes = [one.note or "" for one in self.article.evidence] if self.article is not None else []
        return any(note.startswith(LOOSE) for note in notes)


def read_all(
    profile: Profile,
    articles: Iterable[Answer],
    others: Iterable[tuple[Answer, Role]] = (),
    layout: Layout | None = None,
) -> list[Read]:
    """Read article pages, and the dates that ``others`` (listings, feeds, sitemaps) print for them.

    :param layout: the profile's newest unless given.
    """
    layout = layout or profile.layouts[-1]
    desk = Desk(profile, layout, KnownSites([profile], "2100-01-01"))
    sighted: dict[str, Sighting] = {}
    for answer, role in others:
        if answer.good:
            for sighting in desk.harvest(answer.page(profile, layout, role)).sightings:
                if sighting.target is not None and sighting.date is not None:
                    sighted.setdefault(sighting.target, sighting)
    reads = []
    for answer in articles:
        if not answer.good:
            reads.append(Read(answer.url, None, answer.why_not))
            continue
        page = answer.page(profile, layout, "article")
        harvest = desk.harvest(page)
        article = harvest.articles[0] if harvest.articles else None
        known = sighted.get(article.id) if article is not None else None
        places = _places(parse(page), layout) if article is not None else {}
        reads.append(Read(answer.url, article, harvest.capture.reason, known, places))
    return reads


def _places(tree: Element, layout: Layout) -> dict[str, str]:
    rules = {name: getattr(layout.fields, name).select for name in ("body", "section", "keywords")}
    rules["related"] = tuple(select for one in layout.related for select in one.select)
    found = {name: next((one.source for one in selects if one(tree)), None) for name, selects in rules.items()}
    return {name: source for name, source in found.items() if source is not None}


def share(reads: Sequence[Read], name: str) -> float:
    """On how many of the pages (0 to 1) the field was found."""
    return sum(read.has(name) for read in reads) / len(reads) if reads else 0.0
