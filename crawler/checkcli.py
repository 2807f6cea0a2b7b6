"""``luutru sites check``: its options and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from archive.coverage import Coverage, coverage, listed, newest, paged
from archive.exits import Exit
from archive.schema import open_read_only
from crawler.commands import AllowPrivate, Interrupted, Json, chosen, err, out
from crawler.home import Home
from crawler.locks import AlreadyCrawling
from crawler.profiles import Profile

if TYPE_CHECKING:
    from crawler.survey.checking import Checking


def sites_check(
    ctx: typer.Context,
    sites: Annotated[
        list[str] | None, typer.Argument(help="Names of sites, as 'luutru sites list' shows them.")
    ] = None,
    all_sites: Annotated[bool, typer.Option("--all", help="Every site there is a profile for.")] = False,
    as_json: Json = False,
    allow_private: AllowPrivate = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Leave a site out whose host another process visits.")
    ] = False,
) -> None:
    """Ask sites for a few pages, and say which parts of their profiles no longer fit.

    The front page, feed, sitemap, one or two listings, five new articles and two archived ones: at most 20 requests a
    site, as politely as a crawl. What is read from them is compared with what is normal for the site: with its newest
    archived articles. Nothing is stored.
    """
    from crawler.survey import checking  # noqa: PLC0415 - what asks and reads pages takes a second to load
    from crawler.survey.checkreport import as_record, check_report  # noqa: PLC0415
    from crawler.survey.status import shown  # noqa: PLC0415
    from crawler.survey.trouble import Trouble  # noqa: PLC0415
    from crawler.survey.visiting import Look, look_at  # noqa: PLC0415

    home: Home = ctx.obj
    profiles, broken = chosen(home, sites, all_sites=all_sites)
    plans = [_checking(home, profile) for profile in profiles]
    with shown() as tell:
        looks = [Look(plan.check.profile, plan, checking.MOST_REQUESTS) for plan in plans]
        ended = look_at(home, looks, err, tell=tell, allow_private=allow_private, wait=not no_wait)
    if any(one.interrupted for one in ended.values()):
        raise Interrupted
    for one in ended.values():
        if one.trouble is not None and not isinstance(one.trouble, Trouble):
            raise one.trouble
    checks = [(plan.check, ended[plan.check.profile.name]) for plan in plans]
    if as_json:
        print(json.dumps([as_record(*one) for one in checks], ensure_ascii=False, indent=2))
    else:
        for check, looked in checks:
            out.print(check_report(check, looked))
    if any(check.broken for check, _ in checks):
        raise typer.Exit(Exit.MISFIT)
    if any(looked.trouble for _, looked in checks):
        raise typer.Exit(Exit.CRAWL_FAILED)
    if busy := [f"{check.profile.name} was left out: {looked.busy}" for check, looked in checks if looked.busy]:
        raise AlreadyCrawling("; ".join(busy))
    if broken:
        raise typer.Exit(Exit.BAD_CONFIGURATION)


def _checking(home: Home, profile: Profile) -> Checking:
    """The plan for one site, with what its archive says is normal."""
    from crawler.survey import checking  # noqa: PLC0415

    if not home.archive.exists():
        return checking.Checking(profile, Coverage(0, {}), [], [], {})
    db = open_read_only(home.archive)
    try:
        normal = coverage(db, profile.name)
        again = newest(db, profile.name, checking.ARCHIVED)
        return checking.Checking(profile, normal, again, paged(db, profile.name), listed(db, profile.name))
    finally:
        db.close()
