"""The entrance of the reading room: searching and browsing, as a page and as JSON. Reads the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from starlette.responses import JSONResponse, Response

from archive.filters import Filters, QueryError, kind_named
from archive.search import Hit, Order, Results, Unknown, search
from archive.typedfilters import typed_filters
from archive.web.asking import Asked, Page
from archive.web.holdings import Holdings, holdings
from archive.web.troubles import Trouble

HITS = 20
"""On a page."""

EVERYTHING = Filters(since="0001")
"""All articles of which a date is known: what is shown where nothing is looked for."""

_MOST_PAGES = 500
"""Who reads on behind 10,000 hits should narrow the search."""

MOST_TAKEN = 2_000
"""Articles in one file of results; ``luutru export`` writes all there are."""

_LONGEST = 2_000
"""Characters of one parameter; more are a pasted text."""

FILTERS = {
    "nguon": "site",
    "loai": "kind",
    "tinh": "province",
    "tac-gia": "author",
    "muc": "section",
    "tu-khoa": "keyword",
    "tu": "since",
    "den": "until",
    "ngay": "has_date",
    "hinh": "has_image",
    "ban-sao": "reprints",
}
"""Parameters of the address, and the filters that they are."""

_FACETS = {"site": "nguon", "section": "muc", "author": "tac-gia"}
_CHOICES: dict[str, dict[str, Any]] = {
    "ngay": {"co": True, "khong": False},
    "hinh": {"co": True, "khong": False},
    "ban-sao": {"gop": "folded"},
    "xep": {"hop": "relevance"},
}
"""Parameters that take one of a few values, and what each value means."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked: ``query`` are its words, ``given`` the parameters of an address that asks the same. A filter that
    was typed among the words stands in its own field. ``mistake`` says what means nothing; ``query`` is then as it was
    typed."""

    query: str
    filters: Filters
    by: Order
    page: int
    given: dict[str, str]
    mistake: QueryError | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing is looked for: then the entrance is shown."""
        return not self.query and self.filters.is_empty() and self.mistake is None


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of the timeline: a year (``2021``) or a month (``2021-06``) and how many articles are of it."""

    span: str
    count: int
    complete: bool = True


def read_search(asked: Asked) -> Search:
    """The search that the parameters of an address mean. Dates may be typed as in Vietnam: ``29/6/2021``.

    :raises Trouble: a parameter is longer than a question can be, or the page is no number.
    """
    given = {name: value for name in ("q", *FILTERS, "xep") if (value := asked.value(name))}
    for name, value in given.items():
        if len(value) > _LONGEST:
            raise Trouble(400, "trouble.too_long", name=name, count=len(value), most=_LONGEST)
    wrong = [name for name, values in _CHOICES.items() if name in given and given[name] not in values]
    unknown = _bad_filter(wrong[0], given[wrong[0]]) if wrong else None
    given = {name: value for name, value in given.items() if name not in wrong}
    chosen = {name: values[given[name]] for name, values in _CHOICES.items() if name in given}
    fields: dict[str, Any] = {FILTERS[name]: value for name, value in given.items() if name in FILTERS}
    fields |= {FILTERS[name]: value for name, value in chosen.items() if name in FILTERS}
    by: Order = chosen.get("xep", "newest")
    page = asked.number("trang", 1, most=_MOST_PAGES)
    query, filters = given.get("q", ""), Filters(**fields)
    try:
        words, _, filters = typed_filters(query, filters)
    except QueryError as error:
        return Search(query, filters, by, page, given, unknown or error)
    given = {"q": words, **dict(_parameters(filters)), "xep": given.get("xep", "")}
    return Search(given["q"], filters, by, page, {name: value for name, value in given.items() if value}, unknown)


def _parameters(filters: Filters) -> Iterator[tuple[str, str]]:
    """The parameters of an address that mean these filters."""
    for name, field in FILTERS.items():
        value = getattr(filters, field)
        if name in _CHOICES:
            value = next((typed for typed, meant in _CHOICES[name].items() if meant == value), None)
        if value:
            yield name, kind_named(value) if field == "kind" else value


def _bad_filter(parameter: str, typed: str) -> QueryError:
    expected = list(_CHOICES[parameter])
    message = f"{parameter}: expected {' or '.join(expected)}, not {typed[:80]!r}"
    name = FILTERS.get(parameter, "order")
    return QueryError("bad-filter", message, name=name, typed=typed[:80], expected=expected)


def find(
    asked: Asked, wanted: Search, limit: int, offset: int = 0, *, facets: bool = False, hints: bool = False
) -> Results:
    """What a search finds, by :func:`archive.search.search`, which the terminal asks too.

    :raises QueryError: the search means nothing, or takes too long.
    """
    if wanted.mistake is not None:
        raise wanted.mistake
    return search(
        asked.db,
        wanted.query,
        wanted.filters,
        by=wanted.by,
        limit=limit,
        offset=offset,
        facets=facets,
        hints=hints,
        abbreviations=asked.room.abbreviations(),
        seconds=asked.room.readers.seconds,
    )


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is in effect: what it is called, its value, and the parameters of the address that it stands in."""

    name: str
    value: str
    parameters: tuple[str, ...]


def _chips(asked: Asked, held: Holdings, given: dict[str, str]) -> list[Chip]:
    """The filters. A span of time that is one year, month or day is one of them."""
    names = [name for name in FILTERS if name in given]
    if "tu" in names and given["tu"] == given.get("den"):
        names.remove("den")
    chips = []
    for name in names:
        of_time = name == "tu" and given["tu"] == given.get("den")
        field = asked.say("search.field.time" if of_time else f"search.field.{FILTERS[name]}")
        value = given[name] if of_time else in_words(asked, held, name, given[name])
        chips.append(Chip(field, value, ("tu", "den") if of_time else (name,)))
    return chips


