"""Searching the archive: what is found, in which order, and what is shown of it."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_archive import add, harvest, open_sample, sample, sample_id

import archive.search as room
from archive import matching
from archive.abbreviations import AbbreviationError, Abbreviations, load_abbreviations
from archive.filters import Filters, QueryError
from archive.phrases import Searched, read_phrase
from archive.query import MOST_WORDS, parse
from archive.reindex import reindex
from archive.schema import open_read_only
from archive.search import search
from archive.store import Archive
from archive.vietnamese import fold, nfc, spelling, tokenise

CONGRESS = sample(
    "dai-hoi",
    "Công đoàn cơ sở Nhà máy Đường tổ chức đại hội",
    "Sáng 12/5, Liên đoàn Lao động tỉnh dự đại hội điểm.\n\nĐại hội bầu ban chấp hành gồm bảy người.",
    description="Đại hội điểm của khối doanh nghiệp.",
    byline="Hoà Thuận",
    keywords=["nhiệm kỳ mới", "đường mía"],
    date_published="2023-05-12T08:00:00+07:00",
)
VISIT = sample(
    "tham-hoi",
    "LĐLĐ huyện thăm hỏi người lao động",
    "Đoàn đã trao 50 suất quà. Mỗi suất trị giá một triệu đồng, tiền mặt và nhu yếu phẩm.",
    date_published="2024-01-20T16:30:00+07:00",
)
BADGE = sample(
    "ky-niem",
    "Trao kỉ niệm chương tại Hòa Phú",
    "Các cá nhân tiên tiến nhận kỷ niệm chương.",
    site="ptsonglam",
    date_published="2022-07-28T19:00:00+07:00",
)
UNDATED = sample("khong-ngay", "Tiến độ sửa chữa đường liên xã", "Đường dài hai cây số.")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_sample(tmp_path_factory.mktemp("home") / "archive.db") as opened:
        add(opened, harvest(CONGRESS), harvest(VISIT), harvest(UNDATED))
        add(opened, harvest(BADGE), site="ptsonglam")
        yield opened


def keys(archive: Archive, query: str, **options: object) -> list[str]:
    found = search(archive.db, query, **options)  # type: ignore[arg-type]
    names = {article.id: article.key for article in (CONGRESS, VISIT, BADGE, UNDATED)}
    assert found.complete
    assert found.total >= len(found.hits)
    return [names[hit.id] for hit in found.hits]


@pytest.mark.parametrize("query", ["cong doan", "CÔNG ĐOÀN", "công đoàn", unicodedata.normalize("NFD", "Công đoàn")])
def test_a_word_is_found_whatever_its_case_and_form(archive: Archive, query: str) -> None:
    assert keys(archive, query) == ["dai-hoi"]


def test_words_without_accents_find_all_accents(archive: Archive) -> None:
    assert keys(archive, "tien") == ["tham-hoi", "ky-niem", "khong-ngay"]


def test_words_with_accents_find_only_these(archive: Archive) -> None:
    assert keys(archive, "tiền") == ["tham-hoi"]
    assert keys(archive, "tiên") == ["ky-niem"]
    assert keys(archive, "tiến") == ["ky-niem", "khong-ngay"]
    assert keys(archive, "tiễn") == []


def test_a_typed_word_is_no_part_of_a_longer_one(archive: Archive) -> None:
    assert keys(archive, "hoà") == ["dai-hoi", "ky-niem"]
    assert keys(archive, "hò") == []


@pytest.mark.parametrize("query", ["hoà phú", "hòa phú", "kỉ niệm chương", "kỷ niệm chương", "ki niem", "ky niem"])
def test_either_tone_style_and_either_i_is_found(archive: Archive, query: str) -> None:
    assert keys(archive, query) == ["ky-niem"]


def test_all_words_must_occur_in_any_order(archive: Archive) -> None:
    assert keys(archive, "hội đại") == ["dai-hoi"]
    assert keys(archive, "hội quà") == []


def test_quotes_find_words_that_stand_together(archive: Archive) -> None:
    assert keys(archive, '"một triệu đồng"') == ["tham-hoi"]
    assert keys(archive, '"mot trieu dong"') == ["tham-hoi"]
    assert keys(archive, "“một triệu đồng”") == ["tham-hoi"]
    assert keys(archive, '"triệu một đồng"') == []


def test_a_phrase_does_not_reach_from_the_headline_into_the_text(archive: Archive) -> None:
    assert keys(archive, '"liên xã đường"') == []


def test_a_phrase_may_mix_words_with_and_without_accents(archive: Archive) -> None:
    assert keys(archive, '"mot triệu dong"') == ["tham-hoi"]
    assert keys(archive, '"mot triều dong"') == []


def test_a_word_after_a_dash_excludes(archive: Archive) -> None:
    assert keys(archive, "tien -qua") == ["ky-niem", "khong-ngay"]
    assert keys(archive, "tien -tiến") == ["tham-hoi"]
    assert keys(archive, 'tien -"tien tien"') == ["tham-hoi", "khong-ngay"]
    assert keys(archive, 'tien -"tiền tiến"') == ["tham-hoi", "ky-niem", "khong-ngay"]


def test_a_dash_inside_a_word_does_not_exclude(archive: Archive) -> None:
    assert keys(archive, "12/5") == ["dai-hoi"]
    assert keys(archive, "nhu-yếu-phẩm") == ["tham-hoi"]


@pytest.mark.parametrize("query", ["bay nguoi", "khối doanh nghiệp", "hoà thuận", "duong mia", "nhiem ky"])
def test_text_sapo_byline_and_keywords_are_searched(archive: Archive, query: str) -> None:
    assert keys(archive, query) == ["dai-hoi"]


@pytest.mark.parametrize("query", ["LĐLĐ", "ldld", "LDLD", "Liên đoàn Lao động", "lien doan lao dong"])
def test_an_abbreviation_and_its_meaning_find_each_other(archive: Archive, query: str) -> None:
    assert keys(archive, query) == ["tham-hoi", "dai-hoi"]


def test_an_abbreviation_is_known_among_other_words(archive: Archive) -> None:
    assert keys(archive, "LĐLĐ tỉnh") == ["dai-hoi"]
    assert keys(archive, "liên đoàn lao động huyện") == ["tham-hoi"]
    assert keys(archive, "huyện NLĐ LĐLĐ") == ["tham-hoi"]


def test_quotes_take_an_abbreviation_literally(archive: Archive) -> None:
    assert keys(archive, '"LĐLĐ"') == ["tham-hoi"]
    assert keys(archive, '"liên đoàn lao động"') == ["dai-hoi"]


def test_an_ambiguous_abbreviation_is_found_one_way_only(archive: Archive) -> None:
    assert keys(archive, "CĐ") == ["dai-hoi"]
    forms = parse("công đoàn", load_abbreviations()).clauses
    assert [clause.others for clause in forms] == [(), ()]


def test_an_operator_adds_and_removes_abbreviations(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "abbreviations.toml").write_text(
        '[both_ways]\n"LĐLĐ" = ""\n"NMĐ" = "Nhà máy Đường"\n[one_way]\n"ĐH" = ["đại hội", "đại học"]\n', "utf-8"
    )
    own = load_abbreviations(tmp_path)
    assert keys(archive, "LĐLĐ", abbreviations=own) == ["tham-hoi"]
    assert keys(archive, "nmđ", abbreviations=own) == ["dai-hoi"]
    assert keys(archive, "ĐH", abbreviations=own) == ["dai-hoi"]
    assert keys(archive, "NLĐ", abbreviations=own) == ["tham-hoi"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[both_ways]\nLĐLĐ", "not TOML"),
        ('[bothways]\n"A" = "b"', "bothways"),
        ('both_ways = "A"', "both_ways"),
        ('[one_way]\n"A" = 3', "one_way.A"),
        ('[one_way]\n"..." = "ba"', "one_way...."),
    ],
)
def test_a_mistake_in_the_operators_abbreviations_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "abbreviations.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(AbbreviationError) as caught:
        load_abbreviations(tmp_path)
    assert str(caught.value).startswith(f"{path}: {named}")


def test_the_newest_come_first_and_the_undated_last(archive: Archive) -> None:
    assert keys(archive, "dong") == ["tham-hoi", "dai-hoi"]
    assert keys(archive, "tien") == ["tham-hoi", "ky-niem", "khong-ngay"]


def test_by_relevance_the_headline_weighs_most(archive: Archive) -> None:
    assert keys(archive, "tien")[-1] == "khong-ngay"
    assert keys(archive, "tien", by="relevance")[0] == "khong-ngay"


def test_a_search_keeps_to_a_site_or_to_years(archive: Archive) -> None:
    assert keys(archive, "tien", filters=Filters(site="ptsonglam")) == ["ky-niem"]
    assert keys(archive, "tien", filters=Filters(since="2022", until="2023")) == ["ky-niem"]
    assert keys(archive, "tien", filters=Filters(since="2022", until="2024")) == ["tham-hoi", "ky-niem"]
    assert keys(archive, "tien", by="relevance", filters=Filters(site="songlam", since="2022", until="2024")) == [
        "tham-hoi"
    ]


def test_a_page_of_results_goes_on_where_the_last_ended(archive: Archive) -> None:
    first = search(archive.db, "tien", limit=2)
    rest = search(archive.db, "tien", limit=2, offset=2)
    assert [first.total, rest.total] == [3, 3]
    assert [hit.id for hit in (*first.hits, *rest.hits)] == [hit.id for hit in search(archive.db, "tien").hits]


def test_a_date_learned_elsewhere_orders_and_filters_too(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(VISIT), harvest(UNDATED))
        archive.db.execute(
            "UPDATE articles SET concluded_date = '2024-06-01T00:00:00+07:00', concluded_precision = 'day'"
            " WHERE id = ?",
            [UNDATED.id],
        )
        reindex(archive.db)
        found = search(archive.db, "tien", filters=Filters(since="2024", until="2024")).hits
    assert [(hit.id, hit.date_published, hit.date_precision) for hit in found] == [
        (UNDATED.id, "2024-06-01T00:00:00+07:00", "day"),
        (VISIT.id, "2024-01-20T16:30:00+07:00", "minute"),
    ]


def test_a_hit_shows_the_original_text_with_what_matched(archive: Archive) -> None:
    (hit,) = search(archive.db, "bay nguoi").hits
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.marks] == ["bảy người"]
    assert "Đại hội bầu ban chấp hành gồm bảy người." in hit.snippet.text
    assert hit.headline.text == CONGRESS.headline
    assert hit.headline.marks == []


def test_a_hit_by_its_headline_shows_how_the_text_begins(archive: Archive) -> None:
    (hit,) = search(archive.db, "nha may to chuc").hits
    assert [hit.headline.text[start:end] for start, end in hit.headline.marks] == ["Nhà máy", "tổ chức"]
    assert hit.snippet.text == CONGRESS.description


def test_a_snippet_comes_from_where_most_of_the_query_stands(archive: Archive) -> None:
    (hit,) = search(archive.db, "đại hội bảy người").hits
    assert hit.snippet.text.endswith("gồm bảy người.")  # the sapo has "Đại hội" only


def test_the_meaning_of_an_abbreviation_is_marked_as_one(archive: Archive) -> None:
    (hit,) = search(archive.db, "LĐLĐ tỉnh").hits
    marked = [hit.snippet.text[start:end] for start, end in hit.snippet.marks]
    assert marked == ["Liên đoàn Lao động tỉnh"]


def test_a_snippet_is_cut_at_words_around_the_match(tmp_path: Path) -> None:
    filler = "Công nhân tham gia hội thao, thi đấu bốn môn trong hai ngày. " * 40
    article = sample("dai", "Hội thao", filler + "Giải nhất thuộc về đội Cơ khí.\n\n" + filler)
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(article))
        (hit,) = search(archive.db, "cơ khí").hits
    text = hit.snippet.text
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert "Giải nhất thuộc về đội Cơ khí." in text
    assert 150 < len(text) < 260
    assert text[2:-2].strip() in " ".join(article.body.split())


@given(st.text(alphabet='ab -"áđ\n\u0301.', max_size=60), st.text(alphabet='abáđ -"', min_size=1, max_size=12))
def test_marks_are_in_order_inside_the_text_and_on_words(text: str, query: str) -> None:
    text = nfc(text)
    try:
        parsed = parse(query, load_abbreviations())
    except QueryError:
        return
    for shown in (room.mark(parsed, text), room.snippet(parsed, {"body": text})[1]):
        ends = [0, *(place for span in shown.marks for place in span), len(shown.text)]
        assert ends == sorted(ends)
        assert "".join(piece for piece, _ in shown.pieces()) == shown.text
        for start, end in shown.marks:
            assert tokenise(shown.text[start:end])


@given(
    st.lists(st.sampled_from(["hoà", "Hòa", "hoa", "kỉ", "kỷ", "ky", "đoàn", "ĐOÀN", "doan"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["hoà", "hoa", "kỉ", "ky", "đoàn", "doan"]), min_size=1, max_size=3),
    st.sampled_from([" ", ", ", " – ", "\n"]),
)
def test_the_quick_look_for_a_phrase_agrees_with_the_slow_one(text: list[str], phrase: list[str], gap: str) -> None:
    wanted = read_phrase(" ".join(phrase))
    plain = gap.join(text)
    with_soft_hyphen = plain + " x\u00ady"  # an invisible character sends the search the slow way
    query = parse(f'"{" ".join(phrase)}"', load_abbreviations())
    slow = any(True for _ in query.matches(with_soft_hyphen))
    assert Searched(plain).has(wanted) == Searched(with_soft_hyphen).has(wanted) == slow
    assert query.holds([plain], [False]) == slow


@pytest.mark.parametrize("query", ['"', "-", "--", "-công", '-"công đoàn"', "😀", "…", "\0", "* ( ) ^ :"])
def test_a_search_without_a_word_says_so(archive: Archive, query: str) -> None:
    with pytest.raises(QueryError, match="no word to look for"):
        search(archive.db, query)


def test_a_pasted_article_is_no_search(archive: Archive) -> None:
    with pytest.raises(QueryError, match=f"{MOST_WORDS + 1} words are too many"):
        search(archive.db, "đoàn " * (MOST_WORDS + 1))
    assert keys(archive, "đoàn " * MOST_WORDS) == ["tham-hoi", "dai-hoi"]


HOSTILE = [
    *('"', "'", "''", '""', "“", "”", "«", "(", ")", "*", "^", ":", "+", "-", "--", ";", "%", "_", "\\", "/*", "|"),
    *("AND", "OR", "NOT", "NEAR(a b)", "headline:", "rowid", "articles_fts", "SELECT", "DROP TABLE articles", "{a b}"),
    *("\0", "\ufeff", "\u200b", "\u00ad", "\u0301", "\u034f", "\ud800", "\U0001f600", "👩‍👧", "\u202e", "\r\n", "\t"),
    *("đoàn", "công", "LĐLĐ", "ldld", "hòa", "ß", "İ", "ﬁ", "²", "①", "한글", "日本", "٣", "x" * 5000, "12/5", "a.b@c"),
]


def test_no_input_reaches_sqlite_as_a_statement(archive: Archive) -> None:
    chance = random.Random(20250701)  # noqa: S311 - the same strings every time
    answered = 0
    for _ in range(2000):
        parts = chance.choices(HOSTILE, k=chance.randint(1, 12))
        query = chance.choice(["", " ", "  "]).join(parts)
        if chance.random() < 0.3:
            query = unicodedata.normalize("NFD", query)
        try:
            results = search(archive.db, query, by=chance.choice(["newest", "relevance"]))
        except QueryError as error:
            assert "word" in str(error)
        else:
            answered += 1
            assert results.total <= 4
    assert answered > 1000
    assert archive.db.table("articles").count == 4


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(archive: Archive, query: str) -> None:
    try:
        assert search(archive.db, query).complete
    except QueryError as error:
        assert error.code in MISTAKES


MISTAKES = {"nothing-asked", "no-words", "too-many-words", "short-prefix"} | {
    *("bad-date", "bad-years", "dates-crossed", "bad-filter", "excluded-filter", "filter-twice"),
    *("unknown-site", "unknown-kind", "unknown-province"),
}
"""What may be wrong with a text of some words that is typed."""


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([CONGRESS, VISIT, BADGE, UNDATED]), st.data())
def test_every_stretch_of_an_article_finds_it_as_a_phrase(
    archive: Archive, article: object, data: st.DataObject
) -> None:
    phrase = stretch(article, data)
    assert article.id in {hit.id for hit in search(archive.db, f'"{phrase}"').hits}  # type: ignore[attr-defined]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([CONGRESS, VISIT, BADGE, UNDATED]),
    st.data(),
    st.sampled_from(["", " tien", " -suat", " OR bao", ' "can tho"', ' -"nữ công"', ' tinh:"Cần Thơ"', " loai:union"]),
    st.booleans(),
    st.booleans(),
)
def test_a_phrase_is_found_alike_in_few_texts_and_by_the_index(
    archive: Archive, article: object, data: st.DataObject, also: str, plain: bool, begun: bool
) -> None:
    phrase = stretch(article, data)
    asked = fold(phrase) if plain else phrase
    words = [asked[token.start : token.end] for token in tokenise(asked)]
    query = f"{'-'.join(words)}*{also}" if begun else f'"{asked}"{also}'
    try:
        found = search(archive.db, query)
    except QueryError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_in_texts", lambda *_: None)
        by_index = search(archive.db, query)
    assert [hit.id for hit in found.hits] == [hit.id for hit in by_index.hits]
    assert (found.total, found.complete) == (by_index.total, by_index.complete)


def stretch(article: object, data: st.DataObject) -> str:
    """Up to eleven words of an article's text that stand together."""
    body = article.body  # type: ignore[attr-defined]
    tokens = tokenise(body)
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, min(len(tokens) - 1, first + 10)))
    return str(body[tokens[first].start : tokens[last].end])


