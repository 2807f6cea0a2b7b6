"""The archive in Datasette: described, searchable as by ``luutru search``, and nothing to be changed or taken away."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from sample_archive import add, harvest, open_sample, run, sample, sample_id

from archive.datasette.command import HOSTS, METADATA, PLUGINS, PORT, ROOM, SETTINGS
from archive.exits import Exit
from archive.schema import open_archive
from archive.tables import PUBLISHED
from archive.web import serve

if not os.environ.get("CI"):
    pytest.importorskip("datasette")
from datasette.app import Datasette

DESCRIBED = json.loads(METADATA.read_text("utf-8"))["databases"]["archive"]
STORM = sample("bao", "Bão số ba đổ bộ", "Công đoàn giúp đoàn viên chằng chống nhà cửa.", byline="THU HÀ")
PAPER = sample(
    "bao-in", "Báo in ra số mới", "Tòa soạn mời công nhân đọc báo.", date_published="2024-05-01T09:05:00+07:00"
)
EVIL = sample("xau", "<script>alert(1)</script>", "Một đoạn.")

Get = Callable[..., Any]


@pytest.fixture
def get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Get]:
    """Asks the pages of a Datasette that runs as the command runs it."""
    for name in (ROOM, HOSTS):
        monkeypatch.delenv(name, raising=False)
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(STORM), harvest(PAPER), harvest(EVIL))
        yield asking(tmp_path)


def asking(home: Path) -> Get:
    """Asks a Datasette that is started now, by one of its names."""
    settings = {name: value == "on" if value in {"on", "off"} else int(value) for name, value in SETTINGS.items()}
    metadata = json.loads(METADATA.read_text("utf-8"))
    app = Datasette([str(home / "archive.db")], metadata=metadata, plugins_dir=str(PLUGINS), settings=settings)
    return lambda path, host="localhost": asyncio.run(app.client.get(path, headers={"Host": host}))


def found(get: Get, words: str) -> list[str]:
    return [row["id"] for row in get(f"/archive/articles.json?_shape=array&_search={words}").json()]


def queried(get: Get, words: str, name: str = "search") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = get(f"/archive/{name}.json?_shape=array&words={words}").json()
    return rows


def test_every_page_of_the_archive_opens(get: Get) -> None:
    pages = ["/", "/archive", *(f"/archive/{name}" for name in (*DESCRIBED["tables"], *DESCRIBED["queries"]))]
    assert {page: get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_every_table_is_described_and_every_column_of_what_is_not_hidden(tmp_path: Path) -> None:
    db = open_archive(tmp_path / "archive.db")
    shadows = re.compile(r".*_(config|data|docsize|idx|content)")  # of full-text indexes
    tables = {name for name in (*db.table_names(), *db.view_names()) if not shadows.fullmatch(name)}
    assert tables == set(DESCRIBED["tables"])
    for name, told in DESCRIBED["tables"].items():
        assert told["description"]
        columns = dict(db.execute("SELECT name, type FROM pragma_table_info(?)", [name]).fetchall())
        if not told.get("hidden"):
            assert list(told["columns"]) == list(columns), name
        for named in (*told.get("facets", []), *told.get("units", {})):
            assert named in columns, f"{name}.{named}"
    db.close()


def test_a_month_is_that_of_the_date_that_is_in_effect() -> None:
    assert PUBLISHED in DESCRIBED["queries"]["articles_by_month"]["sql"]


def test_a_date_that_is_known_to_the_minute_is_given_to_the_minute(get: Get) -> None:
    assert [row["published"] for row in queried(get, "báo")] == ["2024-05-01T09:05"]


def test_technical_tables_are_not_listed(get: Get) -> None:
    listed = get("/archive.json").json()
    shown = {one["name"] for one in (*listed["tables"], *listed["views"]) if not one.get("hidden")}
    assert shown == {name for name, told in DESCRIBED["tables"].items() if not told.get("hidden")}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("bao", {STORM.id, PAPER.id}),
        ("bão", {STORM.id}),
        ("báo", {PAPER.id}),
        ("DOAN VIEN", {STORM.id}),
        ("-bão báo", {PAPER.id}),
        ('"số mới"', {PAPER.id}),
        ("khongco", set()),
    ],
)
def test_the_search_box_and_the_query_find_what_the_archives_search_finds(
    get: Get, words: str, wanted: set[str]
) -> None:
    assert set(found(get, words)) == wanted
    for name in ("search", "search_by_relevance"):
        assert {row["id"] for row in queried(get, words, name)} == wanted


@pytest.mark.parametrize(
    "words", ['"', "-", "(", "* OR", "' OR 1=1 --", "a" * 3000, "từ " * 400, "%00", "NEAR(", "{x}:"]
)
def test_what_cannot_be_searched_for_is_a_message_and_no_fault(get: Get, words: str) -> None:
    answer = get(f"/archive/articles?_search={words}")
    assert answer.status_code in {200, 400}
    assert "Traceback" not in answer.text
    assert get(f"/archive/search?words={words}").status_code == 200
    for row in queried(get, words):
        assert row["id"] is not None or "type" in row["headline"]


def test_a_search_can_be_narrowed_by_facets(get: Get) -> None:
    page = get("/archive/articles.json?_search=bao&_facet=date_precision").json()
    assert page["filtered_table_rows_count"] == 2
    facets = page["facet_results"]["date_precision"]["results"]
    assert [(one["value"], one["count"]) for one in facets] == [("minute", 1)]


def test_what_has_just_been_stored_is_found(get: Get, tmp_path: Path) -> None:
    assert found(get, "thuyền") == []
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(sample("thuyen", "Đua thuyền", "Một đoạn.")))
    assert found(get, "thuyền") == [sample_id("songlam", "thuyen")]


def test_words_can_be_compared_in_sql_without_their_accents(get: Get) -> None:
    sql = "select id from articles where luutru_words(headline) like '%25bao so ba%25'"
    assert get(f"/archive.json?_shape=array&sql={sql}").json() == [{"id": STORM.id}]


def test_an_id_leads_to_its_row_or_to_the_reading_room(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/archive/articles?id=" + STORM.id
    assert f'<a href="/archive/articles?id={STORM.id}">{STORM.id}</a>' in get(path).text
    monkeypatch.setenv(ROOM, "http://127.0.0.1:8000/")
    assert f'<a href="http://127.0.0.1:8000/bai/{STORM.id}">{STORM.id}</a>' in get(path).text


def test_the_descriptions_of_columns_leave_room_for_the_rows(get: Get) -> None:
    assert '<link rel="stylesheet" href="/-/luutru.css">' in get("/archive/articles").text
    assert ".column-descriptions" in get("/-/luutru.css").text


def test_what_a_page_printed_is_never_taken_for_markup(get: Get) -> None:
    for path in ("/archive/articles", "/archive/search?words=alert", "/archive/articles?_search=<script>"):
        assert "<script>alert" not in get(path).text


def test_nothing_can_be_written_and_the_file_is_not_given_away(get: Get) -> None:
    assert get("/archive.db").status_code == 403
    for sql in ("delete from articles", "select 1; drop table articles", "pragma query_only = 0"):
        assert get(f"/archive.json?sql={sql}").status_code == 400
    assert len(found(get, "bao")) == 2


def test_a_query_that_takes_too_long_is_stopped(get: Get) -> None:
    sql = "with recursive n(i) as (select 1 union all select i %2B 1 from n) select count(*) from n"
    answer = get(f"/archive.json?sql={sql}&_timelimit=20")
    assert (answer.status_code, "interrupted" in answer.text.lower()) == (400, True)


def test_the_command_prints_what_it_would_run(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    ended = run(tmp_path, "datasette", "--print", "--port", "9000")
    words = shlex.split(ended.stdout)
    assert words[:2] == ["env", f"{HOSTS}=127.0.0.1 ::1 localhost"]
    assert words[2:5] == ["datasette", "serve", str(tmp_path / "archive.db")]
    assert words[words.index("--metadata") + 1] == str(METADATA)
    assert words[words.index("--plugins-dir") + 1] == str(PLUGINS)
    assert words[-4:] == ["--host", "127.0.0.1", "--port", "9000"]


def test_it_runs_beside_the_reading_room_of_the_same_machine() -> None:
    assert PORT not in {serve.PORT, serve.PORT + 1}


def test_a_port_that_is_taken_is_named_before_datasette_begins(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        ended = run(tmp_path, "datasette", "--port", port)
    assert ended.exit_code == Exit.CANNOT_OPEN
    assert f"127.0.0.1, port {port}: cannot listen there" in ended.stderr
    assert "choose another by --port" in ended.stderr


def test_it_answers_to_no_name_that_a_foreign_page_could_bind_to_it(
    get: Get, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get("/archive.json", "evil.example").status_code == 200, "Datasette by itself answers to any"
    asked = run(tmp_path, "datasette", "--print", "--host", "192.0.2.1", "--address", "https://sql.luutru.example")
    monkeypatch.setenv(*shlex.split(asked.stdout)[1].split("=", 1))
    get = asking(tmp_path)
    for name in ("localhost", "192.0.2.1:8001", "[::1]:8001", "sql.luutru.example"):
        assert get("/archive.json", name).status_code == 200
    for name in ("evil.example", "luutru.example", "127.0.0.1.evil.example"):
        refused = get("/archive.json", name)
        assert refused.status_code == 421
        assert "luutru datasette --address" in refused.text
    wrong = run(tmp_path, "datasette", "--print", "--address", "sql.luutru.example/x")
    assert wrong.exit_code == Exit.USAGE


def test_the_command_says_when_there_is_no_archive(tmp_path: Path) -> None:
    assert run(tmp_path, "datasette", "--print").exit_code == Exit.CANNOT_OPEN


def test_the_documentation_describes_tables_and_columns_in_the_same_words() -> None:
    """``docs/data.md`` is written from metadata.json: ``UPDATE_DOCS=1 pytest tests/test_datasette.py``.

    What a table or a column of the archive is stands in that file alone."""
    path = ROOT / "docs" / "data.md"
    text = path.read_text("utf-8")
    begin, end = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    wanted = before + begin + _written() + end + after
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(wanted, "utf-8")
        text = wanted
    assert text == wanted, "out of date: this test's first line says how to write it anew"


def _written() -> str:
    lines = ["| Table | Holds |", "| --- | --- |"]
    own = {name: told for name, told in DESCRIBED["tables"].items() if not name.startswith(("_", "sqlite_"))}
    lines += [f"| `{name}` | {told['description']} |" for name, told in own.items()]
    for name, told in own.items():
        if "columns" in told:
            lines += ["", f"### Table `{name}`", "", "| Column | Holds |", "| --- | --- |"]
            lines += [f"| `{column}` | {what} |" for column, what in told["columns"].items()]
    return "\n".join(lines) + "\n"
