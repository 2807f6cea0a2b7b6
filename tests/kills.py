"""Crawls that are killed and continued until they end by themselves, and what must hold after each kill and at the end.

The crawls are processes of their own (:mod:`killed`), the replicas are served by this one. Touches one home directory.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from conftest import ROOT, luutru
from killed import is_page, uncommitted_pages
from warcio.checker import Checker

from archive.records import WarcRecord
from archive.schema import open_read_only
from archive.warc import Damage, WarcError, read, walk
from archive.warcframes import frames
from crawler.demo.command import write_profiles
from crawler.demo.score import score
from crawler.demo.server import Replicas
from crawler.demo.world import World
from crawler.home import Home

RANDOM = "any moment"
START_UP = "start-up"
_LONGEST_LIFE = 600.0
_LOOK_EVERY = 0.003


@dataclass(frozen=True, slots=True)
class Remains:
    """What a killed process left: WARC files still ``open``, bytes of the ``largest`` of them, files ``torn`` in a
    record, responses ``unnoted`` in the archive, addresses ``leased``, runs ``unclosed``, and pages of SQLite's
    log behind the last ``uncommitted`` transaction."""

    open: int
    largest: int
    torn: int
    unnoted: int
    leased: int
    unclosed: int
    uncommitted: int


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill. ``crawl``: sites and options of the command; ``pages``: what the server was asked for since the process
    before, robots.txt, pictures and documents left out."""

    aim: str
    crawl: str
    pages: int
    remains: Remains
    faults: list[str]


@dataclass(slots=True)
class Ending:
    """What an archive holds in the end, beside the truth. ``faults`` are further things that do not hold."""

    articles: int
    expected: int
    lost: int
    doubled: int
    stuck: int
    faults: list[str] = field(default_factory=list)


class Ordeal:
    """One home directory and the crawls into it. ``kills`` are those that happened.

    :param least: pages fetched between two kills, at least, ``most`` about; at start-up a process is killed at once.
    :param roll: bytes of a WARC file; may be changed between two crawls.
    """

    def __init__(
        self,
        home: Path,
        bases: Replicas,
        chance: random.Random,
        *,
        least: int,
        most: int,
        roll: int = 100_000,
        tell: Callable[[Kill], None] = lambda _: None,
    ) -> None:
        self.home, self.bases, self.kills = Home(home), bases, list[Kill]()
        self._chance, self._least, self._most, self.roll, self._tell = chance, least, most, roll, tell
        write_profiles(self.home, bases)

    def crawl(self, sites: Sequence[str], aims: Sequence[str], options: Sequence[str] = ()) -> list[str]:
        """Crawl the sites, killed by each aim in turn, and go on with the same command until it ends by itself.

        Returns the aims that were not reached before the end. ``options`` are given once: who goes on with what was
        cut short needs none.

        :raises RuntimeError: the command failed, or did not come to an end.
        """
        left = list(aims)
        crawl, arguments = " ".join((*sites, *options)), [*sites, *options]
        while (count := self._live(arguments, sites, left[0] if left else None)) is not None:
            kill = Kill(left.pop(0), crawl, count, remains(self.home), faults(self.home))
            self.kills.append(kill)
            self._tell(kill)
            arguments = [*sites]
        return left

    def _live(self, arguments: Sequence[str], sites: Sequence[str], aim: str | None) -> int | None:
        """One process. Returns how many pages it asked for before it was killed; None where it was not."""
        before = pages(self.bases, sites)
        after = 0 if aim is None or aim.startswith(START_UP) else self._chance.randint(self._least + 1, self._most)
        note, log = self.home.home / "killed", self.home.home / "command.log"
        note.unlink(missing_ok=True)
        command = [str(ROOT / "tests" / "killed.py"), aim or "nothing", str(after), str(note), str(self.roll)]
        command += ["--home", str(self.home.home), "crawl", *arguments, "--delay", "0.001", "--processes", "1"]
        code = live(command, log, (lambda: pages(self.bases, sites) - before >= after) if aim == RANDOM else None)
        if code == 0:
            return None
        if code != -signal.SIGKILL or not (note.exists() or aim == RANDOM):
            raise RuntimeError(f"{aim}: expected a kill or a good end, not {code}:\n{_tail(log)}")
        return pages(self.bases, sites) - before


def live(command: Sequence[str], log: Path, until: Callable[[], bool] | None) -> int:
    """Run a Python program in a session of its own, until its end or until it is to be killed; returns its code.

    :raises RuntimeError: it does not come to an end.
    """
    ends = time.monotonic() + _LONGEST_LIFE
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=_environment(),
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
        while process.poll() is None:
            late = time.monotonic() > ends
            if late or (until is not None and until()):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if late:
                    raise RuntimeError(f"no end after {_LONGEST_LIFE:.0f} s:\n{_tail(log)}")
            time.sleep(_LOOK_EVERY)
    return process.returncode


def pages(bases: Replicas, sites: Iterable[str]) -> int:
    """The pages that the sites were asked for up to now."""
    return sum(is_page(one.target) for site in sites for one in bases.recorded(site))


def _environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return clean | {"PYTHONPATH": str(ROOT)}


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3000:]


