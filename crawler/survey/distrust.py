"""Whether what is found on articles is what was meant, beside the archive, the clock, and one another. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.coverage import Archived
from archive.records import Article
from crawler.extraction.document import fold
from crawler.survey.readings import Read

_ALIKE = 3
"""So many articles have neither the same headline, nor the same text, nor were they published in the same minute."""
_REVISED = 0.3
"""By such a share of its letters a text may grow or shrink when it is revised."""
_CLOCK = timedelta(minutes=5)
"""So near to its capture an article is seldom published, and three never are."""
_SHOWN = 80
_SAID = 2
"""Archived articles that must contradict: one may have been revised."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A field that is found, and hardly the right one. ``address``: an article that shows it."""

    part: str
    address: str
    problem: str


def distrusted(reads: Sequence[Read], before: Mapping[str, Archived], fetched: Mapping[str, str]) -> Iterator[Doubtful]:
    """The fields that are found in the wrong place.

    :param before: archived articles by address; ``fetched``: when each page was fetched now (RFC 3339).
    """
    found = [(read.url, read.article) for read in reads if read.article is not None]
    yield from _alike(found)
    yield from _clock([(url, article, fetched[url]) for url, article in found if article.date_published is not None])
    again = [(url, article, before[url]) for url, article in found if url in before]
    for part, contradicts in _CONTRADICTIONS.items():
        said = [(url, contradicts(article, known)) for url, article, known in again]
        wrong = [(url, problem) for url, problem in said if problem is not None]
        if len(wrong) >= _SAID and len(wrong) == len(again):
            yield Doubtful(part, *wrong[0])


def _alike(found: Sequence[tuple[str, Article]]) -> Iterator[Doubtful]:
    if len(found) < _ALIKE:
        return
    values: dict[str, set[str]] = {
        "headline": {article.headline for _, article in found},
        "body": {article.body for _, article in found},
        "date": {(article.date_published or "") if article.date_precision != "day" else url for url, article in found},
    }
    for part, said in values.items():
        if len(said) == 1 and (same := said.pop()):
            yield Doubtful(part, found[0][0], f'it is the same on all {len(found)} articles: "{fold(same)[:_SHOWN]}"')


def _clock(dated: Sequence[tuple[str, Article, str]]) -> Iterator[Doubtful]:
    """Where each was published when it was asked for, the date is the site's clock."""
    if len(dated) < _ALIKE:
        return
    for _, article, fetched in dated:
        published = datetime.fromisoformat(article.date_published or fetched)
        if article.date_precision == "day" or abs(datetime.fromisoformat(fetched) - published) > _CLOCK:
            return
    url, article, _ = dated[0]
    problem = f"on all {len(dated)} articles it is the time at which they were asked for, as {article.date_published}"
    yield Doubtful("date", url, f"{problem}: the site's clock, taken for the date of publication")


def _headline(article: Article, known: Archived) -> str | None:
    if article.headline == known.headline:
        return None
    return f'"{article.headline[:_SHOWN]}", which was archived as "{known.headline[:_SHOWN]}"'


def _date(article: Article, known: Archived) -> str | None:
    if article.date_published is None or known.date is None or article.date_published[:10] == known.date[:10]:
        return None
    return f"{article.date_published[:10]}, which was archived as {known.date[:10]}"


def _authors(article: Article, known: Archived) -> str | None:
    now = tuple(author.name or author.unit or "" for author in article.authors)
    if not now or not known.authors or set(now) == set(known.authors):
        return None
    return f'"{"; ".join(now)[:_SHOWN]}", which was archived as "{"; ".join(known.authors)[:_SHOWN]}"'


def _body(article: Article, known: Archived) -> str | None:
    """A part is lost, or something around the text is taken for it."""
    if abs(len(article.body) - known.length) <= _REVISED * known.length + _SHOWN:
        return None
    return f"{len(article.body)} letters, which was archived with {known.length}"


_CONTRADICTIONS: dict[str, Callable[[Article, Archived], str | None]] = {
    "headline": _headline,
    "date": _date,
    "authors": _authors,
    "body": _body,
}
"""What an article shows now instead of what the archive has of it, in words; None where both say the same."""
