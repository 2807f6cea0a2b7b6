"""From when on a new layout is valid: since the site looks so, as the archived pages show, not since it was learned."""

from __future__ import annotations

from pathlib import Path

import pytest
from taped import NAME, Taped, article_page

from crawler.profiles import Profile
from crawler.survey.border import border

OLD = '[[layouts]]\nversion = "cu"\n'
NEW = OLD + '[layouts.fields.body]\nselect = ["div.than-bai"]\n[layouts.fields.headline]\nselect = ["h2.tua"]\n'
SURVEYED = "2024-07-30T12:00:00+07:00"


@pytest.fixture
def taped(tmp_path: Path) -> Taped:
    return Taped(tmp_path / "home", OLD)


def _capture(taped: Taped, number: int, at: str, *, new: bool = False) -> None:
    page = article_page(f"Bài số {number}", f"Tổ sản xuất số {number} vượt kế hoạch tháng, cả tổ được khen.")
    if new:
        page = page.replace('id="news-bodyhtml"', 'class="than-bai"').replace('h1 class="title"', 'h2 class="tua"')
    taped.exchange(f"/tin/bai-{number}.html", page, at)


def _profiles(taped: Taped) -> tuple[Profile, Profile]:
    before = taped.home.profiles.load(NAME)
    taped.profile(NEW)
    return before, taped.home.profiles.load(NAME)


def test_it_is_valid_from_the_first_archived_page_that_needs_it_even_of_the_same_day(taped: Taped) -> None:
    for number in range(70):
        _capture(taped, number, f"2024-07-{number % 19 + 1:02}T08:00:00+07:00")
    for number, time in enumerate(("07:00", "08:30", "08:31", "19:00"), 80):
        _capture(taped, number, f"2024-07-20T{time}:00+07:00", new=number > 81)
    taped.store()
    found = border(taped.home, *_profiles(taped), SURVEYED)
    assert (found.valid_from, found.later) == ("2024-07-20T08:31:00+07:00", 2)
    assert "needs the new rules was captured 2024-07-20 08:31" in found.why
    assert "the newest that needs the old ones 2024-07-20 08:30" in found.why


def test_where_no_archived_page_needs_it_it_is_valid_from_the_survey_and_that_is_said(taped: Taped) -> None:
    _capture(taped, 1, "2024-07-30T11:59:00+07:00")
    taped.store()
    found = border(taped.home, *_profiles(taped), SURVEYED)
    assert (found.valid_from, found.later) == (SURVEYED, 0)
    assert "the time of this survey: of 1 archived pages" in found.why
    assert "none needs the new rules; the newest that needs the old ones was captured 2024-07-30 11:59" in found.why


def test_pages_that_contradict_the_border_are_named(taped: Taped) -> None:
    for number in range(9):
        _capture(taped, number, f"2024-07-2{number}T08:00:00+07:00", new=number in {2, 5, 6, 7, 8})
    taped.store()
    found = border(taped.home, *_profiles(taped), SURVEYED)
    assert found.valid_from == "2024-07-25T08:00:00+07:00"
    assert "1 of them contradict that, as http://ldld.songlam.example/tin/bai-2.html" in found.why


def test_rules_that_read_all_pages_alike_are_valid_from_the_survey(taped: Taped) -> None:
    _capture(taped, 1, "2024-07-01T08:00:00+07:00")
    taped.store()
    before, _ = _profiles(taped)
    found = border(taped.home, before, before, SURVEYED)
    assert found.valid_from == SURVEYED
    assert "old and new rules read each equally well" in found.why
