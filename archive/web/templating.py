"""Templates of the reading room and what they can say: dates, numbers, addresses. Reads the files of this package."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from archive.web.dates import date_in_words, short_date
from archive.web.language import Language, number, say

STATIC = Path(__file__).with_name("static")
STATIC_PATH = "/tep"

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def web_address(address: str | None) -> str | None:
    """An archived address that may become a link: http or https; None for anything else, such as ``javascript:``."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


_environment.filters["web_address"] = web_address


@cache
def static(name: str) -> str:
    """The address of a file of ours: it changes with the file, so that a browser may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_PATH}/{name}?v={digest}"


def render(template: str, language: Language, **values: Any) -> str:
    """A page. Beside the values, its template has ``t`` (words of the catalogue), ``number``, ``date`` (in full),
    ``short`` (for lists), ``static`` and ``language``."""
    return _environment.get_template(template).render(
        language=language,
        t=partial(say, language),
        number=partial(number, language),
        date=partial(date_in_words, language),
        short=partial(short_date, language),
        static=static,
        **values,
    )
