"""References to an article as other programs read them (BibTeX, RIS, CSL-JSON), and as a sentence in Vietnamese. Pure.

A name stands whole in each: Vietnamese names have the family's name first and are called by the last, and which part is
which cannot be told of every name. A date is given as far as it is known. Who is no author or editor (photographers,
contributors) stands in the note, in Vietnamese, for the formats have no field for them that all programs read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Form = Literal["bib", "ris", "csl.json"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What is cited. ``published`` is year, month, day as far as they are known, ``()`` where nothing is; ``names`` are
    those of each role, in the order of the byline; ``archived_at`` is where the article can be read for good, and
    ``captured_at`` (RFC 3339) when the page was had that it was read from; ``accessed`` None: not said."""

    id: str
    headline: str
    names: Mapping[str, tuple[str, ...]]
    site: str
    publisher: str
    published: tuple[int, ...]
    url: str
    language: str
    archived_at: str
    captured_at: str
    accessed: date | None = None


def reference(record: Mapping[str, Any], site: str, archived_at: str, accessed: date | None = None) -> Reference:
    """The reference to an article.

    :param record: the article in the form of the export contract.
    :param site: the title of its site.
    :param archived_at: the permanent address of its page.
    """
    names: dict[str, list[str]] = {}
    for author in record["authors"]:
        name = _line(author["name"] or author["unit"] or "")
        if name and name not in names.setdefault(author["role"], []):
            names[author["role"]].append(name)
    return Reference(
        id=record["id"],
        headline=_line(record["headline"]),
        names={role: tuple(of) for role, of in names.items()},
        site=_line(site),
        publisher=_line(record["publisher"]),
        published=_known(record["date_published"], record["date_precision"]),
        url=record["url"],
        language=record["language"],
        archived_at=archived_at,
        captured_at=record["capture"]["fetched_at"],
        accessed=accessed,
    )


def sentence(cited: Reference) -> str:
    """A reference as it stands in a list of sources written in Vietnamese. Addresses stand in angle brackets (RFC 3986,
    appendix C), so that no full stop is taken for a part of one."""
    by = [", ".join(cited.names.get("author", ()))]
    by += [f"{word}: {', '.join(cited.names[role])}" for role, word in _OTHERS.items() if role in cited.names]
    where = [cited.site, *([cited.publisher] if cited.publisher != cited.site else [])]
    parts = [
        "; ".join(filter(None, by)),
        f"“{cited.headline}”",
        f"{', '.join(where)}, {_day_in_words(cited.published) or 'không rõ ngày đăng'}",
        f"<{cited.url}>",
        f"{_ARCHIVED}: <{cited.archived_at}> {_captured(cited)}",
    ]
    if cited.accessed:
        parts.append(f"Truy cập {_day_in_words(_ymd(cited.accessed))}")
    parts = [part[:1].upper() + part[1:] if index == 0 else part for index, part in enumerate(filter(None, parts))]
    return " ".join(f"{part}." for part in parts)


