"""How many requests a survey may make where robots.txt wants long delays, and how long they take. Pure."""

from __future__ import annotations

import math

LONGEST = 1_800.0
"""Seconds of delays, all in all: an operator waits for a survey."""
LEAST = 6
"""robots.txt, the home page, a listing and three articles: fewer pages show no layout."""
SCANT = 20
"""With fewer requests than these, feeds and sitemaps are left to the crawl, and one listing must do."""


def within(delay: float, most: int) -> int:
    """How many of ``most`` requests, ``delay`` seconds apart, are made within :data:`LONGEST`; at least
    :data:`LEAST`."""
    return min(most, max(LEAST, int(LONGEST // delay) + 1))


def in_words(delay: float, requests: int, most: int) -> str:
    """What the operator is told before the waiting begins; ``most``: how many requests there would be otherwise."""
    minutes = math.ceil((requests - 1) * delay / 60)
    fewer = "" if requests == most else f", with at most {requests} requests instead of {most}"
    return f"robots.txt asks for {delay:g} s between two requests: up to about {minutes} min{fewer}"
