"""Where an article's page names who made it and where it was taken from, outside of the text's last lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from crawler import names
from crawler.bylines import read_byline, read_source
from crawler.extraction.blocks import Block
from crawler.extraction.document import BLOCK_TAGS, text_of
from crawler.learning.induction import Induced, further, induce
from crawler.learning.specimen import Find, Specimen, first_of_each, grouped, narrowest
from crawler.learning.views import View
from crawler.nameline import EDGES, LABELS, cited, read_line

_PARTS = re.compile(r"\s*(?:\||•|·|;)\s*|\s{2,}")
_ACCOUNT = "người (?:đăng|nhập|gửi|cập nhật)|(?:đăng|gửi|nhập) bởi"
_ENDS = rf"(?=\s*(?:[|•·;\d]|ngày |đăng |cập nhật|lượt |số lần|xem:|{_ACCOUNT}|$))"
_ONE_OF_ALL = "|".join(sorted((label for label, role in LABELS.items() if role is not None), key=len, reverse=True))
_ANY_LABEL = rf"(?:{_ONE_OF_ALL})(?:\s*(?:,|-|–|&|\+|/|\bvà\b)?\s*(?:{_ONE_OF_ALL}))*\s*:"
_WRITERS = "tác giả bài viết|tác giả|người viết|người thực hiện|thực hiện|người đưa tin|viết bài|bài viết"
"""Labels that say no more than the field's name; "Tin, ảnh:" and "Biên tập:" tell who did what, and are kept."""
_FROM = "nguồn tin|nguồn bài viết|nguồn bài|nguồn"
_LONGEST = 160
_NEAR, _FAR = 4, 12
"""Lines. What stands further from the article is not about it: without a label, and with one."""
_WORDS = re.compile(r"[^\W\d_]{2,}")
_MOST_BESIDE = 8
"""Words beside a name without a label: a date and a counter; who is named before more of them says something."""
_LEAST_SHARE = 0.25
"""Of the pages, for a place where no label is ever printed: a name may stand by itself anywhere."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """How one kind of naming is worded. ``label``: what begins it; ``is_bare``: whether a text without one is such;
    ``names``: whether a text with one names anybody (accounts of the CMS are nobody); ``prefix``: what may stand before
    the name in an element that holds nothing else, ``alone``: what to take of such; ``within``: of a longer line,
    ``anchored``: of one that begins with a label."""

    label: re.Pattern[str]
    is_bare: Callable[[str], bool]
    names: Callable[[str], bool]
    prefix: str
    alone: str
    within: str
    anchored: str

    @property
    def labelled(self) -> re.Pattern[str]:
        """A label with what it names, up to where the line goes on to something else."""
        return re.compile(self.within, re.IGNORECASE)


def _names_people(text: str) -> bool:
    line = read_line(text)
    return line.names_only() and all(named.may_stand_alone() for named in line.named) and bool(read_byline(text))


def _names_source(text: str) -> bool:
    return bool(names.press(text.strip(EDGES)) or cited(text))


_BYLINE = _Wording(
    re.compile(rf"{_ANY_LABEL}\s*(?=\S)", re.IGNORECASE),
    _names_people,
    lambda text: bool(read_byline(text)),
    rf"(?:{_WRITERS})\s*:\s*",
    "(.+)$",
    rf"(?:(?:{_WRITERS})\s*:\s*([^|•·;\d]+?)|({_ANY_LABEL}\s*[^|•·;\d]+?)){_ENDS}",
    rf"^(?:(?:{_WRITERS})\s*:\s*([^|•·;\d]+?)|({_ANY_LABEL}\s*[^|•·;\d]+?)){_ENDS}",
)
_SOURCE = _Wording(
    re.compile(rf"[(\[]?\s*(?:{_FROM})\s*:\s*(?=\S)", re.IGNORECASE),
    _names_source,
    lambda text: read_source([text.strip(" ()[]")]) is not None,
    rf"[(\[]?\s*(?:(?:{_FROM})\s*:|theo(?=\s))\s*",
    r"(.+?)[)\]]?\.?$",
    rf"(?:(?:{_FROM})\s*:\s*([^|•·;()\[\]]+)|\btheo\s+([^|•·;()\[\],]+))",
    rf"^[(\[]?\s*(?:{_FROM})\s*:\s*([^|•·;()\[\]]+)",
)


def learn_byline(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``byline``; None where no page names anybody outside of the text's last lines."""
    return _learn(specimens, _BYLINE)


def learn_source(specimens: Sequence[Specimen]) -> dict[str, Any] | None:
    """The rule ``source``; None where no page names one outside of the text's last lines."""
    return _learn(specimens, _SOURCE)


def says_who(text: str) -> bool:
    """Whether a line says who made an article or where it is from, and nothing else."""
    return any(one.label.match(text) or one.is_bare(text) for one in (_BYLINE, _SOURCE))


