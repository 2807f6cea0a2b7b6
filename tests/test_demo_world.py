"""The replica sites are what they claim to be: the same every time, unlike each other, with a truth that their pages
bear out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from crawler.clock import VIETNAM
from crawler.demo import files
from crawler.demo.layouts import Answer, Layout, Visit
from crawler.demo.layouts.nukevietfeeds import feed_date
from crawler.demo.model import Paragraph
from crawler.demo.templates import topics
from crawler.demo.text import headlines_possible
from crawler.demo.truth import FIELDS
from crawler.demo.typography import combining, new_tones, slug
from crawler.demo.world import LANES, World

SMALL = World(7, 60)
NAMES = list(SMALL.sites)
BASES = {name: f"http://127.0.0.{number}:8000" for number, name in enumerate(NAMES, 2)}


def ask(layout: Layout, target: str, views: int = 0) -> Answer:
    name = layout.site.name
    return layout.answer(target, Visit(BASES[name], layout.site.now, lambda _: views, BASES))


def truth_of(world: World, name: str) -> list[dict[str, Any]]:
    return list(world.truth(name, BASES))


def words_of(world: World, name: str, index: int) -> set[tuple[str, ...]]:
    """The shingles of three words of an article's text, the sapo included."""
    piece = world.sites[name].piece(index)
    words = re.findall(r"\w+", f"{piece.description or ''} {piece.body()}".lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def jaccard(one: set[Any], other: set[Any]) -> float:
    return len(one & other) / len(one | other)


# The same every time


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes_in_whatever_order_pages_are_asked_for(name: str) -> None:
    again, other = World(7, 60), World(8, 60)
    targets = ["/", *(SMALL.layouts[name].path(index) for index in (0, 31, 59))]
    first = [ask(SMALL.layouts[name], target).body for target in targets]
    assert [ask(again.layouts[name], target).body for target in reversed(targets)] == first[::-1]
    assert ask(other.layouts[name], "/").body != first[0]


def test_any_article_of_a_large_world_is_there_at_once() -> None:
    large = World(3, 100_000)
    for name in NAMES:
        layout = large.layouts[name]
        assert ask(layout, layout.path(70_123)).status == 200
        known = layout.site.head.cache_info().currsize  # type: ignore[attr-defined]
        assert known < 200, f"{known} articles of {name} were made for one page"


def test_a_world_has_from_one_to_a_hundred_thousand_articles_a_site() -> None:
    for size in (0, 100_001):
        with pytest.raises(ValueError, match="articles_per_site must be from 1 to 100,000"):
            World(1, size)
    assert all(len(truth_of(World(1, 1), name)) == 1 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_n_th_article_of_a_section_is_found_without_counting(name: str) -> None:
    site = SMALL.sites[name]
    for section in site.sections:
        counted = [index for index in range(site.size) if site.head(index).section == section]
        assert [site.member(section, rank) for rank in range(site.count(section))] == counted
        assert [site.rank(index) for index in counted] == list(range(len(counted)))


@pytest.mark.parametrize("size", [60, 700, 5000])
def test_later_articles_are_younger(size: int) -> None:
    for site in World(2, size).sites.values():
        moments = [site.published(index) for index in range(min(size, 400))]
        assert moments == sorted(moments)
        assert moments[-1] < site.now


# Unlike each other


def test_no_two_stories_share_a_headline() -> None:
    world = World(5, 2000)
    headlines = [site.own_headline(index) for site in world.sites.values() for index in range(2000)]
    assert len(set(headlines)) == len(headlines) == 8000


def test_there_are_headlines_for_the_largest_world() -> None:
    needed = -(-100_000 // len(topics())) * LANES
    for topic in topics().values():
        for site in SMALL.sites.values():
            possible = headlines_possible(topic, site.facts.province)
            assert possible >= needed, f"{topic.name} in {site.facts.province}: {possible} headlines for {needed} ranks"


def test_unrelated_articles_do_not_look_like_copies() -> None:
    world = World(11, 75)
    shingles = {
        (name, index): words_of(world, name, index)
        for name in NAMES
        for index in range(75)
        if world.sites[name].role(index) == "own" and world.sites[name].piece(index).kind == "article"
    }
    assert len(shingles) > 240
    alike, one, other = max(
        (jaccard(shingles[one], shingles[other]), one, other) for one, other in combinations(shingles, 2)
    )
    assert alike < 0.3, (one, other)


def test_copies_are_copies() -> None:
    world = World(11, 200)
    found = {"declared": 0, "undeclared": 0, "copy": 0}
    for name, site in world.sites.items():
        for index in range(200):
            if origin := site.origin(index):
                found[origin.role] += 1
                source = world.sites[origin.site]
                assert source.published(origin.index) < site.published(index)
                assert (name, index) in list(source.takers(origin.index))
                taken = words_of(world, name, index), words_of(world, origin.site, origin.index)
                same = len(taken[0] & taken[1]) / min(map(len, taken))
                assert same > (0.5 if origin.role == "undeclared" else 0.95)
    assert min(found.values()) > 5, found


def test_there_are_templates_enough() -> None:
    assert len(topics()) >= 12
    assert sum(len(topic.sentences) + len(topic.leads) for topic in topics().values()) >= 120


def test_texts_mix_the_ways_vietnamese_is_typed() -> None:
    texts = " ".join(SMALL.sites[name].piece(index).body() for name in NAMES for index in range(60))
    for form in (r"\bhòa|\bHòa", r"hoá|hoà|khoẻ|uỷ\b", "“", '"', " – ", " - ", r"\d\.\d{3}\b", r"\d,\d+ tỷ", "tỉ lệ"):
        assert re.search(form, texts), form
    for form in (r"[Ss]áng (?:ngày )?\d{1,2}\.\d{1,2}\b", r"ngày \d{1,2}/\d{1,2}\b", "LĐLĐ", "CĐCS", "CNVCLĐ"):
        assert re.search(form, texts), form


def test_tone_marks_move_in_open_syllables_only() -> None:
    assert new_tones("hòa, thủy, Ủy ban, khỏe, quý, hoàn, TÒA") == "hoà, thuỷ, Uỷ ban, khoẻ, quý, hoàn, TOÀ"
    assert combining("hội thủy") == "hô\u0323i thu\u0309y"
    assert slug("Đổi mới: 9 Mái ấm “ở” Sóc Trăng") == "doi-moi-9-mai-am-o-soc-trang"


# The truth, and what the pages print


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_consistent_in_itself(name: str) -> None:
    everything: dict[str, dict[str, Any]] = {}
    for true in (true for other in NAMES for true in truth_of(SMALL, other)):
        everything.setdefault(true["url"], true)  # the second article on a page comes after the first
    for true in truth_of(SMALL, name):
        assert tuple(true) == FIELDS or set(true) == set(FIELDS)
        assert true["url"] in true["urls"]
        assert (true["date_published"] is None) == (true["date_evidence"] is None) == (true["date_precision"] is None)
        assert bool(true["body"]) == (true["kind"] == "article")
        assert bool(true["authors"]) == (true["byline"] is not None)
        assert all(one["url"] in everything for one in true["related"] if one["url"])
        original = true["duplicate_of"]
        if original is not None:
            assert true["cluster"] == original == everything[original]["cluster"]
            assert everything[original]["duplicate_of"] is None
        for image in true["images"]:
            assert image["credit"] is None or image["credit"] in image["caption"]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry)
    elif isinstance(value, dict):
        yield from strings(list(value.values()))


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_nfc_and_some_pages_are_not(name: str) -> None:
    world = World(4, 120)
    for true in truth_of(world, name):
        for text in strings(true):
            assert unicodedata.is_normalized("NFC", text)
            assert text == text.strip()
            assert "{" not in text, "a slot was left unfilled"
            assert "  " not in text
    pages = [ask(world.layouts[name], world.layouts[name].path(index)).body.decode() for index in range(120)]
    assert any("\u0323" in page for page in pages)
    assert any("&agrave;" in page for page in pages)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_prints_what_the_truth_says(name: str) -> None:
    layout = SMALL.layouts[name]
    for true in truth_of(SMALL, name):
        page = html.fromstring(ask(layout, true["url"].removeprefix(BASES[name])).body)
        printed = fold(" ".join(page.itertext()))
        for text in (true["headline"], true["description"], true["byline"], true["rights"], *true["keywords"]):
            assert text is None or fold(text) in printed
        for paragraph in true["body"].split("\n\n"):
            for cell in paragraph.split(" | "):
                assert fold(cell) in printed
        pictures = {joined(page, true["url"], source) for source in page.xpath("//img/@src")}
        assert {image["url"] for image in true["images"]} <= pictures
        assert all(fold(image["caption"]) in printed for image in true["images"] if image["caption"])


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("thst", rb'<base href="http://127\.0\.0\.2:8000/" />'),
        ("thst", rb'<a href="Tin-tuc/'),
        ("thst", rb'<img alt="" src="UserFiles/'),
        ("thst", rb"<h3>[^<]+</h3>\n<p"),
        ("thst", rb'<h2 style="text-align: justify;">'),
        ("congdoan-soctrang", rb"<h3>[^<]+</h3>\n<p"),
        ("thaibinhtv", rb'<h2 style="text-align: justify;">'),
        ("thaibinhtv", rb'<html lang="vi-VN">'),
        ("thaibinhtv", rb">\d\.\d{3} l"),
        *((name, rb" &#1[12];") for name in NAMES),
        *((name, rb'<a href="HTTP://') for name in NAMES),
    ],
)
def test_pages_hold_what_readers_stumble_over(name: str, printed: bytes) -> None:
    assert any(re.search(printed, body) for body in all_pages(name))


