"""Mends WARC files that a killed process left: what was not written whole is cut off. Changes files of one folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archive.warcfields import OPEN, belongs
from archive.warcframes import Damage, Frame, frames, may_follow


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of a file: its ``name`` from now on (None: nothing in it was whole, so it is gone), how many bytes
    were cut off its end, and how many whole responses and revisits it holds. ``damaged``: parts that cannot be read;
    they stay where they are, since whole records follow them, or what looks like records stands in them."""

    name: str | None
    cut_bytes: int
    records: int
    damaged: tuple[Damage, ...] = ()


def open_files(folder: Path, site: str) -> list[Path]:
    """The site's files that no process completed, the oldest first. One that is being written is among them: ask only
    while no other process can crawl the site."""
    return sorted(path for path in folder.glob(f"*{OPEN}") if belongs(path.name, site))


def repair(path: Path) -> Repaired:
    """Cut an ``.open`` file at the end of its last whole record, and complete it.

    A request whose response is not there is cut too. Nothing is cut where what looks like a record follows, whether it
    may be believed or not: a torn end has none behind it. May be killed at any moment and done again.

    :raises OSError: it could not be read, cut or renamed; doing it again does the rest.
    """
    final = path.with_name(path.name.removesuffix(OPEN))
    present = path if path.exists() else final
    end, records, damaged = 0, 0, []
    with present.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for frame in frames(file, packed=True):
            if isinstance(frame, Damage):
                damaged.append(frame)
                continue
            if damaged:
                end = max(end, damaged[-1].offset + damaged[-1].length)
            if _is_answer(frame):
                end = frame.offset + frame.length
                records += 1
        if any(may_follow(file, part.offset + 1, packed=True) for part in damaged if part.offset >= end):
            end = size
    if present == final:
        return Repaired(final.name, 0, records, tuple(damaged))
    if end:
        os.truncate(path, end)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.rename(final)
    else:
        path.unlink()
    sync_folder(path.parent)
    kept = tuple(part for part in damaged if part.offset < end)
    return Repaired(final.name if end else None, size - end, records, kept)


def _is_answer(frame: Frame) -> bool:
    return frame.kind in {"response", "revisit"}


def sync_folder(folder: Path) -> None:
    """Return when the names of the folder's files are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
