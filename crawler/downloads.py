"""Scrapy's download handler, but half a response is a failed download, and a failure says why. Reaches the network.

Scrapy unpacks as much of a broken stream as there is and calls that the page: an article would end in mid-sentence and
nobody would know. A failed download is tried again, and is kept with its reason when it stays one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from scrapy.http import Response
from twisted.web.client import ResponseFailed

from archive.codings import decoded
from crawler.certificates import Certificates, NotTrusted

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.web.iweb import IPolicyForHTTPS

_KEPT = 2
"""Seconds for which an idle connection is used again."""


class WholeResponses(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1.

    :raises ResponseDataLossError: fewer bytes came than were announced, or the packed body breaks off.
    :raises DownloadCancelledError: the body is larger than DOWNLOAD_MAXSIZE.
    :raises NotTrusted: the site's certificate is refused.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._certificates = Certificates(self._contextFactory)
        self._contextFactory = cast("IPolicyForHTTPS", self._certificates)
        # Twisted would send a request again at once, unseen, when a connection it kept is lost: without the delay, and
        # without a capture. So no connection is kept for as long as servers keep theirs (Apache 5 s).
        self._pool.retryAutomatically = False
        self._pool.cachedConnectionTimeout = _KEPT

    async def download_request(self, request: Request) -> Response:
        try:
            response = await super().download_request(request)
        except ResponseDataLossError as error:
            raise ResponseDataLossError("the connection ended before the whole response was there") from error
        except DownloadCancelledError as error:
            most = request.meta.get("download_maxsize", self._default_maxsize)
            limit = f"the body has no end within {most} bytes (DOWNLOAD_MAXSIZE)"
            raise DownloadCancelledError(str(error) or limit) from error
        except DownloadFailedError as error:
            host = urlsplit(request.url).hostname or ""
            if why := self._certificates.why_refused(error, host):
                hint = "where that is known, its profile can say so: [crawl] tls_exception"
                raise NotTrusted(f"the certificate of {host} is refused: {why} ({hint})") from error
            raise DownloadFailedError(_in_words(error)) from error.__cause__
        if fault := _broken_coding(response, self._default_maxsize):
            raise ResponseDataLossError(f"the body is not whole: {fault}")
        return response


def _in_words(error: DownloadFailedError) -> str:
    """Twisted's reasons as sentences; as it comes, the error prints its objects."""
    cause = error.__cause__
    reasons = cause.reasons if isinstance(cause, ResponseFailed) else []
    return "; ".join(dict.fromkeys(reason.getErrorMessage() for reason in reasons)) or str(error)


def _broken_coding(response: Response, most: int) -> str | None:
    """What is wrong with the body's content coding, when it gives less than was sent. It is judged as it will be when
    the stored response is read again.

    What does not even begin as such a stream, and what unpacks to more than ``most`` bytes, is left to whoever unpacks
    it; bytes behind the end of the stream cost nothing.
    """
    names = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    found = decoded(response.body, "", names, most)
    return None if found.whole or found.body is None else found.fault
