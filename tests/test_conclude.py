"""What is concluded from several pages: dates of articles that print none, clusters of copies and their original."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from harvests import BODY, MORNING, SITE, address, article, day, listing, page, related, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import work

import archive.conclude as conclusion
from archive import duplicates, likeness
from archive.articles import load_article
from archive.clusters import likely_original
from archive.conclude import (
    BrokenOff,
    Concluded,
    Outdated,
    alone,
    compare_alone,
    conclude,
    conclude_alone,
    date_arrived,
    outdated,
)
from archive.cursor import last_change
from archive.records import Address, Article, Harvest, Source
from archive.revisions import load_revisions
from archive.search import search
from archive.store import Archive
from archive.verify_index import verify_index

LATER = "2024-07-21T08:00:00+07:00"
TITLE = "Công đoàn Sông Lam tập huấn về bảo vệ môi trường"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def add(archive: Archive, *harvests: Harvest) -> None:
    archive.add(archive.start_run(SITE, MORNING), harvests)


def concluded(archive: Archive, *harvests: Harvest, slug: str = "a") -> tuple[Any, ...]:
    """Add, conclude, and tell what is concluded of one article: date, printed form, precision, kind."""
    add(archive, *harvests)
    conclude(archive)
    row = archive.db.execute(
        "SELECT concluded_date, concluded_date_raw, concluded_precision, concluded_evidence"
        " FROM articles WHERE key = ?",
        [slug],
    ).fetchone()
    return tuple(row)


NOTHING = (None, None, None, None)


def evidence(archive: Archive, slug: str = "a") -> list[tuple[Any, ...]]:
    return archive.db.execute(
        "SELECT raw, value, kind, note FROM evidence WHERE article = ? AND revision = 0 ORDER BY position",
        [f"{SITE}-{slug}"],
    ).fetchall()


def test_union_article_is_dated_by_the_related_table_of_another_page(archive: Archive) -> None:
    other = article("b", links=[related("a", "10/07/2024", TITLE)])
    outcome = concluded(archive, page(article("a", headline=TITLE)), page(other))
    assert outcome == (day("10/07/2024"), "10/07/2024", "day", "related")
    assert evidence(archive) == [("10/07/2024", day("10/07/2024"), "related", None)]
    assert archive.db.execute("SELECT place FROM evidence WHERE revision = 0").fetchone() == (address("b"),)


def test_a_related_table_without_links_dates_by_title(archive: Archive) -> None:
    other = article("b", links=[related(None, "10/07/2024", TITLE.upper().replace(" về", " – về"))])
    assert concluded(archive, page(article("a", headline=TITLE)), page(other))[0] == day("10/07/2024")


def test_a_title_that_occurs_twice_is_not_used(archive: Archive) -> None:
    other = article("b", links=[related(None, "10/07/2024", TITLE)])
    twins = [page(article(slug, headline=TITLE)) for slug in "ac"]
    assert concluded(archive, *twins, page(other)) == NOTHING


def test_a_title_on_another_site_is_another_title(archive: Archive) -> None:
    other = article("b", links=[related(None, "10/07/2024", TITLE)])
    elsewhere = page(article("a2", site="thst-songlam", headline=TITLE))
    assert concluded(archive, page(article("a", headline=TITLE)), elsewhere, page(other))[0] == day("10/07/2024")
    assert concluded(archive, slug="a2") == NOTHING


def test_a_title_that_also_stands_at_an_address_not_yet_archived_is_not_used(archive: Archive) -> None:
    other = article("b", links=[related(None, "10/07/2024", TITLE)])
    unread = listing(seen("chua-co", None, title=TITLE))
    assert concluded(archive, page(article("a", headline=TITLE)), page(other), unread) == NOTHING


def test_a_title_beside_the_address_of_another_article_is_not_used(archive: Archive) -> None:
    namesake = listing(seen("khac", "10/07/2024", title=TITLE))
    assert concluded(archive, page(article("a", headline=TITLE)), namesake) == NOTHING


@pytest.mark.parametrize(
    ("known", "expected"), [(False, day("10/07/2024")), (True, None)], ids=["unknown address", "known address"]
)
def test_a_title_beside_a_foreign_address_is_used_while_nobody_knows_that_address(
    archive: Archive, known: bool, expected: str | None
) -> None:
    place = "http://congdoan.example/chuyen-trang/7"
    sighting = listing(seen(None, "10/07/2024", title=TITLE, url=place))
    if known:
        add(archive, page(article("c"), addresses=[Address(SITE, place, f"{SITE}-c")]))
    assert concluded(archive, page(article("a", headline=TITLE)), sighting)[0] == expected


def test_an_address_comes_before_a_title(archive: Archive) -> None:
    by_title = listing(seen(None, "09/07/2024", kind="sitemap", title=TITLE))
    by_address = listing(seen("a", "10/07/2024", on="b", kind="related"))
    assert concluded(archive, page(article("a", headline=TITLE)), by_title, by_address)[0] == day("10/07/2024")


def test_an_old_address_that_led_to_the_article_dates_it(archive: Archive) -> None:
    moved = page(article("a"), url=address("ten-cu"))
    assert concluded(archive, moved, listing(seen("ten-cu", "10/07/2024")))[0] == day("10/07/2024")


def test_an_old_address_dates_the_article_that_answers_there_and_no_other(archive: Archive) -> None:
    """The address once had an article of its own, archived before it moved or was replaced."""
    add(archive, page(article("ten-cu")), page(article("a"), url=address("ten-cu"), at=LATER))
    assert concluded(archive, listing(seen("ten-cu", "10/07/2024")))[0] == day("10/07/2024")
    assert concluded(archive, slug="ten-cu") == NOTHING


def test_a_title_that_also_stands_at_an_old_address_of_the_article_is_used(archive: Archive) -> None:
    moved = page(article("a", headline=TITLE), url=address("ten-cu"))
    undated = listing(seen("ten-cu", None, title=TITLE))
    assert concluded(archive, moved, undated, listing(seen(None, "10/07/2024", title=TITLE)))[0] == day("10/07/2024")


def test_the_sitemap_is_believed_before_feed_listing_and_related_table(archive: Archive) -> None:
    kinds = {"related": "01/07/2024", "listing": "02/07/2024", "feed": "03/07/2024", "sitemap": "04/07/2024"}
    add(archive, page(article("a")))
    for kind, date in kinds.items():
        outcome = concluded(archive, listing(seen("a", date, kind=kind, on=kind)))
        assert outcome == (day(date), date, "day", kind)


def test_of_conflicting_listing_dates_the_majority_counts(archive: Archive) -> None:
    dates = {"trang-1": "10/07/2024", "trang-2": "11/07/2024", "trang-3": "10/07/2024"}
    outcome = concluded(archive, page(article("a")), *(listing(seen("a", date, on=on)) for on, date in dates.items()))
    assert outcome == (day("10/07/2024"), "10/07/2024", "day", "listing")
    assert evidence(archive) == [
        ("10/07/2024", day("10/07/2024"), "listing", None),
        ("11/07/2024", None, "listing", "more pages, or more exact ones, print another date"),
    ]


def test_listing_dates_that_contradict_each_other_equally_date_nothing(archive: Archive) -> None:
    pages = [listing(seen("a", date, on=date[:2])) for date in ("10/07/2024", "11/07/2024")]
    weaker = listing(seen("a", "10/07/2024", on="b", kind="related"))
    assert concluded(archive, page(article("a")), *pages, weaker) == NOTHING
    assert evidence(archive) == [
        ("10/07/2024", None, "listing", "as many pages print another date"),
        ("11/07/2024", None, "listing", "as many pages print another date"),
    ]


def test_a_page_has_one_vote_however_often_it_prints_a_date(archive: Archive) -> None:
    entries = [seen("a", "10/07/2024", title=title) for title in ("Một", "Hai", "Ba")]
    others = [listing(seen("a", "11/07/2024", on=on)) for on in ("trang-2", "trang-3")]
    assert concluded(archive, page(article("a")), listing(*entries), *others)[0] == day("11/07/2024")


def test_of_a_relative_date_the_most_exact_reading_counts_and_later_ones_do_not_contradict_it(archive: Archive) -> None:
    hour, later = seen("a", "2024-07-18T22:00:00+07:00"), seen("a", "19/07/2024")
    hour.date_precision, hour.date_raw, later.date_raw = "hour", "12 giờ trước", "1 ngày trước"
    outcome = concluded(archive, page(article("a")), listing(hour, at=MORNING), listing(later, at=LATER))
    assert outcome == ("2024-07-18T22:00:00+07:00", "12 giờ trước", "hour", "listing")
    superseded = "the same page has since printed another date, or prints this one less exactly"
    assert evidence(archive)[1] == ("1 ngày trước", None, "listing", superseded)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_page_that_corrects_a_date_is_believed_as_it_was_seen_last(archive: Archive, order: tuple[int, ...]) -> None:
    """Typed wrong, corrected, and put back after all: seen on three days, in whatever order they are stored."""
    dates = (("10/07/2024", 18), ("11/07/2024", 19), ("10/07/2024", 20))
    visits = [listing(seen("a", date), at=f"2024-07-{on}T08:00:00+07:00") for date, on in dates]
    assert concluded(archive, page(article("a")), *(visits[number] for number in order))[0] == day("10/07/2024")


def test_a_page_that_prints_two_dates_at_once_contradicts_itself(archive: Archive) -> None:
    both = listing(seen("a", "10/07/2024"), seen("a", "11/07/2024"))
    assert concluded(archive, page(article("a")), both) == NOTHING


def test_pages_that_agree_on_the_day_only_prove_the_day(archive: Archive) -> None:
    times = ("2024-07-10T08:00:00+07:00", "2024-07-10T09:30:00+07:00")
    pages = [listing(seen("a", time, on=time[11:13])) for time in times]
    outcome = concluded(archive, page(article("a")), *pages)
    assert (outcome[0], outcome[2]) == (day("10/07/2024"), "day")


def test_a_page_that_prints_the_time_makes_the_day_of_others_more_exact(archive: Archive) -> None:
    pages = [listing(seen("a", date, on=on)) for on, date in (("1", "10/07/2024"), ("2", "10/07/2024"))]
    exact = listing(seen("a", "2024-07-10T08:15:30+07:00", on="3"))
    outcome = concluded(archive, page(article("a")), *pages, exact)
    assert (outcome[0], outcome[2]) == ("2024-07-10T08:15:30+07:00", "second")


def test_the_day_that_is_printed_most_often_counts_whatever_the_month_of_the_others(archive: Archive) -> None:
    dates = ("10/06/2024", "11/06/2024", "12/06/2024", "05/07/2024", "05/07/2024")
    pages = [listing(seen("a", date, on=f"trang-{n}")) for n, date in enumerate(dates)]
    assert concluded(archive, page(article("a")), *pages)[0] == day("05/07/2024")


def test_a_month_counts_only_where_no_page_prints_a_day(archive: Archive) -> None:
    month = seen("a", "01/06/2024", on="luu-tru")
    month.date_precision, month.date_raw = "month", "Tháng 6/2024"
    assert concluded(archive, page(article("a")), listing(month)) == (
        day("01/06/2024"),
        "Tháng 6/2024",
        "month",
        "listing",
    )
    outcome = concluded(archive, listing(seen("a", "05/07/2024")))
    assert outcome == (day("05/07/2024"), "05/07/2024", "day", "listing")
    assert evidence(archive)[1][:3] == ("Tháng 6/2024", None, "listing")


def test_a_date_after_the_first_capture_is_no_date_of_publication(archive: Archive) -> None:
    event = listing(seen("a", "22/12/2024", kind="sitemap"))
    outcome = concluded(archive, page(article("a")), event, listing(seen("a", "10/07/2024", on="2")))
    assert outcome[0] == day("10/07/2024")
    assert evidence(archive)[0] == ("22/12/2024", None, "sitemap", "later than the article's first capture")


def dated(slug: str, date: str | None, **fields: Any) -> Article:
    told = {} if date is None else {"date_published": day(date), "date_precision": "day", "date_evidence": "page"}
    return article(slug, **told | fields)


def test_what_the_page_proves_needs_no_conclusion(archive: Archive) -> None:
    assert concluded(archive, page(dated("a", "12/07/2024")), listing(seen("a", "10/07/2024"))) == NOTHING


def test_a_conclusion_goes_when_the_page_itself_proves_a_date(archive: Archive) -> None:
    assert concluded(archive, page(article("a")), listing(seen("a", "10/07/2024"))) != NOTHING
    assert concluded(archive, page(dated("a", "12/07/2024"), at=LATER)) == NOTHING
    assert evidence(archive) == []


MINUTE = "2024-07-12T05:30:15+07:00"


def exported(archive: Archive) -> list[Any]:
    """The date of an article as exports show it."""
    archive.register_site(SITE, "Công đoàn Sông Lam", "Công đoàn Sông Lam", "union", "Nghệ An", "plain", address("a"))
    record = load_article(archive.db, f"{SITE}-a")
    return [record[name] for name in ("date_published", "date_precision", "date_evidence", "revision")]


def in_feed(date: str, on: str = "feed") -> Harvest:
    return listing(seen("a", date, kind="feed", on=on))


def test_a_feed_adds_the_hour_to_the_day_that_the_page_prints(archive: Archive) -> None:
    printed = page(dated("a", "12/07/2024", date_published_raw="12 Tháng Bảy, 2024"))
    assert concluded(archive, printed, in_feed(MINUTE)) == (MINUTE, MINUTE, "second", "feed")
    assert exported(archive) == [MINUTE, "second", "feed", 1]
    (hit,) = search(archive.db, "bài").hits
    assert (hit.date_published, hit.date_precision) == (MINUTE, "second")
    assert archive.db.execute("SELECT date_published, date_precision FROM articles").fetchall() == [
        (day("12/07/2024"), "day")
    ]
    assert conclude(archive) == Concluded()
    assert outdated(archive.db) == Outdated([], [], [], [])


@pytest.mark.parametrize(
    ("feeds", "notes"),
    [
        (["2024-07-13T05:30:15+07:00"], ["the page itself prints another day"]),
        (["2024-07-12T00:00:00+07:00"], []),
        ([MINUTE, "2024-07-12T08:00:00+07:00"], ["as many pages print another hour"] * 2),
    ],
    ids=["another day", "midnight", "two hours"],
)
def test_a_feed_that_proves_no_hour_of_the_printed_day_leaves_the_day(
    archive: Archive, feeds: list[str], notes: list[str]
) -> None:
    told = [in_feed(date, f"feed-{number}") for number, date in enumerate(feeds)]
    assert concluded(archive, page(dated("a", "12/07/2024")), *told) == NOTHING
    assert [(value, note) for _, value, _, note in evidence(archive)] == [(None, note) for note in notes]
    assert exported(archive) == [day("12/07/2024"), "day", "page", 1]


def test_the_hour_of_a_feed_goes_with_the_day_that_it_was_concluded_for(archive: Archive) -> None:
    assert concluded(archive, page(dated("a", "12/07/2024")), in_feed(MINUTE)) != NOTHING
    add(archive, page(dated("a", "14/07/2024"), at=LATER))
    assert exported(archive) == [day("14/07/2024"), "day", "page", 2]
    assert concluded(archive) == NOTHING
    add(archive, page(dated("a", "12/07/2024", date_precision="minute"), at="2024-07-22T08:00:00+07:00"))
    assert concluded(archive) == NOTHING


def test_a_date_that_the_page_once_proved_outlives_a_page_without_it(archive: Archive) -> None:
    """The theme changes, or half a page arrives: what the page printed itself ranks above what others print."""
    add(archive, page(dated("a", "11/07/2024", date_published_raw="Thứ năm, 11/07/2024"), at=MORNING))
    add(archive, page(dated("a", "12/07/2024", date_published_raw="Thứ sáu, 12/07/2024"), at=LATER))
    bare = page(article("a"), at="2024-07-22T08:00:00+07:00")
    sitemap = listing(seen("a", "10/07/2024", kind="sitemap"))
    assert concluded(archive, bare, sitemap) == (day("12/07/2024"), "Thứ sáu, 12/07/2024", "day", "page")
    assert evidence(archive) == [
        ("Thứ sáu, 12/07/2024", day("12/07/2024"), "page", "printed by revision 2; the present one prints no date")
    ]
    assert conclude(archive) == Concluded()
    assert [revision.revision for revision in load_revisions(archive.db, f"{SITE}-a")] == [1, 2, 3]


def test_a_page_read_late_dates_the_article_that_now_prints_no_date(archive: Archive) -> None:
    add(archive, page(article("a"), at=LATER))
    told = {"date_evidence": "meta", "date_published_raw": "2024-07-11"}
    assert concluded(archive, page(dated("a", "11/07/2024", **told), at=MORNING)) == (
        day("11/07/2024"),
        "2024-07-11",
        "day",
        "meta",
    )


def test_a_conclusion_is_a_change_and_no_revision(archive: Archive) -> None:
    concluded(archive, page(article("a")), listing(seen("a", "10/07/2024"), at=LATER))
    assert archive.db.execute("SELECT article, kind, at FROM changes ORDER BY seq").fetchall() == [
        (f"{SITE}-a", "new", MORNING),
        (f"{SITE}-a", "concluded", LATER),
    ]
    assert archive.db.execute("SELECT revision FROM articles").fetchall() == [(1,)]
    assert archive.db.table("revisions").count == 1


def whole_crawl() -> list[Harvest]:
    """Some of everything: dates by address and title, conflicts, copies declared and found."""
    listed = listing(
        seen("a", "10/07/2024"), seen("d", "09/07/2024"), seen("e", "08/07/2024"), seen(None, "07/07/2024", title=TITLE)
    )
    return [
        page(article("a", body=BODY, links=[related("b", "11/07/2024"), related("c", "12/07/2024", position=1)])),
        page(article("b", body=BODY + " Hết.", source=Source(None, address("a")))),
        page(article("c", headline=TITLE, body=BODY)),
        page(article("d", body="Ảnh.", links=[related("b", "11/07/2024"), related(None, "06/07/2024", "Bài e")])),
        page(dated("e", "08/07/2024", body=BODY.upper(), source=Source("Báo Sông Lam", None))),
        page(article("f", headline="Bài f", links=[related("g", "01/07/2024")]), url=address("f-cu")),
        page(article("g")),
        listed,
        listing(seen("d", "10/07/2024", on="trang-2"), seen("f-cu", "02/07/2024", on="trang-2")),
        listing(seen("g", "01/07/2024", on="sitemap", kind="sitemap"), seen(None, "03/07/2024", title="Bài f")),
    ]


def conclusions(archive: Archive) -> list[Any]:
    """All that :func:`conclude` writes, but for times and numbers of captures."""
    columns = "concluded_date, concluded_date_raw, concluded_precision, concluded_evidence, cluster, duplicate_of"
    return [
        archive.db.execute(f"SELECT id, {columns} FROM articles ORDER BY id").fetchall(),  # noqa: S608
        archive.db.execute(
            "SELECT article, position, raw, value, kind, place, note FROM evidence WHERE revision = 0 ORDER BY 1, 2"
        ).fetchall(),
        archive.db.execute("SELECT * FROM duplicates ORDER BY 1, 2").fetchall(),
    ]


UP_TO_DATE = Outdated([], [], [], [])
PORTIONS = ("DATED", "DECLARING", "TEXTS", "CLUSTERED")


@settings(max_examples=15, deadline=None)
@given(
    order=st.permutations(range(len(whole_crawl()))),
    cuts=st.sets(st.integers(1, len(whole_crawl()) - 1)),
    at_once=st.integers(1, 4),
    partly=st.booleans(),
)
def test_conclusions_depend_neither_on_the_order_of_arrival_nor_on_how_much_is_drawn_at_once(
    order: list[int], cuts: set[int], at_once: int, partly: bool
) -> None:
    """``partly``: but for the last time only that is drawn which is at the end of one of several sites."""
    outcomes = []
    for numbers, ends, portion in ((list(range(len(order))), set(), 500), (order, cuts, at_once)):
        harvests = whole_crawl()
        with (
            tempfile.TemporaryDirectory() as folder,
            Archive(Path(folder) / "archive.db") as archive,
            pytest.MonkeyPatch.context() as patch,
        ):
            for name in PORTIONS:
                patch.setattr(conclusion, name, portion)
            start = 0
            for end in sorted(ends | {len(numbers)}):
                since = last_change(archive.db)
                add(archive, *(harvests[number] for number in numbers[start:end]))
                start = end
                if partly:
                    date_arrived(archive.db, SITE, since)
                    compare_alone(archive.db)
                    if end < len(numbers):
                        continue
                before, expected = conclusions(archive), outdated(archive.db)
                conclude(archive)
                assert (conclusions(archive) != before) == (expected != UP_TO_DATE)
                assert expected.astray == []
                assert outdated(archive.db) == UP_TO_DATE
            assert list(verify_index(archive.db, lambda *_: None)) == []
            outcomes.append(conclusions(archive))
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0][1]) > 5
    assert len(outcomes[0][2]) > 3


def test_concluding_twice_changes_nothing(archive: Archive) -> None:
    add(archive, *whole_crawl())
    first = conclude(archive)
    assert min(first.dates, first.pairs, first.clusters) > 0
    before = list(archive.db.conn.iterdump())
    assert conclude(archive) == Concluded()
    assert list(archive.db.conn.iterdump()) == before


def test_an_article_whose_date_changes_is_found_under_the_new_one_and_under_no_other(archive: Archive) -> None:
    add(archive, page(article("a", headline=TITLE)))
    dates = (day("01/07/2024"), "month"), (day("10/07/2024"), "day"), (day("10/06/2024"), "day")
    for number, (date, precision) in enumerate(dates):  # of one page: what it prints last counts
        printed = replace(seen("a", date, kind="sitemap"), date_precision=precision)
        add(archive, listing(printed, at=f"2024-07-2{number}T08:00:00+07:00"))
        conclude(archive)
        [told] = archive.db.query("SELECT published, filters FROM search_documents")
        assert told["published"] == date
        assert ("month_2024-07" in told["filters"].split()) == (precision == "month")
        assert list(verify_index(archive.db, lambda *_: None)) == []


def test_what_came_for_a_site_is_dated_without_a_look_at_what_was_there_and_the_rest_is_left_to_the_next(
    archive: Archive,
) -> None:
    def dated() -> set[str]:
        return {row[0] for row in archive.db.execute("SELECT id FROM articles WHERE concluded_date IS NOT NULL")}

    other = "thst-songlam"
    add(archive, page(article("old")), page(article("x", site=other)))
    since = last_change(archive.db)
    sightings = [seen(slug, "10/07/2024") for slug in ("old", "a")]
    hours = [seen("b", "2024-07-10T09:14:00+07:00", kind="feed"), seen("old", "2024-07-10T09:14:00+07:00", kind="feed")]
    elsewhere = [seen("x", "10/07/2024", site=other), seen("y", "10/07/2024", site=other)]
    add(archive, listing(*sightings), listing(*hours), listing(*elsewhere, site=other))
    printed = article("b", date_published=day("10/07/2024"), date_precision="day", date_evidence="page")
    add(archive, page(article("a")), page(printed), page(article("y", site=other)))
    found = date_arrived(archive.db, SITE, since)
    assert dated() == {f"{SITE}-a", f"{SITE}-b"}
    assert found == Concluded(dates=2)
    assert date_arrived(archive.db, SITE, last_change(archive.db)) == Concluded()
    assert conclude(archive).dates == 3
    assert dated() == {f"{SITE}-a", f"{SITE}-b", f"{SITE}-old", f"{other}-x", f"{other}-y"}
    assert outdated(archive.db) == UP_TO_DATE


def test_concluding_an_empty_archive_is_no_error(archive: Archive) -> None:
    assert conclude(archive) == Concluded()


@pytest.mark.parametrize("drawing", ["_draw_dates", "_draw_declared", "_draw_copies"])
def test_a_crawl_writes_while_conclusions_are_drawn_and_is_part_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawing: str
) -> None:
    draw, drawn = getattr(conclusion, drawing), 0
    with Archive(tmp_path / "archive.db") as archive, Archive(tmp_path / "archive.db") as other:
        add(archive, page(article("a", body=BODY)), listing(seen("a", "10/07/2024")))
        add(archive, page(article("c", body=BODY, source=Source(None, address("a")))))
        other.db.execute("PRAGMA busy_timeout=0")

        def while_the_other_writes(db: Any, articles: Any) -> Any:
            nonlocal drawn
            found = draw(db, articles)
            drawn += 1
            if drawn == 1:
                add(other, page(article("b", body=BODY)), page(article("c", body="Ảnh."), at=LATER))
                add(other, listing(seen("a", "11/07/2024", kind="sitemap", on="s")))
            return found

        monkeypatch.setattr(conclusion, drawing, while_the_other_writes)
        conclude(archive)
        assert drawn >= 2
        assert clusters(archive) == {"a": ("a", None), "b": ("a", "a"), "c": (None, None)}
        assert concluded(archive)[0] == day("11/07/2024")
        assert conclude(archive) == Concluded()


def test_no_text_is_judged_again_because_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    with Archive(tmp_path / "archive.db") as archive, Archive(tmp_path / "archive.db") as other:
        add(archive, *(page(article(slug, body=f"{BODY} Bài {slug}.")) for slug in "abc"))

        def while_the_other_writes(*texts: Any) -> Any:
            if len(judged) == 1:
                add(other, page(article("d")))
            judged.append(texts)
            return likeness.compare(*texts)

        monkeypatch.setattr(duplicates, "compare", while_the_other_writes)
        assert conclude(archive).pairs == len(judged) == 3


def test_who_writes_all_the_time_does_not_keep_conclusions_from_coming_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conclusion, "TEXTS", 1)
    draw, turns = conclusion._draw_copies, []
    with Archive(tmp_path / "archive.db") as archive, Archive(tmp_path / "archive.db") as other:
        add(archive, *(page(article(slug, body=f"{BODY} Bài {slug}.")) for slug in "abc"))

        def while_the_other_writes(db: Any, texts: list[int]) -> Any:
            if texts not in turns:  # else the other waits for what is drawn again
                turns.append(texts)
                add(other, page(article(f"x{len(turns)}", body=f"{BODY} Bài số {len(turns)}.")))
            return draw(db, texts)

        monkeypatch.setattr(conclusion, "_draw_copies", while_the_other_writes)
        assert conclude(archive).pairs == len(turns) == 3
    with Archive(tmp_path / "archive.db") as archive:
        monkeypatch.setattr(conclusion, "_draw_copies", draw)
        conclude(archive)
        assert outdated(archive.db) == UP_TO_DATE


def test_of_two_processes_that_conclude_at_once_the_second_waits_and_judges_no_text_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one has stored texts that the first, which is in the middle of it, leaves to it."""
    judged, outcome = [], []
    meeting = threading.Event()

    def second() -> None:
        with Archive(tmp_path / "archive.db") as other:
            add(other, page(article("x", body=f"{BODY} Bài mới.")))
            meeting.set()
            outcome.append(conclude(other))

    beside = threading.Thread(target=second)

    def while_the_other_comes(*texts: Any) -> Any:
        judged.append(texts)
        if len(judged) == 2:
            beside.start()
            assert meeting.wait(60)
            time.sleep(0.2)
            assert outcome == []
        return likeness.compare(*texts)

    monkeypatch.setattr(duplicates, "compare", while_the_other_comes)
    with Archive(tmp_path / "archive.db") as archive:
        add(archive, *(page(article(slug, body=f"{BODY} Bài {slug}.")) for slug in "abc"))
        first = conclude(archive)
        beside.join(60)
        assert (first.pairs, outcome[0].pairs) == (3, 3)
        assert len(judged) == 6
        assert outdated(archive.db) == UP_TO_DATE
        found = conclusions(archive)
        (tmp_path / "alone").mkdir()
        with Archive(tmp_path / "alone" / "archive.db") as alone:
            add(alone, *(page(article(slug, body=f"{BODY} Bài {slug}.")) for slug in "abc"))
            add(alone, page(article("x", body=f"{BODY} Bài mới.")))
            conclude(alone)
            assert conclusions(alone) == found


