"""The forms in which one web address may be written. Pure functions."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


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
