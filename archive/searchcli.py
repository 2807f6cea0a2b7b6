"""The command ``luutru search``. Reads the archive; results go to stdout, everything else to stderr."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperOption

from archive.abbreviations import load_abbreviations
from archive.filters import Filters, read_years
from archive.listing import Facets
from archive.matching import MOST_EXAMINED
from archive.reading import home_of, reading
from archive.search import Order, Results, search
from archive.show import show_results
from archive.terminal import err, safe, say, say_json, say_table


def search_command(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(help="What to look for; with a filter it may be nothing.")
    ] = None,
    site: Annotated[str | None, typer.Option("--site", help="Only this site, by the name of its profile.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only sites of this kind: union, broadcaster.")] = None,
    province: Annotated[
        str | None, typer.Option("--province", help="Only of this province's sites, by its old or its new name.")
    ] = None,
    author: Annotated[str | None, typer.Option("--author", help="Only by this person or collective.")] = None,
    section: Annotated[str | None, typer.Option("--section", help="Only in this section of a site.")] = None,
    keyword: Annotated[str | None, typer.Option("--keyword", help="Only with this keyword.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Published from then on: 2021, 6/2021 or 29/6/2021 (or 2021-06-29).")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Published up to then, that included.")] = None,
    year: Annotated[str | None, typer.Option("--year", help="Only of this year, or of years: 2019-2021.")] = None,
    undated: Annotated[
        bool | None, typer.Option("--undated/--dated", help="Only those of which no date is known, or one is.")
    ] = None,
    image: Annotated[bool | None, typer.Option("--image/--no-image", help="Only with images, or without.")] = None,
    fold: Annotated[bool, typer.Option("--fold", help="Of articles that are copies of one another, only one.")] = False,
    by: Annotated[Order, typer.Option("--by", help="What comes first.")] = "newest",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many articles at most.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Leave out so many first ones.")] = 0,
    facets: Annotated[
        bool, typer.Option("--facets", help="Count those found by site, year or month, section and author too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """Find articles by their words.

    Words are found in any order and any form: without accents they match all accents, with accents only these;
    LĐLĐ finds Liên đoàn Lao động too, and Cần Thơ finds Sóc Trăng. '"in quotes"' finds a phrase as it stands; -word
    leaves out what has the word; of words with OR between them one is enough; 'đoàn*' is all words that begin so.
    Filters may be typed among the words too: trang:thst, 'tỉnh:"Sóc Trăng"', từ:6/2021 (trang, loại, tỉnh, tác giả,
    mục, từ khóa, từ, đến, năm, ngày, ảnh, đăng lại); ngày:không finds what is undated. Double quotes reach luutru only
    inside single ones.
    """
    reprints: Literal["folded", "shown"] = "folded" if fold else "shown"
    dated = None if undated is None else not undated
    with reading(ctx) as db:
        if year is not None:
            since, until = read_years("--year", year)
        filters = Filters(site, kind, province, author, section, keyword, since, until, image, reprints, dated)
        results = search(
            db,
            " ".join(words or ()),
            filters,
            by=by,
            limit=limit,
            offset=offset,
            facets=facets,
            abbreviations=load_abbreviations(home_of(ctx)),
        )
    if as_json:
        say_json(asdict(results))
        return
    show_results(results)
    if results.facets is not None:
        _show_facets(results.facets)
    err.print(_count(results, offset))
    for one in results.unknown:
        nearest = f"; nearest: {', '.join(one.nearest)}" if one.nearest else ""
        err.print(f"the archive has no {one.filter} '{safe(one.typed)}'{safe(nearest)}", soft_wrap=True)
    if results.suggestion:
        err.print(f"instead: {safe(_again(ctx, results.suggestion))}", soft_wrap=True)


def _again(ctx: typer.Context, words: str) -> str:
    """The command that searches for other words with the options that were given, from the first article on."""
    command = ["luutru", *_given(ctx.find_root()), "search", *_given(ctx, but="offset")]
    return shlex.join([*command, *(["--"] if words.startswith("-") else []), words])


def _given(ctx: Any, but: str | None = None) -> Iterator[str]:
    """The options of a command that were typed, as they can be typed again."""
    for option in ctx.command.params:
        source = ctx.get_parameter_source(option.name)
        if not isinstance(option, TyperOption) or option.name == but or source is None or source.name != "COMMANDLINE":
            continue
        value = ctx.params[option.name]
        if option.is_flag:
            yield (option.opts if value else option.secondary_opts)[0]
        else:
            yield from (option.opts[0], str(value))


def _count(results: Results, offset: int) -> str:
    if results.total == 0 and not results.complete:
        return f"nothing found among the first {MOST_EXAMINED} that nearly match"
    if results.total == 0:
        return "nothing found"
    articles = "article" if results.total == 1 else "articles"
    count = f"{results.total} {articles}"
    if not results.complete:
        count = f"{'more than' if results.more else 'at least'} {count}"
    shown = f", {offset + 1} to {offset + len(results.hits)} shown" if results.hits else ""
    return f"{count}{shown}"


def _show_facets(facets: Facets) -> None:
    counted = "articles" if facets.complete else "of those counted"
    for name in ("site", "year", "month", "section", "author"):
        counts = getattr(facets, name)
        if name == "year" and facets.undated:
            counts = [*counts, ("undated", facets.undated)]
        if counts:
            say()
            say_table([name, counted], [(value, str(count)) for value, count in counts], right=[counted], fold=[name])
