"""What the hours mean that WordPress's themes write beside a printed day, and which page of it is an article."""

from __future__ import annotations

import pytest
from pages import FETCHED, LONG

from crawler.extraction import extract
from crawler.items import Page
from crawler.profiles import Profiles, load_family

PRINTED = "1 Tháng Bảy, 2024"


def _published(time: str, *, head: str = "", frame: str = "article") -> list[str]:
    """The dates that are read as those of publication on a post with this ``time``, in the order of trust."""
    profile, layout = Profiles().load("ldld-caobang"), load_family("wordpress").layout
    markup = f"""<html lang="vi"><head><title>Trao nhà cho đoàn viên</title>{head}</head>
<body class="single single-post"><{frame} class="post type-post">
<h1 class="entry-title">Trao nhà cho đoàn viên</h1>{time}
<div class="entry-content"><p>{LONG}</p></div></{frame}>
<aside><ul><li><span class="post-date">2 Tháng Tám, 2024</span></li></ul></aside></body></html>"""
    url = f"{profile.base}trao-nha-cho-doan-vien-moi/"
    page = Page(url, url, "article", 200, markup.encode(), "text/html", None, FETCHED, profile, layout)
    (draft,) = extract(page).drafts
    return [one.raw for one in draft.published]


@pytest.mark.parametrize("frame", ["article", "main"])
def test_the_hour_of_vietnam_beside_a_printed_day_is_read_and_that_of_the_last_change_is_not(frame: str) -> None:
    published = f'<time class="entry-date published" datetime="2024-07-01T05:30:15+07:00">{PRINTED}</time>'
    changed = '<time class="updated" datetime="2024-08-02T09:00:00+07:00">2 Tháng Tám, 2024</time>'
    for both in (published + changed, changed + published):
        assert _published(both, frame=frame) == [PRINTED, "2024-07-01T05:30:15+07:00"]


def test_an_hour_that_may_be_the_sites_or_greenwichs_is_not_believed() -> None:
    """The theme writes the site's own hour and "+00:00" behind it."""
    time = f'<span class="td-post-date"><time class="entry-date updated" datetime="2024-07-01T05:30:15+00:00">{PRINTED}'
    assert _published(f"{time}</time></span>") == [PRINTED]


def test_the_heads_date_is_greenwichs_and_comes_after_the_printed_day() -> None:
    head = '<meta property="article:published_time" content="2024-06-30T22:30:15+00:00">'
    assert _published(f'<span class="entry-date">{PRINTED}</span>', head=head) == [PRINTED, "2024-06-30T22:30:15+00:00"]


def test_a_page_without_a_date_takes_none_from_the_column_beside_it() -> None:
    assert _published("") == []


def test_the_numbers_of_a_posts_parts_are_no_text() -> None:
    profile, layout = Profiles().load("ldld-caobang"), load_family("wordpress").layout
    markup = f"""<html><body class="single single-post"><article class="post type-post">
<h1 class="entry-title">Trao nhà cho đoàn viên</h1><div class="entry-content"><p>{LONG}</p>
<div class="page-links">Trang: <span class="post-page-numbers current">1</span>
<a href="/trao-nha-cho-doan-vien-moi/2/" class="post-page-numbers">2</a></div></div></article></body></html>"""
    url = f"{profile.base}trao-nha-cho-doan-vien-moi/"
    page = Page(url, url, "article", 200, markup.encode(), "text/html", None, FETCHED, profile, layout)
    (draft,) = extract(page).drafts
    assert draft.body == [LONG.strip()]
