"""Pages that are got by sending a form, in the frontier's table: what is kept of the form, and how a walk goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harvests import MORNING, SITE, capture
from test_frontier import HOME, NOON, TOMORROW, asked, begin, finish, lease, link, listing, state

from archive.completeness import completeness
from archive.posted import is_posted, page_number, posted_address, target_of
from archive.records import Found, Harvest, Visit
from archive.settlement import ENDS_BEFORE, LEADS_NOWHERE
from archive.store import Archive

SECTION = f"http://{SITE}.example/tin.aspx"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def posted(number: int, form: str = "trang-thai", **told: Any) -> Found:
    url = posted_address(SECTION, [("page", str(number))])
    return Found(url, "listing", None, SECTION, number, f"{form}-{number}", **told)


def shows(number: int, *found: Found, **told: Any) -> Harvest:
    """The page of that number, with an article of its own."""
    url = SECTION if number == 1 else posted(number).url
    return listing(url, link(f"bai-{number}"), *found, steps=number, **told)


def broken(number: int, at: str = MORNING) -> Harvest:
    url = posted(number).url
    visit = Visit(url, "listing", "failed", steps=number, reason="HTTP status 500")
    return Harvest(capture(url, "listing", at, status=500, outcome="error"), visit=visit)


def section() -> Found:
    return Found(SECTION, "listing", None, SECTION, 1)


def forms(archive: Archive) -> dict[int, str | None]:
    return dict(archive.db.execute("SELECT page, form FROM urls WHERE form IS NOT NULL ORDER BY page"))


def lists(archive: Archive, run: int) -> list[str]:
    return [one.url for one in lease(archive, run) if one.role == "listing"]


def walk(archive: Archive, run: int, last: int, at: str = MORNING) -> None:
    """The first pages of the section, one after the other."""
    for number in range(1, last + 1):
        lease(archive, run)
        archive.add(run, [shows(number, posted(number + 1), at=at)])


def test_the_address_of_a_posted_page_holds_its_target_and_its_number() -> None:
    address = posted_address("http://a.example/ds.aspx?cat=3", [("loai", "a&b=c"), ("page", "12")])
    assert address == "http://a.example/ds.aspx?cat=3&__wb_method=POST&loai=a%26b%3Dc&page=12"
    assert is_posted(address)
    assert (target_of(address), page_number(address)) == ("http://a.example/ds.aspx?cat=3", 12)
    assert (target_of(HOME.url), page_number("http://a.example/?page=2")) == (HOME.url, None)
    assert not is_posted("http://a.example/?q=__wb_method=POST")


def test_a_form_is_handed_out_with_its_address_and_kept_until_it_was_sent_and_no_longer(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 1)
    [further] = [one for one in lease(archive, run) if one.role == "listing"]
    assert (further.url, further.form, further.section) == (posted(2).url, "trang-thai-2", SECTION)
    assert forms(archive) == {2: "trang-thai-2"}
    archive.add(run, [shows(2, posted(3))])
    assert forms(archive) == {2: "", 3: "trang-thai-3"}


def test_no_validator_is_sent_with_a_form(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 1)
    archive.add(run, [shows(2, etag='"a"', last_modified="Sat, 20 Jul 2024 01:00:00 GMT")])
    finish(archive, run)
    run = begin(archive, NOON, full=True)
    archive.add(run, [shows(1, posted(2), at=NOON)])
    [further] = [one for one in lease(archive, run) if one.form is not None]
    assert (further.etag, further.last_modified) == (None, None)


def test_a_walk_whose_process_died_goes_on_with_the_form_that_was_kept(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    assert posted(3).url in asked(archive, run)
    run = begin(archive)
    assert [(one.url, one.form) for one in lease(archive, run) if one.form] == [(posted(3).url, "trang-thai-3")]


def test_a_page_that_waits_is_asked_for_with_the_newest_state(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section()), shows(1, posted(2))])
    run = begin(archive, NOON)
    archive.add(run, [shows(1, posted(2, "neu"), at=NOON)])
    assert forms(archive) == {2: "neu-2"}


def test_a_posted_page_is_never_due_by_itself_for_only_the_page_before_it_knows_what_to_send(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    archive.add(run, [shows(3)])
    finish(archive, run)
    run = begin(archive, "2027-07-20T08:00:00+07:00")
    assert [url for url in asked(archive, run) if is_posted(url)] == []
    assert archive.db.execute("SELECT count(*) FROM urls WHERE form IS NOT NULL AND due IS NOT NULL").fetchone() == (0,)


def test_posted_pages_are_walked_again_as_far_as_there_is_news(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 3)
    archive.add(run, [shows(4)])
    finish(archive, run)
    run = begin(archive, NOON)
    news = listing(SECTION, link("moi"), link("bai-1"), posted(2, "neu"), at=NOON, steps=1)
    archive.add(run, [news])
    assert [(one.url, one.form) for one in lease(archive, run) if one.form] == [(posted(2).url, "neu-2")]
    archive.add(run, [shows(2, posted(3, "neu"), at=NOON)])
    assert [one for one in lease(archive, run) if one.form] == []


def test_a_full_crawl_walks_posted_pages_to_the_end(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    archive.add(run, [shows(3)])
    finish(archive, run)
    run = begin(archive, NOON, full=True)
    assert set(asked(archive, run)) >= {HOME.url, SECTION}
    for number in (1, 2):
        archive.add(run, [shows(number, posted(number + 1, "neu"), at=NOON)])
        assert [one.form for one in lease(archive, run) if one.form] == [f"neu-{number + 1}"]
    archive.add(run, [shows(3, at=NOON)])
    assert [one for one in lease(archive, run) if one.form] == []


def test_a_walk_that_the_site_breaks_off_begins_anew_at_the_first_page_when_it_is_due(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    archive.add(run, [broken(3)])
    finish(archive, run)
    assert state(archive, posted(3).url) == ("failed", "HTTP status 500")
    assert forms(archive)[3] == ""
    soon = "2024-07-20T08:10:00+07:00"
    run = begin(archive, soon)
    assert lists(archive, run) == [HOME.url]  # an hour has not passed
    archive.add(run, [listing(HOME.url, section(), at=soon)])
    finish(archive, run)
    run = begin(archive, TOMORROW)
    [first] = [one for one in lease(archive, run) if one.url == SECTION]
    assert (first.etag, first.last_modified) == (None, None)  # a 304 would say nothing of the next page
    for number in (1, 2):
        archive.add(run, [shows(number, posted(number + 1, "neu"), at=TOMORROW)])
        assert [one.form for one in lease(archive, run) if one.form] == [f"neu-{number + 1}"]
    archive.add(run, [shows(3, at=TOMORROW, pages=3)])
    finish(archive, run)
    assert state(archive, posted(3).url) == ("done", None)
    assert SECTION not in asked(archive, begin(archive, "2024-07-21T08:30:00+07:00"))


def test_where_the_listing_has_become_shorter_the_walk_is_not_begun_anew_for_ever(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    archive.add(run, [broken(3)])
    finish(archive, run)
    run = begin(archive, TOMORROW)
    lease(archive, run)
    archive.add(run, [shows(1, posted(2, "neu"), at=TOMORROW), shows(2, at=TOMORROW, pages=2)])
    assert state(archive, posted(3).url) == ("gone", ENDS_BEFORE)
    assert archive.db.execute("SELECT count(*) FROM urls WHERE form IS NOT NULL AND due IS NOT NULL").fetchone() == (0,)


def test_a_site_that_has_forgotten_the_state_and_shows_its_first_page_again_ends_the_walk(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 1)
    again = listing(posted(2).url, link("bai-1"), posted(3), shown=SECTION, steps=2)
    archive.add(run, [again])
    reason = f"it shows the same articles as {SECTION}: the walk begins anew"
    assert state(archive, posted(2).url) == ("failed", reason)
    assert [one for one in lease(archive, run) if one.form] == []
    assert state(archive, posted(3).url) == ("excluded", LEADS_NOWHERE)


def test_pages_that_need_no_state_are_asked_for_again_only_if_they_were_known(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    archive.add(run, [shows(1, posted(2), posted(3)), shows(2, posted(3, known=True)), shows(3, posted(4, known=True))])
    assert forms(archive).keys() == {2, 3}


def test_posted_pages_count_as_pages_of_their_section(archive: Archive) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section())])
    walk(archive, run, 2)
    archive.add(run, [broken(3)])
    [place] = [one for one in completeness(archive.db, SITE).places if one.url == SECTION]
    assert (place.pages, place.walked) == (3, 2)
    assert [(one.url, one.reason) for one in place.missing] == [(posted(3).url, "HTTP status 500")]


def test_a_site_that_moves_takes_its_walks_with_it(archive: Archive) -> None:
    facts = {"name": SITE, "title": "CĐ", "publisher": "LĐLĐ", "kind": "union", "province": "Nghệ An", "family": "x"}
    archive.register_site(**facts, base=HOME.url)
    run = begin(archive)
    archive.add(run, [listing(HOME.url, section()), shows(1, posted(2))])
    finish(archive, run)
    archive.register_site(**facts, base="https://moi.example/")
    [(url, place, form)] = archive.db.execute("SELECT url, section, form FROM urls WHERE form IS NOT NULL")
    assert (target_of(url), place, form) == (
        "https://moi.example/tin.aspx",
        "https://moi.example/tin.aspx",
        "trang-thai-2",
    )
