"""A site of each CMS that we know: every article is found, and what its pages say comes out exactly as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import luutru

from crawler.demo.command import write_profiles
from crawler.demo.score import Failure, Table, score
from crawler.demo.server import serve
from crawler.demo.site import DEMO_SITES, replica_names
from crawler.demo.world import World
from crawler.home import Home

REPLICAS = [name for name in replica_names() if name not in DEMO_SITES]

KNOWN: dict[str, dict[str, float]] = {}
"""By replica: the share of articles in which a field must come out right, where that is not all of them."""


def _crawled(name: str, folder: Path) -> Table:
    world = World(23, 12, sites=(name,))
    with serve(world) as bases:
        write_profiles(Home(folder), bases)
        ended = luutru(folder, "crawl", name)
        assert ended.returncode == 0, ended.stderr
        exported = luutru(folder, "export").stdout
        return score(world.truth(name, bases), map(json.loads, exported.splitlines()))


@pytest.mark.parametrize("name", REPLICAS)
def test_a_site_of_a_known_cms_is_archived_as_it_is(name: str, tmp_path: Path) -> None:
    table = _crawled(name, tmp_path)
    assert (table.found, table.lost, table.surplus) == (12, [], [])
    wrong = {field for field, one in table.fields.items() if one.share < KNOWN.get(name, {}).get(field, 1.0)}
    assert [_in_words(one) for one in table.failures if one.field in wrong] == []


def _in_words(failure: Failure) -> str:
    return f"{failure.field} of {failure.url}: expected {failure.expected!r}, got {failure.got!r}"
