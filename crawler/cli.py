"""The command ``luutru``: the operator's commands, with the archivist's from :mod:`archive.cli` beside them.

Results go to stdout, everything else to stderr. Exit codes: :class:`archive.exits.Exit`.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.cli import register
from archive.completeness import completeness
from archive.exits import Exit
from archive.faults import Fault, fault_of
from archive.schema import NotAnArchive, open_archive, open_read_only
from archive.show_completeness import show_completeness
from archive.terminal import safe
from crawler import schedule as schedules
from crawler.clock import VIETNAM
from crawler.configuration import ConfigurationError, require_contact
from crawler.crawling import crawl
from crawler.home import DEFAULT, Home
from crawler.ingest import AlreadyIngesting, ingest
from crawler.ingestreport import Bar, ingest_report
from crawler.layouts import Layout, Rule, Start
from crawler.locks import AlreadyCrawling
from crawler.profiles import Profile, ProfileError, UnknownSite
from crawler.reextract import cores, reextract
from crawler.reextractreport import as_record, reextract_report, shown_progress
from crawler.report import crawl_report
from crawler.runs import last_crawls, latest_runs

app = typer.Typer(
    help="Crawl and archive the news sites of Vietnam's provincial trade unions and broadcasters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sites_app = typer.Typer(help="The sites that can be crawled, and their profiles.", no_args_is_help=True)
schedule_app = typer.Typer(help="How often each site is crawled.", no_args_is_help=True)
app.add_typer(sites_app, name="sites")
app.add_typer(schedule_app, name="schedule")
register(app)

_PIPED_WIDTH = 200
"""Columns where there is no terminal to fit into."""

out = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Let the site's own address be a private or loopback one.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"luutru {metadata.version('luutru')}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    home: Annotated[
        Path,
        typer.Option(
            "--home",
            envvar="LUUTRU_HOME",
            help="Where archive, profiles and logs are kept.",
            show_default=True,
        ),
    ] = DEFAULT,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    ctx.obj = Home(home)


@app.command("crawl")
def crawl_command(
    ctx: typer.Context,
    sites: Annotated[
        list[str] | None, typer.Argument(help="Names of sites, as 'luutru sites list' shows them.")
    ] = None,
    all_sites: Annotated[bool, typer.Option("--all", help="Crawl every site there is a profile for.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Walk all listings to their ends, even where everything on them is known.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Ask again for articles that were published on this day or later.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many articles a site.")] = None,
    delay: Annotated[
        float | None,
        typer.Option("--delay", min=0.001, help="Seconds between two requests, in place of the profile's."),
    ] = None,
    allow_private: AllowPrivate = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Leave a site out whose host another process visits.")
    ] = False,
) -> None:
    """Crawl one or several sites into the archive.

    A crawl that was cut short, however it ended, goes on where it stopped. One that came to its end is followed by one
    that looks for what is new, and again at what is due: fresh articles often, old ones seldom.
    """
    home: Home = ctx.obj
    profiles, broken = _chosen(home, sites, all_sites=all_sites)
    require_contact(home, profiles)
    open_archive(home.archive).close()
    ended = crawl(
        home,
        profiles,
        err,
        limit=limit,
        full=full,
        since=since and since.date(),
        delay=delay,
        allow_private=allow_private,
        wait=not no_wait,
    )
    runs = {name: run for name, run in latest_runs(home.archive).items() if name in ended and ended[name].began}
    out.print(crawl_report(ended, runs))
    if full:
        _say_how_complete(home, [name for name, run in runs.items() if run.whole])
    faults = {str(site.fault): site.fault for site in ended.values() if site.fault is not None}
    for fault in faults.values():
        _say_wrong(fault)
    if any(site.ended == "shutdown" for site in ended.values()):
        hint = "Interrupted. What was read is stored; the next crawl goes on where this one stopped."
        err.print(hint, soft_wrap=True)
        raise typer.Exit(next(iter(faults.values())).exit if faults else Exit.INTERRUPTED)
    busy = {name: site.busy for name, site in ended.items() if site.busy is not None}
    unfinished = [name for name in ended if name not in busy and (name not in runs or not runs[name].well)]
    for name in unfinished:
        if ended[name].fault is None:
            reason = (runs[name].reason if name in runs else None) or ended[name].ended or "not closed"
            err.print(f"{name}: {reason}", markup=False, highlight=False, soft_wrap=True)
    if unfinished:
        hint = f"Not crawled to the end: {', '.join(unfinished)}; see 'luutru status' and {home.logs}."
        err.print(hint, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(next(iter(faults.values())).exit if faults else Exit.CRAWL_FAILED)
    if busy:
        raise AlreadyCrawling("; ".join(f"{name} was left out: {visitor}" for name, visitor in busy.items()))
    if broken:
        raise typer.Exit(Exit.BAD_CONFIGURATION)


@app.command("ingest")
def ingest_command(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="WARC files, packed or not, and WACZ files.")],
) -> None:
    """Take in what others captured: the pages of known sites, each at the time of its capture.

    The files are copied into the home directory. What is there already is left alone: the same file can be taken in
    again without harm, and what was interrupted goes on.
    """
    home: Home = ctx.obj
    profiles, broken = _all_profiles(home)
    open_archive(home.archive).close()
    with Bar(err) as bar:
        done = ingest(home, profiles, files, bar)
    tables, lines = ingest_report(done)
    out.print(*tables)
    for line in lines:
        out.print(line, soft_wrap=True)
    for refused in done.refused:
        err.print(f"luutru: {safe(refused)}", style="red", markup=False, highlight=False, soft_wrap=True)
    if done.refused:
        raise typer.Exit(Exit.CANNOT_OPEN)
    if broken:
        raise typer.Exit(Exit.BAD_CONFIGURATION)


def _say_how_complete(home: Home, sites: list[str]) -> None:
    """After a full crawl: what of the site is archived, as far as it shows."""
    db = open_read_only(home.archive)
    try:
        for name in sites:
            show_completeness(completeness(db, name))
    finally:
        db.close()


@app.command("reextract")
def reextract_command(
    ctx: typer.Context,
    sites: Annotated[
        list[str] | None, typer.Argument(help="Names of sites, as 'luutru sites list' shows them.")
    ] = None,
    all_sites: Annotated[bool, typer.Option("--all", help="Every site there is a profile for.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would change; write nothing.")] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that read pages.", show_default="one a core")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read all stored pages again, with the profiles as they are now, and rebuild the articles. Needs no network.

    Each page is read with the layout that was valid when it was captured. What can no longer be read is kept as it was.
    A site that is being crawled is left out. What was interrupted can be done again.
    """
    home: Home = ctx.obj
    profiles, broken = _chosen(home, sites, all_sites=all_sites)
    with shown_progress(err) as progress:
        reports = reextract(home, profiles, workers=workers or cores(), write=not dry_run, progress=progress)
    if as_json:
        print(json.dumps(as_record(reports, written=not dry_run), ensure_ascii=False, indent=2))
    else:
        out.print(reextract_report(reports, written=not dry_run))
    if broken:
        raise typer.Exit(Exit.BAD_CONFIGURATION)
    if any(report.unread for report in reports):
        raise typer.Exit(Exit.DAMAGED)
    if busy := [f"{report.site} was left out: {report.busy}" for report in reports if report.busy is not None]:
        raise AlreadyCrawling("; ".join(busy))


