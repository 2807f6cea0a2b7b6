"""When each site was last crawled: read from the archive's ``runs`` table, without making an archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from archive.schema import open_read_only


def last_runs(archive: Path) -> dict[str, datetime]:
    """The start of each site's last crawl; empty when there is no archive yet."""
    if not archive.exists():
        return {}
    db = open_read_only(archive)
    try:
        rows = db.execute("SELECT site, max(started_at) FROM runs GROUP BY site").fetchall()
    finally:
        db.close()
    return {site: datetime.fromisoformat(started) for site, started in rows}
