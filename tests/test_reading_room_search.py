"""The search of the reading room: what it finds, counts and says of mistakes, and that nothing typed harms it."""

from __future__ import annotations

import html
import re

import pytest
from rooms import ADDRESS, ATTACK, BRIDGE, GONE, OTHERS, Rooms, reading_room
from test_reading_room import faults_of

__all__ = ["reading_room"]


def test_the_entrance_tells_what_there_is(reading_room: Rooms) -> None:
    page = reading_room.page.get("/").text
    assert f"Kho đang giữ {OTHERS + 4} tin bài của 2 trang nguồn." in page
    assert re.search(r'>2023</span>\s*<span class="count">12<', page)
    assert "Liên đoàn Lao động tỉnh Sông Lam" in page


def test_hits_show_what_matched_as_it_was_printed(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=thanh+hoa+song+lam").text
    assert f'<a href="/bai/{BRIDGE}" lang="vi">' in page
    assert "<mark>sông Lam</mark>" in page
    assert "<mark>Thanh Hòa</mark>" in page


def test_pages_of_hits_follow_each_other(reading_room: Rooms) -> None:
    seen: list[str] = []
    for number in (1, 2, 3):
        page = reading_room.page.get(f"/tim?q=%22ng%C3%A0y+h%E1%BB%99i%22&trang={number}").text
        seen += re.findall(r'<h3><a href="/bai/([a-z0-9-]+)"', page)
        assert f'aria-current="page" aria-label="Trang {number}"' in page
    assert len(seen) == len(set(seen)) == OTHERS
    behind = reading_room.page.get("/tim?q=%22ng%C3%A0y+h%E1%BB%99i%22&trang=9").text
    assert "Kết quả chỉ có 3 trang." in behind
    assert "trang=3" in behind
    assert "trang=8" not in behind, "the page before it is empty too"


def test_facets_count_what_was_found_and_narrow_it(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=ngay+hoi").text
    narrower = re.search(
        r'href="(/tim\?q=ngay\+hoi&amp;muc=Ho%E1%BA%A1t[^"]*)"><span>Hoạt động</span> <span class="count">(\d+)', page
    )
    assert narrower
    found = reading_room.page.get(narrower[1].replace("&amp;", "&")).text
    assert f"{narrower[2]} tin bài" in found
    assert 'aria-label="Bỏ điều kiện “Chuyên mục: Hoạt động”"' in found


def test_a_year_opens_into_its_months(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=ngay+hoi&tu=2023&den=2023").text
    months = re.findall(r'>(\d+)<span class="hidden">/2023</span></span>\s*<span class="count">1<', page)
    assert months == [str(month) for month in range(1, 13)]
    month = reading_room.page.get("/tim?q=ngay+hoi&tu=2023-05&den=2023-05").text
    assert "1 tin bài" in month


@pytest.mark.parametrize("typed", ["29/6/2021", "2021-06-29", "29.6.2021"])
def test_dates_may_be_typed_as_in_vietnam(reading_room: Rooms, typed: str) -> None:
    assert reading_room.page.get(f"/tim?q=ngay&tu={typed}").status_code == 200
    assert f'name="tu" value="{typed}"' in reading_room.page.get(f"/tim?q=ngay&tu={typed}").text


def test_a_date_among_the_words_is_typed_as_in_its_field(reading_room: Rooms) -> None:
    for typed, given in (
        ("từ:1/10/2023", "tu=1/10/2023"),
        ("đến:6/2023", "den=6/2023"),
        ("năm:2023", "tu=2023&den=2023"),
    ):
        found = [
            reading_room.page.get(f"/tim.json?q=ngay+hoi{query}").json()["total"]
            for query in (f"+{typed}", f"&{given}")
        ]
        assert 0 < found[0] == found[1] < OTHERS


def test_undated_articles_are_counted_beside_the_timeline_and_found(reading_room: Rooms) -> None:
    found = reading_room.page.get("/tim.json?ngay=khong").json()
    assert GONE in [hit["id"] for hit in found["hits"]]
    assert {hit["date_published"] for hit in found["hits"]} == {None}
    told = f"Không kể {found['total']} bài không rõ ngày đăng."
    for path in ("/", "/so-lieu"):
        page = reading_room.page.get(path).text
        assert told in page
        assert 'href="/tim?ngay=khong"' in page
    page = reading_room.page.get("/tim?nguon=songlam&tu-khoa=&q=ngay").text
    assert 'href="/tim?q=ngay&amp;nguon=songlam&amp;ngay=khong"' in page
    assert 'aria-label="Bỏ điều kiện “Ngày đăng: không rõ ngày”"' in reading_room.page.get("/tim?ngay=khong").text


def test_an_excerpt_of_keywords_says_so_and_keeps_them_apart(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=%22c%E1%BA%A7u+d%C3%A2n+sinh%22").text
    assert '<span class="meta">Từ khóa:</span> <mark>cầu dân sinh</mark>, sông Lam</p>' in page


def test_a_hit_that_only_its_province_brought_says_so(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=Ngh%E1%BB%87+An").text
    assert "<span>khớp theo tỉnh</span>" in page
    assert "“Khớp theo tỉnh” là bài của trang nguồn ở tỉnh đã gõ" in page
    assert "<mark>an</mark>" not in page.lower()
    assert "Khớp theo tỉnh" not in reading_room.page.get("/tim?q=ngay+hoi").text


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("hội năm:2024", "q=hội&tu=2024&den=2024"),
        ("hội từ:3/2024 đến:2025", "q=hội&tu=3/2024&den=2025"),
        ('hội tác giả:"Lê Thị Hà" ảnh:có', "q=hội&tac-gia=Lê Thị Hà&hinh=co"),
        ("ngày:không", "ngay=khong"),
        ('hội loại:"công đoàn"', "q=hội&loai=union"),
        ("hội&loai=Công đoàn", "q=hội&loai=union"),
        ("trang:songlam hội đăng lại:gộp", "q=hội&nguon=songlam&ban-sao=gop"),
        ("hội năm:2024&nguon=songlam&xep=hop", "q=hội&nguon=songlam&tu=2024&den=2024&xep=hop"),
        ("hội năm:2024&tu=2019", "q=hội&tu=2024&den=2024"),
        ("hoi nam:2024 ảnh:có", "q=hoi&tu=2024&den=2024&hinh=co"),
        ('tác ảnh:có giả:"Lê Thị Hà"', "tac-gia=Lê Thị Hà&hinh=co"),
    ],
)
def test_a_filter_that_is_typed_stands_in_its_field_and_every_link_keeps_it_there(
    reading_room: Rooms, typed: str, fields: str
) -> None:
    pages = [reading_room.page.get(f"/tim?{query}").text for query in (f"q={typed}", fields)]
    mains = [page[page.index("<main") : page.index("</main>")] for page in pages]
    assert mains[0] == mains[1]
    assert all(
        f'value="{meant}" selected' in mains[0] for meant in re.findall("(?:nguon|loai|hinh|ngay)=(\\w+)", fields)
    )
    answers = [reading_room.page.get(f"/tim.json?{query}").json() for query in (f"q={typed}", fields)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("query", ["q=hội&trang=abc", "q=hội&trang=700", "q=" + "x" * 2001, "tinh=Atlantis", "q=-"])
def test_a_program_is_told_as_json_what_is_wrong(reading_room: Rooms, query: str) -> None:
    answer = reading_room.page.get(f"/tim.json?{query}")
    assert answer.status_code == 400
    told = answer.json()
    assert told["error"]
    assert told["message"]


def test_the_months_of_a_year_are_those_of_the_articles_found_and_each_leads_to_its_own(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=năm:2024").text
    timeline = page[page.index('<section class="timeline') :].partition("</section>")[0]
    bars = re.findall(r'<a href="([^"]+)">.*?<span class="count">(\d+)', timeline, re.DOTALL)
    found = [
        reading_room.page.get(html.unescape(link).replace("/tim?", "/tim.json?")).json()["total"] for link, _ in bars
    ]
    assert [int(count) for _, count in bars] == found
    assert len(found) > 1
    assert sum(found) == reading_room.page.get("/tim.json?tu=2024&den=2024").json()["total"]


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("tac-gia=L%C3%AA+Th%E1%BB%8B+H%C3%A1", "/tim?tac-gia=L%C3%AA+Th%E1%BB%8B+H%C3%A0"),
        (
            "q=h%E1%BB%99i+t%C3%A1c+gi%E1%BA%A3:%22L%C3%AA+Th%E1%BB%8B+H%C3%A1%22",
            "/tim?q=h%E1%BB%99i&amp;tac-gia=L%C3%AA+Th%E1%BB%8B+H%C3%A0",
        ),
        ("muc=Ho%E1%BA%A1t+d%E1%BB%99ng+x", "/tim?muc=Ho%E1%BA%A1t+%C4%91%E1%BB%99ng"),
    ],
)
def test_a_name_that_no_article_has_leads_to_the_nearest(reading_room: Rooms, query: str, instead: str) -> None:
    answer = reading_room.page.get(f"/tim?{query}")
    assert answer.status_code == 200
    assert "Gần nhất:" in answer.text
    assert f'href="{instead}"' in answer.text
    assert reading_room.page.get(f"/tim.json?{html.unescape(instead.partition('?')[2])}").json()["total"] > 0


def test_what_may_be_typed_is_shown_and_works(reading_room: Rooms) -> None:
    page = reading_room.page.get("/").text
    examples = re.findall(r'<dt><code lang="vi">([^<]+)</code></dt>', page)
    assert "tỉnh:&#34;Cao Bằng&#34;" in examples
    for typed in examples:
        assert reading_room.page.get("/tim", params={"q": html.unescape(typed)}).status_code == 200


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            'q=-tỉnh:"Cao Bằng" bão',
            "“-tỉnh:&#34;Cao Bằng&#34;”: dấu - chỉ loại được từ, không loại được điều kiện lọc.",
        ),
        ("q=ảnh:maybe bão", "Điều kiện “Hình ảnh” không nhận giá trị “maybe”; xin dùng: có, không."),
        ("q=bão từ:31/2/2024", "“Từ”: xin ghi năm, tháng hoặc ngày"),
        ("q=bão năm:xưa", "Xin ghi một năm, hoặc năm đầu và năm cuối, như 2019 hoặc 2019-2021, không phải “xưa”."),
        ("q=loại:báo", "Kho không có loại trang “báo”. Gần nhất: Phát thanh – truyền hình"),
        ("tu=31/2/2024", "“Từ”: xin ghi năm, tháng hoặc ngày"),
        ("tu=2024&den=2020", "xin đổi chỗ hai ngày"),
        ("nguon=khong-co", "Kho không có trang nguồn “khong-co”. Gần nhất:"),
        ("loai=khong", "Kho không có loại trang “khong”."),
        ("tinh=Atlantis", "Không có tỉnh nào tên là “Atlantis”"),
        ("hinh=foo", "Điều kiện “Hình ảnh” không nhận giá trị “foo”; xin dùng: co, khong."),
        ("q=cau&ban-sao=x", "Điều kiện “Bài đăng lại” không nhận giá trị “x”; xin dùng: gop."),
        ("q=cau&xep=x", "Điều kiện “Xếp theo” không nhận giá trị “x”; xin dùng: hop."),
        ("q=-", "Không có từ nào để tìm trong “-”."),
        ("q=" + "a+" * 60, "60 từ là quá nhiều cho một lần tìm"),
    ],
)
def test_a_mistake_is_told_in_words_and_what_was_typed_stays(reading_room: Rooms, query: str, said: str) -> None:
    answer = reading_room.page.get(f"/tim?{query}")
    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    for other in ("en/tim", "tim.json", "tim.csv", "tim.atom"):
        assert reading_room.page.get(f"/{other}?{query}").status_code == 400


