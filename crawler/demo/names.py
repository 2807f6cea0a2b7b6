"""Invented names, counted out: every number up to a total is another person, company or place. Pure."""

from __future__ import annotations

from functools import cache

from crawler.demo.templates import words

_TITLES = {"": ("", ""), "cn": ("chị", "anh"), "nd": ("bà", "ông"), "gv": ("cô giáo", "thầy giáo")}


def people(province: str) -> int:
    """How many people's names there are: women first, then men."""
    lists = words()["people"]
    return 2 * len(words()["provinces"][province]["family"]) * len(lists["middle_women"]) * len(lists["given_women"])


def person(province: str, index: int, slot: str = "") -> str:
    """The person of that number, with a worker's (``cn``), a farmer's (``nd``) or a teacher's (``gv``) title."""
    lists, family = words()["people"], words()["provinces"][province]["family"]
    half = people(province) // 2
    woman = index < half
    sex = "women" if woman else "men"
    index, given = divmod(index % half, len(lists[f"given_{sex}"]))
    at, middle = divmod(index, len(lists[f"middle_{sex}"]))
    name = f"{family[at]} {lists[f'middle_{sex}'][middle]} {lists[f'given_{sex}'][given]}"
    return f"{_TITLES[slot][0 if woman else 1]} {name}".lstrip()


def shortened(titled: str) -> str:
    """``chị Lê Thị Hoa`` as ``chị Hoa``."""
    pronoun, _, name = titled.partition(" ")
    return f"{pronoun} {name.rpartition(' ')[2]}"


@cache
def communes(province: str) -> tuple[tuple[str, str], ...]:
    """All (district, commune) pairs of a province."""
    districts = words()["provinces"][province]["districts"]
    return tuple((district, commune) for district, found in districts.items() for commune in found)


def companies() -> int:
    """How many company names there are."""
    lists = words()["companies"]
    return len(lists["form"]) * len(lists["trade"]) * len(lists["first"]) * len(lists["last"])


def company(index: int) -> str:
    """The company of that number."""
    lists = words()["companies"]
    out = []
    for key in ("last", "first", "trade", "form"):
        index, at = divmod(index, len(lists[key]))
        out.append(lists[key][at])
    last, first, trade, form = out
    return f"{form} {trade} {first} {last}"
