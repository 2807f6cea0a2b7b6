"""What a profile that is written anew owes to the archive that its site has. Reads archive and profile; no network."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from archive.coverage import addresses_of
from archive.schema import open_read_only
from crawler.home import Home
from crawler.profiles import Profile, ProfileError, tables_of
from crawler.urls import SiteAddresses

_MOST = 2_000
"""Archived addresses that are compared."""


def has_articles(home: Home, site: str) -> bool:
    """Whether articles of the site are archived."""
    return bool(_archived(home, site, 1))


def earlier_layouts(home: Home, site: str, family: str) -> list[dict[str, Any]] | None:
    """The layouts of the site's profile as it is, which stay valid for what was captured by them; None where they
    cannot, for there is no profile that can be read, or one of another family."""
    try:
        profile = home.profiles.load(site)
        raw, _ = tables_of(Path(profile.path).read_bytes(), Path(profile.path))
    except ProfileError:
        return None
    layouts: list[dict[str, Any]] = raw.get("layouts") or [{}]
    return layouts if profile.family == family else None


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two layouts read alike, whatever they are called and whenever they are valid."""
    return all(one.get(key) == other.get(key) for key in {*one, *other} - {"version", "valid_from"})


def left_out(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What one layout says and another does not, as ``urls.pager``."""
    found = []
    for key, value in before.items():
        if isinstance(value, Mapping):
            there = after.get(key, {})
            found += [f"{key}.{one}" for one in value if one not in there]
        elif key not in after and key not in {"version", "valid_from"}:
            found.append(key)
    return found


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
