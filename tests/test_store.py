"""Storing what a crawl brings home: revisions, idempotence, what is kept of a page that could not be read."""

from __future__ import annotations

import dataclasses
import itertools
import random
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from harvests import BODY, MORNING, SITE, address, article, capture, day, listing, page, related, seen

from archive.records import Address, Article, Attachment, Author, Evidence, Harvest, Image, Media, Source
from archive.revisions import load_revisions
from archive.schema import open_archive
from archive.store import Archive, content_digest

EVENING = "2024-07-20T18:00:00+07:00"
NEXT_DAY = "2024-07-21T08:00:00+07:00"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def run(archive: Archive) -> int:
    return archive.start_run(SITE, MORNING)


def whole_article(slug: str = "hoi-nghi", **fields: object) -> Article:
    """An article with something in every list."""
    told: dict[str, object] = {
        "headline": "Công đoàn tỉnh họp mặt học viên lớp bổ túc",
        "body": BODY,
        "byline": "MINH ANH",
        "authors": [Author("Minh Anh", None, "author"), Author(None, "Ban Tuyên giáo", "contributor")],
        "source": Source("Báo Sông Lam", None),
        "section": ["Tin tức"],
        "keywords": ["công đoàn", "bổ túc văn hóa"],
        "view_count": 12,
        "date_published": day("19/07/2024"),
        "date_published_raw": "19/07/2024",
        "date_precision": "day",
        "date_evidence": "page",
        "images": [Image("http://songlam.example/1.jpg", "Học viên trong giờ học", "Thu Hà", 800, 600)],
        "attachments": [Attachment("http://songlam.example/1.pdf", "Kế hoạch")],
        "media": [Media("http://songlam.example/1.mp4", "video")],
        "links": [related("khac", "10/07/2024", "Bài khác")],
        "evidence": [Evidence("date_published", "19/07/2024", day("19/07/2024"), "page", "date")],
    }
    return article(slug, **told | fields)


def count_rows(archive: Archive) -> dict[str, int]:
    """The number of rows of every table, those of the full-text index among them."""
    return {name: archive.db.table(name).count for name in archive.db.table_names()}


def rows(archive: Archive, sql: str, *values: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in archive.db.execute(sql, list(values))]


def test_an_article_is_stored_with_all_its_parts(archive: Archive, run: int) -> None:
    added = archive.add(run, [page(whole_article())])

    assert (added.new, added.captures, added.addresses) == (1, 1, 1)
    [stored] = archive.db.query("SELECT * FROM articles")
    assert stored["headline"] == "Công đoàn tỉnh họp mặt học viên lớp bổ túc"
    assert stored["folded_headline"] == "cong doan tinh hop mat hoc vien lop bo tuc"
    assert stored["section"] == '["Tin tức"]'
    assert (stored["source_name"], stored["source_url"]) == ("Báo Sông Lam", None)
    assert (stored["revision"], stored["first_seen"], stored["concluded_date"]) == (1, MORNING, None)
    assert stored["content_sha256"] == content_digest(whole_article())
    assert rows(archive, "SELECT position, name, unit, role FROM authors ORDER BY position") == [
        (0, "Minh Anh", None, "author"),
        (1, None, "Ban Tuyên giáo", "contributor"),
    ]
    assert rows(archive, "SELECT caption, credit, width FROM images") == [("Học viên trong giờ học", "Thu Hà", 800)]
    assert rows(archive, "SELECT title FROM attachments") == [("Kế hoạch",)]
    assert rows(archive, "SELECT kind FROM media") == [("video",)]
    assert rows(archive, "SELECT keyword FROM keywords ORDER BY position") == [("công đoàn",), ("bổ túc văn hóa",)]
    assert rows(archive, "SELECT field, raw, place, revision FROM evidence") == [
        ("date_published", "19/07/2024", "date", 1)
    ]
    assert rows(archive, "SELECT target, date FROM links") == [(f"{SITE}-khac", day("10/07/2024"))]
    assert rows(archive, "SELECT article, kind, at FROM changes") == [(f"{SITE}-hoi-nghi", "new", MORNING)]
    assert rows(archive, "SELECT rowid FROM search_index WHERE search_index MATCH 'words:tinh AND words:\"dung may\"'")


