"""Bylines, signatures, sources and photo credits as Vietnamese sites print them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Author, Source
from crawler.bylines import is_signature, read_byline, read_caption, read_source, split_signature

PERSONS = [
    # The patterns of the real pages: capitals, pairs, initials and pen names.
    ("PHƯƠNG ANH", ["Phương Anh"]),
    ("KHÁNH TRUNG", ["Khánh Trung"]),
    ("TRÀ MY", ["Trà My"]),
    ("THỦY THANH - MAI QUANG - KHÁNH NHI", ["Thủy Thanh", "Mai Quang", "Khánh Nhi"]),
    ("THUỶ THANH - MAI QUANG", ["Thuỷ Thanh", "Mai Quang"]),
    ("Thu Thảo - Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo – Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo, Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo & Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo và Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo; Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo-Trọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Thu Thảo\nTrọng Phước", ["Thu Thảo", "Trọng Phước"]),
    ("Lê Phương", ["Lê Phương"]),
    ("Kim Ngân.", ["Kim Ngân"]),
    ("Hạnh", ["Hạnh"]),
    ("Nguyễn Thị Hồng Gấm", ["Nguyễn Thị Hồng Gấm"]),
    ("Thạch Sà Rây", ["Thạch Sà Rây"]),
    ("H'Hen Niê", ["H'Hen Niê"]),
    *((name, [name]) for name in ("Đ.H", "B.NG", "TH.H", "P.V", "N.N", "Tr.L", "T.Hà", "Ng. Hà", "Tr.P.M")),
    ("Đ.H.", ["Đ.H"]),
    ("Tác giả: Lan Anh", ["Lan Anh"]),
    ("Người viết: Hạnh", ["Hạnh"]),
    ("Thực hiện: Lan Anh - Minh Tuấn", ["Lan Anh", "Minh Tuấn"]),
    ("Người đưa tin: Lan Anh", ["Lan Anh"]),
    ("Tin bài: Hồng Vân", ["Hồng Vân"]),
    ("TÁC GIẢ BÀI VIẾT: HỒNG VÂN", ["Hồng Vân"]),
    ("Nhà báo Hồng Vân", ["Hồng Vân"]),
    ("Lan Anh (tổng hợp)", ["Lan Anh"]),
    ("Lan Anh (T/h)", ["Lan Anh"]),
    ("LAN ANH (Theo laodong.vn)", ["Lan Anh"]),
    ("Trần Quốc Lâm - Trưởng ban Tổ chức Huyện ủy", ["Trần Quốc Lâm"]),
    ("THU HẰNG - ĐÌNH NGUYÊN - Hoạt động của các sở", ["Thu Hằng", "Đình Nguyên"]),
]


@pytest.mark.parametrize(("raw", "names"), PERSONS)
def test_persons_are_named_without_capitals(raw: str, names: list[str]) -> None:
    assert read_byline(raw) == [Author(name, None, "author") for name in names]


@pytest.mark.parametrize(
    ("raw", "authors"),
    [
        ("Tin, ảnh: Lan Anh", [("Lan Anh", "author"), ("Lan Anh", "photographer")]),
        ("Bài và ảnh: Lan Anh", [("Lan Anh", "author"), ("Lan Anh", "photographer")]),
        ("Bài, ảnh: Lan Anh", [("Lan Anh", "author"), ("Lan Anh", "photographer")]),
        ("Tin và ảnh: Lan Anh", [("Lan Anh", "author"), ("Lan Anh", "photographer")]),
        ("Tin, ảnh LAN ANH", [("Lan Anh", "author"), ("Lan Anh", "photographer")]),
        ("Bài: Thu Hà - Ảnh: Minh Đức", [("Thu Hà", "author"), ("Minh Đức", "photographer")]),
        ("Bài: Thu Hà và ảnh: Minh Đức", [("Thu Hà", "author"), ("Minh Đức", "photographer")]),
        ("NGỌC LAN - ảnh: MINH ĐỨC", [("Ngọc Lan", "author"), ("Minh Đức", "photographer")]),
        ("Ảnh Đ.H", [("Đ.H", "photographer")]),
        ("Clip: Lan Anh", [("Lan Anh", "photographer")]),
        ("Phóng viên: Lan Anh; Quay phim: Minh Đức", [("Lan Anh", "author"), ("Minh Đức", "photographer")]),
        ("Đồ họa: Minh Tuấn", [("Minh Tuấn", "contributor")]),
        ("Biên tập: Lan Anh", [("Lan Anh", "editor")]),
        ("BTV Lan Anh", [("Lan Anh", "editor")]),
        ("PV Lan Anh", [("Lan Anh", "author")]),
        ("CTV Lan Anh", [("Lan Anh", "contributor")]),
        ("Cộng tác viên Lan Anh", [("Lan Anh", "contributor")]),
        ("Lan Anh (CTV)", [("Lan Anh", "contributor")]),
        ("Lan Anh - CTV", [("Lan Anh", "author"), (None, "contributor")]),
        ("CTV", [(None, "contributor")]),
        ("Tin, ảnh: CTV", [(None, "contributor")]),
        ("PV", [(None, "author")]),
        ("Ảnh: PV", [(None, "photographer")]),
        ("BTV", [(None, "editor")]),
    ],
)
def test_labels_and_role_words_say_what_each_did(raw: str, authors: list[tuple[str | None, Any]]) -> None:
    assert read_byline(raw) == [Author(name, None, role) for name, role in authors]


def test_both_roles_of_one_person_stand_together_author_first() -> None:
    assert [(author.name, author.role) for author in read_byline("Bài và ảnh: Thu Hà & Minh Đức")] == [
        ("Thu Hà", "author"),
        ("Thu Hà", "photographer"),
        ("Minh Đức", "author"),
        ("Minh Đức", "photographer"),
    ]


@pytest.mark.parametrize(
    ("raw", "name", "unit"),
    [
        ("Tác giả bài viết: Thùy Dương - Ban TGNG", "Thùy Dương", "Ban TGNG"),
        ("Thu Hà (Ban Tuyên giáo)", "Thu Hà", "Ban Tuyên giáo"),
        ("Thu Hà - Báo Lao Động", "Thu Hà", "Báo Lao Động"),
        ("Thanh Hà/TTXVN", "Thanh Hà", "TTXVN"),
        ("Lan Anh - Ban Tuyên giáo - Nữ công LĐLĐ tỉnh", "Lan Anh", "Ban Tuyên giáo - Nữ công LĐLĐ tỉnh"),
        ("LAN ANH - BAN TGNG", "Lan Anh", "BAN TGNG"),
        ("Ban Tuyên giáo", None, "Ban Tuyên giáo"),
        ("Ban Tuyên giáo - Nữ công", None, "Ban Tuyên giáo - Nữ công"),
        ("Ban Tuyên giáo và Nữ công", None, "Ban Tuyên giáo và Nữ công"),
        ("Nhóm PV", None, "Nhóm PV"),
        ("Văn phòng", None, "Văn phòng"),
        ("Hội Phụ Nữ", None, "Hội Phụ Nữ"),
        ("BBT", None, "BBT"),
        ("LĐLĐ huyện Thạnh Trị", None, "LĐLĐ huyện Thạnh Trị"),
        ("Tác giả: CĐCS Trường THPT Hoàng Diệu", None, "CĐCS Trường THPT Hoàng Diệu"),
    ],
)
def test_an_organisation_is_a_unit_of_the_person_or_stands_for_one(raw: str, name: str | None, unit: str) -> None:
    assert read_byline(raw) == [Author(name, unit, "author")]


def test_a_unit_belongs_to_the_name_before_it() -> None:
    assert read_byline("Lan Anh - Minh Tú - Ban TGNG") == [
        Author("Lan Anh", None, "author"),
        Author("Minh Tú", "Ban TGNG", "author"),
    ]


NOBODY = [
    *("admin", "Administrator", "admin_ldld", "webmaster", "Super User", "Quản trị", "Quản trị viên", "editor"),
    *("THST.vn", "laodong.vn", "Cổng thông tin điện tử tỉnh", "Trang thông tin điện tử", "Đài PT-TH Sóc Trăng"),
    *("UBND TỈNH SÓC TRĂNG", "LIÊN ĐOÀN LAO ĐỘNG TỈNH CAO BẰNG", "HĐND", "HỘI NGHỊ", "HỘI NGHỊ SƠ KẾT", "THÔNG BÁO"),
    *("SÓC TRĂNG", "CAO BẰNG", "Thái Bình", "Việt Nam", "HÀ NỘI", "TP.HCM", "TP. Sóc Trăng", "THANH NIÊN", "AN NINH"),
    *("Hoạt động công đoàn", "Đời sống - Xã hội", "Đời Sống - Xã Hội", "Tin tức", "Tin tức - Sự kiện", "Công Đoàn"),
    *("Theo TTXVN", "TTXVN", "Theo Báo Lao Động", "Nguồn: Báo Sóc Trăng online", "Nguồn tin: Lan Anh"),
    *("Tổng hợp", "Sưu tầm", "Người đưa tin: admin", "Tác giả:", "Tác giả bài viết: ", "", "   ", "-", "402"),
    *("Thông tin: Lan", "lan anh", "Tham dự hội nghị có đồng chí Lan Anh", "Đồng chí Lan Anh"),
    "Dự buổi lễ có Trần Văn An, Lê Thị Bình và đại diện lãnh đạo các sở, ban, ngành, đoàn thể của tỉnh",
]


@pytest.mark.parametrize("raw", NOBODY)
def test_accounts_sections_places_and_sources_are_nobody(raw: str) -> None:
    assert read_byline(raw) == []


def test_only_the_site_itself_knows_its_name() -> None:
    raw = "Liên đoàn Lao động tỉnh"
    assert read_byline(raw) == [Author(None, raw, "author")]
    assert read_byline(raw, site_names=("Công đoàn", "LIÊN ĐOÀN LAO ĐỘNG TỈNH")) == []


def test_decomposed_text_gives_composed_names() -> None:
    decomposed = unicodedata.normalize("NFD", "THÙY DƯƠNG - Ban Tuyên giáo")
    assert read_byline(decomposed) == [Author("Thùy Dương", "Ban Tuyên giáo", "author")]


SIGNATURES = [
    *(
        "PHƯƠNG ANH",
        "Đ.H",
        "Thu Thảo - Trọng Phước",
        "CTV",
        "PV",
        "Ban Tuyên giáo",
        "Nhóm PV",
        "Thu Hà (Ban Tuyên giáo)",
    ),
    *("Tin, ảnh: Lan Anh", "Ảnh Đ.H", "Theo TTXVN", "(Theo laodong.vn)", "TTXVN", "Nguồn: Báo Sóc Trăng online"),
    "http://baosoctrang.org.vn/trong-tinh/mot-bai-bao-co-dia-chi-rat-dai-va-con-dai-hon-nua-cho-du-mot-tram-ba-muoi-ky-tu"
    "-31837.html",
]
BODY = [
    *("Theo kế hoạch, hội nghị sẽ diễn ra trong hai ngày.", "Theo đồng chí Lan Anh", "Theo Báo cáo của Sở Nội vụ"),
    *("SÓC TRĂNG", "HỘI NGHỊ", "UBND TỈNH SÓC TRĂNG", "LĐLĐ TỈNH", "Quang cảnh Hội nghị", "Quang cảnh tại Hội nghị."),
    *("“Chúng tôi sẽ cố gắng hơn nữa”, anh Nam nói.", "Công đoàn ngành Giáo dục tặng quà", "Ảnh hưởng của bão"),
    *("Đồng chí Lan Anh phát biểu", "Lan Anh - Chủ tịch LĐLĐ tỉnh", "Hà Nội, ngày 5 tháng 7", "Tin liên quan", "Hạnh"),
    *("- Lan Anh", "• Lan Anh", "Lan Anh:", "LĐLĐ huyện Thạnh Trị", "Từ khóa", "Xem thêm", "", "Ảnh minh họa"),
]


@pytest.mark.parametrize("block", SIGNATURES)
def test_a_signature_ends_a_text(block: str) -> None:
    assert is_signature(block, last=True)


@pytest.mark.parametrize("block", BODY)
def test_headings_captions_and_sentences_are_no_signatures(block: str) -> None:
    assert not is_signature(block, last=True)
    assert not is_signature(block, last=False)


def test_within_a_text_only_a_labelled_line_is_a_signature() -> None:
    assert is_signature("Tác giả: Lan Anh", last=False)
    assert is_signature("Nguồn: Báo Lao Động", last=False)
    for block in ("PHƯƠNG ANH", "Thu Thảo - Trọng Phước", "CTV", "Theo TTXVN", "https://example.org/"):
        assert not is_signature(block, last=False)


def test_the_signature_is_cut_from_the_end_of_the_body() -> None:
    text = ["Sáng 28/6, hội nghị đã diễn ra.", "PHƯƠNG ANH", "Theo kế hoạch, hội nghị kéo dài hai ngày./."]
    tail = ["Đ.H", "Nguồn: Báo Sóc Trăng online", "http://baosoctrang.org.vn/trong-tinh/mot-bai-31837.html"]
    assert split_signature([*text, *tail]) == (text, tail)
    assert split_signature([*text, "", tail[0], " "]) == (text, [tail[0]])
    assert split_signature(text) == (text, [])
    assert split_signature([]) == ([], [])
    assert split_signature(["CTV"]) == ([], ["CTV"])


def test_a_list_of_names_at_the_end_is_no_signature() -> None:
    winners = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Minh", "Phạm Thu Hà"]
    assert split_signature(["Kết quả:", *winners]) == (["Kết quả:", *winners], [])
    assert split_signature(["Kết quả:", *winners, "Nguồn: TTXVN"]) == (["Kết quả:", *winners], ["Nguồn: TTXVN"])


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        (["Nguồn: Báo Sóc Trăng online"], Source("Báo Sóc Trăng online", None)),
        (["Nguồn tin: TTXVN"], Source("TTXVN", None)),
        (["Nguồn tin: Sở Nội vụ"], Source("Sở Nội vụ", None)),
        (["Theo Báo Lao Động"], Source("Báo Lao Động", None)),
        (["(Theo laodong.vn)"], Source("laodong.vn", None)),
        (["Lan Anh (Theo TTXVN)"], Source("TTXVN", None)),
        (["TTXVN"], Source("TTXVN", None)),
        (["Báo Sóc Trăng online"], Source("Báo Sóc Trăng online", None)),
        (["Cổng thông tin điện tử tỉnh"], Source("Cổng thông tin điện tử tỉnh", None)),
        (["THST.vn", "http://thst.vn/a.html"], Source("THST.vn", "http://thst.vn/a.html")),
        (["Nguồn: Báo Lao Động", "https://laodong.vn/a.ldo"], Source("Báo Lao Động", "https://laodong.vn/a.ldo")),
        (["Nguồn: Báo Lao Động (https://laodong.vn/a.ldo)"], Source("Báo Lao Động", "https://laodong.vn/a.ldo")),
        (["Nguồn: https://laodong.vn/a.ldo."], Source(None, "https://laodong.vn/a.ldo")),
        (["Nguồn:", "Báo Lao Động", "https://laodong.vn/a.ldo"], Source("Báo Lao Động", "https://laodong.vn/a.ldo")),
        (["Đ.H\nNguồn: TTXVN\nhttps://a.vn/b"], Source("TTXVN", "https://a.vn/b")),
        (["Đ.H", "https://a.vn/b"], Source(None, "https://a.vn/b")),
        (["Đ.H"], None),
        (["Theo kế hoạch, hội nghị kéo dài hai ngày."], None),
        (["Theo Báo cáo của Sở Nội vụ"], None),
        (["Nguồn ảnh: TTXVN"], None),
        (["Nguồn:"], None),
        ([], None),
    ],
)
def test_the_source_is_what_the_lines_declare(lines: list[str], source: Source | None) -> None:
    assert read_source(lines) == source


def test_in_the_pages_own_field_any_name_is_the_source() -> None:
    assert read_source(["Sở Nội vụ"]) is None
    assert read_source(["Sở Nội vụ"], stated=True) == Source("Sở Nội vụ", None)
    assert read_source(["https://a.vn/b"], stated=True) == Source(None, "https://a.vn/b")


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Các đại biểu dự buổi họp. Ảnh Đ.H", "Đ.H"),
        ("Ảnh: HOÀI NAM.", "Hoài Nam"),
        ("Công nhân vào ca (Ảnh: Hoài Nam)", "Hoài Nam"),
        ("Công nhân vào ca. (ảnh: HOÀI NAM - THU HÀ)", "Hoài Nam - Thu Hà"),
        ("Bên chiếc máy tự chế. Ảnh: Hữu Lợi", "Hữu Lợi"),
        ("Lễ khai mạc - Ảnh: Quang Vinh", "Quang Vinh"),
        ("Ảnh: Quang Vinh. Lễ khai mạc", "Quang Vinh"),
        ("Ảnh: CTV", "CTV"),
        ("Ảnh: internet", "internet"),
        ("Nguồn ảnh: TTXVN", "TTXVN"),
        ("Ảnh: Báo Sóc Trăng", "Báo Sóc Trăng"),
        ("Ảnh: Getty Images", "Getty Images"),
        ("Ảnh minh họa: Internet", "Internet"),
        ("Ảnh minh họa", None),
        ("Ảnh minh hoạ.", None),
        ("Công nhân vào ca (Ảnh minh họa)", None),
        ("Ảnh: minh họa", None),
        ("Ảnh hưởng của bão", None),
        ("Bão ảnh hưởng đến sản xuất", None),
        ("Hình ảnh: cán bộ công đoàn tặng quà", None),
        ("Ảnh Bác Hồ", None),
        ("Ảnh Lan Anh chụp tại hội nghị", None),
        ("Quang cảnh tại Hội nghị.", None),
        ("", None),
    ],
)
def test_a_caption_stays_whole_and_gives_its_credit(caption: str, credit: str | None) -> None:
    assert read_caption(caption) == (caption, credit)


def test_a_captions_white_space_is_folded() -> None:
    assert read_caption("  Quang cảnh\n tại\u00a0Hội nghị. \n Ảnh: Đ.H ") == (
        "Quang cảnh tại Hội nghị. Ảnh: Đ.H",
        "Đ.H",
    )


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["Lan Anh", " - ", "Ban", "Ảnh:", "(", "CTV", "\n", "."])).map("".join)
)
def test_no_text_makes_the_readers_fail(raw: str) -> None:
    for author in read_byline(raw):
        assert author.name is None or author.name == unicodedata.normalize("NFC", author.name).strip()
    read_caption(raw)
    read_source([raw, raw])
    body, tail = split_signature([raw, "Một đoạn văn.", raw])
    assert body[:2] == [raw, "Một đoạn văn."]
    assert tail in ([], [raw])


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _authors(record: dict[str, Any]) -> list[Author]:
    return [Author(**author) for author in record["authors"]]


def test_every_byline_of_the_seeds_names_its_authors(seeds: Path) -> None:
    for record in _records(seeds / "expected.jsonl"):
        assert read_byline(record["byline"]) == _authors(record), record["headline"]
        assert is_signature(record["byline"], last=True)


def test_every_byline_and_source_of_the_real_cms_is_read(real_pages: Path) -> None:
    for record in _records(real_pages / "truth.jsonl"):
        assert read_byline(record["author"]) == _authors(record), record["url"]
        if record["source"]:
            assert read_source([record["source"]]) == Source(record["source"], None)


def test_nothing_but_the_signature_is_cut_from_real_bodies(seeds: Path, real_pages: Path) -> None:
    articles = [(record["body"], record["byline"]) for record in _records(seeds / "expected.jsonl")]
    for record in _records(real_pages / "truth.jsonl"):
        articles.append(([line for line in record["body"].split("\n") if line], record["author"]))
    for body, byline in articles:
        assert split_signature([*body, byline]) == (body, [byline])
        assert not any(is_signature(block, last=True) for block in body)


def test_of_all_lines_of_the_seeds_only_their_signatures_are_signatures(seeds: Path) -> None:
    records = _records(seeds / "expected.jsonl")
    expected = {record["byline"] for record in records}
    for record in records:
        source = record["source"] or {"name": None, "url": None}
        expected |= {f"Nguồn: {source['name']}", source["url"]}
    for path in seeds.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            bare = line.strip().removeprefix("Tác giả bài viết: ")
            assert is_signature(line, last=True) == (bare in expected), line


def test_real_captions_give_their_credits(seeds: Path) -> None:
    for record in _records(seeds / "expected.jsonl"):
        credits = [credit for caption in record["captions"] if (credit := read_caption(caption)[1])]
        assert credits == record.get("image_credits", [])


REPEATED = [
    "tin bài ",
    "tin, ",
    "Ảnh: tin ",
    "Ảnh ",
    "Ảnh . ",
    "(theo ",
    "theo . ",
    "Lan Anh - ",
    "Đ.H.",
    "nguồn bài viết ",
]


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("before", ["", "Ảnh: ", "Theo "])
def test_a_line_that_repeats_itself_without_end_is_read_as_fast_as_any(piece: str, before: str) -> None:
    # Where a label could be read in two ways, 80 characters took a minute, and each two more twice as long.
    for length in (80, 900, 100_000):
        line = before + piece * (length // len(piece)) + "x"
        read_byline(line)
        read_caption(line)
        read_source([line], stated=True)
        split_signature([line] * 8)


def test_a_line_longer_than_any_byline_names_nobody() -> None:
    assert read_byline("Tác giả: " + "Lan Anh, " * 200) == []


@pytest.mark.parametrize(
    "label", ["Tin bài viết", "Nguồn bài viết", "Người viết bài", "Tin, bài và ảnh", "TIN BÀI ẢNH"]
)
def test_labels_in_a_row_are_one_label(label: str) -> None:
    named = read_byline(f"Minh Đức - {label}: Lan Anh")
    assert next(one.name for one in named if one.role == "author") == "Minh Đức"
    assert all(one.name in {"Minh Đức", "Lan Anh"} for one in named)
    assert any(one.name == "Lan Anh" for one in named) == (label != "Nguồn bài viết")
