"""What several tests of WARC files share: an exchange, a writer's file, records as others write them."""

from __future__ import annotations

import zlib
from pathlib import Path

from archive.warc import Damage, Exchange, Stored, WarcWriter, walk

AT = "2026-02-03T08:15:30+07:00"
PAGE = "<html><title>Công đoàn tỉnh họp mặt đầu xuân</title><p>Buổi gặp mặt có 200 đoàn viên.</p></html>".encode()


def exchange(url: str = "http://tin.example/xuan-1.html", body: bytes = PAGE, **changed: object) -> Exchange:
    """A page as a server sends it; any part of it can be another."""
    parts: dict[str, object] = {
        "at": AT,
        "ip": "192.0.2.7",
        "method": "GET",
        "request_headers": [("Accept-Encoding", "gzip, br"), ("User-Agent", "luutru")],
        "request_body": b"",
        "status": 200,
        "reason": "OK",
        "response_headers": [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    }
    return Exchange(url=url, body=body, **{**parts, **changed})  # type: ignore[arg-type]


def written(folder: Path, *exchanges: Exchange, site: str = "tin") -> Path:
    """A complete file with the exchanges."""
    writer = WarcWriter(folder, site)
    places = [writer.write(one) for one in exchanges]
    writer.close()
    return folder / places[0].warc


def stored(path: Path) -> list[Stored]:
    """The file's responses and revisits, which must all be whole."""
    items = list(walk(path))
    assert not [item for item in items if isinstance(item, Damage)], items
    return [item for item in items if isinstance(item, Stored)]


def foreign(http: bytes, *, packed: bool = True, kind: str = "response", **fields: str) -> bytes:
    """A record as another program writes it. ``WARC_Date="…"`` gives a field of its own, an empty one leaves it out."""
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:6a4b9d52-7e0f-4b7e-9d2a-1f6f0f7c0001>",
        "WARC-Date": "2024-05-06T01:02:03Z",
        "WARC-Target-URI": "http://khac.example/bai-2.html",
        "Content-Type": "application/http;msgtype=response",
        "Content-Length": str(len(http)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    record = f"WARC/1.0\r\n{head}\r\n".encode() + http + b"\r\n\r\n"
    return zlib.compress(record, wbits=31) if packed else record
