"""References to an article, to take along as files and to copy as a sentence. Reads the archive."""

from __future__ import annotations

from datetime import date
from functools import partial

from starlette.responses import Response

from archive.articles import Record, load_article
from archive.citations import FORMS, Form, Reference, reference, sentence
from archive.days import read_day
from archive.web.asking import Asked, Page
from archive.web.security import RAW_POLICY
from archive.web.troubles import Trouble


def cited(asked: Asked, article: Record) -> Reference:
    """The reference to an article, by its permanent address in this room; it names a day of access if one is given
    (``truy-cap``, ``2026-01-31`` or ``31/1/2026``).

    :raises Trouble: that is no day.
    """
    title = asked.db.execute("SELECT title FROM sites WHERE name = ?", [article["site"]]).fetchone()[0]
    return reference(article, title, asked.permanent(f"/bai/{article['id']}"), _accessed(asked))


def in_words(asked: Asked, article: Record) -> str:
    """The reference as a sentence in Vietnamese."""
    return sentence(cited(asked, article))


def download_reference(form: Form, asked: Asked) -> Response:
    """The reference as a file.

    :raises archive.articles.UnknownArticle: there is no article of that id.
    """
    article = load_article(asked.db, asked.part("id"))
    media_type, write = FORMS[form]
    headers = {
        "Content-Disposition": f'attachment; filename="{article["id"]}.{form}"',
        "Content-Security-Policy": RAW_POLICY,
        "Cache-Control": "no-cache",
    }
    return Response(write(cited(asked, article)), media_type=media_type, headers=headers)


def _accessed(asked: Asked) -> date | None:
    typed = asked.value("truy-cap")
    try:
        return read_day(typed) if typed else None
    except ValueError:
        raise Trouble(400, "trouble.bad_day", name="truy-cap", given=typed[:40]) from None


PAGES = [Page(f"/bai/{{id}}.{form}", partial(download_reference, form)) for form in FORMS]
