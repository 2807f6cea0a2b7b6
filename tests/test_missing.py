"""Pages of status 200 that say there is no article, and articles that only speak of such pages."""

from __future__ import annotations

import pytest
from pages import LONG, draft, nukeviet, reading

FRAME = """<html lang="vi"><head><title>{title}</title></head><body class="{body_class}">
<div class="header"><a href="/users/login/">Đăng nhập</a>
<div class="popup" style="display:none"><form>Hãy đăng nhập thành viên <input type="password"></form></div></div>
<ul class="nav"><li><a href="/">Trang nhất</a></li><li><a href="/kinh-te/">Kinh tế</a></li></ul>
<div id="content">{content}</div>
<div class="side"><h3>Tin xem nhiều</h3><ul>
<li><a href="/kinh-te/mot-bai-7.html">Không tìm thấy trang thiết bị cho trạm y tế xã vùng cao</a>
<p>Trạm y tế xã vừa được xây xong nhưng chưa có giường bệnh, tủ thuốc và nhiều trang thiết bị cần thiết khác để đón
người bệnh, trong khi mùa mưa đã tới và đường lên huyện thường xuyên bị chia cắt bởi những con suối...</p></li>
<li><a href="/kinh-te/hai-bai-8.html">Đăng nhập để xem điểm thi tay nghề</a></li></ul></div>
<div class="footer">Cơ quan chủ quản: Liên đoàn Lao động tỉnh Sông Lam. Giấy phép số 12 do Sở Thông tin và Truyền thông
cấp ngày 22/12/2016. Người chịu trách nhiệm: ông Trưởng ban biên tập. Ghi rõ nguồn khi phát hành lại thông tin từ trang.
Bạn đã không sử dụng Site, bấm vào đây để duy trì trạng thái đăng nhập.</div></body></html>"""
"""A site's page around whatever stands in its middle: menus, a hidden login form, teasers, a foot."""


def in_frame(content: str, title: str = "Công đoàn Sông Lam", body_class: str = "") -> str:
    return FRAME.format(content=content, title=title, body_class=body_class)


NOT_THERE = {
    "NukeViet": in_frame(
        "<div class='alert'>Lỗi 404: Trang web mà bạn đang tìm không tồn tại trên máy chủ này.</div>",
        "Lỗi truy cập 404",
    ),
    "NukeViet, in the news' panel": nukeviet(
        "<p>Bài viết bạn yêu cầu không tồn tại hoặc đã bị xóa khỏi hệ thống.</p>"
    ).replace("Công đoàn ngành Y tế ra quân", "Thông báo"),
    "WordPress": in_frame(
        "<h1>Ối! Không tìm thấy trang này.</h1><p>Thử tìm kiếm xem sao?</p>", body_class="error404 vi"
    ),
    "WordPress in English": in_frame("<h1>Oops! That page can’t be found.</h1><p>Maybe try a search?</p>"),
    "Joomla": in_frame("<h2>404 - Không tìm thấy bài viết</h2>", "404 - Không tìm thấy bài viết"),
    "Joomla in English": in_frame("<h1>404 Article not found</h1><p>You may not be able to visit this page.</p>"),
    "IIS": in_frame("<h2>404 - File or directory not found.</h2>", "404 - File or directory not found."),
    "ASP.NET": in_frame("<h1>Server Error in '/' Application.</h1><h2><i>The resource cannot be found.</i></h2>"),
    "DNN": in_frame("<p>The page you are looking for could not be found.</p>", "404 Error Page > Công đoàn Sông Lam"),
    "Liferay": in_frame("<h3>Not Found</h3><div>The requested resource could not be found.</div>", "Trạng thái"),
    "Liferay, its content": in_frame("<div class='alert'>The selected web content no longer exists.</div>"),
    "by hand": in_frame("<p>Rất tiếc, bài viết này không còn tồn tại hoặc đường dẫn đã thay đổi.</p>"),
    "by hand, shorter": in_frame("<div>Nội dung không tồn tại!</div>"),
    "by hand, a title": in_frame(
        "<div><img src='/404.png'></div>", "Không tìm thấy nội dung yêu cầu | Công đoàn Sông Lam"
    ),
    "by hand, removed": in_frame("<p>Xin lỗi quý vị, tin bài này đã được gỡ bỏ theo yêu cầu của tác giả.</p>"),
}


