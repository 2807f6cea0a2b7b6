"""How one author types: tone marks old or new, quotes curly or straight, dashes, tỷ or tỉ. Pure.

It is part of the truth: the archive must keep the text as it is typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.demo import chance, typography

Either = Literal["one", "other", "mixed"]


@dataclass(frozen=True, slots=True)
class Style:
    """``tones``: ``one`` is hòa, ``other`` hoà. ``quotes``: ``one`` is curly, ``other`` straight. ``keys`` decide what
    a mixed style does at each place."""

    keys: tuple[object, ...]
    tones: Either
    quotes: Either
    long_dash: bool
    short_i: bool

    def type(self, text: str) -> str:
        """Text in neutral typography as this author types it."""
        text = text if self.long_dash else text.replace(" – ", " - ")
        if self.short_i:
            text = text.replace("tỷ ", "tỉ ").replace("kỷ ", "kỉ ")
        if self.quotes == "other" or (self.quotes == "mixed" and chance.share(*self.keys, "quotes", text) < 0.5):
            text = typography.straight_quotes(text)
        if self.tones == "one":
            return text
        coin = chance.dice(*self.keys, "tones", text)
        return typography.new_tones(text, lambda: self.tones == "other" or coin.random() < 0.4)


def style_of(*keys: object) -> Style:
    """The style of an author whom the keys name."""
    dice = chance.dice(*keys, "style")
    tones: Either = dice.choices(("one", "other", "mixed"), (11, 4, 5))[0]
    quotes: Either = dice.choices(("one", "other", "mixed"), (12, 5, 3))[0]
    return Style(keys, tones, quotes, dice.random() < 0.4, dice.random() < 0.25)


def other_style(taken: Style, *keys: object) -> Style:
    """The style of somebody who types a text anew, in the other tone marks."""
    tones: Either = "one" if taken.tones == "other" else "other"
    return Style(keys, tones, "one" if taken.quotes == "other" else "other", not taken.long_dash, taken.short_i)
