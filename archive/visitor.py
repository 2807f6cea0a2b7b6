"""Who visits a site now, by the lock file that a crawl holds. Looks at that file beside the archive, changes nothing.

A crawl holds a kernel lock on ``HOME/locks/SITE.site.lock`` (:mod:`crawler.locks`); the kernel lets go of it however
the process ends. So a lock that can be had is nobody's, and a run that is not closed and whose lock is free was killed.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

LOCKS = "locks"
"""The folder of the lock files in the home directory."""


def visitor(locks: Path, site: str) -> str | None:
    """Who holds the site's lock, as the file says (``process 4711 for thst``); None when nobody does.

    To find out, the lock is asked for (shared, with others who look) and let go at once: whoever begins a crawl in this
    very moment finds it taken.
    """
    try:
        with (locks / f"{site}.site.lock").open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or "another process"
    except FileNotFoundError:
        pass
    return None
