"""The command run in this process, for speed, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from archive.exits import Exit
from archive.export import export_lines
from archive.schema import open_read_only
from crawler.cli import app


def run(home: Path, *arguments: str, code: Exit = Exit.OK) -> str:
    """Run a command that must end with that code; gives all that it prints."""
    ended = CliRunner().invoke(app, ["--home", str(home), *arguments])
    assert ended.exit_code == code, f"{ended.output} {ended.exception!r}"
    return ended.output


def ingested(home: Path, *files: Path, code: Exit = Exit.OK) -> str:
    """Take the files in."""
    return run(home, "ingest", *map(str, files), code=code)


def packed(home: Path, output: Path) -> Path:
    """Pack everything there is, all of it whole."""
    assert "not in the pack" not in run(home, "wacz", "-o", str(output))
    return output


def exported(home: Path) -> str:
    """The export's lines, as ``luutru export`` prints them."""
    db = open_read_only(home / "archive.db")
    lines = b"".join(export_lines(db)).decode()
    db.close()
    return lines
