"""How one stranger looks: everything that its template decides, each drawn on its own. Pure.

What a site decides once stands here; what differs between its articles (a missing picture, a missing byline) is drawn
where the article is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from unseen import dates
from unseen.chance import Chance
from unseen.words import words


@dataclass(frozen=True, slots=True)
class RelatedList:
    """A list of other articles. ``form``: how its entries are typed; ``dated``: how a date is printed in it."""

    relation: str
    heading: str
    heading_printed: bool
    place: str
    form: str
    length: int
    dated: Callable[[datetime], str] | None
    pictures: bool


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the head says to machines: ``none``, ``right`` or how it lies."""

    og_title: str
    og_times: str
    json_ld: str
    microdata: str
    keywords: bool
    canonical: bool


@dataclass(frozen=True, slots=True)
class Design:
    """One template. Places and forms are named by the words that the drawing modules switch on."""

    kind: str
    province: str
    publisher: str
    skeleton: str
    depth: int
    naming: str
    headline_tag: str
    logo_heading: bool
    titles_in_headings: bool
    date_place: str
    date_form: str
    date_label: str
    shows_minute: bool
    date_tag: str
    icon: bool
    modified_label: str | None
    byline_place: str
    byline_label: str
    byline_look: str
    account_label: str | None
    account: str
    views_place: str
    views_label: str
    meta_form: str
    sapo: str
    typing: str
    caption: str
    lead_picture: str
    inline_pictures: bool
    source_place: str
    source_label: str
    source_linked: bool
    breadcrumb: str
    parent: str | None
    related: tuple[RelatedList, ...]
    related_wrapper: bool
    tags: bool
    tools: tuple[str, ...]
    comments: bool
    attachments: bool
    end_mark: bool
    side: tuple[str, ...]
    side_first: bool
    clock: str
    entry: str
    entry_date: Callable[[datetime], str] | None
    entry_teaser: bool
    entry_picture: bool
    entry_more: bool
    per_page: int
    metadata: Metadata
    charset: str
    feed: str | None
    sitemap: str | None
    robots: bool


def date_forms(chance: Chance, shows_minute: bool) -> tuple[str, Callable[[datetime], str]]:
    """The form of a site's dates, by name and as a function."""
    forms = dates.MINUTE if shows_minute else dates.DAY
    name = chance.one("date form", list(forms))
    return name, forms[name]


