"""How fast an archive grows, and what revisit records save: ``python benchmarks/growth.py [--articles N]``.

Two crawls each of the replicas and, where they lie beside the project, of the real pages; the second asks for all of it
again. Bytes of WARC files are those of the records, request records and all; the database is as it stands on the disk.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from crawler.demo.server import serve
from crawler.demo.world import World

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "pages" / "nukeviet"
DELAY = 0.01
AGAIN = ("--full", "--since", "1900-01-01")


@dataclass(frozen=True)
class Grown:
    """What one crawl added. Sizes in bytes; ``page`` and ``record`` are means over article pages that were stored,
    ``request`` over all request records."""

    requests: int
    request: float
    pages: int
    page: float
    record: float
    warc: int
    revisits: int
    revisit: float
    saved: int
    database: int


@contextmanager
def replicas(home: Path, articles: int) -> Iterator[dict[str, str]]:
    """The replicas as they run, with profiles that lead to them; gives the environment of a crawl."""
    with serve(World(1, articles)) as bases:
        for name, base in bases.items():
            overlay = f'extends = "{name}"\nbase = "{base}/"\n\n[crawl]\ndelay = {DELAY}\nprivate = true\n'
            (home / "sites" / f"{name}.toml").write_text(overlay, encoding="utf-8")
        yield {}


@contextmanager
def real(home: Path) -> Iterator[dict[str, str]]:
    """The real pages under their own host, by the proxy of the tests."""
    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import CONTACT  # noqa: PLC0415
    from real_site import proxy  # noqa: PLC0415
    from test_real_nukeviet import SITE  # noqa: PLC0415

    (home / "sites" / "songlam.toml").write_text(SITE, encoding="utf-8")
    with proxy(REAL) as (address, _):
        yield {"http_proxy": address, "LUUTRU_CONTACT": CONTACT}


def crawl(home: Path, environment: dict[str, str], *options: str) -> Grown:
    """One crawl of all sites that have a profile of their own in the home directory."""
    names = sorted(path.stem for path in (home / "sites").glob("*.toml"))
    before, run = _files(home), _last_run(home)
    command = [sys.executable, "-m", "crawler.cli", "--home", str(home), "crawl", *names, *options]
    ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False, cwd=ROOT)
    if ended.returncode:
        raise SystemExit(f"the crawl ended with {ended.returncode}: {ended.stderr}")
    after = _files(home)
    with sqlite3.connect(home / "archive.db") as db:
        requests, answers = db.execute(
            "SELECT count(record_id), sum(length) FROM captures WHERE run > ?", [run]
        ).fetchone()
        pages = db.execute(
            "SELECT count(*), avg(size), avg(length) FROM captures"
            " WHERE run > ? AND outcome = 'article' AND refers_to IS NULL",
            [run],
        ).fetchone()
        revisits = db.execute(
            "SELECT count(*), avg(one.length), sum(first.length - one.length)"
            " FROM captures one JOIN captures first ON first.record_id = one.refers_to WHERE one.run > ?",
            [run],
        ).fetchone()
    db.close()
    return Grown(
        requests,
        (after[0] - before[0] - answers) / requests,
        pages[0],
        pages[1] or 0,
        pages[2] or 0,
        after[0] - before[0],
        revisits[0],
        revisits[1] or 0,
        revisits[2] or 0,
        after[1] - before[1],
    )


def _last_run(home: Path) -> int:
    if not (home / "archive.db").exists():
        return 0
    with sqlite3.connect(home / "archive.db") as db:
        last = db.execute("SELECT max(id) FROM runs").fetchone()[0]
    db.close()
    return int(last or 0)


def _files(home: Path) -> tuple[int, int]:
    """Bytes of the WARC files, and of the database."""
    warc = sum(path.stat().st_size for path in (home / "warc").glob("*"))
    database = home / "archive.db"
    return warc, database.stat().st_size if database.exists() else 0


def measure(table: Table, name: str, home: Path, environment: dict[str, str]) -> None:
    for crawled, options in (("first crawl", ()), ("all again", AGAIN)):
        grown = crawl(home, environment, *options)
        table.add_row(
            *(name, crawled, f"{grown.requests} of {grown.request:.0f} B"),
            f"{grown.pages} of {_kib(grown.page)}" if grown.pages else "0",
            _kib(grown.record) if grown.pages else "-",
            _kib(grown.warc),
            f"{grown.revisits} of {grown.revisit:.0f} B" if grown.revisits else "0",
            _kib(grown.saved),
            _kib(grown.database),
        )


def _kib(size: float) -> str:
    return f"{size / 1024:,.1f} KiB"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=40, help="articles of each replica")
    articles = options.parse_args().articles
    table = Table("pages", "crawl", "requests", "article pages stored", "a record", "WARC grew", "revisits", "saved")
    table.add_column("database grew")
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder) / name for name in ("replicas", "real")]
        for home in homes:
            (home / "sites").mkdir(parents=True)
        with replicas(homes[0], articles) as environment:
            measure(table, "replicas", homes[0], environment)
        if REAL.is_dir():
            with real(homes[1]) as environment:
                measure(table, "real NukeViet", homes[1], environment)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
