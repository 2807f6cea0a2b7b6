"""Where readers' comments stand on a page: who wrote them, when and what, is no part of the article. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler import names
from crawler.extraction.boilerplate import heads_comments
from crawler.extraction.document import Element, text_of

_LONGEST_COMMENT = 3_000
_LONGEST_FORM = 400
"""Letters that stand beside the fields of a form: a form that holds more is the whole page's (WebForms)."""
_LONGEST_NAME = 60
_LONG_LINK = 25
"""Letters. A comment links to no other article; an entry of a list does."""
_MOST_LEVELS = 8
_STAMP = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}\s?(?:[:hg]|giờ)\s?\d{2}"
    r"|\d+ (?:giây|phút|giờ|ngày|tuần|tháng|năm) trước|hôm (?:nay|qua)|vừa xong",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


def comments_of(body: Element) -> list[Element]:
    """The outermost elements of a page that hold nothing but readers' comments: their heading, each with name, moment
    and text, and the form to write another. Without a heading or a form nothing is taken for a comment."""
    found: dict[Element, None] = {}
    anchors = [(one, False) for one in _heads(body)] + [(one, True) for one in _forms(body)]
    for anchor, named in anchors:
        if not any(around in found for around in [anchor, *anchor.iterancestors()]):
            found |= dict.fromkeys(_with_what_belongs(_widened(anchor, named), named))
    return [one for one in found if not any(around in found for around in one.iterancestors())]


def _heads(body: Element) -> Iterator[Element]:
    """The elements that hold a heading of comments and nothing else; an entry of the menu is none."""
    for element in body.iter():
        if isinstance(element.tag, str) and element.text and heads_comments(element.text):
            linked = element.tag == "a" or any(True for _ in element.iterancestors("a"))
            if not linked and heads_comments(text_of(element)):
                yield element


def _forms(body: Element) -> Iterator[Element]:
    """What holds a field to write a text into, with its labels and buttons."""
    for field in body.iter("textarea"):
        form = next(field.iterancestors("form"), None)
        if form is not None and len(text_of(form)) <= _LONGEST_FORM:
            yield form
        else:
            yield field


def _widened(anchor: Element, named: bool) -> Element:
    """The widest element around it in which nothing else stands."""
    current = anchor
    for _ in range(_MOST_LEVELS):
        parent = current.getparent()
        if parent is None or parent.tag in {"body", "html"} or not _is_all_comments(parent, named):
            break
        current = parent
    return current


def _with_what_belongs(element: Element, named: bool) -> Iterator[Element]:
    """The element, and what stands under it, for the heading may be the comments' brother; where there is no heading,
    what stands above the form too."""
    yield element
    for above in (False, True) if named else (False,):
        for one in element.itersiblings(preceding=above):
            if not isinstance(one.tag, str) or _has_tail(one if above else one.getprevious()):
                break
            if not _belongs(one, named):
                break
            yield one


def _has_tail(element: Element | None) -> bool:
    return element is not None and bool(_WORD.search(element.tail or ""))


def _is_all_comments(element: Element, named: bool) -> bool:
    if _WORD.search(element.text or "") and not heads_comments(element.text or ""):
        return False
    children = [one for one in element if isinstance(one.tag, str)]
    return bool(children) and all(not _has_tail(one) and _belongs(one, named) for one in children)


def _belongs(element: Element, named: bool) -> bool:
    """Whether an element is a heading of comments, comments, or the form, and nothing else.

    :param named: without a heading only a person's name shows that what follows is a comment.
    """
    text = text_of(element)
    if not _WORD.search(text):
        return not any(True for _ in element.iter("img", "iframe", "video"))
    if heads_comments(text):
        return True
    if len(text) <= _LONGEST_FORM and any(True for _ in element.iter("textarea")) and not _STAMP.search(text):
        return True
    return _is_comment(element, text, named) or _is_all_comments(element, named)


def _is_comment(element: Element, text: str, named: bool) -> bool:
    """Whether it begins with a short piece of its own (a name), and goes on with a moment and a text."""
    if len(text) > _LONGEST_COMMENT or any(len(text_of(link)) >= _LONG_LINK for link in element.iter("a")):
        return False
    stamp = _STAMP.search(text)
    first = next((" ".join(piece.split()) for piece in element.itertext() if _WORD.search(piece)), "")
    if stamp is None or len(first) > _LONGEST_NAME or first == text:
        return False
    if named and names.person(_AROUND_NAME.sub("", first).strip()) is None:
        return False
    return len(_WORD.findall(text.replace(first, " ", 1).replace(stamp[0], " ", 1))) >= _LEAST_WORDS


_AROUND_NAME = re.compile(
    r"^(?:gửi bởi|người gửi|bạn đọc|độc giả|họ tên)\s*:?\s*|\s*(?:viết|gửi)?\s*:?$", re.IGNORECASE
)
_LEAST_WORDS = 2
