"""What a listing's own markup says of further pages that are got by sending a form."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from archive.posted import LARGEST_FORM, posted_address, target_of
from archive.records import Found
from crawler.extraction.posts import MOST_PAGES
from crawler.items import Errand, Page
from crawler.pages import read_page
from crawler.profiles import Profile, Profiles
from crawler.urls import SiteAddresses

FETCHED = "2024-08-01T10:00:00+07:00"
PROFILE = """
title = "Công đoàn tỉnh"
publisher = "Liên đoàn Lao động tỉnh"
kind = "union"
province = "Sóc Trăng"
base = "http://congdoan.example/"
family = "{family}"
"""
SECTION = "http://congdoan.example/DanhMuc.aspx?cat=3"
VNPT = "http://congdoan.example/hoat-dong"
ENDPOINT = "http://congdoan.example/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Profile]:
    home = tmp_path_factory.mktemp("home")
    (home / "sites").mkdir()
    for family in ("webforms", "vnpt-portal"):
        (home / "sites" / f"{family}.toml").write_text(PROFILE.format(family=family), encoding="utf-8")
    return {family: Profiles(home).load(family) for family in ("webforms", "vnpt-portal")}


def _page(profile: Profile, url: str, body: str, errand: Errand | None = None, final: str | None = None) -> Page:
    layout = profile.layout_at(FETCHED)
    page = Page(url, final or url, "listing", 200, body.encode(), "text/html", None, FETCHED, profile, layout)
    page.errand = errand
    read_page(page, SiteAddresses(profile, layout))
    return page


def webforms(profile: Profile, pager: str, number: int = 1, *, action: str = "", state: str = "dau") -> Page:
    """A page of a WebForms listing; a number above 1 was got by a form."""
    url = SECTION if number == 1 else posted_address(SECTION, [("page", str(number))])
    body = f"""<form method="post" action="{action}"><input type="hidden" name="__VIEWSTATE" value="{state}">
