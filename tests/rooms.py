"""A reading room over a small archive with every kind of thing in it, and a client for each of its two origins.

The archive: an article in two versions with pictures, attachments, links and evidence; a copy of it on another site;
one that is gone and undated; one that was corrected; one whose every part is an attack; and enough others for pages and
years.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from captured import BASE, SITE, Captured
from sample_archive import add, harvest, sample, sample_id
from starlette.testclient import TestClient

from archive.conclude import conclude
from archive.correcting import correct, signed
from archive.corrections import Field
from archive.givenvalues import Given, read_date, read_line
from archive.records import Article, Attachment, Author, Capture, Evidence, Image, Link, Role, Sighting, Source
from archive.schema import open_read_only
from archive.warc import Exchange, payload_sha1
from archive.web.app import reading_room as room_application
from archive.web.captures import name_of
from archive.web.pool import Readers
from archive.web.raw import raw_pages
from archive.web.room import Room

ADDRESS, RAW_ADDRESS = "http://127.0.0.1:8000", "http://127.0.0.1:8001"

BRIDGE, COPY, GONE, ATTACK = (
    sample_id(SITE, "cau-moi"),
    sample_id("ptsonglam", "cau-moi"),
    sample_id(SITE, "khong-ngay"),
    sample_id(SITE, "tan-cong"),
)
OTHER = sample_id(SITE, "bai-1")
"""Ids of the articles that tests name."""

OTHERS = 45
"""Further articles, a month apart, back from July 2024."""

PARAGRAPHS = (
    "Sáng 20/7, cây cầu bê tông dài 64 mét qua sông Lam ở xã Thanh Hòa được thông xe sau mười bốn tháng thi công, bà"
    " con hai bờ không còn phải đi đò mỗi mùa nước lớn.",
    "Công đoàn cơ sở Công ty Cầu đường Sông Lam góp 320 ngày công và toàn bộ tiền cát đá. Ông Trần Văn Phú, người lái"
    " đò ba mươi năm nay, là người đầu tiên dắt xe qua cầu.",
    "Dịp này, Liên đoàn Lao động tỉnh trao 25 suất quà cho đoàn viên khó khăn đã tham gia công trình.",
)

SCRIPT = "<script>document.title='bi chiem'</script>"
HANDLER = '"><img src=x onerror="document.title=\'bi chiem\'">'
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title='bi chiem'\">{SCRIPT}</svg>"
ATTACK_PAGE = (
    "<!doctype html><title>trang cũ</title><meta http-equiv=refresh content='0;url=http://127.0.0.1:1/'>"
    f"<body onload=\"document.title='bi chiem'\">{SCRIPT}{SVG}<p>Trang như đã nhận</p>"
    "<a id=js href=\"javascript:document.title='bi chiem'\">bấm</a><form action='http://127.0.0.1:1/'></form>"
)


@dataclass(frozen=True)
class Rooms:
    """``page`` and ``raw`` are clients of the two origins; ``room`` is what both are made of."""

    page: TestClient
    raw: TestClient
    room: Room

    def record(self, file: str) -> str:
        """The name of the record that holds the newest capture of a file, as the room's addresses have it."""
        with closing(open_read_only(self.room.archive)) as db:
            sql = "SELECT record_id FROM captures WHERE url LIKE ? AND record_id IS NOT NULL ORDER BY id DESC"
            return name_of(db.execute(sql, [f"%/{file}"]).fetchone()[0])


def open_rooms(home: Path, seconds: float = 5.0) -> Rooms:
    """Clients for a home directory, whatever is in it."""
    room = Room(home, ADDRESS, RAW_ADDRESS, Readers(home / "archive.db", seconds))
    return Rooms(
        TestClient(room_application(room), ADDRESS, follow_redirects=False),
        TestClient(raw_pages(room), RAW_ADDRESS, follow_redirects=False),
        room,
    )


