"""An article's page on NukeViet's default theme, and its forms for printing and saving. Pure.

The machine-readable dates are wrong as NukeViet's are: ``article:published_time`` in a form that no reader knows, the
microdata's datePublished the time of the last edit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from crawler.demo import chance
from crawler.demo.layouts.base import Answer, Visit, cut
from crawler.demo.layouts.nukevietbody import body_html
from crawler.demo.layouts.nukevietframe import frame, tag_slug, trail_html, visible_date
from crawler.demo.model import Byline, Piece, Related
from crawler.demo.typography import plain, slug

if TYPE_CHECKING:
    from crawler.demo.layouts.nukeviet import NukeViet


def article(layout: NukeViet, index: int, path: str, visit: Visit) -> Answer:
    """The article\'s page at ``path``, which may be its address in a further category."""
    piece = layout.site.piece(index)
    visit.count(index)
    html = frame(
        layout,
        piece.head.headline,
        path,
        layout.column(index, piece, visit),
        visit,
        meta=_meta(layout, index, piece, visit),
        trail=trail_html(layout, piece.head.section),
    )
    return layout.html(html)


def _meta(layout: NukeViet, index: int, piece: Piece, visit: Visit) -> str:
    url, head = f"{visit.base}{layout.path(index)}", piece.head
    about = escape(piece.description or cut(piece.body(), 160))
    lines = [f'<meta name="description" content="{about}">']
    if piece.keywords:
        lines.append(f'<meta name="keywords" content="{escape(", ".join(piece.keywords).lower())}">')
    lines += [
        f'<meta property="og:title" content="{escape(head.headline)}">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:description" content="{about}">',
        f'<meta property="og:url" content="{url}">',
    ]
    if piece.lead:
        lines.append(f'<meta property="og:image" content="{visit.base}{piece.lead.path}">')
    zone = layout.php_zone
    if head.published and zone:
        lines.append(f'<meta property="article:published_time" content="{_php(head.published, zone)}">')
    if piece.modified and zone:
        lines.append(f'<meta property="article:modified_time" content="{_php(piece.modified, zone)}">')
    lines.append(f'<meta property="article:section" content="{escape(head.section.title)}">')
    lines += [f'<meta property="article:tag" content="{escape(tag)}">' for tag in piece.keywords]
    return "\n".join([*lines, f'<link rel="canonical" href="{url}">'])


def main_panel(layout: NukeViet, index: int, piece: Piece, visit: Visit) -> str:
    """The panel with the article."""
    head, data = piece.head, layout.microdata
    print_path = layout.view_path("print", index)
    visible = visible_date(head.published) if head.published else ""
    popup = f"nv_open_browse('{print_path}','',840,500,'resizable=yes,scrollbars=yes');return false"
    scope = ' itemtype="http://schema.org/NewsArticle" itemscope' if data else ""
    prop = ' itemprop="headline"' if data else ""
    return f"""<div class="news_column panel panel-default"{scope}>
<div class="panel-body">
<h1 class="title margin-bottom-lg"{prop}>{plain(head.headline)}</h1>
{_microdata(layout, index, piece, visit) if data else ""}<div class="row margin-bottom-lg">
<div class="col-md-12"><span class="h5">{visible}</span></div>
<div class="col-md-12"><ul class="list-inline text-right">
<li><a class="dimgray" rel="nofollow" title="In ra" href="javascript: void(0)" onclick="{popup}">
<em class="fa fa-print fa-lg">&nbsp;</em></a></li>
<li><a class="dimgray" rel="nofollow" title="Lưu bài viết này" href="{layout.saved_path(index)}">
<em class="fa fa-save fa-lg">&nbsp;</em></a></li>
</ul></div>
</div>
<div class="clearfix">
{_opening(layout, piece)}
</div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">
{body_html(layout, piece, lambda at: visit.base + layout.path(at))}
</div>
{layout.under_text(index, visit)}{attached(layout, index, piece)}
{labels(layout, piece, visit)}
{alert(layout, piece, visit)}
</div>
</div>"""


def _microdata(layout: NukeViet, index: int, piece: Piece, visit: Visit) -> str:
    """What is hidden in the panel: its dates are both that of the last edit."""
    edited = (piece.modified or piece.head.published or layout.site.now).isoformat()
    account = piece.byline.printed if piece.byline and piece.label != "body" else "quantri"
    return f"""<div class="hidden hide d-none" itemprop="author" itemtype="http://schema.org/Person" itemscope>
<span itemprop="name">{plain(account)}</span>
</div>
<span class="hidden hide d-none" itemprop="datePublished">{edited}</span>
<span class="hidden hide d-none" itemprop="dateModified">{edited}</span>
<span class="hidden hide d-none" itemprop="mainEntityOfPage">{visit.base}{layout.path(index)}</span>
<div class="hidden hide d-none" itemprop="publisher" itemtype="http://schema.org/Organization" itemscope>
<span itemprop="name">{plain(layout.site.facts.title)}</span>
</div>
"""


