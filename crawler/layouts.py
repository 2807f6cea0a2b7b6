"""How pages of one CMS or site look: where each field stands, what an address is, how lists print. Plain data, no I/O.

Families and profiles (:mod:`crawler.profiles`) are read into these; docs/profiles.md has every key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from archive.records import Relation
from crawler.selectors import Pattern, Select

Basis = Literal["seen", "source", "assumed"]
"""``seen``: proven by a real page; ``source``: read in the CMS's own templates; ``assumed``: neither."""


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a page keeps one field.

    ``select``: tried in order, the first that gives something wins. ``label``: where the value follows a printed label
    ("Tác giả:"), the label's pattern; what stands after it in the same block is the value. ``capture``: only what the
    first group of this pattern that matches anything is the value. ``strip``: what these match is cut out of it.
    ``anywhere``: where no selector gives anything (a theme that nobody has seen), label and capture are tried on every
    line of the article. ``beneath``: the same, but only on the short lines between the headline and the text: for
    dates without a label.
    ``without``: what stands in the selected element and is no part of the value.
    """

    select: tuple[Select, ...] = ()
    without: tuple[Select, ...] = ()
    label: Pattern | None = None
    capture: Pattern | None = None
    anywhere: bool = False
    beneath: bool = False
    strip: tuple[Pattern, ...] = ()
    basis: Basis = "assumed"


class RelatedList(Struct, frozen=True, forbid_unknown_fields=True):
    """One list of other articles. ``select``: its container. ``heading``: where several lists share a container or a
    class, the pattern of the heading that opens this one. ``item``: one entry inside it; ``title``, ``link`` and
    ``date`` are read inside the item."""

    relation: Relation
    select: tuple[Select, ...]
    item: Select
    heading: Pattern | None = None
    link: Select = field(default_factory=lambda: Select(".//a[@href]"))
    title: Select | None = None
    date: Select | None = None
    date_capture: Pattern | None = None
    basis: Basis = "assumed"


class Fields(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an article page keeps each field. ``article`` is the container that holds the whole article: several
    matches are several articles. ``body`` is the container of the text. ``drop`` is taken out of the page before
    anything is read. ``meta`` rules give machine-readable dates, believed only after the visible ones."""

    article: Rule = field(default_factory=Rule)
    headline: Rule = field(default_factory=Rule)
    sapo: Rule = field(default_factory=Rule)
    body: Rule = field(default_factory=Rule)
    published: Rule = field(default_factory=Rule)
    published_meta: Rule = field(default_factory=Rule)
    modified: Rule = field(default_factory=Rule)
    modified_meta: Rule = field(default_factory=Rule)
    byline: Rule = field(default_factory=Rule)
    source: Rule = field(default_factory=Rule)
    section: Rule = field(default_factory=Rule)
    keywords: Rule = field(default_factory=Rule)
    view_count: Rule = field(default_factory=Rule)
    rights: Rule = field(default_factory=Rule)
    lead_image: Rule = field(default_factory=Rule)
    lead_caption: Rule = field(default_factory=Rule)
    attachments: Rule = field(default_factory=Rule)
    drop: tuple[Select, ...] = ()
    split: tuple[Select, ...] = ()
    """Where one container may hold several articles: each match of the first selector with any begins another; where
    that selector is not the headline's first, only between two complete articles (signature, related list, body)."""
    unless: tuple[Select, ...] = ()
    """What shows that a page is no article though its address looks like one's: on WordPress, ``body.page``."""
    signature: bool = True
    """Whether short last lines of the body may be a byline."""
    plain_captions: bool = True
    """Whether a short sentence under a picture may be its caption where nothing marks it as one."""


