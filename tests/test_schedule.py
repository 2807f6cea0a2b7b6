"""When a site is due, and what the scheduler, systemd and cron are told."""

from __future__ import annotations

import os
import shlex
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which

import pytest
from conftest import ROOT, luutru
from test_urls import SITE

from archive.schema import open_archive
from crawler import schedule
from crawler.clock import VIETNAM
from crawler.profiles import Profile, ProfileError, Profiles

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=VIETNAM)


def _profile(home: Path, rule: str, name: str = "songlam") -> Profile:
    (home / "sites").mkdir(exist_ok=True)
    (home / "sites" / f"{name}.toml").write_text(SITE + f"\n[schedule]\n{rule}\n", encoding="utf-8")
    return Profiles(home).load(name)


def test_a_site_never_crawled_is_due_now(tmp_path: Path) -> None:
    assert schedule.due(_profile(tmp_path, 'every = "6h"'), None, NOW).next == NOW


def test_an_interval_counts_from_the_last_crawl(tmp_path: Path) -> None:
    turn = schedule.due(_profile(tmp_path, 'every = "6h"'), NOW - timedelta(hours=2), NOW)
    assert turn.next == NOW + timedelta(hours=4)


def test_a_daily_turn_that_was_missed_is_due_and_one_that_was_kept_is_not(tmp_path: Path) -> None:
    profile = _profile(tmp_path, 'at = "06:30"')
    half_past_six = NOW.replace(hour=6, minute=30)
    assert schedule.due(profile, NOW - timedelta(days=1), NOW).next == half_past_six
    assert schedule.due(profile, NOW - timedelta(minutes=20), NOW).next == half_past_six + timedelta(days=1)


def test_a_site_without_a_schedule_is_crawled_only_by_hand(tmp_path: Path) -> None:
    assert schedule.due(_profile(tmp_path, ""), None, NOW).next is None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('at = "06:05"', "5 6 * * *"),
        ('every = "15m"', "*/15 * * * *"),
        ('every = "6h"', " */6 * * *"),
        ('every = "7h"', " */6 * * *"),
        ('every = "90m"', " */1 * * *"),
        ('every = "2d"', " 0 * * *"),
    ],
)
def test_cron_crawls_at_least_as_often_as_the_profile_says(tmp_path: Path, rule: str, expected: str) -> None:
    profile = _profile(tmp_path, rule)
    lines = schedule.cron_lines(tmp_path, [(profile, schedule.due(profile, None, NOW))]).splitlines()
    assert expected in lines[-1]
    assert ("shorter" in lines[-2]) == (rule in {'every = "7h"', 'every = "90m"', 'every = "2d"'})


def test_what_is_scheduled_loads_nothing_from_the_folder_it_is_started_in(tmp_path: Path) -> None:
    profile = _profile(tmp_path, 'at = "06:30"')
    plan = [(profile, schedule.due(profile, None, NOW))]
    [printed] = [line for line in schedule.cron_lines(tmp_path, plan).splitlines() if "crawler.cli" in line]
    decoy = tmp_path / "crawler"
    decoy.mkdir()
    (decoy / "__init__.py").write_text("raise SystemExit('a module of another')", encoding="utf-8")
    command = [*shlex.split(printed.split(" ", 5)[5])[:4], "--version"]
    for started in (command, [one for one in command if one != "-P"]):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment["PYTHONPATH"] = str(ROOT)
        ended = subprocess.run(started, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ("a module of another" in ended.stderr) == ("-P" not in started), ended.stderr


def test_systemd_units_are_understood_by_systemd(tmp_path: Path) -> None:
    profile = _profile(tmp_path, 'at = "06:30"')
    units = schedule.systemd_units(tmp_path, [(profile, schedule.due(profile, None, NOW))])
    assert "OnCalendar=*-*-* 06:30:00 Asia/Ho_Chi_Minh" in units
    if which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "calendar", "*-*-* 06:30:00 Asia/Ho_Chi_Minh"],
            capture_output=True,
            check=False,
        )
        assert checked.returncode == 0


@pytest.mark.parametrize("rule", ['every = "6 hours"', 'every = "0h"', 'at = "25:00"', 'at = "06:00"\nevery = "1d"'])
def test_a_schedule_nobody_can_keep_is_refused_with_its_key(tmp_path: Path, rule: str) -> None:
    with pytest.raises(ProfileError, match=r"songlam\.toml: schedule: "):
        _profile(tmp_path, rule)


def test_list_shows_the_last_crawl_and_what_is_due(tmp_path: Path) -> None:
    _profile(tmp_path, 'every = "6h"')
    db = open_archive(tmp_path / "archive.db")
    db.table("runs").insert_all(
        [
            {"site": "songlam", "started_at": "2020-01-01T06:00:00+07:00", "reason": "finished"},
            {"site": "songlam", "started_at": "2025-01-01T06:00:00+07:00", "reason": "shutdown"},
        ]
    )
    db.close()
    shown = luutru(tmp_path, "schedule", "list").stdout
    row = next(line for line in shown.splitlines() if "songlam" in line)
    assert "every 6h" in row
    assert "2020-01-01 06:00" in row
    assert "due now" in row


def test_an_overlay_may_change_an_interval_into_a_time_of_day(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "thst.toml").write_text('extends = "thst"\n[schedule]\nat = "06:30"\n', encoding="utf-8")
    rule = Profiles(tmp_path).load("thst").schedule
    assert (rule.at, rule.every) == ("06:30", None)


def test_paths_with_spaces_and_percent_signs_survive_cron_and_systemd(tmp_path: Path) -> None:
    home = tmp_path / "h p 100%"
    home.mkdir()
    profile = _profile(home, 'at = "06:30"')
    plan = [(profile, schedule.due(profile, None, NOW))]
    assert f"--home '{home}' crawl".replace("%", r"\%") in schedule.cron_lines(home, plan)
    assert f'--home "{home}" crawl %i'.replace("100%", "100%%") in schedule.systemd_units(home, plan)
