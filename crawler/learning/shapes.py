"""What addresses have in common: where words, numbers and fixed parts stand, and the pattern that matches their like.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from archive.vietnamese import fold

_ENDING = re.compile(r"(\.[a-z]{2,5})$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.*?[^\W\d_].*?)(?P<tail>(?:[-_.][a-z]{0,4}\d+){1,3})", re.IGNORECASE)
_MARKED = re.compile(r"[a-z]")
_LED = re.compile(r"\d+[-_].*[^\W\d_].*")
_DIGITS = re.compile(r"\d+")
_ENOUGH = 4
"""Addresses that all show the same word at a place before the word is taken for a fixed part."""
_LONGEST_LIST = 80


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a path: ``kind`` is ``number``, ``words``, ``words-number`` (with its ``tail``: ``-c#-#``) or
    ``number-words``."""

    text: str
    kind: str
    tail: str = ""

    @property
    def general(self) -> str:
        """The pattern of all segments of the kind."""
        if self.kind == "number":
            return r"\d+"
        if self.kind == "number-words":
            return r"\d+[-_][^/?]+"
        if self.kind == "words-number":
            return r"[^/?]+" + literal(self.tail).replace(r"\#", r"\d+")
        return r"[^/?]+"


@dataclass(frozen=True, slots=True)
class Address:
    """A path with query, taken apart."""

    target: str
    segments: tuple[Segment, ...]
    ending: str
    slash: bool
    query: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """What addresses of the same make share."""
        kinds = tuple((one.kind, one.tail.lower()) for one in self.segments)
        return kinds, self.ending.lower(), tuple(name for name, _ in self.query)

    @property
    def kind(self) -> tuple[object, ...]:
        """The shape, and whether a slash ends it."""
        return self.shape, self.slash

    @property
    def words(self) -> int:
        """How many words the longest part of the path has."""
        return max((len(re.findall(r"[^\W\d_]+", fold(unquote(one.text)))) for one in self.segments), default=0)


def literal(text: str) -> str:
    """The pattern of exactly this text, readable: a hyphen outside of brackets means itself."""
    return re.escape(text).replace(r"\-", "-")


def take_apart(target: str) -> Address:
    """The parts of a path with query."""
    path, _, query = target.partition("?")
    slash = path.endswith("/") and path != "/"
    texts = [text for text in path.strip("/").split("/") if text]
    ending = ""
    if texts and not slash and (found := _ENDING.search(texts[-1])):
        ending = found[1]
        texts[-1] = texts[-1].removesuffix(ending)
    return Address(target, tuple(map(_segment, texts)), ending, slash, tuple(parse_qsl(query, keep_blank_values=True)))


def _segment(text: str) -> Segment:
    if text.isdigit():
        return Segment(text, "number")
    if found := _NUMBERED.fullmatch(text):
        tail = _DIGITS.sub("#", found["tail"])
        # Only the last number is an id where letters mark none: "75-nam-2024-1234" ends with a title's year.
        return Segment(text, "words-number", tail if _MARKED.search(tail) else tail[tail.rindex("#") - 1 :])
    return Segment(text, "number-words" if _LED.fullmatch(text) else "words")


def pattern_of(addresses: Sequence[Address], *, key: bool = False, sections: Collection[str] = ()) -> str:
    """One pattern for addresses of the same shape.

    :param key: with a group ``key`` where something tells each of them from the others.
    :param sections: words of paths that name a section: others will stand in their place.
    """
    parts = [_part(addresses, place, sections) for place in range(len(addresses[0].segments))]
    named = _query(addresses)
    keyed = _keyed(addresses, named) if key else None
    if isinstance(keyed, int):
        parts[keyed] = f"(?P<key>{parts[keyed]})"
    query = "&".join(
        f"{literal(name)}={f'(?P<key>{value})' if name == keyed else value}" for name, value in named.items()
    )
    slashes = {one.slash for one in addresses}
    slash = "/?" if len(slashes) == 2 else "/" if True in slashes else ""
    path = "/" + "/".join(parts) + literal(addresses[0].ending) + (slash if parts else "")
    return path + (rf"\?{query}" if query else "")


def _part(addresses: Sequence[Address], place: int, sections: Collection[str]) -> str:
    texts = {one.segments[place].text for one in addresses}
    only = next(iter(texts))
    is_last = place == len(addresses[0].segments) - 1
    fixed = len(texts) == 1 and len(addresses) >= _ENOUGH and only not in sections
    if fixed and addresses[0].segments[place].kind == "words":
        return literal(only)
    if is_last and len(texts) == 1 and addresses[0].query:
        return literal(only)
    return addresses[0].segments[place].general


def _query(addresses: Sequence[Address]) -> dict[str, str]:
    values: dict[str, set[str]] = {}
    for one in addresses:
        for name, value in one.query:
            values.setdefault(name, set()).add(value)
    patterns = {}
    for name, found in values.items():
        only = next(iter(found))
        if len(found) == 1 and len(addresses) >= _ENOUGH and not only.isdigit():
            patterns[name] = literal(only)
        else:
            patterns[name] = r"\d+" if all(value.isdigit() for value in found) else r"[^&]+"
    return patterns


def _keyed(addresses: Sequence[Address], named: dict[str, str]) -> int | str | None:
    """The place or the parameter that is another one in each address: a number for choice; else the last words."""
    many = len({one.target for one in addresses})

    def varied(texts: list[str]) -> bool:
        return len(set(texts)) >= many * _NEARLY_ALL and many > 1

    places = range(len(addresses[0].segments))
    numbers = [place for place in places if addresses[0].segments[place].kind == "number"]
    dated = [place for place in numbers if place != places[-1] and _may_be_date(addresses, place)]
    if many > _MOST_SECTIONS and not any(_may_be_year(addresses, place) for place in dated):
        dated = []  # neither days without a year, nor sections, of which so many articles share some
    numbers = [place for place in numbers if place not in dated]
    for place in reversed(numbers):
        if varied([one.segments[place].text for one in addresses]):
            return place
    for name in sorted(named, key=lambda name: (named[name] != r"\d+", "id" not in name.lower())):
        if varied([dict(one.query).get(name, "") for one in addresses]):
            return name
    last = len(addresses[0].segments) - 1
    with_year = any(_may_be_year(addresses, place) for place in dated)
    if with_year and addresses[0].segments[last].kind == "words":
        return None  # another day's article may have the same words: only all of it is the article's own
    return last if last >= 0 and len({one.segments[last].text for one in addresses}) > 1 else None


def _may_be_date(addresses: Sequence[Address], place: int) -> bool:
    """Whether the numbers at a place may be days, months or years: ten articles of ten days differ there, and the next
    one of the same day would be taken for one of them."""
    return all(_DATE.fullmatch(one.segments[place].text) for one in addresses)


def _may_be_year(addresses: Sequence[Address], place: int) -> bool:
    return all(len(one.segments[place].text) > _MONTH for one in addresses)


_MONTH = 2
_MOST_SECTIONS = 12
_DATE = re.compile(r"\d{1,2}|(?:19|20)\d\d(?:\d\d){0,2}|\d{4}(?:19|20)\d\d")
_NEARLY_ALL = 0.9


def listed(targets: Sequence[str]) -> str:
    """A pattern of exactly these addresses."""
    alternatives = sorted(set(targets))[:_LONGEST_LIST]
    return literal(alternatives[0]) if len(alternatives) == 1 else f"(?:{'|'.join(map(literal, alternatives))})"