def bibtex(cited: Reference) -> str:
    """An ``@online`` of biblatex; BibTeX's styles take one for ``@misc``. ``year`` and ``month`` are for these."""
    fields = {
        "author": _bib_names(cited, "author"),
        "editor": _bib_names(cited, "editor"),
        "title": f"{{{_bib(cited.headline)}}}",  # the inner braces keep capitals as they are
        "howpublished": _bib(cited.site),
        "organization": _bib(cited.publisher),
        "date": _iso(cited.published),
        "year": f"{cited.published[0]:04}" if cited.published else "",
        "url": _bib_address(cited.url),
        "urldate": cited.accessed.isoformat() if cited.accessed else "",
        "langid": _LANGID.get(cited.language, ""),
        "note": " ".join(
            filter(
                None,
                [_bib(_note(cited)), f"{_ARCHIVED}: \\url{{{_bib_address(cited.archived_at)}}}", _captured(cited)],
            )
        ),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if len(cited.published) > 1:
        lines.append(f"  month = {_MONTHS[cited.published[1] - 1]},")
    key = re.sub(r"[^A-Za-z0-9:._-]+", "-", cited.id)
    return "\n".join([f"@online{{{key},", *lines, "}", ""])


def ris(cited: Reference) -> str:
    """A record of the type ``ELEC``; its lines end as the format wants them. A name without a comma is taken whole."""
    fields = [
        ("TY", "ELEC"),
        *(("AU", name) for name in cited.names.get("author", ())),
        *(("ED", name) for name in cited.names.get("editor", ())),
        ("TI", cited.headline),
        ("T2", cited.site),
        ("PB", cited.publisher),
        ("PY", f"{cited.published[0]:04}" if cited.published else ""),
        ("DA", _ris_day(cited.published)),
        ("LA", cited.language),
        ("UR", cited.url),
        ("Y2", _ris_day(_ymd(cited.accessed)) if cited.accessed else ""),
        ("AV", cited.archived_at),
        ("AN", cited.id),
        ("N1", " ".join(filter(None, [_note(cited), _archived(cited)]))),
    ]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def csl(cited: Reference) -> dict[str, Any]:
    """One item of CSL-JSON. Names are literal ones: a style prints them as they are."""
    item: dict[str, Any] = {
        "id": cited.id,
        "type": "webpage",
        "title": cited.headline,
        "author": [{"literal": name} for name in cited.names.get("author", ())],
        "editor": [{"literal": name} for name in cited.names.get("editor", ())],
        "container-title": cited.site,
        "publisher": cited.publisher,
        "issued": _csl_day(cited.published),
        "accessed": _csl_day(_ymd(cited.accessed)) if cited.accessed else None,
        "URL": cited.url,
        "language": cited.language,
        "archive_location": cited.archived_at,
        "note": " ".join(filter(None, [_note(cited), _archived(cited)])),
    }
    return {name: value for name, value in item.items() if value}


def csl_json(cited: Reference) -> str:
    """A list of one item, which is what programs import."""
    return json.dumps([csl(cited)], ensure_ascii=False, indent=2) + "\n"


FORMS: Mapping[Form, tuple[str, Callable[[Reference], str]]] = {
    "bib": ("application/x-bibtex; charset=utf-8", bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": ("application/vnd.citationstyles.csl+json", csl_json),
}
"""What is offered as a file: by the ending of its name, the media type and what writes it."""

_ARCHIVED = "Bản lưu trữ"
_OTHERS = {"photographer": "ảnh", "contributor": "cộng tác viên", "editor": "biên tập"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGID = {"vi": "vietnamese", "en": "english", "fr": "french"}

_BIB = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped or not
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
} | {sign: f"\\{sign}" for sign in "%&$#_"}


def _line(text: str) -> str:
    """A text on one line, without the signs that no line can hold."""
    return " ".join("".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) != "Cc").split())


def _known(published: str | None, precision: str | None) -> tuple[int, ...]:
    if published is None:
        return ()
    parts = tuple(int(part) for part in published[:10].split("-"))
    return parts[:2] if precision == "month" else parts


def _ymd(day: date) -> tuple[int, ...]:
    return day.year, day.month, day.day


def _iso(day: tuple[int, ...]) -> str:
    return "-".join(f"{part:0{width}}" for part, width in zip(day, (4, 2, 2), strict=False))


def _ris_day(day: tuple[int, ...]) -> str:
    """``YYYY/MM/DD/``: what is not known stays empty between its strokes."""
    parts = [f"{part:0{width}}" for part, width in zip(day, (4, 2, 2), strict=False)]
    return "/".join([*parts, *[""] * (4 - len(parts))]) if parts else ""


def _csl_day(day: tuple[int, ...]) -> dict[str, Any] | None:
    return {"date-parts": [list(day)]} if day else None


def _day_in_words(day: tuple[int, ...]) -> str:
    words = ("năm", "tháng", "ngày")
    return " ".join(f"{word} {part}" for word, part in reversed(list(zip(words, day, strict=False))))


def _note(cited: Reference) -> str:
    """Who else is named."""
    others = [role for role in ("photographer", "contributor") if role in cited.names]
    return " ".join(f"{_OTHERS[role].capitalize()}: {', '.join(cited.names[role])}." for role in others)


def _archived(cited: Reference) -> str:
    return f"{_ARCHIVED}: {cited.archived_at} {_captured(cited)}"


def _captured(cited: Reference) -> str:
    at = datetime.fromisoformat(cited.captured_at)
    return f"(chụp lúc {at.hour} giờ {at.minute:02} phút, {_day_in_words(_ymd(at))})"


def _bib(text: str) -> str:
    return "".join(_BIB.get(sign, sign) for sign in text)


def _bib_names(cited: Reference, role: str) -> str:
    return " and ".join(f"{{{_bib(name)}}}" for name in cited.names.get(role, ()))


def _bib_address(address: str) -> str:
    """An address is taken as it is, so what would end its field is encoded (RFC 3986)."""
    return re.sub(r"[\\{}\"\s]", lambda sign: f"%{ord(sign[0]):02X}", address)
