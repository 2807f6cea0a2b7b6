"""How fast each form of an export is written, and with how much memory: ``python benchmarks/export.py [SIZE ...]``.

The articles are those of the replicas, 5 000 of them; what is more are the same again under other ids, copied inside
the database. Each export runs in a process of its own. Beside them: ``json.dumps`` of each row of ``articles``
alone, without its authors, addresses, links and capture; and what has changed since a cursor, 1 % of the articles.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from archiving import BATCH, FETCHED, harvests
from rich.console import Console
from rich.table import Table

from archive.cursor import cursor_now
from archive.store import Archive
from crawler.demo.site import DEMO_SITES

FORMS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.zst", "jsonld", "parquet")
PLAIN, SINCE = "json.dumps of SELECT", "since a cursor"

MEASURED = """
import json, re, sqlite3, sys, time
from pathlib import Path
from archive.cursor import Cursor
from archive.export import Choice, write_export_file
from archive.forms import form_of
from archive.schema import open_read_only

database, output, since = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
began, used = time.perf_counter(), time.process_time()
if output.suffix == ".plain":
    with sqlite3.connect(database) as db, output.open("w", encoding="utf-8") as out:
        db.row_factory = sqlite3.Row
        count = 0
        for row in db.execute("SELECT * FROM articles"):
            out.write(json.dumps(dict(row), ensure_ascii=False) + "\\n")
            count += 1
else:
    choice = Choice(since=Cursor.of(since) if since else None)
    count = write_export_file(open_read_only(database), output, choice, form_of(output) or "jsonl").articles
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([count, time.perf_counter() - began, time.process_time() - used, int(peak[1]) / 1024]))
"""

_NOTED = "INSERT INTO changes (article, kind, at) SELECT id, 'new', first_seen FROM articles WHERE docid > ?"
_COPIED = ("addresses", "authors", "images", "attachments", "media", "keywords", "links")


_BUILT = 5_000


def build(path: Path, count: int) -> None:
    """An archive of so many articles."""
    with Archive(path) as archive:
        for name in DEMO_SITES:
            archive.register_site(name, name, name, "union", "Nghệ An", "nukeviet", f"http://{name}.example/")
        run = archive.start_run(DEMO_SITES[0], FETCHED)
        pages = harvests(count)
        while batch := list(islice(pages, BATCH)):
            archive.add(run, batch)


def enlarge(path: Path, count: int) -> None:
    """The first articles again under other ids, until there are so many."""
    with Archive(path) as archive:
        have = archive.db.execute("SELECT count(*) FROM articles").fetchone()[0]
        built = min(have, _BUILT)
        for copy in range(have // built, count // built):
            with archive.transaction():
                changed = {"docid": f"docid + {copy * built}", "id": f"'{copy}-' || id"}
                _copy(archive, "articles", changed, built)
                for table in _COPIED:
                    changed = {"article": f"'{copy}-' || article"}
                    _copy(
                        archive, table, changed | ({"url": f"url || '#{copy}'"} if table == "addresses" else {}), built
                    )
                archive.db.execute(_NOTED, [copy * built])


def _copy(archive: Archive, table: str, changed: dict[str, str], have: int) -> None:
    names = [f'"{column.name}"' for column in archive.db.table(table).columns]
    values = [changed.get(name.strip('"'), name) for name in names]
    first = f"docid <= {have}"
    of = first if table == "articles" else f"article IN (SELECT id FROM articles WHERE {first})"  # noqa: S608
    archive.db.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {of}"  # noqa: S608
    )


def change(path: Path) -> str:
    """1 % of the articles change, twice each; returns the cursor before it."""
    with Archive(path) as archive:
        before = str(cursor_now(archive.db))
        for _ in range(2):
            archive.db.execute(
                "INSERT INTO changes (article, kind, at) SELECT id, 'revised', ? FROM articles WHERE docid % 100 = 0",
                [FETCHED],
            )
        return before


def main() -> None:
    """Build the archives and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("sizes", type=int, nargs="*", default=[20_000, 200_000])
    table = Table("articles", "what", "a second", "a second of CPU", "MB of memory", "MB written")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        for at, count in enumerate(options.parse_args().sizes):
            if at == 0:
                build(path, min(count, _BUILT))
            enlarge(path, count)
            cursor = change(path)
            for what in (PLAIN, *FORMS, SINCE):
                output = Path(folder) / f"out.{what}" if what in FORMS else Path(folder) / "out.plain"
                if what == SINCE:
                    output = Path(folder) / "out.jsonl"
                arguments = [str(path), str(output), cursor if what == SINCE else ""]
                command = [sys.executable, "-c", MEASURED, *arguments]
                done = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                written, seconds, cpu, memory = json.loads(done)
                size = output.stat().st_size / 1e6
                output.unlink()
                table.add_row(
                    f"{written}",
                    what,
                    f"{written / seconds:.0f}",
                    f"{written / cpu:.0f}",
                    f"{memory:.0f}",
                    f"{size:.1f}",
                )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
