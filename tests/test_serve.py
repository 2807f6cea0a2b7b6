"""``luutru serve`` as a process: where it cannot listen the message names the option that helps, and what is sent to it
that is no question does no harm."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import free_port, wait_for
from sample_archive import run

from archive.exits import Exit
from archive.web.security import PAGE_POLICY


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens, and not the last one there is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        if port == 65535:
            pytest.skip("no port behind it")
        yield port


@pytest.mark.parametrize("which", ["--port", "--raw-port"])
def test_a_port_that_is_taken_is_named_with_its_option(tmp_path: Path, taken: int, which: str) -> None:
    other = "--raw-port" if which == "--port" else "--port"
    with socket.create_server(("127.0.0.1", 0)) as freed:
        free = freed.getsockname()[1]
    ended = run(tmp_path, "serve", which, str(taken), other, str(free))
    assert ended.exit_code == Exit.CANNOT_OPEN
    assert f"127.0.0.1, port {taken}: cannot listen there (Address already in use)" in ended.stderr
    assert ended.stderr.rstrip().endswith(f"choose another by {which}")


def test_an_address_of_another_machine_is_told_as_the_hosts_mistake(tmp_path: Path) -> None:
    ended = run(tmp_path, "serve", "--host", "192.0.2.1")
    assert ended.exit_code == Exit.CANNOT_OPEN
    assert ended.stderr.rstrip().endswith("choose another by --host")


@pytest.mark.parametrize("host", ["khong-co.invalid", "::zz", "[::1]", "", "a b", "ü" * 70, "0x"])
def test_what_is_no_host_is_told(tmp_path: Path, host: str) -> None:
    ended = run(tmp_path, "serve", "--host", host)
    assert ended.exit_code == Exit.USAGE
    assert f"{host!r} is no address, and no name of one; choose another by --host" in ended.stderr


def test_the_two_origins_must_differ(tmp_path: Path) -> None:
    ended = run(tmp_path, "serve", "--port", "9000", "--raw-port", "9000")
    assert (ended.exit_code, "--port and --raw-port must differ" in ended.stderr) == (Exit.USAGE, True)
    address = "https://luutru.example"
    ended = run(tmp_path, "serve", "--address", address, "--raw-address", f"{address}/")
    assert (ended.exit_code, "--address and --raw-address must differ" in ended.stderr) == (Exit.USAGE, True)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """That of a reading room over nothing."""
    room, raw = (free_port() for _ in range(2))
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-P", "-m", "crawler.cli", "--home", str(home), "serve"]
    with subprocess.Popen(
        [*command, "--port", str(room), "--raw-port", str(raw)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(room)
            yield room
        finally:
            process.terminate()


def test_a_text_of_100_kb_meets_the_room_and_is_told_in_its_words(port: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/en/tim?q=" + "%e1" * 100_000)
    answer = line.getresponse()
    assert answer.status == 414
    assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
    assert "That is a text, not a question" in answer.read().decode()


@pytest.mark.parametrize("sent", [b"\0\xff\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 500_000])
def test_what_is_no_request_is_refused_in_a_fixed_line_and_the_room_serves_on(port: int, sent: bytes) -> None:
    # It may close the line before all of it is read.
    with socket.create_connection(("127.0.0.1", port), 20) as line, contextlib.suppress(ConnectionError):
        line.sendall(sent)
        assert line.recv(20).startswith(b"HTTP/1.1 400")
    line_again = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line_again.request("GET", "/")
    assert line_again.getresponse().status == 503, "there is no archive"
