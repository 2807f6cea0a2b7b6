"""One visitor a host: kernel locks on files in ``HOME/locks``, one file a host, held while a site is being visited.

The kernel lets go of them when the process ends, however it ends. Everything that fetches from a site holds them: a
crawl by :class:`crawler.crawling.SiteCrawler`, ``scrapy crawl`` by :class:`crawler.onlyvisitor.OnlyVisitor`, other
commands by :func:`only_visitor`. Two profiles of one host exclude each other, in one process too.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO
from urllib.parse import urlsplit

from crawler.home import Home
from crawler.profiles import Profile

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.5
"""Seconds between two tries to get a lock that another process holds."""


class Busy(Exception):
    """Another process holds what this one needs; the message says which."""


class AlreadyCrawling(Busy):
    """Another process visits a host of the site; the message names host and process."""


def hosts_of(profile: Profile) -> set[str]:
    """The servers of a site: its hosts without port and ``www.``"""
    hosts = {urlsplit(f"//{host}").hostname or host for host in profile.hosts}
    return {host.removeprefix("www.") for host in hosts}


class HostLocks:
    """The locks of one site: all of them are held, or none."""

    def __init__(self, home: Home, profile: Profile) -> None:
        self.site = profile.name
        self._folder = home.locks
        # The site itself too, for its base may have changed meanwhile. Sorted, so that two visits never wait for each
        # other.
        self._hosts = sorted(hosts_of(profile) | {f"{profile.name}.site"})
        self._held: list[TextIO] = []

    def take(self) -> str | None:
        """Take the locks without waiting: None when they are ours, else who visits which host."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for host in self._hosts:
            lock = (self._folder / f"{host}.lock").open("a+", encoding="utf-8")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                visitor = lock.read().strip() or "another process"
                lock.close()
                self.release()
                return f"{host} is being visited by {visitor}"
            self._held.append(lock)
            lock.truncate(0)
            lock.write(f"process {os.getpid()} for {self.site}\n")
            lock.flush()
        return None

    def release(self) -> None:
        """Let go of the locks; without effect where none is held."""
        while self._held:
            self._held.pop().close()


@contextmanager
def only_visitor(
    home: Home, profile: Profile, *, wait: bool = True, say: Callable[[str], None] = logger.info
) -> Iterator[None]:
    """Hold the site's hosts while the block runs; nobody else with this home directory asks anything of them.

    :param wait: for whoever visits one of them; ``say`` is told once whom.
    :raises AlreadyCrawling: a host is being visited, and ``wait`` is false.
    """
    locks = HostLocks(home, profile)
    told = False
    while (visitor := locks.take()) is not None:
        if not wait:
            raise AlreadyCrawling(f"{profile.name}: {visitor}")
        if not told:
            say(f"{profile.name} waits: {visitor}")
            told = True
        time.sleep(LOOK_EVERY)
    try:
        yield
    finally:
        locks.release()
