"""Pages of a real NukeViet 4.5, crawled under their own host name, come out as what was put into the CMS."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from fields import words_f1
from real_site import proxy
from test_urls import SITE as HEAD

SITE = (
    HEAD
    + """
[crawl]
delay = 0.01

[crawl.start]
listings = ["/"]
feeds = ["/rss/"]
sitemaps = ["/sitemap.xml"]
"""
)


@pytest.fixture(scope="module")
def crawled(real_pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    (home / "sites").mkdir()
    (home / "sites" / "songlam.toml").write_text(SITE, encoding="utf-8")
    with proxy(real_pages) as (address, asked):
        ended = luutru(home, "crawl", "songlam", env={"http_proxy": address})
        assert ended.returncode == 0, ended.stderr
        first = luutru(home, "export").stdout
        tables = _counts(home)
        again = luutru(home, "crawl", "songlam", "--full", "--since", "1900-01-01", env={"http_proxy": address})
        assert again.returncode == 0, again.stderr
    with sqlite3.connect(home / "archive.db") as db:
        read = db.execute("SELECT count(*) FROM captures WHERE outcome = 'article' GROUP BY run").fetchall()
    assert read == [(15,), (15,)]
    return {
        "articles": {row["url"]: row for row in map(json.loads, first.splitlines())},
        "export": first,
        "export_again": luutru(home, "export").stdout,
        "tables": tables,
        "tables_again": _counts(home),
        "asked": asked,
        "truth": [json.loads(line) for line in (real_pages / "truth.jsonl").read_text("utf-8").splitlines()],
    }


def _counts(home: Path) -> dict[str, int]:
    tables = ("articles", "revisions", "links", "images", "evidence", "addresses", "sightings", "changes")
    with sqlite3.connect(home / "archive.db") as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608


def test_exactly_the_fifteen_articles_are_archived(crawled: dict[str, Any]) -> None:
    assert set(crawled["articles"]) == {true["url"] for true in crawled["truth"]}
    assert len(crawled["truth"]) == 15


@pytest.mark.parametrize("field", ["headline", "sapo", "source", "authors", "keywords", "captions", "published"])
def test_each_field_is_as_the_truth_says(crawled: dict[str, Any], field: str) -> None:
    for true in crawled["truth"]:
        got = crawled["articles"][true["url"]]
        assert _got(got, field) == _true(true, field), true["url"]


def _true(true: dict[str, Any], field: str) -> Any:
    if field == "published":
        return true["published"][:16]  # the page shows it to the minute
    if field == "headline":
        return true["title"]
    if field == "keywords":
        return sorted(true["tags"])
    return true[field] or None if field in {"sapo", "source"} else true[field]


def _got(got: dict[str, Any], field: str) -> Any:
    if field == "published":
        assert (got["date_precision"], got["date_evidence"]) == ("minute", "page")
        return got["date_published"][:16]
    if field == "captions":
        captions = [image["caption"] for image in got["images"] if image["caption"]]
        return list(dict.fromkeys(captions))
    if field == "keywords":
        return sorted(got["keywords"])
    if field == "source":
        return got["source"] and got["source"]["name"]
    return got[{"sapo": "description"}.get(field, field)]


def test_the_section_is_the_printed_path_and_ends_where_the_article_was_put(crawled: dict[str, Any]) -> None:
    for true in crawled["truth"]:
        section = crawled["articles"][true["url"]]["section"]
        assert section[-len(true["section"]) :] == true["section"], true["url"]
        assert "Trang nhất" not in section


def test_every_body_has_the_words_that_were_put_in(crawled: dict[str, Any]) -> None:
    scores = {
        true["url"]: words_f1(true["body"], crawled["articles"][true["url"]]["body"]) for true in crawled["truth"]
    }
    assert min(scores.values()) >= 0.99, {url: score for url, score in scores.items() if score < 0.99}
    photo = next(true for true in crawled["truth"] if true["kind"] == "photo")
    assert crawled["articles"][photo["url"]]["body"] == ""


def test_newer_and_older_lists_have_their_titles_dates_and_addresses(crawled: dict[str, Any]) -> None:
    for true in crawled["truth"]:
        got = crawled["articles"][true["url"]]["related"]
        for relation in ("newer", "older"):
            listed = true["related_lists"].get(relation, [])
            expected = [(one["url"], one["title"], "-".join(reversed(one["date"].split("/")))) for one in listed]
            found = [(one["url"], one["title"], one["date"][:10]) for one in got if one["relation"] == relation]
            assert found == expected, (true["url"], relation)


def test_a_link_inside_the_text_is_an_edge_and_not_text(crawled: dict[str, Any]) -> None:
    linked = [true for true in crawled["truth"] if true["see_also"]]
    assert linked
    for true in linked:
        inline = [one for one in crawled["articles"][true["url"]]["related"] if one["relation"] == "inline"]
        assert [one["url"] for one in inline] == [true["see_also"]]


def test_copies_are_linked_to_their_original_and_others_to_nothing(crawled: dict[str, Any]) -> None:
    articles = crawled["articles"]
    for true in crawled["truth"]:
        original = articles.get(true["dup_of"]) if true["dup_of"] else None
        assert articles[true["url"]]["duplicate_of"] == (original and original["id"]), true["url"]


def test_both_addresses_of_a_category_twin_are_one_article(crawled: dict[str, Any]) -> None:
    twins = [true for true in crawled["truth"] if true["alt_urls"]]
    assert twins
    for true in twins:
        assert set(true["alt_urls"]) <= set(crawled["articles"][true["url"]]["urls"])


def test_the_endless_redirect_addresses_are_never_asked_for(crawled: dict[str, Any]) -> None:
    assert not [url for url in crawled["asked"] if "nv_redirect" in url]


def test_a_second_crawl_adds_nothing_and_exports_the_same_bytes(crawled: dict[str, Any]) -> None:
    assert crawled["tables_again"] == crawled["tables"]
    assert crawled["export_again"] == crawled["export"]
