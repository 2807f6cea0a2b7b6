"""What people type into a search, drawn from the articles that it shall find. Reads an archive's database."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlite_utils import Database

from archive.filters import Filters
from archive.provinces import provinces
from archive.vietnamese import fold

Kind = Literal["by date", "by relevance", "facets"]

LETTERS = "abcdefghiklmnopqrstuvxy"
SHORT_AND_LONG = (
    ("LĐLĐ", "Liên đoàn Lao động"),
    ("CĐCS", "Công đoàn cơ sở"),
    ("UBND", "Ủy ban nhân dân"),
)
OLD_NAMES = {one.name: one.merged_into for one in provinces() if one.merged_into not in {None, one.name}}


@dataclass(frozen=True)
class Asked:
    """One search as somebody asks it."""

    words: str
    filters: Filters = field(default_factory=Filters)
    options: dict[str, Any] = field(default_factory=dict)


class Headlines:
    """All headlines of an archive, to tell how many say the same words in a row. Made without the archive's search."""

    def __init__(self, db: Database) -> None:
        rows = db.execute("SELECT headline FROM articles ORDER BY docid")
        self._printed = "".join(f" {_words(headline)} \n" for (headline,) in rows)
        self._bare = bare(self._printed)

    def having(self, part: str, most: int, *, accents: bool) -> int:
        """How many say a part, with its accents or with any; no more than ``most`` are counted."""
        wanted = f" {_words(part)} "
        text, wanted = (self._printed, wanted) if accents else (self._bare, bare(wanted))
        count = at = 0
        while count < most and (at := text.find(wanted, at)) >= 0:
            count += 1
            at = text.find("\n", at)
        return count


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def bare(text: str) -> str:
    """A text without accents."""
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text.replace("đ", "d")))


