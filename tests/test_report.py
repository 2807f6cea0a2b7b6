"""What a crawl prints at its end."""

from __future__ import annotations

import pytest
from rich.console import Console

from crawler.progress import SiteProgress
from crawler.report import crawl_report


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ("finished", "finished"),
        ("shutdown", "stopped"),
        ("archive failed: disk full", "archive failed"),
        (None, "not closed"),
    ],
)
def test_how_a_crawl_ended_is_told_in_an_operators_words(ended: str | None, told: str) -> None:
    console = Console(width=120)
    with console.capture() as printed:
        console.print(crawl_report({"thst": SiteProgress(ended=ended)}, {}))
    assert printed.get().rstrip().endswith(f" {told}")
    assert "shutdown" not in printed.get()
