"""The score notices every mistake, and nothing but mistakes."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import pytest
from rich.console import Console

from crawler.demo.mutants import MutantSite, Mutation
from crawler.demo.score import SCORED, score
from crawler.demo.truth import truth
from crawler.demo.world import World

WORLD = World(12, 40)
BASES = {name: f"http://127.0.0.{number}:8000" for number, name in enumerate(WORLD.sites, 2)}
TRUTH = [true for name in WORLD.sites for true in WORLD.truth(name, BASES)]


def exported() -> list[dict[str, Any]]:
    """What a faultless archive would export."""
    records = copy.deepcopy(TRUTH)
    ids = {record["url"]: f"id-{number}" for number, record in reversed(list(enumerate(records)))}
    for number, record in enumerate(records):
        record["id"] = f"id-{number}"
        for name in ("duplicate_of", "cluster"):
            record[name] = ids.get(record[name])
        for entry in record["related"]:
            entry["id"] = ids.get(entry["url"])
    return records


def test_a_faultless_export_is_perfect() -> None:
    assert any(true["duplicate_of"] for true in TRUTH)
    table = score(TRUTH, exported())
    assert table.perfect
    assert (table.expected, table.found, table.extra) == (len(TRUTH), len(TRUTH), 0)
    assert not table.failures


def test_nothing_is_not_perfect() -> None:
    assert not score([], []).perfect
    assert not score(TRUTH, []).perfect


def test_lost_and_extra_articles_are_counted_and_named() -> None:
    records = exported()
    lost = records.pop(3)
    records.append(records[7] | {"id": "another"})
    table = score(TRUTH, records)
    assert (table.found, table.extra) == (len(TRUTH) - 1, 1)
    assert table.lost == [lost["url"]]
    assert table.surplus == [records[7]["url"]]
    assert not table.perfect


@pytest.mark.parametrize("name", [name for name in SCORED if name != "url"])
def test_one_wrong_value_in_any_field_is_noticed(name: str) -> None:
    records = exported()
    records[5][name] = "khác" if records[5][name] != "khác" else None
    table = score(TRUTH, records)
    assert not table.perfect
    assert table.fields[name].right == len(TRUTH) - 1
    (failure,) = table.failures
    assert (failure.field, failure.url, failure.got) == (name, TRUTH[5]["url"], records[5][name])


def test_only_normal_form_and_white_space_are_forgiven() -> None:
    records = exported()
    for record in records:
        record["headline"] = unicodedata.normalize("NFD", record["headline"]).replace(" ", "\u00a0 ")
    assert score(TRUTH, records).perfect
    for change in (str.lower, lambda text: text + ".", lambda text: text.replace("ò", "o")):
        records = exported()
        records[0]["headline"] = change("Ò" + records[0]["headline"])
        assert not score(TRUTH, records).perfect


def test_paragraphs_may_not_run_together_and_lists_keep_their_order() -> None:
    records = exported()
    at = next(n for n, record in enumerate(records) if "\n\n" in record["body"])
    records[at]["body"] = records[at]["body"].replace("\n\n", "\n", 1)
    assert score(TRUTH, records).fields["body"].right == len(TRUTH) - 1
    records = exported()
    at = next(n for n, record in enumerate(records) if len(record["related"]) > 1)
    records[at]["related"].reverse()
    assert score(TRUTH, records).fields["related"].right == len(TRUTH) - 1
    records = exported()
    for record in records:
        record["urls"].reverse()
    assert score(TRUTH, records).perfect


def test_what_is_left_empty_is_told_from_what_is_wrong() -> None:
    records = exported()
    signed = [n for n, record in enumerate(records) if record["byline"]]
    records[signed[0]]["byline"] = None
    records[signed[1]]["byline"] = "Ai đó"
    one = score(TRUTH, records).fields["byline"]
    assert (one.articles - one.right, one.missing) == (2, 1)


def test_two_articles_of_one_page_are_told_apart_by_their_headlines() -> None:
    records = exported()
    records.reverse()
    urls = [record["url"] for record in records]
    assert len(set(urls)) < len(urls)
    assert score(TRUTH, records).perfect


def test_a_copy_of_the_wrong_article_is_noticed() -> None:
    records = exported()
    at = next(n for n, record in enumerate(records) if record["duplicate_of"])
    records[at]["duplicate_of"] = records[at]["id"]
    assert score(TRUTH, records).fields["duplicate_of"].right == len(TRUTH) - 1


@pytest.mark.parametrize(
    ("mutation", "fields"),
    [
        ("shifted-label", {"byline", "source"}),
        ("swapped-date", {"date_published", "date_published_raw"}),
        ("caption-in-body", {"body", "images"}),
    ],
)
@pytest.mark.parametrize("name", list(WORLD.sites))
def test_a_site_that_lies_loses_its_perfect_score(name: str, mutation: Mutation, fields: set[str]) -> None:
    """A faultless reader of lying pages would export the lies."""
    site, layout = WORLD.sites[name], WORLD.layouts[name]
    lies = list(truth(type(layout)(MutantSite(site, mutation)), BASES))
    for number, lie in enumerate(lies):
        lie["id"] = f"id-{number}"
    table = score(WORLD.truth(name, BASES), lies)
    assert table.found == table.expected
    wrong = {field for field, one in table.fields.items() if one.share < 0.95}
    assert fields <= wrong


def test_the_table_is_printed_and_never_rounds_a_failure_away() -> None:
    records = exported()
    records[0]["headline"] += "!"
    console = Console(record=True, width=100)
    console.print(score(TRUTH, records))
    text = console.export_text()
    assert f"{len(TRUTH)} of {len(TRUTH)} articles found, 0 extra" in text
    line = next(line for line in text.splitlines() if "headline" in line)
    assert "0.99" in line and "1.00" not in line
