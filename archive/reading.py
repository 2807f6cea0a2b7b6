"""The archive of the home directory, opened for a command that reads it or looks after it. What may go wrong becomes
one line on stderr and an exit code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from sqlite_utils import Database

from archive.abbreviations import AbbreviationError
from archive.articles import BrokenArchive, UnknownArticle
from archive.exits import Exit
from archive.faults import Fault, fault_of, is_our_own
from archive.filters import QueryError
from archive.indexing import build_index
from archive.schema import Build, NotAnArchive, open_read_only, require_archive
from archive.store import Archive
from archive.terminal import err, safe
from archive.wacz import NothingToPack

ARCHIVE = "archive.db"
"""The archive's file in the home directory."""

WARCS = "warc"
"""The folder of WARC files beside it."""


def home_of(ctx: typer.Context) -> Path:
    """The home directory, which the global options name."""
    home: Path = ctx.obj.home
    return home


@contextmanager
def reading(ctx: typer.Context, *, older: bool = False) -> Iterator[Database]:
    """The archive, to be read; ``older``: one that an older version made too.

    :raises typer.Exit: it cannot be, or an error that says what an operator can do about it came up in the block.
    """
    path = home_of(ctx) / ARCHIVE
    with _in_words(path), closing(open_read_only(path, older=older)) as db:
        yield db


@contextmanager
def writing(ctx: typer.Context, build: Build = build_index) -> Iterator[Archive]:
    """The archive, which must be there, to be written; what an older version made is brought up to date.

    :param build: as of :func:`archive.schema.open_archive`.
    :raises typer.Exit: as :func:`reading`.
    """
    path = home_of(ctx) / ARCHIVE
    with _in_words(path):
        require_archive(path)
        with Archive(path, build) as archive:
            yield archive


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (UnknownArticle, NothingToPack) as error:
        fail(str(error), Exit.NOT_FOUND)
    except QueryError as error:
        fail(str(error), Exit.USAGE)
    except AbbreviationError as error:
        fail(str(error), Exit.BAD_CONFIGURATION)
    except BrokenPipeError:
        raise  # the reader of our output has had enough: typer ends quietly
    except (NotAnArchive, BrokenArchive) as error:
        fail(str(error), Exit.CANNOT_OPEN)
    except Fault as fault:
        fail(str(fault), fault.exit)
    except (OSError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.Error) and is_our_own(error):
            raise
        refused = fault_of(error, path)
        fail(str(refused), refused.exit)


def fail(message: str, code: Exit) -> NoReturn:
    """Say why the command ends, and end it."""
    err.print(f"luutru: {safe(message)}", style="red", soft_wrap=True)
    raise typer.Exit(code)
