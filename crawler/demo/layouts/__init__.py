"""How each replica draws its pages. A layout turns a site's articles into answers to requests; it does no I/O.

Markup follows what is known of the real site (its module says from where); the templates are our own.
"""

from __future__ import annotations

from crawler.demo.layouts.base import Answer, Dating, Layout, Visit
from crawler.demo.layouts.mediatech import MediaTech
from crawler.demo.layouts.nukeviet import NukeViet
from crawler.demo.layouts.thst import Thst
from crawler.demo.layouts.union import Union

__all__ = ["Answer", "Dating", "Layout", "Visit", "layout_class"]

_LAYOUTS: dict[str, type[Layout]] = {
    "thst": Thst,
    "congdoan-soctrang": Union,
    "ldld-caobang": NukeViet,
    "thaibinhtv": MediaTech,
}


def layout_class(name: str) -> type[Layout]:
    """The layout of the site of that name."""
    return _LAYOUTS[name]
