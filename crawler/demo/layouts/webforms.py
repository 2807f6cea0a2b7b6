"""A union site on ASP.NET WebForms, in the culture vi-VN with a GridView, and one in en-US with a DataPager.

Traps: listings go on by ``__doPostBack`` alone, whose form holds the state of the page before; a form without it is
answered with an error, and pagers show a few numbers at a time between dots; the search button and the days of a
calendar post back too; ``<title>`` is the site's on every page; dates are written without zeros, in the culture of the
server, and some as ``hh:mm`` of twelve hours without their half of the day; the account stands beside the date; the
clock of the site is above the article; menus hold the session in the path.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from crawler.demo.layouts.base import Answer, Dating, Visit
from crawler.demo.layouts.portal import Portal
from crawler.demo.model import Head, Piece, Section

_SESSION = re.compile(r"^/\(S\(\w+\)\)")
_PADDING = 600
"""Lines of state that mean nothing: real ones are some ten to a hundred thousand letters long."""
_WINDOW = 3

Events = dict[tuple[str, str], int]
"""The page that each event of a pager leads to: by target and argument."""


class WebForms(Portal):
    article_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/XemTin\.aspx\?id=(?P<number>\d+)")
    section_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/DanhMuc\.aspx\?cat=(?P<slug>\d+)")
    file_pattern: ClassVar[re.Pattern[str]] = re.compile(r"/(?:Images|Upload|App_Themes)/.+")
    forgetful: ClassVar[bool] = False
    """Whether the server forgets all state, and shows the first page whatever is asked for."""
    per_page = 2
    keywords = False
    captions = ("plain", "centred", "cell")
    files_folder = "/Upload/Files"
    list_date = '<span class="ngay">(%-d/%-m/%Y)</span>'
    entry_date = " <i>(%-d/%-m/%Y)</i>"
    date_form = '<span id="ctl00_Main_lblNgayDang" class="ngaydang">Ngày đăng: {}</span>'
    sapo_form = '<span id="ctl00_Main_lblTomTat" class="tomtat">{}</span>'
    byline_form = '<p class="tacgia"><span id="ctl00_Main_lblTacGia">Tác giả: {}</span></p>'
    source_form = '<p class="nguon"><span id="ctl00_Main_lblNguon">Nguồn: {}</span></p>'
    files_form = '<div id="ctl00_Main_pnlTaiLieu"><b>Tài liệu đính kèm:</b><ul>{}</ul></div>'
    lists: ClassVar = {"older": '<div class="tinkhac"><b>CÁC TIN KHÁC</b><ul>{}</ul></div>'}
    block_form = '<div class="khung"><div class="tieude">{title}</div><ul>{entries}</ul></div>'
    item_form = """<tr><td><a href="{link}"><img src="/Images/no-image.jpg" alt="" /></a></td>
<td><a class="tieude-tin" href="{link}">{title}</a> {date}<p>{teaser}</p></td></tr>"""
    listing_form = """<div class="tieude"><span id="ctl00_Main_lblDanhMuc">{title}</span></div>
<table cellspacing="0" id="ctl00_Main_gvTin" style="border-collapse:collapse;">
{items}
{pager}
</table>"""
    article_form = """<div class="chitiet">
