"""An article page's bytes come out as what the page prints: real pages, real texts, and one small page a rule."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from pages import BROADCASTER, FETCHED, LONG, SECOND, UNION, draft, nukeviet, page, plainest, reading

from crawler.extraction import extract
from crawler.items import Draft, DraftLink, Page
from crawler.pipelines.identity import IdentityStep
from crawler.profiles import Profiles
from crawler.selectors import Select
from crawler.urls import KnownSites, SiteAddresses

# Real pages of a NukeViet


@pytest.fixture(scope="module")
def real(real_pages: Path) -> list[tuple[dict[str, Any], Draft]]:
    """Each real article's truth, and what its page was read as."""
    files = {one["url"]: one["file"] for one in json.loads((real_pages / "index.json").read_text("utf-8"))}
    profile = Profiles().load("ldld-caobang")
    found = []
    for line in (real_pages / "truth.jsonl").read_text("utf-8").splitlines():
        true = json.loads(line)
        url, markup = true["url"], (real_pages / files[true["url"]]).read_bytes()
        asked = Page(url, url, "article", 200, markup, "text/html", "utf-8", FETCHED, profile, profile.layouts[0])
        drafts = extract(asked).drafts
        assert len(drafts) == 1, url
        found.append((true, drafts[0]))
    assert len(found) == 15
    return found


REAL = {
    "headline": (lambda true: true["title"], lambda got: got.headline.raw),
    "visible date": (lambda true: true["visible_date"], lambda got: got.published[0].raw),
    "machine date": (lambda true: true["meta_published_time"], lambda got: got.published[1].raw),
    "byline": (lambda true: [true["author"]], lambda got: [one.raw for one in got.bylines]),
    "source": (lambda true: true["source"], lambda got: got.source.raw if got.source else ""),
    "section": (lambda true: true["section"], lambda got: got.section[-1:]),
    "sapo": (lambda true: true["sapo"], lambda got: got.sapo.raw if got.sapo else ""),
    "keywords": (lambda true: set(true["tags"]), lambda got: set(got.keywords)),
    "body": (lambda true: true["body"].split("\n") if true["body"] else [], lambda got: got.body),
    "kind": (lambda true: "photo" if true["kind"] == "photo" else "article", lambda got: got.kind),
    "reuse notice": (lambda true: true["copyright_notice"], lambda got: got.rights is not None),
    "captions": (
        lambda true: true["captions"],
        lambda got: list(dict.fromkeys(image.caption for image in got.images if image.caption)),
    ),
    "pictures": (
        lambda true: [true["lead_image"]] * true["lead_image_shown"] + true["body_images"],
        lambda got: [image.url for image in got.images],
    ),
    "links in the text": (
        lambda true: [true["see_also"]] if true["see_also"] else [],
        lambda got: [link.url for link in got.links if link.relation == "inline"],
    ),
    "newer and older": (
        lambda true: [
            (relation, one["url"], one["title"], one["date"])
            for relation in ("newer", "older")
            for one in true["related_lists"].get(relation, [])
        ],
        lambda got: [
            (link.relation, link.url, link.title, link.date_raw) for link in got.links if link.relation != "inline"
        ],
    ),
}


@pytest.mark.parametrize("field", REAL)
def test_real_pages_are_read_as_what_was_put_into_the_cms(real: list[tuple[dict[str, Any], Draft]], field: str) -> None:
    expected, got = REAL[field]
    for true, found in real:
        assert got(found) == expected(true), true["url"]


def test_the_time_of_the_last_edit_is_never_a_date_of_publication(real: list[tuple[dict[str, Any], Draft]]) -> None:
    edited = [(true, found) for true, found in real if true["microdata_datePublished"] != true["published"]]
    assert edited
    for true, found in edited:
        assert true["microdata_datePublished"] not in [one.raw for one in found.published]


