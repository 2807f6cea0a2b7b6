"""The floors of the fidelity benchmark: none is below what is asked without a reason, and none is lowered silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fidelity
import fields
import pytest

from crawler.demo.site import replica_names

TRUE: dict[str, Any] = {
    "url": "http://a.example/1",
    "headline": "Trao nhà cho đoàn viên",
    "description": None,
    "body": "Sáng 5/3, công đoàn trao nhà.",
    "date_published": "2024-03-05T09:14:00+07:00",
    "date_precision": "minute",
    "date_evidence": "page",
    "authors": [{"name": "Lan Anh", "unit": None, "role": "author"}],
    "source": None,
    "images": [{"caption": "Quang cảnh buổi trao nhà"}],
    "related": [{"url": "http://a.example/2", "title": "Ra quân"}, {"url": None, "title": "Họp mặt"}],
}


def test_every_floor_reaches_what_is_asked_or_says_why_not() -> None:
    held = fidelity.floors()
    low = [
        f"{family}, {name} to {value}"
        for family, table in held.items()
        for name, value in table.items()
        if value < fidelity.ASKED[name]
    ]
    reasons = fidelity.reasons()
    assert [one for one in low if not any(one in reason for reason in reasons)] == []


def test_every_replica_has_its_floors() -> None:
    held = fidelity.floors()
    assert {name for name in replica_names() if not any(family.endswith(f" ({name})") for family in held)} == set()
    assert fidelity.REAL in held


def test_a_right_record_is_right_in_every_field() -> None:
    scores = fields.score([(TRUE, TRUE)])
    assert {name: scores.share(name) for name in fields.FIELDS} == dict.fromkeys(fields.FIELDS, 1.0)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("headline", {"headline": "Trao nhà"}),
        ("body", {"body": "Sáng 5/3, công đoàn trao nhà. Tin liên quan"}),
        ("sapo", {"description": "Sáng 5/3"}),
        ("date", {"date_published": "2024-03-05T09:15:00+07:00"}),
        ("day", {"date_published": "2024-05-03T09:14:00+07:00"}),
        ("authors", {"authors": []}),
        ("source", {"source": {"name": "Báo Lao Động", "url": None}}),
        ("captions", {"images": []}),
        ("related recall", {"related": TRUE["related"][:1]}),
        ("related precision", {"related": [*TRUE["related"], {"url": "http://a.example/3", "title": "Khác"}]}),
    ],
)
def test_a_wrong_field_costs_its_figure_and_is_named(name: str, change: dict[str, Any]) -> None:
    scores = fields.score([(TRUE, TRUE | change)])
    assert (scores.share(name) or 0.0) < 1.0
    assert scores.wrong[name] == [TRUE["url"]]
    held = dict.fromkeys(fields.FIELDS, 1.0)
    assert any(f": {name} " in line for line in fidelity.below("thử", scores, held))
    assert fidelity.below("thử", fields.score([(TRUE, TRUE)]), held) == []


def test_an_article_that_was_not_found_counts_as_lost_and_nowhere_else() -> None:
    scores = fields.score([(TRUE, TRUE), (TRUE, None)])
    assert scores.share("found") == 0.5
    assert scores.share("headline") == 1.0


def test_an_update_raises_floors_and_lowers_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fidelity, "FLOORS", tmp_path / "floors.toml")
    fidelity.write_floors({"thử": fields.score([(TRUE, TRUE)])})
    assert fidelity.floors()["thử"]["authors"] == 1.0
    fidelity.write_floors({"thử": fields.score([(TRUE, TRUE | {"authors": []})])})
    assert fidelity.floors()["thử"]["authors"] == 1.0
    fidelity.lower("thử", "authors", 0.5, "một nửa không có tên")
    assert fidelity.floors()["thử"]["authors"] == 0.5
    assert [reason.endswith("thử, authors to 0.5: một nửa không có tên") for reason in fidelity.reasons()] == [True]
