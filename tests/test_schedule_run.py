"""``luutru schedule run``: crawls what is due, says so, and stops cleanly."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from conftest import ROOT

from crawler.demo.command import write_profiles
from crawler.demo.server import serve
from crawler.demo.world import World
from crawler.home import Home


def _finished(archive: Path) -> list[str]:
    if not archive.exists():
        return []
    with sqlite3.connect(archive) as db:
        return [site for (site,) in db.execute("SELECT site FROM runs WHERE reason = 'finished' ORDER BY site")]


def test_all_that_is_due_is_crawled_once_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with serve(World(11, 10)) as bases:
        write_profiles(home, bases)
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "--home", str(tmp_path), "schedule", "run"],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        patience = time.monotonic() + 120
        while len(_finished(home.archive)) < len(bases) and time.monotonic() < patience:
            time.sleep(0.3)
        time.sleep(1)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert _finished(home.archive) == sorted(bases)
    for site in bases:
        assert re.search(rf"{site}: every \dh, next due now", said)
        assert said.count(f"{site}: crawl begins") == 1
        assert f"{site}: crawled to its end" in said
    assert "Stopped; no crawl is running." in said
