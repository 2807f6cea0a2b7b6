"""Folding, tone placement and words of Vietnamese."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.vietnamese import canonical_tones, fold, nfc, spelling, spellings, tokenise, words

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]

syllables = st.builds(
    lambda letters: "".join(letter + tone for letter, tone in letters),
    st.lists(st.tuples(st.sampled_from(LETTERS + LETTERS.upper()), st.sampled_from(TONES)), min_size=1, max_size=6),
)


def test_folding_removes_case_and_every_vietnamese_mark() -> None:
    assert fold("LIÊN ĐOÀN Lao động tỉnh Đắk Nông") == "lien doan lao dong tinh dak nong"


def test_a_character_folds_the_same_whatever_else_stands_in_the_text() -> None:
    letters = [chr(code) for code in range(0x2100) if not unicodedata.combining(chr(code))]
    assert [fold(f"{letter} ʬ")[0] for letter in letters] == [fold(f"{letter} ờ")[0] for letter in letters]


def test_look_alikes_of_d_with_stroke_fold_to_d() -> None:
    assert fold("ðoàn Ðoàn Ɖoàn đoàn Đoàn") == "doan doan doan doan doan"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composed_and_decomposed_text_fold_to_the_same(form: str) -> None:
    text = "Hội nghị Ban Chấp hành Liên đoàn Lao động tỉnh"
    assert fold(unicodedata.normalize(form, text)) == "hoi nghi ban chap hanh lien doan lao dong tinh"


def test_windows_1258_text_folds_like_any_other() -> None:
    hybrid = "nghiê\u0323p đoa\u0300n"  # ê and then the dot below, as old editors write it
    assert fold(hybrid) == fold("nghiệp đoàn") == "nghiep doan"


@given(st.text())
def test_a_position_in_folded_text_is_the_same_position_in_the_text(text: str) -> None:
    assert len(fold(text)) == len(nfc(text))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(syllables)
def test_no_vietnamese_mark_survives_folding(text: str) -> None:
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz\u034f")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa bình", "hoà bình"),
        ("Thủy lợi", "Thuỷ lợi"),
        ("Tỉnh ủy", "Tỉnh uỷ"),
        ("HÓA", "HOÁ"),
        ("khỏe mạnh", "khoẻ mạnh"),
        ("tòa soạn", "toà soạn"),
        ("kỉ niệm", "kỷ niệm"),
        ("tỉ đồng", "tỷ đồng"),
        ("kĩ năng", "kỹ năng"),
        ("Mĩ", "Mỹ"),
        ("quí IV", "quý IV"),
        ("bác sĩ", "bác sỹ"),
        ("kì họp", "kỳ họp"),
    ],
)
def test_two_spellings_of_one_word_become_one(one: str, other: str) -> None:
    assert canonical_tones(one) == canonical_tones(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoàn", "hòan"),  # a slip, not a style: the tone of a closed syllable has one place
        ("lí", "lý"),  # names differ by it
        ("hi", "hy"),
        ("tiền", "tiên"),
        ("sỉ", "sỷ"),
        ("thuý", "thúi"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert canonical_tones(one) != canonical_tones(other)


@pytest.mark.parametrize("word", ["hoàn", "khoán", "toàn", "quỳnh", "thuyền", "loài", "khuỷu", "quá", "mùa"])
def test_words_with_one_spelling_are_left_alone(word: str) -> None:
    assert canonical_tones(word) == word


@given(st.text())
def test_placing_tones_keeps_the_length_and_is_done_once(text: str) -> None:
    placed = canonical_tones(text)
    assert len(placed) == len(nfc(text))
    assert canonical_tones(placed) == placed


@given(syllables)
def test_a_word_stays_itself_in_all_its_spellings(word: str) -> None:
    forms = spellings(word)
    assert spelling(word) in forms
    assert {spelling(form) for form in forms} == {spelling(word)}


def test_both_tone_styles_are_among_the_spellings() -> None:
    assert {"hòa", "hoà"} <= spellings("Hoà")
    assert {"kỉ", "kỷ"} <= spellings("kỉ")


def test_words_are_folded_and_without_punctuation() -> None:
    assert words("CNVC-LĐ, “đoàn viên” & NLĐ: 6.100 suất quà/năm…") == [
        *("cnvc", "ld", "doan", "vien", "nld", "6", "100", "suat", "qua", "nam")
    ]


def test_words_that_differ_by_i_and_y_only_are_one_word_without_accents() -> None:
    assert words("kỉ niệm") == words("kỷ niệm") == words("ky niem") == words("ki niem")


def test_a_soft_hyphen_does_not_divide_a_word_and_a_zero_width_space_does() -> None:
    assert words("công\u00adđoàn công\u200bđoàn") == ["congdoan", "cong", "doan"]


@given(st.text())
def test_tokens_are_the_words_with_their_places(text: str) -> None:
    text = nfc(text)
    tokens = tokenise(text)
    assert [token.key for token in tokens] == words(text)
    for token in tokens:
        assert words(text[token.start : token.end]) == [token.key]
