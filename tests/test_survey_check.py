"""``luutru sites check``: a profile that fits is left in peace, one that no longer does is told field by field."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import luutru
from watched import TEXT, Answer, Routes, articles, run, watched, write_site

from archive.coverage import FIELDS, Coverage
from archive.exits import Exit
from crawler.demo.command import write_profiles
from crawler.demo.server import serve
from crawler.demo.world import World
from crawler.home import Home
from crawler.survey.checking import MOST_REQUESTS, Check, Checking, _so_few
from crawler.survey.readings import read_all
from crawler.survey.remedy import remedies
from crawler.survey.visiting import Answer as Answered

SITE = "thaibinhtv"
ANEW = ("--name", SITE, "--replace", "--yes", "--allow-private", "--delay", "0.02")


def _check(home: Path, code: Exit) -> dict[str, Any]:
    ended = luutru(home, "sites", "check", SITE, "--json")
    assert ended.returncode == code, ended.stdout + ended.stderr
    (record,) = json.loads(ended.stdout)
    return dict(record)


def _changed(answer: Any, *changes: tuple[bytes, bytes]) -> Any:
    def changed(target: str, visit: Any) -> Any:
        found = answer(target.replace("/bai-moi/", "/tin-tuc/"), visit)
        body = found.body
        for old, new in changes:
            body = body.replace(old, new)
        return replace(found, body=body)

    return changed


def test_what_a_site_has_changed_is_named_with_its_rule_and_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(41, 24, sites=(SITE,))
    layout = world.layouts[SITE]
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        bare = _check(tmp_path, Exit.OK)
        assert {one["normal"] for one in bare["fields"]} == {None}
        assert luutru(tmp_path, "crawl", SITE).returncode == 0
        archived = luutru(tmp_path, "export").stdout
        before = len(bases.recorded(SITE))
        fine = _check(tmp_path, Exit.OK)
        assert len(bases.recorded(SITE)) - before == fine["requests"] <= MOST_REQUESTS
        usual = layout.answer
        changes = [(b'class="date"', b'class="ngay"'), (b" | ", b" luc ")]
        changes += [(b"fr-view", b"noi-dung"), (b"news_content", b"khung")]
        monkeypatch.setattr(layout, "answer", _changed(usual, *changes))
        lost = _check(tmp_path, Exit.MISFIT)
        again = luutru(tmp_path, "sites", "add", bases[SITE], *ANEW)
        assert again.returncode == Exit.OK, again.stdout + again.stderr
        assert _check(tmp_path, Exit.OK)["fits"] is True
        monkeypatch.setattr(layout, "answer", _changed(usual, (b"/tin-tuc/", b"/bai-moi/"), (b"<rss", b"<rsx")))
        moved = _check(tmp_path, Exit.MISFIT)
        refused = luutru(tmp_path, "sites", "add", bases[SITE], *ANEW)
        assert refused.returncode == Exit.NOT_WRITTEN, refused.stdout + refused.stderr
        assert "archived a second time" in refused.stderr
        assert luutru(tmp_path, "export").stdout == archived
        shown = luutru(tmp_path, "sites", "check", SITE).stdout
    assert fine["fits"] is True
    assert fine["broken"] == []
    assert {one["field"]: one["normal"] for one in fine["fields"]}["date"] == 1.0
    broken = {one["part"]: one for one in lost["broken"]}
    assert set(broken) == {"date", "body"}
    assert broken["date"]["rule"] == "fields.published"
    assert broken["body"]["rule"] == "fields.body"
    assert "div.fr-view" in broken["body"]["problem"]
    assert "/tin-tuc/" in broken["body"]["address"]
    assert {one["part"] for one in moved["broken"]} >= {"feed", "listing"}
    assert "urls.article" in {one["rule"] for one in moved["broken"]}
    assert "no longer fits: feed" in shown
    command = f"luutru sites add {bases[SITE]}/ --name {SITE} --replace --allow-private"
    assert command in shown.splitlines()[-1]
    assert lost["advice"][-1] == command
    assert "tried on these pages, that gives" in lost["advice"][0]
    assert "body on 7 of 7" in lost["advice"][0]


def _alone(routes: Routes) -> Iterator[tuple[str, Answer]]:
    for path, answer in routes.items():
        assert isinstance(answer, Answer)
        yield path, answer


def test_a_site_that_does_not_answer_is_not_called_broken_and_the_others_are_checked(tmp_path: Path) -> None:
    pages = {
        path: replace(one, body=str(one.body).replace(TEXT, f"{TEXT} {path}")) for path, one in _alone(articles(6))
    }
    with watched(pages, {"/robots.txt": Answer(500)}) as (well, ill):
        write_site(tmp_path, "songlam", well.base)
        write_site(tmp_path, "songthuong", ill.base)
        ended = run(tmp_path, "sites", "check", "songlam", "songthuong", "--json", LUUTRU_FIRST_HOLD=0.1)
    assert ended.returncode == Exit.CRAWL_FAILED, ended.stdout + ended.stderr
    first, second = json.loads(ended.stdout)
    assert (first["fits"], second["fits"]) == (True, None)
    assert "robots.txt" in second["trouble"]
    assert len(well.requests) <= MOST_REQUESTS


def test_what_is_found_in_the_wrong_place_is_no_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(41, 24, sites=(SITE,))
    layout = world.layouts[SITE]
    with serve(world) as bases:
        write_profiles(Home(tmp_path), bases)
        assert luutru(tmp_path, "crawl", SITE).returncode == 0
        usual = layout.answer
        named = (b"<h1", b'<h1 class="title">\xc4\x90\xc3\xa0i ta</h1><h1')
        monkeypatch.setattr(layout, "answer", _changed(usual, named))
        titled = _check(tmp_path, Exit.MISFIT)
        note = "Trang này sử dụng cookie. Đọc tiếp là đồng ý. ".encode() * 40
        framed = (b'fr-view info">', b'fr-view info"><p>' + note + b"</p>")
        monkeypatch.setattr(layout, "answer", _changed(usual, framed))
        longer = _check(tmp_path, Exit.MISFIT)
    (headline,) = titled["broken"]
    assert headline["part"] == "headline"
    assert 'the same on all 7 articles: "Đài ta"' in headline["problem"]
    assert [one["field"] for one in titled["fields"] if one["broken"]] == ["headline"]
    (body,) = longer["broken"]
    assert body["part"] == "body"
    assert "letters, which was archived with" in body["problem"]


def test_few_finds_are_only_called_broken_where_that_is_unlikely() -> None:
    assert _so_few(0, 7, 0.3) > 0.01
    assert _so_few(6, 7, 1.0) > 0.01
    assert _so_few(5, 7, 1.0) < 0.01
    assert _so_few(7, 7, 1.0) == pytest.approx(1.0)
    assert _so_few(0, 7, 0.6) < 0.01


def _page(title: str, links: str) -> Answer:
    beside = "".join(f'<a href="/kinh-te/bai-so-{n}.html">Bài số /kinh-te/bai-so-{n}.html</a>' for n in (1, 2))
    menu = "".join(f'<a href="/{path}/">{path.replace("-", " ")}</a>' for path in ("kinh-te", "doi-song", "gioi-thieu"))
    head = f'<meta name="generator" content="NukeViet v4.5"><title>{title}</title>'
    return Answer(body=f"<html><head>{head}</head><body>{menu}{links}<aside>{beside}</aside></body></html>")


def _with_menu() -> Routes:
    """A union's site whose menu leads to two sections and to a page about it."""
    pages = dict(_alone(articles(12)))
    links = {path: f'<a href="{path}">Hội thi tay nghề thợ giỏi {path}</a>' for path in pages if path != "/"}
    one, two = list(links.values())[::2], list(links.values())[1::2]
    about = "<p>Liên đoàn Lao động tỉnh bảo vệ quyền lợi của đoàn viên, người lao động.</p>"
    title = "Liên đoàn Lao động tỉnh Sơn La"
    lists = {"/kinh-te/": "".join(one), "/doi-song/": "".join(two), "/gioi-thieu/": about}
    sections = {path: _page(path.strip("/"), links) for path, links in lists.items()}
    return pages | sections | {"/": _page(title, "".join(one[:3] + two[:3]))}


