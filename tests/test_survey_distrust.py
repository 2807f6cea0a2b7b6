"""A field that is found on every article may be found in the wrong place: the archive and the clock tell."""

from __future__ import annotations

import pytest

from archive.coverage import Archived
from archive.records import Article, Author
from crawler.survey.distrust import distrusted
from crawler.survey.readings import Read

NOW = "2026-03-02T07:00:00+07:00"
NAMES = "Lường Thị Hạnh", "Cầm Văn Thuận"


def _article(number: int, date: str, *, precision: str = "minute", author: str = "") -> Article:
    return Article(
        id=f"sonla-{number}",
        site="sonla",
        key=str(number),
        url=f"http://sonla.example/{number}",
        headline=f"Bài số {number}",
        body=f"Đội số {number} về nhất.",
        date_published=date,
        date_precision=precision,  # type: ignore[arg-type]
        authors=[Author(author, None, "author")] if author else [],
    )


def _told(*articles: Article, archived: tuple[Article, ...] = ()) -> dict[str, str]:
    before = {
        one.url: Archived(
            one.id,
            one.url,
            frozenset(),
            one.headline,
            len(one.body),
            one.date_published,
            tuple(author.name or "" for author in one.authors),
        )
        for one in archived
    }
    reads = [Read(one.url, one) for one in articles]
    return {one.part: one.problem for one in distrusted(reads, before, dict.fromkeys(map(_url, articles), NOW))}


def _url(article: Article) -> str:
    return article.url


def test_a_date_that_two_archived_articles_contradict_is_no_date_of_publication() -> None:
    was = [_article(n, f"2026-02-0{n}T08:00:00+07:00") for n in (1, 2)]
    now = [_article(n, "2026-02-27T00:00:00+07:00", precision="day") for n in (1, 2)]
    assert _told(*now, archived=(*was,)) == {"date": "2026-02-27, which was archived as 2026-02-01"}
    assert _told(was[0], now[1], archived=(*was,)) == {}, "one may have been revised"
    assert _told(*was, archived=(*was,)) == {}


def test_authors_that_two_archived_articles_contradict_are_others() -> None:
    was = [_article(n, f"2026-02-0{n}T08:00:00+07:00", author=NAMES[n - 1]) for n in (1, 2)]
    now = [_article(n, f"2026-02-0{n}T08:00:00+07:00", author="Ban Biên tập") for n in (1, 2)]
    assert _told(*now, archived=(*was,)) == {"authors": f'"Ban Biên tập", which was archived as "{NAMES[0]}"'}


@pytest.mark.parametrize(
    ("dates", "precision", "says"),
    [
        (["2026-02-27T09:30:00+07:00"] * 3, "minute", "it is the same on all 3 articles"),
        ([f"2026-03-02T06:5{n}:00+07:00" for n in (7, 8, 9)], "minute", "the site's clock, taken for the date"),
        (["2026-03-02T00:00:00+07:00"] * 3, "day", None),  # three of one day are nothing special
        (["2026-03-02T06:59:00+07:00", *(f"2026-03-01T1{n}:00:00+07:00" for n in (7, 8))], "minute", None),
    ],
)
def test_a_clock_is_told_from_dates(dates: list[str], precision: str, says: str | None) -> None:
    told = _told(*(_article(number, date, precision=precision) for number, date in enumerate(dates)))
    if says is None:
        assert told == {}
    else:
        assert says in told["date"]
