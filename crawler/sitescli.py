"""``luutru sites``: which sites there are, and how their pages are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from crawler.commands import Json, all_profiles, how_often, out
from crawler.configuration import taking_part
from crawler.home import Home
from crawler.layouts import Layout, Rule, Start
from crawler.profiles import Profile

sites_app = typer.Typer(help="The sites that can be crawled, and their profiles.", no_args_is_help=True)


@sites_app.command("list")
def sites_list(ctx: typer.Context, as_json: Json = False) -> None:
    """All sites, with their province, schedule and address."""
    home: Home = ctx.obj
    profiles, _ = all_profiles(home)
    taking = taking_part(home, profiles, home.profiles.names())
    crawled = {p.name: how_often(p) if p in taking else "left out" for p in profiles}
    if as_json:
        keys = ("name", "title", "publisher", "kind", "province", "family", "base")
        rows = [{key: getattr(p, key) for key in keys} | {"crawled": crawled[p.name]} for p in profiles]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("name", "province", "crawled", "address", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in table.columns:
        column.no_wrap = True
    for profile in profiles:
        table.add_row(profile.name, profile.province, crawled[profile.name], profile.base)
    out.print(table)


@sites_app.command("show")
def sites_show(ctx: typer.Context, name: Annotated[str, typer.Argument(help="Name of a site.")]) -> None:
    """One site's profile: its file, and which of its rules were seen on real pages and which are assumed."""
    home: Home = ctx.obj
    profile = home.profiles.load(name)
    out.print(f"[bold]{profile.title}[/] ({profile.name})", highlight=False)
    starts = profile.crawl.start
    facts = {
        "address": profile.base,
        "kind": profile.kind,
        "publisher": profile.publisher,
        "province": profile.province,
        "family": profile.family,
        "crawled": f"{how_often(profile)}, {profile.crawl.delay:g} s between two requests, {_at_once(profile)}",
        "begins at": ", ".join((*starts.listings, *starts.feeds, *starts.sitemaps)),
        "file": profile.path,
    }
    for fact, value in facts.items():
        out.print(f"{fact + ':':<11}{value}", highlight=False, markup=False, soft_wrap=True)
    out.print(profile.about.strip(), highlight=False, markup=False, soft_wrap=True)
    for layout in profile.layouts:
        out.print(f"layout {layout.version}, from {layout.valid_from or 'the start'}", highlight=False)
        table = Table("rule", "basis", "where", box=box.SIMPLE)
        for part, basis, places in _rules(layout, profile.crawl.start):
            table.add_row(part, basis, Text("\n".join(places)))  # as it is: a selector's brackets are no markup
        out.print(table)


def _rules(layout: Layout, starts: Start) -> Iterator[tuple[str, str, list[str]]]:
    """Each part of a layout that says something: its name, on what it rests, and where or what it is."""
    for field in layout.fields.__struct_fields__:
        rule = getattr(layout.fields, field)
        if isinstance(rule, Rule) and (rule.select or rule.label):
            label = [f"label {rule.label.source}"] if rule.label else []
            yield field, rule.basis, label + [select.source for select in rule.select]
    yield "urls", layout.urls.basis, [pattern.source for pattern in layout.urls.article]
    for lists in layout.related:
        yield f"related: {lists.relation}", lists.basis, [select.source for select in lists.select]
    if layout.listing.item:
        yield "listing", layout.listing.basis, [layout.listing.item.source]
    if starts.feeds:
        yield "feed", layout.feed.basis, [f"exact to the {layout.feed.precision}"]
    if starts.sitemaps:
        yield "sitemap", layout.sitemap.basis, [f"lastmod means {layout.sitemap.lastmod}"]


def _at_once(profile: Profile) -> str:
    most = profile.crawl.connections
    checked = "" if profile.crawl.tls_exception is None else ", certificate not checked"
    return f"{most} connection{'s' if most > 1 else ''}{checked}"
