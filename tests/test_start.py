"""What a command loads before it does anything: a second of it is felt in each look at the archive."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sample_archive import add, harvest, open_sample, sample

FAIR = sample("hoi-cho", "Hội chợ việc làm mùa thu", "Hơn ba mươi nhà máy tuyển người.")
HEAVY = ("scrapy", "twisted", "trafilatura", "dateparser", "feedparser")
SCRIPT = """
import json, sys
from typer.testing import CliRunner
from crawler.cli import app
home, heavy, commands = json.loads(sys.argv[1])
for command in commands:
    ended = CliRunner().invoke(app, ["--home", home, *command])
    print(json.dumps([command, ended.exit_code, [name for name in heavy if name in sys.modules]]))
"""


def loaded(home: Path, *commands: list[str]) -> list[tuple[list[str], int, list[str]]]:
    """Each command with its exit code and what it, or one before it in the same process, has loaded."""
    asked = json.dumps([str(home), HEAVY, commands])
    ended = subprocess.run([sys.executable, "-c", SCRIPT, asked], check=True, capture_output=True, text=True)
    return [tuple(json.loads(line)) for line in ended.stdout.splitlines()]


def test_what_crawls_and_reads_pages_is_not_loaded_by_commands_that_look_at_the_archive(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FAIR))
    commands = [
        *(["--version"], ["search", "hội chợ"], ["show", FAIR.id], ["show", FAIR.id, "--revisions"]),
        *(["related", FAIR.id], ["status"], ["export"], ["graph", "most-linked"], ["correct", "list"]),
        *(["sites", "list"], ["schedule", "list"], ["datasette", "--print"]),
    ]
    assert loaded(tmp_path, *commands) == [(command, 0, []) for command in commands]
    occupied = ["serve", "--host", "192.0.2.1"]  # loads all that the reading room is, and cannot listen there
    assert loaded(tmp_path, occupied) == [(occupied, 5, [])]


def test_what_crawls_is_loaded_by_the_command_that_crawls(tmp_path: Path) -> None:
    ((_, code, names),) = loaded(tmp_path, ["crawl", "khong-co"])
    assert code == 1, "UnknownSite is put into words by the command itself"
    assert "scrapy" in names