def test_counting_stops_where_nobody_reads_on(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_COUNTED", 2)
    monkeypatch.setattr(room, "MOST_COUNTED", 2)
    found = search(archive.db, "tien", limit=1)
    assert (found.total, found.complete, found.more, len(found.hits)) == (2, False, True, 1)
    monkeypatch.setattr(matching, "_MOST_READ", 0)
    found = search(archive.db, "tien", limit=1)
    assert (found.total, found.complete, found.more, len(found.hits)) == (1, False, False, 1)
    monkeypatch.setattr(matching, "MOST_EXAMINED", 0)
    found = search(archive.db, '"triệu dong" OR "thép xanh"')
    assert (found.total, found.complete) == (0, False)


def test_a_changed_article_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    changed = sample("tham-hoi", "LĐLĐ huyện thăm hỏi", "Chuyến thăm bị hoãn.", keywords=["mưa lũ"])
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(VISIT))
        add(archive, harvest(changed, at="2024-08-02T06:30:00+07:00"))
        assert search(archive.db, "suất quà").total == 0
        assert search(archive.db, "bị hoãn mưa lũ").total == 1


def test_the_index_after_a_change_is_that_of_an_archive_which_never_held_the_old_text(tmp_path: Path) -> None:
    changed = sample("tham-hoi", "LĐLĐ huyện thăm hỏi", "Chuyến thăm bị hoãn.", keywords=["mưa lũ", "bão"])
    found = []
    for name, visits in (("changed", [VISIT, changed]), ("fresh", [changed])):
        with open_sample(tmp_path / f"{name}.db") as archive:
            for number, visit in enumerate(visits, 1):
                add(archive, harvest(visit, at=f"2024-08-0{number}T06:30:00+07:00"))
            add(archive, harvest(CONGRESS), harvest(BADGE))
            archive.db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'search_index', 'instance')")
            terms = archive.db.execute("SELECT * FROM temp.terms ORDER BY 1, 2, 3, 4").fetchall()
            found.append((terms, archive.db.execute("SELECT * FROM search_words").fetchall()))
    assert found[0] == found[1]
    assert len(found[0][0]) > 50


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Sóc Trăng", {"soctrang"}),
        ("soc trang", {"soctrang"}),
        ("Cần Thơ", {"soctrang", "cantho"}),
        ("can tho", {"soctrang", "cantho"}),
        ("Hậu Giang", set()),
        ("Nghệ An", {"songlam"}),
    ],
)
def test_a_province_is_found_by_its_old_and_by_its_new_name(tmp_path: Path, asked: str, found: set[str]) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        for name, province in (("soctrang", "Sóc Trăng"), ("cantho", "Cần Thơ")):
            archive.register_site(name, name, name, "union", province, "nukeviet", f"http://{name}.example/")
        add(archive, *(harvest(sample(name, "Đại hội", site=name)) for name in ("soctrang", "cantho", "songlam")))
        for by in ("newest", "relevance"):
            results = search(archive.db, "đại hội", Filters(province=asked), by=by)  # type: ignore[arg-type]
            assert {hit.site for hit in results.hits} == found


