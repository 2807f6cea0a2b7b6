"""Templates of the reading room and what they can say: dates, numbers, addresses. Reads the files of this package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from archive.web.dates import date_in_words, moment, short_date
from archive.web.language import Language, number, say, say_or

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


def without(parameters: Mapping[str, str], *names: str) -> dict[str, str]:
    """The parameters of an address but for some."""
    return {name: value for name, value in parameters.items() if name not in names}


def bar_height(count: int, highest: int, most: int = 100) -> int:
    """How high the bar of a count is where ``highest`` has ``most``: what is not nothing can be seen."""
    return max(2, round(most * count / highest)) if count else 0


def near_pages(page: int, last: int) -> list[int | None]:
    """The numbers of pages to offer: the first, the last, and some around this one; None where some are left out."""
    shown = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)} if page <= last else {1, last})
    listed: list[int | None] = []
    for number_before, one in zip([0, *shown], shown, strict=False):
        listed += [None, one] if one > number_before + 1 else [one]
    return listed


_environment.filters["web_address"] = web_address
_environment.globals |= {"without": without, "height": bar_height, "near_pages": near_pages, "moment": moment}


@cache
def static(name: str) -> str:
    """The address of a file of ours: it changes with the file, so that a browser may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{STATIC_PATH}/{name}?v={digest}"


def render(template: str, language: Language, **values: Any) -> str:
    """A page. Beside the values, its template has ``t`` (words of the catalogue), ``t_or``, ``number``, ``date`` (in
    full), ``short`` (for lists), ``static`` and ``language``."""
    return _environment.get_template(template).render(
        language=language,
        t=partial(say, language),
        t_or=partial(say_or, language),
        number=partial(number, language),
        date=partial(date_in_words, language),
        short=partial(short_date, language),
        static=static,
        **values,
    )
