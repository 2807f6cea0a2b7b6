"""Who a site is: guessed from its title, its foot and its host, and never surer than these prove."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.survey.naming import Identity, identify, name_of


def _identity(title: str, foot: str = "", base: str = "http://vi-du.example/", logo: str = "") -> Identity:
    image = f'<img src="/logo.png" alt="{logo}">' if logo else ""
    return identify(html.fromstring(f"<html><title>{title}</title><body>{image}<p>{foot}</p></body></html>"), base)


@pytest.mark.parametrize(
    ("title", "foot", "expected"),
    [
        (
            "Trang chủ - Liên đoàn Lao động tỉnh Hoà Bình",
            "",
            ("Liên đoàn Lao động tỉnh Hoà Bình", "Liên đoàn Lao động tỉnh Hoà Bình", "union", "Hòa Bình"),
        ),
        (
            "ĐÀI PHÁT THANH - TRUYỀN HÌNH ĐIỆN BIÊN",
            "",
            ("Đài Phát thanh - Truyền hình Điện Biên",) * 2 + ("broadcaster", "Điện Biên"),
        ),
        (
            "Công đoàn Lai Châu",
            "Cơ quan chủ quản: Liên đoàn Lao động tỉnh Lai Châu. Điện thoại: 0213",
            ("Công đoàn Lai Châu", "Liên đoàn Lao động tỉnh Lai Châu", "union", "Lai Châu"),
        ),
    ],
)
def test_a_front_page_that_says_who_it_is_needs_nobodys_word(
    title: str, foot: str, expected: tuple[str, str, str, str]
) -> None:
    found = _identity(title, foot)
    assert (found.title.value, found.publisher.value, found.kind.value, found.province.value) == expected
    assert [name for name, _ in found.unsure()] == []


def test_what_only_the_host_says_is_a_guess_and_what_nothing_says_is_none() -> None:
    found = _identity("Tin tức mới", base="http://www.congdoanbinhdinh.org.vn/")
    assert (found.kind.value, found.province.value, found.publisher.value) == ("union", "Bình Định", None)
    assert [name for name, _ in found.unsure()] == ["kind", "province", "title", "publisher"]
    nobody = _identity("Hoa huệ trắng")
    assert (nobody.kind.value, nobody.province.value) == (None, None)


def test_a_page_that_names_both_kinds_is_not_sure_of_either() -> None:
    found = _identity("Đài Phát thanh và Truyền hình Sơn La phối hợp Công đoàn Viên chức")
    assert (found.kind.value, found.kind.sure) == ("broadcaster", False)


def test_a_newspaper_is_no_union_because_its_foot_names_one() -> None:
    found = _identity("BÁO TỈNH MẪU ĐIỆN TỬ", "Chuyên mục: Công đoàn. Liên kết: Công đoàn Việt Nam")
    assert found.kind.value is None
    assert 'something else: "BÁO TỈNH MẪU ĐIỆN TỬ"' in found.kind.why
    merged = _identity("Báo và Phát thanh, Truyền hình Sơn La", "Chuyên mục: Công đoàn")
    assert (merged.kind.value, merged.kind.sure) == ("broadcaster", True)


def test_a_section_s_name_in_the_foot_proves_no_kind_and_the_publisher_s_does() -> None:
    assert _identity("Tin mới", "Công đoàn | Đời sống").kind.sure is False
    named = _identity("Tin mới", "Cơ quan chủ quản: Liên đoàn Lao động tỉnh Lai Châu")
    assert (named.kind.value, named.kind.sure) == ("union", True)


def test_a_province_that_there_is_not_is_never_written() -> None:
    found = _identity("Liên đoàn Lao động tỉnh Mẫu").province
    assert (found.value, found.sure) == (None, False)
    assert '"Mẫu" is named on the front page, and no province has that name' in found.why


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("ldld.caobang.gov.vn", "ldld-caobang"),
        ("www.congdoansoctrang.org.vn", "congdoansoctrang"),
        ("thaibinhtv.vn", "thaibinhtv"),
        ("THST.VN:8080", "thst"),
        ("127.0.0.2:40001", "127-0-0-2"),
    ],
)
def test_a_site_is_named_after_its_host(host: str, name: str) -> None:
    assert name_of(host) == name
