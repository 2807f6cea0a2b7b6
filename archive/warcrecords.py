"""WARC records of an exchange: what is written of a request and its response, octet for octet. Pure but for random ids.

Everything in an exchange came from a network that may be hostile: no text of it can end the line it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

from zlib_ng import zlib_ng

from archive.warcfields import ASKED, NOTE, PROFILE, WarcError, block_sha1, in_utc, one_line, one_word, payload_sha1

LEVEL = 6
"""zlib-ng's; docs/choices.md has the figures."""

_LONGEST_NOTE = 1000

Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Exchange:
    """One request with its response, as the network layer had them.

    ``at`` is RFC 3339 with its offset: when the request began. ``ip`` is the numeric address that answered. ``body`` is
    as sent: still in its Content-Encoding, but without chunks. Header texts are octets read as Latin-1, which is how
    they are written again; a text that Latin-1 cannot hold is written as UTF-8. ``truncated`` says why the body is not
    whole: ``length``, ``time``, ``disconnect`` or ``unspecified``. ``asked`` is the address in the frontier of a page
    that was got by sending a form; None for all others. ``payload_sha1`` is that of the body, where it
    was worked out already.
    """

    url: str
    at: str
    ip: str | None
    method: str
    request_headers: list[tuple[str, str]]
    request_body: bytes
    status: int
    reason: str
    response_headers: list[tuple[str, str]]
    body: bytes
    truncated: Literal["length", "time", "disconnect", "unspecified"] | None = None
    asked: str | None = None
    payload_sha1: str | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier response with the same payload: what a revisit refers to. ``at`` as in :class:`Exchange`."""

    url: str
    at: str
    record_id: str
    payload_sha1: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record before it is packed; ``block`` in pieces, so that a large body is not copied."""

    kind: str
    fields: Fields
    block: tuple[bytes, ...]

    def packed(self, *more: tuple[str, str]) -> bytes:
        """The record, with more fields, as a gzip member of its own."""
        measured = (("WARC-Block-Digest", block_sha1(self.block)), ("Content-Length", str(sum(map(len, self.block)))))
        fields = (("WARC-Type", self.kind), *self.fields, *more, *measured)
        lines = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields)
        pack = zlib_ng.compressobj(LEVEL, zlib_ng.DEFLATED, wbits=31)
        pieces = (f"WARC/1.1\r\n{lines}\r\n".encode(), *self.block, b"\r\n\r\n")
        return b"".join([*map(pack.compress, pieces), pack.flush()])


def new_id() -> str:
    """A WARC-Record-ID that no other record has."""
    return f"<urn:uuid:{uuid4()}>"


def opening(record_id: str, name: str, at: datetime, information: Mapping[str, str]) -> Record:
    """The warcinfo record, with which a file begins."""
    fields = (
        ("WARC-Record-ID", record_id),
        ("WARC-Date", in_utc(at.isoformat())),
        ("WARC-Filename", name),
        ("Content-Type", "application/warc-fields"),
    )
    return Record("warcinfo", fields, (about(information),))


def about(information: Mapping[str, str]) -> bytes:
    """The block of a warcinfo record: what the file says about itself, the same octets for the same information."""
    lines = {
        "software": "luutru",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        **information,
    }
    return "".join(f"{one_line(key)}: {one_line(value)}\r\n" for key, value in lines.items()).encode()


