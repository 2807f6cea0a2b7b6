"""What the reading room says, in Vietnamese and in English: reads the catalogue in ``words/``, chooses by the address.

The language stands in the address (``/en/bai/…``), not in a cookie: an address that is passed on or cited shows the
same page to whoever opens it, caches need not look at headers, and the room keeps nothing about its readers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from starlette.types import ASGIApp, Receive, Scope, Send

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The first is that of addresses without a prefix."""

WORDS = Path(__file__).with_name("words")


class UnknownWords(LookupError):
    """A page asks for words that the catalogue does not have."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All words by key (``FILE.key``, ``FILE.table.key``), each by language; ``en_one`` where one thing is counted."""
    return {
        f"{path.stem}.{key}": words
        for path in sorted(WORDS.glob("*.toml"))
        for key, words in _entries(tomllib.loads(path.read_text(encoding="utf-8")))
    }


def _entries(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    for key, value in table.items():
        if all(isinstance(one, str) for one in value.values()):
            yield before + key, value
        else:
            yield from _entries(value, f"{before}{key}.")


def say(language: Language, key: str, **values: Any) -> str:
    """The words of a key, with values put in; numbers are written as the language writes them.

    :raises UnknownWords: the catalogue has none.
    """
    words = catalogue().get(key)
    if words is None:
        raise UnknownWords(f"{WORDS}: expected words for {key!r}")
    text = words.get(f"{language}_one") if values.get("count") == 1 else None
    shown = {
        name: number(language, value) if type(value) is int else value for name, value in values.items()
    }  # a bool is no count
    return (text or words[language]).format_map(shown)


def say_or(language: Language, key: str, text: str) -> str:
    """The words of a key if the catalogue has them, else the text."""
    return say(language, key) if key in catalogue() else text


def number(language: Language, value: int) -> str:
    """A count, in groups of three digits: ``10.000`` in Vietnamese, ``10,000`` in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language == "vi" else grouped


class LanguageOfAddress:
    """Takes the language off the front of the path, and a stroke off its end: the pages behind it see
    ``scope["language"]`` and the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            language, path = LANGUAGES[0], scope["path"]
            for other in LANGUAGES[1:]:
                if path == f"/{other}" or path.startswith(f"/{other}/"):
                    language, path = other, path.removeprefix(f"/{other}") or "/"
            scope = {**scope, "path": path.rstrip("/") or "/", "language": language}
        await self._app(scope, receive, send)
