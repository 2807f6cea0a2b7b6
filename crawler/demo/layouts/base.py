"""What all layouts share: a request's answer, the forms of a link, files, moved addresses. No I/O."""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from crawler.demo import chance, files
from crawler.demo.model import Head, Paragraph, Piece, Related, Relation, Section, SeeAlso
from crawler.demo.site import Site
from crawler.demo.typography import plain, with_combining, with_entities

PER_PAGE = 20

_ENCODERS: Mapping[str, Callable[[str], str]] = {
    "plain": plain,
    "entities": with_entities,
    "combining": with_combining,
}
_NUMBERED = re.compile(r"\d{1,7}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``base``: ``http://host:port``. ``count``: counts a view of an article and gives how many there
    were before. ``now``: what the page's clock shows. ``bases``: where every replica runs."""

    base: str
    now: datetime
    count: Callable[[int], int]
    bases: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends. ``lasting``: the same at every visit, so that it may be asked for with If-None-Match."""

    status: int
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Dating:
    """What the replica's pages prove of an article's date: ``raw`` as printed, without brackets and labels."""

    published: datetime
    raw: str
    precision: Literal["second", "minute", "day"]
    evidence: Literal["page", "meta", "feed", "listing", "related"]


class Layout(ABC):
    """One site's pages."""

    sapo: ClassVar[bool] = False
    """Whether a summary stands above the text; else the text begins with it."""
    keywords: ClassVar[bool] = False
    first_picture: ClassVar[int] = 1
    """The first block that a picture may stand before."""
    states_sizes: ClassVar[bool] = True
    rich_text: ClassVar[bool] = False
    photo_articles: ClassVar[bool] = False
    videos: ClassVar[bool] = False
    two_on_a_page: ClassVar[bool] = False
    end_marks: ClassVar[float] = 0.2
    """How many texts end with ``./.``."""
    given_relation: ClassVar[Relation] = "related"
    """In which list a given article's others are shown."""
    has_base: ClassVar[bool] = False
    """Whether pages have ``<base href>``, so that some links and pictures are written without the leading slash."""
    shows_views: ClassVar[bool] = False
    """Whether an article's own page prints how often it was seen."""

    def __init__(self, site: Site) -> None:
        self.site = site

    # What an article of a world looks like here
    @staticmethod
    @abstractmethod
    def picture_path(head: Head, n: int) -> str:
        """Where the article's n-th picture lies."""

    @staticmethod
    def video_path(head: Head) -> str:
        raise NotImplementedError

    @staticmethod
    def finish(piece: Piece, dice: random.Random) -> Piece:
        """The last touch: what only this layout has."""
        return piece

    # What the pages prove
    @abstractmethod
    def path(self, index: int) -> str:
        """The article's own address."""

    @abstractmethod
    def addresses(self, index: int) -> list[str]:
        """All its addresses that some page, feed or sitemap links to, its own first."""

    @abstractmethod
    def related(self, index: int) -> list[Related]:
        """The related lists of its page, in page order, links inside the text first."""

    def partner_related(self, index: int) -> list[Related]:
        """Those of the second article on the page."""
        return []

    def references(self, piece: Piece) -> list[Related]:
        """The links inside its text to other articles."""
        linked = (block.index for block in piece.blocks if isinstance(block, SeeAlso))
        return [Related(self.site.head(at).headline, "inline", at) for at in linked]

    @abstractmethod
    def dating(self, index: int) -> Dating | None:
        """What is known of its date. None where no page proves any."""

    def dating_by_others(self, index: int, form: str) -> Dating | None:
        """What related lists prove of an article that has no date of its own; ``form`` is how they print it."""
        day = self.site.printed_elsewhere(index)
        return Dating(day, day.strftime(form), "day", "related") if day else None

    @abstractmethod
    def provable(self, index: int) -> bool:
        """Whether there is a :meth:`dating`, found without looking at any article: worlds ask it while making one."""

    def modified(self, index: int) -> datetime | None:
        """What the page proves of its last change."""
        return None

    def hidden(self, index: int) -> bool:
        """Whether the page prints no reuse notice."""
        return not self.site.piece(index).rights

    def source_url(self, piece: Piece, bases: Mapping[str, str]) -> str | None:
        """The address that the article names as its source's; another replica's depends on where that one runs."""
        if piece.source is None:
            return None
        if piece.source.replica is None:
            return piece.source.url
        name, index = piece.source.replica
        return f"{bases[name]}{self.site.replica_path(name, index)}"

    # Requests
    def answer(self, target: str, visit: Visit) -> Answer:
        """The answer to a GET of ``target``: path and query."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = unquote(parts.path)
        found = self._file(path) or self.page(path, query, visit)
        return found or self.not_found(visit)

    def post(self, target: str, form: Mapping[str, str], visit: Visit) -> Answer:
        """The answer to a form that is sent to ``target``: most sites take none."""
        return Answer(405, b"", headers={"Allow": "GET, HEAD"})

    @abstractmethod
    def page(self, path: str, query: Mapping[str, str], visit: Visit) -> Answer | None:
        """A page, feed, sitemap or redirect; None for none."""

    @abstractmethod
    def not_found(self, visit: Visit) -> Answer:
        """The page for an address that is none."""

    @abstractmethod
    def robots(self) -> list[str]:
        """The lines of robots.txt, without the sitemap's."""

    file_pattern: ClassVar[re.Pattern[str]]
    """Paths of pictures and the like."""

    def _file(self, path: str) -> Answer | None:
        if path == "/favicon.ico":
            return Answer(200, files.PNG, "image/png", lasting=True)
        if not self.file_pattern.fullmatch(path):
            return None
        content = files.of(path)
        return Answer(200, content[0], content[1], lasting=True) if content else None

    # Pieces of pages
    def notice(self, visit: Visit) -> str:
        """The site's reuse notice."""
        return self.site.facts.rights.replace("{base}", visit.base)

    def href(self, visit: Visit, path: str, *keys: object) -> str:
        """A link as this page writes it: mostly from the root, sometimes absolute (or in capitals and without ``www.``,
        as typed by hand), sometimes with junk behind it."""
        drawn = chance.share(self.site.name, "href", path, *keys)
        joint = "&amp;" if "?" in path else "?"
        if drawn < 0.80:
            return self.source(path)
        if drawn < 0.83:
            return f"{visit.base}{path}"
        if drawn < 0.86:
            return f"{visit.base.upper().replace('WWW.', '')}{path}"
        if drawn < 0.89:
            return f"{visit.base.partition(':')[2]}{path}"
        if drawn < 0.93:
            return f"{path}{joint}utm_source=zalo&amp;utm_medium=share"
        if drawn < 0.96:
            return f"{path}{joint}fbclid=IwAR{chance.number(path, *keys):x}"
        if drawn < 0.98:
            return f"{path}{joint}gidzl={chance.number(keys, path):x}"
        return f"{path}#binh-luan"

    def source(self, path: str) -> str:
        """A path from the root, or where the page has a base for some from there."""
        relative = self.has_base and path != "/" and chance.share("relative", path) < 0.3
        return path.removeprefix("/") if relative else path

    def links(self, visit: Visit, paths: Iterable[tuple[str, str]], *keys: object) -> str:
        """``<li><a>`` for each path and title."""
        return "\n".join(
            f'<li><a href="{self.href(visit, path, *keys)}">{plain(title)}</a></li>' for path, title in paths
        )

    def text(self, piece: Piece, value: str) -> str:
        """A paragraph's text in the article's own encoding; pasted from Word, some has a line or page break left as a
        reference to a control character."""
        encoded = _ENCODERS[piece.encoding](value)
        pasted = piece.editor == "word" and " " in encoded
        if not pasted or chance.share("control", value) >= 0.15:
            return encoded
        spaces = [found.end() for found in re.finditer(" ", encoded)]
        at = spaces[chance.number("break", value) % len(spaces)]
        return f"{encoded[:at]}&#{11 + at % 2};{encoded[at:]}"

    @staticmethod
    def html(content: str, status: int = 200) -> Answer:
        """A page. A lone surrogate is a byte that is no character: see :func:`cut_inside`."""
        return Answer(status, content.encode("utf-8", "surrogateescape"))

    def moved(self, path: str, visit: Visit, status: int = 301) -> Answer:
        """Leads to another page of the site; a header holds no letter beyond Latin-1, so these are encoded."""
        return Answer(status, b"", headers={"Location": visit.base + quote(path, safe="/%?&=+,:;@~")})

    def only(self, number: str) -> int | None:
        """The article of that number on a site where numbers are unique."""
        found = self.site.find(int(number)) if _NUMBERED.fullmatch(number) else []
        return found[0] if found else None

    def teaser(self, index: int, length: int = 160) -> str:
        """The beginning of an article, cut at a word."""
        piece = self.site.piece(index)
        first = next((block.text for block in piece.blocks if isinstance(block, Paragraph)), "")
        return cut(piece.description or first, length)

    def pages(self, section: Section) -> int:
        """How many pages the section's listing has: at least one."""
        return max(1, -(-self.site.count(section) // PER_PAGE))

    @staticmethod
    def page_number(text: str, last: int) -> int | None:
        """A page's number from 1 to ``last``."""
        if not _NUMBERED.fullmatch(text):
            return None
        return int(text) if 1 <= int(text) <= last else None


def cut(text: str, length: int) -> str:
    """No more than ``length`` characters, at a word's end, with dots for the rest."""
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + "..."


def cut_inside(text: str, length: int) -> str:
    """About ``length`` bytes, ending inside a character, as PHP's ``substr`` cuts, with dots for the rest. The
    half character is a lone surrogate that :meth:`Layout.html` writes as the byte it stands for."""
    raw = text.encode()
    inside = [at for at in range(1, min(length, len(raw))) if raw[at] & 0xC0 == 0x80]
    return raw[: inside[-1]].decode("utf-8", "surrogateescape") + "..." if inside else text
