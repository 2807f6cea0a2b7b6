"""A server that answers wrongly: what the archive says of each fault, while the healthy pages beside it are whole."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from faulty import (
    MIB,
    Answer,
    Site,
    bomb,
    cut_off,
    cut_off_chunks,
    drip,
    endless,
    faulty_site,
    huge,
    in_turn,
    packed,
    page,
    redirect,
    reset,
    status,
    too_short_a_length,
)
from pages import draft, nukeviet, reading
from pages import page as response
from test_encodings import as_cp1258, in_mojibake, in_tcvn3, in_vni
from watched import reasons, run, write_site

from archive.exits import Exit
from crawler.extraction.feed import read_feed

PARAGRAPHS = (
    "Sáng nay, hơn hai trăm công nhân của các xưởng may trong tỉnh về dự hội thi tay nghề do công đoàn ngành tổ chức.",
    "Các thí sinh trải qua phần thi lý thuyết và thực hành, trong đó phần thực hành chiếm hai phần ba tổng số điểm.",
    "Ban tổ chức cho biết những người đoạt giải sẽ được xét nâng bậc thợ trước thời hạn và thưởng một tháng lương.",
)

PAGE = """<!DOCTYPE html>
<html lang="vi"><head><title>{headline} - Công đoàn Sông Lam</title></head><body>
<ul class="nav"><li><a href="/">Trang nhất</a></li><li><a href="/kinh-te/">Kinh tế</a></li></ul>
<div class="news_column panel"><div class="panel-body"><h1 class="title" itemprop="headline">{headline}</h1>
<span class="h5">Thứ ba - 29/06/2021 09:14</span>
<div id="news-bodyhtml" class="bodytext">{text}</div></div></div>
<div class="block"><h3>Tin xem nhiều</h3><ul><li><a href="/kinh-te/khoe-1.html">Bài khỏe số một</a></li></ul></div>
<div class="footer">Trang thông tin của Liên đoàn Lao động tỉnh Sông Lam. Giấy phép số 12 ngày 22/12/2016.</div>
</body></html>"""
"""A page of the site; what stands around the article stands on every page."""

SLOWEST = 1
"""Seconds: the DOWNLOAD_TIMEOUT of the crawls in here."""


def article(headline: str, *paragraphs: str) -> str:
    return PAGE.format(headline=headline, text="".join(f"<p>{one}</p>" for one in paragraphs or PARAGRAPHS))


@dataclass
class Crawled:
    """What a crawl of a faulty site left behind."""

    site: Site
    home: Path
    ended: subprocess.CompletedProcess[str]
    others: dict[str, Site] = field(default_factory=dict)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "archive.db") as db:
            return db.execute(sql, values).fetchall()

    def outcome(self, path: str) -> tuple[str, str | None]:
        """The last capture of the address: what became of it, and why."""
        url = self.site.base + path
        rows = self.rows("SELECT outcome, reason FROM captures WHERE url = ? ORDER BY rowid", url)
        assert rows, f"{url} was never captured"
        return rows[-1][0], rows[-1][1]

    def stored(self, name: str) -> tuple[str, str] | None:
        """Headline and body of the article at the page's address."""
        found = self.rows("SELECT headline, body FROM articles WHERE url = ?", f"{self.site.base}tin/{name}.html")
        return (found[0][0], found[0][1]) if found else None

    def failed(self, name: str, outcome: str = "error") -> str:
        """The reason why the page is no article; nothing of it is stored."""
        assert self.stored(name) is None
        return self.failed_at(f"tin/{name}.html", outcome)

    def failed_at(self, path: str, outcome: str = "unextractable") -> str:
        """The reason why the response is not what it was asked for."""
        found, reason = self.outcome(path)
        assert found == outcome, reason
        assert reason
        return reason


