"""Searching: what may be typed besides words, what is meant by it, and what is suggested where nothing is found."""

from __future__ import annotations

import random
import sqlite3
import unicodedata
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from sample_archive import add, harvest, open_sample, sample

from archive.filters import Filters, QueryError
from archive.search import search
from archive.searchable import folded_words, read, spelled_words
from archive.store import Archive
from archive.suggesting import suggest
from archive.typedfilters import typed_filters
from archive.vietnamese import tokenise, words

ARTICLES = {
    "bao": sample("bao", "Cơn bão số ba đổ bộ", "Bão gây mưa lớn.", date_published="2020-09-18T08:00:00+07:00"),
    "to-bao": sample(
        "to-bao", "Tờ báo tường của xí nghiệp", "Báo ra hằng tháng.", date_published="2020-10-01T08:00:00+07:00"
    ),
    "can-tho": sample(
        "can-tho", "Giải bóng chuyền Cần Thơ", "Tám đội thi đấu.", date_published="2025-08-01T08:00:00+07:00"
    ),
    "soc-trang": sample(
        "soc-trang", "Giải bóng chuyền Sóc Trăng", "Sáu đội thi đấu.", date_published="2019-08-01T08:00:00+07:00"
    ),
    "cua-tinh": sample(
        "cua-tinh", "Giải bóng bàn", "Bốn đội thi đấu.", site="cdsoctrang", date_published="2018-08-01T08:00:00+07:00"
    ),
    "lanh-dao": sample(
        "lanh-dao", "Lãnh đạo xí nghiệp đối thoại", "Hai giờ đối thoại.", date_published="2021-01-01T08:00:00+07:00"
    ),
    "lao-dong": sample(
        "lao-dong", "Ngày hội lao động sáng tạo", "Có báo cáo.", date_published="2021-02-01T08:00:00+07:00"
    ),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_sample(tmp_path_factory.mktemp("home") / "archive.db") as opened:
        opened.register_site("cdsoctrang", "x", "x", "union", "Sóc Trăng", "nukeviet", "http://cdsoctrang.example/")
        add(opened, *map(harvest, ARTICLES.values()))
        yield opened


def keys(archive: Archive, query: str, **options: object) -> set[str]:
    names = {article.id: key for key, article in ARTICLES.items()}
    return {names[hit.id] for hit in search(archive.db, query, **options).hits}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bão", {"bao"}),
        ("báo", {"to-bao", "lao-dong"}),
        ("bao", {"bao", "to-bao", "lao-dong"}),
        ("bao xi nghiep", {"to-bao"}),
        ("bão OR báo", {"bao", "to-bao", "lao-dong"}),
        ("bão HOẶC thoại", {"bao", "lanh-dao"}),
        ("bão | thoại", {"bao", "lanh-dao"}),
        ("bão OR báo mưa", {"bao"}),
        ('"cơn bão" OR "báo cáo"', {"bao", "lao-dong"}),
        ("OR bão OR", {"bao"}),
        ("bao -OR", {"bao", "to-bao", "lao-dong"}),
        ("sáng*", {"lao-dong"}),
        ("sang*", {"lao-dong"}),
        ("lãn*", {"lanh-dao"}),
        ("lan*", {"lanh-dao"}),
        ("làn*", set()),
        ("báo -lao*", {"to-bao"}),
        ("trang:songlam bão", {"bao"}),
        ("bao từ:2020-10 đến:2020", {"to-bao"}),
        ("giai tinh:soc-trang", {"cua-tinh"}),
        ('giai tỉnh:"Cần Thơ"', {"cua-tinh"}),
        (unicodedata.normalize("NFD", 'giải tỉnh:"Sóc Trăng"'), {"cua-tinh"}),
        ("tỉnh:hau-giang", set()),
    ],
)
def test_words_may_be_joined_begun_and_narrowed(archive: Archive, query: str, found: set[str]) -> None:
    assert keys(archive, query) == found


@pytest.mark.parametrize("query", ["giải sóc trăng", "giai soc trang", "giải Cần Thơ", "giai can tho"])
def test_a_province_is_found_by_its_old_and_its_new_name_and_by_its_sites(archive: Archive, query: str) -> None:
    assert keys(archive, query) == {"can-tho", "soc-trang", "cua-tinh"}


def test_an_article_that_only_its_province_brought_is_known_and_no_word_of_the_name_is_marked(archive: Archive) -> None:
    found = {hit.id: hit for hit in search(archive.db, "giải Cần Thơ").hits}
    brought = {key: found[ARTICLES[key].id].by_province for key in ("can-tho", "soc-trang", "cua-tinh")}
    assert brought == {"can-tho": False, "soc-trang": True, "cua-tinh": True}
    marked = {key: found[ARTICLES[key].id].headline.pieces() for key in brought}
    assert marked["cua-tinh"] == [("Giải", True), (" bóng bàn", False)]
    assert ("Cần Thơ", True) in marked["can-tho"]
    assert ("Sóc Trăng", True) in marked["soc-trang"]
    assert not any(hit.by_province for hit in search(archive.db, "giải bóng").hits)


