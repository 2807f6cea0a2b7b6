"""Listings, feeds and sitemaps give addresses, titles and the dates printed beside them; hostile ones give no harm."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from pages import FETCHED, page

from archive.records import Role
from crawler.extraction.document import parse
from crawler.extraction.feed import read_feed
from crawler.extraction.listing import read_listing
from crawler.extraction.sitemap import read_sitemap
from crawler.items import Entry, Page
from crawler.pages import read_page
from crawler.profiles import Profiles
from crawler.urls import SiteAddresses


def listed(markup: str, site: str) -> list[tuple[str, str | None, str | None]]:
    """Path, title and date of each entry."""
    asked = page(markup, site, path="", role="listing")
    base = asked.profile.base.rstrip("/")
    return [((one.url or "").removeprefix(base), one.title, one.date_raw) for one in read_listing(asked, parse(asked))]


@pytest.fixture(scope="module")
def real_page(real_pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The real site's listings, feeds and sitemaps by file name, as pages of a site at their own address."""
    home = tmp_path_factory.mktemp("home")
    (home / "sites").mkdir()
    overlay = 'extends = "ldld-caobang"\nbase = "http://ldld.songlam.example/"\n'
    (home / "sites" / "songlam.toml").write_text(overlay, encoding="utf-8")
    profile = Profiles(home).load("songlam")
    roles: dict[str, Role] = {"rss": "feed", "sitemap": "sitemap"}
    return {
        one["file"]: Page(
            one["url"],
            one["url"],
            roles.get(one["kind"], "listing"),
            one["status"],
            (real_pages / one["file"]).read_bytes(),
            one["headers"]["Content-Type"].partition(";")[0],
            "utf-8",
            FETCHED,
            profile,
            profile.layouts[0],
        )
        for one in json.loads((real_pages / "index.json").read_text("utf-8"))
    }


def test_a_real_category_dates_its_articles(real_page: dict[str, Page], real_pages: Path) -> None:
    dates = {}
    for name in ("hoat-dong-cong-doan", "hoat-dong-cong-doan__page-2", "hoat-dong-cong-doan__page-3"):
        asked = real_page[f"{name}.html"]
        dates |= {one.url: one.date_raw for one in read_listing(asked, parse(asked)) if one.date_raw}
    truth = [json.loads(line) for line in (real_pages / "truth.jsonl").read_text("utf-8").splitlines()]
    of_category = [true for true in truth if true["section"] == ["Hoạt động công đoàn"]]
    assert len(of_category) > 3
    for true in of_category:
        day, time = true["published"][:10], true["published"][11:19]
        printed = "/".join(reversed(day.split("-")))
        assert dates[true["url"]] in {printed, f"{printed} {time}"}, true["url"]


@pytest.mark.parametrize(
    ("printed", "total"),
    [("Tổng số: 1.234 bài", 1234), ("Có 7 bài viết", 7), ("Chưa có bài nào", None), ("", None)],
)
def test_a_listing_says_how_many_articles_its_section_has_where_the_profile_says_where(
    tmp_path: Path, printed: str, total: int | None
) -> None:
    (tmp_path / "sites").mkdir()
    overlay = 'extends = "thst"\n[[layouts]]\n[layouts.listing]\ntotal = "p.tong"\n'
    (tmp_path / "sites" / "thst.toml").write_text(overlay, encoding="utf-8")
    profile = Profiles(tmp_path).load("thst")
    asked = page(f'<p>Trang 3</p><p class="tong">{printed}</p>', "thst", path="", role="listing")
    asked.layout = profile.layouts[0]
    read_page(asked, SiteAddresses(profile, asked.layout))
    assert (asked.error, asked.total) == (None, total)


@pytest.mark.parametrize(("count", "capped"), [(999, False), (1000, True)])
def test_a_nukeviet_sitemap_of_a_thousand_entries_may_leave_some_out(count: int, capped: bool) -> None:
    locations = "".join(f"<url><loc>http://ldld.caobang.gov.vn/tin/bai-{n}.html</loc></url>" for n in range(count))
    asked = page(f"<urlset>{locations}</urlset>", path="sitemap-vi.news.xml", role="sitemap")
    read_page(asked, SiteAddresses(asked.profile, asked.layout))
    assert (asked.error, asked.total, asked.capped) == (None, count, capped)


