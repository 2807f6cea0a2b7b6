"""Addresses to listen on, for the commands that serve: what is wrong with one becomes one line on stderr and an exit
code. Opens the sockets that it is asked for."""

from __future__ import annotations

import errno
import socket

from archive.exits import Exit
from archive.reading import fail

_NOT_OURS = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL})
"""What binding an address that this machine does not have ends with, whatever the port."""


def require_host(host: str) -> None:
    """:raises typer.Exit: it is no address, and no name of one."""
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        fail(f"{host!r} is no address, and no name of one; choose another by --host", Exit.USAGE)


def listening(host: str, port: int, option: str) -> socket.socket:
    """A socket that listens there. ``option``: the one that names the port.

    :raises typer.Exit: another program has the port, or the machine has not the address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while")[0]
        option = "--host" if error.errno in _NOT_OURS else option
        fail(f"{host}, port {port}: cannot listen there ({why}); choose another by {option}", Exit.CANNOT_OPEN)
