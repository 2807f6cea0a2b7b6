"""A site whose CMS nobody knows is learned from some of its pages, and then read as if its layout had been written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fields import words_f1
from lxml import etree
from strangers import layout_of, profile_of, real_samples, reread, sample

from crawler.bylines import read_byline
from crawler.dates import read_date
from crawler.extraction import extract
from crawler.items import Draft
from crawler.learning import Learned, Sample, guess_addresses, learn
from crawler.urls import SiteAddresses

BASE = "http://trang-la.example/"
NOW = "2024-11-20T10:00:00+07:00"
PLACES = (
    "Đồng Lau",
    "Bến Giang",
    "Rạch Sậy",
    "Cù Lao",
    "Gò Mây",
    "Tân Khoa",
    "Vàm Nhỏ",
    "Lộc Sơn",
    "Hòa Bãi",
    "Mỹ Chánh",
)
PEOPLE = (
    "Lan Anh",
    "Minh Tâm",
    "Thu Thảo",
    "Quốc Huy",
    "Bảo Ngọc",
    "Hồng Nhung",
    "Trọng Nghĩa",
    "Kim Chi",
    "Gia Hân",
    "Đức Minh",
)


class Story:
    """One article of the sites below: everything in it follows from its number."""

    def __init__(self, number: int) -> None:
        place = PLACES[number]
        self.number = number
        self.path = f"/tin/ban-tin-{number}-cua-xa-so-{number}-{700 + number}.html"
        self.headline = f"Xã {place} mở thêm {number + 3} lớp học nghề cho người lao động"
        self.printed = f"{number + 5:02}/03/2024 {7 + number}:15"
        self.byline = PEOPLE[number]
        self.sapo = (
            f"Sáng {number + 4}.3, {number * 7 + 20} học viên ở xã {place} đã đến buổi khai giảng đầu tiên của năm."
        )
        self.body = [
            f"Lớp học tại {place} kéo dài {number + 2} tháng, học phí do quỹ khuyến học của xã chi trả toàn bộ.",
            f"Ông chủ tịch xã {place} nói rằng {number * 11 + 40} gia đình đã ghi tên, nhiều hơn hẳn so với năm ngoái.",
            f"Sau khóa học, các học viên của {place} được giới thiệu việc ở {number + 1} nhà máy quanh vùng.",
        ]


STORIES = [Story(number) for number in range(10)]

Template = Callable[[Story], str]


def links(stories: list[Story]) -> str:
    return "".join(f'<li><a href="{one.path}">{one.headline}</a></li>' for one in stories)


def framed(content: str, title: str) -> bytes:
    menu = '<ul class="thuc-don"><li><a href="/">Trang chủ</a></li><li><a href="/muc/doi-song">Đời sống</a></li></ul>'
    most = f'<div class="ben">Đọc nhiều<ul>{links(STORIES[:3])}</ul></div>'
    foot = "<div>Giấy phép số 12/GP ngày 22/12/2016. Biên tập: Trần Văn Bình</div>"
    clock = "<div>Thứ tư, 20/11/2024 10:00</div>"
    return f"<html><head><title>{title}</title></head><body>{clock}{menu}{content}{most}{foot}</body></html>".encode()


def learned_from(template: Template, titled: bool = True) -> tuple[Learned, list[Sample]]:
    profile = profile_of("trang-la", BASE)
    listing = framed(f'<h2>Đời sống</h2><ul class="ds">{links(STORIES)}</ul>', "Trang lạ")
    others = [
        sample(profile, BASE, listing, "listing", NOW),
        sample(profile, f"{BASE}muc/doi-song", listing, "listing", NOW),
    ]
    articles = [
        sample(
            profile, BASE + one.path[1:], framed(template(one), one.headline if titled else "Trang lạ"), "article", NOW
        )
        for one in STORIES
    ]
    return learn(articles, others, guess_addresses(BASE, others).urls), articles


def drafts_of(template: Template, titled: bool = True) -> list[tuple[Story, Draft]]:
    learned, articles = learned_from(template, titled)
    return [(story, extract(reread(one, learned)).drafts[0]) for story, one in zip(STORIES, articles, strict=True)]


def paragraphs(story: Story) -> str:
    return "".join(f"<p>{text}</p>" for text in story.body)


def hashed(story: Story) -> str:
    return (
        f'<div class="k1"><a href="/">Trang chủ</a> » <a href="/muc/doi-song">Đời sống</a></div><div class="q9">'
        f'<span class="z3">{story.headline}</span><p class="t7">{story.printed} | {story.byline}</p>'
        f'<div class="s2">{story.sapo}</div><div class="b5">{paragraphs(story)}</div></div>'
        f'<div class="r8"><b>Tin cũ hơn</b><ul>{links(STORIES[story.number + 1 : story.number + 4])}</ul></div>'
    )


def flat(story: Story) -> str:
    """A page of tables without a single class: headline, date and text are all of one cell."""
    return (
        f"<table><tr><td><b>{story.headline}</b><br><i>Ngày đăng: {story.printed}</i><br>{paragraphs(story)}"
        f"<p align=right>{story.byline}</p></td></tr></table>"
    )


def changed(story: Story) -> str:
    later = story.printed.replace("/03/2024", "/04/2024")
    return f"<h1>{story.headline}</h1><p>{later}</p><p><i>{story.printed}</i></p><div id=nd>{paragraphs(story)}</div>"


def undated(story: Story) -> str:
    return f"<h1>{story.headline}</h1><div id=nd>{paragraphs(story)}</div>"


@pytest.mark.parametrize("titled", [True, False])
def test_a_site_of_made_up_class_names_is_read_whole(titled: bool) -> None:
    for story, draft in drafts_of(hashed, titled):
        assert draft.headline and draft.headline.raw == story.headline
        assert draft.published and draft.published[0].raw == story.printed
        assert draft.sapo and draft.sapo.raw == story.sapo
        assert draft.body == story.body
        assert [author.name for line in draft.bylines for author in read_byline(line.raw)] == [story.byline]
        assert draft.section == ["Đời sống"]


def test_lists_that_change_with_the_article_are_its_own_and_the_most_read_are_not() -> None:
    for story, draft in drafts_of(hashed):
        expected = [one.headline for one in STORIES[story.number + 1 : story.number + 4]]
        assert [(link.title, link.relation) for link in draft.links] == [(title, "older") for title in expected]


@pytest.mark.parametrize("titled", [True, False])
def test_a_cell_that_holds_headline_date_and_text_is_taken_apart(titled: bool) -> None:
    for story, draft in drafts_of(flat, titled):
        assert draft.headline and draft.headline.raw == story.headline
        assert draft.published and draft.published[0].raw == story.printed
        assert draft.body == story.body
        assert [line.raw for line in draft.bylines] == [story.byline]


def test_of_two_dates_the_one_that_is_never_later_is_that_of_publication() -> None:
    for story, draft in drafts_of(changed):
        assert draft.published[0].raw == story.printed


def test_where_no_page_prints_a_date_neither_clock_nor_licence_is_taken_for_one() -> None:
    learned, articles = learned_from(undated)
    assert "published" not in learned.layout["fields"]
    assert learned.doubts == ["no date was found on 10 of 10 articles"]
    assert not any(extract(reread(one, learned)).drafts[0].published for one in articles)


def test_what_is_learned_is_a_layout_over_the_generic_family() -> None:
    learned, articles = learned_from(hashed)
    layout = layout_of(learned.layout)
    assert layout.fields.headline.select[0].source == "span.z3"
    addresses = SiteAddresses(articles[0].page.profile, layout)
    assert {addresses.role(one.page.url) for one in articles} == {"article"}


def test_learning_leaves_the_pages_as_they_are() -> None:
    profile = profile_of("trang-la", BASE)
    pages = [sample(profile, BASE + one.path[1:], framed(hashed(one), one.headline), "article", NOW) for one in STORIES]
    before = [etree.tostring(one.tree) for one in pages]
    learn(pages, pages[:1], guess_addresses(BASE, pages).urls)
    assert [etree.tostring(one.tree) for one in pages] == before


def rows(story: Story, text: str) -> str:
    """A page of table rows, none of which has a name."""
    others = [*STORIES[story.number + 1 :], *STORIES[: story.number]][:7]
    cells = [
        f"<h1>{story.headline}</h1>",
        f"<i>{story.printed}</i>",
        text,
        f"<h3>Tin liên quan</h3><ul>{links(others)}",
    ]
    return f"<table>{''.join(f'<tr><td>{cell}</td></tr>' for cell in cells)}</table>"


def read_anew(learned: Learned, articles: list[Sample], content: str) -> Draft:
    """Another page of the site, which was not among those that it was learned from."""
    page = sample(articles[0].page.profile, articles[0].page.url, framed(content, "Trang lạ"), "article", NOW)
    return extract(reread(page, learned)).drafts[0]


def test_a_short_article_typed_otherwise_is_not_taken_for_the_list_under_it_nor_for_the_foot() -> None:
    for typed in ("<br><br>".join, lambda lines: "".join(f"<p>{line}</p>" for line in lines)):
        learned, articles = learned_from(lambda story, typed=typed: rows(story, typed(story.body)))  # type: ignore[misc]
        story = STORIES[4]
        for text in (story.body[0], f"<p>{story.body[0]}</p>"):
            draft = read_anew(learned, articles, rows(story, text))
            assert draft.body == story.body[:1]
            assert len([link for link in draft.links if link.relation == "related"]) == 7


def test_where_editors_mark_captions_a_plain_line_under_a_picture_is_text() -> None:
    picture = "<figure><img src=/anh/{}.jpg>{}</figure>"

    def captioned(story: Story) -> str:
        marked = picture.format(story.number, f"<figcaption>Học viên ở {PLACES[story.number]}</figcaption>")
        return rows(story, f"<p>{story.body[0]}</p>{marked}" + "".join(f"<p>{text}</p>" for text in story.body[1:]))

    learned, articles = learned_from(captioned)
    story = STORIES[5]
    text = f"<p>{story.body[0]}</p>{picture.format(5, '')}<p>{story.body[1]}</p>"
    draft = read_anew(learned, articles, rows(story, text))
    assert draft.body == story.body[:2]
    assert [image.caption for image in draft.images] == [None]


def test_a_name_ends_where_the_account_begins_that_stands_on_its_line() -> None:
    for marked in (True, False):

        def signed(story: Story, marked: bool = marked) -> str:
            name, account = f"Thực hiện: {PEOPLE[story.number]}", "Người đăng: Administrator"
            row = f"<span class=tg>{name}</span> <span class=nd>{account}</span>" if marked else f"{name} {account}"
            return f"<h1>{story.headline}</h1><div class=d>{row}</div><div id=nd>{paragraphs(story)}</div>"

        for story, draft in drafts_of(signed):
            assert [author.name for line in draft.bylines for author in read_byline(line.raw)] == [PEOPLE[story.number]]


def test_a_bold_first_line_is_the_sapo_however_its_text_is_typed() -> None:
    def typed(story: Story) -> str:
        lines = [f"<b>{story.sapo}</b>", *story.body]
        text = "<br><br>".join(lines) if story.number % 3 else "".join(f"<p>{line}</p>" for line in lines)
        return f"<h1>{story.headline}</h1><div id=nd>{text}</div>"

    for story, draft in drafts_of(typed):
        assert draft.sapo and draft.sapo.raw == story.sapo
        assert draft.body == story.body


def test_a_date_under_the_text_is_found_though_a_row_above_it_is_missing_on_some_pages() -> None:
    def dated(story: Story) -> str:
        row = f"<tr><td>Lượt đọc: {story.number + 31}</td></tr>" if story.number % 3 else ""
        top = f"<tr><td><h1>{story.headline}</h1></td></tr>{row}<tr><td>{paragraphs(story)}</td></tr>"
        return f"<table>{top}<tr><td><p>{story.printed}</p></td></tr></table>"

    for story, draft in drafts_of(dated):
        assert [one.raw for one in draft.published] == [story.printed]


def test_a_helper_who_signs_many_articles_is_no_part_of_the_frame() -> None:
    def signed(story: Story) -> str:
        name = "CTV" if story.number % 4 else PEOPLE[story.number]
        return f"<h1>{story.headline}</h1><div id=nd>{paragraphs(story)}</div><div class=ky><b>{name}</b></div>"

    for story, draft in drafts_of(signed):
        assert [line.raw for line in draft.bylines] == ["CTV" if story.number % 4 else PEOPLE[story.number]]


def test_a_bare_name_above_the_text_is_not_looked_for_in_all_paragraphs_alike() -> None:
    def signed(story: Story) -> str:
        views = f"<p>Đã xem: {story.number * 31 + 7}</p>" if story.number == 4 else ""
        frame = f"<h2 class=t>{story.headline}</h2><div class=g>{story.printed}</div>"
        return f"<div class=w>{frame}{views}<p>{PEOPLE[story.number]}</p><div class=m>{paragraphs(story)}</div></div>"

    for story, draft in drafts_of(signed):
        assert draft.body == story.body


def test_the_place_of_the_lead_pictures_caption_holds_a_paragraph_where_there_is_no_picture() -> None:
    def pictured(story: Story) -> str:
        lead = f"<p><img src=/anh/{story.number}.jpg></p><p>Học viên xã {PLACES[story.number]}</p>"
        above = f"<div>{lead}</div>" if story.number % 4 else ""
        return f"<h1>{story.headline}</h1><div>{story.printed}</div>{above}<div>{paragraphs(story)}</div>"

    for story, draft in drafts_of(pictured):
        assert draft.body == story.body
        assert [image.caption for image in draft.images] == [f"Học viên xã {PLACES[story.number]}"] * bool(
            story.number % 4
        )


def test_a_headline_is_known_by_links_that_write_the_address_otherwise() -> None:
    profile = profile_of("trang-la", BASE)
    shown = "".join(f'<li><a href="/xem?muc=tin&id={700 + one.number}">{one.headline}</a></li>' for one in STORIES)
    home = sample(profile, BASE, framed(f"<ul>{shown}</ul>", "Trang lạ"), "listing", NOW)
    articles = [
        sample(profile, f"{BASE}xem?id={700 + one.number}&muc=tin", framed(undated(one), "Trang lạ"), "article", NOW)
        for one in STORIES
    ]
    learned = learn(articles, [home], guess_addresses(BASE, [home]).urls)
    assert learned.layout["fields"]["headline"]["select"][0] == "h1"


def test_a_list_without_any_name_is_found_by_its_heading_wherever_it_stands() -> None:
    def listed(story: Story) -> str:
        tags = "<div><b>Từ khóa:</b> <a href=/tu-khoa/nghe>dạy nghề</a></div>" if story.number % 4 else ""
        others = links(STORIES[story.number + 1 : story.number + 4])
        below = f"{tags}<div><p>Các tin cũ hơn</p><ul>{others}</ul></div>"
        return f"<h1>{story.headline}</h1><div>{story.printed}</div><div>{paragraphs(story)}</div>{below}"

    for story, draft in drafts_of(listed):
        expected = [one.headline for one in STORIES[story.number + 1 : story.number + 4]]
        assert [link.title for link in draft.links] == expected


@pytest.fixture(scope="module", params=["as it is", "classes renamed", "no classes"])
def real(request: pytest.FixtureRequest, real_pages: Path) -> list[tuple[dict[str, Any], Draft]]:
    articles, listings, truth = real_samples(real_pages, lambda body: _renamed(body, request.param))
    by_url = {true["url"]: true for true in truth}
    learned = learn(articles[:10], listings, guess_addresses("http://ldld.songlam.example/", listings).urls)
    return [(by_url[one.page.url], extract(reread(one, learned)).drafts[0]) for one in articles]


def _renamed(body: bytes, how: str) -> bytes:
    text = body.decode()
    if how == "classes renamed":
        text = re.sub(r'\b(class|id)="([^"]*)"', lambda found: f'{found[1]}="{_swapped(found[2])}"', text)
    elif how == "no classes":
        text = re.sub(r' (?:class|id|itemprop|itemtype|itemscope)(?:="[^"]*")?(?=[ >/])', "", text)
    return text.encode()


def _swapped(names: str) -> str:
    """Names that say nothing; what hides an element keeps its name, for browsers know it by that."""
    return " ".join(one if one in {"hidden", "hide"} else "x" + one[::-1].translate(_LETTERS) for one in names.split())


_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")


def test_pages_of_a_real_cms_are_read_by_what_was_learned_from_them(real: list[tuple[dict[str, Any], Draft]]) -> None:
    for true, draft in real:
        assert draft.headline and draft.headline.raw == true["title"]
        moment = read_date(draft.published[0].raw)
        assert moment and moment.iso[:16] == true["published"][:16]
        assert words_f1(true["body"], "\n".join(draft.body)) > 0.99, true["url"]
        named = [author.name or author.unit for line in draft.bylines for author in read_byline(line.raw)]
        assert named == [author["name"] or author["unit"] for author in true["authors"]]
        assert {link.url for link in draft.links if link.relation in {"newer", "older"}} == set(true["related"])
