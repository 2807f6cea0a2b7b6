"""The reading room's pages about what the archive holds: sites, provinces, authors, sections, keywords, figures."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT
from lxml import html
from rooms import Rooms, open_rooms
from sample_archive import add, harvest, open_sample, sample
from sqlite_utils import Database

from archive.completeness import Completeness, Files, Place, completeness
from archive.matching import too_slow
from archive.records import Author
from archive.schema import open_read_only
from archive.surroundings import SiteGraph, site_graph
from archive.web import graph_page, names_page, room, sites_page, subjects_page
from archive.web.alphabet import alphabetical, by_count, first_letter
from archive.web.counts import timeline
from archive.web.pool import TooSlow
from archive.web.templating import STATIC


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Articles of two sites, one province; one author on both, one article undated."""
    home = tmp_path_factory.mktemp("lists")
    archive = open_sample(home / "archive.db")
    archive.register_site(
        "soctrang",
        "Công đoàn Sóc Trăng",
        "Liên đoàn Lao động tỉnh Sóc Trăng",
        "union",
        "Sóc Trăng",
        "nukeviet",
        "http://soctrang.example/",
    )
    anh, unit = Author("Phương Anh", None, "author"), Author(None, "Ban Tuyên giáo", "author")
    add(
        archive,
        harvest(
            sample(
                "cau",
                "Cầu mới qua sông",
                date_published="2024-07-20T08:15:00+07:00",
                authors=[anh, unit],
                section=["Tin tức", "Giao thông"],
                keywords=["cầu"],
            )
        ),
        harvest(
            sample("gao", "Trao gạo", date_published="2022-03-19T07:00:00+07:00", authors=[anh], section=["Tin tức"])
        ),
        harvest(sample("la", "Bài không ngày", authors=[Author("Đỗ <b>Lạ</b>/x?#", None, "author")])),
    )
    add(
        archive,
        harvest(sample("dai", "Sóng", site="ptsonglam", date_published="2022-03-02T03:04:00+07:00", authors=[anh])),
        site="ptsonglam",
    )
    archive.close()
    made = open_rooms(home)
    yield made
    made.room.readers.close()


def page(rooms: Rooms, address: str, status: int = 200) -> Any:
    answer = rooms.page.get(address)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


PATHS = [
    "/trang",
    "/trang/songlam",
    "/trang/soctrang",
    "/trang/songlam/day-du",
    "/tinh",
    "/tac-gia",
    "/tac-gia?chu=P",
    "/tac-gia/Phương Anh",
    "/chuyen-muc",
    "/tu-khoa",
    "/so-lieu",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_whole_in_both_languages(rooms: Rooms, path: str, language: str) -> None:
    tree = page(rooms, path if language == "vi" else f"/en{path}")
    assert tree.get("lang") == language
    assert len(tree.findall(".//h1")) == 1
    assert not tree.xpath("//@style | //@*[starts-with(name(), 'on')] | //script[not(@src)]")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(tree.xpath("//@aria-labelledby | //@aria-describedby | //label/@for")) <= set(ids)
    inside = [one for one in tree.xpath("//main//a/@href") if one.startswith("/")]
    assert all(one.startswith("/en") for one in inside) == (language == "en") or not inside


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(rooms: Rooms, path: str) -> None:
    for address in {one for one in page(rooms, path).xpath("//main//a/@href") if one.startswith("/")}:
        assert rooms.page.get(address).status_code == 200, address


def test_a_site_tells_its_province_of_today_and_how_much_is_archived(rooms: Rooms) -> None:
    text = words(page(rooms, "/trang/soctrang"))
    assert "Sóc Trăng (đến ngày 30 tháng 6 năm 2025)" in text
    assert "Cần Thơ (từ ngày 1 tháng 7 năm 2025)" in text
    assert "Chưa thu thập lần nào" in text
    assert "Chưa có bài nào rõ ngày đăng" in text
    text = words(page(rooms, "/trang/songlam"))
    assert "20/7/2024" in text
    assert "đã duyệt hết" in text
    assert "Không kể 1 bài không rõ ngày đăng" in text


def test_the_table_of_a_chart_has_the_numbers_of_its_bars(rooms: Rooms) -> None:
    chart, table = page(rooms, "/trang/songlam").xpath(
        "//figure[starts-with(@class, 'chart')] | //details[@class='figures']//table"
    )
    assert len(chart.xpath(".//rect")) == 2
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in table.xpath(".//tbody/tr")}
    assert rows["2024"] == ["–"] * 6 + ["1"] + ["–"] * 5 + ["1"]
    assert rows["2022"][2] == "1"
    assert table.xpath(".//a/@href")[0] == "/tim?nguon=songlam&tu=2024-07&den=2024-07"


