"""Whether a page's markup came to its end: a server that dies while it prints sends half an article and says nothing.

Pure.
"""

from __future__ import annotations

from lxml import etree

from crawler.extraction.document import Element
from crawler.items import Page

_FOLLOWED = etree.XPath("boolean(following::text()[normalize-space()])")


def breaks_off(page: Page, container: Element) -> bool:
    """Whether the page ends inside the container of an article's text.

    It does when the page begins as a document, has neither ``</body>`` nor ``</html>``, and nothing that could be read
    comes behind the container: pages whose template forgets the end tags have their foot there.
    """
    body = page.body.lower()
    if b"<body" not in body or b"</body" in body or b"</html" in body:
        return False
    return not _FOLLOWED(container)
