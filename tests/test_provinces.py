"""The provinces before and after 1 July 2025."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.provinces import UnknownProvince, find_province, former_province, provinces, seed_provinces
from archive.schema import open_archive

UNCHANGED = {
    *("Hà Nội", "Huế", "Cao Bằng", "Điện Biên", "Hà Tĩnh", "Lai Châu", "Lạng Sơn", "Nghệ An", "Quảng Ninh"),
    *("Thanh Hóa", "Sơn La"),
}


def test_sixty_three_provinces_became_thirty_four() -> None:
    assert len(provinces()) == len({province.name for province in provinces()}) == 63
    assert len({province.merged_into or province.name for province in provinces()}) == 34


def test_eleven_provinces_went_on_as_they_were() -> None:
    assert {province.name for province in provinces() if province.merged_into is None} == UNCHANGED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Sóc Trăng", "Cần Thơ"),
        ("Thái Bình", "Hưng Yên"),
        ("Bắc Giang", "Bắc Ninh"),
        ("Phú Yên", "Đắk Lắk"),
        ("Bà Rịa - Vũng Tàu", "Thành phố Hồ Chí Minh"),
        ("Cần Thơ", "Cần Thơ"),
    ],
)
def test_each_old_province_knows_what_it_is_part_of(old: str, new: str) -> None:
    found = next(province for province in provinces() if province.name == old)
    assert (found.merged_into, found.merged_on) == (new, "2025-07-01")


def test_a_unit_that_gave_its_name_was_itself_a_province() -> None:
    names = {province.name for province in provinces()}
    assert {province.merged_into for province in provinces() if province.merged_into} <= names


def test_seeding_an_archive_twice_writes_once(tmp_path: Path) -> None:
    db = open_archive(tmp_path / "archive.db")
    seed_provinces(db)
    rows = list(db.table("provinces").rows)
    before = db.conn.total_changes
    seed_provinces(db)
    assert db.conn.total_changes == before
    assert len(rows) == 63
    assert {"name": "Sóc Trăng", "folded": "soc trang", "merged_into": "Cần Thơ", "merged_on": "2025-07-01"} in rows


def test_seeding_corrects_what_another_version_wrote(tmp_path: Path) -> None:
    db = open_archive(tmp_path / "archive.db")
    seed_provinces(db)
    right = list(db.table("provinces").rows)
    db.table("provinces").update("Sóc Trăng", {"merged_into": "Hậu Giang"})
    seed_provinces(db)
    assert list(db.table("provinces").rows) == right


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("CẦN THƠ", ["Cần Thơ", "Hậu Giang", "Sóc Trăng"]),
        ("sóc trăng", ["Sóc Trăng"]),
        ("ba ria vung tau", ["Bà Rịa - Vũng Tàu"]),
        ("Hà Nội", ["Hà Nội"]),
    ],
)
def test_a_name_stands_for_the_parts_of_the_present_province_or_for_the_former_one(
    tmp_path: Path, asked: str, parts: list[str]
) -> None:
    assert find_province(open_archive(tmp_path / "archive.db"), asked) == parts


def test_an_unknown_province_is_refused_with_the_nearest_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownProvince, match=r"^no province 'Sóc Trang Mới'; nearest: Sóc Trăng, "):
        find_province(open_archive(tmp_path / "archive.db"), "Sóc Trang Mới")


@pytest.mark.parametrize("asked", ["Bà Rịa-Vũng Tàu", "Ba Ria Vung Tau", " bà rịa – vũng tàu "])
def test_any_spelling_of_a_former_province_leads_to_its_name_as_it_is_written(asked: str) -> None:
    assert former_province(asked) == "Bà Rịa - Vũng Tàu"


def test_a_former_province_is_none_that_is_merely_alike() -> None:
    with pytest.raises(UnknownProvince, match=r"^no province 'Sóc Trang Mới'; nearest: Sóc Trăng, "):
        former_province("Sóc Trang Mới")
