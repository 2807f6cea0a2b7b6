"""Which addresses of a stranger are articles, which listings, and how listings go on, is told by their shape."""

from __future__ import annotations

import re

import pytest
from strangers import layout_of, profile_of, sample

from crawler.layouts import Layout
from crawler.learning import AddressGuess, guess_addresses
from crawler.learning.shapes import pattern_of, take_apart
from crawler.urls import SiteAddresses

BASE = "http://trang-la.example/"
NOW = "2024-11-20T10:00:00+07:00"
PROFILE = profile_of("trang-la", BASE)
SECTIONS = {"doi-song": "Đời sống", "kinh-te": "Kinh tế", "an-sinh": "An sinh", "phap-luat": "Pháp luật"}
TITLES = [f"Bản tin số {number} về việc làm của người lao động trong tỉnh" for number in range(40)]


def anchors(pairs: list[tuple[str, str]]) -> str:
    return " ".join(f'<a href="{path}">{text}</a>' for path, text in pairs)


def guessed(
    article: str, listing: str, pager: str, step: int = 1, *, paged: bool = True
) -> tuple[AddressGuess, SiteAddresses]:
    """A home page and its listings; addresses hold ``{n}``, a number, ``{s}``, a section, and ``{i}``, its place.

    :param paged: whether the listings are so long that they have pagers.
    """
    menu = [("/", "Trang chủ"), ("/dang-nhap", "Đăng nhập"), ("/rss", "RSS"), ("/gioi-thieu.html", "Giới thiệu")]
    menu += [(listing.format(s=slug, i=place + 3), name) for place, (slug, name) in enumerate(SECTIONS.items())]
    tags = [(f"/tu-khoa/tu-so-{number}", f"từ số {number}") for number in range(5)]
    shown = [
        (article.format(n=700 + number, s=list(SECTIONS)[number % 4], i=number % 4 + 3), title)
        for number, title in enumerate(TITLES)
    ]
    pages = [("", anchors(menu + shown[:24] + tags))]
    for place, slug in enumerate(SECTIONS):
        first = listing.format(s=slug, i=place + 3)
        numbers = [
            (pager.format(s=slug, i=place + 3, p=(number - 1) * step if step > 1 else number), str(number))
            for number in (2, 3)
        ]
        further = [*numbers, (numbers[0][0], "Trang sau")] if paged else []
        pages.append((first[1:], anchors(menu + shown[place::4] + further + tags)))
    samples = [sample(PROFILE, BASE + path, f"<body>{body}</body>".encode(), "listing", NOW) for path, body in pages]
    guess = guess_addresses(BASE, samples)
    layout: Layout = layout_of({"urls": guess.urls})
    return guess, SiteAddresses(PROFILE, layout)


FORMS = [
    ("/tin/ban-tin-so-{n}-cua-tinh-{n}.html", "/{s}/", "/{s}/page-{p}/", 1),
    ("/{s}/ban-tin-ve-viec-lam-moi-{n}.html", "/{s}.html", "/{s}/trang-{p}.html", 1),
    ("/tin-tuc/{i}/{n}/ban-tin-ve-viec-lam", "/chuyen-muc/{i}/{s}", "/chuyen-muc/{i}/{s}/trang-{p}", 1),
    ("/{n}/ban-tin-ve-viec-lam", "/{s}", "/{s}/p{p}/", 1),
    ("/bai-viet/ban-tin-ve-viec-lam-moi-so-{n}", "/muc/{s}", "/muc/{s}?page={p}", 1),
    ("/2024/05/1{i}/ban-tin-ve-viec-lam-so-{n}/", "/category/{s}/", "/category/{s}/page/{p}/", 1),
    ("/?p={n}", "/?cat={i}", "/?cat={i}&paged={p}", 1),
    ("/ban-tin-ve-viec-lam-a{n}.html", "/{s}-c{i}.html", "/{s}-c{i}-{p}.html", 1),
    ("/ban-tin-ve-viec-lam-{n}.html", "/tin-tuc-c20{i}/{s}.html", "/tin-tuc-c20{i}/{s}.html?trang={p}", 1),
    ("/web/guest/-/ban-tin-ve-viec-lam-{n}", "/web/guest/{s}", "/web/guest/{s}?_101_INSTANCE_aB3_cur={p}", 1),
    ("/portal/Pages/ban-tin-ve-viec-lam-{n}.aspx", "/portal/Pages/{s}.aspx", "/portal/Pages/{s}.aspx?PageIndex={p}", 1),
    ("/xem-tin.aspx?id={n}", "/danh-muc.aspx?id={i}", "/danh-muc.aspx?id={i}&page={p}", 1),
    ("/{s}/{n}-ban-tin-ve-viec-lam", "/{s}", "/{s}?start={p}", 20),
    ("/tin-{n}.html", "/{s}.html", "/{s}-p{p}.html", 1),
    ("/index.php?mod=tin&id={n}", "/index.php?mod=muc&cat={i}", "/index.php?mod=muc&cat={i}&PageIndex={p}", 1),
]


