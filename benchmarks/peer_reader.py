"""Runs in the peers' environment: ``peer_reader.py TOOL PAGES.jsonl FOUND.jsonl``. Imports nothing of this project."""

from __future__ import annotations

import base64
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

Found = dict[str, Any]


def trafilatura_reader() -> Callable[[str, bytes], Found]:
    import trafilatura  # noqa: PLC0415 - each run imports one tool

    def read(url: str, body: bytes) -> Found:
        found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
        if found is None:
            return {}
        authors = found.author.split("; ") if found.author else []
        return {
            "headline": found.title,
            "description": found.description,
            "body": found.text,
            "date": found.date,
            "authors": authors,
        }

    return read


def newspaper_reader() -> Callable[[str, bytes], Found]:
    import newspaper  # noqa: PLC0415

    def read(url: str, body: bytes) -> Found:
        article = newspaper.Article(url, language="vi", fetch_images=False)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return {
            "headline": article.title,
            "description": article.meta_description,
            "body": article.text,
            "date": _iso(article.publish_date),
            "authors": list(article.authors),
        }

    return read


def news_please_reader() -> Callable[[str, bytes], Found]:
    from newsplease import NewsPlease  # noqa: PLC0415

    def read(url: str, body: bytes) -> Found:
        article = NewsPlease.from_html(body.decode("utf-8", "replace"), url=url, fetch_images=False)
        return {
            "headline": article.title,
            "description": article.description,
            "body": article.maintext,
            "date": _iso(article.date_publish),
            "authors": list(article.authors or []),
        }

    return read


READERS = {"trafilatura": trafilatura_reader, "newspaper4k": newspaper_reader, "news-please": news_please_reader}


def _iso(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else str(moment) if moment else None


def main() -> None:
    tool, given, found = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    read = READERS[tool]()
    with Path(given).open(encoding="utf-8") as pages, Path(found).open("w", encoding="utf-8") as out:
        for line in pages:
            page = json.loads(line)
            url, body = page["url"], base64.b64decode(page["body"])
            began = time.process_time()
            try:
                result = read(url, body)
            except Exception as error:
                result = {"error": f"{type(error).__name__}: {error}"}
            result["cpu_ms"] = (time.process_time() - began) * 1e3
            out.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")


if __name__ == "__main__":
    main()