def test_the_province_that_was_typed_comes_first_by_relevance(archive: Archive) -> None:
    hits = search(archive.db, "giải bóng chuyền sóc trăng", by="relevance").hits
    assert [hit.id for hit in hits[:2]] == [ARTICLES["soc-trang"].id, ARTICLES["can-tho"].id]


def test_quotes_take_a_provinces_name_literally(archive: Archive) -> None:
    assert keys(archive, '"Sóc Trăng"') == {"soc-trang"}
    assert keys(archive, '"Sóc trang"') == {"soc-trang"}


@pytest.mark.parametrize(
    "query", ["lanh dao xi nghiepp doi thoai", "lnah dao xi nghiep", "lãnh đạo xí nhgiệp đối thoại", "doi thoi"]
)
def test_by_relevance_a_headline_is_found_though_a_letter_is_wrong(archive: Archive, query: str) -> None:
    found = search(archive.db, query, by="relevance")
    assert found.hits[0].id == ARTICLES["lanh-dao"].id
    assert found.total >= 1
    assert keys(archive, query) == set()


def test_what_is_nearly_meant_passes_the_filters_and_has_no_excluded_word(archive: Archive) -> None:
    assert keys(archive, "lanh dao xi nghiepp", by="relevance", filters=Filters(until="2020")) == {"to-bao"} - {
        "to-bao"
    }
    assert keys(archive, "lanh dao xi nghiepp -giờ", by="relevance") == set()


@pytest.mark.parametrize(
    ("query", "suggested"),
    [
        ("lãnh đạo xí nghiêp", "lãnh đạo xí nghiệp"),
        ("con baoo", "con bao"),
        ("bảo", "bão"),
        ('"bão cơn"', "bão cơn"),
        ("bão zzzzzz", "bão"),
        ("zzzzzz", None),
        ("cơn hoặc tường", "cơn HOẶC tường"),
        ("cơn or tường", "cơn OR tường"),
        ('"bão cơn', "bão cơn"),
        ('"lãnh dạo', '"lãnh đạo"'),
        ("giải bóngg chuyền", "giải bóng chuyền"),
        ('"cơn bão" OR "tờ báo" -mưa -tường', '"cơn bão" OR "tờ báo"'),
        ('"đổ bộ" OR "hằng năm" -mưa', '"đổ bộ" OR "hằng năm"'),
        ("bảo trang:songlam", "bão trang:songlam"),
    ],
)
def test_a_query_that_finds_nothing_has_another_suggested_that_does(
    archive: Archive, query: str, suggested: str | None
) -> None:
    found = search(archive.db, query)
    assert found.total == 0
    assert found.suggestion == suggested
    assert suggested is None or search(archive.db, suggested).total > 0


@pytest.mark.parametrize(
    ("typed", "spelled", "meant"),
    [
        ("dộng", ["đồng", "đông", "động"], "động"),
        ("đở", ["đó", "đỏ", "đỡ"], "đỡ"),
        ("thửong", ["thương", "thường", "thưởng"], "thưởng"),
        ("bạo", ["báo", "bào"], "báo"),
    ],
)
def test_of_several_spellings_the_likest_is_suggested_and_of_equals_the_most_frequent(
    typed: str, spelled: list[str], meant: str
) -> None:
    known = Mock(spellings=Mock(return_value=spelled), count=Mock(return_value=0))
    assert suggest(typed, lambda _: True, known) == meant