@app.command()
def demo(
    articles: Annotated[int, typer.Option("--articles", min=10, help="Articles a site.")] = 40,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed makes the same sites.")] = None,
    keep: Annotated[Path | None, typer.Option("--keep", help="A new folder for the demo's archive.")] = None,
) -> None:
    """Put four replica sites on loopback, crawl them, search and export, and compare all with the truth."""
    from crawler.demo.command import run  # noqa: PLC0415 - nothing but this command needs the replicas

    raise typer.Exit(run(articles=articles, seed=seed, keep=keep, out=out))


@sites_app.command("list")
def sites_list(ctx: typer.Context, as_json: Json = False) -> None:
    """All sites, with their province, schedule and address."""
    home: Home = ctx.obj
    profiles, _ = _all_profiles(home)
    if as_json:
        keys = ("name", "title", "publisher", "kind", "province", "family", "base")
        rows = [{key: getattr(p, key) for key in keys} | {"crawled": _rule(p)} for p in profiles]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("name", "province", "crawled", "address", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for column in table.columns:
        column.no_wrap = True
    for profile in profiles:
        table.add_row(profile.name, profile.province, _rule(profile), profile.base)
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
        "crawled": f"{_rule(profile)}, {profile.crawl.delay:g} s between two requests, {_at_once(profile)}",
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


@schedule_app.command("list")
def schedule_list(ctx: typer.Context, as_json: Json = False) -> None:
    """When each site was last crawled to its end and when it is due (Vietnam's time)."""
    now = datetime.now(VIETNAM)
    plan = _plan(ctx.obj, now)
    if as_json:
        rows = [
            {
                "site": turn.site,
                "rule": turn.rule,
                "last": turn.last.isoformat() if turn.last else None,
                "next": turn.next.isoformat() if turn.next else None,
                "due": turn.next is not None and turn.next <= now,
            }
            for _, turn in plan
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("site", "schedule", "last crawl", "next crawl", box=box.SIMPLE)
    for _, turn in plan:
        last = f"{turn.last:%Y-%m-%d %H:%M}" if turn.last else "never"
        table.add_row(turn.site, turn.rule, last, _when(turn, now))
    out.print(table)


@schedule_app.command("run")
def schedule_run(ctx: typer.Context, allow_private: AllowPrivate = False) -> None:
    """Crawl each site when it is due, until stopped with Ctrl-C."""
    home: Home = ctx.obj
    plan = _plan(home, datetime.now(VIETNAM))
    waiting = [turn for _, turn in plan if turn.next is not None]
    if not waiting:
        raise ProfileError('no site has a schedule: give a profile [schedule] every = "6h" or at = "06:30"')
    require_contact(home, [profile for profile, turn in plan if turn.next is not None])
    for turn in waiting:
        err.print(f"{turn.site}: {turn.rule}, next {_when(turn, datetime.now(VIETNAM))}", highlight=False)
    err.print(f"Crawling by these schedules, with logs in {home.logs}; Ctrl-C stops.", highlight=False, soft_wrap=True)
    try:
        schedules.run(home.home, plan, ["--allow-private"] if allow_private else [])
    except Interrupted:
        err.print("Stopped; no crawl is running.")


@schedule_app.command("systemd")
def schedule_systemd(ctx: typer.Context) -> None:
    """Print systemd units, for those who prefer timers."""
    home: Home = ctx.obj
    print(schedules.systemd_units(home.home, _plan(home, datetime.now(VIETNAM))), end="")


@schedule_app.command("cron")
def schedule_cron(ctx: typer.Context) -> None:
    """Print lines for a crontab."""
    home: Home = ctx.obj
    print(schedules.cron_lines(home.home, _plan(home, datetime.now(VIETNAM))), end="")


def _when(turn: schedules.Due, now: datetime) -> str:
    if turn.next is None:
        return "-"
    return "due now" if turn.next <= now else f"{turn.next:%Y-%m-%d %H:%M}"


def _at_once(profile: Profile) -> str:
    most = profile.crawl.connections
    checked = "" if profile.crawl.tls_exception is None else ", certificate not checked"
    return f"{most} connection{'s' if most > 1 else ''}{checked}"


def _rule(profile: Profile) -> str:
    rule = profile.schedule
    return f"every {rule.every}" if rule.every else f"daily at {rule.at}" if rule.at else "by hand"


def _plan(home: Home, now: datetime) -> list[tuple[Profile, schedules.Due]]:
    last = last_crawls(home.archive)
    profiles, _ = _all_profiles(home)
    return [(profile, schedules.due(profile, last.get(profile.name), now)) for profile in profiles]


def _chosen(home: Home, sites: list[str] | None, *, all_sites: bool) -> tuple[list[Profile], list[ProfileError]]:
    """The profiles of the sites that a command line names, or of all, and the mistakes of those that have one.

    :raises typer.BadParameter: it names none, or gives both.
    """
    if all_sites == bool(sites):
        raise typer.BadParameter("name sites or give --all, not both" if sites else "name sites, or give --all")
    if all_sites:
        return _all_profiles(home)
    return [home.profiles.load(name) for name in dict.fromkeys(sites or [])], []


def _all_profiles(home: Home) -> tuple[list[Profile], list[ProfileError]]:
    """All that can be used, and the mistakes of the others, which are printed: one file stops no other site."""
    profiles, broken = home.profiles.all()
    for error in broken:
        err.print(f"luutru: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    return profiles, broken


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP. Typer would make of a KeyboardInterrupt exit code 1: that something broke."""


def _interrupt(*_: object) -> None:
    raise Interrupted


def main() -> None:
    """Run the command; expected errors become one line on stderr and an exit code."""
    signal.signal(signal.SIGINT, _interrupt)  # a crawl puts its own handlers over these while it runs
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to live on
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        app()
    except Interrupted:
        err.print("luutru: interrupted")
        sys.exit(Exit.INTERRUPTED)
    except UnknownSite as error:
        _fail(error, Exit.NOT_FOUND)
    except (ProfileError, ConfigurationError) as error:
        _fail(error, Exit.BAD_CONFIGURATION)
    except NotAnArchive as error:
        _fail(error, Exit.CANNOT_OPEN)
    except Fault as fault:
        _fail(fault, fault.exit)
    except (OSError, sqlite3.OperationalError) as error:
        refused = fault_of(error, Path("archive.db"))
        _fail(refused, refused.exit)
    except (AlreadyCrawling, AlreadyIngesting) as error:
        _fail(error, Exit.BUSY)


def _fail(error: Exception, code: Exit) -> NoReturn:
    _say_wrong(error)
    sys.exit(code)


def _say_wrong(error: Exception) -> None:
    err.print(f"luutru: {error}", style="red", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