def test_what_only_machines_see_does_not_leak(real: list[tuple[dict[str, Any], Draft]]) -> None:
    for _, found in real:
        text = "\n".join([*found.body, *(image.caption or "" for image in found.images)])
        assert not re.search(r"Gửi bình luận|Mã an toàn|Click để đánh giá|Ý kiến bạn đọc|NukeViet", text)


# Real texts of all four sites, in HTML without a single class


SEEDS = {"000": "thst", "001": "congdoan-soctrang", "002": "congdoan-soctrang", "004": "thaibinhtv"}


@pytest.fixture(scope="module", params=SEEDS)
def from_text(request: pytest.FixtureRequest, seeds: Path) -> list[tuple[dict[str, Any], Draft]]:
    """The articles of one seed: what is expected, and what was read from its text in the plainest HTML."""
    lines = map(json.loads, (seeds / "expected.jsonl").read_text("utf-8").splitlines())
    wanted = [one for one in lines if one["seed"] == request.param]
    text = next(seeds.glob(f"{request.param}_*.txt")).read_text("utf-8")
    drafts = reading(plainest(text, wanted), SEEDS[request.param]).drafts
    assert [found.ordinal for found in drafts] == list(range(len(wanted)))
    return list(zip(wanted, drafts, strict=True))


def test_without_any_class_name_labels_order_and_forms_suffice(from_text: list[tuple[dict[str, Any], Draft]]) -> None:
    for wanted, found in from_text:
        assert found.headline is not None and found.headline.raw == wanted["headline"]
        assert (found.sapo.raw if found.sapo else None) == wanted["description"]
        assert found.body == wanted["body"]
        assert [image.caption for image in found.images] == wanted["captions"]
        assert [one.raw for one in found.bylines] == [wanted["byline"]]
        assert found.section == wanted.get("section", [])
        assert (found.view_count.raw if found.view_count else None) == (
            str(wanted["view_count"]) if "view_count" in wanted else None
        )


def test_dates_of_licences_clocks_and_other_articles_are_not_the_articles(
    from_text: list[tuple[dict[str, Any], Draft]],
) -> None:
    for wanted, found in from_text:
        if wanted["site"] == "thaibinhtv":
            assert [one.raw for one in found.published] == ["Thứ 3, 09/01/2024 | 20:07:54"]
        else:
            assert found.published == []


def test_the_related_table_gives_titles_and_dates_of_other_articles(
    from_text: list[tuple[dict[str, Any], Draft]],
) -> None:
    for wanted, found in from_text:
        if wanted["site"] == "congdoan-soctrang":
            expected = [(one["title"], "/".join(reversed(one["date"].split("-")))) for one in wanted["related"]]
            assert [(link.title, link.date_raw) for link in found.links] == expected


def test_a_declared_source_is_kept_with_its_bare_address(from_text: list[tuple[dict[str, Any], Draft]]) -> None:
    for wanted, found in from_text:
        assert found.source_url == (wanted["source"]["url"] if wanted["source"] else None)
        assert (found.source is not None) == (wanted["source"] is not None)


def test_a_nukeviet_theme_that_nobody_has_seen_is_read_by_its_labels(seeds: Path) -> None:
    wanted = next(
        one
        for one in map(json.loads, (seeds / "expected.jsonl").read_text("utf-8").splitlines())
        if one["seed"] == "003"
    )
    text = next(seeds.glob("003_*.txt")).read_text("utf-8")
    found = draft(plainest(text, [wanted]))
    assert [one.raw for one in found.published] == ["Thứ ba - 29/06/2021 09:14"]
    assert [one.raw for one in found.bylines] == [wanted["byline"]]
    assert found.rights is not None and found.rights.raw == wanted["rights"]
    assert found.body[-1] == unicodedata.normalize("NFC", " ".join(wanted["body"][-1].split()))
    assert wanted["captions"][0] not in found.body  # the page prints it twice


# The three other layouts