@pytest.mark.parametrize("cms", NOT_THERE)
@pytest.mark.parametrize("site", ["ldld-caobang", "thst"])
def test_a_page_that_says_the_article_is_not_there_is_believed(cms: str, site: str) -> None:
    found = reading(NOT_THERE[cms], site)
    assert found.drafts == []
    assert found.missing is not None and found.missing.startswith("the page says that it is not there")
    assert found.failure == found.missing


LOGIN = {
    "a form": in_frame("<h1>Đăng nhập</h1><form><input name='u'><input type='password'></form>"),
    "a title": in_frame(
        "<form><input name='u'><input type='password'></form>", "Công đoàn Sông Lam - Đăng nhập hệ thống"
    ),
    "a sentence": in_frame("<p>Bạn cần đăng nhập tài khoản đoàn viên để xem nội dung này.</p>"),
    "no right": in_frame("<p>Bạn không có quyền truy cập vào trang này.</p>"),
    "Joomla": in_frame("<div class='alert'>You are not authorised to view this resource.</div>"),
}


@pytest.mark.parametrize("kind", LOGIN)
def test_a_page_that_wants_a_login_is_no_article(kind: str) -> None:
    found = reading(LOGIN[kind])
    assert found.drafts == []
    assert found.missing is not None and found.missing.startswith("the page wants a login")


def test_a_message_with_a_list_of_other_news_under_it_is_no_article() -> None:
    """Signs of an article that every page of the site prints: a date, a list of related news, a long line."""
    message = (
        "<h1 class='title'>Không tìm thấy nội dung</h1><span class='h5'>Thứ hai - 29/07/2024 08:15</span>"
        "<p>Rất tiếc, bài viết mà bạn đang tìm không tồn tại, đã bị gỡ, hoặc đường dẫn đã được thay đổi sau khi trang"
        " của chúng tôi chuyển sang phiên bản mới từ đầu năm nay.</p>"
        "<div class='other-news'><p class='h3'>Những tin cũ hơn</p><ul><li><a href='/kinh-te/a-1.html'>Bài một</a>"
        "<em>(01/07/2024)</em></li></ul></div>"
    )
    found = reading(in_frame(message))
    assert found.drafts == []
    assert found.missing


# Articles

ABOUT = {
    "Không tìm thấy trang thiết bị, trạm y tế phải vay": LONG,
    "Lỗi 404 trên cổng dịch vụ công: vì sao người lao động than phiền": LONG,
    "Nội dung không tồn tại": LONG * 3,
    "Hướng dẫn đăng nhập ứng dụng Công đoàn": f"{LONG}Người dùng cần đăng nhập để xem thẻ đoàn viên của mình.",
}


@pytest.mark.parametrize("headline", ABOUT)
def test_an_article_about_such_pages_is_an_article(headline: str) -> None:
    markup = nukeviet(f"<p>{ABOUT[headline]}</p><p>Trang này không tồn tại.</p>")
    found = draft(markup.replace("Công đoàn ngành Y tế ra quân", headline))
    assert found.headline is not None and found.headline.raw == headline
    assert found.body[0] == ABOUT[headline].strip()


SENTENCE = "Liên đoàn Lao động tỉnh Sông Lam trân trọng thông báo để các công đoàn cơ sở biết và thực hiện."
NOTICES = {
    "Thông báo: Địa chỉ website đã thay đổi từ ngày 01/3/2024": SENTENCE,
    "Thông báo: Địa chỉ thư điện tử đã được thay đổi": SENTENCE,
    "Đường dẫn họp trực tuyến đã thay đổi sang phòng số hai": SENTENCE,
    "Thông tin không có thật về việc sáp nhập hai huyện": SENTENCE,
    "Thông tin không tồn tại về chuyện phát tiền Tết qua mạng": SENTENCE,
    "Nội dung không còn phù hợp của Điều lệ Công đoàn": SENTENCE,
    "Bài viết đã bị gỡ khỏi mạng xã hội sau khi công đoàn lên tiếng": SENTENCE,
    "Không tìm thấy thông tin: hai công nhân mất liên lạc trong bão": SENTENCE,
    "Mục tiêu mới": "Thông tin đã được xóa khỏi danh sách nợ bảo hiểm đối với 12 doanh nghiệp trong tỉnh.",
    "Mục tiêu cũ": "Nội dung đã hủy theo yêu cầu của các công đoàn cơ sở tại hội nghị giao ban tháng Ba.",
    "Phải đăng nhập VNeID để truy cập Cổng dịch vụ công từ 1/7": SENTENCE,
    "Cần đăng nhập tài khoản đoàn viên mới được xem lịch khám sức khỏe": SENTENCE,
    "Bạn không có quyền truy cập thư của đồng nghiệp": SENTENCE,
}
"""Headlines and first lines that begin as messages do, over one sentence."""

