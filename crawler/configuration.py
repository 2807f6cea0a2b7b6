"""``HOME/luutru.toml``: what the operator decides for all sites. Reads that file and the environment, nothing else.

Whoever crawls says who they are: nothing is asked of a public site before ``contact`` says whom its owner can write to.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from crawler.home import Home
from crawler.profiles import Profile
from crawler.publichosts import is_private

FILE = "luutru.toml"
VARIABLE = "LUUTRU_CONTACT"
_LINE = 'contact = "you@example.org"'
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_ADDRESS = re.compile(r"https?://[!-'*-;=?-~]+")
"""An address without white space, brackets or letters that a header cannot carry."""
_EXAMPLES = re.compile(r"(.*\.)?(example\.(com|net|org)|example|invalid|test|localhost)", re.IGNORECASE)
"""Names that are nobody's (RFC 2606)."""


class ConfigurationError(Exception):
    """``luutru.toml`` cannot be used: the message names file and key, what was expected, and what to write."""


class Configuration(Struct, frozen=True, forbid_unknown_fields=True):
    """``contact``: a web page (http, https) or an e-mail address, where a site's owner reaches the operator.
    ``leave_out``: names of sites that ``--all`` and the schedule pass by."""

    contact: str | None = None
    leave_out: tuple[str, ...] = ()


def read(home: Home) -> Configuration:
    """The operator's decisions; the environment's ``LUUTRU_CONTACT`` stands over the file's ``contact``.

    :raises ConfigurationError: the file holds a mistake.
    """
    path = home.home / FILE
    raw: dict[str, Any] = {}
    if path.exists():
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: not TOML: {error}") from error
    try:
        written = msgspec.convert(raw, Configuration)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {_wrong(raw, str(error))}") from error
    from_environment = os.environ.get(VARIABLE)
    if from_environment:
        _check(from_environment, f"{VARIABLE} in the environment")
        return msgspec.structs.replace(written, contact=from_environment)
    if written.contact is not None:
        _check(written.contact, f"{path}: contact")
    return written


def _wrong(raw: Mapping[str, Any], message: str) -> str:
    """What an operator is to know of a mistake that ``message`` names the place of."""
    for key in raw:
        if key not in _EXPECTED:
            return f"{key}: no such key; known: {', '.join(_EXPECTED)}"
        if f"`$.{key}" in message:
            return f"{key}: {_EXPECTED[key]}, not {raw[key]!r}"
    return message


_EXPECTED = {
    "contact": f"expected a web or e-mail address in quotes, as in {_LINE}",
    "leave_out": 'expected a list of names of sites, as in leave_out = ["thst"]',
}


def user_agent(configuration: Configuration) -> str:
    """``luutru/VERSION (+CONTACT)``, as a site's log shows it."""
    agent = f"luutru/{metadata.version('luutru')}"
    return f"{agent} (+{configuration.contact})" if configuration.contact else agent


def require_contact(home: Home, profiles: Iterable[Profile]) -> None:
    """Make sure that the owner of each site can find out who crawls it. Sites on private addresses are the operator's.

    :raises ConfigurationError: there is no contact, or one that is nobody's; the message shows what to write where.
    """
    contact = read(home).contact
    if contact is not None and not _is_nobody(contact):
        return
    for profile in profiles:
        public = [host for host in sorted(profile.hosts) if not is_private(urlsplit(f"//{host}").hostname or "")]
        if public:
            path = home.home / FILE
            lacks = f"{contact!r} is nobody's address" if contact else "there is none"
            raise ConfigurationError(
                f"{path}: contact: {lacks}, and the owner of {public[0]} must be able to see who crawls it. "
                f"Write this line into {path}, with a web page or an e-mail address of yours:\n{_LINE}"
            )


def taking_part(home: Home, profiles: Sequence[Profile], known: Sequence[str]) -> list[Profile]:
    """Those that ``--all`` and the schedule are about: all but the ones that the operator leaves out.

    :param known: the names of all sites, those among them whose profiles cannot be used.
    :raises ConfigurationError: one is left out that is not there.
    """
    left_out = read(home).leave_out
    if unknown := [name for name in left_out if name not in known]:
        expected = "expected names of sites as 'luutru sites list' shows them"
        raise ConfigurationError(f"{home.home / FILE}: leave_out: {expected}, not {unknown[0]!r}")
    return [profile for profile in profiles if profile.name not in left_out]


def _check(contact: str, where: str) -> None:
    if not _EMAIL.fullmatch(contact) and not (_ADDRESS.fullmatch(contact) and _host(contact)):
        expected = "expected a web address (http://… or https://…) or an e-mail address"
        raise ConfigurationError(f"{where}: {expected}, as in {_LINE}, not {contact!r}")


def _is_nobody(contact: str) -> bool:
    host = _host(contact)
    return _EXAMPLES.fullmatch(host) is not None or is_private(host)


def _host(contact: str) -> str:
    if found := _EMAIL.fullmatch(contact):
        return found[1]
    try:
        return urlsplit(contact).hostname or ""
    except ValueError:
        return ""
