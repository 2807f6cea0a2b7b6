"""Dice that always fall alike for the same keys. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Drawn = TypeVar("Drawn")


class Chance:
    """All chance of one site. Each question has its own dice, so that a new question changes no older answer."""

    def __init__(self, seed: int, number: int) -> None:
        self._key = f"stranger {seed} {number}"

    def dice(self, *question: object) -> random.Random:
        """The dice of a question, the same each time."""
        return random.Random(" / ".join([self._key, *map(str, question)]))

    def one(self, question: str, options: Sequence[Drawn]) -> Drawn:
        """One of the options; what stands there twice is twice as likely."""
        return self.dice(question).choice(options)

    def weighted(self, question: str, options: Mapping[Drawn, float]) -> Drawn:
        """One of the options by their weights."""
        return self.dice(question).choices(list(options), list(options.values()))[0]

    def chance(self, question: str, share: float) -> bool:
        """Whether it happens, in this share of sites."""
        return self.dice(question).random() < share

    def between(self, question: str, least: int, most: int) -> int:
        """A whole number, both ends possible."""
        return self.dice(question).randint(least, most)
