"""Who crawls says who they are: no public site is asked for anything before the configuration names a contact."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, luutru
from typer.testing import CliRunner
from watched import articles, log, watched, write_site

from archive.exits import Exit
from crawler.cli import app
from crawler.configuration import Configuration, ConfigurationError, read, require_contact, user_agent
from crawler.home import Home

NO_CONTACT = {"LUUTRU_CONTACT": ""}
LINE = 'contact = "you@example.org"'


def _write(home: Path, text: str) -> Home:
    (home / "luutru.toml").write_text(text, encoding="utf-8")
    return Home(home)


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUUTRU_CONTACT", raising=False)


@pytest.mark.parametrize("command", [["crawl", "thst"], ["crawl", "--all"], ["schedule", "run"]])
def test_without_a_contact_no_public_site_is_crawled_and_the_line_to_write_is_shown(
    tmp_path: Path, command: list[str]
) -> None:
    ended = luutru(tmp_path, *command, env=NO_CONTACT)
    assert ended.returncode == Exit.BAD_CONFIGURATION
    assert f"{tmp_path / 'luutru.toml'}: contact: there is none" in ended.stderr
    assert LINE in ended.stderr.splitlines()
    assert not (tmp_path / "archive.db").exists()


def test_scrapy_crawl_refuses_too(tmp_path: Path) -> None:
    env = {**os.environ, "LUUTRU_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "scrapy", "crawl", "thst"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == Exit.BAD_CONFIGURATION
    assert LINE in ended.stderr.splitlines()


def test_a_private_site_needs_no_contact_and_sees_the_version_alone(tmp_path: Path) -> None:
    with watched(articles(1), first_address=130) as (server,):
        write_site(tmp_path, "songlam", server.base)
        ended = luutru(tmp_path, "crawl", "songlam", env=NO_CONTACT)
    assert ended.returncode == Exit.OK, ended.stderr
    assert "WARNING" not in log(tmp_path)
    assert {one.user_agent for one in server.requests} == {"luutru/0.1.0"}


def test_the_contact_of_the_file_stands_in_every_request(tmp_path: Path) -> None:
    _write(tmp_path, 'contact = "https://kho.thu-nghiem.internal/luu-tru"\n')
    with watched(articles(1), first_address=131) as (server,):
        write_site(tmp_path, "songlam", server.base)
        luutru(tmp_path, "crawl", "songlam", env=NO_CONTACT)
    assert {one.user_agent for one in server.requests} == {"luutru/0.1.0 (+https://kho.thu-nghiem.internal/luu-tru)"}
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "contact",
    [
        "you@example.org",
        "https://example.com/bot",
        "http://www.Example.NET",
        "me@mail.example",
        "https://archive.invalid/",
        "ai@site.test",
        "http://localhost:8000/",
        "https://192.168.1.7/",
        "https://[::1]/",
    ],
)
def test_nobodys_address_is_no_contact(tmp_path: Path, contact: str) -> None:
    home = _write(tmp_path, f'contact = "{contact}"\n')
    with pytest.raises(ConfigurationError, match="is nobody's address"):
        require_contact(home, [home.profiles.load("thst")])


@pytest.mark.parametrize(
    "contact",
    ["kho@congdoan.vn", "a.b+c@mail.kho-luu-tru.org", "https://kho.vn/", "http://kho.vn:81/a?b=c#d", "https://kho.vn"],
)
def test_web_pages_and_e_mail_addresses_are_contacts(tmp_path: Path, contact: str) -> None:
    home = _write(tmp_path, f'contact = "{contact}"\n')
    require_contact(home, home.profiles.all()[0])
    assert user_agent(read(home)).endswith(f" (+{contact})")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('contact = "Nguyễn Văn A"\n', "contact: expected a web address"),
        ('contact = "www.kho.vn"\n', "contact: expected a web address"),
        ('contact = "ftp://kho.vn/"\n', "contact: expected a web address"),
        ('contact = "a@kho.vn b@kho.vn"\n', "contact: expected a web address"),
        ('contact = "https://kho.vn/)\\r\\nX-Header: 1"\n', "contact: expected a web address"),
        ('contact = "https:///khong-co-may"\n', "contact: expected a web address"),
        ('contact = ""\n', "contact: expected a web address"),
        ("contact = 7\n", "contact: expected a web or e-mail address in quotes"),
        ('kontact = "kho@congdoan.vn"\n', "kontact: no such key; known: contact, leave_out"),
        ("contact = kho@congdoan.vn\n", "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_by_file_and_key(tmp_path: Path, text: str, expected: str) -> None:
    home = _write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read(home)
    assert str(caught.value).startswith(f"{tmp_path / 'luutru.toml'}: ")
    assert expected in str(caught.value)


def test_the_environment_stands_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _write(tmp_path, 'contact = "kho@congdoan.vn"\n')
    monkeypatch.setenv("LUUTRU_CONTACT", "khac@congdoan.vn")
    assert read(home) == Configuration("khac@congdoan.vn")
    monkeypatch.setenv("LUUTRU_CONTACT", "khac")
    with pytest.raises(ConfigurationError, match="LUUTRU_CONTACT in the environment: expected a web address"):
        read(home)


def test_a_mistake_in_the_file_ends_the_command_with_its_exit_code(tmp_path: Path) -> None:
    _write(tmp_path, "contact = 7\n")
    ended = luutru(tmp_path, "crawl", "thst", env=NO_CONTACT)
    assert ended.returncode == Exit.BAD_CONFIGURATION
    assert "Traceback" not in ended.stderr


def test_with_all_a_site_that_may_not_be_asked_does_not_stop_the_others(tmp_path: Path) -> None:
    with watched(articles(3), first_address=133) as (server,):
        write_site(tmp_path, "songlam", server.base)
        checked = luutru(tmp_path, "sites", "check", "--all", env=NO_CONTACT)
        asked = len(server.requests)
        built_in = [name for name in Home(tmp_path).profiles.names() if name != "songlam"]
        _write(tmp_path, f"leave_out = {built_in}\n")
        passed_by = luutru(tmp_path, "sites", "check", "--all", env=NO_CONTACT)
        listed = luutru(tmp_path, "sites", "list", "--json", env=NO_CONTACT).stdout
        planned = luutru(tmp_path, "schedule", "list", "--json", env=NO_CONTACT).stdout
        _write(tmp_path, 'leave_out = ["songlamm"]\n')
        misspelt = luutru(tmp_path, "sites", "check", "--all", env=NO_CONTACT)
    assert checked.returncode == Exit.BAD_CONFIGURATION
    assert asked > 3
    assert LINE in checked.stderr.splitlines()
    assert f"Left out for that: {', '.join(built_in)}" in checked.stderr
    assert "songlam: the profile fits" in checked.stdout
    assert passed_by.returncode == Exit.OK, passed_by.stderr
    assert {one["name"] for one in json.loads(listed) if one["crawled"] == "left out"} == set(built_in)
    assert [one["site"] for one in json.loads(planned)] == ["songlam"]
    assert misspelt.returncode == Exit.BAD_CONFIGURATION
    assert "leave_out: expected names of sites" in misspelt.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'leave_out = "thst"',
            """leave_out: expected a list of names of sites, as in leave_out = ["thst"], not 'thst'""",
        ),
        ("leave_out = [7]", 'leave_out: expected a list of names of sites, as in leave_out = ["thst"], not [7]'),
        (
            "contact = 7",
            'contact: expected a web or e-mail address in quotes, as in contact = "you@example.org", not 7',
        ),
        ("leaveout = []", "leaveout: no such key; known: contact, leave_out"),
    ],
)
def test_a_mistake_in_the_file_names_the_key_and_what_is_expected_there(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(_write(tmp_path, text))
    assert str(caught.value) == f"{tmp_path / 'luutru.toml'}: {said}"


@pytest.mark.parametrize("command", [["crawl", "--all"], ["schedule", "run"], ["sites", "check", "--all"]])
def test_where_every_site_is_left_out_that_is_said(tmp_path: Path, command: list[str]) -> None:
    home = Home(tmp_path)
    _write(tmp_path, f"leave_out = {home.profiles.names()}\n")
    ended = CliRunner().invoke(app, ["--home", str(tmp_path), *command])
    assert isinstance(ended.exception, ConfigurationError)
    assert "luutru.toml: leave_out: it names every site that can be used, so there is nothing to do" in str(
        ended.exception
    )
