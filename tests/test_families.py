"""A site of each CMS that we know: every article is found, and what its pages say comes out exactly as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import luutru
from strangers import profile_of

from crawler.demo.command import write_profiles
from crawler.demo.layouts import Visit
from crawler.demo.score import Failure, Table, score
from crawler.demo.server import serve
from crawler.demo.site import DEMO_SITES, replica_names
from crawler.demo.world import World
from crawler.extraction import extract
from crawler.home import Home
from crawler.pages import page_of
from crawler.profiles import load_family
from crawler.urls import SiteAddresses

REPLICAS = [name for name in replica_names() if name not in DEMO_SITES]

RENAMED = {"common-title", "dotnetnuke", "joomla", "liferay", "mediatech-newspaper", "mnv", "onecms", "sharepoint"}
"""Families of which no page was seen: their class names are the builders' of some sites, or ours."""


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
    assert [_in_words(one) for one in table.failures] == []


@pytest.mark.parametrize("name", [name for name in REPLICAS if name in RENAMED])
def test_headline_and_date_are_found_under_a_theme_that_renames_every_class(name: str, tmp_path: Path) -> None:
    world = World(24, 6, sites=(name,))
    layout, base = world.layouts[name], "http://replica.example"
    write_profiles(Home(tmp_path), {name: base})
    profile = Home(tmp_path).profiles.load(name)
    rules = profile.layouts[-1]
    addresses = SiteAddresses(profile, rules)
    visit = Visit(base, world.now, lambda _: 0, {name: base})
    for index in range(world.size):
        url, dating = base + layout.path(index), layout.dating(index)
        body = re.sub(rb'class="[^"]*"', b'class="x"', layout.answer(layout.path(index), visit).body)
        page = page_of(
            profile,
            rules,
            addresses,
            url=url,
            answered=url,
            role="article",
            status=200,
            headers=[("Content-Type", "text/html; charset=utf-8")],
            body=body,
            fetched_at=world.now.isoformat(),
        )
        (draft,) = extract(page).drafts
        assert dating is not None and draft.headline is not None
        assert (draft.headline.raw, draft.published[0].raw) == (layout.site.head(index).headline, dating.raw)


@pytest.mark.parametrize(
    "portlet", ["asset_publisher_web_portlet_AssetPublisherPortlet", "journal_web_News", "blogs_web"]
)
def test_a_further_page_of_any_portlet_of_liferay_keeps_its_number(portlet: str) -> None:
    base = "http://replica.example/"
    addresses = SiteAddresses(profile_of("replica", base), load_family("liferay").layout)
    further = addresses.normalise(f"/web/guest/tin-tuc?_com_liferay_{portlet}_INSTANCE_aB3_cur=4", base) or ""
    assert addresses.section(further) == (f"{base}web/guest/tin-tuc", 4)


def _in_words(failure: Failure) -> str:
    return f"{failure.field} of {failure.url}: expected {failure.expected!r}, got {failure.got!r}"
