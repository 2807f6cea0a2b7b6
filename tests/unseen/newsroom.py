"""Makes a site's articles: which sections there are, what is published when, who signs, which pictures. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from unseen.addresses import Addresses, slug
from unseen.bylines import Signatures
from unseen.chance import Chance
from unseen.design import Design
from unseen.model import Article, Attachment, Origin, Picture, Section
from unseen.words import words
from unseen.writer import Story, Writer

NOW = datetime(2025, 6, 20, 9, 30, tzinfo=timezone(timedelta(hours=7)))
"""When all strangers are visited: what their clocks show."""

_SIZES = ((600, 400), (640, 480), (800, 533), (500, 333), (720, 405))
_LONGEST_BELOW_CAPTION = 140
"""Characters. Where captions are plain paragraphs nothing but shortness tells them from the text, so the paragraph
under a picture without one is longer."""


class Newsroom:
    """Writes the articles of one site."""

    def __init__(self, chance: Chance, design: Design, addresses: Addresses) -> None:
        self.chance, self.design, self._addresses = chance, design, addresses
        self._writer = Writer(chance, design.province, design.kind)
        self._signatures = Signatures(chance, labelled=design.byline_label != "{}")

    def sections(self, size: int) -> list[Section]:
        """The sections of a site of so many articles."""
        dice = self.chance.dice("sections")
        groups = words("grammar")["groups"]
        own = [group for group in groups if group["kind"] == self.design.kind]
        foreign = [group for group in groups if group["kind"] != self.design.kind]
        wanted = dice.randint(3, 6) if size >= 20 else 3
        chosen = dice.sample(own, min(wanted - 1, len(own)))
        chosen += dice.sample(foreign, wanted - len(chosen))
        dice.shuffle(chosen)
        first = dice.randint(2, 60)
        names = [dice.choice(group["names"]) for group in chosen]
        return [
            Section(slug(name), name, first + 3 * at, tuple(group["topics"]))
            for at, (name, group) in enumerate(zip(names, chosen, strict=True))
        ]

    def articles(self, size: int, sections: list[Section]) -> list[Article]:
        """All articles, oldest first."""
        dice = self.chance.dice("calendar")
        moments, at = [], NOW - timedelta(hours=dice.randint(2, 60))
        for _ in range(size):
            at = at.replace(hour=dice.randint(6, 21), minute=dice.randint(0, 59), second=dice.randint(0, 59))
            moments.append(min(at, NOW - timedelta(minutes=35)))
            at -= timedelta(days=dice.choice((1, 1, 2, 2, 3, 5, 8, 13)))
        # One section holds about half of all, so that its listing has further pages.
        weights = [max(2, len(sections) - 1), *(1 for _ in sections[1:])]
        places = [*sections, *dice.choices(sections, weights, k=max(0, size - len(sections)))][:size]
        dice.shuffle(places)
        articles: list[Article] = []
        taken: set[str] = set()
        for index, moment in enumerate(reversed(moments)):
            article = self._write(index, places[index], moment)
            if article.path in taken:
                raise RuntimeError(f"two articles have the address {article.path}")
            taken.add(article.path)
            articles.append(article)
        return articles

    def _write(self, index: int, section: Section, moment: datetime) -> Article:
        design, dice = self.design, self.chance.dice("article", index)
        topic = dice.choice(section.topics)
        story = self._writer.story(index, topic, moment.date(), dice.choice((2, 3, 4, 4, 5, 6)))
        paragraphs = list(story.paragraphs)
        sapo = story.opening if design.sapo != "none" else None
        if sapo is None:
            paragraphs.insert(0, story.opening)
        elif design.sapo == "block" and dice.random() < 0.06:
            # Some editors leave the field empty and begin with the text.
            paragraphs.insert(0, story.opening)
            sapo = None
        if design.end_mark:
            paragraphs[-1] = paragraphs[-1].removesuffix(".") + "./."
        identifier = self._addresses.id(index)
        signed = design.byline_place != "nowhere" and dice.random() < 0.88
        # An edit never lies beyond the visit.
        later = timedelta(minutes=dice.randint(20, 60 * 24 * 9)) if dice.random() < 0.6 else timedelta()
        return Article(
            number=index,
            id=identifier,
            path=self._addresses.article(story.headline, identifier, section.slug, section.number, moment),
            section=section,
            headline=story.headline,
            sapo=sapo,
            paragraphs=tuple(paragraphs),
            pictures=self._pictures(index, identifier, story, paragraphs, moment),
            published=moment,
            edited=min(moment + later, NOW),
            byline=self._signatures.sign(index, story.district) if signed else None,
            origin=self._origin(index, story),
            tags=story.tags,
            attachments=self._attachments(index, identifier),
            views=dice.randint(12, 9000),
            entered=design.typing if dice.random() < 0.85 else dice.choice(("p", "justified", "word", "div")),
        )

    def _pictures(
        self, index: int, identifier: int, story: Story, paragraphs: list[str], moment: datetime
    ) -> tuple[tuple[int, Picture], ...]:
        design, dice = self.design, self.chance.dice("pictures", index)
        captions, out = list(story.captions), []
        places = [-1] if design.lead_picture != "none" and dice.random() < 0.85 else []
        if design.inline_pictures:
            places += sorted(
                dice.sample(range(1, len(paragraphs)), min(dice.choice((0, 1, 1, 2)), len(paragraphs) - 1))
            )
        told = self.chance.chance("lead captions", 0.5)
        for number, at in enumerate(places):
            below = paragraphs[max(at, 0)]
            mute = dice.random() < 0.2 if at >= 0 else not told
            if design.caption == "plain" and at >= 0 and len(below) <= _LONGEST_BELOW_CAPTION:
                mute = False
            width, height = dice.choice(_SIZES)
            path = self._addresses.picture(f"{slug(story.headline)[:24].strip('-')}-{number}", identifier, moment)
            out.append((at, Picture(path, None if mute else captions.pop(), width, height)))
        return tuple(out)

    def _origin(self, index: int, story: Story) -> Origin | None:
        dice = self.chance.dice("origin", index)
        if self.design.source_place == "none" or dice.random() > 0.3:
            return None
        labels = words("labels")
        at = dice.randrange(len(labels["papers"]))
        url = f"https://{labels['paper_hosts'][at]}/{slug(story.headline)}-{dice.randint(10**4, 10**6)}.html"
        name = labels["papers"][at].format(tinh=self.design.province)
        return Origin(name, url if self.design.source_linked else None)

    def _attachments(self, index: int, identifier: int) -> tuple[Attachment, ...]:
        dice = self.chance.dice("attachments", index)
        if not self.design.attachments or dice.random() > 0.15:
            return ()
        title = dice.choice(("Kế hoạch số {}/KH", "Công văn số {}", "Thể lệ cuộc thi", "Danh sách khen thưởng"))
        return (Attachment(f"/tep/{identifier}.pdf", title.format(dice.randint(3, 400))),)
