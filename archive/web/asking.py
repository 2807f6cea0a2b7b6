"""One question of a reader: what was asked, the archive to answer from, the page to answer with. Renders templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.web.language import LANGUAGES, Language, say, say_or
from archive.web.room import Room
from archive.web.templating import render
from archive.web.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the room: its path, as Starlette writes it, and what answers."""

    path: str
    answer: Callable[[Asked], Response]


@dataclass(frozen=True, slots=True)
class Asked:
    """``db`` is a read-only connection in one snapshot, this thread's own."""

    request: Request
    db: Database
    room: Room

    @property
    def language(self) -> Language:
        return language_of(self.request)

    def part(self, name: str) -> str:
        """A part of the path, such as the id in ``/bai/{id}``."""
        return str(self.request.path_params[name])

    def value(self, name: str) -> str:
        """A parameter of the address, without spaces around it; empty where it is not given."""
        return self.request.query_params.get(name, "").strip()

    def number(self, name: str, default: int, least: int = 1, most: int = 1_000_000) -> int:
        """A parameter that is a whole number.

        :raises Trouble: it is something else, or out of bounds.
        """
        text = self.value(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise Trouble(400, "trouble.bad_number", name=name, given=text[:40], least=least, most=most)
        return int(text)

    def say(self, key: str, **values: Any) -> str:
        return say(self.language, key, **values)

    def say_or(self, key: str, text: str) -> str:
        """The words of a key if there are any, else the text: for what a profile may name as it likes."""
        return say_or(self.language, key, text)

    def link(self, path: str, **query: object) -> str:
        return link(self.language, path, **query)

    def permanent(self, path: str) -> str:
        """The whole address of a page, which stays: always that of the first language."""
        return self.room.address + link(LANGUAGES[0], path)

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return show(self.request, self.room, template, status, **values)


_LONGEST_KEPT = 4_000
"""Characters of an address's path, and of its parameters, that the links to other languages keep."""


def language_of(request: Request) -> Language:
    language: Language = request.scope.get("language", LANGUAGES[0])
    return language


def link(language: Language, path: str, **query: object) -> str:
    """The address of a page of the room in a language; parameters that are None or empty are left out. In names ``_``
    stands for ``-``."""
    before = "" if language == LANGUAGES[0] else f"/{language}"
    given = {name.replace("_", "-"): value for name, value in query.items() if value not in (None, "")}
    local = "/" + path.lstrip("/")  # what begins with two strokes would be another host's address
    address = f"{before}{quote(local, safe='/:@!$&()*+,;=~')}"
    return f"{address}?{urlencode(given)}" if given else address


def show(request: Request, room: Room, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the language that was asked for."""
    language = language_of(request)
    here, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    here, query = (one if len(one) <= _LONGEST_KEPT else "" for one in (here, query))
    others = {
        other: link(other, here) + (f"?{query}" if query else "") for other in LANGUAGES
    }  # the same page in each language
    page = render(
        template,
        language,
        link=lambda path, **query: link(language, path, **query),
        room=room,
        here=here,
        languages=others,
        **values,
    )
    return HTMLResponse(page, status, headers={"Content-Language": language, "Cache-Control": "no-cache"})
