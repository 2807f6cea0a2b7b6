"""A site whose CMS nobody knows is learned from some of its pages, and then read as if its layout had been written."""

from __future__ import annotations

from pathlib import Path

from conftest import words_f1
from strangers import real_samples, reread

from crawler.extraction import extract
from crawler.learning import guess_addresses, learn


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
