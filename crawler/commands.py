"""What the operator's commands share: where they print, common options, the choice of sites. Touches the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from crawler.configuration import FILE, ConfigurationError, require_contact, taking_part
from crawler.home import Home
from crawler.profiles import Profile, ProfileError

_PIPED_WIDTH = 100
"""Columns where there is no terminal to fit into, and ``COLUMNS`` says nothing."""


def width(is_terminal: bool, columns: str) -> int | None:
    """How wide to print: None for as wide as the terminal is."""
    if is_terminal:
        return None
    return int(columns) if columns.isdecimal() and int(columns) > 0 else _PIPED_WIDTH


out = Console(width=width(sys.stdout.isatty(), os.environ.get("COLUMNS", "")))
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Let the site's own address be a private or loopback one.")
]


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP. Typer would make of a KeyboardInterrupt exit code 1: that something broke."""


def chosen(
    home: Home, sites: list[str] | None, *, all_sites: bool, asking: bool = True
) -> tuple[list[Profile], list[Exception]]:
    """The profiles of the sites that a command line names, or of all that take part, and why others are left out.

    :param asking: whether something is asked of them: of all, those whose owner could not see who asks are left out.
    :raises typer.BadParameter: it names none, or gives both.
    :raises ConfigurationError: not one of all may be asked.
    """
    if all_sites == bool(sites):
        raise typer.BadParameter("name sites or give --all, not both" if sites else "name sites, or give --all")
    if not all_sites:
        return [home.profiles.load(name) for name in dict.fromkeys(sites or [])], []
    profiles, broken = participants(home)
    if not asking:
        return profiles, [*broken]
    may, nameless = with_contact(home, profiles)
    return may, [*broken, *nameless]


def participants(home: Home) -> tuple[list[Profile], list[ProfileError]]:
    """All but those that the operator leaves out, and the mistakes of those that cannot be used, which are printed.

    :raises ConfigurationError: all that can be used are left out.
    """
    profiles, broken = all_profiles(home)
    taking = taking_part(home, profiles, home.profiles.names())
    if profiles and not taking:
        nothing = "it names every site that can be used, so there is nothing to do; take one out, or name sites"
        raise ConfigurationError(f"{home.home / FILE}: leave_out: {nothing} on the command line")
    return taking, broken


def with_contact(home: Home, profiles: Sequence[Profile]) -> tuple[list[Profile], list[ConfigurationError]]:
    """Those that may be asked, and why the others may not, which is printed.

    :raises ConfigurationError: none may.
    """
    may, errors, without = [], list[ConfigurationError](), []
    for profile in profiles:
        try:
            require_contact(home, [profile])
            may.append(profile)
        except ConfigurationError as error:
            errors.append(error)
            without.append(profile.name)
    if errors and not may:
        raise errors[0]
    if errors:
        say_wrong(errors[0])
        out_of_all = f"or, to pass them by: leave_out = {json.dumps(without)}"
        err.print(
            f"Left out for that: {', '.join(without)}; {out_of_all}", markup=False, highlight=False, soft_wrap=True
        )
    return may, errors


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