def test_a_union_page_gives_its_article_and_the_dates_of_others() -> None:
    found = draft(UNION.format(text=LONG, second=""), "congdoan-soctrang")
    assert found.published == [] and found.section == ["Chăm lo đoàn viên"]
    assert found.body == [LONG.strip()] * 2
    assert [(image.caption, image.width) for image in found.images] == [("Công nhân nhận quà. Ảnh Đ.H", 600)]
    assert [one.raw for one in found.bylines] == ["PHƯƠNG ANH"]
    assert [(link.url and link.url.rsplit("/", 1)[1], link.title, link.date_raw) for link in found.links] == [
        ("khai-mac-hoi-thao-12.html", "Khai mạc hội thao", "12/07/2024"),
        (None, "Bài chỉ còn tên", "10/07/2024"),
    ]
    assert found.rights is not None and found.rights.raw == "Ghi rõ nguồn khi đăng lại."


def test_two_complete_articles_on_one_page_are_two() -> None:
    markup = UNION.format(text=LONG, second=SECOND.format(text=LONG))
    first, second = reading(markup, "congdoan-soctrang").drafts
    assert [first.ordinal, second.ordinal] == [0, 1]
    assert second.headline is not None and second.headline.raw == "Ra mắt nghiệp đoàn xe ôm"
    assert [one.raw for one in first.bylines] == ["PHƯƠNG ANH"] and [one.raw for one in second.bylines] == ["Đ.H"]
    assert (first.source_url, second.source_url) == (None, "http://baosoctrang.org.vn/b-1.html")
    assert second.body == [LONG.strip()] and len(first.links) == 2 and second.links == []
    assert first.section == second.section == ["Chăm lo đoàn viên"]


def test_two_articles_are_found_even_where_other_headings_stand_around_them() -> None:
    markup = UNION.format(text=LONG, second=SECOND.format(text=LONG)).replace(' class="', ' class="moi-')
    markup = markup.replace("<body>", "<body><div><h2>Liên đoàn Lao động tỉnh Sóc Trăng</h2></div>")
    drafts = reading(markup, "congdoan-soctrang").drafts
    assert [found.headline and found.headline.raw for found in drafts] == [
        "Trao quà cho công nhân xa quê",
        "Ra mắt nghiệp đoàn xe ôm",
    ]


SUBHEADED = f"""<h1>Đại hội công đoàn tỉnh</h1><p>{LONG}</p><h2>Nhìn lại nhiệm kỳ qua</h2><p>{LONG}</p>
<h2>Phương hướng nhiệm kỳ mới</h2><p>{LONG}</p><p>PHƯƠNG ANH</p>
<table><tr><th>Các tin liên quan</th><th>Ngày đăng</th></tr><tr><td>Khai mạc hội thao</td><td>12/07/2024</td></tr>
</table>"""


def test_headings_within_an_article_begin_no_other_one() -> None:
    found = draft(f"<html><body><h2>Liên đoàn Lao động tỉnh</h2>{SUBHEADED}</body></html>", "congdoan-soctrang")
    assert found.ordinal == 0 and found.headline is not None and found.headline.raw == "Đại hội công đoàn tỉnh"
    assert found.body == [
        LONG.strip(),
        "Nhìn lại nhiệm kỳ qua",
        LONG.strip(),
        "Phương hướng nhiệm kỳ mới",
        LONG.strip(),
    ]
    assert [one.raw for one in found.bylines] == ["PHƯƠNG ANH"] and [one.title for one in found.links] == [
        "Khai mạc hội thao"
    ]


def test_of_two_articles_without_any_class_each_keeps_its_own_headings() -> None:
    markup = SUBHEADED + SUBHEADED.replace("Đại hội công đoàn tỉnh", "Hội thao công nhân")
    drafts = reading(f"<html><body>{markup}</body></html>", "congdoan-soctrang").drafts
    assert [one.headline and one.headline.raw for one in drafts] == ["Đại hội công đoàn tỉnh", "Hội thao công nhân"]
    assert drafts[0].body == drafts[1].body and len(drafts[0].body) == 5


