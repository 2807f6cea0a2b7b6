"""The command ``luutru serve``: the reading room on one port, the archived pages as they came on another. Opens both
ports and serves until it is stopped.

What another software needs (starlette, jinja2, uvicorn) comes with the extra ``web``; without it the command says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.exits import Exit
from archive.extras import how_to_install
from archive.listening import listening, require_host
from archive.reading import ARCHIVE, fail, home_of
from archive.terminal import err

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PORT = 8000

_KEEP = 60
"""Seconds for which a silent connection is kept: as long as somebody may read a page."""

_LONGEST = 400_000
"""Bytes of a request's head, so that whoever sends 100 kB of text, each byte in three, is answered with a page; to more
than that uvicorn itself says a line."""


def serve_command(
    ctx: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; others than this machine reach it only by another.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port of the reading room.")] = PORT,
    raw_port: Annotated[
        int | None,
        typer.Option(
            "--raw-port",
            min=1,
            max=65535,
            help="The port where archived pages are shown as they came.",
            show_default="the next one",
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", help="What readers type, such as https://luutru.example.org, where that is not host and port."
        ),
    ] = None,
    raw_address: Annotated[
        str | None,
        typer.Option("--raw-address", help="The same for the archived pages; it must be another host or port."),
    ] = None,
) -> None:
    """Open the reading room: search, articles and their evidence as web pages, for a browser.

    Reads the archive only, while crawls go on. Archived pages are shown as they came on an origin of their own, where
    nothing of them can run or reach the reading room. Ctrl-C closes it.
    """
    try:
        import uvicorn  # noqa: PLC0415 - the extra may not be installed

        from archive.web.app import reading_room  # noqa: PLC0415
        from archive.web.pool import Readers  # noqa: PLC0415
        from archive.web.raw import raw_pages  # noqa: PLC0415
        from archive.web.room import Room, origin  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(f"the reading room needs {error.name}, which is not installed; {how_to_install('web')}", Exit.USAGE)
    if raw_port is None and port == 65535:
        fail("there is no port behind 65535 for the archived pages: name one by --raw-port", Exit.USAGE)
    raw_port = port + 1 if raw_port is None else raw_port
    require_host(host)
    try:
        room = Room(
            home=home_of(ctx),
            address=origin(address or _address(host, port)),
            raw_address=origin(raw_address or _address(host, raw_port)),
            readers=Readers(home_of(ctx) / ARCHIVE),
        )
    except ValueError as error:
        fail(str(error), Exit.USAGE)
    if port == raw_port or room.address == room.raw_address:
        options = "--port and --raw-port" if port == raw_port else "--address and --raw-address"
        fail(f"{room.address}: {options} must differ, for archived pages are not trusted", Exit.USAGE)
    sockets = [listening(host, port, "--port"), listening(host, raw_port, "--raw-port")]
    err.print(f"Reading room: {room.address}/   archived pages: {room.raw_address}/   Ctrl-C closes it", soft_wrap=True)
    both = _ByPort(reading_room(room), raw_pages(room), raw_port)
    config = uvicorn.Config(
        both,
        http="h11",  # whatever else is installed: the limit is its
        ws="none",
        h11_max_incomplete_event_size=_LONGEST,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP,
    )
    uvicorn.Server(config).run(sockets=sockets)


def _address(host: str, port: int) -> str:
    """How a browser on this machine calls it."""
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104 - to be replaced, not bound
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


class _ByPort:
    """One server for two applications: what came in by the raw port never meets the reading room."""

    def __init__(self, room: ASGIApp, raw: ASGIApp, raw_port: int) -> None:
        self._room, self._raw, self._raw_port = room, raw, raw_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_raw = scope["type"] == "http" and scope["server"][1] == self._raw_port
        await (self._raw if is_raw else self._room)(scope, receive, send)
