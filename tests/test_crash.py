"""After kill -9 at whatever moment nothing is lost, nothing doubled, nothing stuck.

The long form, with a peer beside it, is ``python benchmarks/crash.py``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from kills import RANDOM, Ending, Kill, Ordeal, ending

from crawler.demo.server import serve
from crawler.demo.world import World

ROLL = 15_000
ALONE = ("WARC, half of a record", "start-up, mending", "start-up, adopting")
TOGETHER = (RANDOM, "commit, within", "lease, handed out", "rollover, before the rename")


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Kill], Ending]]:
    """Each kill by its aim, and what the archive holds in the end."""
    world = World(20260302, 10)
    with serve(world) as bases:
        chance = random.Random(7)  # noqa: S311 - a seed is wanted
        killing = Ordeal(tmp_path_factory.mktemp("home"), bases, chance, least=3, most=8)
        assert killing.crawl(list(bases)[:1], ALONE) == []
        killing.roll = ROLL
        assert killing.crawl(list(bases), TOGETHER) == []
        yield {kill.aim: kill for kill in killing.kills}, ending(killing.home, world, bases)


def test_a_killed_crawl_continued_by_the_same_command_holds_every_article_once(
    ordeal: tuple[dict[str, Kill], Ending],
) -> None:
    kills, end = ordeal
    assert len(kills) == len(ALONE) + len(TOGETHER)
    assert end.expected >= 40
    assert end == Ending(end.expected, end.expected, lost=0, doubled=0, stuck=0, faults=[])


def test_after_each_kill_the_database_is_whole_and_every_article_can_be_proved(
    ordeal: tuple[dict[str, Kill], Ending],
) -> None:
    assert [fault for kill in ordeal[0].values() for fault in kill.faults] == []


def test_each_kill_struck_what_it_was_aimed_at(ordeal: tuple[dict[str, Kill], Ending]) -> None:
    left = {aim: kill.remains for aim, kill in ordeal[0].items()}
    torn, mended, closed, *_ = (left[aim] for aim in ALONE)
    assert (torn.open, torn.torn) == (1, 1)
    assert (mended.open, mended.torn, mended.unnoted) == (1, 0, torn.unnoted)  # cut, and not yet given its name
    assert (closed.open, closed.unnoted) == (0, torn.unnoted)
    assert torn.unnoted > 0
    assert left["commit, within"].uncommitted > 0
    assert left["lease, handed out"].leased > 0
    assert left["rollover, before the rename"].largest >= ROLL
    assert all(kill.pages >= 3 for kill in ordeal[0].values() if not kill.aim.startswith("start-up"))
