"""Why a site cannot be looked at, in words that say what to do. No I/O."""

from __future__ import annotations

from scrapy.exceptions import DownloadCancelledError

from crawler.certificates import NotTrusted
from crawler.middlewares.refusals import Forbidden, LeftSite, NotNow
from crawler.unanswered import why_unanswered


class Trouble(Exception):
    """The site cannot be looked at; the message says why, and what can be done."""


def in_words(error: BaseException, url: str) -> str:
    """Why nothing came of a request for ``url``, with what can be done about it before there is a profile."""
    cause = error.__cause__
    if isinstance(error, NotNow) and cause is not None:  # robots.txt could not be had: what is wrong is wrong with all
        return in_words(cause, url)
    match error:
        case NotTrusted():
            reason = str(error).partition(" (")[0]
            return f"{reason}; if that is known and meant, say why: --tls-exception 'the reason'"
        case DownloadCancelledError():
            return f"{url} is larger than any page: {error}"
        case LeftSite():
            return f"it leads to {error.url}, which is another site; if that is where it is now, add that address"
        case Forbidden():
            return f"{error}: the site's owner does not want it read by programs; ask them before anything else"
        case _:
            return why_unanswered(error, url)
