"""What stands around the text on a real page, put around a replica's: head, menus, boxes of links, foot. No I/O.

Replicas print an article and little else, 6 to 18 KB. The NukeViet pages that this project was given have 60 KB, 730
elements and 105 links; who extracts text from them spends his time on what is not the text. The frame has as many
elements, links and attributes of such lengths; its links are those of the site's own front page.
"""

from __future__ import annotations

import re
from html import escape

from lxml import html

ITEMS = 60
"""Entries of menus and boxes: seven elements and one link each."""
_HEAD = "".join(
    f'\n\t<link rel="StyleSheet" href="/themes/khung/css/phan-{n}.css?t={1_718_000_000 + n}" type="text/css">'
    for n in range(46)
) + "".join(
    f'\n\t<script src="/themes/khung/js/phan-{n}.js?t={1_718_000_000 + n}" data-turbo="false" defer></script>'
    for n in range(22)
)
_ITEM = """
\t\t\t<li class="khung-muc level-{level} clearfix" id="khung-muc-{n}" data-toggle="tooltip" data-placement="bottom">
\t\t\t\t<div class="khung-hang row-{n} margin-bottom-sm"><span class="khung-dau icon-right" aria-hidden="true"></span>
\t\t\t\t\t<a class="khung-noi show h4" href="{href}" title="{text}" data-content="{text}" data-rel="tooltip">{text}</a>
\t\t\t\t\t<em class="khung-bieu-tuong" role="presentation"></em><i class="khung-net pull-right"></i>
\t\t\t\t\t<input type="hidden" name="khung-{n}" value="khung-{n}-a81c-4f2e"></div>
\t\t\t</li>"""
_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)


class Frame:
    """The frame of one site's pages."""

    def __init__(self, front: bytes) -> None:
        """``front``: the site's front page, whose links the menus repeat."""
        anchors = [link for link in html.document_fromstring(front).iter("a") if link.get("href")]
        named = [(link.get("href", ""), " ".join(link.text_content().split()) or "Mục") for link in anchors]
        items = [
            _ITEM.format(level=n % 3, n=n, href=escape(href), text=escape(text[:80]))
            for n, (href, text) in ((n, named[n % len(named)]) for n in range(ITEMS))
        ]
        half = ITEMS // 2
        self._head = _HEAD.encode()
        self._menu = (
            f'\n<div class="khung-tren"><ul class="khung-danh-muc">{"".join(items[:half])}</ul></div>\n'.encode()
        )
        self._foot = (
            f'\n<div class="khung-duoi"><ul class="khung-danh-muc">{"".join(items[half:])}</ul></div>\n'.encode()
        )

    def around(self, page: bytes) -> bytes:
        """The page inside the frame."""
        begin = _BODY.search(page)
        head, end = page.find(b"</head>"), page.rfind(b"</body>")
        if begin is None or not 0 <= head < begin.start() < end:
            return page
        opened = begin.end()
        pieces = (page[:head], self._head, page[head:opened], self._menu, page[opened:end], self._foot, page[end:])
        return b"".join(pieces)
