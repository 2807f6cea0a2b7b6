"""The forms of an export beside JSONL: each holds what the JSONL holds, in the way that the documentation says."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sample_archive import FETCHED, add, harvest, open_sample, run, sample, sample_id
from test_export import EARLY, RICH, SAME_TIME, UNDATED

from archive.articles import SCHEMA_FILE
from archive.columns import columns
from archive.compressed import zstd
from archive.correcting import correct, signed
from archive.exits import Exit
from archive.export import CannotWrite, Choice, export_lines, selected, write_export, write_export_file
from archive.forms import STREAMED, Form, UnknownEnding, form_of
from archive.givenvalues import read_line
from archive.jsonld import news_article
from archive.parquet import MOMENT
from archive.records import Author, Link
from archive.spreadsheet import guarded
from archive.store import Archive

duckdb = pytest.importorskip("duckdb")

DOCS = (ROOT / "docs" / "data.md").read_text("utf-8")
FULL = sample(
    "het-moi-muc",
    "=HYPERLINK(“Tiêu đề”)",
    "- Một dòng; \"trích dẫn\", và\r\n+84 là một số.\n\n'Dấu nháy';=1+1",
    description="@sapo",
    byline="-THU HÀ",
    authors=[*RICH.authors, Author("Minh Tâm", None, "photographer"), Author("Lê An", None, "editor")],
    source=RICH.source,
    section=RICH.section,
    keywords=["a;=b", "Tiếng Việt"],
    view_count=0,
    date_published="2024-05-01T09:00:00+07:00",
    date_precision="hour",
    date_evidence="page",
    date_published_raw="9 giờ ngày 1/5/2024",
    date_modified="2024-05-02T10:00:00+07:00",
    rights="Ghi rõ nguồn.",
    images=RICH.images,
    attachments=RICH.attachments,
    media=[*RICH.media, type(RICH.media[0])("http://songlam.example/a.mp3", "audio", "Bài hát")],
    links=[
        Link(EARLY.url, "Tin sớm", "older", 1, EARLY.id, "2023-01-01T00:00:00+07:00", "01/01/2023", "day"),
        *RICH.links,
    ],
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, harvest(UNDATED), harvest(FULL), harvest(EARLY))
        add(opened, *map(harvest, SAME_TIME), site="ptsonglam")
        mended = {"description": read_line("@sapo, đã hiệu đính", "description")}
        correct(opened.db, FULL.id, mended, signed("Hoàng Thị Mơ", "=Theo bản in", "2024-09-01T08:00:00.000+07:00"))
        opened.db.execute(
            "UPDATE articles SET gone_at = ?, gone_reason = ?, duplicate_of = ?, cluster = ? WHERE id = ?",
            [FETCHED, "HTTP status 404", EARLY.id, "nhóm", FULL.id],
        )
        yield opened


def records(archive: Archive) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export_lines(archive.db)]


def written(archive: Archive, form: Form) -> bytes:
    out = BytesIO()
    write_export(archive.db, out, form=form)
    return out.getvalue()


def test_csv_holds_what_the_jsonl_holds_read_back_by_the_lines_that_the_documentation_gives(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = re.findall(r"```python\n(.*?luutru\.csv.*?)```", DOCS, re.DOTALL)
    write_export_file(archive.db, tmp_path / "luutru.csv", form="csv")
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    exec(code, scope)  # noqa: S102 - the documentation's own
    rows = scope["rows"]
    wanted = [{column.name: column.value(record) for column in columns()} for record in records(archive)]
    assert [row | {name: as_read(wanted[at][name], row[name]) for name in row} for at, row in enumerate(rows)] == wanted
    assert len(rows) == 8


def as_read(wanted: Any, read: Any) -> Any:
    """CSV has no numbers."""
    return int(read) if isinstance(wanted, int) else read


def test_csv_begins_with_a_mark_that_excel_knows_utf8_by_and_ends_lines_as_rfc_4180_says(archive: Archive) -> None:
    data = written(archive, "csv")
    assert data.startswith("\ufeffschema,id,site,".encode())
    text = data.decode("utf-8-sig")
    assert text.endswith("\r\n")
    assert len(list(csv.reader(StringIO(text, newline="")))) == 9


def test_no_cell_begins_a_formula_however_a_spreadsheet_cuts_the_file(archive: Archive) -> None:
    text = written(archive, "csv").decode("utf-8-sig")
    for delimiter in ",;\t":
        cells = [cell for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) for cell in row]
        assert not [cell for cell in cells if cell.lstrip('"')[:1] in set("=+-@＝＋－＠")]
    assert "'=HYPERLINK(“Tiêu đề”)" in text


@given(st.text(alphabet=st.sampled_from("=+-@＝'\";,\t\r\na ơ"), max_size=12))
def test_the_guard_is_taken_away_without_loss(text: str) -> None:
    (pattern,) = re.findall(r"^GUARD = (.*)$", DOCS, re.MULTILINE)
    scope = {"re": re}
    undo = eval(pattern, scope)  # noqa: S307 - the documentation's own
    assert undo.sub(r"\1\2", guarded(text)) == text
    assert not re.search(r"(^|[;\t\r\n])\"*[-=+@＝]", guarded(text))


def test_parquet_holds_what_the_jsonl_holds_with_its_types(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_export_file(archive.db, path, form="parquet")
    with closing(duckdb.connect()) as db:
        found = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [one[0] for one in found.description]
        types = {one[0]: str(one[1]) for one in found.description}
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    wanted = records(archive)
    for row, record in zip(rows, wanted, strict=True):
        assert {column.name: row[column.name] for column in columns()} == {
            column.name: column.value(record) for column in columns()
        }
        for column in columns():
            if column.kind == "time":
                printed, moment = row[column.name], row[column.name + MOMENT]
                assert (None if printed is None else datetime.fromisoformat(printed)) == moment
    assert types["view_count"] == types["capture_offset"] == "BIGINT"
    assert types["section"] == "VARCHAR[]"
    assert types["images"] == "STRUCT(url VARCHAR, caption VARCHAR, credit VARCHAR, width BIGINT, height BIGINT)[]"
    assert (types["first_seen"], types["first_seen_utc"]) == ("VARCHAR", "TIMESTAMP WITH TIME ZONE")


def test_parquet_without_its_extra_names_the_command_that_installs_it(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    ended = run(tmp_path, "export", "-o", str(tmp_path / "a.parquet"))
    assert ended.exit_code == Exit.USAGE
    assert "in luutru's checkout: pip install -e '.[parquet]' -c constraints.txt" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "parquet" in path.name) == []


def test_parquet_needs_a_file_of_its_own(archive: Archive, tmp_path: Path) -> None:
    for arguments in (["--format", "parquet"], ["-o", str(tmp_path / "a.parquet.zst")]):
        ended = run(tmp_path, "export", *arguments)
        assert (ended.exit_code, ended.stdout) == (Exit.USAGE, "")
        assert "parquet" in ended.stderr
    with pytest.raises(CannotWrite, match="name an ordinary file with -o"):
        write_export_file(archive.db, Path("/dev/null"), form="parquet")


def test_a_tombstone_is_a_row_of_the_tables_too(archive: Archive, tmp_path: Path) -> None:
    since = write_export(archive.db, BytesIO()).cursor
    archive.db.execute("DELETE FROM articles WHERE id = ?", [UNDATED.id])
    choice = Choice(since=since)
    tombstone = list(selected(archive.db, choice))[-1]
    out = BytesIO()
    write_export(archive.db, out, choice, "csv")
    row = list(csv.DictReader(StringIO(out.getvalue().decode("utf-8-sig"), newline="")))[-1]
    filled = {name: value for name, value in row.items() if value}
    assert filled == {
        "schema": "luutru.removed/1",
        "id": UNDATED.id,
        "site": "songlam",
        "removed_at": tombstone["at"],
    }
    write_export_file(archive.db, tmp_path / "a.parquet", choice, "parquet")
    with closing(duckdb.connect()) as db:
        found = db.execute(f"SELECT id, removed_at, removed_at_utc FROM '{tmp_path}/a.parquet' WHERE body IS NULL")  # noqa: S608
        assert found.fetchall() == [(UNDATED.id, tombstone["at"], datetime.fromisoformat(tombstone["at"]))]
    out = BytesIO()
    write_export(archive.db, out, choice, "jsonld")
    action = json.loads(out.getvalue().splitlines()[-1])
    assert (action["@type"], action["object"]["identifier"]) == ("DeleteAction", UNDATED.id)
    assert action["endTime"] == tombstone["at"]


# The table of the documentation, and what is exported.


def mapped(heading: str) -> dict[str, list[str]]:
    """The schema.org properties of each field, as the table under a heading of the documentation gives them."""
    part = DOCS.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("| `")]
    return {
        field: re.findall(r"`([^`]+)`", row[-1]) for row in rows for field in re.findall(r"`([a-z_0-9.]+)`", row[0])
    }


def reached(node: Any, path: str) -> list[Any]:
    """All values at a path such as ``publisher.name``; a path that begins with a type begins at any node of it."""
    nodes = [node]
    for name in path.split("."):
        if name[0].isupper():
            nodes = [one for one in walk(node) if isinstance(one, dict) and one.get("@type") == name]
            continue
        found = [one[name] for one in nodes if isinstance(one, dict) and name in one]
        nodes = [part for one in found for part in (one if isinstance(one, list) else [one])]
    return nodes


def walk(node: Any) -> Iterator[Any]:
    yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(below)


def test_json_ld_says_each_field_with_the_property_that_the_documentation_names(archive: Archive) -> None:
    record = next(one for one in records(archive) if one["id"] == FULL.id)
    node = news_article(record)
    table = mapped("## An article")
    assert set(table) == set(json.loads(SCHEMA_FILE.read_text("utf-8"))["properties"])
    leaves = [str(one) for one in walk(node) if not isinstance(one, dict | list)]
    told = set()
    for field, properties in table.items():
        for path in properties:
            assert reached(node, path), f"{field} is said to be {path}"
            told.add(path.partition(".")[0])
        value = record[field]
        if properties and isinstance(value, str | int) and field != "date_published":
            assert any(str(value) in leaf for leaf in leaves), field
    by_role = {"contributor", "editor"}  # the table of authors names them
    assert {name for name in node if not name.startswith("@")} - by_role == told - {"PropertyValue"}
    for heading in (
        "### `authors`",
        "### `source`",
        "### `images`, `attachments`, `media`",
        "### `related`",
        "### `corrections`",
    ):
        for field, properties in mapped(heading).items():
            for path in properties:
                found = reached(node, path) if "." in path else [one for one in walk(node) if path in one_of(one)]
                assert found, f"{heading} {field} is said to be {path}"


def one_of(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        ("second", "2024-05-01T09:00:00+07:00"),
        ("minute", "2024-05-01T09:00+07:00"),
        ("hour", "2024-05-01T09+07:00"),
        ("day", "2024-05-01"),
        ("month", "2024-05"),
    ],
)
def test_json_ld_dates_say_no_more_than_is_known(archive: Archive, precision: str, shown: str) -> None:
    record = next(one for one in records(archive) if one["id"] == FULL.id)
    assert news_article(record | {"date_precision": precision})["datePublished"] == shown


def test_json_ld_leaves_out_what_is_not_known_and_keeps_the_order(archive: Archive) -> None:
    lines = [json.loads(line) for line in written(archive, "jsonld").splitlines()]
    assert [line["identifier"][0] for line in lines] == [record["id"] for record in records(archive)]
    bare = next(line for line in lines if line["identifier"][0] == UNDATED.id)
    assert not [one for one in walk(bare) if one in (None, [], {})]
    assert not {"datePublished", "creativeWorkStatus", "expires", "sdDatePublished"} & bare.keys()
    assert bare["articleBody"] == UNDATED.body


# Files.


@pytest.mark.parametrize("form", ["jsonl", "csv", "jsonld", "parquet"])
@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_two_exports_of_one_archive_are_the_same_file_in_every_form(
    archive: Archive, tmp_path: Path, form: Form, suffix: str
) -> None:
    if form == "parquet" and suffix:
        return
    first, second = tmp_path / f"mot.{form}{suffix}", tmp_path / "hai" / f"mot.{form}{suffix}"
    second.parent.mkdir()
    for path in (first, second):
        assert run(tmp_path, "export", "-o", str(path)).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    manifests = [path.with_name(f"{path.name}.manifest.json").read_bytes() for path in (first, second)]
    assert manifests[0] == manifests[1]
    if form in STREAMED:
        unpack = {"": bytes, ".gz": gzip.decompress, ".zst": zstd.decompress}[suffix]
        assert unpack(first.read_bytes()) == written(archive, form)


def test_a_gzip_header_names_neither_file_nor_time(archive: Archive, tmp_path: Path) -> None:
    write_export_file(archive.db, tmp_path / "a.jsonl.gz")
    assert (tmp_path / "a.jsonl.gz").read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.zst", "a.jsonld.gz", "a.parquet"])
def test_the_manifest_counts_what_the_file_holds(archive: Archive, tmp_path: Path, name: str) -> None:
    ended = run(tmp_path, "export", "-o", str(tmp_path / name))
    assert ended.exit_code == 0
    manifest = json.loads((tmp_path / f"{name}.manifest.json").read_text("utf-8"))
    form = json.loads(SCHEMA_FILE.with_name("manifest.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(form | {"additionalProperties": False}).validate(manifest)
    data = (tmp_path / name).read_bytes()
    assert manifest["file"] == {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert (manifest["articles"], manifest["removed"]) == (8, 0)
    assert manifest["sites"] == {"ptsonglam": 5, "songlam": 3}
    assert manifest["format"] == form_of(Path(name))
    assert f"cursor: {manifest['cursor']}\n" in ended.stderr
    if name == "a.parquet":
        assert manifest["uncompressed"] is None
    else:
        plain = written(archive, manifest["format"])
        assert manifest["uncompressed"] == {"size": len(plain), "sha256": hashlib.sha256(plain).hexdigest()}


def test_a_manifest_that_is_there_is_that_of_its_file(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be moved into place in one step with the file: so the old one goes before the new file comes."""
    path = tmp_path / "a.jsonl"
    write_export_file(archive.db, path)
    replace, moved = Path.replace, []

    def stopped(self: Path, target: Path) -> Path:
        moved.append(target.name)
        if len(moved) == 2:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_export_file(archive.db, path, Choice("ptsonglam"))
    assert moved == ["a.jsonl", "a.jsonl.manifest.json"]
    assert len(path.read_bytes().splitlines()) == 5
    assert sorted(one.name for one in tmp_path.iterdir() if "jsonl" in one.name) == ["a.jsonl"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", "jsonl"),
        ("A.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("a.parquet", "parquet"),
        ("a", None),
        ("a.gz", None),
    ],
)
def test_the_form_follows_the_file_name(name: str, form: Form | None) -> None:
    assert form_of(Path(name)) == form


