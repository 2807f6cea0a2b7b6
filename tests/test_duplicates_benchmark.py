"""Labelled pairs through the whole archive: the short form of ``python benchmarks/duplicates.py``."""

from __future__ import annotations

import importlib
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from archive import likeness
from archive.store import Archive

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("duplicates")


def outcome(benchmark: ModuleType, folder: Path, each: int) -> Any:
    dice = random.Random(benchmark.SEED)  # noqa: S311 - a seed, not a secret
    with Archive(folder / "archive.db") as archive:
        return benchmark.judge(archive, list(benchmark.pairs(each, dice)), dice)


def test_copies_are_found_and_other_events_are_not(benchmark: ModuleType, tmp_path: Path) -> None:
    found = outcome(benchmark, tmp_path, 6)
    assert found.there.total() == 2 * 6 * len(benchmark.COPIES)
    assert found.reaches_floors(), (found.found, found.strays)


def test_the_benchmark_notices_when_forms_are_taken_for_copies(
    benchmark: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "_one_event", lambda beside: True)
    found = outcome(benchmark, tmp_path, 3)
    assert found.precision < 0.9
    assert not found.reaches_floors()


def test_the_benchmark_notices_when_edits_are_taken_for_other_events(
    benchmark: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "_one_event", lambda beside: not beside.edits)
    found = outcome(benchmark, tmp_path, 3)
    assert found.share(benchmark.EDITED) < 0.5
    assert not found.reaches_floors()
