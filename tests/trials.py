"""Tries the commands on a site that nobody has seen, as an operator would, and compares with what is true.

Both ``test_strangers_crawled.py`` and ``benchmarks/layouts.py`` use it. Starts processes, listens on loopback, writes
into the home it is given.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from conftest import luutru
from fields import Scores, score
from unseen import Site, make_site, serve

FLOORS = {
    "body": 0.97,
    "headline": 0.99,
    "date": 0.97,
    "authors": 0.93,
    "related": 0.95,
    "found": 0.99,
}
"""What means over many sites must reach. ``date``: to the minute, to the day where nothing finer is printed;
``related``: F1 of recall and precision."""

MEASURED = (*FLOORS, "sapo", "captions", "source", "section")

Record = dict[str, Any]
Pair = tuple[Record, Record | None]


@dataclass(slots=True)
class Trial:
    """What came of one site.

    ``pairs``: each true article with the exported one. ``extra``: addresses of exported articles that are none.
    ``failed``: which command failed, and how; None when all ended well.
    """

    number: int
    look: str
    pairs: list[Pair] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    failed: str | None = None
    profile: str = ""
    seconds: float = 0.0
    shares: dict[str, float | None] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """For each field addresses where it is not right."""


def attempt(seed: int, number: int, articles: int, home: Path, *, delay: float = 0.01) -> Trial:
    """Add the site, crawl it, export it; ``home`` is fresh."""
    site = make_site(seed, number, articles)
    trial = Trial(number, look(site))
    began = time.monotonic()
    private = ("--allow-private", "--delay")
    with serve(site) as served:
        commands = [
            ("sites", "add", f"{served.base}/", "--name", site.name, "--yes", *private, str(delay * 2)),
            ("crawl", site.name, *private, str(delay)),
            ("export", "-o", str(home / "articles.jsonl")),
        ]
        for command in commands:
            ended = luutru(home, *command)
            if ended.returncode:
                said = " ".join((ended.stderr or ended.stdout).split())
                trial.failed = f"luutru {' '.join(command[:2])} ended with {ended.returncode}: {said[-300:]}"
                break
        truth = served.truth()
    written = home / "sites" / f"{site.name}.toml"
    trial.profile = written.read_text(encoding="utf-8") if written.is_file() else ""
    exported = home / "articles.jsonl"
    lines = exported.read_text(encoding="utf-8").splitlines() if exported.is_file() else []
    judge(trial, truth, [json.loads(line) for line in lines])
    trial.seconds = time.monotonic() - began
    return trial


def judge(trial: Trial, truth: Sequence[Record], exported: Sequence[Record]) -> None:
    """Fill in how right what was exported is."""
    waiting: dict[str, Record] = {}
    for record in map(_normal, exported):
        for address in [*reversed(record["urls"]), record["url"]]:
            waiting[address] = record
    used: list[int] = []
    for true in map(_normal, truth):
        got = waiting.get(true["url"])
        if got is not None and id(got) in used:
            got = None
        if got is not None:
            used.append(id(got))
        trial.pairs.append((true, got))
    trial.extra = sorted({record["url"] for record in waiting.values() if id(record) not in used})
    trial.shares, trial.wrong = _shares(trial.pairs)


def _shares(pairs: Sequence[Pair]) -> tuple[dict[str, float | None], dict[str, list[str]]]:
    scores = max((score(reading) for reading in readings(pairs)), key=text_share)
    shares: dict[str, float | None] = {name: scores.share(name) for name in ("found", "headline", "body", "sapo")}
    shares |= {name: scores.share(name) for name in ("authors", "source", "captions")}
    minutes = any(true["date_precision"] == "minute" for true, _ in pairs)
    shares["date"] = scores.share("date" if minutes else "day")
    shares["related"] = _f1(scores.share("related recall"), scores.share("related precision"))
    sections = [(true, got) for true, got in pairs if got and true["section"] is not None]
    right = sum(true["section"] == got["section"] for true, got in sections)
    shares["section"] = right / len(sections) if sections else None
    wrong = {name: list(addresses) for name, addresses in scores.wrong.items()}
    wrong["section"] = [true["url"] for true, got in sections if true["section"] != got["section"]][:5]
    if not shares["found"]:
        shares = dict.fromkeys(MEASURED, 0.0)
    return {name: shares[name] for name in MEASURED}, {name: one for name, one in wrong.items() if one}


def readings(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    """Where the sapo is nothing but the bold first paragraph of the text, a site may be read either way, but all of it
    in the same way."""
    if not any(true["sapo_in_body"] for true, _ in pairs):
        return [pairs]
    within = [
        ({**true, "description": None, "body": f"{true['description']}\n\n{true['body']}"}, got) for true, got in pairs
    ]
    return [pairs, within]


def text_share(scores: Scores) -> float:
    """How well body and sapo together were read: which reading is meant."""
    return (scores.share("body") or 0.0) + (scores.share("sapo") or 0.0)


def _f1(recall: float | None, precision: float | None) -> float | None:
    """None where nothing was to be found and nothing was."""
    if recall is None and precision is None:
        return None
    both = (recall or 0.0) + (precision or 0.0)
    return 2 * (recall or 0.0) * (precision or 0.0) / both if both else 0.0


def _normal(record: Mapping[str, Any]) -> Record:
    """With parameters of addresses in order, and the terms that the measures ask for."""
    out = {"date_evidence": "page", "urls": [], **record}
    out["url"], out["urls"] = _address(record["url"]), [_address(one) for one in out["urls"]]
    out["related"] = [{**one, "url": _address(one["url"]) if one["url"] else None} for one in record["related"]]
    return out


def _address(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def look(site: Site) -> str:
    """What of a site's layout most often decides whether it is read rightly, in one line."""
    one = site.design
    lists = ", ".join(f"{each.relation} {each.form} {each.place}" for each in one.related) or "no lists"
    return (
        f"{one.skeleton}, names {one.naming}, headline {one.headline_tag}, date {one.date_place} ({one.date_form}), "
        f"byline {one.byline_place} '{one.byline_label}', sapo {one.sapo}, typed {one.typing}, captions {one.caption}, "
        f"source {one.source_place}, {lists}, article {site.article_form}, section {site.section_form}"
    )