@pytest.mark.parametrize("above", ["", "<h1>Đại hội công đoàn tỉnh</h1>"], ids=["in its container", "above it"])
def test_an_article_whose_headline_lost_its_class_is_not_lost(above: str) -> None:
    inside = "" if above else '<div class="moi">Đại hội công đoàn tỉnh</div>'
    markup = f"""<html><head><title>Đại hội công đoàn tỉnh - Trang tin</title></head><body>{above}
    <div class="bai-viet">{inside}<div class="noi-dung-bai"><h2>Nhìn lại nhiệm kỳ qua</h2><p>{LONG}</p>
    <h2>Phương hướng nhiệm kỳ mới</h2><p>{LONG}</p></div></div></body></html>"""
    found = draft(markup, "congdoan-soctrang")
    assert found.headline is not None and found.headline.raw == "Đại hội công đoàn tỉnh"
    assert found.body == ["Nhìn lại nhiệm kỳ qua", LONG.strip(), "Phương hướng nhiệm kỳ mới", LONG.strip()]


def test_an_article_that_cannot_be_read_keeps_its_place_and_is_told_of() -> None:
    whole = UNION.format(text=LONG, second=SECOND.format(text=LONG))
    broken = whole.replace(
        '<h1 class="tieu-de-bai">Trao quà cho công nhân xa quê</h1>', '<h1 class="tieu-de-bai"></h1>'
    )
    found = reading(broken, "congdoan-soctrang")
    assert [one.ordinal for one in reading(whole, "congdoan-soctrang").drafts] == [0, 1]
    assert [(one.ordinal, one.headline and one.headline.raw) for one in found.drafts] == [
        (1, "Ra mắt nghiệp đoàn xe ôm")
    ]
    assert found.failure is not None and found.failure.startswith("article 1 of 2: no headline")


def test_a_page_of_many_containers_is_a_listing() -> None:
    found = reading(f'<div class="bai-viet"><h1>Ra quân</h1><p>{LONG}</p></div>' * 21, "congdoan-soctrang")
    assert found.drafts == [] and found.failure == "no article: 21 containers of articles make a listing"


@pytest.mark.parametrize(
    ("stated", "language"),
    [("vi", "vi"), ("VI_vn", "vi"), ("en-US", "en"), ("{LANG}", None), ("", None), ("tiếng Việt", None), ("v", None)],
)
def test_the_language_is_a_subtag_or_unknown(stated: str, language: str | None) -> None:
    assert draft(nukeviet(f"<p>{LONG}</p>").replace('lang="vi"', f'lang="{stated}"')).language == language


def test_a_line_that_was_read_as_a_field_links_to_nothing() -> None:
    markup = f"""<html><body><h1>Mít tinh ra quân (Lượt xem: 6.787)</h1><p>&gt;&gt; <a href="/">TIN TỨC</a></p>
    <p>{LONG}<a href="/Tin-tuc/A/x-5">bài trước</a></p><p>Thu Hà - Minh Quân</p></body></html>"""
    found = draft(markup, "thst")
    assert found.section == ["TIN TỨC"]
    assert [(link.title, link.relation) for link in found.links] == [("bài trước", "inline")]


@pytest.mark.parametrize(
    "printed",
    [
        '<a href="/">Trang đầu</a> &gt; <a href="/cat">Thời sự</a>',
        'Bạn đang ở đây: <a href="/">Trang chủ</a> / Thời sự',
        "Vị trí hiện tại: Home » Thời sự",
        "Bạn đang xem: Thời sự",
    ],
)
def test_a_breadcrumb_is_neither_the_front_page_nor_the_words_before_it(printed: str) -> None:
    markup = f"""<html><body><h1>Mít tinh ra quân (Lượt xem: 6.787)</h1><p class="duong-dan">{printed}</p>
    <p>{LONG}</p><p>Thu Hà - Minh Quân</p></body></html>"""
    asked = page(markup, "thst")
    rule = replace(asked.layout.fields.section, select=(Select("p.duong-dan"),), capture=None, label=None)
    asked.layout = replace(asked.layout, fields=replace(asked.layout.fields, section=rule))
    (found,) = extract(asked).drafts
    assert found.section == ["Thời sự"]