@pytest.mark.parametrize("page", ["x", "0", "-1", "501", "1e3", "١", "9" * 400, "1%00"])
def test_a_page_number_out_of_range_is_told(reading_room: Rooms, page: str) -> None:
    answer = reading_room.page.get(f"/tim?q=ngay&trang={page}")
    assert answer.status_code == 400
    assert "phải là một số nguyên từ 1 đến 500" in answer.text


def test_a_search_for_a_program_gives_the_same(reading_room: Rooms) -> None:
    answer = reading_room.page.get("/tim.json?q=ngay+hoi&trang=2").json()
    assert answer["total"] == OTHERS
    assert [hit["page"] for hit in answer["hits"]] == [f"{ADDRESS}/bai/{hit['id']}" for hit in answer["hits"]]
    assert ["songlam", OTHERS] in answer["facets"]["site"]
    mistake = reading_room.page.get("/tim.json?tu=x")
    assert (mistake.status_code, mistake.json()["error"]) == (400, "bad-date")


def test_a_hit_of_hostile_text_stays_text(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=script").text
    assert f'href="/bai/{ATTACK}"' in page
    assert "<mark>script</mark>" in page
    assert faults_of(page) == []


@pytest.mark.parametrize("length", [2_001, 60_000])
def test_a_pasted_text_is_no_question(reading_room: Rooms, length: int) -> None:
    answer = reading_room.page.get("/tim", params={"q": "a" * length})
    assert answer.status_code == 400
    assert len(answer.text) < 20_000


def test_what_is_longer_than_any_search_is_not_even_read(reading_room: Rooms) -> None:
    for path in ("/tim", "/en/tim.json", "/tac-gia"):
        answer = reading_room.page.get(f"{path}?q={'a' * 64_000}")
        assert answer.status_code == 414
        assert len(answer.text) < 20_000
        assert 'role="alert"' not in answer.text
