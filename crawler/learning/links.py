"""The addresses that a site's pages link to, and what the links say of them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from w3lib.url import canonicalize_url

from crawler.extraction.document import Element
from crawler.learning.views import View

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gidzl|zarsrc|ref(?:errer)?|src|source|from|session\w*|sid|phpsessid|jsessionid|_|rnd|rand\w*|"
    r"v|ver|t|ts|time|timestamp|redirect|return(?:url)?|nv_redirect|nvvithemever|share|replytocom|tmpl|print|format|theme",
    re.IGNORECASE,
)
"""Query parameters that say who came from where, or how a page is drawn: never which page it is."""

_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|pdf|docx?|xlsx?|pptx?|rar|zip|mp[34]|flv|avi|xml|rss|txt|json|apk)$",
    re.IGNORECASE,
)
_SERVICES = (
    r"tags?|tu-khoa|tukhoa|keywords?|tim-kiem|timkiem|search|ket-qua-tim-kiem|tac-gia|tacgia|authors?|but-danh|print|"
    r"in-bai|inbai|ban-in|banin|in-an|savefile|sendmail|gui-mail|gui-bai|login|logout|sign-?in|dang-nhap|dangnhap|"
    r"dang-ky|dangky|dang-xuat|register|quen-mat-khau|users?|thanh-vien|members?|account|tai-khoan|rss|rss-feed|feeds?|"
    r"atom|admin|administrator|quan-tri|wp-admin|wp-login|wp-json|wp-content|wp-includes|cgi-bin|lien-he|lienhe|contact|"
    r"gop-y|sitemap|so-do-site|so-do-trang|sodosite|thong-ke|statistics|voting|binh-chon|tham-do|comments?|binh-luan|"
    r"rating|share|download|tai-ve|api|ajax|captcha|themes?|uploads?|upload|images?|static|assets|en|english"
)
SERVICE_PATTERN = rf"/(?:[^?]*/)?(?:{_SERVICES})(?:\.[a-z]{{2,5}})?(?:[/?].*)?"
"""Pages that are neither articles nor their lists, or that list what the sections list already: by a whole part of the
path, for headlines too begin with "gop-y" and "dang-ky"."""
_ABOUT_SITE = (
    "gioi-thieu|gioi-thieu-chung|ve-chung-toi|about|about-us|thong-tin-lien-he|lien-he-quang-cao|contact-us|"
    "bao-gia-quang-cao|quang-cao|toa-soan|ban-bien-tap|so-do-cong|so-do-website|so-do-to-chuc|co-cau-to-chuc|"
    "bo-may-to-chuc|chuc-nang-nhiem-vu|dieu-khoan|dieu-khoan-su-dung|chinh-sach-bao-mat|chinh-sach-rieng-tu|"
    "chinh-sach-bao-mat-thong-tin|privacy|privacy-policy|terms|terms-of-use|quy-dinh-su-dung|huong-dan-su-dung|tro-giup"
)


def about_pattern(listings: Iterable[str]) -> str:
    """Pages about the site itself, by a whole name at the end of the path.

    :param listings: targets that are listings, of whatever name.
    """
    listed = "|".join(re.escape(one) for one in listings if _ABOUT_PAGE.fullmatch(one))
    return (f"(?!(?:{listed})$)" if listed else "") + _ABOUT_PAGE.pattern


_ABOUT_PAGE = re.compile(rf"(?i:/(?:[^?]*/)?(?:{_ABOUT_SITE})(?:\.[a-z]{{2,5}})?/?)")
SERVICE_QUERY = r"[^?]*\?(?:.*&)?(?:q|s|tag|tags|keywords?|search\w*|tu-?khoa|author|print|share|feed|download|pdf)=.*"
TAG_ADDRESS = re.compile(
    r"/(?:tags?|tu-khoa|tukhoa|keywords?|hashtag|the)[/-]|[?&](?:tags?|keywords?|tukhoa)=", re.IGNORECASE
)
"""Lists of a keyword's articles."""
_SERVICE = re.compile(f"{SERVICE_PATTERN}|{SERVICE_QUERY}", re.IGNORECASE)
_NUMBER = re.compile(r"(?:trang |page )?\[?(\d{1,5})\]?$", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:[»›>→]+|sau|trang sau|tiếp|tiếp theo|trang tiếp|kế tiếp|trang kế|next|next page|xem tiếp|cũ hơn|trang cũ hơn|"
    r"cuối|trang cuối|last|older|[»›>]+\s*\w+|(?:trang )?(?:sau|tiếp|cuối)\s*[»›>→]*|xem thêm|tải thêm)$",
    re.IGNORECASE,
)
_SERVICE_TEXT = re.compile(
    r"\W*(?:in|print|in (?:bài|trang|ra)(?: viết| này)?|bản in|gửi (?:bài|email|mail)(?: viết)?|chia sẻ(?: bài viết)?|"
    r"lưu bài(?: viết)?(?: này)?|đăng (?:nhập|ký|xuất)|rss|facebook|twitter|zalo|email|quay lại|về đầu trang|top)\W*",
    re.IGNORECASE,
)
"""What links to no page of news say."""


