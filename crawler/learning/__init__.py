"""Learns a stranger's site from a handful of its pages: the layout, as data, that the ordinary extraction reads.

Pure: pages in, tables out; no network, no clock, no database. What repeats on all pages is the site's frame, what
varies is the article; position, labels and the forms of what is printed tell the fields. Class names of the site are
used where they last, never known in advance. What nothing proves is left out, and a doubt says so in words.
"""

from __future__ import annotations

from crawler.learning.addresses import AddressGuess, guess_addresses, guess_pager
from crawler.learning.learner import Learned, learn
from crawler.learning.views import Sample

__all__ = ["AddressGuess", "Learned", "Sample", "guess_addresses", "guess_pager", "learn"]
