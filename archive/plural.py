"""Numbers with what they count, in English. Pure."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 article``, ``2 articles``. ``many``: the plural that is not made by an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
