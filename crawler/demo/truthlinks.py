"""Addresses that depend on where the replicas run. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.demo.model import Piece
from crawler.demo.site import Site


def source_url(piece: Piece, site: Site, bases: Mapping[str, str]) -> str | None:
    """The address that the article names as its source's."""
    if piece.source is None:
        return None
    if piece.source.replica is None:
        return piece.source.url
    name, index = piece.source.replica
    return f"{bases[name]}{site.replica_path(name, index)}"
