"""Ctrl-C ends the command quietly whenever it comes: while everything is loaded, while it runs, while it ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from conftest import ROOT, environment
from forked import Command

from archive.exits import Exit

LOADING = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from crawler.entry import main
main()
"""
"""The command, interrupted when it begins to load a module."""


@pytest.mark.parametrize("module", ["typer", "lxml.etree", "crawler.checkcli"])
def test_ctrl_c_while_modules_are_loaded_ends_the_command_without_a_traceback(module: str) -> None:
    command = [sys.executable, "-c", LOADING.format(module=module), "sites", "list"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (Exit.INTERRUPTED, "", "luutru: interrupted\n")


INTERRUPTED = """
import os, signal
import crawler.cli as cli
def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(
    ("then", "codes"),
    [
        ("cli.app = interrupt", {Exit.INTERRUPTED}),
        ("cli.fault_of = interrupt\ndef broken(): raise OSError\ncli.app = broken", {Exit.INTERRUPTED}),
        ("cli.app = cli.err.print = interrupt", {-signal.SIGINT}),
        ("import atexit, threading\nthreading._register_atexit(interrupt)", {-signal.SIGINT}),
    ],
    ids=["while it runs", "while it says what went wrong", "twice", "at its end"],
)
def test_ctrl_c_while_the_command_runs_or_ends_leaves_no_traceback(then: str, codes: set[int]) -> None:
    ended = Command("sites", "list", environment=environment(), before=INTERRUPTED + then).wait()
    assert ended.returncode in codes
    assert "Traceback" not in ended.stderr


def test_the_installed_command_begins_where_loading_can_be_interrupted() -> None:
    assert 'luutru = "crawler.entry:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
