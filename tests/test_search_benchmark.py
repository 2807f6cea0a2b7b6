"""The search benchmark in a short form: what it asks is answered, and known items are found. No times are held."""

from __future__ import annotations

import sys
from pathlib import Path

from conftest import ROOT

from archive.schema import open_read_only
from archive.verify_index import verify_index

sys.path.insert(0, str(ROOT / "benchmarks"))


def test_known_items_are_found_among_hundreds_of_articles(tmp_path: Path) -> None:
    from search import FOUND, SLOWEST, measure  # noqa: PLC0415

    path = tmp_path / "articles.db"
    done = measure(path, 800, queries=1, known=12)
    assert {order for order, _ in done.times} == SLOWEST.keys()
    assert all(times for times in done.times.values())
    assert {kind: done.found[kind] for kind, least in FOUND.items() if done.found[kind] < least} == {}
    assert all(done.found[kind] > possible - 0.1 for kind, possible in done.possible.items())
    assert done.others_found.keys() == FOUND.keys() < done.found.keys()
    assert all(size > 0 for size in done.sizes.values())
    db = open_read_only(path)
    assert list(verify_index(db, lambda *_: None)) == []
    db.close()