def test_a_conclusion_that_was_killed_keeps_nobody_waiting(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        add(archive, *whole_crawl())
        code = (
            "import os, sys; from pathlib import Path; from archive.conclude import alone; home = Path(sys.argv[1])\n"
        )
        code += "with alone(home): os.kill(os.getpid(), 9)"
        killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
        assert killed.returncode == -9
        assert conclude(archive).pairs


def test_what_was_killed_between_two_portions_is_completed_by_the_next_conclusion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each portion the process ends; whatever it had in memory is gone."""
    for name in PORTIONS:
        monkeypatch.setattr(conclusion, name, 1)
    write, killed = conclusion._Concluding._write, 0
    whole = tmp_path / "whole.db"
    with Archive(whole) as archive:
        add(archive, *whole_crawl())
        conclude(archive)
        wanted = conclusions(archive)
    with Archive(tmp_path / "archive.db") as archive:
        add(archive, *whole_crawl())

    def write_and_end(self: Any, drawn: Any) -> None:
        write(self, drawn)
        ended.append(drawn)

    monkeypatch.setattr(conclusion._Concluding, "_write", write_and_end)
    carry_out = conclusion._Concluding.carry_out

    def until_written(self: Any, draw: Any) -> None:
        carry_out(self, draw)
        if ended:
            raise KeyboardInterrupt

    monkeypatch.setattr(conclusion._Concluding, "carry_out", until_written)
    while True:
        ended: list[Any] = []
        with Archive(tmp_path / "archive.db") as archive:
            try:
                conclude(archive)
                break
            except KeyboardInterrupt:
                killed += 1
    assert killed > 10
    with Archive(tmp_path / "archive.db") as archive:
        assert conclusions(archive) == wanted
        assert outdated(archive.db) == UP_TO_DATE


def test_a_conclusion_that_is_broken_off_ends_behind_its_portion_and_the_next_one_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PORTIONS:
        monkeypatch.setattr(conclusion, name, 1)
    with Archive(tmp_path / "whole.db") as archive:
        add(archive, *whole_crawl())
        conclude(archive)
        wanted = conclusions(archive)
    with Archive(tmp_path / "archive.db") as archive:
        add(archive, *whole_crawl())
        for portions in count(1):
            left = iter([True] * portions)
            try:
                conclude_alone(archive.db, lambda left=left: next(left, False))  # type: ignore[misc]
            except BrokenOff:
                assert next(left, None) is None
            else:
                break
        assert portions > 5
        assert conclusions(archive) == wanted
        assert outdated(archive.db) == UP_TO_DATE


def test_who_waits_for_another_conclusion_can_be_told_to_wait_no_longer(tmp_path: Path) -> None:
    answers = iter([True, False])
    with alone(tmp_path), pytest.raises(BrokenOff), alone(tmp_path, lambda: next(answers)):
        pass
    assert next(answers, None) is None
    with alone(tmp_path, lambda: False):
        pass


def test_copies_of_an_article_that_was_deleted_by_hand_are_concluded_without_it(tmp_path: Path) -> None:
    """By a program that does not know foreign keys: what points to the article stays."""
    with Archive(tmp_path / "archive.db") as archive:
        add(archive, *(page(article(slug, body=f"{BODY} Bài {slug}.")) for slug in "ab"))
        conclude(archive)
        by_hand = sqlite3.connect(tmp_path / "archive.db")
        by_hand.execute("DELETE FROM articles WHERE key = 'a'")
        by_hand.commit()
        by_hand.close()
        add(archive, page(article("c", body=f"{BODY} Bài c.")))
        assert conclude(archive).pairs == 1
        assert outdated(archive.db).copies == []
        places = clusters(archive)
        assert places.keys() == {"b", "c"}
        assert places["b"][0] == places["c"][0] in {"b", "c"}


def test_nobody_has_to_wait_where_there_is_nothing_to_conclude(archive: Archive) -> None:
    add(archive, *whole_crawl())
    conclude(archive)
    statements: list[str] = []
    archive.db.conn.set_trace_callback(statements.append)
    conclude(archive)
    assert statements
    assert "BEGIN IMMEDIATE" not in statements


def clusters(archive: Archive) -> dict[str, tuple[str | None, str | None]]:
    """For each article its cluster and its original, by their keys."""
    conclude(archive)
    rows = archive.db.execute(
        "SELECT a.key, c.key, o.key FROM articles a LEFT JOIN articles c ON c.id = a.cluster"
        " LEFT JOIN articles o ON o.id = a.duplicate_of ORDER BY a.key"
    )
    return {key: (cluster, original) for key, cluster, original in rows}


def test_copies_of_copies_are_one_cluster_named_after_its_original(archive: Archive) -> None:
    once = BODY + " Lớp học còn nhận thêm học viên mới cho đến hết tuần sau."
    twice = once + " Ai muốn học thì ghi tên tại văn phòng công đoàn khu công nghiệp. " + BODY[:200].upper()
    add(archive, page(dated("b", "12/07/2024", body=twice)), page(dated("c", "10/07/2024", body=once)))
    add(archive, page(dated("a", "11/07/2024", body=BODY)), page(article("d")))
    assert clusters(archive) == {"a": ("c", "c"), "b": ("c", "c"), "c": ("c", None), "d": (None, None)}


def test_the_article_whose_address_is_named_is_the_original_even_if_it_is_younger(archive: Archive) -> None:
    reprint = dated("b", "10/07/2024", body=BODY, source=Source(None, address("a")))
    add(archive, page(dated("a", "12/07/2024", body=BODY)), page(reprint))
    assert clusters(archive) == {"a": ("a", None), "b": ("a", "a")}


def test_an_article_that_names_a_source_is_not_the_original_of_one_that_names_none(archive: Archive) -> None:
    reprint = dated("a", "10/07/2024", body=BODY, source=Source("Báo Sông Lam", None))
    add(archive, page(reprint), page(article("b", body=BODY)))
    assert clusters(archive) == {"a": ("b", "b"), "b": ("b", None)}


def test_a_concluded_date_makes_an_article_the_original(archive: Archive) -> None:
    add(archive, page(dated("a", "12/07/2024", body=BODY)), page(article("b", body=BODY)))
    assert clusters(archive)["a"] == ("a", None)
    add(archive, listing(seen("b", "10/07/2024")))
    assert clusters(archive) == {"a": ("b", "b"), "b": ("b", None)}
    assert archive.db.execute("SELECT count(*) FROM changes WHERE kind = 'concluded'").fetchone() == (4,)


def test_a_cluster_ends_when_a_text_is_another_now(archive: Archive) -> None:
    add(archive, page(article("a", body=BODY)), page(article("b", body=BODY)))
    assert clusters(archive)["b"] == ("a", "a")
    add(archive, page(article("b", body="Bài đã gỡ."), at=LATER))
    assert clusters(archive) == {"a": (None, None), "b": (None, None)}


def member(id: str, published: str | None = None, source: str | None = None) -> dict[str, Any]:
    return {"id": id, "published": published, "source_name": source, "source_url": None}


@pytest.mark.parametrize(
    ("named", "original"),
    [
        ({}, "c"),
        ({"c": ["b"]}, "b"),
        ({"c": ["a"], "a": ["b"]}, "b"),
        ({"a": ["b"], "b": ["a"]}, "a"),
        ({"b": ["a", "c"]}, "c"),
    ],
    ids=["none: the earliest", "one", "a chain: its end", "a circle: the smallest", "two: the earliest"],
)
def test_the_likely_original_is_where_the_declarations_lead(named: dict[str, list[str]], original: str) -> None:
    assert likely_original([member("a"), member("b"), member("c", "2024-07-10T00:00:00+07:00")], named) == original


def test_twice_the_articles_are_twice_the_work(tmp_path: Path) -> None:
    spent = []
    for size in (400, 800):
        with Archive(tmp_path / f"{size}.db") as archive:
            pages = [
                page(article(str(n), headline=f"Bài số {n}", links=[related(str(n * 7 % size), "10/07/2024")]))
                for n in range(size)
            ]
            titles = listing(*(seen(None, "10/07/2024", title=f"Bài số {n}") for n in range(size)))
            undated = listing(*(seen(None, "10/07/2024", title="Thông báo", on=f"trang-{n}") for n in range(size)))
            add(archive, *pages, titles, undated, *(page(article(f"t{n}", headline="Thông báo")) for n in range(size)))
            spent.append(work(archive, partial(conclude, archive)))
    assert spent[1] < 2.5 * spent[0]
