"""A pack holds the chosen captures, whole and nothing else, in the form that replay programs read."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from captured import BASE, Captured
from inprocess import run

from archive.cdxj import blocks, sort_key
from archive.exits import Exit
from archive.packing import Choice
from archive.wacz import NothingToPack, Packed, pack
from archive.warc import walk

ARTICLE = "<html><h1>Thợ giấy tập làm vườn</h1><p>Sau giờ tan ca, các tổ rủ nhau ra vườn.</p></html>"


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[Captured]:
    """A site's captures of three days: two articles, a listing that stays the same, and a page that is gone."""
    home = Captured(tmp_path / "home")
    home.page("/", "<html><a href='/tin-tuc/vuon-rau.html'>Vườn rau</a></html>", "2024-07-20T08:00:00+07:00")
    home.page("/tin-tuc/vuon-rau.html", ARTICLE, "2024-07-20T08:01:00+07:00", "Vườn rau của thợ giấy")
    home.page("/", "<html><a href='/tin-tuc/vuon-rau.html'>Vườn rau</a></html>", "2024-07-21T08:00:00+07:00")
    home.page("/tin-tuc/nha-tre.html", ARTICLE + "!", "2024-07-21T08:01:00+07:00", "Nhà trẻ mở thêm một lớp")
    home.page("/tin-tuc/vuon-rau.html", ARTICLE + "?", "2024-07-22T08:01:00+07:00", "Vườn rau năm thứ hai")
    home.page("/tin-tuc/da-go.html", "<p>Không còn</p>", "2024-07-22T08:02:00+07:00", status=404)
    yield home
    home.close()


def _pack(captured: Captured, output: Path, choice: Choice) -> Packed:
    return pack(captured.archive.db, captured.warcs, output, choice)


def _entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as wacz:
        assert wacz.testzip() is None
        return {name: wacz.read(name) for name in wacz.namelist()}


def _records(path: Path, folder: Path) -> list[tuple[str, str, str]]:
    warc = folder / "unpacked.warc.gz"
    warc.write_bytes(_entries(path)["archive/luutru.warc.gz"])
    return [(one.kind, one.url.removeprefix(BASE), one.at) for one in walk(warc)]


def test_a_pack_of_a_site_holds_every_capture_with_its_request(captured: Captured, tmp_path: Path) -> None:
    packed = _pack(captured, tmp_path / "all.wacz", Choice("songlam"))
    assert (packed.records, packed.requests, packed.originals, packed.pages, packed.lost) == (6, 6, 0, 2, [])
    assert packed.size == (tmp_path / "all.wacz").stat().st_size
    assert [kind for kind, _, _ in _records(tmp_path / "all.wacz", tmp_path)] == [
        *["response"] * 2,
        "revisit",
        *["response"] * 3,
    ]


def test_records_are_those_of_the_archive_byte_for_byte(captured: Captured, tmp_path: Path) -> None:
    _pack(captured, tmp_path / "all.wacz", Choice("songlam"))
    (warc,) = captured.warcs.iterdir()
    original, copied = warc.read_bytes(), _entries(tmp_path / "all.wacz")["archive/luutru.warc.gz"]
    for row in captured.archive.db.query("SELECT offset, length FROM captures"):
        assert original[row["offset"] :][: row["length"]] in copied


def test_a_revisit_brings_the_original_that_lies_outside_the_choice(captured: Captured, tmp_path: Path) -> None:
    packed = _pack(captured, tmp_path / "day.wacz", Choice(since="2024-07-21", until="2024-07-21"))
    assert (packed.records, packed.originals, packed.lost) == (2, 1, [])
    assert _records(tmp_path / "day.wacz", tmp_path) == [
        ("revisit", "/", "2024-07-21T08:00:00+07:00"),
        ("response", "/tin-tuc/nha-tre.html", "2024-07-21T08:01:00+07:00"),
        ("response", "/", "2024-07-20T08:00:00+07:00"),
    ]


