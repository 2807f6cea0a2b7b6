"""A page that answers 200 and says that the article is not there, or that one must log in first. Pure.

The phrases are those of NukeViet, WordPress, Joomla, DNN, Liferay and IIS in Vietnamese and English, and what is
written in their stead by hand. They count as a title, as a heading, or as a whole short line: never inside a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.boilerplate import is_link_line
from crawler.extraction.document import Element, fold, text_of
from crawler.items import Draft, Page


def _phrases(*patterns: str) -> re.Pattern[str]:
    """Any of the patterns, after whatever words of regret."""
    regret = (
        r"(?:(?:ồ|ối|úi|oops|rất tiếc|xin lỗi|thông báo|lỗi(?: truy cập)?|error|(?:lỗi |error )?404)"
        r"(?:,? (?:quý vị|quý khách|bạn))?(?: vì sự bất tiện này)?[\s,.:!–-]*)*"
    )
    return re.compile(rf"{regret}(?:{'|'.join(patterns)})[.!…]*")


_THING = (
    r"(?:trang|bài|tin|mục|nội dung|bản tin|tài nguyên|đường dẫn|đường link|liên kết|địa chỉ|url|dữ liệu|thông tin)"
    r"(?: (?:web|website|viết|báo|bài viết|bài|tức|thông tin|chi tiết|tin))?"
)
_THIS = (
    r" (?:này|đó|trên|cần tìm|yêu cầu|được yêu cầu"
    r"|(?:mà )?(?:bạn|quý vị|quý khách|ông/bà|độc giả) (?:[^\s.!?]+ ){0,9}?[^\s.!?]+)"
)
_WHICH = rf"(?:{_THIS})?"
_IS_NOT = (
    r"(?:(?:hiện |hiện tại |hiện nay )?(?:không|chưa) (?:tồn tại|được tìm thấy|tìm thấy|hợp lệ|được (?:xuất bản|duyệt)"
    r"|còn(?: tồn tại| khả dụng| được hiển thị| nữa)?)"
    r"|đã (?:bị |được )?(?:(?:xóa|xoá|gỡ|ẩn|hủy|huỷ)(?: bỏ| xuống| đi)?|hết hạn))"
)
_HAS_MOVED = r"đã (?:bị |được )?(?:di chuyển|thay đổi|chuyển đi|chuyển sang địa chỉ khác)"
_WHENCE = (
    r"(?: (?:trên|trong|khỏi|ở|tại|từ) (?:máy chủ|hệ thống|trang(?: web| tin)?|website|cổng(?: thông tin)?(?: điện tử)?"
    r"|cơ sở dữ liệu|chuyên mục|địa chỉ)(?: này| đó| của chúng tôi)?)?"
    r"(?: theo (?:yêu cầu|đề nghị|quyết định) của (?:tác giả|nguồn tin|bạn đọc|ban biên tập|ban quản trị|tòa soạn))?"
)
_ADVICE = (
    r"(?:[\s.,!:;–-]+(?:(?:và )?(?:xin )?(?:vui lòng|mời|hãy)|xin lỗi|rất tiếc|rất mong|mong|cảm ơn|bạn|quý vị"
    r"|quý khách|nhấn|bấm|click|quay (?:lại|về)|trở (?:lại|về)|thử|mã lỗi)\b.*)?"
)
_OBJECT = r"(?:page|file|article|content|resource|document|item|category|url|post|link|web content)"
_THE_OBJECT = rf"(?:(?:the|this|that) )?(?:(?:requested|selected) )?{_OBJECT}(?: [^\s.!?]+){{0,9}}?"

_NOT_THERE = _phrases(
    rf"{_THING}{_WHICH} {_IS_NOT}{_WHENCE}{_ADVICE}",
    rf"{_THING}{_THIS} {_HAS_MOVED}{_WHENCE}{_ADVICE}",
    rf"{_THING}{_WHICH} (?:{_IS_NOT}|{_HAS_MOVED}){_WHENCE},? (?:hoặc(?: là)?|hay) .*",
    rf"{_THING}{_WHICH} {_IS_NOT}{_WHENCE}, {_IS_NOT}{_WHENCE},? (?:hoặc(?: là)?|hay) .*",
    rf"(?:chúng tôi )?không (?:thể )?(?:tìm thấy|tồn tại)(?: được)?(?: bất kỳ)? {_THING}{_WHICH}(?: nào)?{_ADVICE}",
    r"(?:(?:lỗi|mã lỗi|truy cập|http|error|status)[:\s]*)*404(?:\.0)?(?: error)?(?:[\s:–-]+not found)?",
    r"not found",
    rf"{_THE_OBJECT} ?(?:is |was |could |can)?not (?:be )?(?:found|available|exist)\b.*",
    rf"{_THE_OBJECT} (?:does not exist|doesn['’]t exist|can['’]t be found|(?:is )?no longer (?:exists|available))\b.*",
    rf"{_THE_OBJECT} (?:has|have|might have|may have) (?:been )?(?:removed|deleted|moved)\b.*",
    rf"(?:we )?(?:can(?:not|['’]t)|could not|couldn['’]t) find {_THE_OBJECT}.*",
    r"it (?:looks|seems) like nothing was found at this location\b.*",
)
_GUARDED = (
    r"(?: (?:vào|tới|đến|được|tiếp|toàn bộ|đầy đủ|chi tiết|các|những|trang))*"
    rf"(?: (?:{_THING}|chuyên mục|khu vực|tài liệu|văn bản|phần|chức năng|website|hệ thống)(?: chi tiết)?"
    rf"{_WHICH}{_WHENCE})?"
)
_MUST_LOG_IN = _phrases(
    r"(?:(?:bạn|quý vị|quý khách|độc giả) )?(?:cần|phải|hãy|vui lòng|xin vui lòng|cần phải) đăng nhập\b[^.]{0,40}?"
    rf" (?:để|trước khi|mới (?:có thể|được)) (?:có thể )?(?:xem|đọc|truy cập|tiếp tục){_GUARDED}{_ADVICE}",
    r"(?:bạn|quý vị|quý khách) (?:không|chưa) (?:có|đủ|được)(?: đủ)? (?:quyền|phép)(?: hạn)? (?:để )?"
    rf"(?:xem|đọc|truy cập|vào){_GUARDED}{_ADVICE}",
    r"(?:you (?:must|need to|have to)|please) (?:log|sign)[ -]?in (?:to (?:view|read|access|see|continue)|first)\b.*",
    r"you are not authori[sz]ed to (?:view|access)\b.*",
)
_LOGIN_TITLE = re.compile(
    r"(?:trang )?đăng nhập(?: (?:hệ thống|tài khoản|thành viên|website|quản trị))?|log ?in|sign ?in|member login"
)

LOGIN = "the page wants a login"
"""How the reason begins where the article may be there, for others."""

_TITLE_PARTS = re.compile(r"\s*(?:[|»·]|::|\s[-–—]\s)\s*")
_HEADINGS = ("h1", "h2", "h3")
_LONGEST_LINE = 300
_PROSE = 200
"""Letters of one paragraph; menus, teasers and messages are shorter or cut off with dots."""
_FOOT = 1
"""So many long paragraphs a page may have beside the message: its foot, or a word of welcome."""
_SHORT = 600
"""Letters. What an article's container holds of a message is shorter."""


