"""Which CMS made a site's pages: the signs of all families, held against some pages. No I/O.

A family's signs stand in its file (``[[signs]]``, :class:`crawler.layouts.Sign`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.extraction.document import Element
from crawler.layouts import Family, Sign

ENOUGH = 3
"""What a family's signs must weigh on one page: one that no other CMS prints, or several that speak for it."""


@dataclass(frozen=True, slots=True)
class Print:
    """What one response shows of its CMS: its ``headers`` (name, value), the page, and the site's own ``host``."""

    headers: Sequence[tuple[str, str]]
    tree: Element
    host: str


@dataclass(frozen=True, slots=True)
class Match:
    """A family and how much speaks for it: the ``weight`` of its signs on the page that shows most of them, and these
    ``signs`` in words."""

    family: str
    weight: int
    signs: tuple[str, ...]


def recognise(prints: Sequence[Print], families: Mapping[str, Family]) -> list[Match]:
    """The families whose signs some page shows enough of, the most likely first; none where nothing is known."""
    found = []
    for name, family in families.items():
        shown = [[sign for sign in family.signs if _shows(sign, one)] for one in prints]
        best = max(shown, key=_weight, default=[])
        if _weight(best) >= ENOUGH:
            found.append(Match(name, _weight(best), tuple(map(_in_words, best))))
    return sorted(found, key=lambda match: (-match.weight, match.family))


def _weight(signs: Sequence[Sign]) -> int:
    return sum(sign.weight for sign in signs)


def _shows(sign: Sign, one: Print) -> bool:
    if sign.select is not None:
        return bool(sign.select(one.tree))
    if sign.header is not None:
        return any(sign.header.search(f"{name}: {value}") for name, value in one.headers)
    assert sign.address is not None
    return any(sign.address.search(address) for address in _addresses(one))


def _addresses(one: Print) -> Iterator[str]:
    """Where the page's parts come from, and where its links lead to on the site itself: sites link to many others."""
    for element in one.tree.iter():
        for name in ("href", "src", "action"):
            address = element.get(name)
            if address and (element.tag not in _LINKS or _is_own(address, one.host)):
                yield address


_LINKS = frozenset({"a", "area", "form"})


def _is_own(address: str, host: str) -> bool:
    found = _HOST.match(address)
    return found is None or found[1].lower().removeprefix("www.") == host.lower().removeprefix("www.")


_HOST = re.compile(r"\s*(?:https?:)?//([^/?#\s]*)", re.IGNORECASE)
"""The host and port of an address that names one."""


def _in_words(sign: Sign) -> str:
    if sign.select is not None:
        return sign.select.source
    if sign.header is not None:
        return f"header {sign.header.source}"
    assert sign.address is not None
    return f"address {sign.address.source}"
