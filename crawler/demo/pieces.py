"""Makes a world's articles: a story, typed by somebody, with pictures, a signature and a source. Pure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.demo import chance, text
from crawler.demo.layouts import Layout, layout_class
from crawler.demo.model import (
    Attachment,
    Block,
    Bullets,
    Byline,
    Grid,
    Head,
    Heading,
    Kind,
    Paragraph,
    Picture,
    Piece,
    SeeAlso,
    Source,
    Video,
)
from crawler.demo.signatures import AGENCY, is_agency, pen_name, sign
from crawler.demo.style import Style, other_style, style_of
from crawler.demo.templates import topics, words
from crawler.demo.typography import slug

if TYPE_CHECKING:
    from crawler.demo.world import WorldSite

LONGEST_CAPTION = 180
"""Characters. Where captions are plain paragraphs, length is what tells them from the text."""

_AFTER_BARE_PICTURE = 220
"""Characters: a shorter paragraph under a picture without caption would be one, to any reader."""

_SIZES = ((600, 400), (640, 426), (700, 467), (800, 533), (480, 640))
_ATTACHMENTS = ("ke-hoach", "cong-van", "quyet-dinh", "huong-dan")


class PieceMaker:
    """The articles of one site of a world."""

    def __init__(self, site: WorldSite) -> None:
        self._site = site
        self._layout: type[Layout] = layout_class(site.name)

    def _dice(self, index: int, purpose: str) -> random.Random:
        return chance.dice(self._site.world.seed, self._site.name, purpose, index)

    def kind(self, index: int) -> Kind:
        """Photo and video articles are never taken over, so their kind depends on nothing else."""
        if self._site.role(index) != "own":
            return "article"
        drawn = self._site.share("kind", index)
        if self._layout.photo_articles and drawn < 0.04:
            return "photo"
        return "video" if self._layout.videos and drawn < 0.03 else "article"

    def style(self, index: int) -> Style:
        """Whoever takes a text over with its source, or twice, leaves it as it is typed."""
        keys = (self._site.world.seed, self._site.name, index)
        origin = self._site.origin(index)
        if origin is None:
            return style_of(*keys)
        source = self._site.world.sites[origin.site]
        taken = style_of(source.world.seed, source.name, origin.index)
        return other_style(taken, *keys) if origin.role == "undeclared" else taken

    def story(self, index: int) -> text.Story:
        origin = self._site.origin(index)
        if origin is None:
            return self._site.own_story(index)
        return self._site.world.sites[origin.site].own_story(origin.index)

    def headline(self, index: int) -> str:
        origin = self._site.origin(index)
        source = self._site.world.sites[origin.site] if origin else self._site
        headline = source.own_headline(origin.index if origin else index)
        if origin and origin.role == "undeclared":
            national = topics()[self._site.topic(index)].scope == "national"
            place = words()["provinces"][self._site.facts.province]["name"]
            headline = f"{'Bạn cần biết' if national else place}: {headline}"
        return self.style(index).type(headline)

    def piece(self, index: int) -> Piece:
        head, story, style = self._site.head(index), self.story(index), self.style(index)
        dice = self._dice(index, "piece")
        kind = self.kind(index)
        origin = self._site.origin(index)
        opening = style.type(story.lead)
        if origin and origin.role == "undeclared":
            opening = f"{self._site.facts.dateline} {'–' if style.long_dash else '-'} {opening}"
        with_sapo = self._layout.sapo and (kind != "article" or origin is not None or dice.random() > 0.08)
        paragraphs = [style.type(paragraph) for paragraph in story.paragraphs]
        if dice.random() < self._layout.end_marks:
            paragraphs[-1] = paragraphs[-1].removesuffix(".") + "./."
        if not with_sapo:
            paragraphs.insert(0, opening)
        byline, source = self._byline_and_source(index, dice)
        piece = Piece(
            head=head,
            description=opening if with_sapo else None,
            blocks=self._blocks(head, story, style, paragraphs, kind, dice),
            byline=byline,
            source=source,
            views=int(10 ** (1.2 + 2.6 * dice.random())) + 3,
            keywords=story.tags if self._layout.keywords and dice.random() < 0.75 else (),
            kind=kind,
            origin=(origin.site, origin.index) if origin else None,
            encoding=dice.choices(("plain", "entities", "combining"), (80, 12, 8))[0],
            editor=dice.choices(("p", "div", "br", "word", "plain"), (45, 15, 10, 15, 15))[0],
            label=dice.choices(("new", "old", "body"), (40, 30, 30))[0],
        )
        return self._layout.finish(self._with_partner(self._with_extras(piece, story, style, dice), index), dice)

    def _blocks(
        self, head: Head, story: text.Story, style: Style, paragraphs: list[str], kind: Kind, dice: random.Random
    ) -> tuple[Block, ...]:
        captions = [style.type(caption) for caption in story.captions]
        if kind == "photo":
            captions += [f"{captions[0].rstrip('.')} ({n})" for n in (2, 3)]
            return tuple(self._picture(head, n, caption, dice) for n, caption in enumerate(captions[:4]))
        if kind == "video":
            return (Video(self._layout.video_path(head)),)
        blocks: list[Block] = [Paragraph(paragraph) for paragraph in paragraphs]
        used = 0
        for n in range(dice.choice((0, 1, 1, 2, 2, 3))):
            at = dice.randrange(self._layout.first_picture, len(blocks))
            if isinstance(blocks[at], Picture) or (at > 0 and isinstance(blocks[at - 1], Picture)):
                continue
            following = blocks[at]
            bare = isinstance(following, Paragraph) and len(following.text) > _AFTER_BARE_PICTURE
            if (bare and dice.random() < 0.25) or used >= len(captions):
                if bare:
                    blocks.insert(at, self._picture(head, n, None, dice))
                continue
            caption = "Ảnh minh họa." if dice.random() < 0.06 else captions[used]
            used += caption != "Ảnh minh họa."
            blocks.insert(at, self._picture(head, n, caption, dice))
        return tuple(blocks)

    def _picture(self, head: Head, n: int, caption: str | None, dice: random.Random) -> Picture:
        credit = None
        if caption and caption != "Ảnh minh họa." and dice.random() < 0.3:
            credit = dice.choice((pen_name(dice), pen_name(dice), dice.choice(words()["people"]["initials"])))
            colon = ":" if dice.random() < 0.6 else ""
            caption = f"{caption.rstrip('.')}. Ảnh{colon} {credit}"
        if caption and len(caption) > LONGEST_CAPTION:
            caption, credit = "Ảnh minh họa.", None
        width, height = dice.choice(_SIZES) if self._layout.states_sizes and dice.random() < 0.8 else (None, None)
        return Picture(self._layout.picture_path(head, n), caption, credit, width, height)

    def names_a_source(self, index: int) -> bool:
        """Whether a text of the site's own says that it is from a newspaper or an agency."""
        return self._paper(index) or self._agency(index)

    def _paper(self, index: int) -> bool:
        return self.kind(index) == "article" and self._site.share("paper", index) < 0.06

    def _agency(self, index: int) -> bool:
        return is_agency(self._site.facts.signatures, self._dice(index, "agency"))

    def _byline_and_source(self, index: int, dice: random.Random) -> tuple[Byline | None, Source | None]:
        origin = self._site.origin(index)
        weights = self._site.facts.signatures
        if origin and origin.role != "undeclared":
            source_site = self._site.world.sites[origin.site]
            taken = source_site.piece(origin.index)
            declared = Source(source_site.facts.cited, replica=(origin.site, origin.index))
            return taken.byline, declared if origin.role == "declared" else taken.source
        if origin is None and self._agency(index):
            return None, Source(AGENCY)
        byline = sign(weights, dice)
        if origin is None and self._paper(index):
            paper = dice.choice(words()["posts"]["newspapers"])
            path = f"{slug(self.headline(index))}-{dice.randrange(10_000, 99_999)}.html"
            return byline, Source(paper["name"], f"http://{paper['host']}/{path}" if dice.random() < 0.6 else None)
        return byline, None

    def _with_extras(self, piece: Piece, story: text.Story, style: Style, dice: random.Random) -> Piece:
        """What only some editors do: headings, lists, tables, links inside the text, attachments."""
        index = piece.head.index
        if self._layout.videos and piece.kind == "article" and piece.origin is None and dice.random() < 0.05:
            piece = replace(
                piece, blocks=(*piece.blocks[:1], Video(self._layout.video_path(piece.head)), *piece.blocks[1:])
            )
        blocks = list(piece.blocks)
        if not self._layout.rich_text:
            if piece.origin is None and dice.random() < 0.15:
                for heading in story.headings[: dice.choice((1, 1, 2))]:
                    self._insert(blocks, Heading(style.type(heading)), dice)
            return replace(piece, blocks=tuple(blocks))
        if piece.origin is None:
            if dice.random() < 0.25:
                self._add_bullets(blocks, dice)
            if dice.random() < 0.12:
                self._insert(blocks, Grid(tuple(tuple(map(style.type, row)) for row in story.figures)), dice)
            if dice.random() < 0.3:
                self._insert(blocks, Heading(style.type(story.headings[0])), dice)
        if dice.random() < 0.2 and (older := self._site.before(index, 4)):
            self._insert(blocks, SeeAlso(older[-1]), dice)
        attachments: tuple[Attachment, ...] = ()
        if dice.random() < 0.06:
            files = [
                f"{name}-{dice.randrange(11, 99)}.pdf" for name in dice.sample(_ATTACHMENTS, k=dice.choice((1, 1, 2)))
            ]
            attachments = tuple(
                Attachment(f"?download=1&id={n}", f"Tập tin {n + 1}: {file}") for n, file in enumerate(files)
            )
        edited = timedelta(
            seconds=dice.randrange(40, 3000) if dice.random() < 0.6 else dice.randrange(86_400, 90 * 86_400)
        )
        assert piece.head.published is not None
        return replace(
            piece,
            blocks=tuple(blocks),
            attachments=attachments,
            modified=min(piece.head.published + edited, self._site.now),
            rights=dice.random() < 0.6,
        )

    @staticmethod
    def _insert(blocks: list[Block], block: Block, dice: random.Random) -> None:
        """Before a paragraph that is not the first, and not where a reader may take it for a picture's caption."""
        places = [
            at
            for at, found in enumerate(blocks)
            if at and isinstance(found, Paragraph) and not isinstance(blocks[at - 1], Heading | Picture)
        ]
        if places:
            blocks.insert(dice.choice(places), block)

    @staticmethod
    def _add_bullets(blocks: list[Block], dice: random.Random) -> None:
        """One paragraph of several sentences becomes a list, unless it is the last."""
        places = [
            at
            for at, found in enumerate(blocks[:-1])
            if isinstance(found, Paragraph)
            and found.text.count(". ") >= 1
            and "”" not in found.text
            and '"' not in found.text
        ]
        if places:
            at = dice.choice(places)
            found = blocks[at]
            assert isinstance(found, Paragraph)
            points = found.text.split(". ")
            blocks[at] = Bullets((*(f"{point.removesuffix('.')};" for point in points[:-1]), points[-1]))

    def has_partner(self, index: int) -> bool:
        wanted = self._layout.two_on_a_page and self._site.world.two_on_a_page
        return wanted and self._site.share("two", index) < 0.1

    def _with_partner(self, piece: Piece, index: int) -> Piece:
        if not self.has_partner(index):
            return piece
        story = self._site.second_story(index)
        dice = self._dice(index, "partner")
        style = style_of(self._site.world.seed, self._site.name, "partner", index)
        head = replace(
            piece.head, number=0, headline=style.type(story.headline), slug=slug(story.headline), published=None
        )
        paragraphs = [style.type(paragraph) for paragraph in (story.lead, *story.paragraphs)]
        picture_head = replace(head, number=piece.head.number * 1000, published=piece.head.published)
        partner = Piece(
            head=head,
            description=None,
            blocks=self._blocks(picture_head, story, style, paragraphs, "article", dice),
            byline=sign(self._site.facts.signatures, dice),
            encoding=piece.encoding,
            editor=piece.editor,
        )
        return replace(piece, partner=partner)
