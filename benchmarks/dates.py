"""How many of the 115 printed forms each reader gets right, and how long one takes: ``python benchmarks/dates.py``.

The forms and their meanings are the table of tests/test_dates.py. Ratios within one run count, not the times.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import dateparser
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from test_dates import NOW, TABLE

from crawler.dates import read_date, read_feed_date

SETTINGS = {
    "DATE_ORDER": "DMY",
    "TIMEZONE": "Asia/Ho_Chi_Minh",
    "TO_TIMEZONE": "Asia/Ho_Chi_Minh",
    "RETURN_AS_TIMEZONE_AWARE": True,
    "RELATIVE_BASE": datetime(2024, 7, 20, 10),
    "PREFER_DATES_FROM": "past",
    "PREFER_DAY_OF_MONTH": "first",
}
FEED_ROW = 89
ROUNDS = 20


def ours(number: int, raw: str, order: Any) -> str | None:
    """What the archive reads; the feed's row goes the feed's way."""
    is_feed = number == FEED_ROW
    found = read_feed_date(raw, precision="hour") if is_feed else read_date(raw, order=order, reference=NOW)
    return found.value.replace(tzinfo=None).isoformat() if found else None


def dateparser_alone(number: int, raw: str, order: str) -> str | None:
    """dateparser as its manual would have it used for these sites."""
    order = "DMY" if number == FEED_ROW else order
    found = dateparser.parse(raw, languages=["vi"], settings=SETTINGS | {"DATE_ORDER": order})
    return found.replace(tzinfo=None).isoformat() if found else None


def measure(read: Callable[[int, str, str], str | None]) -> tuple[int, int, int, float]:
    """Right, not read, wrong, and microseconds a string (the first round warms caches and is not counted)."""
    right = unread = wrong = 0
    for number, raw, meaning, _, order, _ in TABLE:
        found = read(number, raw, order)
        right += found == meaning
        unread += found is None and meaning is not None
        wrong += found is not None and found != meaning
    began = time.perf_counter()
    for _ in range(ROUNDS):
        for number, raw, _, _, order, _ in TABLE:
            read(number, raw, order)
    return right, unread, wrong, (time.perf_counter() - began) / ROUNDS / len(TABLE) * 1e6


def main() -> None:
    table = Table("reader", "right", "not read", "wrong value", "µs a string", "ratio")
    fastest = None
    for name, read in (("luutru", ours), ("dateparser, vi", dateparser_alone)):
        right, unread, wrong, each = measure(read)
        fastest = fastest or each
        counts = (f"{right} of {len(TABLE)}", str(unread), str(wrong))
        table.add_row(name, *counts, f"{each:.0f}", f"{each / fastest:.0f}x")
    Console().print(table)


if __name__ == "__main__":
    main()
