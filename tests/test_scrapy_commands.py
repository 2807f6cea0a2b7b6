"""Scrapy's own commands work on the profiles: no Python file a site."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from conftest import CONTACT, ROOT
from real_site import proxy
from test_real_nukeviet import SITE


def _scrapy(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "LUUTRU_HOME": str(home), "LUUTRU_CONTACT": CONTACT, **env},
    )


def test_scrapy_list_shows_every_profile(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "songlam.toml").write_text(SITE, encoding="utf-8")
    listed = _scrapy(tmp_path, "list").stdout.split()
    assert {"congdoan-soctrang", "ldld-caobang", "thaibinhtv", "thst", "songlam"} <= set(listed)
    assert not list((ROOT / "crawler" / "spiders").glob("*thst*"))


def test_scrapy_crawl_fills_the_archive(tmp_path: Path, real_pages: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "songlam.toml").write_text(SITE, encoding="utf-8")
    with proxy(real_pages) as (address, _):
        ended = _scrapy(tmp_path, "crawl", "songlam", "-a", "limit=3", http_proxy=address)
    assert ended.returncode == 0, ended.stderr
    with sqlite3.connect(tmp_path / "archive.db") as db:
        (asked,) = db.execute("SELECT count(*) FROM captures WHERE role = 'article'").fetchone()
        (site,) = db.execute("SELECT DISTINCT site FROM runs").fetchone()
    assert asked == 3
    assert site == "songlam"
