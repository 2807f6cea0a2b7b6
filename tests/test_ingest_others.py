"""What wget, warcio or another luutru captured of a site gives the same articles as a crawl of it does.

What differs must: when a page was captured and where its record lies (``first_seen``, ``capture``), and how often it
was looked at before (``view_count``), for the replicas count each visit.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import luutru
from inprocess import exported, ingested, packed

from crawler.demo.command import write_profiles
from crawler.demo.server import Replicas, serve
from crawler.demo.world import World
from crawler.home import Home

SITES = ("thst", "ldld-caobang")
OF_THE_CAPTURE = {"first_seen", "capture", "view_count"}
USELESS = r"/(sendmail|print|savefile|tag|users|search|rating)/|nv_redirect|nvvithemever"
"""Addresses that a careful operator of wget leaves out on a NukeViet, as its profile does."""


@dataclass
class Crawled:
    """Replicas that are up, an archive made by a crawl of them, and what was asked for in it."""

    bases: Replicas
    home: Path
    asked: list[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    home = tmp_path_factory.mktemp("crawled")
    with serve(World(20260511, 10)) as bases:
        write_profiles(Home(home), {name: bases[name] for name in SITES})
        for _ in range(2):  # the second visit leaves revisits, and answers that nothing was modified
            ended = luutru(home, "crawl", *SITES)
            assert ended.returncode == 0, ended.stderr
        yield Crawled(bases, home, [bases[name] + one.target for name in SITES for one in bases.recorded(name)])


@pytest.fixture
def home(crawled: Crawled, tmp_path: Path) -> Path:
    """A home directory with the same profiles, and no archive yet."""
    folder = tmp_path / "ingested"
    shutil.copytree(crawled.home / "sites", folder / "sites")
    return folder


def _articles(home: Path) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in exported(home).splitlines()]
    assert len(lines) >= 20
    return {line["id"]: {key: value for key, value in line.items() if key not in OF_THE_CAPTURE} for line in lines}


def test_wget_s_file_gives_the_articles_of_a_crawl(crawled: Crawled, home: Path, tmp_path: Path) -> None:
    if shutil.which("wget") is None:
        assert not os.environ.get("CI"), ".ci/run installs wget"
        pytest.skip("wget is not installed")
    starts = [url for url in crawled.asked if url.endswith((*crawled.bases.values(), "/", "/sitemap.xml"))]
    command = ["wget", "-q", "--no-proxy", "--recursive", "--level=inf", "--tries=1", "--delete-after"]
    command += [f"--reject-regex={USELESS}", "--warc-file=others", *dict.fromkeys(starts)]
    subprocess.run(command, cwd=tmp_path, timeout=120, check=False)  # 8: it met a page that is not there
    ingested(home, tmp_path / "others.warc.gz")
    assert _articles(home) == _articles(crawled.home)


_CAPTURE = """
import sys
from warcio.capture_http import capture_http
import http.client
from urllib.parse import urlsplit
with capture_http(sys.argv[1]):
    for url in sys.argv[2:]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request("GET", parts._replace(scheme="", netloc="").geturl())
        connection.getresponse().read()
        connection.close()
"""


def test_warcio_s_file_gives_the_articles_of_a_crawl(crawled: Crawled, home: Path, tmp_path: Path) -> None:
    others = tmp_path / "others.warc.gz"
    asked = list(dict.fromkeys(crawled.asked))
    subprocess.run([sys.executable, "-c", _CAPTURE, str(others), *asked], check=True, timeout=120)
    ingested(home, others)
    assert _articles(home) == _articles(crawled.home)


def test_a_pack_of_ours_gives_the_same_export_elsewhere(crawled: Crawled, home: Path, tmp_path: Path) -> None:
    ingested(home, packed(crawled.home, tmp_path / "ours.wacz"))

    def export(folder: Path) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in exported(folder).splitlines()]
        for line in lines:
            del line["capture"]["warc"], line["capture"]["offset"]
        return lines

    assert export(home) == export(crawled.home)


def test_a_pack_of_ours_is_nothing_new_where_it_was_made(crawled: Crawled, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(crawled.home, home)
    before = exported(home), sorted((home / "warc").iterdir())
    ingested(home, packed(home, tmp_path / "ours.wacz"))
    assert (exported(home), sorted((home / "warc").iterdir())) == before