<span id="ctl00_Main_lblTieuDe" class="tieude-bai">{headline}</span>
<div class="thongtin">{date} <span class="nguoidang">Người đăng: admin</span>
<span id="ctl00_Main_lblLuotXem">Số lần xem: {views}</span></div>
<div class="congcu"><a href="/InTin.aspx?{query}" target="_blank">Bản in</a>
<a id="ctl00_Main_btnGui" href="javascript:__doPostBack('ctl00$Main$btnGui','')">Gửi cho bạn bè</a></div>
{sapo}
<span id="ctl00_Main_lblNoiDung" class="noidung">
{body}
</span>
{byline}
{source}
{files}
{related}
</div>"""
    frame_form = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "">
<html xmlns="http://www.w3.org/1999/xhtml">
<head id="ctl00_Head1"><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{name}</title>
{head}<link href="App_Themes/Default/style.css" type="text/css" rel="stylesheet" />
<script type="text/javascript" src="/WebResource.axd?d=khoi&amp;t=636"></script></head>
<body>
<!--form-->
<div class="header"><img src="/Images/banner.jpg" alt="{name}" /></div>
<div class="homnay">Hôm nay: {clock}</div>
<div class="timkiem"><input name="ctl00$txtTim" type="text" value="" id="ctl00_txtTim" />
<select name="ctl00$ddlLoai"><option value="0" selected="selected">Tất cả</option><option value="1">Tin</option>
</select>
<a id="ctl00_btnTim" href="javascript:__doPostBack('ctl00$btnTim','')">Tìm kiếm</a></div>
<ul class="menu">
{menu}
</ul>
<table id="ctl00_Calendar1" title="Calendar"><tr>
<!--days-->
</tr></table>
<div class="duongdan"><ul>
{crumbs}
</ul></div>
<div id="main">
{content}
</div>
<div class="docnhieu"><b>TIN ĐỌC NHIỀU</b><ul>
{side}
</ul></div>
<div class="footer"><p>{name}</p><p>Giấy phép số 12/GP-STTTT ngày 5/3/2012</p><p class="ghinguon">{notice}</p></div>
</form>
</body>
</html>
"""

    @staticmethod
    def picture_path(head: Head, n: int) -> str:
        return f"/Images/{head.published.year if head.published else 'khac'}/{head.number}_{n}.jpg"

    @staticmethod
    def printed(at: datetime) -> str:
        """Three pages of the site were made by three people: a day, vi-VN's long form, twelve hours and no half."""
        day = f"{at.day}/{at.month}/{at.year}"
        if at.day % 3 == 0:
            return day
        if at.day % 3 == 1:
            return f"{day} {at.hour % 12 or 12}:{at:%M:%S} {'SA' if at.hour < 12 else 'CH'}"
        return f"{at:%d/%m/%Y %I:%M}"

    def dating(self, index: int) -> Dating | None:
        found = super().dating(index)
        if found is None:
            return None
        precision: Literal["second", "day"] = "second" if found.raw[-1] in "ACHM" else "day"
        at = self.site.head(index).published
        return replace(found, published=at or found.published, precision=precision)

    def present_path(self, head: Head) -> str:
        return f"/XemTin.aspx?id={head.number}"

    def addresses(self, index: int) -> list[str]:
        return [*super().addresses(index), f"/InTin.aspx?id={self.site.head(index).number}"]

    def section_path(self, section: Section) -> str:
        return f"/DanhMuc.aspx?cat={section.number}"

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /Admin/", "Disallow: /InTin.aspx"]

    # Requests
    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        path = _SESSION.sub("", path)
        if path.lower() == "/default.aspx":
            return self.home(visit)
        if path == "/DanhMuc.aspx" and (section := self._section(query)):
            return self.listing(section, 1, visit)
        index = self.only(query.get("id", "")) if path in {"/XemTin.aspx", "/InTin.aspx"} else None
        return self.article(index, visit) if index is not None else super().page(path, query, visit)

    def post(self, target: str, form: Mapping[str, str], visit: Visit) -> Answer:
        """What the state allows: an event of the pager that the page showed whose form this is."""
        parts = urlsplit(target)
        section = self._section(dict(parse_qsl(parts.query)))
        if _SESSION.sub("", parts.path) != "/DanhMuc.aspx" or section is None:
            return self.not_found(visit)
        if "ctl00$txtTim" not in form or "ctl00$ddlLoai" not in form:
            return self._fault("Object reference not set to an instance of an object.")
        shown = next((n for n in range(1, self.pages(section) + 1) if form.get("__VIEWSTATE") == self._state(n)), None)
        if shown is None:
            return self._fault("Validation of viewstate MAC failed.")
        event = form.get("__EVENTTARGET", ""), form.get("__EVENTARGUMENT", "")
        allowed = self.events(shown, self.pages(section))
        if form.get("__EVENTVALIDATION") != self._validation(shown) or event not in allowed:
            return self._fault("Invalid postback or callback argument.")
        return self.listing(section, 1 if self.forgetful else allowed[event], visit)

    def _section(self, query: Mapping[str, str]) -> Section | None:
        return next((one for one in self.site.sections if query.get("cat") == str(one.number)), None)

    def _fault(self, why: str) -> Answer:
        return self.html(f"<html><head><title>{why}</title></head><body><h1>Server Error</h1>{why}</body></html>", 500)

    # State
    def _state(self, number: int) -> str:
        lines = [hashlib.blake2b(f"{self.site.name}{number}{line}".encode()).hexdigest() for line in range(_PADDING)]
        return base64.b64encode(json.dumps({"page": number, "lines": lines}).encode()).decode()

    def _validation(self, number: int) -> str:
        return base64.b64encode(hashlib.sha256(self._state(number).encode()).digest()).decode()

    # Pages
    def events(self, number: int, last: int) -> Events:
        """What the pager of a page offers, in its order, as a GridView's names it."""
        return {("ctl00$Main$gvTin", f"Page${page}"): page for page in self.offered(number, last) if page != number}

    @staticmethod
    def offered(number: int, last: int) -> list[int]:
        """The pages of this window, and those at the ends of its neighbours."""
        first = (number - 1) // _WINDOW * _WINDOW + 1
        return [page for page in range(first - 1, first + _WINDOW + 1) if 1 <= page <= last]

    def pager(self, section: Section, number: int) -> str:
        last = self.pages(section)
        if last == 1:
            return ""
        ways = {page: event for event, page in self.events(number, last).items()}
        cells = "".join(f"<td>{self.button(number, page, ways.get(page))}</td>" for page in self.offered(number, last))
        return f'<tr class="pager" align="center"><td colspan="2"><table border="0"><tr>{cells}</tr></table></td></tr>'

    @staticmethod
    def button(number: int, page: int, event: tuple[str, str] | None) -> str:
        if event is None:
            return f"<span>{page}</span>"
        here = (page - 1) // _WINDOW == (number - 1) // _WINDOW
        call = escape(f"__doPostBack('{event[0]}','{event[1]}')")
        return f'<a href="javascript:{call}">{page if here else "..."}</a>'

    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        drawn = super().listing(section, number, visit)
        form = self._form(f"./DanhMuc.aspx?cat={section.number}", number)
        return replace(drawn, body=drawn.body.replace(self._form("./", 1).encode(), form.encode()))

    def framed(self, title: str, content: str, visit: Visit, *, head: str = "", crumbs: str = "") -> str:
        drawn = super().framed(title, content, visit, head=head, crumbs=crumbs)
        call = "<td><a href=\"javascript:__doPostBack('ctl00$Calendar1','{}')\">{}</a></td>"
        days = "".join(call.format(6900 + day, day) for day in range(1, 29))
        drawn = drawn.replace('<li><a href="/DanhMuc', '<li><a href="/(S(k2wq5nzx0v))/DanhMuc', 1)
        return drawn.replace("<!--days-->", days).replace("<!--form-->", self._form("./", 1))

    def _form(self, action: str, number: int) -> str:
        """The beginning of the form around a whole page."""
        fields = {
            "__EVENTTARGET": "",
            "__EVENTARGUMENT": "",
            "__VIEWSTATE": self._state(number),
            "__VIEWSTATEGENERATOR": "CA0B0334",
            "__EVENTVALIDATION": self._validation(number),
        }
        inputs = (f'<input type="hidden" name="{name}" id="{name}" value="{fields[name]}" />' for name in fields)
        return f'<form name="aspnetForm" method="post" action="{action}" id="aspnetForm">\n' + "\n".join(inputs)

    def parts(self, piece: Piece, visit: Visit) -> dict[str, str]:
        return super().parts(piece, visit) | {"query": f"id={piece.head.number}"}


class WebFormsEnglish(WebForms):
    """The server's culture was never set."""

    list_date = '<span class="ngay">(%-m/%-d/%Y)</span>'
    entry_date = " <i>(%-m/%-d/%Y)</i>"

    @staticmethod
    def printed(at: datetime) -> str:
        return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"

    def events(self, number: int, last: int) -> Events:
        """As a DataPager names them: by places in the window, which mean another page in each."""
        first = (number - 1) // _WINDOW * _WINDOW + 1
        return {
            (f"ctl00$Main$dpTin$ctl01$ctl{page - first + 1:02}", ""): page
            for page in self.offered(number, last)
            if page != number
        }

    def pager(self, section: Section, number: int) -> str:
        last = self.pages(section)
        ways = {page: event for event, page in self.events(number, last).items()}
        buttons = "&nbsp;".join(self.button(number, page, ways.get(page)) for page in self.offered(number, last))
        return f'<tr><td colspan="2"><span id="ctl00_Main_dpTin">{buttons}&nbsp;</span></td></tr>'
