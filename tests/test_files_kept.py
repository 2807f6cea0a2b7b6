"""Pictures and documents of articles: captured once, from the site's own hosts, where the profile wants them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from changing import ChangingSite, Shown, changing_site
from conftest import luutru
from test_bad_input import _site
from test_urls import SITE, addresses, profile

from archive.exits import Exit
from archive.warc import Stored, walk
from crawler import settings
from crawler.urls import SiteAddresses

__all__ = ["addresses", "profile"]  # fixtures

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + b"a" * 300, b"\xff\xd8\xff" + b"b" * 300
LARGE = b"%PDF-1.7\n" + b"\0" * settings.DOWNLOAD_MAXSIZE
PAGE = """<html><body><div class="news_column"><h1 class="title" itemprop="headline">{headline}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span><div id="news-bodyhtml">
<p>Đội văn nghệ công nhân ra mắt chương trình mới tại nhà văn hóa lao động.</p>{pictures}
<p>Vé mời được gửi về các tổ công đoàn từ đầu tuần.</p></div>
<div class="news-download-file"><ul>{documents}</ul></div></div></body></html>"""


def _article(headline: str, pictures: list[str], documents: list[str]) -> Shown:
    shown = "".join(f'<p><img src="{src}" alt=""></p>' for src in pictures)
    linked = "".join(f'<li><a href="{href}" download>Kế hoạch</a></li>' for href in documents)
    return Shown(PAGE.format(headline=headline, pictures=shown, documents=linked))


@dataclass
class Kept:
    home: Path
    own: ChangingSite
    other: ChangingSite
    first: list[str]
    again: list[str]

    def captures(self, role: str) -> dict[str, tuple[str, str | None, bool]]:
        """By path and query: outcome, reason, and whether the record refers to an earlier one."""
        with sqlite3.connect(self.home / "archive.db") as db:
            rows = db.execute("SELECT url, outcome, reason, refers_to FROM captures WHERE role = ?", [role]).fetchall()
        return {"/" + url.removeprefix(self.own.base): (outcome, why, bool(same)) for url, outcome, why, same in rows}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    home = tmp_path_factory.mktemp("home")
    with changing_site() as own, changing_site() as other:
        other.pages["/anh.png"] = Shown(PNG, media_type="image/png")
        first, second = "/tin-tuc/bai-mot-1.html", "/tin-tuc/bai-hai-2.html"
        own.pages |= {
            "/": Shown(f'<a href="{first}">1</a><a href="{second}">2</a>'),
            first: _article(
                "Bài một",
                ["/uploads/a.png", "/thumb.php?w=640&src=b#x", f"{other.base}anh.png", "/uploads/mat.jpg"],
                [f"{first}?download=1&id=0", "/uploads/ke-hoach.pdf"],
            ),
            second: _article("Bài hai", ["/uploads/a.png", "/uploads/a-nua.png", "/uploads/khong-phai-anh.jpg"], []),
            "/uploads/a.png": Shown(PNG, media_type="image/png"),
            "/uploads/a-nua.png": Shown(PNG, media_type="image/png"),
            "/thumb.php?w=640&src=b": Shown(JPEG, media_type="image/jpeg"),
            "/uploads/khong-phai-anh.jpg": Shown("<h1>Trang chủ</h1>"),
            f"{first}?download=1&id=0": Shown(b"%PDF-1.7 nho", media_type="application/pdf"),
            "/uploads/ke-hoach.pdf": Shown(LARGE, media_type="application/pdf"),
        }
        keep = '[crawl]\nkeep = ["image", "attachment"]\n'
        _site(home, SITE.replace("http://ldld.songlam.example/", own.base) + keep)
        asked = []
        for _ in range(2):
            before = len(own.asked)
            ended = luutru(home, "crawl", "songlam", "--delay", "0.01", "--allow-private")
            assert ended.returncode == Exit.OK, ended.stderr
            asked.append([one.path for one in own.asked[before:]])
        yield Kept(home, own, other, *asked)


def test_each_picture_of_an_article_is_captured_once_and_with_all_its_parameters(kept: Kept) -> None:
    pictures = kept.captures("image")
    assert pictures["/uploads/a.png"] == ("image", None, False)
    assert pictures["/thumb.php?w=640&src=b"] == ("image", None, False)
    assert kept.first.count("/uploads/a.png") == 1


def test_texts_are_asked_for_before_what_belongs_to_them(kept: Kept) -> None:
    assert kept.first[:3] == ["/", "/tin-tuc/bai-mot-1.html", "/tin-tuc/bai-hai-2.html"]


def test_documents_are_captured_even_when_they_are_larger_than_a_page_may_be(kept: Kept) -> None:
    assert kept.captures("attachment") == {
        "/tin-tuc/bai-mot-1.html?download=1&id=0": ("attachment", None, False),
        "/uploads/ke-hoach.pdf": ("attachment", None, False),
    }
    stored = [
        one
        for path in (kept.home / "warc").iterdir()
        for one in walk(path)
        if isinstance(one, Stored) and one.url.endswith("ke-hoach.pdf")
    ]
    assert [one.body == LARGE for one in stored] == [True]


def test_the_same_bytes_under_another_address_are_recorded_as_a_revisit(kept: Kept) -> None:
    assert kept.captures("image")["/uploads/a-nua.png"] == ("image", None, True)


def test_what_is_missing_or_no_picture_is_said_to_be(kept: Kept) -> None:
    pictures = kept.captures("image")
    assert pictures["/uploads/mat.jpg"][:2] == ("gone", "HTTP status 404")
    assert pictures["/uploads/khong-phai-anh.jpg"][:2] == ("unextractable", "a page came in place of the image")


def test_nothing_is_asked_of_another_host(kept: Kept) -> None:
    assert kept.other.asked == []


def test_the_next_crawl_asks_for_no_file_again(kept: Kept) -> None:
    assert kept.again == ["/"]


def test_without_a_word_in_the_profile_no_file_is_asked_for(tmp_path: Path) -> None:
    with changing_site() as site:
        article = _article("Bài một", ["/uploads/a.png"], ["/uploads/ke-hoach.pdf"])
        site.pages |= {"/": Shown('<a href="/tin-tuc/bai-mot-1.html">1</a>'), "/tin-tuc/bai-mot-1.html": article}
        _site(tmp_path, SITE.replace("http://ldld.songlam.example/", site.base))
        luutru(tmp_path, "crawl", "songlam", "--delay", "0.01", "--allow-private")
        assert [one.path for one in site.asked] == ["/", "/tin-tuc/bai-mot-1.html"]


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("https://www.ldld.songlam.example/a b.jpg?w=6&h=4#x", "http://ldld.songlam.example/a%20b.jpg?w=6&h=4"),
        ("http://ldld.songlam.example/%C3%A1.jpg", "http://ldld.songlam.example/%C3%A1.jpg"),
        ("http://cdn.example/a.jpg", None),
        ("data:image/png;base64,AAAA", None),
        ("http://ldld.songlam.example/tin-tuc/bai-7.html", None),
        ("http://[::1/a.jpg", None),
    ],
)
def test_a_files_address_keeps_its_parameters_and_is_the_sites_own(
    addresses: SiteAddresses, printed: str, asked: str | None
) -> None:
    assert addresses.file(printed) == asked