def draw(chance: Chance) -> Design:
    """A template."""
    labels = words("labels")
    kind = chance.one("kind", ("union", "union", "station"))
    province = chance.one("province", labels["provinces"])
    skeleton = chance.weighted("skeleton", {"table": 25, "div": 50, "html5": 25})
    shows_minute = chance.chance("shows minute", 0.8)
    byline_place = chance.weighted(
        "byline place", {"above": 22, "below": 25, "in body": 33, "after sapo": 8, "nowhere": 12}
    )
    labelled = chance.one("byline label", labels["byline"])
    return Design(
        kind=kind,
        province=province,
        publisher=chance.one("publisher", labels[f"publisher_{kind}"]).format(tinh=province),
        skeleton=skeleton,
        depth=chance.between("depth", 0, 4),
        naming=chance.weighted(
            "naming",
            {
                "english": 25,
                "vietnamese": 20,
                "camel": 12,
                "bem": 11,
                "aspnet": 12,
                "hashed": 8,
                "utility": 5,
                "none": 7,
            },
        ),
        headline_tag=chance.weighted(
            "headline tag", {"h1": 45, "h2": 15, "h3": 5, "div": 15, "span": 12, "td": 8 if skeleton == "table" else 0}
        ),
        logo_heading=chance.chance("logo heading", 0.2),
        titles_in_headings=chance.chance("titles in headings", 0.5),
        date_place=chance.weighted(
            "date place",
            {"below headline": 52, "above headline": 14, "under sapo": 14, "after body": 15, "in crumbs": 5},
        ),
        date_form=date_forms(chance, shows_minute)[0],
        date_label=chance.one("date label", labels["date"]),
        shows_minute=shows_minute,
        date_tag=chance.one("date tag", ("div", "span", "p", "em", "time" if skeleton == "html5" else "span")),
        icon=chance.chance("icon", 0.25),
        modified_label=chance.one("modified label", labels["modified"]) if chance.chance("modified", 0.08) else None,
        byline_place=byline_place,
        byline_label=labelled,
        byline_look=chance.one("byline look", ("right", "bold", "right bold", "italic", "right italic", "plain right")),
        account_label=chance.one("account label", labels["account"]) if chance.chance("account", 0.1) else None,
        account=chance.one("account name", labels["accounts"]),
        views_place=chance.weighted("views place", {"none": 50, "meta": 35, "below": 13, "headline": 2}),
        views_label=chance.one("views label", labels["views"]),
        meta_form=chance.weighted("meta form", {"apart": 45, "row": 40, "list": 15}),
        sapo=chance.weighted("sapo", {"block": 50, "bold first": 30, "none": 20}),
        typing=chance.weighted("typing", {"p": 40, "justified": 18, "word": 12, "div": 14, "br": 10, "spans": 6}),
        caption=chance.weighted("caption", {"figure": 28, "centred": 30, "cell": 20, "plain": 14, "div": 8}),
        lead_picture=chance.weighted("lead picture", {"none": 55, "above sapo": 15, "below sapo": 30}),
        inline_pictures=chance.chance("inline pictures", 0.88),
        source_place=chance.weighted("source place", {"none": 30, "in body": 40, "below": 30}),
        source_label=chance.one("source label", labels["source"]),
        source_linked=chance.chance("source linked", 0.35),
        breadcrumb=chance.weighted(
            "breadcrumb", {"none": 15, "arrows": 25, "slashes": 15, "list": 25, "guillemets": 12, "section only": 8}
        ),
        parent=chance.one("parent", labels["parent"]) if chance.chance("has parent", 0.35) else None,
        related=_related(chance, date_forms(chance, False)[1]),
        related_wrapper=chance.chance("related wrapper", 0.3),
        tags=chance.chance("tags", 0.4),
        tools=tuple(one for one in ("print", "share", "size") if chance.chance(f"tool {one}", 0.4)),
        comments=chance.chance("comments", 0.25),
        attachments=chance.chance("attachments", 0.25),
        end_mark=chance.chance("end mark", 0.25),
        side=tuple(
            one
            for one in ("latest", "most read", "links", "poll", "visitors", "advert")
            if chance.chance(f"side {one}", 0.5)
        ),
        side_first=chance.chance("side first", 0.3),
        clock=chance.weighted("clock", {"none": 55, "day": 25, "minute": 20}),
        entry=chance.weighted(
            "entry", {"div": 40, "list": 20, "table": 15 if skeleton == "table" else 3, "article": 15}
        ),
        entry_date=date_forms(chance, chance.chance("entry minute", 0.4))[1]
        if chance.chance("entry date", 0.6)
        else None,
        entry_teaser=chance.chance("entry teaser", 0.6),
        entry_picture=chance.chance("entry picture", 0.65),
        entry_more=chance.chance("entry more", 0.25),
        per_page=chance.between("per page", 8, 15),
        metadata=_metadata(chance),
        charset=chance.weighted("charset", {"right": 84, "unsaid": 6, "meta lies": 5, "header lies": 5}),
        feed=chance.one("feed path", ("/rss", "/feed/", "/rss.xml", "/tin-moi.rss"))
        if chance.chance("feed", 0.4)
        else None,
        sitemap=chance.weighted("sitemap", {"all": 30, "newest": 12, "lying": 8, None: 50}),
        robots=chance.chance("robots", 0.6),
    )


def _related(chance: Chance, day: Callable[[datetime], str]) -> tuple[RelatedList, ...]:
    """None, one, or two: newer above older."""
    wanted = chance.weighted("related lists", {(): 15, ("related",): 45, ("newer", "older"): 25, ("older",): 15})
    dated = day if chance.chance("related dated", 0.5) else None
    form = chance.one("related form", ("ul", "ul", "ul", "table", "paragraphs", "cards", "two columns"))
    place = chance.weighted("related place", {"under": 80, "beside": 20 if wanted == ("related",) else 0})
    printed = chance.chance("related headed", 0.88)
    return tuple(
        RelatedList(
            relation,
            chance.one(f"{relation} heading", words("labels")[relation]),
            printed or len(wanted) > 1,
            place,
            form,
            chance.between(f"{relation} length", 3, 8),
            dated,
            form == "cards",
        )
        for relation in wanted
    )


def _metadata(chance: Chance) -> Metadata:
    honest = chance.chance("honest metadata", 0.6)
    lies = {"none": 45, "right": 55} if honest else {"none": 35, "right": 20, "lying": 45}
    return Metadata(
        og_title=chance.weighted("og title", {"none": 35, "right": 45, "with site": 12, "lying": 0 if honest else 15}),
        og_times=chance.weighted("og times", lies),
        json_ld=chance.weighted("json-ld", {**lies, "none": 65}),
        microdata=chance.weighted("microdata", {**lies, "none": 110}),
        keywords=chance.chance("meta keywords", 0.3),
        canonical=chance.chance("canonical", 0.35),
    )
