"""References to an article, read back by the parsers that reference managers are made with."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, NormalizeFieldKeys
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from archive.citations import Reference, bibtex, csl_json, reference, ris, sentence

PERMANENT = "https://luutru.example.org/bai/songlam-abcdefghij23"

_MACROS = get_default_latex_context_db()
_MACROS.add_context_category(
    "braces", prepend=True, macros=[MacroTextSpec("textbraceleft", "{"), MacroTextSpec("textbraceright", "}")]
)
_LATEX = LatexNodes2Text(latex_context=_MACROS)
"""Of LaTeX's own commands for signs the decoder misses two."""


def record(**changed: Any) -> dict[str, Any]:
    return {
        "id": "songlam-abcdefghij23",
        "headline": "CĐCS Sông Lam trao quà Tết",
        "authors": [
            {"name": "Phương Anh", "unit": None, "role": "author"},
            {"name": None, "unit": "Ban Tuyên giáo", "role": "author"},
            {"name": "Lê Cường", "unit": None, "role": "photographer"},
            {"name": "Bùi Duyên", "unit": None, "role": "editor"},
            {"name": None, "unit": None, "role": "contributor"},
        ],
        "publisher": "Liên đoàn Lao động tỉnh Sông Lam",
        "date_published": "2021-06-29T09:14:00+07:00",
        "date_precision": "minute",
        "url": "http://songlam.example/tin-tuc/qua-tet.html",
        "language": "vi",
        "capture": {"fetched_at": "2024-08-01T06:30:00+07:00"},
    } | changed


def cited(accessed: date | None = None, **changed: Any) -> Reference:
    return reference(record(**changed), "Công đoàn Sông Lam", PERMANENT, accessed)


def read_bibtex(text: str) -> dict[str, str]:
    library = bibtexparser.parse_string(text, append_middleware=[NormalizeFieldKeys()])
    assert not library.failed_blocks
    (entry,) = library.entries
    return {"ENTRYTYPE": entry.entry_type, "ID": entry.key} | {field.key: field.value for field in entry.fields}


def read_ris(text: str) -> dict[str, Any]:
    (entry,) = rispy.loads(text)
    return dict(entry)


def test_bibtex_keeps_names_whole_and_says_where_the_article_is_archived() -> None:
    entry = read_bibtex(bibtex(cited()))
    assert entry["ENTRYTYPE"] == "online"
    assert entry["author"] == "{Phương Anh} and {Ban Tuyên giáo}"
    assert entry["editor"] == "{Bùi Duyên}"
    assert entry["title"] == "{CĐCS Sông Lam trao quà Tết}"
    assert entry["organization"] == "Liên đoàn Lao động tỉnh Sông Lam"
    assert (entry["date"], entry["year"], entry["month"]) == ("2021-06-29", "2021", "jun")
    assert f"\\url{{{PERMANENT}}}" in entry["note"]
    assert "6 giờ 30 phút, ngày 1 tháng 8 năm 2024" in entry["note"]
    assert "Ảnh: Lê Cường." in entry["note"]
    assert "urldate" not in entry


def test_ris_has_one_line_a_fact() -> None:
    text = ris(cited())
    entry = read_ris(text)
    assert all(line[2:6] == "  - " for line in text.split("\r\n")[:-1])
    assert entry["type_of_reference"] == "ELEC"
    assert entry["authors"] == ["Phương Anh", "Ban Tuyên giáo"]
    assert entry["title"] == "CĐCS Sông Lam trao quà Tết"
    assert (entry["year"], entry["date"]) == ("2021", "2021/06/29/")
    assert entry["urls"] == ["http://songlam.example/tin-tuc/qua-tet.html"]
    assert PERMANENT in entry["notes"][0]


