"""What an article is connected with."""

from __future__ import annotations

from pathlib import Path

from sample_archive import add, harvest, open_sample, sample, sample_id

from archive.conclude import conclude
from archive.graph import Link as Edge
from archive.graph import neighbours
from archive.records import Link, Source

TEXT = " ".join(
    f"Câu thứ {n} kể rằng tổ {word} đã hoàn thành phần việc được giao trong tháng và đề nghị biểu dương."
    for n, word in enumerate(("Dệt", "May", "Cơ khí", "Điện", "Kho", "Lái xe", "Văn phòng", "Bảo vệ", "Nhà bếp"))
)
FIRST = sample("mot", "Bài một", TEXT, date_published="2024-01-01T08:00:00+07:00")
SECOND = sample(
    "hai",
    "Bài hai",
    "Một bài khác hẳn.",
    date_published="2024-02-01T08:00:00+07:00",
    links=[
        Link(FIRST.url, "Bài một, tựa cũ", "older", 0, FIRST.id, "2024-01-01T00:00:00+07:00", "(01/01/2024)", "day"),
        Link("http://songlam.example/tin-tuc/mat.html", "Bài mất", "related", 1, sample_id("songlam", "mat")),
        Link("http://elsewhere.example/", "Trang khác", "inline", 2),
        Link(None, "Chỉ tựa đề", "related", 3),
    ],
)
REPRINT = sample(
    "dang-lai",
    "Bài một đăng lại",
    TEXT,
    site="ptsonglam",
    date_published="2024-01-03T08:00:00+07:00",
    source=Source("LĐLĐ tỉnh Sông Lam", FIRST.url),
)


def test_links_lead_out_of_an_article_in_page_order(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST), harvest(SECOND))
        around = neighbours(archive.db, SECOND.id)
    assert around.links == [
        Edge("older", FIRST.id, FIRST.url, "Bài một", "Bài một, tựa cũ", "2024-01-01T00:00:00+07:00", "day"),
        Edge("related", None, "http://songlam.example/tin-tuc/mat.html", None, "Bài mất", None),
        Edge("inline", None, "http://elsewhere.example/", None, "Trang khác", None),
        Edge("related", None, None, None, "Chỉ tựa đề", None),
    ]
    assert (around.linked_from, around.copies, around.cluster) == ([], [], None)


def test_an_article_knows_who_links_to_it_and_how(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST), harvest(SECOND))
        around = neighbours(archive.db, FIRST.id)
    assert around.linked_from == [
        Edge("older", SECOND.id, SECOND.url, "Bài hai", "Bài một, tựa cũ", "2024-01-01T00:00:00+07:00", "day")
    ]
    assert around.links == []


def test_copies_of_a_text_know_one_another_across_sites(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST), harvest(SECOND))
        add(archive, harvest(REPRINT), site="ptsonglam")
        conclude(archive)
        of_first, of_reprint = neighbours(archive.db, FIRST.id), neighbours(archive.db, REPRINT.id)
    (copy,) = of_first.copies
    assert (copy.id, copy.site, copy.duplicate_of, copy.similarity) == (REPRINT.id, "ptsonglam", FIRST.id, 1.0)
    assert copy.evidence is not None
    assert copy.evidence["declared_source"]
    (original,) = of_reprint.copies
    assert (original.id, original.duplicate_of) == (FIRST.id, None)
    assert of_first.cluster == of_reprint.cluster is not None


def test_an_article_that_stands_alone_has_no_neighbours(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST))
        around = neighbours(archive.db, FIRST.id)
    assert (around.links, around.linked_from, around.copies, around.cluster) == ([], [], [], None)
