"""Why a request got no answer that can be used, in an operator's words. No I/O."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawler import resolver
from crawler.certificates import NotTrusted
from crawler.middlewares.refusals import Refused

_TOO_OFTEN = "max redirections reached"
"""What Scrapy's middleware for redirects says, in an exception that others raise too."""


def why_unanswered(error: BaseException, url: str) -> str:
    """Why nothing came of a request for ``url``; of an error that is no site's, its class too."""
    host = urlsplit(url).netloc
    match error:
        case CannotResolveHostError():
            known = resolver.why_refused(urlsplit(url).hostname or "")
            return known or f"no host is named {host}: is it spelt right, and is this machine on the network?"
        case DownloadConnectionRefusedError():
            return f"nothing answers at {host}: the server is down, or it answers only to https:// or only to http://"
        case DownloadTimeoutError():
            return f"{host} does not answer in time: it is slow or down, or it shuts strangers out; try again later"
        case _ if "wrong version number" in str(error):
            return f"{host} does not speak https: is the address http://{host}/?"
        case DownloadFailedError():
            return f"the connection to {host} failed: {str(error) or type(error).__name__}"
        case NotTrusted() | DownloadCancelledError() | ResponseDataLossError() | Refused():
            return str(error) or type(error).__name__
        case IgnoreRequest() if str(error) == _TOO_OFTEN:
            return f"{url} is redirected in circles, or too often"
        case _:
            return f"{type(error).__name__}: {error}"
