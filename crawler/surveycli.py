"""``luutru sites add``: its options."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from crawler.commands import AllowPrivate


def sites_add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's address, as http://example.org/.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it, instead of by its host.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the profile without asking, guesses and all.")] = False,
    replace_it: Annotated[bool, typer.Option("--replace", help="Write the profile of a known site anew.")] = False,
    delay: Annotated[
        float | None,
        typer.Option("--delay", min=0.001, help="Seconds between two requests, now and in the profile."),
    ] = None,
    kind: Annotated[
        Literal["union", "broadcaster"] | None, typer.Option("--kind", help="What kind of site it is.")
    ] = None,
    province: Annotated[str | None, typer.Option("--province", help="The province it is of.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What the site calls itself.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes it.")] = None,
    tls_exception: Annotated[
        str | None, typer.Option("--tls-exception", help="Why its certificate is not to be checked, in words.")
    ] = None,
    allow_private: AllowPrivate = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show all that is read of each article.")] = False,
) -> None:
    """Look at a site that nobody knows, and write a profile for it.

    Asks for robots.txt, the front page, feed, sitemap, some listings and about ten articles: at most 40 requests, as
    politely as a crawl. Recognises the CMS, or learns where the pages keep each field; shows what that gives on the
    articles, and writes HOME/sites/NAME.toml when the operator agrees. The pages are not archived: a crawl asks for
    them again.
    """
    from crawler.addsite import add_site  # noqa: PLC0415 - what asks and reads pages takes a second to load

    add_site(
        ctx.obj,
        url,
        name=name,
        yes=yes,
        replace_it=replace_it,
        delay=delay,
        decided={"kind": kind, "province": province, "title": title, "publisher": publisher},
        tls_exception=tls_exception,
        allow_private=allow_private,
        verbose=verbose,
    )
