"""How the records of a crawl become rows of the archive's tables. Pure functions."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from archive.addresses import named_file
from archive.records import Article, Capture, Harvest, Sighting
from archive.vietnamese import fold, words

Row = dict[str, Any]

PARTS = ("authors", "images", "attachments", "media", "keywords")
"""The lists of an article that have a table of the same name."""

_SAME_IN_ROW = (
    *("id", "site", "key", "url", "kind", "headline", "description", "body", "byline", "language", "view_count"),
    *("date_published", "date_published_raw", "date_precision", "date_evidence", "date_modified", "rights"),
    "profile_version",
)

_LISTS = frozenset({"related", "newer", "older", "topic"})
"""Relations of links that stand in a list of other articles: a date printed there is the other article's."""


def flat(record: Any) -> Row:
    """The fields of a plain record by name. :func:`dataclasses.asdict` copies what is in them, and takes ten times as
    long."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


@lru_cache(maxsize=4_096)  # a site prints the same titles on many pages
def folded_title(title: str | None) -> str:
    """A title as it can be compared between pages: folded words, without punctuation. Empty when there is none."""
    return " ".join(words(title or ""))


def content_digest(article: Article) -> str:
    """SHA-256 (hex) of what an article says: an article makes a new revision when this changes, and only then.

    It covers headline, description, body, byline, authors, source, keywords, the date of publication, images (file,
    caption, credit), attachments and media. It leaves out what changes without the article changing: view counter,
    related lists, section (the breadcrumb depends on the address by which one came), ``date_modified`` (on some sites
    today's date), the site's reuse notice, sizes of images, the evidence. Of the address of a picture or a file it
    covers which file it names (:func:`archive.addresses.named_file`). Of the date's printed form it covers only what
    could not be read, and of one that is counted back from the visit ("2 giờ trước", later "1 ngày trước") only that it
    is: what it comes to differs from visit to visit. Who changes this computes all digests anew in a migration.
    """
    said = [
        article.headline,
        article.description,
        article.body,
        article.byline,
        article.authors,
        article.source,
        article.keywords,
        _said_date(article),
        [(named_file(image.url), image.caption, image.credit) for image in article.images],
        [(named_file(one.url), one.title, one.media_type) for one in article.attachments],
        [(named_file(one.url), one.kind, one.title) for one in article.media],
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _said_date(article: Article) -> str | None:
    raw = fold(article.date_published_raw or "")
    if article.date_published and _AGO.search(raw) and not _DAY.search(raw):
        return "counted back"
    return article.date_published or article.date_published_raw


# In folded text.
_AGO = re.compile(r"\d (?:giay|phut|gio|ngay|tuan|thang|nam) truoc|cach day \d|vua (?:xong|dang)|just now")
_DAY = re.compile(r"\d\s?[-/.]\s?\d|\d{4}")


def capture_row(capture: Capture, run: int, number: int) -> Row:
    """``payload`` is compressed with zlib."""
    payload = None if capture.payload is None else zlib.compress(capture.payload)
    row: Row = {"id": number, "run": run} | flat(capture) | {"payload": payload}
    del row["record"]
    place = capture.record
    row |= {"warc": place.warc, "offset": place.offset} if place else {"warc": None, "offset": None}
    return row | {"length": place.length if place else None, "record_id": place.record_id if place else None}


def article_row(article: Article) -> Row:
    """What the page says of the article; where it stands in the archive (docid, revision, capture) is left to add."""
    source = article.source
    return {name: getattr(article, name) for name in _SAME_IN_ROW} | {
        "source_name": source.name if source else None,
        "source_url": source.url if source else None,
        "section": json.dumps(article.section, ensure_ascii=False),
        "folded_headline": folded_title(article.headline),
    }


def revision_content(article: Article, digest: str) -> str:
    """The article as JSON, to be decoded as :class:`archive.records.Article`; links and evidence are left out."""
    content = dataclasses.replace(article, links=[], evidence=[], content_sha256=digest)
    return msgspec.json.encode(content).decode()


def evidence_rows(article: Article) -> Iterator[Row]:
    """The article's evidence, numbered from 0."""
    for position, evidence in enumerate(article.evidence):
        row = flat(evidence)
        row["place"] = row.pop("where")
        yield {"position": position} | row


def link_rows(article: Article) -> list[Row]:
    """The article's links in page order, whatever numbers they came with."""
    ordered = sorted(article.links, key=lambda link: link.position)
    return [{"article": article.id} | flat(link) | {"position": at} for at, link in enumerate(ordered)]


def part_rows(article: Article, name: str) -> Iterator[Row]:
    """The rows of one of :data:`PARTS`, numbered from 0."""
    for position, part in enumerate(getattr(article, name)):
        fields = {"keyword": part} if name == "keywords" else flat(part)
        yield {"article": article.id, "position": position} | fields


def sighting_rows(harvest: Harvest, capture: int) -> Iterator[Row]:
    """What the page says about other articles: its own entries, and the dated ones in its articles' lists."""
    for sighting in (*harvest.sightings, *_related(harvest)):
        row = flat(sighting)
        names = ("site", "source_url", "kind", "url", "target", "title", "date", "date_precision")
        same = [row[name] for name in names]
        # "2 giờ trước" is another string at every visit: what it was read as tells whether it is the same.
        same.append(None if sighting.date else sighting.date_raw)
        digest = hashlib.blake2b(msgspec.json.encode(same), digest_size=16).hexdigest()
        row |= {"folded_title": folded_title(sighting.title), "capture": capture, "digest": digest}
        yield row | {"last_seen": harvest.capture.fetched_at}


def _related(harvest: Harvest) -> Iterator[Sighting]:
    for article in harvest.articles:
        for link in article.links:
            if link.relation in _LISTS and link.date is not None:
                yield Sighting(
                    site=article.site,
                    source_url=article.url,
                    kind="related",
                    url=link.url,
                    target=link.target,
                    title=link.title,
                    date=link.date,
                    date_raw=link.date_raw,
                    date_precision=link.date_precision,
                )