def test_a_site_that_takes_long_to_compare_is_compared_aside(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(db: Database, site: str) -> Completeness:
        go_on.wait(20)
        return completeness(db, site)

    monkeypatch.setattr(sites_page, "completeness", slow)
    monkeypatch.setattr(sites_page, "_SECONDS", 0.01)
    monkeypatch.setattr(sites_page, "_ASIDE_SECONDS", 0.01)
    rooms.room._beside.clear()
    assert "Đang so sánh trang nguồn với kho" in words(page(rooms, "/trang/ptsonglam"))
    assert "Xin mở lại sau ít phút" in words(page(rooms, "/trang/ptsonglam/day-du", 503))
    go_on.set()
    assert rooms.room._beside["completeness of ptsonglam"].done.wait(20)
    assert "Còn thiếu" in words(page(rooms, "/trang/ptsonglam/day-du"))
    assert "Đang so sánh" not in words(page(rooms, "/trang/ptsonglam"))


@pytest.mark.parametrize("path", ["/trang/songlam", "/tac-gia/Phương Anh"])
def test_a_page_whose_articles_take_too_long_to_find_says_so(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def slow(*_: object, **__: object) -> None:
        raise too_slow()

    for where in (sites_page, names_page):
        monkeypatch.setattr(where, "search", slow)
    assert "Lượt tìm này cần quá nhiều thời gian" in words(page(rooms, path, 503))


def test_two_readers_wait_for_a_slow_count_and_others_are_told_that_it_goes_on(rooms: Rooms) -> None:
    go_on, both_wait = threading.Event(), threading.Barrier(3)
    found = []

    def reader() -> None:
        with closing(open_read_only(rooms.room.archive)) as db:
            both_wait.wait(20)
            found.append(rooms.room.counted_beside("slow", db, lambda _: go_on.wait(20), 20))

    readers = [threading.Thread(target=reader) for _ in range(2)]
    for one in readers:
        one.start()
    both_wait.wait(20)
    with closing(open_read_only(rooms.room.archive)) as db:
        while rooms.room._waiting._value:  # type: ignore[attr-defined]
            time.sleep(0.01)
        assert rooms.room.counted_beside("slow", db, lambda _: go_on.wait(20), 20) is None
    go_on.set()
    for one in readers:
        one.join()
    assert found == [True, True]


def test_a_count_that_fails_is_told_and_begun_again(rooms: Rooms) -> None:
    def fails(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    rooms.room._beside.clear()
    with closing(open_read_only(rooms.room.archive)) as db:
        for _ in range(2):
            with pytest.raises(sqlite3.DatabaseError):
                rooms.room.counted_beside("x", db, fails, 20)
        assert rooms.room.counted_beside("x", db, lambda _: 1, 20) == 1
        assert rooms.room.counted_beside("x", db, lambda _: 2, 20) == 1, "nothing was written since"


def test_counts_that_take_longer_than_a_page_may_are_there_when_the_reader_comes_back(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(_: Database) -> int:
        go_on.wait(20)
        return 7

    monkeypatch.setattr(room, "_PATIENCE", 0.001)
    with closing(open_read_only(rooms.room.archive)) as db:
        with pytest.raises(TooSlow):
            rooms.room.remembered("slow", db, slow)
        go_on.set()
        assert rooms.room._beside["slow"].done.wait(20)
        assert rooms.room.remembered("slow", db, slow) == 7


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """What to call for a day to pass."""
    passed = [time.monotonic()]
    monkeypatch.setattr(room, "time", SimpleNamespace(monotonic=lambda: passed[0]))

    def pass_by() -> None:
        passed[0] += 86_400

    yield pass_by


def test_what_a_crawl_found_and_did_not_get_is_missing_though_no_article_changed(
    tmp_path: Path, tomorrow: Callable[[], None]
) -> None:
    archive = open_sample(tmp_path / "archive.db")
    rooms = open_rooms(tmp_path)
    assert "Trang nguồn cho thấy 0 bài" in words(page(rooms, "/trang/songlam/day-du"))
    one = {"site": "songlam", "url": "http://songlam.example/moi", "role": "article", "article": "songlam-moimoimoimoi"}
    numbers = dict.fromkeys(("priority", "steps", "failures", "distrust", "not_modified"), 0)
    archive.db.table("urls").insert(one | numbers | {"state": "pending"})
    archive.close()
    tomorrow()
    assert "Trang nguồn cho thấy 1 bài; kho giữ 0 bài" in words(page(rooms, "/trang/songlam/day-du"))
    rooms.room.readers.close()


def test_why_a_crawl_ended_early_is_told_in_the_readers_language(tmp_path: Path) -> None:
    archive = open_sample(tmp_path / "archive.db")
    add(archive, reason="robots.txt unreachable: http://songlam.example/robots.txt: HTTP status 500")
    archive.close()
    rooms = open_rooms(tmp_path)
    told = "dừng sớm: không lấy được http://songlam.example/robots.txt: máy chủ trả lời mã 500."
    assert told in words(page(rooms, "/trang/songlam"))
    rooms.room.readers.close()


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("https://Luutru.example:443/", "https://luutru.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://luutru.example:443", "http://luutru.example:443"),
    ],
)
def test_an_origin_has_one_spelling(typed: str, known: str) -> None:
    assert room.origin(typed) == known


def test_what_is_not_there_is_told(rooms: Rooms) -> None:
    for path in ("/trang/khongco", "/trang/khongco/day-du", "/tac-gia/Không Ai Cả", "/tac-gia/%3F!", "/tac-gia?chu=ZZ"):
        assert words(page(rooms, path, 404).find(".//h1"))
    assert rooms.page.get("/tac-gia?chu=P&trang=9").status_code == 400


def test_provinces_are_34_and_tell_what_they_were_made_of(rooms: Rooms) -> None:
    listed = page(rooms, "/tinh")
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in listed.xpath("//tbody/tr")}
    others = [words(one) for one in listed.xpath("//section[@aria-labelledby='others']//li")]
    assert len(rows) + len(others) == 34
    assert rows["Cần Thơ"] == ["Cần Thơ, Hậu Giang, Sóc Trăng", "Công đoàn Sóc Trăng (Sóc Trăng)", "0"]
    assert rows["Nghệ An"][0] == "giữ nguyên"
    assert rows["Nghệ An"][2] == "4"
    assert others[:3] == ["An Giang (Kiên Giang)", "Bắc Ninh (Bắc Giang)", "Cà Mau (Bạc Liêu)"]
    assert others.index("Cao Bằng") < others.index("Đà Nẵng (Quảng Nam)") < others.index("Hà Nội")


def test_names_are_listed_by_letter_and_by_how_often_bylines_have_them(rooms: Rooms) -> None:
    first = page(rooms, "/tac-gia")
    assert words(first.xpath("//ul[@class='columns']/li")[0]) == "Phương Anh 3"
    assert "Trùng tên chưa chắc là cùng một người" in words(first)
    assert [words(one) for one in first.xpath("//nav[@class='letters']//a")][1:] == ["B", "Đ", "P"]
    assert words(page(rooms, "/tac-gia?chu=đ").xpath("//ul[@class='columns']")[0]) == "Đỗ <b>Lạ</b>/x?# 1"


def test_names_stand_in_the_order_of_the_vietnamese_alphabet() -> None:
    ordered = [
        "An",
        "Ăn",
        "Ân",
        "Ba",
        "Bà",
        "Bả",
        "Bã",
        "Bá",
        "Bạ",
        "Ba Đình",
        "Bà Rịa",
        "Dung",
        "Đa",
        "Ô",
        "Ơ",
        "Ư",
        "Y",
    ]
    shuffled = ordered[::2] + ordered[1::2]
    assert sorted(shuffled, key=alphabetical) == ordered
    assert [first_letter(name) for name in ("ấn", "Đỗ", "Ứng", "zoom", "3 sao", "Ярослав", "")] == [
        *("Â", "Đ", "Ư", "Z"),
        *(None, None, None),
    ]


def test_a_long_list_of_names_has_pages(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_page, "_MOST_NAMES", 2)
    rooms.room._beside.clear()
    assert [words(one) for one in page(rooms, "/tac-gia").xpath("//nav[@class='letters']//a")][1:] == ["B", "P"]
    rooms.room._beside.clear()


def test_an_author_page_goes_by_the_name_and_counts_years_and_sites(rooms: Rooms) -> None:
    text = words(page(rooms, "/tac-gia/Phương Anh"))
    assert "Được ghi tên trong 3 tin bài. Tên này có trên 2 trang nguồn." in text
    assert "Trang này gom theo tên, không theo người" in text
    assert re.search(r"Theo năm 2024 1 2022 2", text)


def test_sections_are_counted_by_site_and_together(rooms: Rooms) -> None:
    lists = [words(one) for one in page(rooms, "/chuyen-muc").xpath("//ul[@class='columns']")]
    assert lists == ["Tin tức 2 Giao thông 1"] * 2


def test_counts_that_stop_say_so(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects_page, "NEWEST", 1)
    rooms.room._beside.clear()
    assert "Chỉ đếm 1 tin bài mới nhất." in words(page(rooms, "/chuyen-muc"))
    rooms.room._beside.clear()


def test_keywords_are_as_printed(rooms: Rooms) -> None:
    assert words(page(rooms, "/tu-khoa").xpath("//ul[@class='columns']")[0]) == "cầu 1"


def test_what_occurs_as_often_stands_in_the_order_of_the_alphabet() -> None:
    counts = [("Hội Chữ thập đỏ", 2), ("vé xe", 2), ("đối thoại", 2), ("an toàn giao thông", 2), ("lũ", 3)]
    assert [name for name, _ in by_count(counts)] == [
        *("lũ", "an toàn giao thông", "đối thoại", "Hội Chữ thập đỏ", "vé xe"),
    ]


def test_a_front_page_is_called_so_among_the_places_that_list_articles(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [Place("section", f"http://soctrang.example/{path}", 1, 1, [], 3, 3, None) for path in ("", "tin")]
    whole = Completeness("soctrang", None, 3, 3, [], [], places, Files(0, [], {}))
    monkeypatch.setattr(sites_page, "_completeness", lambda *_: whole)
    kinds = [words(row) for row in page(rooms, "/trang/soctrang/day-du").xpath("//tbody/tr/th")]
    assert kinds == ["Trang chủhttp://soctrang.example/", "Chuyên mụchttp://soctrang.example/tin"]


def test_figures_count_what_the_export_of_them_counts(rooms: Rooms) -> None:
    text = words(page(rooms, "/so-lieu"))
    assert "4 tin bài 3 trang nguồn" in text
    rows = list(csv.reader(io.StringIO(rooms.page.get("/so-lieu.csv").content.decode("utf-8-sig"))))
    assert rows == [
        ["site", "month", "articles"],
        ["ptsonglam", "2022-03", "1"],
        ["songlam", "", "1"],
        ["songlam", "2022-03", "1"],
        ["songlam", "2024-07", "1"],
    ]


def test_links_that_take_too_long_to_count_are_counted_beside(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(db: Database) -> SiteGraph:
        go_on.wait(20)
        return site_graph(db)

    monkeypatch.setattr(graph_page, "site_graph", slow)
    monkeypatch.setattr(graph_page, "_SECONDS", 0.01)
    rooms.room._beside.clear()
    assert "đang được đếm riêng" in words(page(rooms, "/do-thi"))
    go_on.set()
    assert rooms.room._beside["graph of sites"].done.wait(20)
    assert len(page(rooms, "/do-thi").xpath("//tr[@data-node]")) == 3


def test_the_drawing_library_is_the_file_that_the_choices_name() -> None:
    digest = hashlib.sha256((STATIC / "cytoscape.min.js").read_bytes()).hexdigest()
    assert f"sha256 `{digest}`" in (ROOT / "docs" / "choices.md").read_text(encoding="utf-8")


def test_the_faces_are_the_files_that_the_choices_name_and_have_every_vietnamese_letter() -> None:
    told = (ROOT / "docs" / "choices.md").read_text(encoding="utf-8")
    for file in (STATIC / "fonts").glob("*.woff2"):
        assert hashlib.sha256(file.read_bytes()).hexdigest()[:16] in told, file.name
    faces = re.findall(r"@font-face \{(.*?)\}", (STATIC / "room.css").read_text(encoding="utf-8"))
    assert {re.findall(r'fonts/([^?"]+)', face)[0] for face in faces} == {
        file.name for file in (STATIC / "fonts").glob("*.woff2")
    }
    spans = [
        (int(first, 16), int(last or first, 16))
        for face in faces
        for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face)
    ]
    letters = {letter for word in ("ăâđêôơư", *VOWELS) for letter in word + word.upper()}
    assert [one for one in letters if not any(first <= ord(one) <= last for first, last in spans)] == []


VOWELS = ("àảãáạ", "ằẳẵắặ", "ầẩẫấậ", "èẻẽéẹ", "ềểễếệ", "ìỉĩíị", "òỏõóọ", "ồổỗốộ", "ờởỡớợ", "ùủũúụ", "ừửữứự", "ỳỷỹýỵ")


def test_a_year_that_an_error_named_does_not_stretch_a_chart() -> None:
    assert [year.year for year in timeline({"0021-06": 1, "2021-06": 2}).years] == ["0021", "2021"]
    assert len(timeline({"2001-06": 1, "2021-06": 2}).years) == 21


def test_labels_stand_at_equal_distances() -> None:
    for first in range(1990, 2021):
        line = timeline({f"{first}-01": 1, "2021-12": 2})
        assert len(line.years) == len(line.labels) * line.every or len(line.years) == 1
        assert len(line.labels) <= 12
        assert line.span == (str(first), "2021")
        assert line.last == "2021-12"
