"""Writes HTML: elements, escaping, and a site's way to name them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html import escape

from unseen.chance import Chance
from unseen.words import words

_VOID = frozenset({"base", "br", "hr", "img", "input", "link", "meta"})
_UTILITY = {
    "main": "w-66 float-start",
    "side": "w-33 float-end",
    "date": "text-grey f-12",
    "meta": "text-grey f-12",
    "headline": "f-24 fw-600",
    "sapo": "fw-600 mt-10",
    "body": "mt-10 f-15",
    "box": "bd-1 p-10",
    "related": "bd-1 p-10",
    "relateddate": "text-grey f-12",
    "entry": "clear mt-10",
    "entrydate": "text-grey f-12",
}
"""Class names that say how something looks; several roles share them, the rest go without."""

_REPEATED = frozenset({"box", "boxtitle", "related", "relatedtitle", "picture", "caption", "listtitle", "date"})
"""Roles that several elements of a page may have, for which an id would not do."""


class Html(str):
    """Markup, as opposed to text, which is escaped where it is put in."""

    __slots__ = ()


NOTHING = Html("")


def html(value: str) -> Html:
    """Text as markup; markup as it is."""
    return value if isinstance(value, Html) else Html(escape(value, quote=False))


def join(*parts: str, between: str = "") -> Html:
    """Pieces behind one another; empty ones leave nothing."""
    return Html(between.join(html(part) for part in parts if part))


def element(tag: str, attributes: Mapping[str, str], *content: str) -> Html:
    """``<tag name="value">content</tag>``."""
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{join(*content)}</{tag}>")


class Naming:
    """What a site writes into ``class`` and ``id``, by role. ``style``: how it names things."""

    def __init__(self, chance: Chance, style: str) -> None:
        self._chance, self._style = chance, style
        self._block = chance.one("bem block", ("ttdt", "portal", "tinbai", "web", "xem"))
        self._joint = chance.one("class joint", ("-", "-", "_", ""))
        self._panel = chance.one("panel", ("ctl00_Main", "ctl00_Noidung", "ctl00_cph1_uc1", "dnn_ctr421_V"))
        self._salt = chance.between("css salt", 0, 10**9)

    def __call__(self, role: str) -> dict[str, str]:
        """The attributes of an element of that role."""
        english, vietnamese, control = words("classes")["roles"][role]
        name = self._chance.one(f"class {role}", vietnamese if self._style == "vietnamese" else english)
        first, *rest = name.split()
        match self._style:
            case "none":
                return {}
            case "hashed":
                digest = hashlib.blake2b(f"{self._salt}{role}".encode(), digest_size=4).hexdigest()
                return {"class": f"css-{digest[:6]}"}
            case "utility":
                return {"class": _UTILITY[role]} if role in _UTILITY else {}
            case "aspnet":
                return {"class": control} if role in _REPEATED else {"id": f"{self._panel}_{control}"}
            case "camel":
                return {"class": first + "".join(word.capitalize() for word in rest)}
            case "bem":
                return {"class": f"{self._block}__{'-'.join((first, *rest))}"}
        return {"class": self._joint.join((first, *rest))}


class Writer:
    """Elements as one site writes them."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming

    def __call__(self, tag: str, role: str | None, *content: str, **attributes: str) -> Html:
        """An element of a role; keywords are further attributes (``class_`` is never one: roles name classes)."""
        named = self.naming(role) if role else {}
        return element(tag, {**named, **attributes}, *content)

    def row(self, tag: str, role: str, number: int, *content: str) -> Html:
        """One of several of a role: WebForms numbers them, for an id stands once on a page."""
        named = dict(self.naming(role))
        if "id" in named:
            named["id"] = f"{named['id']}_ctl{number:02}"
        return element(tag, named, *content)
