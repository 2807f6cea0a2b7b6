"""How each replica draws its pages. A layout turns a site's articles into answers to requests; it does no I/O.

Markup follows what is known of the real site or CMS (its module says from where); the templates are our own.
"""

from __future__ import annotations

from importlib import import_module

from crawler.demo.layouts.base import Answer, Dating, Layout, Visit
from crawler.demo.site import facts_of

__all__ = ["Answer", "Dating", "Layout", "Visit", "layout_class"]


def layout_class(name: str) -> type[Layout]:
    """The layout of the site of that name."""
    module, _, kind = facts_of(name).layout.partition(":")
    found: type[Layout] = getattr(import_module(f"{__name__}.{module}"), kind)
    return found
