"""What replicas share whose pages are drawn from forms: HTML with holes, filled with an article's parts. No I/O.

A form's holes are named in braces (``{headline}``); a part that an article has not is drawn as nothing, its form and
all. Which parts there are says :meth:`Portal.parts`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import ClassVar, Literal

from crawler.demo.layouts.base import Answer, Dating, Visit
from crawler.demo.layouts.nukevietbody import CAPTIONS, body_html
from crawler.demo.layouts.numbered import Numbered
from crawler.demo.layouts.plainpage import signature_html
from crawler.demo.model import Head, Piece, Related, Relation, Section
from crawler.demo.typography import clock, plain, slug, thousands

_NUMBERED = re.compile(r"\d{1,7}")


class Portal(Numbered):
    """A site whose editors have CKEditor, and whose pages print dates."""

    sapo = True
    keywords = True
    first_picture = 0
    rich_text = True
    end_marks = 0.3
    shows_views = True

    frame_form: ClassVar[str]
    """A whole page: ``title name head menu crumbs clock content side notice base``."""
    block_form: ClassVar[str]
    """A section's newest on the home page: ``title entries``."""
    listing_form: ClassVar[str]
    """``title items pager``."""
    item_form: ClassVar[str]
    """An entry of it: ``link other title alt date teaser``; ``other`` is another address of the article, if any."""
    page_form: ClassVar[str] = '<a href="{link}">{page}</a>'
    current_form: ClassVar[str] = "<span>{page}</span>"
    article_form: ClassVar[str]
    sapo_form: ClassVar[str] = "<p>{}</p>"
    sapo_in_text: ClassVar[bool] = False
    """Whether the summary is the first paragraph of the text."""
    date_form: ClassVar[str] = "{}"
    byline_form: ClassVar[str | None] = None
    """None: authors and source sign at the end of the text."""
    source_form: ClassVar[str] = "<p>Nguồn: {}</p>"
    words_form: ClassVar[str] = "<ul>{}</ul>"
    word_form: ClassVar[str] = '<li><a href="{link}">{word}</a></li>'
    files_form: ClassVar[str] = "<ul>{}</ul>"
    file_form: ClassVar[str] = '<li><a href="{link}">{title}</a></li>'
    lists: ClassVar[Mapping[Relation, str]]
    """The related lists in page order: ``{}`` is where the entries stand."""
    entry_form: ClassVar[str] = "<li>{entry}{date}</li>"
    entry_date: ClassVar[str | None] = None
    """How related lists print a day (:meth:`datetime.strftime`), with what stands around it; None: they print none."""
    list_date: ClassVar[str] = "<span>%d/%m/%Y</span>"
    """How listings print it."""
    precision: ClassVar[Literal["second", "minute", "day"]] = "minute"
    captions: ClassVar[tuple[str, ...]] = CAPTIONS
    files_folder: ClassVar[str] = "/uploads/files"
    listed_articles: ClassVar[int] = 4
    per_page: ClassVar[int] = 3
    on_home: ClassVar[int] = 2
    endless: ClassVar[bool] = False
    """Whether the pager always leads on, and pages behind the last show the first one again."""

    # What a site of this CMS decides
    @staticmethod
    def printed(at: datetime) -> str:
        """The date of publication, without label."""
        raise NotImplementedError

    def section_path(self, section: Section) -> str:
        raise NotImplementedError

    def page_path(self, section: Section, number: int) -> str:
        """The address of a further page of its listing."""
        raise NotImplementedError

    def word_path(self, word: str) -> str:
        return f"/tu-khoa/{slug(word)}"

    def other_path(self, index: int) -> str | None:
        """A second address that answers with the same page."""
        return None

    def meta(self, piece: Piece, visit: Visit) -> str:
        """What an article's page has in its head. Readers who believe og:title get the site's name with it."""
        head = piece.head
        return (
            f'<meta property="og:title" content="{escape(head.headline)} - {escape(self.site.facts.title)}">\n'
            f'<meta property="og:site_name" content="{escape(self.site.facts.title)}">\n'
            f'<link rel="canonical" href="{visit.base}{self.path(head.index)}">'
        )

    # What follows from it
    def past_path(self, head: Head) -> str | None:
        return None

    @classmethod
    def finish(cls, piece: Piece, dice: random.Random) -> Piece:
        """Documents lie in a folder; who signs does it as the layout wants."""
        files = tuple(
            replace(one, path=f"{cls.files_folder}/{piece.head.number}/{name}", title=name)
            for one in piece.attachments
            for name in [one.title.rpartition(" ")[2]]
        )
        return replace(piece, attachments=files, label="new")

    def addresses(self, index: int) -> list[str]:
        other = self.other_path(index)
        return [*super().addresses(index), *([other] if other else [])]

    def related(self, index: int) -> list[Related]:
        return [*self.references(self.site.piece(index)), *super().related(index)]

    def listed(self, index: int) -> list[Related]:
        return [entry for relation in self.lists for entry in self._list(relation, index)]

    def _list(self, relation: Relation, index: int) -> Iterator[Related]:
        around = self.site.after if relation == "newer" else self.site.before
        for at in around(index, self.listed_articles):
            head = self.site.head(at)
            yield Related(head.headline, relation, at, published=head.published if self.entry_date else None)

    def provable(self, index: int) -> bool:
        return True

    def dating(self, index: int) -> Dating | None:
        at = self.site.head(index).published
        if at is None:
            return None
        rounded = at if self.precision == "second" else at.replace(second=0)
        return Dating(rounded, self.printed(at), self.precision, "page")

    def hidden(self, index: int) -> bool:
        return False

    def pages(self, section: Section) -> int:
        return max(1, -(-self.site.count(section) // self.per_page))

    def robots(self) -> list[str]:
        return ["User-agent: *", "Disallow: /admin/"]

    # Pages
    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        if answer := super().page(path, query, visit):
            return answer
        found = self.article_pattern.fullmatch(path)
        index = self.only(found["number"]) if found else None
        return self.article(index, visit) if index is not None and path == self.other_path(index) else None

    def not_found(self, visit: Visit) -> Answer:
        return self.html(self.framed("Không tìm thấy trang", "<p>Trang này không tồn tại.</p>", visit), 404)

    def framed(self, title: str, content: str, visit: Visit, *, head: str = "", crumbs: str = "") -> str:
        """A whole page."""
        return self.frame_form.format(
            title=plain(title),
            name=plain(self.site.facts.title),
            head=head,
            menu=self.links(visit, [(self.section_path(s), s.title) for s in self.site.sections], "menu"),
            crumbs=crumbs,
            clock=clock(visit.now),
            content=content,
            side=self.most_read(visit, -1, 4, "side"),
            notice=plain(self.notice(visit)),
            base=visit.base,
        )

    def home(self, visit: Visit) -> Answer:
        blocks = self.section_blocks(visit, self.section_path, self.block_form, self.on_home)
        return self.html(self.framed(self.site.facts.title, blocks, visit))

    def section_page(self, found: re.Match[str], query: Mapping[str, str], visit: Visit) -> Answer | None:
        section, number = self.site.section(found["slug"]), self.asked_page(found, query)
        if section is None or not _NUMBERED.fullmatch(number):
            return None
        is_there = 1 <= int(number) <= self.pages(section) or (self.endless and int(number) > 0)
        return self.listing(section, int(number), visit) if is_there else None

    def asked_page(self, found: re.Match[str], query: Mapping[str, str]) -> str:
        """The number of the page that an address asks for, in its path or behind it."""
        return found.groupdict().get("page") or query.get(self.page_parameter, "1")

    def listing(self, section: Section, number: int, visit: Visit) -> Answer:
        shown = number if number <= self.pages(section) else 1
        items = "\n".join(self._item(at, visit) for at in self.site.page(section, shown, self.per_page))
        content = self.listing_form.format(title=plain(section.title), items=items, pager=self.pager(section, number))
        return self.html(self.framed(section.title, content, visit))

    def pager(self, section: Section, number: int) -> str:
        """The numbers around this page's, and the last."""
        last = self.pages(section)
        shown = [n for n in sorted({1, number - 1, number, number + 1, last}) if 0 < n <= (n if self.endless else last)]
        return "\n".join(
            self.current_form.format(page=n)
            if n == number
            else self.page_form.format(link=escape(self.page_address(section, n)), page=n)
            for n in shown
        )

    def page_address(self, section: Section, number: int) -> str:
        """As pagers link to it."""
        return self.section_path(section) if number == 1 else self.page_path(section, number)

    def _item(self, index: int, visit: Visit) -> str:
        head = self.site.head(index)
        link = self.href(visit, self.path(index), "list")
        dated = head.published if head.section.dated else None
        return self.item_form.format(
            link=link,
            other=escape(self.former_path(index) or self.other_path(index) or "") or link,
            title=plain(head.headline),
            alt=escape(head.headline),
            date=f"{dated:{self.list_date}}" if dated else "",
            teaser=plain(self.teaser(index)),
        )

    def article(self, index: int, visit: Visit) -> Answer:
        piece = self.site.piece(index)
        content = self.article_form.format(**self.parts(piece, visit))
        crumbs = self.crumbs(piece.head.section)
        head = self.meta(piece, visit)
        return self.html(self.framed(piece.head.headline, content, visit, head=head, crumbs=crumbs))

    def crumbs(self, section: Section) -> str:
        """The way from the home page."""
        steps = [("/", "Trang chủ"), *((self.section_path(section), name) for name in section.trail)]
        return "\n".join(f'<li><a href="{path}">{plain(name)}</a></li>' for path, name in steps)

    def parts(self, piece: Piece, visit: Visit) -> dict[str, str]:
        """What the article's form is filled with."""
        head = piece.head
        url = self.source_url(piece, visit.bases)
        sapo = self.sapo_form.format(self.text(piece, piece.description)) if piece.description else ""
        text = body_html(self, piece, lambda at: self.href(visit, self.path(at), "text"), captions=self.captions)
        lines = [text] if self.byline_form is not None else [text, *signature_html(piece, url)]
        words = [self.word_form.format(link=self.word_path(word), word=plain(word)) for word in piece.keywords]
        files = [self.file_form.format(link=escape(one.path), title=plain(one.title)) for one in piece.attachments]
        return {
            "headline": plain(head.headline),
            "alt": escape(head.headline),
            "address": f"{visit.base}{self.path(head.index)}",
            "date": self.date_form.format(self.printed(head.published)) if head.published else "",
            "views": thousands(piece.views + visit.count(head.index)),
            "crumbs": self.crumbs(head.section),
            "sapo": "" if self.sapo_in_text else sapo,
            "body": "\n".join([sapo, *lines] if self.sapo_in_text and sapo else lines),
            "byline": self.byline_form.format(plain(piece.byline.printed))
            if self.byline_form is not None and piece.byline
            else "",
            "source": self._source(piece, url) if self.byline_form is not None else "",
            "words": self.words_form.format("\n".join(words)) if words else "",
            "files": self.files_form.format("\n".join(files)) if files else "",
            "related": "\n".join(self._lists(head.index, visit)),
        }

    def _source(self, piece: Piece, url: str | None) -> str:
        if piece.source is None:
            return ""
        name = plain(piece.source.name or "")
        return self.source_form.format(f'<a href="{escape(url)}" rel="nofollow">{name}</a>' if url else name)

    def _lists(self, index: int, visit: Visit) -> Iterator[str]:
        listed = Numbered.related(self, index)
        for relation, form in self.lists.items():
            entries = [self.entry(one, visit) for one in listed if one.relation == relation]
            if entries:
                yield form.format("\n".join(entries))

    def entry(self, one: Related, visit: Visit) -> str:
        """An entry of a related list."""
        date = f"{one.published:{self.entry_date}}" if one.published and self.entry_date else ""
        return self.entry_form.format(entry=self.entry_link(one, visit, "other"), date=date)
