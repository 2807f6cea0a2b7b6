"""``luutru serve`` where it cannot listen: the message names the option that would help."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_archive import run

from archive.exits import Exit


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
