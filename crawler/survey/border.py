"""From which moment on a site's new layout is the right one, as the archive's own pages show it. Reads archive and WARC
files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from archive.schema import open_read_only
from archive.warc import WarcError, read
from crawler.clock import VIETNAM
from crawler.desk import Desk
from crawler.home import Home
from crawler.profiles import Profile
from crawler.reextract import capture_of
from crawler.survey.choosing import spread
from crawler.survey.readings import Read
from crawler.urls import KnownSites

_AT_A_TIME = 40
_ROUNDS = 4
"""Each round looks at so many pages, more narrowly around the change: 40 pages tell 2 months of an archive of years,
160 the day or the page."""
_CORE = {"headline": 3, "date": 3, "body": 3}
"""What a field weighs that one layout finds and the other does not; all others 1."""


@dataclass(frozen=True, slots=True)
class Border:
    """``valid_from``: from when on the new layout is valid (RFC 3339). ``why``: what shows it, in words. ``later``: how
    many archived article pages were captured from then on, and were read by the layout before."""

    valid_from: str
    why: str
    later: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    capture: int
    url: str
    at: str


def border(home: Home, before: Profile, after: Profile, now: str) -> Border:
    """Where the archived pages change over from the last layout of one profile to that of another.

    Each page is read by both: what one finds and the other does not tells whose page it is.
    :param now: when the first page was fetched that the new layout was made of (RFC 3339).
    """
    db = open_read_only(home.archive)
    try:
        captures = _captures(db, before)
        judged = _Judging(home, db, before, after).judge(captures)
    finally:
        db.close()
    split = _split(judged, len(captures))
    old = [captures[place] for place in judged if judged[place] < 0 and place < split]
    new = [captures[place] for place in judged if judged[place] > 0 and place >= split]
    astray = [captures[place] for place in judged if judged[place] * (1 if place >= split else -1) < 0]
    why = _why(judged, old, new)
    if astray:
        why += f"; {len(astray)} of them contradict that, as {astray[0].url}, captured {_day(astray[0].at)}"
    if split == len(captures):
        return Border(now, why)
    return Border(captures[split].at, why, len(captures) - split)


def _why(judged: Mapping[int, int], old: Sequence[_Place], new: Sequence[_Place]) -> str:
    seen = f"of {len(judged)} archived pages that were looked at"
    if not judged:
        return "the time of this survey: no archived page can be read again, so nothing shows since when it is right"
    if new:
        first = f"the oldest that needs the new rules was captured {_day(new[0].at)}"
        last = f"the newest that needs the old ones {_day(old[-1].at)}" if old else "none needs the old ones"
        return f"{seen}, {first}, {last}"
    if old:
        last = f"the newest that needs the old ones was captured {_day(old[-1].at)}"
        return f"the time of this survey: {seen}, none needs the new rules; {last}"
    return f"the time of this survey: {seen}, old and new rules read each equally well, so nothing shows it better"


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def _captures(db: Database, before: Profile) -> list[_Place]:
    """The article pages that the last layout of the profile reads, in the order of their times."""
    since = before.layouts[-1].valid_from
    first = since.astimezone(VIETNAM).isoformat() if since is not None else ""
    return [_Place(*row) for row in db.execute(_CAPTURES, {"site": before.name, "since": first})]


class _Judging:
    def __init__(self, home: Home, db: Database, before: Profile, after: Profile) -> None:
        self._folder, self._db = home.warc, db
        self._desks = [Desk(one, one.layouts[-1], KnownSites([one], "2100-01-01")) for one in (before, after)]

    def judge(self, captures: Sequence[_Place]) -> dict[int, int]:
        """Of enough pages to find the change, by their places: above 0 where the new layout reads more of the page,
        below it where the old one does."""
        judged: dict[int, int] = {}
        low, high = -1, len(captures)
        for _ in range(_ROUNDS):
            waiting = [place for place in range(low + 1, high) if place not in judged]
            for place in spread(waiting[::-1], _AT_A_TIME):  # the newest among them
                verdict = self._verdict(captures[place].capture)
                if verdict is not None:
                    judged[place] = verdict
            split = _split(judged, len(captures))
            low = max((place for place, one in judged.items() if one < 0 and place < split), default=-1)
            high = min((place for place, one in judged.items() if one > 0 and place >= split), default=len(captures))
        return dict(sorted(judged.items()))

    def _verdict(self, number: int) -> int | None:
        capture = capture_of(next(self._db.query("SELECT * FROM captures WHERE id = ?", [number])))
        assert capture.record is not None
        try:
            stored = read(self._folder, capture.record)
        except (WarcError, OSError):
            return None
        found = []
        for desk in self._desks:
            harvest = desk.read(capture, stored, stored)
            article = harvest.articles[0] if harvest.articles else None
            found.append(Read(capture.url, article).by_rules)
        before, after = found
        return _weight(after - before) - _weight(before - after)


def _weight(fields: frozenset[str]) -> int:
    return sum(_CORE.get(name, 1) for name in fields)


def _split(judged: Mapping[int, int], count: int) -> int:
    """The place from which on the new layout is valid, so that the fewest pages are read by the wrong one; of several
    the last."""
    best, wrong = count, sum(one > 0 for one in judged.values())
    least = wrong
    for place in sorted(judged, reverse=True):
        wrong += (judged[place] < 0) - (judged[place] > 0)
        if wrong < least:
            best, least = place, wrong
    return best


_CAPTURES = """
    SELECT id, url, fetched_at FROM captures
    WHERE site = :site AND role = 'article' AND status = 200 AND warc IS NOT NULL AND refers_to IS NULL
    AND fetched_at >= :since
    ORDER BY fetched_at, id
"""
