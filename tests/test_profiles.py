"""Sites and families are data: complete, valid, and every mistake in them is named with its file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from pages import LONG, nukeviet, page

from crawler.extraction import extract
from crawler.profiles import BUILT_IN_SITES, FAMILIES, ProfileError, Profiles, UnknownSite
from crawler.urls import SiteAddresses

SITE = """
title = "Trang thử"
publisher = "Cơ quan thử"
kind = "union"
province = "Cao Bằng"
family = "nukeviet"
base = "http://thu.example.vn"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    return tmp_path


@pytest.fixture
def load(home: Path) -> Callable[[str], Any]:
    """Write a site's file and load it."""

    def write_and_load(text: str) -> Any:
        (home / "sites" / "thu.toml").write_text(text, encoding="utf-8")
        return Profiles(home).load("thu")

    return write_and_load


def test_the_four_sites_have_profiles_with_the_province_of_their_time() -> None:
    assert {profile.name: (profile.kind, profile.province) for profile in Profiles().all()[0]} == {
        "congdoan-soctrang": ("union", "Sóc Trăng"),
        "ldld-caobang": ("union", "Cao Bằng"),
        "thaibinhtv": ("broadcaster", "Thái Bình"),
        "thst": ("broadcaster", "Sóc Trăng"),
    }


