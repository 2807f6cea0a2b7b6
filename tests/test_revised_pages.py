"""Pages fetched twice: what a site changes at every visit makes no revision, what an editor changes makes one.

The replicas' pages are read as a crawl reads them and stored; only the network is left out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from archive.records import Harvest
from archive.revisions import Revision, load_revisions
from archive.search import search
from archive.store import Added, Archive
from crawler.clock import VIETNAM
from crawler.demo.fixed import FixedSite, GivenArticle
from crawler.demo.layouts import Visit
from crawler.demo.model import Head
from crawler.items import Page
from crawler.pipelines.dates import DateStep
from crawler.pipelines.extract import ExtractStep
from crawler.pipelines.identity import IdentityStep
from crawler.pipelines.names import NameStep
from crawler.profiles import Profiles
from crawler.urls import KnownSites, SiteAddresses

LAYOUTS = ("thst", "congdoan-soctrang", "ldld-caobang", "thaibinhtv")
WITHOUT_DATES = ("thst", "congdoan-soctrang")
"""An article's own page prints no date there."""

BASE = "http://127.0.0.2:8000"
FIRST_VISIT = datetime(2024, 8, 1, 9, 21, tzinfo=VIETNAM)

FEAST = GivenArticle(
    headline="Bến Sen mở lớp dạy bơi cho con công nhân",
    body=[
        "Sáng thứ bảy, công đoàn khu công nghiệp Bến Sen mở lớp dạy bơi không thu tiền cho con em đoàn viên, học trong"
        " suốt kỳ nghỉ hè tại hồ bơi của trường trung học.",
        "Lớp đầu tiên nhận bốn mươi em, chia thành ba nhóm theo tuổi, mỗi nhóm có hai huấn luyện viên kèm cặp.",
        "Ban chấp hành công đoàn cho biết sẽ mở thêm lớp buổi tối nếu nhiều gia đình đăng ký.",
    ],
    captions=[(1, "Các em khởi động trước giờ xuống nước.")],
    byline="Minh Châu",
    date=datetime(2024, 7, 20, 8, 15, tzinfo=VIETNAM),
    view_count=12,
)
MARKET = GivenArticle(
    headline="Phiên chợ không tiền mặt đầu tiên của xã Tân Hòa",
    body=[
        "Ba mươi gian hàng nông sản của xã Tân Hòa lần đầu bán hàng bằng mã quét, người mua không cần mang theo ví,"
        " người bán không phải lo tiền lẻ.",
        "Đoàn thanh niên đứng cạnh từng gian hàng giúp các bà các mẹ cài ứng dụng và thử những lần chuyển khoản đầu.",
    ],
    byline="Thu An",
    date=datetime(2024, 7, 21, 10, 30, tzinfo=VIETNAM),
    related=[("Bến Sen mở lớp dạy bơi cho con công nhân", None, 0)],
)


class Site(FixedSite):
    """Given articles that keep their addresses when their headlines are edited."""

    def __init__(self, name: str) -> None:
        super().__init__(name, [FEAST, MARKET])
        self.slugs = [FixedSite.head(self, index).slug for index in range(self.size)]

    def head(self, index: int) -> Head:
        head = super().head(index)
        return replace(head, slug=self.slugs[index]) if hasattr(self, "slugs") else head

    def edit(self, **fields: Any) -> None:
        self.articles[0] = replace(self.articles[0], **fields)


class Visitor:
    """Fetches all articles of a site again and again, a day and some hours later each time, and stores them."""

    def __init__(self, site: Site, path: Path) -> None:
        self.site = site
        self.archive = Archive(path)
        self.profile = msgspec.structs.replace(Profiles().load(site.name), base=f"{BASE}/")
        addresses = SiteAddresses(self.profile, self.profile.layouts[0])
        known = KnownSites([self.profile], FIRST_VISIT.isoformat())
        self.steps = (ExtractStep(), IdentityStep(addresses, known), DateStep(), NameStep())
        self.run = self.archive.start_run(site.name, FIRST_VISIT.isoformat())
        self.visits = itertools.count()

    def visit(self, around: Callable[[str, int], str] = lambda markup, number: markup) -> Added:
        number = next(self.visits)
        at = FIRST_VISIT + number * timedelta(days=1, hours=5, minutes=7)
        seen = Visit(BASE, at, lambda _: 17 * number, {self.site.name: BASE})
        pages = [self.page(index, at, seen, around, number) for index in range(self.site.size)]
        return self.archive.add(self.run, list(map(self.harvest, pages)))

    def page(self, index: int, at: datetime, seen: Visit, around: Callable[[str, int], str], number: int) -> Page:
        path = self.site.layout.path(index)
        body = around(self.site.layout.answer(path, seen).body.decode(), number).encode()
        url, layout = BASE + path, self.profile.layouts[0]
        return Page(url, url, "article", 200, body, "text/html", "utf-8", at.isoformat(), self.profile, layout)

    def harvest(self, page: Page) -> Harvest:
        item: Any = page
        for step in self.steps:
            item = step.process_item(item)
        assert item.failure is None
        harvest: Harvest = item.harvest
        return harvest

    def revisions(self) -> list[Revision]:
        """Those of the first article."""
        path = BASE + self.site.layout.path(0)
        [(article,)] = self.archive.db.execute("SELECT id FROM articles WHERE url = ?", [path])
        return load_revisions(self.archive.db, article)


@pytest.fixture(params=LAYOUTS)
def visitor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitor]:
    visitor = Visitor(Site(request.param), tmp_path / "archive.db")
    with visitor.archive:
        yield visitor


