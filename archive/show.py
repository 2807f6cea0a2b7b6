"""Articles, search results, neighbours and crawls on the screen. Prints what it is handed; reads nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.text import Text

from archive.articles import Record
from archive.corrections import Correction
from archive.findings import Checked, Finding
from archive.graph import Link, Neighbours
from archive.plural import counted
from archive.search import Results
from archive.show_corrections import show_corrections
from archive.status import Failure, SiteStatus
from archive.terminal import date_words, day_words, marked, safe, say, say_table


def show_article(
    article: Record,
    evidence: list[dict[str, Any]],
    corrections: list[Correction],
    revisions: int,
    around: Neighbours,
) -> None:
    """One article to read: its text, and where each statement about it comes from.

    ``evidence`` are the rows for its date, authors and source, ``revisions`` how many versions are kept.
    """
    say(article["headline"], "bold")
    say(f"{article['publisher']} · {article['province']}", "dim")
    if gone := article["gone"]:
        _labelled("Gone", f"noticed {date_words(gone['at'], 'minute')}: {gone['reason']}; this is what it said before")
    told = {
        field: [row for row in evidence if row["field"] == field] for field in ("date_published", "authors", "source")
    }
    _date(article, told["date_published"])
    _labelled("Section", " › ".join(article["section"]))
    _labelled("Byline", article["byline"])
    _labelled("Authors", "; ".join(map(_author, article["authors"])))
    _evidence(told["authors"])
    if source := article["source"]:
        _labelled("Taken from", " ".join(filter(None, [source["name"], source["url"]])))
        _evidence(told["source"])
    _labelled("Keywords", ", ".join(article["keywords"]))
    if article["view_count"] is not None:
        _labelled("Views", f"{article['view_count']} when captured")
    if article["description"]:
        say()
        say(article["description"], "italic")
    for paragraph in filter(None, article["body"].split("\n\n")):
        say()
        say(paragraph)
    _parts(article)
    if corrections:
        say()
        _labelled("Corrections", "")
        show_corrections(corrections)
    _neighbours_of(around)
    say()
    _labelled("Reuse", article["rights"])
    _labelled("Addresses", "")
    for url in article["urls"]:
        say(url, indent=2)
    kept = f"revision {article['revision']} of {revisions}" if revisions > 1 else "the only revision"
    _labelled("Id", f"{article['id']}, {kept}, first seen {date_words(article['first_seen'], 'minute')}")
    capture = article["capture"]
    fetched = date_words(capture["fetched_at"], "second")
    _labelled("Captured", f"{fetched} from {capture['url']} (status {capture['status']}){_record(capture)}")
    _labelled("Read with", f"profile {article['extractor']['profile']}, {article['extractor']['version']}")


def _date(article: Record, evidence: list[dict[str, Any]]) -> None:
    published = date_words(article["date_published"], article["date_precision"])
    if article["date_published"] is None:
        _labelled("Published", f"{published}: nothing that was found proves a date")
    else:
        _labelled(
            "Published",
            f"{published} (exact to the {article['date_precision']}, by {_KINDS[article['date_evidence']]})",
        )
    _evidence(evidence)
    if article["date_modified"]:
        _labelled("Modified", date_words(article["date_modified"], "second"))


def _evidence(rows: list[dict[str, Any]]) -> None:
    """What a value was read from, and for what another page says, where that page is kept."""
    for row in rows:
        value = "not used" if row["value"] is None else str(row["value"])
        note = f": {row['note']}" if row["note"] else ""
        say(f"{row['kind']}: “{row['raw']}” → {value}{note} [{row['place']}]", "dim", indent=2)
        if row["elsewhere"] and row["fetched_at"]:
            say(f"captured {date_words(row['fetched_at'], 'second')}{_record(row)}", "dim", indent=4)


def _record(capture: dict[str, Any]) -> str:
    return f", the record at byte {capture['offset']} of warc/{capture['warc']}" if capture["warc"] else ""


_KINDS = {
    "page": "what the page prints",
    "meta": "what the page says to machines",
    "sitemap": "the sitemap",
    "feed": "the feed",
    "listing": "a listing",
    "related": "another article's list of related ones",
    "archivist": "an archivist's correction",
}


def _author(author: dict[str, Any]) -> str:
    name = author["name"] or author["unit"] or "unnamed"
    unit = f" ({author['unit']})" if author["name"] and author["unit"] else ""
    return f"{name}{unit}" + ("" if author["role"] == "author" else f", {author['role']}")


def _parts(article: Record) -> None:
    for label, name, words in (
        ("Images", "images", ("caption", "credit", "url")),
        ("Attachments", "attachments", ("title", "media_type", "url")),
        ("Media", "media", ("kind", "title", "url")),
    ):
        if article[name]:
            say()
            _labelled(label, "")
        for part in article[name]:
            say(" · ".join(part[word] for word in words if part[word]), indent=2)


def _neighbours_of(around: Neighbours) -> None:
    if around.links:
        say()
        _labelled("Links", "")
        for link in around.links:
            _link(link)
    if around.copies:
        say()
        _labelled("The same text", "")
        for copy in around.copies:
            alike = "" if copy.similarity is None else f", {copy.similarity:.0%} alike"
            first = " (the first)" if copy.duplicate_of is None else ""
            say(
                f"{day_words(copy.date_published, copy.date_precision)}  {copy.id}  {copy.headline}{first}{alike}",
                indent=2,
            )


def _link(link: Link) -> None:
    place = link.id or link.url or "printed without a link"
    title = link.title or link.headline or ""
    printed = f" ({day_words(link.date, link.date_precision)})" if link.date else ""
    say(f"{link.relation}: {title}{printed} → {place}", indent=2)


def show_neighbours(headline: str, around: Neighbours) -> None:
    """What an article is connected with."""
    say(headline, "bold")
    _neighbours_of(around)
    if around.linked_from:
        say()
        _labelled("Linked from", "")
        for link in around.linked_from:
            say(f"{link.relation}: {link.headline} → {link.id}", indent=2)
    if not (around.links or around.linked_from or around.copies):
        say("no links to or from it, no copies of it", "dim")


def show_results(results: Results) -> None:
    """What a search found, two or three lines an article."""
    for hit in results.hits:
        line = Text(f"{day_words(hit.date_published, hit.date_precision):<10}  {hit.id}  ")
        why = "  (nearly what was typed)" if hit.near else "  (by its province)" if hit.by_province else ""
        say(line + marked(hit.headline, "bold yellow") + Text(why))
        if hit.snippet.text:
            say(Text(f"{hit.label}: " if hit.label else "", "dim") + marked(hit.snippet), indent=4)


def show_status(sites: list[SiteStatus]) -> None:
    """Two tables of one line a site, for 80 columns. How its last crawl went, whether it came to its end or not:
    "failed" are pages that could not be had, or not be read; "kept" are the articles in the archive. Then what its
    frontier holds; "asked next" is when an address is due, which is no crawl's turn: ``luutru schedule list`` has
    those. The JSON has more."""
    numbers = ["new", "rev.", "failed", "kept"]
    rows = []
    for site in sites:
        counts = (site.new, site.revised, site.unreadable + site.errors, site.articles)
        started, last_new = date_words(site.started_at, "minute"), date_words(site.last_new, "day")
        rows.append(
            [
                site.site,
                started if site.started_at else "never",
                site.how,
                *("-" if count is None else str(count) for count in counts),
                last_new if site.last_new else "never",
            ]
        )
    say_table(
        ["site", "last crawl", "ended", *numbers, "last new"], rows, right=numbers, fold=["site"], most=_MOST_WIDTH
    )
    say()
    _frontiers(sites)
    for site in sites:
        if site.vanished:
            gone = counted(site.vanished, "archived article was", "archived articles were")
            say(f"{site.site}: {gone} there no more at the last crawl")
        if site.to_review:
            what = counted(site.to_review, "correction is", "corrections are")
            say(f"{site.site}: {what} to be looked at again: luutru correct list --to-review")


def _frontiers(sites: list[SiteStatus]) -> None:
    numbers = ["waiting", "failing", "gone", "left out"]
    rows = []
    for site in sites:
        counts = (site.waiting, site.failing, site.gone, site.excluded)
        since = date_words(site.waiting_since, "day") if site.waiting_since else "-"
        due = date_words(site.next_due, "minute") if site.next_due else "-"
        rows.append([site.site, *map(str, counts), since, due])
    say_table(
        ["addresses of", *numbers, "since", "asked next"], rows, right=numbers, fold=["addresses of"], most=_MOST_WIDTH
    )


_MOST_WIDTH = 80
"""Columns, in mails of cron too: a longer name of a site is continued on the next line."""


def show_attention(sites: list[SiteStatus]) -> None:
    """Which sites somebody should look at, why, and the command for it."""
    say()
    if not sites:
        say("No site was crawled yet: 'luutru crawl SITE'.")
        return
    attention = [site for site in sites if site.needs_attention]
    say("To look at:" if attention else "All last crawls ended well.")
    for site in attention:
        say(f"{site.site}: {'; '.join(site.troubles)}", indent=2)
        say(f"→ {site.next_step}", indent=4)


def show_failures(found: list[Failure], *, every: bool) -> None:
    """Why pages gave nothing: each of them, or with ``every`` False each reason once with an example."""
    grouped: dict[tuple[str, str], list[Failure]] = {}
    for failure in found:
        grouped.setdefault((failure.site, failure.reason or failure.outcome), []).append(failure)
    for (site, reason), failed in grouped.items():
        say()
        say(f"{site}: {len(failed)} × {reason}", "bold")
        for failure in failed if every else failed[:1]:
            more = "" if every or len(failed) == 1 else f"  (and {len(failed) - 1} more)"
            answer = f"status {failure.status}" if failure.status else "no answer"
            tried = f", tried {failure.tries} times" if failure.tries > 1 else ""
            say(f"{failure.role} {failure.url} ({answer}{tried}){more}", indent=2)


def show_findings(found: list[Finding], checked: Checked) -> None:
    """What is wrong in the archive, what repairs it, and how much was looked at; of one kind so many at most."""
    alike: Counter[tuple[str, ...]] = Counter()
    for finding in found:
        kind = (finding.level, finding.check, finding.table or "", finding.repair)
        alike[kind] += 1
        if alike[kind] <= _MOST_ALIKE:
            say(Text.assemble((finding.level, _LEVELS[finding.level]), f": {safe(finding.where)}"))
            say(finding.what, indent=2)
            say(f"→ {finding.repair}", "dim", indent=2)
    for (level, check, table, _), count in alike.items():
        if count > _MOST_ALIKE:
            say(
                f"{level}: {count - _MOST_ALIKE} more like these ({' '.join(filter(None, (check, table)))}): see --json"
            )
    levels = Counter(finding.level for finding in found)
    say(
        f"{counted(checked.articles, 'article')} in {counted(checked.revisions, 'revision')},"
        f" {counted(checked.captures, 'capture')}, {counted(checked.records, 'record')} in"
        f" {counted(checked.files, 'WARC file')} ({checked.bytes / 1e6:.1f} MB): {levels['damage']} damaged,"
        f" {levels['note']} to note"
    )


_LEVELS = {"damage": "bold red", "note": "yellow"}
_MOST_ALIKE = 20


def _labelled(label: str, text: str | None) -> None:
    if text is None or (not text and label in _ONLY_WITH_TEXT):
        return
    say(Text.assemble((f"{label}: ".ljust(12) if text else f"{label}:", "cyan"), safe(text)))


_ONLY_WITH_TEXT = {"Section", "Byline", "Authors", "Keywords"}
