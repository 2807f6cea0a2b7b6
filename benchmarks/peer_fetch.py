"""Runs in the peers' environment: ``peer_fetch.py TOOL URLS.txt FOUND.jsonl`` asks for pages and reads them as the
tool's own documentation shows, storing nothing but one JSON line a page. Imports nothing of this project."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Found = dict[str, Any]


def requests_trafilatura(urls: Sequence[str]) -> Iterator[Found]:
    import requests  # noqa: PLC0415 - each run imports one tool
    import trafilatura  # noqa: PLC0415

    session = requests.Session()
    for url in urls:
        body = session.get(url, timeout=30).content
        document = trafilatura.bare_extraction(body, url=url, with_metadata=True)
        yield {"url": url, **_of_trafilatura(document)}


def newspaper4k(urls: Sequence[str]) -> Iterator[Found]:
    import newspaper  # noqa: PLC0415

    for url in urls:
        article = newspaper.Article(url, language="vi", fetch_images=False)
        try:
            article.download()
            article.parse()
        except Exception as error:  # some pages hold what it cannot read
            yield {"url": url, "error": f"{type(error).__name__}: {error}"}
            continue
        yield {
            "url": url,
            "headline": article.title,
            "description": article.meta_description,
            "body": article.text,
            "date": article.publish_date,
            "authors": list(article.authors),
        }


def news_please(urls: Sequence[str]) -> Iterator[Found]:
    from newsplease import NewsPlease  # noqa: PLC0415

    # Without request_args it answers nothing for more than one address, and says nothing of it.
    for url, article in NewsPlease.from_urls(list(urls), request_args={}).items():
        yield {
            "url": url,
            "headline": getattr(article, "title", None),
            "description": getattr(article, "description", None),
            "body": getattr(article, "maintext", None),
            "date": getattr(article, "date_publish", None),
            "authors": list(getattr(article, "authors", None) or []),
        }


def scrapy_trafilatura(urls: Sequence[str]) -> Iterator[Found]:
    import scrapy  # noqa: PLC0415
    import trafilatura  # noqa: PLC0415
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415

    found: list[Found] = []

    class Plain(scrapy.Spider):
        name = "plain"
        start_urls = urls  # type: ignore[assignment]

        def parse(self, response: Any, **_: Any) -> None:
            document = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
            found.append({"url": response.url, **_of_trafilatura(document)})

    process = CrawlerProcess({"LOG_LEVEL": "INFO", "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
    process.crawl(Plain)
    process.start()
    yield from found


def scrapy_null(urls: Sequence[str]) -> Iterator[Found]:
    """Scrapy alone, lean: what fetching costs at least."""
    import scrapy  # noqa: PLC0415
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415

    found: list[Found] = []

    class Null(scrapy.Spider):
        name = "null"
        start_urls = urls  # type: ignore[assignment]

        def parse(self, response: Any, **_: Any) -> None:
            found.append({"url": response.url})

    downloader = "scrapy.downloadermiddlewares."
    spider = "scrapy.spidermiddlewares."
    unneeded = (
        *("cookies.CookiesMiddleware", "httpauth.HttpAuthMiddleware", "httpproxy.HttpProxyMiddleware"),
        *("offsite.OffsiteMiddleware", "redirect.MetaRefreshMiddleware", "redirect.RedirectMiddleware"),
        *("retry.RetryMiddleware", "stats.DownloaderStats", "httpcompression.HttpCompressionMiddleware"),
    )
    around = ("depth.DepthMiddleware", "httperror.HttpErrorMiddleware", "referer.RefererMiddleware")
    settings = {
        "LOG_LEVEL": "ERROR",
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "DOWNLOADER_MIDDLEWARES": {downloader + one: None for one in unneeded},
        "SPIDER_MIDDLEWARES": {spider + one: None for one in (*around, "urllength.UrlLengthMiddleware")},
    }
    process = CrawlerProcess(settings)
    process.crawl(Null)
    process.start()
    yield from found


def _of_trafilatura(document: Any) -> Found:
    if document is None:
        return {}
    return {
        "headline": document.title,
        "description": document.description,
        "body": document.text,
        "date": document.date,
        "authors": document.author.split("; ") if document.author else [],
    }


TOOLS: dict[str, Callable[[Sequence[str]], Iterator[Found]]] = {
    "requests + trafilatura": requests_trafilatura,
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "Scrapy + trafilatura": scrapy_trafilatura,
    "Scrapy, lean, nothing read": scrapy_null,
}


def main() -> None:
    tool, given, out = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    urls = Path(given).read_text(encoding="utf-8").split()
    with Path(out).open("w", encoding="utf-8") as lines:
        for found in TOOLS[tool](urls):
            lines.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")


if __name__ == "__main__":
    main()
