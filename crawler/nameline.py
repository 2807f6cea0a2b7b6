"""A line that names people, read part by part: what bylines, signatures and photo credits have in common. No I/O.

Labels say what each person did, dashes and commas divide persons, and each part must be a person, an organisation,
a role (CTV) or a newspaper by the rules of :mod:`crawler.names`. What is none of these is left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archive.records import Author, AuthorRole
from archive.vietnamese import nfc
from crawler import names

LABELS: dict[str, AuthorRole | None] = {
    **dict.fromkeys(("tác giả bài viết", "tác giả", "người viết", "viết bài", "bài viết", "nội dung"), "author"),
    **dict.fromkeys(("người thực hiện", "thực hiện", "người đưa tin", "phóng viên", "pv", "kịch bản"), "author"),
    **dict.fromkeys(("tin", "bài"), "author"),
    **dict.fromkeys(("nguồn ảnh", "chùm ảnh", "hình ảnh", "ảnh", "quay phim", "video", "clip"), "photographer"),
    **dict.fromkeys(("đồ họa", "đồ hoạ", "infographic", "cộng tác viên", "ctv"), "contributor"),
    **dict.fromkeys(("biên tập viên", "biên tập", "btv"), "editor"),
    **dict.fromkeys(("nguồn tin", "nguồn bài viết", "nguồn bài", "nguồn"), None),
}
"""What a person did by the label before the name; a source made nothing. Whoever filmed is a photographer here, whoever
drew a contributor: the archive has no other role for them. Two labels in a row ("tin bài") need no entry of their own,
but where one begins like another, what may follow the longer one must not depend on the shorter."""

ROLE_WORDS: dict[str, AuthorRole] = {
    "ctv": "contributor",
    "cộng tác viên": "contributor",
    "btv": "editor",
    "biên tập viên": "editor",
    "pv": "author",
    "phóng viên": "author",
    "nhà báo": "author",
}
"""What stands before a name, or for one."""

_ORDER: tuple[AuthorRole, ...] = ("author", "photographer", "contributor", "editor")
_ONE_LABEL = "|".join(sorted(LABELS, key=len, reverse=True))
_LABEL = re.compile(
    # "Thông tin:" ends like a label and is none: a label begins the line or a part of it.
    r"(?:(?<![^-–—,;|.()/])|(?<=[-–—,;|.()/]\s)|(?<=\bvà\s))"
    # Possessive: a row of labels is read in one way only, or reading it would take exponential time.
    rf"((?>{_ONE_LABEL})(?> ?(?:,|-|–|&|\+|/|\bvà\b)? ?(?>{_ONE_LABEL}))*+) ?:",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(r"((?:(?:Tin|Bài|TIN|BÀI)\s*(?:,|-|–|&|và|VÀ)?\s*)?(?:[Ảả]nh|ẢNH))\s+(?=\S)")
"""Without a colon only "Ảnh Đ.H" and "Tin, ảnh Lan Anh" are labels, at the beginning of a line."""

DIVIDERS = re.compile(r"(\s+[-–—]\s*|\s*[-–—]\s+|\s*(?:[;|+(]|/(?!h\b))\s*|,\s*|\s+&\s+|\s+và\s+)", re.IGNORECASE)
"""What stands between two names; splitting keeps it."""

EDGES = " \t.,:;()[]\"“”'*•–—-|/"
"""What may surround a name and is no part of it."""

_ATTACHING = re.compile(r"[-–—(,/]")
_ROLE_WORD = re.compile(rf"({'|'.join(ROLE_WORDS)})(?!\w)\.?\s*(.*)", re.IGNORECASE)
_CITED = re.compile(r" ?(?:theo|nguồn)(?: ?:)? ([^()]+)", re.IGNORECASE)

_LONGEST = 1_000
"""Characters. The longest real byline has 150; a longer line is text, and names in it made nothing."""


@dataclass(slots=True)
class Named:
    """Somebody named: a person, an organisation or, with neither, somebody who is only called CTV or PV."""

    roles: list[AuthorRole]
    name: str | None = None
    unit: str | None = None

    def authors(self) -> list[Author]:
        """One record for each role, author first."""
        return [Author(self.name, self.unit, role) for role in _ORDER if role in self.roles]

    def may_stand_alone(self) -> bool:
        """Whether it is believed without a label: a single syllable is too little, and of organisations only editorial
        desks sign, while captions begin with the others."""
        if self.name:
            return " " in self.name or names.is_pen_name(self.name)
        return self.unit is None or names.is_desk(self.unit)


@dataclass(slots=True)
class Line:
    """A line as it was understood. ``rest`` holds the parts that are nobody's name; ``labelled``: by a colon."""

    named: list[Named] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    labelled: bool = False

    def names_only(self) -> bool:
        """Whether it names somebody and says nothing else."""
        return bool(self.named) and not self.rest


