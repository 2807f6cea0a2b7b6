"""Which layout reads a site's pages: a family's, a learned one, or a family's with the gaps filled by learning. No I/O.

Nothing is believed because it was recognised: each candidate reads the sampled articles, and what it gives decides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.layouts import Layout, Rule
from crawler.learning import learn
from crawler.profiles import load_family
from crawler.survey.readings import RULES, Read, read_all, share
from crawler.survey.seen import Seen
from crawler.survey.sketch import LEARNED, Sketch

logger = logging.getLogger(__name__)

_ALWAYS = ("headline", "body")
_MOSTLY = 0.8
"""Share of the articles on which every site shows a headline, a text, and nearly every one a date."""
_HARDLY = 0.2
_BETTER = 0.2
"""By so much a learned rule must find a field more often, to be put over a family's."""
_CANDIDATES = 3
_USUAL = ("sapo", "section")
"""Fields that a site shows on most articles or on none."""
_ENOUGH = 5
"""With fewer articles, one of them proves nothing."""


@dataclass
class Fitted:
    """``sketch``: the site with its layout. ``reads``: the sampled articles by it. ``filled``: fields that a family's
    rules missed and learned ones found. ``doubts``: in words."""

    sketch: Sketch
    reads: list[Read]
    filled: tuple[str, ...] = ()
    doubts: list[str] = field(default_factory=list)


def fit(seen: Seen) -> Fitted:
    """The layout that reads most of what was seen."""
    if seen.sketch.family == LEARNED:
        return _learned(seen)
    best = max((_by_family(seen, match.family) for match in seen.matches[:_CANDIDATES]), key=_worth)
    gaps = _gaps(best.reads)
    if not gaps:
        return best
    learned = _learned(seen)
    filled = _fill(seen, best, learned, gaps)
    if _usable(filled.reads) < _MOSTLY and _usable(learned.reads) > _usable(filled.reads):
        learned.doubts.insert(0, f"the pages show signs of {best.sketch.family}, but its rules read few of them")
        return learned
    return filled


def _by_family(seen: Seen, family: str) -> Fitted:
    sketch = replace(seen.sketch, family=family)
    return Fitted(sketch, _read(seen, sketch))


def _learned(seen: Seen) -> Fitted:
    sketch = seen.sketch
    told = (sketch.layout or {}).get("urls", {}) if sketch.tells_addresses else urls_of(sketch.profile.layouts[-1])
    urls: Mapping[str, Any] = told
    articles = [sketch.sample(answer, "article") for answer in seen.articles.values()]
    found = learn(articles, [sketch.sample(*one) for one in seen.walked], urls)
    layout = {**found.layout, "version": f"{sketch.name}/1"}
    if sketch.family != LEARNED and not sketch.tells_addresses:
        layout["urls"] = dict(urls)
    learned = Fitted(replace(sketch, family=LEARNED, layout=layout), [], doubts=list(found.doubts))
    learned.reads = _read(seen, learned.sketch)
    for name in _USUAL:
        learned = _without_rare(seen, learned, name)
    return learned


def _without_rare(seen: Seen, learned: Fitted, name: str) -> Fitted:
    """Without a rule that finds on one article alone what a site shows on most or on none: what it found there is
    something else."""
    layout = dict(learned.sketch.layout or {})
    rules = dict(layout.get("fields", {}))
    finds = [read for read in learned.reads if read.has(name)]
    if len(finds) != 1 or len(learned.reads) < _ENOUGH or name not in rules:
        return learned
    rule = rules.pop(name)
    where = ", ".join(rule.get("select", ())) or name
    doubt = f"{name}: found on 1 of {len(learned.reads)} articles, {finds[0].url}, and left out for that: {where}"
    sketch = replace(learned.sketch, layout={**layout, "fields": rules})
    return Fitted(sketch, _read(seen, sketch), doubts=[*learned.doubts, doubt])


