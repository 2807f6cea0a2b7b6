"""``luutru sites add``: from an address to a profile that an operator has judged. Looks, fits, names; writes a file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from crawler import clock
from crawler.home import Home
from crawler.profiles import Profile, profile_of
from crawler.resolver import is_inside
from crawler.survey.border import Border, border
from crawler.survey.fitting import Fitted, fit
from crawler.survey.looking import MOST_REQUESTS, Looking
from crawler.survey.naming import Guess, Identity, identify
from crawler.survey.profiletext import Terms, profile_text
from crawler.survey.readings import FIELDS, Read, read_all, share
from crawler.survey.replacing import earlier_layouts, has_articles, is_same, kept_as, left_out
from crawler.survey.seen import Seen
from crawler.survey.sketch import Sketch
from crawler.survey.trouble import Trouble
from crawler.survey.visiting import Look, Looked, look_at

DELAY = 3.0
"""Seconds between two requests of a crawl, unless the operator says otherwise."""
LOOKING_DELAY = 1.5
"""Seconds between two requests of a survey: it asks for a few dozen pages and never again."""
_LONGEST_DELAY = 300.0
"""What a robots.txt may ask for, as in a crawl."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says. ``decided``: title, publisher, kind and province where they are given."""

    url: str
    name: str
    delay: float | None = None
    private: bool = False
    tls_exception: str | None = None
    decided: Mapping[str, str] | None = None

    @property
    def base(self) -> str:
        """The root of the site."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/"


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile that is not written. ``earlier``: layouts of the profile that it replaces, for what was captured
    by them; ``border``: from when on its own is valid. ``doubts``: in words."""

    seen: Seen
    fitted: Fitted
    identity: Identity
    doubts: list[str]
    terms: Terms
    earlier: list[dict[str, Any]] = field(default_factory=list)
    border: Border | None = None

    @property
    def reads(self) -> Sequence[Read]:
        """The sampled articles as the profile reads them."""
        return self.fitted.reads


def look(home: Home, wanted: Wanted, console: Console, tell: Any) -> tuple[Seen | None, Looked]:
    """Ask the site for what is needed to know it."""
    delay = wanted.delay or LOOKING_DELAY
    crawl: dict[str, Any] = {"delay": delay, "private": wanted.private}
    if wanted.tls_exception is not None:
        crawl["tls_exception"] = wanted.tls_exception
    looking = Looking(Sketch(wanted.name, wanted.base, crawl), wanted.url)
    profile = looking.sketch.profile
    ended = look_at(home, [Look(profile, looking, MOST_REQUESTS)], console, tell=tell, allow_private=wanted.private)
    return looking.seen, ended[profile.name]


def draft(home: Home, seen: Seen, wanted: Wanted) -> Draft:
    """The profile that fits what was seen.

    :raises Trouble: not one article can be read.
    """
    fitted = fit(seen)
    if not any(read.article is not None for read in fitted.reads):
        reasons = "; ".join(dict.fromkeys(read.why_not for read in fitted.reads))
        raise Trouble(f"none of {len(fitted.reads)} pages could be read as an article: {reasons}")
    identity = identify(seen.front_tree, seen.sketch.base)
    decided = {name: Guess(value, "given", sure=True) for name, value in (wanted.decided or {}).items()}
    identity = replace(identity, **decided)
    if identity.publisher.value is None and identity.title.value is not None:
        identity = replace(identity, publisher=Guess(identity.title.value, "the site's title: no publisher is named"))
    doubts = [*seen.doubts, *fitted.doubts, *_doubts(fitted)]
    if seen.crawl_delay is not None and seen.crawl_delay > _LONGEST_DELAY:
        doubts.append(f"robots.txt asks for {seen.crawl_delay:g} s between two requests: {_LONGEST_DELAY:g} s are kept")
        seen.crawl_delay = _LONGEST_DELAY
    private = wanted.private and is_inside(urlsplit(seen.sketch.base).hostname or "")
    if wanted.private and not private:
        doubts.append("--allow-private is not written into the profile: the site's address is a public one")
    terms = Terms(wanted.delay or DELAY, private, wanted.tls_exception)
    earlier, since, more = _inherited(home, wanted.name, fitted, seen.front.fetched_at)
    doubts += more
    return Draft(seen, fitted, identity, list(dict.fromkeys(doubts)), terms, earlier, since)


def _inherited(
    home: Home, site: str, fitted: Fitted, now: str
) -> tuple[list[dict[str, Any]], Border | None, list[str]]:
    """The layouts that stay, from when on the new one is valid beside them, and doubts."""
    if not has_articles(home, site):
        return [], None, []
    earlier = earlier_layouts(home, site, fitted.sketch.family)
    if earlier is None:
        lost = "the layouts of the profile as it was are dropped: 'luutru reextract' reads old pages by the new"
        return [], None, [lost]
    if not is_same(earlier[-1], fitted.sketch.layout or {}):
        found = border(home, home.profiles.load(site), fitted.sketch.profile, now)
        out = ", ".join(left_out(earlier[-1], fitted.sketch.layout or {}))
        hint = f"the profile as it was also said {out}, which the new layout does not: copy what still fits"
        return earlier, found, [hint] if out else []
    last = earlier[-1].get("valid_from")
    if last is None:
        return [], None, []
    return earlier[:-1], Border(str(last), "as before: the same layout was learned again"), []


def _doubts(fitted: Fitted) -> list[str]:
    reads, doubts = fitted.reads, []
    if fitted.filled:
        doubts.append(f"learned from the pages over the family's rules, which miss it here: {', '.join(fitted.filled)}")
    unread = [read for read in reads if read.article is None]
    if unread:
        doubts.append(f"{len(unread)} of {len(reads)} articles cannot be read, the first: {unread[0].url}")
    undated = [read for read in reads if read.article is not None and not read.has("date")]
    if undated:
        sighted = sum(read.sighted is not None for read in undated)
        doubts.append(f"{len(undated)} of {len(reads)} articles show no date; lists or feeds print one for {sighted}")
    never = [name for name in FIELDS if name not in {"headline", "body", "date"} and share(reads, name) == 0]
    if never:
        doubts.append(f"found on no article: {', '.join(never)}; if the pages print it, its rule is missing")
    return doubts


def text_of_draft(drafted: Draft, command: str) -> str:
    """The text of the profile's file."""
    return profile_text(
        drafted.seen,
        drafted.fitted,
        drafted.identity,
        drafted.terms,
        doubts=[*drafted.doubts, *(f"{name}: {guess.why}" for name, guess in drafted.identity.unsure())],
        command=command,
        day=clock.now()[:10],
        earlier=drafted.earlier,
        border=drafted.border,
    )


def checked(drafted: Draft, text: str, path: Path) -> Profile:
    """The profile of that text, which must read the sampled articles as they were shown.

    :raises ProfileError: the text is no profile.
    """
    profile = profile_of(path.stem, text.encode(), path)
    reads = read_all(profile, drafted.seen.articles.values())
    shown = [read.article and read.article.body for read in drafted.reads]
    if [read.article and read.article.body for read in reads] != shown:
        raise AssertionError(f"{path}: the written profile reads otherwise than the one that was shown")
    return profile


def write(path: Path, text: str) -> Path | None:
    """Write the file as a whole, or not at all; at no moment there is none. Gives where a file is kept that stood there
    before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        kept = kept_as(path) if path.exists() else None
        if kept is not None:
            shutil.copy2(path, kept)
        Path(temporary).replace(path)
        return kept
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