def crawl(
    home: Path,
    pages: dict[str, Answer],
    more: Callable[[str], Answer | None] = lambda path: None,
    *,
    links: str = "",
    start: str = "",
) -> Crawled:
    """Crawl a site of ``pages`` at ``/tin/NAME.html`` that the front page links to; ``more`` answers all other paths.
    ``links``: what else stands on the front page. ``start``: the profile's ``[crawl.start]``."""
    front = links + "".join(f'<li><a href="/tin/{name}.html">Bài {name}</a></li>' for name in pages)

    def routes(path: str) -> Answer | None:
        if path == "/":
            return page(f"<html><body><ul>{front}</ul></body></html>")
        name = path.partition("?")[0].removeprefix("/tin/").removesuffix(".html")
        return pages.get(name) or more(path)

    with faulty_site(routes) as site:
        write_site(home, "songlam", site.base, f"delay = 0.01\n{start}")
        ended = run(home, "crawl", "songlam", DOWNLOAD_TIMEOUT=SLOWEST)
    return Crawled(site, home, ended)


HEALTHY = tuple(f"khoe-{number}" for number in range(1, 5))


def _among_healthy(faults: dict[str, Answer]) -> dict[str, Answer]:
    """The faulty pages with healthy ones before, between and behind them."""
    healthy = [(name, page(article(f"Bài khỏe {name}"))) for name in HEALTHY]
    ill = list(faults.items())
    step = len(ill) // (len(healthy) - 1) + 1
    parts = [one for start in range(0, len(ill), step) for one in (healthy.pop(0), *ill[start : start + step])]
    return dict([*parts, *healthy])


def _healthy_are_complete(crawled: Crawled) -> None:
    assert crawled.ended.returncode == Exit.OK, crawled.ended.stderr
    assert {name: crawled.stored(name) for name in HEALTHY} == {
        name: (f"Bài khỏe {name}", "\n\n".join(PARAGRAPHS)) for name in HEALTHY
    }


# What breaks on the way


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    text = article("Bài này không bao giờ tới nơi")
    half = len(text.encode()) // 2
    stolen = page(article("Bài của trang khác"))
    with faulty_site(lambda path: stolen) as other:
        faults = {
            "dut-truoc-101": reset(),
            "dut-giua-102": cut_off(text, announced=len(text.encode()), after=half, how="reset"),
            "dut-giua-103": cut_off(text, announced=None, after=half, how="reset"),
            "thieu-byte-104": cut_off(text, announced=len(text.encode()), after=half),
            "thieu-khuc-105": cut_off_chunks(text),
            "ngan-hon-106": too_short_a_length(text, half),
            "nen-do-gzip-107": packed(text, "gzip", 0.6),
            "nen-do-deflate-107": packed(text, "deflate", 0.6),
            "nen-do-raw-deflate-107": packed(text, "raw-deflate", 0.6),
            "nen-do-br-107": packed(text, "br", 0.6),
            "tung-byte-108": drip(text, 0.05),
            "vo-tan-109": endless(),
            "bom-gzip-110": bomb("gzip", 64 * MIB),
            "bom-br-111": bomb("br", 64 * MIB),
            "khong-lo-112": huge(50 * MIB),
            "vong-tron-113": redirect("/tin/vong-tron-113.html"),
            "may-khac-114": redirect("http://ldld.song-khac.example/tin/bai-1.html"),
            "cong-khac-115": redirect(f"{other.base}tin/bai-1.html"),
        }
        pages = _among_healthy(faults) | {f"goi-{coding}-116": packed(article("Bài gói"), coding) for coding in WHOLE}
        crawled = crawl(tmp_path_factory.mktemp("network"), pages)
        crawled.others["port"] = other
        yield crawled


def test_faults_on_the_way_harm_no_other_page(network: Crawled) -> None:
    _healthy_are_complete(network)
    assert network.rows("SELECT count(*) FROM articles") == [(len(HEALTHY) + len(WHOLE),)]
    assert network.rows("SELECT reason FROM runs") == [("finished",)]


def test_a_connection_that_is_reset_is_a_failed_download(network: Crawled) -> None:
    reason = network.failed("dut-truoc-101")
    assert re.match(r"the connection to [\w.:]+ failed: Connection", reason)
    assert 1 < network.site.count("/tin/dut-truoc-101.html") <= 6


@pytest.mark.parametrize("name", ["dut-giua-102", "thieu-byte-104", "thieu-khuc-105"])
def test_a_body_that_ends_before_its_announced_end_is_tried_again_and_never_half_an_article(
    network: Crawled, name: str
) -> None:
    assert "ended before the whole response was there" in network.failed(name)
    assert network.site.count(f"/tin/{name}.html") == 3


