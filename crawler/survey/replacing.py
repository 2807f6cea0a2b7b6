"""What a profile that is written anew owes to the archive that its site has. Reads archive and profile; no network."""

from __future__ import annotations

import tomllib
from itertools import count
from pathlib import Path
from typing import Any

from archive.coverage import addresses_of
from archive.schema import open_read_only
from crawler.home import Home
from crawler.profiles import Profile
from crawler.urls import SiteAddresses

_MOST = 2_000
"""Archived addresses that are compared."""


def has_articles(home: Home, site: str) -> bool:
    """Whether articles of the site are archived."""
    return bool(_archived(home, site, 1))


def earlier_layouts(home: Home, site: str, family: str) -> list[dict[str, Any]] | None:
    """The layouts of the operator's profile as it is, which stay valid for what was captured by them; None where they
    cannot, for that profile is a built-in one's overlay, or of another family, or no TOML."""
    path = home.sites / f"{site}.toml"
    if not path.is_file():
        return None
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    if "extends" in raw or raw.get("family") != family:
        return None
    layouts: list[dict[str, Any]] = raw.get("layouts") or [{}]
    return layouts


def other_ids(home: Home, profile: Profile) -> list[str]:
    """Archived articles, by their addresses, that would be other articles by this profile: a crawl would archive them
    a second time."""
    addresses = SiteAddresses(profile, profile.layouts[-1])
    return [url for url, article in _archived(home, profile.name, _MOST) if addresses.article(url) != article]


def _archived(home: Home, site: str, most: int) -> list[tuple[str, str]]:
    if not home.archive.exists():
        return []
    db = open_read_only(home.archive)
    try:
        return addresses_of(db, site, most)
    finally:
        db.close()


def kept_as(path: Path) -> Path:
    """Where the profile goes that is written over: a name that is free, ``NAME.toml.old`` or ``NAME.toml.old2`` …"""
    names = (f"{path.name}.old{number if number > 1 else ''}" for number in count(1))
    return next(kept for name in names if not (kept := path.with_name(name)).exists())
