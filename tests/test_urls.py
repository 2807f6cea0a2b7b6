"""What an address is: normal form, role, key, id."""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.profiles import Profile, Profiles
from crawler.urls import KnownSites, SiteAddresses, article_id

SITE = """
title = "Liên đoàn Lao động tỉnh Sông Lam"
publisher = "Liên đoàn Lao động tỉnh Sông Lam"
kind = "union"
province = "Sông Lam"
family = "nukeviet"
base = "http://ldld.songlam.example/"
"""


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    home = tmp_path_factory.mktemp("home")
    (home / "sites").mkdir()
    (home / "sites" / "songlam.toml").write_text(SITE, encoding="utf-8")
    return Profiles(home).load("songlam")


@pytest.fixture(scope="module")
def addresses(profile: Profile) -> SiteAddresses:
    return SiteAddresses(profile, profile.layouts[-1])


@pytest.mark.parametrize(
    "written",
    [
        "http://ldld.songlam.example/kinh-te/mot-bai-7.html",
        "https://ldld.songlam.example/kinh-te/mot-bai-7.html",
        "http://www.ldld.songlam.example:80/kinh-te/mot-bai-7.html",
        "HTTP://LDLD.songlam.example/kinh-te/mot-bai-7.html#binh-luan",
        "/kinh-te/mot-bai-7.html?utm_source=zalo&fbclid=abc&gidzl=x",
        "../kinh-te/./mot-bai-7.html?nvvithemever=t&nv_redirect=aHR0cDo",
        "/kinh-te/mot-bai-7.html;jsessionid=1A2B.node1?sid=9f8e&PHPSESSID=77&token=x",
        "/(S(lit3py55t21z5v55vlm25s55))/kinh-te/mot-bai-7.html",
        "/kinh-te;JSESSIONID=1A2B/mot-bai-7.html",
    ],
)
def test_scheme_www_port_fragment_session_and_tracking_make_no_other_address(
    addresses: SiteAddresses, written: str
) -> None:
    found = addresses.normalise(written, "http://ldld.songlam.example/van-hoa/")
    assert found == "http://ldld.songlam.example/kinh-te/mot-bai-7.html"


ORIGINS = ("http://ldld.songlam.example", "HTTPS://WWW.ldld.songlam.example:443", "http://khac.example")


@given(
    st.sampled_from(["", "/", "//", "//ldld.songlam.example/", *(f"{origin}/" for origin in ORIGINS)]),
    st.text(alphabet="aZ09-_.~/%?#;=&đ: \n", max_size=30),
    st.sampled_from(["/van-hoa/bai-1.html?page=2", "/van-hoa/", "/", "", "/van-hoa?trang=a/b", "/van-hoa/../x/y#z/"]),
)
def test_a_plain_address_needs_no_more_than_a_look_and_comes_to_what_all_rules_come_to(
    addresses: SiteAddresses, origin: str, rest: str, page: str
) -> None:
    base = f"http://ldld.songlam.example{page}"
    written = f"{origin}{rest}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.urls._PLAIN", re.compile("(?!)"))
        expected = addresses._normalise(written.strip(), base)
    assert addresses.normalise(written, base) == expected
    assert addresses.normalise(written, base) == expected  # remembered


@pytest.mark.parametrize(
    ("site", "path", "section", "page"),
    [
        ("ldld-caobang", "vi/news/tin-tuc/page-12/", "vi/news/tin-tuc/", 12),
        ("ldld-caobang", "page-2/", "", 2),
        ("ldld-caobang", "vi/news/tin-tuc/", "vi/news/tin-tuc/", 1),
        ("thst", "Chuyen-muc/Cong-doan?trang=3", "Chuyen-muc/Cong-doan", 3),
        ("thaibinhtv", "chuyen-muc/8/thoi-su/trang-4", "chuyen-muc/8/thoi-su", 4),
        ("congdoan-soctrang", "chuyen-muc/tin-tuc?page=5", "chuyen-muc/tin-tuc", 5),
    ],
)
def test_a_further_page_of_a_listing_is_known_by_its_address(site: str, path: str, section: str, page: int) -> None:
    profile = Profiles().load(site)
    addresses = SiteAddresses(profile, profile.layouts[-1])
    url = addresses.normalise(path, profile.base)
    assert url is not None
    assert addresses.role(url) == "listing"
    assert addresses.section(url) == (profile.base + section, page)


def test_a_number_that_no_archive_can_hold_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    pager = "[[layouts]]\n[layouts.urls]\npager = ['(?P<section>/[^?]*)/page-(?P<page>\\d+)']"
    (tmp_path / "sites" / "songlam.toml").write_text(SITE + pager, encoding="utf-8")
    profile = Profiles(tmp_path).load("songlam")
    addresses = SiteAddresses(profile, profile.layouts[-1])
    tin = "http://ldld.songlam.example/tin"
    assert addresses.section(f"{tin}/page-12") == (tin, 12)
    assert addresses.section(f"{tin}/page-{2**63}") == (f"{tin}/page-{2**63}", 1)


