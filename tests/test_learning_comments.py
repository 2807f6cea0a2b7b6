"""What readers have written under an article is no part of it: neither text, nor date, nor name of an author."""

from __future__ import annotations

import lxml.html
import pytest
from test_learning import PEOPLE, STORIES, Story, Template, drafts_of, framed, learned_from, paragraphs, read_anew

from crawler.extraction.document import text_of
from crawler.learning.comments import comments_of

SAID = (
    ("Lò Văn Kiên", "13/03/2024 20:11", "Bà con thôn tôi mong lớp này đã lâu, nay mới thành, xin cảm ơn các thầy cô."),
    ("Sầm Thị Huệ", "14/03/2024 06:40", "Cho hỏi người ngoài xã có được ghi tên không?"),
    ("ca_map_96", "14/03/2024 07:02", "Hay quá!"),
)
FORM = "<form action=/gui><p><label>Họ tên</label><input></p><textarea></textarea><button>Gửi</button></form>"
BOXES = {
    "a list with its heading": "<section class=yk><h4>Ý kiến bạn đọc (3)</h4><ul>{}</ul>{form}</section>",
    "a heading beside them": "<p><b>Gửi phản hồi</b></p>{form}{}",
    "nothing but a form under them": "<div class=yk>{}{form}</div>",
    "a form above them": "<div><div class=viet>{form}</div><div class=da-viet>{}</div></div>",
}
ENTRIES = {
    "a list with its heading": "<li><strong>{}</strong><small>{}</small><p>{}</p></li>",
    "a heading beside them": "<p><b>{}</b> ({}): {}</p>",
    "nothing but a form under them": "<div><i>Gửi bởi: {}</i> <span>{}</span><div>{}</div></div>",
    "a form above them": "<div><b>{}</b><br><em>{}</em><p>{}</p></div>",
}


def box(kind: str, count: int = 3) -> str:
    said = SAID[: min(count, 2)] if kind in {"nothing but a form under them", "a form above them"} else SAID[:count]
    return BOXES[kind].format("".join(ENTRIES[kind].format(*one) for one in said), form=FORM)


def site(kind: str) -> Template:
    """The comments stand inside the text's element; half of the articles have some, and no editor signs."""

    def page(story: Story) -> str:
        said = box(kind, story.number % 4)
        return f"<h1>{story.headline}</h1><i>{story.printed}</i><div id=nd>{paragraphs(story)}{said}</div>"

    return page


@pytest.mark.parametrize("kind", BOXES)
def test_all_comments_are_found_and_nothing_else(kind: str) -> None:
    before = "<h1>Xã mở lớp</h1><p><b>Hoài Nam</b> 12/03/2024 09:15</p><p>Lớp học mở cửa từ sáng nay.</p><p>Lan Anh</p>"
    after = "<h4>Tin cũ hơn</h4><ul><li><a href=/a-1.html>Một mùa gặt được giá ở xã bên</a> (12/03/2024)</li></ul>"
    page = lxml.html.document_fromstring(f"<body><div>{before}{box(kind)}{after}</div></body>")
    found = comments_of(page.body)
    text = " ".join(map(text_of, found))
    assert [name for name, *_ in SAID[:2] if name not in text] == []
    for element in found:
        element.drop_tree()
    assert text_of(page) == text_of(lxml.html.document_fromstring(f"<body><div>{before}{after}</div></body>"))


@pytest.mark.parametrize("kind", BOXES)
def test_readers_who_comment_are_no_authors_and_what_they_say_is_no_text(kind: str) -> None:
    for story, draft in drafts_of(site(kind)):
        assert draft.bylines == []
        assert draft.published[0].raw == story.printed
        assert draft.body == story.body


def test_a_box_of_comments_without_heading_is_known_by_its_class_on_pages_not_seen_before() -> None:
    learned, articles = learned_from(site("nothing but a form under them"))
    draft = read_anew(learned, articles, site("nothing but a form under them")(STORIES[6]))
    assert learned.layout["fields"]["drop"] == ["div.yk"]
    assert draft.body == STORIES[6].body


def test_an_editor_who_signs_above_the_comments_is_the_author() -> None:
    def page(story: Story) -> str:
        return f"{site('a list with its heading')(story)[: -len('</div>')]}</div>".replace(
            "<section", f"<p align=right><b>{PEOPLE[story.number]}</b></p><section"
        )

    for story, draft in drafts_of(page):
        assert [line.raw for line in draft.bylines] == [PEOPLE[story.number]]


def test_a_section_called_after_its_readers_is_no_heading_of_comments() -> None:
    menu = lxml.html.document_fromstring(framed('<a href="/ban-doc">Ý kiến bạn đọc</a><p>Tin mới trong ngày</p>', "x"))
    assert comments_of(menu.body) == []