@pytest.mark.parametrize("path", sorted(FAMILIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_of_a_family_says_what_it_rests_on(path: Path) -> None:
    layout = tomllib.loads(path.read_text(encoding="utf-8"))["layout"]
    rules = {name: rule for name, rule in layout["fields"].items() if isinstance(rule, dict)}
    rules |= {name: layout[name] for name in ("urls", "listing", "feed", "sitemap") if name in layout}
    rules |= {f"related {number}": rule for number, rule in enumerate(layout.get("related", []))}
    assert not [name for name, rule in rules.items() if "basis" not in rule]


@pytest.mark.parametrize("path", sorted(BUILT_IN_SITES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_site_has_a_schedule_and_says_where_a_crawl_begins(path: Path) -> None:
    profile = Profiles().load(path.stem)
    assert profile.schedule.every or profile.schedule.at
    assert profile.crawl.start.listings and profile.crawl.delay >= 1.0 and profile.about.strip()


def test_the_base_that_nobody_confirmed_says_so() -> None:
    assert "NOT confirmed" in Profiles().load("congdoan-soctrang").about


# What an address is, site by site


@pytest.mark.parametrize(
    ("site", "address", "role", "key"),
    [
        ("ldld-caobang", "/vi/news/tin-tuc/hoi-nghi-123.html", "article", "hoi-nghi-123"),
        ("ldld-caobang", "/tin-tuc/hoi-nghi-123.html", "article", "hoi-nghi-123"),
        ("ldld-caobang", "/savefile/tin-tuc/hoi-nghi-123.html", "view", "hoi-nghi-123"),
        ("ldld-caobang", "/print/tin-tuc/hoi-nghi-123.html", "view", "hoi-nghi-123"),
        ("ldld-caobang", "/tin-tuc/page-2/", "listing", None),
        ("ldld-caobang", "/tag/cong-doan/", "ignore", None),
        ("ldld-caobang", "/sendmail/tin-tuc/hoi-nghi-123.html", "ignore", None),
        ("ldld-caobang", "/users/login/", "ignore", None),
        ("ldld-caobang", "/uploads/tin/van-ban-12.pdf", "ignore", None),
        ("thst", "/Tin-tuc/Doan-the/Le-hoi-77", "article", "77"),
        ("thst", "/Chuyen-muc/Doan-the?trang=3", "listing", None),
        ("thst", "/Home/Search", "ignore", None),
        ("congdoan-soctrang", "/tin-tuc/le-hoi-77.html", "article", "77"),
        ("congdoan-soctrang", "/bai-viet/le-hoi-77.html", "article", "77"),
        ("congdoan-soctrang", "/chuyen-muc/doi-song?page=2", "listing", None),
        ("thaibinhtv", "/tin-tuc/12/77/le-hoi", "article", "77"),
        ("thaibinhtv", "/chuyen-muc/12/thoi-su/trang-2", "listing", None),
        ("thaibinhtv", "/tim-kiem", "ignore", None),
        ("thaibinhtv", "/", "listing", None),
    ],
)
def test_addresses_are_told_apart(site: str, address: str, role: str, key: str | None) -> None:
    profile = Profiles().load(site)
    addresses = SiteAddresses(profile, profile.layouts[0])
    url = addresses.normalise(address, profile.base)
    assert url is not None
    assert (addresses.role(url), addresses.key(url)) == (role, key)


# Mistakes


@pytest.mark.parametrize(
    ("mistake", "key", "expected"),
    [
        ("[[layouts]]\nsurprise = 1", "layouts", "surprise"),
        ("[crawl]\ndelay = 0", "crawl", "above zero"),
        ('[crawl]\ndelay = "slow"', "crawl.delay", "float"),
        ('[schedule]\nevery = "often"', "schedule", "as in 6h"),
        ('[schedule]\nevery = "6h"\nat = "06:30"', "schedule", "not both"),
        ('[[layouts]]\n[layouts.fields.headline]\nselect = ["h1["]', "fields.headline.select", "CSS"),
        ('[[layouts]]\n[layouts.fields.headline]\nselect = [".//*[re:test("]', "fields.headline.select", "XPath"),
        ('[[layouts]]\n[layouts.fields.byline]\nlabel = "("', "fields.byline.label", "regular expression"),
        ('[[layouts]]\ndate_order = "YMD"', "date_order", "YMD"),
    ],
)
def test_a_mistake_names_file_key_and_what_was_expected(
    load: Callable[[str], Any], mistake: str, key: str, expected: str
) -> None:
    with pytest.raises(ProfileError) as error:
        load(SITE + mistake)
    message = str(error.value)
    assert "thu.toml" in message and key in message and expected in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SITE.replace('"nukeviet"', '"nukevjet"'), "known: aspnet-mvc, .*generic"),
        (SITE.replace('"union"', '"club"'), "club"),
        (SITE.replace("http://", ""), "expected an address such as"),
        (SITE.replace("Cao Bằng", "Bà Rịa-Vũng Tàu"), "expected it as it is written, 'Bà Rịa - Vũng Tàu'"),
        ('extends = "nowhere"', "no built-in site 'nowhere'"),
        ("title = ", "not TOML"),
        ("", "publisher|title"),
    ],
)
def test_an_unusable_file_says_why(load: Callable[[str], Any], text: str, expected: str) -> None:
    with pytest.raises(ProfileError, match=expected):
        load(text)


def test_a_misspelt_site_is_answered_with_the_nearest_names() -> None:
    with pytest.raises(UnknownSite, match="ldld-caobang"):
        Profiles().load("ldld-caobng")


# Overlays and dated layouts


def test_an_overlay_changes_one_key_and_keeps_the_rest(load: Callable[[str], Any]) -> None:
    profile = load('extends = "congdoan-soctrang"\nbase = "http://congdoan.example.vn/"\n[crawl]\ndelay = 9.0\n')
    built_in = Profiles().load("congdoan-soctrang")
    assert (profile.host, profile.crawl.delay) == ("congdoan.example.vn", 9.0)
    assert (profile.publisher, profile.family) == (built_in.publisher, built_in.family)
    assert repr(profile.layouts) == repr(built_in.layouts)
    assert profile.digest != built_in.digest


def test_an_old_page_is_read_with_the_layout_of_its_time(load: Callable[[str], Any]) -> None:
    profile = load(
        SITE
        + """
        [[layouts]]
        version = "cu"
        [layouts.fields.body]
        select = ["div.cu"]
        [[layouts]]
        version = "moi"
        valid_from = 2024-01-01
        """
    )
    assert [profile.layout_at(day).version for day in ("2019-05-01", "2023-12-31T23:59:00+07:00", "2024-01-01")] == [
        "cu",
        "cu",
        "moi",
    ]
    old = page(nukeviet("<p>Mới.</p>", below=f'<div class="cu"><p>{LONG}</p></div>'))
    old.profile, old.layout = profile, profile.layout_at("2019-05-01")
    assert extract(old).drafts[0].body == [LONG.strip()]


@pytest.mark.parametrize("since", ["2024-01-01T09:30:00+07:00", "2024-01-01T02:30:00Z", "2024-01-01T09:30:00"])
def test_a_layout_may_be_valid_from_a_time_of_the_day(load: Callable[[str], Any], since: str) -> None:
    profile = load(SITE + f'[[layouts]]\nversion = "cu"\n[[layouts]]\nversion = "moi"\nvalid_from = {since}\n')
    moments = ("2024-01-01", "2024-01-01T09:29:59+07:00", "2024-01-01T02:30:00+00:00", "2024-01-02")
    assert [profile.layout_at(moment).version for moment in moments] == ["cu", "cu", "moi", "moi"]


@pytest.mark.parametrize("since", ['"2026-W03"', '"20240101"', '"2024-02-30"', "09:30:00", "2024", "[2024-01-01]"])
def test_a_layout_is_valid_from_a_day_or_a_time_and_from_nothing_else(load: Callable[[str], Any], since: str) -> None:
    with pytest.raises(ProfileError, match=r"layouts\[0\]\.valid_from: expected a day, as in 2025-07-01, or a time"):
        load(SITE + f"[[layouts]]\nvalid_from = {since}\n")


def test_layouts_out_of_order_are_a_mistake(load: Callable[[str], Any]) -> None:
    with pytest.raises(ProfileError, match="oldest first"):
        load(SITE + "[[layouts]]\nvalid_from = 2024-01-01\n[[layouts]]\nvalid_from = 2020-01-01\n")


def test_a_site_without_its_own_layout_has_its_familys(load: Callable[[str], Any]) -> None:
    profile = load(SITE)
    assert [layout.version for layout in profile.layouts] == ["nukeviet/2"]
    assert profile.base == "http://thu.example.vn/" and profile.hosts == {"thu.example.vn"}


def test_sites_show_says_of_every_part_on_what_it_rests(tmp_path: Path) -> None:
    shown = luutru(tmp_path, "sites", "show", "ldld-caobang").stdout
    layout = Profiles().load("ldld-caobang").layouts[-1]
    rows: dict[str, str] = {}
    for line in shown.splitlines():
        name = line.strip().split("  ")[0]
        rows[name] = rows.get(name, "") + line
    assert layout.urls.basis in rows["urls"]
    assert layout.listing.basis in rows["listing"]
    assert f"{layout.feed.basis} " in rows["feed"] and "exact to the hour" in rows["feed"]
    assert "lastmod means published" in rows["sitemap"]
    for related in layout.related:
        assert related.basis in rows[f"related: {related.relation}"]
    for select in (*layout.fields.headline.select, *layout.fields.published_meta.select):
        assert select.source in shown
