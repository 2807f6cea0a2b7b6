"""The command ``luutru``: the operator's commands, with the archivist's from :mod:`archive.cli` beside them.

What crawls and reads pages (Scrapy, Twisted, trafilatura) is loaded by the commands that do so, for it takes a second.

Results go to stdout, everything else to stderr. Exit codes: :class:`archive.exits.Exit`.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from archive.cli import register
from archive.completeness import completeness
from archive.days import day
from archive.exits import Exit
from archive.faults import Fault, fault_of, is_our_own
from archive.schema import NotAnArchive, open_archive, open_read_only
from archive.show_completeness import show_completeness
from archive.terminal import safe
from crawler.checkcli import sites_check
from crawler.commands import AllowPrivate, Interrupted, Json, all_profiles, chosen, err, out, say_wrong
from crawler.configuration import ConfigurationError, require_contact
from crawler.endless import EndlessPattern
from crawler.home import DEFAULT, Home
from crawler.locks import AlreadyCrawling, Busy
from crawler.profiles import ProfileError, UnknownSite
from crawler.schedulecli import schedule_app
from crawler.sitescli import sites_app
from crawler.surveycli import sites_add


class _Commands(TyperGroup):
    """What Typer says of a value that is none of a choice begins with what its library calls the error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    cls=_Commands,
    help="Crawl and archive the news sites of Vietnam's provincial trade unions and broadcasters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
sites_app.command("add")(sites_add)
sites_app.command("check")(sites_check)
app.add_typer(sites_app, name="sites")
app.add_typer(schedule_app, name="schedule")
register(app)


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
        date | None,
        typer.Option(
            "--since",
            parser=day,
            metavar="DAY",
            help="Ask again for articles that were published from this day on: 29/6/2021 (or 2021-06-29).",
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
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            help="Processes that share the sites.",
            show_default="as many as their pace is worth, one a core at most",
        ),
    ] = None,
) -> None:
    """Crawl one or several sites into the archive.

    A crawl that was cut short, however it ended, goes on where it stopped. One that came to its end is followed by one
    that looks for what is new, and again at what is due: fresh articles often, old ones seldom.
    """
    from crawler.crawling import Asked  # noqa: PLC0415 - Scrapy takes a second to load
    from crawler.report import crawl_report  # noqa: PLC0415
    from crawler.runs import runs_of  # noqa: PLC0415
    from crawler.shares import crawl  # noqa: PLC0415

    home: Home = ctx.obj
    profiles, broken = chosen(home, sites, all_sites=all_sites)
    require_contact(home, profiles)
    open_archive(home.archive).close()
    asked = Asked(
        limit=limit,
        full=full,
        since=since,
        delay=delay,
        allow_private=allow_private,
        wait=not no_wait,
    )
    ended = crawl(home, profiles, err, asked, processes=processes)
    runs = runs_of(home.archive, [site.run for site in ended.values() if site.run is not None])
    out.print(crawl_report(ended, runs))
    if full:
        _say_how_complete(home, [name for name, run in runs.items() if run.whole])
    faults = {str(site.fault): site.fault for site in ended.values() if site.fault is not None}
    for fault in faults.values():
        say_wrong(fault)
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
    from crawler.ingest import ingest  # noqa: PLC0415 - what reads pages takes a second to load
    from crawler.ingestreport import Bar, ingest_report  # noqa: PLC0415

    home: Home = ctx.obj
    profiles, broken = all_profiles(home)
    open_archive(home.archive).close()
    with Bar(err) as bar:
        done = ingest(home, profiles, files, bar)
    tables, lines = ingest_report(done)
    if done.files:
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

    Each page is read with the layout that was valid when it was captured. What can no longer be read is kept as it was;
    values that articles had and would have no more are counted and named: look at --dry-run first.

    Each stored page is counted once: with articles; lists are listings, feeds, sitemaps and redirects; gave nothing
    means that it was read and is not what it was asked for as; unreadable, that its WARC record is missing or damaged.
    Each article is counted once: unchanged and changed say whether the export's fields differ; new ones were not
    archived; unshown ones are on none of the pages that can be read, and are kept as they were.

    A site that is being crawled is left out. What was interrupted can be done again.
    """
    from crawler.reextract import reextract  # noqa: PLC0415 - what reads pages takes a second to load
    from crawler.reextractreport import as_record, reextract_report, shown_progress  # noqa: PLC0415
    from crawler.workers import cores  # noqa: PLC0415

    home: Home = ctx.obj
    profiles, broken = chosen(home, sites, all_sites=all_sites, asking=False)
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


def _interrupt(*_: object) -> None:
    raise Interrupted


def main() -> None:
    """Run the command; expected errors become one line on stderr and an exit code."""
    try:
        _heed_signals()
        _run()
    except Interrupted:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a further one ends even this
        err.print("luutru: interrupted")
        sys.exit(Exit.INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what Python does at its end has nobody to tell


def _heed_signals() -> None:
    signal.signal(signal.SIGINT, _interrupt)  # a crawl puts its own handlers over these while it runs
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to live on
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _run() -> None:
    try:
        app()
    except UnknownSite as error:
        _fail(error, Exit.NOT_FOUND)
    except (ProfileError, EndlessPattern, ConfigurationError) as error:
        _fail(error, Exit.BAD_CONFIGURATION)
    except NotAnArchive as error:
        _fail(error, Exit.CANNOT_OPEN)
    except Fault as fault:
        _fail(fault, fault.exit)
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.Error) and is_our_own(error):
            raise
        refused = fault_of(error, Path("archive.db"))
        _fail(refused, refused.exit)
    except Busy as error:
        _fail(error, Exit.BUSY)


def _fail(error: Exception, code: Exit) -> NoReturn:
    say_wrong(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