def test_a_broadcaster_page_gives_its_time_counter_and_related_titles_without_teasers() -> None:
    text = f'<p>{LONG}</p><p style="text-align: right;"><strong>CTV</strong></p>'
    found = draft(BROADCASTER.format(body=text, words='<li><a href="/tu-khoa/a">khai giảng</a></li>'), "thaibinhtv")
    assert [one.raw for one in found.published] == ["Chủ nhật, 07/01/2024 | 07:05:09"]
    assert found.view_count is not None and found.view_count.raw == "1.402"
    assert found.sapo is not None and found.sapo.raw == "Ngày 6/1, lớp bồi dưỡng được khai giảng."
    assert found.section == ["Thời sự"] and found.keywords == ["khai giảng"]
    assert found.body == [LONG.strip()] and [one.raw for one in found.bylines] == ["CTV"]
    assert found.links == [DraftLink("http://thaibinhtv.vn/tin-tuc/1/78/ky-hop", "Khai mạc kỳ họp", "related")]
    assert found.canonical == "/tin-tuc/1/77/khai-giang"


@pytest.mark.parametrize(
    ("printed", "views"),
    [("1.402", 1402), ("402", 402), ("999.999.999", 999_999_999), ("9" * 20, None), ("9.999.999.999", None)],
)
def test_a_counter_is_a_number_that_people_can_have_clicked(printed: str, views: int | None) -> None:
    markup = BROADCASTER.format(body=f"<p>{LONG}</p>", words="").replace("1.402", printed)
    asked = page(markup, "thaibinhtv")
    step = IdentityStep(SiteAddresses(asked.profile, asked.layout), KnownSites([asked.profile], FETCHED))
    harvest = step.process_item(extract(asked)).harvest
    assert harvest is not None and harvest.articles[0].view_count == views
    counted = next(one for one in harvest.articles[0].evidence if one.field == "view_count")
    assert (counted.raw, counted.value) == (printed, str(views) if views else None)
    assert counted.note == (None if views else "not read as a number")


def test_a_label_without_keywords_takes_none_from_what_follows() -> None:
    assert draft(BROADCASTER.format(body=f"<p>{LONG}</p>", words=""), "thaibinhtv").keywords == []


def test_an_agency_in_the_signatures_place_is_the_source_and_no_author() -> None:
    found = draft(BROADCASTER.format(body=f"<p>{LONG}</p><p>Theo TTXVN</p>", words=""), "thaibinhtv")
    assert found.source is not None and found.source.raw == "Theo TTXVN"
    assert found.bylines == [] and found.body == [LONG.strip()]


def test_an_article_that_is_a_film_has_no_body() -> None:
    film = '<p><video controls><source src="/upload/video/a.mp4" type="video/mp4"></video></p>'
    found = draft(BROADCASTER.format(body=film, words=""), "thaibinhtv")
    assert (found.kind, found.body) == ("video", [])
    assert [(one.url, one.kind) for one in found.media] == [("http://thaibinhtv.vn/upload/video/a.mp4", "video")]


def test_the_counter_is_no_part_of_the_headline_and_the_side_lists_are_no_text() -> None:
    markup = f"""<div class="chi-tiet"><h1 class="tieu-de">Mít tinh ra quân (Lượt xem: 6.787)</h1>
    <div class="duong-dan">&gt;&gt; <a href="/a">TIN TỨC</a><br>&gt;&gt; <a href="/b">Đoàn thể</a></div>
    <div class="noi-dung"><p>{LONG}</p><p>Thu Hà - Minh Quân</p></div></div>
    <div class="tin-moi"><ul><li><a href="/Tin-tuc/A/x-5">Bài mới thứ nhất của trang</a></li></ul></div>
    <div class="thong-bao"><ul><li><a href="/Tin-tuc/B/y-6">Thông báo nghỉ lễ</a> (12-01-2022)</li></ul></div>
    <div class="chan-trang"><p>Giấy phép cấp ngày 22/12/2016.</p><p class="ban-quyen">Ghi rõ nguồn.</p></div>"""
    found = draft(markup, "thst")
    assert found.headline is not None and found.headline.raw == "Mít tinh ra quân"
    assert found.view_count is not None and found.view_count.raw == "6.787"
    assert found.section == ["TIN TỨC", "Đoàn thể"] and found.published == []
    assert found.body == [LONG.strip()]
    assert [(link.title, link.date_raw) for link in found.links] == [
        ("Bài mới thứ nhất của trang", None),
        ("Thông báo nghỉ lễ", "12-01-2022"),
    ]


