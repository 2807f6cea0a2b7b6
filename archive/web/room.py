"""Where a reading room stands: its archive, its addresses, its readers. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archive.reading import ARCHIVE, WARCS
from archive.web.pool import Readers

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Room:
    """``address`` is what readers type, without a slash at its end: permanent addresses begin with it. ``raw_address``
    is the other origin, where archived pages are looked at."""

    home: Path
    address: str
    raw_address: str
    readers: Readers

    @property
    def archive(self) -> Path:
        return self.home / ARCHIVE

    @property
    def warcs(self) -> Path:
        return self.home / WARCS

    def hosts(self, address: str) -> set[str]:
        """The names by which an origin may be called: that of its address, and this machine's own."""
        return {urlsplit(address).hostname or "", *LOOPBACK}


def origin(address: str) -> str:
    """An address without what follows host and port.

    :raises ValueError: it is no http or https address, or has a path: permanent addresses begin at the root.
    """
    parts = urlsplit(address.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(f"expected an address such as https://luutru.example.org, not {address!r}")
    return f"{parts.scheme}://{parts.netloc.lower()}"
