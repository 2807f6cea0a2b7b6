"""The templates and the vocabulary of the invented news. Reads the package's own TOML files once, touches nothing else.

A template holds alternatives ``[tổ chức|mở]`` and slots ``{xa}``, ``{n:3-18}``; a sentence that begins with ``@0,2``
goes only with those leads.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{\^?(\w+)(?::([\d-]+))?\}")
_STRAND = re.compile(r"@([\d,]+) ")

Parts = list["str | tuple[str, str] | Choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, of which a sentence takes one."""

    options: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence pattern, taken apart. ``leads``: the leads it goes with, None for all."""

    parts: Parts
    slots: frozenset[str]
    leads: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    scope: str
    figures: range
    tags: tuple[str, ...]
    headlines: tuple[Template, ...]
    lead_for: tuple[int, ...] | None
    leads: tuple[Template, ...]
    heroes: tuple[str, ...] | None
    sentences: tuple[Template, ...]
    captions: tuple[Template, ...]


@cache
def words() -> dict[str, Any]:
    """The vocabulary."""
    return tomllib.loads((_FOLDER / "words.toml").read_text(encoding="utf-8"))


@cache
def topics() -> dict[str, Topic]:
    """All topics by name, in a fixed order."""
    return {path.stem: _read_topic(path) for path in sorted((_FOLDER / "topics").glob("*.toml"))}


def _read_topic(path: Path) -> Topic:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    low, high = raw["number"]
    return Topic(
        name=path.stem,
        scope=raw.get("scope", "sentences"),
        figures=range(low, high + 1),
        tags=tuple(raw["tags"]),
        headlines=_templates(raw["headlines"]),
        lead_for=tuple(raw["lead_for"]) if "lead_for" in raw else None,
        leads=_templates(raw["leads"]),
        heroes=tuple(raw["heroes"]) if "heroes" in raw else None,
        sentences=_templates(raw["sentences"]),
        captions=_templates(raw["captions"]),
    )


@cache
def general(scope: str) -> tuple[Template, ...]:
    """Sentences that go with any story of that scope: ``sentences``, ``sombre``, ``national``."""
    return _templates(words()["general"][scope])


def _templates(sources: list[str]) -> tuple[Template, ...]:
    return tuple(_template(source) for source in sources)


def _template(source: str) -> Template:
    strand = _STRAND.match(source)
    text = source[strand.end() :] if strand else source
    parts, _ = _take_apart(text, 0)
    leads = frozenset(map(int, strand[1].split(","))) if strand else None
    return Template(parts, frozenset(found[0] for found in _SLOT.findall(text)), leads)


def _take_apart(text: str, at: int) -> tuple[Parts, int]:
    """The parts from ``at`` up to the end of this alternative, and where that is."""
    parts: Parts = []
    while at < len(text) and text[at] not in "|]":
        if text[at] == "[":
            options: list[Parts] = []
            while text[at] != "]":
                option, at = _take_apart(text, at + 1)
                options.append(option)
            parts.append(Choice(tuple(options)))
            at += 1
        elif found := _SLOT.match(text, at):
            parts.append((found[1], found[2] or ""))
            at = found.end()
        else:
            end = min((i for c in "[{|]" if (i := text.find(c, at + 1)) >= 0), default=len(text))
            parts.append(text[at:end])
            at = end
    return parts, at
