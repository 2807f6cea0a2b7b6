"""Invented news in Vietnamese: a topic's templates and a cast of places, people and figures become a story. Pure.

Headlines do not repeat: what a headline shows (place, figure, company, person) is counted out, not drawn, so that two
ranks of a topic never give the same one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from crawler.demo import chance, typography
from crawler.demo.cast import Cast
from crawler.demo.names import communes, companies, people
from crawler.demo.templates import Template, Topic, general, words

_PLACES = {"xa", "Xa", "ap", "truong"}
_DISTRICTS = {"huyen", "Huyen", "ld"}
_COMPANIES = {"cty", "cscty"}
_PEOPLE = ("cn", "nd", "gv")


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, in neutral typography: tone marks in the old style, curly quotes, en dashes between spaces."""

    topic: Topic
    headline: str
    lead: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    headings: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...]


def headlines_possible(topic: Topic, province: str) -> int:
    """How many ranks have a headline of their own."""
    return min(_capacity(_radices(template, topic, province)) for template in topic.headlines) * len(topic.headlines)


def headline_of(world: int, topic: Topic, province: str, rank: int, when: datetime, *keys: object) -> str:
    """The headline that :func:`compose` gives, without the story."""
    return _begin(world, topic, province, rank, when, *keys)[-1]


def compose(world: int, topic: Topic, province: str, rank: int, when: datetime, *keys: object) -> Story:
    """The story of a topic's ``rank``-th place, told in ``province`` on the day ``when``; ``keys`` decide the rest.

    Two ranks never have the same headline, up to :func:`headlines_possible`.

    :raises ValueError: the rank is beyond that.
    """
    dice, cast, which, headline = _begin(world, topic, province, rank, when, *keys)
    lead = topic.lead_for[which] if topic.lead_for else dice.randrange(len(topic.leads))
    cast.hero = topic.heroes[lead] if topic.heroes else "cn"
    chosen = _choose(topic.sentences, lead, dice.choice((5, 5, 6)), dice)
    for template in dice.sample(general(topic.scope), k=dice.choice((2, 3, 3, 4))):
        chosen.insert(dice.randrange(1, len(chosen) + 1), template)
    lead_text = cast.fill(topic.leads[lead])
    sentences = [cast.fill(template) for template in chosen]
    return Story(
        topic=topic,
        headline=headline,
        lead=lead_text,
        paragraphs=tuple(_paragraphs(sentences, dice)),
        captions=tuple(cast.fill(template) for template in _choose(topic.captions, lead, 4, dice)),
        headings=tuple(dice.sample(words()["general"]["headings"], k=2)),
        figures=_figures(cast, province, dice),
        tags=tuple(dice.sample(topic.tags, k=dice.randrange(1, len(topic.tags)))),
    )


def _begin(
    world: int, topic: Topic, province: str, rank: int, when: datetime, *keys: object
) -> tuple[random.Random, Cast, int, str]:
    """The dice, the cast, the headline's template and the headline."""
    dice = chance.dice(world, "story", topic.name, *keys)
    cast = Cast(province, when, topic.figures, dice)
    forms = len(topic.headlines)
    turn, place = divmod(rank, forms)
    which = chance.permuted(place, forms, world, "form", topic.name, turn)
    return dice, cast, which, _headline(world, topic, province, which, turn, cast)


def _headline(world: int, topic: Topic, province: str, which: int, rank: int, cast: Cast) -> str:
    template = topic.headlines[which]
    radices = _radices(template, topic, province)
    place = chance.permuted(rank, _capacity(radices), world, "headline", topic.name, which)
    digits: dict[str, int] = {}
    for name, radix in radices.items():
        place, digits[name] = divmod(place, radix)
    cast.settle(
        place=digits.get("place"),
        district=digits.get("district"),
        figure=digits.get("figure"),
        company=digits.get("company"),
    )
    for slot in _PEOPLE:
        if slot in digits:
            cast.settle_person(slot, digits[slot])
    return cast.fill(template)


def _radices(template: Template, topic: Topic, province: str) -> dict[str, int]:
    """What the headline shows, and how many values each has."""
    slots = template.slots
    counts: dict[str, int] = {}
    if slots & _PLACES:
        counts["place"] = len(communes(province))
    elif slots & _DISTRICTS:
        counts["district"] = len(words()["provinces"][province]["districts"])
    if "so" in slots:
        counts["figure"] = len(topic.figures)
    if slots & _COMPANIES:
        counts["company"] = companies()
    return counts | {slot: people(province) for slot in _PEOPLE if slot in slots}


def _capacity(radices: dict[str, int]) -> int:
    total = 1
    for radix in radices.values():
        total *= radix
    return total


def _choose(templates: tuple[Template, ...], lead: int, count: int, dice: random.Random) -> list[Template]:
    """Some of those that go with the lead, in the order they are written."""
    fitting = [template for template in templates if template.leads is None or lead in template.leads]
    kept = sorted(dice.sample(range(len(fitting)), k=min(count, len(fitting))))
    return [fitting[at] for at in kept]


def _paragraphs(sentences: list[str], dice: random.Random) -> list[str]:
    out, at = [], 0
    while at < len(sentences):
        size = dice.choice((1, 2, 2, 3))
        out.append(" ".join(sentences[at : at + size]))
        at += size
    return out


def _figures(cast: Cast, province: str, dice: random.Random) -> tuple[tuple[str, ...], ...]:
    """A small table: places and what was given there."""
    rows = [("Đơn vị", "Số suất", "Kinh phí")]
    for district in dice.sample(sorted({district for district, _ in communes(province)}), k=3):
        rows.append((typography.capitalised(district), cast.say("n", "12-980"), cast.say("tien", "20-900")))
    return tuple(rows)