<input type="hidden" name="__EVENTTARGET" value=""><input type="submit" name="btnTim" value="Tìm">
<input type="text" name="txtTim" value="công đoàn">
<a href="/XemTin.aspx?id={number}">Bài viết thứ {number} của trang</a>
<table><tr>{pager}</tr></table></form>"""
    return _page(profile, url, body, Errand(url, "listing", section=SECTION, form="x" if number > 1 else None))


def link(text: str, target: str = "gv", argument: str = "") -> str:
    return f"<td><a href=\"javascript:__doPostBack('{target}','{argument}')\">{text}</a></td>"


def here(number: int) -> str:
    return f"<td><span>{number}</span></td>"


def sent(page: Page) -> dict[str, str]:
    """The form of the only further page."""
    [found] = page.posts
    assert found.form is not None
    return dict(parse_qsl(found.form, keep_blank_values=True))


def test_the_form_is_what_a_browser_would_send(profiles: dict[str, Profile]) -> None:
    page = webforms(profiles["webforms"], here(1) + link("2", "ctl00$gv", "Page$2"))
    [found] = page.posts
    assert found == Found(f"{SECTION}&__wb_method=POST&page=2", "listing", None, SECTION, 2, found.form)
    assert sent(page) == {
        "__EVENTTARGET": "ctl00$gv",
        "__EVENTARGUMENT": "Page$2",
        "__VIEWSTATE": "dau",
        "txtTim": "công đoàn",
    }


@pytest.mark.parametrize(
    ("number", "pager", "target"),
    [
        (3, link("1") + link("2") + here(3) + link("4", "toi") + link("5"), "toi"),
        (5, link("...", "lui") + link("4") + here(5) + link("...", "toi"), "toi"),  # the end of a window
        (6, link("...", "lui") + here(6) + link("7", "toi") + link("..."), "toi"),  # its beginning
        (4, link("Đầu") + link("Trước") + here(4) + link("Sau", "toi") + link("Cuối"), "toi"),
        (1, link("Trang tiếp", "toi"), "toi"),  # no numbers at all
        (2, link("1") + here(2) + link("»", "toi", "Page$Next"), "toi"),
        (9, link("...", "lui", "Page$8") + here(9) + link("...", "toi", "Page$10"), "toi"),
    ],
)
def test_the_next_page_is_found_by_its_number_or_behind_this_page_s(
    profiles: dict[str, Profile], number: int, pager: str, target: str
) -> None:
    page = webforms(profiles["webforms"], pager, number)
    assert sent(page)["__EVENTTARGET"] == target
    assert (page.posts[0].page, page.posts[0].section) == (number + 1, SECTION)


@pytest.mark.parametrize(
    ("number", "pager"),
    [
        (6, link("...", "lui") + here(6)),  # the last page stands alone in its window
        (3, link("1") + link("2") + here(3)),
        (1, ""),
        (2, link("Đầu") + link("Trước") + here(2) + link("Cuối", "cuoi", "Page$Last")),
        (1, '<td><a href="javascript:xoa(2)">2</a></td>'),
        (1, f'<table title="Calendar"><tr>{link("2", "lich")}{link("3", "lich")}</tr></table>'),
    ],
)
def test_where_no_link_leads_further_the_listing_ends(profiles: dict[str, Profile], number: int, pager: str) -> None:
    page = webforms(profiles["webforms"], pager, number)
    assert (page.posts, page.pages, page.error) == ([], number, None)


def test_links_may_hold_the_longer_call_and_escaped_quotes(profiles: dict[str, Profile]) -> None:
    call = "WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions(&quot;a$b&quot;, &quot;it\\'s&quot;, true))"
    page = webforms(profiles["webforms"], here(1) + f'<td><a href="javascript:{call}">2</a></td>')
    assert (sent(page)["__EVENTTARGET"], sent(page)["__EVENTARGUMENT"]) == ("a$b", "it's")


def test_an_answer_that_shows_another_page_than_was_asked_for_is_not_read(profiles: dict[str, Profile]) -> None:
    page = webforms(profiles["webforms"], here(1) + link("2", "gv", "Page$2"), 3)
    assert page.error == "page 3 was asked for, and page 1 has come: the state was forgotten"
    assert (page.posts, page.entries, page.links) == ([], [], [])


def test_an_answer_without_articles_is_no_page_of_a_listing(profiles: dict[str, Profile]) -> None:
    url = posted_address(SECTION, [("page", "2")])
    assert _page(profiles["webforms"], url, "<h1>Phiên làm việc đã hết hạn</h1>").error == (
        "page 2 of the listing shows no article"
    )


def test_a_form_is_sent_to_the_site_s_own_hosts_only_and_not_where_no_link_is_followed(
    profiles: dict[str, Profile],
) -> None:
    page = webforms(profiles["webforms"], here(1) + link("2"), action="http://ke-khac.example/nhan")
    assert (page.posts, page.note) == ([], "no further pages: the form is sent to http://ke-khac.example/nhan")
    page = webforms(profiles["webforms"], here(1) + link("2"), action="/Admin/Xoa.aspx?id=3")
    assert page.posts == [], "the profile's rules keep the crawl away from there"
    assert page.note == "no further pages: the form is sent to /Admin/Xoa.aspx?id=3"
    page = webforms(profiles["webforms"], here(1) + link("2"), action="./DanhMuc.aspx?cat=3&amp;phien=77")
    assert target_of(page.posts[0].url) == SECTION


def test_a_form_beyond_all_measure_is_neither_kept_nor_sent(profiles: dict[str, Profile]) -> None:
    page = webforms(profiles["webforms"], here(1) + link("2"), state="A" * LARGEST_FORM)
    assert page.posts == []
    assert page.note is not None
    assert "bytes, where 1000000 are sent at most" in page.note


def script(last: str = "4", **told: str) -> str:
    said = {"article_category_id": "12", "site_id": "7", "categoryIds": '"12,13"', "page_size": "15"} | told
    fields = ", ".join(f"{name}: {value}" for name, value in said.items())
    return f"<script>var maxPage = parseInt({last}); load({{ {fields} }})</script>"


def test_a_script_s_form_is_made_of_what_it_says_and_what_the_family_knows(profiles: dict[str, Profile]) -> None:
    page = _page(profiles["vnpt-portal"], VNPT, script())
    assert [one.page for one in page.posts] == [2, 3, 4]
    assert page.pages == 4
    fields = "article_category_id=12&site_id=7&categoryIds=12%2C13&page_size=15"
    assert page.posts[0].url == f"{ENDPOINT}?__wb_method=POST&{fields}&page=2"
    assert {one.section for one in page.posts} == {VNPT}
    form = dict(parse_qsl(page.posts[2].form or "", keep_blank_values=True))
    assert (form["page"], form["no"], form["date_begin"], form["articlelang"]) == ("4", "-15", "", "vi-VN")


def test_a_page_without_the_script_leads_to_no_form(profiles: dict[str, Profile]) -> None:
    assert _page(profiles["vnpt-portal"], VNPT, script().replace("site_id", "khac")).posts == []
    assert _page(profiles["vnpt-portal"], VNPT, "<p>maxPage = parseInt(9)</p>").posts == []


@pytest.mark.parametrize("last", ["999999999", str(MOST_PAGES + 1)])
def test_a_script_that_claims_more_pages_than_any_site_has_is_not_followed(
    profiles: dict[str, Profile], last: str
) -> None:
    page = _page(profiles["vnpt-portal"], VNPT, script(last))
    assert page.posts == []
    assert page.note is not None
    assert "are said to be there" in page.note


def test_a_script_that_does_not_say_where_the_listing_ends_ends_no_walk(profiles: dict[str, Profile]) -> None:
    page = _page(profiles["vnpt-portal"], VNPT, script().replace("maxPage", "lastPage"))
    assert (page.posts, page.pages) == ([], None)
    assert page.note is not None
    assert "not the number of the last page" in page.note


def test_what_a_script_says_cannot_become_another_field_or_another_address(profiles: dict[str, Profile]) -> None:
    page = _page(profiles["vnpt-portal"], VNPT, script(categoryIds='"12&page=1&url=http://ke-khac.example"'))
    assert page.posts == []


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_answer_to_a_script_s_form_is_read_as_a_listing_bare_or_in_json(
    profiles: dict[str, Profile], wrapped: bool
) -> None:
    url = posted_address(ENDPOINT, [("article_category_id", "12"), ("page", "2")])
    address = "/hoat-dong/hoi-nghi-cong-doan-co-so-1012345"
    html = f'<div class="item"><a class="Title" href="{address}">Hội nghị công đoàn cơ sở</a></div>'
    form = "article_category_id=12&site_id=7&categoryIds=12&page_size=15&page=2"
    page = _page(
        profiles["vnpt-portal"],
        url,
        json.dumps({"d": html}) if wrapped else html,
        Errand(url, "listing", section=VNPT, form=form),
    )
    assert [(one.title, one.url) for one in page.entries] == [
        ("Hội nghị công đoàn cơ sở", "http://congdoan.example/hoat-dong/hoi-nghi-cong-doan-co-so-1012345")
    ]
    assert [(one.page, one.section, one.known) for one in page.posts] == [(3, VNPT, True)]


@pytest.mark.parametrize("body", ["", "{}", '{"d": ""}', "[" * 5000, '{"Message": "There was an error"}', "null"])
def test_an_empty_or_broken_answer_is_no_page_of_a_listing(profiles: dict[str, Profile], body: str) -> None:
    url = posted_address(ENDPOINT, [("article_category_id", "12"), ("page", "2")])
    assert _page(profiles["vnpt-portal"], url, body).error == "page 2 of the listing shows no article"


def test_without_the_number_of_the_last_page_the_walk_goes_on_until_a_page_is_empty(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    layout = """
[[layouts]]
[layouts.listing.post]
address = "/tai-them"
read = { muc = 'muc = (\\d+)' }
"""
    text = PROFILE.format(family="plain") + layout
    (tmp_path / "sites" / "tai-them.toml").write_text(text, encoding="utf-8")
    profile = Profiles(tmp_path).load("tai-them")
    first = _page(profile, "http://congdoan.example/", "<script>muc = 5</script>")
    assert [(one.url, one.form) for one in first.posts] == [
        ("http://congdoan.example/tai-them?__wb_method=POST&muc=5&page=2", "muc=5&page=2")
    ]
    url, form = first.posts[0].url, first.posts[0].form
    errand = Errand(url, "listing", section="http://congdoan.example/", form=form)
    entry = '<a href="/bai-viet/hoi-thao-van-nghe-7.html">Hội thao văn nghệ</a>'
    assert [one.form for one in _page(profile, url, entry, errand).posts] == ["muc=5&page=3"]
    ended = _page(profile, url, "<ul></ul>", errand)
    assert (ended.posts, ended.error) == ([], None)
