"""Who made an article, and where it was taken from: bylines, signatures, sources, photo credits. Pure functions.

How one line is understood stands in :mod:`crawler.nameline`, what is a name in :mod:`crawler.names`.
"""

from __future__ import annotations

import re

from archive.records import Author, Source
from archive.vietnamese import spelling
from crawler import names
from crawler.nameline import DIVIDERS, EDGES, cited, plain, read_line

_MOST_WORDS_OF_REMARKS = 8
"""Beside names may stand an office ("Trưởng ban Dân vận Huyện ủy"); more words than these make the line a sentence."""

_LONGEST_SIGNATURE = 130
"""Characters: signatures of real pages are shorter."""

_MOST_BLOCKS = 8
"""No more blocks than these at the end of a body are looked at."""

_MOST_NAME_LINES = 3
"""More lines that are nothing but a name are a list (of the prize winners), no signature."""

_URL = re.compile(r"https?://[^\s<>\"“”)\]]+", re.IGNORECASE)
_SOURCE = re.compile(r"\(?\s*nguồn(?:\s+(?:tin|bài|bài viết|tham khảo))?\s*:\s*(.*)", re.IGNORECASE)

_CREDIT = re.compile(
    r"(?<!\w)(?:ảnh minh họa|ảnh minh hoạ|ảnh tư liệu|nguồn ảnh|nguồn|ảnh|photo)\s*:\s*", re.IGNORECASE
)
_CREDIT_ENDS = re.compile(r"[)\]|;]|\.\s|\s[-–]\s(?=\w+:)")
_BARE_CREDIT = re.compile(r"(?<!\w)(?:Ảnh|ẢNH) ([^()\[\]]+)")
_LONGEST_CREDIT = 200
"""Characters at the end of a caption that may name who took the picture."""
_NO_CREDIT = re.compile(r"minh h(?:ọa|oạ)", re.IGNORECASE)
_UNNAMED_CREDIT = re.compile(r"internet|tư liệu|nvcc|sưu tầm|st|tl|t\.l|.+ cung cấp", re.IGNORECASE)


def read_byline(raw: str, *, site_names: tuple[str, ...] = ()) -> list[Author]:
    """Who a byline names, in the order of the line; one entry for each person and role, author first.

    :param raw: the byline with or without its label ("Tác giả: …", "Tin, ảnh: …").
    :param site_names: the site's own names: some CMS print them where no author was entered.
    :returns: empty when it names nobody: accounts of the CMS, sections, headings, the press (that is a source).
    """
    if spelling(plain(raw)) in {spelling(plain(name)) for name in site_names}:
        return []
    line = read_line(raw)
    if sum(len(part.split()) for part in line.rest) > _MOST_WORDS_OF_REMARKS:
        return []
    authors: list[Author] = []
    for named in line.named:
        authors += [author for author in named.authors() if author not in authors]
    return authors


def is_signature(block: str, *, last: bool) -> bool:
    """Whether a block of the text says who made it or where it comes from, and nothing else.

    :param last: whether nothing but signatures follows. Elsewhere only a labelled line ("Tác giả: …", "Nguồn: …")
        counts, since a name may stand alone within a text.
    """
    text = plain(block)
    if not text:
        return False
    if _URL.fullmatch(text):
        return last
    if len(text) > _LONGEST_SIGNATURE or text[-1] in "?!…:" or text[0] in "•*-–—+":
        return False
    if _SOURCE.match(text):
        return True
    line = read_line(block)
    if line.names_only() and (line.labelled or (last and all(named.may_stand_alone() for named in line.named))):
        return True
    return last and (cited(text) is not None or names.is_agency(text.strip(EDGES)))


def split_signature(blocks: list[str]) -> tuple[list[str], list[str]]:
    """A body's paragraphs, and the byline and source lines at its end."""
    start = len(blocks)
    while start > max(0, len(blocks) - _MOST_BLOCKS):
        block = blocks[start - 1]
        if block.strip() and not is_signature(block, last=True):
            break
        start -= 1
    bare = [index for index in range(start, len(blocks)) if _is_bare_name(blocks[index])]
    if len(bare) > _MOST_NAME_LINES:
        start = bare[-1] + 1
    return blocks[:start], [block for block in blocks[start:] if block.strip()]


def _is_bare_name(block: str) -> bool:
    line = read_line(block)
    return not line.labelled and any(named.name for named in line.named)


def read_source(lines: list[str], *, stated: bool = False) -> Source | None:
    """Where an article was taken from, by the lines that may say so: ``Nguồn: …``, ``Theo …``, an agency, an address.

    :param stated: the lines come from the page's own field for the source: what stands there is the source even
        without a label and if it is no newspaper that we know.
    :returns: None where no line names a source; an address on the same or the next line belongs to it.
    """
    texts = [text for line in lines for part in line.splitlines() if (text := plain(part))]
    for index, text in enumerate(texts):
        labelled = _SOURCE.match(text)
        if labelled:
            named, after = labelled[1], texts[index + 1 :]
            if not named.strip(EDGES) and after:
                named, *after = after
            return _source(named, after)
    for index, text in enumerate(texts):
        name = cited(text) or names.press(text.strip(EDGES))
        if name or (stated and not _URL.fullmatch(text)):
            return _source(name or text, texts[index + 1 :])
    return next((_source(text, []) for text in texts if _URL.fullmatch(text)), None)


def _source(named: str, after: list[str]) -> Source | None:
    """``after``: the lines below, of which the first may be the address."""
    address = _URL.search(named) or (_URL.fullmatch(after[0]) if after else None)
    name = _URL.sub("", named).strip(EDGES) or None
    return Source(name, address.group().rstrip(".,;") if address else None) if name or address else None


def read_caption(raw: str) -> tuple[str, str | None]:
    """A caption as printed (NFC, white space single) and who took the picture, where it says so.

    "Ảnh minh họa" credits nobody. Names in capitals are lowered, organisations and "internet" stay as printed.
    """
    caption = plain(raw, joint=" ")
    labels = list(_CREDIT.finditer(caption))
    if labels:
        return caption, _credit(_CREDIT_ENDS.split(caption[labels[-1].end() :], maxsplit=1)[0], labelled=True)
    end = len(caption.rstrip(" .)]"))
    bare = list(_BARE_CREDIT.finditer(caption, max(0, end - _LONGEST_CREDIT), end))
    return caption, _credit(bare[-1][1], labelled=False) if bare and bare[-1].end() == end else None


def _credit(printed: str, *, labelled: bool) -> str | None:
    """Without a colon only a name is a credit, for "Ảnh hưởng của bão" begins alike; after one any short name is."""
    who = printed.strip(EDGES)
    if not who or len(who) > _LONGEST_CREDIT or _NO_CREDIT.match(who):
        return None
    line = read_line(who)
    if not labelled:
        certain = line.names_only() and all(named.may_stand_alone() for named in line.named)
        return _lowered(who) if certain or names.is_agency(who) else None
    if line.names_only() or names.press(who) or _UNNAMED_CREDIT.fullmatch(who):
        return _lowered(who)
    words = who.split()
    return who if len(words) <= 4 and all(word[0].isupper() and not word.isupper() for word in words) else None


def _lowered(who: str) -> str:
    return "".join(names.person(part) or part for part in DIVIDERS.split(who))