def test_addresses_that_are_too_long_for_a_page_are_not_remembered(profile: Profile) -> None:
    addresses = SiteAddresses(profile, profile.layouts[-1])
    for n in range(20):
        assert addresses.normalise(f"/{n}" + "a" * 100_000, profile.base) is None
    tracemalloc.start()
    for n in range(20, 40):
        assert addresses.normalise(f"/{n}" + "a" * 100_000, profile.base) is None
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000


NAMED = r"""
[[layouts]]
[layouts.urls]
params = ['p_\w+_cur']
"""


def test_parameters_are_named_by_patterns(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "songlam.toml").write_text(SITE + NAMED, encoding="utf-8")
    profile = Profiles(tmp_path).load("songlam")
    addresses = SiteAddresses(profile, profile.layouts[-1])
    written = f"{profile.base}tin/?p_AbCd_cur=3&p_AbCd_delta=20&restart=1"
    assert addresses.normalise(written) == f"{profile.base}tin/?p_AbCd_cur=3"


@pytest.mark.parametrize(
    "foreign",
    [
        "http://example.org/kinh-te/mot-bai-7.html",
        "http://ldld.songlam.example.evil.example/",
        "http://ldld.songlam.example:8080/",
        "http://ldld.songlam.example@evil.example/",
        "javascript:void(0)",
        "mailto:vanphong@songlam.example",
        "ftp://ldld.songlam.example/",
        "http://[::1",
        "http://ldld.songlam.example/" + "a" * 3_000,
    ],
)
def test_other_hosts_ports_and_schemes_are_not_this_site(addresses: SiteAddresses, foreign: str) -> None:
    assert addresses.normalise(foreign, "http://ldld.songlam.example/") is None


@given(st.text(max_size=80))
def test_no_text_in_a_link_breaks_the_crawl(addresses: SiteAddresses, text: str) -> None:
    found = addresses.normalise(text, "http://ldld.songlam.example/a/")
    if found is not None:
        assert addresses.normalise(found) == found


def test_one_article_under_two_categories_and_in_print_has_one_id(addresses: SiteAddresses) -> None:
    ids = {
        addresses.article(f"http://ldld.songlam.example/{path}")
        for path in ("kinh-te/mot-bai-7.html", "van-hoa/mot-bai-7.html", "print/kinh-te/mot-bai-7.html")
    }
    assert ids == {article_id("songlam", "mot-bai-7")}


def test_the_number_alone_is_not_the_key(addresses: SiteAddresses) -> None:
    base = "http://ldld.songlam.example/kinh-te/"
    assert addresses.article(base + "mot-bai-7.html") != addresses.article(base + "bai-khac-7.html")


def test_listings_views_and_traps_are_told_apart(addresses: SiteAddresses) -> None:
    base = "http://ldld.songlam.example"
    roles = {
        "/kinh-te/": "listing",
        "/kinh-te/page-3/": "listing",
        "/kinh-te/mot-bai-7.html": "article",
        "/savefile/kinh-te/mot-bai-7.html": "view",
        "/users/login/": "ignore",
    }
    assert {path: addresses.role(base + path) for path in roles} == roles


def test_an_id_never_depends_on_the_host(profile: Profile) -> None:
    assert article_id("songlam", "mot-bai-7") == article_id("songlam", "mot-bai-7")
    assert "example" not in article_id("songlam", "mot-bai-7")


def test_a_link_to_another_known_site_finds_its_article(profile: Profile) -> None:
    known = KnownSites([profile], "2024-07-20")
    found = known.article("https://www.ldld.songlam.example/kinh-te/mot-bai-7.html?utm_source=x")
    assert found == ("http://ldld.songlam.example/kinh-te/mot-bai-7.html", article_id("songlam", "mot-bai-7"))
    assert known.article("http://example.org/mot-bai-7.html") is None


@pytest.mark.parametrize(
    ("base", "own", "foreign"),
    [
        ("http://a.vn:80/", ["http://a.vn/x", "https://a.vn:443/x", "http://www.a.vn/x"], ["http://a.vn:443/x"]),
        ("https://a.vn:443/", ["https://a.vn/x", "http://a.vn/x"], ["https://a.vn:80/x", "https://a.vn:8443/x"]),
        ("http://a.vn:8080/", ["http://a.vn:8080/x"], ["http://a.vn/x", "http://a.vn:80/x"]),
    ],
)
def test_a_port_that_the_scheme_has_anyway_says_nothing(
    tmp_path: Path, base: str, own: list[str], foreign: list[str]
) -> None:
    (tmp_path / "sites").mkdir()
    text = SITE.replace("http://ldld.songlam.example/", base)
    (tmp_path / "sites" / "a.toml").write_text(text, encoding="utf-8")
    profile = Profiles(tmp_path).load("a")
    addresses = SiteAddresses(profile, profile.layouts[-1])
    assert [url for url in own if not addresses.owns(url)] == []
    assert [url for url in foreign if addresses.owns(url)] == []


def test_a_segment_that_repeats_is_a_path_leading_into_itself(addresses: SiteAddresses) -> None:
    assert addresses.normalise("http://ldld.songlam.example/tin/tin/") is not None
    assert addresses.normalise("http://ldld.songlam.example/tin/a/tin/a/tin/") is None
