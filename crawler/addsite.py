"""What ``luutru sites add`` does: looks at a site, asks the operator, writes the profile; and its exit codes.

Reaches the network through :mod:`crawler.survey`.
"""

from __future__ import annotations

import re
import sys
import termios
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

import typer

from archive.exits import Exit
from archive.plural import counted
from archive.provinces import UnknownProvince, former_province
from archive.terminal import safe
from crawler.commands import Interrupted, err, out
from crawler.home import Home
from crawler.locks import AlreadyCrawling
from crawler.profiles import Profile
from crawler.survey import adding
from crawler.survey.naming import KINDS, Guess, name_of
from crawler.survey.replacing import other_ids
from crawler.survey.report import report
from crawler.survey.status import shown
from crawler.survey.trouble import Trouble

_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def add_site(
    home: Home,
    url: str,
    *,
    name: str | None,
    yes: bool,
    replace_it: bool,
    delay: float | None,
    decided: Mapping[str, str | None],
    tls_exception: str | None,
    allow_private: bool,
    verbose: bool,
) -> None:
    """Look at a site and write its profile, as the command's options say. ``decided``: what the operator says of it, by
    the keys of a profile.

    :raises typer.Exit: nothing was written.
    """
    given = {key: value for key, value in decided.items() if value}
    if "province" in given:
        given["province"] = _given_province(given["province"])
    wanted = _wanted(
        home,
        adding.Wanted(
            url=url,
            name=name or "",
            delay=delay,
            private=allow_private,
            tls_exception=tls_exception,
            decided=given,
        ),
        replace_it=replace_it,
    )
    path = home.sites / f"{wanted.name}.toml"
    can_ask = sys.stdin.isatty() and not yes
    if not yes and not can_ask:
        _refuse("nothing was asked of the site: nobody can be asked here; --yes agrees beforehand", Exit.NOT_WRITTEN)
    with shown() as tell:
        seen, ended = adding.look(home, wanted, err, tell)
    if ended.interrupted:
        raise Interrupted
    if ended.busy is not None:
        raise AlreadyCrawling(ended.busy)
    if isinstance(ended.trouble, Trouble):
        _refuse(f"{url}: {ended.trouble}", Exit.CRAWL_FAILED)
    if ended.trouble is not None:
        raise ended.trouble
    assert seen is not None
    try:
        drafted = adding.draft(home, seen, wanted)
    except Trouble as trouble:
        _refuse(f"{url}: {trouble}", Exit.CRAWL_FAILED)
    out.print(report(drafted.reads, seen.sketch.base, verbose=verbose))
    _say_findings(drafted)
    if can_ask:
        termios.tcflush(sys.stdin, termios.TCIFLUSH)  # what was typed while it looked is no answer
        drafted = _ask(drafted)
    if drafted.identity.kind.value is None:
        _refuse("nothing was written: give --kind, for nothing on the front page says which it is", Exit.NOT_WRITTEN)
    text = adding.text_of_draft(drafted, f"luutru sites add {wanted.url}")
    profile = adding.checked(drafted, text, path)
    if others := other_ids(home, profile):
        _refuse(
            f"nothing was written: by this profile {counted(len(others), 'archived article')} would be another and be "
            f"archived a second time, as {others[0]}; edit {home.sites / wanted.name}.toml by hand, or give another "
            "--name",
            Exit.NOT_WRITTEN,
        )
    if not yes and not _agrees(f"Write {path}? [y/N] "):
        _refuse("nothing was written", Exit.NOT_WRITTEN)
    if yes:
        for key, guess in drafted.identity.unsure():
            taken = f"taken as guessed: {key} = {guess.value!r}" if guess.value else f"left empty: {key}"
            err.print(f"{taken} ({guess.why})", style="yellow", markup=False, highlight=False, soft_wrap=True)
    kept = adding.write(path, text)
    out.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)
    if kept is not None:
        out.print(f"Kept: the profile as it was, in {kept}", highlight=False, markup=False, soft_wrap=True)
    next_one = f"luutru crawl {wanted.name} --limit 20"
    if drafted.border is not None and drafted.border.later:
        next_one = f"luutru reextract {wanted.name} --dry-run: what the new rules change in {drafted.border.later} "
        next_one += "archived pages that they are valid for"
    out.print(f"Next: {next_one}", highlight=False, markup=False, soft_wrap=True)


def _wanted(home: Home, wanted: adding.Wanted, *, replace_it: bool) -> adding.Wanted:
    """The address in its full form, and a name that is free.

    :raises typer.BadParameter: the address is none, or the site is known.
    """
    url = wanted.url if "://" in wanted.url else f"http://{wanted.url}"
    parts = _in_ascii(urlsplit(url))
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.netloc):
        raise typer.BadParameter(f"expected an address such as http://example.org/, not {wanted.url!r}")
    url = parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/", fragment="").geturl()
    name = wanted.name or name_of(parts.netloc)
    if not _NAME.fullmatch(name):
        raise typer.BadParameter(f"--name: expected small letters, digits and hyphens, not {name!r}")
    known = _known(home, parts.netloc, name)
    if known is not None and (known.name == name or not wanted.name):
        if not replace_it:
            raise typer.BadParameter(
                f"{known.name} is there already, for {known.base} ({known.path}): 'luutru sites check {known.name}' "
                "says whether its profile still fits, --replace writes it anew, --name NAME makes another one"
            )
        name = known.name
    if known is None and not replace_it and (path := home.sites / f"{name}.toml").exists():
        raise typer.BadParameter(
            f"{path} is there already, and cannot be used ('luutru sites list' says why): mend it, --replace writes it "
            "anew, --name NAME makes another one"
        )
    return replace(wanted, url=url, name=name)