@pytest.mark.parametrize("name", ["dut-giua-103", "ngan-hon-106"])
def test_a_page_that_breaks_off_where_http_cannot_tell_is_kept_and_is_no_article(network: Crawled, name: str) -> None:
    assert "cut off" in network.failed(name, "unextractable")


CODINGS = ("gzip", "deflate", "raw-deflate", "br")
WHOLE = (*CODINGS, "gzip-and-more")


@pytest.mark.parametrize("coding", CODINGS)
def test_a_packed_body_that_breaks_off_is_tried_again_and_never_half_an_article(network: Crawled, coding: str) -> None:
    reason = network.failed(f"nen-do-{coding}-107")
    assert f"the body is not whole: its {coding.removeprefix('raw-')} is broken after" in reason
    assert network.site.count(f"/tin/nen-do-{coding}-107.html") == 3


@pytest.mark.parametrize("coding", WHOLE)
def test_a_packed_body_that_is_whole_is_an_article(network: Crawled, coding: str) -> None:
    assert network.stored(f"goi-{coding}-116") == ("Bài gói", "\n\n".join(PARAGRAPHS))


def test_the_time_limit_is_for_the_whole_response_however_steadily_it_drips(network: Crawled) -> None:
    assert "does not answer in time" in network.failed("tung-byte-108")


def test_a_page_whose_template_forgets_the_end_tags_is_whole_when_its_foot_is_there() -> None:
    whole = article("Bài đủ chân trang").replace("</body></html>", "")
    assert draft(whole).body == list(PARAGRAPHS)
    fragment = whole.partition("<body>")[2].partition('<div class="block">')[0]
    assert draft(fragment).body == list(PARAGRAPHS)


def test_a_body_without_end_is_cut_at_the_size_limit_and_not_asked_for_again(network: Crawled) -> None:
    assert "no end within" in network.failed("vo-tan-109")
    assert network.site.count("/tin/vo-tan-109.html") == 1


@pytest.mark.parametrize("name", ["bom-gzip-110", "bom-br-111"])
def test_a_small_response_that_unpacks_without_measure_is_refused(network: Crawled, name: str) -> None:
    assert "during decompression" in network.failed(name)
    assert network.site.count(f"/tin/{name}.html") == 1


def test_a_page_of_fifty_megabytes_is_refused_by_its_announced_size(network: Crawled) -> None:
    assert f"{50 * MIB} bytes" in network.failed("khong-lo-112")
    assert network.site.count("/tin/khong-lo-112.html") == 1


def test_a_redirect_to_itself_comes_to_an_end(network: Crawled) -> None:
    assert "redirected in circles" in network.failed("vong-tron-113")
    assert network.site.count("/tin/vong-tron-113.html") <= 6


def test_a_redirect_to_another_host_is_not_followed(network: Crawled) -> None:
    assert "left the site: ldld.song-khac.example" in network.failed("may-khac-114", "refused")


def test_a_redirect_to_another_port_of_this_machine_is_not_followed(network: Crawled) -> None:
    assert "left the site: 127.0.0.1:" in network.failed("cong-khac-115", "refused")
    assert network.others["port"].asked == []


# What comes whole and is wrong

