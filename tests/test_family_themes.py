"""One CMS, several builders: the names that each gives to headline, date, summary and text are known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages import LONG, page

from crawler.extraction import extract
from crawler.profiles import load_family

HEADLINE, SAPO = "Công đoàn khu kinh tế trao 20 suất quà", "Sáng nay, hai mươi đoàn viên khó khăn được nhận quà."
CLOCK = "Thứ sáu, 02/08/2024 10:00"

THEMES = [
    (
        "liferay",  # Đà Nẵng
        '<div class="current-date">{clock}</div><div class="journal-content-article"><h1>{headline}</h1>'
        '<span class="chi-tiet-publish-date">Đăng ngày 29-07-2024 08:15</span>'
        '<div class="chi-tiet-sub-content">{sapo}</div><div class="chi-tiet-main-content">{text}</div></div>',
        "29-07-2024 08:15",
    ),
    (
        "liferay",  # Bắc Ninh
        '<p class="date-today">{clock}</p><h1 id="contentDetailTitleId">{headline}</h1><span>29/07/2024 08:15</span>'
        '<div id="sapoDetailId">{sapo}</div><div id="contentDetail">{text}</div>',
        "29/07/2024 08:15",
    ),
    (
        "liferay",  # Thái Nguyên
        '<p>{clock}</p><h1>{headline}</h1><p class="date_post">08:15 | 29/07/2024</p>'
        '<div class="article-summary">{sapo}</div><div class="journal-content-article">{text}</div>',
        "08:15 | 29/07/2024",
    ),
    (
        "sharepoint",  # Quảng Nam
        '<p>{clock}</p><h1>{headline}</h1><span id="ctl00_zone1_detail_ctl00_ctl00_lblNgayDang">29/07/2024</span>'
        '<div id="ctl00_zone1_detail_ctl00_ctl00_lblTomTat">{sapo}</div>'
        '<div id="ctl00_zone1_detail_ctl00_ctl00_lblNoiDung">{text}</div>',
        "29/07/2024",
    ),
    (
        "sharepoint",  # Tây Ninh
        '<p>{clock}</p><h1>{headline}</h1><div class="de-newsCent"><span id="ctl00_DateTime1">29/07/2024 08:15</span>'
        '</div><div class="de-sumcontent">{sapo}</div><div class="de-newscont">{text}</div>',
        "29/07/2024 08:15",
    ),
    (
        "onecms",  # Báo Lao Động
        '<p>{clock}</p><h1>{headline}</h1><span class="f-datetime">29/07/2024 | 08:15</span><p class="abs">{sapo}</p>'
        '<article class="__MASTERCMS_CONTENT">{text}</article>',
        "29/07/2024 | 08:15",
    ),
    (
        "mediatech",  # Báo Thái Bình
        '<p>{clock}</p><h1>{headline}</h1><span class="date">Thứ 2, 29/07/2024 | 08:15:04</span>'
        '<span class="views">1.204 lượt xem</span><div class="desc">{sapo}</div><div class="news_content">{text}</div>',
        "Thứ 2, 29/07/2024 | 08:15:04",
    ),
]


@pytest.mark.parametrize(("family", "markup", "date"), THEMES)
def test_a_builders_names_of_the_parts_of_an_article_are_known(family: str, markup: str, date: str) -> None:
    body = markup.format(clock=CLOCK, headline=HEADLINE, sapo=SAPO, text=f"<p>{LONG}</p>")
    found = replace(page(f"<html><body>{body}</body></html>"), layout=load_family(family).layout)
    (draft,) = extract(found).drafts
    assert draft.headline is not None and draft.sapo is not None
    assert (draft.headline.raw, draft.sapo.raw) == (HEADLINE, SAPO)
    assert (draft.published[0].raw, draft.body) == (date, [LONG.strip()])
