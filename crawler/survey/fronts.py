"""Whether a site's front page is one that can be looked at, and where an empty one leads to. No I/O."""

from __future__ import annotations

import re

from crawler.extraction.document import Element, absolute, parse, text_of
from crawler.extraction.missing import why_missing
from crawler.survey.sketch import Sketch
from crawler.survey.trouble import Trouble
from crawler.survey.visiting import Answer

_JUST_A_SHELL = 5
"""Links of its own that a page has at least, unless a script makes it."""
_REFRESH = re.compile(r"^\s*\d+\s*;\s*url\s*=\s*['\"]?([^'\"\s]+)", re.IGNORECASE)
_GOES_TO = re.compile(r"(?:window\.|document\.|self\.|top\.)?location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]")


def need(answer: Answer, what: str) -> None:
    """:raises Trouble: it is no page."""
    if answer.error is not None:
        raise Trouble(f"{what} cannot be had: {answer.error}")
    if answer.status in {401, 403}:
        raise Trouble(f"{what} is shut to strangers: HTTP status {answer.status} from {answer.answered}")
    if not answer.good:
        raise Trouble(f"{what} cannot be had: HTTP status {answer.status} from {answer.answered}")


def tree_of(sketch: Sketch, answer: Answer) -> Element:
    """The page, parsed.

    :raises Trouble: it is too large to be read.
    """
    try:
        return parse(sketch.page(answer, "listing"))
    except ValueError as error:
        raise Trouble(f"{answer.answered} cannot be read: {error}") from error


def leads_on(tree: Element, base: str) -> str | None:
    """The web address to which an empty page at ``base`` sends its readers on."""
    if any(True for _ in tree.iter("a")):
        return None
    for meta in tree.iter("meta"):
        if meta.get("http-equiv", "").lower() == "refresh" and (found := _REFRESH.match(meta.get("content", ""))):
            return absolute(found[1], base)
    scripts = (script.text or "" for script in tree.iter("script"))
    return next((absolute(found[1], base) for script in scripts if (found := _GOES_TO.search(script))), None)


def refuse_empty(sketch: Sketch, answer: Answer, tree: Element) -> None:
    """:raises Trouble: the front page leads nowhere: no web page, a message, a login, or what scripts would fill."""
    page = sketch.page(answer, "listing")
    if (page.media_type or "text/html") not in {"text/html", "application/xhtml+xml"}:
        raise Trouble(f"{answer.answered} is no web page but {page.media_type}")
    links = len({link.get("href") for link in tree.iter("a")})
    if links >= _JUST_A_SHELL:
        return
    if message := why_missing(page, tree):
        raise Trouble(f"{answer.answered}: {message}")
    if any(True for _ in tree.iterfind(".//input[@type='password']")):
        raise Trouble(f"{answer.answered} asks for a login, and has nothing to read before it")
    scripts = sum(1 for _ in tree.iter("script"))
    body = tree.find("body")
    letters = len(text_of(body)) if body is not None else 0
    made = "; scripts make its pages in the browser, and what they show cannot be crawled" if scripts else ""
    raise Trouble(
        f"{answer.answered} is nearly empty ({links} links, {letters} letters of text, {scripts} scripts){made}"
    )
