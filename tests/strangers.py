"""A site that nobody knows, learned from some of its pages: what the learning tests share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from crawler.extraction.document import parse
from crawler.items import Page
from crawler.layouts import Layout
from crawler.learning import Learned, Sample
from crawler.profiles import FAMILIES, Profile, Profiles, _decode, _merge, _parse_toml


def profile_of(name: str, base: str) -> Profile:
    """A profile of that name over the generic family, before anything is learned."""
    known = Profiles().load("thst")
    return msgspec.structs.replace(known, name=name, title=name, publisher=name, base=base, family="generic")


def layout_of(learned: Mapping[str, Any]) -> Layout:
    """The generic family's layout with learned tables over it."""
    path = FAMILIES / "generic.toml"
    family = _parse_toml(path.read_bytes(), path)
    return _decode(Layout, _merge(family["layout"], dict(learned)), Path("learned"))


def sample(profile: Profile, url: str, body: bytes, role: Any, fetched_at: str) -> Sample:
    """One page as it would have been fetched."""
    page = Page(url, url, role, 200, body, "text/html", "utf-8", fetched_at, profile, Layout())
    return Sample(page, parse(page))


def reread(one: Sample, learned: Learned) -> Page:
    """The same page, to be read with what was learned."""
    layout = layout_of(learned.layout)
    page = one.page
    return Page(
        *(page.url, page.final_url, page.role, page.status, page.body, page.media_type, page.charset, page.fetched_at),
        profile=msgspec.structs.replace(page.profile, layouts=(layout,)),
        layout=layout,
    )


def real_samples(
    folder: Path, change: Callable[[bytes], bytes]
) -> tuple[list[Sample], list[Sample], Sequence[dict[str, Any]]]:
    """Articles, listings (the home page first) and truth of the real NukeViet pages, each after ``change``."""
    base = "http://ldld.songlam.example/"
    profile = profile_of("songlam", base)
    rows = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    made: dict[str, list[Sample]] = {"article": [], "listing": []}
    for row in rows:
        kind = "article" if row["file"].startswith("article__") else "listing" if row["kind"] in _LISTINGS else None
        if kind is not None and row["status"] == 200:
            body = change((folder / row["file"]).read_bytes())
            made[kind].append(sample(profile, row["url"], body, kind, "2024-11-20T10:00:00+07:00"))
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return made["article"], sorted(made["listing"], key=lambda one: len(one.page.url)), truth


_LISTINGS = frozenset({"home", "list"})