class Typist:
    """Draws queries; the same seed gives the same ones."""

    def __init__(self, db: Database, seed: int) -> None:
        self._db = db
        self._chance = random.Random(seed)  # noqa: S311 - the same queries every time
        self._count = db.execute("SELECT max(docid) FROM articles").fetchone()[0]
        words = db.execute(
            "SELECT word, articles FROM search_words WHERE key != '_' AND word != '' ORDER BY articles DESC"
        ).fetchall()
        self._common = [word for word, articles in words if articles > self._count * 0.5]
        self._middle = [word for word, articles in words if self._count * 0.02 < articles < self._count * 0.15]
        self._rare = [word for word, _ in words[-300:]]

    def article(self, where: str = "1") -> dict[str, Any]:
        """An article, drawn evenly over all; ``where`` is SQL that it must fulfil."""
        sql = f"SELECT docid, id, site, headline, body, date_published FROM articles WHERE docid = ? AND {where}"  # noqa: S608
        while True:
            for row in self._db.query(sql, [self._chance.randint(1, self._count)]):
                return dict(row)

    def speed(self, queries: int) -> dict[Kind, dict[str, list[Asked]]]:
        """For each order the kinds of queries, with so many of each."""
        chance = self._chance

        def drawn(one: Callable[[], Asked]) -> list[Asked]:
            return [one() for _ in range(queries)]

        def words(count: int, of: list[str]) -> str:
            return " ".join(chance.sample(of, min(count, len(of))))

        def of_body(count: int) -> str:
            found = re.findall(r"\w+", self.article()["body"])
            start = chance.randrange(len(found) - count)
            return " ".join(found[start : start + count])

        def some_of_body() -> str:
            return " ".join(chance.sample(re.findall(r"\w+", self.article()["body"]), 3))

        def filtered(make: Callable[[], Filters]) -> Callable[[], Asked]:
            return lambda: Asked(words(1, self._common), make())

        filters: dict[str, Callable[[], Filters]] = {
            "site": lambda: Filters(site=self.article()["site"]),
            "kind": lambda: Filters(kind=chance.choice(("union", "broadcaster"))),
            "province": lambda: Filters(province=chance.choice(provinces()).name),
            "author": lambda: Filters(author=self._value("authors", "name")),
            "section": lambda: Filters(section=chance.choice(("Tin tức", "nu cong", "Thời sự"))),
            "keyword": lambda: Filters(keyword=self._value("keywords", "keyword")),
            "years": lambda: Filters(since=str(year := chance.randint(2011, 2024)), until=str(year + 1)),
            "one day": lambda: Filters(since=(day := self._day()), until=day),
            "image": lambda: Filters(has_image=chance.random() < 0.5),
            "reprints folded": lambda: Filters(reprints="folded"),
            "site and years": lambda: Filters(site=self.article()["site"], since="2015", until="2019-06"),
        }
        common, relevance, facets = words, {"by": "relevance"}, {"facets": True}
        by_date: dict[str, list[Asked]] = {
            "a common word": drawn(lambda: Asked(common(1, self._common))),
            "a middling word": drawn(lambda: Asked(words(1, self._middle))),
            "a rare word": drawn(lambda: Asked(words(1, self._rare))),
            "công đoàn": [Asked("công đoàn")] * queries,
            "LĐLĐ": [Asked("LĐLĐ")] * queries,
            "AND of common words": drawn(lambda: Asked(words(3, self._common))),
            "AND of an article's words": drawn(lambda: Asked(some_of_body())),
            "AND, no accents": drawn(lambda: Asked(fold(some_of_body()))),
            "OR": drawn(lambda: Asked(" OR ".join(chance.sample(self._middle, 2)))),
            "a phrase of two": drawn(lambda: Asked(f'"{of_body(2)}"')),
            "a phrase of four": drawn(lambda: Asked(f'"{of_body(4)}"')),
            "a phrase, no accents": drawn(lambda: Asked(f'"{fold(of_body(3))}"')),
            "a prefix": drawn(lambda: Asked(f"{chance.choice([one for one in self._middle if len(one) > 2])[:3]}*")),
            "without a word": drawn(lambda: Asked(f"{words(1, self._common)} -{words(1, self._middle)}")),
            "a province": drawn(lambda: Asked(chance.choice(provinces()).name)),
            **{f"filter: {name}": drawn(filtered(make)) for name, make in filters.items()},
            "filters alone": drawn(lambda: Asked("", filters["site and years"]())),
            "the tenth page": drawn(lambda: Asked(words(1, self._common), options={"offset": 180})),
        }
        relevant = {
            "a common word": drawn(lambda: Asked(common(1, self._common), options=relevance)),
            "công đoàn": [Asked("công đoàn", options=relevance)] * queries,
            "a rare word": drawn(lambda: Asked(words(1, self._rare), options=relevance)),
            "AND of common words": drawn(lambda: Asked(words(3, self._common), options=relevance)),
            "AND of an article's words": drawn(lambda: Asked(some_of_body(), options=relevance)),
            "a part of a headline": drawn(
                lambda: Asked(fold(self.part(self.article()["headline"])), options=relevance)
            ),
            "the same, mistyped": drawn(
                lambda: Asked(self.mistyped(fold(self.part(self.article()["headline"]))), options=relevance)
            ),
            "a phrase": drawn(lambda: Asked(f'"{of_body(2)}"', options=relevance)),
            "with site and years": drawn(lambda: Asked(words(2, self._common), filters["site and years"](), relevance)),
            "the tenth page": drawn(lambda: Asked(words(2, self._common), options={"offset": 180} | relevance)),
        }
        counted = {
            "a common word": drawn(lambda: Asked(words(1, self._common), options=facets)),
            "AND of an article's words": drawn(lambda: Asked(some_of_body(), options=facets)),
            "filters alone": drawn(lambda: Asked("", filters["years"](), facets)),
        }
        return {"by date": by_date, "by relevance": relevant, "facets": counted}

    def _value(self, table: str, column: str) -> str:
        while True:
            sql = f"SELECT {column} FROM {table} WHERE article = ?"  # noqa: S608 - our own names
            for (value,) in self._db.execute(sql, [self.article()["id"]]):
                return str(value)

    def _day(self) -> str:
        return str(self.article("date_published IS NOT NULL")["date_published"][:10])

    def known_items(self, kind: str, count: int, headlines: Headlines) -> Iterator[tuple[str, str]]:
        """So many queries of a kind, each with the id of the article that it is typed for.

        Who looks for one article types a part of its headline that tells it from all others: one that stands in the
        headlines of others too, in whatever accents where none are typed, is not drawn (but see :meth:`any_parts`).
        """
        while count:
            row = self.article()
            if (query := self._typed(kind, row, headlines)) is not None:
                count -= 1
                yield query, row["id"]

    def any_parts(self, count: int, headlines: Headlines, *, accents: bool) -> Iterator[tuple[str, str, float]]:
        """The same of parts that may stand in any number of headlines; with the highest MRR@10 that can be expected of
        each, all headlines with the part being alike."""
        for _ in range(count):
            row = self.article()
            query = self.part(row["headline"])
            alike = headlines.having(query, 10_000, accents=accents)
            possible = sum(1 / place for place in range(1, min(alike, 10) + 1)) / alike
            yield query if accents else fold(query), row["id"], possible

    def _typed(self, kind: str, row: dict[str, Any], headlines: Headlines) -> str | None:
        headline = row["headline"]
        if kind in {"without accents", "with accents", "with one typing error"}:
            accents = kind == "with accents"
            query = self.part(headline)
            if headlines.having(query, 2, accents=accents) > 1:
                return None
            query = query if accents else fold(query)
            return self.mistyped(query) if kind == "with one typing error" else query
        if kind == "with a province's old name":
            return self._with_old_name(row)
        for short, long in SHORT_AND_LONG:
            for there, instead in ((short, long), (long, short)):
                if there in headline:
                    typed = self.part(headline.replace(there, instead), least=len(instead.split()) + 5, first=True)
                    alike = (headlines.having(one, 2, accents=True) for one in (typed, typed.replace(instead, there)))
                    return typed if sum(alike) == 1 else None
        return None

    def _with_old_name(self, row: dict[str, Any]) -> str | None:
        """The headline with the old name in place of the new one; where it names neither, the old name after it."""
        province = self._db.execute("SELECT province FROM sites WHERE name = ?", [row["site"]]).fetchone()[0]
        now = OLD_NAMES.get(province)
        if now is None:
            return None
        headline = row["headline"]
        if now in headline or province in headline:
            return str(headline.replace(now, province))
        return f"{self.part(headline)} {province}"

    def part(self, headline: str, least: int = 5, *, first: bool = False) -> str:
        """Words of a headline that stand together: from five to all; ``first``: the first ones."""
        words = headline.split()
        length = self._chance.randint(min(least, len(words)), len(words))
        start = 0 if first else self._chance.randint(0, len(words) - length)
        return " ".join(words[start : start + length])

    def mistyped(self, text: str) -> str:
        """A letter of one word left out, doubled by another, exchanged with its neighbour, or another one."""
        chance = self._chance
        places = [at for at, letter in enumerate(text) if letter.isalpha()]
        while True:
            at, letter = chance.choice(places), chance.choice(LETTERS)
            made = chance.choice(
                (
                    text[:at] + text[at + 1 :],
                    text[:at] + letter + text[at:],
                    text[:at] + letter + text[at + 1 :],
                    text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
                )
            )
            if len(made.split()) == len(text.split()) and made.split() != text.split():
                return made
