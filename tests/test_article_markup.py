"""What each rule of extraction does, each on the smallest page that shows it."""

from __future__ import annotations

import unicodedata

import pytest
from pages import LONG, body, captions, draft, nukeviet, page

from crawler.extraction import extract
from crawler.extraction.document import parse, text_of

# Captions


CAPTION = "Công nhân vui ngày hội"
IMAGE = '<img src="/uploads/a.jpg" width="640" height="426">'


@pytest.mark.parametrize(
    "markup",
    [
        f"<figure>{IMAGE}<figcaption>{CAPTION}</figcaption></figure>",
        f"<table class='image center'><tr><td>{IMAGE}</td></tr><tr><td class='image_desc'>{CAPTION}</td></tr></table>",
        f"<p style='text-align:center'>{IMAGE}<br><em>{CAPTION}</em></p>",
        f"<div align=center>{IMAGE}</div><div style='text-align:center'><em><span>{CAPTION}</span></em></div>",
        f"<p>{IMAGE}</p><p>{CAPTION}</p>",
        f"<p>{IMAGE}</p><p class='caption'>{CAPTION}</p>",
        f"<p>{IMAGE}</p><p>{CAPTION}</p><p>{CAPTION}</p>",
        f"<div class='k7'>{IMAGE}<div class='k8'>{CAPTION}</div></div>",
    ],
    ids=["figcaption", "table", "italics in its paragraph", "italics below", "plain", "class", "printed twice", "box"],
)
def test_a_caption_belongs_to_its_picture_and_not_to_the_text(markup: str) -> None:
    around = f"<p>{LONG}</p>{markup}<p>{LONG}</p>"
    assert captions(around) == [CAPTION]
    assert body(around) == [LONG.strip()] * 2


@pytest.mark.parametrize(
    "paragraph",
    [
        "Sáng 28/6, đoàn đến thăm và tặng quà cho công nhân khu trọ.",
        "Theo đồng chí chủ tịch, quỹ đã giúp được nhiều người.",
        "Đồng chí Lan cho biết công đoàn sẽ tiếp tục chăm lo cho đoàn viên.",
        "Sau lễ phát động, đã có hơn 40 đội đăng ký, tăng 12,5%. Vòng loại bắt đầu từ tháng 4. Đội nào cũng có nữ.",
        "Khu nhà mới của công nhân có bốn tầng, mỗi tầng tám phòng rộng rãi, có bếp, có chỗ phơi và cả một khoảng sân"
        " đủ rộng cho trẻ nhỏ chơi đùa mỗi buổi.",
        "Các hoạt động chính gồm:",
        "Tặng quà cho đoàn viên khó khăn;",
        LONG.strip(),
    ],
)
def test_a_paragraph_that_goes_on_telling_is_no_caption(paragraph: str) -> None:
    markup = f"<p>{LONG}</p><p>{IMAGE}</p><p>{paragraph}</p>"
    assert captions(markup) == [None]
    assert body(markup) == [LONG.strip(), paragraph]


def test_rows_and_list_entries_under_a_picture_are_no_captions() -> None:
    table = "<table><tr><td>Đơn vị</td><td>Số suất</td></tr><tr><td>Huyện A</td><td>12</td></tr></table>"
    assert captions(f"<p>{IMAGE}</p>{table}<p>{LONG}</p>") == [None]
    assert captions(f"<p>{IMAGE}</p><ul><li>Thăm gia đình chính sách</li></ul><p>{LONG}</p>") == [None]


def test_a_line_in_a_box_with_its_picture_is_a_caption_though_it_is_a_sentence_that_tells() -> None:
    told = "Theo chân đoàn công tác đến khu trọ, phóng viên ghi lại những nụ cười của các cháu nhỏ."
    box = f"<div><a href='/a.jpg'>{IMAGE}</a><span><div>{told}</div></span></div>"
    assert captions(f"<p>{LONG}</p>{box}<p>{LONG}</p>") == [told]
    assert body(f"<p>{LONG}</p>{box}<p>{LONG}</p>") == [LONG.strip()] * 2
    beside = f"<div>{IMAGE}<p>{told}</p><p>Ngoài ra, các cháu còn được tặng sách vở cho năm học mới.</p></div>"
    assert captions(f"<p>{LONG}</p>{beside}") == [None]
    assert body(f"<div>{IMAGE}<p>{told}</p></div>") == [told]