@pytest.fixture(scope="module")
def reading_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Over an archive that :func:`fill` made."""
    home = tmp_path_factory.mktemp("room")
    fill(home)
    rooms = open_rooms(home)
    yield rooms
    rooms.room.readers.close()


def picture(width: int = 320, height: int = 180) -> bytes:
    """A PNG: evening over a river."""
    rows = b"".join(
        b"\0" + bytes(part for x in range(width) for part in _colour(x / width, y / height)) for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _colour(x: float, y: float) -> tuple[int, int, int]:
    if y < 0.6:
        return 250 - int(90 * y), 205 - int(110 * y) + int(20 * x), 160 - int(40 * x)
    return 70 + int(60 * x), 95 + int(40 * (y - 0.6)), 125


class Filled(Captured):
    """An archive whose responses may be of any kind."""

    def keep(self, path: str, body: bytes, at: str, media_type: str, role: Role, article: Article | None = None) -> str:
        """One response and, with an article, what its page says; gives the id of its record."""
        url, digest = BASE + path, payload_sha1(body)
        exchange = Exchange(url, at, "192.0.2.1", "GET", [], b"", 200, "OK", [("Content-Type", media_type)], body)
        record = self._writer.write(exchange)
        told = harvest(article or sample("x", "x"), at)
        told.capture = Capture(
            site=SITE,
            url=url,
            final_url=url,
            role=role,
            fetched_at=at,
            status=200,
            media_type=media_type.partition(";")[0],
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            outcome=role,
            payload_sha1=digest,
            record=record,
        )
        if article is None:
            told.articles, told.addresses = [], []
        self.archive.add(self._run, [told])
        return record.record_id


def fill(home: Path) -> None:
    """The archive that this module's first lines describe."""
    filled = Filled(home)
    files = {
        "/anh/cau.png": (picture(), "image/png"),
        "/anh/doc.svg": (SVG.encode(), "image/svg+xml"),
        "/anh/gia.jpg": (ATTACK_PAGE.encode(), "image/jpeg"),
    }
    for path, (data, media_type) in files.items():
        filled.keep(path, data, "2024-07-20T09:00:00+07:00", media_type, "image")
    filled.keep("/tep/qua.pdf", b"%PDF-1.4\n%%EOF\n", "2024-07-20T09:00:00+07:00", "application/pdf", "attachment")
    html, bridge = "text/html; charset=utf-8", "/tin-tuc/cau-moi.html"
    filled.keep(bridge, "<p>bản đầu</p>".encode(), "2024-07-20T10:00:00+07:00", html, "article", first())
    filled.keep(bridge, "<p>bản sau</p>".encode(), "2024-07-22T10:00:00+07:00", html, "article", second())
    filled.keep("/tin-tuc/tan-cong.html", ATTACK_PAGE.encode(), "2024-07-22T11:00:00+07:00", html, "article", attack())
    gone = sample("khong-ngay", "Bài không ghi ngày nào", "Nội dung ngắn.")
    too_late = ("2026-01-01T00:00:00+07:00", "01/01/2026", "day")
    sighting = Sighting(SITE, f"{BASE}/tin-tuc", "listing", gone.url, gone.id, gone.headline, *too_late)
    others = [
        sample(
            f"bai-{number}",
            f"Ngày hội công nhân lần thứ {number}",
            f"Công đoàn tổ chức ngày hội lần thứ {number} cho đoàn viên ở bến sông, có trò chơi dân gian.",
            date_published=f"{2024 - (number + 5) // 12}-{12 - (number + 5) % 12:02}-15T08:00:00+07:00",
            section=["Tin tức", "Hoạt động" if number % 2 else "Đời sống"],
            authors=[Author("Lê Thị Hà", None, "author")],
        )
        for number in range(OTHERS)
    ]
    add(filled.archive, harvest(gone, sightings=[sighting]), *map(harvest, others))
    add(filled.archive, harvest(copy(), "2024-07-23T07:00:00+07:00"), site="ptsonglam")
    conclude(filled.archive)
    with filled.archive.transaction():
        told = ["2024-09-01T08:00:00+07:00", "HTTP status 404", gone.id]
        filled.archive.db.execute("UPDATE articles SET gone_at = ?, gone_reason = ? WHERE id = ?", told)
    said = signed("Nguyễn Thị Lưu", "Bản in ngày 22/7/2024 ghi vậy.", "2024-10-01T09:00:00+07:00")
    given: dict[Field, Given] = {"date_published": read_date("2024-07-10"), "byline": read_line(SCRIPT, "byline")}
    correct(filled.archive.db, OTHER, given, said)
    correct(
        filled.archive.db,
        OTHER,
        {"byline": read_line("Bùi Văn Hải", "byline")},
        replace(said, at=f"{said.at[:10]}T10:00:00+07:00"),
    )
    filled.close()