@cache
def all_pages(name: str) -> list[bytes]:
    """Every page of a replica that a link leads to."""
    return [answer.body for answer in Walk(World(5, 120).layouts[name]).pages.values()]


def test_some_articles_of_a_site_with_sapos_have_none() -> None:
    bare = [true for true in truth_of(World(5, 120), "thaibinhtv") if true["description"] is None]
    assert 3 < len(bare) < 30
    layout = World(5, 120, traps=True).layouts["thaibinhtv"]
    without_box = [index for index in range(120) if b'class="desc"' not in ask(layout, layout.path(index)).body]
    assert len(without_box) == len(bare)


def test_a_teaser_that_is_cut_inside_a_character_leaves_a_byte_that_is_no_text() -> None:
    world = World(5, 120)
    layout = world.layouts["congdoan-soctrang"]
    listings = [f"/chuyen-muc/{section.slug}?page={n}" for section in layout.site.sections for n in (1, 2)]
    broken = [page.body for page in (ask(layout, listing) for listing in listings) if not _is_utf8(page.body)]
    assert 0 < len(broken) < len(listings)
    assert all(re.search(rb"[\xc3-\xe1][\x80-\xbf]?\.\.\.</p>", body) for body in broken)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_a_link_typed_in_capitals_has_no_www() -> None:
    layout = SMALL.layouts["thst"]
    visit = Visit("http://www.thst.example", layout.site.now, lambda _: 0, BASES)
    written = {layout.href(visit, f"/Tin-tuc/Doan-the/bai-{n}").partition("/Tin-tuc")[0] for n in range(500)}
    assert written >= {"http://www.thst.example", "HTTP://THST.EXAMPLE", ""}


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