def tokens(markup: str, number: int) -> str:
    """What content management systems write into their markup anew for each visitor."""
    token = f"{number:02}f3a9c17be5d2086" * 2
    head = (
        f'<meta name="csrf-token" content="{token}"><script>var sid = "{token}", luc = {1722478860 + number};</script>'
    )
    form = (
        f'<form action="/tim-kiem?sid={token}"><input type="hidden" name="__VIEWSTATE" value="{token}">'
        f'<input type="hidden" name="checkss" value="{token}"></form>'
    )
    markup = markup.replace("</head>", f"{head}</head>", 1)
    markup = re.sub(r"<body[^>]*>", rf"\g<0>{form}", markup, count=1)
    markup = re.sub(r'(<img[^>]* src="[^"?]+)"', rf'\1?v={number}&amp;t={token}"', markup)
    return re.sub(r'href="([^"?#]+\.html?)"', rf'href="\1?PHPSESSID={token}"', markup)


def counters(markup: str, number: int) -> str:
    """The visitors' counter at the end of a page, a clock in its header."""
    clock = f'<div id="dong-ho">Hôm nay, {2 + number}/8/2024, {7 + number}:{30 + number}</div>'
    counter = (
        f"<ul><li>Đang truy cập: {3 + number}</li><li>Hôm nay: {214 + 9 * number}</li>"
        f"<li>Tháng hiện tại: {5_310 + 99 * number}</li><li>Tổng lượt truy cập: {1_204_551 + 99 * number}</li></ul>"
    )
    markup = re.sub(r"<body[^>]*>", rf"\g<0>{clock}", markup, count=1)
    return markup.replace("</body>", f"{counter}</body>", 1)


def advertisements(markup: str, number: int) -> str:
    """Above the page, below it, and between the paragraphs of the text."""
    banner = (
        f'<div class="quang-cao"><a href="http://ads.example/click?to={number}">'
        f'<img src="http://ads.example/{number}.gif" width="728" height="90" alt="Khuyến mãi {number}"></a></div>'
    )
    inside = (
        f'<ins class="adsbygoogle" data-ad-slot="{number}"></ins><script>(adsbygoogle = []).push({number});</script>'
        f'<iframe src="http://ads.example/frame?r={number}" width="300" height="250"></iframe>'
    )
    markup = re.sub(r"<body[^>]*>", rf"\g<0>{banner}", markup, count=1)
    paragraph = next(article.body[1] for article in (FEAST, MARKET) if article.body[1] in markup)
    markup = markup.replace(paragraph, f"{paragraph}{inside}", 1)
    return markup.replace("</body>", f"{banner}</body>", 1)


@pytest.mark.parametrize("around", [tokens, counters, advertisements], ids=lambda around: around.__name__)
def test_what_is_new_at_every_visit_makes_no_revision(visitor: Visitor, around: Callable[[str, int], str]) -> None:
    assert visitor.visit(around).new == 2
    for _ in range(3):
        added = visitor.visit(around)
        assert (added.new, added.revised, added.unchanged) == (0, 0, 2)
    [revision] = visitor.revisions()
    assert revision.changes is None
    assert ("?v=0&t=" in revision.content["images"][0]["url"]) == (around is tokens)


def test_a_clock_and_a_view_counter_of_the_site_itself_make_no_revision(visitor: Visitor) -> None:
    assert visitor.visit().new == 2
    for _ in range(3):
        assert visitor.visit().unchanged == 2


def test_a_related_list_that_names_another_article_makes_no_revision(visitor: Visitor) -> None:
    visitor.visit()
    visitor.site.articles[1] = replace(MARKET, related=[("Tin khác của xã", None, None)])
    assert visitor.visit().unchanged == 2


EDITS: dict[str, dict[str, Any]] = {
    "headline": {"headline": "Bến Sen mở hai lớp dạy bơi cho con công nhân"},
    "body": {"body": [FEAST.body[0], FEAST.body[1].replace("bốn mươi", "sáu mươi"), FEAST.body[2]]},
    "byline": {"byline": "Minh Châu - Thu An"},
    "date_published": {"date": datetime(2024, 7, 22, 8, 15, tzinfo=VIETNAM)},
    "images": {"captions": [*FEAST.captions, (2, "Huấn luyện viên kèm từng em.")]},
}
ALONG = {"byline": {"authors"}, "date_published": {"images"}}
"""What changes with it: MediaTech names pictures by the moment of the upload."""


@pytest.mark.parametrize("field", EDITS)
def test_what_an_editor_changes_makes_exactly_one_revision(visitor: Visitor, field: str) -> None:
    visitor.visit()
    before = visitor.revisions()[0].content
    visitor.site.edit(**EDITS[field])
    if field == "date_published" and visitor.site.name in WITHOUT_DATES:
        assert visitor.visit().revised == 0
        return
    assert (visitor.visit().revised, visitor.visit().revised) == (1, 0)
    old, new = visitor.revisions()
    assert old.content == before
    assert old.content[field] != new.content[field]
    changed = {change.field for change in new.changes or []}
    assert field in changed <= {field} | ALONG.get(field, set())


def test_the_search_finds_what_the_newest_page_says(visitor: Visitor) -> None:
    visitor.visit()
    visitor.site.edit(**EDITS["body"])
    visitor.visit()
    found = search(visitor.archive.db, '"sáu mươi em"').hits
    assert [hit.url for hit in found] == [BASE + visitor.site.layout.path(0)]
    assert search(visitor.archive.db, '"bốn mươi em"').hits == []
    assert "bốn mươi em" in visitor.revisions()[0].content["body"]
