"""The archivist's commands: what they print, where, and with which exit code they end."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import inprocess
import jsonschema
import pytest
from conftest import luutru
from sample_archive import FETCHED, add, harvest, open_sample, run, sample, sample_id
from test_urls import SITE

from archive.articles import SCHEMA_FILE
from archive.conclude import conclude
from archive.exits import Exit
from archive.export import export_lines
from archive.plural import counted
from archive.records import Author, Capture, Evidence, Harvest, Image, Link
from archive.schema import open_read_only
from crawler.home import Home
from crawler.locks import only_visitor
from crawler.profiles import Profiles
from crawler.runs import runs_of

FEAST = sample(
    "ngay-hoi",
    "Ngày hội công nhân khu công nghiệp",
    "Sáng 1/5, hơn 2.000 công nhân dự ngày hội.\n\nBan tổ chức trao 30 phần quà.",
    description="Ngày hội diễn ra trong hai ngày.",
    byline="THU HÀ",
    authors=[Author("Thu Hà", "Ban Tuyên giáo", "author")],
    section=["Tin tức", "Phong trào"],
    keywords=["Tháng Công nhân"],
    date_published="2024-05-01T11:30:00+07:00",
    evidence=[
        Evidence("date_published", "01/05/2024 11:30", "2024-05-01T11:30:00+07:00", "page", "span.h5"),
        Evidence("date_published", "2024-05-09", None, "meta", "article:published_time", "an edit, not this"),
    ],
    images=[Image("http://songlam.example/hoi.jpg", "Kéo co.", "Thu Hà")],
    links=[Link("http://songlam.example/tin-tuc/mua-he.html", "Trại hè", "older", 0, sample_id("songlam", "mua-he"))],
    rights="Ghi rõ nguồn.",
)
CAMP = sample("mua-he", "Trại hè con công nhân", "Một trăm em dự trại.")
BROKEN = Capture(
    site="ptsonglam",
    url="http://ptsonglam.example/tin/9.html",
    final_url="http://ptsonglam.example/tin/9.html",
    role="article",
    fetched_at=FETCHED,
    status=200,
    media_type="text/html",
    size=9,
    sha256="1" * 64,
    outcome="unextractable",
    reason="no headline: none of 2 rules matched",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with open_sample(folder / "archive.db") as archive:
        add(archive, harvest(FEAST), harvest(CAMP))
        add(archive, Harvest(BROKEN), site="ptsonglam", reason="shutdown")
        conclude(archive)
    yield folder


def test_a_search_prints_articles_to_stdout_and_the_count_to_stderr(home: Path) -> None:
    result = run(home, "search", "cong nhan")
    assert result.exit_code == Exit.OK
    first, second, third, _ = result.stdout.splitlines()
    assert first == f"2024-05-01  {FEAST.id}  Ngày hội **công nhân** khu **công** nghiệp"
    assert second.startswith("    Sáng 1/5, hơn 2.000 **công nhân** dự ngày hội.")
    assert third == f"undated     {CAMP.id}  Trại hè con **công nhân**"
    assert result.stderr == "2 articles, 1 to 2 shown\n"


def test_a_dash_before_a_word_is_no_option(home: Path) -> None:
    result = run(home, "search", "công nhân", "-trại", "--json")
    assert [hit["id"] for hit in json.loads(result.stdout)["hits"]] == [FEAST.id]
    assert run(home, "search", "công", '-"ngày hội"').stderr == "1 article, 1 to 1 shown\n"


def test_a_search_as_json_has_the_text_and_the_places_of_the_match(home: Path) -> None:
    found = json.loads(run(home, "search", "quà", "--json").stdout)
    assert (found["total"], found["complete"]) == (1, True)
    (hit,) = found["hits"]
    assert hit["headline"] == {"text": FEAST.headline, "marks": []}
    ((start, end),) = hit["snippet"]["marks"]
    assert hit["snippet"]["text"][start:end] == "quà"


def test_a_search_can_be_narrowed(home: Path) -> None:
    assert run(home, "search", "công nhân", "--year", "2024").stderr == "1 article, 1 to 1 shown\n"
    assert run(home, "search", "công nhân", "--year", "2019-2023").stderr == "nothing found\n"
    assert run(home, "search", "công nhân", "--site", "ptsonglam").stderr == "nothing found\n"
    assert run(home, "search", "công nhân", "--limit", "1", "--offset", "1").stderr == "2 articles, 2 to 2 shown\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["search", "-công"], Exit.USAGE, "no word to look for"),
        (["search", "công", "--year", "05/2024"], Exit.USAGE, "expected a year or two"),
        (["search", "công", "--year", "2024-2019"], Exit.USAGE, "expected a year or two"),
        (["search", "công", "--site", "songlan"], Exit.USAGE, "no site 'songlan'; nearest: songlam"),
        (["search", "công", "--kind", "x"], Exit.USAGE, "no kind 'x'; nearest: union"),
        (["search", "công", "--since", "hôm qua"], Exit.USAGE, "since: expected a year, month or day"),
        (["search", "ảnh:nhiều"], Exit.USAGE, "ảnh: expected có or không, not 'nhiều'"),
        (["search", "cô*"], Exit.USAGE, "type at least 3 letters of it before *"),
        (["search"], Exit.USAGE, "there is nothing to look for"),
        (["export", "--site", "nope"], Exit.NOT_FOUND, "no site 'nope'"),
        (["status", "nope"], Exit.NOT_FOUND, "no site 'nope'"),
        (["show", "songlam-zzzz"], Exit.NOT_FOUND, "nearest: songlam-"),
        (["show", "songlam-"], Exit.NOT_FOUND, "several articles begin with 'songlam-'"),
        (["show", "http://songlam.example/nirgends"], Exit.NOT_FOUND, "no article is known at"),
        (["related", ""], Exit.NOT_FOUND, "no article ''; nearest: songlam-"),
        (["export", "-o", "/nowhere/at/all.jsonl"], Exit.CANNOT_OPEN, "/nowhere/at/all.jsonl: there is no folder"),
        (
            ["graph", "export", "-o", "/nowhere/at/all.gexf"],
            Exit.CANNOT_OPEN,
            "/nowhere/at/all.gexf: there is no folder",
        ),
        (["wacz", "-o", "/nowhere/at/all.wacz"], Exit.CANNOT_OPEN, "/nowhere/at/all.wacz: there is no folder"),
        (
            ["export", "-o", "bai.xlsx"],
            Exit.USAGE,
            "bai.xlsx: .xlsx is no form that can be written; expected .jsonl, .csv",
        ),
        (
            ["graph", "export", "-o", "all.foo"],
            Exit.USAGE,
            "all.foo: .foo is no form that can be written; expected .graphml",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_with_its_own_exit_code(
    home: Path, arguments: list[str], code: Exit, said: str
) -> None:
    result = run(home, *arguments)
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["search", "x"], ["show", "x"], ["related", "x"], ["export"], ["status"]])
def test_without_an_archive_every_command_says_how_to_make_one(tmp_path: Path, command: list[str]) -> None:
    result = run(tmp_path, *command)
    assert result.exit_code == Exit.CANNOT_OPEN
    assert "luutru crawl" in result.stderr
    assert not (tmp_path / "archive.db").exists()


def test_a_strange_database_is_left_alone(tmp_path: Path) -> None:
    strange = sqlite3.connect(tmp_path / "archive.db")
    strange.execute("CREATE TABLE mine (a)")
    strange.close()
    before = (tmp_path / "archive.db").read_bytes()
    result = run(tmp_path, "status")
    assert result.exit_code == Exit.CANNOT_OPEN
    assert "not an archive of luutru" in result.stderr
    assert (tmp_path / "archive.db").read_bytes() == before


def test_a_damaged_file_is_said_to_be_damaged(home: Path, tmp_path: Path) -> None:
    whole = (home / "archive.db").read_bytes()
    (tmp_path / "archive.db").write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    result = run(tmp_path, "export")
    assert result.exit_code == Exit.CANNOT_OPEN
    assert "the file is damaged" in result.stderr


def test_a_mistake_in_the_own_abbreviations_is_bad_configuration(home: Path, tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes((home / "archive.db").read_bytes())
    (tmp_path / "abbreviations.toml").write_text("[both_ways]\nLĐLĐ", "utf-8")
    result = run(tmp_path, "search", "công")
    assert result.exit_code == Exit.BAD_CONFIGURATION
    assert "abbreviations.toml: not TOML" in result.stderr


@pytest.mark.parametrize(
    "asked",
    [
        FEAST.id,
        FEAST.id[:-3],
        FEAST.url,
        FEAST.url.replace("http://", "https://www."),
        FEAST.url.removeprefix("http://") + "/",
        FEAST.url + "#top",
        f" {FEAST.id}\n",
    ],
)
def test_an_article_is_shown_by_id_beginning_or_address(home: Path, asked: str) -> None:
    result = run(home, "show", asked, "--json")
    assert result.exit_code == Exit.OK
    assert json.loads(result.stdout)["id"] == FEAST.id


def test_an_article_that_was_only_seen_as_a_link_is_named_so(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        seen = harvest(CAMP)
        seen.addresses[0].article = sample_id("songlam", "other")
        seen.addresses[0].url = "http://songlam.example/other.html"
        add(archive, seen)
    result = run(tmp_path, "show", "http://songlam.example/other.html")
    assert result.exit_code == Exit.NOT_FOUND
    assert f"not archived (its id: {sample_id('songlam', 'other')})" in " ".join(result.stderr.split())


def test_a_shown_article_can_be_read_and_says_what_its_date_rests_on(home: Path) -> None:
    text = run(home, "show", FEAST.id).stdout
    for line in (
        "Ngày hội công nhân khu công nghiệp",
        "Liên đoàn Lao động tỉnh Sông Lam · Nghệ An",
        "Published:  2024-05-01 11:30 (exact to the minute, by what the page prints)",
        "  page: “01/05/2024 11:30” → 2024-05-01T11:30:00+07:00 [span.h5]",
        "  meta: “2024-05-09” → not used: an edit, not this [article:published_time]",
        "Section:    Tin tức › Phong trào",
        "Byline:     THU HÀ",
        "Authors:    Thu Hà (Ban Tuyên giáo)",
        "Ngày hội diễn ra trong hai ngày.",
        "Sáng 1/5, hơn 2.000 công nhân dự ngày hội.",
        "Ban tổ chức trao 30 phần quà.",
        "  Kéo co. · Thu Hà · http://songlam.example/hoi.jpg",
        f"  older: Trại hè → {CAMP.id}",
        "Reuse:      Ghi rõ nguồn.",
        f"  {FEAST.url}",
    ):
        assert line in text.splitlines()


def test_an_article_without_a_date_is_shown_as_such(home: Path) -> None:
    assert "Published:  undated: nothing that was found proves a date" in run(home, "show", CAMP.id).stdout


def test_a_page_cannot_steer_the_terminal(tmp_path: Path) -> None:
    evil = sample("xau", "Tin \x1b[2J xấu \u202egnoc", "Chữ \x1b]0;x\x07 thân [bold]bài[/bold].")
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(evil))
    for command in (["show", evil.id], ["search", "xấu"], ["related", evil.id], ["show", evil.id, "--revisions"]):
        text = run(tmp_path, *command).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "xấu" in text
    assert "[bold]bài[/bold]" in run(tmp_path, "show", evil.id).stdout
    assert json.loads(run(tmp_path, "show", evil.id, "--json").stdout)["headline"] == evil.headline


def test_related_shows_links_both_ways(home: Path) -> None:
    assert f"  older: Trại hè → {CAMP.id}" in run(home, "related", FEAST.id).stdout.splitlines()
    assert f"  older: {FEAST.headline} → {FEAST.id}" in run(home, "related", CAMP.id).stdout.splitlines()
    around = json.loads(run(home, "related", CAMP.id, "--json").stdout)
    assert around["links"] == around["copies"] == []
    assert [link["id"] for link in around["linked_from"]] == [FEAST.id]


def test_an_export_to_stdout_is_the_export_to_a_file(home: Path, tmp_path: Path) -> None:
    result = run(home, "export")
    assert re.fullmatch(r"cursor: [0-9a-f]{16}\.2\.[0-9a-f]{8}\n", result.stderr)
    written = run(home, "export", "-o", str(tmp_path / "out.jsonl"), "--format", "jsonl")
    assert written.stdout == ""
    assert "2 articles written to" in written.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == result.stdout_bytes
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        validator.validate(json.loads(line))


def test_the_status_shows_the_last_crawl_of_each_site_and_why_pages_failed(home: Path) -> None:
    text = run(home, "status").stdout
    header, broadcaster, union, *rest = text.splitlines()
    assert header.split()[:3] == ["site", "last", "crawl"]
    assert union.split() == [*("songlam", "2024-08-01", "06:30", "finished", "2", "0", "0", "2", "2024-08-01")]
    assert broadcaster.split() == [*("ptsonglam", "2024-08-01", "06:30", "stopped", "0", "0", "1", "0", "never")]
    assert "ptsonglam: 1 × no headline: none of 2 rules matched" in rest
    assert f"  article {BROKEN.url} (status 200)" in rest
    assert rest[-3:] == [
        "To look at:",
        "  ptsonglam: the last crawl was stopped (Ctrl-C, or the machine was shut down); the next one goes on from "
        "there; 1 of its pages could not be read",
        "    → luutru crawl ptsonglam",
    ]


def test_the_status_of_a_site_without_failures_says_so(home: Path) -> None:
    assert run(home, "status", "songlam").stdout.splitlines()[-1] == "All last crawls ended well."


def test_the_status_as_json_holds_every_failure(home: Path) -> None:
    broadcaster, union = json.loads(run(home, "status", "--json").stdout)
    assert (union["site"], union["new"], union["needs_attention"], union["failures"]) == ("songlam", 2, False, [])
    assert broadcaster["needs_attention"] is True
    assert [failure["reason"] for failure in broadcaster["failures"]] == [BROKEN.reason]


def test_an_address_that_was_tried_several_times_is_counted_once_and_one_that_came_at_last_not_at_all(
    tmp_path: Path,
) -> None:
    silent = replace(BROKEN, outcome="error", status=0, reason="nothing answers at ptsonglam.example")
    late = replace(silent, url="http://ptsonglam.example/tin/10.html")
    came = replace(late, outcome="article", status=200, reason=None)
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, *map(Harvest, (silent, late, silent, came, silent)), site="ptsonglam")
        (run_id,) = archive.db.execute("SELECT max(id) FROM runs").fetchone()
    said = run(tmp_path, "status", "ptsonglam").stdout
    assert "ptsonglam: 1 × nothing answers at ptsonglam.example" in said
    assert f"  article {BROKEN.url} (no answer, tried 3 times)\n" in said
    assert "1 of its addresses could not be had" in said
    (site,) = json.loads(run(tmp_path, "status", "ptsonglam", "--json").stdout)
    assert (site["errors"], [(one["url"], one["tries"]) for one in site["failures"]]) == (1, [(BROKEN.url, 3)])
    assert runs_of(tmp_path / "archive.db", [run_id])["ptsonglam"].errors == 1


@pytest.mark.parametrize(("number", "told"), [(0, "0 articles"), (1, "1 article"), (2, "2 articles")])
def test_one_is_no_plural(number: int, told: str) -> None:
    assert counted(number, "article") == told
    assert counted(number, "bài", "bài") == f"{number} bài"


def test_a_value_that_is_none_of_a_choice_is_refused_without_a_librarys_words(home: Path) -> None:
    ended = luutru(home, "search", "--by", "best", "x")
    assert ended.returncode == Exit.USAGE
    assert "'best' is not one of 'newest', 'relevance'" in " ".join(ended.stderr.replace("│", " ").split())
    assert "Value error" not in ended.stderr


def test_a_crawl_that_was_killed_is_not_called_finished(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        archive.add(archive.start_run("songlam", FETCHED), [harvest(CAMP)])
    (site,) = [row for row in json.loads(run(tmp_path, "status", "--json").stdout) if row["site"] == "songlam"]
    assert (site["reason"], site["new"], site["pages"], site["needs_attention"]) == (None, None, 1, True)
    assert site["ended"] == "killed"
    assert "killed" in run(tmp_path, "status", "songlam").stdout


def test_a_crawl_that_goes_on_is_known_by_its_lock(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        archive.add(archive.start_run("songlam", FETCHED), [harvest(CAMP)])
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "songlam.toml").write_text(SITE, "utf-8")
    with only_visitor(Home(tmp_path), Profiles(tmp_path).load("songlam")):
        (site,) = [row for row in json.loads(run(tmp_path, "status", "--json").stdout) if row["site"] == "songlam"]
    assert (site["ended"], site["visitor"], site["needs_attention"]) == (
        "running",
        f"process {os.getpid()} for songlam",
        False,
    )


@pytest.mark.parametrize(
    ("reason", "word", "why", "step"),
    [
        ("finished", "finished", "1 of its pages could not be read", "sites check"),
        ("shutdown", "stopped", "the last crawl was stopped (Ctrl-C", "crawl"),
        ("nothing fetched", "failed", "not one request of the last crawl was answered", "sites check"),
        ("the site asks for a pause of 900 s", "failed", "ended early: the site asks for a pause of 900 s", "crawl"),
    ],
)
def test_the_status_says_in_words_why_a_site_is_to_be_looked_at_and_what_to_do_next(
    tmp_path: Path, reason: str, word: str, why: str, step: str
) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, Harvest(BROKEN), site="ptsonglam", reason=reason)
    lines = run(tmp_path, "status", "ptsonglam").stdout.splitlines()
    assert lines[1].split()[3] == word
    assert lines[-3] == "To look at:"
    assert why in lines[-2]
    assert lines[-1] == f"    → luutru {step} ptsonglam"
    assert not any("shutdown" in line for line in lines)


def test_the_status_fits_into_80_columns_of_a_pipe_whatever_a_site_is_called(tmp_path: Path) -> None:
    name = "lien-doan-lao-dong-tinh-song-lam"
    with open_sample(tmp_path / "archive.db") as archive:
        archive.register_site(name, "Ta", "Ta", "union", "Sơn La", "nukeviet", "http://ta.example/")
        for site, reason in ((name, "nothing fetched"), ("songlam", "finished")):
            run_number = archive.start_run(site, FETCHED)
            archive.finish_run(run_number, FETCHED, reason, {"new": 12345, "revised": 1234})
        archive.db.execute("UPDATE urls SET due = ?", [FETCHED])
    lines = run(tmp_path, "status").stdout.splitlines()
    tables = lines[: lines.index("To look at:")]
    assert max(map(len, tables)) <= 80
    assert (
        "".join(line.split()[0] for line in tables if line.startswith(("lien-", "lao-", "tinh-", "song-"))) == name * 2
    )


def test_the_crawl_that_finished_last_and_the_one_that_began_last_have_different_names(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "songlam.toml").write_text(SITE, "utf-8")
    with open_sample(tmp_path / "archive.db") as archive:
        for at, reason in (("2024-08-01T06:30:00+07:00", "finished"), ("2024-08-02T07:15:00+07:00", "shutdown")):
            archive.finish_run(archive.start_run("songlam", at), at, reason, {})
    last, asked = (inprocess.run(tmp_path, *command) for command in (["status", "songlam"], ["schedule", "list"]))
    (planned,) = [line for line in asked.splitlines() if line.split()[:1] == ["songlam"]]
    assert last.splitlines()[0].split()[1:4] == ["last", "crawl", "ended"]
    assert "2024-08-02 07:15" in last.splitlines()[1]
    assert "last finished" in asked
    assert "2024-08-01 06:30" in planned
    assert "next due" not in last + asked
    assert "last crawl" not in asked


def test_a_site_that_was_never_crawled_is_to_be_looked_at(tmp_path: Path) -> None:
    open_sample(tmp_path / "archive.db").close()
    result = run(tmp_path, "status")
    assert result.stdout.splitlines()[-5:] == [
        "To look at:",
        "  ptsonglam: it was never crawled",
        "    → luutru crawl ptsonglam",
        "  songlam: it was never crawled",
        "    → luutru crawl songlam",
    ]
    assert result.stdout.splitlines()[1].split() == ["ptsonglam", "never", "-", "-", "-", "0", "0", "never"]


def test_exit_codes_are_distinct_and_documented() -> None:
    assert len(Exit) == len({code.value for code in Exit})
    source = (Path(__file__).parent.parent / "archive" / "exits.py").read_text("utf-8")
    for code in Exit:
        assert f'    {code.name} = {code.value}\n    """' in source


