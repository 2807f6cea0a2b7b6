"""The command ``luutru``: the operator's commands, with the archivist's from :mod:`archive.cli` beside them.

Results go to stdout, everything else to stderr. Exit codes: :class:`archive.exits.Exit`.
"""

from __future__ import annotations

import json
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from archive.cli import register
from archive.exits import Exit
from archive.schema import NotAnArchive, open_archive
from crawler import schedule as schedules
from crawler.clock import VIETNAM
from crawler.crawling import AlreadyCrawling, crawl
from crawler.home import DEFAULT, Home
from crawler.profiles import Profile, ProfileError, UnknownSite
from crawler.report import crawl_report
from crawler.runs import last_runs

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

out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Let the site's own address be a private or loopback one.")
]


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
) -> None:
    ctx.obj = Home(home)


@app.command("crawl")
def crawl_command(
    ctx: typer.Context,
    sites: Annotated[
        list[str] | None, typer.Argument(help="Names of sites, as 'luutru sites list' shows them.")
    ] = None,
    all_sites: Annotated[bool, typer.Option("--all", help="Crawl every site there is a profile for.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many articles a site.")] = None,
    delay: Annotated[
        float | None,
        typer.Option("--delay", min=0.001, help="Seconds between two requests, in place of the profile's."),
    ] = None,
    allow_private: AllowPrivate = False,
) -> None:
    """Crawl one or several sites into the archive."""
    home: Home = ctx.obj
    if all_sites == bool(sites):
        raise typer.BadParameter("name the sites to crawl, or --all, not both")
    profiles = home.profiles.all() if all_sites else [home.profiles.load(name) for name in dict.fromkeys(sites or [])]
    open_archive(home.archive).close()
    ended = crawl(home, profiles, err, limit=limit, delay=delay, allow_private=allow_private)
    out.print(crawl_report(home.archive, ended))
    if any(site.state == "shutdown" for site in ended.values()):
        err.print("Interrupted: what was read is stored; the same command goes on with the rest.")
        raise typer.Exit(Exit.INTERRUPTED)
    silent = [name for name, site in ended.items() if site.state != "finished" or site.pages == site.failed]
    if silent:
        err.print(f"Not crawled to the end: {', '.join(silent)}; the log in {home.logs} says why.")
        raise typer.Exit(Exit.CRAWL_FAILED)


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
    """All sites, with their province, CMS family and schedule."""
    home: Home = ctx.obj
    profiles = home.profiles.all()
    if as_json:
        keys = ("name", "title", "publisher", "kind", "province", "family", "base")
        print(json.dumps([{key: getattr(p, key) for key in keys} for p in profiles], ensure_ascii=False, indent=2))
        return
    table = Table("name", "province", "kind", "family", "crawled", "address", box=box.SIMPLE)
    for column in table.columns[:5]:
        column.no_wrap = True
    for profile in profiles:
        table.add_row(profile.name, profile.province, profile.kind, profile.family, _rule(profile), profile.base)
    out.print(table)


@sites_app.command("show")
def sites_show(ctx: typer.Context, name: Annotated[str, typer.Argument(help="Name of a site.")]) -> None:
    """One site's profile: its file, and which of its rules were seen on real pages and which are assumed."""
    home: Home = ctx.obj
    profile = home.profiles.load(name)
    out.print(f"[bold]{profile.title}[/] ({profile.name})", highlight=False)
    out.print(f"{profile.base}\nfile: {profile.path}\n{profile.about.strip()}", highlight=False, soft_wrap=True)
    for layout in profile.layouts:
        table = Table(
            "rule",
            "basis",
            "where",
            title=f"layout {layout.version}, from {layout.valid_from or 'the start'}",
        )
        for field in layout.fields.__struct_fields__:
            rule = getattr(layout.fields, field)
            if hasattr(rule, "basis") and (rule.select or rule.label):
                places = [f"label {rule.label.source}"] if rule.label else []
                table.add_row(field, rule.basis, "\n".join(places + [s.source for s in rule.select]))
        out.print(table)


@schedule_app.command("list")
def schedule_list(ctx: typer.Context, as_json: Json = False) -> None:
    """When each site was last crawled and when it is due."""
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
        upcoming = "-" if turn.next is None else "due now" if turn.next <= now else f"{turn.next:%Y-%m-%d %H:%M}"
        table.add_row(turn.site, turn.rule, f"{turn.last:%Y-%m-%d %H:%M}" if turn.last else "never", upcoming)
    out.print(table)


@schedule_app.command("run")
def schedule_run(ctx: typer.Context, allow_private: AllowPrivate = False) -> None:
    """Crawl each site when it is due, until stopped with Ctrl-C."""
    home: Home = ctx.obj
    plan = _plan(home, datetime.now(VIETNAM))
    waiting = [turn.site for _, turn in plan if turn.next is not None]
    if not waiting:
        raise ProfileError('no site has a schedule: give a profile [schedule] every = "6h" or at = "06:30"')
    err.print(f"Crawling {len(waiting)} sites by their schedules; Ctrl-C stops.")
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


def _rule(profile: Profile) -> str:
    rule = profile.schedule
    return f"every {rule.every}" if rule.every else f"daily at {rule.at}" if rule.at else "by hand"


def _plan(home: Home, now: datetime) -> list[tuple[Profile, schedules.Due]]:
    last = last_runs(home.archive)
    return [(profile, schedules.due(profile, last.get(profile.name), now)) for profile in home.profiles.all()]


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM. Typer would turn a KeyboardInterrupt into exit code 1, which says that something broke."""


def _interrupt(*_: object) -> None:
    raise Interrupted


def main() -> None:
    """Run the command; expected errors become one line on stderr and an exit code."""
    signal.signal(signal.SIGINT, _interrupt)  # a crawl puts its own handlers over these while it runs
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except Interrupted:
        err.print("luutru: interrupted")
        sys.exit(Exit.INTERRUPTED)
    except UnknownSite as error:
        _fail(error, Exit.NOT_FOUND)
    except ProfileError as error:
        _fail(error, Exit.BAD_CONFIGURATION)
    except (NotAnArchive, FileNotFoundError) as error:
        _fail(error, Exit.CANNOT_OPEN)
    except AlreadyCrawling as error:
        _fail(error, Exit.BUSY)


def _fail(error: Exception, code: Exit) -> None:
    err.print(f"luutru: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
