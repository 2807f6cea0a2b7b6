"""Pictures and what is printed under them. Pure.

Vietnamese editors set a caption in four ways: ``figcaption``, a cell under the picture's cell, italics in or under the
picture's paragraph, and a plain short paragraph beside it. Only the last needs care: it looks like the text.
"""

from __future__ import annotations

import itertools
import re

from crawler.extraction.blocks import Block
from crawler.extraction.document import BLOCK_TAGS, text_of

_LONGEST_MARKED = 320
"""Letters. What is marked as a caption (italics, centred, a table cell) may be a long sentence: seed 003 has 213."""
_LONGEST_PLAIN = 180
"""Letters. A plain paragraph is a caption only when it is short (on the seed pages: 20 to 145 letters)."""
_LONGEST_SENTENCE = 145
"""Letters of a plain caption that is a whole sentence: the longest on the seed pages."""
_NEARLY_ALL = 0.9

_CAPTION_CLASS = re.compile(r"caption|image_desc|img-desc|pic-?desc|chu-?thich|\bnote\b", re.IGNORECASE)
_TELLS = re.compile(
    r"^(?:(?:rạng |ngay )?(?:sáng|trưa|chiều|tối|đêm)\b|ngày \d|từ ngày|theo\b|ngoài ra|bên cạnh|đồng thời|"
    r"được biết|qua đó|tuy nhiên|cụ thể|mặt khác|thực tế|đáng chú ý|riêng\b|trước đó|sau đó|"
    r"dịp này|nhân dịp|cũng\b|tiếp đó|đến nay|phát biểu|kết luận|trong đó|[-–“\"])",
    re.IGNORECASE,
)
"""How a paragraph begins that goes on telling; a caption never does."""
_SURE_START = re.compile(r"^(?:quang cảnh|toàn cảnh|trong ảnh|ảnh\s*:|ảnh minh (?:họa|hoạ)|hình ảnh)", re.IGNORECASE)
_CREDIT = re.compile(r"(?:^|[.\s(–-])(?i:ảnh|hình|nguồn ảnh|photo)\s*:|[.(]\s*Ảnh\s+\S{1,30}\)?\.?$")
_SPEAKS = re.compile(r"\b(?:cho biết|cho rằng|nhấn mạnh|đề nghị|khẳng định)\b", re.IGNORECASE)
_TWO_SENTENCES = re.compile(r"(?:[a-zà-ỹ]{2,}|^.{20,}\d%?)[.!?…]['\"”’»)]* (?=[“\"'(]?[A-ZĐÀ-Ỹ]).*[.!?…]['\"”’»)]*$")
"""A caption says one thing: a plain paragraph of two whole sentences is text."""
_ENDS_SENTENCE = re.compile(r"[.!?…:;]['\"”’»)]*$")


def marked_captions(blocks: list[Block]) -> dict[Block, list[Block]]:
    """Captions that the markup shows: image -> the lines of its caption."""
    found: dict[Block, list[Block]] = {}
    taken: set[Block] = set()
    for index, image in enumerate(blocks):
        if image.kind != "image":
            continue
        lines = (
            _in_figure(blocks, index)
            or _in_table(blocks, index)
            or _emphasised(blocks, index)
            or _in_box(blocks, index)
        )
        if lines := [line for line in lines if line not in taken]:
            found[image] = lines
            taken.update(lines)
    return found


def plain_captions(
    blocks: list[Block], marked: dict[Block, list[Block]], *, sentences: bool = True
) -> dict[Block, list[Block]]:
    """Captions that only their place and wording show, for the images that ``marked`` has none for.

    ``blocks`` holds neither marked captions nor the signature any more. ``sentences``: whether a plain line that is a
    whole sentence may be a caption at all.
    """
    longest = _LONGEST_SENTENCE if sentences else 0
    found: dict[Block, list[Block]] = {}
    taken: set[Block] = set()
    for index, image in enumerate(blocks):
        if image.kind != "image" or image in marked:
            continue
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        before = blocks[index - 1] if index else None
        if after is not None and after not in taken and _is_plain_caption(after, image, longest):
            found[image] = [after]
            taken.add(after)
        elif before is not None and before not in taken and _is_caption_above(before, image):
            found[image] = [before]
            taken.add(before)
    return found


def _in_figure(blocks: list[Block], index: int) -> list[Block]:
    figure = blocks[index].inside("figure")
    if figure is None:
        return []
    same = [block for block in _neighbours(blocks, index) if block.inside("figure") is figure]
    return [block for block in same if block.inside("figcaption") is not None] or _short(same)


