"""How the reading room serves while a crawl writes: ``python benchmarks/readers.py [--readers 50] [--seconds 60]``.

Replicas are crawled into a temporary archive by ``luutru crawl``, again and again, as long as readers read from
``luutru serve``, each command in processes of its own. Every reader asks for a page, waits as long as somebody may who
reads, and asks for the next: searches of all kinds, articles, versions, captures, archived pages, pictures. Ends with 1
where an answer was an error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from rich.console import Console
from rich.table import Table

from archive.schema import open_read_only
from crawler.demo.command import write_profiles
from crawler.demo.server import serve
from crawler.demo.world import World
from crawler.home import Home

LUUTRU = [sys.executable, "-P", "-m", "crawler.cli"]
ENOUGH = 200
"""Articles in the archive when the first reader comes."""

WORDS = ("công đoàn", "cong doan", "LĐLĐ", "bão", '"đoàn viên"', "mưa lũ", "xã", "giải bóng chuyền -nam", "hiến máu")
FILTERS = (
    "",
    "&tu=2019&den=2019",
    "&nguon=thst",
    "&loai=union",
    "&tinh=C%E1%BA%A7n+Th%C6%A1",
    "&hinh=co",
    "&ban-sao=gop",
)


@dataclass
class Told:
    """What the readers saw: milliseconds by kind of page, and what was no page."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class Crawling:
    """``luutru crawl`` of all replicas, one after the other until it is told to stop."""

    def __init__(self, home: Home, sites: Sequence[str]) -> None:
        self._command = [*LUUTRU, "--home", str(home.home), "crawl", *sites, "--since", "2000-01-01"]
        self._over, self.ended = threading.Event(), 0
        self._thread = threading.Thread(target=self._go)
        self._thread.start()

    def _go(self) -> None:
        while not self._over.is_set():
            with subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while process.poll() is None and not self._over.wait(0.2):
                    pass
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
            self.ended += process.returncode == 0

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def count(home: Home) -> tuple[int, int]:
    """Articles, and responses of any kind, that the archive holds."""
    with closing(open_read_only(home.archive)) as db:
        return db.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM captures)").fetchone()


def cpu(process: int) -> float:
    """Seconds of CPU that a process has used (Linux: /proc)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def wait_for(what: Callable[[], bool], seconds: float) -> None:
    """:raises TimeoutError: it does not come true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if what():
                return
        except (OSError, LookupError):
            pass
        time.sleep(0.2)
    raise TimeoutError(f"nothing after {seconds} s")


def addresses(room: str) -> dict[str, list[str]]:
    """What readers ask for, by kind."""
    found = json.loads(read(f"{room}/tim.json?tu=2000"))["hits"]
    articles = [f"{room}/bai/{hit['id']}" for hit in found]
    pages = [read(article) for article in articles]
    captures = sorted({one for page in pages for one in re.findall(r'href="(/ban-chup/[^"]+)"', page)})
    raws = {
        one for path in captures for one in re.findall(r'href="(http://[^"]+:\d+/[0-9a-f-]{36})"', read(room + path))
    }
    return {
        "entrance": [f"{room}/", f"{room}/en/"],
        "search": [f"{room}/tim?q={quote(words)}{more}" for words in WORDS for more in FILTERS],
        "search, best first": [f"{room}/tim?q={quote(words)}&xep=hop" for words in WORDS],
        "browsing": [f"{room}/tim?tu=2019-{month:02}&trang={page}" for month in range(6, 11) for page in (1, 2)],
        "article": articles,
        "versions": [f"{article}/ban-sua" for article in articles],
        "capture": [room + path for path in captures],
        "archived page": sorted(raws),
        "picture": sorted({room + one for page in pages for one in re.findall(r'src="(/hinh/[^"]+)"', page)}),
    }


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


