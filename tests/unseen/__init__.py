"""Sites that nobody has seen: random provincial news sites with known truth. Tests and benchmarks come in, nobody else.

Knows nothing of the crawler: its own text, markup, class names and server, so that what reads these pages cannot have
been made for them. Everything follows from a seed and a number.
"""

from __future__ import annotations

from unseen.server import Served, serve
from unseen.site import Answer, Site

__all__ = ["Answer", "Served", "Site", "make_site", "serve"]


def make_site(seed: int, number: int, articles: int = 40) -> Site:
    """The ``number``-th site of a seed, the same each time.

    Its layout does not depend on ``articles``; on sites of fewer than 30 the listings are shorter, so that they have
    further pages all the same.
    """
    return Site(seed, number, articles)