def test_the_index_leads_to_every_record(captured: Captured, tmp_path: Path) -> None:
    _pack(captured, tmp_path / "all.wacz", Choice("songlam"))
    entries = _entries(tmp_path / "all.wacz")
    lines = gzip.decompress(entries["indexes/index.cdx.gz"]).decode().splitlines()
    assert lines == sorted(lines)
    seen = []
    for line in lines:
        key, stamp, rest = line.split(" ", 2)
        said = json.loads(rest)
        record = entries["archive/luutru.warc.gz"][int(said["offset"]) :][: int(said["length"])]
        assert said["recordDigest"] == f"sha256:{hashlib.sha256(record).hexdigest()}"
        text = gzip.decompress(record).decode()
        assert f"WARC-Target-URI: {said['url']}\r\n" in text
        assert said["digest"] in text
        seen.append((key, stamp, said["mime"], said["status"]))
    assert seen == [
        ("example,songlam)/", "20240720010000", "text/html", "200"),
        ("example,songlam)/", "20240721010000", "warc/revisit", "200"),
        ("example,songlam)/tin-tuc/da-go.html", "20240722010200", "text/html", "404"),
        ("example,songlam)/tin-tuc/nha-tre.html", "20240721010100", "text/html", "200"),
        ("example,songlam)/tin-tuc/vuon-rau.html", "20240720010100", "text/html", "200"),
        ("example,songlam)/tin-tuc/vuon-rau.html", "20240722010100", "text/html", "200"),
    ]


def test_an_article_is_one_page_with_the_headline_of_its_newest_capture(captured: Captured, tmp_path: Path) -> None:
    def pages(choice: Choice) -> list[dict[str, str]]:
        _pack(captured, tmp_path / "pages.wacz", choice)
        return [json.loads(line) for line in _entries(tmp_path / "pages.wacz")["pages/pages.jsonl"].splitlines()]

    head, *found = pages(Choice("songlam"))
    assert head == {"format": "json-pages-1.0", "id": "pages", "title": "Articles: songlam"}
    assert [(page["title"], page["ts"]) for page in found] == [
        ("Nhà trẻ mở thêm một lớp", "2024-07-21T01:01:00Z"),
        ("Vườn rau năm thứ hai", "2024-07-22T01:01:00Z"),
    ]
    assert found[1]["url"] == f"{BASE}/tin-tuc/vuon-rau.html"
    ids = {id for (id,) in captured.archive.db.execute("SELECT id FROM articles")}
    assert {page["id"] for page in found} == ids
    _, earlier = pages(Choice(until="2024-07-20"))
    assert earlier["title"] == "Vườn rau của thợ giấy"


def test_the_description_has_the_digest_of_every_file(captured: Captured, tmp_path: Path) -> None:
    _pack(captured, tmp_path / "all.wacz", Choice("songlam"))
    entries = _entries(tmp_path / "all.wacz")
    described = json.loads(entries["datapackage.json"])
    assert described["wacz_version"] == "1.1.1"
    for resource in described["resources"]:
        content = entries.pop(resource["path"])
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert set(entries) == {"datapackage.json", "datapackage-digest.json"}
    digest = json.loads(entries["datapackage-digest.json"])
    assert digest["hash"] == f"sha256:{hashlib.sha256(entries['datapackage.json']).hexdigest()}"


def test_the_same_archive_gives_the_same_pack(captured: Captured, tmp_path: Path) -> None:
    for name in ("one.wacz", "two.wacz"):
        _pack(captured, tmp_path / name, Choice("songlam"))
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()