@pytest.mark.parametrize(("article", "listing", "pager", "step"), FORMS)
def test_articles_listings_and_further_pages_are_told_by_their_shape(
    article: str, listing: str, pager: str, step: int
) -> None:
    guess, addresses = guessed(article, listing, pager, step)

    def role(path: str) -> str | None:
        return addresses.role(addresses.normalise(path, BASE) or "")

    assert role(article.format(n=987_654, s="an-sinh", i=5)) == "article"
    assert role(listing.format(s="phap-luat", i=6)) == "listing"
    further = addresses.normalise(pager.format(s="kinh-te", i=4, p=8 * step), BASE) or ""
    assert addresses.role(further) == "listing"
    first = addresses.normalise(listing.format(s="kinh-te", i=4), BASE)
    assert addresses.section(further) == (first, 9 if step > 1 else 8)
    assert {addresses.role(url) for url in guess.articles} == {"article"}
    assert len(guess.articles) == len(TITLES)
    for service in ("/tu-khoa/tu-so-1", "/dang-nhap", "/rss", "/tim-kiem?q=viec", "/in-bai/700", "/tac-gia/lan-anh"):
        assert role(service) in {"ignore", None}, service


def test_one_article_under_two_addresses_has_one_key() -> None:
    _, addresses = guessed(*FORMS[1])
    one, other = (
        addresses.key(f"{BASE}{section}/ban-tin-ve-viec-lam-moi-700.html") for section in ("doi-song", "kinh-te")
    )
    assert one == other is not None


def test_a_headline_that_begins_like_a_service_is_an_article() -> None:
    _, addresses = guessed(*FORMS[7])
    assert addresses.role(f"{BASE}gop-y-du-thao-luat-cong-doan-a811.html") == "article"
    assert addresses.role(f"{BASE}dang-ky-hoc-nghe-mien-phi-a812.html") == "article"


@pytest.mark.parametrize(("article", "listing", "pager", "step"), FORMS)
def test_where_no_listing_seen_has_a_pager_a_doubt_says_so_and_all_usual_forms_are_followed(
    article: str, listing: str, pager: str, step: int
) -> None:
    guess, addresses = guessed(article, listing, pager, step, paged=False)
    assert [doubt for doubt in guess.doubts if "no pager" in doubt]
    further = addresses.normalise(pager.format(s="kinh-te", i=4, p=8), BASE) or ""
    assert addresses.role(further) == "listing"
    assert addresses.section(further)[1] == 8
    assert addresses.role(addresses.normalise(article.format(n=987_654, s="an-sinh", i=5), BASE) or "") == "article"


def test_addresses_that_a_feed_names_are_articles_though_no_page_links_to_them() -> None:
    home = sample(PROFILE, BASE, anchors([("/muc/doi-song", "Đời sống")]).encode(), "listing", NOW)
    named = [f"{BASE}xem/{number}" for number in range(5)]
    guess = guess_addresses(BASE, [home], named)
    assert sorted(guess.articles) == named