def test_a_page_about_the_site_is_no_start_listing_and_one_that_is_needs_no_mending(tmp_path: Path) -> None:
    with watched(_with_menu()) as (server,):
        options = ("--allow-private", "--delay", "0.02", "--yes", "--name", "sonla")
        added = run(tmp_path, "sites", "add", server.base, *options)
        assert added.returncode == Exit.OK, added.stdout + added.stderr
        profile = tmp_path / "sites" / "sonla.toml"
        written = profile.read_text(encoding="utf-8")
        assert 'listings = ["/", "/kinh-te/", "/doi-song/"]' in written
        assert "left out, for they list no articles: gioi thieu" in written + added.stdout
        profile.write_text(written.replace('"/doi-song/"]', '"/gioi-thieu/"]'), encoding="utf-8")
        server.routes = {**server.routes, "/gioi-thieu/": Answer(body="<p>Chức năng, nhiệm vụ</p>")}
        assert run(tmp_path, "crawl", "sonla").returncode == Exit.OK
        checked = run(tmp_path, "sites", "check", "sonla")
        assert checked.returncode == Exit.OK, checked.stdout
        assert "/gioi-thieu/ shows no articles, and none were ever seen on it" in " ".join(checked.stdout.split())
        server.routes = {**server.routes, "/kinh-te/": Answer(body="<p>Đang bảo trì</p>")}
        assert "listing: none of its 0 links" in run(tmp_path, "sites", "check", "sonla").stdout


