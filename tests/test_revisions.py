"""What differs between two versions of an article, and how it is shown; what is no difference."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_archive import add, harvest, open_sample, run, sample

from archive.addresses import named_file
from archive.records import Article, Attachment, Author, Image, Media, Source
from archive.revisions import Piece, compare, compare_texts, load_revisions
from archive.rows import content_digest, revision_content
from archive.search import search

LATER = "2024-08-02T06:30:00+07:00"
PARAGRAPHS = [
    "Sáng 1/5, hơn 2.000 công nhân dự ngày hội.",
    "Ban tổ chức trao 30 phần quà.",
    "Ngày hội có ba trò chơi dân gian.",
    "Bà con đến xem rất đông.",
    "Hẹn gặp lại năm sau.",
]
FIRST = sample(
    "ngay-hoi",
    "Ngày hội công nhân khu công nghiệp",
    "\n\n".join(PARAGRAPHS),
    description="Ngày hội diễn ra trong hai ngày.",
    byline="THU HÀ",
    authors=[Author("Thu Hà", "Ban Tuyên giáo", "author")],
    date_published="2024-05-01T11:30:00+07:00",
    keywords=["Tháng Công nhân", "ngày hội"],
    images=[Image("http://songlam.example/1.jpg", "Kéo co.", "Thu Hà"), Image("http://songlam.example/2.jpg")],
    attachments=[Attachment("http://songlam.example/tai-ve.aspx?id=7", "Kế hoạch", "application/pdf")],
    media=[Media("https://video.example/watch?v=abc", "video", "Kéo co")],
)


def changes(now: Article, before: Article = FIRST) -> dict[str, dict[str, Any]]:
    """The differences by field, as the JSON has them."""
    contents = [msgspec.json.decode(revision_content(one, "")) for one in (before, now)]
    return {change.field: asdict(change) for change in compare(*contents)}


def two_versions(path: Path, now: Article, at: str = LATER) -> Path:
    with open_sample(path / "archive.db") as archive:
        add(archive, harvest(FIRST))
        add(archive, harvest(now, at))
    return path


def shown(home: Path) -> list[str]:
    return run(home, "show", FIRST.id, "--revisions").stdout.splitlines()


def test_each_revision_says_when_and_where_it_was_seen_and_what_it_was_read_with(tmp_path: Path) -> None:
    lines = shown(two_versions(tmp_path, replace(FIRST, headline="Ngày hội hoãn lại", profile_version="2+fedcba")))
    assert lines[:2] == ["Ngày hội hoãn lại", f"{FIRST.id}: 2 revisions, oldest first"]
    assert lines[3:6] == [
        "Revision 1, seen 2024-08-01 06:30:00",
        f"  from {FIRST.url} (status 200)",
        "  read with profile songlam, 1+0123456789ab",
    ]
    assert lines[7] == "Revision 2, seen 2024-08-02 06:30:00, current"
    assert lines[9] == "  read with profile songlam, 2+fedcba"


def test_the_words_that_differ_are_marked_without_colour_too(tmp_path: Path) -> None:
    lines = shown(two_versions(tmp_path, replace(FIRST, headline="Ngày hội công nhân hoãn lại")))
    assert lines[10:] == [
        "  headline",
        "    - Ngày hội công nhân [-khu công nghiệp-]",
        "    + Ngày hội công nhân {+hoãn lại+}",
    ]


def test_of_a_body_only_the_paragraphs_that_differ_are_shown(tmp_path: Path) -> None:
    body = [PARAGRAPHS[0].replace("2.000", "3.000"), *PARAGRAPHS[1:3], "Trời mưa to.", PARAGRAPHS[4], "Thêm một dòng."]
    lines = shown(two_versions(tmp_path, replace(FIRST, body="\n\n".join(body))))
    assert lines[10:] == [
        "  body",
        "    - Sáng 1/5, hơn [-2.000-] công nhân dự ngày hội.",
        "    + Sáng 1/5, hơn {+3.000+} công nhân dự ngày hội.",
        "    … 2 paragraphs the same",
        "    - Bà con đến xem rất đông.",
        "    + Trời mưa to.",
        "    … 1 paragraph the same",
        "    + Thêm một dòng.",
    ]


def test_dates_authors_sources_and_lists_are_shown_with_what_went_and_what_came(tmp_path: Path) -> None:
    now = replace(
        FIRST,
        byline=None,
        authors=[Author("Thu Hà", "Ban Tuyên giáo", "photographer"), Author(None, "Ban Nữ công", "author")],
        date_published=None,
        date_precision=None,
        date_published_raw="Ngày đăng: sắp tới",
        source=Source("Báo Sông Lam", "http://bao.example/1"),
        keywords=["ngày hội", "Tháng Công nhân"],
        images=[
            Image("https://www.songlam.example/1.jpg?v=9", "Kéo co, sáng 1/5.", None),
            Image("http://b.example/3.jpg"),
        ],
        attachments=[],
        media=[Media("https://video.example/watch?v=xyz", "video", "Kéo co")],
    )
    lines = shown(two_versions(tmp_path, now))
    assert lines[10:] == [
        *("  byline", "    - THU HÀ"),
        "  authors",
        "    - Thu Hà · Ban Tuyên giáo · author",
        "    + Thu Hà · Ban Tuyên giáo · {+photographer; Ban Nữ công · +}author",
        "  date_published",
        "    - 2024-05-01 11:30 (exact to the minute), printed “2024-05-01”",
        "    + undated, printed “Ngày đăng: sắp tới”",
        *("  source", "    - none", "    + Báo Sông Lam http://bao.example/1"),
        *("  keywords", "    - Tháng Công nhân[-; ngày hội-]", "    + {+ngày hội; +}Tháng Công nhân"),
        *("  images", "    - http://songlam.example/2.jpg", "    + http://b.example/3.jpg"),
        "    ~ https://www.songlam.example/1.jpg?v=9",
        *("      caption", "        - Kéo co.", "        + Kéo co{+, sáng 1/5+}."),
        *("      credit", "        - Thu Hà"),
        *("  attachments", "    - http://songlam.example/tai-ve.aspx?id=7 · Kế hoạch · application/pdf"),
        "  media",
        "    - https://video.example/watch?v=abc · video · Kéo co",
        "    + https://video.example/watch?v=xyz · video · Kéo co",
    ]


def test_a_program_gets_the_differences_as_data(tmp_path: Path) -> None:
    home = two_versions(tmp_path, replace(FIRST, headline="Ngày hội công nhân hoãn lại"))
    first, second = json.loads(run(home, "show", FIRST.id, "--revisions", "--json").stdout)
    assert (first["revision"], first["changes"], first["content"]["headline"]) == (1, None, FIRST.headline)
    assert second["capture"] == {
        "url": FIRST.url,
        "fetched_at": LATER,
        "status": 200,
        "warc": None,
        "offset": None,
        "record_id": None,
    }
    assert second["changes"] == [
        {
            "field": "headline",
            "before": FIRST.headline,
            "after": "Ngày hội công nhân hoãn lại",
            "words": [
                {"kind": "same", "text": "Ngày hội công nhân "},
                {"kind": "removed", "text": "khu công nghiệp"},
                {"kind": "added", "text": "hoãn lại"},
            ],
        }
    ]
    assert second["content_sha256"] != first["content_sha256"]
    assert (second["recorded_at"], second["profile_version"]) == (LATER, FIRST.profile_version)


def test_an_article_that_never_changed_has_one_revision(tmp_path: Path) -> None:
    lines = shown(two_versions(tmp_path, replace(FIRST, view_count=9)))
    assert lines[1] == f"{FIRST.id}: the only revision"
    assert not any(line.startswith("Revision 2") for line in lines)


def test_versions_are_compared_in_the_order_of_their_pages(tmp_path: Path) -> None:
    home = two_versions(tmp_path, replace(FIRST, headline="Bản cũ hơn"), at="2024-07-01T06:30:00+07:00")
    lines = shown(home)
    assert lines[3] == "Revision 2, seen 2024-07-01 06:30:00"
    assert lines[7] == "Revision 1, seen 2024-08-01 06:30:00, current"
    assert "    - Bản cũ hơn" in lines


def test_an_old_page_that_is_read_late_is_not_called_current(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST))
        add(archive, harvest(FIRST, "2024-08-09T06:30:00+07:00"))
        add(archive, harvest(replace(FIRST, headline="Giữa chừng"), LATER))
    lines = shown(tmp_path)
    assert lines[0] == FIRST.headline
    assert lines[3] == "Revision 1, seen 2024-08-01 06:30:00, current"
    assert lines[7] == "Revision 2, seen 2024-08-02 06:30:00"


def test_a_revision_whose_capture_is_lost_is_shown_all_the_same(tmp_path: Path) -> None:
    home = two_versions(tmp_path, replace(FIRST, headline="Bản mới"))
    with open_sample(home / "archive.db") as archive:
        archive.db.execute("DELETE FROM captures WHERE id = 1")
        archive.db.commit()
    assert shown(home)[4] == "  its capture is not in the archive: 'luutru verify' tells what else is missing"


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("headline", {"headline": "Ngày hội của công nhân"}),
        ("body", {"body": "\n\n".join(PARAGRAPHS[:4])}),
        ("byline", {"byline": "T.H"}),
        ("date_published", {"date_published": "2024-05-02T11:30:00+07:00", "date_published_raw": "2024-05-02"}),
        ("images", {"images": [Image("http://songlam.example/9.jpg", "Kéo co.", "Thu Hà"), FIRST.images[1]]}),
    ],
)
def test_one_changed_field_makes_one_revision_and_is_its_only_difference(
    tmp_path: Path, field: str, changed: dict[str, Any]
) -> None:
    now = replace(FIRST, **changed)
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST))
        for at in (LATER, "2024-08-03T06:30:00+07:00"):
            add(archive, harvest(now, at))
        old, new = load_revisions(archive.db, FIRST.id)
        assert [one.field for one in new.changes or []] == [field]
        assert msgspec.convert(old.content, Article).body == FIRST.body
        assert old.content[field] == msgspec.to_builtins(FIRST)[field]
        assert new.content[field] == msgspec.to_builtins(now)[field]


def test_the_search_finds_the_newest_text_and_not_the_old_one(tmp_path: Path) -> None:
    with open_sample(tmp_path / "archive.db") as archive:
        add(archive, harvest(FIRST))
        add(archive, harvest(replace(FIRST, headline="Ngày hội hoãn lại", body="Trời mưa to, hẹn dịp khác."), LATER))
        assert [hit.id for hit in search(archive.db, '"mưa to"').hits] == [FIRST.id]
        assert [hit.id for hit in search(archive.db, '"hoãn lại"').hits] == [FIRST.id]
        assert search(archive.db, '"trò chơi dân gian"').hits == []


@pytest.mark.parametrize(
    "changed",
    [
        {"images": [replace(FIRST.images[0], url="http://songlam.example/1.jpg?v=1718"), FIRST.images[1]]},
        {"images": [replace(FIRST.images[0], url="https://www.songlam.example/1.jpg"), FIRST.images[1]]},
        {"images": [FIRST.images[0], replace(FIRST.images[1], url="http://songlam.example/2.jpg;jsessionid=0A1B?t=5")]},
        {"attachments": [replace(FIRST.attachments[0], url="http://songlam.example/tai-ve.aspx?sid=55aa&id=7&T=12")]},
        {"media": [replace(FIRST.media[0], url="https://video.example/watch?v=abc&t=90")]},
    ],
    ids=lambda changed: next(iter(changed.values()))[-1].url,
)
def test_a_token_in_a_files_address_makes_no_revision(changed: dict[str, Any]) -> None:
    now = replace(FIRST, **changed)
    assert content_digest(now) == content_digest(FIRST)
    assert changes(now) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"images": [replace(FIRST.images[0], url="http://songlam.example/anh/1.jpg"), FIRST.images[1]]},
        {"attachments": [replace(FIRST.attachments[0], url="http://songlam.example/tai-ve.aspx?id=8")]},
        {"media": [replace(FIRST.media[0], url="https://video.example/watch?v=abd")]},
    ],
    ids=lambda changed: next(iter(changed.values()))[0].url,
)
def test_another_file_makes_a_revision(changed: dict[str, Any]) -> None:
    now = replace(FIRST, **changed)
    assert content_digest(now) != content_digest(FIRST)
    assert list(changes(now)) == list(changed)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://WWW.A.example/x/1.JPG?v=2#top", "//a.example/x/1.JPG"),
        ("http://a.example:8080/x/1.7z?sid=2", "//a.example:8080/x/1.7z"),
        ("http://a.example/anh.ashx?id=3&ts=171", "//a.example/anh.ashx?id=3"),
        ("http://a.example/anh/3", "//a.example/anh/3"),
        ("http://a.example/v1.2?id=3", "//a.example/v1.2?id=3"),
        ("http://a.example/.../?id=3&", "//a.example/.../?id=3&"),
        ("http://[broken/1.jpg?v=1", "http://[broken/1.jpg?v=1"),
    ],
)
def test_which_file_an_address_names(address: str, named: str) -> None:
    assert named_file(address) == named


def test_a_date_counted_back_from_each_visit_is_one_date() -> None:
    def printed(raw: str, date: str) -> str:
        return content_digest(replace(FIRST, date_published_raw=raw, date_published=date))

    first = printed("2 giờ trước", "2024-08-01T04:00:00+07:00")
    assert printed("Đăng 5 giờ trước", "2024-08-01T05:00:00+07:00") == first
    assert printed("1 ngày trước", "2024-08-02T00:00:00+07:00") == first
    assert printed("01/08/2024 04:12", "2024-08-01T04:12:00+07:00") != first
    assert printed("02/08/2024 (2 giờ trước)", "2024-08-02T00:00:00+07:00") != printed(
        "03/08/2024 (2 giờ trước)", "2024-08-03T00:00:00+07:00"
    )


def test_a_paragraph_that_was_edited_is_told_from_one_that_was_replaced() -> None:
    now = replace(FIRST, body="\n\n".join([*PARAGRAPHS[:2], "Chen vào.", "Ngày hội có bốn trò chơi dân gian.", "Hết."]))
    parts = changes(now)["body"]["parts"]
    assert [(part["kind"], part["before"], part["after"]) for part in parts] == [
        ("same", None, None),
        ("added", None, "Chen vào."),
        ("changed", PARAGRAPHS[2], "Ngày hội có bốn trò chơi dân gian."),
        ("removed", PARAGRAPHS[3], None),
        ("removed", PARAGRAPHS[4], None),
        ("added", None, "Hết."),
    ]
    assert [piece["text"] for piece in parts[2]["words"] if piece["kind"] != "same"] == ["ba", "bốn"]


def test_changes_with_only_signs_between_them_are_one() -> None:
    assert compare_texts("Tặng 30 quà, 20 sách", "Tặng 30 vé; 20 sách") == [
        Piece("same", "Tặng 30 "),
        Piece("removed", "quà,"),
        Piece("added", "vé;"),
        Piece("same", " 20 sách"),
    ]
    assert compare_texts("một, hai", "ba, bốn") == [Piece("removed", "một, hai"), Piece("added", "ba, bốn")]


WORDS = st.lists(st.sampled_from(["công", "đoàn", " ", ", ", "2.000", ".", "\n", "Đ"]), max_size=12).map("".join)


@given(WORDS, WORDS)
@settings(max_examples=200, deadline=None)
def test_the_pieces_of_a_comparison_are_both_texts(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


PARAGRAPH = WORDS.map(lambda text: text.replace("\n", "").strip()).filter(bool)


@given(st.lists(PARAGRAPH, max_size=6), st.lists(PARAGRAPH, max_size=6))
@settings(max_examples=200, deadline=None)
def test_the_parts_of_a_body_are_both_bodies(before: list[str], after: list[str]) -> None:
    old, new = (replace(FIRST, body="\n\n".join(body)) for body in (before, after))
    parts = changes(new, old).get("body", {"parts": []})["parts"]
    assert bool(parts) == (before != after)
    for name, body in (("before", before), ("after", after)) if parts else ():
        texts = [part[name] for part in parts if part[name] is not None]
        same = sum(part["count"] for part in parts if part["kind"] == "same")
        assert len(texts) + same == len(body)
        assert set(texts) <= set(body)


def test_whole_books_are_compared_before_somebody_stops_waiting() -> None:
    before = " ".join(f"chữ {number % 97}" for number in range(20_000))
    pieces = compare_texts(before, before.replace("chữ 5 ", "lời 5 "))
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before


def test_a_page_cannot_steer_the_terminal_through_its_old_versions(tmp_path: Path) -> None:
    home = two_versions(
        tmp_path, replace(FIRST, headline="Tin \x1b[2J xấu", body="\u202eThân \x07bài.", byline="\x9bA")
    )
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set("".join(shown(home)))
