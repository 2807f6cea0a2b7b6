"""What is taken for a name, a number or a date, and which of them two texts laid side by side exchange."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.alignment import align, words_of
from archive.facts import facts_of, tokens_of
from archive.vietnamese import Token


def found(text: str, sort: str) -> list[str]:
    return [fact.key for fact in facts_of(*tokens_of(text)) if fact.sort == sort]


def exchanged(one: str, other: str) -> set[tuple[str, str]]:
    return set(align(words_of(one), words_of(other)).exchanged)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sáng nay, bà Lý Thị Sa đến Mỹ Xuyên.", ["li thi sa", "mi xuien"]),
        ("Ông Mai Văn Năm vắng mặt, chị Hoa đi thay.", ["mai van nam", "hoa"]),
        ("Đông đảo bà con đến dự. Nhiều người ở lại.", []),
        ("Lê Văn Tám được bầu.", ["le van tam"]),
        ("MỪNG ĐẠI HỘI Ở BẾN NGHÉ\nĐại hội họp ở xã Bến Nghé.", ["ben", "nghe", "ben nghe"]),
    ],
    ids=["titles", "words that count", "openings", "opening name", "capitals"],
)
def test_names_are_capitals_that_no_sentence_opens_with(text: str, names: list[str]) -> None:
    assert found(text, "name") == names


def test_numbers_are_one_with_what_multiplies_them() -> None:
    text = "Trao 45 triệu đồng và hai mươi lăm phần quà cho một gia đình có ba và 1.200 con vịt, giải III, số 05."
    assert found(text, "number") == ["45 trieu", "hai muoi lam", "1 200", "iii", "5"]


@pytest.mark.parametrize(
    "date", ["sáng 5/6", "thứ hai", "chủ nhật", "hôm nay", "quý I năm 2024", "7 giờ 30 phút", "5/6"]
)
def test_dates_are_days_times_and_what_is_told_by_them(date: str) -> None:
    assert len(found(f"Lớp học khai giảng vào {date} cho đoàn viên.", "date")) == 1


@pytest.mark.parametrize("text", ["Sáng kiến của chủ tịch được khen.", "Em ấy chín chắn hơn năm."])
def test_words_that_also_stand_in_dates_are_none_alone(text: str) -> None:
    assert found(text, "date") == []


def test_facts_between_the_same_neighbours_are_exchanged() -> None:
    one = "Ngày 5/6, Công đoàn xã Phú Lợi trao 20 suất quà cho bà con, do ông Lê Văn Tám mang đến tận nhà."
    other = "Ngày 9/6, Công đoàn xã Bến Nghé trao 15 chiếc xe cho bà con, do bà Lê Thị Tám mang đến tận nhà."
    beside = align(words_of(one), words_of(other))
    assert beside.exchanged == {
        ("ngay 5 6", "ngay 9 6"),
        ("phu loi", "ben nghe"),
        ("20", "15"),
        ("le van tam", "le thi tam"),
    }
    assert beside.redated
    assert beside.edits == 0


@pytest.mark.parametrize(
    "other",
    [
        "Bà Lý Thị Sa trao quà cho bà con tại xã.",
        "Bà Lý Sa trao 20 suất quà cho bà con tại xã Mỹ Xuyên.",
        "Bà Lí Thị Sa trao 20 suất quà cho bà con tại xã Mĩ Xuyên, huyện Long Phú.",
        "Bà Lý Thị Sa trao rất nhiều suất quà cho bà con tại xã Mỹ Xuyên.",
        "Bà Lý Thị Sa trao 20 suất quà và hỏi thăm, động viên từng nhà trong những ngày giáp Tết ở Mỹ Xuyên.",
    ],
    ids=["left out", "shortened", "spelled and added", "words for a number", "told anew"],
)
def test_what_only_one_text_says_is_not_exchanged(other: str) -> None:
    assert not exchanged("Bà Lý Thị Sa trao 20 suất quà cho bà con tại xã Mỹ Xuyên.", other)


def test_a_text_in_capitals_has_each_word_for_a_name() -> None:
    text = "CÔNG ĐOÀN XÃ PHÚ LỢI TRAO QUÀ"
    assert len(found(text, "name")) == 7
    assert exchanged(text, text.replace("PHÚ LỢI", "MỸ XUYÊN")) == {("phu", "mi"), ("loi", "xuien")}


def test_a_long_list_in_capitals_costs_no_look_at_each_word_for_each_line() -> None:
    looks = 0

    class Watched(list[Token]):
        def __iter__(self) -> Iterator[Token]:
            nonlocal looks
            for token in super().__iter__():
                looks += 1
                yield token

    text, tokens = tokens_of("\n".join("NGUYỄN VĂN AN\nvắng mặt" for _ in range(300)))
    assert sum(fact.sort == "name" for fact in facts_of(text, Watched(tokens))) == 900
    assert looks < 10 * len(tokens)