def test_where_learning_anew_gives_nothing_better_the_operator_is_told_to_write_the_rule(tmp_path: Path) -> None:
    write_site(tmp_path, "sonla", "http://ldld.sonla.example/")
    profile = Home(tmp_path).profiles.load("sonla")
    came = {
        url: Answered(
            url, url, 200, [("Content-Type", "text/html")], str(one.body).encode(), "2024-05-04T07:00:00+07:00"
        )
        for path, one in _alone(articles(6))
        for url in [profile.base.rstrip("/") + path]
    }
    front = came.pop(profile.base)
    reads = read_all(profile, came.values())
    (told,) = remedies(profile, profile.layouts[-1], ["authors"], front, {}, reads, came)
    assert told.startswith("authors: no better rule is learned from these pages")
    assert f"write fields.byline by hand into {profile.path}" in told
    *_, command = remedies(profile, profile.layouts[-1], ["pager"], front, {}, reads, came)
    assert command == "luutru sites add http://ldld.sonla.example/ --name sonla --replace --allow-private"


class _Visited:
    """Answers a plan from some pages, as a visitor of the site would."""

    def __init__(self, base: str, pages: Routes) -> None:
        self.pages = {base.rstrip("/") + path: str(answer.body) for path, answer in _alone(pages)}
        self.asked, self.spent = 0, None

    async def ask(self, url: str, form: str | None = None) -> Answered:
        self.asked += 1
        body = self.pages.get(url)
        html = [("Content-Type", "text/html; charset=utf-8")]
        return Answered(
            url, url, 404 if body is None else 200, html, (body or "").encode(), "2024-05-04T07:00:00+07:00"
        )


def _checked(home: Path, pages: Routes, shares: dict[str, float], profile: str = "") -> Check:
    write_site(home, "sonla", "http://ldld.sonla.example/", profile)
    plan = Checking(Home(home).profiles.load("sonla"), Coverage(40, dict.fromkeys(FIELDS, 1.0) | shares), [], [], {})
    asyncio.run(plan(cast("Any", _Visited("http://ldld.sonla.example/", pages))))
    return plan.check


NEVER = dict.fromkeys(("authors", "source", "sapo", "section", "keywords", "pictures", "captions", "related"), 0.0)


def test_what_a_site_never_had_is_not_missed(tmp_path: Path) -> None:
    undated = {
        path: replace(one, body=re.sub(r'<span class="h5">.*?</span>', "", str(one.body), flags=re.DOTALL))
        for path, one in _alone(articles(6))
    }
    never = _checked(tmp_path, undated, NEVER | {"date": 0.0})
    once = _checked(tmp_path, undated, NEVER)
    (date,) = [one for one in never.fields if one.name == "date"]
    assert (date.found, date.articles, date.normal, date.broken) == (0, 5, 0.0, False)
    assert [one.part for one in never.broken] == []
    assert [one.part for one in once.broken] == ["date"]


def test_a_page_that_says_itself_that_it_is_no_article_is_not_taken_for_one_that_cannot_be_read(tmp_path: Path) -> None:
    pages = dict(_alone(articles(6)))
    path = "/kinh-te/bai-so-2.html"
    pages[path] = replace(pages[path], body='<body class="page"><h1>Giới thiệu</h1><p>Chức năng, nhiệm vụ</p></body>')
    told = _checked(tmp_path, pages, NEVER, '[[layouts]]\n[layouts.fields]\nunless = ["body.page"]\n')
    silent = _checked(tmp_path, pages, NEVER)
    note = f"http://ldld.sonla.example{path} says itself that it is no article; it was not compared"
    assert (told.broken, told.notes) == ([], [note])
    assert {one.articles for one in told.fields} == {4}
    assert {one.articles for one in silent.fields} == {5}