@pytest.mark.parametrize(
    ("form", "same"),
    [
        ("/2024/{month}/{day}/bai-{word}", "/2025/03/{day}/bai-{word}"),
        ("/tin/2024{month}{day}/bai-{word}.html", "/tin/2024{month}{day}/bai-khac.html"),
    ],
)
def test_a_day_in_an_address_is_not_the_number_of_its_article(form: str, same: str) -> None:
    months = [{"month": f"{1 + n % 6:02}", "day": f"{3 * n + 1:02}", "word": "abcdefgh"[n]} for n in range(8)]
    pattern = re.compile(pattern_of([take_apart(form.format(**one)) for one in months], key=True))

    def key(target: str) -> str:
        found = pattern.fullmatch(target)
        assert found is not None
        return found.groupdict().get("key") or target

    assert len({key(address.format(**one)) for address in (form, same) for one in months}) == 16


def test_a_number_in_an_address_is_its_articles_whatever_the_words_say() -> None:
    addresses = [take_apart(f"/tin/2024/{1170 + n}/bai-{word}") for n, word in enumerate("abcdefgh")]
    found = re.fullmatch(pattern_of(addresses, key=True), "/tin/2025/12345/ten-moi")
    assert found is not None
    assert found["key"] == "12345"


def test_the_words_are_an_articles_own_whatever_the_number_of_its_section() -> None:
    addresses = [take_apart(f"/muc/{n}/bai-{word}") for n, word in enumerate("abcdefgh")]
    found = re.fullmatch(pattern_of(addresses, key=True), "/muc/3/ten-moi")
    assert found is not None
    assert found["key"] == "ten-moi"


def test_a_small_site_whose_every_page_names_all_articles_has_articles() -> None:
    shown = anchors([(f"/tin/ban-tin-thu-{word}.aspx", TITLES[n]) for n, word in enumerate(("nhat", "hai", "ba"))])
    menu = anchors([("/muc/doi-song", "Đời sống"), ("/muc/kinh-te", "Kinh tế"), ("/ve-chung-toi.html", "Về chúng tôi")])
    pages = [
        sample(PROFILE, BASE + path, f"<body>{menu}{shown}</body>".encode(), "listing", NOW)
        for path in ("", "muc/doi-song", "muc/kinh-te")
    ]
    assert len(guess_addresses(BASE, pages).articles) == 3


def test_articles_are_no_listings_though_these_are_too_few_to_show_what_is_fixed_in_their_addresses() -> None:
    shown = [(f"/tintuc/ban-tin-ve-xa-{number * 'a'}.aspx", TITLES[number]) for number in range(1, 12)]
    menu = [(f"/tin-tuc/{slug}", name) for slug, name in list(SECTIONS.items())[:3]]
    named = [*menu, ("/tintuc/cau-moi.aspx", "Thông cầu mới")]
    body = f"<body>{anchors(named)}{anchors(shown)}</body>".encode()
    guess = guess_addresses(BASE, [sample(PROFILE, BASE, body, "listing", NOW)])
    addresses = SiteAddresses(PROFILE, layout_of({"urls": guess.urls}))
    assert {addresses.role(BASE + path[1:]) for path, _ in shown} == {"article"}
    assert {addresses.role(BASE + path[1:]) for path, _ in menu} == {"listing"}


def test_an_article_of_a_short_headline_that_all_pages_name_is_no_listing() -> None:
    shown = [(f"/{700 + n}/ban-tin.html", "Thông xe cầu mới" if n == 3 else TITLES[n]) for n in range(20)]
    menu = anchors([("/muc/doi-song", "Đời sống"), ("/muc/kinh-te", "Kinh tế"), shown[3]])
    pages = [("", shown), ("muc/doi-song", shown[::2]), ("muc/kinh-te", shown[1::2])]
    samples = [
        sample(PROFILE, BASE + path, f"<body>{menu}{anchors(pairs)}</body>".encode(), "listing", NOW)
        for path, pairs in pages
    ]
    addresses = SiteAddresses(PROFILE, layout_of({"urls": guess_addresses(BASE, samples).urls}))
    assert addresses.role(f"{BASE}703/ban-tin.html") == "article"