def why_missing(page: Page, tree: Element) -> str | None:
    """What the page of an article that could not be read says of it: that it is not there, or that one must log in.

    None when it says neither, and when it has text enough to be an article that our rules failed to read.
    """
    body = tree.find("body")
    blocks = [block for block in read_blocks(body if body is not None else tree) if block.kind == "text"]
    if sum(map(_is_prose, blocks)) > _FOOT:
        return None
    title = tree.find(".//title")
    headings = _TITLE_PARTS.split(text_of(title)) if title is not None else []
    headings += [block.text for block in blocks if block.is_heading and not is_link_line(block)]
    if "error404" in (body.get("class", "") if body is not None else "").split():  # WordPress says it nowhere clearer
        return "the page says that it is not there: error404"
    if any(True for _ in tree.iterfind(".//input[@type='password']")):
        found = next((one for one in headings if _LOGIN_TITLE.fullmatch(_plain(one))), None)
        if found is not None:
            return f"{LOGIN}: {found}"
    return _message([*headings, *(block.text for block in blocks if not is_link_line(block))])


def is_message(draft: Draft) -> str | None:
    """What a page says in the place of an article, where that was read as one: a short text that begins with it.

    Notices are as short and begin alike. What has a byline, source, picture, recording or attachment is one; what has
    a printed date, unless it says nothing else: some sites date every page.
    """
    if draft.kind != "article" or draft.headline is None or sum(map(len, draft.body)) > _SHORT:
        return None
    if draft.bylines or draft.source or draft.images or draft.media or draft.attachments:
        return None
    lines = [*([draft.sapo.raw] if draft.sapo else []), *draft.body]
    if any(len(line) >= _PROSE and _message([line]) is None for line in lines):
        return None
    if draft.published:
        messages = [_message([line]) for line in lines]
        return messages[0] if messages and all(messages) else None
    return _message([draft.headline.raw, *lines[:1]])


def _message(lines: Iterable[str]) -> str | None:
    for line in lines:
        if len(line) <= _LONGEST_LINE:
            plain = _plain(line)
            if _NOT_THERE.fullmatch(plain):
                return f"the page says that it is not there: {line}"
            if _MUST_LOG_IN.fullmatch(plain):
                return f"{LOGIN}: {line}"
    return None


def _plain(text: str) -> str:
    return fold(text).lower().strip(" \"'“”()[]")


def _is_prose(block: Block) -> bool:
    is_teaser = block.text.endswith(("...", "…"))
    return len(block.text) >= _PROSE and block.linked < 0.5 and not is_teaser and _message([block.text]) is None