# Every link


def joined(page: html.HtmlElement, url: str, link: str) -> str:
    """The address that a link on the page at ``url`` means."""
    return urljoin(urljoin(url, str(page.xpath("string(//base/@href)"))), link)


class Walk:
    """Follows every link of a replica; ``pages`` has the last answer of each address, ``articles`` the addresses that
    lead to an article, its forms for saving included."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.base = BASES[layout.site.name]
        self.pages: dict[str, Answer] = {}
        self.articles: set[str] = set()
        waiting = {f"{self.base}/", f"{self.base}/robots.txt", f"{self.base}/sitemap.xml", f"{self.base}/rss/home.rss"}
        while waiting:
            url = waiting.pop()
            answer = ask(layout, url.removeprefix(self.base))
            self.pages[url] = answer
            found = self._links(url, answer)
            waiting |= {link for link in found if link.startswith(self.base)} - self.pages.keys()

    def _links(self, url: str, answer: Answer) -> set[str]:
        if location := answer.headers.get("Location"):
            return {location}
        if not answer.body or answer.status != 200:
            return set()
        if "xml" in answer.media_type or "rss" in answer.media_type:
            tree = etree.fromstring(answer.body)
            return {str(text) for text in tree.xpath("//*[local-name() = 'loc' or local-name() = 'link']/text()")}
        if not answer.media_type.startswith("text/html"):
            return set()
        page = html.fromstring(answer.body)
        # A style sheet is not worth a file; all else that a page names must be there.
        links = page.xpath("//a/@href | //img/@src | //source/@src | //link[not(contains(@rel, 'stylesheet'))]/@href")
        return {joined(page, url, link) for link in map(str, links) if not link.startswith(("javascript:", "#"))}

    def addresses(self) -> set[str]:
        """All addresses without parameters and fragments."""
        return {url.partition("#")[0].partition("?")[0] for url in self.pages}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere_and_every_address_of_an_article_is_in_the_truth(name: str) -> None:
    world = World(9, 90)
    walk = Walk(world.layouts[name])
    lost = {url for url, answer in walk.pages.items() if answer.status >= 400}
    assert lost <= {f"{walk.base}/sitemap.xml", f"{walk.base}/rss/home.rss"}, "those are not linked to on all sites"
    assert any(answer.status in {301, 302} for answer in walk.pages.values())
    linked = {url for url in walk.addresses() if is_article(name, url)}
    true = {url for true in truth_of(world, name) for url in true["urls"]}
    assert linked == true


def is_article(name: str, url: str) -> bool:
    patterns = {
        "thst": r"/Tin-tuc/.+",
        "congdoan-soctrang": r"/(?:bai-viet|tin-tuc)/.+\.html",
        "ldld-caobang": r"/.+-\d+\.html",
        "thaibinhtv": r"/tin-tuc/\d+/\d+/.+",
    }
    return re.fullmatch(patterns[name], urlsplit(url).path) is not None


def test_files_are_what_they_say() -> None:
    assert files.PNG.startswith(b"\x89PNG\r\n") and files.PNG.endswith(b"IEND\xaeB`\x82")
    assert files.JPEG.startswith(b"\xff\xd8\xff") and files.JPEG.endswith(b"\xff\xd9")
    table = int(files.PDF.rsplit(b"startxref\n")[1].split()[0])
    assert files.PDF.startswith(b"%PDF-1.4") and files.PDF[table:].startswith(b"xref")
    assert files.MP4[4:8] == b"ftyp"


# Dates


def dated_by_pages(walk: Walk, entry: str, date: str) -> dict[str, set[str]]:
    """For each article's address, the days that some page prints beside it; ``""`` holds those beside bare titles."""
    found: dict[str, set[str]] = {}
    for url, answer in walk.pages.items():
        if answer.status != 200 or not answer.media_type.startswith("text/html"):
            continue
        page = html.fromstring(answer.body)
        for item in page.xpath(entry):
            days = re.findall(date, " ".join(item.itertext()))
            links = [
                joined(page, url, link).partition("?")[0].partition("#")[0]
                for link in item.xpath(".//h3/a/@href|.//a/@href")
            ]
            if days:
                found.setdefault(links[0] if links else "", set()).add(days[0])
    return found