def test_adding_the_same_harvests_again_adds_only_captures(archive: Archive, run: int) -> None:
    old, new = whole_article(links=[related("khac", "10/07/2024")]), whole_article(headline="Tiêu đề đã sửa", links=[])
    harvests = [
        page(old),
        page(article("khac"), url=address("khac") + "?page=2"),
        page(new, at=EVENING),
        page(dataclasses.replace(new, links=[related("ba", "11/07/2024")]), at=NEXT_DAY),
        listing(seen("hoi-nghi", "19/07/2024"), seen(None, "01/07/2024", title="Chỉ có tiêu đề")),
    ]
    archive.add(run, harvests)
    before, content = count_rows(archive), "\n".join(archive.db.conn.iterdump())

    added = archive.add(run, harvests)

    assert (added.new, added.revised, added.unchanged, added.links) == (0, 0, 4, 0)
    assert count_rows(archive) == before | {"captures": before["captures"] + 5}
    archive.db.execute("DELETE FROM captures WHERE id > 5")
    assert "\n".join(archive.db.conn.iterdump()) == content


def test_a_changed_text_makes_a_revision_and_the_old_one_stays(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article())])
    corrected = whole_article(body=BODY.replace("bốn mươi", "năm mươi"), authors=[], keywords=["đính chính"])

    assert archive.add(run, [page(corrected, at=EVENING)]).revised == 1

    assert rows(archive, "SELECT revision, first_seen FROM articles") == [(2, MORNING)]
    [old, new] = rows(archive, "SELECT content, recorded_at FROM revisions ORDER BY revision")
    kept = msgspec.json.decode(str(old[0]), type=Article)
    assert kept.body == BODY
    assert kept.authors == whole_article().authors
    assert msgspec.json.decode(str(new[0]), type=Article).body == corrected.body
    assert rows(archive, "SELECT count(*) FROM authors") == [(0,)]
    assert rows(archive, "SELECT keyword FROM keywords") == [("đính chính",)]
    assert rows(archive, "SELECT revision, count(*) FROM evidence GROUP BY revision") == [(1, 1), (2, 1)]
    assert rows(archive, "SELECT kind FROM changes ORDER BY seq") == [("new",), ("revised",)]


def test_a_revision_is_found_by_its_new_words_and_no_longer_by_its_old_ones(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article())])
    archive.add(run, [page(whole_article(body=BODY.replace("đèn bàn", "máy tính"), keywords=[]), at=EVENING)])

    def found(query: str) -> int:
        return len(rows(archive, "SELECT rowid FROM search_index WHERE search_index MATCH ?", query))

    assert found('"may tinh"') == 1
    assert found('"den ban"') == 0
    assert found("filters:keyword_cong") == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"view_count": 99},
        {"section": ["Tin tức", "Công đoàn cơ sở"]},
        {"date_modified": "2024-07-20T07:59:00+07:00"},
        {"date_published_raw": "hôm qua"},
        {"rights": "Ghi rõ nguồn khi đăng lại"},
        {"evidence": []},
        {"profile_version": "2+abc"},
        {"images": [Image("http://songlam.example/1.jpg", "Học viên trong giờ học", "Thu Hà", 1024, 768)]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_changes_around_an_article_makes_no_revision(
    archive: Archive, run: int, changed: dict[str, object]
) -> None:
    archive.add(run, [page(whole_article())])
    before = count_rows(archive)
    added = archive.add(run, [page(whole_article(**changed), at=EVENING)])
    assert (added.unchanged, added.revised) == (1, 0)
    assert count_rows(archive) == before | {"captures": 2}


@pytest.mark.parametrize(
    "changed",
    [
        {"headline": "Tiêu đề khác"},
        {"description": "Một đoạn mở đầu"},
        {"byline": "M.A"},
        {"authors": []},
        {"source": Source("Báo Sông Lam", "http://baosonglam.example/1.html")},
        {"keywords": ["công đoàn"]},
        {"date_published": day("18/07/2024")},
        {"date_published": None, "date_published_raw": "ngày đăng: không rõ"},
        {"images": [Image("http://songlam.example/1.jpg", "Chú thích khác", "Thu Hà")]},
        {"images": [Image("http://songlam.example/1.jpg", "Học viên trong giờ học", "Minh Anh")]},
        {"attachments": []},
        {"media": []},
    ],
    ids=str,
)
def test_what_an_article_says_is_in_its_digest(changed: dict[str, object]) -> None:
    assert content_digest(whole_article(**changed)) != content_digest(whole_article())


def test_a_related_list_that_changes_is_replaced_without_a_revision(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article())])
    later = whole_article(links=[related("moi", "20/07/2024", position=0), related("khac", "10/07/2024", position=1)])

    added = archive.add(run, [page(later, at=EVENING)])

    assert (added.unchanged, added.links) == (1, 1)
    assert rows(archive, "SELECT target FROM links ORDER BY position") == [(f"{SITE}-moi",), (f"{SITE}-khac",)]
    assert rows(archive, "SELECT revision FROM articles") == [(1,)]
    assert rows(archive, "SELECT kind FROM changes ORDER BY seq") == [("new",), ("links",)]


