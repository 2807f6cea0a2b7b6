"""What writing and reading WARC files costs, by level of compression: ``python benchmarks/warc.py [--articles N]``.

The pages are the replicas' articles, and the real ones beside the project where they are. The peers are warcio and, if
it is installed, fastwarc; the limit is to write the bodies alone, and to inflate the file without reading it. Ratios
within one run count, not the times.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

from rich.console import Console
from rich.table import Table
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import warcrecords
from archive.warc import Damage, Exchange, WarcWriter, walk
from crawler.demo.layouts.base import Visit
from crawler.demo.site import DEMO_SITES
from crawler.demo.world import World

ROOT = Path(__file__).resolve().parent.parent
AT = "2026-03-02T07:00:00+07:00"
BATCH = 50
ROUNDS = 5


def replicas(articles: int) -> list[tuple[str, bytes]]:
    """Addresses and pages of the articles of all replicas."""
    bases = {name: f"http://{name}.example" for name in DEMO_SITES}
    world = World(1, articles)
    pages = []
    for name, base in bases.items():
        layout = world.layouts[name]
        for true in world.truth(name, bases):
            answer = layout.answer(true["url"].removeprefix(base), Visit(base, layout.site.now, lambda _: 0, bases))
            pages.append((true["url"], answer.body))
    return pages


def real() -> list[tuple[str, bytes]]:
    """The real pages; none where they are not beside the project."""
    files = sorted((ROOT.parent / "shared" / "pages" / "nukeviet").glob("*.html"))
    return [(f"http://that.example/{number}.html", file.read_bytes()) for number, file in enumerate(files)]


def exchanges(pages: list[tuple[str, bytes]]) -> list[Exchange]:
    """The pages as a server sends them that does not compress, as most of these sites' do not."""
    asked = [("Accept", "text/html"), ("Accept-Encoding", "gzip, deflate, br"), ("User-Agent", "luutru")]
    return [
        Exchange(
            *(url, AT, "192.0.2.1", "GET", asked, b"", 200, "OK"),
            [("Server", "nginx"), ("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", str(len(body)))],
            body,
        )
        for url, body in pages
    ]


def ours(folder: Path, given: list[Exchange]) -> Path:
    """As a crawl does, synced before each batch is committed; in a new folder, for a month's file is gone on with."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    writer = WarcWriter(folder, "do")
    for number, exchange in enumerate(given, 1):
        place = writer.write(exchange)
        if number % BATCH == 0:
            writer.sync()
    writer.close()
    return folder / place.warc


def by_warcio(folder: Path, given: list[Exchange]) -> Path:
    """The same records, synced as often, by warcio's writer as it is."""
    path = folder / "warcio.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        for number, one in enumerate(given, 1):
            heads = (
                StatusAndHeaders("GET / HTTP/1.1", one.request_headers, is_http_request=True),
                StatusAndHeaders("200 OK", one.response_headers, protocol="HTTP/1.1"),
            )
            request, response = (
                writer.create_warc_record(one.url, kind, payload=BytesIO(body), length=len(body), http_headers=head)
                for kind, body, head in zip(("request", "response"), (b"", one.body), heads, strict=True)
            )
            writer.write_request_response_pair(request, response)
            if number % BATCH == 0:
                file.flush()
                os.fsync(file.fileno())
    return path


def bare(folder: Path, given: list[Exchange]) -> Path:
    """The bodies alone, neither packed nor described."""
    path = folder / "bare"
    with path.open("wb", buffering=0) as file:
        for number, one in enumerate(given, 1):
            file.write(one.body)
            if number % BATCH == 0:
                os.fsync(file.fileno())
    return path


def read_ours(path: Path) -> int:
    return sum(len(one.body or b"") for one in walk(path) if not isinstance(one, Damage))


def read_by_warcio(path: Path) -> int:
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        return sum(len(one.content_stream().read()) for one in records if one.rec_type == "response")


def read_by_fastwarc(path: Path) -> int:
    fastwarc = importlib.import_module("fastwarc.warc")
    with path.open("rb") as file:
        records = fastwarc.ArchiveIterator(file, record_types=fastwarc.WarcRecordType.response, verify_digests=True)
        return sum(len(record.reader.read()) for record in records)


def inflate(path: Path) -> int:
    data, total = path.read_bytes(), 0
    while data:
        unpack = zlib.decompressobj(wbits=31)
        total += len(unpack.decompress(data))
        data = unpack.unused_data
    return total


def milliseconds(action: Callable[[], object], count: int) -> float:
    """CPU time for one of ``count``: the median of some rounds, after one that warms the caches."""
    spent = []
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        action()
        spent.append((time.process_time() - began) / count * 1e3)
    return statistics.median(spent[1:])


def measure(name: str, pages: list[tuple[str, bytes]], writing: Table, reading: Table) -> None:
    given = exchanges(pages)
    total = sum(len(one.body) for one in given)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        limit = milliseconds(lambda: bare(root, given), len(given))
        usual = warcrecords.LEVEL
        paths = {}
        for level in (0, 1, 3, 6, 9):
            warcrecords.LEVEL = level
            spent = milliseconds(lambda: ours(root, given), len(given))
            paths[level] = ours(root, given)
            chosen = " (chosen)" if level == usual else ""
            share = paths[level].stat().st_size / total
            writing.add_row(name, f"level {level}{chosen}", f"{spent:.2f}", f"{spent / limit:.0f}x", f"{share:.3f}")
        warcrecords.LEVEL = usual
        spent = milliseconds(lambda: by_warcio(root, given), len(given))
        share = by_warcio(root, given).stat().st_size / total
        writing.add_row(name, "warcio (level 9)", f"{spent:.2f}", f"{spent / limit:.0f}x", f"{share:.3f}")
        writing.add_row(name, "bodies alone", f"{limit:.2f}", "1x", "1.000")

        path = paths[usual]
        readers: dict[str, Callable[[Path], int]] = {"walk": read_ours, "warcio": read_by_warcio}
        if importlib.util.find_spec("fastwarc"):
            readers["fastwarc"] = read_by_fastwarc
        readers["inflated alone"] = inflate
        lowest = milliseconds(lambda: inflate(path), len(given))
        for reader, read in readers.items():
            assert read(path) >= total, reader
            spent = milliseconds(partial(read, path), len(given))
            reading.add_row(name, reader, f"{spent:.2f}", f"{spent / lowest:.1f}x")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=60, help="articles of each replica")
    articles = options.parse_args().articles
    writing = Table("pages", "written", "ms CPU a page", "ratio", "size of the bodies'")
    reading = Table("pages", "read", "ms CPU a page", "ratio")
    for name, pages in ((f"{len(DEMO_SITES)} replicas", replicas(articles)), ("real NukeViet", real())):
        if pages:
            mean = sum(len(body) for _, body in pages) / len(pages) / 1024
            measure(f"{name}, {len(pages)} of {mean:.0f} KiB", pages, writing, reading)
    Console().print(writing, reading)


if __name__ == "__main__":
    main()
