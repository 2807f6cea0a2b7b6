"""Small harvests for the tests of the archive: a page with one article, a listing with entries."""

from __future__ import annotations

import hashlib
from typing import Any

from archive.records import Address, Article, Capture, Harvest, Link, Role, Sighting

SITE = "congdoan-songlam"
MORNING = "2024-07-20T08:00:00+07:00"

PARAGRAPHS = (
    "Sáng nay, Ban Thường vụ Liên đoàn Lao động tỉnh gặp mặt những đoàn viên vừa hoàn thành lớp bổ túc văn hóa buổi tối"
    " do công đoàn các khu công nghiệp cùng nhau tổ chức.",
    "Nhiều học viên đã ngoài bốn mươi tuổi, ban ngày đứng máy, ban đêm đến lớp, có người phải gửi con cho hàng xóm để"
    " kịp giờ học.",
    "Giáo viên là những thầy cô đã nghỉ hưu, không nhận thù lao, chỉ mong các em công nhân đọc thông viết thạo và tự"
    " tin hơn khi ký hợp đồng.",
    "Công đoàn hỗ trợ sách vở, đèn bàn và tiền xăng xe, đồng thời vận động chủ nhà trọ giảm giá thuê cho người đi học.",
)
"""An invented report without numbers and without names of people and places."""

BODY = "\n\n".join(PARAGRAPHS)


def address(slug: str, site: str = SITE) -> str:
    return f"http://{site}.example/tin-tuc/{slug}.html"


def article(slug: str, *, site: str = SITE, **fields: Any) -> Article:
    """An undated article whose id can be read."""
    told: dict[str, Any] = {"headline": f"Bài {slug}", "body": f"Nội dung của bài {slug}."}
    return Article(id=f"{site}-{slug}", site=site, key=slug, url=address(slug, site), **(told | fields))


def page(
    *articles: Article, at: str = MORNING, url: str | None = None, addresses: list[Address] | None = None
) -> Harvest:
    """The page of one article (or of several)."""
    first = articles[0]
    url = url or first.url
    own = [Address(first.site, place, first.id, place == url) for place in dict.fromkeys((url, first.url))]
    return Harvest(capture(url, "article", at, site=first.site), list(articles), [], own + (addresses or []))


def listing(*entries: Sighting, at: str = MORNING, url: str | None = None, site: str = SITE) -> Harvest:
    """A page that prints something about articles."""
    url = url or (entries[0].source_url if entries else address("danh-sach", site))
    return Harvest(capture(url, "listing", at, site=site), [], list(entries))


def capture(url: str, role: Role, at: str = MORNING, *, site: str = SITE, **fields: Any) -> Capture:
    told: dict[str, Any] = {"status": 200, "media_type": "text/html", "size": 9, "outcome": role}
    told["sha256"] = hashlib.sha256(url.encode()).hexdigest()
    return Capture(site=site, url=url, final_url=url, role=role, fetched_at=at, **(told | fields))


def day(text: str) -> str:
    """``10/07/2024`` as the archive writes it."""
    number, month, year = text.split("/")
    return f"{year}-{month}-{number}T00:00:00+07:00"


def seen(
    slug: str | None,
    date: str | None,
    *,
    on: str = "danh-sach",
    kind: Any = "listing",
    title: str | None = None,
    url: str | None = None,
    site: str = SITE,
) -> Sighting:
    """What the page ``on`` prints about the article ``slug`` (None: it prints only a title, or a foreign address)."""
    target = f"{site}-{slug}" if slug else None
    place = address(slug, site) if slug else url
    exact = date if date is None or "T" in date else day(date)
    precision = None if date is None else "second" if "T" in date else "day"
    return Sighting(site, address(on, site), kind, place, target, title, exact, date, precision)  # type: ignore[arg-type]


def related(slug: str | None, date: str | None, title: str | None = None, position: int = 0) -> Link:
    """An entry of the list of other articles on an article's page."""
    return Link(
        url=address(slug) if slug else None,
        title=title,
        relation="related",
        position=position,
        target=f"{SITE}-{slug}" if slug else None,
        date=day(date) if date else None,
        date_raw=date,
        date_precision="day" if date else None,
    )
