"""When each site is due, and the loop that crawls what is due: APScheduler in Vietnam's time, one process a crawl.

Reads profiles and the archive's ``runs``; starts ``luutru crawl SITE`` as a child process, so that a crawl that dies
takes nothing else with it.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.clock import VIETNAM
from crawler.profiles import Profile

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
AT_ONCE = 4
"""Crawls that run at the same time: each waits for its site most of the time."""


@dataclass(frozen=True, slots=True)
class Due:
    """One site's turn. ``next`` is None when the site is crawled only by hand; in the past, it is overdue."""

    site: str
    rule: str
    last: datetime | None
    next: datetime | None


def interval(every: str) -> timedelta:
    """``30m``, ``6h``, ``1d`` as a time span."""
    return timedelta(**{_UNITS[every[-1]]: int(every[:-1])})


def due(profile: Profile, last: datetime | None, now: datetime) -> Due:
    """When a site that was last crawled at ``last`` is due; a site never crawled is due now."""
    rule = profile.schedule
    if rule.every is not None:
        return Due(profile.name, f"every {rule.every}", last, last + interval(rule.every) if last else now)
    if rule.at is not None:
        hour, minute = map(int, rule.at.split(":"))
        today = now.astimezone(VIETNAM).replace(hour=hour, minute=minute, second=0, microsecond=0)
        latest_turn = today if today <= now else today - timedelta(days=1)
        missed = last is None or last < latest_turn
        return Due(
            profile.name,
            f"daily at {rule.at}",
            last,
            latest_turn if missed else latest_turn + timedelta(days=1),
        )
    return Due(profile.name, "by hand", last, None)


def run(home: Path, plan: Sequence[tuple[Profile, Due]], crawl_options: Sequence[str] = ()) -> None:
    """Crawl what is due until interrupted. A site never overlaps itself; turns missed while it ran become one."""
    scheduler = BlockingScheduler(
        timezone=VIETNAM,
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for profile, turn in plan:
        if turn.next is None:
            continue
        first = max(turn.next, datetime.now(VIETNAM))
        scheduler.add_job(
            _crawl,
            _trigger(profile),
            args=(home, profile.name, tuple(crawl_options)),
            id=profile.name,
            next_run_time=first,
        )
    try:
        scheduler.start()
    finally:
        scheduler.shutdown(wait=True)  # crawls that run are let to their end: Ctrl-C reaches them too, and ends them


def _trigger(profile: Profile) -> IntervalTrigger | CronTrigger:
    rule = profile.schedule
    if rule.every is not None:
        return IntervalTrigger(seconds=int(interval(rule.every).total_seconds()), timezone=VIETNAM)
    assert rule.at is not None
    hour, minute = rule.at.split(":")
    return CronTrigger(hour=hour, minute=minute, timezone=VIETNAM)


def _crawl(home: Path, site: str, options: tuple[str, ...]) -> None:
    """One crawl as a child process; its tables go into the log, so that several do not draw over each other."""
    # -P: nothing is loaded from the folder it is started in, which may hold modules of the same names.
    command = [sys.executable, "-P", "-m", "crawler.cli", "--home", str(home), "crawl", site, *options]
    log = home / "logs" / f"schedule-{site}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    _say(f"{site}: crawl begins")
    with log.open("a", encoding="utf-8") as output:
        # Our own command, a name from our own profiles.
        ended = subprocess.run(command, check=False, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603
    outcome = "crawled to its end" if ended.returncode == 0 else f"ended with exit code {ended.returncode}, see {log}"
    _say(f"{site}: {outcome}")


def _say(text: str) -> None:
    print(f"{datetime.now(VIETNAM):%Y-%m-%d %H:%M} {text}", file=sys.stderr, flush=True)


def systemd_units(home: Path, plan: Sequence[tuple[Profile, Due]]) -> str:
    """A service template and one timer a site, for ``/etc/systemd/system``: one file under each line that names one."""
    command = f"{_unit_word(sys.executable)} -P -m crawler.cli --home {_unit_word(str(home.resolve()))} crawl %i"
    parts = [
        "# luutru-crawl@.service\n[Unit]\nDescription=Crawl %i into the archive\n\n"
        f"[Service]\nType=oneshot\nExecStart={command}\n"
    ]
    for profile, turn in plan:
        if turn.next is None:
            continue
        rule = profile.schedule
        if rule.at is not None:
            when = f"OnCalendar=*-*-* {rule.at}:00 Asia/Ho_Chi_Minh\nPersistent=true"
        else:
            assert rule.every is not None
            seconds = int(interval(rule.every).total_seconds())
            when = f"OnBootSec=5min\nOnUnitActiveSec={seconds}s"
        parts.append(
            f"# luutru-crawl-{profile.name}.timer\n[Unit]\nDescription=Crawl {profile.name}, {turn.rule}\n\n"
            f"[Timer]\nUnit=luutru-crawl@{profile.name}.service\n{when}\n\n[Install]\nWantedBy=timers.target\n"
        )
    return "\n".join(parts)


def _unit_word(text: str) -> str:
    """As systemd wants a word of a command line: quoted, with its own signs doubled."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$") + '"'


def cron_lines(home: Path, plan: Sequence[tuple[Profile, Due]]) -> str:
    """Lines for a crontab, one a site. Cron counts from midnight: an interval that does not divide the hour or the day
    becomes the next shorter one that does, and a comment says so. Cron begins a turn even while the last one is under
    way, so that none waits for the other: ``--no-wait``."""
    lines = ["CRON_TZ=Asia/Ho_Chi_Minh"]
    for profile, turn in plan:
        if turn.next is None:
            continue
        when, note = _cron_time(profile)
        lines += [f"# {profile.name}: {note}"] if note else []
        words = (
            sys.executable,
            "-P",
            "-m",
            "crawler.cli",
            "--home",
            str(home.resolve()),
            "crawl",
            "--no-wait",
            profile.name,
        )
        lines.append(f"{when} {shlex.join(words)}".replace("%", r"\%"))  # cron takes a bare % for a new line
    return "\n".join(lines) + "\n"


def _cron_time(profile: Profile) -> tuple[str, str | None]:
    rule = profile.schedule
    if rule.at is not None:
        hour, minute = map(int, rule.at.split(":"))
        return f"{minute} {hour} * * *", None
    assert rule.every is not None
    wanted = int(interval(rule.every).total_seconds()) // 60
    minute = sum(profile.name.encode()) % 60  # not all sites at the full hour
    if wanted < 60:
        step = max(n for n in _DIVISORS_OF_AN_HOUR if n <= wanted)
        when = f"*/{step} * * * *"
    elif wanted < 24 * 60:
        hours = max(n for n in _DIVISORS_OF_A_DAY if n <= wanted // 60)
        step, when = hours * 60, f"{minute} */{hours} * * *"
    else:
        step, when = 24 * 60, f"{minute} 0 * * *"
    return (
        when,
        None if step == wanted else f"cron has no 'every {rule.every}'; the next shorter interval instead",
    )


_DIVISORS_OF_AN_HOUR = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
_DIVISORS_OF_A_DAY = (1, 2, 3, 4, 6, 8, 12)
