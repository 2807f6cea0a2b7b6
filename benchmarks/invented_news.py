"""Invented articles for the search benchmark: words as unevenly spread as in real news, headlines that collide.

No sentence of a real page is in it. Some hundred frequent compounds are ordinary Vietnamese of union news; all rarer
ones are made of possible syllables. Frequencies fall with the rank (Zipf); each article has a topic, whose words come
more often in it. The same seed gives the same articles.
"""

from __future__ import annotations

import random
import tomllib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from archive.provinces import Province, provinces
from archive.vietnamese import nfc

DAYS = 15 * 365
REPRINTS = 0.015
PRECISIONS = ("minute",) * 45 + ("day",) * 3 + ("month", None)
FIRST = datetime(2011, 1, 3)
SYLLABLES_OF_BODY = 520
"""About 3 KB of UTF-8."""

_MADE_OF: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SECTIONS = _MADE_OF["section_outer"], _MADE_OF["section_inner"]
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
VOWELS = "aăâeêioôơuưy"


@dataclass(slots=True)
class News:
    """One invented article. ``province`` is its site's."""

    site: str
    province: str
    published: datetime
    headline: str
    description: str
    body: str
    byline: str
    authors: list[str]
    section: list[str]
    keywords: list[str]
    images: bool
    precision: str | None = "minute"
    copy_of: int | None = None  # how many articles before it the one was made that it is a copy of


@dataclass(frozen=True, slots=True)
class Site:
    name: str
    kind: str
    province: Province
    places: list[str]
    firms: list[str]
    authors: list[str]
    share: float


