"""The forms in which one web address may be written. Pure functions."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit, urlunsplit

from w3lib.url import safe_url_string


def address_forms(address: str) -> set[str]:
    """An address with and without TLS, ``www.`` and a slash at the end; without a scheme, it is taken for a host's.

    Empty for what is no address.
    """
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return set()
    host, path = parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")
    return {
        urlunsplit((scheme, www + host, path + slash, parts.query, ""))
        for scheme in ("http", "https")
        for www in ("", "www.")
        for slash in ("", "/")
    }


def file_address(url: str) -> str:
    """An absolute address as it is asked for: encoded as RFC 3986 wants, without a fragment, its parameters in their
    order. The address itself where it is none.

    A program that hands out pictures or documents needs its parameters, so none are cut off.
    """
    try:
        return urldefrag(safe_url_string(url)).url
    except ValueError:
        return url


def named_file(url: str) -> str:
    """Which file an address names: without scheme and ``www.``, and without what changes from one visit to the next.

    Behind a file's own name (``hoi-nghi.jpg?v=1718``) parameters say how and when it is asked for, not which file it
    is. A program that hands files out (``tai-ve.aspx?id=7``, ``watch?v=…``) needs its parameters: of those only the
    ones go that by their name carry a session, a signature or a moment. The result is for comparing, not for asking.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = _IN_PATH.sub("", parts.path)
    ending = path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    query = ""
    if not _FILE_ENDING.fullmatch(ending) or ending in _PROGRAMS:
        kept = [one for one in parts.query.split("&") if one.partition("=")[0].lower() not in _VOLATILE]
        query = "?" + "&".join(kept) if any(kept) else ""
    return f"//{parts.netloc.lower().removeprefix('www.')}{path}{query}"


_IN_PATH = re.compile(r";[^/]*")
"""Parameters within a path (RFC 3986, 3.3): ``;jsessionid=…``."""

_FILE_ENDING = re.compile(r"(?=\d?[a-z])[a-z0-9]{2,5}")

_PROGRAMS = frozenset(
    {"ashx", "asp", "aspx", "axd", "cfm", "cgi", "dll", "do", "htm", "html", "jsp", "php", "pl", "shtml"}
)

_VOLATILE = frozenset(
    {
        "_",
        "cb",
        "csrf",
        "csrf_token",
        "expires",
        "jsessionid",
        "nocache",
        "phpsessid",
        "rand",
        "random",
        "rnd",
        "sessid",
    }
    | {"session", "session_id", "sessionid", "sid", "sig", "signature", "t", "time", "timestamp", "token", "ts"}
)
