"""What stands around every page of a site: head, top, menu, side column, foot. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from unseen import dates, people
from unseen.addresses import slug
from unseen.chance import Chance
from unseen.design import Design
from unseen.markup import Html, Writer, element, html, join
from unseen.model import Article, Section
from unseen.words import words


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the frame shows of the site. ``latest`` and ``most_read`` are the same on all its pages."""

    sections: Sequence[Section]
    section_paths: dict[int, str]
    latest: Sequence[Article]
    most_read: Sequence[Article]
    now: datetime


class Frame:
    """The frame of one site."""

    def __init__(self, chance: Chance, design: Design, write: Writer, around: Surroundings, base: str) -> None:
        self._chance, self.design, self.write, self._around, self.base = chance, design, write, around, base
        self._links = chance.weighted("links", {"root": 65, "absolute": 23, "relative": 12})
        self.about, self.contact = (self._label(one) for one in ("about", "contact"))

    def _label(self, name: str) -> str:
        label: str = self._chance.one(f"label {name}", words("labels")[name])
        return label

    def link(self, path: str) -> str:
        """A path as this site writes it into ``href`` and ``src``; relative ones need the head's ``base``."""
        if self._links == "absolute":
            return self.base + path
        return path[1:] or "./" if self._links == "relative" else path

    def anchor(self, path: str, *content: str, **attributes: str) -> Html:
        return element("a", {"href": self.link(path), **attributes}, *content)

    def page(self, title: str, head: str, main: str, beside: str = "") -> Html:
        """The whole page.

        :param head: further elements of the head.
        :param beside: what goes on top of the side column.
        """
        write, design = self.write, self.design
        side = write("td" if self._table else self._html5("aside", "div"), "side", beside, *self._side())
        middle = write(
            "td" if self._table else self._html5("main", "div"), "main", self._nested(html(main)), **self._width("70%")
        )
        columns = (side, middle) if design.side_first else (middle, side)
        if self._table:
            body = element("table", {"width": "100%", "cellspacing": "0"}, element("tr", {"valign": "top"}, *columns))
        else:
            body = write("div", "columns", *columns)
        return join(
            Html("<!DOCTYPE html>\n" if design.skeleton == "html5" else _OLD_DOCTYPE),
            element(
                "html",
                {"lang": "vi"} if self._chance.chance("lang", 0.6) else {},
                element("head", {}, self._head(title), head),
                "\n",
                element("body", {}, write("div", "page", self._top(), "\n", body, "\n", self._foot())),
            ),
        )

    @property
    def _table(self) -> bool:
        return self.design.skeleton == "table"

    def _html5(self, modern: str, old: str) -> str:
        return modern if self.design.skeleton == "html5" else old

    def _width(self, width: str) -> dict[str, str]:
        return {"width": width} if self._table else {}

    def _nested(self, content: Html) -> Html:
        """Wrappers that mean nothing."""
        for level in range(self.design.depth):
            if self._table and level % 2:
                cell = element("tr", {}, element("td", {}, content))
                content = element("table", {"width": "100%", "border": "0"}, cell)
            else:
                content = element("div", {}, content)
        return content

    def _head(self, title: str) -> Html:
        meta = {"right": "utf-8", "header lies": "utf-8", "meta lies": "iso-8859-1"}.get(self.design.charset)
        parts = [
            element("meta", {"http-equiv": "Content-Type", "content": f"text/html; charset={meta}"}) if meta else ""
        ]
        if self._links == "relative":
            parts.append(element("base", {"href": f"{self.base}/"}))
        parts.append(element("title", {}, title))
        if self.design.feed and self._chance.chance("feed in head", 0.7):
            kind = {"rel": "alternate", "type": "application/rss+xml", "title": self.design.publisher}
            parts.append(element("link", {**kind, "href": self.link(self.design.feed)}))
        parts.append(Html("<style>body{margin:0}</style>"))
        return join(*parts, between="\n")

    def _top(self) -> Html:
        write, design = self.write, self.design
        logo = self.anchor("/", design.publisher)
        parts = [write("h1" if design.logo_heading else "div", "logo", logo)]
        if design.clock != "none":
            form = dates.DAY["weekday"] if design.clock == "day" else dates.MINUTE["weekday comma"]
            parts.append(write("div", "clock", form(self._around.now)))
        home = self._label("home")
        places = [("/", home), (f"/{slug(self.about)}.html", self.about)]
        places += [(self._around.section_paths[one.number], one.name) for one in self._around.sections]
        places += [(f"/{slug(self.contact)}.html", self.contact)]
        if design.feed and not self._chance.chance("feed in head", 0.7):
            places.append((design.feed, "RSS"))
        links = [self.anchor(path, name) for path, name in places]
        if self._table:
            menu = element("table", {}, element("tr", {}, *(element("td", {}, one) for one in links)))
        else:
            menu = element("ul", {}, *(element("li", {}, one) for one in links))
        parts.append(write(self._html5("nav", "div"), "nav", menu))
        if self._chance.chance("search", 0.5):
            field = element("input", {"name": "q", "type": "text"})
            parts.append(element("form", {"action": "/tim-kiem", "method": "get"}, field))
        return write(self._html5("header", "div"), "top", *parts)

    def _side(self) -> list[Html]:
        boxes: dict[str, Callable[[], Html]] = {
            "latest": lambda: self._teasers("latest", self._around.latest),
            "most read": lambda: self._teasers("most_read", self._around.most_read),
            "links": self._outside,
            "poll": self._poll,
            "visitors": lambda: self.write(
                "div", "box", self._label("visitors").format(self._chance.between("v", 9, 900))
            ),
            "advert": lambda: element(
                "a", {"href": "https://quangcao.example/"}, element("img", {"src": "/banner.png"})
            ),
        }
        return [boxes[one]() for one in self.design.side]

    def _teasers(self, kind: str, articles: Sequence[Article]) -> Html:
        """A box of articles, some sites with days and the beginnings of texts."""
        dated, told = self._chance.chance(f"{kind} dated", 0.4), self._chance.chance(f"{kind} told", 0.25)
        rows = []
        for number, one in enumerate(articles):
            parts = [self.anchor(one.path, one.headline)]
            if dated:
                parts.append(element("span", {}, f" ({one.published:%d/%m/%Y})"))
            if told:
                parts.append(element("div", {}, f"{(one.sapo or one.paragraphs[0])[:90].rsplit(' ', 1)[0]}..."))
            rows.append(self.write.row("li", "boxitem", number, *parts))
        title = self.write("h3" if self.design.titles_in_headings else "div", "boxtitle", self._label(kind))
        return self.write("div", "box", title, element("ul", {}, *rows))

    def _outside(self) -> Html:
        options = [
            element("option", {"value": f"http://{name}.example/"}, name) for name in ("tinh", "so-noi-vu", "bao")
        ]
        return self.write(
            "div", "box", self.write("div", "boxtitle", self._label("links")), element("select", {}, *options)
        )

    def _poll(self) -> Html:
        choices = [
            element("p", {}, element("input", {"type": "radio", "name": "o"}), one)
            for one in ("Đẹp", "Được", "Cần sửa")
        ]
        return self.write("div", "box", element("b", {}, "Bạn thấy giao diện mới thế nào?"), *choices)

    def _foot(self) -> Html:
        dice = self._chance.dice("foot")
        day = datetime(dice.randint(2009, 2018), dice.randint(1, 12), dice.randint(1, 28))
        street = f"Số {dice.randint(2, 240)}, đường {dice.choice(('Kim Đồng', 'Lê Lợi', 'Hùng Vương', 'Trần Phú'))}"
        phone = f"02{dice.randint(10, 99)}.3{dice.randint(100, 999)}.{dice.randint(100, 999)}"
        lines = [
            f"© {self.design.publisher}",
            self._label("license").format(so=dice.randint(12, 480), ngay=dates.DAY["slashes"](day)),
            self._label("chief").format(nguoi=people.full_name(dice)),
            f"Địa chỉ: {street}, {self.design.province}. Điện thoại: {phone}",
            self._label("notice").format(don=self.design.publisher),
        ]
        return self.write(self._html5("footer", "div"), "foot", *(element("p", {}, line) for line in lines if line))


_OLD_DOCTYPE = Html(
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
