"""Family + site = Profile: reads ``families/*.toml`` and ``sites/*.toml``; every mistake names its file and key.

Reads files, and has their patterns watched (:mod:`crawler.endless`); touches nothing else. A site's file names a family
and may override any of its tables in ``[[layouts]]``; each layout is valid from a date, so that an old capture is read
with the layout of its time. An operator's own files in ``HOME/sites`` stand over the built-in ones: a whole profile, or
an overlay (``extends = "NAME"``) that changes single keys.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from archive.provinces import UnknownProvince, former_province
from crawler.clock import VIETNAM
from crawler.endless import watch
from crawler.layouts import Family, Layout, Start
from crawler.selectors import Pattern, name_places

T = TypeVar("T")

PACKAGE = Path(__file__).parent
BUILT_IN_SITES = PACKAGE / "sites"
FAMILIES = PACKAGE / "families"


class ProfileError(Exception):
    """A profile or family that cannot be used: the message names the file, the key and what was expected."""


class UnknownSite(ProfileError):
    """No profile of that name: the message names the nearest ones."""


class Crawl(Struct, frozen=True, forbid_unknown_fields=True):
    """``delay``: seconds between two requests, above zero (Scrapy ignores its per-host limit at zero); with one
    connection, between an answer and the next request.
    ``connections``: requests that may be under way at the same time, 1 to 8.
    ``tls_exception``: why the site's certificate is not checked; with None it is.
    ``private``: whether the site's own host and port may be a private or loopback address. ``keep``: which files that
    belong to articles are captured too, where they lie on the site's own hosts. ``most_pages``: where one
    crawl ends even if more is waiting; no site known here has half as many."""

    delay: float = 3.0
    connections: int = 1
    tls_exception: str | None = None
    most_pages: int = 200_000
    private: bool = False
    keep: tuple[Literal["image", "attachment"], ...] = ()
    start: Start = field(default_factory=Start)

    def __post_init__(self) -> None:
        if not self.delay > 0:
            raise ValueError("delay must be above zero: with 0 the limit of one connection a host is not kept")
        if not 1 <= self.connections <= 8:
            raise ValueError(f"connections must be 1 to 8, not {self.connections}")
        if self.tls_exception is not None and not self.tls_exception.strip():
            raise ValueError("tls_exception must say in words why the site's certificate is not checked")


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """How often the site is crawled: ``every`` (``30m``, ``6h``, ``1d``) or daily ``at`` (``06:30``, Vietnam's time).
    With neither, only by hand."""

    every: str | None = None
    at: str | None = None

    def __post_init__(self) -> None:
        if self.every is not None and not _EVERY.fullmatch(self.every):
            raise ValueError(f"every must be a number with m, h or d, as in 6h, not {self.every!r}")
        if self.at is not None and not _AT.fullmatch(self.at):
            raise ValueError(f"at must be a time of day, as in 06:30, not {self.at!r}")
        if self.every is not None and self.at is not None:
            raise ValueError("give either every or at, not both")


_EVERY = Pattern(r"[1-9]\d{0,3}[mhd]")
_AT = Pattern(r"([01]\d|2[0-3]):[0-5]\d")
_MOMENT = Pattern(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?")
"""A day or a time of RFC 3339, of which seconds and offset may be left out; ``fromisoformat`` takes weeks too."""
_HOST = Pattern(r"[a-z0-9.-]+(:\d{1,5})?")
_WHOLE = frozenset({"schedule"})
"""Tables whose keys exclude each other: one written over another replaces it."""


class _SiteFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A site's file as it is written."""

    title: str
    publisher: str
    kind: Literal["union", "broadcaster"]
    province: str
    family: str
    base: str
    about: str = ""
    aliases: tuple[str, ...] = ()
    language: str = "vi"
    crawl: Crawl = field(default_factory=Crawl)
    schedule: Schedule = field(default_factory=Schedule)
    layouts: tuple[Layout, ...] = ()


class Profile(Struct, frozen=True):
    """One site: what an operator decided, and how its pages are read. ``name`` is the file's name.

    ``digest`` identifies the exact text of family and site together; it stands in the archive beside what was
    extracted with it.
    """

    name: str
    title: str
    publisher: str
    kind: Literal["union", "broadcaster"]
    province: str
    family: str
    base: str
    aliases: tuple[str, ...]
    language: str
    about: str
    crawl: Crawl
    schedule: Schedule
    layouts: tuple[Layout, ...]
    digest: str
    path: str

    @property
    def host(self) -> str:
        """Host and port of the base address, as requests name it."""
        return urlsplit(self.base).netloc

    @property
    def hosts(self) -> frozenset[str]:
        """All hosts (with port, where one is given) that are this site."""
        return frozenset({self.host, *self.aliases})

    def layout_at(self, moment: str) -> Layout:
        """The layout that was valid at a time (RFC 3339), or when a day (YYYY-MM-DD) began in Vietnam."""
        at = _aware(datetime.fromisoformat(moment))
        valid = [layout for layout in self.layouts if layout.valid_from is None or layout.valid_from <= at]
        return valid[-1] if valid else self.layouts[0]


class Profiles:
    """The profiles of one home directory: the operator's own over the built-in ones."""

    def __init__(self, home: Path | None = None) -> None:
        self.folders = ([home / "sites"] if home is not None else []) + [BUILT_IN_SITES]

    def names(self) -> list[str]:
        """All site names, sorted."""
        found = {path.stem for folder in self.folders if folder.is_dir() for path in folder.glob("*.toml")}
        return sorted(found)

    def load(self, name: str) -> Profile:
        """Read one profile.

        :raises UnknownSite: no such file; the message names the nearest names.
        :raises ProfileError: the file, or its family's, holds a mistake.
        """
        for folder in self.folders:
            path = folder / f"{name}.toml"
            if path.is_file():
                return profile_of(name, path.read_bytes(), path)
        near = difflib.get_close_matches(name, self.names(), n=3, cutoff=0.4)
        hint = f"; nearest: {', '.join(near)}" if near else f"; known: {', '.join(self.names())}"
        raise UnknownSite(f"no site named {name!r}{hint}")

    def all(self) -> tuple[list[Profile], list[ProfileError]]:
        """All profiles that can be used, by name, and the mistakes of those that cannot: one file harms no other."""
        usable, broken = [], []
        for name in self.names():
            try:
                usable.append(self.load(name))
            except ProfileError as error:
                broken.append(error)
        return usable, broken


def profile_of(name: str, text: bytes, path: Path) -> Profile:
    """The profile of a site's file.

    :param path: where the text stands, or will: it is not read, but named in messages.
    :raises ProfileError: the text, or its family's file, holds a mistake.
    """
    raw, text = tables_of(text, path)
    if isinstance(raw.get("layouts"), list):
        raw["layouts"] = [
            _dated(layout, f"{path}: layouts[{number}]") if isinstance(layout, dict) else layout
            for number, layout in enumerate(raw["layouts"])
        ]
    site = _decode(_SiteFile, raw, path)
    base = urlsplit(site.base)
    if base.scheme not in {"http", "https"} or not _HOST.fullmatch(base.netloc):
        raise ProfileError(f"{path}: base: expected an address such as http://example.org/, not {site.base!r}")
    for alias in site.aliases:
        if not _HOST.fullmatch(alias):
            raise ProfileError(f"{path}: aliases: expected a host such as example.org or example.org:81, not {alias!r}")
    with contextlib.suppress(UnknownProvince):  # it may be left open
        if (province := former_province(site.province)) != site.province:
            raise ProfileError(f"{path}: province: expected it as it is written, {province!r}")
    if site.family not in family_names():
        raise ProfileError(f"{path}: family: no family {site.family!r}; known: {', '.join(family_names())}")
    family_path = FAMILIES / f"{site.family}.toml"
    family_text = family_path.read_bytes()
    family_raw = _parse_toml(family_text, family_path)
    _decode(Family, family_raw, family_path)
    overrides: list[dict[str, Any]] = raw.get("layouts") or [{}]
    layouts = tuple(_decode(Layout, _merge(family_raw["layout"], layout), path) for layout in overrides)
    for number, (layout, written) in enumerate(zip(layouts, overrides, strict=True)):
        name_places(layout, f"{path}: layouts[{number}]", written, f"{family_path}: layout")
    watch()
    dates = [layout.valid_from or datetime.min.replace(tzinfo=UTC) for layout in layouts]
    if dates != sorted(dates):
        raise ProfileError(f"{path}: layouts: expected the oldest first, by valid_from")
    return Profile(
        name=name,
        title=site.title,
        publisher=site.publisher,
        kind=site.kind,
        province=site.province,
        family=site.family,
        base=site.base if site.base.endswith("/") else site.base + "/",
        aliases=site.aliases,
        language=site.language,
        about=site.about,
        crawl=site.crawl,
        schedule=site.schedule,
        layouts=layouts,
        digest=hashlib.sha256(family_text + text).hexdigest(),
        path=str(path),
    )


def tables_of(text: bytes, path: Path) -> tuple[dict[str, Any], bytes]:
    """The tables of a site's file, over those of the built-in one that it extends, and the text of all of it.

    :raises ProfileError: it is no TOML, or extends what is not there.
    """
    raw = _parse_toml(text, path)
    if "extends" in raw:
        parent = raw.pop("extends")
        below = BUILT_IN_SITES / f"{parent}.toml"
        if not below.is_file():
            raise ProfileError(f"{path}: extends: no built-in site {parent!r} to extend")
        raw = _merge(_parse_toml(below.read_bytes(), below), raw)
        text += below.read_bytes()
    return raw, text


def family_names() -> list[str]:
    """The names of all CMS families, sorted."""
    return sorted(path.stem for path in FAMILIES.glob("*.toml"))


def load_family(name: str) -> Family:
    """Read one family.

    :raises ProfileError: its file holds a mistake.
    """
    path = FAMILIES / f"{name}.toml"
    return _decode(Family, _parse_toml(path.read_bytes(), path), path)


def _parse_toml(text: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error


def _decode(kind: type[T], raw: dict[str, Any], path: Path) -> T:
    try:
        return msgspec.convert(raw, kind, dec_hook=_compile)
    except msgspec.ValidationError as error:
        message, _, key = str(error).partition(" - at `$")
        where = key.rstrip("`").lstrip(".") or "top level"
        raise ProfileError(f"{path}: {where}: {message}") from error


def _dated(layout: dict[str, Any], where: str) -> dict[str, Any]:
    """With ``valid_from`` as a time: a day begins in Vietnam, where a time without an offset is too.

    :raises ProfileError: it is neither a day nor a time.
    """
    if "valid_from" not in layout:
        return layout
    since = written = layout["valid_from"]
    if isinstance(since, str) and _MOMENT.regex.fullmatch(since):
        with contextlib.suppress(ValueError):  # a 30th of February
            since = datetime.fromisoformat(since)
    if isinstance(since, date) and not isinstance(since, datetime):
        since = datetime.combine(since, time())
    if not isinstance(since, datetime):
        expected = "expected a day, as in 2025-07-01, or a time, as in 2025-07-01T06:30:00+07:00"
        said = written.isoformat() if isinstance(written, time) else repr(written)
        raise ProfileError(f"{where}.valid_from: {expected}, not {said}")
    return {**layout, "valid_from": _aware(since)}


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)


def _compile(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, not {type(value).__name__}")
    return kind(value)


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``: tables key by key, everything else replaced."""
    merged = dict(below)
    for key, value in above.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict) and key not in _WHOLE:
            merged[key] = _merge(known, value)
        else:
            merged[key] = value
    return merged
