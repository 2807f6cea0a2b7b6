"""The reading room: what every page of it keeps to, and what its catalogue of words says."""

from __future__ import annotations

import re
import string
import tomllib

import pytest
from conftest import ROOT
from rooms import ADDRESS, ATTACK, BRIDGE, OTHER, Rooms, reading_room

from archive.web.app import pages
from archive.web.language import LANGUAGES, WORDS, catalogue, say
from archive.web.security import PAGE_POLICY, RAW_POLICY

__all__ = ["reading_room"]

EXAMPLES = {
    "/": ["/"],
    "/tim": ["/tim", "/tim?q=ngay+hoi", "/tim?q=khongco", "/tim?tu=2023", "/tim?tu=x", "/tim?nguon=songlam&trang=2"],
    "/tim.json": ["/tim.json?q=cau"],
    "/tim.atom": ["/tim.atom?q=ngay+hoi"],
    "/tim.csv": ["/tim.csv?q=ngay+hoi"],
    "/tim.jsonl": ["/tim.jsonl?q=ngay+hoi"],
    "/bai/{id}.bib": [f"/bai/{BRIDGE}.bib"],
    "/bai/{id}.ris": [f"/bai/{BRIDGE}.ris"],
    "/bai/{id}.csl.json": [f"/bai/{BRIDGE}.csl.json"],
    "/bai/{id}": [f"/bai/{BRIDGE}", f"/bai/{ATTACK}", f"/bai/{OTHER}", "/bai/khong-co"],
    "/bai/{id}/ban-sua": [f"/bai/{BRIDGE}/ban-sua", f"/bai/{BRIDGE}/ban-sua?tu=2&den=1", f"/bai/{ATTACK}/ban-sua"],
    "/ban-chup/{record:path}": ["/ban-chup/RECORD", "/ban-chup/khong-co"],
    "/tai-ve/{record:path}": ["/tai-ve/RECORD"],
    "/warc/{record:path}": ["/warc/RECORD"],
    "/hinh/{record:path}": ["/hinh/PICTURE", "/hinh/RECORD"],
    "/trang": ["/trang"],
    "/trang/{name}": ["/trang/songlam", "/trang/ptsonglam", "/trang/khong-co"],
    "/trang/{name}/day-du": ["/trang/songlam/day-du"],
    "/tinh": ["/tinh"],
    "/tac-gia": ["/tac-gia", "/tac-gia?chu=A", "/tac-gia?chu=1"],
    "/tac-gia/{name:path}": ["/tac-gia/Phương Anh", "/tac-gia/khong-co"],
    "/chuyen-muc": ["/chuyen-muc"],
    "/tu-khoa": ["/tu-khoa"],
    "/so-lieu": ["/so-lieu"],
    "/so-lieu.csv": ["/so-lieu.csv"],
    "/bai/{id}/do-thi": [f"/bai/{BRIDGE}/do-thi", f"/bai/{OTHER}/do-thi?buoc=2", f"/bai/{ATTACK}/do-thi?buoc=3"],
    "/do-thi": ["/do-thi"],
}
"""Addresses of each page; RECORD stands for the capture of an attack, PICTURE for that of a picture."""


def test_every_page_has_an_example_here() -> None:
    assert {page.path for page in pages()} == set(EXAMPLES)


@pytest.mark.parametrize("example", [address for addresses in EXAMPLES.values() for address in addresses])
def test_a_page_keeps_to_what_all_pages_keep_to(reading_room: Rooms, example: str) -> None:
    address = filled_in(reading_room, example)
    for language, before in (("vi", ""), ("en", "/en")):
        answer = reading_room.page.get(before + address)
        assert answer.status_code in {200, 400, 404, 415}
        assert answer.headers["Content-Security-Policy"] in {PAGE_POLICY, RAW_POLICY}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        if answer.headers["Content-Type"].startswith("text/html"):
            assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
            assert faults_of(answer.text) == []
            assert f'<html lang="{language}">' in answer.text
            assert f'hreflang="{language}" aria-current="true"' in answer.text


def faults_of(page: str) -> list[str]:
    """What no page of ours may have, as it stands in its markup."""
    tags = re.findall(r"<[a-z][^>]*>", page)
    wrong = [tag for tag in tags if re.search(r"""\s(?:on\w+|style)\s*=|(?:href|src|action)="(?!https?:|/|\#)""", tag)]
    wrong += [tag for tag in tags if re.match(r"<(?:iframe|object|embed|base|style)\b", tag)]
    wrong += [
        tag for tag in tags if tag.startswith("<script") and not re.match(r'<script src="/tep/[^"]+" defer>', tag)
    ]
    wrong += [tag for tag in tags if re.match(r"<(?:img|link|source)\b", tag) and re.search(r'src="https?:', tag)]
    wrong += [] if page.count("<h1") == 1 else ["not one h1"]
    return wrong + [tag for tag in tags if tag.startswith("<img") and " alt=" not in tag]


