"""The export contract: what a line holds, in which order, and that it stays so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from sample_archive import FETCHED, add, harvest, open_sample, sample, sample_id

import archive.export as room
from archive.articles import SCHEMA_FILE, BrokenArchive
from archive.conclude import conclude
from archive.export import export_lines, write_export, write_export_file
from archive.records import Attachment, Author, Image, Link, Media, Sighting, Source
from archive.schema import open_read_only
from archive.store import Archive

RICH = sample(
    "day-du",
    "Khánh thành nhà văn hóa công nhân",
    "Đoạn thứ nhất.\n\nĐoạn thứ hai.",
    description="Công trình chào mừng Tháng Công nhân.",
    byline="Tin, ảnh: THU HÀ",
    authors=[Author("Thu Hà", "Ban Tuyên giáo", "author"), Author(None, None, "contributor")],
    source=Source("Báo Sông Lam", "http://bao.songlam.example/1.html"),
    section=["Tin tức", "Đời sống"],
    keywords=["nhà văn hóa", "công nhân"],
    view_count=402,
    date_published="2024-05-01T09:05:00+07:00",
    date_modified="2024-05-02T10:00:00+07:00",
    rights="Ghi rõ nguồn khi đăng lại.",
    images=[Image("http://songlam.example/a b.jpg", "Cắt băng khánh thành.", "Thu Hà", 640, 480)],
    attachments=[Attachment("http://songlam.example/kh.pdf", "Kế hoạch", "application/pdf")],
    media=[Media("http://songlam.example/le.mp4", "video", None)],
    links=[
        Link("http://songlam.example/tin-tuc/som.html", "Tin sớm", "older", 1, sample_id("songlam", "som")),
        Link("http://songlam.example/tin-tuc/mat.html", "Tin mất", "older", 2, sample_id("songlam", "mat")),
        Link(None, "Chỉ có tựa đề", "related", 0, None, "2024-04-30T00:00:00+07:00", "(30/04/2024)", "day"),
    ],
)
EARLY = sample("som", "Tin sớm", "Một đoạn.", date_published="2023-01-01T07:00:00+07:00")
UNDATED = sample("khong-ngay", "Tin không ngày", "Một đoạn.")
SAME_TIME = [
    sample(
        f"cung-gio-{n}", f"Tin cùng giờ {n}", "Một đoạn.", site="ptsonglam", date_published="2024-01-01T00:00:00+07:00"
    )
    for n in range(5)
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, harvest(UNDATED), harvest(RICH, urls=["http://songlam.example/a/day-du.html"]), harvest(EARLY))
        add(opened, *map(harvest, SAME_TIME), site="ptsonglam")
        yield opened


def exported(archive: Archive, **options: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export_lines(archive.db, **options)]


def by_key(archive: Archive, key: str) -> dict[str, Any]:
    return next(row for row in exported(archive) if row["id"] == sample_id("songlam", key))


def schema() -> dict[str, Any]:
    """The schema that is shipped, except that fields it does not know are refused: we may not add one without it."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"), object_hook=_closed)
    return loaded


def _closed(part: dict[str, Any]) -> dict[str, Any]:
    return part | {"additionalProperties": False} if part.get("type") == "object" else part


def test_a_reader_of_today_accepts_the_fields_of_tomorrow(archive: Archive) -> None:
    shipped = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))
    assert shipped.is_valid(by_key(archive, "day-du") | {"a_later_field": 1})


