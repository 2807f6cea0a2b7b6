"""What is said of an archive's completeness: no more than the site shows, and why each missing thing is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harvests import MORNING, SITE, article, capture, page, seen
from test_frontier import HOME, NOON, begin, finish, link, listing, missing, numbered, read

from archive.completeness import Completeness, Missing, completeness
from archive.records import Attachment, Found, Harvest, Image, Visit
from archive.show_completeness import show_completeness
from archive.status import site_status
from archive.store import Archive

FEED = f"http://{SITE}.example/rss/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


def walked(archive: Archive, *harvests: Harvest, full: bool = False) -> Completeness:
    """A crawl that came to its end with these visits."""
    run = begin(archive, full=full)
    archive.add(run, [listing(HOME.url, *(one for harvest in harvests for one in harvest.found)), *harvests])
    finish(archive, run)
    return completeness(archive.db, SITE)


def section(number: int, *slugs: str, last: int = 1, visit: dict[str, Any] | None = None) -> Harvest:
    """A page of a section that lists articles, with the numbers of its pager."""
    here, further = numbered(number), [numbered(n) for n in range(1, last + 1)]
    harvest = listing(here.url, *map(link, slugs), *further, steps=1, **(visit or {}))
    harvest.sightings = [seen(slug, None, on="tin") for slug in slugs]
    for sighting in harvest.sightings:
        sighting.source_url = here.url
    return harvest


def failed(number: int) -> Harvest:
    url = numbered(number).url
    told = Visit(url, "listing", "failed", steps=1, reason="HTTP status 500")
    return Harvest(capture(url, "listing", status=500, outcome="error"), visit=told)


def feed(*slugs: str, **visit: Any) -> Harvest:
    told = Visit(FEED, "feed", "done", body_sha256="x", total=len(slugs), **visit)
    harvest = Harvest(capture(FEED, "feed"), found=[Found(FEED, "feed"), *map(link, slugs)], visit=told)
    harvest.sightings = [seen(slug, None, kind="feed") for slug in slugs]
    for sighting in harvest.sightings:
        sighting.source_url = FEED
    return harvest


def shown(report: Completeness, capsys: pytest.CaptureFixture[str]) -> str:
    show_completeness(report)
    return capsys.readouterr().out


def test_where_all_that_is_shown_is_archived_it_is_complete_as_far_as_the_site_shows(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    report = walked(archive, section(1, "mot", last=2), section(2, "hai", last=2), read("mot"), read("hai"))
    assert report.complete is True
    assert (report.known, report.stored, report.walked_at) == (2, 2, MORNING)
    [front, pages] = report.places
    assert (front.url, pages.url) == (HOME.url, numbered(1).url)
    assert (pages.pages, pages.walked, pages.listed, pages.stored, pages.whole) == (2, 2, 2, 2, True)
    text = shown(report, capsys)
    assert "complete as far as the site shows (listings walked to their ends 2024-07-20 08:00)" in text
    assert "2 sections read to the end (3 pages), all that they list archived" in text


def test_each_article_that_is_not_had_is_named_with_its_state_and_reason(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    unread = read("rong")
    unread.articles.clear()
    assert unread.visit is not None
    unread.visit.reason = "no headline"
    report = walked(
        archive,
        section(1, "mot", "mat", "loi", "cho", "rong"),
        *(read("mot"), missing("mat"), missing("loi", state="failed"), unread),
    )
    assert report.complete is False
    assert [(one.url.rpartition("/")[2], one.state, one.reason) for one in report.missing] == [
        ("cho.html", "pending", None),
        ("loi.html", "failed", "HTTP status 404"),
        ("rong.html", "done", "no headline"),
        ("mat.html", "gone", "HTTP status 404"),
    ]
    text = shown(report, capsys)
    assert f"{SITE}: not complete" in text
    assert "1 × article read, but no article found: no headline" in text


def test_what_is_gone_or_forbidden_is_said_and_is_no_gap_that_a_crawl_could_fill(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    report = walked(archive, section(1, "mot", "mat"), read("mot"), missing("mat"))
    assert report.complete is True
    assert "complete as far as the site shows, but for 1 that cannot be had" in shown(report, capsys)


def test_a_page_of_a_section_that_failed_or_was_never_linked_is_missing(archive: Archive) -> None:
    first = section(1, "mot")
    first.found += [numbered(2), numbered(6)]
    report = walked(archive, first, failed(2), section(6, "sau"), read("mot"), read("sau"))
    assert report.complete is False
    [pages] = [place for place in report.places if place.url == numbered(1).url]
    assert (pages.pages, pages.walked) == (6, 2)
    assert pages.missing == [
        Missing(numbered(2).url, "failed", "HTTP status 500"),
        Missing(numbered(1).url, "pending", "pages 3 to 5: nothing links to them"),
    ]


def test_a_number_behind_the_last_page_is_no_page(archive: Archive) -> None:
    first = section(1, "mot", last=2)
    beyond = numbered(2).url
    gone = Visit(beyond, "listing", "gone", steps=1, reason="HTTP status 404")
    report = walked(
        archive, first, Harvest(capture(beyond, "listing", status=404, outcome="gone"), visit=gone), read("mot")
    )
    assert report.complete is True
    assert [place.pages for place in report.places] == [1, 1]


def test_a_feed_that_shows_no_more_than_so_many_is_said_to_show_at_least_these(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    report = walked(archive, feed("mot", "hai", capped=True), read("mot"), read("hai"))
    [one] = [place for place in report.places if place.kind == "feed"]
    assert (one.listed, one.stored, one.total, one.at_least) == (2, 2, 2, True)
    [row] = [line for line in shown(report, capsys).splitlines() if line.startswith("feed /rss/")]
    assert row.split()[-4:] == ["at", "least", "2", "2"]


def test_a_section_that_counts_more_articles_than_were_seen_is_not_complete(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    report = walked(archive, section(1, "mot", visit={"total": 3}), read("mot"))
    assert report.complete is False
    assert "1 of 3" in shown(report, capsys)


def test_without_a_walk_to_the_ends_nothing_is_called_complete(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    run = begin(archive)
    archive.add(run, [listing(HOME.url, link("mot")), read("mot")])
    archive.finish_run(run, MORNING, "shutdown", {})
    report = walked(archive)
    assert (report.complete, report.walked_at) == (None, None)
    assert f"not known to be complete: 'luutru crawl {SITE} --full'" in shown(report, capsys)
    assert walked(archive, full=True).walked_at == MORNING


def test_archived_articles_that_are_there_no_more_are_named(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    walked(archive, read("mot"))
    report = walked(archive, missing("mot", at=NOON))
    assert [(one.id, one.at, one.reason) for one in report.gone] == [(f"{SITE}-mot", NOON, "HTTP status 404")]
    assert report.complete is True
    assert f"2024-07-20 12:00 {SITE}-mot HTTP status 404" in shown(report, capsys)


def test_pictures_on_other_hosts_are_counted_as_not_captured(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    own = f"http://{SITE}.example/uploads/a b.jpg"
    images = [Image(own), Image("https://cdn.example/1.jpg"), Image("https://cdn.example/2.jpg")]
    first = page(article("mot", images=images, attachments=[Attachment("http://khac.example/kh.pdf")]))
    first.visit = Visit(first.articles[0].url, "article", "done", article=first.articles[0].id, body_sha256="x")
    kept = Found(own.replace(" ", "%20"), "image")
    first.found = [kept, Found(f"http://{SITE}.example/uploads/mat.jpg", "image")]
    got = Harvest(capture(kept.url, "image"), visit=Visit(kept.url, "image", "done", body_sha256="y"))
    files = walked(archive, first, got).files
    assert files.captured == 1
    assert [one.state for one in files.missing] == ["pending"]
    assert files.elsewhere == {"cdn.example": 2, "khac.example": 1}
    text = shown(completeness(archive.db, SITE), capsys)
    assert "1 picture or document captured" in text
    assert "3 not captured, by host: cdn.example 2, khac.example 1" in text


def test_the_status_counts_what_waits_what_fails_and_what_is_left_out(archive: Archive, tmp_path: Path) -> None:
    archive.register_site(SITE, "Công đoàn Sông Lam", "Công đoàn Sông Lam", "union", "Nghệ An", "plain", HOME.url)
    run = begin(archive)
    forbidden = link("cam")
    told = Visit(forbidden.url, "article", "excluded", article=forbidden.article, reason="robots.txt forbids it")
    archive.add(
        run,
        [
            listing(HOME.url, *map(link, ("mot", "mat", "loi", "cho", "cam")), link("mot", under="khac/")),
            *(read("mot"), missing("mat"), missing("loi", state="failed")),
            Harvest(capture(forbidden.url, "article", status=0, outcome="refused"), visit=told),
        ],
    )
    finish(archive, run)
    [site] = site_status(archive.db, tmp_path)
    assert (site.waiting, site.waiting_since, site.failing, site.gone, site.excluded) == (1, MORNING, 1, 1, 1)
    (due,) = archive.db.execute("SELECT min(due) FROM urls").fetchone()
    assert site.next_due == due
    assert (site.ended, site.visitor, site.needs_attention) == ("finished", None, False)
