"""What stands around every page of NukeViet's default theme: head, menus, side columns, foot. Pure."""

from __future__ import annotations

import base64
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from crawler.demo import chance
from crawler.demo.layouts.base import Visit
from crawler.demo.model import Section
from crawler.demo.typography import WEEKDAYS, plain, slug

if TYPE_CHECKING:
    from crawler.demo.layouts.nukeviet import NukeViet


def frame(
    layout: NukeViet, title: str, path: str, column: str, visit: Visit, *, meta: str = "", trail: str = ""
) -> str:
    """A whole page: ``column`` is what stands in its middle, ``trail`` the breadcrumb, ``meta`` what its head adds."""
    name, root = plain(layout.site.facts.title), layout.language
    feeds = "\n".join(
        f'<link rel="alternate" href="{layout.at(f"/rss/{s.slug}/")}" title="{escape(s.title)}" '
        'type="application/rss+xml">'
        for s in layout.site.sections
    )
    menu = "\n".join(
        f'<li><a href="{layout.at(f"/{s.slug}/")}" title="{escape(s.title)}">{plain(s.title)}</a></li>'
        for s in layout.site.sections
    )
    parents = dict.fromkeys(s.trail[0] for s in layout.site.sections if len(s.trail) > 1)
    tops = "\n".join(f'<li><a href="{layout.at(f"/{slug(parent)}/")}">{plain(parent)}</a></li>' for parent in parents)
    popular = [int(layout.site.share("popular", n) * layout.site.size) for n in range(6)]
    hits = "\n".join(_popular(layout, at, visit) for at in dict.fromkeys(popular))
    token = base64.urlsafe_b64encode(path.encode()).decode()
    themes = "\n".join(
        f'<a href="/?nvvithemever={letter}&amp;nv_redirect={token}" rel="nofollow"><i class="fa fa-{icon}"></i></a>'
        for letter, icon in (("r", "random"), ("m", "mobile"))
    )
    online = 9 + chance.number(path, visit.now) % 60
    return f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml" prefix="og: http://ogp.me/ns#">
<head>
<title>{plain(title)}</title>
<meta name="author" content="{name}">
<meta name="generator" content="{layout.generator}">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta property="og:site_name" content="{name}">
{meta}
<link rel="shortcut icon" href="/favicon.ico">
<link rel="alternate" href="{layout.at("/rss/")}" title="Tin Tức" type="application/rss+xml">
{feeds}
<link rel="stylesheet" href="/themes/default/css/style.css?t=62">
</head>
<body>
<noscript><div class="alert alert-danger">Trang này cần JavaScript.</div></noscript>
<header><div class="logo"><a title="{name}" href="/"><img src="/assets/images/logo.png" alt="{name}"></a>
<span class="site_name">{name}</span></div></header>
<nav class="second-nav" id="menusite"><ul class="nav navbar-nav">
<li><a class="home" title="Trang nhất" href="/"><em class="fa fa-lg fa-home">&nbsp;</em></a></li>
<li><a href="{root}/about/">Giới thiệu</a></li>
{tops}
{menu}
<li><a href="{root}/contact/">Liên hệ</a></li>
</ul></nav>
<section><div class="container" id="body">
{trail}
<div class="row">
<div class="col-sm-12 col-md-13 col-sm-push-6 col-md-push-5">
{column}
</div>
<div class="col-sm-6 col-md-6 col-sm-push-6 col-md-push-5">
<div class="panel panel-primary"><div class="panel-heading">Tin xem nhiều</div><div class="panel-body">
<ul class="block_tophits list-none list-items">
{hits}
</ul></div></div>
<div class="panel panel-primary"><div class="panel-heading">Thống kê</div><div class="panel-body">
<ul class="counter list-none display-table">
<li><span><em class="fa fa-bolt fa-lg fa-horizon"></em>Đang truy cập</span><span>{online}</span></li>
<li><span><em class="fa fa-bars fa-lg fa-horizon"></em>Tổng lượt truy cập</span><span>6,190,{online:03}</span></li>
</ul></div></div>
</div>
</div>
</div></section>
<footer class="section-footer-top" id="footer">
<p>© {visit.now.year} {name}</p>
<p><a href="{root}/siteterms/">Điều khoản sử dụng</a> <a href="{root}/feeds/"><i class="fa fa-rss"></i></a></p>
</footer>
<nav class="footerNav2"><div class="theme-change">
{themes}
</div></nav>
<div id="timeoutsess" class="chromeframe">Phiên làm việc sắp hết. <a onclick="timeoutsesscancel();" href="#">Ở lại</a>
<span id="secField"> 60 </span></div>
<script type="application/ld+json">
{{"@context": "https://schema.org", "@type": "Organization", "url": "{visit.base}"}}
</script>
</body>
</html>
"""


def _popular(layout: NukeViet, index: int, visit: Visit) -> str:
    link, title = layout.href(visit, layout.path(index), "popular"), plain(layout.site.head(index).headline)
    return f'<li class="clearfix"><a class="show" href="{link}" data-rel="block_news_tooltip">{title}</a></li>'


def trail_html(layout: NukeViet, section: Section) -> str:
    """The breadcrumb, as the theme leaves it for its script to move."""
    steps = [("/", "Trang nhất"), *((layout.at(f"/{slug(name)}/"), name) for name in section.trail[:-1])]
    steps.append((layout.at(f"/{section.slug}/"), section.title))
    items = "\n".join(
        f'<li itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem"><a href="{link}" '
        f'itemprop="item" title="{escape(name)}"><span class="txt" itemprop="name">{plain(name)}</span></a>'
        f'<i class="hidden" itemprop="position" content="{position}"></i></li>'
        for position, (link, name) in enumerate(steps, 1)
    )
    return f"""<div class="breadcrumbs-wrap"><div class="display"><ul class="breadcrumbs list-none"></ul></div>
<ul class="subs-breadcrumbs"></ul>
<ul class="temp-breadcrumbs hidden" itemscope itemtype="https://schema.org/BreadcrumbList">
{items}
</ul></div>"""


def visible_date(moment: datetime) -> str:
    """``Thứ ba - 29/06/2021 09:14``."""
    return f"{WEEKDAYS[moment.weekday()]} - {moment:%d/%m/%Y %H:%M}"


def tag_slug(tag: str) -> str:
    """A keyword in an address: accents and all."""
    return tag.lower().replace(" ", "-")