def _in_ascii(parts: SplitResult) -> SplitResult:
    """With the host as name servers know it (RFC 3490): ``báo.example`` is ``xn--bo-mia.example``; what is no host's
    name stays as it is."""
    try:
        return parts._replace(netloc=parts.netloc.encode("idna").decode("ascii"))
    except UnicodeError:
        return parts


def _known(home: Home, netloc: str, name: str) -> Profile | None:
    """The site of that name, or else the one that the host is of."""
    bare = netloc.lower().removeprefix("www.")
    profiles = home.profiles.all()[0]
    named = [one for one in profiles if one.name == name]
    return next(
        iter(named or [one for one in profiles if bare in {host.lower().removeprefix("www.") for host in one.hosts}]),
        None,
    )


def _given_province(asked: str) -> str:
    try:
        return _province(asked)
    except ValueError as error:
        raise typer.BadParameter(f"--province: {error}") from error


def _province(asked: str) -> str:
    """As it is written; any spelling is taken.

    :raises ValueError: there is none of that name; the message names the nearest ones.
    """
    try:
        return former_province(asked)
    except UnknownProvince as error:
        expected = "expected one of the 63 that there were until 30 June 2025"
        raise ValueError(f"no province {asked!r}; {expected} (the nearest: {', '.join(error.nearest)})") from error


def _say_findings(drafted: adding.Draft) -> None:
    seen, identity = drafted.seen, drafted.identity
    facts = {
        "title": identity.title,
        "publisher": identity.publisher,
        "kind": identity.kind,
        "province": identity.province,
    }
    for key, guess in facts.items():
        unsure = "" if guess.sure else f"   NOT SURE: {guess.why}"
        out.print(f"{key + ':':<11}{safe(guess.value or '-')}{unsure}", highlight=False, markup=False, soft_wrap=True)
    signs = "; ".join(dict.fromkeys(_plain(sign) for match in seen.matches[:1] for sign in match.signs))
    family = f"{drafted.fitted.sketch.family}" + (f", by {signs}" if signs else "")
    more = {
        "family": family,
        "sections": f"{len(seen.sections)}, {len(seen.further)} of their further pages looked at"
        + (f"; left out, for they list no articles: {', '.join(seen.no_lists)}" if seen.no_lists else ""),
        "feed": ", ".join(seen.feeds) or "none found",
        "sitemap": ", ".join(seen.sitemaps) or "none found",
        "asked for": counted(seen.asked, "request"),
    }
    for key, value in more.items():
        out.print(f"{key + ':':<11}{safe(value)}", highlight=False, markup=False, soft_wrap=True)
    if drafted.border is not None:
        told = f"{drafted.border.valid_from}: {drafted.border.why}"
        out.print(f"valid from {safe(told)}", highlight=False, markup=False, soft_wrap=not out.is_terminal)
    if drafted.doubts:
        out.print("In doubt:", style="yellow")
        for doubt in drafted.doubts:
            out.print(f"  - {safe(doubt)}", highlight=False, markup=False, soft_wrap=not out.is_terminal)


def _plain(sign: str) -> str:
    """A sign of a CMS without its pattern, which stands in the family's file."""
    kind = sign.partition(" ")[0]
    return {"address": "addresses of its files", "header": "a header of its answers"}.get(kind, sign)


_QUESTIONS = {
    "kind": "Is it a union's site or a broadcaster's? Type union or broadcaster",
    "province": "Which province is it of? One of the 63 that there were until 30 June 2025, as Cao Bằng",
    "title": "What does the site call itself?",
    "publisher": "Who publishes it? The full name of the union or station, as Liên đoàn Lao động tỉnh Cao Bằng",
}


def _ask(drafted: adding.Draft) -> adding.Draft:
    """Ask for what nothing proves; an empty answer takes the guess, or leaves it open where there is none."""
    identity = drafted.identity
    for key, guess in list(identity.unsure()):
        err.print(safe(_QUESTIONS[key]), markup=False, highlight=False, soft_wrap=True)
        while answer := _line(f"  {_without_answer(key, guess)}: ").strip():
            try:
                value = _answered(key, answer)
            except ValueError as error:
                err.print(f"  {safe(str(error))}", markup=False, highlight=False, soft_wrap=True)
                continue
            identity = replace(identity, **{key: Guess(value, "given", sure=True)})
            break
    return replace(drafted, identity=identity)


def _without_answer(key: str, guess: Guess) -> str:
    """What Enter alone does."""
    if guess.value is not None:
        return f"Enter takes the guess, {guess.value} ({guess.why})"
    without = "writes no profile" if key == "kind" else "leaves it open"
    return f"there is no guess ({guess.why}); Enter {without}"


def _answered(key: str, answer: str) -> str:
    """:raises ValueError: it is no answer to that question."""
    if key == "kind" and (answer := answer.lower()) not in KINDS:
        raise ValueError(f"expected {' or '.join(KINDS)}, not {answer!r}")
    return _province(answer) if key == "province" else answer


def _agrees(question: str) -> bool:
    return _line(question).strip().lower() in {"y", "yes"}


def _line(question: str) -> str:
    """One line of the operator's; the end of input is an empty one."""
    err.print(safe(question), end="", markup=False, highlight=False, soft_wrap=True)
    try:
        return input()
    except EOFError:
        err.print()
        return ""


def _refuse(message: str, code: Exit) -> Any:
    err.print(f"luutru: {safe(message)}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)