def first() -> Article:
    """The bridge as its page told of it first."""
    return sample(
        "cau-moi",
        "Cầu mới ở xã Thanh Hòa sắp thông xe",
        "\n\n".join(PARAGRAPHS[:2]).replace("320", "300"),
        description="Cây cầu nối hai bờ sông Lam do công đoàn và bà con cùng góp sức.",
        byline="Bài, ảnh: Lê Thị Hà",
        authors=[Author("Lê Thị Hà", None, "author")],
        date_published="2024-07-20T09:30:00+07:00",
        images=[Image(f"{BASE}/anh/cau.png", "Cầu trong nắng chiều")],
    )


def second() -> Article:
    """The bridge as its page tells of it now."""
    article = sample(
        "cau-moi",
        "Cầu mới ở xã Thanh Hòa đã thông xe",
        "\n\n".join(PARAGRAPHS),
        description="Cây cầu nối hai bờ sông Lam do công đoàn và bà con cùng góp sức.",
        byline="Bài, ảnh: Lê Thị Hà",
        authors=[Author("Lê Thị Hà", "Liên đoàn Lao động tỉnh", "author"), Author(None, None, "contributor")],
        section=["Tin tức", "Hoạt động công đoàn"],
        keywords=["cầu dân sinh", "sông Lam"],
        date_published="2024-07-20T09:30:00+07:00",
        images=[
            Image(f"{BASE}/anh/cau.png", "Cầu trong nắng chiều", "Lê Thị Hà"),
            Image(f"{BASE}/anh/doc.svg", "Sơ đồ cầu"),
            Image(f"{BASE}/anh/chua-luu.jpg"),
        ],
        attachments=[Attachment(f"{BASE}/tep/qua.pdf", "Danh sách nhận quà", "application/pdf")],
        links=[
            Link(f"{BASE}/tin-tuc/bai-1.html", "Ngày hội công nhân", "related", 0, sample_id(SITE, "bai-1")),
            Link(
                f"{BASE}/tin-tuc/chua-co.html",
                "Bài chưa có",
                "older",
                1,
                None,
                *("2021-06-01T00:00:00+07:00", "6/2021", "month"),
            ),
            Link(None, "Một tựa không có liên kết", "related", 2),
        ],
        rights="Ghi rõ nguồn khi đăng lại.",
        view_count=1234,
        evidence=[
            Evidence("date_published", "20/07/2024 09:30", "2024-07-20T09:30:00+07:00", "page", "published span.ngay"),
            Evidence("date_published", "32/13/2024", None, "meta", "meta published", "not read as a date"),
            Evidence("authors", "Bài, ảnh: Lê Thị Hà", "Lê Thị Hà", "page", "signature"),
        ],
    )
    article.date_published_raw = "20/07/2024 09:30"
    return article


def copy() -> Article:
    """The same text on another site, which says where it has it from."""
    article = sample("cau-moi", "Cầu mới ở xã Thanh Hòa", "\n\n".join(PARAGRAPHS), site="ptsonglam")
    article.source = Source("Liên đoàn Lao động tỉnh Sông Lam", f"{BASE}/tin-tuc/cau-moi.html")
    return article


def attack() -> Article:
    """An article that tries everything."""
    article = sample(
        "tan-cong",
        f"Tấn công {SCRIPT}",
        f"{SCRIPT}\n\n{HANDLER}\n\n{SVG}\n\n{{{{ 7 * 7 }}}}",
        description=HANDLER,
        byline=SCRIPT,
        authors=[Author(HANDLER, SCRIPT, "author")],
        section=[SCRIPT, HANDLER],
        keywords=[SCRIPT],
        images=[Image("javascript:alert(1)", HANDLER, SCRIPT), Image(f"{BASE}/anh/gia.jpg", SCRIPT)],
        attachments=[Attachment("javascript:alert(1)", SCRIPT, HANDLER)],
        links=[
            Link("javascript:alert(1)", SCRIPT, "related", 0),
            Link("data:text/html,<script>alert(1)</script>", HANDLER, "inline", 1),
        ],
        rights=SVG,
        date_published="2024-07-21T08:00:00+07:00",
        evidence=[Evidence("date_published", SCRIPT, "2024-07-21T08:00:00+07:00", "page", HANDLER, SVG)],
    )
    article.source = Source(SCRIPT, "javascript:alert(1)")
    return article
