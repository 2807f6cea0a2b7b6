"""A small archive of invented articles, for the tests of what reads it: written through the archive's own store."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import typer
from click.testing import Result
from typer.testing import CliRunner

from archive.cli import register
from archive.indexing import index_articles
from archive.records import Address, Article, Capture, Harvest, Sighting
from archive.rows import PARTS
from archive.searchable import docids_of, load_searchable
from archive.store import Archive

FETCHED = "2024-08-01T06:30:00+07:00"


def sample_id(site: str, key: str) -> str:
    """An id in the form that the crawler gives them."""
    digest = hashlib.sha256(f"{site}/{key}".encode()).digest()
    return f"{site}-{base64.b32encode(digest).decode().lower()[:12]}"


def sample(key: str, headline: str, body: str = "", *, site: str = "songlam", **fields: Any) -> Article:
    """An article of an invented union site; ``fields`` are those of the record."""
    if (date := fields.get("date_published")) and "date_precision" not in fields:
        fields |= {"date_precision": "minute", "date_evidence": "page", "date_published_raw": date[:10]}
    return Article(
        id=sample_id(site, key),
        site=site,
        key=key,
        url=f"http://{site}.example/tin-tuc/{key}.html",
        headline=headline,
        body=body,
        profile_version="1+0123456789ab",
        **fields,
    )


def harvest(
    article: Article, at: str = FETCHED, urls: Sequence[str] = (), sightings: Sequence[Sighting] = ()
) -> Harvest:
    """What the article's page yields. ``urls``: further addresses of it."""
    capture = Capture(
        site=article.site,
        url=article.url,
        final_url=article.url,
        role="article",
        fetched_at=at,
        status=200,
        media_type="text/html",
        size=1000,
        sha256="0" * 64,
        outcome="article",
    )
    addresses = [Address(article.site, url, article.id) for url in (article.url, *urls)]
    return Harvest(capture, [article], list(sightings), addresses)


def open_sample(path: Path) -> Archive:
    """An archive that knows two invented sites."""
    archive = Archive(path)
    for name, title, kind, province in (
        ("songlam", "Liên đoàn Lao động tỉnh Sông Lam", "union", "Nghệ An"),
        ("ptsonglam", "Đài Phát thanh và Truyền hình Sông Lam", "broadcaster", "Nghệ An"),
    ):
        base = f"http://{name}.example/"
        archive.register_site(name, title, title, kind, province, "nukeviet", base)
    return archive


def add(archive: Archive, *harvests: Harvest, site: str = "songlam", reason: str = "finished") -> None:
    """One crawl that brings these harvests."""
    run = archive.start_run(site, harvests[0].capture.fetched_at if harvests else FETCHED)
    counts = archive.add(run, harvests).as_counts()
    archive.finish_run(run, FETCHED, reason, counts)


def forget(archive: Archive, article: str) -> None:
    """Take an article out of the archive, as somebody does by hand: no command of the program does it."""
    db = archive.db
    with archive.transaction():
        before = load_searchable(db, docids_of(db, [article]))
        db.execute("DELETE FROM bands WHERE number IN (SELECT number FROM signatures WHERE article = ?)", [article])
        db.execute("DELETE FROM duplicates WHERE ? IN (article, other)", [article])
        for table in (*PARTS, "revisions", "evidence", "links", "signatures"):
            db.execute(f"DELETE FROM {table} WHERE article = ?", [article])  # noqa: S608
        index_articles(db, before, {})
        db.execute("DELETE FROM articles WHERE id = ?", [article])


def run(home: Path, *arguments: str) -> Result:
    """The commands as the application registers them, in this process."""
    app = typer.Typer()
    register(app)

    @app.callback()
    def options(ctx: typer.Context) -> None:
        ctx.obj = SimpleNamespace(home=home)

    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)
