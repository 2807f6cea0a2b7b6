"""Which pages of a site's menu list articles, and which are pages about the site. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit


def is_above(section: str, articles: Iterable[str]) -> bool:
    """Whether the address of some article lies beneath that of a section: such a section needs no look."""
    path = urlsplit(section).path.rstrip("/") + "/"
    return path != "/" and any(urlsplit(article).path.startswith(path) for article in articles)


def with_own_articles(listings: Mapping[str, Collection[str]], pages: Sequence[Collection[str]]) -> set[str]:
    """The listings that link to an article of their own: to one that is not on every second listing, and not on every
    second of ``pages``, as those in a box beside every text are.

    :param listings: the articles that each of them links to; of one alone nothing can be said against it.
    :param pages: the articles that articles' pages link to.
    """
    beside = _on_most(pages) | (_on_most(list(listings.values())) if len(listings) > 1 else set())
    return {page for page, linked in listings.items() if not beside.issuperset(linked)}


def _on_most(pages: Sequence[Collection[str]]) -> set[str]:
    counts = Counter(article for linked in pages for article in set(linked))
    return {article for article, count in counts.items() if count * 2 > len(pages)}
