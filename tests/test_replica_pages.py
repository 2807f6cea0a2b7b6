"""The replicas' article pages, read without a crawl, give what the replicas' own truth says, field by field."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import Any

import msgspec
import pytest

from crawler.demo.layouts import Visit
from crawler.demo.world import World
from crawler.extraction import extract
from crawler.items import Draft, Page
from crawler.profiles import Profiles
from crawler.urls import SiteAddresses

WORLD = World(11, 60)
BASES = {name: f"http://127.0.0.{number}:8000" for number, name in enumerate(WORLD.sites, 2)}


def read_site(name: str, world: World = WORLD) -> list[tuple[dict[str, Any], Draft]]:
    """Each article of a replica: its truth, and what its page was read as."""
    base, layout = BASES[name], world.layouts[name]
    profile = msgspec.structs.replace(Profiles().load(name), base=f"{base}/")
    truths = defaultdict(list)
    for true in world.truth(name, BASES):
        truths[true["url"]].append(true)
    found = []
    for url, expected in truths.items():
        answer = layout.answer(url.removeprefix(base), Visit(base, world.now, lambda _: 0, BASES))
        fetched = world.now.isoformat()
        page = Page(
            url, url, "article", answer.status, answer.body, "text/html", "utf-8", fetched, profile, profile.layouts[0]
        )
        drafts = extract(page).drafts
        assert len(drafts) == len(expected), url
        found += zip(expected, drafts, strict=True)
    return found


def as_truth(name: str, draft: Draft) -> dict[str, Any]:
    """A draft in the truth's terms: strings as printed, addresses normalised, days of dates."""
    profile = msgspec.structs.replace(Profiles().load(name), base=f"{BASES[name]}/")
    addresses = SiteAddresses(profile, profile.layouts[0])
    return {
        "headline": draft.headline and draft.headline.raw,
        "description": draft.sapo and draft.sapo.raw,
        "body": "\n\n".join(draft.body),
        "byline": draft.bylines[0].raw if draft.bylines else None,
        "section": draft.section,
        "keywords": draft.keywords,
        "view_count": int(re.sub(r"\D", "", draft.view_count.raw)) if draft.view_count else None,
        "images": [(one.url, one.caption, one.width, one.height) for one in draft.images],
        "attachments": [(one.url, one.title) for one in draft.attachments],
        "media": [(one.url, one.kind) for one in draft.media],
        "related": [
            (link.url and addresses.normalise(link.url), link.title, link.relation, _day(link.date_raw))
            for link in draft.links
        ],
        "rights": draft.rights and draft.rights.raw,
        "kind": draft.kind,
        "date_published_raw": draft.published[0].raw if draft.published else None,
    }


def expected_of(true: dict[str, Any]) -> dict[str, Any]:
    """The truth, as far as the page itself proves it."""
    return {
        **{name: true[name] for name in ("headline", "description", "byline", "section", "keywords", "view_count")},
        "body": unicodedata.normalize("NFC", true["body"]),
        "images": [(one["url"], one["caption"], one["width"], one["height"]) for one in true["images"]],
        "attachments": [(one["url"], one["title"]) for one in true["attachments"]],
        "media": [(one["url"], one["kind"]) for one in true["media"]],
        "related": [
            (one["url"], one["title"], one["relation"], one["date"] and one["date"][:10]) for one in true["related"]
        ],
        "rights": true["rights"],
        "kind": true["kind"],
        "date_published_raw": true["date_published_raw"] if true["date_evidence"] == "page" else None,
    }


def _day(printed: str | None) -> str | None:
    return "-".join(reversed(re.split(r"[/-]", printed))) if printed else None


@pytest.mark.parametrize("name", list(WORLD.sites))
def test_every_article_of_a_replica_is_read_as_its_truth_says(name: str) -> None:
    for true, draft in read_site(name):
        assert as_truth(name, draft) == expected_of(true), true["url"]


def test_trafilatura_and_the_containers_agree_on_every_replica_page() -> None:
    notes = [note for name in WORLD.sites for _, draft in read_site(name) for note in draft.notes]
    assert notes == []


def test_a_heading_in_the_text_of_the_rank_of_a_title_is_no_second_article() -> None:
    name, world = "congdoan-soctrang", World(11, 60, traps=True)
    for true, draft in read_site(name, world):
        assert as_truth(name, draft) == expected_of(true), true["url"]
    layout = world.layouts[name]
    pages = [layout.answer(layout.path(at), Visit(BASES[name], world.now, lambda _: 0, BASES)) for at in range(60)]
    assert any(b'<h2 style="text-align: justify;">' in page.body for page in pages)