def filled_in(rooms: Rooms, example: str) -> str:
    """An example's address, with the records that it stands for."""
    for word, file in (("RECORD", "tan-cong.html"), ("PICTURE", "cau.png")):
        example = example.replace(word, rooms.record(file))
    return example


def test_nothing_but_asking_is_allowed(reading_room: Rooms) -> None:
    for client in (reading_room.page, reading_room.raw):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = client.request(method, "/tim")
            assert answer.status_code == 405
            assert "Content-Security-Policy" in answer.headers
        assert client.head("/").status_code in {200, 404}


def test_a_foreign_host_name_is_refused(reading_room: Rooms) -> None:
    for client in (reading_room.page, reading_room.raw):
        for host in ("evil.example", "127.0.0.1.evil.example", "", "[", "localhost.", "a b"):
            assert client.get("/", headers={"Host": host}).status_code == 421
        for host in ("localhost:8000", "127.0.0.1", "[::1]:9", "LOCALHOST"):
            assert client.get("/", headers={"Host": host}).status_code != 421


def test_the_language_switch_leads_to_the_same_page(reading_room: Rooms) -> None:
    page = reading_room.page.get("/tim?q=ngay+hoi&trang=2").text
    assert 'href="/en/tim?q=ngay+hoi&amp;trang=2" lang="en"' in page
    assert 'href="/tim?q=ngay+hoi&amp;trang=2" lang="vi"' in reading_room.page.get("/en/tim?q=ngay+hoi&trang=2").text


@pytest.mark.parametrize("path", ["//noi-khac.example/x", "/en//noi-khac.example/x", "/en/%2Fnoi-khac.example/x"])
def test_no_address_makes_the_language_switch_lead_to_another_host(reading_room: Rooms, path: str) -> None:
    page = reading_room.page.get(f"{ADDRESS}{path}")
    assert page.status_code == 404
    assert 'href="/noi-khac.example/x"' in page.text
    assert 'href="//' not in page.text


def test_a_stroke_behind_an_address_changes_nothing(reading_room: Rooms) -> None:
    assert reading_room.page.get("/en/trang/").text == reading_room.page.get("/en/trang").text
    assert reading_room.page.get("/tep/").status_code == reading_room.page.get("/tep").status_code == 404


def test_links_keep_the_language(reading_room: Rooms) -> None:
    page = reading_room.page.get("/en/tim?q=ngay+hoi").text
    inside = [link for link in re.findall(r'<a [^>]*href="(/[^"]*)"', page) if not link.startswith("/tep/")]
    assert [link for link in inside if not link.startswith("/en")] == ["/tim?q=ngay+hoi"]


def test_files_of_ours_are_kept_by_the_browser_until_they_change(reading_room: Rooms) -> None:
    style = re.search(r'href="(/tep/room\.css\?v=\w{12})"', reading_room.page.get("/").text)
    assert style
    answer = reading_room.page.get(style[1])
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert reading_room.page.get("/tep/../../schema.py").status_code == 404
    assert reading_room.page.get("/tep/%2e%2e/__init__.py").status_code == 404


def test_every_word_is_there_in_each_language_with_the_same_values() -> None:
    for key, words in catalogue().items():
        assert set(words) - {"en_one"} == set(LANGUAGES), key
        values = {
            language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for language, text in words.items()
        }
        assert values["vi"] == values["en"], key
        assert values.get("en_one", set()) <= values["en"], key


def test_every_word_that_a_page_uses_is_there_and_every_word_that_is_there_is_used() -> None:
    web = ROOT / "archive" / "web"
    text = "\n".join(path.read_text("utf-8") for path in [*web.glob("*.py"), *web.glob("templates/*.html")])
    stems = "|".join(path.stem for path in WORDS.glob("*.toml"))
    used = set(re.findall(rf"""["']((?:{stems})\.[a-z_.]*[a-z])["']""", text))
    used -= {path.name for folder in ("templates", "static") for path in (web / folder).iterdir()}
    begun = tuple(re.findall(rf"""["']((?:{stems})\.(?:[a-z_]+\.)*)(?=["'{{])""", text))
    known = {re.sub(r"^(trouble\..*)\.(title|text)$", r"\1", key) for key in catalogue()}
    assert sorted(used - known) == []
    assert sorted(key for key in known - used if not key.startswith(begun)) == []


def test_every_mistake_of_a_search_can_be_said() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "archive").glob("*.py"))
    codes = set(re.findall(r'QueryError\(\s*"([a-z-]+)"', sources))
    assert "no-words" in codes
    assert {code for code in codes if f"search.mistake.{code.replace('-', '_')}" not in catalogue()} == set()


def test_the_catalogue_holds_whole_vietnamese_letters() -> None:
    for path in WORDS.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search("[\u0300-\u036f]", text), f"{path.name}: not NFC"
        tomllib.loads(text)


def test_counts_are_written_as_each_language_writes_them() -> None:
    assert say("vi", "search.count", count=12345) == "12.345 tin bài"
    assert say("en", "search.count", count=12345) == "12,345 articles"
    assert say("en", "search.count", count=1) == "1 article"
