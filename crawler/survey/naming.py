"""What a site is called, who publishes it, its kind and its province: guesses from its front page. No I/O.

A guess says on what it rests, and whether that proves it: what does not is asked of the operator.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.provinces import Province, provinces
from archive.vietnamese import canonical_tones, fold
from crawler.extraction.blocks import read_blocks
from crawler.extraction.document import Element, text_of
from crawler.extraction.document import fold as tidy


@dataclass(frozen=True, slots=True)
class Guess:
    """``value`` is None where nothing speaks for any. ``why``: on what it rests. ``sure``: it needs nobody's word."""

    value: str | None
    why: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a site is."""

    title: Guess
    publisher: Guess
    kind: Guess
    province: Guess

    def unsure(self) -> Iterator[tuple[str, Guess]]:
        """The guesses that somebody must look at."""
        for name in ("kind", "province", "title", "publisher"):
            guess: Guess = getattr(self, name)
            if not guess.sure:
                yield name, guess


KINDS = ("union", "broadcaster")
_UNION = re.compile(r"\b(?:cong ?doan|lien doan lao dong|ldld)\b")
_BROADCASTER = re.compile(r"\b(?:phat thanh|truyen hinh|pt-?th|dai pt|tv)\b")
_OTHER = re.compile(r"\b(?:bao|tap chi|so|ubnd|uy ban|tinh uy|thanh uy|hdnd|cong thong tin dien tu tinh)\b")
"""Words of a title that names another kind of body: a newspaper, an authority, the party."""
_UNION_HOST = re.compile(r"congdoan|ldld|laodong")
_BROADCASTER_HOST = re.compile(r"tv\b|ptth|truyenhinh|phatthanh|(?:^|\.)th[a-z]{1,3}\.|radio")
_JOINED = re.compile(r"(?<=thanh)\s*([-–&])\s*(?=truyền)", re.IGNORECASE)
"""``Phát thanh - Truyền hình`` is one name."""
_PART = re.compile(r"\s*(?:[|»·–—]|::|\s-\s)\s*")
_NO_NAME = re.compile(
    r"trang (?:chu|nhat|thong tin(?: dien tu)?|web|tin)|home(?: ?page)?|tin tuc|index"
    r"|cong thong tin(?: dien tu)?|website"
)
_PUBLISHERS = (
    re.compile(r"liên đoàn lao động (?:tỉnh|thành phố|tp\.?) (?:[^\W\d_]+[ -]?){1,4}", re.IGNORECASE),
    re.compile(
        r"(?:đài|cơ quan báo(?: chí)?(?: và)?) (?:phát thanh (?:và|-|&) truyền hình|pt-?th|phát thanh, truyền hình)"
        r" (?:(?:tỉnh|thành phố) )?(?:[^\W\d_]+[ -]?){1,4}",
        re.IGNORECASE,
    ),
    re.compile(r"báo và (?:đài )?phát thanh(?: và|,|-)? truyền hình (?:[^\W\d_]+[ -]?){1,4}", re.IGNORECASE),
)
_OF_PROVINCE = re.compile(r"\b(?:tỉnh|thành phố)\s+((?:[A-ZĐ\u00c0-\u1ef9][^\W\d_]*\s?){1,3})")
_WORDS = re.compile(r"[^\W_]+")
_FOOT = 40
"""Lines at the end of a page among which the publisher is looked for."""
_LONGEST_TITLE = 90


def identify(front: Element, base: str) -> Identity:
    """Who the site says it is."""
    titles = list(_titles(front))
    lines = [block.text for block in read_blocks(front) if block.kind == "text"]
    foot = lines[-_FOOT:]
    province, found = _province(titles, foot, lines, base)
    publisher = _publisher(titles, foot, found)
    title = _title(titles, publisher, urlsplit(base).netloc)
    return Identity(title, publisher, _kind(titles, foot, base), province)


def _titles(front: Element) -> Iterator[str]:
    for name in ("og:site_name", "og:title"):
        meta = front.find(f".//meta[@property='{name}']")
        if meta is not None and (text := tidy(meta.get("content", ""))):
            yield text
    title = front.find(".//title")
    if title is not None and (text := text_of(title)):
        yield text
    logos = (
        image.get("alt", "") for image in front.iter("img") if "logo" in f"{image.get('src')} {image.get('class')}"
    )
    yield from (text for text in map(tidy, logos) if len(text) > 10)


def _title(titles: list[str], publisher: Guess, host: str) -> Guess:
    """The part of its title that names it; nobody else would write it there."""
    whole = [_JOINED.sub("\0\\1\0", text) for text in titles]
    parts = [part.replace("\0", " ").strip(" -–|") for text in whole for part in _PART.split(text)]
    named = [part for part in parts if part and not _NO_NAME.fullmatch(fold(part)) and len(part) <= _LONGEST_TITLE]
    telling = [part for part in named if _UNION.search(fold(part)) or _BROADCASTER.search(fold(part))]
    if telling:
        return Guess(_as_written(telling[0]), "the page's own title", sure=True)
    if publisher.sure:
        return Guess(publisher.value, "the publisher's name: the page's title does not say what it is")
    if named:
        return Guess(named[0], "the page's own title, which does not say what the site is")
    return Guess(host, "the host's name: the page has no title")


def _kind(titles: Iterable[str], foot: Iterable[str], base: str) -> Guess:
    """What its title says. The foot proves it only where it names the publisher: it names others' sites too."""
    host = urlsplit(base).hostname or ""
    titles, foot = list(titles), list(foot)
    for texts, where in ((titles, "its title"), (foot, "the foot of the page")):
        folded = [fold(text) for text in texts]
        counts = {
            kind: sum(len(words.findall(text)) for text in folded)
            for kind, words in (("union", _UNION), ("broadcaster", _BROADCASTER))
        }
        most, other = sorted(counts, key=lambda kind: -counts[kind])
        if texts is foot and any(_OTHER.search(fold(text)) for text in titles):
            return Guess(None, f'its title names something else: "{titles[0]}"')
        if counts[most] and not counts[other]:
            sure = texts is titles or any(pattern.search(text) for text in foot for pattern in _PUBLISHERS)
            return Guess(most, f"words in {where}", sure=sure)
        if counts[most] > counts[other]:
            return Guess(most, f"words in {where}, where both kinds are named")
    if _UNION_HOST.search(host) or _BROADCASTER_HOST.search(host):
        return Guess("union" if _UNION_HOST.search(host) else "broadcaster", f"the host's name {host}")
    return Guess(None, "nothing on the front page says it")