@pytest.mark.parametrize("name", ["a.xlsx", "a.txt", "a.json", "a.csv.xlsx", "a.xlsx.gz"])
def test_a_file_called_as_no_form_is_refused_with_the_endings_that_are_known(archive: Archive, name: str) -> None:
    with pytest.raises(UnknownEnding, match=re.escape(".jsonl, .csv, .parquet, .jsonld (and .gz or .zst behind it)")):
        form_of(Path(name))


def test_a_form_that_is_named_may_have_any_file(archive: Archive, tmp_path: Path) -> None:
    assert run(tmp_path, "export", "-o", str(tmp_path / "a.txt"), "--format", "csv").exit_code == Exit.OK
    assert (tmp_path / "a.txt").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_id_of_another_archive_is_no_surprise_to_json_ld(archive: Archive) -> None:
    """What links to articles that are not archived has no identifier."""
    node = news_article(next(one for one in records(archive) if one["id"] == FULL.id))
    assert [one.get("identifier") for one in node["mentions"]].count(None) == 2
    assert sample_id("songlam", "som") in [one.get("identifier") for one in node["mentions"]]


def test_json_ld_says_no_hour_of_a_link_of_which_the_day_is_printed(archive: Archive) -> None:
    record = next(one for one in records(archive) if one["id"] == FULL.id)
    link = record["related"][0]
    record["related"] = [link | {"date": f"2024-07-10T{hour}:00+07:00"} for hour in ("00:00", "06:30")]
    dates = [one["datePublished"] for one in news_article(record)["mentions"]]
    assert dates == ["2024-07-10", "2024-07-10T06:30:00+07:00"]


def test_the_command_writes_a_form_to_stdout(archive: Archive, tmp_path: Path) -> None:
    assert run(tmp_path, "export", "--format", "csv").stdout_bytes == written(archive, "csv")


def test_duckdb_is_loaded_only_where_parquet_is_written() -> None:
    code = "import sys, archive.cli; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
