"""What several test files share: the real pages and texts beside the project, and the command run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from forked import Command

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
os.environ.pop("COLUMNS", None)  # 80 in the processes of pytest-xdist: too few for what is printed in tables
SHARED = ROOT.parent / "shared"
CONTACT = "kho-luu-tru@thu-nghiem.internal"
"""What every crawl of these tests gives as its contact, unless a test says otherwise."""


@pytest.fixture(scope="session")
def real_pages() -> Path:
    """Pages of a real NukeViet with their truth; kept beside the project, never in it."""
    folder = SHARED / "pages" / "nukeviet"
    if not folder.is_dir():
        pytest.skip("the real pages are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Texts of real articles with what must come out of them; kept beside the project, never in it."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("the seed texts are not beside this checkout")
    return folder


def environment(**more: str) -> dict[str, str]:
    """What a command of these tests has for variables: this process's, but for proxies."""
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**clean, "COLUMNS": "200", "LUUTRU_CONTACT": CONTACT, **more}


def luutru(
    home: Path, *arguments: str, env: dict[str, str] | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as an operator does."""
    return Command("--home", str(home), *arguments, environment=environment(**(env or {}))).wait(timeout)


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answer on loopback with the handler; gives ``http://127.0.0.1:PORT``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
