"""What stands beside the text: pictures, films, sound, files to download, links; addresses made absolute. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.extraction.blocks import Block
from crawler.extraction.document import Element, absolute, text_of
from crawler.extraction.numbers import LARGEST_SIDE, whole_number
from crawler.items import DraftAttachment, DraftImage, DraftLink, DraftMedia

_LAZY = ("data-original", "data-src", "data-lazy-src", "data-lazy", "src")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp)$", re.IGNORECASE)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_FILE_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}
"""By the IANA registry; the standard library's table differs from machine to machine."""
_PLAYERS = re.compile(
    r"(?:^|\.)(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|dailymotion\.com)$|video|player|embed"
)
_SHARES = re.compile(
    r"^https?://(?:www\.|m\.)?(?:facebook\.com/(?:sharer|share\.php|dialog/)|(?:twitter|x)\.com/(?:intent|share)"
    r"|plus\.google\.com/share|linkedin\.com/share|pinterest\.com/pin/create|(?:sp\.)?zalo\.me/share|t\.me/share)",
    re.IGNORECASE,
)
"""What tells others of the page itself."""
_SOUND = re.compile(r"\.(?:mp3|m4a|ogg|wav|aac)$", re.IGNORECASE)
_WIDTH = re.compile(r"(?:^|[;\s])width\s*:\s*(\d+)px", re.IGNORECASE)
_HEIGHT = re.compile(r"(?:^|[;\s])height\s*:\s*(\d+)px", re.IGNORECASE)


def picture(image: Element, base: str, caption: str | None = None, *, lead: bool = False) -> DraftImage | None:
    """The picture of an ``img``: the large one that it links to, else the one that a script would load, else its own.

    None for data inside the page. Width and height are pixels as the page states them.
    """
    address = _linked_picture(image, base)
    for name in _LAZY:
        address = address or absolute(image.get(name), base)
    if address is None:
        return None
    style = image.get("style", "")
    return DraftImage(
        address,
        caption or None,
        _pixels(image.get("width"), _WIDTH.search(style)),
        _pixels(image.get("height"), _HEIGHT.search(style)),
        lead,
    )


def _linked_picture(image: Element, base: str) -> str | None:
    around = image.getparent()
    for _ in range(2):
        if around is not None and around.tag == "a":
            address = absolute(around.get("href"), base)
            return address if address and _PICTURE.search(urlsplit(address).path) else None
        around = around.getparent() if around is not None else None
    return None


def _pixels(attribute: str | None, in_style: re.Match[str] | None) -> int | None:
    digits = (attribute or "").strip().removesuffix("px")
    if not digits.isdigit() and in_style:
        digits = in_style[1]
    return whole_number(digits, LARGEST_SIDE) or None


def media(blocks: Iterable[Block], base: str) -> list[DraftMedia]:
    """Films and sound that the blocks play, each address once. Maps, social boxes and other frames are none."""
    found: dict[str, DraftMedia] = {}
    for block in blocks:
        if block.kind != "media":
            continue
        player = block.element
        sources = [player, *player.iter("source", "embed")]
        for source in sources:
            address = absolute(source.get("src") or source.get("data-src") or source.get("data"), base)
            if address is None or (player.tag in {"iframe", "embed", "object"} and not _plays(address)):
                continue
            sound = player.tag == "audio" or bool(_SOUND.search(urlsplit(address).path))
            found.setdefault(address, DraftMedia(address, "audio" if sound else "video", player.get("title") or None))
            break
    return list(found.values())


def _plays(address: str) -> bool:
    parts = urlsplit(address)
    return bool(_PLAYERS.search(parts.hostname or "") or _PLAYERS.search(parts.path))


def is_file(link: Element) -> bool:
    """Whether a link leads to a file to keep, not to a page."""
    address = (link.get("href") or "").strip()
    try:
        return link.get("download") is not None or _ending(address) in _FILE_TYPES
    except ValueError:
        return False


def _ending(address: str) -> str:
    return urlsplit(address).path.rpartition(".")[2].lower()


def attachments(links: Iterable[Element], base: str) -> list[DraftAttachment]:
    """The files that the links lead to, each address once. The type is what the file's name says, which stands in the
    address or, where a CMS hands files out by number, in the link's words."""
    found: dict[str, DraftAttachment] = {}
    for link in links:
        if address := absolute(link.get("href"), base):
            title = text_of(link) or link.get("title") or link.get("download") or None
            kind = _FILE_TYPES.get(_ending(address)) or _FILE_TYPES.get((title or "").rpartition(".")[2].lower())
            found.setdefault(address, DraftAttachment(address, title, kind))
    return list(found.values())


def inline_links(links: Iterable[Element], base: str) -> list[DraftLink]:
    """Links inside the text to other pages, each address once; pictures, files and sharing are none."""
    found: dict[str, DraftLink] = {}
    for link in links:
        address = absolute(link.get("href"), base)
        if (
            address
            and not is_file(link)
            and not _SHARES.search(address)
            and not _PICTURE.search(urlsplit(address).path)
        ):
            found.setdefault(address, DraftLink(address, text_of(link) or None, "inline"))
    return list(found.values())
