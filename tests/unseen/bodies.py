"""Types an article's text as its editor does: paragraphs, pictures with captions, the signature at its end. Pure."""

from __future__ import annotations

from collections.abc import Callable

from unseen.chance import Chance
from unseen.design import Design
from unseen.markup import Html, Writer, element, html, join
from unseen.model import Article, Picture

_WORD = "margin-bottom:6pt;text-align:justify;line-height:120%"
_FONT = "font-size:14.0pt;font-family:'Times New Roman',serif"


class Typist:
    """The editor of one site. ``link``: how its pages write an address."""

    def __init__(self, chance: Chance, design: Design, write: Writer, link: Callable[[str], str]) -> None:
        self._chance, self._design, self._write, self._link = chance, design, write, link
        self._em = chance.one("caption em", ("em", "i"))
        self._strong = chance.one("strong", ("strong", "b"))
        self._one_paragraph = chance.chance("caption in the picture's paragraph", 0.3)
        self._names_captions = chance.chance("captions named", 0.5)
        self._states_size = chance.chance("sizes stated", 0.5)
        self._alt = chance.weighted("alt", {"empty": 40, "headline": 30, "caption": 30})

    def text(self, article: Article, *, sapo_first: bool) -> Html:
        """The inside of the body's container.

        :param sapo_first: the sapo is the bold first paragraph.
        """
        typed: list[Html] = []
        if sapo_first and article.sapo:
            typed.append(self._paragraph(article, element(self._strong, {}, article.sapo)))
        dice = self._chance.dice("bold words", article.number)
        for number, paragraph in enumerate(article.paragraphs):
            typed += [self.picture(article, one) for at, one in article.pictures if at == number]
            words = paragraph.split(" ")
            content = html(paragraph)
            if dice.random() < 0.06:
                content = join(element(self._strong, {}, " ".join(words[:3])), " ", " ".join(words[3:]))
            typed.append(self._paragraph(article, content))
        if self._design.byline_place == "in body" and article.byline:
            typed.append(self.signature(self._design.byline_label.format(article.byline.printed)))
        if self._design.source_place == "in body" and article.origin:
            typed.append(self.signature(self.source(article), quiet=True))
        if self._design.typing == "word":
            typed.insert(min(2, len(typed)), Html("<p>&nbsp;</p>"))
        return join(*typed, between=self._chance.one("line ends", ("\n", "\r\n", "", "\n\t\t")))

    def _paragraph(self, article: Article, content: str) -> Html:
        match article.entered:
            case "justified":
                return element("p", {"style": "text-align: justify;"}, content)
            case "word":
                return element("p", {"class": "MsoNormal", "style": _WORD}, element("span", {"style": _FONT}, content))
            case "div":
                return element("div", {}, content)
            case "br":
                return join(html(content), Html("<br><br>"))
            case "spans":
                return element("p", {}, element("span", {"style": _FONT}, element("span", {}, content)))
        return element("p", {}, content)

    def image(self, article: Article, picture: Picture) -> Html:
        alt = {"empty": "", "headline": article.headline, "caption": picture.caption or ""}[self._alt]
        attributes = {"src": self._link(picture.path), "alt": alt}
        if self._states_size:
            attributes |= {"width": str(picture.width), "height": str(picture.height)}
        return element("img", attributes)

    def picture(self, article: Article, picture: Picture) -> Html:
        """A picture with its caption, if it has one."""
        image, caption, write = self.image(article, picture), picture.caption, self._write
        role = "caption" if self._names_captions else None
        match self._design.caption:
            case "figure":
                under = write("figcaption", role, caption) if caption else ""
                return write("figure", "picture" if self._names_captions else None, image, under)
            case "cell":
                under = element("tr", {}, write("td", role, caption, align="center")) if caption else ""
                row = element("tr", {}, element("td", {}, image))
                return element("table", {"align": "center", "border": "0", "cellpadding": "3"}, row, under)
            case "div":
                return write("div", "picture", image, write("div", "caption", caption) if caption else "")
            case "plain":
                style = {"align": "center"} if article.entered == "br" else {}
                return join(element("p", style, image), element("p", style, caption) if caption else "")
        style = {"style": "text-align: center;"}
        if caption and self._one_paragraph:
            return element("p", style, image, Html("<br>"), element(self._em, {}, caption))
        return join(element("p", style, image), element("p", style, element(self._em, {}, caption)) if caption else "")

    def signature(self, line: str, *, quiet: bool = False) -> Html:
        """Who signs, or where the text is from (``quiet``), as a line of its own under the text."""
        look = self._design.byline_look
        content = html(line)
        if quiet:
            content = element(self._em, {}, content)
        elif "bold" in look:
            content = element(self._strong, {}, content)
        elif "italic" in look:
            content = element(self._em, {}, content)
        return element("p", {"style": "text-align: right;"} if "right" in look else {}, content)

    def source(self, article: Article) -> Html:
        """``Nguồn: …``, a link where the site links it and the article has an address."""
        assert article.origin
        name = html(article.origin.name)
        if article.origin.url:
            name = element("a", {"href": article.origin.url, "rel": "nofollow", "target": "_blank"}, name)
        before, after = self._design.source_label.split("{}")
        return join(before, name, after)
