"""How fast the archive stores, concludes, searches, exports and checks: ``python benchmarks/archiving.py [ARTICLES]``.

The articles are those of the replicas, copies among them; the archive stands in a temporary folder.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from archive.abbreviations import load_abbreviations
from archive.conclude import conclude
from archive.query import parse
from archive.records import Address, Article, Capture, Harvest, Link, Source
from archive.search import search
from archive.store import Archive
from archive.verify import verify
from crawler.demo.site import DEMO_SITES
from crawler.demo.world import World

BATCH = 50
ACCENTED = '"đoàn vien"'
TAKES = ": in all, the longest that others wait, memory"
FETCHED = "2024-08-01T06:30:00+07:00"

EXPORT = """
import re, sys, time
from pathlib import Path
from archive.export import write_export_file
from archive.schema import open_read_only
db = open_read_only(Path(sys.argv[1]))
began = time.perf_counter()
count = write_export_file(db, Path(sys.argv[2])).articles
spent = time.perf_counter() - began
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(count / spent, int(peak[1]) / 1024 if peak else float("nan"))
"""


CONCLUDE = """
import re, sys, time
from pathlib import Path
from archive.conclude import conclude
from archive.likeness import sign
from archive.store import Archive

def peak():
    found = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")

held, since = [0.0], 0.0
def note(statement):
    global since
    if statement == "BEGIN IMMEDIATE":
        since = time.perf_counter()
    elif statement == "COMMIT":
        held.append(time.perf_counter() - since)

sign("", "từ " * 100)  # what it loads a crawl has loaded
with Archive(Path(sys.argv[1])) as archive:
    before = peak()
    archive.db.conn.set_trace_callback(note)
    began = time.perf_counter()
    conclude(archive)
    print((time.perf_counter() - began) * 1e3, max(held) * 1e3, peak() - before)
"""


def harvests(articles: int) -> Iterator[Harvest]:
    """One page an article, in equal parts from all sites; every third page prints no date, so that others give it."""
    names = DEMO_SITES
    bases = {name: f"http://{name}.example" for name in names}
    world = World(7, -(-articles // len(names)), two_on_a_page=False)
    made = (row for name in names for row in world.truth(name, bases))
    for number, row in enumerate(islice(made, articles)):
        yield page(row, number)


def page(row: dict[str, Any], number: int) -> Harvest:
    """A true article as a crawl brings it home."""
    told: dict[str, Any] = {name: row[name] for name in ("headline", "body", "description", "byline", "keywords")}
    if number % 3:
        told |= {name: row[name] for name in ("date_published", "date_published_raw", "date_precision")}
    source = Source(**row["source"]) if row["source"] else None
    links = [
        Link(link["url"], link["title"], link["relation"], at, identity(link["url"]), link["date"], link["date"], "day")
        for at, link in enumerate(row["related"])
    ]
    site, url = row["site"], row["url"]
    id = identity(url) or url
    article = Article(id=id, site=site, key=url, url=url, source=source, links=links, section=row["section"], **told)
    capture = Capture(site, url, url, "article", FETCHED, 200, "text/html", 9, "0" * 64, "article")
    return Harvest(capture, [article], [], [Address(site, url, id)])


def identity(url: str | None) -> str | None:
    """An id that can be told from the address alone."""
    return url and url.split("//")[-1].replace("/", "-")


def milliseconds(action: Callable[[], object]) -> float:
    """The median of five runs, after one that warms the caches."""
    times = []
    for _ in range(6):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times[1:])


def concluded(path: Path) -> str:
    """What :func:`conclude` takes, in a process of its own."""
    arguments = [sys.executable, "-c", CONCLUDE, str(path)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()
    taken, held, memory = map(float, done)
    return f"{taken:.0f} ms, {held:.0f} ms, {memory:.0f} MB"


def main() -> None:
    """Make the archive and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("articles", type=int, nargs="?", default=5_000)
    count = options.parse_args().articles
    table = Table("what", f"with {count} articles")
    pages = list(harvests(count))
    with tempfile.TemporaryDirectory() as folder, Archive(path := Path(folder) / "archive.db") as archive:
        for name in DEMO_SITES:
            archive.register_site(name, name, name, "union", "Nghệ An", "nukeviet", f"http://{name}.example/")
        run = archive.start_run(DEMO_SITES[0], FETCHED)
        began = time.perf_counter()
        for start in range(0, len(pages), BATCH):
            archive.add(run, pages[start : start + BATCH])
        table.add_row("stored, articles a second", f"{len(pages) / (time.perf_counter() - began):.0f}")
        for what in ("concluding everything", "concluding again"):
            table.add_row(f"{what}{TAKES}", concluded(path))
        for start in (0, BATCH):
            again = pages[start : start + BATCH]
            for harvest in again:
                harvest.articles[0].body += "\n\nTin cập nhật."
                harvest.capture.fetched_at = "2024-08-02T06:30:00+07:00"
            archive.add(run, again)
        table.add_row(f"concluding after {2 * BATCH} changes{TAKES}", concluded(path))
        found = milliseconds(lambda: search(archive.db, "cong doan"))
        table.add_row("a whole search with 20 snippets, ms", f"{found:.1f}")
        bodies = [harvest.articles[0].body for harvest in pages[:1000]]
        accents = parse(ACCENTED, load_abbreviations())
        each = milliseconds(lambda: [accents.holds(body) for body in bodies]) / len(bodies) * 1e3
        table.add_row("comparing accents, µs an article", f"{each:.0f}")
        arguments = [sys.executable, "-c", EXPORT, str(path), str(Path(folder) / "out.jsonl")]
        speed, peak = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()
        table.add_row("exported, articles a second", f"{float(speed):.0f}")
        table.add_row("exported, peak memory of the process, MB", f"{float(peak):.0f}")
        conclude(archive)
        began = time.perf_counter()
        wrong = list(verify(archive.db, Path(folder) / "warc"))
        table.add_row("checked, articles a second", f"{count / (time.perf_counter() - began):.0f}")
        assert not wrong, wrong[0]
    Console().print(table)


if __name__ == "__main__":
    main()