def test_a_list_without_dates_still_gives_addresses_and_titles(real_page: dict[str, Page]) -> None:
    asked = real_page["doi-song-xa-hoi.html"]
    found = read_listing(asked, parse(asked))
    own = [one for one in found if one.url and "/doi-song-xa-hoi/" in one.url]
    assert len(own) >= 10
    assert all(one.title and not one.title[0].isdigit() for one in own)  # the list numbers them


def test_the_clock_of_a_page_dates_no_article(real_page: dict[str, Page]) -> None:
    asked = real_page["home.html"]
    assert b"22/11/2026" in asked.body
    assert not [one for one in read_listing(asked, parse(asked)) if one.date_raw and "22/11/2026" in one.date_raw]


def test_a_union_section_dates_the_articles_that_print_no_date_themselves() -> None:
    markup = """<div class="dong-ho">Thứ bảy 09/12/2023 15:21</div><div class="ds-tin">
    <div class="muc-tin"><h3><a href="/bai-viet/trao-qua-7.html?utm_source=zalo">Trao quà cho đoàn viên</a></h3>
    <p class="ngay-dang">Ngày đăng: 12/07/2024</p><p class="tom-tat">Ngày 11/7, công đoàn trao quà…</p></div>
    <div class="muc-tin"><h3><a href="/bai-viet/ra-quan-8.html">Ra quân hè</a></h3><p>Ngày 1/6</p></div>
    </div><ul class="phan-trang"><li><a href="/chuyen-muc/x?page=2">Trang tiếp theo của mục</a></li></ul>"""
    assert listed(markup, "congdoan-soctrang") == [
        ("/bai-viet/trao-qua-7.html", "Trao quà cho đoàn viên", "12/07/2024"),
        ("/bai-viet/ra-quan-8.html", "Ra quân hè", None),
    ]


def test_broadcasters_print_dates_in_brackets_or_with_a_time() -> None:
    first = """<div class="danh-sach"><div class="tin"><a href="/Tin-tuc/A/le-hoi-5"><img alt="Lễ hội" src="/a.jpg"></a>
    <h3><a href="/Tin-tuc/A/le-hoi-5">Lễ hội đua ghe</a></h3><span class="ngay">(19-07-2021)</span></div></div>"""
    assert listed(first, "thst") == [("/Tin-tuc/A/le-hoi-5", "Lễ hội đua ghe", "19-07-2021")]
    second = """<div class="list-news"><div class="item"><a href="/tin-tuc/3/91/le-hoi"><img src="/a.jpg"></a>
    <h3><a href="/tin-tuc/3/91/le-hoi">Lễ hội đua thuyền</a></h3>
    <span class="date">09/01/2024 20:07</span></div></div>"""
    assert listed(second, "thaibinhtv") == [("/tin-tuc/3/91/le-hoi", "Lễ hội đua thuyền", "09/01/2024 20:07")]


def test_a_date_beside_a_link_is_found_without_any_rule() -> None:
    markup = """<ul><li><a href="/bai-viet/a-1.html">Khai mạc giải bóng đá</a> (05.06.2023)</li>
    <li>08:30 ngày 07/06/2023: <a href="/bai-viet/b-2.html">Bế mạc giải bóng đá</a></li></ul>
    <div><a href="/bai-viet/c-3.html">Bài thứ nhất của khối</a><a href="/bai-viet/d-4.html">Bài thứ hai của khối</a>
    08/06/2023</div><div><a href="/bai-viet/e-5.html">Bài có câu dẫn</a><p>Ngày 09/06/2023 tỉnh họp.</p></div>"""
    assert listed(markup, "congdoan-soctrang") == [
        ("/bai-viet/a-1.html", "Khai mạc giải bóng đá", "05.06.2023"),
        ("/bai-viet/b-2.html", "Bế mạc giải bóng đá", "08:30 ngày 07/06/2023"),
        ("/bai-viet/c-3.html", "Bài thứ nhất của khối", None),
        ("/bai-viet/d-4.html", "Bài thứ hai của khối", None),
        ("/bai-viet/e-5.html", "Bài có câu dẫn", None),
    ]


