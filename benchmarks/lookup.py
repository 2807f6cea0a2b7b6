"""What looking one new article up costs in archives of two sizes. Touches the databases that it makes in a folder.

Stories and the prints of one form are stored as a crawl stores them; the rest of the archive are made-up signatures,
put into the tables at once, of which so many share values as :data:`FAMILIES` says.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np
import numpy.typing as npt
from forms import fill_in
from rapidfuzz.distance import Indel
from rich.table import Table
from sqlite_utils import Database
from stories import SITE, Story, add, stories

from archive.alignment import words_of
from archive.duplicates import Judge, find_by_text
from archive.likeness import band_values
from archive.signatures import newest, settle, to_compare
from archive.store import Archive

SEED = 21
STORIES = 500
FORM = "dai_hoi"
"""One whose headline does not tell its prints apart, so that all are laid side by side."""

EACH = 40
"""Articles of every kind that are looked up."""

FAMILIES = ((0.35, 1, 0.0), (0.30, 13_000, 0.2), (0.20, 5_000, 0.8), (0.10, 300, 0.8), (0.05, 3, 0.85))
"""Share of the archive, texts of a family, and share of the signature that each has from its family: texts of their
own, articles with the same lines under them, forms, and reprints."""

_VALUES = 126
_AT_ONCE = 100_000

Edit = Callable[[Story, list[str], random.Random], Story]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked up for one article: milliseconds by the clock and of this process, texts it was compared with,
    and whether its copy was found (where it is none: any)."""

    clock: float
    process: float
    compared: int
    found: bool


def look_up_in(folder: Path, sizes: Sequence[int], prints: int, edit: Edit) -> Table:
    """Look up copies of stories, copies of a form's prints, and further prints of it, in one archive of each size.

    Each article is looked up in all archives before the next, so that what else the machine does slows all alike.
    """
    with ExitStack() as stack:
        archives = [stack.enter_context(Archive(folder / f"{size}.db")) for size in sizes]
        for archive, size in zip(archives, sizes, strict=True):
            build(archive, size, prints)
        looked: dict[tuple[str, int], list[Looked]] = {}
        for number, (kind, story, of) in enumerate(_articles(archives[0], prints, edit)):
            for archive, size in zip(archives, sizes, strict=True):
                looked.setdefault((kind, size), []).append(_look_up_one(archive, f"{SITE}-n{number}", story, of))
    table = Table("looked up", "articles", "compared", "ms", "95 %", "CPU ms", "found", title="One article looked up")
    table.caption = f"Medians of {EACH}; {prints:,} articles of each archive are prints of one form"
    for (kind, size), some in sorted(looked.items()):
        clock = sorted(one.clock for one in some)
        table.add_row(
            kind,
            f"{size:,}",
            str(statistics.median_low(one.compared for one in some)),
            f"{statistics.median(clock):.1f}",
            f"{clock[-len(clock) // 20]:.1f}",
            f"{statistics.median(one.process for one in some):.1f}",
            f"{sum(one.found for one in some)} of {len(some)}",
        )
    return table


def build(archive: Archive, size: int, prints: int) -> None:
    """Fill an archive: all its texts have been compared."""
    dice = random.Random(SEED)  # noqa: S311 - a seed, not a secret
    add(archive, [(f"{SITE}-s{at}", story) for at, story in enumerate(stories(STORIES))])
    add(archive, [(f"{SITE}-f{at}", Story.of(fill_in(FORM, dice))) for at in range(prints)])
    with archive.transaction():
        settle(archive.db, [row[0] for row in archive.db.execute("SELECT article FROM signatures").fetchall()])
    _make_up(archive.db, size - STORIES - prints)


