"""What a profile says of its site, made known to the archive. Writes through the archive it is handed."""

from __future__ import annotations

from archive.store import Archive
from crawler.profiles import Profile


def register(archive: Archive, profile: Profile, at: str) -> None:
    """Bring the archive's row of the site up to date, and note that this text of its profile is in use."""
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
