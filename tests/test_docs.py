"""The documents say what the program does: the command reference is generated, and kept so by this test.

To write it anew: ``UPDATE_DOCS=1 pytest tests/test_docs.py``.
"""

from __future__ import annotations

import html
import os
import re
import tomllib

import typer
from conftest import ROOT
from typer.cli import get_docs_for_click
from typer.testing import CliRunner

from archive.exits import Exit
from crawler.cli import app
from crawler.layouts import (
    Family,
    Feed,
    FeedPages,
    Fields,
    Layout,
    Listing,
    Post,
    Postback,
    RelatedList,
    Rule,
    Sign,
    Sitemap,
    Start,
    Urls,
)
from crawler.profiles import Crawl, Schedule, _SiteFile, family_names


def test_the_command_reference_is_what_the_command_line_says() -> None:
    command = typer.main.get_command(app)
    generated = get_docs_for_click(obj=command, ctx=typer.Context(command), name="luutru", title="Commands")
    text = html.unescape(generated).strip() + "\n"
    path = ROOT / "docs" / "commands.md"
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "out of date: this file's first lines say how to write it anew"


def test_every_command_and_every_option_has_a_help_text() -> None:
    bare = []

    def walk(command: typer.core.TyperCommand, path: str) -> None:
        if not command.help:
            bare.append(path)
        for parameter in command.params:
            if not getattr(parameter, "help", None) and parameter.name != "help":
                bare.append(f"{path} {parameter.name}")
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}")

    walk(typer.main.get_command(app), "luutru")
    assert not bare


def test_the_two_commands_of_the_readme_name_what_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 -m venv .venv && .venv/bin/pip install -e . -c constraints.txt && .venv/bin/luutru demo" in readme
    assert ".venv/bin/pip install -e '.[test]' -c constraints.txt && .venv/bin/pytest -n auto --dist loadfile" in readme
    assert CliRunner().invoke(app, ["demo", "--help"]).exit_code == 0


def test_every_direct_dependency_has_a_lower_bound_and_an_exact_version_in_the_constraints() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in constraints.splitlines() if "==" in line}
    for requirement in named:
        name, bound = re.split(r"(?=[<>=])", requirement, maxsplit=1)
        assert bound.startswith(">="), requirement
        assert name.lower().replace("_", "-") in pinned, requirement
    assert not re.search(r"https?:|@|file:|--", constraints)


def test_every_key_of_a_profile_stands_in_its_reference() -> None:
    written = set(re.findall(r"`(?:\[+[a-z.]+\]+ )?([a-z_]+)`", (ROOT / "docs" / "profiles.md").read_text("utf-8")))
    structs = (Rule, RelatedList, Fields, Urls, Listing, Feed, Sitemap, Layout, Start, Family, Sign, FeedPages)
    structs += (Crawl, Schedule, _SiteFile, Postback, Post)
    keys = {key for struct in structs for key in struct.__struct_fields__}
    tables = {"urls", "fields", "related", "listing", "feed", "sitemap", "crawl", "start", "schedule", "layouts"}
    tables |= {"layout", "signs", "postback", "post", "pages"}
    assert keys - tables - written == set()


def test_no_text_says_that_luutru_is_to_be_had_from_a_package_index() -> None:
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("archive/**/*.py"), *ROOT.glob("crawler/**/*.py")]
    assert [path for path in texts if re.search(r"install '?luutru\b", path.read_text(encoding="utf-8"))] == []


def test_every_extra_that_commands_need_is_installed_by_a_command_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    installed = re.findall(r"pip install -e '\.\[([a-z,]+)\]' -c constraints\.txt", readme)
    assert set(extras) - {"dev"} <= {name for names in installed for name in names.split(",")}


def test_every_exit_code_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [code for code in Exit if f"| {code.value} |" not in readme] == []


def test_the_readme_shows_what_the_demo_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"(\d+) of \1 articles found, 0 extra", readme)


def test_every_family_stands_in_the_table_of_families() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "families.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == family_names()