def _province(titles: list[str], foot: list[str], lines: list[str], base: str) -> tuple[Guess, Province | None]:
    """The province that the title names, or the host, or the foot; the page's text names many."""
    host = re.sub(r"[^a-z]", "", (urlsplit(base).hostname or "").lower())
    named = _named(titles)
    if len(named) == 1:
        return Guess(named[0].name, "named in its title", sure=True), named[0]
    by_host = [one for one in provinces() if one.folded.replace(" ", "").replace("-", "") in host]
    by_host = [one for one in by_host if not any(one.folded in two.folded and one is not two for two in by_host)]
    if len(by_host) == 1:
        both = by_host[0] in _named(foot)
        also = " and the foot of the page" if both else ""
        return Guess(by_host[0].name, f"named by the host{also}", sure=both), by_host[0]
    for texts, where in ((foot, "the foot of the page"), (lines, "the page's text, most often")):
        counts = Counter(one.name for text in texts for one in _named([text]))
        if counts:
            (name, _), *others = counts.most_common(2)
            if not others or counts[others[0][0]] < counts[name]:
                return Guess(name, f"named in {where}"), next(one for one in provinces() if one.name == name)
    for text in (*titles, *foot):
        if found := _OF_PROVINCE.search(text):
            name = _as_written(found[1].strip(" -"))
            return Guess(None, f'"{name}" is named on the front page, and no province has that name'), None
    return Guess(None, "no province is named on the front page"), None


def _named(texts: Iterable[str]) -> list[Province]:
    """The provinces that some text names. Accents count, or ``huệ`` would be Huế, unless the text has none."""
    written = [(_spelt(text), fold(text) == text.casefold()) for text in texts]
    return [
        one
        for one in provinces()
        if any((_spelt(one.folded) if bare else _spelt(one.name)) in text for text, bare in written)
    ]


def _spelt(text: str) -> str:
    """The words of a text, tones placed one way, with a space before and behind each."""
    return f" {' '.join(_WORDS.findall(canonical_tones(text).casefold()))} "


def _publisher(titles: list[str], foot: list[str], province: Province | None) -> Guess:
    for texts, where in ((titles, "the page's title"), (foot, "the foot of the page")):
        for text in texts:
            for pattern in _PUBLISHERS:
                if found := pattern.search(text):
                    name = _as_written(_cut(found[0], province))
                    sure = texts is titles or (province is not None and province.folded in fold(name))
                    return Guess(name, f"written in {where}", sure=sure)
    return Guess(None, "no publisher is named in title or foot")


def _cut(name: str, province: Province | None) -> str:
    """Up to the province's name: what follows on the line is an address or a telephone number."""
    at = fold(name).find(province.folded) if province is not None else -1
    return name[: at + len(province.folded)] if province is not None and at >= 0 else name.strip(" -,.")


_SMALL = {"và", "tỉnh", "thành", "phố", "đoàn", "động", "hình", "thanh"}


def _as_written(name: str) -> str:
    """As it is written, but not in capitals."""
    if not name.isupper():
        return name
    words = [word.lower() if word.lower() in _SMALL else word.capitalize() for word in name.split()]
    proper = " ".join(words)
    for province in provinces():
        at = fold(proper).find(province.folded)
        if at >= 0:
            proper = proper[:at] + province.name + proper[at + len(province.folded) :]
    for capital in ("Liên đoàn Lao động", "Đài Phát thanh", "Truyền hình"):
        proper = re.sub(capital, capital, proper, flags=re.IGNORECASE)
    return proper


_SUFFIXES = re.compile(r"(?:\.(?:gov|org|com|net|edu|info|name|pro))?\.[a-z]{2,}$")


def name_of(host: str) -> str:
    """A site's name made of its host: ``ldld.caobang.gov.vn`` is ``ldld-caobang``."""
    bare = host.lower().partition(":")[0].removeprefix("www.")
    if not re.fullmatch(r"[\d.]+", bare):
        bare = _SUFFIXES.sub("", bare) or bare
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "site"
