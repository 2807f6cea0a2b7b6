"""Bytes to a tree: charset, NFC, block boundaries as white space, and the small readings all rules share. No I/O.

The spider uses :func:`parse` for its links, the extraction for everything else: one parse a page.
"""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from crawler.extraction import encodings
from crawler.extraction.converting import TEXT_ATTRIBUTES, convert_legacy_text
from crawler.extraction.nesting import is_too_deep, parse_flat
from crawler.items import Page

Element = etree._Element

BLOCK_TAGS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "ul"}
    | {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
)
"""Elements that begin and end a line when a browser shows them."""

NEVER_SHOWN = frozenset(
    {"applet", "button", "canvas", "head", "input", "map", "noframes", "noscript", "option", "script", "select"}
    | {"style", "svg", "template", "textarea", "title"}
)
"""Elements whose text is not text of the page."""

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASSES = frozenset({"hidden", "hide", "d-none", "sr-only", "visually-hidden"})
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What XML forbids, and DEL: no page means them, and lxml takes no text that holds them."""
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200c\u2060\ufeff\ufffe\uffff]")
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
"""``&#150;`` means a dash on pages made on Windows; browsers read it so too (HTML standard, 13.2.5.80)."""
_CONTROLS = (*range(0x09), *range(0x0E, 0x20), 0x7F, 0xFFFE, 0xFFFF)
_FOLD_AWAY = _C1 | dict.fromkeys((*_CONTROLS, 0xAD, 0x200B, 0x200C, 0x2060, 0xFEFF), "")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9:_-]*", re.IGNORECASE | re.ASCII)

_NOT_OF_PAGES = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Encodings that Python knows and no page is written in; some of them fail on what they cannot read."""
_SAY_LITTLE = frozenset({"utf-8", "cp1252"})
"""Declared for bytes that are not UTF-8, these are what programs write that do not know; browsers show windows-1252."""
_MOSTLY = 5
"""So many whole characters of UTF-8 for each broken one prove UTF-8: in another charset hardly any is whole."""


def parse(page: Page) -> Element:
    """The page as a tree; its root is ``html``. All text in it is NFC.

    The charset is the byte-order mark's; else UTF-8 where the bytes are that, but for a few broken ones (sites that
    declare another one and send UTF-8 are common, the reverse accident practically impossible); else what the server
    or the page declares. Text that is Vietnamese only in an encoding that nobody declares is converted
    (:mod:`crawler.extraction.encodings`), and ``page.converted`` says so.
    A page without any element gives an empty ``html``.

    :raises ValueError: the page has more than 100,000 elements: reading it would hold the crawl up.
    """
    text = decode(page.body, page.charset)
    # huge_tree lifts libxml2's limit of 256 nested elements, behind which it drops the rest of the page without a
    # word: editors leave hundreds of unclosed span and font. A limit of 2048 stays.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )
    parser.set_element_class_lookup(_CLASSES)
    markup = _markup(text)
    try:
        tree: Element | None = etree.fromstring(markup, parser=parser)
    except etree.XMLSyntaxError:
        tree = None
    if tree is None:
        return html.document_fromstring("<html><body></body></html>")
    if is_too_deep(parser):
        tree = parse_flat(markup)
    if (count := int(_COUNT(tree))) > _MOST_ELEMENTS:
        raise ValueError(f"{count} elements, where no page of news has {_MOST_ELEMENTS}")
    if any(map(_is_no_character, _REFERENCE.finditer(text))):
        _clean(tree)
    page.converted = convert_legacy_text(tree)
    if not unicodedata.is_normalized("NFC", text):
        _normalise(tree)
    _set_lines_apart(tree)
    return tree


def _classes() -> etree.ElementClassLookup:
    """Forms know what they send, as lxml.html has it; all other elements are lxml's plain ones, for those of lxml.html
    are looked up in Python one by one."""
    lookup = etree.ElementNamespaceClassLookup()
    names = lookup.get_namespace(None)
    names["form"], names["input"], names["label"] = html.FormElement, html.InputElement, html.LabelElement
    names["select"], names["textarea"] = html.SelectElement, html.TextareaElement
    return lookup


_CLASSES = _classes()

_MOST_ELEMENTS = 100_000
"""A long article with all its menus and comments has some thousands."""
_COUNT = etree.XPath("count(//*)")


def decode(body: bytes, charset: str | None) -> str:
    """The bytes as text; what is not readable becomes U+FFFD."""
    mark, length = read_bom(body)
    if mark and length:
        return to_unicode(body[len(length) :], mark)
    declared, in_page = _known(charset), _known(html_body_declared_encoding(body))
    if _is_wide(declared) and b"\x00" in body:
        return to_unicode(body, declared or "utf-8")
    # A declaration that can be read in ASCII does not stand in UTF-16 (HTML standard, 13.2.3.2 and 4.2.5.4).
    named = next((one for one in (declared, in_page) if one and not _is_wide(one)), None)
    try:
        return body.decode()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    if broken * _MOSTLY <= sum(1 for _ in _BEYOND_ASCII.finditer(text)) - broken:
        return text
    if named is None or named in _SAY_LITTLE:
        return encodings.western(body)
    text = to_unicode(body, named)
    if encodings.is_vietnamese(text) or encodings.reread([encodings.western(body)]) is None:
        return text
    return encodings.western(body)


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def _known(charset: str | None) -> str | None:
    """Python's name of a charset that a page can be written in; None for all others (``hex`` is no text)."""
    try:
        found = codecs.lookup(resolve_encoding(charset) or charset) if charset else None
    except (LookupError, ValueError):
        return None
    return found.name if found and found._is_text_encoding and found.name not in _NOT_OF_PAGES else None


