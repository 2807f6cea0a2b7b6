"""What helps where a profile no longer fits its site: tried on the pages that show it. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from crawler.fingerprints import Match
from crawler.layouts import Layout
from crawler.profiles import Profile
from crawler.survey.fitting import fit, urls_of
from crawler.survey.readings import RULES, Read
from crawler.survey.seen import Seen
from crawler.survey.sketch import LEARNED, Sketch
from crawler.survey.visiting import Answer

_FEWEST = 3
"""Articles from which something is learned."""
_AGAIN = 0.2
"""On so many more of the articles a field must be found, to be called found again."""


def remedies(
    profile: Profile,
    layout: Layout,
    broken: Collection[str],
    front: Answer | None,
    listings: Mapping[str, Answer],
    reads: Sequence[Read],
    pages: Mapping[str, Answer],
) -> Iterator[str]:
    """What to do about the parts that are broken, in words; last the command for it, where one helps.

    :param reads: articles as the profile reads them; ``pages``: the same as they came, by address.
    """
    fields = [name for name in broken if name in RULES]
    others = [name for name in broken if name not in RULES]
    helps = bool(others)
    if fields and front is not None and len(pages) >= _FEWEST:
        learned = _learned(profile, layout, front, listings, pages)
        helped = {name: told for name in fields if (told := _found_again(name, reads, learned)) is not None}
        if helped:
            helps = True
            told = ", ".join(f"{name} {how}" for name, how in helped.items())
            yield f"have the rules learned anew; tried on these pages, that gives {told}"
        if beyond := [name for name in fields if name not in helped]:
            rules = ", ".join(f"fields.{rule}" for name in beyond for rule in RULES[name][:1])
            yield (
                f"{', '.join(beyond)}: no better rule is learned from these pages. Look at one, "
                f"and write {rules} by hand into {profile.path} (docs/profiles.md has every key)"
            )
    elif fields:
        helps = True
        yield f"edit {profile.path}, or have its rules learned anew"
    if others:
        yield (
            f"{', '.join(others)}: looked for anew by this command, which writes nothing where archived articles would "
            f"get other ids; then mend the rules named above by hand, in {profile.path}"
        )
    if helps:
        private = " --allow-private" if profile.crawl.private else ""
        yield f"luutru sites add {profile.base} --name {profile.name} --replace{private}"


def _learned(
    profile: Profile, layout: Layout, front: Answer, listings: Mapping[str, Answer], pages: Mapping[str, Answer]
) -> dict[str, Read]:
    """The articles as a profile would read them that was written anew, by address."""
    sketch = Sketch(profile.name, profile.base, {}, profile.family, {"urls": urls_of(layout)})
    matches = [] if profile.family == LEARNED else [Match(profile.family, 3, ())]
    fitted = fit(Seen(sketch, front, listings=dict(listings), articles=dict(pages), matches=matches))
    return {read.url: read for read in fitted.reads}


def _found_again(name: str, reads: Sequence[Read], learned: Mapping[str, Read]) -> str | None:
    """On how many of the articles a field is found again, or what stands in the place of a wrong one; None where it is
    as it was."""
    now = sum(name in learned[read.url].by_rules for read in reads if read.url in learned)
    before = sum(name in read.by_rules for read in reads)
    if now - before >= _AGAIN * len(reads):
        return f"on {now} of {len(reads)}"
    both = [(read.article, learned[read.url].article) for read in reads if read.url in learned]
    for old, new in both if now == before == len(reads) and name in {"headline", "body"} else []:
        if old is not None and new is not None and getattr(old, name) != getattr(new, name):
            return f'"{getattr(new, name)[:60]}"'
    return None