def test_what_is_found_needs_no_suggestion(archive: Archive) -> None:
    assert search(archive.db, "bão").suggestion is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("ảnh:đẹp", "bad-filter"),
        ('-tỉnh:"Cao Bằng" bão', "excluded-filter"),
        ("bão năm:2020 năm:2021", "filter-twice"),
        ("năm:2020 từ:6/2020", "filter-twice"),
        ("trang:songlam site:songma", "filter-twice"),
        ("bão từ:xưa", "bad-date"),
        ("bão từ:31/2/2021", "bad-date"),
        ("bão ngày:mai", "bad-date"),
        ("bão năm:xưa", "bad-years"),
        ("bão năm:2021-2019", "bad-years"),
        ("trang:songlan", "unknown-site"),
        ("tỉnh:Sóc", "unknown-province"),
        ("bã*", "short-prefix"),
        ("bão " * 51, "too-many-words"),
        ("bão" * 1000, "too-long"),
        ("x" * 100_000, "too-long"),
    ],
)
def test_a_query_that_means_nothing_is_told(archive: Archive, query: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        search(archive.db, query)
    assert caught.value.code == code
    assert caught.value.told


def test_typed_filters_take_the_place_of_given_ones() -> None:
    typed = typed_filters('bão ảnh:có tácgiả:"Hoàng Lan" 12:30', Filters(author="x", site="songlam"))
    assert typed.words == "bão 12:30"
    assert typed.filters == Filters(author="Hoàng Lan", site="songlam", has_image=True)
    assert typed.written == 'ảnh:có tácgiả:"Hoàng Lan"'


@pytest.mark.parametrize("query", ['hoi nam:2019 tỉnh:"Cao Bằng"', "tác ảnh:có giả:Lan lũ", "bão năm:2019 12:30"])
def test_what_is_left_of_a_query_without_its_filters_holds_none(query: str) -> None:
    typed = typed_filters(query, Filters())
    assert typed_filters(typed.words, typed.filters) == (typed.words, "", typed.filters)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('tác giả:"Hoàng Lan"', Filters(author="Hoàng Lan")),
        ("TAC GIA:Lan", Filters(author="Lan")),
        ('chuyên mục:"Tin tức" từ khóa:lũ', Filters(section="Tin tức", keyword="lũ")),
        ("đăng lại:gộp", Filters(reprints="folded")),
        ("năm:2019", Filters(since="2019", until="2019")),
        ("year:2019-2021", Filters(since="2019", until="2021")),
        ("ngày:không", Filters(has_date=False)),
        ("date:yes", Filters(has_date=True)),
        ("ngày:29/6/2021", Filters(since="29/6/2021", until="29/6/2021")),
    ],
)
def test_filters_are_named_as_people_write_them(typed: str, meant: Filters) -> None:
    read = typed_filters(typed, Filters())
    assert (read.words.strip(), read.written, read.filters) == ("", typed, meant)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ảnh:đẹp", "ảnh: expected có or không, not 'đẹp'"),
        ("image:maybe", "image: expected yes or no, not 'maybe'"),
        (
            "từ:hôm qua",
            "từ: expected a year, month or day such as 2021, 6/2021 or 29/6/2021 (or 2021-06-29), not 'hôm'",
        ),
        ('-tỉnh:"Cao Bằng"', "'-tỉnh:\"Cao Bằng\"': only words can be left out, no filters"),
        ("năm:xưa", "năm: expected a year or two, as in 2019 or 2019-2021, not 'xưa'"),
    ],
)
def test_a_mistake_in_a_filter_is_told_by_the_name_that_was_typed(query: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        typed_filters(query, Filters())
    assert str(caught.value).startswith(said)


def test_a_search_ends_when_its_time_is_over(archive: Archive) -> None:
    with pytest.raises(QueryError) as caught:
        search(archive.db, "bão", seconds=-1)
    assert caught.value.code == "too-slow"


def test_a_progress_handler_ends_a_search_in_words(archive: Archive) -> None:
    archive.db.conn.set_progress_handler(lambda: 1, 1)
    try:
        with pytest.raises(QueryError) as caught:
            search(archive.db, "bão")
    finally:
        archive.db.conn.set_progress_handler(None, 0)
    assert caught.value.code == "too-slow"
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)


def test_hostile_queries_are_answered_or_told(archive: Archive) -> None:
    parts = [
        *(
            '"',
            "'",
            "(",
            ")",
            "*",
            "^",
            ":",
            "-",
            "OR",
            "AND",
            "NOT",
            "NEAR/2",
            "{",
            "}",
            "\0",
            "_",
            "site_songlam",
            "|",
        ),
        *(
            "site:",
            "tỉnh:",
            "ảnh:có",
            "từ:2020",
            "is_article",
            "đoà*",
            "bão",
            "số",
            "LĐLĐ",
            "Cần",
            "Thơ",
            "e\u0302\u0301",
        ),
        *("\U0001f600", "\ud800", "\u202e", "１２", "ﬁ", "ß", "-" * 40, "a" * 300),
    ]
    chance = random.Random(5)  # noqa: S311 - the same strings every time
    for _ in range(1_500):
        query = chance.choice(["", " "]).join(chance.choices(parts, k=chance.randint(1, 10)))
        try:
            found = search(archive.db, query, by=chance.choice(["newest", "relevance"]), facets=True)
        except QueryError as error:
            assert error.code
        else:
            assert found.total >= len(found.hits)


def test_a_text_is_read_in_pieces_as_it_is_as_a_whole() -> None:
    chance = random.Random(6)  # noqa: S311
    letters = [
        "ki",
        "Kỉ",
        "hoà",
        "Đ",
        "-",
        ".",
        " ",
        "\n",
        "\u00a0",
        "\u00ad",
        "\u0301",
        "\u200b",
        "ß",
        "12",
        "_",
        "e\u0302",
    ]
    for _ in range(2_000):
        text = "".join(chance.choices(letters, k=chance.randint(0, 12)))
        assert folded_words(text) == " ".join(words(text))
        assert spelled_words(text) == " ".join(exact or key for key, exact in read(text))
        assert len(folded_words(text).split()) == len(spelled_words(text).split()) == len(list(read(text)))
    assert [token.key for token in tokenise("kỉ niệm")] == ["ky", "niem"]


@pytest.mark.parametrize(
    "query",
    [
        "Quảng Nam:đất lành chim đậu",
        "Việt Nam:2019",
        "hãy làm ngay:không chờ",
        '"bão năm:2020"',
        '"miền Nam:giải phóng"',
    ],
)
def test_words_before_a_colon_and_what_stands_in_quotes_are_no_filters(query: str) -> None:
    typed = typed_filters(query, Filters())
    assert (typed.words, typed.filters) == (query, Filters())
