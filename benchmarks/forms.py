"""Notices that are printed again and again with other names, numbers and dates. Reads ``forms.toml`` beside it."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.demo.names import communes, companies, company, people, person
from crawler.demo.typography import thousands

PROVINCE = "soc-trang"


@dataclass(frozen=True, slots=True)
class Print:
    """One form, filled in: what stands in each of its blanks, and what is printed."""

    form: str
    filled: Mapping[str, str]
    headline: str
    body: str


@cache
def forms() -> dict[str, dict[str, str]]:
    """Headline and body of each form."""
    return tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))


def fill_in(form: str, dice: random.Random, kept: Mapping[str, str] | None = None) -> Print:
    """Print a form; ``kept`` says what its blanks hold, if they are not to be filled in anew."""
    filled = {blank: draw(dice) for blank, draw in _BLANKS.items()} | dict(kept or {})
    printed = {part: _set(text.strip().format_map(filled)) for part, text in forms()[form].items()}
    return Print(form, filled, printed["headline"], printed["body"])


def fill_in_again(first: Print, dice: random.Random) -> Print:
    """The same form for another event: another day, and of the other blanks that it has half at least anew."""
    blanks = sorted(blank for blank in first.filled if f"{{{blank}}}" in forms()[first.form]["body"])
    kept = dice.sample(blanks, k=dice.randrange(len(blanks) // 2 + 1))
    return fill_in(first.form, dice, {blank: first.filled[blank] for blank in kept if blank not in ("ngay", "gio")})


def _set(text: str) -> str:
    """A capital where a sentence begins."""
    return re.sub(r"(?:^|\n|[.:] )[^\W\d_]", lambda found: found.group().upper(), text)


def _place(dice: random.Random) -> str:
    return dice.choice(communes(PROVINCE))[1].removeprefix("xã ").removeprefix("phường ").removeprefix("thị trấn ")


def _district(dice: random.Random) -> str:
    return dice.choice(communes(PROVINCE))[0].split(" ", 1)[1]


def _person(dice: random.Random) -> str:
    return person(PROVINCE, dice.randrange(people(PROVINCE)), dice.choice(("cn", "nd")))


def _day(dice: random.Random) -> str:
    form = dice.choice(("{}/{}", "{}/{}/{}", "{}-{}-{}", "{} tháng {} năm {}"))
    return form.format(dice.randrange(1, 29), dice.randrange(1, 13), dice.randrange(2019, 2026))


def _clock(dice: random.Random) -> str:
    return dice.choice(("{}h{}", "{} giờ {}", "{} giờ {} phút")).format(dice.randrange(5, 22), dice.randrange(10, 60))


def _money(dice: random.Random) -> str:
    return dice.choice(
        (f"{dice.randrange(20, 990)} triệu đồng", f"{thousands(500 * dice.randrange(400, 900_000))} đồng")
    )


_BLANKS: Mapping[str, Callable[[random.Random], str]] = {
    **dict.fromkeys(("xa", "xa2"), _place),
    "huyen": _district,
    "cty": lambda dice: company(dice.randrange(companies())),
    **dict.fromkeys(("nguoi", "nguoi2", "nguoi3"), _person),
    "ngay": _day,
    "gio": _clock,
    **dict.fromkeys(("tien", "tien2"), _money),
    **{f"s{number}": lambda dice: str(dice.randrange(11, 99)) for number in range(1, 10)},
    **{f"c{number}": lambda dice: str(dice.randrange(2, 10)) for number in range(1, 5)},
}
