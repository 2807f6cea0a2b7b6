"""Signs articles in the forms that Vietnamese editors use. Pure."""

from __future__ import annotations

import random

from unseen import people
from unseen.chance import Chance
from unseen.model import Author, Byline
from unseen.words import words

PLAIN = ("single", "full", "capitals", "initials", "pair", "comma", "and", "capital pair", "helper", "unit", "desk")
COMBINED = ("news and photo", "text, photo apart")
"""Forms that bring their own label, so no other stands before them."""


class Signatures:
    """How a site's articles are signed: a few of the forms, and a small staff that signs again and again."""

    def __init__(self, chance: Chance, labelled: bool) -> None:
        self._chance = chance
        dice = chance.dice("signatures")
        self._forms = dice.sample(PLAIN, 4)
        if not labelled:
            self._forms += dice.sample(COMBINED, dice.choice((0, 0, 1, 2)))
        self._staff = list(dict.fromkeys(people.pen_name(dice) for _ in range(9)))
        self._letters = [people.initials(dice) for _ in range(3)]

    def sign(self, number: int, district: str) -> Byline:
        """The byline of one article.

        :param district: where the story plays: what a local unit is named for.
        """
        dice = self._chance.dice("byline", number)
        one, two = dice.sample(self._staff, 2)
        match dice.choice(self._forms):
            case "single":
                return _by(one, one)
            case "full":
                name = people.full_name(dice)
                return _by(name, name)
            case "capitals":
                return _by(one.upper(), one)
            case "initials":
                letters = dice.choice(self._letters)
                return _by(letters, letters)
            case "pair":
                return _by(f"{one} - {two}", one, two)
            case "comma":
                return _by(f"{one}, {two}", one, two)
            case "and":
                return _by(f"{one} và {two}", one, two)
            case "capital pair":
                return _by(f"{one} - {two}".upper(), one, two)
            case "helper":
                return Byline("CTV", (Author(None, None, "contributor"),))
            case "unit":
                unit = self._unit("units", dice, district)
                printed = f"{one} ({unit})" if self._chance.chance("unit in brackets", 0.3) else f"{one} - {unit}"
                return Byline(printed, (Author(one, unit, "author"),))
            case "desk":
                unit = self._unit("desks", dice, district)
                return Byline(unit, (Author(None, unit, "author"),))
            case "news and photo":
                label = self._chance.one(
                    "joint label", ("Tin, ảnh: {}", "Bài và ảnh: {}", "Bài, ảnh: {}", "Tin và ảnh: {}")
                )
                return Byline(label.format(one), (Author(one, None, "author"), Author(one, None, "photographer")))
        return Byline(f"Bài: {one} - Ảnh: {two}", (Author(one, None, "author"), Author(two, None, "photographer")))

    @staticmethod
    def _unit(kind: str, dice: random.Random, district: str) -> str:
        unit: str = dice.choice(words("labels")[kind])
        return unit.format(huyen=district)


def _by(printed: str, *names: str) -> Byline:
    return Byline(printed, tuple(Author(name, None, "author") for name in names))
