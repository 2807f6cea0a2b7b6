"""A site's pages show which CMS made them, or that it is none we know."""

from __future__ import annotations

import pytest
from pages import page

from crawler.clock import VIETNAM
from crawler.demo.layouts import Visit
from crawler.demo.site import facts_of, replica_names
from crawler.demo.world import World
from crawler.extraction.document import parse
from crawler.fingerprints import Print, recognise
from crawler.profiles import Profiles, family_names, load_family

FAMILIES = {name: load_family(name) for name in family_names()}
OF_NO_CMS = {"thst", "congdoan-soctrang"}


def _print(markup: bytes) -> Print:
    return Print([("Content-Type", "text/html")], parse(page(markup)), "replica.example")


def _family(name: str) -> str:
    return facts_of(name).profile.get("family") or Profiles().load(name).family


@pytest.mark.parametrize("name", replica_names())
def test_a_replica_is_recognised_by_its_home_page_and_two_articles(name: str) -> None:
    layout = World(5, 30, sites=(name,)).layouts[name]
    now = layout.site.now.astimezone(VIETNAM)
    visit = Visit("http://replica.example", now, lambda _: 0, {name: "http://replica.example"})
    answers = [layout.answer(target, visit) for target in ("/", layout.path(3), layout.path(20))]
    found = recognise([_print(answer.body) for answer in answers if answer.status == 200], FAMILIES)
    assert [match.family for match in found[:1]] == ([] if name in OF_NO_CMS else [_family(name)])


def test_a_page_that_only_mentions_a_cms_is_not_taken_for_it() -> None:
    markup = "<html><body><h1>Tập huấn NukeViet cho cán bộ công đoàn</h1><p>WordPress, Joomla.</p></body></html>"
    assert recognise([_print(markup.encode())], FAMILIES) == []


def test_links_to_sites_of_other_builders_say_nothing_of_the_own() -> None:
    joomla, liferay = "/index.php?option=com_content&view=article&id=7", "/-/asset_publisher/ab12/content/tin-moi"
    links = f'<a href="http://so-noi-vu.example{joomla}">Sở Nội vụ</a><area href="//tong.example{liferay}">'
    own = f'<a href="http://www.replica.example{joomla}">Tin mới</a>'
    generator = '<meta name="generator" content="NukeViet v4.5">'
    assert recognise([_print(f"<html><body>{links}</body></html>".encode())], FAMILIES) == []
    assert [one.family for one in recognise([_print((generator + links).encode())], FAMILIES)] == ["nukeviet"]
    assert [one.family for one in recognise([_print((own + links).encode())], FAMILIES)] == ["joomla"]


@pytest.mark.parametrize("code", ["tbtv", "btbv2", "lstv", "nbtv"])
def test_a_logo_alone_tells_mediatech_whatever_the_sites_code(code: str) -> None:
    markup = f'<html><body><img src="/templates/frontend/{code}/Assets/img/logo.png"><p>Tin mới</p></body></html>'
    assert [match.family for match in recognise([_print(markup.encode())], FAMILIES)] == ["mediatech"]