def _is_wide(charset: str | None) -> bool:
    return charset is not None and charset.startswith(("utf-16", "utf-32"))


_SPACES = bytes.maketrans(b"\x0b\x0c", b"  ")
_NO_TEXT = bytes((*range(0x09), *range(0x0E, 0x20), 0x7F))
_NO_CHARACTERS = re.compile(b"\xef\xbf[\xbe\xbf]")
"""U+FFFE and U+FFFF in UTF-8."""


def _markup(text: str) -> bytes:
    """UTF-8 without what is no text, as :func:`_without_controls`: a page's bytes are looked through at once."""
    return _NO_CHARACTERS.sub(b"", text.encode("utf-8", "replace").translate(_SPACES, _NO_TEXT))


def _without_controls(text: str) -> str:
    """Without what is no text; vertical tabs and form feeds are white space."""
    return _NOT_TEXT.sub(lambda found: " " if found[0] in "\x0b\x0c" else "", text)


_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+))")
_MOST_DIGITS = 7
"""Of a reference that means a character; what libxml2 makes of longer ones is looked at."""


def _is_no_character(reference: re.Match[str]) -> bool:
    digits = reference[1] or reference[2]
    if len(digits) > _MOST_DIGITS:
        return True
    number = int(digits, 16 if reference[1] else 10)
    return number > sys.maxunicode or _NOT_TEXT.match(chr(number)) is not None


def _clean(tree: Element) -> None:
    """Numbered references (``&#1;``) bring in what no text may hold."""
    for element in tree.iter():
        if element.text and _NOT_TEXT.search(element.text):
            element.text = _without_controls(element.text)
        if element.tail and _NOT_TEXT.search(element.tail):
            element.tail = _without_controls(element.tail)
        for name, value in element.items():
            if _NOT_TEXT.search(value) and _ATTRIBUTE.fullmatch(name):
                element.set(name, _without_controls(value))


def _normalise(tree: Element) -> None:
    """NFC for all that is text; addresses keep their bytes, or the server would not know them."""
    for element in tree.iter():
        if element.text:
            element.text = unicodedata.normalize("NFC", element.text)
        if element.tail:
            element.tail = unicodedata.normalize("NFC", element.tail)
        for name in TEXT_ATTRIBUTES:
            if value := element.get(name):
                element.set(name, unicodedata.normalize("NFC", value))


def _set_lines_apart(tree: Element) -> None:
    """A line break before and after each block, and for each ``br``: then no reading of text glues words together."""
    for element in tree.iter(*BLOCK_TAGS, "br"):
        if element.tag != "br" and not (text := element.text or "").startswith("\n"):
            element.text = "\n" + text
        if not (tail := element.tail or "").startswith("\n"):
            element.tail = "\n" + tail


def fold(text: str) -> str:
    """NFC, white space (no-break spaces too) folded into single spaces, invisible characters gone."""
    if _INVISIBLE.search(text):
        text = text.translate(_FOLD_AWAY)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def text_of(element: Element, without: Collection[Element] = ()) -> str:
    """The text inside an element, folded; scripts and styles are no text, nor what stands ``without``."""
    return fold("".join(_pieces(element, without)))


def plain_title(title: str) -> str:
    """The text of a title that may be markup: feeds write entities into it, or tags."""
    return text_of(html.fromstring(f"<div>{title}</div>")) if "<" in title or "&" in title else fold(title)


def _pieces(element: Element, without: Collection[Element]) -> Iterator[str]:
    if not without and not any(True for _ in element.iter(*NEVER_SHOWN)):
        return element.itertext()
    return (
        str(piece)
        for piece in cast("list[etree._ElementUnicodeResult]", element.xpath(".//text()"))
        if not _stands_aside(piece, element, without)
    )


def _stands_aside(piece: etree._ElementUnicodeResult, within: Element, without: Collection[Element]) -> bool:
    """Whether the text stands in code, or in an element that is left out."""
    holder = piece.getparent()
    if piece.is_tail and holder is not None:
        holder = holder.getparent()
    while holder is not None and holder is not within:
        if holder.tag in NEVER_SHOWN or holder in without:
            return True
        holder = holder.getparent()
    return False


def is_hidden(element: Element) -> bool:
    """Whether the element says of itself that it is not shown."""
    if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style", "")):
        return True
    return not _HIDDEN_CLASSES.isdisjoint(element.get("class", "").split())


def base_address(page: Page, tree: Element) -> str:
    """What relative addresses on the page are relative to."""
    base = tree.find(".//base[@href]")
    return (absolute(base.get("href"), page.final_url) if base is not None else None) or page.final_url


def absolute(address: str | None, base: str) -> str | None:
    """The web address that an attribute stands for; None for scripts, mail, inline data, places on the page itself."""
    address = (address or "").strip()
    if not address or address.startswith("#"):
        return None
    if address[0] == "/" and (end := base.find("/", len("https://"))) > 0:
        base = base[:end]  # the same from all pages of a host
    return _absolute(address, base)


@lru_cache(maxsize=2048)
def _absolute(address: str, base: str) -> str | None:
    try:
        joined = urljoin(base, "".join(address.splitlines()))
        return joined if urlsplit(joined).scheme in {"http", "https"} else None
    except ValueError:
        return None
