"""Scrapy's download handler, but half a response is a failed download, and a failure says why. Reaches the network.

Scrapy unpacks as much of a broken stream as there is and calls that the page: an article would end in mid-sentence and
nobody would know. A failed download is tried again, and is kept with its reason when it stays one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import brotli
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, ResponseDataLossError
from scrapy.http import Response
from twisted.web.client import ResponseFailed

from crawler.certificates import Certificates, NotTrusted

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.web.iweb import IPolicyForHTTPS

_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br"})
"""The content codings (RFC 9110, 8.4.1) that our requests accept."""
_BLOCK = 64 * 1024
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
        if coding := _broken_coding(response, self._default_maxsize):
            raise ResponseDataLossError(f"the {coding} stream of the body breaks off")
        return response


def _in_words(error: DownloadFailedError) -> str:
    """Twisted's reasons as sentences; as it comes, the error prints its objects."""
    cause = error.__cause__
    reasons = cause.reasons if isinstance(cause, ResponseFailed) else []
    return "; ".join(dict.fromkeys(reason.getErrorMessage() for reason in reasons)) or str(error)


def _broken_coding(response: Response, most: int) -> str | None:
    """The outermost content coding, when its stream has no end; more than ``most`` bytes unpacked are not looked at.

    What does not even begin as such a stream is left to whoever unpacks it.
    """
    codings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower().split(",")
    coding = codings[-1].strip()
    if not response.body or coding not in _CODINGS:
        return None
    try:
        unpacked = 0
        for size, ended in _steps(response.body, coding):
            unpacked += size
            if ended or unpacked > most:
                return None
    except (zlib.error, brotli.error):
        return None
    return coding


def _steps(body: bytes, coding: str) -> Iterator[tuple[int, bool]]:
    """Unpacks block by block: each block's bytes, and whether the stream came to its end with it."""
    if coding == "br":
        brotli_stream = brotli.Decompressor()
        block = brotli_stream.process(body, output_buffer_limit=_BLOCK)
        yield len(block), brotli_stream.is_finished()
        while block:
            block = brotli_stream.process(b"", output_buffer_limit=_BLOCK)
            yield len(block), brotli_stream.is_finished()
        return
    stream = zlib.decompressobj(wbits=_wbits(body, coding))
    rest = body
    while rest:
        block = stream.decompress(rest, _BLOCK)
        rest = stream.unconsumed_tail
        yield len(block), stream.eof


def _wbits(body: bytes, coding: str) -> int:
    """How zlib must be told to read the stream; some servers send ``deflate`` without zlib's header."""
    if coding != "deflate":
        return 31
    is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return 15 if is_zlib else -15
