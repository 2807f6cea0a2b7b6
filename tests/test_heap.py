"""What a crawl's processes hold does not grow with the pages that went through them: the C library's part in it."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="not glibc")

HEAPS = """
import ctypes, sys, threading
from crawler import heap

if sys.argv[1] == "one":
    heap.keep_one()
all_there = threading.Barrier(5)

def take():
    held = bytearray(50_000)
    all_there.wait()
    all_there.wait()

threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
all_there.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
all_there.wait()
"""
FREED = """
from pathlib import Path
from crawler import heap

def held():
    return int(Path("/proc/self/statm").read_text().split()[1])

pages, kept = [], []
for _ in range(2_000):
    pages.append(bytearray(60_000))
    kept.append(bytearray(600))
del pages
before = held()
heap.give_back()
print(held() / before)
"""


def run(script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_threads_share_one_heap_once_that_is_asked_for() -> None:
    assert run(HEAPS, "many").count("<heap nr=") > 1
    assert run(HEAPS, "one").count("<heap nr=") == 1


def test_what_is_free_between_what_lasts_goes_back_to_the_system() -> None:
    assert float(run(FREED)) < 0.5