def _learn(specimens: Sequence[Specimen], wording: _Wording) -> dict[str, Any] | None:
    finds = [find for specimen in specimens for find in _finds(specimen, wording)]
    labelled = {id(find) for find in finds if wording.label.match(find.text)}
    groups = list(grouped(finds, lambda find: find.slot))
    groups.sort(key=lambda group: (-len(first_of_each(group)), not any(id(find) in labelled for find in group)))
    for group in groups:
        firsts = first_of_each(group)
        has_label = any(id(find) in labelled for find in firsts.values())
        if len(group) > 2 * len(firsts):
            continue
        varied = len({find.text for find in firsts.values()}) > 1
        if not has_label and (len(firsts) < max(2, _LEAST_SHARE * len(specimens)) or not varied):
            continue
        if rule := _rule(firsts, specimens, wording):
            return rule
    return None


def _finds(specimen: Specimen, wording: _Wording) -> list[Find]:
    """What names somebody, line by line, the first of each line: behind a label, or by itself close to the article."""
    found = []
    for place, line in enumerate(specimen.view.lines):
        near = specimen.near(place)
        if len(line.text) > _LONGEST or specimen.zone(place) == "text" or line is specimen.headline:
            continue
        for start in re.finditer(r"^|(?<![^\W\d_])\s+(?=\w|[(\[])", line.text):
            named = wording.labelled.match(line.text, start.end())
            if named and near < _FAR and not specimen.frame.is_masthead(line) and wording.names(named[0]):
                text = _by_itself(named[0].strip(), line, wording)
                found.append(Find(specimen, narrowest(line, text), text, place))
                break
        else:
            bare = [part for part in [*_PARTS.split(line.text), *_inline(line)] if wording.is_bare(part)]
            bare = [part for part in bare if len(_WORDS.findall(line.text.replace(part, "", 1))) <= _MOST_BESIDE]
            # "CTV" signs every third article, and is none of the site's frame for that: _learn wants the names to vary.
            if bare and near < _NEAR and not specimen.frame.is_masthead(line):
                found.append(Find(specimen, narrowest(line, bare[0]), bare[0], place))
    return found


def _by_itself(text: str, line: Block, wording: _Wording) -> str:
    """What is named, without what stands behind it in another element of the same line."""
    inner = [one for one in _inline(line) if text.startswith(one) and wording.labelled.fullmatch(one)]
    return max((one for one in inner if wording.names(one)), key=len, default=text)


def _inline(line: Block) -> list[str]:
    """The texts of the elements inside a line; those of lines inside its own element are not among them."""
    return [
        text_of(part)
        for part in line.element.iter("span", "em", "i", "b", "strong", "a", "small", "font")
        if next((one for one in part.iterancestors() if one.tag in BLOCK_TAGS), None) is line.element
    ]


def _rule(firsts: dict[View, Find], specimens: Sequence[Specimen], wording: _Wording) -> dict[str, Any] | None:
    marks = {one.view: firsts[one.view].element if one.view in firsts else None for one in specimens}
    texts = {view: text_of(find.element) for view, find in firsts.items()}
    is_labelled = all(wording.label.search(find.text) for find in firsts.values())
    shows = (lambda one: bool(wording.label.search(text_of(one)))) if is_labelled else None
    found = induce(marks, fits=lambda view, one: text_of(one) == texts[view], shows=shows, unique=not is_labelled)
    if found is None or found.trust < len(firsts) / 2:
        loose = induce(
            marks,
            fits=lambda view, one: firsts[view].text in text_of(one) and len(text_of(one)) <= _LONGEST,
            shows=shows,
            unique=not is_labelled,
        )
        found = _better(found, loose)
    alone = all(find.text == texts[view] for view, find in firsts.items())
    if is_labelled and (alone or found is None):
        select = [found.select] if found is not None else []
        return {"select": select, "capture": wording.anchored, "anywhere": True, "basis": "seen"}
    if found is None:
        return None
    if alone:
        prefixed = all(re.match(wording.prefix, find.text, re.IGNORECASE) for find in firsts.values())
        capture = rf"^(?:{wording.prefix}){'' if prefixed else '?'}{wording.alone}"
    elif any(wording.label.search(text) for text in texts.values()):
        capture = wording.within
    else:
        capture = _by_place(firsts)
    return {"select": [found.select, *further(found, marks)], "capture": capture, "anywhere": False, "basis": "seen"}


def _better(one: Induced | None, other: Induced | None) -> Induced | None:
    return max((found for found in (one, other) if found is not None), key=lambda found: found.trust, default=None)


def _by_place(firsts: dict[View, Find]) -> str:
    """Where a name shares its line with other things: the part that it is of the line."""
    places: Counter[int] = Counter()
    for find in firsts.values():
        parts = _PARTS.split(text_of(find.element))
        if find.text in parts:
            places[parts.index(find.text)] += 1
    place = places.most_common(1)[0][0] if places else 0
    return rf"^(?:[^|•·;]+[|•·;]\s*){{{place}}}([^|•·;]+)"
