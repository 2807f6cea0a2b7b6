"""What a profile gives on a site's articles, shown so that an operator can judge it. Draws; reads nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from archive.plural import counted
from archive.records import Article, Author, Source
from archive.terminal import safe
from crawler.survey.readings import FIELDS, Read

_BEGINNING = 160
"""Letters of a text that are shown, and of its end."""
_ENDING = 60
_NAMES = {"headline": "headline", "date": "date_published", "authors": "authors", "sapo": "description"}
_SHOWN_OF = {"month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
"""Characters of an RFC 3339 time that a precision proves."""
_WHOLE = 2
"""Articles that are shown with all their fields; of the others the headline and what else is soon judged."""
_NOTHING = Text("-", style="dim")


def shares_table(reads: Sequence[Read]) -> Table:
    """On how many articles each field was found, and where: one row a field."""
    table = Table("field", "found", "where", box=box.SIMPLE, padding=(0, 1, 0, 0), title_justify="left")
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for field in FIELDS:
        found = sum(read.has(field) for read in reads)
        style = "" if found == len(reads) else "red" if not found and field in {"headline", "body"} else "yellow"
        table.add_row(field, Text(f"{found} of {len(reads)}", style=style), Text(safe(_where(reads, field))))
    return table


def _where(reads: Sequence[Read], field: str) -> str:
    """The rules that gave the field, the most frequent first; for a date without one of its own, who prints it."""
    name = _NAMES.get(field, field)
    places = [
        one.where
        for read in reads
        if read.article is not None
        for one in [next((one for one in read.article.evidence if one.field == name and one.value), None)]
        if one is not None
    ]
    places += [read.places[field] for read in reads if read.has(field) and not read.loose and field in read.places]
    if field == "body" and (loose := sum(read.loose for read in reads)):
        places += ["the lines under the headline: no rule's container is there"] * loose
    if field == "date":
        places += [f"{read.sighted.kind}s only" for read in reads if read.sighted and not read.has("date")]
    return "; ".join(f"{place} ({count})" for place, count in Counter(places).most_common(3))


def articles_table(reads: Sequence[Read], base: str, whole: int) -> Table:
    """So many of the sampled articles with all their fields, one below the other, the rest in short."""
    table = Table(box=box.SIMPLE, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for number, read in enumerate(reads, 1):
        table.add_row(str(number), Text(safe(read.url.removeprefix(base.rstrip("/"))), style="dim"))
        if read.article is None:
            table.add_row("not read", Text(safe(read.why_not), style="red"), end_section=True)
            continue
        rows = _rows(read.article, read) if number <= whole else _in_short(read.article, read)
        for name, value in rows:
            table.add_row(name, value, end_section=name == rows[-1][0])
    return table


def _rows(article: Article, read: Read) -> list[tuple[str, RenderableType]]:
    texts = {
        "headline": Text(safe(article.headline), style="bold"),
        "date": _text(_date(article, read)),
        "authors": _text("; ".join(map(_author, article.authors)), article.byline),
        "source": _text(_source(article.source)),
        "section": _text(" > ".join(article.section)),
        "sapo": _text(_cut(article.description or "")),
        "body": _text(_body(article)),
        "pictures": _text(_pictures(article)),
        "related": _text(_links(article)),
    }
    return list(texts.items())


def _in_short(article: Article, read: Read) -> list[tuple[str, RenderableType]]:
    count = len(article.body.split("\n\n")) if article.body else 0
    when = (_date(article, read) or "no date").partition(",")[0]
    authors = "; ".join(map(_author, article.authors)) or "no authors"
    facts = f"{when}; {authors}; {count} paragraph{'s' * (count != 1)}, {len(article.body)} letters"
    return [("headline", Text(safe(article.headline), style="bold")), ("", Text(safe(facts)))]


def _text(value: str | None, printed: str | None = None) -> RenderableType:
    if not value:
        return _NOTHING
    text = Text(safe(value))
    return text if printed is None else text + Text(f'  printed "{safe(_cut(printed))}"', style="dim")


def _date(article: Article, read: Read) -> str | None:
    if article.date_published is not None:
        proofs = [one for one in article.evidence if one.field == "date_published" and one.value]
        evidence = next((one for one in proofs if one.value == article.date_published), None)
        moment = article.date_published[: _SHOWN_OF.get(article.date_precision or "day", 10)].replace("T", " ")
        if evidence is None:
            return moment
        seen = next((one for one in proofs if one.kind == "page"), None)
        if evidence.kind == "meta" and seen is not None:
            return f'{moment}, "{seen.raw}" in {seen.where}; the time of day only in {evidence.where}'
        only = ", which readers do not see" if evidence.kind == "meta" else ""
        return f'{moment} to the {article.date_precision}, "{evidence.raw}" in {evidence.where}{only}'
    if read.sighted is not None and read.sighted.date is not None:
        return f'{read.sighted.date[:10]} by a {read.sighted.kind} only: "{read.sighted.date_raw}"'
    return None


def _author(author: Author) -> str:
    named = " ".join(filter(None, (author.name, author.unit and f"({author.unit})")))
    return f"{named} [{author.role}]".strip() if author.role != "author" else named


def _source(source: Source | None) -> str | None:
    return " ".join(filter(None, (source.name, source.url))) if source is not None else None


def _body(article: Article) -> str:
    paragraphs = article.body.split("\n\n") if article.body else []
    count = f"{len(paragraphs)} paragraph{'s' * (len(paragraphs) != 1)}, {len(article.body)} letters"
    if not paragraphs:
        return f"a {article.kind} without text"
    end = article.body[-_ENDING:].split(" ", 1)[-1] if len(article.body) > _BEGINNING + _ENDING else ""
    return f"{count}: {_cut(article.body)}" + (f" {end}" if end else "")


def _pictures(article: Article) -> str:
    if not article.images:
        return ""
    captions = [image.caption for image in article.images if image.caption]
    first = f': "{_cut(captions[0])}"' if captions else ""
    return f"{len(article.images)}, {len(captions)} with a caption{first}"


def _links(article: Article) -> str:
    counts = Counter(link.relation for link in article.links)
    dated = sum(link.date is not None for link in article.links)
    return ", ".join(f"{count} {relation}" for relation, count in counts.most_common()) + (
        f", {dated} with a date" if dated else ""
    )


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _BEGINNING else text[:_BEGINNING].rpartition(" ")[0] + " …"


def report(reads: Sequence[Read], base: str, *, verbose: bool) -> Group:
    """All of it, the details first, so that the sums stand above the question.

    :param verbose: whether all fields of all articles are shown.
    """
    whole = len(reads) if verbose else _WHOLE
    told: list[RenderableType] = [articles_table(reads, base, whole), shares_table(reads)]
    if len(reads) > whole:
        rest = counted(len(reads) - whole, "article is", "articles are")
        told.append(Text(f"{rest} shown in short; --verbose shows all that is read of them"))
    return Group(*told)