def test_a_signature_under_the_last_picture_is_no_caption() -> None:
    found = draft(nukeviet(f"<p>{LONG}</p><p>{IMAGE}</p><p style='text-align:right'><strong>Đức Hải</strong></p>"))
    assert [one.raw for one in found.bylines] == ["Đức Hải"]
    assert [image.caption for image in found.images] == [None]


def test_each_of_two_pictures_in_a_row_has_its_own_caption() -> None:
    first, second = f"<p>{IMAGE}</p><p>Đội văn nghệ biểu diễn</p>", "<p><img src='/b.jpg'></p><p>Trao giải nhất</p>"
    assert captions(f"{first}{second}<p>{LONG}</p>") == ["Đội văn nghệ biểu diễn", "Trao giải nhất"]


def test_a_long_paragraph_that_floats_around_a_picture_is_text() -> None:
    assert body(f"<p>{IMAGE}{LONG}</p>") == [LONG.strip()]


# Editors' markup


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Đoạn một.</p><p>Đoạn hai.</p>",
        "<div>Đoạn một.</div><div>&nbsp;</div><div>Đoạn hai.</div>",
        "Đoạn một.<br><br>Đoạn hai.",
        "<div>Đoạn một.<br />\n<br />\n<p>Đoạn hai.</p></div>",
        "<p>Đoạn một.<br>Đoạn hai.</p>",
        '<p class="MsoNormal"><span style="font-size:14pt"><span>Đoạn một.</span></span><o:p></o:p></p>Đoạn hai.',
        "<table><tr><td><p>Đoạn một.</p><p>Đoạn hai.</p></td></tr></table>",
        "<ul><li>Đoạn một.</li><li>Đoạn hai.</li></ul>",
        "<h3>Đoạn một.</h3>Đoạn hai.<script>var x = 1;</script><p style='display:none'>Ẩn.</p>",
        "<div>Đoạn&nbsp;\n  một.</div>\u200b<section>Đoạn hai.</section><form><label>Tên</label><input></form>",
    ],
)
def test_paragraphs_are_the_same_however_an_editor_wrote_them(markup: str) -> None:
    assert body(markup) == ["Đoạn một.", "Đoạn hai."]


def test_one_line_break_inside_a_sentence_is_a_space() -> None:
    assert body("<p>Hội nghị bàn về việc<br>chăm lo cho đoàn viên.</p>") == [
        "Hội nghị bàn về việc chăm lo cho đoàn viên."
    ]


def test_a_row_of_a_data_table_is_one_paragraph() -> None:
    rows = "<table><tr><th>Đơn vị</th><th>Suất quà</th></tr><tr><td>Huyện <b>A</b></td><td>120</td></tr></table>"
    assert body(f"<p>{LONG}</p>{rows}") == [LONG.strip(), "Đơn vị | Suất quà", "Huyện A | 120"]


def test_text_is_nfc_and_addresses_keep_their_bytes() -> None:
    decomposed = unicodedata.normalize("NFD", f'<p>Công đoàn <a href="/tệp.html">tệp</a> {LONG}</p>')
    found = draft(nukeviet(decomposed))
    assert found.body == [f"Công đoàn tệp {LONG}".strip()]
    assert found.links[0].url is not None and found.links[0].url.endswith(unicodedata.normalize("NFD", "/tệp.html"))


# What is not text of the article


def test_see_also_is_an_edge_and_not_text() -> None:
    markup = (
        f'<p>{LONG}</p><p><strong>&gt;&gt; Xem thêm: <a href="/tin/bai-2.html">Bài khác</a></strong></p><p>{LONG}</p>'
    )
    found = draft(nukeviet(markup))
    assert found.body == [LONG.strip()] * 2
    assert [(link.url, link.title, link.relation) for link in found.links] == [
        ("http://ldld.caobang.gov.vn/tin/bai-2.html", "Bài khác", "inline")
    ]


