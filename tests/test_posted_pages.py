"""Sites whose listings go on by forms alone, crawled as an operator crawls them: walked, recorded, packed, reread."""

from __future__ import annotations

import json
import sqlite3
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from conftest import luutru
from inprocess import run
from warcio.archiveiterator import ArchiveIterator

from archive.completeness import completeness
from archive.posted import is_posted, target_of
from archive.schema import open_read_only
from crawler.demo.command import write_profiles
from crawler.demo.layouts import Answer, Visit
from crawler.demo.layouts.vnpt import ENDPOINT
from crawler.demo.server import Recorded, Replicas, serve
from crawler.demo.world import World
from crawler.home import Home

SITES = ("vnpt-portal", "webforms", "webforms-en")


@dataclass
class Crawled:
    home: Path
    world: World
    bases: Replicas

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.home / "archive.db")) as db:
            return db.execute(sql, values).fetchall()

    def forms_sent(self, name: str, since: int = 0) -> list[Recorded]:
        return [one for one in self.bases.recorded(name)[since:] if one.method == "POST"]

    def further_pages(self, name: str) -> int:
        """How many pages of the site's listings are got by forms."""
        layout = self.world.layouts[name]
        return sum(layout.pages(one) - 1 for one in layout.site.sections if one.number)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    world = World(31, 24, sites=SITES)
    home = tmp_path_factory.mktemp("home")
    with serve(world) as bases:
        write_profiles(Home(home), bases)
        ended = luutru(home, "crawl", *SITES)
        assert ended.returncode == 0, ended.stderr
        yield Crawled(home, world, bases)


def _walks(crawled: Crawled, name: str) -> list[tuple[int, int, int]]:
    """Pages, pages read and pages missing of each listing."""
    with closing(open_read_only(crawled.home / "archive.db")) as db:
        places = completeness(db, name).places
    return [(one.pages, one.walked, len(one.missing)) for one in places if one.kind == "section" and one.pages > 1]


@pytest.mark.parametrize("name", SITES)
def test_every_page_of_every_listing_is_asked_for_once(crawled: Crawled, name: str) -> None:
    sent = crawled.forms_sent(name)
    assert len(sent) == crawled.further_pages(name) >= 8
    assert {one.status for one in sent} == {200}
    layout = crawled.world.layouts[name]
    expected = sorted(layout.pages(one) for one in layout.site.sections)
    assert sorted(_walks(crawled, name)) == [(pages, pages, 0) for pages in expected]


def test_no_form_is_kept_that_was_sent(crawled: Crawled) -> None:
    assert crawled.rows("SELECT DISTINCT form FROM urls WHERE form IS NOT NULL") == [("",)]


