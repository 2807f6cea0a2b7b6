"""Pages that are got by sending a form: the address under which the archive knows each. Pure.

Replay programs look such a page up as if its form stood in the address: the target, ``__wb_method=POST``, the fields
(IIPC, cdx-non-get-requests). Ours are written so too, but with the fields alone that tell one page from another: the
state that ASP.NET sends along is 100 kB long and another one at each visit. The last field is the number of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote_plus, urlencode

MARK = "__wb_method=POST"
FORM_TYPE = "application/x-www-form-urlencoded"

LARGEST_FORM = 1_000_000
"""Bytes of a form that is stored and sent."""

_LONGEST_QUERY = 4096
"""Characters of a form that indexes hold (cdx-non-get-requests)."""
_AS_THEY_ARE = "!$&'()*+,/:;=?@~"
"""What the keys of indexes do not escape in a query, beside letters and digits."""


def posted_address(target: str, fields: Iterable[tuple[str, str]]) -> str:
    """The address of the page that ``target`` answers to a form with these fields."""
    return _with_query(target, f"{MARK}&{urlencode(list(fields))}")


def is_posted(address: str) -> bool:
    """Whether it is the address of a page that is got by sending a form."""
    return f"?{MARK}&" in address or f"&{MARK}&" in address


def target_of(address: str) -> str:
    """Where the form is sent; any other address as it is."""
    return address.partition(MARK)[0][:-1] if is_posted(address) else address


def page_number(address: str) -> int | None:
    """Which page of its listing it is, from 1; None where the address does not end with a number."""
    _, _, digits = address.rpartition("=")
    return int(digits) if is_posted(address) and digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def request_of(block: bytes) -> tuple[str, str | None]:
    """The method of an HTTP request, and the form that it sent, still encoded; None where it sent none."""
    head, _, body = block.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    method = first.partition(" ")[0]
    return method, body.decode("utf-8", "replace") if method == "POST" and media_type == FORM_TYPE else None


def form_of_request(block: bytes) -> str | None:
    """The form that an HTTP request sent, decoded; None where it is no POST, or its body no form."""
    _, form = request_of(block)
    return None if form is None else unquote_plus(form)[:_LONGEST_QUERY]


def looked_up_as(url: str, form: str) -> str:
    """The address under which indexes have the answer to a form that :func:`form_of_request` gave."""
    return _with_query(url, f"{MARK}&{quote(form, safe=_AS_THEY_ARE)}")


def _with_query(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"
