"""A pack is replayed by pywb and found valid by py-wacz: other people's programs, in an environment of their own.

pywb needs other versions of what we use, so it is installed beside us: once, into pytest's cache.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from captured import BASE, Captured
from conftest import luutru

REQUIREMENTS = Path(__file__).with_name("replay-requirements.txt")
HEADLINE = "Tổ đan lát nhận lớp học nghề đầu tiên"
PAGE = f"<html><head><title>{HEADLINE}</title></head><body><h1>{HEADLINE}</h1><p>Mười hai học viên.</p></body></html>"
START = 60.0
"""Seconds that the replay server may take to listen."""


@pytest.fixture(scope="session")
def tools(pytestconfig: pytest.Config) -> Path:
    """The folder with pywb's and py-wacz's commands; skipped where they cannot be installed, but not in CI."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = pytestconfig.cache.mkdir(f"replay-{digest}")
    done = folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "venv"], check=True)
        install = [folder / "venv/bin/pip", "install", "-q", "--no-deps", "--no-compile", "-r", REQUIREMENTS]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode and not os.environ.get("CI"):
            pytest.skip(f"pywb cannot be installed here: {installed.stderr[-300:]}")
        assert installed.returncode == 0, installed.stderr
        done.touch()
    return folder / "venv/bin"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A pack of the second of two days: its captures are a revisit of the first day's article, and a new one."""
    home = Captured(tmp_path / "home")
    home.page("/tin-tuc/dan-lat.html", PAGE, "2024-07-20T08:01:00+07:00", HEADLINE)
    home.page("/tin-tuc/dan-lat.html", PAGE, "2024-07-21T08:01:00+07:00", HEADLINE)
    home.page(
        "/tin-tuc/hoc-nghe.html", PAGE.replace("Mười hai", "Mười ba"), "2024-07-21T08:02:00+07:00", "Lớp học nghề"
    )
    home.close()
    output = tmp_path / "day.wacz"
    ended = luutru(home.home, "wacz", "-o", str(output), "--site", "songlam", "--from", "2024-07-21")
    assert ended.returncode == 0, ended.stderr
    return output


def test_py_wacz_finds_the_pack_valid(tools: Path, packed: Path) -> None:
    ended = subprocess.run([tools / "wacz", "validate", "-f", packed], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "the passed WACZ is valid" in ended.stdout


def test_py_wacz_notices_a_changed_pack(tools: Path, packed: Path) -> None:
    data = packed.read_bytes()
    packed.write_bytes(data.replace(b'"title": "Articles: songlam', b'"title": "Articles: sonqlam'))
    ended = subprocess.run([tools / "wacz", "validate", "-f", packed], capture_output=True, text=True, check=False)
    assert ended.returncode != 0


@pytest.mark.parametrize(
    ("stamp", "page", "words"),
    [
        ("20240721010100", "/tin-tuc/dan-lat.html", "Mười hai học viên."),  # a revisit: its text is the first day's
        ("20240721010200", "/tin-tuc/hoc-nghe.html", "Mười ba học viên."),
    ],
)
def test_pywb_shows_an_article_of_the_pack(
    tools: Path, packed: Path, tmp_path: Path, stamp: str, page: str, words: str
) -> None:
    with _replaying(tools, packed, tmp_path / "pywb") as server:
        answer = urllib.request.urlopen(f"{server}/{stamp}mp_/{BASE}{page}", timeout=30)
        shown, moment = answer.read().decode(), answer.headers["Memento-Datetime"]
    assert f"<h1>{HEADLINE}</h1><p>{words}</p>" in shown
    assert moment.startswith("Sun, 21 Jul 2024")


@contextmanager
def _replaying(tools: Path, packed: Path, folder: Path) -> Iterator[str]:
    """pywb with the pack as its one collection, on loopback until the block is left; gives the collection's address."""
    folder.mkdir()
    for command in (["init", "luutru"], ["add", "luutru", "--unpack-wacz", str(packed)]):
        subprocess.run([tools / "wb-manager", *command], cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    with log.open("wb") as out:
        command = [tools / "wayback", "-b", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    try:
        _wait(port, server, log)
        yield f"http://127.0.0.1:{port}/luutru"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"pywb does not listen: {log.read_text()}")