def _neighbours(blocks: list[Block], index: int) -> list[Block]:
    """The lines before and after a picture, up to the pictures around it; few, for a caption stands close by."""
    before = itertools.takewhile(lambda block: block.kind == "text", reversed(blocks[max(0, index - _CLOSE) : index]))
    after = itertools.takewhile(lambda block: block.kind == "text", blocks[index + 1 : index + 1 + _CLOSE])
    return [*reversed(list(before)), *after]


_CLOSE = 6
"""Lines."""


def _in_table(blocks: list[Block], index: int) -> list[Block]:
    """The lines under the picture in the same table, up to the next picture; a table of prose is no caption."""
    table = blocks[index].inside("table")
    if table is None:
        return []
    under = blocks[index + 1 : index + 1 + _CLOSE]
    return _short(
        list(itertools.takewhile(lambda block: block.kind == "text" and block.inside("table") is table, under))
    )


def _short(lines: list[Block], most: int = _LONGEST_MARKED) -> list[Block]:
    return lines if sum(len(line.text) for line in lines) <= most else []


def _emphasised(blocks: list[Block], index: int) -> list[Block]:
    """The lines after the picture in its own paragraph, or the next one in italics, centred, or in a class named so."""
    image = blocks[index]
    holder = next((element for element in image.lineage[1:] if element.tag in BLOCK_TAGS), None)
    if holder is not None and holder is not image.top:
        own = [block for block in _neighbours(blocks, index) if block.element is holder]
        lines = [block for block in blocks[index + 1 : index + 1 + _CLOSE] if block in own]
        marked = all(line.slanted >= _NEARLY_ALL or line.aligned == "centre" for line in lines)
        if lines and _short(own, _LONGEST_MARKED if marked else _LONGEST_PLAIN):
            return lines
    line = blocks[index + 1] if index + 1 < len(blocks) else None
    if line is None or not _may_be_caption(line, image, _LONGEST_MARKED):
        return []
    looks_so = line.slanted >= _NEARLY_ALL or any(_CAPTION_CLASS.search(e.get("class", "")) for e in line.lineage[:2])
    if looks_so or (line.aligned == "centre" and (line.strong < _NEARLY_ALL or _is_sure(line.text))):
        return [line]
    return []


def _in_box(blocks: list[Block], index: int) -> list[Block]:
    """The line beside a picture in an element made for the two: it holds nothing else, and the text stands outside."""
    image = blocks[index]
    link = next((one for one in image.lineage[:_MOST_AROUND] if one.tag == "a"), image.element)
    box = link.getparent()
    if box is None or box is image.top or box not in image.lineage or box.tag not in BLOCK_TAGS:
        return []
    near = [line for line in _neighbours(blocks, index) if box in line.lineage]
    if len(near) != 1 or near[0].element is box or len(text_of(box)) > len(near[0].text):
        return []
    alone = not any(block.kind == "text" and box not in block.lineage for block in blocks)
    is_text = alone or _TWO_SENTENCES.search(near[0].text) or not _may_be_caption(near[0], image, _LONGEST_MARKED)
    return [] if is_text else near


_MOST_AROUND = 4


def _may_be_caption(line: Block, image: Block, longest: int) -> bool:
    """Whether nothing speaks against it: headings, signatures, rows of data, entries of a list are none."""
    if line.kind != "text" or len(line.text) > longest or line.aligned == "right" or line.is_heading:
        return False
    return line.element.tag != "tr" and line.inside("li") is image.inside("li")


def _is_plain_caption(line: Block, image: Block, longest_sentence: int) -> bool:
    if not _may_be_caption(line, image, _LONGEST_PLAIN):
        return False
    text = line.text
    if _is_sure(text) or _repeats_alt(line, image):
        return True
    if text.endswith((":", ";")) or line.strong >= _NEARLY_ALL or _TWO_SENTENCES.search(text):
        return False
    ends = _ENDS_SENTENCE.search(text)
    return not ends or (len(text) <= longest_sentence and not (_TELLS.match(text) or _SPEAKS.search(text)))


def _is_caption_above(line: Block, image: Block) -> bool:
    """Captions stand above a picture so rarely that only an unmistakable one is believed."""
    if not _may_be_caption(line, image, _LONGEST_PLAIN):
        return False
    return _repeats_alt(line, image) or bool(_SURE_START.match(line.text)) or line.slanted >= _NEARLY_ALL


def _is_sure(text: str) -> bool:
    return bool(_SURE_START.match(text) or _CREDIT.search(text))


def _repeats_alt(line: Block, image: Block) -> bool:
    alternative = " ".join(image.element.get("alt", "").split())
    return len(alternative) > 10 and alternative.casefold() == line.text.casefold()