def test_links_to_lists_of_pages_and_to_the_page_itself_are_no_links_in_the_text() -> None:
    hrefs = ["/tin/", "/tag/luong/", "#cuoi", "/tin/bai-1.html#anh", "/tin/bai-9.html", "http://laodong.vn/x.html"]
    links = "".join(f'<a href="{href}">xem</a> ' for href in hrefs)
    found = draft(nukeviet(f"<p>{LONG}{links}</p>"))
    assert [link.url for link in found.links] == [
        "http://ldld.caobang.gov.vn/tin/bai-9.html",
        "http://laodong.vn/x.html",
    ]


def test_links_that_print_or_share_the_page_are_no_links_in_the_text() -> None:
    share = '<a href="https://www.facebook.com/sharer/sharer.php?u=http://ldld.caobang.gov.vn/tin/bai-1.html">f</a>'
    found = draft(nukeviet(f'<p>{LONG}</p><p>{share} <a href="/tin/in/1">In bài này</a> nhé</p>'))
    assert found.links == []


def test_a_box_of_related_articles_in_the_text_ends_nothing() -> None:
    box = '<div><b>Tin liên quan</b><ul><li><a href="/tin/a-2.html">Bài thứ hai</a></li></ul></div>'
    assert body(f"<p>{LONG}</p>{box}<p>{LONG}</p>") == [LONG.strip()] * 2


@pytest.mark.parametrize(
    "heading",
    [
        *("Các tin liên quan", "Tin khác:", "Những tin cũ hơn", "Ý kiến bạn đọc", "Từ khóa", "TIN BÀI ĐÃ ĐƯA"),
        *("Gửi phản hồi", "Bình luận (3)", "Bạn đọc viết", "Có 2 ý kiến", "Phản hồi của bạn đọc"),
    ],
)
def test_a_heading_of_other_articles_ends_the_text(heading: str) -> None:
    assert body(f"<p>{LONG}</p><p>{heading}</p><p>Tên một bài khác của trang</p>") == [LONG.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "Tổng số điểm của bài viết là: 0 trong 0 đánh giá",
        "Click để đánh giá bài viết",
        "402 lượt xem",
        "Chú ý: Việc đăng lại bài viết trên ở website khác là vi phạm bản quyền",
        "Công đoàn ngành Y tế ra quân",
        "In bài này A- A+",
        "Gửi cho bạn bè",
    ],
)
def test_notices_counters_and_the_repeated_headline_are_no_text(line: str) -> None:
    assert body(f"<p>{line}</p><p>{LONG}</p>") == [LONG.strip()]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tin khác với dự đoán, số người tham gia ngày hội năm nay tăng gấp đôi so với cùng kỳ.",
        "Tin liên quan đến vụ việc đang được xác minh.",
        "Bình luận viên của đài nói đội nhà xứng đáng.",
    ],
)
def test_a_sentence_that_begins_like_a_heading_stays(sentence: str) -> None:
    assert body(f"<p>{sentence}</p><p>{LONG}</p>") == [sentence, LONG.strip()]


# Bylines, sources, sapo


def test_label_and_link_give_byline_and_source_as_printed() -> None:
    below = (
        '<p class="h5 text-right"><strong>Tác giả bài viết: </strong>Thùy Dương - Ban TGNG</p><p class="h5 text-right">'
        '<strong>Nguồn tin: </strong><a rel="nofollow" href="http://laodong.vn/x.html">laodong.vn</a></p>'
    )
    found = draft(nukeviet(f"<p>{LONG}</p>", below=below))
    assert [one.raw for one in found.bylines] == ["Thùy Dương - Ban TGNG"]
    assert found.source is not None and (found.source.raw, found.source_url) == (
        "laodong.vn",
        "http://laodong.vn/x.html",
    )
    assert found.generic_author is None


def test_trafilaturas_author_is_asked_only_where_the_rules_find_nobody() -> None:
    hidden = '<div class="hidden" itemprop="author"><span itemprop="name">Nguyễn Văn Bình</span></div>'
    signed = '<p class="h5 text-right"><strong>Tác giả: </strong>Lan Anh</p>'
    unsigned = draft(nukeviet(f"<p>{LONG}</p>", above=hidden))
    assert unsigned.bylines == []
    assert unsigned.generic_author is not None and unsigned.generic_author.raw == "Nguyễn Văn Bình"
    assert draft(nukeviet(f"<p>{LONG}</p>", above=hidden, below=signed)).generic_author is None


