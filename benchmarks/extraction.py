"""What stock trafilatura makes of NukeViet pages, and what the profile does: ``python benchmarks/extraction.py``.

The pages are the NukeViet replica's (``--articles``), and the real ones beside the project where they are. Ratios
within one run count, not the times.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import trafilatura
from fields import words_f1
from rich.console import Console
from rich.table import Table
from trafilatura.settings import Document

from crawler.bylines import read_byline
from crawler.demo.layouts.base import Visit
from crawler.demo.world import World
from crawler.extraction import extract
from crawler.items import Page
from crawler.profiles import Profiles

ROOT = Path(__file__).resolve().parent.parent
SITE = "ldld-caobang"
FETCHED = "2026-03-02T07:00:00+07:00"


def replica(articles: int) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Address, page, truth."""
    layout = World(1, articles).layouts[SITE]
    base = "http://ldld.caobang.gov.vn"
    bases = dict.fromkeys(("thst", "congdoan-soctrang", SITE, "thaibinhtv"), base)
    for true in World(1, articles).truth(SITE, bases):
        path = true["url"].removeprefix(base)
        answer = layout.answer(path, Visit(base, layout.site.now, lambda _: 0, bases))
        yield true["url"], answer.body, true


def real() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """The real pages' address, page, truth; none where they are not beside the project."""
    folder = ROOT.parent / "shared" / "pages" / "nukeviet"
    if not folder.is_dir():
        return
    files = {row["url"]: row["file"] for row in json.loads((folder / "index.json").read_text(encoding="utf-8"))}
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        true = json.loads(line)
        yield true["url"], (folder / files[true["url"]]).read_bytes(), true


def by_profile(url: str, body: bytes) -> tuple[str, list[str]]:
    """Body and authors as the archive reads them."""
    profile = Profiles().load(SITE)
    page = Page(url, url, "article", 200, body, "text/html", "utf-8", FETCHED, profile, profile.layouts[-1])
    (draft,) = extract(page).drafts
    authors = [author for printed in draft.bylines[:1] for author in read_byline(printed.raw)]
    return "\n".join(draft.body), [author.name or author.unit or author.role for author in authors]


def stock(url: str, body: bytes) -> tuple[str, list[str]]:
    """Body and authors as trafilatura gives them by itself."""
    found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    if not isinstance(found, Document):
        return "", []
    return found.text or "", (found.author or "").split("; ") if found.author else []


def measure(
    read: Callable[[str, bytes], tuple[str, list[str]]], pages: list[tuple[str, bytes, dict[str, Any]]]
) -> tuple[float, int, float]:
    """Mean F1 of the body, pages with exactly the right authors, milliseconds of CPU a page."""
    read(*pages[0][:2])
    began = time.process_time()
    found = [read(url, body) for url, body, _ in pages]
    spent = (time.process_time() - began) / len(pages) * 1e3
    f1 = sum(words_f1(true["body"], body) for (_, _, true), (body, _) in zip(pages, found, strict=True)) / len(pages)
    right = sum(
        names == [author["name"] or author["unit"] or author["role"] for author in true["authors"]]
        for (_, _, true), (_, names) in zip(pages, found, strict=True)
    )
    return f1, right, spent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=200, help="articles of the replica")
    articles = options.parse_args().articles
    table = Table("pages", "reader", "mean body F1", "authors right", "ms CPU a page", "ratio")
    for name, pages in (("replica", list(replica(articles))), ("real NukeViet", list(real()))):
        fastest = None
        for reader, read in (("profile + trafilatura", by_profile), ("trafilatura with metadata", stock)):
            if pages:
                f1, right, spent = measure(read, pages)
                fastest = fastest or spent
                table.add_row(
                    name, reader, f"{f1:.3f}", f"{right} of {len(pages)}", f"{spent:.1f}", f"{spent / fastest:.1f}x"
                )
    Console().print(table)


if __name__ == "__main__":
    main()
