"""What the operator's commands share: where they print, common options, the choice of sites. Touches the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from crawler.home import Home
from crawler.profiles import Profile, ProfileError

_PIPED_WIDTH = 200
"""Columns where there is no terminal to fit into."""

out = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Let the site's own address be a private or loopback one.")
]


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP. Typer would make of a KeyboardInterrupt exit code 1: that something broke."""


def chosen(home: Home, sites: list[str] | None, *, all_sites: bool) -> tuple[list[Profile], list[ProfileError]]:
    """The profiles of the sites that a command line names, or of all, and the mistakes of those that have one.

    :raises typer.BadParameter: it names none, or gives both.
    """
    if all_sites == bool(sites):
        raise typer.BadParameter("name sites or give --all, not both" if sites else "name sites, or give --all")
    if all_sites:
        return all_profiles(home)
    return [home.profiles.load(name) for name in dict.fromkeys(sites or [])], []


def all_profiles(home: Home) -> tuple[list[Profile], list[ProfileError]]:
    """All that can be used, and the mistakes of the others, which are printed: one file stops no other site."""
    profiles, broken = home.profiles.all()
    for error in broken:
        err.print(f"luutru: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    return profiles, broken


def say_wrong(error: Exception) -> None:
    """One line on stderr."""
    err.print(f"luutru: {error}", style="red", markup=False, highlight=False, soft_wrap=True)


def how_often(profile: Profile) -> str:
    """How often the site is crawled, in words."""
    rule = profile.schedule
    return f"every {rule.every}" if rule.every else f"daily at {rule.at}" if rule.at else "by hand"