def records_of(
    exchange: Exchange, same: Earlier | None, not_modified: bool, note: str | None
) -> tuple[Record, Record, str]:
    """The request, the response or revisit, and the latter's identifier; arguments as in ``WarcWriter.write``.

    :raises WarcError: the exchange cannot be written as it is.
    """
    digest = exchange.payload_sha1 or payload_sha1(exchange.body)
    _check(exchange, digest, same, not_modified)
    try:
        date = in_utc(exchange.at)
        refers = _refers(same) if same else ()
        asked = _request_head(exchange)
    except ValueError as error:
        raise WarcError(f"{exchange.url}: {error}") from error
    common: Fields = (("WARC-Target-URI", one_word(exchange.url)), ("WARC-Date", date))
    if exchange.ip:
        common += (("WARC-IP-Address", one_word(exchange.ip)),)
    record_id = new_id()
    request_fields = (
        ("WARC-Record-ID", new_id()),
        *common,
        ("WARC-Concurrent-To", record_id),
        ("WARC-Payload-Digest", payload_sha1(exchange.request_body)),
        ("Content-Type", "application/http; msgtype=request"),
    )
    request = Record("request", request_fields, (asked, exchange.request_body))
    fields: Fields = (("WARC-Record-ID", record_id), *common, ("Content-Type", "application/http; msgtype=response"))
    if exchange.asked:
        fields += ((ASKED, one_word(exchange.asked)),)
    if note:
        fields += ((NOTE, one_line(note)[:_LONGEST_NOTE]),)
    head = _response_head(exchange)
    if not_modified:
        # The payload is the earlier one (6.7.3).
        fields += (("WARC-Profile", PROFILE + "server-not-modified"), *refers)
        fields += (("WARC-Payload-Digest", same.payload_sha1),) if same else ()
        return request, Record("revisit", fields, (head,)), record_id
    fields += (("WARC-Payload-Digest", digest),)
    if same:
        # 6.7.2 wants the truncation said.
        fields += (("WARC-Profile", PROFILE + "identical-payload-digest"), *refers, ("WARC-Truncated", "length"))
        return request, Record("revisit", fields, (head,)), record_id
    if exchange.truncated:
        fields += (("WARC-Truncated", exchange.truncated),)
    return request, Record("response", fields, (head, exchange.body)), record_id


def _check(exchange: Exchange, digest: str, same: Earlier | None, not_modified: bool) -> None:
    if not exchange.url.lower().startswith(("http://", "https://")):
        raise WarcError(f"expected an address of http or https, not {exchange.url!r}")
    if not 100 <= exchange.status <= 999:
        raise WarcError(f"{exchange.url}: expected a status of three digits, not {exchange.status}")
    if not_modified and exchange.status != 304:
        raise WarcError(f"{exchange.url}: only 304 says that nothing was modified, not {exchange.status}")
    if same and not not_modified and same.payload_sha1 != digest:
        raise WarcError(f"{exchange.url}: its payload is {digest}, not {same.payload_sha1} as in {same.record_id}")


def _refers(same: Earlier) -> Fields:
    return (
        ("WARC-Refers-To", one_word(same.record_id)),
        ("WARC-Refers-To-Target-URI", one_word(same.url)),
        ("WARC-Refers-To-Date", in_utc(same.at)),
    )


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    target = one_word((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    headers = exchange.request_headers
    if not any(name.lower() == "host" for name, _ in headers):
        # HTTP/1.1 sends it with every request; HTTP clients add it on their own.
        headers = [("Host", parts.netloc.rpartition("@")[2]), *headers]
    return _head(f"{one_word(exchange.method)} {target} HTTP/1.1", headers)


def _response_head(exchange: Exchange) -> bytes:
    headers = [
        # The body is stored without chunks, so nobody may look for them.
        (f"X-Crawler-{name}" if name.strip().lower() == "transfer-encoding" else name, value)
        for name, value in exchange.response_headers
    ]
    return _head(f"HTTP/1.1 {exchange.status} {exchange.reason}", headers)


def _head(first: str, headers: list[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{_token(name)}: {_unbroken(value)}" for name, value in headers)]
    return b"".join(_octets(_unbroken(line)) + b"\r\n" for line in lines) + b"\r\n"


def _unbroken(text: str) -> str:
    """RFC 9110, 5.5: what could end a line becomes a space. Other octets stay as they were sent."""
    return text.translate({0: " ", 10: " ", 13: " "}).strip(" \t")


def _token(name: str) -> str:
    """A header's name without what would end it early or make it a continuation of the line before."""
    return "".join("_" if character in ":\0\r\n\t " else character for character in name) or "_"


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")
