"""Draws the page of one article. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from unseen import dates
from unseen.addresses import slug
from unseen.bodies import Typist
from unseen.chance import Chance
from unseen.comments import Comments
from unseen.design import RelatedList
from unseen.frame import Frame
from unseen.markup import NOTHING, Html, element, html, join
from unseen.metadata import head
from unseen.model import Article
from unseen.words import words

_INLINE = ("<span", "<em", "<b", "<strong", "<time", "<i", "<a")


class ArticlePages:
    """The template of a site's articles."""

    def __init__(self, chance: Chance, frame: Frame, section_paths: dict[int, str]) -> None:
        self._chance, self._frame, self._section_paths = chance, frame, section_paths
        self._design, self._write = frame.design, frame.write
        self._comments = Comments(chance, frame.design, frame.write)
        self._typist = Typist(chance, frame.design, frame.write, frame.link)
        self._table = self._design.skeleton == "table"
        self._print = chance.one(
            "print address", ("/in-bai/{id}", "/print/{id}.html", "/ban-in.aspx?so={id}", "/tin/in/{id}")
        )
        self._tag = chance.one(
            "tag address", ("/tag/{slug}", "/tu-khoa/{slug}/", "/the/{slug}.html", "/tukhoa.aspx?tu={slug}")
        )
        self._nofollow = {"rel": "nofollow"} if chance.chance("print nofollow", 0.4) else {}

    def print_path(self, article: Article) -> str:
        """Where an article's form for printing is."""
        return self._print.format(id=article.id)

    def tag_path(self, tag: str) -> str:
        """Where the articles of a tag are listed."""
        return self._tag.format(slug=slug(tag))

    def draw(self, article: Article, lists: Sequence[tuple[RelatedList, Sequence[Article]]]) -> Html:
        """The page, with the other articles that each of its lists names."""
        order = ("title - site", "site - title", "title", "site")
        match self._chance.weighted("title", dict(zip(order, (45, 15, 25, 15), strict=True))):
            case "title - site":
                title = f"{article.headline} - {self._design.publisher}"
            case "site - title":
                title = f"{self._design.publisher} | {article.headline}"
            case "title":
                title = article.headline
            case _:
                title = self._design.publisher
        under = [self._list(one, entries) for one, entries in lists if one.place == "under" and entries]
        beside = [self._list(one, entries) for one, entries in lists if one.place == "beside" and entries]
        if self._design.related_wrapper and under:
            under = [self._write("div", "related", *under)]
        story = [*self._above(article), *self._text(article), *self._below(article)]
        last = self._comments.draw(article) if self._comments.after_lists else NOTHING
        if self._chance.chance("lists in the article", 0.5):
            main = self._stack("article", [*story, *under, last])
        else:
            main = join(self._stack("article", story), *under, last)
        metadata = head(self._design, article, self._frame.base, self._chance)
        return self._frame.page(title, metadata, join(self._crumbs(article), main), join(*beside))

    def print_version(self, article: Article) -> Html:
        """The page behind the link for printing: the article without the site."""
        text = self._typist.text(article, sapo_first=self._design.sapo == "bold first")
        sapo = element("p", {}, element("b", {}, article.sapo)) if article.sapo and self._design.sapo == "block" else ""
        robots = element("meta", {"name": "robots", "content": "noindex"})
        body = element(
            "body", {}, element("h2", {}, article.headline), self._date(article), sapo, element("div", {}, text)
        )
        return element("html", {}, element("head", {}, robots, element("title", {}, article.headline)), body)

    def _stack(self, role: str, pieces: Sequence[str]) -> Html:
        """The pieces from top to bottom, in the site's kind of container."""
        filled = [self._own_line(piece) for piece in pieces if piece]
        if self._table:
            rows = [
                element("tr", {}, piece if piece.startswith("<td") else element("td", {}, piece)) for piece in filled
            ]
            return self._write("table", role, *rows, width="100%", cellpadding="2", border="0")
        return self._write("article" if self._design.skeleton == "html5" else "div", role, *filled)

    def _own_line(self, piece: str) -> Html:
        """What a browser would print on the same line as its neighbour gets a line of its own."""
        if self._table or not piece.startswith(_INLINE):
            return html(piece)
        return join(piece, Html("<br>")) if self._chance.chance("lines broken", 0.4) else element("div", {}, piece)

    def _block(self, role: str, *content: str) -> Html:
        return self._write("td" if self._table else "div", role, *content)

    def _above(self, article: Article) -> list[Html]:
        """From the top to the sapo."""
        design = self._design
        headline = join(
            article.headline,
            f" ({design.views_label.format(article.views)})" if design.views_place == "headline" else "",
        )
        plain = design.headline_tag in ("div", "span", "td")
        if plain and (design.naming in ("none", "utility") or self._chance.chance("bold headline", 0.5)):
            headline = element("b", {}, headline)
        title = self._write(design.headline_tag, "headline", headline)
        itemprop = self._design.metadata.microdata
        if itemprop != "none":
            title = Html(title.replace(f"<{design.headline_tag}", f'<{design.headline_tag} itemprop="headline"', 1))
        return [
            self._date(article) if design.date_place == "above headline" else NOTHING,
            title,
            self._meta(article),
        ]

    def _meta(self, article: Article) -> Html:
        """Date, writer, account and counter, as far as they stand under the headline."""
        design, write = self._design, self._write
        parts = [self._date(article) if design.date_place == "below headline" else ""]
        if design.byline_place == "above" and article.byline:
            printed = design.byline_label.format(article.byline.printed)
            parts.insert(self._chance.between("byline before date", 0, 1), write("span", "byline", printed))
        if design.account_label:
            parts.append(write("span", "account", design.account_label.format(design.account)))
        if design.views_place == "meta":
            parts.append(write("span", "views", design.views_label.format(article.views)))
        parts = [part for part in parts if part]
        if not parts:
            return NOTHING
        match design.meta_form:
            case "row":
                return write(
                    "div", "meta", join(*parts, between=self._chance.one("meta joint", (" | ", " ", "\n", " - ")))
                )
            case "list":
                return write("ul", "meta", *(element("li", {}, part) for part in parts))
        return join(*(element("div", {}, part) if part.startswith(_INLINE) else part for part in parts))

    def _date(self, article: Article) -> Html:
        design = self._design
        forms = dates.MINUTE if design.shows_minute else dates.DAY
        printed = design.date_label.format(forms[design.date_form](article.published))
        attributes = {}
        if design.date_tag == "time" and design.metadata.microdata == "right":
            attributes = {"datetime": article.published.isoformat()}
        icon = element("i", {"class": "ico ico-lich"}) if design.icon else ""
        date = self._write(design.date_tag, "date", icon, printed, **attributes)
        if design.modified_label:
            changed = design.modified_label.format(forms[design.date_form](article.edited))
            date = join(date, element("div", {}, element("i", {}, changed)))
        return date

    def _text(self, article: Article) -> list[Html]:
        """Sapo, lead picture, body."""
        design = self._design
        lead = [
            self._write("div", "leadphoto", self._typist.picture(article, one))
            for at, one in article.pictures
            if at < 0
        ]
        sapo = self._sapo(article) if design.sapo == "block" and article.sapo else NOTHING
        under: list[Html] = []
        if design.date_place == "under sapo":
            under.append(self._date(article))
        if design.byline_place == "after sapo" and article.byline:
            under.append(self._write("p", "byline", design.byline_label.format(article.byline.printed)))
        body = self._block("body", self._typist.text(article, sapo_first=design.sapo == "bold first"))
        if design.metadata.microdata != "none":
            body = Html(body.replace(">", ' itemprop="articleBody">', 1))
        if self._chance.chance("body wrapped", 0.3):
            body = body if self._table else self._block("bodywrap", body)
        order = [*lead, sapo, *under] if design.lead_picture == "above sapo" else [sapo, *under, *lead]
        return [*order, body]

    def _sapo(self, article: Article) -> Html:
        assert article.sapo
        content: str = article.sapo
        if self._design.naming in ("none", "utility") or self._chance.chance("bold sapo", 0.5):
            content = element(self._chance.one("sapo bold", ("b", "strong")), {}, content)
        if self._table:
            return self._write("td", "sapo", content)
        return self._write(self._chance.one("sapo tag", ("div", "div", "p", "h2")), "sapo", content)

    def _below(self, article: Article) -> list[Html]:
        """What stands under the text and still belongs to the article."""
        design, write = self._design, self._write
        pieces: list[Html] = []
        if design.byline_place == "below" and article.byline:
            content = html(design.byline_label.format(article.byline.printed))
            if "bold" in design.byline_look:
                content = element("b", {}, content)
            style = {"style": "text-align:right"} if "right" in design.byline_look else {}
            pieces.append(write("div", "signed", content, **style))
        if design.source_place == "below" and article.origin:
            pieces.append(write("div", "source", self._typist.source(article)))
        if design.date_place == "after body":
            pieces.append(self._date(article))
        if design.views_place == "below":
            pieces.append(write("div", "views", design.views_label.format(article.views)))
        if article.attachments:
            files = [self._frame.anchor(one.path, one.title) for one in article.attachments]
            pieces.append(write("div", "files", element("b", {}, self._label("files")), *files))
        if design.tags and article.tags:
            links = [self._frame.anchor(self.tag_path(tag), tag) for tag in article.tags]
            pieces.append(write("div", "tags", element("b", {}, self._label("tags")), join(*links, between=", ")))
        if design.tools:
            pieces.append(write("div", "tools", *(self._tool(one, article) for one in design.tools)))
        if not self._comments.after_lists:
            pieces.append(self._comments.draw(article))
        return pieces

    def _tool(self, tool: str, article: Article) -> Html:
        match tool:
            case "print":
                return self._frame.anchor(self.print_path(article), self._label("print"), **self._nofollow)
            case "share":
                to = f"https://www.facebook.com/sharer/sharer.php?u={self._frame.base}{article.path}"
                return element("a", {"href": to}, self._label("share"))
        return join(*(element("a", {"href": "javascript:void(0)"}, one) for one in ("A-", "A+")), between=" ")

    def _label(self, name: str) -> str:
        label: str = self._chance.one(f"label {name}", words("labels")[name])
        return label

    def _crumbs(self, article: Article) -> Html:
        design = self._design
        if design.breadcrumb == "none":
            return self._write("div", "crumbs", self._date(article)) if design.date_place == "in crumbs" else html("")
        here = self._frame.anchor(self._section_paths[article.section.number], article.section.name)
        steps = [here]
        if design.breadcrumb != "section only":
            if design.parent:
                steps.insert(
                    0, self._frame.anchor("/", design.parent) if design.parent == "Chuyên mục" else html(design.parent)
                )
            steps.insert(0, self._frame.anchor("/", self._label("home")))
        if design.breadcrumb == "list":
            crumbs = element("ul", {}, *(element("li", {}, step) for step in steps))
        else:
            joint = {"arrows": " > ", "slashes": " / ", "guillemets": " » "}.get(design.breadcrumb, "")
            crumbs = join(*steps, between=html(joint))
        date = join(" ", self._own_line(self._date(article))) if design.date_place == "in crumbs" else ""
        return self._write(
            "div", "crumbs", "" if design.breadcrumb == "section only" else self._label("here"), crumbs, date
        )

    def _list(self, one: RelatedList, entries: Sequence[Article]) -> Html:
        """A list of other articles with its heading."""
        write = self._write
        tag = "h3" if self._design.titles_in_headings else self._chance.one("list heading", ("div", "p", "b", "strong"))
        heading = write(tag, "relatedtitle", one.heading) if one.heading_printed else ""
        rows = []
        for number, entry in enumerate(entries):
            title = self._frame.anchor(entry.path, entry.headline, title=entry.headline)
            day = write.row("span", "relateddate", number, f"({one.dated(entry.published)})") if one.dated else ""
            match one.form:
                case "ul":
                    rows.append(write.row("li", "relateditem", number, title, " " if day else "", day))
                case "table":
                    rows.append(element("tr", {}, element("td", {}, title), element("td", {}, day) if day else ""))
                case "two columns":
                    plain = one.dated(entry.published) if one.dated else ""
                    rows.append(element("tr", {}, element("td", {}, title), element("td", {}, plain) if plain else ""))
                case "cards":
                    image = element("img", {"src": self._frame.link("/anh-nho.jpg"), "alt": entry.headline})
                    picture = self._frame.anchor(entry.path, image)
                    rows.append(write.row("div", "relateditem", number, picture, element("div", {}, title), day))
                case _:
                    rows.append(write.row("p", "relateditem", number, "• " if not day else "- ", title, " ", day))
        if one.form in ("table", "two columns"):
            head = ""
            if one.form == "two columns" and one.dated:
                head = element("tr", {}, element("th", {}, "Tiêu đề"), element("th", {}, "Ngày đăng"))
            content = element("table", {"width": "100%"}, head, *rows)
        else:
            content = element("ul", {}, *rows) if one.form == "ul" else element("div", {}, *rows)
        wrapped = not self._design.related_wrapper or one.place == "beside"
        return write("div", "related", heading, content) if wrapped else join(heading, content)
