"""The text of an article: trafilatura extracts it, the container's own lines are the check. Pure.

trafilatura alone loses bare text in ``div``, paragraphs set apart by ``br``, and mixes captions into the text; on
repaired paragraphs it does not, and it is nearly free there (docs/choices.md). Where its answer and the container's
lines differ, the lines stand: an archive may neither lose nor add a paragraph.
"""

from __future__ import annotations

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document, Extractor

_OPTIONS = Extractor(output_format="python", fast=True, comments=False, tables=True)
"""Made once: each takes a tenth of the time that the extraction itself takes."""


def extract_prose(paragraphs: list[str]) -> tuple[list[str], str | None]:
    """The text, paragraph by paragraph, and a note where trafilatura would have had it otherwise."""
    if not paragraphs:
        return [], None
    if len(paragraphs) > _MOST_CHECKED:
        return paragraphs, f"{len(paragraphs)} paragraphs are too many for trafilatura; the container's own stand"
    extracted = _by_trafilatura(paragraphs)
    if extracted == paragraphs:
        return extracted, None
    lost, added = len(set(paragraphs) - set(extracted)), len(set(extracted) - set(paragraphs))
    what = f"lost {lost} and added {added}" if lost or added else "changed the order or the number"
    return paragraphs, f"trafilatura {what} of {len(paragraphs)} paragraphs; the container's own stand"


_MOST_CHECKED = 2_000
"""Paragraphs. trafilatura compares each with all: 250,000 short ones (4 MB) take it minutes."""


def _by_trafilatura(paragraphs: list[str]) -> list[str]:
    root = html.Element("html")
    article = etree.SubElement(etree.SubElement(root, "body"), "article")
    for text in paragraphs:
        etree.SubElement(article, "p").text = text
    found = trafilatura.bare_extraction(root, options=_OPTIONS)
    return found.text.split("\n") if isinstance(found, Document) and found.text else []
