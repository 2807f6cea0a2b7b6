"""Who signs an article, and how it is printed. Pure."""

from __future__ import annotations

import random

from crawler.demo.model import Author, Byline
from crawler.demo.templates import words

AGENCY = "TTXVN"


def sign(weights: dict[str, int], dice: random.Random) -> Byline | None:
    """A byline in one of the forms that a site uses, drawn by their weights; None for none (and for an agency's)."""
    form = dice.choices(list(weights), list(weights.values()))[0]
    one, two = pen_name(dice), pen_name(dice)
    while two == one:
        two = pen_name(dice)
    match form:
        case "single":
            return _by(one, one)
        case "pair":
            return _by(f"{one} - {two}", one, two)
        case "comma":
            return _by(f"{one}, {two}", one, two)
        case "capitals":
            return _by(one.upper(), one)
        case "capital_pair":
            return _by(f"{one} - {two}".upper(), one, two)
        case "initials":
            letters = dice.choice(words()["people"]["initials"])
            return _by(letters, letters)
        case "unit":
            unit = dice.choice(("Ban TGNG", "Ban Tuyên giáo", "Văn phòng"))
            return Byline(f"{one} - {unit}", (Author(one, unit, "author"),))
        case "desk":
            unit = dice.choice(("Ban Tuyên giáo", "Ban Tuyên giáo - Nữ công"))
            return Byline(unit, (Author(None, unit, "author"),))
        case "ctv":
            return Byline("CTV", (Author(None, None, "contributor"),))
        case "credited":
            if dice.random() < 0.5:
                return Byline(f"Tin, ảnh: {one}", (Author(one, None, "author"), Author(one, None, "photographer")))
            return Byline(f"Bài: {one} - Ảnh: {two}", (Author(one, None, "author"), Author(two, None, "photographer")))
    return None


def is_agency(weights: dict[str, int], dice: random.Random) -> bool:
    """Whether the article is signed by a news agency instead."""
    return dice.random() * sum(weights.values()) < weights.get("agency", 0)


def pen_name(dice: random.Random) -> str:
    people = words()["people"]
    first = dice.choice(people["pen_first"])
    return f"{first} {dice.choice([last for last in people['pen_last'] if last != first])}"


def _by(printed: str, *names: str) -> Byline:
    return Byline(printed, tuple(Author(name, None, "author") for name in names))
