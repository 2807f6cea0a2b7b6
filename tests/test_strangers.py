"""The random sites of tests/unseen: that their pages show what their truth says, and nothing is missing."""

from __future__ import annotations

import unicodedata
import urllib.request
from typing import Any
from urllib.parse import urldefrag, urljoin

import lxml.html
import pytest
from trials import Trial, judge
from unseen import Site, make_site, serve
from unseen.site import NOWHERE

from archive.vietnamese import fold

SEED = 20250620
NUMBERS = range(8)


@pytest.fixture(scope="module", params=NUMBERS)
def site(request: pytest.FixtureRequest) -> Site:
    return make_site(SEED, request.param, 14)


def _document(site: Site, path: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(site.answer(path).body.decode(), base_url=NOWHERE + path)


def _text(document: lxml.html.HtmlElement) -> str:
    for hidden in document.xpath("//script | //style"):
        hidden.drop_tree()
    return " ".join(document.text_content().split())


def _links(document: lxml.html.HtmlElement, at: str) -> set[str]:
    """The site's own addresses that a page links to, as a browser resolves them."""
    base = urljoin(NOWHERE + at, next(iter(document.xpath("//base/@href")), ""))
    found = {urldefrag(urljoin(base, link)).url for link in document.xpath("//a/@href | //img/@src | //link/@href")}
    return {link.removeprefix(NOWHERE) or "/" for link in found if link.startswith(NOWHERE)}


def test_the_same_seed_and_number_make_the_same_site(site: Site) -> None:
    again = make_site(SEED, int(site.name.removeprefix("stranger")), 14)
    assert again.truth() == site.truth()
    assert [again.answer(path) for path in again.paths()] == [site.answer(path) for path in site.paths()]


def test_another_seed_makes_another_site() -> None:
    here, there = make_site(SEED, 3, 14), make_site(SEED + 1, 3, 14)
    assert here.design != there.design
    assert not {one["headline"] for one in here.truth()} & {one["headline"] for one in there.truth()}


def test_a_small_site_has_the_layout_of_the_large_one() -> None:
    assert make_site(SEED, 5, 14).design == make_site(SEED, 5, 40).design


def test_no_two_sites_have_the_same_layout_or_the_same_text() -> None:
    sites = [make_site(SEED, number, 14) for number in NUMBERS]
    looks = [(one.design.skeleton, one.design.naming, one.design.headline_tag, one.design.date_form) for one in sites]
    assert len(set(looks)) == len(sites)
    bodies = [true["body"] for one in sites for true in one.truth()]
    assert len(set(bodies)) == len(bodies)


def test_a_page_prints_what_the_truth_says(site: Site) -> None:
    for true in site.truth():
        path = true["url"].removeprefix(NOWHERE)
        text = _text(_document(site, path))
        said = [true["headline"], *true["body"].split("\n\n")]
        said += [true["description"] or "", *(true["section"] or ()), *(true["keywords"] or ())]
        said += [image["caption"] or "" for image in true["images"]]
        said += [true["source"]["name"]] if true["source"] else []
        said += [one["title"] for one in true["attachments"] + true["related"]]
        assert [one for one in said if " ".join(one.split()) not in text] == []
        for author in true["authors"]:
            assert fold(author["name"] or author["unit"] or "CTV") in fold(text)


def test_a_page_links_to_what_the_truth_says(site: Site) -> None:
    for true in site.truth():
        path = true["url"].removeprefix(NOWHERE)
        expected = {one["url"].removeprefix(NOWHERE) for one in true["images"] + true["attachments"] + true["related"]}
        assert expected <= _links(_document(site, path), path)


def test_each_printed_date_is_that_of_the_truth(site: Site) -> None:
    for true in site.truth():
        text = fold(_text(_document(site, true["url"].removeprefix(NOWHERE))))
        year, month, day = true["date_published"][:10].split("-")
        forms = [f"{day}{joint}{month}{joint}{year}" for joint in "/-."] + [f"{year}-{month}-{day}"]
        forms += [f"{int(day)}/{int(month)}/{year}", f"{int(day)} thang {int(month)} nam {year}"]
        forms += [f"{day} thang {month} nam {year}", f"{day} thang {int(month)} {year}"]
        forms += [f"{int(day)} thang {int(month)}, {year}"]
        assert any(form in text for form in forms)


def test_every_link_of_the_site_leads_to_a_page(site: Site) -> None:
    dead = set()
    for path in site.paths():
        answer = site.answer(path)
        assert answer.status == 200
        if answer.media_type.startswith("text/html"):
            links = _links(lxml.html.document_fromstring(answer.body.decode()), path)
            dead |= {link for link in links if site.answer(link).status != 200}
    assert dead == set()
    assert site.answer("/khong-co-trang-nay").status == 404


def test_every_article_is_reached_from_the_home_page_by_listings_alone(site: Site) -> None:
    articles = {true["url"].removeprefix(NOWHERE) for true in site.truth()}
    seen, waiting = {"/"}, ["/"]
    while waiting:
        at = waiting.pop()
        answer = site.answer(at)
        if at in articles or not answer.media_type.startswith("text/html"):
            continue
        new = _links(lxml.html.document_fromstring(answer.body.decode()), at) - seen
        seen |= new
        waiting += new
    assert articles <= seen


def test_all_text_is_composed_vietnamese_with_every_slot_filled(site: Site) -> None:
    for true in site.truth():
        text = " ".join((true["headline"], true["description"] or "", true["body"]))
        assert unicodedata.is_normalized("NFC", text)
        assert not set("{}<>&") & set(text)
        assert text.count("“") == text.count("”")


def test_a_served_site_answers_at_its_own_address(site: Site) -> None:
    with serve(site) as served:
        address = served.truth()[0]["url"]
        assert address.startswith(served.base)
        with urllib.request.urlopen(address) as response:
            assert response.read() == site.answer(address.removeprefix(served.base), served.base).body
        assert served.asked == [address.removeprefix(served.base)]


def _judged(exported: list[dict[str, Any]], truth: list[dict[str, Any]]) -> Trial:
    trial = Trial(0, "")
    judge(trial, truth, exported)
    return trial


def test_an_export_that_is_the_truth_is_right_in_every_field(site: Site) -> None:
    trial = _judged(site.truth(), site.truth())
    assert set(trial.shares.values()) <= {1.0, None}
    assert (trial.extra, trial.wrong) == ([], {})


def test_a_sapo_in_bold_may_be_a_paragraph_if_it_is_one_all_over_the_site() -> None:
    site = next(one for one in (make_site(SEED, number, 14) for number in range(99)) if one.design.sapo == "bold first")
    truth = site.truth()
    within = [{**one, "description": None, "body": f"{one['description']}\n\n{one['body']}"} for one in truth]
    assert _judged(within, truth).shares["body"] == 1.0
    mixed = _judged([*within[:7], *truth[7:]], truth).shares
    assert mixed["body"] < 1 > mixed["sapo"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("headline", {"headline": "Tin tức"}),
        ("body", {"body": "Đang cập nhật"}),
        ("date", {"date_published": None}),
        ("authors", {"authors": [{"name": "Admin", "unit": None, "role": "author"}]}),
        ("source", {"source": {"name": "Báo khác", "url": None}}),
        ("related", {"related": [{"url": "http://a.example/", "title": "Khác"}]}),
        ("section", {"section": ["Khác"]}),
        ("captions", {"images": [{"url": "http://a.example/1.jpg", "caption": "Khác"}]}),
    ],
)
def test_a_wrong_value_costs_its_field(field: str, change: dict[str, Any]) -> None:
    site = next(
        one for one in (make_site(SEED, number, 14) for number in range(99)) if one.design.breadcrumb == "arrows"
    )
    truth = site.truth()
    shares = _judged([{**truth[0], **change}, *truth[1:]], truth).shares
    assert shares[field] < 1
    assert {name for name, share in shares.items() if share is not None and share < 1} == {field}


def test_pages_taken_for_articles_and_articles_left_out_are_counted(site: Site) -> None:
    truth = site.truth()
    stray = {**truth[0], "url": f"{NOWHERE}/gioi-thieu.html"}
    trial = _judged([*truth[2:], stray], truth)
    assert trial.extra == [stray["url"]]
    assert trial.shares["found"] == 12 / 14
    assert set(_judged([], truth).shares.values()) == {0.0}