def test_csl_json_takes_names_literally() -> None:
    (item,) = json.loads(csl_json(cited(date(2026, 1, 2))))
    assert item["author"] == [{"literal": "Phương Anh"}, {"literal": "Ban Tuyên giáo"}]
    assert item["issued"] == {"date-parts": [[2021, 6, 29]]}
    assert item["accessed"] == {"date-parts": [[2026, 1, 2]]}
    assert item["archive_location"] == PERMANENT
    assert item["container-title"] == "Công đoàn Sông Lam"


def test_the_sentence_names_everybody_by_what_they_did() -> None:
    assert sentence(cited(date(2026, 1, 2))) == (
        "Phương Anh, Ban Tuyên giáo; ảnh: Lê Cường; biên tập: Bùi Duyên. “CĐCS Sông Lam trao quà Tết”."
        " Công đoàn Sông Lam, Liên đoàn Lao động tỉnh Sông Lam, ngày 29 tháng 6 năm 2021."
        " <http://songlam.example/tin-tuc/qua-tet.html>."
        f" Bản lưu trữ: <{PERMANENT}> (chụp lúc 6 giờ 30 phút, ngày 1 tháng 8 năm 2024)."
        " Truy cập ngày 2 tháng 1 năm 2026."
    )


def test_a_photographer_alone_opens_the_sentence_with_a_capital() -> None:
    photo = [{"name": "Lê Cường", "unit": None, "role": "photographer"}]
    assert sentence(cited(authors=photo)).startswith("Ảnh: Lê Cường. “CĐCS")
    assert sentence(cited(authors=[])).startswith("“CĐCS")


def test_a_date_is_no_more_exact_than_it_is_known() -> None:
    month = cited(date_published="2021-06-01T00:00:00+07:00", date_precision="month")
    assert read_bibtex(bibtex(month))["date"] == "2021-06"
    assert read_ris(ris(month))["date"] == "2021/06//"
    assert json.loads(csl_json(month))[0]["issued"] == {"date-parts": [[2021, 6]]}
    assert ", tháng 6 năm 2021." in sentence(month)
    undated = cited(date_published=None, date_precision=None)
    assert {"date", "year", "month"}.isdisjoint(read_bibtex(bibtex(undated)))
    assert {"date", "year"}.isdisjoint(read_ris(ris(undated)))
    assert "issued" not in json.loads(csl_json(undated))[0]
    assert "không rõ ngày đăng" in sentence(undated)


@pytest.mark.parametrize(
    "headline",
    [
        "Giảm 50% & tặng #1_2 $3 ^ ~",
        "Một dấu { mở và không đóng",
        "Dấu } trước dấu {",
        'Nói "vâng" \\ rồi đi',
        "Tiền, và hàng = {x}",
    ],
)
def test_signs_that_a_format_reads_as_its_own_come_back_as_they_were(headline: str) -> None:
    said = cited(headline=headline)
    library = bibtexparser.parse_string(bibtex(said), append_middleware=[LatexDecodingMiddleware(decoder=_LATEX)])
    assert not library.failed_blocks
    assert library.entries[0]["title"].replace("ˆ", "^") == headline
    assert read_ris(ris(said))["title"] == headline
    assert json.loads(csl_json(said))[0]["title"] == headline


def test_a_headline_of_several_lines_begins_no_field_of_its_own() -> None:
    said = cited(headline="Một\r\nER  - \nTY  - BOOK\x00\u2028hai")
    assert read_ris(ris(said))["title"] == "Một ER - TY - BOOK hai"
    assert read_bibtex(bibtex(said))["title"] == "{Một ER - TY - BOOK hai}"


def test_a_name_with_and_in_it_stays_one_name() -> None:
    both = [{"name": None, "unit": "Union and Radio", "role": "author"}]
    assert read_bibtex(bibtex(cited(authors=both)))["author"] == "{Union and Radio}"


def test_an_address_cannot_end_its_field() -> None:
    entry = read_bibtex(bibtex(cited(url="http://a.example/x?y={b}&c=%20\\d")))
    assert entry["url"] == "http://a.example/x?y=%7Bb%7D&c=%20%5Cd"