MESSAGE = "Rất tiếc, bài viết bạn tìm không tồn tại hoặc đã bị gỡ khỏi trang."
LOGIN = "<h1>Đăng nhập</h1><form><input name='ten'><input type='password' name='mat_khau'></form>"
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE urlset [<!ENTITY a "ha">{entities}]>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{base}tin/{name}-&z;.html</loc></url></urlset>"""
LAUGHTER = (
    "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in pairwise("abcdefghij")) + '<!ENTITY z "&j;">'
)
FUNNY_FEED = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">{entities}]>
<rss version="2.0"><channel><title>&z;</title></channel></rss>"""
OUTSIDE = '<!ENTITY z SYSTEM "file:///etc/hostname">'
DEEP = "<div>" * 5_000 + "".join(f"<p>{one}</p>" for one in PARAGRAPHS) + "</div>" * 5_000
WITHOUT_ARTICLE = ("khong-con-301", "dang-nhap-302")
ENCODED = {
    "tcvn3-401": ("TCVN3", lambda text: in_tcvn3(text).encode("cp1252")),
    "vni-402": ("VNI", lambda text: in_vni(text).encode("cp1252")),
    "cp1258-403": ("windows-1258", as_cp1258),
    "utf8-404": ("UTF-8 read as windows-1252:", lambda text: in_mojibake(text).encode()),
    "utf8-hai-lan-405": ("UTF-8 read as windows-1252 twice", lambda text: in_mojibake(in_mojibake(text)).encode()),
}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    faults = {
        "khong-con-301": page(PAGE.format(headline="Thông báo", text=f"<p>{MESSAGE}</p>")),
        "dang-nhap-302": page(PAGE.partition("<div class")[0].format(headline="Đăng nhập") + LOGIN + "</body></html>"),
        "ve-dang-nhap-303": page(article("Hướng dẫn đăng nhập ứng dụng của đoàn viên", *PARAGRAPHS, MESSAGE)),
        "byte-khong-304": page(article("Bài có byte không").replace(" ", " \0").replace("công", "cô\0ng")),
        "rat-sau-305": page(PAGE.format(headline="Bài rất sâu", text=DEEP)),
        "phien-306": redirect("/tin/phien-306.html;jsessionid=Z9.may2?sid=77"),
    }
    for name, (_, encode) in ENCODED.items():
        faults[name] = page(encode(article("Bài đổi mã chữ")), "text/html")
    sessions = count(1)

    def more(path: str) -> Answer | None:
        if found := re.fullmatch(r"/lich/ngay-(\d+)/", path):
            days = (int(found[1]) - 1, int(found[1]) + 1)
            return page("".join(f'<a href="/lich/ngay-{day}/">ngày {day}</a>' for day in days))
        if found := re.search(r"phien-(\d+)", path):
            again = f'<a href="/tin/phien-307.html;jsessionid=A{next(sessions)}?sid={next(sessions)}">nữa</a>'
            return page(article(f"Bài có phiên {found[1]}").replace("</body>", f"{again}</body>"))
        if path == "/feed/":
            return page("<html><body><p>Trang này không phải nguồn tin.</p></body></html>", "application/rss+xml")
        if path in {"/feed-cuoi/", "/feed-ngoai/"}:
            entities = LAUGHTER if "cuoi" in path else OUTSIDE
            return page(FUNNY_FEED.format(entities=entities), "application/rss+xml")
        entities = {"/cuoi.xml": LAUGHTER, "/ngoai.xml": OUTSIDE}.get(path)
        return page(LAUGHS.format(entities=entities, base="/", name=path[1:5]), "text/xml") if entities else None

    links = (
        '<a href="/lich/ngay-1000/">Lịch</a><a href="/tin/phien-307.html?sid=a1&token=b2">1</a>'
        '<a href="/tin/phien-307.html;jsessionid=C3">2</a><a href="/(S(d4))/tin/phien-307.html">3</a>'
    )
    start = '[crawl.start]\nsitemaps = ["/cuoi.xml", "/ngoai.xml"]\nfeeds = ["/feed/", "/feed-cuoi/", "/feed-ngoai/"]\n'
    home = tmp_path_factory.mktemp("content")
    return crawl(home, _among_healthy(faults), more, links=links, start=start)


def test_wrong_contents_harm_no_other_page(content: Crawled) -> None:
    _healthy_are_complete(content)
    assert content.rows("SELECT reason FROM runs") == [("finished",)]
    wrong = [f"{content.site.base}tin/{name}.html" for name in WITHOUT_ARTICLE]
    assert not [url for (url,) in content.rows("SELECT url FROM articles") if url in wrong or "/tin/" not in url]


def test_a_page_of_status_200_that_says_the_article_is_gone_is_no_article(content: Crawled) -> None:
    assert MESSAGE in content.failed("khong-con-301", "gone")


def test_a_login_page_in_place_of_the_article_is_no_article(content: Crawled) -> None:
    assert "wants a login: Đăng nhập" in content.failed("dang-nhap-302", "unextractable")


def test_an_article_about_logging_in_is_one(content: Crawled) -> None:
    found = content.stored("ve-dang-nhap-303")
    assert found is not None and found[1] == "\n\n".join([*PARAGRAPHS, MESSAGE])


def test_null_bytes_are_no_part_of_the_text(content: Crawled) -> None:
    assert content.stored("byte-khong-304") == ("Bài có byte không", "\n\n".join(PARAGRAPHS))


