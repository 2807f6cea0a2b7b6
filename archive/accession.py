"""Taking others' WARC files in, alone or inside a WACZ: copied into the archive's folder. Writes there only.

A copy is named by the SHA-256 of its bytes, so the same file is taken in once, whatever it was called. No name that
stands inside a file ever becomes a path: entries of a WACZ are read by their place in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PREFIX = "ingested-"
"""How the name of every copy begins: what was captured by others is told from our own files by it."""

_CHUNK = 1024 * 1024
_HEAD = 4096
_MARK = 16
_PART = ".part"
_MOST_UNPACKED = 200
"""An entry of a WACZ that claims to unpack to more than so many times its size is a bomb: HTML packs 5 to 20 times."""
_SMALL = 16 * 1024 * 1024
"""Bytes up to which nothing is a bomb."""
_SPARE = 64 * 1024 * 1024
"""Bytes of the disk that a copy leaves free, for the database."""


class NotTaken(Exception):
    """A file, or an entry of a WACZ, that cannot be taken in: the message names it, says why and what to do."""


@dataclass(frozen=True, slots=True)
class Accession:
    """One WARC file that is in the archive's folder now.

    ``name`` is what it was called, for an entry of a WACZ ``FILE.wacz!ENTRY``, ``warc`` what it is called now, ``path``
    where it lies, ``sha256`` (hex) the digest of its bytes. ``size`` is in bytes.
    """

    name: str
    warc: str
    path: Path
    sha256: str
    size: int

    @property
    def origin(self) -> str:
        """Where its captures come from, as it stands in the archive."""
        return f"{self.name} sha256:{self.sha256}"


Progress = Callable[[int], None]
"""Called with the number of bytes that were copied since the last call."""


def take_in(source: Path, folder: Path, progress: Progress = lambda _: None) -> Iterator[Accession | NotTaken]:
    """Copy the WARC files that ``source`` is or holds into ``folder``, one after the other.

    An entry of a WACZ that cannot be had is given as the error that says why: it costs none of the others. One process
    at a time may do this in one folder.

    :raises NotTaken: ``source`` is neither a WARC file nor a WACZ with WARC files in it, or the disk is too full.
    :raises OSError: it cannot be read, or ``folder`` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start != b"PK\x03\x04":
            yield _copy(file, source.stat().st_size, str(source), source.name, folder, progress)
            return
        with _opened_wacz(file, source) as wacz:
            for entry in _warcs(wacz, source):
                label = f"{source}!{entry.filename}"
                try:
                    _check(entry, label)
                    with wacz.open(entry) as inner:
                        name = f"{source.name}!{entry.filename}"
                        yield _copy(inner, entry.file_size, label, name, folder, progress)  # type: ignore[arg-type]
                except NotTaken as error:
                    yield error
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                    yield NotTaken(f"{label}: damaged ({error}); if it can be unzipped, ingest the WARC file by itself")


@contextmanager
def _opened_wacz(file: BinaryIO, source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        wacz = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise NotTaken(f"{source}: not a whole WACZ: {error}; fetch it again") from error
    with wacz:
        yield wacz


def _warcs(wacz: zipfile.ZipFile, source: Path) -> list[zipfile.ZipInfo]:
    found = [
        entry
        for entry in wacz.infolist()
        if entry.filename.startswith("archive/") and entry.filename.endswith((".warc", ".warc.gz"))
    ]
    if not found:
        raise NotTaken(f"{source}: a ZIP file without WARC files; expected a WACZ, with archive/*.warc.gz in it")
    return found


def _check(entry: zipfile.ZipInfo, label: str) -> None:
    if entry.flag_bits & 0x1:
        raise NotTaken(f"{label}: encrypted; expected a plain entry")
    if entry.file_size > _SMALL and entry.file_size > _MOST_UNPACKED * max(entry.compress_size, 1):
        times = entry.file_size // max(entry.compress_size, 1)
        raise NotTaken(f"{label}: unpacks to {times} times its size, which no WARC file does; left alone")


def _copy(file: BinaryIO, size: int, label: str, name: str, folder: Path, progress: Progress) -> Accession:
    """Copy under a temporary name, then give it the name that its bytes have."""
    head = file.read(_HEAD)
    suffix = _suffix(head, label)
    if size + _SPARE > (free := shutil.disk_usage(folder).free):
        raise NotTaken(f"{label}: {size} bytes do not fit into {folder}, where {free} are free")
    with _part(folder) as part:
        digest, written = hashlib.sha256(), 0
        with part.open("wb") as copy:
            chunk = head
            while chunk:
                digest.update(chunk)
                written += copy.write(chunk)
                progress(len(chunk))
                chunk = file.read(_CHUNK)
            copy.flush()
            os.fsync(copy.fileno())
        path = folder / f"{PREFIX}{digest.hexdigest()}{suffix}"
        if not path.exists():
            part.rename(path)
            _sync(folder)
    return Accession(name, path.name, path, digest.hexdigest(), written)


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    """A place for a copy that is not whole yet. What a process left behind that was killed is cleared away."""
    for stale in folder.glob(f".{PREFIX}*{_PART}"):
        stale.unlink(missing_ok=True)
    path = folder / f".{PREFIX}{os.getpid()}{_PART}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _suffix(head: bytes, label: str) -> str:
    if head.startswith(b"WARC/"):
        return ".warc"
    if head.startswith(b"\x1f\x8b"):
        unpacked = _unpacked(head)
        if unpacked.startswith(b"WARC/"):
            return ".warc.gz"
        head = unpacked
    if head.startswith(b"filedesc:"):
        raise NotTaken(f"{label}: an ARC file; 'warcio recompress ARC WARC' makes a WARC file of it")
    raise NotTaken(f"{label}: neither WARC nor WACZ; it begins with {head[:8]!r}")


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _MARK)
    except zlib.error:
        return b""


def _sync(folder: Path) -> None:
    """A name is durable when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
