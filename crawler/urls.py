"""What an address is: its normal form, its role, and the article it stands for. No I/O.

Two addresses that differ only in scheme, ``www.``, parameter order, fragment, session, or parameters that mean nothing
to the site are one address. The site's name and the article's key make an id, and the host has no part in it: an id is
the same on every machine, and survives a move to another domain.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from archive.addresses import file_address
from archive.posted import is_posted, target_of
from archive.records import FILES, Found, Role
from crawler.endless import EndlessPattern
from crawler.layouts import Layout
from crawler.profiles import Profile

logger = logging.getLogger(__name__)

_MAX_ADDRESS = 2_000
"""Longer addresses are session state or a trap (NukeViet's nv_redirect grows with every click), not articles."""
_SESSION = re.compile(
    r";(?:jsession|phpsess|asp\.net_session|session_?|s)id=[^/?#;]*|/\((?:[AFSX]\([^()/]*\))+\)", re.IGNORECASE
)
"""Who is visiting, written into the path: Java's ``;jsessionid=…``, ASP.NET's ``/(S(…))``. In a query it is cut off as
any parameter that means nothing to the site."""
_REPEATS = 2
"""How often the same segment may stand in a path: relative links that lead deeper into themselves repeat one."""
_PLAIN = re.compile(r"(https?)://([a-z0-9.-]+(?::\d+)?)((?:/(?!\.)[a-z0-9_.~-]+)*/?)", re.IGNORECASE | re.ASCII)
"""An address without query, fragment, escapes, and dots that lead elsewhere: its path is normal as it stands."""
_FROM_ROOT = re.compile(r"/(?!/(?:[/?#\s]|$))|https?://", re.IGNORECASE)
"""How an address begins that means the same on all pages of a host."""
_MOST_DIGITS = 7
"""Of a page's number."""
_REMEMBERED = 1024
"""Addresses whose meaning is remembered: menus print the same hundred on each page of a site."""


def article_id(site: str, key: str) -> str:
    """The id of the article that ``site`` (a profile's name) knows by ``key``: ``thst-4kq2…``, 12 base-32 digits."""
    digest = hashlib.blake2b(f"{site}\0{key}".encode(), digest_size=8).digest()
    return f"{site}-{base64.b32encode(digest).decode().lower()[:12]}"


class SiteAddresses:
    """The addresses of one site, by the rules of one layout of its profile."""

    def __init__(self, profile: Profile, layout: Layout) -> None:
        self._site = profile.name
        self._rules = layout.urls
        self._start, self._base = profile.crawl.start, profile.base
        base = urlsplit(profile.base)
        self._scheme, self._host = base.scheme, _host(base.scheme, base.netloc)
        bare = {host.lower().removeprefix("www.") for host in (self._host, *profile.aliases)}
        self.hosts = frozenset(bare | {f"www.{host}" for host in bare})
        """Host and port of every address that is this site's."""
        self._feed = layout.feed
        self._normal = _Remembered[tuple[str, str], str | None](lambda found: self._normalise(*found))
        self._roles = _Remembered[str, str | None](self._role)
        self._articles = _Remembered[str, str | None](self._article)
        self._keys = _Remembered[str, str | None](self._key)
        self._founds = _Remembered[tuple[str, Role], Found](lambda found: self._found(*found))

    def owns(self, url: str) -> bool:
        """Whether the address is on this site: its host and port, with or without ``www.``, or an alias."""
        try:
            parts = urlsplit(url)
            return parts.scheme in _PORTS and _host(parts.scheme, parts.netloc) in self.hosts
        except ValueError:
            return False

    def normalise(self, url: str, base: str = "") -> str | None:
        """The normal form of an address found on a page at ``base``; None when it is no web address of this site."""
        url = url.strip()
        if len(url) > _MAX_ADDRESS:
            return None
        if not _FROM_ROOT.match(url):
            return self._normalise(url, base)
        base = base[:end] if (end := base.find("/", len("https://"))) > 0 else base
        return self._normal[url, base]

    def _normalise(self, url: str, base: str) -> str | None:
        if plain := _PLAIN.fullmatch(_joined(url, base)):
            short = len(plain[0]) <= _MAX_ADDRESS
            return self._normal_form(plain[1].lower(), plain[2], plain[3], "") if short else None
        try:
            joined = urljoin(base, url)
            if len(joined) > _MAX_ADDRESS or not self.owns(joined):
                return None
            parts = urlsplit(canonicalize_url(_SESSION.sub("", joined)))
            return self._normal_form(parts.scheme, parts.netloc, parts.path, parts.query)
        except ValueError:
            return None

    def _normal_form(self, scheme: str, netloc: str, path: str, query: str) -> str | None:
        if _host(scheme, netloc) not in self.hosts:
            return None
        if max(Counter(filter(None, path.split("/"))).values(), default=0) > _REPEATS:
            return None
        meant = [(name, value) for name, value in parse_qsl(query) if self._means_something(name)] if query else []
        return urlunsplit((self._scheme, self._host, path or "/", urlencode(meant), ""))

    def _means_something(self, parameter: str) -> bool:
        if any(pages.parameter == parameter for pages in self._feed.pages):
            return True
        return any(pattern.fullmatch(parameter) for pattern in self._rules.params)

    def file(self, url: str) -> str | None:
        """The address under which a picture or document of this site is asked for, with all its parameters; None when
        it is not on this site, or is a page of it."""
        try:
            if len(url) > _MAX_ADDRESS or not self.owns(url):
                return None
            parts = urlsplit(file_address(url))
            host = _host(parts.scheme, parts.netloc)
        except ValueError:
            return None
        if host.removeprefix("www.") == self._host.removeprefix("www."):
            parts = parts._replace(scheme=self._scheme, netloc=self._host)
        found = urlunsplit(parts)
        is_page = self.normalise(found) == found and self.role(found) in {"article", "view", "listing"}
        return None if is_page else found

    def answered(self, url: str, role: Role, asked: str) -> str:
        """The normal form of the address that answered when something of that role was asked for: ``asked`` itself
        where a form was sent and the page that it was sent to has answered."""
        if is_posted(asked) and target_of(asked) == url:
            return asked
        return (self.file(url) if role in FILES else self.normalise(url)) or url

    def role(self, url: str) -> str | None:
        """``article``, ``view``, ``listing``, ``ignore`` for a normalised address, or None: not followed."""
        return self._roles[url]

    def _role(self, url: str) -> str | None:
        target = _path_and_query(url)
        for role in ("ignore", "view", "article", "listing"):
            if any(pattern.fullmatch(target) for pattern in getattr(self._rules, role)):
                return role
        return None

    def section(self, url: str) -> tuple[str, int]:
        """Which listing a listing's normalised address is a page of, by its first page's address, and which page."""
        target = _path_and_query(url)
        for pattern in self._rules.pager:
            found = pattern.fullmatch(target)
            if found and (number := _page_number(found["page"])) is not None:
                first, rest = found["section"], found.groupdict().get("rest") or ""
                if rest.startswith("&") and "?" not in first:
                    rest = "?" + rest[1:]
                page = number if self._rules.step == 1 else number // self._rules.step + 1
                return f"{self._scheme}://{self._host}{first}{rest}", page
        return url, 1

    def feed_page(self, url: str) -> tuple[str, int] | None:
        """Which feed a feed's normalised address is a page of, by its first page's address, and which page; None where
        it has no pages."""
        found = self._feed_page(url)
        return found and found[:2]

    def next_feed_page(self, url: str) -> str | None:
        """The address of the page behind a feed's normalised address; None where it has no pages."""
        found = self._feed_page(url)
        if found is None:
            return None
        first, number, parameter = found
        return self.normalise(f"{first}{'&' if '?' in first else '?'}{parameter}={number + 1}")

    def _feed_page(self, url: str) -> tuple[str, int, str] | None:
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
        for pages in self._feed.pages:
            numbers = [value for name, value in query if name == pages.parameter]
            rest = urlencode([(name, value) for name, value in query if name != pages.parameter])
            first = urlunsplit(parts._replace(query=rest))
            number = _page_number(numbers[0]) if numbers else 1
            if number is not None and pages.address.fullmatch(_path_and_query(first)):
                return first, number, pages.parameter
        return None

    def is_feed(self, url: str) -> bool:
        """Whether a normalised address that is said to be a feed's tells of articles, as far as its form shows."""
        return not any(pattern.fullmatch(_path_and_query(url)) for pattern in self._feed.ignore)

    def found(self, url: str, role: Role) -> Found:
        """A normalised address with what is known of it by its form."""
        return self._founds[url, role]

    def _found(self, url: str, role: Role) -> Found:
        section, page = self.section(url) if role == "listing" else (None, None)
        if role == "feed":
            section, page = self.feed_page(url) or (None, None)
        return Found(url, role, self.article(url) if role == "article" else None, section, page)

    def entrances(self) -> list[Found]:
        """Where a crawl begins: the profile's start addresses, in their normal form."""
        roles: list[tuple[Role, tuple[str, ...]]] = [
            ("sitemap", self._start.sitemaps),
            ("feed", self._start.feeds),
            ("listing", self._start.listings),
        ]
        return [
            self.found(url, role)
            for role, targets in roles
            for target in targets
            if (url := self.normalise(target, self._base))
        ]

    def key(self, url: str) -> str | None:
        """What makes the article the same under all its addresses; None when the address is no article's."""
        return self._keys[url]

    def _key(self, url: str) -> str | None:
        target = _path_and_query(url)
        if any(pattern.fullmatch(target) for pattern in self._rules.ignore):
            return None
        for pattern in (*self._rules.view, *self._rules.article):
            if found := pattern.fullmatch(target):
                return found.groupdict().get("key") or target
        return None

    def article(self, url: str) -> str | None:
        """The id of the article that a normalised address stands for, or None."""
        return self._articles[url]

    def _article(self, url: str) -> str | None:
        key = self.key(url)
        return None if key is None else article_id(self._site, key)


class KnownSites:
    """All sites that there are profiles for: finds the article behind an address of any of them."""

    def __init__(self, profiles: Iterable[Profile], moment: str) -> None:
        """``moment``: the time whose layouts apply (RFC 3339 or a date)."""
        self._by_host: dict[str, SiteAddresses] = {}
        for profile in profiles:
            site = SiteAddresses(profile, profile.layout_at(moment))
            self._by_host |= dict.fromkeys(site.hosts, site)

    def article(self, url: str) -> tuple[str, str] | None:
        """``(normalised address, article id)`` when the address belongs to a known site's article."""
        try:
            parts = urlsplit(url)
            site = self._by_host.get(_host(parts.scheme, parts.netloc))
            if site and (normal := site.normalise(url)) and (found := site.article(normal)):
                return normal, found
        except ValueError:
            return None
        except EndlessPattern as endless:  # another site's: no fault of the page that has the link
            logger.warning("%s: whether this is a known article cannot be told: %s", url, endless)
        return None


def _joined(url: str, base: str) -> str:
    """An address joined to that of its page, or to its host's where it begins at the root; right where both are plain,
    and not plain where one of them is not."""
    if url.startswith("/"):
        return base + url
    if not url or _FROM_ROOT.match(url):
        return url
    return base[: base.rfind("/", len("https://")) + 1] + url


def _page_number(digits: str) -> int | None:
    """None where an address's number is no page's: one of twenty digits does not even fit into the archive."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def _path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


_PORTS = {"http": ":80", "https": ":443"}


def _host(scheme: str, netloc: str) -> str:
    """Host and port as one address writes them, in lower case and without the port that its scheme has anyway."""
    return netloc.lower().removesuffix(_PORTS.get(scheme, ""))


K = TypeVar("K")
V = TypeVar("V")


class _Remembered(dict[K, V]):
    """What was found once, by what it was asked for. Forgets all when it is full."""

    def __init__(self, find: Callable[[K], V]) -> None:
        self._find = find

    def __missing__(self, asked: K) -> V:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[asked] = self._find(asked)
        return found
