"""Eight real articles, poured into the replicas' layouts and crawled: what must come out of them, value by value.

The texts are read from beside the project when the test runs. Positions of captions are found in the text as printed.
Two paragraphs of the expected values hold a no-break space; the archive keeps it as a plain one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru

from crawler.demo.fixed import FixedSite, GivenArticle
from crawler.demo.server import serve

DATED_ELSEWHERE = "Trên 12 tỉ đồng"  # no page of its own prints its date


def _expected(seeds: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (seeds / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def _given(one: dict[str, Any], seeds: Path) -> GivenArticle:
    (path,) = seeds.glob(f"{one['seed']}_*.txt")
    printed = path.read_text(encoding="utf-8")
    begins = printed.index(one["headline"] + "\n") if one["headline"] + "\n" in printed else 0
    source = one.get("source") or {}
    return GivenArticle(
        headline=one["headline"],
        sapo=one["description"],
        body=one["body"],
        captions=[(_position(caption, one["body"], printed[begins:]), caption) for caption in one["captions"]],
        byline=one["byline"],
        source_name=source.get("name"),
        source_url=source.get("url"),
        section=one.get("section") or ("Hoạt động công đoàn",),
        keywords=one.get("keywords") or (),
        view_count=one.get("view_count") or 0,
        date=_own_date(one),
        lead=one["site"] == "ldld-caobang",
    )


def _position(caption: str, body: list[str], printed: str) -> int:
    """How many paragraphs the text prints before the caption's last appearance."""
    at = printed.rindex(caption)
    return sum(printed.index(paragraph[:60]) < at for paragraph in body)


def _own_date(one: dict[str, Any]) -> datetime | None:
    is_own = one["date_published"] and one["date_evidence"] == "page"
    return datetime.fromisoformat(one["date_published"]) if is_own else None


GONE = {"congdoan-soctrang": "/bai-viet/bai-da-mat-{}.html", "thaibinhtv": "/tin-tuc/12/{}/bai-da-mat"}
"""Addresses of articles that the lists name and nobody has any more, by site."""


def _with_related(given: list[GivenArticle], expected: list[dict[str, Any]], link: bool) -> list[GivenArticle]:
    """The lists as printed. Titles lead to the given article of that title or to one that is gone; without ``link``,
    where the titles are plain text in a table, nowhere."""
    index = {one.headline: at for at, one in enumerate(given)}
    out = []
    for article, one in zip(given, expected, strict=True):
        entries: list[tuple[str, date | None, str | int | None]] = []
        for at, entry in enumerate(one.get("related") or []):
            day = date.fromisoformat(entry["date"]) if entry["date"] else None
            target = index.get(entry["title"], GONE[one["site"]].format(9000 + at))
            entries.append((entry["title"], day, target if link or one["site"] == "thaibinhtv" else None))
        out.append(replace(article, related=entries))
    return out


@contextmanager
def _crawled(home: Path, sites: list[FixedSite]) -> Iterator[list[dict[str, Any]]]:
    (home / "sites").mkdir(parents=True)
    with serve(sites) as bases:
        for name, base in bases.items():
            overlay = f'extends = "{name}"\nbase = "{base}/"\n[crawl]\ndelay = 0.01\nprivate = true\n'
            (home / "sites" / f"{name}.toml").write_text(overlay, encoding="utf-8")
        ended = luutru(home, "crawl", *bases)
        assert ended.returncode == 0, ended.stderr
        exported = luutru(home, "export")
        yield [json.loads(line) for line in exported.stdout.splitlines()]


def _check(one: dict[str, Any], got: dict[str, Any]) -> None:
    plain = ("headline", "description", "byline", "authors", "source", "section", "view_count", "keywords")
    for field in (*plain, "date_published", "date_precision", "date_evidence"):
        if field in one:
            assert got[field] == one[field], (one["headline"], field)
    assert got["body"].split("\n\n") == [" ".join(paragraph.split()) for paragraph in one["body"]]
    assert [image["caption"] for image in got["images"]] == one["captions"]
    if "image_credits" in one:
        assert [image["credit"] for image in got["images"] if image["credit"]] == one["image_credits"]
    if "related" in one:
        listed = [
            {"title": entry["title"], "date": entry["date"] and entry["date"][:10], "relation": entry["relation"]}
            for entry in got["related"]
        ]
        assert listed == one["related"]
    if "rights" in one:
        assert got["rights"] == one["rights"]


@pytest.mark.parametrize("link", [True, False], ids=["by-address", "by-title"])
def test_every_expected_value_comes_out_of_pages_of_their_own(seeds: Path, tmp_path: Path, link: bool) -> None:
    expected = _expected(seeds)
    assert len(expected) == 8
    sites = []
    for name in dict.fromkeys(one["site"] for one in expected):
        of_site = [one for one in expected if one["site"] == name]
        given = _with_related([_given(one, seeds) for one in of_site], of_site, link)
        site = FixedSite(name, given)
        for notice in (one["rights"] for one in of_site if "rights" in one):
            site.facts = replace(site.facts, rights=notice)
        sites.append(site)
    with _crawled(tmp_path, sites) as exported:
        by_headline = {got["headline"]: got for got in exported}
        assert len(by_headline) == len(exported) == 8
        for one in expected:
            _check(one, by_headline[one["headline"]])
    undated = by_headline[next(one["headline"] for one in expected if one["seed"] == "000")]
    assert undated["date_published"] is None
    dated = next(got for headline, got in by_headline.items() if headline.startswith(DATED_ELSEWHERE))
    assert (dated["date_published"], dated["date_evidence"]) == ("2024-07-10T00:00:00+07:00", "related")


def test_two_complete_articles_on_one_page_come_out_as_two(seeds: Path, tmp_path: Path) -> None:
    expected = [one for one in _expected(seeds) if one["site"] == "congdoan-soctrang"]
    given = _with_related([_given(one, seeds) for one in expected], expected, link=False)
    first, second, third, fourth, fifth = given
    pages = [replace(first, partner=second), replace(third, partner=fourth), fifth]
    with _crawled(tmp_path, [FixedSite("congdoan-soctrang", pages)]) as exported:
        by_headline = {got["headline"]: got for got in exported}
        assert len(exported) == 5
        for one in expected:
            _check(one, by_headline[one["headline"]])
