"""How Vietnamese is set: numbers, weekdays, slugs, tone marks old and new, quotes, combining marks, entities. No I/O.

Two uses: what an author writes (it is in the truth), and how an editor's browser encoded it (it is not).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from html import escape
from html.entities import codepoint2name

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
WEEKDAYS_IN_DIGITS = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")

_OLD = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_NEW = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_TO_NEW = {
    form(old): form(new) for form in (str.lower, str.upper, str.title) for old, new in zip(_OLD, _NEW, strict=True)
}
_OPEN_SYLLABLE = re.compile(rf"(?<![qQ])(?:{'|'.join(_TO_NEW)})(?!\w)")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def thousands(value: int) -> str:
    """``3662`` as ``3.662``."""
    return f"{value:,}".replace(",", ".")


def slug(text: str, joint: str = "-") -> str:
    """``Sóc Trăng: 9 Mái ấm`` as ``soc-trang-9-mai-am``."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return joint.join(re.findall(r"[a-z0-9]+", plain))


def new_tones(text: str, wanted: Callable[[], bool] = lambda: True) -> str:
    """``hòa, thủy`` as ``hoà, thuỷ``, for each syllable that is ``wanted``. Written for text in the old style."""
    return _OPEN_SYLLABLE.sub(lambda found: _TO_NEW[found[0]] if wanted() else found[0], text)


def straight_quotes(text: str) -> str:
    """``“…”`` as ``"…"``."""
    return text.replace("“", '"').replace("”", '"')


def capitalised(text: str) -> str:
    """The first letter large, the rest as it is; an opening quote is stepped over."""
    start = 1 if text[:1] in '“"' else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def combining(text: str) -> str:
    """Tone marks as characters of their own behind whole ``ê ơ ă â ư``, as Windows keyboards left them: not NFD."""
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tones = "".join(part for part in parts if part in _TONES)
        shape = "".join(part for part in parts if part not in _TONES)
        out.append(unicodedata.normalize("NFC", shape) + tones)
    return "".join(out)


def plain(text: str) -> str:
    """Text as HTML."""
    return escape(text, quote=False)


def with_entities(text: str) -> str:
    """Text as HTML the way CKEditor writes it: named entities for Latin-1 and quotes, all else as it is."""
    return "".join(
        f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name and char not in "'\"" else char for char in text
    )


def with_combining(text: str) -> str:
    """Text as HTML with combining tone marks."""
    return combining(plain(text))


def clock(moment: datetime) -> str:
    """``Thứ bảy 09/12/2023 15:21``: the clock at the top of a page."""
    return f"{WEEKDAYS[moment.weekday()]} {moment:%d/%m/%Y %H:%M}"


def money(millions: int, dice: random.Random) -> str:
    """An amount as newspapers print it: ``1,75 tỷ đồng``, ``320 triệu đồng``, ``45.500.000 đồng``."""
    if millions >= 1000:
        whole, rest = divmod(millions, 1000)
        decimals = f"{rest:03}"[: dice.choice((1, 2))].rstrip("0")
        return f"{thousands(whole)}{',' + decimals if decimals else ''} tỷ đồng"
    if dice.random() < 0.2:
        return f"{thousands(millions * 1_000_000 + dice.choice((0, 500_000)))} đồng"
    return f"{millions} triệu đồng"
