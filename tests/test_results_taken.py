"""What a reader of the reading room takes along: references, feeds and files of search results."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jsonschema
import pytest
from lxml import etree
from rooms import ADDRESS, Rooms, open_rooms
from sample_archive import add, harvest, open_sample, sample, sample_id

from archive.articles import SCHEMA_FILE
from archive.export import export_lines
from archive.schema import open_read_only
from archive.web import export_page, feed_page

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = "<script>alert(1)</script> & ]]> =1+1"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Five articles of two sites; one is known to the month, one is undated, one has a hostile headline."""
    home = tmp_path_factory.mktemp("taken")
    archive = open_sample(home / "archive.db")
    add(
        archive,
        harvest(sample("cau", "Cầu mới qua sông", "Cầu dài.", date_published="2024-07-20T08:15:00+07:00")),
        harvest(sample("gao", "Trao gạo cho công nhân", "Gạo ngon.", date_published="2024-07-19T07:00:00+07:00")),
        harvest(
            sample(
                "thang",
                "Tháng Công nhân",
                "Công nhân vui.",
                date_published="2023-05-01T00:00:00+07:00",
                date_precision="month",
                date_evidence="listing",
                date_published_raw="5/2023",
            )
        ),
        harvest(sample("la", HOSTILE, "Lời lạ.")),
    )
    add(
        archive,
        harvest(sample("dai", "Đài phát sóng", "Sóng.", site="ptsonglam", date_published="2022-01-02T03:04:00+07:00")),
        site="ptsonglam",
    )
    archive.close()
    made = open_rooms(home)
    yield made
    made.room.readers.close()


def parsed(rooms: Rooms, address: str) -> Any:
    answer = rooms.page.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml"
    return etree.fromstring(answer.content)


def texts(element: Any, path: str) -> list[str]:
    return [str(one) for one in element.xpath(path, namespaces=ATOM)]


def test_a_reference_is_a_file_named_by_the_article(rooms: Rooms) -> None:
    article = sample_id("songlam", "cau")
    for ending, begins in (("bib", "@online{"), ("ris", "TY  - ELEC\r\n"), ("csl.json", "[")):
        answer = rooms.page.get(f"/bai/{article}.{ending}")
        assert answer.status_code == 200
        assert answer.text.startswith(begins)
        assert f'filename="{article}.{ending}"' in answer.headers["Content-Disposition"]
        assert f"{ADDRESS}/bai/{article}" in answer.text
    assert rooms.page.get("/bai/songlam-aaaaaaaaaaaa.bib").status_code == 404


def test_the_day_of_access_is_named_only_where_it_is_given(rooms: Rooms) -> None:
    address = f"/bai/{sample_id('songlam', 'cau')}.ris"
    assert "Y2" not in rooms.page.get(address).text
    for typed in ("2026-01-31", "31/1/2026"):
        assert "Y2  - 2026/01/31/" in rooms.page.get(address, params={"truy-cap": typed}).text
    for typed in ("hôm qua", "2026-W01-1", "20260131", "2026-02-30", "٢٠٢٦-٠١-٣١", "2026-01-31T00:00"):
        assert rooms.page.get(address, params={"truy-cap": typed}).status_code == 400


def test_an_article_page_has_its_reference_to_copy(rooms: Rooms) -> None:
    page = rooms.page.get(f"/bai/{sample_id('songlam', 'thang')}").text
    assert "“Tháng Công nhân”. Liên đoàn Lao động tỉnh Sông Lam, tháng 5 năm 2023." in page


def test_a_feed_follows_a_search(rooms: Rooms) -> None:
    feed = parsed(rooms, "/tim.atom?nguon=songlam")
    assert texts(feed, "a:entry/a:title/text()") == [
        "Cầu mới qua sông",
        "Trao gạo cho công nhân",
        "Tháng Công nhân",
        HOSTILE,
    ]
    assert texts(feed, "a:id/text()") == [f"{ADDRESS}/tim.atom?nguon=songlam"]
    assert texts(feed, "a:link[@rel='self']/@href") == [f"{ADDRESS}/tim.atom?nguon=songlam"]
    assert texts(feed, "a:link[@rel='alternate']/@href") == [f"{ADDRESS}/tim?nguon=songlam"]
    assert texts(feed, "a:entry[1]/a:id/text()") == [f"{ADDRESS}/bai/{sample_id('songlam', 'cau')}"]


