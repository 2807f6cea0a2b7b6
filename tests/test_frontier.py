"""The frontier's table: what is handed out, what acknowledges it, and what a crawl that died leaves to the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harvests import MORNING, SITE, address, article, capture, page

from archive.records import Found, Harvest, Lease, Visit
from archive.settlement import LEADS_NOWHERE, OTHER_ADDRESS
from archive.store import Archive
from archive.validators import CHECK_EVERY

HOME = Found(f"http://{SITE}.example/", "listing")
NOON = "2024-07-20T12:00:00+07:00"
TOMORROW = "2024-07-21T08:00:00+07:00"
NEXT_YEAR = "2025-07-20T08:00:00+07:00"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def begin(archive: Archive, at: str = MORNING, **options: Any) -> int:
    return archive.begin_crawl(SITE, [HOME], at, **options)[0]


def lease(archive: Archive, run: int, count: int = 50, articles: int | None = None) -> list[Lease]:
    return archive.lease(run, SITE, count, articles)


def asked(archive: Archive, run: int) -> list[str]:
    return [one.url for one in lease(archive, run)]


def link(slug: str, under: str = "") -> Found:
    """A link to an article; ``under`` makes another address of the same."""
    return Found(address(f"{under}{slug}"), "article", f"{SITE}-{slug}")


def pager(number: int) -> Found:
    return Found(f"http://{SITE}.example/page-{number}", "listing")


def listing(
    url: str, *found: Found, at: str = MORNING, shown: str | None = None, steps: int = 0, **told: Any
) -> Harvest:
    visit = Visit(url, "listing", "done", steps=steps, shown=shown or url, body_sha256=shown or url, **told)
    return Harvest(capture(url, "listing", at), found=list(found), visit=visit)


def read(
    slug: str, *, at: str = MORNING, url: str | None = None, visit: dict[str, Any] | None = None, **told: Any
) -> Harvest:
    harvest = page(article(slug, **told), at=at, url=url)
    where = url or address(slug)
    harvest.visit = Visit(where, "article", "done", article=f"{SITE}-{slug}", **({"body_sha256": at} | (visit or {})))
    return harvest


def missing(slug: str, *, at: str = MORNING, url: str | None = None, state: Any = "gone") -> Harvest:
    where = url or address(slug)
    visit = Visit(where, "article", state, article=f"{SITE}-{slug}", reason="HTTP status 404")
    return Harvest(capture(where, "article", at, status=404, outcome="gone"), visit=visit)


def state(archive: Archive, url: str) -> tuple[str, str | None]:
    row = archive.db.execute("SELECT state, reason FROM urls WHERE url = ?", [url]).fetchone()
    return row[0], row[1]


def ids(archive: Archive, where: str) -> list[str]:
    return [row[0] for row in archive.db.execute(f"SELECT id FROM articles WHERE {where} ORDER BY id")]  # noqa: S608


def finish(archive: Archive, run: int) -> None:
    archive.finish_run(run, MORNING, "finished", {})


def test_a_crawl_begins_at_the_entrances_and_goes_on_with_what_they_lead_to(archive: Archive) -> None:
    run = begin(archive)
    assert asked(archive, run) == [HOME.url]
    assert asked(archive, run) == []
    archive.add(run, [listing(HOME.url, pager(2), link("mot"), link("hai"))])
    assert asked(archive, run) == [address("mot"), address("hai"), pager(2).url]
    assert state(archive, HOME.url) == ("done", None)


def test_what_a_dead_process_was_asking_for_comes_after_its_like(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"), link("hai"), link("ba"), pager(2))])
    assert [one.url for one in lease(archive, run, 1)] == [address("mot")]
    assert asked(archive, begin(archive)) == [address("hai"), address("ba"), address("mot"), pager(2).url]


def test_a_block_of_addresses_takes_some_listings_along_while_articles_wait(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    pages = [pager(number) for number in range(2, 9)]
    archive.add(run, [listing(HOME.url, *(link(f"bai-{n}") for n in range(40)), *pages)])
    block = lease(archive, run, 20)
    assert [one.url for one in block if one.role == "listing"] == [pages[0].url, pages[1].url]
    assert len(block) == 20


def test_a_crawl_of_few_articles_asks_for_no_listing_that_it_does_not_need(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, *(link(f"bai-{n}") for n in range(40)), *map(pager, range(2, 9)))])
    assert [one.role for one in lease(archive, run, 20, articles=5)] == ["article"] * 5


def test_entrances_are_asked_for_before_the_listings_that_are_taken_along(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, *(link(f"bai-{n}") for n in range(40)), *map(pager, range(2, 9)))])
    roles = [one.role for one in lease(archive, begin(archive, NOON), 20)]
    assert roles == ["listing"] * 3 + ["article"] * 17
    assert state(archive, HOME.url)[0] == "leased"


def test_what_a_dead_process_had_leased_is_handed_out_again_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"), link("hai"), link("ba"))])
    lease(archive, run)
    archive.add(run, [read("mot")])
    with Archive(tmp_path / "archive.db") as after:
        again, begun = after.begin_crawl(SITE, [HOME], MORNING)
        assert begun.continues
        assert begun.waiting == 2
        assert asked(after, again) == [address("hai"), address("ba")]


def test_an_address_is_acknowledged_with_what_it_yielded_or_not_at_all(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    broken = read("mot")
    broken.articles[0].kind = None  # type: ignore[assignment]
    with pytest.raises(Exception, match="NOT NULL"):
        archive.add(run, [listing(HOME.url, link("mot")), broken])
    assert state(archive, HOME.url) == ("leased", None)
    assert archive.db.execute("SELECT count(*) FROM captures").fetchone() == (0,)


def test_a_crawl_that_came_to_its_end_is_not_continued_but_begun_anew(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, pager(2), link("mot"))])
    lease(archive, run)
    archive.add(run, [listing(pager(2).url, steps=1), read("mot")])
    finish(archive, run)
    run, begun = archive.begin_crawl(SITE, [HOME], NOON)
    assert not begun.continues
    assert asked(archive, run) == [HOME.url]


def test_a_continued_crawl_looks_at_the_entrances_again_when_an_hour_has_passed(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"))])
    assert asked(archive, begin(archive)) == [address("mot")]
    assert asked(archive, begin(archive, NOON)) == [HOME.url, address("mot")]


def test_at_most_so_many_articles_are_handed_out(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"), link("hai"), link("ba"), pager(2))])
    assert [one.url for one in lease(archive, run, articles=2)] == [address("mot"), address("hai")]
    assert lease(archive, run, articles=0) == []


def test_after_the_last_article_come_its_pictures_and_nothing_else(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    picture = Found(f"http://{SITE}.example/anh.jpg", "image")
    archive.add(run, [listing(HOME.url, link("mot"), link("hai"), pager(2))])
    assert [one.url for one in lease(archive, run, articles=1)] == [address("mot")]
    harvest = read("mot")
    harvest.found = [picture]
    archive.add(run, [harvest])
    assert [one.url for one in lease(archive, run, articles=0)] == [picture.url]


def test_an_article_is_asked_for_once_and_under_its_other_address_when_the_first_fails(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    other = link("mot", under="khac/")
    archive.add(run, [listing(HOME.url, link("mot"), other)])
    assert asked(archive, run) == [address("mot")]
    assert state(archive, other.url) == ("excluded", OTHER_ADDRESS)
    archive.add(run, [missing("mot")])
    assert asked(archive, run) == [other.url]
    archive.add(run, [read("mot", url=other.url)])
    assert ids(archive, "gone_at IS NULL") == [f"{SITE}-mot"]


def test_another_address_that_is_found_after_the_first_failed_is_asked_for(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2))])
    lease(archive, run)
    archive.add(run, [missing("mot", state="failed"), listing(pager(2).url, link("mot", under="khac/"), steps=1)])
    assert asked(archive, run) == [address("khac/mot")]


def test_a_pager_that_repeats_itself_leads_nowhere(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2), shown="một bài")])
    lease(archive, run)
    archive.add(run, [read("mot"), listing(pager(2).url, link("mot"), pager(9), shown="một bài", steps=3)])
    assert state(archive, pager(9).url) == ("excluded", LEADS_NOWHERE)
    assert asked(archive, run) == []


def test_listings_without_articles_are_followed_near_the_start_only(archive: Archive) -> None:
    run = begin(archive)
    empty = Harvest(capture(HOME.url, "listing"), found=[pager(2)], visit=Visit(HOME.url, "listing", "done"))
    archive.add(run, [empty])
    assert state(archive, pager(2).url) == ("pending", None)
    far = Visit(pager(2).url, "listing", "done", steps=3)
    archive.add(run, [Harvest(capture(pager(2).url, "listing"), found=[pager(3)], visit=far)])
    assert state(archive, pager(3).url) == ("excluded", LEADS_NOWHERE)


def test_a_second_crawl_stops_paging_where_everything_is_known(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2)), listing(pager(2).url, link("hai"), pager(3), steps=1)])
    archive.add(run, [listing(pager(3).url, link("ba"), steps=2), read("mot"), read("hai"), read("ba")])
    finish(archive, run)
    run = begin(archive, NOON)
    assert asked(archive, run) == [HOME.url]
    archive.add(run, [listing(HOME.url, link("moi"), link("mot"), pager(2), at=NOON)])
    assert asked(archive, run) == [address("moi"), pager(2).url]
    archive.add(run, [read("moi"), listing(pager(2).url, link("mot"), pager(3), at=NOON, steps=1)])
    assert asked(archive, run) == []


def test_listings_are_paged_through_for_news_that_a_feed_told_of_first(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2)), listing(pager(2).url, link("hai"), steps=1)])
    archive.add(run, [read("mot"), read("hai")])
    finish(archive, run)
    run = begin(archive, NOON)
    told = Visit("http://feed.example/", "feed", "done", body_sha256="x")
    archive.add(run, [Harvest(capture("http://feed.example/", "feed", NOON), found=[link("moi")], visit=told)])
    archive.add(run, [listing(HOME.url, link("moi"), link("mot"), pager(2), at=NOON)])
    assert asked(archive, run) == [link("moi").url, pager(2).url]


def numbered(number: int, section: str = "tin") -> Found:
    """A page of a section whose pager is understood."""
    first = f"http://{SITE}.example/{section}"
    return Found(first if number == 1 else f"{first}?page={number}", "listing", None, first, number)


def test_of_a_pagers_numbers_only_the_next_is_asked_for_again_and_of_other_sections_the_first(archive: Archive) -> None:
    run = begin(archive)
    known = [numbered(n) for n in (1, 2, 3, 4)] + [numbered(n, "van-hoa") for n in (1, 2)]
    archive.add(run, [listing(HOME.url, *known, link("mot"))])
    archive.add(run, [listing(one.url, link("mot"), steps=1, shown=one.url) for one in known])
    finish(archive, run)
    run = begin(archive, NOON)
    archive.add(run, [listing(numbered(1).url, *known, link("moi"), at=NOON, steps=1)])
    assert set(asked(archive, run)) == {
        *(HOME.url, link("moi").url, link("mot").url, numbered(2).url, numbered(1, "van-hoa").url)
    }


def test_a_full_crawl_walks_all_listings_again_and_one_that_is_continued_does_not_begin_anew(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2)), listing(pager(2).url, steps=1), read("mot")])
    finish(archive, run)
    run = begin(archive, NOON, full=True)
    assert sorted(asked(archive, run)) == [HOME.url, pager(2).url]
    archive.add(run, [listing(HOME.url, link("mot"), pager(2), at=NOON)])
    run, begun = archive.begin_crawl(SITE, [HOME], NOON)
    assert begun.full
    assert asked(archive, run) == [pager(2).url]


def test_articles_of_a_period_can_be_asked_for_again(archive: Archive) -> None:
    run = begin(archive)
    dates = {"cu": "2020-01-01T00:00:00+07:00", "moi": "2024-07-01T00:00:00+07:00"}
    archive.add(run, [read(slug, date_published=date) for slug, date in dates.items()])
    finish(archive, run)
    assert asked(archive, begin(archive, MORNING, since="2024-01-01")) == [HOME.url, address("moi")]


def test_fresh_articles_are_asked_for_again_sooner_than_old_ones(archive: Archive) -> None:
    run = begin(archive)
    dates = {"cu": "2020-01-01T00:00:00+07:00", "moi": "2024-07-19T00:00:00+07:00"}
    archive.add(run, [read(slug, date_published=date) for slug, date in dates.items()])
    finish(archive, run)
    two_days_later = "2024-07-22T08:00:00+07:00"
    run = begin(archive, two_days_later)
    assert asked(archive, run) == [HOME.url, address("moi")]
    finish(archive, run)
    assert address("cu") in asked(archive, begin(archive, NEXT_YEAR))


def test_what_failed_is_tried_again_later_and_each_time_later_still(archive: Archive) -> None:
    run = begin(archive)
    waits = []
    for _ in range(3):
        archive.add(run, [missing("mot", state="failed")])
        (seconds,) = archive.db.execute("SELECT interval FROM urls WHERE url = ?", [address("mot")]).fetchone()
        waits.append(seconds)
    assert waits == [3600, 4 * 3600, 16 * 3600]
    finish(archive, run)
    assert address("mot") in asked(archive, begin(archive, TOMORROW))


def test_an_article_that_vanishes_is_gone_with_the_time_and_its_text_stays(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot")])
    assert archive.add(run, [missing("mot", at=NOON)]).gone == 1
    [row] = archive.db.query("SELECT gone_at, gone_reason, body FROM articles")
    assert row == {"gone_at": NOON, "gone_reason": "HTTP status 404", "body": "Nội dung của bài mot."}
    assert archive.add(run, [missing("mot", at=TOMORROW)]).gone == 0
    assert ids(archive, f"gone_at = '{NOON}'") == [f"{SITE}-mot"]


def test_an_article_that_comes_back_is_no_longer_gone(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot")])
    archive.add(run, [missing("mot", at=NOON)])
    archive.add(run, [read("mot", at=TOMORROW)])
    assert ids(archive, "gone_at IS NOT NULL") == []
    kinds = [row[0] for row in archive.db.execute("SELECT kind FROM changes ORDER BY seq")]
    assert kinds == ["new", "gone", "back"]


def test_an_article_that_failed_for_now_is_not_gone(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot")])
    archive.add(run, [missing("mot", at=NOON, state="failed")])
    assert ids(archive, "gone_at IS NOT NULL") == []


def told(
    etag: str | None, modified: str | None = None, body: str = "như cũ", date: str | None = None
) -> dict[str, Any]:
    return {"etag": etag, "last_modified": modified, "body_sha256": body, "date": date}


def validators(archive: Archive) -> tuple[str | None, str | None]:
    run = begin(archive, NEXT_YEAR)
    [one] = [one for one in lease(archive, run) if one.role == "article"]
    return one.etag, one.last_modified


def test_a_full_crawl_asks_for_listings_themselves_whatever_their_validators(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, etag='"a"')])
    finish(archive, run)
    assert [one.etag for one in lease(archive, begin(archive, NOON))] == ['"a"']
    finish(archive, run)
    assert [one.etag for one in lease(archive, begin(archive, TOMORROW, full=True))] == [None]


OLD = "Fri, 19 Jul 2024 01:00:00 GMT"


def test_validators_that_tell_the_truth_are_sent_back(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot", visit=told('"a"', OLD))])
    archive.add(run, [read("mot", at=NOON, visit=told('"b"', OLD, "đã đổi"))])
    assert validators(archive) == ('"b"', OLD)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([told('"a"'), told('"a"', body="khác")], id="the page changed and they did not"),
        pytest.param([told('"a"'), told('"b"')], id="they changed and the page did not"),
        pytest.param([told(None, OLD, date="Sat, 20 Jul 2024 01:00:00 GMT")], id="the time of the answer less a day"),
        pytest.param([told(None, OLD, date=OLD)], id="the time of the answer"),
        pytest.param([told(None, "hôm qua", date=OLD)], id="no date"),
    ],
)
def test_validators_that_lie_are_recognised_and_no_longer_used(archive: Archive, answers: list[dict[str, Any]]) -> None:
    run = begin(archive)
    for answer, at in zip(answers, (MORNING, NOON), strict=False):
        archive.add(run, [read("mot", at=at, visit=answer)])
    assert validators(archive) == (None, None)
    assert archive.db.execute("SELECT distrust FROM urls WHERE role = 'article'").fetchone()[0]


def test_after_some_answers_not_modified_the_page_itself_is_asked_for(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot", visit=told('"a"'))])
    unchanged = Visit(address("mot"), "article", "done", article=f"{SITE}-mot")
    for _ in range(CHECK_EVERY):
        assert validators(archive) == ('"a"', None)
        archive.add(run, [Harvest(capture(address("mot"), "article", NOON, status=304), visit=unchanged)])
    assert validators(archive) == (None, None)


def test_an_address_that_was_not_asked_for_waits_for_another_crawl_and_not_for_this_one(archive: Archive) -> None:
    run = begin(archive)
    [one] = lease(archive, run)
    waits = Visit(one.url, one.role, "pending", reason="robots.txt could not be had")
    archive.add(run, [Harvest(capture(one.url, "listing", status=0, outcome="error"), visit=waits)])
    assert asked(archive, run) == []
    assert asked(archive, begin(archive)) == [HOME.url]


def test_what_a_run_will_not_ask_for_any_more_is_put_back(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    archive.release(run)
    assert asked(archive, run) == [HOME.url]


def test_a_crawl_takes_nothing_from_another_sites_line(archive: Archive) -> None:
    run = begin(archive)
    other, _ = archive.begin_crawl("khac", [Found("http://khac.example/", "listing")], MORNING)
    assert asked(archive, run) == [HOME.url]
    assert [one.url for one in archive.lease(other, "khac", 50)] == ["http://khac.example/"]


def test_an_article_is_not_gone_while_another_address_of_it_only_failed(archive: Archive) -> None:
    run = begin(archive)
    lease(archive, run)
    other = link("mot", under="khac/")
    archive.add(run, [listing(HOME.url, link("mot"), other), read("mot")])
    archive.add(run, [missing("mot", at=NOON, state="failed")])
    archive.add(run, [missing("mot", at=NOON, url=other.url)])
    assert ids(archive, "gone_at IS NOT NULL") == []
    archive.add(run, [missing("mot", at=TOMORROW)])
    assert ids(archive, "gone_at IS NOT NULL") == [f"{SITE}-mot"]


def test_what_is_gone_is_asked_for_without_conditions(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [read("mot", visit=told('"a"'))])
    archive.add(run, [missing("mot", at=NOON)])
    assert validators(archive) == (None, None)


def test_a_date_beyond_all_dates_is_no_date(archive: Archive) -> None:
    run = begin(archive)
    beyond = "Mon, 01 Jan 2024 99999999999999999999:00:00 GMT"
    archive.add(run, [read("mot", visit=told(None, beyond, date=beyond))])
    assert validators(archive) == (None, None)


def test_news_are_followed_in_a_crawl_that_goes_on_with_another(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot"), pager(2)), listing(pager(2).url, link("hai"), steps=1)])
    archive.finish_run(run, MORNING, "limit", {})
    run, begun = archive.begin_crawl(SITE, [HOME], NOON)
    assert begun.continues
    archive.add(run, [listing(HOME.url, link("moi"), link("mot"), pager(2), at=NOON)])
    assert pager(2).url in asked(archive, run)
    archive.finish_run(run, NOON, "limit", {})
    run = begin(archive, TOMORROW)
    archive.add(run, [listing(pager(2).url, link("mot"), at=TOMORROW, steps=1), read("moi", at=TOMORROW)])
    archive.add(run, [listing(HOME.url, link("moi"), link("mot"), pager(2), at=TOMORROW)])
    assert pager(2).url not in asked(archive, run)


def test_a_site_that_moves_to_another_host_takes_its_frontier_with_it(archive: Archive) -> None:
    facts = {
        "name": SITE,
        "title": "Công đoàn",
        "publisher": "LĐLĐ",
        "kind": "union",
        "province": "Nghệ An",
        "family": "nukeviet",
    }
    archive.register_site(**facts, base=HOME.url)
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot")), read("mot")])
    finish(archive, run)
    archive.register_site(**facts, base="https://moi.example/")
    urls = [row[0] for row in archive.db.execute("SELECT url FROM urls ORDER BY url")]
    assert urls == ["https://moi.example/", "https://moi.example/tin-tuc/mot.html"]


def test_an_address_that_a_wrong_clock_put_off_for_years_is_due_within_months(archive: Archive) -> None:
    run = begin(archive, "2031-01-01T00:00:00+07:00")
    archive.add(run, [read("mot", at="2031-01-01T00:00:00+07:00", date_published="2020-01-01T00:00:00+07:00")])
    finish(archive, run)
    begin(archive, MORNING)
    (due,) = archive.db.execute("SELECT due FROM urls WHERE role = 'article'").fetchone()
    assert due < "2025-06"
