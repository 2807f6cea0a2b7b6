"""What a long queue costs: ``python benchmarks/memory.py [--pending N ...] [--pages N] [--json]``.

For each length of the queue: the memory of the process that crawls some hundred pages of a loopback server with so
many addresses waiting, and the time of one transaction that acknowledges a batch and leases the next. Compare the rows
of one run with each other; the times are this machine's.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conftest import serving

from archive.frontier import waiting
from archive.records import Capture, Harvest, Lease, Visit
from archive.store import Archive
from crawler.frontier import BATCH

AT = "2026-03-02T07:00:00+07:00"
SITE = "songlam"
PROFILE = """
title = "Liên đoàn Lao động tỉnh Sông Lam"
publisher = "Liên đoàn Lao động tỉnh Sông Lam"
kind = "union"
province = "Sông Lam"
family = "nukeviet"
base = "{base}/"
"""
PAGE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">{title}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span><div id="news-bodyhtml">{text}</div></div></body></html>"""
PARAGRAPH = "<p>Tổ {n} của phân xưởng {m} góp ý về bữa ăn ca, chỗ nghỉ trưa và chuyến xe đưa đón công nhân.</p>"
ROUNDS = 60
"""Transactions measured."""

CRAWL = """
import json, re, sys, threading
from pathlib import Path
from crawler.cli import main

def memory(name):
    return int(re.search(name + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

samples, over = [], threading.Event()
def sample():
    while not over.wait(0.2):
        samples.append(memory("VmRSS"))

threading.Thread(target=sample, daemon=True).start()
out, sys.argv = sys.argv[1], ["luutru", *sys.argv[2:]]
try:
    main()
finally:
    over.set()
    Path(out).write_text(json.dumps({"samples": samples, "peak": memory("VmHWM")}))
"""


@contextmanager
def site(pages: int) -> Iterator[str]:
    """A front page and the articles that it links to; gives the address, without a slash at its end."""
    front = "".join(f'<a href="/tin/bai-{n}.html">Bài {n}</a>' for n in range(pages))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = re.fullmatch(r"/tin/bai-(\d+)\.html", self.path)
            text = "".join(PARAGRAPH.format(n=n, m=found[1]) for n in range(25)) if found else ""
            page = PAGE.format(title=f"Bài {found[1]}", text=text) if found else front
            self.send_response(200 if found or self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        yield address


def fill(path: Path, base: str, pending: int) -> None:
    """An archive with so many addresses in line that come after all that the crawl finds."""
    with Archive(path) as archive, archive.transaction():
        archive.db.conn.executemany(
            "INSERT INTO urls (site, url, role, article, state, priority, steps, failures, not_modified, found_on)"
            " VALUES (?, ?, 'article', ?, 'pending', 1, 3, 0, 0, ?)",
            (
                (SITE, f"{base}/tin/cho-doi-{n}.html", f"{SITE}-cho-doi-{n}", f"{base}/tin/page-{n // 20}/")
                for n in range(pending)
            ),
        )


def crawl(home: Path, base: str, pages: int) -> dict[str, Any]:
    """Megabytes of resident memory, sampled while the pages were crawled, and the most that it ever was."""
    (home / "sites").mkdir()
    (home / "sites" / f"{SITE}.toml").write_text(PROFILE.format(base=base), encoding="utf-8")
    out = home / "memory.json"
    options = ["--delay", "0.001", "--allow-private", "--limit", str(pages)]
    arguments = [str(out), "--home", str(home), "crawl", SITE, *options]
    ended = subprocess.run(
        [sys.executable, "-c", CRAWL, *arguments], capture_output=True, text=True, check=False, timeout=1800
    )
    if ended.returncode:
        raise SystemExit(f"the crawl ended with {ended.returncode}: {ended.stderr}")
    measured: dict[str, Any] = json.loads(out.read_text())
    return measured


def acknowledge(lease: Lease) -> Harvest:
    capture = Capture(SITE, lease.url, lease.url, lease.role, AT, 200, "text/html", 0, "", lease.role)
    return Harvest(capture, visit=Visit(lease.url, lease.role, "done", article=lease.url, body_sha256="", steps=3))


def transactions(path: Path) -> dict[str, float]:
    """Milliseconds that some steps take: to acknowledge a batch and lease the next, to count what waits, to find the
    files alone that wait, of which there are none."""
    spent: dict[str, list[float]] = {"turn": [], "count": [], "files": []}

    def clocked(name: str, began: float) -> None:
        spent[name].append((time.perf_counter() - began) * 1e3)

    with Archive(path) as archive:
        run = archive.start_run(SITE, AT)
        leases = archive.lease(run, SITE, BATCH)
        for _ in range(min(ROUNDS, waiting(archive.db, SITE) // BATCH)):
            harvests = [acknowledge(one) for one in leases]
            began = time.perf_counter()
            with archive.transaction():
                archive.add(run, harvests)
                leases = archive.lease(run, SITE, BATCH)
            clocked("turn", began)
        for _ in range(5):
            began = time.perf_counter()
            waiting(archive.db, SITE)
            clocked("count", began)
            began = time.perf_counter()
            archive.lease(run, SITE, BATCH, 0)
            clocked("files", began)
    return {
        "turn": statistics.median(spent["turn"]),
        "turn p95": statistics.quantiles(spent["turn"], n=20)[-1],
        "count": statistics.median(spent["count"]),
        "files": statistics.median(spent["files"]),
    }


def table_size(path: Path) -> float:
    """Megabytes of the table ``urls`` with its indexes."""
    with Archive(path) as archive:
        row = archive.db.execute(
            "SELECT sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) WHERE tbl_name = 'urls'"
        ).fetchone()
    return float(row[0]) / 2**20


def measure(pending: int, pages: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, site(pages) as base:
        home = Path(folder)
        fill(home / "archive.db", base, pending)
        size = table_size(home / "archive.db")
        memory = crawl(home, base, pages)
        return {
            "pending": pending,
            "urls MB": size,
            "RSS MB": statistics.median(memory["samples"]),
            "peak MB": memory["peak"],
            **transactions(home / "archive.db"),
        }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pending", type=int, nargs="+", default=[1_000, 1_000_000])
    options.add_argument("--pages", type=int, default=300)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    rows = [measure(pending, chosen.pages) for pending in chosen.pending]
    if chosen.json:
        print(json.dumps(rows))
        return
    table = Table("waiting")
    for name in ("table urls", "RSS", "peak", "ack + lease", "p95", "count", "lease files"):
        table.add_column(name, justify="right")
    for row in rows:
        sizes = [f"{row[name]:.1f} MB" for name in ("urls MB", "RSS MB", "peak MB")]
        times = [f"{row[name]:.1f} ms" for name in ("turn", "turn p95", "count", "files")]
        table.add_row(f"{row['pending']:,}", *sizes, *times)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
