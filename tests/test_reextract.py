"""Articles are rebuilt from their stored pages: as a new archive would hold them, and nothing that was kept is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inprocess import exported, run
from taped import BASE, MORNING, NAME, NOON, TEXT, TOMORROW, Taped, article_page, everything, listing_page
from typer.testing import CliRunner
from warcs import foreign

import archive.rebuild
from archive.adopt import adopt
from archive.correcting import correct, signed
from archive.corrections import Field
from archive.exits import Exit
from archive.givenvalues import Given, read_line
from archive.rereading import OTHER
from archive.store import Archive
from crawler.cli import app
from crawler.locks import AlreadyCrawling, HostLocks
from crawler.reextract import DONE, STOPPED
from crawler.urls import article_id

SWIM, WEAVE, SEW = (f"/doi-song/{slug}.html" for slug in ("day-boi-1", "det-vai-2", "may-ao-3"))
NEVER = "/khac/chua-doc-4.html", "Bài chưa đọc", "19/07/2024 17:00"
DIFFERENT = "Hội thi may áo đầu xuân có hai mươi tám đội của các phân xưởng, giải nhất thuộc về tổ cắt số bốn."
ASIDE = '<div class="nguoi-dang">Người đăng: Hoàng Thị Mơ</div>'
OTHER_BYLINE = """
[[layouts]]
[layouts.fields.byline]
select = ["div.nguoi-dang"]
label = 'Người đăng\\s*:\\s*'
"""
NO_ARTICLE = '[[layouts]]\n[layouts.fields]\ndrop = ["div.news_column"]\n'

_LEASED = {"priority": 10, "steps": 1, "failures": 0, "not_modified": 0}


@pytest.fixture
def taped(tmp_path: Path) -> Taped:
    return Taped(tmp_path / "home")


def id_of(path: str) -> str:
    return article_id(NAME, path.rpartition("/")[2].removesuffix(".html"))


def small_site(taped: Taped) -> None:
    """Three articles, one of them twice and revised; a listing that dates them; a page that is no article."""
    taped.exchange(
        "/", listing_page((SWIM, "Lớp dạy bơi", "20/07/2024 06:15"), (SEW, "Hội thi", ""), NEVER), role="listing"
    )
    taped.exchange(SWIM, article_page("Lớp dạy bơi", date="", more=ASIDE))
    taped.exchange(WEAVE, article_page("Tổ dệt vải", more=f'<a href="{SEW}">Hội thi</a>'), NOON)
    taped.exchange("/khac/may-ao-3.html", article_page("Hội thi may áo", DIFFERENT, more=ASIDE), NOON)
    taped.exchange("/doi-song/hong-9.html", "<html><body><p>Trang đang sửa.</p></body></html>", NOON)
    taped.exchange(SWIM, article_page("Lớp dạy bơi", TEXT + " Lớp học kéo dài một tháng.", date=""), TOMORROW)
    taped.exchange(SEW, article_page("Hội thi may áo", DIFFERENT, more=ASIDE), TOMORROW)
    taped.exchange("/", listing_page((SWIM, "Lớp dạy bơi", "20/07/2024"), (WEAVE, "Tổ dệt", "")), TOMORROW, "listing")
    taped.store()


def changes(taped: Taped) -> list[tuple[Any, ...]]:
    return taped.rows("SELECT * FROM changes")


def fresh(taped: Taped, tmp_path: Path) -> dict[str, list[str]]:
    """What a new archive holds that is fed with the same captures, in the order of time, by the profile as it is."""
    path = tmp_path / "fresh.db"
    taped.store(*sorted(taped.captures, key=lambda one: one.fetched_at), archive=path)
    return everything(path)


def test_nothing_changes_where_the_profile_is_the_same(taped: Taped) -> None:
    small_site(taped)
    before = everything(taped.home.archive), exported(taped.home.home), changes(taped)
    report = taped.reextract()
    assert (report.read, report.articles.unchanged, report.articles.changed, report.articles.new) == (8, 3, 0, 0)
    assert (everything(taped.home.archive), exported(taped.home.home), changes(taped)) == before
    assert taped.rows("SELECT reason FROM runs WHERE kind = 'reextract'") == [(DONE,)]


def test_another_rule_gives_what_a_new_archive_would_hold(taped: Taped, tmp_path: Path) -> None:
    small_site(taped)
    numbers = taped.rows("SELECT id, docid FROM articles ORDER BY id"), taped.rows("SELECT id, url FROM captures")
    taped.profile(OTHER_BYLINE)
    report = taped.reextract()
    assert taped.rows("SELECT id, byline FROM articles WHERE byline IS NOT NULL") == [(id_of(SEW), "Hoàng Thị Mơ")]
    assert everything(taped.home.archive) == fresh(taped, tmp_path)
    now = taped.rows("SELECT id, docid FROM articles ORDER BY id"), taped.rows("SELECT id, url FROM captures")
    assert now == numbers
    assert dict(report.articles.fields) == {"authors": 1, "byline": 1, "revisions": 1}
    assert report.articles.examples == sorted([(id_of(SWIM), ["revisions"]), (id_of(SEW), ["byline", "authors"])])


@pytest.mark.parametrize(
    ("rules", "dated"),
    [
        ("[layouts.listing]\nitem = 'p.khong-co'\n", False),  # the listing's dates are not seen any more
        ("[layouts.urls]\nlisting = ['/khong-co']\nignore = ['/khac/chua.*']\n", True),  # one address is no article's
        ("[layouts.fields]\nsignature = false\ndrop = ['div.hometext', 'a']\n", True),  # no sapo, no links
    ],
)
def test_what_pages_tell_of_others_is_told_anew_too(taped: Taped, tmp_path: Path, rules: str, dated: bool) -> None:
    small_site(taped)
    swim = "SELECT concluded_date IS NOT NULL FROM articles WHERE key = 'day-boi-1'"
    assert taped.rows(swim) == [(1,)]
    before = everything(taped.home.archive)
    taped.profile("[[layouts]]\n" + rules)
    taped.reextract()
    assert taped.rows(swim) == [(dated,)]
    assert everything(taped.home.archive) == fresh(taped, tmp_path) != before


def test_the_old_rules_give_the_same_export_again_byte_for_byte(taped: Taped) -> None:
    small_site(taped)
    before = exported(taped.home.home), everything(taped.home.archive)
    taped.profile(OTHER_BYLINE)
    taped.reextract()
    assert exported(taped.home.home) != before[0]
    taped.profile()
    taped.reextract()
    assert (exported(taped.home.home), everything(taped.home.archive)) == before


def test_each_article_whose_export_differs_gets_one_change_and_no_other_does(taped: Taped) -> None:
    small_site(taped)
    told = {row["id"]: row for row in map(json.loads, exported(taped.home.home).splitlines())}
    noted = len(changes(taped))
    taped.profile(OTHER_BYLINE)
    report = taped.reextract()
    now = {row["id"]: row for row in map(json.loads, exported(taped.home.home).splitlines())}
    differing = sorted(id for id in now if now[id] != told[id])
    assert differing == sorted(now), "the profile's version is part of the export"
    assert [(row[1], row[2]) for row in changes(taped)[noted:]] == [(id, "reextracted") for id in differing]
    assert report.articles.version_only == 1
    taped.reextract()
    assert len(changes(taped)) == noted + len(differing)


def test_each_page_is_read_with_the_layout_of_its_time(taped: Taped) -> None:
    """The site has had another theme since 2022, and another form of dates."""
    layouts = """