def test_searching_needs_no_right_to_write(archive: Archive) -> None:
    path = Path(archive.db.execute("PRAGMA database_list").fetchone()[2])
    db = open_read_only(path)
    assert search(db, "công đoàn").hits[0].id == sample_id("songlam", "dai-hoi")
    db.close()


def test_a_word_of_real_texts_is_found_wherever_it_stands_and_nowhere_else(seeds: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (seeds / "expected.jsonl").read_text("utf-8").splitlines()]
    articles = [
        sample(f"seed-{number}", row["headline"], "\n\n".join(row["body"]), byline=row.get("byline"))
        for number, row in enumerate(rows)
    ]
    written: dict[tuple[str, str], set[str]] = defaultdict(set)  # (folded, with accents) -> articles
    for article in articles:
        text = nfc(f"{article.headline}\n{article.body}\n{article.byline or ''}")
        for token in tokenise(text):
            written[token.key, spelling(text[token.start : token.end])].add(article.id)
    folded: dict[str, set[str]] = defaultdict(set)
    for (key, _), ids in written.items():
        folded[key] |= ids
    literal = Abbreviations({}, {})
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, *map(harvest, articles))
        for key, accented in sorted(written)[::3]:
            hits = search(archive.db, accented, limit=100, abbreviations=literal).hits
            assert {hit.id for hit in hits} == (written[key, accented] if fold(accented) != accented else folded[key])
            assert {hit.id for hit in search(archive.db, key, limit=100, abbreviations=literal).hits} == folded[key]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Some hundred articles, many on one day, a third of them copies of others, some without a date."""
    chance = random.Random(11)  # noqa: S311 - the same articles every time
    with open_sample(tmp_path_factory.mktemp("large") / "archive.db") as archive:
        for number in range(240):
            day = f"2024-08-{chance.choice((1, 1, 1, 2, 3, 9)):02}T{chance.randrange(24):02}:15:00+07:00"
            date = {} if number % 20 == 0 else {"date_published": day, "date_precision": "minute"}
            said = chance.choice(("Đại hội công đoàn cơ sở", "Đại hội công đoàn", "Hội nghị", "đại hội cộng đoàn"))
            words = chance.sample(("quà", "mưa", "cầu", "lúa", "thép", "chợ", "đò"), 3)
            one = sample(f"bai-{number}", f"{said} {words[0]} {number}", f"Tin {' '.join(words)}: {said}.", **date)
            add(archive, harvest(one, at="2024-08-10T06:30:00+07:00"))
        with archive.db.conn:
            archive.db.execute("UPDATE search_documents SET cluster = docid % 60 WHERE docid % 3 = 0")
        yield archive


@pytest.mark.parametrize("by", ["newest", "relevance"])
@pytest.mark.parametrize("reprints", ["shown", "folded"])
@pytest.mark.parametrize("query", ["đại hội", '"đại hội công đoàn"', '"dai hoi"', '"đại hoi cong đoàn"', "hoi quà", ""])
def test_pages_hold_each_article_once_however_soon_counting_stops(
    large: Archive, monkeypatch: pytest.MonkeyPatch, query: str, reprints: Any, by: Any
) -> None:
    filters = Filters(reprints=reprints, kind="union" if not query else None)
    whole = search(large.db, query, filters, by=by, limit=1_000)
    assert whole.complete
    assert whole.total == len(whole.hits) > 20
    monkeypatch.setattr(matching, "MOST_LOOKED_AT", 3)
    monkeypatch.setattr(matching, "_MOST_READ", 0)
    paged = []
    for offset in range(0, whole.total + 7, 7):
        page = search(large.db, query, filters, by=by, limit=7, offset=offset)
        assert page.complete or page.total >= min(offset + 7, whole.total)
        paged += [hit.id for hit in page.hits if not hit.near]
    assert len(paged) == len(set(paged))
    wanted = [hit.id for hit in whole.hits if not hit.near]
    if by == "newest":
        assert paged == wanted
    elif reprints == "shown":
        assert set(paged) == set(wanted)
    else:  # which copy comes first is a matter of which are weighed
        copies = large.db.execute(
            "SELECT articles.id, coalesce(search_documents.cluster, articles.id)"
            " FROM search_documents JOIN articles USING (docid)"
        )
        text = dict(copies.fetchall())
        assert sorted(map(text.__getitem__, paged)) == sorted(map(text.__getitem__, wanted))
