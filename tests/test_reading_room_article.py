"""An article's page in the reading room: the evidence it tells, its versions, and text that tries to do harm."""

from __future__ import annotations

import html
import re
from contextlib import closing
from pathlib import Path

import pytest
from rooms import (
    ATTACK,
    BRIDGE,
    COPY,
    GONE,
    HANDLER,
    OTHER,
    PARAGRAPHS,
    SCRIPT,
    Filled,
    Rooms,
    copy,
    open_rooms,
    reading_room,
    second,
)
from sample_archive import add, harvest, open_sample, sample
from test_reading_room import faults_of

from archive.conclude import conclude
from archive.correcting import correct, signed
from archive.givenvalues import read_authors, read_line
from archive.records import Author
from archive.web.dates import date_in_words, short_date
from archive.web.templating import web_address

__all__ = ["reading_room"]


def read(rooms: Rooms, address: str) -> str:
    """What a page says, without its markup, on one line."""
    answer = rooms.page.get(address)
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") : answer.text.index("</main")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main)))


def test_an_article_is_shown_with_its_whole_text_and_its_permanent_address(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{BRIDGE}")
    assert all(text in said for text in PARAGRAPHS)
    assert f"http://127.0.0.1:8000/bai/{BRIDGE}" in said
    assert f"http://127.0.0.1:8000/bai/{BRIDGE}" in read(reading_room, f"/en/bai/{BRIDGE}")


def test_a_date_is_told_with_how_exact_it_is_and_what_proves_it(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{BRIDGE}")
    assert "9 giờ 30 phút, ngày 20 tháng 7 năm 2024. Chính xác đến phút." in said
    assert "Căn cứ: ngày in trên chính trang của bài. Nguyên văn: “20/07/2024 09:30”." in said
    assert "“32/13/2024” không được dùng không đọc được thành ngày tháng" in said
    said = read(reading_room, f"/en/bai/{BRIDGE}")
    assert "20 July 2024, 09:30. Exact to the minute. By what the article’s own page prints." in said
    assert "not used not read as a date" in said


def test_an_undated_article_is_not_given_a_date(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{GONE}")
    assert "Không rõ ngày đăng. Không có gì trong kho chứng minh được ngày đăng" in said
    assert "“01/01/2026” không được dùng muộn hơn lần chụp đầu tiên của bài" in said


def test_an_article_that_is_gone_says_so_and_keeps_its_text(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{GONE}")
    assert "Trang nguồn không còn đăng bài này; nhận thấy lúc 8 giờ 00 phút, ngày 1 tháng 9 năm 2024." in said
    assert "Lý do ghi nhận: máy chủ trả lời mã 404 (không tìm thấy trang)" in said
    assert "Nội dung ngắn." in said


def test_a_copy_names_the_first_and_the_first_names_its_copies(reading_room: Rooms) -> None:
    page = reading_room.page.get(f"/bai/{COPY}").text
    assert "Bài này là bản đăng lại của:" in page
    assert f'href="/bai/{BRIDGE}"' in page
    assert "giống nhau từng chữ" in read(reading_room, f"/bai/{BRIDGE}")
    assert f'href="/bai/{COPY}"' in reading_room.page.get(f"/bai/{BRIDGE}").text


def test_pictures_come_from_the_archive_or_are_only_named(reading_room: Rooms) -> None:
    page = reading_room.page.get(f"/bai/{BRIDGE}").text
    picture = reading_room.record("cau.png")
    assert re.findall(r'<img src="([^"]*)"', page)[1:] == [f"/hinh/{picture}"]  # the first is the room's own seal
    assert f'href="/tai-ve/{reading_room.record("doc.svg")}"' in page
    assert "Hình này chưa được lưu. Địa chỉ gốc: http://songlam.example/anh/chua-luu.jpg" in read(
        reading_room, f"/bai/{BRIDGE}"
    )


def test_links_lead_to_what_is_archived_and_tell_what_is_not(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{BRIDGE}")
    assert "Bài chưa có 6/2021 chưa có trong kho" in said
    assert "Một tựa không có liên kết chưa có trong kho trang báo in không kèm liên kết" in said


def test_a_correction_is_shown_with_who_why_and_what_it_replaces(reading_room: Rooms) -> None:
    said = read(reading_room, f"/bai/{OTHER}")
    assert "Ngày 10 tháng 7 năm 2024. Chính xác đến ngày" in said.replace("ngày 10", "Ngày 10")
    assert "Căn cứ: đính chính của lưu trữ viên" in said
    assert "Lưu trữ viên đã đính chính bài này: ngày đăng, dòng ký tên." in said
    assert "Nguyễn Thị Lưu, 9 giờ 00 phút, ngày 1 tháng 10 năm 2024: Bản in ngày 22/7/2024 ghi vậy." in said
    assert "Dòng ký tên · đã được thay bằng đính chính sau Đính chính thành <script>" in said


def test_two_versions_stand_side_by_side_with_what_differs_marked(reading_room: Rooms) -> None:
    page = reading_room.page.get(f"/bai/{BRIDGE}/ban-sua?tu=1&den=2").text
    assert "Cầu mới ở xã Thanh Hòa <del>sắp</del> thông xe" in page
    assert "Cầu mới ở xã Thanh Hòa <ins>đã</ins> thông xe" in page
    assert "… 1 đoạn giống nhau" in page
    assert '<p lang="vi">Lê Thị Hà, tác giả</p>' in page
    assert '<p lang="vi">Lê Thị Hà<ins> (Liên đoàn Lao động tỉnh)</ins>, tác giả<ins>; ' in page
    other_way = reading_room.page.get(f"/bai/{BRIDGE}/ban-sua?tu=2&den=1").text
    assert "Cầu mới ở xã Thanh Hòa <ins>sắp</ins> thông xe" in other_way
    assert "không khác nhau" in reading_room.page.get(f"/bai/{BRIDGE}/ban-sua?tu=1&den=1").text


@pytest.mark.parametrize(("query", "status"), [("tu=3", 404), ("tu=x", 400), ("tu=-1", 400), ("den=99999999999", 400)])
def test_a_version_that_is_not_there_is_told(reading_room: Rooms, query: str, status: int) -> None:
    answer = reading_room.page.get(f"/bai/{BRIDGE}/ban-sua?{query}")
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert faults_of(answer.text) == []


@pytest.mark.parametrize(
    "id", ["khong-co", "a" * 5000, "%00", "%0a", "%ff", "..%2f..%2fetc", "' OR 1=1 --", "😀", SCRIPT, "bai_%25"]
)
def test_an_id_that_means_nothing_gets_a_page_that_says_so(reading_room: Rooms, id: str) -> None:
    for page in ("", "/ban-sua"):
        answer = reading_room.page.get(f"/bai/{id}{page}")
        assert answer.status_code == 404
        assert faults_of(answer.text) == []


@pytest.mark.parametrize("page", ["", "/ban-sua"])
def test_hostile_text_stays_text(reading_room: Rooms, page: str) -> None:
    answer = reading_room.page.get(f"/bai/{ATTACK}{page}")
    assert answer.status_code == 200
    assert faults_of(answer.text) == []
    assert "javascript:" not in re.sub(r">[^<]*<", "><", answer.text)
    if not page:
        assert html.escape(SCRIPT, quote=False) in answer.text.replace("&#39;", "'").replace("&#34;", '"')
        assert HANDLER in html.unescape(answer.text)
        assert "{{ 7 * 7 }}" in answer.text


@pytest.mark.parametrize(
    ("address", "may_be_a_link"),
    [
        ("http://songlam.example/a", True),
        ("https://songlam.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example/", False),
        ("/bai/x", False),
        ("http://[", False),
        ("http:x", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address: str | None, may_be_a_link: bool) -> None:
    assert (web_address(address) is not None) is may_be_a_link


@pytest.mark.parametrize(
    ("precision", "vietnamese", "english", "short"),
    [
        ("month", "tháng 6 năm 2021", "June 2021", "6/2021"),
        ("day", "ngày 5 tháng 6 năm 2021", "5 June 2021", "5/6/2021"),
        ("hour", "9 giờ, ngày 5 tháng 6 năm 2021", "5 June 2021, 09h", "5/6/2021"),
        ("minute", "9 giờ 04 phút, ngày 5 tháng 6 năm 2021", "5 June 2021, 09:04", "5/6/2021"),
        ("second", "9 giờ 04 phút 07 giây, ngày 5 tháng 6 năm 2021", "5 June 2021, 09:04:07", "5/6/2021"),
    ],
)
def test_a_date_is_written_no_more_exactly_than_it_is_known(
    precision: str, vietnamese: str, english: str, short: str
) -> None:
    date = "2021-06-05T09:04:07+07:00"
    assert date_in_words("vi", date, precision) == vietnamese
    assert date_in_words("en", date, precision) == english
    assert short_date("vi", date, precision) == short


def test_a_day_is_no_midnight_and_a_month_no_first_day(tmp_path: Path) -> None:
    month = {"date_precision": "month", "date_evidence": "page", "date_published_raw": "5/2024"}
    text = "Công đoàn cơ sở tổ chức ngày hội đọc sách cho con em công nhân ở bến sông, có trò chơi dân gian. " * 3
    with closing(open_sample(tmp_path / "archive.db")) as archive:
        later = sample("sau", "Ngày hội", text, date_published="2024-06-02T00:00:00+07:00", date_precision="day")
        later.date_evidence, later.date_published_raw = "page", "2/6/2024"
        first = sample("dau", "Ngày hội", text, date_published="2024-05-01T00:00:00+07:00", **month)
        add(archive, harvest(first), harvest(later))
        conclude(archive)
    rooms = open_rooms(tmp_path)
    page = rooms.page.get(f"/bai/{later.id}").text
    assert '<time datetime="2024-06-02">ngày 2 tháng 6 năm 2024</time>' in page
    assert '<time datetime="2024-05">5/2024</time>' in page, "of the copy"
    assert '<time datetime="2024-05">tháng 5 năm 2024</time>' in rooms.page.get(f"/bai/{first.id}").text
    rooms.room.readers.close()


def test_an_id_that_is_no_articles_is_named_in_part_however_long_it_is(reading_room: Rooms) -> None:
    answer = reading_room.page.get(f"/bai/{'x' * 3000}")
    assert answer.status_code == 404
    assert "x" * 80 in answer.text[answer.text.index("<main") :]
    assert "x" * 81 not in answer.text[answer.text.index("<main") : answer.text.index("</main")]


def test_a_corrected_headline_stands_wherever_the_article_is_named(tmp_path: Path) -> None:
    filled = Filled(tmp_path)
    at = "2024-07-20T10:00:00+07:00"
    filled.keep("/tin-tuc/cau-moi.html", b"<p>cau</p>", at, "text/html", "article", second())
    add(filled.archive, harvest(copy(), "2024-07-23T07:00:00+07:00"), site="ptsonglam")
    said = signed("Nguyễn Thị Lưu", "Bản in ghi vậy.", "2024-10-01T09:00:00+07:00")
    correct(filled.archive.db, BRIDGE, {"headline": read_line("Thông xe cầu Thanh Hòa", "headline")}, said)
    conclude(filled.archive)
    filled.close()
    rooms = open_rooms(tmp_path)
    named = f'<a href="/bai/{BRIDGE}" lang="vi">Thông xe cầu Thanh Hòa</a>'
    for address in (f"/bai/{COPY}", f"/ban-chup/{rooms.record('cau-moi.html')}"):
        page = rooms.page.get(address).text
        assert named in page
        assert "đã thông xe" not in page
    rooms.room.readers.close()


def test_corrected_authors_stand_under_the_headline_and_are_told_in_words(tmp_path: Path) -> None:
    by = sample("cau", "Cầu mới", byline="Lê Thị Hà - Bùi Văn Hải", authors=[Author("Lê Thị Hà", None, "author")])
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(by))
        said = signed("Nguyễn Thị Lưu", "Tác giả báo lại.", "2024-10-01T09:00:00+07:00")
        correct(archive.db, by.id, {"authors": read_authors(["Trần Mơ:photographer:Đài Sông Lam"])}, said)
    rooms = open_rooms(tmp_path)
    page = rooms.page.get(f"/bai/{by.id}").text
    rooms.room.readers.close()
    dateline = re.search(r'<p class="dateline dotted">.*?</p>', page, re.DOTALL)
    assert dateline
    assert '<span lang="vi">Trần Mơ</span>' in dateline[0]
    assert '<dd lang="vi">Trần Mơ (Đài Sông Lam), ảnh</dd>' in page
    assert '<dd lang="vi">Lê Thị Hà, tác giả</dd>' in page
    assert "photographer" not in page


def test_a_date_that_is_printed_beside_a_link_is_told_as_exactly_as_it_is(reading_room: Rooms) -> None:
    assert '<time datetime="2021-06">6/2021</time>' in reading_room.page.get(f"/bai/{BRIDGE}").text


def test_an_id_with_a_slip_leads_to_the_article_that_is_most_like_it(reading_room: Rooms) -> None:
    answer = reading_room.page.get(f"/bai/{BRIDGE[:-1]}")
    assert answer.status_code == 404
    assert f'<a class="mono" href="/bai/{BRIDGE}">' in answer.text
    assert "nearest" not in answer.text
    assert f'href="/en/bai/{BRIDGE}"' in reading_room.page.get(f"/en/bai/{BRIDGE[:-1]}").text