def _opening(layout: NukeViet, piece: Piece) -> str:
    """Sapo and lead picture; the caption of a small one is printed twice, once hidden."""
    sapo, prop = layout.text(piece, piece.description or ""), ' itemprop="description"' if layout.microdata else ""
    sapo = f'<div class="hometext m-bottom"{prop}>{sapo}</div>'
    lead = piece.lead
    if lead is None:
        return sapo
    alt = escape(lead.caption or piece.head.headline)
    caption = f"<figcaption>{layout.text(piece, lead.caption)}</figcaption>" if lead.caption else ""
    if lead.thumb is None:
        image = f'<img alt="{alt}" src="{lead.path}" srcset="" width="{lead.width}" class="img-thumbnail"/>'
        return f'{sapo}\n<figure class="article center">\n{image}\n{caption}\n</figure>'
    click = "onclick=\"modalShowByObj('#imgpreview');\""
    small = f'<p class="text-center"><img alt="{alt}" src="{lead.thumb}" class="img-thumbnail"/></p>'
    if lead.caption:
        inside = f'<div style="width:100px;">\n{small}\n{caption}\n</div>'
        figure = f'<figure class="article left pointer" {click}>\n{inside}\n</figure>'
    else:
        figure = f'<figure class="article left noncaption pointer" style="width:100px;" {click}>\n{small}\n</figure>'
    large = f'<p class="text-center"><img alt="{alt}" src="{lead.path}" srcset="" class="img-thumbnail"/></p>'
    return f'{figure}\n<div id="imgpreview" style="display:none">\n{large}\n{caption}\n</div>\n{sapo}'


def attached(layout: NukeViet, index: int, piece: Piece) -> str:
    """The files to download."""
    if not piece.attachments:
        return ""
    items = []
    for attachment in piece.attachments:
        link = layout.path(index) + attachment.path.replace("&", "&amp;")
        label, _, name = attachment.title.partition(": ")
        items.append(
            f'<div class="list-group-item"><a href="{link}" title="{escape(attachment.title)}" download>'
            f"{label}: <strong>{plain(name)}</strong></a></div>"
        )
    return (
        '<p class="h5"><em class="fa fa-download"></em> <strong>File đính kèm</strong></p>\n'
        '<div class="list-group news-download-file">\n' + "\n".join(items) + "\n</div>"
    )


def label_lines(layout: NukeViet, piece: Piece, visit: Visit) -> list[tuple[str, str]]:
    """Author and source: each line's label, and its value as HTML."""
    lines = []
    if piece.byline and piece.label != "body":
        label = "Tác giả bài viết" if piece.label == "old" else "Tác giả"
        lines.append((label, _author(layout, piece.byline)))
    if piece.source:
        name, url = plain(piece.source.name or ""), layout.source_url(piece, visit.bases)
        link = f'<a title="{escape(piece.source.name or "")}" rel="nofollow" href="{url}">{name}</a>'
        lines.append(("Nguồn tin", link if url else name))
    return lines


def _author(layout: NukeViet, byline: Byline) -> str:
    """The byline as it was typed or, for authors with pages of their own, a link for each."""
    names = byline.printed.split(", ")
    if not layout.author_links or len(names) != len(byline.authors):
        return plain(byline.printed)
    return ", ".join(f'<a href="{layout.at(f"/author/{slug(name)}/")}">{plain(name)}</a>' for name in names)


def labels(layout: NukeViet, piece: Piece, visit: Visit) -> str:
    """Author and source."""
    lines = label_lines(layout, piece, visit)
    if not lines:
        return ""
    paragraphs = "\n".join(
        f'<p class="h5 text-right">\n<strong>{label}: </strong>{value}\n</p>' for label, value in lines
    )
    return f'<div class="margin-bottom-lg">\n{paragraphs}\n</div>'


def alert(layout: NukeViet, piece: Piece, visit: Visit) -> str:
    """The notice on reuse."""
    return (
        f'<div class="alert alert-info margin-bottom-lg">\n{plain(layout.notice(visit))}\n</div>'
        if piece.rights
        else ""
    )