def keep(seed: int, trial: Trial, articles: int, folder: Path) -> None:
    """Write all pages of a site, its truth, the profile that was learned and what differs into a folder."""
    site = make_site(seed, trial.number, articles)
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    for at, path in enumerate(site.paths()):
        answer = site.answer(path)
        ending = {"text/html": "html", "application/pdf": "pdf"}.get(answer.media_type.partition(";")[0], "txt")
        name = f"{at:03}.{ending}"
        (folder / name).write_bytes(answer.body)
        index[path] = name
    (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "profile.toml").write_text(trial.profile, encoding="utf-8")
    pairs = [{"url": true["url"], **differences(true, got)} for true, got in trial.pairs]
    report = {
        "look": trial.look,
        "failed": trial.failed,
        "shares": trial.shares,
        "extra": trial.extra,
        "articles": pairs,
    }
    (folder / "differences.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    lines = [json.dumps(true, ensure_ascii=False) for true in site.truth()]
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def differences(true: Record, got: Record | None) -> Record:
    """The fields that differ, each as the true and the exported value; ``{"found": False}`` where nothing came."""
    if got is None:
        return {"found": False}
    out: Record = {}
    for name in ("headline", "description", "body", "date_published", "authors", "source", "section"):
        if true[name] != got[name] and not (name == "section" and true[name] is None):
            out[name] = {"true": true[name], "got": got[name]}
    for name, key in (("images", "caption"), ("related", "url")):
        wanted, listed = ([one[key] for one in each[name] if one[key]] for each in (true, got))
        if sorted(wanted) != sorted(listed):
            out[name] = {"true": wanted, "got": listed}
    return out
