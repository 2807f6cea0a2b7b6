"""The benchmark of the whole pipeline, in short: what it counts and compares is what was crawled and stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crawler.home import Home

ARTICLES = 6


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_benchmark_counts_each_page_that_was_stored_and_finds_each_field_right(tmp_path: Path) -> None:
    from limit import STAGES, stages  # noqa: PLC0415 - only behind the change of the path
    from staged import staged  # noqa: PLC0415
    from throughput import Result, compare, crawl, export  # noqa: PLC0415

    with staged(7, ARTICLES) as served:
        measured = crawl(served, tmp_path)
        scores = compare(served, ARTICLES, export(tmp_path), ours=True)
        profiles = [Home(tmp_path).profiles.load(site) for site in served.bases]
        (tmp_path / "limit").mkdir()
        each = stages(profiles, [urls[-1] for urls in served.articles.values()], tmp_path / "limit")
    with sqlite3.connect(tmp_path / "archive.db") as db:
        assert db.execute("SELECT count(*) FROM captures").fetchone() == (measured.requests,)
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (4 * ARTICLES,)
    assert served.size > 40_000
    assert {
        name: scores.share(name) for name in ("found", "headline", "body", "sapo", "date", "authors")
    } == dict.fromkeys(("found", "headline", "body", "sapo", "date", "authors"), 1.0)
    assert scores.of["found"] == 4 * ARTICLES
    assert measured.cpu > 0
    assert measured.peak > 0
    assert set(each) == set(STAGES)
    assert Result(measured.requests, [measured]).cpu() > 0
