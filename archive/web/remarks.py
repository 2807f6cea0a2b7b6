"""What the archive remarks on its evidence and on what is missing, which it does in English, in the reader's language.
Pure functions over the catalogue of words."""

from __future__ import annotations

import re
from functools import cache

from archive.web.language import Language, catalogue, say

_ENGLISH: Language = "en"


def remark(language: Language, kind: str, text: str) -> tuple[str, Language]:
    """A remark, and in what language it is given: English still where the catalogue does not know it.

    :param kind: which file of the catalogue may know it, with a dot: ``note.`` or ``reason.``.
    """
    for key, pattern in _patterns(kind):
        if found := pattern.fullmatch(text):
            values = found.groupdict()  # a page's own words among them stand as they are
            if "why" in values:
                values["why"] = remark(language, kind, values["why"])[0]
            return say(language, key, **values), language
    return text, _ENGLISH


@cache
def _patterns(kind: str) -> list[tuple[str, re.Pattern[str]]]:
    """By key; ``{name}`` in the English words stands for what varies, ``{address}`` for what has no space in it."""
    return [
        (key, re.compile(re.sub(r"\\\{(\w+)\\\}", _varying, re.escape(words[_ENGLISH])), re.DOTALL))
        for key, words in catalogue().items()
        if key.startswith(kind)
    ]


def _varying(named: re.Match[str]) -> str:
    name = named[1]
    return f"(?P<{name}>" + (r"\S+" if name == "address" else ".+") + ")"
