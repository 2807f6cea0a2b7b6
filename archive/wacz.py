"""Packing captures into a WACZ 1.1.1 file, which replay programs open as it is. Writes the one file it is told.

https://specs.webrecorder.net/wacz/1.1.1/ is the format's source. The pack holds the chosen records and nothing else, as
they stand in the archive's WARC files, byte for byte. The same archive gives the same bytes: no clock is asked, so
``created``, which the format leaves free, is left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import NAMESPACE_URL, uuid5

from sqlite_utils import Database

from archive.cdxj import Place, blocks, cdxj_line
from archive.packing import Choice, Holdings, Member, Row, chosen, originals, pages
from archive.posted import form_of_request
from archive.schema import snapshot
from archive.warcfields import WarcError, in_utc, one_line
from archive.wholefile import part_of

WARC_NAME = "luutru.warc.gz"
SOFTWARE = "luutru"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of all entries: ZIP knows no earlier one."""


class NothingToPack(Exception):
    """No capture with a record was chosen; the message says which were asked for."""


@dataclass(slots=True)
class Packed:
    """What is in the pack: ``records`` that were chosen, ``originals`` that revisits among them needed, ``requests``,
    ``pages``. ``lost``: a line for each record that is damaged or missing, and for each revisit whose original is not
    in the archive. ``size`` in bytes."""

    records: int = 0
    originals: int = 0
    requests: int = 0
    pages: int = 0
    size: int = 0
    lost: list[str] = field(default_factory=list)


def pack(db: Database, warcs: Path, output: Path, choice: Choice) -> Packed:
    """Write the chosen captures to ``output``, which is there only when it is complete.

    A revisit whose original lies outside the choice brings it along.

    :param warcs: the folder of the archive's WARC files.
    :raises NothingToPack: no capture was chosen, or none of their records can be read.
    :raises OSError: the file cannot be written.
    """
    output = output.resolve()
    with part_of(output) as part:
        with part.open("xb") as file:
            with snapshot(db), Holdings(warcs) as holdings, zipfile.ZipFile(file, "w") as zipped:
                packed = _Pack(db, holdings, zipped, choice).write()
            file.flush()
            os.fsync(file.fileno())
            packed.size = file.tell()
        part.replace(output)
    return packed