def test_a_date_in_a_related_list_is_a_sighting_that_outlives_the_list(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article())])
    archive.add(run, [page(whole_article(links=[]), at=EVENING)])
    assert rows(archive, "SELECT kind, target, date, source_url FROM sightings") == [
        ("related", f"{SITE}-khac", day("10/07/2024"), address("hoi-nghi"))
    ]


def test_a_page_read_late_adds_its_revision_and_leaves_the_newer_content(archive: Archive, run: int) -> None:
    first, second = whole_article(), whole_article(headline="Tiêu đề mới", links=[])
    archive.add(run, [page(second, at=EVENING)])

    assert archive.add(run, [page(first, at=MORNING)]).revised == 1

    assert rows(archive, "SELECT headline, first_seen FROM articles") == [("Tiêu đề mới", MORNING)]
    assert rows(archive, "SELECT count(*) FROM links") == [(0,)]
    recorded = rows(archive, "SELECT recorded_at FROM revisions ORDER BY recorded_at")
    assert recorded == [(MORNING,), (EVENING,)]


def test_a_page_read_late_that_shows_what_is_kept_already_adds_nothing(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article(), at=MORNING), page(whole_article(headline="Tiêu đề mới"), at=NEXT_DAY)])
    before = count_rows(archive)
    assert archive.add(run, [page(whole_article(), at=EVENING)]).unchanged == 1
    assert count_rows(archive) == before | {"captures": 3}


def test_two_versions_fetched_in_one_second_are_told_apart_once(archive: Archive, run: int) -> None:
    harvests = [page(whole_article()), page(whole_article(headline="Tiêu đề mới"))]
    archive.add(run, harvests)
    before = count_rows(archive)
    assert archive.add(run, harvests).unchanged == 2
    assert count_rows(archive) == before | {"captures": 4}


def test_a_relative_date_seen_again_in_other_words_is_the_same_sighting(archive: Archive, run: int) -> None:
    first, again = seen("a", "19/07/2024"), seen("a", "19/07/2024")
    first.date_raw, again.date_raw = "1 ngày trước", "hôm kia"
    assert archive.add(run, [listing(first), listing(again, at=NEXT_DAY)]).sightings == 1
    unread = [seen("a", None), seen("a", None)]
    unread[0].date_raw, unread[1].date_raw = "mới đây", "lâu rồi"
    assert archive.add(run, [listing(*unread)]).sightings == 2


def test_a_change_of_links_and_of_text_in_one_batch_is_one_change(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article())])
    links, text = whole_article(links=[]), whole_article(links=[], headline="Tiêu đề mới")
    archive.add(run, [page(links, at=EVENING), page(text, at=NEXT_DAY)])
    assert rows(archive, "SELECT kind FROM changes ORDER BY seq") == [("new",), ("revised",)]