def test_a_damaged_record_is_left_out_and_named(captured: Captured, tmp_path: Path) -> None:
    (warc,) = captured.warcs.iterdir()
    row = next(captured.archive.db.query("SELECT * FROM captures WHERE url LIKE '%nha-tre%'"))
    with warc.open("r+b") as file:
        file.seek(row["offset"] + row["length"] // 2)
        file.write(b"????")
    packed = _pack(captured, tmp_path / "all.wacz", Choice("songlam"))
    assert packed.records == 5
    (lost,) = packed.lost
    assert lost.startswith(f"{captured.warcs / row['warc']}, byte {row['offset']}: ")
    assert "Nhà trẻ" not in _entries(tmp_path / "all.wacz")["pages/pages.jsonl"].decode()


def test_nothing_chosen_leaves_no_file(captured: Captured, tmp_path: Path) -> None:
    with pytest.raises(NothingToPack, match="no capture of songlam from 2025-01-01"):
        _pack(captured, tmp_path / "none.wacz", Choice("songlam", since="2025-01-01"))
    for file in captured.warcs.iterdir():
        file.write_bytes(b"")
    with pytest.raises(NothingToPack, match="not one record of all sites can be read"):
        _pack(captured, tmp_path / "none.wacz", Choice())
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Songlam.example/Tin/A.html", "example,songlam)/tin/a.html"),
        ("https://songlam.example:443/?b=2&a=1&a=0", "example,songlam)/?a=1&a=0&b=2"),
        ("http://127.0.0.2:8080", "2,0,0,127:8080)/"),
        ("http://www2.songlam.example/?", "example,songlam)/"),
        ("urn:text:a", "urn:text:a"),
        ("http://[::1/", "http://[::1/"),
    ],
)
def test_addresses_are_sorted_as_other_indexes_sort_them(url: str, key: str) -> None:
    assert sort_key(url) == key


def test_a_block_of_the_index_can_be_read_alone() -> None:
    lines = [f"example,a)/{n:05d} 20240101000000 {{}}\n" for n in range(3000)]
    data, index = blocks(lines[::-1], "index.cdx.gz")
    meta, *places = index.decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    found = []
    for place in places:
        key, said = place.split(" {", 1)
        where = json.loads("{" + said)
        block = data[where["offset"] :][: where["length"]]
        assert where["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        text = gzip.decompress(block).decode()
        assert text.startswith(key)
        found.append(text)
    assert "".join(found) == "".join(lines)
    assert len(found) == 3


def test_the_command_says_what_is_in_the_pack_and_what_is_not(captured: Captured, tmp_path: Path) -> None:
    (warc,) = captured.warcs.iterdir()
    row = next(captured.archive.db.query("SELECT * FROM captures WHERE url LIKE '%nha-tre%'"))
    with warc.open("r+b") as file:
        file.seek(row["offset"])
        file.write(b"????")
    said = run(captured.home, "wacz", "-o", str(tmp_path / "day.wacz"), "--from", "2024-07-21", "--to", "2024-07-22")
    size = (tmp_path / "day.wacz").stat().st_size
    assert f"3 captures, 1 article, {size} bytes written to {tmp_path / 'day.wacz'}" in said
    assert "with 1 older one " in said
    assert f"not in the pack: {captured.warcs / row['warc']}, byte {row['offset']}" in said


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--from", "2025-01-01"), Exit.NOT_FOUND, "no capture of all sites from 2025-01-01"),
        (("--site", "songlan"), Exit.NOT_FOUND, "nearest: songlam"),
        (("--to", "July 2024"), Exit.USAGE, "as 20/7/2024"),
    ],
)
def test_a_pack_of_nothing_is_refused(
    captured: Captured, tmp_path: Path, arguments: tuple[str, ...], code: Exit, says: str
) -> None:
    said = run(captured.home, "wacz", "-o", str(tmp_path / "none.wacz"), *arguments, code=code)
    assert says in said
    assert not (tmp_path / "none.wacz").exists()


def test_a_pack_that_cannot_be_written_names_its_file(captured: Captured, tmp_path: Path) -> None:
    output = str(tmp_path / "no-such-folder" / "all.wacz")
    said = run(captured.home, "wacz", "-o", output, code=Exit.CANNOT_OPEN)
    assert "no-such-folder" in said