def further_panels(layout: NukeViet, index: int, piece: Piece, visit: Visit) -> str:
    """The panels under it: keywords, rating, comments, other articles."""
    panel = '<div class="news_column panel panel-default"><div class="panel-body{}">\n{}\n</div></div>'
    panels = []
    if piece.keywords:
        tags = f'<em class="fa fa-tags">&nbsp;</em><strong>Tags: </strong>{tag_links(layout, piece)}'
        panels.append(panel.format("", f'<div class="h5">{tags}</div>'))
    stars = 1 + chance.number("stars", index) % 5
    rating = (
        f'<form id="form3B" action=""><div class="h5 clearfix"><p id="stringrating">Tổng số điểm của bài viết là: '
        f"{stars * 5} trong {stars} đánh giá</p>\n"
        '<span id="hover-test">Click để đánh giá bài viết</span></div></form>'
    )
    panels.append(panel.format("", rating))
    comments = (
        '<div id="idcomment" class="nv-fullbg"><p class="comment-title"><em class="fa fa-comments">&nbsp;</em> '
        'Ý kiến bạn đọc</p><div id="showcomment" class="margin-bottom-lg"></div></div>'
    )
    panels.append(panel.format("", comments))
    lists = "\n".join(
        around(layout, title, [entry for entry in layout.related(index) if entry.relation == relation], visit)
        for title, relation in (("Những tin mới hơn", "newer"), ("Những tin cũ hơn", "older"))
    )
    if "<li>" in lists:
        panels.append(panel.format(" other-news", lists))
    return "\n".join(panels)


def tag_links(layout: NukeViet, piece: Piece) -> str:
    """The keywords, each a link to the list of its articles."""
    return ", ".join(
        f'<a title="{escape(tag)}" href="{layout.at(f"/tag/{quote(tag_slug(tag))}")}"><em>{plain(tag)}</em></a>'
        for tag in piece.keywords
    )


def plain_list(heading: str, entries: Iterable[str]) -> str:
    """One list of other articles as older themes print it, of entries as HTML."""
    items = "\n".join(entries)
    return f'<p>\n<strong>{heading}</strong>\n</p>\n<ul class="related">\n{items}\n</ul>' if items else ""


def around(layout: NukeViet, heading: str, entries: list[Related], visit: Visit) -> str:
    """One list of other articles."""
    if not entries:
        return ""
    items = []
    for entry in entries:
        url = layout.href(visit, layout.path(entry.index), "around") if entry.index is not None else entry.url
        link = (
            f'<a href="{url}" data-placement="bottom" data-rel="tooltip" '
            f'title="{escape(entry.title)}">{plain(entry.title)}</a>'
        )
        date = f"<em>({entry.published:%d/%m/%Y})</em>" if entry.published else ""
        title = link if url else plain(entry.title)
        items.append(f'<li>\n<em class="fa fa-angle-right">&nbsp;</em>\n<h4>{title}</h4>\n{date}\n</li>')
    return (
        f'<p class="h3"><strong>{heading}</strong></p>\n<div class="clearfix">\n'
        f'<ul class="detail-related related list-none list-items">\n{chr(10).join(items)}\n</ul>\n</div>'
    )


def printed(layout: NukeViet, index: int, view: str, visit: Visit) -> Answer:
    """The forms for printing and saving: the same text on a bare page."""
    piece = layout.site.piece(index)
    here = f"{visit.base}{layout.view_path(view, index)}"
    robots = '<meta name="robots" content="noindex, follow">\n' if view == "print" else ""
    date = visible_date(piece.head.published) if piece.head.published else ""
    author = f'<div id="author">{labels(layout, piece, visit)}</div>' if piece.byline or piece.source else ""
    return layout.html(f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>{plain(piece.head.headline)}</title>
{robots}<meta name="generator" content="{layout.generator}">
<link rel="canonical" href="{here}">
</head>
<body>
<div id="print"><div id="content">
<h1>{plain(piece.head.headline)}</h1>
<ul class="list-inline"><li>{date}</li></ul>
<div id="hometext">{layout.text(piece, piece.description or "")}</div>
<div id="bodytext" class="clearfix">
{body_html(layout, piece, lambda at: visit.base + layout.path(at))}
</div>
{author}
</div>
<div id="footer"><div id="url"><strong>URL của bản tin này: </strong>{here}</div></div></div>
</body>
</html>
""")


def _php(moment: datetime, zone: str) -> str:
    """``2021-06-29+0709:14:33``: PHP's date("Y-m-dTH:i:s"), in which T prints the zone."""
    return f"{moment:%Y-%m-%d}{zone}{moment:%H:%M:%S}"
