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
            return f"the connection to {host} failed: {error}"
        case NotTrusted() | DownloadCancelledError() | ResponseDataLossError() | Refused():
            return str(error)
        case IgnoreRequest():
            return f"{url} is redirected in circles: {error}"
        case _:
            return f"{type(error).__name__}: {error}"
