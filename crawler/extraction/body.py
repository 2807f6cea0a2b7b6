"""The body of one article: its container's lines without all that is not its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from crawler.extraction import captions, enclosures
from crawler.extraction.blocks import Block, read_blocks
from crawler.extraction.boilerplate import end_of_article, is_link_line, is_notice, is_see_also
from crawler.extraction.document import absolute, text_of
from crawler.extraction.fields import FieldReader
from crawler.extraction.pages import outermost
from crawler.extraction.prose import extract_prose
from crawler.extraction.related import related_containers
from crawler.extraction.rules import Hit, elements
from crawler.extraction.signature import take_signature
from crawler.extraction.wholeness import breaks_off
from crawler.items import Draft
from crawler.urls import SiteAddresses

_ADDRESS = re.compile(r"^(?:https?://|www\.)\S+$", re.IGNORECASE)
_LINKED_TITLE = range(25, 201)
"""Letters. A line that is one link of such length to a page of the same site is another article's title."""


class BodyReader:
    """Reads the body of the article whose fields ``reader`` has read; what it finds goes into the same draft."""

    def __init__(self, reader: FieldReader) -> None:
        self.reader = reader
        self.draft: Draft = reader.draft
        self.around = reader.around
        self.rules = reader.around.page.layout.fields
        self.attached = elements(self.rules.attachments, reader.place)
        self.containers = outermost(elements(self.rules.body, reader.place))
        self.lists = related_containers(reader.around.page.layout.related, reader.scope)
        self.container_missing = not self.containers

    def read(self, headline: Hit) -> str | None:
        """Fills body, pictures, media, attachments, inline links, signature. Gives the reason when there is no body."""
        blocks = self._blocks(headline)
        if blocks is None:
            tried = ", ".join(select.source for select in self.rules.body.select) or "no selector"
            return f"no body: {tried} matches nothing, and the headline is no line of the page"
        if self.containers and breaks_off(self.around.page, self.containers[-1]):
            return "cut off: the page ends inside the article's text, without its end tags"
        own = self._own_lines(blocks)
        captioned = captions.marked_captions(own)
        own = _without(own, captioned.values())
        signature = take_signature(own, self.draft) if self.rules.signature else []
        self._read_enclosures(_without(blocks, [signature]))
        own = _without(own, [signature])
        captioned |= captions.plain_captions(own, captioned, sentences=self.rules.plain_captions)
        own = _without(own, captioned.values())
        self._add_pictures(own, captioned)
        # A theme may print a caption once more under the picture, for the large view of it (seed 003).
        printed = {image.caption for image in self.draft.images}
        text = [block.text for block in own if block.kind == "text" and block.text not in printed]
        self.draft.body, note = extract_prose(text)
        if note:
            self.draft.notes.append(note)
        return self._settle()

    def _blocks(self, headline: Hit) -> list[Block] | None:
        """The lines of the container; where the profile's is missing, the lines under the headline."""
        reader = self.reader
        skip = {*reader.read_elements, *self.attached, *self.lists}
        if self.containers:
            title = headline.element
            wraps = title is not None and not set(self.containers).isdisjoint(title.iterancestors())
            blocks = [block for one in self.containers for block in read_blocks(one, skip - {title} if wraps else skip)]
            if wraps:
                title_at = next((index for index, block in enumerate(blocks) if block.text == headline.line), -1)
                blocks = blocks[title_at + 1 :]
            return blocks[: end_of_article(blocks, menus=wraps)]
        blocks = read_blocks(reader.scope, skip - {headline.element})
        start = next((index for index, block in enumerate(blocks) if block.text == headline.line), None)
        if start is None:
            return None
        self.draft.notes.append("the body's container is missing; the lines under the headline are read instead")
        blocks = blocks[start + 1 :]
        return blocks[: end_of_article(blocks, menus=True)]

    def _read_enclosures(self, blocks: list[Block]) -> None:
        links = [link for block in blocks for link in block.links]
        files = [link for container in self.attached for link in container.iter("a")]
        files += [link for link in links if enclosures.is_file(link)]
        self.draft.attachments = enclosures.attachments(files, self.around.base)
        text = [block for block in blocks if block.text not in self.reader.read_lines and not is_notice(block.text)]
        links = [link for block in text for link in block.links if not is_notice(text_of(link))]
        found = enclosures.inline_links(links, self.around.base)
        self.draft.links = [link for link in found if self._leads_to_a_page_of_its_own(link.url or "")]
        self.draft.media = enclosures.media(blocks, self.around.base)

    def _leads_to_a_page_of_its_own(self, url: str) -> bool:
        """Neither to this page itself nor, on this site, to a list of pages: a section, a keyword, a search."""
        page = self.around.page
        addresses = SiteAddresses(page.profile, page.layout)
        own = addresses.normalise(url)
        if own is None:
            return urldefrag(url).url not in {page.url, page.final_url}
        here = {addresses.normalise(page.url), addresses.normalise(page.final_url)}
        return own not in here and addresses.role(own) not in {"listing", "ignore"}

    def _own_lines(self, blocks: list[Block]) -> list[Block]:
        """Without what was read as a field, the site's notices, and references to other articles."""
        own = []
        referring = False
        for block in blocks:
            if block.kind == "text":
                if is_see_also(block):
                    referring = True
                    continue
                if (referring and is_link_line(block)) or self._is_linked_title(block):
                    continue
                if block.text in self.reader.read_lines or is_notice(block.text):
                    continue
            referring = False
            own.append(block)
        return own

    def _is_linked_title(self, block: Block) -> bool:
        if not is_link_line(block) or len(block.text) not in _LINKED_TITLE or _ADDRESS.match(block.text):
            return False
        address = absolute(block.links[0].get("href"), self.around.base)
        own_host = address is not None and urlsplit(address).netloc in self.around.page.profile.hosts
        return own_host and not enclosures.is_file(block.links[0])

    def _add_pictures(self, blocks: list[Block], captioned: dict[Block, list[Block]]) -> None:
        known = {image.url: image for image in self.draft.images}
        for block in blocks:
            if block.kind != "image":
                continue
            caption = " ".join(line.text for line in captioned.get(block, [])) or None
            picture = enclosures.picture(block.element, self.around.base, caption)
            if picture is None:
                continue
            if picture.url in known:
                known[picture.url].caption = known[picture.url].caption or caption
            else:
                known[picture.url] = picture
                self.draft.images.append(picture)

    def _settle(self) -> str | None:
        """What kind of article it is; the sapo is the text where there is no other."""
        draft = self.draft
        if draft.body:
            return None
        if draft.media and any(one.kind == "video" for one in draft.media):
            draft.kind = "video"
        elif any(not image.lead for image in draft.images) or (draft.images and draft.sapo is None):
            draft.kind = "photo"
        elif draft.sapo is not None:
            draft.body, draft.sapo = [draft.sapo.raw], None
            draft.notes.append("the container is empty; the sapo is all the text there is")
        else:
            return "no body: its container holds neither text nor picture nor film"
        return None


def _without(blocks: list[Block], groups: Iterable[list[Block]]) -> list[Block]:
    lines = {line for group in groups for line in group}
    return [block for block in blocks if block not in lines]