class Urls(Struct, frozen=True, forbid_unknown_fields=True):
    """What an address is, by its path and query (``/path?query``). The first pattern that matches from its beginning
    to its end decides, in this order: ``ignore``, ``view``, ``article``, ``listing``; all else is not followed.

    ``article`` and ``view`` patterns may name a group ``key``: what makes the article the same under all its
    addresses. ``params`` are patterns of the names of query parameters that mean something; all others are cut off.
    ``pager`` patterns take a listing's further pages apart: the group ``section`` is the path and query of its first
    page, ``page`` the number; where the first page's address goes on behind the number (``/tin-p2.html``), that is the
    group ``rest``. ``step``: where the number counts entries (``?start=20``), how many a page has; 1 where it counts
    pages.
    """

    article: tuple[Pattern, ...] = ()
    view: tuple[Pattern, ...] = ()
    listing: tuple[Pattern, ...] = ()
    pager: tuple[Pattern, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    params: tuple[Pattern, ...] = ()
    step: int = 1
    basis: Basis = "assumed"

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(f"step: expected how many entries a page has, at least 1, not {self.step}")
        for pattern in self.pager:
            if not {"section", "page"} <= set(pattern.regex.groupindex):
                raise ValueError(f"pager: expected groups named section and page in {pattern.source!r}")


_POSTING_BACK = (
    './/a[contains(@href, "PostBack")][not(ancestor::table[@title="Calendar" or contains(@id, "Calendar")])]'
)
_BESIDE_SUCH = r""".//span[re:test(normalize-space(.), "^[0-9]{1,6}$")][
        (preceding-sibling::*[1] | following-sibling::*[1]
            | ../preceding-sibling::td[1]/*[1] | ../following-sibling::td[1]/*[1]
        )[self::a][contains(@href, "PostBack")]
    ]"""


class Postback(Struct, frozen=True, forbid_unknown_fields=True):
    """How a listing of ASP.NET WebForms leads to its further pages: by ``__doPostBack(target, argument)``, which sends
    the page's whole form back to it. The form holds the state that leads on, so each page is got from the one before.

    ``pager``: the links of the pager; a calendar's days are links with numbers that post back too. ``current``: what
    shows the number of the page itself: an answer that shows another one than was asked for is not believed. ``next``:
    the whole text of a link that leads to the next page where no number does. The framework's own controls (GridView,
    DataPager) write what is found without any of them.
    """

    pager: Select = field(default_factory=lambda: Select(_POSTING_BACK))
    current: Select = field(default_factory=lambda: Select(_BESIDE_SUCH))
    next: Pattern = field(default_factory=lambda: Pattern(r"\.{2,3}|…|[>›»]|(?:trang )?(?:sau|tiếp|kế)(?: theo)?|next"))
    basis: Basis = "assumed"


class Post(Struct, frozen=True, forbid_unknown_fields=True):
    """How a listing's script gets its further pages: by sending a form of known fields to an address of its own.

    ``address``: where, relative to the site. ``read``: the fields whose values stand in the page's scripts, each with
    the pattern whose first group is the value; they tell one listing from another. ``fields``: the others, with their
    values; ``{name}`` in one stands for the value of a field that was read. ``page``: the field with the number of the
    page, from 1. ``last``: the pattern whose first group is the number of the last page; without it pages are asked
    for until one shows no article.
    """

    address: str
    read: dict[str, Pattern]
    fields: dict[str, str] = {}
    page: str = "page"
    last: Pattern | None = None
    basis: Basis = "assumed"


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """How a listing prints its entries, for the dates in them. ``item``: one entry; ``date`` and ``date_capture`` are
    read inside it. Links are found without it, by :class:`Urls`. ``total`` and ``total_capture``: where it prints how
    many articles the section has. ``postback`` and ``post``: how its further pages are got where they are no links."""

    item: Select | None = None
    title: Select | None = None
    date: Select | None = None
    date_capture: Pattern | None = None
    total: Select | None = None
    total_capture: Pattern = field(default_factory=lambda: Pattern(r"(\d{1,3}(?:[.,]\d{3})+|\d+)"))
    postback: Postback | None = None
    post: Post | None = None
    basis: Basis = "assumed"


class FeedPages(Struct, frozen=True, forbid_unknown_fields=True):
    """Feeds that have further pages. ``address``: a pattern of the first page's path and query. ``parameter``: the
    query parameter with the page's number, from 1. Each page leads to the next one, up to the number of pages that the
    server states, or to one that is not there (400, 404), shows nothing or what another page showed."""

    address: Pattern
    parameter: str


class Feed(Struct, frozen=True, forbid_unknown_fields=True):
    """``precision``: how exact a feed's pubDate is on this CMS (NukeViet before 4.6 prints the month as minutes).
    ``most``: how many entries it has at most, however many articles there are; None where no such limit is known.
    ``pages``: which feeds have further pages. ``ignore``: patterns of path and query of feeds that tell of no articles,
    as of comments."""

    precision: Literal["second", "minute", "hour", "day"] = "second"
    most: int | None = None
    pages: tuple[FeedPages, ...] = ()
    ignore: tuple[Pattern, ...] = ()
    basis: Basis = "assumed"


class Sitemap(Struct, frozen=True, forbid_unknown_fields=True):
    """``lastmod``: what the sitemap's lastmod means on this CMS: the time of publication, or nothing we can use.
    ``most``: as of a feed."""

    lastmod: Literal["published", "modified"] = "modified"
    most: int | None = None
    basis: Basis = "assumed"


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """How one family or site looks during one period. ``version`` names it in exports and evidence. ``valid_from``: the
    first moment of that period; a file may name a day, which begins in Vietnam. ``clock``: 12 where hours are printed
    from 1 to 12 without SA, CH or a part of the day: nothing proves the half of the day then, and the day alone is
    believed."""

    version: str = "1"
    valid_from: Annotated[datetime, Meta(tz=True)] | None = None
    date_order: Literal["DMY", "MDY"] = "DMY"
    clock: Literal[12, 24] = 24
    urls: Urls = field(default_factory=Urls)
    fields: Fields = field(default_factory=Fields)
    related: tuple[RelatedList, ...] = ()
    listing: Listing = field(default_factory=Listing)
    feed: Feed = field(default_factory=Feed)
    sitemap: Sitemap = field(default_factory=Sitemap)


class Start(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a crawl of the site begins: addresses, relative to the base."""

    listings: tuple[str, ...] = ("/",)
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


class Sign(Struct, frozen=True, forbid_unknown_fields=True):
    """One sign that a page was made by a CMS: exactly one of ``select`` (it matches something), ``address`` (found in
    the address of a link, script, style sheet or picture of the page) and ``header`` (found in a line ``name: value``
    of the response's header). ``weight``: 3 for what no other CMS prints, 1 for what only speaks for it."""

    select: Select | None = None
    address: Pattern | None = None
    header: Pattern | None = None
    weight: int = 3

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.select, self.address, self.header)) != 1:
            raise ValueError("a sign has exactly one of select, address and header")
        if not 1 <= self.weight <= 3:
            raise ValueError(f"weight must be 1 to 3, not {self.weight}")


class Family(Struct, frozen=True, forbid_unknown_fields=True):
    """What the sites of one CMS share. ``title`` names the CMS, ``about`` says where the facts come from. ``basis``:
    whether real pages of it were seen. ``signs`` tell it from others. ``start``: where a crawl of such a site may
    begin; a new site's profile names those of them that answer."""

    title: str
    about: str
    layout: Layout
    basis: Basis = "assumed"
    signs: tuple[Sign, ...] = ()
    start: Start = field(default_factory=Start)
