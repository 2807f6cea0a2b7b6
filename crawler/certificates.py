"""Why a site's certificate is refused, in words: OpenSSL tells the server, in an alert, what its errors do not say.

Stands between Scrapy's TLS settings and each connection. No I/O of its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _get_creator_context
from service_identity import VerificationError
from twisted.web.client import ResponseFailed
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

_VERIFY_FAILED = "certificate verify failed"
_ALERTS = {
    44: "it was revoked",
    45: "it has expired",
    48: "nobody known has signed it: it is self-signed, or the server leaves out a part of the chain",
}
"""TLS alerts that say more than that something is wrong (RFC 8446, 6.2)."""


class NotTrusted(Exception):
    """The site's certificate is refused; the message says why. Asking again would not change it."""


@implementer(IPolicyForHTTPS)
class Certificates:
    """A policy for HTTPS that remembers, for each host, with what alert the last handshake ended."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy
        self._alerts: dict[str, int] = {}

    def creatorForNetloc(self, hostname: Any, port: int) -> Any:
        """As Twisted wants it: what makes the connections to one host."""
        creator = self._policy.creatorForNetloc(hostname, port)
        name = hostname.decode("ascii") if isinstance(hostname, bytes) else hostname
        _get_creator_context(creator).set_info_callback(partial(self._note, name))
        return creator

    def _note(self, host: str, connection: SSL.Connection, where: int, value: int) -> None:
        if where & SSL.SSL_CB_WRITE_ALERT == SSL.SSL_CB_WRITE_ALERT:
            self._alerts[host] = value & 0xFF

    def why_refused(self, error: BaseException, host: str) -> str | None:
        """What is wrong with the host's certificate; None when ``error`` is none of a certificate."""
        for reason in _reasons(error):
            if isinstance(reason, VerificationError):
                return f"it is not a certificate for {host}"
            if isinstance(reason, SSL.Error) and _VERIFY_FAILED in str(reason):
                return _ALERTS.get(self._alerts.get(host, 0), _VERIFY_FAILED)
        return None


def _reasons(error: BaseException) -> list[BaseException]:
    """What Twisted collected behind Scrapy's error."""
    cause = error.__cause__
    return [failure.value for failure in cause.reasons] if isinstance(cause, ResponseFailed) else []