def test_thousands_of_nested_elements_lose_nothing(content: Crawled) -> None:
    assert content.stored("rat-sau-305") == ("Bài rất sâu", "\n\n".join(PARAGRAPHS))


def test_a_calendar_without_end_comes_to_one(content: Crawled) -> None:
    days = [path for path in content.site.asked if path.startswith("/lich/")]
    assert "/lich/ngay-1000/" in days
    assert len(days) == len(set(days)) <= 7


def test_one_article_under_many_sessions_is_one_article_and_asked_for_once(content: Crawled) -> None:
    assert sum("phien-307" in path for path in content.site.asked) == 1
    assert content.stored("phien-307") == ("Bài có phiên 307", "\n\n".join(PARAGRAPHS))


def test_a_redirect_into_a_session_leads_to_the_article(content: Crawled) -> None:
    assert sum("phien-306" in path for path in content.site.asked) == 2
    assert content.stored("phien-306") == ("Bài có phiên 306", "\n\n".join(PARAGRAPHS))


@pytest.mark.parametrize("name", ENCODED)
def test_a_page_in_another_encoding_is_an_article_in_unicode_and_its_evidence_says_so(
    content: Crawled, name: str
) -> None:
    assert content.stored(name) == ("Bài đổi mã chữ", "\n\n".join(PARAGRAPHS))
    notes = content.rows(
        "SELECT note FROM evidence JOIN articles ON articles.id = article WHERE url LIKE ? AND field = 'body'",
        f"%/{name}.html",
    )
    assert any(f"converted from {ENCODED[name][0]}" in note for (note,) in notes)


@pytest.mark.parametrize("path", ["cuoi.xml", "feed-cuoi/"])
def test_entities_that_grow_without_measure_are_refused_in_sitemaps_and_feeds(content: Crawled, path: str) -> None:
    assert "declares entities" in content.failed_at(path)


@pytest.mark.parametrize("path", ["ngoai.xml", "feed-ngoai/"])
def test_entities_that_would_read_files_of_ours_are_refused_in_sitemaps_and_feeds(content: Crawled, path: str) -> None:
    assert "declares entities" in content.failed_at(path)


def test_a_feed_that_is_none_is_kept_with_the_reason(content: Crawled) -> None:
    assert "no feed" in content.failed_at("feed/")


def test_a_feed_that_only_names_the_entities_of_xhtml_is_read() -> None:
    document_type = '<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "lat1.ent">]>'
    item = "<item><title>Tin một</title><link>http://ldld.caobang.gov.vn/tin/tin-mot-1.html</link></item>"
    markup = f'<?xml version="1.0"?>{document_type}<rss version="2.0"><channel>{item}</channel></rss>'
    assert [entry.title for entry in read_feed(response(markup, role="feed"))] == ["Tin một"]


@pytest.mark.parametrize("tag", ["span", "div", "ul><li", "table><tr><td", "blockquote", 'font color="red"'])
@pytest.mark.parametrize("where", ["around", "unclosed", "above"])
def test_no_kind_of_nesting_loses_a_paragraph(tag: str, where: str) -> None:
    opened, closed = f"<{tag}>" * 3_000, "".join(f"</{one.split()[0]}>" for one in tag.split("><")[::-1]) * 3_000
    text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    markup = {
        "around": nukeviet(opened + text + closed),
        "unclosed": nukeviet(opened + text),
        "above": nukeviet(text, above=opened),
    }[where]
    assert draft(markup).body == list(PARAGRAPHS)


def test_a_page_of_more_elements_than_can_be_read_in_time_is_refused() -> None:
    with pytest.raises(ValueError, match="elements, where no page of news has"):
        reading(nukeviet("<p>Một dòng.</p>" * 100_000))


# A site that is ill as a whole