class _Pack:
    def __init__(self, db: Database, holdings: Holdings, zipped: zipfile.ZipFile, choice: Choice) -> None:
        self._db, self._holdings, self._zip, self._choice = db, holdings, zipped, choice
        self._packed = Packed()
        self._lines: list[str] = []
        self._resources: list[dict[str, str | int]] = []
        self._urls: dict[int, str] = {}

    def write(self) -> Packed:
        captures = chosen(self._db, self._choice)
        if not captures:
            raise NothingToPack(f"no capture of {self._choice} has a record in a WARC file; nothing was packed")
        with self._entry(f"archive/{WARC_NAME}") as out:
            self._write_records(captures, out)
        if not self._urls:
            raise NothingToPack(f"not one record of {self._choice} can be read: {self._packed.lost[0]}")
        data, index = blocks(self._lines, "index.cdx.gz")
        for name, content in (("indexes/index.cdx.gz", data), ("indexes/index.idx", index)):
            with self._entry(name) as out:
                out.write(content)
        with self._entry("pages/pages.jsonl") as out:
            self._write_pages(out)
        self._write_description()
        return self._packed

    def _write_records(self, captures: list[Row], out: _Counted) -> None:
        out.write(_warcinfo(self._choice, captures))
        own = {capture["id"] for capture in captures}
        brought: dict[int, Row] = {}
        for capture in captures:
            try:
                member = self._holdings.member(capture)
            except WarcError as error:
                self._packed.lost.append(str(error))
                continue
            self._add(capture, member, out)
            self._packed.records += 1
            self._urls[capture["id"]] = member.url
            if member.frame.kind == "revisit":
                found = self._original(member)
                if found is None:
                    self._packed.lost.append(f"{member.url} of {capture['fetched_at']}: its original is not archived")
                elif found["id"] not in own:
                    brought[found["id"]] = found
        for _, capture in sorted(brought.items()):
            self._add(capture, self._holdings.member(capture), out)
            self._packed.originals += 1

    def _original(self, revisit: Member) -> Row | None:
        for capture in originals(self._db, revisit.frame):
            try:
                member = self._holdings.member(capture)
            except WarcError:
                continue
            if member.frame.kind == "response":
                return capture
        return None

    def _add(self, capture: Row, member: Member, out: _Counted) -> None:
        """The record, its line in the index, and its request behind it."""
        data = _gzipped(member)
        frame, offset = member.frame, out.size
        revisit = frame.kind == "revisit"
        request = self._holdings.request(capture, frame)
        self._lines.append(
            cdxj_line(
                Place(
                    url=member.url,
                    at=frame.field("WARC-Date") or "",
                    media_type="warc/revisit" if revisit else capture["media_type"],
                    status=capture["status"],
                    digest=frame.field("WARC-Payload-Digest") or capture["payload_sha1"],
                    filename=WARC_NAME,
                    offset=offset,
                    length=len(data),
                    record_digest=hashlib.sha256(data).hexdigest(),
                    form=form_of_request(request.frame.block) if request is not None else None,
                )
            )
        )
        out.write(data)
        if request is not None:
            out.write(_gzipped(request))
            self._packed.requests += 1

    def _write_pages(self, out: _Counted) -> None:
        head = {"format": "json-pages-1.0", "id": "pages", "title": f"Articles: {self._choice}"}
        out.write(_json_line(head))
        for page in pages(self._db, self._choice, self._urls):
            line = {"id": page["id"], "url": page["url"], "ts": in_utc(page["fetched_at"])}
            out.write(_json_line(line | ({"title": page["title"]} if page["title"] else {})))
            self._packed.pages += 1

    def _write_description(self) -> None:
        about = {
            "profile": "data-package",
            "title": f"Captures: {self._choice}",
            "software": SOFTWARE,
            "wacz_version": "1.1.1",
            "resources": self._resources,
        }
        content = json.dumps(about, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        for name, text in (("datapackage.json", content), ("datapackage-digest.json", json.dumps(digest).encode())):
            self._zip.writestr(_info(name), text)

    @contextmanager
    def _entry(self, name: str) -> Iterator[_Counted]:
        """An entry of the ZIP, stored as it is: readers fetch single records out of it."""
        with self._zip.open(_info(name), "w", force_zip64=True) as entry:
            out = _Counted(entry)
            yield out
        self._resources.append(
            {"name": name.rpartition("/")[2], "path": name, "hash": f"sha256:{out.digest()}", "bytes": out.size}
        )


class _Counted:
    """Writes, and knows how much it wrote and the digest of it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._hash, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self.size += len(data)

    def digest(self) -> str:
        return self._hash.hexdigest()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _json_line(said: dict[str, str]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def _gzipped(member: Member) -> bytes:
    """As it stands in the archive; a record of an uncompressed file is packed, as all of one file must be."""
    return member.data if member.packed else _gzip(member.data.lstrip(b"\r\n") + b"\r\n\r\n")


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def _warcinfo(choice: Choice, captures: list[Row]) -> bytes:
    """The first record. Its date is that of the newest capture: nothing in the pack is younger."""
    about = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "description": f"Records chosen from an archive of luutru, as they stand there: {choice}",
    }
    block = "".join(f"{name}: {one_line(value)}\r\n" for name, value in about.items()).encode()
    identity = "\n".join(["luutru", str(choice), *(str(capture["record_id"]) for capture in captures)])
    head = (
        "WARC/1.1\r\nWARC-Type: warcinfo\r\n"
        f"WARC-Record-ID: <{uuid5(NAMESPACE_URL, identity).urn}>\r\n"
        f"WARC-Date: {in_utc(max(capture['fetched_at'] for capture in captures))}\r\n"
        f"WARC-Filename: {WARC_NAME}\r\nContent-Type: application/warc-fields\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return _gzip(head.encode() + block + b"\r\n\r\n")
