"""Pages made by hand, and real texts in the plainest HTML, for the tests of extraction."""

from __future__ import annotations

import html
import re
from typing import Any

from archive.records import Role
from crawler.extraction import extract
from crawler.items import Draft, Page, Reading
from crawler.profiles import Profiles

FETCHED = "2024-08-01T10:00:00+07:00"
LONG = "Hội nghị đã nghe báo cáo kết quả sáu tháng đầu năm và bàn phương hướng, nhiệm vụ của những tháng còn lại. " * 3


def page(
    markup: str | bytes, site: str = "ldld-caobang", *, path: str = "tin/bai-1.html", role: Role = "article"
) -> Page:
    """A response of a built-in site. Text is sent as UTF-8 without a declared charset."""
    profile = Profiles().load(site)
    url = profile.base + path
    body = markup if isinstance(markup, bytes) else markup.encode()
    layout = profile.layout_at(FETCHED)
    return Page(url, url, role, 200, body, "text/html", None, FETCHED, profile, layout)


def reading(markup: str | bytes, site: str = "ldld-caobang") -> Reading:
    return extract(page(markup, site))


def draft(markup: str | bytes, site: str = "ldld-caobang") -> Draft:
    """The only article of a page."""
    found = reading(markup, site)
    assert len(found.drafts) == 1, found.failure
    return found.drafts[0]


def nukeviet(body: str, *, above: str = "", below: str = "") -> str:
    """A NukeViet page around a body; ``above`` and ``below`` stand in the article's panel."""
    return (
        '<html lang="vi"><head><title>Công đoàn ngành Y tế ra quân - Trang tin</title></head><body>'
        '<div class="news_column panel"><div class="panel-body"><h1 class="title">Công đoàn ngành Y tế ra quân</h1>'
        f'<span class="h5">Thứ hai - 29/07/2024 08:15</span>{above}'
        f'<div id="news-bodyhtml" class="bodytext">{body}</div>{below}</div></div></body></html>'
    )


def body(markup: str) -> list[str]:
    """The paragraphs of a NukeViet body."""
    return draft(nukeviet(markup)).body


def captions(markup: str) -> list[str | None]:
    """The captions of the pictures in a NukeViet body, picture by picture."""
    return [image.caption for image in draft(nukeviet(markup)).images]


def plainest(text: str, wanted: list[dict[str, Any]]) -> str:
    """A real page's text in HTML without a single class: what labels, order and forms alone must suffice for.

    Headlines become ``h1``, rows of tables ``tr``, menus lists of links; before each caption stands a picture.
    """
    known = {"captions": {caption for one in wanted for caption in one["captions"]}, "seen": set()}
    headlines = [one["headline"] for one in wanted]
    parts: list[str] = []
    for line in text.splitlines():
        if line.strip() and not re.match(r"-+\|", line):  # a rule of dashes under a table's head
            parts.append(_line(line.strip(), headlines, known, len(parts)))
    markup = "\n".join(parts).replace("</table>\n<table>", "").replace("</ul>\n<ul>", "")
    clock = "<p>Thứ bảy 09/12/2023 15:21</p>"
    title = f"<title>{html.escape(headlines[0])} - Trang thông tin điện tử</title>"
    return f"<html><head>{title}</head><body>{clock}{markup}</body></html>"


def _line(shown: str, headlines: list[str], known: dict[str, Any], number: int) -> str:
    text = html.escape(shown)
    if row := re.fullmatch(r"(.*) \| (.*?) ?\|", shown):
        return f"<table><tr><td>{html.escape(row[1])}</td><td>{row[2]}</td></tr></table>"
    if shown in known["captions"] and shown not in known["seen"]:
        known["seen"].add(shown)
        return f'<p><img src="/anh/{number}.jpg"></p><p>{text}</p>'
    headline = next((one for one in headlines if shown.startswith(one) and one not in known["seen"]), None)
    if headline and len(shown) < len(headline) + 30:
        known["seen"].add(headline)
        return f"<h1>{text}</h1>"
    if shown.startswith("- "):
        return f'<ul><li>- <a href="/muc/{number}">{text[2:]}</a></li></ul>'
    if dated := re.fullmatch(r"(.*) (\(\d\d-\d\d-\d{4}\))", shown):
        return f'<ul><li><a href="/bai/{number}">{html.escape(dated[1])}</a> {dated[2]}</li></ul>'
    return f"<p>{text}</p>"


UNION = """<html><body><div class="dong-ho">Thứ bảy 09/12/2023 15:21</div>
<div class="duong-dan"><a href="/">Trang chủ</a> » <a href="/chuyen-muc/cham-lo">Chăm lo đoàn viên</a></div>
<div class="bai-viet"><h1 class="tieu-de-bai">Trao quà cho công nhân xa quê</h1>
<div class="noi-dung-bai"><p>{text}</p><p><img src="/upload/images/2024/a.jpg" width="600"></p>
<p>Công nhân nhận quà. Ảnh Đ.H</p><p>{text}</p><p>PHƯƠNG ANH</p></div>
<table class="tin-lien-quan"><tr><th>Các tin liên quan</th><th>Ngày đăng</th></tr>
<tr><td><a href="/bai-viet/khai-mac-hoi-thao-12.html">Khai mạc hội thao</a></td><td>12/07/2024</td></tr>
<tr><td>Bài chỉ còn tên</td><td>10/07/2024</td></tr></table>
{second}</div>
<div class="cot-phai"><ul class="xem-nhieu"><li><a href="/bai-viet/x-9.html">Bài đọc nhiều nhất tuần</a></li></ul></div>
<div class="chan-trang"><p class="ban-quyen">Ghi rõ nguồn khi đăng lại.</p></div></body></html>"""
"""A page of the Sóc Trăng union; ``second`` may hold another article."""

SECOND = """<h2 class="tieu-de-bai">Ra mắt nghiệp đoàn xe ôm</h2>
<div class="noi-dung-bai"><p>{text}</p><p>Đ.H</p><p>Nguồn: Báo Sóc Trăng online</p>
<p><a href="http://baosoctrang.org.vn/b-1.html">http://baosoctrang.org.vn/b-1.html</a></p></div>"""
"""The second article of such a page."""

BROADCASTER = """<html><head><link rel="canonical" href="/tin-tuc/1/77/khai-giang"></head><body>
<div class="dong-ho">Thứ bảy 09/12/2023 15:21</div>
<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/chuyen-muc/1/t">Thời sự</a></li></ul>
<div class="news_content"><h1 class="title">Khai giảng lớp bồi dưỡng</h1><div class="meta">
<span class="date">Chủ nhật, 07/01/2024 | 07:05:09</span> <span class="views">1.402 lượt xem</span></div>
<div class="desc">Ngày 6/1, lớp bồi dưỡng được khai giảng.</div>
<div class="fr-view info">{body}</div><ul class="tags"><li>Từ khóa</li>{words}</ul></div>
<div class="other-news"><div class="item"><a href="/tin-tuc/1/78/ky-hop"><img src="/t.jpg" alt="Khai mạc kỳ họp"></a>
<h3><a href="/tin-tuc/1/78/ky-hop">Khai mạc kỳ họp</a></h3><p>Sáng 26/4, kỳ họp bàn nhiều việc quan trọng....</p>
</div></div><div class="most-view"><ul><li><a href="/tin-tuc/1/79/z">Bài được xem nhiều nhất</a></li></ul></div>
</body></html>"""
"""A page of the Thái Bình broadcaster around a body and the entries of its list of keywords."""
