"""WordPress's own list of posts (``/wp-json/wp/v2/posts``, REST API handbook) as the entries of a feed. Pure.

It is read as a feed is: addresses, titles and dates; the text of an article is read from its own page, for many sites
print fields there (byline, source, sections) that the list does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from crawler.extraction.document import absolute, plain_title
from crawler.extraction.numbers import whole_number
from crawler.items import Entry, Page

_VIETNAM_AHEAD = timedelta(hours=7)
_MOST = 9_999_999


class _Rendered(msgspec.Struct):
    rendered: str = ""


class _Error(msgspec.Struct):
    code: str
    data: dict[str, object]


class _Post(msgspec.Struct):
    link: str
    title: _Rendered = msgspec.field(default_factory=_Rendered)
    date: str | None = None
    date_gmt: str | None = None


def is_json(page: Page) -> bool:
    """Whether the response is JSON, by what the server says or by how it begins."""
    return (page.media_type or "").endswith("json") or page.body.lstrip()[:1] in {b"[", b"{"}


def read_posts(page: Page) -> list[Entry]:
    """The posts in the order of the list, the newest first.

    ``date`` is the site's local time without an offset. Where it is seven hours ahead of ``date_gmt``, the site's clock
    is Vietnam's and it is what the site printed; on any other site (many never set their zone, and run on UTC) the
    entry's date is ``date_gmt``, which says its zone. ``modified`` is no date of publication.

    :raises ValueError: the response is no list of posts; an error of the API is one object with a ``code``.
    """
    try:
        posts = msgspec.json.decode(page.body, type=list[_Post])
    except msgspec.MsgspecError as error:
        raise ValueError(f"no list of posts: {error}") from error
    return [
        Entry(absolute(one.link, page.final_url), plain_title(one.title.rendered) or None, _date(one)) for one in posts
    ]


def _date(post: _Post) -> str | None:
    if not post.date or not post.date_gmt:
        return post.date
    try:
        ahead = datetime.fromisoformat(post.date) - datetime.fromisoformat(post.date_gmt)
    except (ValueError, TypeError):
        return post.date
    return post.date if ahead == _VIETNAM_AHEAD else f"{post.date_gmt}Z"


def refusal(page: Page) -> str | None:
    """The code by which the REST API says that nobody may read this (``rest_cannot_access``), or that it has no such
    list; None where it is anybody else who refuses: a firewall's page says nothing of the list."""
    if page.status not in {401, 403, 404} or not is_json(page):
        return None
    try:
        error = msgspec.json.decode(page.body, type=_Error)
    except msgspec.MsgspecError:
        return None
    return error.code if error.data.get("status") == page.status else None


def stated_counts(headers: Mapping[str, str]) -> tuple[int | None, int | None]:
    """How many posts and pages of them there are by the response's headers, whose names are in lower case."""
    return whole_number(headers.get("x-wp-total", ""), _MOST), whole_number(headers.get("x-wp-totalpages", ""), _MOST)
