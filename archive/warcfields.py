"""What stands in the fields of WARC records, and the names of WARC files. Pure: no I/O, no clock.

The source is ISO 28500:2017 (WARC 1.1) with the IIPC's community recommendations.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
OPEN = ".open"
"""What a file's name ends with until it is complete."""

NOTE = "Luutru-Note"
"""A field of our own in a response's or revisit's record: what must be known about how it was received."""

ASKED = "Luutru-Asked"
"""A field of our own in the record of a response to a form: the address that it has in the frontier
(:mod:`archive.posted`)."""

NOT_VERIFIED = "TLS certificate not verified: "
"""How a note begins that says why."""

PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
"""What a revisit's WARC-Profile begins with; older files say 1.0."""

_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x20\x7f-\x9f]")
_DIGESTS = {"sha1": 20, "md5": 16, "sha256": 32, "sha384": 48, "sha512": 64}


class WarcError(ValueError):
    """A WARC file or record that cannot be read, or an exchange that cannot be written; the message names which."""


def payload_sha1(body: bytes) -> str:
    """WARC-Payload-Digest as web archives write it: ``sha1:`` and 32 base-32 digits."""
    return _labelled(hashlib.sha1(body, usedforsecurity=False).digest())


def block_sha1(pieces: tuple[bytes, ...]) -> str:
    """WARC-Block-Digest of a block that is given in pieces."""
    digest = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return _labelled(digest.digest())


def _labelled(digest: bytes) -> str:
    return "sha1:" + base64.b32encode(digest).decode()


def contradicts(labelled: str, content: bytes) -> bool:
    """Whether the content has another digest than the one written. What proves nothing contradicts nothing."""
    return has_digest(labelled, content) is False


def has_digest(labelled: str, content: bytes) -> bool | None:
    """Whether the content has the digest that is written, in base 16, 32 or 64.

    None: the digest is of an unknown kind or form and proves nothing.
    """
    label, _, written = labelled.strip().partition(":")
    kind = label.lower().replace("-", "")
    length = _DIGESTS.get(kind)
    if length is None:
        return None
    digest = hashlib.new(kind, content, usedforsecurity=False).digest()
    forms = (base64.b16encode(digest), base64.b32encode(digest), base64.b64encode(digest))
    bare = [form.decode().rstrip("=") for form in forms]
    written = written.rstrip("=").replace("-", "+").replace("_", "/")
    if len(written) not in map(len, bare):
        return None
    return written.upper() in bare[:2] or written == bare[2]


def in_utc(at: str) -> str:
    """WARC-Date of an RFC 3339 time, to the second.

    :raises ValueError: no time, or one without its offset from UTC.
    """
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with its offset, as 2026-01-31T08:00:00+07:00, not {at!r}")
    return _moved(moment, UTC).replace("+00:00", "Z")


def in_vietnam(date: str) -> str:
    """RFC 3339 with +07:00, to the second, of a WARC-Date (which is in UTC whatever it says).

    :raises ValueError: no date, or one without a time of day: WARC 1.1 allows it, nobody writes it.
    """
    if "T" not in date:
        raise ValueError(f"expected a date with a time of day, not {date!r}")
    moment = datetime.fromisoformat(date)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return _moved(moment, VIETNAM)


def _moved(moment: datetime, zone: timezone) -> str:
    try:
        return moment.astimezone(zone).isoformat(timespec="seconds")
    except OverflowError as error:
        raise ValueError(f"{moment} is out of range") from error


def one_line(text: str) -> str:
    """The text without whatever could end its line early (RFC 9110, 5.5: such a character becomes a space)."""
    return _BREAKING.sub(" ", text).encode("utf-8", "backslashreplace").decode().strip()


def one_word(address: str) -> str:
    """The address with white space and control characters percent-encoded: a field that holds one ends at none."""
    encoded = _NOT_IN_ADDRESSES.sub(lambda found: "".join(f"%{octet:02X}" for octet in found[0].encode()), address)
    return encoded.encode("utf-8", "backslashreplace").decode()


def bracketed(identifier: str | None) -> str | None:
    """A record's identifier as ``<uri>``; some writers leave the brackets out."""
    if not identifier or not identifier.strip():
        return None
    return f"<{identifier.strip().removeprefix('<').removesuffix('>')}>"


def unbracketed(address: str) -> str:
    """An address as some versions of wget write it, ``<uri>``, without the brackets."""
    address = address.strip()
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def why_not_verified(note: str | None) -> str | None:
    """Why the certificate of the server was not verified, by a record's note; None where nothing is said of it."""
    return note.removeprefix(NOT_VERIFIED) if note and note.startswith(NOT_VERIFIED) else None


def file_name(site: str, at: datetime, number: int, random: str) -> str:
    """``SITE-YYYYMMDDhhmmss-NNNNN-RANDOM.warc.gz``, the time in UTC."""
    return f"{site}-{at.astimezone(UTC):%Y%m%d%H%M%S}-{number:05d}-{random}.warc.gz"


def belongs(name: str, site: str) -> bool:
    """Whether a file of that name, open or complete, is this site's. Site names may begin with one another."""
    pattern = rf"{re.escape(site)}-\d{{14}}-\d{{5,}}-[0-9a-f]+\.warc\.gz(?:{re.escape(OPEN)})?"
    return re.fullmatch(pattern, name) is not None
