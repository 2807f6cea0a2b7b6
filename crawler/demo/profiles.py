"""The profiles that lead a crawl to replicas, as an operator would write them. No I/O."""

from __future__ import annotations

from typing import Any

import tomlkit

from crawler.demo.site import facts_of
from crawler.demo.templates import words


def profile_text(name: str, base: str, delay: float) -> str:
    """The text of ``HOME/sites/NAME.toml``: for a real site an overlay of its profile, for a CMS a whole one.

    :param base: the address that the replica runs at.
    :param delay: seconds between two requests.
    """
    facts = facts_of(name)
    crawl: dict[str, Any] = {**facts.profile.get("crawl", {}), "delay": delay, "private": True}
    if not facts.profile:
        return tomlkit.dumps({"extends": name, "base": f"{base}/", "crawl": crawl})
    named = {
        "title": facts.title,
        "publisher": facts.publisher,
        "kind": facts.kind,
        "province": words()["provinces"][facts.province]["name"],
        "base": f"{base}/",
    }
    return tomlkit.dumps({**named, **facts.profile, "crawl": crawl})