def test_the_sapo_is_all_the_text_where_the_body_is_empty() -> None:
    found = draft(nukeviet("<p>&nbsp;</p>", above='<div class="hometext">Chỉ có một câu tóm tắt.</div>'))
    assert (found.body, found.sapo, found.kind) == (["Chỉ có một câu tóm tắt."], None, "article")


# Pictures and files


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<a href="/uploads/lon.jpg"><img src="/assets/nho.jpg"></a>', "/uploads/lon.jpg"),
        ('<img src="data:image/gif;base64,R0" data-src="/uploads/that.jpg">', "/uploads/that.jpg"),
        ('<a href="/tin/bai-3.html"><img src="/uploads/a.jpg"></a>', "/uploads/a.jpg"),
    ],
)
def test_the_large_picture_is_kept(markup: str, address: str) -> None:
    assert [image.url for image in draft(nukeviet(f"<p>{markup}</p><p>{LONG}</p>")).images] == [
        f"http://ldld.caobang.gov.vn{address}"
    ]


def test_the_lead_picture_is_the_large_hidden_one_and_stands_once() -> None:
    above = """
    <figure class="article left"><p><img src="/assets/nho.jpg"></p><figcaption>Lễ ra quân</figcaption></figure>
    <div id="imgpreview" style="display:none"><p><img src="/uploads/lon.jpg"></p><figcaption>Lễ ra quân</figcaption>
    </div>"""
    found = draft(nukeviet(f"<p>{LONG}</p>", above=above))
    assert [(image.url, image.caption, image.lead) for image in found.images] == [
        ("http://ldld.caobang.gov.vn/uploads/lon.jpg", "Lễ ra quân", True)
    ]


def test_smileys_are_neither_pictures_nor_the_end_of_a_line() -> None:
    found = draft(nukeviet(f'<p>Vui quá <img src="/s.gif" width="16" height="16"> mọi người ơi. {LONG}</p>'))
    assert found.images == [] and found.body[0].startswith("Vui quá mọi người ơi.")


@pytest.mark.parametrize("size", ["99999999999999999999", "70000", "²", "６４０", "-1", "50%", "abc"])
def test_a_size_that_no_picture_has_is_unknown(size: str) -> None:
    image = draft(nukeviet(f'<p>{LONG}</p><p><img src="/a.jpg" width="{size}" height="426"></p>')).images[0]
    assert (image.width, image.height) == (None, 426)
    styled = f'<p>{LONG}</p><p><img src="/a.jpg" style="width: {size}px; height:426px"></p>'
    assert [(one.width, one.height) for one in draft(nukeviet(styled)).images] == [(None, 426)]


def test_files_to_download_are_attachments() -> None:
    file = '<a href="/tin/bai-1.html?download=1&amp;id=0" download>Tập tin 1: <strong>kh.pdf</strong></a>'
    below = f'<div class="news-download-file">{file}</div>'
    found = draft(nukeviet(f'<p>{LONG}<a href="/uploads/mau.docx">Mẫu đơn</a></p>', below=below))
    assert [(one.url.rsplit("/", 1)[1], one.title, one.media_type) for one in found.attachments] == [
        ("bai-1.html?download=1&id=0", "Tập tin 1: kh.pdf", "application/pdf"),
        ("mau.docx", "Mẫu đơn", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ]
    assert found.links == []


# Pages that repeat themselves


@pytest.mark.parametrize("site", ["ldld-caobang", "congdoan-soctrang", "thaibinhtv", "thst"])
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1.",
        "a<br>",
        "<p>1 lượt xem</p>",
        "<p>Tin liên quan</p>",
        "<h1>Tiêu đề</h1>",
        '<div class="bai-viet">x</div>',
    ],
)
def test_a_page_that_repeats_itself_takes_no_longer_than_its_length(site: str, piece: str) -> None:
    # Read again from each of its places, 100,000 characters would take a quarter of an hour.
    markup = f"<title>Ra quân hè 2024</title><h1>Ra quân hè 2024</h1>{piece * (100_000 // len(piece))}<p>{LONG}</p>"
    extract(page(markup, site))


