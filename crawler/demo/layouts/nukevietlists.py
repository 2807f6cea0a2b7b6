"""NukeViet's pages that list articles: front page, categories, keywords, feeds. Pure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.demo.layouts.base import PER_PAGE, Answer, Visit
from crawler.demo.layouts.nukevietframe import frame, tag_slug, trail_html
from crawler.demo.model import Section
from crawler.demo.typography import plain, slug

if TYPE_CHECKING:
    from crawler.demo.layouts.nukeviet import NukeViet


def home(layout: NukeViet, visit: Visit) -> Answer:
    """The front page."""
    blocks = "\n".join(_block(layout, section, visit) for section in layout.site.sections)
    meta = '<meta property="og:type" content="website">'
    return layout.html(frame(layout, layout.site.facts.title, "/", blocks, visit, meta=meta))


def _block(layout: NukeViet, section: Section, visit: Visit) -> str:
    indexes = layout.site.page(section, 1, 5)
    if not indexes:
        return ""
    first = dated_item(layout, indexes[0], _link(layout, indexes[0], section, visit), visit, "h3")
    others = "\n".join(
        f'<li class="icon_list"><a class="show h4" href="{layout.href(visit, layout.path(at), "block")}" '
        f'data-content="{escape(layout.teaser(at))}" data-rel="tooltip">{plain(layout.site.head(at).headline)}</a></li>'
        for at in indexes[1:]
    )
    here = layout.at(f"/{section.slug}/")
    return f"""<div class="news_column"><div class="panel panel-default clearfix"><div class="panel-heading">
<h4><a title="{escape(section.title)}" href="{here}"><span>{plain(section.title)}</span></a></h4></div>
<div class="panel-body"><div class="row"><div class="col-md-16">{first}</div>
<div class="col-md-8"><ul class="related list-items">
{others}
</ul></div></div></div></div></div>"""


def category(layout: NukeViet, name: str, page: str | None, visit: Visit) -> Answer | None:
    """One page of a category; of a parent category, its children."""
    section = layout.site.section(name)
    if section is None:
        return _parent(layout, name, visit) if page is None else None
    number = layout.page_number(page or "1", layout.pages(section))
    if number is None:
        return None
    indexes = layout.site.page(section, number, PER_PAGE)
    shown = [*indexes, *_guests(layout, section, number)]
    items = [layout.listed(at, _link(layout, at, section, visit), visit, first=not n) for n, at in enumerate(shown)]
    if number == 1 and (away := layout.leads_away(section)):
        items.append(f'<div class="panel-body"><h3><a href="{away[0]}" target="_blank">{plain(away[1])}</a></h3></div>')
    here = layout.at(f"/{section.slug}/" if number == 1 else f"/{section.slug}/page-{number}/")
    column = '<div class="news_column">\n' + "\n".join(items) + "\n</div>\n" + _pager(layout, section, number)
    title = section.title if number == 1 else f"{section.title} - Trang {number}"
    meta = f'<meta property="og:type" content="website">\n<link rel="canonical" href="{visit.base}{here}">'
    return layout.html(frame(layout, title, here, column, visit, meta=meta, trail=trail_html(layout, section)))


def _guests(layout: NukeViet, section: Section, number: int) -> list[int]:
    """Articles of the category before, that stand on this page too, under this category's address."""
    before = layout.site.sections[layout.site.sections.index(section) - 1]
    if before is section:
        return []
    last = layout.site.count(section) - (number - 1) * PER_PAGE
    guests = layout.site.page(before, number, PER_PAGE)[: min(PER_PAGE, last)]
    return [at for at in guests if layout.cross_section(at) is section]


def _parent(layout: NukeViet, name: str, visit: Visit) -> Answer | None:
    """A category that only holds others."""
    children = [
        section for section in layout.site.sections if len(section.trail) > 1 and slug(section.trail[0]) == name
    ]
    if not children:
        return None
    column = "\n".join(_block(layout, section, visit) for section in children)
    return layout.html(frame(layout, children[0].trail[0], layout.at(f"/{name}/"), column, visit))