def test_a_feed_has_all_that_rfc_4287_requires(rooms: Rooms) -> None:
    feed = parsed(rooms, "/tim.atom")
    for element in (feed, *feed.xpath("a:entry", namespaces=ATOM)):
        for name in ("id", "title", "updated"):
            assert len(texts(element, f"a:{name}")) == 1
    assert len(texts(feed, "a:author/a:name")) == 1
    assert all(one.startswith("http") for one in texts(feed, "//a:link/@href"))


def test_a_feed_says_no_time_of_publication_that_is_not_known(rooms: Rooms) -> None:
    feed = parsed(rooms, "/tim.atom?q=tháng")
    assert texts(feed, "a:entry/a:published") == []
    assert texts(feed, "a:entry/a:summary/text()")[0].startswith("5/2023 · ")
    assert texts(parsed(rooms, "/tim.atom?q=gạo"), "a:entry/a:published/text()") == ["2024-07-19T07:00:00+07:00"]


def test_a_feed_is_the_same_as_long_as_the_archive_is(rooms: Rooms) -> None:
    first = rooms.page.get("/tim.atom").content
    assert rooms.page.get("/tim.atom").content == first
    assert b"2024-08-01T06:30:00+07:00" in first  # when the crawl brought them


def test_a_feed_goes_on_page_by_page(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_page, "ENTRIES", 2)
    address: str | None = "/tim.atom?nguon=songlam"
    seen: list[str] = []
    while address:
        feed = parsed(rooms, address)
        seen += texts(feed, "a:entry/a:title/text()")
        address = next((urljoin(ADDRESS, one) for one in texts(feed, "a:link[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == 4


def test_results_are_taken_as_lines_of_the_export(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "_BATCH", 2)
    answer = rooms.page.get("/tim.jsonl?nguon=songlam")
    lines = answer.text.splitlines()
    assert json.loads(lines[0])["headline"] == "Cầu mới qua sông"
    whole = {line.decode().strip() for line in export_lines(open_read_only(rooms.room.archive), site="songlam")}
    assert set(lines) == whole
    assert answer.headers["Content-Disposition"] == 'attachment; filename="luutru-tim.jsonl"'
    for line in lines:
        jsonschema.validate(json.loads(line), json.loads(SCHEMA_FILE.read_text("utf-8")))


def test_results_are_taken_as_csv_with_one_head(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "_BATCH", 2)
    rows = list(csv.DictReader(io.StringIO(rooms.page.get("/tim.csv?nguon=songlam").content.decode("utf-8-sig"))))
    assert [row["headline"] for row in rows][:3] == ["Cầu mới qua sông", "Trao gạo cho công nhân", "Tháng Công nhân"]
    assert len(rows) == 4


def test_nothing_found_is_a_file_without_articles(rooms: Rooms) -> None:
    assert rooms.page.get("/tim.jsonl?q=khôngcóđâu").content == b""
    assert len(rooms.page.get("/tim.csv?q=khôngcóđâu").text.splitlines()) == 1


def test_a_file_that_does_not_hold_all_says_so_in_its_name(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "MOST_TAKEN", 2)
    answer = rooms.page.get("/tim.jsonl?tu=2020")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="luutru-tim-2-dau.jsonl"'
    assert len(answer.text.splitlines()) == 2


@pytest.mark.parametrize("form", ["atom", "jsonl", "csv"])
def test_a_search_that_means_nothing_is_told_in_both_languages(rooms: Rooms, form: str) -> None:
    answer = rooms.page.get(f"/tim.{form}?nguon=khongco")
    assert answer.status_code == 400
    assert "Kho không có trang nguồn" in answer.text
    assert "The archive has no site" in rooms.page.get(f"/en/tim.{form}?nguon=khongco").text


def test_who_asks_for_nothing_is_not_sent_the_whole_archive(rooms: Rooms) -> None:
    assert rooms.page.get("/tim.jsonl").status_code == 400


def test_an_address_that_no_xml_can_hold_breaks_no_feed(tmp_path: Path) -> None:
    archive = open_sample(tmp_path / "archive.db")
    add(archive, harvest(sample("cau\x01\ufffe", "Cầu mới", "Cầu.", date_published="2024-07-20T08:15:00+07:00")))
    archive.close()
    rooms = open_rooms(tmp_path)
    links = parsed(rooms, "/tim.atom?q=cau").xpath("//a:entry/a:link[@rel='via']/@href", namespaces=ATOM)
    assert links == ["http://songlam.example/tin-tuc/cau.html"]
    rooms.room.readers.close()
