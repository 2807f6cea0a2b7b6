"""A row of articles that somebody deleted by hand, and only that: what is left of it makes nothing fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sample_archive import add, harvest, open_sample, sample

from archive.articles import load_article
from archive.conclude import conclude
from archive.filters import Filters
from archive.records import Article, Link
from archive.reindex import reindex
from archive.search import Order, search
from archive.store import Archive
from archive.verify_index import verify_index

TEXT = "\n\n".join(f"Đoạn thứ {number} kể việc nạo vét kênh Bà Rằng của đoàn viên xã." for number in range(9))
KEPT, GONE = (
    sample("kenh-1", "Vét kênh Bà Rằng", TEXT, date_published="2021-03-02T08:00:00+07:00"),
    sample("kenh-2", "Vét kênh Bà Rằng xong", TEXT, date_published="2021-03-02T09:00:00+07:00"),
)
GONE.links = [Link(KEPT.url, KEPT.headline, "related", 0, KEPT.id)]
NEXT_DAY = "2024-05-02T10:00:00+07:00"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two articles of a day, the later one deleted: it has the highest number of all kinds."""
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, harvest(KEPT), harvest(GONE))
        conclude(opened)
        with opened.transaction():
            opened.db.execute("DELETE FROM articles WHERE id = ?", [GONE.id])
        yield opened


@pytest.mark.parametrize("by", ["newest", "relevance"])
def test_a_search_finds_what_is_there_without_it(archive: Archive, by: Order) -> None:
    for query in ("kênh", "kenh", '"kênh ba"', "xog", "", "kenh -nhà", "kenh xong"):
        for reprints in ("shown", "folded"):
            filters = Filters(since="2021", reprints=reprints)  # type: ignore[arg-type]
            found = search(archive.db, query, filters, by=by, facets=True)
            assert {hit.id for hit in found.hits} <= {KEPT.id}, query
    assert [hit.id for hit in search(archive.db, "kenh", by=by).hits] == [KEPT.id]


def test_no_other_article_is_found_by_its_words(archive: Archive) -> None:
    other = sample("khac", "Chuyện khác hẳn", "Không dính dáng.", date_published="2021-03-02T10:00:00+07:00")
    add(archive, harvest(other, NEXT_DAY))
    conclude(archive)
    assert [hit.id for hit in search(archive.db, "chuyen").hits] == [other.id]
    assert [hit.id for hit in search(archive.db, "kenh").hits] == [KEPT.id]


@pytest.mark.parametrize("again", [GONE, replace(GONE, body="Kênh nay đã thông.", links=[])])
def test_when_a_crawl_meets_it_again_its_versions_count_on(archive: Archive, again: Article) -> None:
    add(archive, harvest(again, NEXT_DAY))
    conclude(archive)
    assert {hit.id for hit in search(archive.db, "kenh").hits} == {KEPT.id, GONE.id}
    record = load_article(archive.db, GONE.id)
    assert (record["revision"], record["body"], len(record["related"])) == (2, again.body, len(again.links))
    reindex(archive.db)
    assert list(verify_index(archive.db, lambda *_: None)) == []