def _link(layout: NukeViet, index: int, section: Section, visit: Visit) -> str:
    """An article's address as this category lists it."""
    if section is layout.site.section_at(index):
        return layout.href(visit, layout.path(index), "list")
    return layout.cross_path(index) or layout.path(index)


def dated_item(layout: NukeViet, index: int, link: str, visit: Visit, tag: str) -> str:
    """An article with picture, title, date and teaser."""
    head, piece = layout.site.head(index), layout.site.piece(index)
    title = plain(head.headline)
    picture = ""
    if piece.lead:
        source = piece.lead.path.replace("/uploads/", "/assets/", 1)
        alt = escape(piece.lead.caption or head.headline)
        picture = (
            f'<a href="{link}" title="{escape(head.headline)}"><img alt="{alt}" '
            f'src="{source}" width="100" class="img-thumbnail pull-left imghome" /></a>\n'
        )
    date = f"{head.published:%d/%m/%Y %H:%M:%S}" if head.published else ""
    return f"""{picture}<{tag}><a href="{link}" title="{escape(head.headline)}">{title}</a></{tag}>
<div class="text-muted"><ul class="list-unstyled list-inline">
<li><em class="fa fa-clock-o">&nbsp;</em> {date}</li>
<li><em class="fa fa-eye">&nbsp;</em> Đã xem: {piece.views}</li>
<li><em class="fa fa-comment-o">&nbsp;</em> Phản hồi: 0</li>
</ul></div>
{plain(layout.teaser(index))}"""


def _pager(layout: NukeViet, section: Section, number: int) -> str:
    last = layout.pages(section)
    if last == 1:
        return ""

    def step(n: int, sign: str) -> str:
        link = layout.at(f"/{section.slug}/" if n == 1 else f"/{section.slug}/page-{n}/")
        way = "prev" if n < number else "next"
        return f'<li><a rel="{way}" title="{escape(section.title)} - Trang {n}" href="{link}">{sign}</a></li>'

    idle = '<li class="disabled"><a href="javascript:void(0)">{}</a></li>'
    shown = sorted({1, 2, *range(number - 2, number + 3), last - 1, last} & set(range(1, last + 1)))
    numbers = [
        f'<li class="active"><a href="javascript:void(0)">{n}</a></li>' if n == number else step(n, str(n))
        for n in shown
    ]
    first = step(number - 1, "&laquo;") if number > 1 else idle.format("&laquo;")
    end = step(number + 1, "&raquo;") if number < last else idle.format("&raquo;")
    return f'<div class="text-center"><ul class="pagination">{first}{"".join(numbers)}{end}</ul></div>'


def tag_page(layout: NukeViet, tag: str, visit: Visit) -> Answer:
    """The newest articles with a keyword."""
    items = []
    for at in layout.site.tagged(tag):
        head = layout.site.head(at)
        date = f"{head.published:%H:%M %d/%m/%Y}" if head.published else ""
        link = layout.href(visit, layout.path(at), "tag")
        items.append(
            f'<div class="news_column panel panel-default"><div class="panel-body">\n<h3><a href="{link}" '
            f'title="{escape(head.headline)}">{plain(head.headline)}</a></h3>\n'
            f'<p><em class="fa fa-clock-o">&nbsp;</em><em>{date}</em></p>\n'
            f'<div class="text-justify">{plain(layout.teaser(at))}</div>\n</div></div>'
        )
    return layout.html(frame(layout, tag, layout.at(f"/tag/{tag_slug(tag)}"), "\n".join(items), visit))


def feed_list(layout: NukeViet, visit: Visit) -> Answer:
    """The page that lists the feeds."""
    items = "".join(
        f'<li><span><i class="fa fa-rss text-warning"></i> <a rel="nofollow" title="{escape(s.title)}" '
        f'href="{layout.at(f"/rss/{s.slug}/")}">{plain(s.title)}</a></span></li>'
        for s in layout.site.sections
    )
    column = (
        f'<div class="tree well"><ul><li><a rel="nofollow" href="{layout.at("/rss/")}">Tin Tức</a><ul>{items}</ul></li>'
        "</ul></div>"
    )
    return layout.html(frame(layout, "RSS-feeds", f"{layout.language}/feeds/", column, visit))