class Newsroom:
    """What all articles are made of: words, topics, sites with their places, firms and authors."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same articles every time
        self.numbers = np.random.default_rng(seed)
        syllables = self._syllables()
        uneven = [1 / (rank + 20) for rank in range(len(syllables))]
        rare = [
            " ".join(self.chance.choices(syllables, uneven, k=self.chance.choice((1, 2, 2, 2, 2, 3))))
            for _ in range(24_000)
        ]
        self.words = [*_MADE_OF["frequent"], *rare]
        ranks = np.arange(1, len(self.words) + 1)
        weights = 1 / (ranks + 2.0) ** 1.02
        self.weights = weights / weights.sum()
        flatter = self.weights**0.75 / (self.weights**0.75).sum()
        self.topics = [self.numbers.choice(len(self.words), 60, replace=False, p=flatter) for _ in range(400)]
        self.names = [" ".join(map(str.capitalize, self.chance.choices(syllables, k=2))) for _ in range(6_000)]
        self.syllables = syllables
        self.sites = list(self._sites())

    def _syllables(self) -> list[str]:
        found = set()
        for onset in _MADE_OF["onsets"]:
            for rhyme in _MADE_OF["rhymes"]:
                for tone in TONES:
                    if (tone in TONES[3:] and rhyme[-1] == "t") or (tone in TONES[:2] and rhyme[-1] == "t"):
                        continue
                    at = _toned(rhyme)
                    found.add(nfc(onset + rhyme[: at + 1] + tone + rhyme[at + 1 :]))
        made = sorted(found)
        self.chance.shuffle(made)
        return made[:4_000]

    def _sites(self) -> Iterator[Site]:
        for number, province in enumerate(provinces()):
            for kind in ("union", "broadcaster"):
                name = f"{'cd' if kind == 'union' else 'dai'}-{province.folded.replace(' ', '').replace('-', '')}"
                yield Site(
                    name,
                    kind,
                    province,
                    [f"{self.chance.choice(_MADE_OF['kinds'])} {one}" for one in self.chance.choices(self.names, k=30)],
                    self.chance.choices(self.names, k=60),
                    [self._person() for _ in range(25)],
                    1 / (number % 9 + 2),
                )

    def _person(self) -> str:
        middle = self.chance.choice(_MADE_OF["middles"])
        return " ".join(
            filter(None, (self.chance.choice(_MADE_OF["families"]), middle, self.chance.choice(_MADE_OF["given"])))
        )

    def articles(self, count: int) -> Iterator[News]:
        """So many articles, in no order of time."""
        shares = [site.share for site in self.sites]
        done = 0
        before: deque[News] = deque(maxlen=1_000)
        while done < count:
            some = min(2_000, count - done)
            # Words of two or three syllables: so many give a body of the length that is wanted, on the average.
            drawn = self.numbers.choice(len(self.words), (some, SYLLABLES_OF_BODY * 10 // 21), p=self.weights)
            for row in drawn.tolist():
                made = self._article(self.chance.choices(self.sites, shares)[0], row)
                if len(before) == before.maxlen and self.chance.random() < REPRINTS:
                    made = self._copy(made, before)
                before.append(made)
                yield made
            done += some

    def _copy(self, made: News, before: Sequence[News]) -> News:
        """The text of an earlier article on another site, up to three days later."""
        back = self.chance.randrange(1, len(before))
        first = before[-back]
        if first.copy_of is not None:
            return made
        later = first.published + timedelta(hours=self.chance.randrange(1, 72))
        told = {"headline": first.headline, "description": first.description, "body": first.body}
        return replace(made, **told, published=later, precision=first.precision, copy_of=back)

    def _article(self, site: Site, row: list[int]) -> News:
        chance, words = self.chance, self.words
        topic = self.topics[min(int(chance.expovariate(1 / 60)), len(self.topics) - 1)]
        for at in chance.sample(range(len(row)), len(row) // 5):
            row[at] = int(topic[min(int(chance.expovariate(1 / 12)), 59)])
        published = FIRST + timedelta(seconds=chance.random() * DAYS * 86_400)
        if published.hour < 5 and chance.random() < 0.9:
            published = published.replace(hour=8 + published.hour)
        headline = self._headline(site, topic, published)
        said = [words[at] for at in row]
        if chance.random() < 0.98:
            said[chance.randrange(30)] = "công đoàn"
        said[3:3] = [f"{site.province.name},", chance.choice(site.places)]
        author = chance.choice(site.authors)
        keywords = [words[int(at)] for at in chance.choices(topic, k=chance.choice((0, 0, 2, 4)))]
        section = [chance.choice(one) for one in SECTIONS[: chance.choice((1, 2))]]
        description = f"{' '.join(said[:18]).capitalize()}."
        body = _paragraphs(said[18:], chance)
        images = chance.random() < 0.7
        return News(
            site.name,
            site.province.name,
            published,
            headline,
            description,
            body,
            author,
            [author],
            section,
            keywords,
            images,
            chance.choice(PRECISIONS),
        )

    def _headline(self, site: Site, topic: np.ndarray, published: datetime) -> str:
        chance = self.chance
        after = published.year * 100 + published.month >= 202507
        now = site.province.merged_into if after and site.province.merged_into else site.province.name
        unit = chance.choice((chance.choice(site.places), chance.choice(site.places), f"tỉnh {now}", now))
        subject = " ".join(
            self.words[int(topic[min(int(chance.expovariate(1 / 6)), 59)])] for _ in range(chance.choice((1, 2, 2, 3)))
        )
        told = {
            "unit": unit,
            "firm": chance.choice(site.firms),
            "trade": chance.choice(_MADE_OF["trades"]),
            "year": published.year,
            "later": published.year + 5,
            "roman": chance.choice(("IV", "V", "VI", "VII", "IX", "X", "XI", "XII")),
            "quarter": chance.choice(("I", "II", "III", "IV")),
            "place": chance.choice((now, chance.choice(site.places))),
            "count": chance.choice((20, 30, 50, 100, 120, 150, 200, 300)),
        }
        actor, occasion = (
            chance.choice(_MADE_OF["actors"]).format(**told),
            chance.choice(_MADE_OF["occasions"]).format(**told),
        )
        return nfc(" ".join(f"{actor} {chance.choice(_MADE_OF['verbs'])} {subject} {occasion}".split()))


def _toned(rhyme: str) -> int:
    """The place of the vowel that carries the tone."""
    vowels = [at for at, letter in enumerate(rhyme) if letter in VOWELS]
    marked = [at for at in vowels if rhyme[at] in "ăâêôơư"]
    if marked:
        return marked[-1]
    return vowels[-1] if rhyme[-1] not in VOWELS or rhyme in {"oa", "oe"} else vowels[0]


def _paragraphs(words: list[str], chance: random.Random) -> str:
    """Sentences of ten to twenty words, three to a paragraph."""
    sentences, at = [], 0
    while at < len(words):
        length = chance.randint(6, 12)
        sentences.append(" ".join(words[at : at + length]).capitalize() + ".")
        at += length
    return "\n\n".join(" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3))