def test_an_article_that_goes_back_to_its_old_text_has_three_revisions(archive: Archive, run: int) -> None:
    for headline, at in (("Một", MORNING), ("Hai", EVENING), ("Một", NEXT_DAY)):
        archive.add(run, [page(whole_article(headline=headline), at=at)])
    assert rows(archive, "SELECT headline, revision FROM articles") == [("Một", 3)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_text_that_comes_back_is_what_the_article_says_in_whatever_order_it_is_stored(
    archive: Archive, run: int, order: tuple[int, ...]
) -> None:
    told = (("Một", "x", MORNING), ("Hai", "y", EVENING), ("Một", "z", NEXT_DAY))
    pages = [
        page(whole_article(headline=headline, links=[related(target, "10/07/2024")]), at=at)
        for headline, target, at in told
    ]
    for number in order:
        archive.add(run, [pages[number]])
    assert rows(archive, "SELECT headline, first_seen, shown_at FROM articles") == [("Một", MORNING, NEXT_DAY)]
    assert rows(archive, "SELECT target FROM links") == [(f"{SITE}-z",)]
    kept = [revision.content["headline"] for revision in load_revisions(archive.db, f"{SITE}-hoi-nghi")]
    assert kept in (["Một", "Hai"], ["Hai", "Một"], ["Một", "Hai", "Một"])


def test_revisions_are_listed_by_the_time_of_their_page_not_by_their_number(archive: Archive, run: int) -> None:
    archive.add(run, [page(whole_article(headline="Mới"), at=EVENING), page(whole_article(headline="Cũ"), at=MORNING)])
    listed = load_revisions(archive.db, f"{SITE}-hoi-nghi")
    assert [(row.revision, row.content["headline"]) for row in listed] == [(2, "Cũ"), (1, "Mới")]


def test_both_views_of_one_article_in_one_batch_are_one_article_with_two_addresses(archive: Archive, run: int) -> None:
    added = archive.add(run, [page(whole_article()), page(whole_article(), url=address("cong-doan/hoi-nghi"))])
    assert (added.new, added.unchanged, added.addresses) == (1, 1, 2)
    assert rows(archive, "SELECT count(*) FROM articles") == [(1,)]


def test_articles_may_arrive_in_one_batch_or_in_many(tmp_path: Path) -> None:
    harvests = [
        page(whole_article(), at=MORNING),
        page(whole_article(headline="Sửa lần một"), at=EVENING),
        page(article("khac"), at=EVENING),
        page(whole_article(headline="Sửa lần hai", links=[]), at=NEXT_DAY),
        listing(seen("khac", "01/07/2024")),
    ]
    dumps = []
    for number, size in enumerate((1, 2, 5)):
        with Archive(tmp_path / f"{number}.db") as archive:
            run = archive.start_run(SITE, MORNING)
            for start in range(0, len(harvests), size):
                archive.add(run, harvests[start : start + size])
            archive.db.execute("DELETE FROM changes")  # noted once a batch
            archive.db.execute("DELETE FROM archive")  # each has an identity of its own
            lines = archive.db.conn.iterdump()
            dumps.append([line for line in lines if "search_" not in line and "_sqlite_migrations" not in line])
    assert dumps[0] == dumps[1] == dumps[2]


def test_what_an_article_says_does_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    harvests = [page(whole_article(headline=f"Lần {n}"), at=f"2024-07-2{n}T08:00:00+07:00") for n in range(6)]
    for number in range(5):
        random.Random(number).shuffle(harvests)  # noqa: S311 - a seed, not a secret
        with Archive(tmp_path / f"{number}.db") as archive:
            archive.add(archive.start_run(SITE, MORNING), harvests)
            assert rows(archive, "SELECT headline, first_seen FROM articles") == [
                ("Lần 5", "2024-07-20T08:00:00+07:00")
            ]
            assert rows(archive, "SELECT count(*) FROM revisions") == [(6,)]


def test_a_page_that_could_not_be_read_is_kept_with_its_reason(archive: Archive, run: int) -> None:
    html = "<html><p>Không có bài nào ở đây</p></html>".encode() * 50
    failed = capture(address("hong"), "article", outcome="unextractable", reason="no headline", payload=html)

    added = archive.add(
        run, [Harvest(failed), Harvest(capture(address("mat"), "article", outcome="error", status=404))]
    )

    assert (added.unextractable, added.error) == (1, 1)
    [kept] = archive.db.query("SELECT * FROM captures WHERE outcome = 'unextractable'")
    assert kept["reason"] == "no headline"
    assert len(kept["payload"]) < len(html)
    assert zlib.decompress(kept["payload"]) == html


def test_a_batch_that_fails_leaves_nothing(archive: Archive, run: int) -> None:
    archive.add(run, [page(article("cu"))])
    before = count_rows(archive)
    broken = article("hong")
    broken.headline = None  # type: ignore[assignment]
    with pytest.raises(Exception):  # noqa: B017 - whatever fails, nothing may stay
        archive.add(run, [page(article("moi")), page(broken)])
    assert count_rows(archive) == before
    assert not archive.db.conn.in_transaction


def test_a_batch_is_part_of_the_transaction_around_it(archive: Archive, run: int) -> None:
    with pytest.raises(RuntimeError), archive.transaction():
        archive.add(run, [page(article("mot"))])
        raise RuntimeError
    assert rows(archive, "SELECT count(*) FROM articles") == [(0,)]


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as one, Archive(path) as other:
        first, second = one.start_run(SITE, MORNING), other.start_run("khac", MORNING)
        other.db.execute("PRAGMA busy_timeout=0")
        with one.transaction():
            one.add(first, [page(article("mot"))])
            with pytest.raises(sqlite3.OperationalError, match="locked"), other.transaction():
                pytest.fail("a transaction takes the write lock before anything is read in it")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.add(second, [page(article("hai"))])
        other.add(second, [page(article("hai"))])
        assert rows(one, "SELECT count(*) FROM articles") == [(2,)]
        assert rows(one, "SELECT count(DISTINCT id), count(*) FROM captures") == [(2, 2)]


def test_the_page_that_answers_decides_for_which_article_its_address_stands(archive: Archive, run: int) -> None:
    old = address("ten-cu")
    archive.add(run, [page(article("khac"), addresses=[Address(SITE, old, f"{SITE}-ten-cu")])])
    assert rows(archive, "SELECT article FROM addresses WHERE url = ?", old) == [(f"{SITE}-ten-cu",)]

    archive.add(run, [page(article("ten-moi"), url=old)])
    archive.add(run, [page(article("khac"), addresses=[Address(SITE, old, f"{SITE}-ten-cu")])])

    assert rows(archive, "SELECT article FROM addresses WHERE url = ?", old) == [(f"{SITE}-ten-moi",)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_address_stands_for_the_article_that_answered_there_last(
    archive: Archive, run: int, order: tuple[int, ...]
) -> None:
    place = address("cho-chung")
    told = (("mot", MORNING), ("hai", EVENING), ("mot", NEXT_DAY))
    pages = [page(article(slug), url=place, at=at) for slug, at in told]
    for number in order:
        archive.add(run, [pages[number]])
    found = rows(archive, "SELECT article, first_seen, answered_at FROM addresses WHERE url = ?", place)
    assert found == [(f"{SITE}-mot", MORNING, NEXT_DAY)]


def test_a_page_read_late_does_not_take_an_address_from_the_article_that_answers_there_now(
    archive: Archive, run: int
) -> None:
    place = address("cho-chung")
    archive.add(run, [page(article("moi"), url=place, at=EVENING)])
    archive.add(run, [page(article("cu"), url=place, at=MORNING)])
    assert rows(archive, "SELECT article FROM addresses WHERE url = ?", place) == [(f"{SITE}-moi",)]


def test_a_second_crawl_adds_no_sightings_but_notes_when_they_were_seen_last(archive: Archive, run: int) -> None:
    archive.add(run, [listing(seen("a", "10/07/2024"))])
    before = count_rows(archive)
    assert archive.add(run, [listing(seen("a", "10/07/2024"), at=NEXT_DAY)]).sightings == 0
    assert count_rows(archive) == before | {"captures": 2}
    archive.add(run, [listing(seen("a", "10/07/2024"), at=EVENING)])
    assert rows(archive, "SELECT capture, last_seen FROM sightings") == [(1, NEXT_DAY)]


def test_a_new_address_changes_the_export_of_the_article(archive: Archive, run: int) -> None:
    archive.add(run, [page(article("mot"))])
    view = Address(SITE, address("print/mot"), f"{SITE}-mot")
    archive.add(run, [page(article("hai"), addresses=[view])])
    assert rows(archive, "SELECT article, kind FROM changes WHERE kind <> 'new'") == [(f"{SITE}-mot", "addresses")]


def test_an_article_whose_link_finds_its_target_is_changed_by_that(archive: Archive, run: int) -> None:
    archive.add(run, [page(article("mot", links=[related("hai", None)]))])
    archive.add(run, [page(article("hai"))])
    assert rows(archive, "SELECT article, kind FROM changes ORDER BY seq") == [
        (f"{SITE}-mot", "new"),
        (f"{SITE}-hai", "new"),
        (f"{SITE}-mot", "linked"),
    ]


def test_a_run_is_written_down_from_start_to_end(archive: Archive) -> None:
    run = archive.start_run(SITE, MORNING)
    archive.finish_run(run, EVENING, "finished", {"new": 2, "error": 1})
    assert rows(archive, "SELECT site, started_at, finished_at, reason, counts FROM runs") == [
        (SITE, MORNING, EVENING, "finished", '{"error": 1, "new": 2}')
    ]
    with pytest.raises(LookupError, match="run 99"):
        archive.finish_run(99, EVENING, "finished", {})


def test_a_site_is_registered_once_and_kept_up_to_date(archive: Archive) -> None:
    def register(title: str) -> None:
        archive.register_site(
            SITE, title, "LĐLĐ tỉnh Sông Lam", "union", "Sông Lam", "nukeviet", "http://songlam.example/"
        )

    register("Công đoàn Sông Lam")
    register("Công đoàn tỉnh Sông Lam")
    archive.use_profile(SITE, "abc", MORNING)
    archive.use_profile(SITE, "abc", EVENING)
    assert rows(archive, "SELECT name, title FROM sites") == [(SITE, "Công đoàn tỉnh Sông Lam")]
    assert rows(archive, "SELECT digest, first_used FROM profile_versions") == [("abc", MORNING)]


def test_what_was_added_is_there_when_the_archive_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.add(archive.start_run(SITE, MORNING), [page(whole_article())])
    db = open_archive(path)
    assert db.execute("SELECT headline FROM articles").fetchone() == ("Công đoàn tỉnh họp mặt học viên lớp bổ túc",)
    db.close()