[[layouts]]
version = "old"
date_order = "MDY"
[layouts.fields.body]
select = ["div.than-bai"]
[[layouts]]
version = "new"
valid_from = 2022-01-01
"""
    old = article_page("Bài cũ", date="").replace('id="news-bodyhtml"', 'class="than-bai"')
    old = old.replace('<span class="h5"></span>', '<span class="h5">Thứ hai - 03/01/2021 09:14</span>')
    taped.exchange("/a/bai-cu-1.html", old, "2021-07-01T08:00:00+07:00")
    taped.exchange("/a/bai-moi-2.html", article_page("Bài mới"), MORNING)
    taped.store()
    taped.profile(layouts)
    taped.reextract()
    assert taped.rows(
        "SELECT headline, body, date_published, substr(profile_version, 1, 3) FROM articles ORDER BY 1"
    ) == [
        ("Bài cũ", TEXT, "2021-03-01T09:14:00+07:00", "old"),
        ("Bài mới", TEXT, "2024-07-20T06:30:00+07:00", "new"),
    ]


@pytest.mark.parametrize("tables", [("articles",), ("articles", "revisions", "evidence", "links", "addresses")])
def test_an_article_that_was_deleted_by_hand_comes_back(taped: Taped, tables: tuple[str, ...]) -> None:
    small_site(taped)
    before = everything(taped.home.archive), exported(taped.home.home)
    for table in tables:
        column = "id" if table == "articles" else "article"
        taped.rows(f"DELETE FROM {table} WHERE {column} = '{id_of(SWIM)}'")  # noqa: S608
    report = taped.reextract()
    assert (report.articles.new, report.articles.unchanged) == (1, 2)
    assert (everything(taped.home.archive), exported(taped.home.home)) == before
    noted = {(row[1], row[2]) for row in changes(taped)}
    assert (id_of(SWIM), "new") in noted


def test_an_article_that_was_deleted_by_hand_comes_back_as_it_was_corrected(taped: Taped) -> None:
    small_site(taped)
    with Archive(taped.home.archive) as archive:
        given: dict[Field, Given] = {"headline": read_line("Lớp bơi mùa hè", "headline")}
        correct(archive.db, id_of(SWIM), given, signed("Hoàng Thị Mơ", "Theo bản in"))
    taped.rows(f"DELETE FROM articles WHERE id = '{id_of(SWIM)}'")  # noqa: S608
    assert taped.reextract().articles.new == 1
    of_it = f"SELECT corrected ->> 'headline' FROM articles WHERE id = '{id_of(SWIM)}'"  # noqa: S608
    assert taped.rows(of_it) == [("Lớp bơi mùa hè",)]


def test_pages_that_were_stored_out_of_order_are_put_in_the_order_of_time(taped: Taped, tmp_path: Path) -> None:
    for at, words in ((TOMORROW, "ba"), (MORNING, "một"), (NOON, "hai")):
        taped.exchange(SWIM, article_page("Lớp dạy bơi", f"{TEXT} Lớp thứ {words}."), at)
    taped.store()
    assert taped.rows("SELECT recorded_at FROM revisions ORDER BY revision") == [(TOMORROW,), (MORNING,), (NOON,)]
    taped.reextract()
    assert taped.rows("SELECT recorded_at FROM revisions ORDER BY revision") == [(MORNING,), (NOON,), (TOMORROW,)]
    assert everything(taped.home.archive) == fresh(taped, tmp_path)


def test_a_page_that_could_not_be_read_becomes_an_article_when_its_rule_is_mended(taped: Taped, tmp_path: Path) -> None:
    taped.profile(NO_ARTICLE)
    taped.exchange(WEAVE, article_page("Tổ dệt vải", more=f'<a href="{SWIM}">Lớp dạy bơi</a>'))
    taped.exchange(SWIM, "<html><body><h1>Lớp dạy bơi</h1></body></html>")
    taped.store()
    assert taped.rows("SELECT outcome FROM captures") == [("unextractable",), ("unextractable",)]
    taped.profile()
    report = taped.reextract()
    assert report.articles.new == 1
    assert taped.rows("SELECT outcome, reason IS NULL FROM captures") == [("article", 1), ("unextractable", 0)]
    assert everything(taped.home.archive) == fresh(taped, tmp_path)
    assert id_of(WEAVE) in run(taped.home.home, "search", '"Tổ dệt vải"')


def test_what_can_no_longer_be_read_is_kept_and_named(taped: Taped) -> None:
    small_site(taped)
    before = everything(taped.home.archive), exported(taped.home.home), changes(taped)
    taped.profile(NO_ARTICLE)
    report = taped.reextract()
    assert report.articles.kept == 3
    assert {id for id, _ in report.articles.kept_because} == {id_of(SWIM), id_of(WEAVE), id_of(SEW)}
    assert all("no headline" in reason for _, reason in report.articles.kept_because)
    assert (everything(taped.home.archive), exported(taped.home.home), changes(taped)) == before


def test_an_article_whose_page_shows_another_one_now_is_kept_and_named(taped: Taped) -> None:
    taped.exchange(SWIM, article_page("Lớp dạy bơi"))
    taped.store()
    taped.profile("[[layouts]]\n[layouts.urls]\narticle = ['/(?P<key>[^?]+)\\.html']\n")
    report = taped.reextract()
    assert (report.articles.new, report.articles.kept_because) == (1, [(id_of(SWIM), OTHER)])
    assert (id_of(SWIM),) in taped.rows("SELECT id FROM articles")


def test_a_revisit_is_read_with_the_body_of_the_record_that_it_names(taped: Taped) -> None:
    taped.exchange(SWIM, article_page("Lớp dạy bơi", more=ASIDE))
    taped.exchange(WEAVE, article_page("Lớp dạy bơi", more=ASIDE), TOMORROW)
    taped.store()
    assert taped.rows("SELECT refers_to IS NULL FROM captures ORDER BY id") == [(1,), (0,)]
    taped.profile(OTHER_BYLINE)
    taped.reextract()
    assert taped.rows("SELECT byline, first_seen FROM articles ORDER BY first_seen") == [
        ("Hoàng Thị Mơ", MORNING),
        ("Hoàng Thị Mơ", TOMORROW),
    ]


@pytest.mark.parametrize("what", ["missing", "damaged"])
def test_a_file_that_cannot_be_read_is_named_with_the_place_and_its_articles_are_kept(taped: Taped, what: str) -> None:
    small_site(taped)
    before = everything(taped.home.archive), exported(taped.home.home), changes(taped)
    file = taped.file()
    place = taped.place(taped.captures[1])
    if what == "missing":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[place.offset + 40] ^= 0xFF
        file.write_bytes(data)
    taped.profile(OTHER_BYLINE if what == "missing" else "")
    printed = json.loads(run(taped.home.home, "reextract", NAME, "--json", code=Exit.DAMAGED))
    (site,) = printed["sites"]
    assert site["unread"] == (8 if what == "missing" else 1)
    assert {"url": BASE + SWIM, "warc": place.warc, "offset": place.offset} in [
        {key: one[key] for key in ("url", "warc", "offset")} for one in site["damages"]
    ]
    assert site["kept"] == (3 if what == "missing" else 1)
    assert (everything(taped.home.archive), exported(taped.home.home), changes(taped)) == before


def test_of_a_damaged_page_s_article_the_old_version_stays_among_the_new_ones(taped: Taped) -> None:
    small_site(taped)
    place = taped.place(taped.captures[1])
    data = bytearray(taped.file().read_bytes())
    data[place.offset + 40] ^= 0xFF
    taped.file().write_bytes(data)
    taped.profile("[[layouts]]\n[layouts.fields.sapo]\nselect = ['p.khong-co']\n")
    taped.reextract()
    found = taped.rows("SELECT article, revision, recorded_at, content ->> 'description' FROM revisions")
    assert sorted(row[1:] for row in found if row[0] == id_of(SWIM)) == [
        (1, MORNING, "Tin của Lớp dạy bơi."),
        (2, TOMORROW, None),
    ]


@pytest.mark.parametrize("damaged", [0, 1])
def test_an_article_keeps_the_links_of_its_newest_page_when_one_of_its_pages_is_damaged(
    taped: Taped, damaged: int
) -> None:
    """A version that is kept knows no links: they are not part of what makes one."""
    for path, title, at in ((SWIM, "Lớp dạy bơi", MORNING), (SEW, "Hội thi", NOON)):
        taped.exchange(WEAVE, article_page("Tổ dệt vải", f'{TEXT} Xem thêm <a href="{path}">{title}</a>.'), at)
    taped.store()
    before = everything(taped.home.archive), exported(taped.home.home), changes(taped)
    assert taped.rows("SELECT target FROM links") == [(id_of(SEW),)]
    data = bytearray(taped.file().read_bytes())
    data[taped.place(taped.captures[damaged]).offset + 40] ^= 0xFF
    taped.file().write_bytes(data)
    assert taped.reextract().articles.kept == 1
    assert (everything(taped.home.archive), exported(taped.home.home), changes(taped)) == before


def test_what_others_captured_is_read_anew_with_its_redirects(taped: Taped, tmp_path: Path) -> None:
    http = "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\n{}\r\n"
    others = tmp_path / "others.warc.gz"
    others.write_bytes(
        foreign(
            (http.format("200 OK", "") + article_page("Lớp dạy bơi", more=ASIDE)).encode(),
            WARC_Record_ID="<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-1f6f0f7c0011>",
            WARC_Target_URI=BASE + SWIM,
        )
        + foreign(
            http.format("301 Moved Permanently", f"Location: {SWIM}\r\n").encode(),
            WARC_Record_ID="<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-1f6f0f7c0012>",
            WARC_Target_URI=BASE + "/cu/ban-tin-7",
        )
    )
    run(taped.home.home, "ingest", str(others))
    before = everything(taped.home.archive), exported(taped.home.home), changes(taped)
    assert (f"{BASE}/cu/ban-tin-7", id_of(SWIM)) in taped.rows("SELECT url, article FROM addresses")
    taped.reextract()
    assert (everything(taped.home.archive), exported(taped.home.home), changes(taped)) == before
    taped.profile(OTHER_BYLINE)
    taped.reextract()
    assert taped.rows("SELECT byline, first_seen FROM articles") == [("Hoàng Thị Mơ", "2024-05-06T08:02:03+07:00")]


def test_records_that_a_crawl_left_unread_when_it_was_killed_are_read(taped: Taped) -> None:
    """The second is a revisit: it names its original in the record only."""
    taped.exchange("/", listing_page((SWIM, "Lớp dạy bơi", "")), role="listing")
    taped.store()
    with Archive(taped.home.archive) as opened:
        opened.db.table("urls").insert_all(
            {"site": NAME, "url": BASE + path, "role": "article", "state": "leased"} | _LEASED for path in (SWIM, SEW)
        )
        taped.exchange(SWIM, article_page("Lớp dạy bơi"), NOON)
        taped.exchange(SEW, article_page("Lớp dạy bơi"), TOMORROW)
        adopt(opened, taped.home.warc, opened.start_run(NAME, TOMORROW), NAME)
    assert taped.rows("SELECT outcome FROM captures ORDER BY id") == [("listing",), ("adopted",), ("adopted",)]
    assert taped.reextract().articles.new == 2
    assert taped.rows("SELECT outcome, reason FROM captures ORDER BY id") == [
        ("listing", None),
        ("article", None),
        ("article", None),
    ]
    assert sorted(taped.rows("SELECT id, first_seen FROM articles")) == sorted(
        [(id_of(SWIM), NOON), (id_of(SEW), TOMORROW)]
    )


def test_an_article_that_is_gone_stays_gone(taped: Taped) -> None:
    small_site(taped)
    taped.rows("UPDATE articles SET gone_at = '2024-07-22', gone_reason = 'HTTP status 410' WHERE key = 'det-vai-2'")
    taped.profile(OTHER_BYLINE)
    taped.reextract()
    assert taped.rows("SELECT id, gone_reason FROM articles WHERE gone_at IS NOT NULL") == [
        (id_of(WEAVE), "HTTP status 410")
    ]


def test_a_dry_run_reports_the_same_and_writes_nothing(taped: Taped) -> None:
    small_site(taped)
    taped.profile(OTHER_BYLINE)
    before = {path: path.read_bytes() for path in taped.home.home.rglob("*") if path.is_file()}
    told = taped.reextract(write=False)
    after = {path: path.read_bytes() for path in taped.home.home.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before if path.suffix != ".db-shm"} == {
        path: data for path, data in before.items() if path.suffix != ".db-shm"
    }
    written = taped.reextract()
    assert (told.articles, told.read) == (written.articles, written.read)


def test_what_was_interrupted_is_whole_and_done_again_completely(
    taped: Taped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_site(taped)
    taped.profile(OTHER_BYLINE)
    write = archive.rebuild._write
    written = []

    def stopped(*arguments: Any) -> None:
        write(*arguments)
        written.append(arguments)
        if len(written) == 2:
            raise KeyboardInterrupt  # in the midst of the second transaction

    monkeypatch.setattr(archive.rebuild, "ARTICLES", 1)
    monkeypatch.setattr(archive.rebuild, "_write", stopped)
    noted = len(changes(taped))
    with pytest.raises(KeyboardInterrupt):
        taped.reextract()
    assert taped.rows("SELECT reason FROM runs WHERE kind = 'reextract'") == [(STOPPED,)]
    assert [row[2] for row in changes(taped)[noted:]] == ["reextracted"]
    monkeypatch.undo()
    taped.reextract()
    assert everything(taped.home.archive) == fresh(taped, tmp_path)
    assert [row[2] for row in changes(taped)[noted:]] == ["reextracted"] * 3


def test_a_site_that_is_being_crawled_is_left_out(taped: Taped) -> None:
    small_site(taped)
    locks = HostLocks(taped.home, taped.home.profiles.load(NAME))
    assert locks.take() is None
    report = taped.reextract()
    assert report.busy
    assert taped.rows("SELECT kind FROM runs WHERE kind = 'reextract'") == []
    ended = CliRunner().invoke(app, ["--home", str(taped.home.home), "reextract", "--all"])
    locks.release()
    assert isinstance(ended.exception, AlreadyCrawling)
    assert f"{NAME} was left out: ldld.songlam.example is being visited by process" in str(ended.exception)


def test_a_name_that_the_profile_gives_otherwise_now_is_a_change_of_all_exports(taped: Taped) -> None:
    small_site(taped)
    noted = len(changes(taped))
    path = taped.home.sites / f"{NAME}.toml"
    path.write_text(path.read_text().replace('province = "Sông Lam"', 'province = "Hà Tĩnh"'))
    taped.reextract()
    assert {json.loads(line)["province"] for line in exported(taped.home.home).splitlines()} == {"Hà Tĩnh"}
    assert {row[1] for row in changes(taped)[noted:]} == {id_of(SWIM), id_of(WEAVE), id_of(SEW)}


def test_the_table_says_which_fields_changed_in_which_articles(taped: Taped) -> None:
    small_site(taped)
    taped.profile(OTHER_BYLINE)
    printed = run(taped.home.home, "reextract", NAME, "--workers", "1")
    assert "changed: authors 1, byline 1, revisions 1" in printed
    assert f"{id_of(SEW)}: byline, authors" in printed
    assert "1 unchanged ones name another version of the profile" in printed


def test_what_articles_had_and_would_have_no_more_is_told_before_it_is_written(taped: Taped) -> None:
    small_site(taped)
    taped.profile("[[layouts]]\n[layouts.fields.sapo]\nselect = ['p.khong-co']\n")
    before = exported(taped.home.home)
    dry = " ".join(run(taped.home.home, "reextract", NAME, "--workers", "1", "--dry-run").split())
    assert exported(taped.home.home) == before
    assert f"WARNING: {NAME}: 3 articles would lose what they had: description 3" in dry
    assert f'{id_of(SEW)}: description "Tin của Hội thi may áo."' in dry
    (site,) = json.loads(run(taped.home.home, "reextract", NAME, "--workers", "1", "--json"))["sites"]
    assert (site["emptied"], site["lost"]) == (3, {"description": 3})
    assert {"id": id_of(SEW), "fields": {"description": "Tin của Hội thi may áo."}} in site["losses"]
    taped.profile()
    back = run(taped.home.home, "reextract", NAME, "--workers", "1")
    assert "changed: description 3" in back
    assert "WARNING" not in back
    assert exported(taped.home.home) == before


def test_each_page_and_each_article_stands_in_one_count_and_their_sums_are_printed(taped: Taped) -> None:
    small_site(taped)
    more = [taped.exchange(f"/tin/{name}.html", page, TOMORROW) for name, page in _ONE_EMPTY_AND_ONE_LOST]
    taped.store(*more)
    data = bytearray(taped.file().read_bytes())
    data[taped.place(more[1]).offset + 40] ^= 0xFF
    taped.file().write_bytes(data)
    printed = run(taped.home.home, "reextract", NAME, "--workers", "1", code=Exit.DAMAGED)
    tables = [line.split() for line in printed.splitlines() if line.strip() and line.strip()[0] not in "─━"][:4]
    assert tables == [
        ["pages", "of", "with", "articles", "lists", "gave", "nothing", "unreadable", "all"],
        [NAME, "5", "2", "2", "1", "10"],
        ["articles", "of", "unchanged", "changed", "new", "unshown", "all"],
        [NAME, "3", "0", "0", "1", "4"],
    ]
    assert taped.rows("SELECT count(*) FROM captures") == [(10,)]
    assert taped.rows("SELECT count(*) FROM articles") == [(4,)]


_ONE_EMPTY_AND_ONE_LOST = (("dang-sua-7", "<p>Đang cập nhật</p>"), ("mat-8", article_page("Bài sẽ mất")))


def test_what_an_archivist_corrected_stays_and_what_is_read_anew_lies_beneath(taped: Taped) -> None:
    small_site(taped)
    home, why = taped.home.home, ("--reason", "Theo sổ lưu", "--by", "Mơ")
    given = ("--byline", "Thu Hà", "--headline", "Hội thi may áo ấm", "--date", "2019-05-03")
    run(home, "correct", id_of(SEW), *given, *why)
    taped.profile(OTHER_BYLINE)
    assert dict(taped.reextract().articles.fields) == {"authors": 1, "byline": 1, "revisions": 1}
    line = next(one for one in map(json.loads, exported(home).splitlines()) if one["id"] == id_of(SEW))
    assert (line["byline"], line["headline"], line["date_evidence"]) == ("Thu Hà", "Hội thi may áo ấm", "archivist")
    assert line["date_published"] == "2019-05-03T00:00:00+07:00"
    assert {one["field"]: one["replaces"] for one in line["corrections"]}["byline"] == "Hoàng Thị Mơ"
    assert id_of(SEW) in run(home, "search", "áo ấm")
    run(home, "verify")  # finds nothing damaged
    [changed] = json.loads(run(home, "correct", "list", "--to-review", "--json"))
    assert (changed["field"], changed["review"]) == ("byline", ["passage changed"])
    run(home, "correct", "withdraw", str(changed["number"]), *why)
    taped.profile()
    taped.reextract()
    line = next(one for one in map(json.loads, exported(home).splitlines()) if one["id"] == id_of(SEW))
    assert (line["byline"], line["headline"]) == (None, "Hội thi may áo ấm")
    run(home, "verify")  # finds nothing damaged
