"""By which names a server may be called: ASGI middleware that answers to no other. No I/O.

A browser asks whatever address a name is bound to, and takes the answer for the name's own: a page of a foreign name,
bound to this server's address afterwards, could read it from inside a network (DNS rebinding). Stands on no library, as
Datasette is wrapped in it too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class KnownHosts:
    """Answers only to the names that it was given, and to others 421 (RFC 9110, section 15.5.20). ``command`` is what
    gives it one."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], command: str) -> None:
        self._app, self._hosts = app, frozenset(hosts)
        told = f"This name is not one of this server's. Its operator gives it one by '{command} --address'.\n"
        self._told = told.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _host(scope) in self._hosts:
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(self._told))]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": self._told})


def _host(scope: Scope) -> str | None:
    said = next((value for name, value in scope["headers"] if name == b"host"), b"")
    try:
        return urlsplit(f"//{said.decode('latin-1')}").hostname
    except ValueError:
        return None
