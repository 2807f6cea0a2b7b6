"""A web server on raw sockets, on loopback, that answers wrongly on purpose: ``http.server`` is too polite for that.

An answer is a function that is given the connection and writes to it what it likes. Whatever it raises ends that
connection and nothing else.
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

import brotli

Answer = Callable[[socket.socket], None]
Routes = Callable[[str], Answer | None]
"""The answer to a path with its query; None is answered with 404."""

MIB = 1024 * 1024


@dataclass
class Site:
    """A faulty server as it runs. ``base`` ends with a slash; ``asked`` holds each path with query, in order."""

    base: str
    asked: list[str] = field(default_factory=list)

    def count(self, path: str) -> int:
        """How often the path was asked for, with whatever parameters."""
        return sum(one.partition("?")[0] == path for one in list(self.asked))


@contextmanager
def faulty_site(routes: Routes, address: str = "127.0.0.1") -> Iterator[Site]:
    """Serve on a port of loopback until the block is left. ``robots.txt`` is 404 unless ``routes`` has it."""
    listener = socket.create_server((address, 0), backlog=64)
    site = Site(f"http://{address}:{listener.getsockname()[1]}/")
    stopped = threading.Event()
    open_now: set[socket.socket] = set()

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_now.add(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def serve(connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as requests:
                while path := _path(requests):
                    if path != "/robots.txt":
                        site.asked.append(path)
                    (routes(path) or status("404 Not Found"))(connection)
        except (OSError, ValueError):
            pass  # the crawler hung up, or the answer ended the connection
        finally:
            open_now.discard(connection)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield site
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in list(open_now):
            connection.close()


def _path(requests: BinaryIO) -> str | None:
    """The path of the next request on a connection; None at its end."""
    line = requests.readline()
    if not line:
        return None
    while requests.readline() not in {b"\r\n", b""}:
        pass
    return line.split()[1].decode("ascii")


# Right answers


def page(
    text: str | bytes, media_type: str = "text/html; charset=utf-8", *, line: str = "200 OK", headers: str = ""
) -> Answer:
    """A whole and honest response. ``headers``: further ones, each with its line end."""
    body = text if isinstance(text, bytes) else text.encode()
    return lambda connection: connection.sendall(_head(f"{_typed(media_type)}{headers}", len(body), line) + body)


def status(line: str, headers: str = "") -> Answer:
    """A response of that status with a short text."""
    return page(f"<h1>{line}</h1>", line=line, headers=headers)


def redirect(to: str) -> Answer:
    return status("302 Found", f"Location: {to}\r\n")


def in_turn(*answers: Answer) -> Answer:
    """Each visit gets the next answer; the last one stays."""
    waiting = list(answers)

    def answer(connection: socket.socket) -> None:
        current = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        current(connection)

    return answer


# Connections that end too early


def reset(before: bytes = b"") -> Answer:
    """TCP's RST after some bytes: the connection is gone without a farewell."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        if before:
            time.sleep(0.1)  # what is still in the buffers goes down with the connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionError

    return answer


def cut_off(
    text: str, *, announced: int | None, after: int, how: str = "close", media_type: str = "text/html; charset=utf-8"
) -> Answer:
    """Only the first ``after`` bytes of a text whose Content-Length says ``announced`` (None: says nothing)."""
    body = text.encode()[:after]
    start = _head(_typed(media_type), announced) + body
    if how == "reset":
        return reset(start)

    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        raise ConnectionError

    return answer


def cut_off_chunks(text: str) -> Answer:
    """Half of a chunked response: neither the rest of the chunk nor the last chunk ever comes."""
    body = text.encode()

    def answer(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\n{_typed()}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n"
        connection.sendall(head.encode() + body[: len(body) // 2])
        raise ConnectionError

    return answer


def too_short_a_length(text: str, announced: int) -> Answer:
    """All of the text, under a Content-Length that is smaller."""
    return lambda connection: connection.sendall(_head(_typed(), announced) + text.encode())


def packed(text: str, coding: str, share: float = 1.0) -> Answer:
    """A text in a content coding, or only the first ``share`` of the packed bytes, under a right Content-Length.

    ``raw-deflate`` is what some servers send as ``deflate``: a stream without zlib's header.
    """
    plain = text.encode()
    body = {
        "gzip": gzip.compress,
        "gzip-and-more": lambda data: gzip.compress(data) + b"<!-- 0.2 s -->",
        "deflate": zlib.compress,
        "raw-deflate": lambda data: zlib.compress(data)[2:-4],
        "br": brotli.compress,
    }[coding](plain)
    return _packed(body[: int(len(body) * share)], coding.removeprefix("raw-").removesuffix("-and-more"))


# Responses that do not end


def drip(text: str, pause: float) -> Answer:
    """One byte at a time."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(_head(_typed(), len(text.encode())))
        for byte in text.encode():
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return answer


def endless(most: int = 200 * MIB) -> Answer:
    """Text without end and without a Content-Length; ``most`` bounds what a test can cost."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(_head(_typed(), None) + b"<html><body>")
        paragraph = b"<p>" + b"la " * 20_000 + b"</p>"
        for _ in range(most // len(paragraph)):
            connection.sendall(paragraph)

    return answer


def huge(size: int) -> Answer:
    """A page of so many bytes that says so."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(_head(_typed(), size))
        for _ in range(size // MIB):
            connection.sendall(b" " * MIB)

    return answer


def bomb(encoding: str, size: int) -> Answer:
    """Zeros that unpack to ``size`` bytes; ``encoding`` is ``gzip`` or ``br``."""
    return _packed(_bomb(encoding, size), encoding)


def _bomb(encoding: str, size: int) -> bytes:
    block = b"\0" * MIB
    if encoding == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join(packer.process(block) for _ in range(size // MIB)) + packer.finish()
    stream = zlib.compressobj(1, wbits=31)
    return b"".join(stream.compress(block) for _ in range(size // MIB)) + stream.flush()


def _packed(body: bytes, encoding: str) -> Answer:
    return page(body, headers=f"Content-Encoding: {encoding}\r\n")


def _head(headers: str, length: int | None, line: str = "200 OK") -> bytes:
    sized = f"Content-Length: {length}\r\n" if length is not None else "Connection: close\r\n"
    return f"HTTP/1.1 {line}\r\n{headers}{sized}\r\n".encode()


def _typed(media_type: str = "text/html; charset=utf-8") -> str:
    return f"Content-Type: {media_type}\r\n" if media_type else ""