@pytest.mark.parametrize("name", SITES)
def test_a_request_by_form_is_recorded_as_it_was_sent(crawled: Crawled, name: str) -> None:
    sent = []
    for path in (crawled.home / "warc").glob(f"{name}-2*"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "request" and record.http_headers.protocol == "POST":
                    sent.append((record.rec_headers, record.http_headers, record.content_stream().read()))
    assert len(sent) == crawled.further_pages(name)
    for fields, headers, body in sent:
        target = fields.get_header("WARC-Target-URI")
        assert not is_posted(target)
        assert headers.get_header("Content-Type") == "application/x-www-form-urlencoded"
        assert int(headers.get_header("Content-Length")) == len(body)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert form["page"] if name == "vnpt-portal" else form["__VIEWSTATE"]
        assert target.endswith(ENDPOINT) or "/DanhMuc.aspx?cat=" in target


def test_captures_of_posted_pages_are_known_by_their_own_addresses(crawled: Crawled) -> None:
    rows = crawled.rows("SELECT url, final_url, role, outcome FROM captures WHERE instr(url, '__wb_method=POST')")
    assert len(rows) == len({url for url, *_ in rows}) == sum(map(crawled.further_pages, SITES))
    assert all((target_of(url), "listing", "listing") == (final, role, outcome) for url, final, role, outcome in rows)


def test_a_second_crawl_sends_no_form_where_nothing_is_new_and_a_full_one_sends_all(
    crawled: Crawled, tmp_path: Path
) -> None:
    before = {name: len(crawled.bases.recorded(name)) for name in SITES}
    assert luutru(crawled.home, "crawl", *SITES).returncode == 0
    assert [crawled.forms_sent(name, before[name]) for name in SITES] == [[], [], []]
    before = {name: len(crawled.bases.recorded(name)) for name in SITES}
    assert luutru(crawled.home, "crawl", *SITES, "--full").returncode == 0
    again = [len(crawled.forms_sent(name, before[name])) for name in SITES]
    assert again == [crawled.further_pages(name) for name in SITES]


def test_what_was_recorded_is_whole_and_reading_it_again_changes_nothing(crawled: Crawled) -> None:
    before = crawled.rows("SELECT url, outcome, reason FROM captures ORDER BY id")
    sightings = crawled.rows("SELECT source_url, kind, target FROM sightings ORDER BY digest")
    assert json.loads(run(crawled.home, "verify", "--json"))["findings"] == []
    assert luutru(crawled.home, "reextract", *SITES).returncode == 0
    assert crawled.rows("SELECT url, outcome, reason FROM captures ORDER BY id") == before
    assert crawled.rows("SELECT source_url, kind, target FROM sightings ORDER BY digest") == sightings


def test_a_pack_names_the_form_and_another_archive_knows_the_pages_by_the_same_addresses(
    crawled: Crawled, tmp_path: Path
) -> None:
    pack = tmp_path / "goi.wacz"
    run(crawled.home, "wacz", "-o", str(pack))
    with zipfile.ZipFile(pack) as zipped:
        index = zipped.read("indexes/index.cdx.gz")
    lines = []
    while index:
        unpacker = zlib.decompressobj(wbits=31)
        lines += unpacker.decompress(index).decode().splitlines()
        index = unpacker.unused_data
    posted = [line for line in lines if '"method": "POST"' in line]
    sql = "SELECT count(*) FROM captures WHERE instr(url, '__wb_method=POST') AND warc IS NOT NULL"
    assert [(len(posted),)] == crawled.rows(sql)
    for line in posted:
        key, _, told = line.split(" ", 2)
        assert "__wb_method=post" in key
        assert json.loads(told)["requestBody"]
        assert not is_posted(json.loads(told)["url"])
    elsewhere = tmp_path / "noi-khac"
    write_profiles(Home(elsewhere), crawled.bases)
    run(elsewhere, "ingest", str(pack))
    sql = "SELECT DISTINCT url, final_url FROM captures WHERE instr(url, '__wb_method=POST') ORDER BY 1"
    with closing(sqlite3.connect(elsewhere / "archive.db")) as db:
        assert db.execute(sql).fetchall() == crawled.rows(sql)


def test_a_site_that_forgets_its_state_ends_the_walk_and_the_next_crawl_begins_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(32, 20, sites=("webforms",))
    layout: Any = world.layouts["webforms"]
    monkeypatch.setattr(type(layout), "forgetful", True)
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        here = Crawled(tmp_path, world, bases)
        assert luutru(tmp_path, "crawl", "webforms").returncode == 0
        sections = len(layout.site.sections)
        assert len(here.forms_sent("webforms")) == sections
        reasons = here.rows("SELECT DISTINCT state, reason FROM urls WHERE form IS NOT NULL")
        assert reasons == [("failed", "page 2 was asked for, and page 1 has come: the state was forgotten")]
        monkeypatch.setattr(type(layout), "forgetful", False)
        with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
            db.execute("UPDATE urls SET due = '2020-01-01T00:00:00+07:00' WHERE due IS NOT NULL")
        assert luutru(tmp_path, "crawl", "webforms").returncode == 0
        assert len(here.forms_sent("webforms")) == sections + here.further_pages("webforms")
        assert all(walked == pages for pages, walked, _ in _walks(here, "webforms"))


def test_a_path_that_robots_txt_forbids_is_sent_no_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(33, 10, sites=("vnpt-portal",))
    layout = world.layouts["vnpt-portal"]
    monkeypatch.setattr(layout, "robots", lambda: ["User-agent: *", "Disallow: /DesktopModule/"])
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        here = Crawled(tmp_path, world, bases)
        assert luutru(tmp_path, "crawl", "vnpt-portal").returncode == 0
        assert here.forms_sent("vnpt-portal") == []
        [(state, reason)] = here.rows("SELECT DISTINCT state, reason FROM urls WHERE form IS NOT NULL")
        assert state == "excluded"
        assert ENDPOINT in reason


def test_another_attempt_and_a_redirect_that_keeps_the_method_send_the_same_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(34, 10, sites=("webforms",))
    layout = world.layouts["webforms"]
    post, seen = layout.post, Counter[str]()

    def troubled(target: str, form: Mapping[str, str], visit: Visit) -> Answer:
        seen[target] += 1
        if seen.total() == 1:
            return Answer(502, b"busy")
        if "lai=1" not in target:
            return Answer(307, headers={"Location": f"{visit.base}{target}&lai=1"})
        return post(target, form, visit)

    monkeypatch.setattr(layout, "post", troubled)
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        here = Crawled(tmp_path, world, bases)
        assert luutru(tmp_path, "crawl", "webforms").returncode == 0
        statuses = Counter(one.status for one in here.forms_sent("webforms"))
    wanted = here.further_pages("webforms")
    assert statuses == {502: 1, 307: wanted, 200: wanted}
    assert all(walked == pages for pages, walked, _ in _walks(here, "webforms"))
    assert json.loads(run(tmp_path, "verify", "--json"))["findings"] == []