def _fill(seen: Seen, family: Fitted, learned: Fitted, gaps: Sequence[str]) -> Fitted:
    """The family's layout with learned rules for the fields that it misses, as far as they find more."""
    best, filled = family, list[str]()
    rules: Mapping[str, Any] = (learned.sketch.layout or {}).get("fields", {})
    below = load_family(family.sketch.family).layout
    for gap in gaps:
        tables = {name: _over(below, name, rules[name]) for name in RULES.get(gap, ()) if name in rules}
        layout = dict(best.sketch.layout or {})
        if tables:
            layout["fields"] = {**layout.get("fields", {}), **tables}
        elif gap == "related" and (learned.sketch.layout or {}).get("related"):
            layout["related"] = (learned.sketch.layout or {})["related"]
        else:
            continue
        sketch = replace(best.sketch, layout=layout)
        tried = Fitted(sketch, _read(seen, sketch))
        if _finds_more(tried.reads, best.reads, gap):
            best = tried
            filled.append(gap)
    left = [gap for gap in _gaps(best.reads) if gap in (*_ALWAYS, "date") and gap not in filled]
    doubts = [f"{gap}: the family's rules find it on {share(best.reads, gap):.0%} of the articles" for gap in left]
    version = {"version": f"{best.sketch.name}/1"} if best.sketch.layout else {}
    return Fitted(
        replace(best.sketch, layout={**version, **(best.sketch.layout or {})}), best.reads, tuple(filled), doubts
    )


def _over(below: Layout, name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A learned rule that replaces the family's as a whole: what it does not say, the family's must not either."""
    known: Rule = getattr(below.fields, name)
    neutral: dict[str, Any] = {}
    if known.label is not None and "label" not in rule:
        neutral["label"] = ""
    if known.capture is not None and "capture" not in rule:
        neutral["capture"] = "(.+)"
    if known.anywhere and "anywhere" not in rule:
        neutral["anywhere"] = False
    if known.strip and "strip" not in rule:
        neutral["strip"] = []
    return {**rule, **neutral}


def _gaps(reads: Sequence[Read]) -> list[str]:
    """The fields that a layout does not find where sites of this kind have them."""
    weak = [name for name in _ALWAYS if share(reads, name) < _MOSTLY]
    if "body" not in weak and sum(read.loose for read in reads) * 2 > len(reads):
        weak.append("body")
    if share(reads, "date") < _MOSTLY:
        weak.append("date")
    return weak + [name for name in ("authors", "source", "sapo", "section", "related") if share(reads, name) < _HARDLY]


def _finds_more(tried: Sequence[Read], before: Sequence[Read], name: str) -> bool:
    if any(share(tried, other) < share(before, other) - _BETTER / 2 for other in (*_ALWAYS, "date")):
        return False
    if name == "body" and sum(read.loose for read in tried) < sum(read.loose for read in before):
        return True
    return share(tried, name) >= share(before, name) + _BETTER


def _usable(reads: Sequence[Read]) -> float:
    return sum(read.article is not None for read in reads) / len(reads) if reads else 0.0


def _worth(fitted: Fitted) -> float:
    names = ("headline", "body", "date", "authors", "sapo", "section", "related")
    tight = sum(not read.loose for read in fitted.reads) / max(1, len(fitted.reads))
    return tight + sum(share(fitted.reads, name) for name in names)


def _read(seen: Seen, sketch: Sketch) -> list[Read]:
    return read_all(sketch.profile, seen.articles.values(), [*seen.walked, *seen.sources])


def urls_of(layout: Layout) -> dict[str, Any]:
    """A layout's table of addresses, as a profile would write it."""
    urls = layout.urls
    found: dict[str, Any] = {
        name: [pattern.source for pattern in getattr(urls, name)]
        for name in ("article", "view", "listing", "pager", "ignore", "params")
    }
    return {**found, "step": urls.step, "basis": urls.basis}
