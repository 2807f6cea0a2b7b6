"""The abbreviations a search knows: reads abbreviations.toml and, over it, an operator's file of that name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.vietnamese import words

FILE_NAME = "abbreviations.toml"
_SECTIONS = ("both_ways", "one_way")


class AbbreviationError(ValueError):
    """An abbreviations file holds a mistake; the message names the file and the entry."""


class Abbreviations:
    """Which forms stand for one another: ``LĐLĐ`` and ``Liên đoàn Lao động``."""

    def __init__(self, both_ways: dict[str, list[str]], one_way: dict[str, list[str]]) -> None:
        """Each maps an abbreviation to its meanings, as printed; ``one_way`` is not found by its meaning."""
        shorts_of: dict[str, list[str]] = {}
        for short, meanings in both_ways.items():
            for meaning in meanings:
                shorts_of.setdefault(meaning, []).append(short)
        self._others: dict[tuple[str, ...], dict[str, list[str]]] = {}
        for short, meanings in (one_way | both_ways).items():
            same = [other for meaning in meanings for other in shorts_of.get(meaning, []) if other != short]
            self._add(short, [*meanings, *(same if short in both_ways else [])])
        for meaning, shorts in shorts_of.items():
            self._add(meaning, shorts)

    def of(self, typed: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
        """For folded words (:func:`archive.vietnamese.words`): each form that has them, as it is printed, with
        its other forms."""
        yield from self._others.get(typed, {}).items()

    def _add(self, form: str, others: list[str]) -> None:
        self._others.setdefault(tuple(words(form)), {}).setdefault(form, []).extend(others)


def load_abbreviations(home: Path | None = None) -> Abbreviations:
    """The built-in abbreviations, with those of ``home``'s own file over them.

    :raises AbbreviationError: a file is no TOML, or holds something else than texts in its two sections.
    """
    tables = _read(Path(__file__).with_name(FILE_NAME))
    if home is not None and (home / FILE_NAME).is_file():
        own = _read(home / FILE_NAME)
        replaced = {short for section in own.values() for short in section}
        for section, entries in tables.items():
            kept = {short: meanings for short, meanings in entries.items() if short not in replaced}
            tables[section] = kept | own[section]
    return Abbreviations(**tables)


def _read(path: Path) -> dict[str, dict[str, list[str]]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AbbreviationError(f"{path}: not TOML: {error}") from error
    if unknown := raw.keys() - set(_SECTIONS):
        raise AbbreviationError(f"{path}: {min(unknown)}: expected only the sections {', '.join(_SECTIONS)}")
    return {section: _read_section(path, section, raw.get(section, {})) for section in _SECTIONS}


def _read_section(path: Path, section: str, entries: Any) -> dict[str, list[str]]:
    if not isinstance(entries, dict):
        raise AbbreviationError(f'{path}: {section}: expected entries such as "LĐLĐ" = "Liên đoàn Lao động"')
    found = {}
    for short, written in entries.items():
        meanings = written if isinstance(written, list) else [written] if written != "" else []
        texts = [short, *meanings]
        if not all(isinstance(text, str) and words(text) for text in texts):
            raise AbbreviationError(f"{path}: {section}.{short}: expected a text with words in it, or a list of them")
        found[short] = meanings
    return found
