"""The last lines of an article's text: who made it, where it was taken from. Pure.

What such lines look like is known by :mod:`crawler.bylines`; here they are taken off the body.
"""

from __future__ import annotations

import re

from crawler.bylines import read_byline, read_source, split_signature
from crawler.extraction.blocks import Block
from crawler.items import Draft, Printed

_ADDRESS = re.compile(r"^[(\[\s]*((?:https?://|www\.)[^\s)\]]+)[)\]\s.]*$", re.IGNORECASE)


def take_signature(blocks: list[Block], draft: Draft) -> list[Block]:
    """The blocks at the end that are the signature; it goes into the draft: bylines, source and its address."""
    lines = [block for block in blocks if block.kind == "text"]
    body, signature = split_signature([line.text for line in lines])
    taken = lines[len(body) :]
    for text in signature:
        if address := _ADDRESS.match(text):
            draft.source_url = draft.source_url or address[1]
            continue
        cites = read_source([text]) is not None
        if cites:
            draft.source = draft.source or Printed(text, "signature")
        if (read_byline(text) or not cites) and text not in (known.raw for known in draft.bylines):
            draft.bylines.append(Printed(text, "signature"))
    return taken