@pytest.mark.parametrize(
    ("name", "entry", "date"),
    [
        ("thst", "//div[@class='tin']/h3/.. | //div[@class='thong-bao']//li", r"\((\d\d-\d\d-\d{4})\)"),
        ("congdoan-soctrang", "//p[@class='ngay-dang']/.. | //table//tr[td]", r"(\d\d/\d\d/\d{4})"),
    ],
)
def test_an_article_has_a_date_exactly_if_some_page_prints_one_beside_it(name: str, entry: str, date: str) -> None:
    world = World(9, 120)
    walk = Walk(world.layouts[name])
    days = dated_by_pages(walk, entry, date)
    true = [one for one in truth_of(world, name) if one["url"] in walk.pages]
    undated = {one["url"] for one in true if one["date_published"] is None}
    assert undated
    for one in true:
        printed = set().union(*(days.get(url, set()) for url in one["urls"]))
        if one["date_published"] is None:
            assert not printed or is_partner(world, name, one), one["url"]
        else:
            assert printed <= {one["date_published_raw"]}
            assert printed or days[""], one["url"]
    evidence = {one["date_evidence"] for one in true}
    assert evidence == {"listing", "related", None}


def is_partner(world: World, name: str, true: dict[str, Any]) -> bool:
    """Whether it is the second article on a page, whose address is another's."""
    first = next(one for one in truth_of(world, name) if one["url"] == true["url"])
    return bool(first["headline"] != true["headline"])


def test_an_article_page_of_sites_without_dates_prints_none_of_its_own() -> None:
    for name in ("thst", "congdoan-soctrang"):
        layout = SMALL.layouts[name]
        for index in range(60):
            page = html.fromstring(ask(layout, layout.path(index)).body)
            for part in page.xpath("//div[@class='thong-bao' or starts-with(@class, 'noi-dung')] | //table"):
                part.drop_tree()
            moment = layout.site.head(index).published
            assert moment is not None
            text = " ".join(page.itertext())
            assert f"{moment:%d/%m/%Y}" not in text and f"{moment:%d-%m-%Y}" not in text


