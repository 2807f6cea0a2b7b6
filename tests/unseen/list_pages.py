"""Draws home page, sections, tags, and the pages that are no news. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from unseen.chance import Chance
from unseen.frame import Frame
from unseen.markup import Html, element, html, join
from unseen.model import Article, Section
from unseen.words import words


class ListPages:
    """A site's listings."""

    def __init__(self, chance: Chance, frame: Frame) -> None:
        self._chance, self._frame = chance, frame
        self._design, self._write = frame.design, frame.write

    def home(self, newest: Sequence[Article], blocks: Sequence[tuple[Section, str, Sequence[Article]]]) -> Html:
        """The newest articles, and under them the newest of each section."""
        parts = [self._entries(newest)]
        for section, path, articles in blocks:
            title = self._title(self._frame.anchor(path, section.name))
            rows = [element("li", {}, self._frame.anchor(one.path, one.headline)) for one in articles]
            parts.append(self._write("div", "box", title, element("ul", {}, *rows)))
        return self._frame.page(self._design.publisher, "", join(*parts))

    def section(self, name: str, articles: Sequence[Article], pages: Sequence[str], number: int) -> Html:
        """One page of a listing.

        :param pages: the addresses of all its pages.
        :param number: which of them this is, from 1.
        """
        main = join(self._title(name), self._entries(articles), self._pager(pages, number))
        return self._frame.page(f"{name} - {self._design.publisher}", "", main)

    def plain(self, title: str, paragraphs: Sequence[str]) -> Html:
        """A page that is no news."""
        text = [element("p", {}, paragraph) for paragraph in paragraphs]
        return self._frame.page(f"{title} - {self._design.publisher}", "", join(self._title(title), *text))

    def _title(self, content: str) -> Html:
        return self._write("h2" if self._design.titles_in_headings else "div", "listtitle", content)

    def _entries(self, articles: Sequence[Article]) -> Html:
        entries = [self._entry(number, one) for number, one in enumerate(articles)]
        match self._design.entry:
            case "list":
                return self._write("ul", "list", *entries)
            case "table":
                return self._write("table", "list", *entries, width="100%")
        return self._write("div", "list", *entries)

    def _entry(self, number: int, article: Article) -> Html:
        design, write = self._design, self._write
        tag = self._chance.one("entry title tag", ("h3", "h4", "div", "span", "b"))
        title = write.row(tag, "entrytitle", number, self._frame.anchor(article.path, article.headline))
        picture = ""
        if design.entry_picture and article.pictures:
            image = element("img", {"src": self._frame.link(article.pictures[0][1].path), "alt": article.headline})
            picture = self._frame.anchor(article.path, write.row("span", "thumb", number, image))
        day = ""
        if design.entry_date:
            day = write.row("span", "entrydate", number, design.entry_date(article.published))
        teaser = ""
        if design.entry_teaser:
            text = article.sapo or article.paragraphs[0]
            short = self._chance.between("teaser length", 80, 260)
            text = text if len(text) <= short else f"{text[:short].rsplit(' ', 1)[0]}..."
            teaser = write.row("div", "teaser", number, text)
        more = self._frame.anchor(article.path, self._label("more")) if design.entry_more else ""
        parts = [picture, title, day, teaser, more]
        if self._chance.chance("entry date on top", 0.2):
            parts = [day, picture, title, teaser, more]
        match design.entry:
            case "list":
                return write.row("li", "entry", number, *parts)
            case "table":
                left = element("td", {"width": "120"}, picture) if picture else ""
                return element("tr", {}, left, write.row("td", "entry", number, *parts[1:]))
            case "article":
                return write.row("article", "entry", number, *parts)
        return write.row("div", "entry", number, *parts)

    def _label(self, name: str) -> str:
        label: str = self._chance.one(f"label {name}", words("labels")[name])
        return label

    def _pager(self, pages: Sequence[str], number: int) -> Html:
        if len(pages) < 2:
            return html("")
        numbers = []
        for at, path in enumerate(pages, 1):
            here = self._write("span", "current", str(at)) if at == number else self._frame.anchor(path, str(at))
            numbers.append(here)
        form = self._chance.weighted("pager form", {"numbers": 45, "both": 35, "steps": 20})
        parts = numbers if form != "steps" else []
        if form != "numbers":
            if number > 1:
                parts = [self._frame.anchor(pages[number - 2], self._label("previous")), *parts]
            if number < len(pages):
                parts = [*parts, self._frame.anchor(pages[number], self._label("next"))]
        if self._chance.chance("pager list", 0.4):
            return self._write("ul", "pager", *(element("li", {}, part) for part in parts))
        return self._write("div", "pager", join(*parts, between=" "))
