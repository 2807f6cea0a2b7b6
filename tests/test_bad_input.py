"""What a user sees when something is wrong: the file, the key, what was expected, and an exit code of its own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from conftest import luutru, serving
from test_urls import SITE

from archive.exits import Exit


def _site(home: Path, text: str, name: str = "songlam") -> None:
    (home / "sites").mkdir(parents=True, exist_ok=True)
    (home / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("mistake", "key", "expected"),
    [
        ("[crawl]\ndelay = 0\n", "crawl", "above zero"),
        ("[crawl]\ndelya = 2\n", "crawl", "unknown field `delya`"),
        ('[crawl]\ndelay = "fast"\n', "crawl.delay", "Expected `float`"),
        ('[[layouts]]\n[layouts.fields.headline]\nselect = ["h1["]\n', "layouts[0].fields.headline.select[0]", "CSS"),
        ('[[layouts]]\n[layouts.urls]\narticle = ["("]\n', "layouts[0].urls.article[0]", "regular expression"),
        ('[[layouts]]\n[layouts.urls]\npager = ["/trang-(.*)"]\n', "layouts[0].urls", "groups named section and page"),
        ("[crawl\n", "not TOML", "line 8"),
    ],
)
def test_a_mistake_in_a_profile_is_named_by_file_and_key(tmp_path: Path, mistake: str, key: str, expected: str) -> None:
    _site(tmp_path, SITE + mistake)
    ended = luutru(tmp_path, "crawl", "songlam")
    assert ended.returncode == Exit.BAD_CONFIGURATION
    assert f"songlam.toml: {key}" in ended.stderr
    assert expected in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "archive.db").exists()


def test_an_unknown_family_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    _site(tmp_path, SITE.replace('"nukeviet"', '"nukeveit"'))
    ended = luutru(tmp_path, "crawl", "songlam")
    assert ended.returncode == Exit.BAD_CONFIGURATION
    assert "family: no family 'nukeveit'" in ended.stderr
    assert "nukeviet" in ended.stderr.replace("nukeveit", "")


def test_an_unknown_site_is_answered_with_the_nearest_names(tmp_path: Path) -> None:
    ended = luutru(tmp_path, "crawl", "ldld-caobag")
    assert ended.returncode == Exit.NOT_FOUND
    assert "ldld-caobang" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", [["crawl", "thst"], ["search", "công đoàn"], ["export"], ["status"]])
def test_a_database_that_is_not_ours_is_refused_and_left_untouched(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "archive.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE accounts (name TEXT)")
    db.close()
    before = hashlib.sha256(path.read_bytes()).digest()
    ended = luutru(tmp_path, *command)
    assert ended.returncode == Exit.CANNOT_OPEN
    assert f"{path}" in ended.stderr
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive.db"]


def test_a_private_address_is_refused_unless_allowed(tmp_path: Path) -> None:
    with _server({"/": (200, "<a href='/kinh-te/mot-bai-7.html'>Một bài</a>")}) as (base, asked):
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
        ended = luutru(tmp_path, "crawl", "songlam", "--delay", "0.01")
        assert ended.returncode == Exit.CRAWL_FAILED
        assert "private address" in ended.stdout
        assert asked == []


def test_only_the_profiles_own_port_is_asked_even_when_private_addresses_are_allowed(tmp_path: Path) -> None:
    with _server({"/kinh-te/mot-bai-7.html": (200, "secret")}) as (other, asked_other):
        pages = {
            "/": (200, f"<a href='{other}kinh-te/mot-bai-7.html'>x</a><a href='/kinh-te/bai-8.html'>y</a>"),
            "/kinh-te/bai-8.html": (302, other + "kinh-te/mot-bai-7.html"),
        }
        with _server(pages) as (base, asked):
            _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
            luutru(tmp_path, "crawl", "songlam", "--delay", "0.01", "--allow-private")
    assert "/kinh-te/bai-8.html" in asked
    assert asked_other == []


def test_a_page_that_cannot_be_extracted_is_kept_with_its_reason_and_is_no_article(tmp_path: Path) -> None:
    broken = "<html><body><p>Hệ thống đang bảo trì, mời bạn quay lại sau.</p></body></html>"
    pages = {
        "/": (200, "<a href='/kinh-te/mot-bai-7.html'>Một bài</a>"),
        "/kinh-te/mot-bai-7.html": (200, broken),
    }
    with _server(pages) as (base, _):
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", base))
        ended = luutru(tmp_path, "crawl", "songlam", "--delay", "0.01", "--allow-private")
    assert ended.returncode == Exit.OK
    with sqlite3.connect(tmp_path / "archive.db") as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (0,)
        kept = db.execute("SELECT reason, warc FROM captures WHERE outcome = 'unextractable'").fetchall()
    assert len(kept) == 1
    assert kept[0][0]
    assert kept[0][1]
    assert kept[0][0] in ended.stdout
    assert "1" in luutru(tmp_path, "status").stdout


@contextmanager
def _server(pages: dict[str, tuple[int, str]]) -> Iterator[tuple[str, list[str]]]:
    """Answers with the given pages; a 302's text is where it leads. ``robots.txt`` is 404 and not listed as asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = pages.get(self.path, (404, "không có"))
            if self.path != "/robots.txt":
                asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if status == 302:
                self.send_header("Location", text)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        yield f"{address}/", asked
