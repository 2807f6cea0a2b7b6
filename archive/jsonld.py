"""Records as schema.org JSON-LD, one NewsArticle a line. Pure. Which field is which property stands in docs/data.md.

What an article does not have is left out. A date of publication is cut to what is known of it (ISO 8601, reduced).
No property says when an article was found to be gone, or when it was first seen: ``expires`` is its publisher's word
for when it is of use no more, ``sdDatePublished`` when the line itself was made, on which no line here depends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from archive.articles import REMOVED, Record
from archive.dates import KNOWN, MIDNIGHT

CONTEXT = "https://schema.org"

GONE = "gone from its site"
"""The status of an article that its site says is there no more."""


def jsonld_lines(records: Iterable[Record]) -> Iterator[bytes]:
    """The lines, each with its newline."""
    for record in records:
        yield msgspec.json.encode(_removed(record) if record["schema"] == REMOVED else news_article(record)) + b"\n"


def node_id(article: str) -> str:
    """What names an article in a graph of several files: the reading room's address differs from place to place."""
    return f"urn:luutru:{article}"


def news_article(record: Record) -> Record:
    """An article of the export as a NewsArticle of schema.org."""
    publisher = {"name": record["publisher"], "areaServed": record["province"]}
    media = record["media"]
    source, capture = record["source"], record["capture"]
    copied = record["duplicate_of"]
    return {"@context": CONTEXT} | _node(
        "NewsArticle",
        {
            "@id": node_id(record["id"]),
            "schemaVersion": record["schema"],
            "identifier": [record["id"], _property("sha256", record["content_sha256"])],
            "isPartOf": _node("WebSite", {"name": record["site"]}),
            "publisher": _node("Organization", publisher),
            "url": record["url"],
            "sameAs": record["urls"],
            "headline": record["headline"],
            "description": record["description"],
            "articleBody": record["body"],
            "creditText": record["byline"],
            **_people(record["authors"]),
            "isBasedOn": [
                *([_node("CreativeWork", source)] if source else []),
                *([_node("NewsArticle", {"@id": node_id(copied), "identifier": copied})] if copied else []),
            ],
            "articleSection": record["section"],
            "keywords": record["keywords"],
            "inLanguage": record["language"],
            "interactionStatistic": _views(record["view_count"]),
            "datePublished": _as_known(record["date_published"], record["date_precision"]),
            "dateModified": record["date_modified"],
            "image": [_node("ImageObject", _image(one)) for one in record["images"]],
            "encoding": [_node("MediaObject", _file(one)) for one in record["attachments"]],
            "video": [_node("VideoObject", _file(one)) for one in media if one["kind"] == "video"],
            "audio": [_node("AudioObject", _file(one)) for one in media if one["kind"] == "audio"],
            "mentions": [_mention(one) for one in record["related"]],
            "usageInfo": _node("CreativeWork", {"text": record["rights"]}) if record["rights"] else None,
            "version": record["revision"],
            "creativeWorkStatus": GONE if record["gone"] else None,
            "correction": [_node("CorrectionComment", _comment(one)) for one in record["corrections"]],
            "archivedAt": _node(
                "WebPage",
                {
                    "url": capture["url"],
                    "dateCreated": capture["fetched_at"],
                    "identifier": capture["record_id"],
                },
            ),
        },
    )


def _removed(record: Record) -> Record:
    named = _node("NewsArticle", {"@id": node_id(record["id"]), "identifier": record["id"]})
    return {"@context": CONTEXT} | _node("DeleteAction", {"object": named, "endTime": record["at"]})


def _node(kind: str, properties: Record) -> Record:
    return {"@type": kind} | {name: value for name, value in properties.items() if value not in (None, [])}


def _property(name: str, value: str) -> Record:
    return _node("PropertyValue", {"propertyID": name, "value": value})


def _people(authors: list[Record]) -> dict[str, list[Record]]:
    people: dict[str, list[Record]] = {"author": [], "contributor": [], "editor": []}
    for author in authors:
        role = author["role"]
        if role in people:
            people[role].append(_who(author))
        else:
            people["contributor"].append(_node("Role", {"roleName": role, "contributor": _who(author)}))
    return people


def _who(author: Record) -> Record:
    unit = _node("Organization", {"name": author["unit"]}) if author["unit"] else None
    if unit is not None and author["name"] is None:
        return unit
    return _node("Person", {"name": author["name"], "affiliation": unit})


def _comment(correction: Record) -> dict[str, Any]:
    by = _node("Person", {"name": correction["by"]})
    return {
        "identifier": correction["id"],
        "text": correction["reason"],
        "author": by,
        "datePublished": correction["at"],
    }


def _views(count: int | None) -> Record | None:
    if count is None:
        return None
    return _node("InteractionCounter", {"interactionType": _node("ViewAction", {}), "userInteractionCount": count})


def _as_known(time: str | None, precision: str | None) -> str | None:
    if time is None or precision is None:
        return None
    known = time[: KNOWN[precision]]
    return known + time[-6:] if "T" in known else known


def _image(image: Record) -> dict[str, Any]:
    stated = {name: image[name] for name in ("caption", "width", "height")}
    return {"contentUrl": image["url"], "creditText": image["credit"]} | stated


def _file(file: Record) -> dict[str, Any]:
    return {"contentUrl": file["url"], "name": file["title"], "encodingFormat": file.get("media_type")}


def _mention(link: Record) -> Record:
    known = {"@id": node_id(link["id"])} if link["id"] else {}
    date = link["date"] and link["date"].removesuffix(MIDNIGHT)
    told = {"url": link["url"], "name": link["title"], "datePublished": date, "identifier": link["id"]}
    return _node("NewsArticle", known | told)
