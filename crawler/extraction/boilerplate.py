"""Lines that Vietnamese news pages print around an article and that are not its text. Pure.

The phrases are those of the four sites' pages, of NukeViet's Vietnamese language file and of the provincial newspapers
that share their editors' habits.
"""

from __future__ import annotations

import re

from crawler.extraction.blocks import Block

_BULLET = r"[\s>»►▶→•*+\-–|]*"

_SEE_ALSO = re.compile(
    rf"^{_BULLET}(?:xem thêm|đọc thêm|xem tiếp|đọc tiếp|xem chi tiết|mời (?:bạn |độc giả )?(?:đọc|xem)|"
    r"tham khảo thêm|có thể bạn quan tâm|(?:tin|bài)(?: viết)? liên quan)\b",
    re.IGNORECASE,
)

_END_OF_ARTICLE = re.compile(
    rf"^{_BULLET}(?:(?:các |những )?(?:tin|bài)(?: tức|,? bài| viết)?"
    r"(?: liên quan| mới hơn| cũ hơn| khác| đã đưa| cùng (?:chuyên mục|loại|chủ đề))"
    r"|tin mới(?: nhất)?|tin nổi bật|tin xem nhiều|(?:xem|đọc) nhiều(?: nhất)?|theo dòng sự kiện"
    r"|ý kiến bạn đọc|bình luận|gửi bình luận|phản hồi|từ khóa|từ khoá|tags?|thẻ)\s*(?:[:|(].*)?$",
    re.IGNORECASE,
)

_READERS = r"(?: của)? (?:bạn đọc|bạn|độc giả|khán giả|thính giả)"
_COMMENTS = re.compile(
    rf"^{_BULLET}(?:(?:(?:có )?\d+ |chưa có |gửi |viết |để lại |thêm )(?:ý kiến|bình luận|phản hồi)(?:{_READERS}| nào)?"
    rf"|(?:các |những )?(?:ý kiến|bình luận|phản hồi){_READERS}|(?:các )?bình luận|phản hồi"
    r"|bạn đọc (?:viết|bình luận|phản hồi)|comments?)\s*(?:\(\d+\)|\[\d+\]|: ?\d+)?\s*:?$",
    re.IGNORECASE,
)

_NOTICE = re.compile(
    r"^(?:tổng số điểm của bài viết là|click để đánh giá bài viết|đánh giá bài viết|xếp hạng: "
    r"|bạn đã không sử dụng site|chú ý: việc đăng lại bài viết|ghi rõ nguồn .{0,80}khi phát hành lại"
    r"|® ?cấm sao chép|\(?lượt xem: ?[\d.,]+\)?$|[\d.,]+ lượt xem$|đã xem: ?[\d.,]+$"
    r"|(?:in bài viết|in bài này|in ra|in trang|in ấn|bản in|gửi bài viết|gửi cho bạn bè|lưu bài viết(?: này)?"
    r"|chia sẻ(?: bài viết)?|quay lại|trở về)(?:\W*\bA[-–+])*$)",
    re.IGNORECASE,
)

_LONGEST_HEADING = 80
_MENU = 3
"""So many lines in a row that are nothing but links are a menu, not an article's list of references."""


def is_see_also(block: Block) -> bool:
    """Whether the line sends the reader to another article (``>> Xem thêm: …``), or is the heading of such lines."""
    found = _SEE_ALSO.match(block.text)
    if found is None:
        return False
    return block.linked >= _MOSTLY or not block.text[found.end() :].strip(" :…")


def is_notice(text: str) -> bool:
    """Whether a line, or what a link says, is the site's: rating, counter, printing, terms of reuse."""
    return bool(_NOTICE.match(text))


def heads_comments(text: str) -> bool:
    """Whether a line is the heading of the readers' comments, or of the form to write one."""
    return bool(_COMMENTS.match(text.strip()))


def is_link_line(block: Block) -> bool:
    """Whether the line is nothing but links."""
    return block.kind == "text" and bool(block.links) and block.linked > _NEARLY_ALL


def end_of_article(blocks: list[Block], *, menus: bool) -> int:
    """Where the page goes on to something else: a heading of other articles, or, where ``menus`` may come, a menu.

    A box of related articles in the middle of the text ends nothing. The length of ``blocks`` when nothing ends it.
    """
    last_prose = max((index for index, block in enumerate(blocks) if _is_prose(block)), default=-1)
    for index, block in enumerate(blocks):
        if block.kind == "text" and len(block.text) <= _LONGEST_HEADING and _END_OF_ARTICLE.match(block.text):
            if not (_SEE_ALSO.match(block.text) and index < last_prose):
                return index
        elif block.kind == "text" and heads_comments(block.text):
            return index
        elif menus:
            lines = blocks[index : index + _MENU]
            if len(lines) == _MENU and all(is_link_line(line) for line in lines):
                return index
    return len(blocks)


def _is_prose(block: Block) -> bool:
    """A paragraph of an article, not a teaser: those are cut off with dots."""
    return len(block.text) > _LONGEST_TEASER and block.linked < 1 - _NEARLY_ALL and not block.text.endswith("...")


_LONGEST_TEASER = 200
_MOSTLY = 0.4
_NEARLY_ALL = 0.9
