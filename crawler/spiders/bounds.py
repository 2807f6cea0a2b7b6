"""When a walk through listings has led nowhere: calendars, pagers without end, paths that grow. No I/O.

A listing's links to further listings are followed as long as it shows articles, and not the very ones that another
listing showed: a pager that runs past its end repeats its last page or shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

ALWAYS_FOLLOWED = 2
"""Steps from the start within which listings are followed whatever they show: a front page, a page of sections."""


class ListingBounds:
    """Remembers what the listings of one crawl have shown."""

    def __init__(self) -> None:
        self._shown: set[frozenset[str]] = set()

    def may_go_on(self, articles: Iterable[str], steps: int) -> bool:
        """Whether to follow a listing's links to other listings.

        :param articles: the addresses of the articles that it links to.
        :param steps: how many links lie between the start and it.
        """
        shown = frozenset(articles)
        is_new = bool(shown) and shown not in self._shown
        self._shown.add(shown)
        return is_new or steps <= ALWAYS_FOLLOWED
