"""Searching: what a search is narrowed by, what is counted, and what is said of a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_archive import add, harvest, open_sample, sample

from archive.filters import Filters, QueryError
from archive.nearest import Unknown
from archive.records import Author, Image
from archive.reindex import reindex
from archive.search import search
from archive.store import Archive

LAN = Author("Hoàng Lan", None, "author")
DESK = Author(None, "Ban Tuyên giáo", "author")
ARTICLES = {
    "hop": sample(
        "hop",
        "Họp giao ban quý một",
        "Cuộc họp bàn việc chăm lo đời sống.",
        date_published="2021-03-31T08:00:00+07:00",
        section=["Tin tức", "Hoạt động công đoàn"],
        authors=[LAN],
        keywords=["giao ban"],
        images=[Image("http://songlam.example/hop.jpg")],
    ),
    "thang": sample(
        "thang",
        "Họp mặt cựu cán bộ",
        "Cuộc họp mặt ấm cúng.",
        date_published="2021-05-01T00:00:00+07:00",
        date_precision="month",
        section=["Tin tức"],
        authors=[LAN, DESK],
    ),
    "dai": sample(
        "dai",
        "Họp báo ra mắt kênh mới",
        "Cuộc họp báo thu hút nhiều phóng viên.",
        site="ptsonglam",
        date_published="2022-12-31T23:59:00+07:00",
        section=["Thời sự"],
    ),
    "mo": sample("mo", "Họp chưa rõ ngày", "Cuộc họp kéo dài.", authors=[Author(None, None, "contributor")]),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_sample(tmp_path_factory.mktemp("home") / "archive.db") as opened:
        add(opened, *(harvest(article) for article in ARTICLES.values() if article.site == "songlam"))
        add(opened, harvest(ARTICLES["dai"]), site="ptsonglam")
        yield opened


def keys(archive: Archive, query: str = "họp", **filters: object) -> list[str]:
    names = {article.id: key for key, article in ARTICLES.items()}
    return [names[hit.id] for hit in search(archive.db, query, Filters(**filters)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["dai", "thang", "hop", "mo"]),
        ({"site": "ptsonglam"}, ["dai"]),
        ({"kind": "broadcaster"}, ["dai"]),
        ({"kind": "union", "site": "ptsonglam"}, []),
        ({"province": "nghe an", "kind": "union"}, ["thang", "hop", "mo"]),
        ({"province": "Cần Thơ"}, []),
        ({"author": "hoang lan"}, ["thang", "hop"]),
        ({"author": "Hoàng Lan"}, ["thang", "hop"]),
        ({"author": "ban tuyen giao"}, ["thang"]),
        ({"author": "Lan"}, []),
        ({"section": "tin tuc"}, ["thang", "hop"]),
        ({"section": "Hoạt động công đoàn"}, ["hop"]),
        ({"keyword": "giao ban"}, ["hop"]),
        ({"has_image": True}, ["hop"]),
        ({"has_image": False}, ["dai", "thang", "mo"]),
        ({"since": "2021"}, ["dai", "thang", "hop"]),
        ({"until": "2021"}, ["thang", "hop"]),
        ({"since": "2022-12-31", "until": "2022-12-31"}, ["dai"]),
        ({"since": "31/12/2022", "until": "31.12.2022"}, ["dai"]),
        ({"since": "4/2021", "until": "05/2021"}, ["thang"]),
        ({"has_date": False}, ["mo"]),
        ({"has_date": True}, ["dai", "thang", "hop"]),
        ({"has_date": False, "since": "2021"}, []),
        ({"has_date": False, "until": "2021"}, []),
        ({"kind": "Công đoàn"}, ["thang", "hop", "mo"]),
        ({"kind": "phát thanh – truyền hình"}, ["dai"]),
        ({"since": "2021-04", "until": "2021-5"}, ["thang"]),
        ({"until": "2021-03-30"}, []),
        ({"since": "2021", "author": "Hoàng Lan", "has_image": True}, ["hop"]),
    ],
)
def test_a_search_is_narrowed(archive: Archive, filters: dict[str, object], found: list[str]) -> None:
    assert keys(archive, **filters) == found
    assert set(keys(archive, "cuoc hop", **filters)) == set(found) - ({"mo"} if "mo" not in found else set())


def test_an_article_known_to_the_month_is_in_that_month_and_in_no_day_of_it(archive: Archive) -> None:
    assert keys(archive, since="2021-05", until="2021-05") == ["thang"]
    assert keys(archive, since="2021-05-01", until="2021-05-31") == ["thang"]
    assert keys(archive, since="2021-05-01", until="2021-05-30") == []
    assert keys(archive, since="2021-05-01", until="2021-05-01") == []
    assert keys(archive, since="2021-04-15", until="2021-05-15") == []
    assert keys(archive, since="2021-05-02", until="2021-06-30") == []


def test_filters_alone_find_all_that_pass_them(archive: Archive) -> None:
    assert keys(archive, "", author="hoang lan") == ["thang", "hop"]
    assert keys(archive, " ", until="2021") == ["thang", "hop"]


def test_what_was_found_is_counted_by_site_year_section_and_author(archive: Archive) -> None:
    facets = search(archive.db, "hop", facets=True, limit=1).facets
    assert facets is not None
    assert facets.complete
    assert facets.site == [("songlam", 3), ("ptsonglam", 1)]
    assert facets.year == [("2022", 1), ("2021", 2)]
    assert facets.month == []
    assert facets.undated == 1
    assert facets.section == [("Tin tức", 2), ("Hoạt động công đoàn", 1), ("Thời sự", 1)]
    assert facets.author == [("Hoàng Lan", 2), ("Ban Tuyên giáo", 1)]
    assert search(archive.db, "hop").facets is None


def test_where_all_is_of_one_year_its_months_are_counted(archive: Archive) -> None:
    facets = search(archive.db, "", Filters(since="2021", until="2021"), facets=True, limit=1).facets
    assert facets is not None
    assert [year for year, _ in facets.year] == ["2021"]
    by_month = [
        (f"2021-{month:02}", search(archive.db, "", Filters(since=f"2021-{month:02}", until=f"2021-{month:02}")).total)
        for month in range(12, 0, -1)
    ]
    assert facets.month == [(month, count) for month, count in by_month if count]
    assert facets.month


def test_articles_without_a_date_are_not_read_to_put_them_in_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.search._Search._holds", None)
    monkeypatch.setattr("archive.listing._PUBLISHED", None)
    assert search(archive.db, "hop", Filters(has_date=False)).total == 1


def test_copies_are_shown_or_folded_into_the_first_found(tmp_path: Path) -> None:
    copy = sample("ban-sao", ARTICLES["hop"].headline, ARTICLES["hop"].body, site="ptsonglam")
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(ARTICLES["hop"]), harvest(copy), harvest(ARTICLES["mo"]))
        archive.db.execute("UPDATE articles SET cluster = ? WHERE key != 'mo'", [ARTICLES["hop"].id])
        archive.db.commit()
        reindex(archive.db)
        shown = search(archive.db, "cuộc họp", Filters())
        folded = search(archive.db, "cuộc họp", Filters(reprints="folded"))
    assert (shown.total, [hit.reprints for hit in shown.hits]) == (3, [0, 0, 0])
    assert (folded.total, [(hit.id, hit.reprints) for hit in folded.hits]) == (
        2,
        [(ARTICLES["hop"].id, 1), (ARTICLES["mo"].id, 0)],
    )


@pytest.mark.parametrize(
    ("filters", "unknown"),
    [
        ({"author": "Hoàng Lam"}, Unknown("author", "Hoàng Lam", ["Hoàng Lan"])),
        ({"author": "ban tuyên dáo"}, Unknown("author", "ban tuyên dáo", ["Ban Tuyên giáo"])),
        ({"section": "Tin tứx"}, Unknown("section", "Tin tứx", ["Tin tức"])),
        ({"keyword": "giao bann"}, Unknown("keyword", "giao bann", ["giao ban"])),
        ({"author": "Xyz"}, Unknown("author", "Xyz", [])),
    ],
)
def test_a_name_that_no_article_has_is_told_with_the_nearest(
    archive: Archive, filters: dict[str, str], unknown: Unknown
) -> None:
    found = search(archive.db, "họp", Filters(**filters))  # type: ignore[arg-type]
    assert (found.total, found.unknown, found.suggestion) == (0, (unknown,), None)


def test_a_name_that_articles_have_is_not_called_unknown_where_nothing_is_found(archive: Archive) -> None:
    assert search(archive.db, "", Filters(author="Hoàng Lan", until="1999")).unknown == ()


@pytest.mark.parametrize(
    ("filters", "code", "said"),
    [
        ({"site": "songlan"}, "unknown-site", "the archive has no site 'songlan'; nearest: songlam"),
        ({"kind": "báo"}, "unknown-kind", "the archive has no kind 'báo'; nearest: "),
        ({"province": "Nghệ Tĩnh"}, "unknown-province", "no province 'Nghệ Tĩnh'; nearest: "),
        ({"since": "hôm qua"}, "bad-date", "since: expected a year, month or day such as 2021"),
        ({"until": "2021-02-30"}, "bad-date", "until: expected a year, month or day"),
        ({"since": "2022", "until": "2021-12"}, "dates-crossed", "nothing is published after 2022 and before 2021-12"),
    ],
)
def test_a_filter_that_means_nothing_is_told(archive: Archive, filters: dict[str, str], code: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        keys(archive, **filters)
    assert (caught.value.code, str(caught.value)[: len(said)]) == (code, said)
    assert caught.value.told


def test_neither_words_nor_filters_are_no_search(archive: Archive) -> None:
    for query in ("", "  ", "đăng lại:gộp", "reprints:shown"):
        with pytest.raises(QueryError, match="nothing to look for; type a word, or choose a filter") as caught:
            keys(archive, query)
        assert (caught.value.code, caught.value.told) == ("nothing-asked", {})