def _articles(archive: Archive, prints: int, edit: Edit) -> Iterator[tuple[str, Story, str | None]]:
    """What is looked up: the kind, the text, and what it is a copy of."""
    dice = random.Random(SEED + 1)  # noqa: S311 - a seed, not a secret
    told = stories(STORIES)
    for _ in range(EACH):
        story, notice = dice.randrange(STORIES), dice.randrange(prints)
        row = archive.db.execute("SELECT headline, body FROM articles WHERE id = ?", [f"{SITE}-f{notice}"]).fetchone()
        others = dice.choice(told).body.split()
        yield "a copy of a story", edit(told[story], others, dice), f"{SITE}-s{story}"
        yield "a copy of a print", edit(Story(*row), others, dice), f"{SITE}-f{notice}"
        yield "another print", Story.of(fill_in(FORM, dice)), None


def _look_up_one(archive: Archive, id: str, story: Story, of: str | None) -> Looked:
    add(archive, [(id, story)])
    words_of.cache_clear()
    began, used = time.perf_counter(), time.process_time()
    found, judge = find_by_text(archive.db, to_compare(archive.db, newest(archive.db))), Judge(archive.db)
    judge.judge(found)
    pairs = judge.outcome(found).changed
    clock, process = time.perf_counter() - began, time.process_time() - used
    with archive.transaction():
        settle(archive.db, [id])
    right = any(id in pair and (of is None or of in pair) for pair in pairs)
    return Looked(clock * 1e3, process * 1e3, len(found.cases), right)


def _make_up(db: Database, count: int) -> None:
    """Signatures of so many texts, as if they had been stored and compared."""
    db.execute("PRAGMA journal_mode=OFF")
    bands: list[npt.NDArray[np.int64]] = []
    made, before = 0, db.table("signatures").count
    for sort, (share, family, kept) in enumerate(FAMILIES):
        for at in range(0, texts := round(share * count), _AT_ONCE):
            values = _values(np.arange(at, min(at + _AT_ONCE, texts)) // family, kept, sort, at)
            bands.append(band_values(values))
            db.conn.executemany(
                "INSERT INTO signatures (article, digest, minhash, shingles, compared) VALUES (?, ?, ?, ?, ?)",
                (
                    (_id(number), f"{number:032}", row.tobytes(), 200, before + count)
                    for number, row in enumerate(values, made)
                ),
            )
            made += len(values)
    for band, hashes in enumerate(np.concatenate(bands).T):
        order = np.argsort(hashes, kind="stable")
        rows = zip(repeat(band), hashes[order].tolist(), (order + before + 1).tolist(), strict=False)
        db.conn.executemany("INSERT INTO bands (band, hash, number) VALUES (?, ?, ?)", rows)
    db.conn.commit()
    db.execute("PRAGMA journal_mode=WAL")


def _id(number: int) -> str:
    return f"congdoan-songhong-{number:07}"


def _values(families: npt.NDArray[np.int64], kept: float, *seed: int) -> npt.NDArray[np.uint32]:
    """The MinHash values of texts, of each of which the number of its family is given."""
    chance = np.random.default_rng([SEED, *seed])
    values = chance.integers(0, 2**32, size=(len(families), _VALUES), dtype=np.uint32)
    numbers, place = np.unique(families, return_inverse=True)
    common = np.stack(
        [
            np.random.default_rng([SEED, seed[0], number]).integers(0, 2**32, _VALUES, np.uint32)
            for number in numbers.tolist()
        ]
    )
    return np.where(chance.random(values.shape, dtype=np.float32) < kept, common[place], values)


def aligners() -> Table:
    """How long two ways to lay two texts side by side take, for an article and for ten in a row."""
    table = Table("words of each text", "rapidfuzz Indel ms", "difflib ms", title="Laying two texts side by side")
    told = stories(20)
    for many in (1, 10):
        texts = [words_of("\n".join(story.body for story in some)).keys for some in (told[:many], told[10 : 10 + many])]
        table.add_row(
            " and ".join(str(len(words)) for words in texts),
            f"{_milliseconds(partial(Indel.opcodes, *texts)):.3f}",
            f"{_milliseconds(partial(_by_difflib, *texts)):.3f}",
        )
    return table


def _by_difflib(one: Sequence[str], other: Sequence[str]) -> object:
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()


def _milliseconds(action: Callable[[], object]) -> float:
    times = []
    for _ in range(50):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)