def plain(text: str, joint: str = " ; ") -> str:
    """NFC, white space single, without invisible characters; the lines of one block joined."""
    lines = (" ".join(line.replace("\u200b", "").replace("\u00ad", "").split()) for line in nfc(text).splitlines())
    return joint.join(line for line in lines if line)


def cited(text: str) -> str | None:
    """The newspaper of "Theo TTXVN" or "Lan Anh (Theo laodong.vn)"; None for "Theo kế hoạch …".

    The text is one that :func:`plain` gave.
    """
    match = _CITED.fullmatch(text.rstrip(" .)").rpartition("(")[2])
    return names.press(match[1].strip(EDGES)) if match else None


@lru_cache(maxsize=1024)
def read_line(raw: str) -> Line:
    """Everybody whom a line names, in its order; nobody where it is longer than any byline.

    What it gives is remembered, for whoever looks for a signature, takes it off and reads it asks for the same line:
    nobody may change it.
    """
    line = Line()
    text = plain(raw)
    if len(text) > _LONGEST:
        line.rest.append(text)
        return line
    for roles, segment in _segments(text, line):
        if roles:
            _read_people(segment, roles, line)
    return line


def _segments(text: str, line: Line) -> Iterator[tuple[list[AuthorRole], str]]:
    """What stands before the first label (its author) and after each label, with the roles that the label gives."""
    labels = list(_LABEL.finditer(text))
    bare = None if labels else _BARE_LABEL.match(text)
    if bare:
        yield _roles(bare[1]), text[bare.end() :]
        return
    line.labelled = bool(labels)
    ends = [*(label.start() for label in labels), len(text)]
    yield ["author"], text[: ends[0]]
    for label, end in zip(labels, ends[1:], strict=True):
        yield _roles(label[1]), text[label.end() : end]


def _roles(label: str) -> list[AuthorRole]:
    found = [LABELS[word] for word in re.findall(_ONE_LABEL, label.lower())]
    return [role for role in _ORDER if role in found]


def _read_people(segment: str, roles: list[AuthorRole], line: Line) -> None:
    """Adds those whom one segment names to the line, and to its rest what names nobody."""
    pieces = ["", *DIVIDERS.split(segment)]
    begun = len(line.named)
    for divider, piece in zip(pieces[::2], pieces[1::2], strict=True):
        part = piece.strip(EDGES)
        if not part or names.is_nobody(part) or cited(part):
            continue
        before = line.named[-1] if len(line.named) > begun else None
        role_word = _ROLE_WORD.fullmatch(part)
        organisation = names.unit(part) or names.press(part)
        if role_word:
            _read_role_word(role_word, roles, line, before if "(" in divider else None)
        elif name := names.person(part):
            line.named.append(Named(list(roles), name))
        elif organisation and before and before.name and not before.unit and _ATTACHING.search(divider):
            before.unit = organisation
        elif before and before.unit and names.continues_unit(part):
            before.unit += divider + part
        elif names.unit(part):
            if line.labelled or not part.isupper() or " " not in part:
                line.named.append(Named(list(roles), unit=part))
            else:  # UBND TỈNH SÓC TRĂNG heads a page more often than it signs one
                line.rest.append(part)
        elif both := _hyphenated(part):
            line.named += [Named(list(roles), name) for name in both]
        elif not organisation:  # the press alone is a source, no author, and nothing that is left over
            line.rest.append(part)


def _read_role_word(match: re.Match[str], roles: list[AuthorRole], line: Line, owner: Named | None) -> None:
    """CTV, PV, BTV: alone somebody unnamed, before a name that person's role, in brackets behind it the same."""
    role, named = ROLE_WORDS[match[1].lower()], match[2].strip(EDGES)
    own = [role if given == "author" else given for given in roles]
    name, organisation = names.person(named), names.unit(named) or names.press(named)
    if owner and not named:
        owner.roles = [role if given == "author" else given for given in owner.roles]
    elif name or organisation:
        line.named.append(Named(own, name, None if name else organisation))
    elif not named:
        line.named.append(Named(own if role == "author" else [role]))
    else:
        line.rest.append(match[0])


def _hyphenated(part: str) -> list[str]:
    """Names with a hyphen and no space between them (Thu Thảo-Trọng Phước)."""
    found = [names.person(name) for name in re.split(r"[-–]", part)]
    return [name for name in found if name] if len(found) > 1 and all(found) else []
