"""Vietnamese in encodings that nobody declares becomes Unicode; what is right already stays as it is."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import draft, nukeviet, page

from crawler.extraction import extract
from crawler.extraction.document import fold, parse, text_of
from crawler.extraction.encodings import _TCVN3, _VNI, _words, is_vietnamese, may_be_legacy, reread, western
from crawler.extraction.syllables import is_syllable

TEXT = (
    "Công đoàn ngành Dệt may vừa mở lớp học nghề miễn phí cho những nữ công nhân bị mất việc làm sau mùa lũ.",
    "Mỗi học viên được hỗ trợ tiền ăn, chỗ ở và một bộ đồ nghề; ai học xong đều được giới thiệu về các xưởng ở quê.",
    "Chị Hạnh, người thợ lớn tuổi nhất lớp, kể rằng ngày đầu cầm kéo tay còn run, nay chị đã cắt được cả áo dài.",
)
VOWELS, TONES = "aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
ALPHABET = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
"""Every letter of Vietnamese that bears a mark, and the vowels without one: 73 small letters."""

_FROM_TCVN3 = {letter: chr(code) for code, letter in _TCVN3.items()}
_FROM_VNI = {letter: written for written, letter in _VNI.items()}


def in_tcvn3(text: str) -> str:
    """As an editor's font shows it: a capital that bears a tone is the small letter's code in another font."""
    return "".join(_FROM_TCVN3.get(one) or _FROM_TCVN3.get(one.lower(), one) for one in text)


def in_vni(text: str) -> str:
    return "".join(_FROM_VNI.get(one) or _FROM_VNI.get(one.lower(), one.lower()).upper()
                   if not one.isascii() and not one.islower() else _FROM_VNI.get(one, one) for one in text)  # fmt: skip


def as_cp1258(text: str) -> bytes:
    """The tone behind its vowel, which keeps its own mark, as Windows writes it."""
    pieces = []
    for one in text:
        decomposed = unicodedata.normalize("NFD", one)
        tones = "".join(mark for mark in decomposed if mark in TONES[1:])
        pieces.append(unicodedata.normalize("NFC", "".join(m for m in decomposed if m not in TONES[1:])) + tones)
    return "".join(pieces).encode("cp1258")


def in_mojibake(text: str) -> str:
    return western(text.encode())


LEGACY: dict[str, Callable[[str], str]] = {
    "TCVN3 (ABC fonts)": in_tcvn3,
    "VNI": in_vni,
    "UTF-8 read as windows-1252": in_mojibake,
    "UTF-8 read as windows-1252 twice": lambda text: in_mojibake(in_mojibake(text)),
    "windows-1258 read as windows-1252": lambda text: western(as_cp1258(text)),
}


def markup(encode: Callable[[str], str] = str) -> str:
    """A page whose every text is in the encoding: markup is ASCII in all of them."""
    return encode(nukeviet("".join(f"<p>{one}</p>" for one in TEXT)))


# The tables


@pytest.mark.skipif(shutil.which("iconv") is None, reason="the C library's table is asked through iconv")
def test_the_codes_of_tcvn3_are_those_of_the_standard() -> None:
    codes = sorted(_TCVN3)
    printed = subprocess.run(
        ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"],
        input=b"".join(bytes([code]) + b"\n" for code in codes),
        capture_output=True,
        check=False,
    )
    if printed.returncode:
        pytest.skip("this C library does not know TCVN 5712")
    standard = unicodedata.normalize("NFC", printed.stdout.decode()).split()
    assert [_TCVN3[code] for code in codes] == standard


def test_the_tables_have_every_letter_once() -> None:
    marked = {letter for letter in ALPHABET if not letter.isascii()}
    assert set(_TCVN3.values()) == marked | set("ĂÂÊÔƠƯĐ")
    assert len(_TCVN3) == len(set(_TCVN3.values()))
    same = {"í", "ì"}  # VNI leaves these two where Latin-1 has them
    assert set(_VNI.values()) == marked - same
    assert len(_VNI) == len(marked - same)


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("Liªn ®oµn Lao ®éng tØnh tæ chøc héi nghÞ", "Liên đoàn Lao động tỉnh tổ chức hội nghị"),
        ("Lieân ñoaøn Lao ñoäng tænh toå chöùc hoäi nghò", "Liên đoàn Lao động tỉnh tổ chức hội nghị"),
        ("LIEÂN ÑOAØN LAO ÑOÄNG TÆNH TOÅ CHÖÙC HOÄI NGHÒ", "LIÊN ĐOÀN LAO ĐỘNG TỈNH TỔ CHỨC HỘI NGHỊ"),
        ("LI£N §OµN LAO §éNG TØNH Tæ CHøC HéI NGHÞ", "LIÊN ĐOÀN LAO ĐỘNG TỈNH TỔ CHỨC HỘI NGHỊ"),
        ("LiÃªn Ä‘oÃ\xa0n Lao Ä‘á»™ng tá»‰nh tá»• chá»©c há»™i nghá»‹", "Liên đoàn Lao động tỉnh tổ chức hội nghị"),
        ("Liên ðoàn Lao ðôòng tiÒnh tôÒ chýìc hôòi nghiò", "Liên đoàn Lao động tỉnh tổ chức hội nghị"),
    ],
)
def test_lines_as_browsers_show_them(shown: str, meant: str) -> None:
    found = reread([shown])
    assert found is not None
    assert found.pieces == [meant]


@pytest.mark.parametrize("name", LEGACY)
@pytest.mark.parametrize("upper", [False, True], ids=["small", "capital"])
def test_every_letter_comes_back(name: str, upper: bool) -> None:
    if upper and name.startswith("TCVN3"):
        letters = [one.upper() for one in ALPHABET if one.upper() in _TCVN3.values()]
    else:
        letters = [one.upper() if upper else one for one in ALPHABET]
    alphabet = " ".join(f"n{one}" for one in letters)
    found = reread([LEGACY[name](one) for one in (*TEXT, alphabet)])
    assert found is not None
    assert found.names == [name]
    assert [one if one is not None else "" for one in found.pieces] == [*TEXT, alphabet]


# Pages


@pytest.mark.parametrize("name", LEGACY)
def test_a_page_in_such_an_encoding_becomes_unicode_and_its_evidence_says_so(name: str) -> None:
    found = draft(markup(LEGACY[name]))
    assert found.body == list(TEXT)
    assert found.headline is not None and found.headline.raw == "Công đoàn ngành Y tế ra quân"
    assert found.published[0].raw == "Thứ hai - 29/07/2024 08:15"
    assert [note for note in found.notes if f"converted from {name}:" in note]


@pytest.mark.parametrize("name", ["TCVN3 (ABC fonts)", "VNI"])
@pytest.mark.parametrize("charset", [None, "utf-8", "iso-8859-1", "windows-1252", "windows-1258", "x-user-defined"])
def test_bytes_of_a_font_encoding_are_read_whatever_is_declared(name: str, charset: str | None) -> None:
    asked = page(markup(LEGACY[name]).encode("cp1252"))
    asked.charset = charset
    assert extract(asked).drafts[0].body == list(TEXT)


@pytest.mark.parametrize("charset", [None, "utf-8", "iso-8859-1", "windows-1258", "windows-1250"])
def test_bytes_of_windows_1258_are_read_whatever_is_declared_and_composed(charset: str | None) -> None:
    asked = page(as_cp1258(markup()))
    asked.charset = charset
    (found,) = extract(asked).drafts
    assert found.body == list(TEXT)
    assert bool(found.notes) is (charset != "windows-1258")


def test_named_and_numbered_references_are_letters_of_the_font_too() -> None:
    written = "".join(
        f"<p>{html.escape(in_tcvn3(one)).encode('ascii', 'xmlcharrefreplace').decode()}</p>" for one in TEXT
    )
    written = written.replace("&#174;", "&reg;").replace("&#181;", "&micro;").replace("&#173;", "&shy;")
    assert draft(nukeviet(written)).body == list(TEXT)


def test_a_body_from_an_old_editor_is_converted_and_the_menu_around_it_is_not() -> None:
    menu = "<ul><li><a href='/'>Trang chính</a></li><li>Tin trong tháng</li><li>Hội viên điển hình</li></ul>"
    asked = page(nukeviet("".join(f"<p>{in_tcvn3(one)}</p>" for one in TEXT), above=menu))
    tree = parse(asked)
    assert text_of(tree).count("Trang chính Tin trong tháng Hội viên điển hình") == 1
    assert extract(asked, tree).drafts[0].body == list(TEXT)


def test_small_letters_in_a_font_of_capitals_are_capitals() -> None:
    heading = f'<p><font face=".VnTimeH"><b>{in_tcvn3("thông báo của công đoàn tỉnh")}</b></font></p>'
    found = draft(nukeviet(heading + "".join(f"<p>{in_tcvn3(one)}</p>" for one in TEXT)))
    assert found.body[0] == "THÔNG BÁO CỦA CÔNG ĐOÀN TỈNH"
    assert found.body[1:] == list(TEXT)


def test_signs_that_stand_alone_are_no_letters() -> None:
    found = reread([*map(in_tcvn3, TEXT), in_tcvn3("Bản quyền") + " © 2009 ®"])
    assert found is not None
    assert found.pieces[-1] == "Bản quyền © 2009 ®"


# What is right already

RIGHT = {
    "Vietnamese": " ".join(TEXT),
    "Latin-1": "Tin tài chính trong tháng; thông báo bán nhà; Hà Nam và Thanh Hoá có hai làng nghề. " * 5,
    "decomposed": unicodedata.normalize("NFD", " ".join(TEXT)),
    "signs": "© ® ™ «Công đoàn» 25 m² – 30 µm, ½ ngày, 5 €, số 3° và 4 × 5 ¶ § ¼ ¾ ¿ ª º ¹ ¨ ¬ ¸ ¯ ¡ ¢ £ ¥ ¦ ± · ÷ "
    * 5,
    "soft hyphens": " ".join(TEXT).replace("n", "n\u00ad"),
    "French": "Le congrès a été précédé d'une fête où l'été, déjà fini, laissait le goût âpre des forêts brûlées. "
    "Après les élections, l'élève modèle reçut à Noël un gâteau; où est passée la clé du théâtre, mon garçon? " * 3,
    "German": "Für die Prüfung übt Jürgen täglich fünf Stücke; größere Übungen fällt er später. Schöne Grüße aus Köln. "
    * 5,
    "Portuguese": "A reunião começou às três; não há condições, mas as mães e os irmãos já estão lá, à espera do pão. "
    * 5,
    "Spanish": "El niño pequeño soñó con una cigüeña; ¿quién vendrá mañana? Señores, la sesión terminó a las dos. " * 5,
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy; děti čtou v městě řadu knížek a těší se na zítřek. " * 5,
    "Danish": "Rødgrød med fløde på en ø; børnene går i skole, når året er gået, og ålen ligger i søen. " * 5,
    "Icelandic": "Það er gott að eiga góða vini; börnin fóru út að leika sér þó að veðrið væri ekki gott í dag. " * 5,
    "Turkish": "Çocuklar öğleden sonra gölün kıyısında yürüdü; güneş batınca köye döndüler, üşüdüler. " * 5,
}


@pytest.mark.parametrize("language", RIGHT)
def test_what_is_right_is_left_alone(language: str) -> None:
    pieces = RIGHT[language].split(". ")
    assert reread(pieces) is None
    assert reread([RIGHT[language]]) is None


@pytest.mark.parametrize("language", RIGHT)
def test_foreign_words_in_a_vietnamese_page_are_left_alone(language: str) -> None:
    asked = page(nukeviet("".join(f"<p>{one}</p>" for one in (*TEXT, RIGHT[language]))))
    assert fold(RIGHT[language]) in text_of(parse(asked))
    assert asked.converted is None


def test_a_few_odd_words_convert_nothing() -> None:
    assert reread([in_tcvn3("Lớp học nghề"), *TEXT]) is None


@given(st.lists(st.sampled_from(" ".join(TEXT).split()), max_size=30), st.text(max_size=40))
def test_vietnamese_is_never_converted_whatever_stands_beside_it(words: list[str], beside: str) -> None:
    found = reread([" ".join(words), beside])
    assert found is None or found.pieces[0] is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    reread([text, western(text.encode()), text])
    is_vietnamese(text)
    may_be_legacy(text)


def _real_texts(real_pages: Path, seeds: Path) -> Iterator[tuple[str, bytes]]:
    for row in json.loads((real_pages / "index.json").read_text(encoding="utf-8")):
        yield row["file"], (real_pages / row["file"]).read_bytes()
    for path in seeds.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        yield path.name, "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines()).encode()


def test_no_real_page_is_converted(real_pages: Path, seeds: Path) -> None:
    read = 0
    for name, body in _real_texts(real_pages, seeds):
        asked = page(body)
        tree = parse(asked)
        found = reread([piece for piece in tree.itertext() if isinstance(piece, str)])
        assert asked.converted is None and found is None, name
        read += 1
    assert read > 40


def test_nearly_all_words_of_real_texts_are_possible_syllables(seeds: Path) -> None:
    words = [word for path in seeds.glob("*.txt") for word in _words(path.read_text(encoding="utf-8"))]
    words = [unicodedata.normalize("NFC", word) for word in words]
    assert len(words) > 2_000
    assert sum(map(is_syllable, words)) >= 0.98 * len(words)


# Syllables

POSSIBLE = "nghiêng Quyết quốc giếng gì khuya ươn ĐOÀN thuở hoà hòa quýnh xoong yểu ăn Ủy"
IMPOSSIBLE = "Lieân oµn Néi đông1 côc ngg đđ hòá Ðoàn ä zá wê été"


@pytest.mark.parametrize("word", POSSIBLE.split())
def test_a_syllable_of_vietnamese_is_one(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", IMPOSSIBLE.split())
def test_what_no_vietnamese_word_can_be_is_none(word: str) -> None:
    assert not is_syllable(word)