DATED = '<span class="h5">Thứ hai - 29/07/2024 08:15</span>'


@pytest.mark.parametrize("headline", NOTICES)
@pytest.mark.parametrize("signs", ["dated", "undated", "with a document"])
def test_a_short_notice_that_begins_as_a_message_does_is_an_article(headline: str, signs: str) -> None:
    document = '<p><a href="/uploads/thong-bao.pdf">Tải văn bản</a></p>' if signs == "with a document" else ""
    markup = nukeviet(f"<p>{NOTICES[headline]}</p>{document}").replace("Công đoàn ngành Y tế ra quân", headline)
    found = draft(markup if signs == "dated" else markup.replace(DATED, ""))
    assert found.headline is not None and found.headline.raw == headline
    assert bool(found.published) == (signs == "dated")


SIGNS = {
    "a date": DATED,
    "a byline": "<p style='text-align:right'><strong>Tác giả: Hoàng Thị Mơ</strong></p>",
    "a source": "<p>Nguồn tin: Báo Sông Lam</p>",
    "a picture": "<p><img src='/uploads/anh-hop.jpg' alt='Buổi họp'></p>",
    "a document": "<p><a href='/uploads/ke-hoach.pdf'>Kế hoạch</a></p>",
}


@pytest.mark.parametrize("sign", [None, *SIGNS])
def test_a_headline_in_a_message_s_very_words_is_an_article_s_if_it_has_what_only_articles_have(
    sign: str | None,
) -> None:
    markup = nukeviet(f"<p>{SENTENCE}</p>{SIGNS[sign] if sign and sign != 'a date' else ''}")
    markup = markup.replace("Công đoàn ngành Y tế ra quân", "Nội dung không tồn tại")
    found = reading(markup if sign == "a date" else markup.replace(DATED, ""))
    assert len(found.drafts) == (sign is not None), found.failure


MESSAGES = [
    "Trang không tồn tại trên máy chủ.",
    "Bài viết không tồn tại, vui lòng quay lại trang chủ.",
    "Đường dẫn này đã thay đổi. Mời quý vị quay về trang nhất.",
    "Trang này không tồn tại hoặc đã gỡ.",
    "Tin này đã được gỡ bỏ theo yêu cầu của tác giả.",
    "Không tìm thấy bài viết nào.",
    "Vui lòng đăng nhập để tiếp tục.",
    "Bạn phải đăng nhập trước khi xem toàn bộ nội dung bài viết này.",
    "Quý vị không đủ quyền để xem trang này, xin vui lòng liên hệ ban quản trị.",
]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("dated", [True, False])
def test_a_message_in_an_article_s_place_is_one_though_the_page_prints_a_date(message: str, dated: bool) -> None:
    markup = nukeviet(f"<p>{message}</p>").replace("Công đoàn ngành Y tế ra quân", "Công đoàn Sông Lam")
    found = reading(markup if dated else markup.replace(DATED, ""))
    assert found.drafts == []
    assert found.missing is not None and found.missing.endswith(message)


def test_an_article_that_our_rules_cannot_read_is_not_called_missing() -> None:
    """Its layout has changed; a line of it looks like a message."""
    content = f"<b>Hướng dẫn tra cứu</b><p>{LONG}</p><p>Nội dung không tồn tại.</p><p>{LONG}</p>"
    found = reading(in_frame(content))
    assert found.drafts == []
    assert found.failure and found.missing is None


@pytest.mark.parametrize(
    "content",
    [
        "<p>Hệ thống đang bảo trì, mời bạn quay lại sau.</p>",
        "<p>Vì lý do kỹ thuật, trang tạm ngưng hoạt động.</p>",
        "<p>Bạn cần đăng nhập để gửi bình luận.</p>",
        "<p>Không có bài viết nào trong mục này.</p><p>Chưa có dữ liệu.</p>",
        "",
    ],
)
def test_a_page_that_says_something_else_is_not_called_missing(content: str) -> None:
    found = reading(in_frame(content))
    assert found.drafts == []
    assert found.failure and found.missing is None