def test_nukeviet_prints_its_machine_dates_as_wrong_as_the_real_one() -> None:
    layout = SMALL.layouts["ldld-caobang"]
    feed = etree.fromstring(ask(layout, "/rss/").body)
    in_feed = {item.findtext("link"): item.findtext("pubDate") for item in feed.iter("item")}
    assert len(in_feed) == 30
    sitemap = etree.fromstring(ask(layout, "/sitemap-vi.news.xml").body)
    in_sitemap = dict(
        zip(
            sitemap.xpath("//*[local-name()='loc']/text()"),
            sitemap.xpath("//*[local-name()='lastmod']/text()"),
            strict=True,
        )
    )
    for index in range(30, 60):
        piece = layout.site.piece(index)
        moment = piece.head.published
        assert moment is not None and piece.modified is not None
        page = ask(layout, layout.path(index)).body.decode()
        url = BASES["ldld-caobang"] + layout.path(index)
        assert f'article:published_time" content="{moment:%Y-%m-%d}+07{moment:%H:%M:%S}"' in page
        assert f'itemprop="datePublished">{piece.modified.isoformat()}<' in page
        assert in_sitemap[url] == moment.isoformat()
        assert re.search(rf" \d\d:{moment.month:02}:{moment:%S} GMT$", in_feed[url] or "") or moment.hour < 7


def test_the_feed_s_month_stands_where_the_minutes_belong() -> None:
    assert feed_date(datetime(2021, 6, 29, 9, 14, 33, tzinfo=VIETNAM)) == "Tue, 29 Jun 2021 02:06:33 GMT"


def test_the_same_number_may_mean_two_articles_on_nukeviet() -> None:
    site = SMALL.sites["ldld-caobang"]
    assert site.find(site.head(20).number) == [19, 20]
    paths = {SMALL.layouts[site.name].path(index) for index in (19, 20)}
    assert len(paths) == 2
    assert all(ask(SMALL.layouts[site.name], path).status == 200 for path in paths)


def test_the_endless_links_lead_back_to_their_page() -> None:
    layout = SMALL.layouts["ldld-caobang"]
    page = html.fromstring(ask(layout, layout.path(3)).body)
    link = page.xpath("//div[@class='theme-change']/a/@href")[0]
    answer = ask(layout, str(link))
    assert answer.status == 302
    assert answer.headers["Location"] == BASES["ldld-caobang"] + layout.path(3)


def test_some_union_pages_print_a_second_complete_article() -> None:
    world = World(7, 120)
    alone = World(7, 120, two_on_a_page=False)
    name = "congdoan-soctrang"
    pairs = [index for index in range(120) if world.sites[name].piece(index).partner]
    assert 4 < len(pairs) < 30
    assert len(truth_of(world, name)) == 120 + len(pairs)
    assert len(truth_of(alone, name)) == 120
    page = html.fromstring(ask(world.layouts[name], world.layouts[name].path(pairs[0])).body)
    assert len(page.find_class("tieu-de-bai")) == 2


@pytest.mark.parametrize("name", ["thst", "congdoan-soctrang", "thaibinhtv"])
def test_a_picture_without_caption_is_never_followed_by_a_short_line(name: str) -> None:
    """A reader of the page could not tell that line from a caption, so no truth could be held against one."""
    layout = World(6, 150).layouts[name]
    for index in range(150):
        lines = html.fromstring(ask(layout, layout.path(index)).body).xpath(
            "//div[contains(@class, 'noi-dung') or contains(@class, 'fr-view')]/p"
        )
        captions = {picture.caption for picture in layout.site.piece(index).pictures()}
        texts = {block.text for block in layout.site.piece(index).blocks if isinstance(block, Paragraph)}
        for line, following in pairwise(lines):
            text = fold(following.text_content())
            if line.xpath(".//img") and text and text not in captions and text in texts:
                assert len(text) > 220


# Whose words they are

# Labels of the CMS: facts about the markup, which the replica must print as they are.
LABELS = ("Tổng số điểm của bài viết là",)


def test_no_sentence_of_a_real_page_is_in_the_replicas(seeds: Path) -> None:
    lines = [line for path in seeds.glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()]
    taken = set().union(*(grams(line) for line in lines if not line.startswith(LABELS)))
    assert len(taken) > 3000
    world = World(1, 200)
    for name in NAMES:
        pages = [ask(world.layouts[name], world.layouts[name].path(index)).body for index in range(200)]
        for page in [*pages, ask(world.layouts[name], "/").body]:
            text = fold(html.fromstring(page).text_content())
            shared = taken & grams(text)
            assert not shared, shared


def grams(text: str, length: int = 12) -> set[str]:
    """Runs of twelve syllables: shorter ones are names and set phrases that nobody owns."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}