async def reader(number: int, asked: dict[str, list[str]], until: float, pause: float, told: Told) -> None:
    """One reader, over one connection to each origin."""
    chance = random.Random(number)  # noqa: S311 - the same pages each time
    kinds = [kind for kind in asked if asked[kind]]
    lines: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
    await asyncio.sleep(chance.uniform(0, pause))
    while time.monotonic() < until:
        kind = chance.choice(kinds)
        address = chance.choice(asked[kind])
        began = time.perf_counter()
        try:
            status = await get(lines, address)
        except (OSError, EOFError, ValueError) as error:
            told.errors.append(f"{address}: {error!r}")
            lines.clear()
        else:
            told.took.setdefault(kind, []).append(1000 * (time.perf_counter() - began))
            if status != 200:
                told.errors.append(f"{address}: status {status}")
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
    for _, writer in lines.values():
        writer.close()


async def get(lines: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]], address: str) -> int:
    """Ask and read the whole answer; gives its status. A connection that was closed is replaced, as browsers do."""
    parts = urlsplit(address)
    if parts.netloc not in lines:
        lines[parts.netloc] = await asyncio.open_connection(parts.hostname, parts.port)
    answer, question = lines[parts.netloc]
    if answer.at_eof():
        answer, question = lines[parts.netloc] = await asyncio.open_connection(parts.hostname, parts.port)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    question.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    head = (await answer.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: (\d+)", head)
    if length is None:
        raise ValueError(f"an answer without its length: {head[:80]}")
    await answer.readexactly(int(length[1]))
    if "connection: close" in head:
        del lines[parts.netloc]
    return int(head.split()[1])


async def everybody(readers: int, asked: dict[str, list[str]], seconds: float, pause: float) -> Told:
    told, until = Told(), time.monotonic() + seconds
    await asyncio.gather(*(reader(number, asked, until, pause, told) for number in range(readers)))
    return told


def report(told: Told) -> Table:
    table = Table(title="milliseconds until the whole answer was there")
    for column in ("page", "asked for", "p50", "p95", "longest"):
        table.add_column(column, justify="left" if column == "page" else "right")
    everything = [one for took in told.took.values() for one in took]
    for kind, took in [*told.took.items(), ("all", everything)]:
        cuts = statistics.quantiles(took, n=20) if len(took) > 1 else took * 19
        table.add_row(kind, str(len(took)), f"{cuts[9]:.0f}", f"{cuts[18]:.0f}", f"{max(took):.0f}")
    return table


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--pause", type=float, default=1.0, help="seconds between two pages of a reader, on average")
    options.add_argument("--articles", type=int, default=300, help="of each of the four replicas")
    given = options.parse_args()
    os.environ["LUUTRU_CONTACT"] = "kho-luu-tru@thu-nghiem.internal"
    out = Console()
    with tempfile.TemporaryDirectory(prefix="readers-") as folder, serve(World(2026, given.articles)) as bases:
        home = Home(Path(folder))
        write_profiles(home, bases)
        crawling = Crawling(home, list(bases))
        port, raw_port = free_port(), free_port()
        command = [*LUUTRU, "--home", folder, "serve", "--port", str(port), "--raw-port", str(raw_port)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as room:
            try:
                wait_for(lambda: count(home)[0] >= ENOUGH, 300)
                before = count(home)
                asked = addresses(f"http://127.0.0.1:{port}")
                used = cpu(room.pid)
                told = asyncio.run(everybody(given.readers, asked, given.seconds, given.pause))
                after, used = count(home), cpu(room.pid) - used
            finally:
                room.terminate()
                crawling.stop()
        out.print(report(told))
        total = sum(map(len, told.took.values()))
        out.print(f"{given.readers} readers, {given.seconds:.0f} s: {total / given.seconds:.1f} pages a second")
        out.print(f"of the server's own time a page took {1000 * used / max(1, total):.0f} ms of one core")
        out.print(f"meanwhile the crawl stored {after[1] - before[1]} responses; articles: {before[0]} to {after[0]}")
        out.print(f"errors: {len(told.errors)}", *told.errors[:5], sep="\n  ")
    return 1 if told.errors or not total or after[1] == before[1] else 0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