@dataclass(slots=True)
class Target:
    """One address of the site. ``texts``: what links to it say; ``pages``: which of the pages do, by their number;
    ``numbers``: what a pager calls it; ``nexts``: how often it stands behind "Trang sau"; ``known``: a feed or
    sitemap names it."""

    url: str
    texts: Counter[str] = field(default_factory=Counter)
    pages: set[int] = field(default_factory=set)
    numbers: Counter[int] = field(default_factory=Counter)
    nexts: set[int] = field(default_factory=set)
    known: bool = False

    @property
    def text(self) -> str:
        """The longest thing that links call it: a picture's link, "Xem tiếp" and a number are shorter."""
        return max(self.texts, key=len, default="")

    @property
    def target(self) -> str:
        """Path and query, as patterns match them."""
        return path_and_query(self.url)


class Site:
    """The addresses of one site. ``base`` is its own."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.scheme, self.host = parts.scheme, parts.netloc.lower()
        self._hosts = {self.host, self.host.removeprefix("www."), f"www.{self.host.removeprefix('www.')}"}
        self.root = f"{self.scheme}://{self.host}/"

    def normalise(self, address: str, base: str = "") -> str | None:
        """The normal form, with all parameters that may mean something; None where it is no page of this site."""
        try:
            joined = urljoin(base or self.root, address.strip())
            parts = urlsplit(joined)
            if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in self._hosts or len(joined) > 1_000:
                return None
            parts = urlsplit(canonicalize_url(joined))
        except ValueError:
            return None
        query = [(name, value) for name, value in parse_qsl(parts.query) if not TRACKING.fullmatch(name)]
        if _FILES.search(parts.path):
            return None
        return parts._replace(
            scheme=self.scheme, netloc=self.host, path=parts.path or "/", query=urlencode(query), fragment=""
        ).geturl()


def collect(site: Site, views: Sequence[View], known: Iterable[str]) -> dict[str, Target]:
    """All addresses of the site that the pages link to or that are known, by their normal form."""
    found: dict[str, Target] = {}
    for number, view in enumerate(views):
        for link in view.body.iter("a", "area"):
            url = site.normalise(link.get("href") or "", view.base) if link.get("href") else None
            if url is not None and not (link.get("href") or "").startswith("#"):
                _note(found.setdefault(url, Target(url)), link, view, number)
        for head in view.tree.iter("link"):
            if "next" in head.get("rel", "").lower().split() and (
                url := site.normalise(head.get("href", ""), view.base)
            ):
                found.setdefault(url, Target(url)).nexts.add(number)
    for address in known:
        if url := site.normalise(address):
            found.setdefault(url, Target(url)).known = True
    return found


def _note(target: Target, link: Element, view: View, number: int) -> None:
    text = view.text_of_link(link)
    target.pages.add(number)
    if _SERVICE_TEXT.fullmatch(text):
        return
    numbered = _NUMBER.fullmatch(text)
    if numbered:
        target.numbers[int(numbered[1])] += 1
    elif _NEXT.fullmatch(text) or "next" in link.get("rel", "").lower().split():
        target.nexts.add(number)
    elif text:
        target.texts[text] += 1


def is_service(target: str) -> bool:
    """Whether an address (path and query) is of a kind that no crawl for articles wants."""
    return bool(_SERVICE.fullmatch(target))


def path_and_query(url: str) -> str:
    """What address patterns match."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