@pytest.mark.parametrize(
    ("site", "markup"),
    [
        ("congdoan-soctrang", UNION.format(text=LONG, second=SECOND.format(text=LONG))),
        ("thaibinhtv", BROADCASTER.format(body=f"<p>{LONG}</p><p>CTV</p>", words="")),
    ],
)
def test_a_redesign_that_renames_every_class_loses_no_text(site: str, markup: str) -> None:
    renamed = re.sub(r'class="[^"]*"', 'class="moi"', markup).replace(
        "<body>", "<title>Trao quà</title><body>" if site == "congdoan-soctrang" else "<body>"
    )
    before, after = reading(markup, site).drafts, reading(renamed, site).drafts
    assert [found.body for found in after] == [found.body for found in before]
    assert [found.headline and found.headline.raw for found in after] == [
        found.headline and found.headline.raw for found in before
    ]
    assert all("container is missing" in found.notes[0] for found in after)


@pytest.mark.parametrize("name", ["Liên đoàn Lao động tỉnh Cao Bằng", "<a href='/'>Tiếng nói người thợ</a>"])
def test_the_sites_own_name_is_no_headline(name: str) -> None:
    markup = f"""<html><head><title>Ra quân hè 2024 - Trang tin</title></head><body>
    <h1>{name}</h1><div class="bai"><h2>Ra quân hè 2024</h2>
    <p>Thứ hai - 29/07/2024 08:15</p><p>{LONG}</p></div></body></html>"""
    found = draft(markup)
    assert found.headline is not None and found.headline.raw == "Ra quân hè 2024"
    assert found.body == [LONG.strip()]


# Pages that are no article


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "\x00\x01",
        "<html><title>Lỗi 404</title><body><h1>Lỗi 404</h1><p>Trang không tồn tại trên máy chủ.</p></body></html>",
        f"<html><body><h1>Chuyên mục</h1><p>{LONG}</p></body></html>",
    ],
    ids=["empty", "control characters", "error page", "headline and text without any sign of an article"],
)
def test_what_is_no_article_gives_a_reason_and_no_draft(markup: str) -> None:
    found = reading(markup)
    assert found.drafts == [] and found.failure is not None
    assert found.failure.startswith("no ") or found.failure == found.missing


def test_the_front_page_and_listings_of_a_real_site_are_no_articles(real_pages: Path) -> None:
    for name in ("home", "hoat-dong-cong-doan", "tag__tư-vấn", "feeds", "kinh-te__khong-co-bai-nay-9999"):
        assert reading((real_pages / f"{name}.html").read_bytes()).drafts == [], name


# Trafilatura and the container


def test_where_trafilatura_would_drop_a_repeated_paragraph_the_container_stands() -> None:
    found = draft(nukeviet(f"<p>{LONG}</p><p>{LONG}</p><p>Facebook</p><p>Hết.</p>"))
    assert found.body == [LONG.strip(), LONG.strip(), "Facebook", "Hết."]
    assert len(found.notes) == 1 and found.notes[0].startswith("trafilatura lost 1")


def test_an_ordinary_body_is_trafilaturas_own_answer() -> None:
    assert draft(nukeviet(f"<p>{LONG}</p><p>Đoạn ngắn.</p>")).notes == []