# Bytes


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("<p>Liên đoàn</p>".encode(), None),
        ("<p>Liên đoàn</p>".encode(), "iso-8859-1"),
        ("\ufeff<p>Liên đoàn</p>".encode(), "windows-1258"),
        ("<p>Liên đoàn</p>".encode("utf-16"), None),
        (b'<meta charset="windows-1258"><p>' + "Liên đoàn</p>".encode("cp1258", "replace"), None),
        ("<p>Liên đoàn</p>".encode("cp1258", "replace"), "windows-1258"),
        (b"<p>Li&ecirc;n &#273;o&agrave;n</p>", "no-such-charset"),
    ],
    ids=["utf-8", "wrongly declared", "byte-order mark", "utf-16", "meta", "header", "entities"],
)
def test_text_is_read_whatever_the_charset(content: bytes, charset: str | None) -> None:
    asked = page(content)
    asked.charset = charset
    assert text_of(parse(asked)) == "Liên đoàn"


@pytest.mark.parametrize(
    "charset", ["hex", "base64", "rot13", "undefined", "idna", "unicode_escape", "\x00", "utf-16", "utf-32"]
)
@pytest.mark.parametrize("where", ["header", "page"])
def test_a_charset_that_no_page_can_have_is_none(charset: str, where: str) -> None:
    head = f'<meta charset="{charset}">' if where == "page" else ""
    asked = page(f"{head}<p>Liên đoàn</p>")
    asked.charset = charset if where == "header" else None
    assert text_of(parse(asked)) == "Liên đoàn"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1258", None])
def test_one_broken_character_costs_no_other(charset: str | None) -> None:
    asked = page("<p>Liên đoàn Lao động tỉnh họp báo ".encode() + b"\xe1\xbb</p>")
    asked.charset = charset
    assert text_of(parse(asked)) == "Liên đoàn Lao động tỉnh họp báo \ufffd"


@pytest.mark.parametrize(
    "reference", ["&#1;", "&#11;", "&#12;", "&#127;", "&#xFFFE;", "&#xFFFF;", "&#31;", "\x0c", "\x7f"]
)
def test_what_no_text_may_hold_breaks_no_page(reference: str) -> None:
    found = draft(
        nukeviet(f'<p>{LONG}Công {reference} đoàn{reference}</p><p><img src="/a.jpg" alt="x{reference}"></p>').replace(
            "ra quân<", f"ra quân{reference}<"
        )
    )
    assert found.headline is not None and found.headline.raw == "Công đoàn ngành Y tế ra quân"
    assert found.body == [f"{LONG}Công đoàn"] and found.notes == []


def test_a_dash_from_windows_is_a_dash() -> None:
    assert text_of(parse(page("<p>2018 &#150; 2023</p>"))) == "2018 – 2023"


def test_hundreds_of_unclosed_tags_lose_nothing() -> None:
    assert body("<span>" * 900 + LONG + "</div>") == [LONG.strip()]


def test_base_decides_what_addresses_are_relative_to() -> None:
    markup = nukeviet(f'<p>{LONG}</p><p><img src="a.jpg"></p>').replace("<head>", '<head><base href="/goc/">')
    assert draft(markup).images[0].url == "http://ldld.caobang.gov.vn/goc/a.jpg"


def test_a_tree_that_is_already_parsed_is_not_parsed_again() -> None:
    asked = page(nukeviet(f"<p>{LONG}</p>"))
    tree = parse(asked)
    asked.body = b""
    assert extract(asked, tree).drafts[0].body == [LONG.strip()]


def test_broken_addresses_are_passed_over() -> None:
    markup = nukeviet(
        f'<p>{LONG}<a href="http://[">x</a><a href="http://[::1">y</a></p><p><img src="http://["></p>'
        '<iframe src="http://a:99999999/embed"></iframe>'
    ).replace("<head>", '<head><base href="http://[">')
    found = draft(markup)
    assert found.images == [] and found.links == [] and found.body[0].startswith("Hội nghị")
