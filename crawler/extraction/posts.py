"""Further pages of a listing that are got by sending a form: what is to be sent, read off the page before. Pure.

What a page's scripts say is data: it is matched, never run, and goes nowhere but to the site's own hosts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lxml import html

from archive.posted import LARGEST_FORM, is_posted, page_number, posted_address, target_of
from archive.records import Found
from crawler.extraction.document import Element, base_address, decode, text_of
from crawler.extraction.numbers import whole_number
from crawler.items import Page
from crawler.layouts import Listing, Post, Postback
from crawler.urls import SiteAddresses

MOST_PAGES = 10_000
"""Of one listing: no provincial site has so many, and a script may say anything."""

_CALL = re.compile(
    r"(?:__doPostBack|WebForm_PostBackOptions)\(\s*(?P<q>['\"])(?P<target>(?:[^'\"\\]|\\.)*)(?P=q)"
    r"\s*,\s*(?P<r>['\"])(?P<argument>(?:[^'\"\\]|\\.)*)(?P=r)"
)
_PAGE_ARGUMENT = re.compile(r"Page\$(\d{1,6})")
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)
_IN_BRACES = re.compile(r"\{(\w+)\}")


def find_posts(page: Page, tree: Element, addresses: SiteAddresses) -> None:
    """Fill in which further pages of the listing can be got by a form, or why they cannot.

    ``page.error`` says so where a form was sent for this page and another one has come: a site that has forgotten the
    state that the form tells of shows its first page again.
    """
    rules = page.layout.listing
    number = page_number(page.url) if is_posted(page.url) else addresses.section(page.url)[1]
    if number is None:
        return
    endpoint = addresses.normalise(rules.post.address, page.profile.base) if rules.post is not None else None
    if rules.post is not None and endpoint is not None:
        _find_scripted(page, tree, rules.post, endpoint, number, addresses)
    elif rules.postback is not None:
        _find_postback(page, tree, rules.postback, number, addresses)


def address_of_form(rules: Listing, endpoint: str | None, target: str, form: str) -> str | None:
    """The address of the listing's page that somebody got by sending this form (still encoded) to ``target``, as
    :func:`find_posts` gives it; None where it is no form that asks for a further page.

    :param endpoint: the normal form of the address that the rules' scripts send to, if they have one.
    """
    sent = dict(parse_qsl(form, keep_blank_values=True))
    fields: list[tuple[str, str]] = []
    if rules.post is not None and endpoint == target:
        wanted = (*rules.post.read, rules.post.page)
        fields = [(name, sent[name]) for name in wanted if name in sent]
        if len(fields) < len(wanted):
            return None
    elif rules.postback is not None and (asked := _PAGE_ARGUMENT.fullmatch(sent.get("__EVENTARGUMENT", ""))):
        fields = [("page", asked[1])]
    address = posted_address(target, fields)
    return address if fields and _DIGITS.fullmatch(fields[-1][1]) and len(address) <= _LONGEST_ADDRESS else None


def posts_back(tree: Element) -> bool:
    """Whether the page has a pager of WebForms: numbers that are links which send its form back."""
    rules = Postback()
    return any(anchor.number is not None for anchor in _anchors(tree, rules, dict.fromkeys(tree.iter(), 0)))


def fragment_of(page: Page) -> Page:
    """The page as it is to be parsed: what a script asked for comes as a piece of HTML, often within JSON
    (``{"d": "<ul>…"}``), and stands in the page of another address when a browser shows it."""
    post = page.layout.listing.post
    if post is None or not is_posted(page.url):
        return page
    body, charset = page.body, page.charset
    if body.lstrip()[:1] in {b"{", b"[", b'"'}:
        try:
            told = max(_strings(json.loads(decode(body, charset))), key=len, default="")
        except (ValueError, RecursionError):
            told = ""
        body, charset = (told.encode("utf-8", "replace"), "utf-8") if told else (body, charset)
    return replace(page, body=body, charset=charset, final_url=page.profile.base)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from _strings(one)


# A script's form


def _find_scripted(
    page: Page, tree: Element, rules: Post, endpoint: str, number: int, addresses: SiteAddresses
) -> None:
    if is_posted(page.url):
        if not page.entries and rules.last is not None:
            page.error = f"page {number} of the listing shows no article"
        elif page.entries and page.errand is not None and page.errand.form is not None:
            sent = dict(parse_qsl(page.errand.form, keep_blank_values=True))
            read = {name: sent[name] for name in rules.read if name in sent}
            section = page.errand.section or page.url
            known = rules.last is not None
            page.posts = _scripted(rules, endpoint, read, section, range(number + 1, number + 2), known=known)
        return
    script = "\n".join(element.text or "" for element in tree.iter("script"))
    found = {name: pattern.search(script) for name, pattern in rules.read.items()}
    read = {name: match[1] for name, match in found.items() if match is not None}
    if len(read) < len(rules.read):
        return
    last = number + 1
    if rules.last is not None:
        told = rules.last.search(script)
        if told is None:
            page.note = "no further pages: the scripts have the form's fields, but not the number of the last page"
            return
        count = whole_number(told[1], MOST_PAGES)
        if count is None:
            page.note = f"no further pages: {told[1][:20]} are said to be there, more than {MOST_PAGES}"
            return
        page.pages = last = max(number, count)
    page.posts = _scripted(rules, endpoint, read, addresses.section(page.url)[0], range(number + 1, last + 1))


def _scripted(
    rules: Post, endpoint: str, read: dict[str, str], section: str, pages: range, *, known: bool = False
) -> list[Found]:
    others = {name: _IN_BRACES.sub(lambda one: read.get(one[1], ""), value) for name, value in rules.fields.items()}
    posts = []
    for number in pages:
        form = urlencode({**read, **others, rules.page: number})
        address = posted_address(endpoint, [*read.items(), (rules.page, str(number))])
        if len(form) <= LARGEST_FORM and len(address) <= _LONGEST_ADDRESS:
            posts.append(Found(address, "listing", None, section, number, form, known))
    return posts


_LONGEST_ADDRESS = 2_000
"""As of any other address."""

# A page's own form


@dataclass(frozen=True, slots=True)
class _Anchor:
    """One link of a pager. ``at``: its place among all elements; ``number`` of the page it leads to, where it says."""

    at: int
    element: Element
    text: str
    number: int | None
    target: str
    argument: str


def _find_postback(page: Page, tree: Element, rules: Postback, number: int, addresses: SiteAddresses) -> None:
    places = {element: at for at, element in enumerate(tree.iter())}
    marks = rules.current.elements(tree)
    current = next((mark for mark in marks if _DIGITS.fullmatch(text_of(mark))), None)
    if is_posted(page.url):
        if current is not None and int(text_of(current)) != number:
            page.error = f"page {number} was asked for, and page {text_of(current)} has come: the state was forgotten"
        elif not page.entries:
            page.error = f"page {number} of the listing shows no article"
        if page.error is not None:
            page.entries, page.links = [], []
            return
    anchors = list(_anchors(tree, rules, places))
    further = _further(anchors, number, None if current is None else places[current], rules)
    if further is None:
        page.pages = number
        return
    form = _form_of(further.element, tree)
    action = form.get("action", "").strip() if form is not None else ""
    here = target_of(page.final_url)
    target = addresses.normalise(action, target_of(base_address(page, tree))) if action else here
    if form is None or target is None or addresses.role(target) == "ignore":
        page.note = f"no further pages: {'no form' if form is None else f'the form is sent to {action[:200]}'}"
        return
    told = [(name, value) for name, value in form.form_values() if name not in {"__EVENTTARGET", "__EVENTARGUMENT"}]
    sent = urlencode([("__EVENTTARGET", further.target), ("__EVENTARGUMENT", further.argument), *told])
    if len(sent) > LARGEST_FORM:
        page.note = f"no further pages: a form of {len(sent)} bytes, where {LARGEST_FORM} are sent at most"
        return
    section = page.errand.section if is_posted(page.url) and page.errand is not None else addresses.section(page.url)[0]
    address = posted_address(target, [("page", str(number + 1))])
    page.posts = [Found(address, "listing", None, section or target, number + 1, sent)]


def _anchors(tree: Element, rules: Postback, places: dict[Element, int]) -> Iterator[_Anchor]:
    for element in rules.pager.elements(tree):
        call = _CALL.search(element.get("href", "")) or _CALL.search(element.get("onclick", ""))
        if call is None:
            continue
        text, argument = text_of(element), _unescaped(call["argument"])
        told = _DIGITS.fullmatch(text) or _PAGE_ARGUMENT.fullmatch(argument)
        number = int(told[told.lastindex or 0]) if told else None
        yield _Anchor(places[element], element, text, number, _unescaped(call["target"]), argument)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _further(anchors: list[_Anchor], number: int, current: int | None, rules: Postback) -> _Anchor | None:
    """The link to the page behind this one: by its number, else by its words (``...``, ``Tiếp``) if it stands behind
    the numbers up to this one: those before them lead back."""
    for anchor in anchors:
        if anchor.number == number + 1:
            return anchor
    behind = max((anchor.at for anchor in anchors if anchor.number is not None and anchor.number <= number), default=-1)
    behind = max(behind, -1 if current is None else current)
    for anchor in anchors:
        if anchor.number is None and rules.next.fullmatch(anchor.text):
            in_words = any(letter.isalpha() for letter in anchor.text)
            if anchor.at > behind and (behind >= 0 or in_words):
                return anchor
    return None


def _form_of(anchor: Element, tree: Element) -> html.FormElement | None:
    """The form around the link, or the page's first one where broken markup has closed that too early."""
    around = next(anchor.iterancestors("form"), None)
    found = around if around is not None else next(tree.iter("form"), None)
    return found if isinstance(found, html.FormElement) else None
