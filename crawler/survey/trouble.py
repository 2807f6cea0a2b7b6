"""Why a site cannot be looked at, in words that say what to do. No I/O."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

from crawler import resolver
from crawler.certificates import NotTrusted
from crawler.middlewares.refusals import Forbidden, LeftSite, NotNow, PrivateAddress, Refused


class Trouble(Exception):
    """The site cannot be looked at; the message says why, and what can be done."""


def in_words(error: BaseException, url: str) -> str:
    """Why nothing came of a request for ``url``."""
    cause = error.__cause__
    if isinstance(error, NotNow) and cause is not None:  # robots.txt could not be had: what is wrong is wrong with all
        return in_words(cause, url)
    host = urlsplit(url).netloc
    match error:
        case CannotResolveHostError():
            known = resolver.why_refused(urlsplit(url).hostname or "")
            return known or f"no host is named {host}: is it spelt right, and is this machine on the network?"
        case DownloadConnectionRefusedError():
            return f"nothing answers at {host}: the server is down, or it answers only to https:// or only to http://"
        case DownloadTimeoutError():
            return f"{host} does not answer in time: it is slow or down, or it shuts strangers out; try again later"
        case NotTrusted():
            reason = str(error).partition(" (")[0]
            return f"{reason}; if that is known and meant, say why: --tls-exception 'the reason'"
        case DownloadCancelledError():
            return f"{url} is larger than any page: {error}"
        case LeftSite():
            return f"it leads to {error.url}, which is another site; if that is where it is now, add that address"
        case Forbidden():
            return f"{error}: the site's owner does not want it read by programs; ask them before anything else"
        case PrivateAddress() | Refused():
            return str(error)
        case IgnoreRequest():
            return f"{url} is redirected in circles: {error}"
        case _ if "wrong version number" in str(error):
            return f"{host} does not speak https: is the address http://{host}/?"
        case _:
            return f"{type(error).__name__}: {error}"