RULES = "User-agent: *\nAllow: /\nDisallow: /tin/khoe-2.html\n"
UNREACHABLE: dict[str, tuple[Answer, str]] = {
    "robots-loi": (status("500 Internal Server Error"), "HTTP status 500"),
    "robots-nho-giot": (drip(RULES, 0.2), "does not answer in time"),
    "robots-dut": (reset(), "the connection to"),
    "robots-nua-voi": (
        cut_off(RULES, announced=len(RULES), after=len(RULES) // 2, media_type="text/plain"),
        "the connection ended before the whole response was there",
    ),
}


@dataclass
class Patients:
    """Several sites that were crawled by one command. ``pages``: the headlines and bodies stored of each."""

    home: Path
    sites: dict[str, Site]
    ended: subprocess.CompletedProcess[str]

    def stored(self, name: str) -> dict[str, str]:
        with sqlite3.connect(self.home / "archive.db") as db:
            return dict(db.execute("SELECT headline, body FROM articles WHERE site = ?", (name,)))


@pytest.fixture(scope="module")
def patients(tmp_path_factory: pytest.TempPathFactory) -> Patients:
    home = tmp_path_factory.mktemp("patients")
    pages = {f"/tin/{name}.html": page(article(f"Bài {name}")) for name in HEALTHY}
    front = page("".join(f'<a href="{path}">{path}</a>' for path in pages))
    until = formatdate(time.time() + 2, usegmt=True)
    refusing = {
        "/tin/cham-giay-501.html": in_turn(
            status("429 Too Many Requests", "Retry-After: 1\r\n"), page(article("Bài đợi vài giây"))
        ),
        "/tin/cham-ngay-502.html": in_turn(
            status("503 Service Unavailable", f"Retry-After: {until}\r\n"), page(article("Bài đợi tới giờ"))
        ),
        "/tin/loi-roi-khoi-503.html": in_turn(status("500 Internal Server Error"), page(article("Bài lỗi rồi khỏi"))),
        "/tin/loi-mai-504.html": status("500 Internal Server Error"),
    }
    links = page("".join(f'<a href="{path}">{path}</a>' for path in refusing | pages))
    routes = {name: {"/": front, "/robots.txt": robots} | pages for name, (robots, _) in UNREACHABLE.items()}
    routes |= {"robots-khong": {"/": front} | pages, "tu-choi": {"/": links} | refusing | pages}
    with ExitStack() as stack:
        sites = {}
        for number, (name, answers) in enumerate(routes.items()):
            sites[name] = stack.enter_context(faulty_site(answers.get, f"127.0.0.{150 + number}"))
            write_site(home, name, sites[name].base, "delay = 0.02")
        ended = run(home, "crawl", *sites, "--processes", "1", DOWNLOAD_TIMEOUT=SLOWEST)
    return Patients(home, sites, ended)


def test_a_site_without_robots_txt_is_crawled(patients: Patients) -> None:
    assert patients.stored("robots-khong") == {f"Bài {name}": "\n\n".join(PARAGRAPHS) for name in HEALTHY}
    assert reasons(patients.home)["robots-khong"] == "finished"


@pytest.mark.parametrize("name", UNREACHABLE)
def test_where_robots_txt_cannot_be_had_whole_nothing_is_asked_for(patients: Patients, name: str) -> None:
    assert patients.sites[name].asked == []
    assert patients.stored(name) == {}
    assert reasons(patients.home)[name].startswith("robots.txt unreachable")
    assert UNREACHABLE[name][1] in reasons(patients.home)[name]
    assert patients.ended.returncode == Exit.CRAWL_FAILED


def test_who_asks_us_to_come_later_gives_complete_articles_later(patients: Patients) -> None:
    stored = patients.stored("tu-choi")
    wanted = {"Bài đợi vài giây", "Bài đợi tới giờ", "Bài lỗi rồi khỏi", *(f"Bài {name}" for name in HEALTHY)}
    assert stored == dict.fromkeys(wanted, "\n\n".join(PARAGRAPHS))
    assert patients.sites["tu-choi"].count("/tin/cham-giay-501.html") == 2
    assert patients.sites["tu-choi"].count("/tin/cham-ngay-502.html") == 2
    assert patients.sites["tu-choi"].count("/tin/loi-roi-khoi-503.html") == 2


def test_a_page_that_stays_broken_is_given_up_and_said_to_be(patients: Patients) -> None:
    assert patients.sites["tu-choi"].count("/tin/loi-mai-504.html") == 3
    with sqlite3.connect(patients.home / "archive.db") as db:
        found = db.execute("SELECT status, outcome FROM captures WHERE url LIKE '%/loi-mai-504.html'").fetchall()
    assert found == [(500, "error")] * 3