def show_search(asked: Asked) -> Response:
    """The search form, and what was found; where nothing is looked for, what there is."""
    wanted = read_search(asked)
    held = holdings(asked)
    told: dict[str, Any] = {
        "wanted": wanted,
        "typed": dict.fromkeys(("q", *FILTERS, "xep"), "") | wanted.given,
        "held": held,
        "chips": _chips(asked, held, wanted.given),
        "facet_names": _FACETS,
        "per_page": HITS,
        "most_taken": MOST_TAKEN,
    }
    if wanted.is_blank:
        bars = _filled([Bar(year, count) for year, count in held.years])
        if len(bars) == 1:
            bars = list(_months(asked, wanted, bars[0].span))
        return asked.show("search.html", **told, results=None, mistake=None, bars=bars, newest=_newest(asked, wanted))
    try:
        results = _page(asked, wanted)
        bars = _bars(asked, wanted, results)
    except QueryError as error:
        told |= {"results": None, "mistake": mistake(asked, error), "bars": [], "newest": []}
        return asked.show("search.html", status_of(error), **told)
    told |= {"results": results, "mistake": None, "bars": bars, "newest": []}
    told |= {"pages": max(1, -(-results.total // HITS)), "instead": partial(_instead, wanted)}
    return asked.show("search.html", **told)


def _page(asked: Asked, wanted: Search) -> Results:
    return find(asked, wanted, HITS, (wanted.page - 1) * HITS, facets=True, hints=True)


def _instead(wanted: Search, unknown: Unknown, name: str) -> dict[str, str]:
    """The parameters of the same search for another name."""
    return wanted.given | {next(one for one, field in FILTERS.items() if field == unknown.filter): name}


def search_json(asked: Asked) -> Response:
    """The same for a program: the results, each hit with the address of its page."""
    wanted = read_search(asked)
    try:
        results = _page(asked, wanted)
    except QueryError as error:
        return JSONResponse({"error": error.code, "told": error.told, "message": str(error)}, status_of(error))
    answer = asdict(results)
    for hit in answer["hits"]:
        hit["page"] = asked.permanent(f"/bai/{hit['id']}")
    return JSONResponse(answer, headers={"Cache-Control": "no-cache"})


def in_words(asked: Asked, held: Holdings, name: str, value: str) -> str:
    """A filter's value as a reader reads it."""
    if name == "nguon":
        return held.title(value)
    return asked.say_or(f"search.kind.{value}" if name == "loai" else f"search.value.{name}.{value}", value)


def status_of(error: QueryError) -> int:
    """HTTP's number for it: the question is wrong, or only takes too long now."""
    return 503 if error.code == "too-slow" else 400


def mistake(asked: Asked, error: QueryError) -> str:
    """What is wrong with a search, in the reader's language."""
    told = dict(error.told)
    if error.code == "unknown-kind":
        told["nearest"] = [asked.say_or(f"search.kind.{kind}", kind) for kind in error.told["nearest"]]  # type: ignore[attr-defined]
    told = {name: ", ".join(value) if isinstance(value, list) else value for name, value in told.items()}
    if "name" in told:
        told["name"] = asked.say(f"search.field.{told['name']}")
    return asked.say(f"search.mistake.{error.code.replace('-', '_')}", **told)


def _bars(asked: Asked, wanted: Search, results: Results) -> list[Bar]:
    """By year; where all is of one year, by month."""
    facets = results.facets
    if facets is None or not facets.year:
        return []
    if facets.complete and len(facets.year) == 1:
        counts = dict(facets.month)
        return [Bar(span, counts.get(span, 0)) for span in _spans(wanted, facets.year[0][0])]
    first, last = wanted.filters.days()
    if first and last and first.year == last.year:  # what was counted are the last ones
        return list(_months(asked, wanted, f"{first.year:04}"))
    return _filled([Bar(year, count, facets.complete) for year, count in sorted(facets.year)])


def _months(asked: Asked, wanted: Search, year: str) -> Iterator[Bar]:
    """Each month counted by itself."""
    for span in _spans(wanted, year):
        found = find(asked, replace(wanted, filters=replace(wanted.filters, since=span, until=span)), 0)
        yield Bar(span, found.total, found.complete)


def _spans(wanted: Search, year: str) -> list[str]:
    """The months of a year that are searched."""
    first, last = (day.isoformat()[:7] if day else None for day in wanted.filters.days())
    spans = (f"{year}-{month:02}" for month in range(1, 13))
    return [span for span in spans if (first is None or first <= span) and (last is None or span <= last)]


def _filled(bars: list[Bar]) -> list[Bar]:
    """The years, with those between them in which nothing is."""
    if not bars or int(bars[-1].span) - int(bars[0].span) > _MOST_YEARS:
        return bars
    known = {bar.span: bar for bar in bars}
    spans = (f"{year:04}" for year in range(int(bars[0].span), int(bars[-1].span) + 1))
    return [known.get(span) or Bar(span, 0) for span in spans]


_MOST_YEARS = 60


def _newest(asked: Asked, wanted: Search) -> list[Hit]:
    return find(asked, replace(wanted, filters=EVERYTHING, by="newest"), 6).hits


PAGES = [Page("/", show_search), Page("/tim", show_search), Page("/tim.json", search_json)]
