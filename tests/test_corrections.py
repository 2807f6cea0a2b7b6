"""What archivists correct: it outranks what pages say, survives whatever the machine does, and can be withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_archive import FETCHED, add, forget, harvest, open_sample, run, sample

from archive.articles import SCHEMA_FILE, evidence_for, load_article
from archive.conclude import conclude, conclude_about
from archive.correcting import bring_into_effect, correct, decide, signed
from archive.corrections import Correction, corrections_of, corrections_to_review
from archive.exits import Exit
from archive.export import export_lines
from archive.findings import Finding
from archive.givenvalues import (
    CorrectionError,
    read_authors,
    read_body,
    read_date,
    read_line,
    read_section,
    read_source,
)
from archive.graph import neighbours
from archive.records import Article, Author, Link, Sighting, Source
from archive.reindex import reindex
from archive.search import Filters, search
from archive.store import Archive
from archive.verify import verify

TEXT = "\n\n".join(
    f"Đoạn {n}: tổ {word} báo cáo đã trồng xong hàng cây dọc bờ kênh và hẹn chăm sóc đến mùa mưa năm sau."
    for n, word in enumerate(("Dệt", "May", "Cơ khí", "Điện", "Kho", "Lái xe", "Bảo vệ", "Nhà bếp"))
)
ARTICLE = sample(
    "trong-cay",
    "Ra quan trong cay",
    TEXT,
    byline="TH",
    authors=[Author("Th", None, "author")],
    section=["Tin khác"],
    date_published="2024-07-30T08:00:00+07:00",
)
COPY = sample("dang-lai", "Trồng cây dọc bờ kênh", TEXT, site="ptsonglam", date_published="2024-07-29T08:00:00+07:00")
NEXT_DAY, LATER = "2024-08-02T06:30:00+07:00", "2024-08-03T06:30:00+07:00"
_TIMES = iter(f"2026-01-01T08:{n // 60:02}:{n % 60:02}.000+07:00" for n in range(3600))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_sample(tmp_path / "archive.db") as opened:
        add(opened, harvest(ARTICLE))
        yield opened


def by(reason: str = "Theo sổ lưu của tòa soạn") -> Any:
    return signed("Hoàng Thị Mơ", reason, next(_TIMES))


def corrected(archive: Archive, id: str = ARTICLE.id, **given: Any) -> list[Correction]:
    made = correct(archive.db, id, given, by())  # type: ignore[arg-type]
    conclude_about(archive, [id])
    return made


def exported(archive: Archive, id: str = ARTICLE.id) -> dict[str, Any]:
    return next(row for row in map(json.loads, export_lines(archive.db)) if row["id"] == id)


def revised(**fields: Any) -> Article:
    kept = {name: getattr(ARTICLE, name) for name in ("byline", "authors", "section", "date_published")}
    return sample("trong-cay", fields.pop("headline", ARTICLE.headline), fields.pop("body", TEXT), **kept | fields)


ALL = {
    "date_published": read_date("2019-05-03T08:30"),
    "byline": read_line("Thu Hà - Minh Tâm", "byline"),
    "authors": read_authors(["Thu Hà", "Minh Tâm:photographer:Ban Tuyên giáo"]),
    "headline": read_line("Ra quân trồng cây", "headline"),
    "description": read_line("Hàng cây đầu tiên đã bén rễ.", "description"),
    "body": read_body("Đoạn đầu,\nhai dòng.  \r\n\r\n\r\nĐoạn hai về rặng phi lao.\n"),
    "section": read_section(["Tin tức", "Môi trường"]),
    "source": read_source("Báo Sông Lam", "http://bao.songlam.example/9.html"),
}
VALUES = {
    "date_published": "2019-05-03T08:30:00+07:00",
    "date_published_raw": "2019-05-03T08:30",
    "date_precision": "minute",
    "date_evidence": "archivist",
    "byline": "Thu Hà - Minh Tâm",
    "authors": [
        {"name": "Thu Hà", "unit": None, "role": "author"},
        {"name": "Minh Tâm", "unit": "Ban Tuyên giáo", "role": "photographer"},
    ],
    "headline": "Ra quân trồng cây",
    "description": "Hàng cây đầu tiên đã bén rễ.",
    "body": "Đoạn đầu,\nhai dòng.\n\nĐoạn hai về rặng phi lao.",
    "section": ["Tin tức", "Môi trường"],
    "source": {"name": "Báo Sông Lam", "url": "http://bao.songlam.example/9.html"},
}


def damage(archive: Archive) -> list[Finding]:
    return [found for found in verify(archive.db, Path("/nonexistent")) if found.level == "damage"]


def stands(archive: Archive) -> bool:
    row = exported(archive)
    return {name: row[name] for name in VALUES} == VALUES


def test_every_field_can_be_corrected_and_the_export_says_what_it_replaces(archive: Archive) -> None:
    before = exported(archive)
    corrected(archive, **ALL)
    row = exported(archive)
    assert stands(archive)
    replaced = {one["field"]: one["replaces"] for one in row["corrections"]}
    assert replaced == {
        **{name: before[name] for name in ("headline", "description", "body", "byline", "source")},
        "date_published": "2024-07-30T08:00",
        "authors": "Th:author",
        "section": "Tin khác",
    }
    assert {(one["by"], one["reason"]) for one in row["corrections"]} == {("Hoàng Thị Mơ", "Theo sổ lưu của tòa soạn")}
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8"))).validate(row)
    unchanged = before.keys() - VALUES.keys() - {"corrections"}
    assert {name: row[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert damage(archive) == []


def test_a_correction_makes_no_revision_but_a_change_of_the_export(archive: Archive) -> None:
    [last] = archive.db.execute("SELECT max(seq) FROM changes").fetchone()
    corrected(archive, headline=ALL["headline"])
    assert archive.db.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
    rows = archive.db.execute("SELECT article, kind FROM changes WHERE seq > ?", [last]).fetchall()
    assert rows == [(ARTICLE.id, "corrected")]


def test_corrections_survive_new_pages_conclusions_and_reindexing_and_what_pages_say_is_kept_beneath(
    archive: Archive,
) -> None:
    corrected(archive, **ALL)
    add(archive, harvest(revised(byline="TH - MT", headline="Ra quan trong cay 2"), NEXT_DAY))
    assert stands(archive)
    conclude(archive)
    assert stands(archive)
    archive.db.execute("UPDATE articles SET corrected = NULL")
    reindex(archive.db)
    conclude(archive)
    assert stands(archive)
    row = exported(archive)
    assert row["revision"] == 2
    replaced = {one["field"]: one["replaces"] for one in row["corrections"]}
    assert (replaced["byline"], replaced["headline"]) == ("TH - MT", "Ra quan trong cay 2")
    assert search(archive.db, "rặng phi lao").total == 1
    assert damage(archive) == []


def test_an_article_that_was_deleted_and_comes_again_stands_as_it_was_corrected(archive: Archive) -> None:
    corrected(archive, **ALL)
    forget(archive, ARTICLE.id)
    add(archive, harvest(ARTICLE, NEXT_DAY), harvest(COPY, NEXT_DAY))
    conclude(archive)
    assert stands(archive)
    assert search(archive.db, "rặng phi lao").total == 1
    assert exported(archive, COPY.id)["corrections"] == []
    assert damage(archive) == []


def test_a_withdrawn_correction_gives_way_to_what_the_page_says_now_and_stays_on_record(archive: Archive) -> None:
    [made] = corrected(archive, byline=ALL["byline"])
    add(archive, harvest(revised(byline="Thu Ha"), NEXT_DAY))
    decide(archive.db, made.number, "withdrawn", by("Nhầm bài"))
    row = exported(archive)
    assert (row["byline"], row["corrections"]) == ("Thu Ha", [])
    [one] = corrections_of(archive.db, ARTICLE.id)
    assert (one.state, one.value, one.decisions[0].reason) == ("withdrawn", "Thu Hà - Minh Tâm", "Nhầm bài")
    assert search(archive.db, "Minh Tâm").total == 0
    assert archive.db.execute("SELECT kind FROM changes ORDER BY seq DESC LIMIT 1").fetchone() == ("corrected",)
    with pytest.raises(CorrectionError, match="correction 1 is not in effect, it is withdrawn"):
        decide(archive.db, made.number, "withdrawn", by())
    assert damage(archive) == []


def test_of_two_corrections_the_later_counts_and_withdrawing_it_does_not_bring_back_the_earlier(
    archive: Archive,
) -> None:
    corrected(archive, headline=read_line("Một", "headline"))
    [second] = corrected(archive, headline=read_line("Hai", "headline"))
    assert exported(archive)["headline"] == "Hai"
    assert [one.state for one in corrections_of(archive.db, ARTICLE.id)] == ["superseded", "in effect"]
    with pytest.raises(CorrectionError, match="correction 1 is not in effect, it is superseded; correction 2 is"):
        decide(archive.db, 1, "withdrawn", by())
    decide(archive.db, second.number, "withdrawn", by())
    assert exported(archive)["headline"] == ARTICLE.headline


def test_an_archivist_can_say_that_there_is_none(archive: Archive) -> None:
    corrected(archive, date_published=read_date(""), byline=read_line("", "byline"), authors=read_authors([""]))
    row = exported(archive)
    assert [row[name] for name in ("date_published", "date_precision", "byline", "authors")] == [None, None, None, []]
    assert search(archive.db, "kênh", Filters(since="2000")).total == 0
    assert damage(archive) == []


def test_a_date_that_other_pages_give_is_outranked_and_comes_back(archive: Archive) -> None:
    bare = sample("khong-ngay", "Tin không ngày", "Một đoạn.")
    seen = Sighting(
        *("songlam", "http://songlam.example/tin-tuc/", "listing", bare.url, bare.id, bare.headline),
        *("2024-03-09T00:00:00+07:00", "09/03/2024", "day"),
    )
    add(archive, harvest(bare, sightings=[seen]))
    conclude(archive)
    [made] = corrected(archive, bare.id, date_published=read_date("2024-03"))
    assert made.printed == {
        "date_published": "2024-03-09T00:00:00+07:00",
        "date_published_raw": "09/03/2024",
        "date_precision": "day",
        "date_evidence": "listing",
    }
    conclude(archive)
    row = exported(archive, bare.id)
    assert (row["date_published"], row["date_precision"]) == ("2024-03-01T00:00:00+07:00", "month")
    decide(archive.db, made.number, "withdrawn", by())
    assert exported(archive, bare.id)["date_evidence"] == "listing"


def test_search_finds_what_was_corrected_by_its_words_names_sections_and_dates_and_not_what_it_replaces(
    archive: Archive,
) -> None:
    corrected(archive, **ALL)
    [hit] = search(archive.db, "phi lao").hits
    assert (hit.headline.text, hit.date_published) == ("Ra quân trồng cây", "2019-05-03T08:30:00+07:00")
    assert search(archive.db, "Cơ khí").total == 0
    for filters, count in (
        (Filters(author="Thu Hà"), 1),
        (Filters(author="Th"), 0),
        (Filters(section="Môi trường"), 1),
        (Filters(section="Tin khác"), 0),
        (Filters(since="2019-05", until="2019-05"), 1),
        (Filters(since="2024"), 0),
    ):
        assert search(archive.db, "", filters).total == count, filters
    facets = search(archive.db, "trồng", facets=True).facets
    assert facets is not None
    assert (facets.year, facets.section) == ([("2019", 1)], [("Môi trường", 1), ("Tin tức", 1)])
    assert facets.author == [("Minh Tâm", 1), ("Thu Hà", 1)]


def test_the_nearest_to_a_name_that_no_article_has_is_a_corrected_author_and_none_that_was_replaced(
    archive: Archive,
) -> None:
    hall = sample("khanh-thanh", "Khánh thành nhà văn hóa", authors=[Author("Lê Thị Hà", None, "author")])
    add(archive, harvest(hall))
    corrected(archive, hall.id, authors=read_authors(["Trịnh Quốc Bảo"]))

    def nearest(author: str) -> list[list[str]]:
        return [one.nearest for one in search(archive.db, "", Filters(author=author)).unknown]

    assert nearest("Lê Thị Hà") == [[]]
    assert nearest("Trịnh Quốc Bảu") == [["Trịnh Quốc Bảo"]]


def test_neighbours_bear_the_corrected_headline_and_date(archive: Archive) -> None:
    linking = sample("bai-hai", "Bài hai", "Một.", links=[Link(ARTICLE.url, "Trồng cây", "older", 0, ARTICLE.id)])
    add(archive, harvest(linking))
    corrected(archive, headline=ALL["headline"])
    assert [link.headline for link in neighbours(archive.db, linking.id).links] == ["Ra quân trồng cây"]


def test_the_likely_original_follows_the_corrected_date(archive: Archive) -> None:
    add(archive, harvest(COPY), site="ptsonglam")
    conclude(archive)
    assert exported(archive)["duplicate_of"] == COPY.id
    [made] = corrected(archive, date_published=read_date("2024-07-20"))
    assert (exported(archive)["duplicate_of"], exported(archive, COPY.id)["duplicate_of"]) == (None, ARTICLE.id)
    assert damage(archive) == []
    decide(archive.db, made.number, "withdrawn", by())
    conclude_about(archive, [ARTICLE.id])
    assert exported(archive)["duplicate_of"] == COPY.id


def test_a_corrected_body_is_compared_in_place_of_the_pages(archive: Archive) -> None:
    add(archive, harvest(COPY), site="ptsonglam")
    conclude(archive)
    [made] = corrected(archive, body=read_body("Một bài khác hẳn, không có câu nào của bài kia."))
    assert exported(archive)["cluster"] is None
    add(archive, harvest(revised(view_count=3), NEXT_DAY))
    conclude(archive)
    assert exported(archive)["cluster"] is None
    assert damage(archive) == []
    decide(archive.db, made.number, "withdrawn", by())
    conclude_about(archive, [ARTICLE.id])
    assert exported(archive)["cluster"] == exported(archive, COPY.id)["cluster"] is not None


@pytest.mark.parametrize("corrects", [False, True])
def test_a_declared_source_is_what_the_archivist_says(tmp_path: Path, corrects: bool) -> None:
    """The older text is declared to be taken from the younger one; or it is an archivist who says so."""
    source = Source("LĐLĐ tỉnh Sông Lam", ARTICLE.url)
    with open_sample(tmp_path / "archive.db") as archive:
        declaring = sample(
            *("dang-lai", "Trồng cây", TEXT), date_published=COPY.date_published, source=None if corrects else source
        )
        add(archive, harvest(ARTICLE), harvest(declaring))
        conclude(archive)
        if corrects:
            assert exported(archive)["duplicate_of"] == declaring.id
        value = read_source(source.name, source.url) if corrects else read_source("", "")
        corrected(archive, declaring.id, source=value)
        assert exported(archive)["duplicate_of"] == (None if corrects else declaring.id)
        conclude(archive)
        assert exported(archive)["duplicate_of"] == (None if corrects else declaring.id)
        assert damage(archive) == []


def reviews(archive: Archive) -> list[tuple[str, ...]]:
    return [one.review for one in corrections_to_review(archive.db)]


def test_a_correction_is_to_be_reviewed_when_the_page_agrees_or_reads_otherwise(archive: Archive) -> None:
    [made] = corrected(archive, byline=read_line("Thu Hà", "byline"))
    add(archive, harvest(revised(view_count=5), NEXT_DAY))
    assert reviews(archive) == []
    add(archive, harvest(revised(byline="Thu Ha"), NEXT_DAY))
    assert reviews(archive) == [("passage changed",)]
    decide(archive.db, made.number, "confirmed", by("Vẫn thiếu dấu"))
    assert reviews(archive) == []
    assert exported(archive)["byline"] == "Thu Hà"
    add(archive, harvest(revised(byline="Thu Hà"), LATER))
    assert reviews(archive) == [("agrees",)]


@pytest.mark.parametrize(
    ("now", "review"),
    [
        (TEXT + "\n\nTin thêm: trời đã mưa.", "page changed"),
        (TEXT.replace("tổ Điện báo cáo", "tổ Điện thông báo"), "passage changed"),
        (TEXT.replace("tổ Kho báo cáo", "tổ Kho thông báo"), "page changed"),
        (TEXT.replace("tổ Điện", "tổ Điện lạnh"), "agrees"),
    ],
)
def test_of_a_body_the_review_tells_the_corrected_passage_from_the_rest(
    archive: Archive, now: str, review: str
) -> None:
    corrected(archive, body=read_body(TEXT.replace("tổ Điện", "tổ Điện lạnh")))
    add(archive, harvest(revised(body=now), NEXT_DAY))
    assert reviews(archive) == [(review,)]


def test_an_earlier_capture_that_comes_late_puts_the_corrected_date_in_question(archive: Archive) -> None:
    corrected(archive, date_published=read_date("2024-07-31"))
    add(archive, harvest(ARTICLE, "2024-07-30T09:00:00+07:00"))
    assert reviews(archive) == [("captured before",)]


def test_corrections_are_evidence_with_who_when_and_why(archive: Archive) -> None:
    [made] = corrected(archive, date_published=ALL["date_published"])
    first, *rest = evidence_for(archive.db, ARTICLE.id, "date_published")
    assert (first["kind"], first["raw"], first["value"]) == ("archivist", "2019-05-03T08:30", VALUES["date_published"])
    assert (first["place"], first["note"]) == (
        f"correction 1 by Hoàng Thị Mơ, {made.at[:19].replace('T', ' ')}",
        "Theo sổ lưu của tòa soạn",
    )
    decide(archive.db, made.number, "withdrawn", by("Nhầm"))
    first, *again = evidence_for(archive.db, ARTICLE.id, "date_published")
    assert (first["value"], first["note"]) == (None, "Theo sổ lưu của tòa soạn; withdrawn: Nhầm")
    assert again == rest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "nothing to correct was given"),
        ({"headline": read_line(ARTICLE.headline, "headline")}, "headline: the archive says that already"),
        ({"date_published": read_date("2024-07-30T08:00")}, "date_published: the archive says that already"),
        (
            {"date_published": read_date("2024-08-02")},
            f"cannot have been published at 2024-08-02T00.* it was captured before that, at {FETCHED[:10]}",
        ),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_the_reason(
    archive: Archive, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(CorrectionError, match=message):
        corrected(archive, **given)
    assert archive.db.execute("SELECT count(*) FROM corrections").fetchone() == (0,)


def test_the_same_again_is_refused_and_so_is_the_machines_own_value(archive: Archive) -> None:
    corrected(archive, headline=ALL["headline"])
    with pytest.raises(CorrectionError, match="correction 1 by Hoàng Thị Mơ says the same"):
        corrected(archive, headline=ALL["headline"])
    with pytest.raises(CorrectionError, match="what the archive finds by itself; 'luutru correct withdraw 1'"):
        corrected(archive, headline=read_line(ARTICLE.headline, "headline"))


def test_a_clock_that_goes_back_corrects_nothing(archive: Archive) -> None:
    corrected(archive, headline=ALL["headline"])
    with pytest.raises(CorrectionError, match=r"the clock says 2020.* set the clock right first"):
        correct(archive.db, ARTICLE.id, {"byline": ALL["byline"]}, signed("Mơ", "Thử", "2020-01-01T08:00:00.000+07:00"))


@pytest.mark.parametrize(
    ("typed", "date", "precision"),
    [
        ("2019-05", "2019-05-01T00:00:00+07:00", "month"),
        ("2019-05-03", "2019-05-03T00:00:00+07:00", "day"),
        ("2019-05-03T08", "2019-05-03T08:00:00+07:00", "hour"),
        ("2019-05-03 08:30", "2019-05-03T08:30:00+07:00", "minute"),
        ("5/2019", "2019-05-01T00:00:00+07:00", "month"),
        ("3/5/2019", "2019-05-03T00:00:00+07:00", "day"),
        ("03.05.2019 8:30", "2019-05-03T08:30:00+07:00", "minute"),
        (" 2019-05-03T08:30:15+07:00", "2019-05-03T08:30:15+07:00", "second"),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(typed: str, date: str, precision: str) -> None:
    raw, value = read_date(typed)
    assert (raw, value["date_published"], value["date_precision"]) == (typed, date, precision)


@pytest.mark.parametrize(
    ("read", "given", "message"),
    [
        (read_date, "2019", "is no date: expected 5/2019"),
        (read_date, "31/2/2019", "no calendar or clock has '31/2/2019'"),
        (read_date, "3/5/19", "is no date"),
        (read_date, "2019-02-30", "no calendar or clock has '2019-02-30'"),
        (read_date, "2019-05-03T25", "no calendar or clock has"),
        (read_date, "2019-05-03T20:30Z", r"another time zone.* write 2019-05-04T03:30"),
        (read_date, "2019-05-03Z", "leave out 'Z'"),
        (read_authors, ["Thu Hà:writer"], "no role 'writer'; expected author, photographer, contributor or editor"),
        (read_authors, ["a:b:c:d"], "is no author: expected NAME"),
        (read_authors, [""] * 2, "names nobody"),
        (read_body, " \n\n ", "the body is empty"),
        (read_body, "Một\0hai", r"U\+0000, which is no text"),
        (read_section, ["Tin", ""], "a section has a name"),
        (lambda text: read_source("Báo", text), "bao.example", "is no address"),
        (lambda text: read_line(text, "headline"), "  ", "an article has a headline"),
        (lambda text: read_line(text, "byline"), "a\nb", "several lines"),
    ],
)
def test_a_mistake_is_told_with_what_is_expected(read: Any, given: Any, message: str) -> None:
    with pytest.raises(CorrectionError, match=message):
        read(given)


def test_what_is_typed_decomposed_is_kept_composed() -> None:
    assert read_line("Thu Hà", "byline")[1] == "Thu Hà"
    assert read_authors([":author:Ban Tuyên giáo", ":contributor"])[1] == [
        {"name": None, "unit": "Ban Tuyên giáo", "role": "author"},
        {"name": None, "unit": None, "role": "contributor"},
    ]


def test_name_and_reason_are_required() -> None:
    with pytest.raises(CorrectionError, match="--by NAME"):
        signed(" ", "Vì sao")
    with pytest.raises(CorrectionError, match="needs a reason"):
        signed("Mơ", "")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE corrections SET reason = 'khác'", "it was changed after it was made"),
        ("UPDATE correction_decisions SET who = 'khác'", "it was changed after it was made"),
        ("UPDATE corrections SET value = '{'", "its value cannot be read"),
        ("UPDATE articles SET corrected = NULL", "what is in effect of its corrections is not what they say"),
        ("DELETE FROM corrections", "there is no such row, though others point to it: correction_decisions"),
    ],
)
def test_verify_finds_a_correction_that_was_tampered_with(archive: Archive, sql: str, found: str) -> None:
    [made, _] = corrected(archive, byline=ALL["byline"], headline=ALL["headline"])
    decide(archive.db, made.number, "confirmed", by())
    assert damage(archive) == []
    archive.db.execute(sql)
    assert any(found in one.what for one in damage(archive))


def test_two_archives_merge_by_the_rows_that_are_missing(archive: Archive, tmp_path: Path) -> None:
    corrected(archive, headline=read_line("Một", "headline"), byline=ALL["byline"])
    with open_sample(tmp_path / "other.db") as other:
        add(other, harvest(ARTICLE))
        [late] = corrected(other, headline=read_line("Hai", "headline"))
        decide(other.db, late.number, "withdrawn", by())
        corrected(archive, section=ALL["section"])

        def merge(source: Archive, target: Archive) -> None:
            for table in ("corrections", "correction_decisions"):
                for row in list(source.db.table(table).rows):
                    row.pop("number", None)
                    target.db.table(table).insert(row, ignore=True)
            bring_into_effect(target.db, [ARTICLE.id], LATER)

        merge(other, archive)
        merge(archive, other)
        merge(other, archive)
        assert exported(archive)["headline"] == ARTICLE.headline  # the last one of all was withdrawn
        assert exported(archive) | {"content_sha256": 0} == exported(other) | {"content_sha256": 0}
        assert damage(archive) == damage(other) == []


def command(home: Path, *arguments: str, code: Exit = Exit.OK) -> str:
    result = run(home, *arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_the_commands_correct_list_show_and_withdraw(archive: Archive, tmp_path: Path) -> None:
    why = ("--reason", "Theo sổ lưu", "--by", "Mơ")
    (tmp_path / "body.txt").write_text("Đoạn mới.\n\nĐoạn hai.", "utf-8")
    told = command(
        tmp_path,
        *("correct", ARTICLE.id, "--date", "2019-05-03T08:30", "--byline", "Thu Hà", *why),
        *("--body-file", str(tmp_path / "body.txt"), "--author", "Thu Hà", "--source", "Báo Sông Lam"),
    )
    assert "2019-05-03 08:30 (“2019-05-03T08:30”)" in told
    listed = command(tmp_path, "correct", "list", ARTICLE.id[:10])
    assert {line.split()[0] for line in listed.splitlines() if not line.startswith(" ")} == set("12345")
    shown = command(tmp_path, "show", ARTICLE.id)
    assert "by an archivist's correction" in shown
    assert "archivist: “2019-05-03T08:30” → 2019-05-03T08:30:00+07:00: Theo sổ lưu [correction 1 by Mơ" in shown
    assert "Đoạn mới." in shown
    assert "No correction is to be looked at again." in command(tmp_path, "correct", "list", "--to-review")
    assert "looked at again" not in command(tmp_path, "status")
    add(archive, harvest(revised(byline="Thu Hà"), NEXT_DAY))
    assert "→ what the archive finds by itself is the same now" in command(tmp_path, "correct", "list", "--to-review")
    told = "songlam: 1 correction is to be looked at again: luutru correct list --to-review"
    assert told in command(tmp_path, "status")
    assert [one["to_review"] for one in json.loads(command(tmp_path, "status", "--json"))] == [0, 1]
    [agreed] = json.loads(command(tmp_path, "correct", "list", "--to-review", "--json"))
    assert "withdrawn by Mơ" in command(tmp_path, "correct", "withdraw", str(agreed["number"]), *why)
    assert load_article(archive.db, ARTICLE.id)["byline"] == "Thu Hà"


def test_mistakes_at_the_command_line_change_nothing_and_say_what_to_do(archive: Archive, tmp_path: Path) -> None:
    why = ("--reason", "Theo sổ lưu")
    before = exported(archive)
    for arguments, code, message in (
        (("correct", ARTICLE.id, "--date", "mai", *why), Exit.USAGE, "expected 5/2019"),
        (("correct", ARTICLE.id, *why), Exit.USAGE, "nothing to correct"),
        (("correct", ARTICLE.id, "--date", "2019-05"), Exit.USAGE, "--reason"),
        (("correct", "songlam-none", "--date", "2019-05", *why), Exit.NOT_FOUND, "no article"),
        (("correct", "withdraw", "7", *why), Exit.USAGE, "no correction 7; 'luutru correct list'"),
        (("correct", ARTICLE.id, "--body-file", str(tmp_path / "none"), *why), Exit.USAGE, "none: No such file"),
    ):
        assert message in command(tmp_path, *arguments, code=code)
    assert exported(archive) == before


def test_who_corrects_only_the_byline_is_told_that_the_authors_stay(archive: Archive, tmp_path: Path) -> None:
    told = command(tmp_path, "correct", ARTICLE.id, "--byline", "Thu Hà", "--reason", "Sổ lưu", "--by", "Mơ")
    assert "The authors stay as they were read from the page's own byline" in told
