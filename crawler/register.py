"""What a profile says of its site, made known to the archive. Writes through the archive it is handed."""

from __future__ import annotations

from sqlite_utils import Database

from archive.rows import Row
from archive.store import Archive
from crawler.profiles import Profile


def register(archive: Archive, profile: Profile, at: str) -> None:
    """Bring the archive's row of the site up to date, and note that this text of its profile is in use.

    Where that changes what exports show of the site, all its articles are noted as changed.
    """
    with archive.transaction():
        before = _shown(archive.db, profile.name)
        archive.register_site(
            name=profile.name,
            title=profile.title,
            publisher=profile.publisher,
            kind=profile.kind,
            province=profile.province,
            family=profile.family,
            base=profile.base,
        )
        archive.use_profile(profile.name, profile.digest, at)
        if before is not None and before != _shown(archive.db, profile.name):
            archive.note_site(profile.name, at)


def _shown(db: Database, site: str) -> Row | None:
    """What exports show of a site."""
    return next(db.query("SELECT province, publisher FROM sites WHERE name = ?", [site]), None)