# Feeds


def feed(content: bytes) -> list[Entry]:
    return read_feed(page(content, path="rss/", role="feed"))


def test_a_real_feed_is_kept_with_its_wrong_minutes_as_printed(real_page: dict[str, Page]) -> None:
    found = read_feed(real_page["rss.html"])
    assert len(found) == 30
    assert all(one.url and one.title and one.date_raw and one.date_raw.endswith("GMT") for one in found)
    december = next(one for one in found if one.url and one.url.endswith("-225.html"))
    assert december.date_raw == "Sat, 7 Dec 2024 02:12:50 GMT"  # published at 09:30: the 12 is the month


def test_an_atom_feed_a_relative_link_and_an_escaped_title_are_read() -> None:
    atom = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry>
    <title type="html">Chăm lo &amp;amp; &lt;b&gt;hỗ trợ&lt;/b&gt;</title><link href="/tin/a-1.html"/>
    <published>2024-07-01T08:00:00+07:00</published></entry></feed>"""
    assert feed(atom.encode()) == [
        Entry("http://ldld.caobang.gov.vn/tin/a-1.html", "Chăm lo & hỗ trợ", "2024-07-01T08:00:00+07:00")
    ]


@pytest.mark.parametrize("content", [b"", b"<html><body>404</body></html>", b"not xml at all", b"/etc/hostname"])
def test_what_is_no_feed_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="no feed"):
        feed(content)


@pytest.mark.parametrize("reference", ["&#99999999999;", "&amp;#99999999999;", "&#x110000;", "&#1;"])
def test_a_title_with_an_impossible_character_is_read_or_refused_with_the_reason(reference: str) -> None:
    content = f"<rss version='2.0'><channel><item><title>Bài {reference}</title></item></channel></rss>".encode()
    try:
        assert [(one.title or "").split()[0] for one in feed(content)] == ["Bài"]
    except ValueError as error:
        assert str(error).startswith("no feed: ")


# Sitemaps


def sitemap(content: bytes) -> tuple[list[Entry], list[str]]:
    return read_sitemap(page(content, path="sitemap.xml", role="sitemap"))


def test_a_real_sitemap_index_leads_to_exact_times(real_page: dict[str, Page]) -> None:
    entries, further = read_sitemap(real_page["sitemap.xml"])
    assert entries == [] and "http://ldld.songlam.example/sitemap-vi.news.xml" in further
    entries, further = read_sitemap(real_page["sitemap-vi.news.xml"])
    assert len(entries) == 125 and further == []
    assert (
        entries[0].url and entries[0].url.endswith("-225.html") and entries[0].date_raw == "2024-12-07T09:30:50+07:00"
    )


def test_a_news_sitemap_gives_titles_and_a_gzipped_one_is_unpacked() -> None:
    news = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> http://a.vn/1.html </loc><news:news>
    <news:publication_date>2024-07-01</news:publication_date><news:title>B\xc3\xa0i</news:title></news:news></url></urlset>"""
    assert sitemap(gzip.compress(news)) == ([Entry("http://a.vn/1.html", "Bài", "2024-07-01")], [])


def test_an_unescaped_ampersand_costs_neither_its_address_nor_the_others() -> None:
    entries, _ = sitemap(
        b"<urlset><url><loc>http://a.vn/?x=1&y=2</loc></url><url><loc>http://a.vn/b</loc></url></urlset>"
    )
    assert [one.url for one in entries] == ["http://a.vn/?x=1&y=2", "http://a.vn/b"]


NAMED = b"]><urlset><url><loc>http://a.vn/&e;</loc></url></urlset>"
HOSTILE = {
    "entities that grow": b'<!DOCTYPE u [<!ENTITY d "dddddddd"><!ENTITY e "&d;&d;&d;&d;">' + NAMED,
    "a file of ours": b'<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/hostname">' + NAMED,
    "an endless unpacking": gzip.compress(b"<urlset>" + b" " * (51 * 1024 * 1024)),
    "a broken archive": b"\x1f\x8b\x08\x00broken",
    "a page": b"<html><body>404</body></html>",
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_or_broken_sitemap_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"no sitemap|gzip|unpacked"):
        sitemap(content)
