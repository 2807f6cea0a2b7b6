"""After kill -9 amid a walk from form to form the walk goes on where it was, and nothing is lost or doubled."""

from __future__ import annotations

import random
from pathlib import Path

from kills import Ending, Ordeal, ending

from crawler.demo.server import serve
from crawler.demo.world import World

AIMS = ("lease, handed out", "WARC, half of a record")


def test_a_walk_that_is_killed_goes_on_with_the_state_that_was_kept(tmp_path: Path) -> None:
    world = World(20260302, 10, sites=("webforms",))
    with serve(world) as bases:
        chance = random.Random(7)  # noqa: S311 - a seed is wanted
        killing = Ordeal(tmp_path, bases, chance, least=3, most=6)
        assert killing.crawl(["webforms"], AIMS) == []
        assert [fault for kill in killing.kills for fault in kill.faults] == []
        end = ending(killing.home, world, bases)
        layout = world.layouts["webforms"]
        wanted = sum(layout.pages(one) - 1 for one in layout.site.sections)
        sent = [one for one in bases.recorded("webforms") if one.method == "POST"]
    assert end == Ending(10, 10, lost=0, doubled=0, stuck=0, faults=[])
    assert {one.status for one in sent} == {200}  # the server takes no state but its own
    assert wanted <= len(sent) <= wanted + len(AIMS)