def remains(home: Home) -> Remains:
    """What stands in the home directory of a process that is dead, before anybody else opens it."""
    uncommitted = uncommitted_pages(home.archive.with_name("archive.db-wal"))
    paths = sorted(home.warc.glob("*.warc.gz*"))
    open_files = [path for path in paths if path.suffix == ".open"]
    db = open_read_only(home.archive)
    try:
        noted = {row[0] for row in db.execute("SELECT record_id FROM captures WHERE record_id IS NOT NULL")}
        leased, unclosed = (
            db.execute(sql).fetchone()[0]
            for sql in (
                "SELECT count(*) FROM urls WHERE state = 'leased'",
                "SELECT count(*) FROM runs WHERE finished_at IS NULL",
            )
        )
    finally:
        db.close()
    return Remains(
        open=len(open_files),
        largest=max((path.stat().st_size for path in open_files), default=0),
        torn=sum(_is_torn(path) for path in paths),
        unnoted=sum(one not in noted for path in paths for one in _records(path)),
        leased=leased,
        unclosed=unclosed,
        uncommitted=uncommitted,
    )


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        return any(isinstance(frame, Damage) for frame in frames(file, packed=True))


def _records(path: Path) -> list[str]:
    return [stored.place.record_id for stored in walk(path) if not isinstance(stored, Damage)]


def faults(home: Home) -> list[str]:
    """What must hold whenever a process has died: the database is whole, every article can be proved."""
    db = open_read_only(home.archive)
    try:
        found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        for id, final_url, sha1, *place in db.execute(
            'SELECT a.id, c.final_url, c.payload_sha1, c.warc, c."offset", c.length, c.record_id'
            " FROM articles a LEFT JOIN captures c ON c.id = a.capture"
        ):
            try:
                stored = read(home.warc, WarcRecord(*place))
            except (WarcError, OSError, TypeError) as error:
                found.append(f"{id}: its capture cannot be read: {type(error).__name__}: {error}")
                continue
            if (stored.url, stored.payload_sha1) != (final_url, sha1):
                found.append(f"{id}: expected {final_url} {sha1}, found {stored.url} {stored.payload_sha1}")
        return found
    finally:
        db.close()


def ending(home: Home, world: World, bases: Replicas) -> Ending:
    """Compare the archive with the truth, and look for all that a kill may leave half done."""
    exported = luutru(home.home, "export")
    if exported.returncode:
        raise RuntimeError(f"luutru export ended with {exported.returncode}: {exported.stderr}")
    lines = [json.loads(line) for line in exported.stdout.splitlines()]
    views = {line["url"]: line["view_count"] for line in lines}
    truth = [_as_shown(one, views, bases) for site in bases for one in world.truth(site, bases)]
    table = score(truth, lines)
    db = open_read_only(home.archive)
    try:
        (revisions,) = db.execute("SELECT count(*) FROM revisions").fetchone()
        (stuck,) = db.execute("SELECT count(*) FROM urls WHERE state IN ('pending', 'leased')").fetchone()
        (failed,) = db.execute("SELECT count(*) FROM urls WHERE state IN ('failed', 'gone')").fetchone()
        rows = [row[0] for row in db.execute("SELECT record_id FROM captures WHERE record_id IS NOT NULL")]
        dangling = db.execute(
            "SELECT count(*) FROM captures WHERE refers_to NOT IN"
            " (SELECT record_id FROM captures WHERE record_id IS NOT NULL AND refers_to IS NULL)"
        ).fetchone()[0]
    finally:
        db.close()
    twice = len(lines) - len({line["id"] for line in lines})
    end = Ending(len(lines), table.expected, len(table.lost), table.extra + twice + revisions - len(lines), stuck)
    end.faults += [f"{one.field} of {one.url}: expected {one.expected!r}, got {one.got!r}" for one in table.failures]
    end.faults += [f"{failed} addresses failed or gone"] if failed else []
    end.faults += [f"{dangling} captures refer to a record that holds no body"] if dangling else []
    verified = luutru(home.home, "verify", "--json")
    found = json.loads(verified.stdout)["findings"] if verified.stdout else [verified.stderr]
    end.faults += [f"luutru verify: {one}" for one in found]
    end.faults += [*faults(home), *_warc_faults(home, rows)]
    return end


def _as_shown(true: dict[str, Any], views: Mapping[str, int | None], bases: Replicas) -> dict[str, Any]:
    """The truth with the counter that the replica showed: it rises by one with each visit, the lost ones too."""
    expected, got = true["view_count"], views.get(true["url"])
    if expected is None or got is None:
        return true
    paths = {url.removeprefix(bases[true["site"]]) for url in true["urls"]}
    visits = sum(one.target in paths for one in bases.recorded(true["site"]))
    return true | {"view_count": got} if expected <= got < expected + visits else true


def _warc_faults(home: Home, rows: Sequence[str]) -> Iterator[str]:
    paths = sorted(home.warc.iterdir())
    yield from (f"{path.name} is still open" for path in paths if not path.name.endswith(".warc.gz"))

    if Checker(SimpleNamespace(inputs=[str(path) for path in paths], verbose=False)).process_all() != 0:
        yield "warcio check finds faults: see above"
    records = Counter(one for path in paths for one in _records(path))
    noted = Counter(rows)
    for what, missing in (("record without a row", records - noted), ("row without a record", noted - records)):
        yield from (f"{what}: {one}" for one in missing)


def not_asked(world: World, bases: Replicas, site: str, since: int) -> list[str]:
    """The site's articles whose own address was not asked for after its first ``since`` requests."""
    targets = {one.target for one in bases.recorded(site)[since:]}
    return [one["url"] for one in world.truth(site, bases) if one["url"].removeprefix(bases[site]) not in targets]


def asked_again(bases: Replicas, site: str, since: int = 0) -> int:
    """Of a site's requests after its first ``since``, those for what was asked for among them already."""
    targets = [one.target for one in bases.recorded(site)[since:] if one.target != "/robots.txt"]
    return len(targets) - len(set(targets))
