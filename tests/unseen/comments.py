"""Draws what readers have written under an article, with names and moments that are not the article's. Pure."""

from __future__ import annotations

import random
from datetime import timedelta

from unseen import dates, people
from unseen.chance import Chance
from unseen.design import Design
from unseen.markup import NOTHING, Html, Writer, element, join
from unseen.model import Article
from unseen.newsroom import NOW
from unseen.words import words


class Comments:
    """The readers' box of one site. ``after_lists``: it stands under the lists of other articles, not above them."""

    def __init__(self, chance: Chance, design: Design, write: Writer) -> None:
        self._chance, self._design, self._write = chance, design, write
        self._form = chance.weighted("comment form", {"line": 25, "boxes": 25, "list": 22, "table": 13, "titled": 15})
        self._share = chance.one("comments written", (0.3, 0.3, 0.7))
        self._most = chance.one("most comments", (1, 3, 5))
        self._head = chance.one("label comments", words("labels")["comments"])
        self._counts = chance.chance("comments counted", 0.3)
        self._headed = chance.weighted("comments headed", {"h4": 40, "h3": 15, "div": 30, "p": 10, "": 5})
        self._by = chance.one("comment by", ("{}", "{}", "{}", "Gửi bởi: {}", "Bạn đọc {} viết:"))
        self._printed = dates.MINUTE[chance.one("comment moment", ("day first", "clock first dash", "weekday comma"))]
        self._asks_first = chance.chance("comment form first", 0.3)
        self._asked = chance.one("comment fields", ((), ("Họ tên", "Nội dung"), ("Tên của bạn:", "Email:", "Ý kiến:")))
        self._answers = chance.chance("editors answer", 0.2)
        self.after_lists = chance.chance("comments after lists", 0.3)

    def draw(self, article: Article) -> Html:
        """The box; nothing where the site has none."""
        if not self._design.comments:
            return NOTHING
        dice = self._chance.dice("comment", article.number)
        count = dice.randint(1, self._most) if dice.random() < self._share else 0
        said = self._list([self._one(number, dice, article) for number in range(count)])
        head = f"{self._head} ({count})" if self._counts else self._head
        titled = self._write(self._headed, "commentshead", head) if self._headed else NOTHING
        pieces = (self._ask(), said) if self._asks_first else (said, self._ask())
        return self._write("div", "comments", titled, *pieces)

    def _one(self, number: int, dice: random.Random, article: Article) -> Html:
        """One comment: who, when, what, in the site's markup."""
        write, labels = self._write, words("labels")
        name = people.full_name(dice) if dice.random() < 0.6 else people.pen_name(dice)
        moment = self._printed(min(article.published + timedelta(hours=dice.randint(1, 60)), NOW))
        text = " ".join(dice.sample(labels["remarks"], dice.choice((1, 1, 2, 3))))
        answer = dice.choice(labels["answers"]) if self._answers and dice.random() < 0.5 else ""
        by = self._by.format(name)
        match self._form:
            case "boxes":
                told = element("i", {}, answer) if answer else ""
                return write.row(
                    "div",
                    "comment",
                    number,
                    write.row("span", "commenter", number, by),
                    " ",
                    write.row("span", "commentday", number, moment),
                    write.row("div", "commenttext", number, text),
                    element("div", {}, told) if told else "",
                )
            case "list":
                who = element("strong", {}, by)
                day = element("small", {}, moment)
                return write.row("li", "comment", number, who, element("p", {}, f"{text} {answer}".strip()), day)
            case "table":
                cell = element("td", {}, element("b", {}, by), element("br", {}), moment)
                return element("tr", {"valign": "top"}, cell, element("td", {}, f"{text} {answer}".strip()))
            case "titled":
                head = element("p", {}, element("i", {}, f"{by} - {moment}"))
                return write.row("div", "comment", number, head, element("p", {}, text), element("p", {}, answer))
        return element("p", {}, element("b", {}, by), f" ({moment}): ", text)

    def _list(self, comments: list[Html]) -> Html:
        if not comments:
            return NOTHING
        match self._form:
            case "list":
                return self._write("ul", "commentlist", *comments)
            case "table":
                return element("table", {"width": "100%"}, *comments)
            case "boxes":
                return self._write("div", "commentlist", *comments)
        return join(*comments)

    def _ask(self) -> Html:
        """The form that a reader fills in."""
        fields = [
            element("p", {}, element("label", {}, one), element("input", {"name": f"o{at}"}))
            for at, one in enumerate(self._asked)
        ]
        send = element("button", {"type": "submit"}, "Gửi") if self._asked else ""
        text = element("textarea", {"name": "t"})
        if self._design.naming == "aspnet":  # where all of the page is one form, and none stands in another
            return element("div", {}, *fields, text, send)
        return element("form", {"action": "/gui-y-kien", "method": "post"}, *fields, text, send)
