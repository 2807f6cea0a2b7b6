"""Writes a site's stories: fills the patterns of grammar.toml with people, places, figures and days. Pure.

A story keeps to one place, one firm and one hero, as news does. No paragraph and no headline comes twice on a site.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta

from unseen import people
from unseen.chance import Chance
from unseen.words import words

_SLOT = re.compile(r"\{(\w+)\}")
_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Story:
    """What is to be told, before anybody has laid it out. ``captions`` are spare: a page uses as many as it has
    pictures."""

    headline: str
    opening: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    tags: tuple[str, ...]
    district: str


class Writer:
    """The newsroom of one site."""

    def __init__(self, chance: Chance, province: str, kind: str) -> None:
        self.chance, self.province, self.kind = chance, province, kind
        self._between_day_and_month = chance.one("day and month", ("/", "/", "/", "-", "."))
        self._straight_quotes = chance.chance("straight quotes", 0.3)
        self._seen: set[str] = set()

    def story(self, number: int, topic: str, day: date, paragraphs: int) -> Story:
        """A story of a topic.

        :param day: when it is published; what it tells happened then or shortly before.
        :param paragraphs: how many there are behind the opening.
        """
        for attempt in range(_ATTEMPTS):
            dice = self.chance.dice("story", number, attempt)
            story = self._draft(dice, topic, day, paragraphs)
            said = {story.headline, story.opening, *story.paragraphs}
            if len(said) == 2 + len(story.paragraphs) and not said & self._seen:
                self._seen |= said
                return story
        raise RuntimeError(f"the grammar has no new story for topic {topic} after {_ATTEMPTS} attempts")

    def _draft(self, dice: random.Random, topic: str, day: date, count: int) -> Story:
        patterns = words("grammar")["topics"][topic]
        fill = _Filler(dice, self.province, day, self._between_day_and_month)
        pool = [*patterns["sentences"], *dice.sample(words("grammar")["common"][self._common(topic)], 5)]
        dice.shuffle(pool)
        sizes = [dice.choice((1, 2, 2, 3)) for _ in range(count)]
        paragraphs = []
        for size in sizes:
            taken, pool = pool[:size], pool[size:]
            if not taken:
                break
            paragraphs.append(" ".join(fill(sentence) for sentence in taken))
        return Story(
            headline=self._typed(fill(dice.choice(patterns["headlines"]))),
            opening=self._typed(fill(dice.choice(patterns["openings"]))),
            paragraphs=tuple(map(self._typed, paragraphs)),
            captions=tuple(self._typed(fill(one)) for one in dice.sample(patterns["captions"], 3)),
            tags=tuple(dice.sample(patterns["tags"], dice.randint(2, 3))),
            district=fill.fixed["huyen"],
        )

    @staticmethod
    def _common(topic: str) -> str:
        return next(str(group["kind"]) for group in words("grammar")["groups"] if topic in group["topics"])

    def _typed(self, text: str) -> str:
        return text.replace("“", '"').replace("”", '"') if self._straight_quotes else text


class _Filler:
    """Fills the slots of one story. ``fixed``: what stays the same all through it."""

    def __init__(self, dice: random.Random, province: str, day: date, joint: str) -> None:
        self._dice, self._day, self._joint = dice, day, joint
        district = dice.choice(("huyện {}", "huyện {}", "huyện {}", "thị xã {}", "thành phố {}"))
        self.fixed = {
            "tinh": province,
            "huyen": district.format(people.place(dice)),
            "xa": dice.choice(("xã {}", "xã {}", "phường {}", "thị trấn {}")).format(people.place(dice)),
            "congty": people.firm(dice),
            "truong": people.school(dice),
            "donvi": people.union(dice),
            "dan": people.villager(dice),
            "nam": str(day.year),
            "namcu": str(day.year - dice.randint(1, 6)),
            "namtoi": str(day.year + dice.randint(1, 3)),
        }
        self.fixed["danten"] = self.fixed["dan"].split(" ", 1)[1]

    def __call__(self, pattern: str) -> str:
        text = pattern
        while _SLOT.search(text):
            text = _SLOT.sub(lambda found: self.fixed.get(found[1]) or self._fresh(found[1]), text)
        return text[0].upper() + text[1:]

    def _fresh(self, slot: str) -> str:
        dice = self._dice
        match slot:
            case "xa2":
                return f"xã {people.place(dice)}"
            case "huyen2":
                return f"huyện {people.place(dice)}"
            case "donvi2":
                return people.union(dice).replace("{huyen}", f"huyện {people.place(dice)}")
            case "nguoi":
                return people.leader(dice)
            case "canbo":
                return people.officer(dice)
            case "nguthuong":
                return people.full_name(dice)
            case "chi":
                return f"chị {people.woman(dice)}"
            case "cogiao":
                return people.woman(dice)
            case "be":
                return f"{dice.randint(2, 9):02}" if dice.random() < 0.2 else str(dice.randint(3, 9))
            case "so":
                return str(dice.randint(12, 95))
            case "tuoi":
                return str(dice.randint(61, 89))
            case "solon":
                return str(dice.randint(110, 980))
            case "ngan":
                return f"{dice.randint(1, 28)}.{dice.randint(1, 99) * 10:03}"
            case "tien":
                return f"{dice.randint(6, 90) * 10} triệu đồng"
            case "ty":
                return f"{dice.randint(1, 40)},{dice.randint(1, 9)} tỷ đồng"
            case "tram":
                return (
                    f"{dice.randint(55, 99)}%"
                    if dice.random() < 0.5
                    else f"{dice.randint(55, 98)},{dice.randint(1, 9)}%"
                )
            case "qui":
                return f"quý {('I', 'II', 'III', 'IV')[(self._day.month - 1) // 3]}"
            case "thang":
                return str((self._day.month - dice.randint(1, 3) - 1) % 12 + 1)
            case "ngay":
                return self._short(self._day + timedelta(days=dice.randint(3, 40)))
            case "ngayqua":
                return self._short(self._day - timedelta(days=dice.randint(2, 20)))
            case "buoi" | "buoithuong":
                part = dice.choice(("Sáng {}", "Chiều {}", "Sáng ngày {}", "Chiều ngày {}", "Ngày {}", "Tối {}"))
                said = part.format(self._short(self._day - timedelta(days=dice.randint(0, 2))))
                return said if slot == "buoi" else said[0].lower() + said[1:]
        raise KeyError(f"grammar.toml: no slot is called {{{slot}}}")

    def _short(self, day: date) -> str:
        return f"{day.day}{self._joint}{day.month}"
