"""What a check of a site found, for people and for programs. Draws; reads nothing."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from archive.plural import counted
from archive.terminal import safe
from crawler.survey.checking import Check, FieldNow
from crawler.survey.visiting import Looked


def as_record(check: Check, looked: Looked) -> dict[str, Any]:
    """One site's result as JSON has it."""
    return {
        "site": check.profile.name,
        "fits": _fits(check, looked),
        "trouble": str(looked.trouble) if looked.trouble is not None else looked.busy,
        "requests": check.asked,
        "fields": [
            {
                "field": one.name,
                "found": one.found,
                "articles": one.articles,
                "normal": one.normal,
                "broken": one.broken,
            }
            for one in check.fields
        ],
        "broken": [
            {"part": one.part, "address": one.address, "problem": one.problem, "rule": one.rule} for one in check.broken
        ],
        "notes": check.notes,
        "advice": check.advice,
    }


def _fits(check: Check, looked: Looked) -> bool | None:
    """None where that is not known."""
    if check.broken:
        return False
    return None if looked.trouble is not None or looked.busy is not None else True


def check_report(check: Check, looked: Looked) -> Group:
    """A verdict, the fields beside what is normal, and what is broken, with what to do."""
    name = check.profile.name
    parts: list[RenderableType] = [Text(f"{name}: {_verdict(check, looked)}", style="bold")]
    if check.fields:
        table = Table("field", "now", "normally", "", box=box.SIMPLE, padding=(0, 1, 0, 0))
        for one in check.fields:
            state = Text("BROKEN", style="red") if one.broken else ""
            table.add_row(one.name, f"{one.found} of {one.articles}", _normally(one), state)
        parts.append(table)
    for broken in check.broken:
        parts.append(Text(f"{broken.part}: {safe(broken.problem)}", style="red"))
        parts.append(Text(f"    at {safe(broken.address)}", no_wrap=True, overflow="ignore"))  # to be copied
        if broken.rule is not None:
            parts.append(Text(f"    rule {broken.rule}"))
    parts += [Text(f"note: {safe(note)}") for note in check.notes]
    if check.advice:
        parts.append(Text("What to do:"))
        parts += [_advice(one) for one in check.advice]
    return Group(*parts)


def _advice(text: str) -> Text:
    """A command stands in one line, to be copied."""
    whole = text.startswith("luutru ")
    return Text(f"  {'' if whole else '- '}{safe(text)}", no_wrap=whole, overflow="ignore" if whole else "fold")


def _verdict(check: Check, looked: Looked) -> str:
    if looked.busy is not None:
        return f"not looked at: {looked.busy}"
    if looked.trouble is not None:
        return f"cannot be looked at: {safe(str(looked.trouble))}"
    if check.broken:
        parts = dict.fromkeys(one.part for one in check.broken)
        return f"the profile no longer fits: {', '.join(parts)}"
    return f"the profile fits what was seen in {counted(check.asked, 'request')}"


def _normally(one: FieldNow) -> str:
    return f"{one.normal:.0%}" if one.normal is not None else "nothing archived"