def test_a_line_holds_the_article_as_the_contract_says(archive: Archive) -> None:
    assert by_key(archive, "day-du") == {
        "schema": "luutru.article/1",
        "id": RICH.id,
        "site": "songlam",
        "province": "Nghệ An",
        "publisher": "Liên đoàn Lao động tỉnh Sông Lam",
        "url": "http://songlam.example/tin-tuc/day-du.html",
        "urls": ["http://songlam.example/a/day-du.html", "http://songlam.example/tin-tuc/day-du.html"],
        "headline": "Khánh thành nhà văn hóa công nhân",
        "description": "Công trình chào mừng Tháng Công nhân.",
        "body": "Đoạn thứ nhất.\n\nĐoạn thứ hai.",
        "byline": "Tin, ảnh: THU HÀ",
        "authors": [
            {"name": "Thu Hà", "unit": "Ban Tuyên giáo", "role": "author"},
            {"name": None, "unit": None, "role": "contributor"},
        ],
        "source": {"name": "Báo Sông Lam", "url": "http://bao.songlam.example/1.html"},
        "section": ["Tin tức", "Đời sống"],
        "keywords": ["nhà văn hóa", "công nhân"],
        "language": "vi",
        "view_count": 402,
        "date_published": "2024-05-01T09:05:00+07:00",
        "date_published_raw": "2024-05-01",
        "date_precision": "minute",
        "date_evidence": "page",
        "date_modified": "2024-05-02T10:00:00+07:00",
        "images": [
            {
                "url": "http://songlam.example/a b.jpg",
                "caption": "Cắt băng khánh thành.",
                "credit": "Thu Hà",
                "width": 640,
                "height": 480,
            }
        ],
        "attachments": [{"url": "http://songlam.example/kh.pdf", "title": "Kế hoạch", "media_type": "application/pdf"}],
        "media": [{"url": "http://songlam.example/le.mp4", "kind": "video", "title": None}],
        "related": [
            {
                "url": None,
                "title": "Chỉ có tựa đề",
                "date": "2024-04-30T00:00:00+07:00",
                "relation": "related",
                "id": None,
            },
            {
                "url": "http://songlam.example/tin-tuc/som.html",
                "title": "Tin sớm",
                "date": None,
                "relation": "older",
                "id": EARLY.id,
            },
            {
                "url": "http://songlam.example/tin-tuc/mat.html",
                "title": "Tin mất",
                "date": None,
                "relation": "older",
                "id": None,
            },
        ],
        "duplicate_of": None,
        "cluster": None,
        "rights": "Ghi rõ nguồn khi đăng lại.",
        "revision": 1,
        "first_seen": FETCHED,
        "content_sha256": by_key(archive, "day-du")["content_sha256"],
        "gone": None,
        "corrections": [],
        "capture": {
            "url": "http://songlam.example/tin-tuc/day-du.html",
            "fetched_at": FETCHED,
            "status": 200,
            "warc": None,
            "offset": None,
            "record_id": None,
        },
        "extractor": {"profile": "songlam", "version": "1+0123456789ab"},
    }


def test_what_nothing_proves_is_null_and_still_there(archive: Archive) -> None:
    row = by_key(archive, "khong-ngay")
    assert row.keys() == by_key(archive, "day-du").keys()
    empty = [name for name, value in row.items() if value is None]
    assert empty == [
        *("description", "byline", "source", "view_count", "date_published", "date_published_raw", "date_precision"),
        *("date_evidence", "date_modified", "duplicate_of", "cluster", "rights", "gone"),
    ]


def test_fields_stand_in_the_order_of_the_schema(archive: Archive) -> None:
    form = schema()
    for row in exported(archive):
        optional = ["gone", "corrections"]
        assert list(row) == list(form["properties"]) == [*form["required"][:-2], *optional, *form["required"][-2:]]
    rich = by_key(archive, "day-du")
    for name in ("authors", "images", "attachments", "media", "related"):
        parts = form["properties"][name]["items"]
        assert [list(part) for part in rich[name]] == [parts["required"]] * len(rich[name])