def test_small_numbers_that_hardly_two_of_many_addresses_share_are_the_articles_own() -> None:
    addresses = [take_apart(f"/{number + 17}/bai-{word}.html") for number, word in enumerate("abcdefghijklmnop")]
    found = re.fullmatch(pattern_of(addresses, key=True), "/8/ten-moi.html")
    assert found is not None
    assert found["key"] == "8"


def one_section(article: str, listings: list[str], more: str = "") -> SiteAddresses:
    """A site whose articles seen are of one section, which no listing shows."""
    shown = [(article.format(n=700 + number), TITLES[number]) for number in range(20)]
    menu = anchors([(path, name) for path, name in zip(listings, SECTIONS.values(), strict=False)])
    pages = [("", shown), *((path[1:], shown[place::4]) for place, path in enumerate(listings))]
    samples = [
        sample(PROFILE, BASE + path, f"<body>{menu}{anchors(pairs)}{more}</body>".encode(), "listing", NOW)
        for path, pairs in pages
    ]
    return SiteAddresses(PROFILE, layout_of({"urls": guess_addresses(BASE, samples).urls}))


@pytest.mark.parametrize("ending", ["", ".html"])
def test_articles_of_a_section_that_was_not_seen_are_articles_where_sections_stand_in_that_place(ending: str) -> None:
    listings = [f"/{slug}{ending}" for slug in SECTIONS]
    addresses = one_section("/tin-tuc/ban-tin-ve-viec-lam-{n}.html", listings)
    assert addresses.role(f"{BASE}the-thao/ban-tin-khac-han-9.html") == "article"
    assert {addresses.role(BASE + path[1:]) for path in listings} == {"listing"}


def test_a_word_that_is_no_sections_stays_what_tells_articles() -> None:
    apart = one_section("/bai-viet/ban-tin-ve-viec-lam-{n}.html", [f"/muc/{slug}" for slug in SECTIONS])
    assert apart.role(f"{BASE}van-ban/ban-tin-khac-han-9.html") is None
    albums = anchors([(f"/album/anh-{number}.html", "Ảnh") for number in range(4)])
    known = one_section("/tin-tuc/ban-tin-ve-viec-lam-{n}.html", [f"/{slug}" for slug in SECTIONS], albums)
    assert known.role(f"{BASE}album/anh-9.html") != "article"


def test_pages_about_the_site_are_no_articles_where_articles_have_nothing_but_words_in_their_address() -> None:
    pairs = [("/muc/doi-song", "Đời sống"), ("/muc/an-sinh", "An sinh")]
    pairs += [(f"/ban-tin-ve-viec-lam-{word}.html", TITLES[place]) for place, word in enumerate("abcdefghik")]
    pairs += [("/gioi-thieu.html", "Giới thiệu về cơ quan chủ quản của trang này")]
    home = sample(PROFILE, BASE, f"<body>{anchors(pairs)}</body>".encode(), "listing", NOW)
    guess = guess_addresses(BASE, [home])
    addresses = SiteAddresses(PROFILE, layout_of({"urls": guess.urls}))
    static = ("gioi-thieu", "lien-he", "so-do-trang", "dieu-khoan", "chinh-sach-bao-mat", "dieu-khoan-su-dung")
    assert {addresses.role(f"{BASE}{name}.html") for name in static} == {"ignore"}
    assert addresses.role(f"{BASE}gioi-thieu-mo-hinh-moi-ve-an-toan.html") == "article"
    assert f"{BASE}gioi-thieu.html" not in guess.articles
