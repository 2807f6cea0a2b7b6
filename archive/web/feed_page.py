"""An Atom feed (RFC 4287) of any search: what is new in it, for a feed reader. Reads the archive.

An entry's id is the article's permanent address. ``updated`` is when the archive last noted a change of what it says,
so a feed stays the same as long as the archive does. An article whose time of publication is not known to the minute
has no ``published``, for Atom has no way to say how exact it is; its summary says the date as far as it is known.
"""

from __future__ import annotations

import json
import re

from lxml import etree
from sqlite_utils import Database
from starlette.responses import Response

from archive.articles import Record
from archive.search import Hit
from archive.web.asking import Asked, Page
from archive.web.dates import short_date
from archive.web.holdings import holdings
from archive.web.people import names
from archive.web.results import found, records
from archive.web.search_page import Search, in_words, read_search

ENTRIES = 50

_ATOM = "http://www.w3.org/2005/Atom"
_LONG_AGO = "1970-01-01T00:00:00+07:00"
"""When a feed without entries was updated."""


def feed(asked: Asked) -> Response:
    """The first articles that a search finds, :data:`ENTRIES` a page.

    :raises Trouble: the search means nothing.
    """
    wanted = read_search(asked)
    results = found(asked, wanted, ENTRIES, (wanted.page - 1) * ENTRIES)
    hits = {hit.id: hit for hit in results.hits}
    articles = list(records(asked.db, list(hits)))
    changed = _changed(asked.db, list(hits))
    given = wanted.given
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", asked.language)
    _add(root, "id", _here(asked, "/tim.atom", given))
    _add(root, "title", _title(asked, wanted))
    _add(root, "updated", max((changed[one["id"]] for one in articles), default=_LONG_AGO))
    author = _add(root, "author")
    _add(author, "name", asked.say("room.name"))
    _link(root, "self", _here(asked, "/tim.atom", given, wanted.page), "application/atom+xml")
    _link(root, "alternate", _here(asked, "/tim", given), "text/html")
    if results.total > wanted.page * ENTRIES or (not results.complete and len(hits) == ENTRIES):
        _link(root, "next", _here(asked, "/tim.atom", given, wanted.page + 1), "application/atom+xml")
    for article in articles:
        _entry(asked, root, article, hits[article["id"]], changed[article["id"]])
    body = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return Response(body, media_type="application/atom+xml", headers={"Cache-Control": "no-cache"})


def _entry(asked: Asked, root: etree._Element, article: Record, hit: Hit, changed: str) -> None:
    entry = _add(root, "entry")
    page = asked.permanent(f"/bai/{article['id']}")
    _add(entry, "id", page)
    _add(entry, "title", article["headline"])
    _add(entry, "updated", changed)
    if article["date_precision"] in {"minute", "second"}:
        _add(entry, "published", article["date_published"])
    for name in names(article["authors"]):
        _add(_add(entry, "author"), "name", name)
    _link(entry, "alternate", asked.room.address + asked.link(f"/bai/{article['id']}"), "text/html")
    _link(entry, "via", article["url"], "text/html")
    for section in article["section"]:
        _add(entry, "category").set("term", _plain(section))
    day = short_date(asked.language, article["date_published"], article["date_precision"])
    excerpt = f"{asked.say(f'article.{hit.label}')}: {hit.snippet.text}" if hit.label else hit.snippet.text
    parts = [day or asked.say("search.undated"), article["publisher"], article["description"] or excerpt]
    _add(entry, "summary", " · ".join(filter(None, parts)))


def _changed(db: Database, ids: list[str]) -> dict[str, str]:
    """When the archive last noted a change of each article; when it was first seen, where none is noted."""
    rows = db.execute(
        "SELECT id, coalesce((SELECT max(at) FROM changes WHERE article = articles.id"
        " AND kind NOT IN ('links', 'linked', 'addresses')), first_seen) FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(ids)],
    )
    return dict(rows.fetchall())


def _title(asked: Asked, wanted: Search) -> str:
    told = ((name, value) for name, value in wanted.given.items() if name not in {"xep", "ban-sao"})
    what = ", ".join(in_words(asked, holdings(asked), name, value) for name, value in told)
    return f"{what} · {asked.say('room.name')}" if what else asked.say("room.name")


def _here(asked: Asked, path: str, given: dict[str, str], page: int = 1) -> str:
    return asked.room.address + asked.link(path, **given, trang=page if page > 1 else None)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    if text is not None:
        element.text = _plain(text)
    return element


def _link(parent: etree._Element, relation: str, address: str, media_type: str) -> None:
    link = _add(parent, "link")
    for name, value in (("rel", relation), ("href", address), ("type", media_type)):
        link.set(name, _plain(value))


def _plain(text: str) -> str:
    """A text without the signs that no XML can hold."""
    return _NO_XML.sub("", text)


_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


PAGES = [Page("/tim.atom", feed)]