def test_every_line_is_valid_against_the_schema(archive: Archive) -> None:
    form = schema()
    jsonschema.Draft202012Validator.check_schema(form)
    validator = jsonschema.Draft202012Validator(form)
    rows = exported(archive)
    assert len(rows) == 8
    for row in rows:
        validator.validate(row)
        for name in ("date_published", "date_modified", "first_seen"):
            assert row[name] is None or datetime.fromisoformat(row[name]).utcoffset() is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "luutru.article/2"),
        ("id", "songlam-1"),
        ("url", "/tin-tuc/1.html"),
        ("urls", []),
        ("headline", ""),
        ("body", None),
        ("description", ""),
        ("date_published", "2024-05-01T09:05:00Z"),
        ("date_published", "01/05/2024"),
        ("date_precision", None),
        ("date_evidence", "guess"),
        ("view_count", "402"),
        ("authors", [{"name": "Thu Hà", "role": "author"}]),
        ("related", [{"url": None, "title": None, "date": None, "relation": "next", "id": None}]),
        ("language", "Vietnamese"),
        ("content_sha256", "0"),
        ("gone", {"at": "2024-09-01T06:30:00+07:00"}),
        ("extra", 1),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_allow(archive: Archive, field: str, value: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert not validator.is_valid(by_key(archive, "day-du") | {field: value})


def test_lines_are_in_order_of_date_then_id_and_undated_ones_last(archive: Archive) -> None:
    ids = [row["id"] for row in exported(archive)]
    assert ids == [EARLY.id, *sorted(article.id for article in SAME_TIME), RICH.id, UNDATED.id]


def test_an_export_can_keep_to_one_site(archive: Archive) -> None:
    assert {row["site"] for row in exported(archive, site="ptsonglam")} == {"ptsonglam"}
    assert len(exported(archive, site="ptsonglam")) == 5
    assert exported(archive, site="nowhere") == []


def test_vietnamese_is_written_as_itself(archive: Archive) -> None:
    text = b"".join(export_lines(archive.db))
    assert "Khánh thành nhà văn hóa".encode() in text
    assert b"\\u" not in text


def test_two_exports_of_one_archive_are_the_same_bytes(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    first = b"".join(export_lines(archive.db))
    monkeypatch.setattr(room, "_BATCH", 3)
    assert b"".join(export_lines(archive.db)) == first


def test_a_crawl_that_finds_nothing_new_leaves_the_export_as_it_was(archive: Archive) -> None:
    first = b"".join(export_lines(archive.db))
    urls = ["http://songlam.example/a/day-du.html"]
    add(archive, harvest(RICH, "2024-08-02T06:30:00+07:00", urls), harvest(EARLY, "2024-08-02T06:31:00+07:00"))
    conclude(archive)
    assert b"".join(export_lines(archive.db)) == first


def test_the_order_of_crawling_does_not_matter_to_the_articles(archive: Archive, tmp_path: Path) -> None:
    with open_sample(tmp_path / "other.db") as other:
        add(other, *map(harvest, reversed(SAME_TIME)), site="ptsonglam")
        add(other, harvest(EARLY))
        add(other, harvest(RICH, urls=["http://songlam.example/a/day-du.html"]), harvest(UNDATED))
        assert b"".join(export_lines(other.db)) == b"".join(export_lines(archive.db))


def test_a_date_that_another_page_proves_is_exported_with_that_evidence(archive: Archive) -> None:
    listing = Sighting(
        site="songlam",
        source_url="http://songlam.example/tin-tuc/",
        kind="listing",
        url=UNDATED.url,
        target=UNDATED.id,
        title=UNDATED.headline,
        date="2024-03-09T00:00:00+07:00",
        date_raw="09/03/2024",
        date_precision="day",
    )
    add(archive, harvest(EARLY, "2024-08-03T06:30:00+07:00", sightings=[listing]))
    conclude(archive)
    row = by_key(archive, "khong-ngay")
    assert {name: row[name] for name in row if name.startswith("date_")} == {
        "date_published": "2024-03-09T00:00:00+07:00",
        "date_published_raw": "09/03/2024",
        "date_precision": "day",
        "date_evidence": "listing",
        "date_modified": None,
    }
    assert row["revision"] == 1
    jsonschema.Draft202012Validator(schema()).validate(row)
    assert [row["id"] for row in exported(archive)][-2:] == [UNDATED.id, RICH.id]


def test_an_article_that_is_there_no_more_is_exported_with_the_time_and_the_reason(archive: Archive) -> None:
    at, reason = "2024-09-01T06:30:00+07:00", "HTTP status 404"
    archive.db.execute("UPDATE articles SET gone_at = ?, gone_reason = ? WHERE id = ?", [at, reason, RICH.id])
    row = by_key(archive, "day-du")
    assert row["gone"] == {"at": at, "reason": reason}
    assert row["body"] == RICH.body
    jsonschema.Draft202012Validator(schema()).validate(row)


def test_a_date_that_was_printed_and_not_understood_is_kept_as_printed(archive: Archive) -> None:
    odd = sample("la", "Tin lạ", "Một đoạn.", date_published_raw="tháng Giêng âm lịch")
    add(archive, harvest(odd))
    row = by_key(archive, "la")
    assert (row["date_published"], row["date_published_raw"]) == (None, "tháng Giêng âm lịch")
    jsonschema.Draft202012Validator(schema()).validate(row)


def test_a_file_is_there_only_when_it_is_complete(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.jsonl"
    assert write_export_file(archive.db, target).articles == 8
    whole = target.read_bytes()
    assert whole == b"".join(export_lines(archive.db))

    def breaks(*_: object, **__: object) -> Iterator[dict[str, Any]]:
        yield {"schema": "half", "site": "songlam"}
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "load_articles", breaks)
    with pytest.raises(KeyboardInterrupt):
        write_export_file(archive.db, target)
    assert target.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.glob("*out.jsonl*")) == ["out.jsonl", "out.jsonl.manifest.json"]


def test_what_is_no_ordinary_file_is_written_to_and_stays(archive: Archive) -> None:
    before = Path("/dev/null").stat().st_mode
    assert write_export_file(archive.db, Path("/dev/null")).articles == 8
    assert Path("/dev/null").stat().st_mode == before


def test_a_link_to_a_file_stays_a_link(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "out.jsonl")
    write_export_file(archive.db, tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "out.jsonl").read_bytes() == b"".join(export_lines(archive.db))


def test_an_export_shows_one_moment_whatever_is_written_meanwhile(archive: Archive, tmp_path: Path) -> None:
    before = b"".join(export_lines(archive.db))
    reader = open_read_only(tmp_path / "archive.db")
    lines = export_lines(reader)
    first = next(lines)
    add(archive, harvest(sample("moi", "Tin mới", "Một đoạn.", date_published="2024-07-01T07:00:00+07:00")))
    assert first + b"".join(lines) == before
    assert b"".join(export_lines(reader)) != before
    reader.close()


def test_a_damaged_archive_is_no_export(archive: Archive) -> None:
    archive.db.table("sites").delete("songlam")
    with pytest.raises(BrokenArchive, match="its site 'songlam' is not in the table sites"):
        write_export(archive.db, BytesIO())


def test_the_documentation_names_every_field() -> None:
    text = (ROOT / "docs" / "data.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_0-9.]+)`", text))

    def properties(form: Any, within: str = "") -> Iterator[str]:
        for name, below in form.get("properties", {}).items():
            yield within + name if within in {"capture.", "extractor."} else name
            for inner in (below, below.get("items", {}), *below.get("anyOf", [])):
                yield from properties(inner, f"{name}.")

    assert set(properties(schema())) <= named


def test_the_documentation_names_every_table(archive: Archive) -> None:
    text = (ROOT / "docs" / "data.md").read_text("utf-8")
    tables = {
        name
        for name in archive.db.table_names()
        if not name.startswith(("_", "sqlite_", "search_index_", "search_pairs_", "search_titles_"))
    }
    assert {name for name in tables if f"`{name}`" not in text} == set()
