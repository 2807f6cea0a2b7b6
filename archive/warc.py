"""Writing WARC files: each request with its response, as they came, in files that any web archive can read.

Touches the folder it is given, and the clock for the names of files. Reading is in :mod:`archive.warcread`, mending
what a killed process left in :mod:`archive.warcrepair`; both can be had from here.

The form is WARC 1.1 (ISO 28500:2017), every record a gzip member of its own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Literal

from archive.records import WarcRecord
from archive.warcfields import OPEN, WarcError, belongs, file_name, one_word, payload_sha1
from archive.warcframes import Damage
from archive.warcread import RefersTo, Stored, first, information, read, walk
from archive.warcrecords import Earlier, Exchange, about, new_id, opening, records_of
from archive.warcrepair import Repaired, open_files, repair, sync_folder

__all__ = [
    "Damage",
    "Earlier",
    "Exchange",
    "RefersTo",
    "Repaired",
    "Stored",
    "WarcError",
    "WarcWriter",
    "information",
    "open_files",
    "payload_sha1",
    "read",
    "repair",
    "walk",
]

LARGEST = 512 * 2**20
"""Bytes after which the next exchange begins a new file."""


class WarcWriter:
    """Writes one site's exchanges, for one process and one thread at a time.

    A file is called ``….warc.gz.open`` while it is written to. A later writer goes on with the site's newest file, in
    the month in which it was begun and while it is smaller than ``largest``: only one process may write a site's. It
    does so only where the file's warcinfo record says of it what it would say itself: all records of a file name that
    one, and it is how they are known behind a damaged part.

    :param folder: where the files stand; made with the first of them.
    :param site: what their names begin with.
    :param largest: bytes; a file that has them is completed before the next exchange.
    :param information: what each file says about itself: ``software``, ``operator``, ``robots`` … (WARC 1.1, 6.2).
    """

    def __init__(
        self, folder: Path, site: str, *, largest: int = LARGEST, information: Mapping[str, str] | None = None
    ) -> None:
        if not site or one_word(site) != site or "/" in site or site.startswith("."):
            raise WarcError(f"expected a site's name that a file's name may begin with, not {site!r}")
        self._folder = folder
        self._site = site
        self._largest = largest
        self._information = dict(information or {})
        self._number = 0
        self._name = ""
        self._warcinfo = ""
        self._file: FileIO | None = None
        self._size = 0
        self._synced = 0
        self._introduced = self._named = False
        self._unsound: OSError | None = None

    def write(
        self, exchange: Exchange, *, same: Earlier | None = None, not_modified: bool = False, note: str | None = None
    ) -> WarcRecord:
        """Append the request and its response, and tell where the response stands.

        :param same: an earlier response with the same payload: a revisit is written, without the body.
        :param not_modified: the server said so (304): a revisit; ``same`` is what it was not modified since, if known.
        :param note: what must be known about how the response was received, such as why TLS was not verified.
        :raises WarcError: the exchange cannot be written as it is; nothing was written.
        :raises OSError: nothing of it stands in the file; when there is room again the writer can go on.
        """
        if self._unsound:
            raise self._unsound
        request, response, record_id = records_of(exchange, same, not_modified, note)
        if self._file is not None and self._size >= self._largest:
            self.close()
        file = self._file or self._begin()
        warcinfo = ("WARC-Warcinfo-ID", self._warcinfo)
        pieces = [request.packed(warcinfo), response.packed(warcinfo)]
        if not self._introduced:
            pieces.insert(0, opening(self._warcinfo, self._name, datetime.now(UTC), self._information).packed())
        self._append(file, b"".join(pieces))
        self._introduced = True
        length = len(pieces[-1])
        return WarcRecord(self._name, self._size - length, length, record_id)

    def sync(self) -> None:
        """Return when everything written so far is on the disk, the file's name too.

        :raises OSError: it may not be. The system says so once and then forgets what it lost, so this writer is of no
            more use: every later call raises too, and the file keeps its ``.open`` to be mended at the next start.
        """
        if self._unsound:
            raise self._unsound
        if self._file is None or self._synced == self._size:
            return
        try:
            os.fsync(self._file.fileno())
            if not self._named:
                sync_folder(self._folder)
                self._named = True
        except OSError as error:
            self._unsound = error
            raise
        self._synced = self._size

    def close(self) -> None:
        """Complete the file: it loses its ``.open``. Without a write there is none."""
        if self._file is None:
            return
        path = self._folder / (self._name + OPEN)
        try:
            self.sync()
        finally:
            self._file.close()
            self._file = None
        if self._size:
            path.rename(path.with_name(self._name))
        else:
            path.unlink()
        sync_folder(self._folder)

    def _begin(self) -> FileIO:
        """Go on with the file of this month that has room, or begin one: a site that is visited every hour for what is
        new would else leave a thousand small files a month."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._named = False
        now = datetime.now(UTC)
        begun = self._with_room(now)
        warcinfo = self._introduction(begun) if begun else None
        self._warcinfo, self._introduced = warcinfo or new_id(), warcinfo is not None
        if begun and warcinfo:
            self._name = begun.name
            begun.rename(begun.with_name(begun.name + OPEN))
            mode: Literal["ab", "xb"] = "ab"
        else:
            self._number += 1
            self._name, mode = file_name(self._site, now, self._number, secrets.token_hex(6)), "xb"
        # Unbuffered: what was written outlives a killed process, and half a record is never in a buffer of ours.
        self._file = (self._folder / (self._name + OPEN)).open(mode, buffering=0)
        self._size = self._synced = self._file.seek(0, os.SEEK_END)
        return self._file

    def _with_room(self, now: datetime) -> Path | None:
        complete = (path for path in self._folder.glob(f"{self._site}-{now:%Y%m}*") if belongs(path.name, self._site))
        newest = max((path for path in complete if path.suffix != OPEN), default=None)
        return newest if newest is not None and newest.stat().st_size < self._largest else None

    def _introduction(self, path: Path) -> str | None:
        """The id of the warcinfo record with which the file begins, if what it says holds for this writer too."""
        try:
            record = first(path)
        except WarcError:
            return None  # a later writer could not learn the id either
        same = record.kind == "warcinfo" and record.block == about(self._information)
        return record.record_id if same else None

    def _append(self, file: FileIO, data: bytes) -> None:
        """All of the data or nothing: what a full disk took of it, or what stood there when Ctrl-C came, is cut off."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[file.write(rest) :]
            self._size += len(data)
        except BaseException:
            self._cut(file)
            raise

    def _cut(self, file: FileIO) -> None:
        try:
            file.truncate(self._size)
            file.seek(self._size)
        except OSError as error:
            self._unsound = error
            raise
