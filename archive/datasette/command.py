"""The command ``luutru datasette``: becomes Datasette, with the archive, its metadata and its plugin. Only reads."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from archive.exits import Exit
from archive.extras import how_to_install
from archive.listening import listening, require_host
from archive.reading import ARCHIVE, fail, home_of, reading
from archive.web.hosts import LOOPBACK
from archive.web.room import origin

HERE = Path(__file__).parent
METADATA = HERE / "metadata.json"
PLUGINS = HERE / "plugins"
PORT = 8002
"""Behind the two of the reading room, beside which it may run."""

SETTINGS = {
    "sql_time_limit_ms": "2000",
    "facet_time_limit_ms": "500",
    "max_returned_rows": "1000",
    "truncate_cells_html": "400",
    "suggest_facets": "off",  # a query a column, however large the table is
    "allow_download": "off",
}
"""Of Datasette. The whole database is not to be had by a click; who may have it copies the file."""

ROOM = "LUUTRU_ROOM"
"""The environment variable that tells the plugin where the reading room is."""

HOSTS = "LUUTRU_HOSTS"
"""That which tells it the names that it answers to, with spaces between."""


def datasette_command(
    ctx: typer.Context,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = PORT,
    room: Annotated[
        str | None,
        typer.Option("--room", help="Where the reading room is, such as http://127.0.0.1:8000: ids lead there."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", help="What readers type, such as https://sql.example.org, where that is not host and port."
        ),
    ] = None,
    printed: Annotated[bool, typer.Option("--print", help="Print the command in place of running it.")] = False,
) -> None:
    """Open the archive in Datasette, for who wants to ask it in SQL.

    Tables and columns are described, the search box and luutru_search(words, 'newest') in SQL find what 'luutru search'
    finds. Nothing can be changed there; what takes longer than two seconds is stopped. It answers to the names of
    --host, --address and this machine's own. Ctrl-C closes it.
    """
    try:
        hosts = {host, *LOOPBACK, *filter(None, [address and urlsplit(origin(address)).hostname])}
    except ValueError as error:
        fail(str(error), Exit.USAGE)
    with reading(ctx):
        pass  # there is one, of this version
    arguments = arguments_for(home_of(ctx) / ARCHIVE, host, port)
    environment = {HOSTS: " ".join(sorted(hosts))} | ({ROOM: room} if room else {})
    if printed:
        print(shlex.join(["env", *(f"{name}={value}" for name, value in environment.items()), "datasette", *arguments]))
        return
    if importlib.util.find_spec("datasette") is None:
        fail(f"Datasette is not installed; {how_to_install('datasette')}", Exit.USAGE)
    require_host(host)
    listening(host, port, "--port").close()  # Datasette says less of a port that is taken, and ends with another code
    command = [sys.executable, "-m", "datasette", *arguments]
    os.execve(sys.executable, command, os.environ | environment)  # noqa: S606 - no shell is meant


def arguments_for(archive: Path, host: str, port: int) -> list[str]:
    """What Datasette is called with."""
    settings = [word for name, value in SETTINGS.items() for word in ("--setting", name, value)]
    files = [str(archive), "--metadata", str(METADATA), "--plugins-dir", str(PLUGINS)]
    return ["serve", *files, *settings, "--host", host, "--port", str(port)]
