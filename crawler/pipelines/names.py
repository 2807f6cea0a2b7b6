"""Step 4: who wrote it, who took the pictures, where it was taken from. The byline keeps what is printed."""

from __future__ import annotations

from archive.records import Article, Author, Evidence, Source
from crawler.bylines import read_byline, read_caption, read_source
from crawler.items import Draft, Reading


class NameStep:
    """Fills byline, authors, source and the pictures' credits of the harvest's articles."""

    def process_item(self, item: Reading) -> Reading:
        assert item.harvest is not None
        own_names = (item.page.profile.title, item.page.profile.publisher)
        for article, draft in zip(item.harvest.articles, item.drafts, strict=True):
            _name_authors(article, draft, own_names)
            _name_source(article, draft)
            for image in article.images:
                if image.caption:
                    image.caption, image.credit = read_caption(image.caption)
        return item


def _name_authors(article: Article, draft: Draft, site_names: tuple[str, str]) -> None:
    """The first string that names somebody is the byline; later ones may name further people."""
    for printed in draft.bylines:
        found = read_byline(printed.raw, site_names=site_names)
        note = None if found else "names nobody"
        article.evidence.append(Evidence("authors", printed.raw, _listed(found) or None, "page", printed.where, note))
        if found and article.byline is None:
            article.byline = printed.raw
        article.authors += [author for author in found if author not in article.authors]
    if draft.generic_author is not None:
        article.evidence.append(
            Evidence(
                "authors",
                draft.generic_author.raw,
                None,
                "meta",
                draft.generic_author.where,
                "what a generic extractor takes for the author; not believed by itself",
            )
        )


def _listed(authors: list[Author]) -> str:
    return ", ".join(author.name or author.unit or author.role for author in authors)


def _name_source(article: Article, draft: Draft) -> None:
    lines = [draft.source.raw] if draft.source else []
    if draft.source_url:
        lines.append(draft.source_url)
    if not lines:
        return
    where = draft.source.where if draft.source else "link"
    article.source = read_source(lines, stated=where != "signature")
    article.evidence.append(Evidence("source", " | ".join(lines), _source_text(article.source), "page", where))


def _source_text(source: Source | None) -> str | None:
    return " ".join(filter(None, (source.name, source.url))) if source else None
