"""Which room may know which: read from the import statements themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import ROOT


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", _modules("archive"), ids=_ids)
def test_the_archive_knows_nothing_of_the_crawler(path: Path) -> None:
    assert not {name for name in _imports(path) if name.split(".")[0] in {"crawler", "scrapy"}}


@pytest.mark.parametrize("path", [path for path in _modules("crawler") if "demo" not in path.parts], ids=_ids)
def test_nothing_but_the_demo_command_knows_the_replicas(path: Path) -> None:
    known = {name for name in _imports(path) if name.startswith("crawler.demo")}
    allowed = {"crawler.demo.command", "crawler.demo.command.run"} if path.name == "cli.py" else set()
    assert known <= allowed


@pytest.mark.parametrize("path", _modules("crawler/extraction"), ids=_ids)
def test_extraction_asks_neither_network_nor_database_nor_clock(path: Path) -> None:
    forbidden = {
        "socket",
        "urllib.request",
        "http",
        "requests",
        "sqlite3",
        "sqlite_utils",
        "time",
        "crawler.clock",
    }
    imported = _imports(path)
    assert not {name for name in imported if name in forbidden or name.startswith(("archive.s", "twisted"))}
    assert not {"datetime.now", "date.today"} & {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


@pytest.mark.parametrize("path", [*_modules("archive"), *_modules("crawler")], ids=_ids)
def test_every_module_says_what_lives_there(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()[0]) > 20
