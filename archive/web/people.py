"""Authors as a reader reads them. Pure functions but for the words of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archive.web.language import Language, say

Author = Mapping[str, str | None]
"""``name``, ``unit`` and ``role``, as in the export."""


def person(language: Language, one: Author) -> str:
    """``Thu Hà (Đài Sông Lam), ảnh``; the role is said in every case: it too may differ, or be what was corrected."""
    name, unit = one["name"], one["unit"]
    whom = f"{name} ({unit})" if name and unit else name or unit or say(language, "article.unnamed")
    role = one["role"]
    return f"{whom}, {say(language, f'article.role.{role}')}"


def people(language: Language, authors: Iterable[Author]) -> str:
    """Several, in their order; empty for nobody."""
    return "; ".join(person(language, one) for one in authors)


def names(authors: Iterable[Author]) -> list[str]:
    """As they would sign: each one's name, or that of the collective, once; none of who is not named."""
    return list(dict.fromkeys(name for one in authors if (name := one["name"] or one["unit"])))
