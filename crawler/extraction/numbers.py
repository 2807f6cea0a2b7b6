"""Whole numbers as strangers write them: in attributes, in counters. Pure."""

from __future__ import annotations

LARGEST_SIDE = 65_535
"""Pixels: no JPEG is wider or higher (ITU-T T.81, B.2.2)."""

MOST_VIEWS = 999_999_999
"""Views of one article: ten times the people of Vietnam. What is more is a mistake, or meant to overflow something."""


def whole_number(digits: str, most: int) -> int | None:
    """The number from 0 to ``most`` that ASCII digits write; None for signs, fractions, ², other scripts, and more."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None
    number = int(digits)
    return number if number <= most else None
