"""What the pages say to machines, truly or not; feeds and sitemaps. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from unseen.chance import Chance
from unseen.design import Design
from unseen.markup import Html, element, join
from unseen.model import Article


def head(design: Design, article: Article, base: str, chance: Chance) -> Html:
    """The elements of an article's head. A lying site gives the edit as the publication, the account as the author and
    its own name as the title, as real ones do."""
    said = design.metadata
    parts: list[str] = []
    summary = article.sapo or article.paragraphs[0]
    if said.og_title != "none":
        title = {
            "right": article.headline,
            "with site": f"{article.headline} - {design.publisher}",
            "lying": design.publisher,
        }[said.og_title]
        parts += [_property("og:title", title), _property("og:url", base + article.path)]
        if chance.chance("og type", 0.7):
            parts.append(_property("og:type", "article" if said.og_title != "lying" else "website"))
        if chance.chance("og description", 0.7):
            parts.append(_property("og:description", design.publisher if said.og_title == "lying" else summary))
        if article.pictures and chance.chance("og image", 0.7):
            parts.append(_property("og:image", base + article.pictures[0][1].path))
    if said.og_times != "none":
        published = article.published if said.og_times == "right" else article.edited
        parts.append(_property("article:published_time", published.isoformat()))
        parts.append(_property("article:modified_time", article.edited.isoformat()))
    if said.json_ld != "none":
        parts.append(Html(f'<script type="application/ld+json">{_json_ld(design, article, base)}</script>'))
    if said.microdata != "none":
        published = article.published if said.microdata == "right" else article.edited
        parts.append(element("meta", {"itemprop": "datePublished", "content": published.isoformat()}))
        if said.microdata == "lying":
            parts.append(element("meta", {"itemprop": "author", "content": design.account}))
    if said.keywords:
        parts.append(element("meta", {"name": "keywords", "content": ", ".join(article.tags)}))
        parts.append(element("meta", {"name": "description", "content": summary[:150]}))
    if said.canonical:
        parts.append(element("link", {"rel": "canonical", "href": base + article.path}))
    return join(*parts, between="\n")


def _property(name: str, content: str) -> Html:
    return element("meta", {"property": name, "content": content})


def _json_ld(design: Design, article: Article, base: str) -> str:
    lying = design.metadata.json_ld == "lying"
    author: dict[str, str] = {"@type": "Person", "name": design.account}
    if not lying:
        names = [one.name for one in article.byline.authors if one.name] if article.byline else []
        author = {"@type": "Person", "name": names[0]} if names else {"@type": "Organization", "name": design.publisher}
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "datePublished": (article.edited if lying else article.published).isoformat(),
        "dateModified": article.edited.isoformat(),
        "mainEntityOfPage": base + article.path,
        "author": author,
        "publisher": {"@type": "Organization", "name": design.publisher},
    }
    return json.dumps(said, ensure_ascii=False).replace("</", "<\\/")


def feed(design: Design, newest: Sequence[Article], base: str) -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(one.headline)}</title><link>{escape(base + one.path)}</link>"
        f"<description>{escape(one.sapo or one.paragraphs[0])}</description>"
        f"<pubDate>{format_datetime(one.published)}</pubDate></item>\n"
        for one in newest
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(design.publisher)}</title><link>{base}/</link><description/>\n{items}</channel></rss>"
    )


def sitemap(design: Design, articles: Sequence[Article], sections: Sequence[str], base: str) -> str:
    """The site's own pages and its articles: all, the newest ten, or all with the moment of the edit."""
    listed = articles[:10] if design.sitemap == "newest" else articles
    rows = [f"<url><loc>{escape(base + path)}</loc></url>" for path in ("/", *sections)]
    for one in listed:
        changed = one.edited if design.sitemap == "lying" else one.published
        rows.append(f"<url><loc>{escape(base + one.path)}</loc><lastmod>{changed.isoformat()}</lastmod></url>")
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{space}">' + "\n".join(rows) + "</urlset>"
