"""Other people's extractors, in an environment of their own: newspaper4k, news-please, stock trafilatura.

The environment is made once, in ``.peers`` beside the project's files, from ``peers-requirements.txt``. Pages go
through files to ``peer_reader.py``, which runs there and reads no network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "peers-requirements.txt"
TOOLS = ("trafilatura", "newspaper4k", "news-please")
"""trafilatura is used as its documentation shows: the page as it came, with metadata."""


class NoPeers(Exception):
    """The environment cannot be made: the message says why."""


def python() -> Path:
    """The interpreter of the peers' environment.

    :raises NoPeers: pip cannot install them.
    """
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = HERE.parent / ".peers" / digest
    done = folder / "installed"
    if not done.exists():
        print("Installing newspaper4k, news-please and trafilatura in an environment of their own …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [folder / "bin/pip", "install", "-q", "--no-deps", "-r", REQUIREMENTS]
        ended = subprocess.run(install, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise NoPeers(f"{REQUIREMENTS.name} cannot be installed: {ended.stderr.strip()[-500:]}")
        done.touch()
    return folder / "bin" / "python"


def read_all(tool: str, pages: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """What a tool makes of each page, (address, bytes) in order: ``headline``, ``description``, ``body``, ``date``
    (ISO 8601, as exact as the tool gives it), ``authors`` (names), each None or empty where it gives nothing;
    ``cpu_ms``, and ``error`` where it failed.

    :raises NoPeers: there is no environment for it.
    """
    with tempfile.TemporaryDirectory(prefix="luutru-peers-") as folder:
        given, found = Path(folder) / "pages.jsonl", Path(folder) / "found.jsonl"
        lines = (json.dumps({"url": url, "body": base64.b64encode(body).decode()}) for url, body in pages)
        given.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        command = [python(), HERE / "peer_reader.py", tool, given, found]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise NoPeers(f"{tool} failed: {ended.stderr.strip()[-500:]}")
        return [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
