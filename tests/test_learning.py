"""A site whose CMS nobody knows is learned from some of its pages, and then read as if its layout had been written."""

from __future__ import annotations

from pathlib import Path

from conftest import words_f1
from strangers import profile_of, real_samples, reread, sample

from archive.records import Role
from crawler.clock import VIETNAM
from crawler.demo.layouts import Visit
from crawler.demo.world import World
from crawler.extraction import extract
from crawler.learning import Sample, guess_addresses, learn
from crawler.pages import read_page
from crawler.urls import SiteAddresses


def test_pages_of_a_real_cms_are_read_by_what_was_learned_from_them(real_pages: Path) -> None:
    articles, listings, truth = real_samples(real_pages)
    by_url = {true["url"]: true for true in truth}
    urls = guess_addresses("http://ldld.songlam.example/", listings).urls
    learned = learn(articles, listings, urls)
    for one in articles:
        true = by_url[one.page.url]
        draft = extract(reread(one, learned)).drafts[0]
        assert draft.headline is not None
        assert draft.headline.raw == true["title"]
        assert words_f1(true["body"], "\n".join(draft.body)) > 0.97, one.page.url


def test_a_pager_that_posts_back_is_learned_with_the_listing_and_a_calendar_is_not_taken_for_one() -> None:
    world = World(31, 24, sites=("webforms",))
    layout, base = world.layouts["webforms"], "http://congdoan.songlam.example"
    visit = Visit(base, layout.site.now.astimezone(VIETNAM), lambda _: 0, {"webforms": base})
    profile = profile_of("songlam", base + "/")

    def fetched(path: str, role: Role) -> Sample:
        return sample(profile, base + path, layout.answer(path, visit).body, role, "2024-11-20T10:00:00+07:00")

    articles = [fetched(layout.path(index), "article") for index in range(6)]
    home, section = fetched("/", "listing"), fetched("/DanhMuc.aspx?cat=3", "listing")
    guess = guess_addresses(base + "/", [home, section])
    assert not any("no pager was found" in doubt for doubt in guess.doubts)
    page = reread(section, learn(articles, [home, section], guess.urls))
    read_page(page, SiteAddresses(page.profile, page.layout))
    assert [(one.page, one.section) for one in page.posts] == [(2, section.page.url)]
    assert "listing" not in learn(articles, [home], guess.urls).layout
