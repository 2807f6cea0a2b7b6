"""The index of a WACZ: CDXJ lines, in blocks that are gzipped one by one (ZipNum), and the index of the blocks. No I/O.

A line is ``KEY TIMESTAMP {JSON}``. A reader finds a block by bisection over the keys and loads it alone, so the form of
a key and the order of the lines must be what readers expect.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.posted import looked_up_as

LINES_A_BLOCK = 1024
"""As other writers do: about 300 KB a block, unpacked."""

_WWW = re.compile(r"www\d*\.")
_PORTS = {"http": 80, "https": 443}
_ESCAPED = re.compile("%[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Place:
    """One record as an index names it. ``at`` is the record's WARC-Date, RFC 3339 in UTC; ``digest`` its payload's, as
    WARC writes it; ``record_digest`` the SHA-256 (hex) of its compressed bytes; ``media_type`` ``warc/revisit`` for a
    revisit; ``form`` what was sent to get it, as :func:`archive.posted.form_of_request` gives it."""

    url: str
    at: str
    media_type: str | None
    status: int
    digest: str | None
    filename: str
    offset: int
    length: int
    record_digest: str
    form: str | None = None


def sort_key(url: str) -> str:
    """What an index is sorted by (SURT): ``vn,thst)/tin?a=1`` for ``http://www.Thst.vn/Tin?a=1``.

    The host is turned round, without ``www.`` and the scheme's own port; all is in lower case; parameters are sorted by
    name. An address that is not of the web is its own key.
    """
    try:
        parts = urlsplit(url.lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if parts.scheme not in _PORTS or not host:
        return url
    known = _WWW.match(host)
    turned = ",".join(reversed((host[known.end() :] if known else host).split(".")))
    if port is not None and port != _PORTS[parts.scheme]:
        turned += f":{port}"
    query = "&".join(sorted(parts.query.split("&"), key=lambda one: one.partition("=")[0]))
    return f"{turned}){parts.path or '/'}" + (f"?{query}" if query else "")


def cdxj_line(place: Place) -> str:
    """One line of the index, with its newline."""
    said = {
        "url": place.url,
        "mime": place.media_type or "unk",
        "status": str(place.status),
        "digest": place.digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": place.filename,
        "recordDigest": f"sha256:{place.record_digest}",
        "method": None if place.form is None else "POST",
        "requestBody": place.form,
    }
    said = {name: value for name, value in said.items() if value is not None}
    return f"{_key(place)} {timestamp(place.at)} {json.dumps(said, ensure_ascii=False)}\n"


def _key(place: Place) -> str:
    """A page that was got by a form is looked up as if the form stood in its address (IIPC, cdx-non-get-requests)."""
    if place.form is None:
        return sort_key(place.url)
    return _ESCAPED.sub(lambda found: found[0].upper(), sort_key(looked_up_as(place.url, place.form)))


def timestamp(at: str) -> str:
    """``2024-07-20T01:00:00Z`` in the 14 digits of an index."""
    return re.sub(r"\D", "", at[:19])


def blocks(lines: Sequence[str], name: str) -> tuple[bytes, bytes]:
    """The lines, sorted, as the file called ``name`` of gzipped blocks, and the index that says where each begins."""
    ordered = sorted(set(lines))
    data, index = bytearray(), [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}\n"]
    for first in range(0, len(ordered), LINES_A_BLOCK):
        packer = zlib.compressobj(wbits=31)
        block = packer.compress("".join(ordered[first : first + LINES_A_BLOCK]).encode()) + packer.flush()
        digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
        where = json.dumps({"offset": len(data), "length": len(block), "digest": digest})
        index.append(f"{ordered[first].split(' {', 1)[0]} {where}\n")
        data += block
    return bytes(data), "".join(index).encode()
