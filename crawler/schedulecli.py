"""``luutru schedule``: when each site is crawled."""

from __future__ import annotations

import json
from datetime import datetime

import typer
from rich import box
from rich.table import Table

from archive.exits import Exit
from crawler import schedule as schedules
from crawler.clock import VIETNAM
from crawler.commands import AllowPrivate, Interrupted, Json, err, out, participants, with_contact
from crawler.home import Home
from crawler.profiles import Profile, ProfileError
from crawler.runs import last_crawls

schedule_app = typer.Typer(help="How often each site is crawled.", no_args_is_help=True)


@schedule_app.command("list")
def schedule_list(ctx: typer.Context, as_json: Json = False) -> None:
    """When each site was last crawled to its end and when it is due (Vietnam's time).

    A crawl that was stopped or failed leaves the site due; 'luutru status' shows how the one begun last ended, whatever
    it came to.
    """
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
    table = Table("site", "schedule", "last finished", "next crawl", box=box.SIMPLE)
    for _, turn in plan:
        last = f"{turn.last:%Y-%m-%d %H:%M}" if turn.last else "never"
        table.add_row(turn.site, turn.rule, last, _when(turn, now))
    out.print(table)


@schedule_app.command("run")
def schedule_run(ctx: typer.Context, allow_private: AllowPrivate = False) -> None:
    """Crawl each site when it is due, until stopped with Ctrl-C."""
    home: Home = ctx.obj
    plan = _plan(home, datetime.now(VIETNAM))
    if all(turn.next is None for _, turn in plan):
        raise ProfileError('no site has a schedule: give a profile [schedule] every = "6h" or at = "06:30"')
    may, nameless = with_contact(home, [profile for profile, turn in plan if turn.next is not None])
    plan = [(profile, turn) for profile, turn in plan if profile in may]
    for _, turn in plan:
        err.print(f"{turn.site}: {turn.rule}, next {_when(turn, datetime.now(VIETNAM))}", highlight=False)
    err.print(f"Crawling by these schedules, with logs in {home.logs}; Ctrl-C stops.", highlight=False, soft_wrap=True)
    try:
        schedules.run(home.home, plan, ["--allow-private"] if allow_private else [])
    except Interrupted:
        err.print("Stopped; no crawl is running.")
    if nameless:
        raise typer.Exit(Exit.BAD_CONFIGURATION)


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


def _plan(home: Home, now: datetime) -> list[tuple[Profile, schedules.Due]]:
    last = last_crawls(home.archive)
    profiles, _ = participants(home)
    return [(profile, schedules.due(profile, last.get(profile.name), now)) for profile in profiles]
