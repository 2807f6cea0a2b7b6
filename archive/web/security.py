"""What every answer of the reading room carries so that no archived page can do harm. ASGI middleware; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing inline, nothing from another host, nothing in a frame."""

RAW_POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""For what others wrote: an origin of its own for each answer, no script, no form, no address but the page's own."""

NOWHERE = {"Connection-Allowlist": "()"}
"""For archived pages: no connection to anywhere. A page's hints (``rel=preconnect``, ``dns-prefetch``) have a browser
resolve names and open connections that no Content-Security-Policy stops; this does, in those that know it."""

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Secured:
    """Puts the policy and its companions on every answer, errors among them; ``more`` are further headers."""

    def __init__(self, app: ASGIApp, policy: str, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self._app, self._policy, self._headers = app, policy, _COMMON | dict(more)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Content-Security-Policy", self._policy)  # a download has a stricter one
            await send(message)

        await self._app(scope, receive, send_secured)
