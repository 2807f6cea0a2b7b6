"""The command ``luutru correct``: corrections by archivists, made, listed, withdrawn, confirmed. Writes the archive."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from archive.articles import find_article
from archive.correcting import Signed, correct, decide, signed
from archive.corrections import Field, corrected_articles, corrections_to_review, load_corrections
from archive.exits import Exit
from archive.givenvalues import (
    CorrectionError,
    Given,
    read_authors,
    read_body,
    read_date,
    read_line,
    read_section,
    read_source,
)
from archive.reading import fail, reading, writing
from archive.show_corrections import show_corrections
from archive.store import Archive
from archive.terminal import err, say, say_json

_OF_AN_ARTICLE = "article"


class _ArticleFirst(TyperGroup):
    """``luutru correct ID …`` is ``luutru correct article ID …``: what is no command is taken for an article."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = [_OF_AN_ARTICLE, *args]
        return super().parse_args(ctx, args)


correct_app = typer.Typer(
    cls=_ArticleFirst,
    no_args_is_help=True,
    help="Correct what pages or their reading got wrong, with a reason; list and withdraw corrections."
    " 'luutru correct ID --date 2019-05-03 --reason WHY' is short for"
    " 'luutru correct article ID --date 2019-05-03 --reason WHY'.",
)

Asked = Annotated[str, typer.Argument(metavar="ID", help="An article's id, the beginning of one, or an address.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="A correction, as 'luutru correct list' numbers it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: what proves it. Who reads it later must be able to judge.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        envvar="LUUTRU_BY",
        help="Who says so. The name is exported with the article.",
        show_default="the name you are logged in by",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@correct_app.command(_OF_AN_ARTICLE)
def article_command(
    ctx: typer.Context,
    asked: Asked,
    reason: Reason,
    by: By = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            help="When it was published, in Vietnam's time, as exactly as it is known: 5/2019, 3/5/2019, 3/5/2019 08:30"
            " (or 2019-05-03T08:30).",
        ),
    ] = None,
    byline: Annotated[str | None, typer.Option("--byline", help="The signature as it should stand.")] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(
            "--author",
            metavar="NAME[:ROLE[:UNIT]]",
            help="Who wrote it; once for each, in order. The role is author, photographer, contributor or editor;"
            " ':author:UNIT' is a collective.",
        ),
    ] = None,
    headline: Annotated[str | None, typer.Option("--headline", help="The headline.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="The sapo.")] = None,
    body_file: Annotated[
        Path | None,
        typer.Option("--body-file", help="A file with the text in UTF-8, an empty line between paragraphs."),
    ] = None,
    section: Annotated[
        list[str] | None, typer.Option("--section", help="The breadcrumb; once for each part, outermost first.")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Whom it was taken from, by name.")] = None,
    source_url: Annotated[str | None, typer.Option("--source-url", help="The address it was taken from.")] = None,
    as_json: Json = False,
) -> None:
    """Correct some fields of an article. "" says that there is none: --byline "", --date "".

    What the pages say is kept beneath, and stands there again when the correction is withdrawn. The correction survives
    new crawls and new rules.
    """
    with _in_words(), writing(ctx) as archive:
        given: dict[Field, Given] = {}
        if date is not None:
            given["date_published"] = read_date(date)
        if byline is not None:
            given["byline"] = read_line(byline, "byline")
        if author:
            given["authors"] = read_authors(author)
        if headline is not None:
            given["headline"] = read_line(headline, "headline")
        if description is not None:
            given["description"] = read_line(description, "description")
        if body_file is not None:
            given["body"] = read_body(_read(body_file))
        if section:
            given["section"] = read_section(section)
        if source is not None or source_url is not None:
            given["source"] = read_source(source, source_url)
        article = find_article(archive.db, asked)
        made = correct(archive.db, article, given, _signed(by, reason))
        _conclude(archive, article)
    if as_json:
        say_json([asdict(one) for one in made])
    else:
        show_corrections(made)
    if "byline" in given and "authors" not in given:
        err.print("The authors stay as they were read from the page's own byline: --author corrects them.")


@correct_app.command("list")
def list_command(
    ctx: typer.Context,
    asked: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Only of this article, by its id or an address."),
    ] = None,
    to_review: Annotated[
        bool,
        typer.Option("--to-review", help="Only those in effect of which the page has changed since."),
    ] = False,
    as_json: Json = False,
) -> None:
    """List corrections, also those withdrawn, by their numbers."""
    with reading(ctx) as db:
        article = None if asked is None else find_article(db, asked)
        if to_review:
            found = corrections_to_review(db, article)
        else:
            articles = corrected_articles(db) if article is None else [article]
            found = sorted(
                (one for of in load_corrections(db, articles).values() for one in of), key=lambda one: one.number
            )
    if as_json:
        say_json([asdict(one) for one in found])
        return
    show_corrections(found)
    if not found:
        say("No correction is to be looked at again." if to_review else "Nothing was corrected.", "dim")


@correct_app.command("withdraw")
def withdraw_command(ctx: typer.Context, number: Number, reason: Reason, by: By = None, as_json: Json = False) -> None:
    """Withdraw a correction: what the archive finds by itself stands there again. It stays on record."""
    _decide(ctx, number, "withdrawn", by, reason, as_json=as_json)


@correct_app.command("confirm")
def confirm_command(ctx: typer.Context, number: Number, reason: Reason, by: By = None, as_json: Json = False) -> None:
    """Say that a correction was looked at again and stays: it is listed for review no more until the page changes."""
    _decide(ctx, number, "confirmed", by, reason, as_json=as_json)


def _decide(
    ctx: typer.Context,
    number: int,
    decision: Literal["withdrawn", "confirmed"],
    by: str | None,
    reason: str,
    *,
    as_json: bool,
) -> None:
    with _in_words(), writing(ctx) as archive:
        now = decide(archive.db, number, decision, _signed(by, reason))
        if decision == "withdrawn":
            _conclude(archive, now.article)
    if as_json:
        say_json(asdict(now))
    else:
        show_corrections([now])


def _conclude(archive: Archive, article: str) -> None:
    from archive.conclude import conclude_about  # noqa: PLC0415 - no command that reads compares texts

    conclude_about(archive, [article])


def _signed(by: str | None, reason: str) -> Signed:
    return signed(by if by is not None else getpass.getuser(), reason)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CorrectionError(f"{path}: not UTF-8 ({error}); save it as UTF-8") from error
    except OSError as error:
        raise CorrectionError(f"{path}: {error.strerror}") from error


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except CorrectionError as error:
        fail(str(error), Exit.USAGE)