def test_the_commands_stand_beside_the_operators(home: Path) -> None:
    result = luutru(home, "export")
    assert result.returncode == Exit.OK, result.stderr
    db = open_read_only(home / "archive.db")
    assert result.stdout.encode() == b"".join(export_lines(db))
    db.close()
    assert luutru(home, "show", "nothing").returncode == Exit.NOT_FOUND


def test_filters_alone_find_what_passes_them(home: Path) -> None:
    assert FEAST.id in run(home, "search", "--year", "2024").stdout
    assert FEAST.id in run(home, "search", "--since", "2024-05-01", "--until", "2024-05-01").stdout
    assert run(home, "search", "trang:ptsonglam").stderr == "nothing found\n"


def test_what_was_found_is_counted_on_demand(home: Path) -> None:
    lines = run(home, "search", "cong nhan", "--facets").stdout.splitlines()
    at = lines.index("site     articles")
    assert lines[at : at + 2] == ["site     articles", "songlam         2"]
    assert run(home, "search", "cong nhan", "--facets", "--json").stdout.count('"facets": {') == 1


def test_another_query_is_named_where_one_finds_nothing(home: Path) -> None:
    assert run(home, "search", "cong nhann").stderr == "nothing found\ninstead: luutru search 'cong nhan'\n"


def test_the_other_query_is_named_with_the_options_that_were_given_and_finds_something_as_it_stands(home: Path) -> None:
    options = ("--kind", "union", "--year", "2024", "--image", "--fold", "--limit", "5")
    said = run(home, "search", *options, "--offset", "3", "cong nhann -d'Or").stderr.splitlines()[-1]
    program, *instead = shlex.split(said.removeprefix("instead: "))
    assert (program, *instead) == ("luutru", "search", *options, "cong nhan -d'Or")
    assert FEAST.id in run(home, *instead).stdout


def test_search_by_province_takes_old_and_new_names_and_refuses_others_with_the_nearest(home: Path) -> None:
    assert FEAST.id in run(home, "search", "ngày hội", "--province", "nghe an").stdout
    nothing = run(home, "search", "ngày hội", "--province", "Cần Thơ")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    unknown = run(home, "search", "ngày hội", "--province", "Nghệ Tĩnh")
    assert unknown.exit_code == Exit.USAGE == 2
    assert "no province 'Nghệ Tĩnh'; nearest: " in unknown.stderr
