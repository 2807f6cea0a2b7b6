"""The limit: the least CPU that each stage of the pipeline can take, each alone, with what it needs ready in memory.

Fetching is Scrapy without anything that could be left out (``peer_fetch.py``); all other stages are measured here, on
the article pages that are served. Tables hold what a search and a list of links need, no revisions and no evidence.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from zlib_ng import zlib_ng

from archive.likeness import sign
from archive.records import Article
from archive.searchable import TEXTS
from archive.vietnamese import fold
from archive.warcrecords import LEVEL
from crawler.desk import Desks
from crawler.extraction import extract
from crawler.items import Page
from crawler.pages import read_page, unread_page
from crawler.profiles import Profile
from crawler.urls import KnownSites

Connect = Callable[[], sqlite3.Connection]

FETCHED = "2026-03-02T07:00:00+07:00"
ROUNDS = 3
BATCH = 100

COLUMNS = (*TEXTS, "keywords")
"""What of an article is searched."""

STAGES = ("parse, links and profile", "fold", "MinHash", "bands", "SQLite with index", "gzip")


def stages(profiles: Sequence[Profile], urls: Sequence[str], folder: Path) -> dict[str, float]:
    """Milliseconds of CPU that each stage takes for one article's page: the median of some rounds. Databases are made
    in the folder."""
    desks = Desks(KnownSites(profiles, FETCHED))
    owners = {profile.base.rstrip("/"): profile for profile in profiles}
    pages, articles = [], []
    for url in urls:
        with urlopen(url) as answer:
            body = answer.read()
        profile = next(one for base, one in owners.items() if url.startswith(base))
        desk = desks.at(profile, FETCHED)
        told: dict[str, Any] = {"answered": url, "role": "article", "status": 200, "headers": [], "fetched_at": FETCHED}
        pages.append(unread_page(profile, desk.layout, desk.addresses, url=url, body=body, **told))
        articles += desk.harvest(unread_page(profile, desk.layout, desk.addresses, url=url, body=body, **told)).articles
    texts = [f"{article.headline}\n{article.body}" for article in articles]
    signed = [found for article in articles if (found := sign(article.headline, article.body)) is not None]
    numbers = count()

    def connect() -> sqlite3.Connection:
        db = sqlite3.connect(folder / f"limit-{next(numbers)}.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        return db

    works: dict[str, Callable[[], object]] = {
        "parse, links and profile": lambda: [_read(page, desks) for page in pages],
        "fold": lambda: [fold(text) for text in texts],
        "MinHash": lambda: _sign(articles),
        "bands": lambda: _bands([found.bands() for found in signed], connect),
        "SQLite with index": lambda: _store(articles, connect),
        "gzip": lambda: [_pack(page) for page in pages],
    }
    assert tuple(works) == STAGES
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(ROUNDS + 1):
        for name, work in works.items():
            began = time.process_time()
            work()
            if number:  # the first warms the caches
                spent[name].append((time.process_time() - began) / len(pages) * 1e3)
    return {name: statistics.median(rounds) for name, rounds in spent.items()}


def _read(page: Page, desks: Desks) -> None:
    desk = desks.at(page.profile, FETCHED)
    page = replace(page, links_read=False, tree=None, links=[], views=[])
    read_page(page, desk.addresses)
    extract(page, page.take_tree())


def _sign(articles: Iterable[Article]) -> None:
    """Words, shingles, 126 permutations."""
    sign.cache_clear()
    for article in articles:
        sign(article.headline, article.body)


def _bands(bands: Sequence[Sequence[int]], connect: Connect) -> None:
    db = connect()
    db.execute("CREATE TABLE bands (band INTEGER, hash INTEGER, article INTEGER, PRIMARY KEY (band, hash, article))")
    for start in range(0, len(bands), BATCH):
        db.execute("BEGIN")
        rows = [
            (n, value, start + at) for at, one in enumerate(bands[start : start + BATCH]) for n, value in enumerate(one)
        ]
        db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?, ?)", rows)
        db.execute("COMMIT")
    db.close()


def _store(articles: Sequence[Article], connect: Connect) -> None:
    """Articles, their links and a contentless index of words that are folded already: one row each, no revisions."""
    db = connect()
    db.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, url TEXT UNIQUE, headline TEXT, body TEXT, rest TEXT)")
    db.execute("CREATE TABLE links (article INTEGER, position INTEGER, url TEXT, title TEXT)")
    db.execute(f"CREATE VIRTUAL TABLE words USING fts5({', '.join(COLUMNS)}, content='', tokenize='unicode61')")
    empty = [""] * (len(COLUMNS) - 2)
    for start in range(0, len(articles), BATCH):
        batch = list(enumerate(articles[start : start + BATCH], start))
        db.execute("BEGIN")
        rows = [(at, f"{at} {one.url}", one.headline, one.body, one.byline) for at, one in batch]
        db.executemany("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", rows)
        links = [(at, link.position, link.url, link.title) for at, one in batch for link in one.links]
        db.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", links)
        words = [(at, one.headline, one.body, *empty) for at, one in batch]
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        db.executemany(f"INSERT INTO words (rowid, {', '.join(COLUMNS)}) VALUES ({marks})", words)  # noqa: S608 - ours
        db.execute("COMMIT")
    db.close()


def _pack(page: Page) -> bytes:
    pack = zlib_ng.compressobj(LEVEL, zlib_ng.DEFLATED, wbits=31)
    return pack.compress(page.body) + pack.flush()
