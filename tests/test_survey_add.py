"""``luutru sites add``: from an address to a profile with which a crawl finds every article."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import inprocess
import pytest
from conftest import ROOT, luutru
from watched import Answer, Routes, Watched, articles, run, start, watched

from archive.exits import Exit
from crawler import resolver
from crawler.demo.score import Table, score
from crawler.demo.server import Replicas, serve
from crawler.demo.world import World
from crawler.profiles import Profiles
from crawler.survey import pace
from crawler.survey.adding import write
from crawler.survey.looking import ARTICLES, MOST_REQUESTS
from crawler.urls import SiteAddresses

ROBOTS = "/robots.txt"
OFTEN = ("--allow-private", "--delay", "0.02")


def _add(home: Path, base: str, *options: str) -> Any:
    return luutru(home, "sites", "add", base, *OFTEN, *options)


def _add_and_crawl(home: Path, world: World, bases: Replicas, name: str) -> tuple[str, Table]:
    """Add a replica under its own name, crawl it by what was written, and compare with the truth."""
    added = _add(home, bases[name], "--name", name, "--replace", "--yes")
    assert added.returncode == 0, added.stdout + added.stderr
    crawled = luutru(home, "crawl", name)
    assert crawled.returncode == 0, crawled.stderr
    exported = luutru(home, "export").stdout.splitlines()
    return added.stdout, score(list(world.truth(name, bases)), map(json.loads, exported))


@pytest.mark.parametrize("name", ["ldld-caobang", "thaibinhtv"])
def test_a_site_of_a_known_family_is_crawled_as_well_as_by_its_own_profile(tmp_path: Path, name: str) -> None:
    world = World(31, 24, sites=(name,))
    with serve(world) as bases:
        shown, table = _add_and_crawl(tmp_path, world, bases, name)
        assert len(bases.recorded(name)) > 0
        agents = {one.user_agent for one in bases.recorded(name)}
        first = [one.target for one in bases.recorded(name)][:2]
        assert bases.replicas[name].most_concurrent() == 1
    assert table.found == table.expected
    known = {"publisher", "province", "headline", "body", "authors", "date_published", "description", "related"}
    assert {field: table.fields[field].share for field in known} == dict.fromkeys(known, 1.0)
    assert first == ["/robots.txt", "/"]
    assert len(agents) == 1
    assert f"family:    {Profiles().load(name).family}, by " in shown
    profile = Profiles(tmp_path).load(name)
    assert profile.crawl.delay == 0.02
    assert profile.crawl.private
    assert set(profile.crawl.start.feeds) <= set(Profiles().load(name).crawl.start.feeds)
    assert len(profile.crawl.start.listings) > 3
    assert profile.kind == Profiles().load(name).kind


def test_how_many_articles_a_page_of_a_joomla_site_has_is_learned_from_its_pager(tmp_path: Path) -> None:
    """The family leaves it to the site: ``?start=20`` counts articles."""
    with serve(World(31, 40, sites=("joomla",))) as bases:
        added = _add(tmp_path, bases["joomla"], "--name", "joomla", "--yes")
        assert added.returncode == 0, added.stdout + added.stderr
        profile = Profiles(tmp_path).load("joomla")
    assert "2 sections and 2 further pages of them" in profile.about
    written = tomllib.loads(Path(profile.path).read_text(encoding="utf-8"))
    assert (written["family"], sorted(written["layouts"][0]["urls"])) == ("joomla", ["pager", "step"])
    addresses = SiteAddresses(profile, profile.layouts[-1])
    for listing in profile.crawl.start.listings[1:]:
        first = addresses.normalise(listing, profile.base)
        assert first is not None
        assert [addresses.section(f"{first}?start={count}") for count in (3, 27)] == [(first, 2), (first, 10)]


def _renamed(answer: Any) -> Any:
    """The same site with a theme that names its classes otherwise."""

    def rename(found: re.Match[bytes]) -> bytes:
        names = b" ".join(b"z" + name[::-1].replace(b"-", b"_") for name in found[1].split())
        return b'class="' + names + b'"'

    def renamed(*arguments: Any) -> Any:
        found = answer(*arguments)
        body = re.sub(rb'class="([^"]*)"', rename, found.body)
        return replace(found, body=re.sub(rb'id="(news-bodyhtml|hometext)"', rb'id="x"', body))

    return renamed


def test_a_theme_with_other_class_names_is_read_by_what_is_learned_over_the_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(32, 24, sites=("thaibinhtv",))
    layout = world.layouts["thaibinhtv"]
    monkeypatch.setattr(layout, "answer", _renamed(layout.answer))
    with serve(world) as bases:
        shown, table = _add_and_crawl(tmp_path, world, bases, "thaibinhtv")
    assert table.found == table.expected
    assert "family:    mediatech, by " in shown
    filled = re.search(r"over the family's rules, which miss it here: (.*)", shown)
    assert filled is not None
    assert "body" in filled[1]
    assert table.fields["body"].share >= 0.85  # where a page has no sapo, the family takes the first line for one
    assert table.fields["headline"].share == 1.0
    assert table.fields["date_published"].share == 1.0


def test_without_a_terminal_and_without_yes_nothing_is_asked_of_the_site_and_the_exit_code_says_so(
    tmp_path: Path,
) -> None:
    with watched(_news()) as (server,):
        ended = run(tmp_path, "sites", "add", server.base, *OFTEN)
        assert ended.returncode == Exit.NOT_WRITTEN, ended.stderr
        assert "nobody can be asked here; --yes agrees beforehand" in ended.stderr
        assert server.requests == []
    assert not (tmp_path / "sites").exists()


def test_what_the_operator_says_stands_over_every_guess_and_a_known_site_is_left_alone(tmp_path: Path) -> None:
    said = ("--kind", "broadcaster", "--province", "ha-noi", "--title", "Đài Sông Lam", "--publisher", "Đài PT-TH")
    with watched(_news()) as (server,):
        ended = run(tmp_path, "sites", "add", server.base, *OFTEN, "--yes", "--name", "songlam", *said)
        assert ended.returncode == Exit.OK, ended.stderr
        written = (tmp_path / "sites" / "songlam.toml").read_text(encoding="utf-8")
        profile = tomllib.loads(written)
        assert [profile[key] for key in ("kind", "province", "title")] == ["broadcaster", "Hà Nội", "Đài Sông Lam"]
        assert profile["crawl"]["delay"] == 0.02
        asked = len(server.requests)
        again = run(tmp_path, "sites", "add", server.base, *OFTEN, "--yes")
        assert again.returncode == Exit.USAGE
        assert "songlam is there already" in " ".join(again.stderr.split())
        assert len(server.requests) == asked
    assert (tmp_path / "sites" / "songlam.toml").read_text(encoding="utf-8") == written


def test_on_a_terminal_what_nothing_proves_is_asked_for_and_nothing_is_written_before_a_yes(tmp_path: Path) -> None:
    front = _news()["/"]
    assert isinstance(front, Answer) and isinstance(front.body, str)
    vague = {**_news(), "/": replace(front, body=front.body.replace("Liên đoàn Lao động tỉnh Sơn La", "Công đoàn ta"))}
    terminal, keyboard = os.openpty()
    with watched(vague) as (server,):
        for answers, code in (("\n\n\n", Exit.NOT_WRITTEN), ("Sông Lam\nson la\nCông đoàn Sơn La\ny\n", Exit.OK)):
            process = start(tmp_path, "sites", "add", server.base, *OFTEN, "--name", "ta", stdin=os.ttyname(keyboard))
            os.write(terminal, b"y\n" * 9)  # typed while it looks: no answer
            process.until("Enter")
            os.write(terminal, answers.encode())
            ended = process.wait()
            assert ended.returncode == code, ended.stderr
            assert (tmp_path / "sites" / "ta.toml").exists() == (code == Exit.OK)
    asked = ended.stderr[ended.stderr.index("Which province") :].splitlines()
    assert asked[0].startswith("Which province is it of? One of the 63 that there were until 30 June 2025")
    unanswered = "  there is no guess (no province is named on the front page); Enter leaves it open: "
    wrong = "no province 'Sông Lam'; expected one of the 63 that there were until 30 June 2025 (the nearest: "
    assert asked[1].startswith(f"{unanswered}  {wrong}")
    assert asked[2].startswith(f"{unanswered}Who publishes it? The full name of the union or station, as Liên đoàn")
    assert asked[3].startswith("  Enter takes the guess, Công đoàn ta (the site's title: no publisher is named): ")
    assert "--province" not in ended.stderr
    profile = Profiles(tmp_path).load("ta")
    assert (profile.title, profile.province, profile.publisher) == ("Công đoàn ta", "Sơn La", "Công đoàn Sơn La")


def test_an_article_is_no_front_page_and_a_port_that_speaks_http_is_said_to(tmp_path: Path) -> None:
    site, path = _news(), "/kinh-te/bai-so-3.html"
    front, page = site["/"], site[path]
    assert isinstance(front, Answer) and isinstance(page, Answer)
    menu = str(front.body).partition("<body>")[2]
    with watched({**site, path: replace(page, body=str(page.body).replace("</body>", menu))}) as (server,):
        base = server.base.rstrip("/")
        article = run(tmp_path, "sites", "add", base + path, *OFTEN, "--yes")
        assert f"is an article; give the address of the site's front page, such as {base}/" in _line(article)
        secure = run(tmp_path, "sites", "add", base.replace("http:", "https:"), *OFTEN, "--yes")
        assert f"does not speak https: is the address {base}/?" in _line(secure)
    assert article.returncode == secure.returncode == Exit.CRAWL_FAILED
    assert not (tmp_path / "sites").exists()


def _line(ended: subprocess.CompletedProcess[str]) -> str:
    return " ".join(ended.stderr.split())


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_at_a_question_ends_the_command_and_writes_nothing(tmp_path: Path, stop: signal.Signals) -> None:
    _, keyboard = os.openpty()
    with watched(_news()) as (server,):
        process = start(tmp_path, "sites", "add", server.base, *OFTEN, "--name", "ta", stdin=os.ttyname(keyboard))
        process.until("[y/N]")
        process.send(stop)
        ended = process.wait()
    assert ended.returncode == Exit.INTERRUPTED, ended.stderr
    assert not (tmp_path / "sites").exists()


def test_ctrl_c_in_the_middle_writes_nothing(tmp_path: Path) -> None:
    slow = {path: replace(answer, seconds=0.5) for path, answer in _news().items() if isinstance(answer, Answer)}
    with watched(slow) as (server,):
        process = start(tmp_path, "sites", "add", server.base, "--allow-private", "--delay", "0.2", "--yes")
        while len(server.requests) < 2:
            time.sleep(0.01)
        process.send(signal.SIGINT)
        ended = process.wait()
        assert ended.returncode == Exit.INTERRUPTED, ended.stderr
        assert len(server.requests) < 8
    assert not (tmp_path / "sites").exists()


def _news(count: int = 12, more: str = "") -> Routes:
    """A small site with a title, of a union."""
    pages = articles(count)
    front = pages["/"]
    assert isinstance(front, Answer)
    title = '<meta name="generator" content="NukeViet v4.5"><title>Liên đoàn Lao động tỉnh Sơn La</title>'
    links = "".join(
        f'<a href="/kinh-te/bai-so-{n}.html">Hội thi tay nghề thợ giỏi lần thứ {n}</a>' for n in range(1, count)
    )
    return {**pages, "/": Answer(body=f"<html><head>{title}</head><body>{links}{more}</body></html>")}


def test_a_file_that_is_no_profile_is_not_written_over_and_every_earlier_profile_is_kept(tmp_path: Path) -> None:
    mine = tmp_path / "sites" / "ta.toml"
    mine.parent.mkdir()
    mine.write_text("mine = [", encoding="utf-8")
    with watched(_news()) as (server,):
        refused = run(tmp_path, "sites", "add", server.base, *OFTEN, "--yes", "--name", "ta")
        assert refused.returncode == Exit.USAGE, refused.stderr
        assert "is there already, and cannot be used" in " ".join(refused.stderr.replace("│", " ").split())
        assert not server.requests
        for _ in range(2):
            ended = run(tmp_path, "sites", "add", server.base, *OFTEN, "--yes", "--name", "ta", "--replace")
            assert ended.returncode == Exit.OK, ended.stderr
    assert "Kept: the profile as it was" in ended.stdout
    assert mine.with_name("ta.toml.old").read_text(encoding="utf-8") == "mine = ["
    assert mine.with_name("ta.toml.old2").read_text(encoding="utf-8") == mine.read_text(encoding="utf-8")


def test_long_delays_that_robots_txt_wants_are_told_beforehand_and_make_a_survey_smaller(tmp_path: Path) -> None:
    assert [pace.within(delay, 40) for delay in (1.5, 60.0, 300.0, 900.0)] == [40, 31, 7, 6]
    routes = {**_news(), ROBOTS: Answer(body="User-agent: *\nCrawl-delay: 0.2\n")}
    with watched(routes) as (server,):
        short = "import crawler.survey.pace as pace; pace.LONGEST = 1.25"
        ended = run(tmp_path, "sites", "add", server.base, *OFTEN, "--yes", "--name", "cham", before=short)
    assert ended.returncode == Exit.OK, ended.stderr
    said = "cham: robots.txt asks for 0.2 s between two requests: up to about 1 min, with at most 7 requests"
    assert said in ended.stderr
    assert pace.LEAST <= len(server.requests) <= 7
    assert sum("bai-so" in path for path in server.paths) >= 3
    assert "not everything was looked at: robots.txt asks for 0.2 s" in " ".join(ended.stdout.split())


def test_leave_for_private_addresses_is_written_for_sites_at_one_and_for_no_other(tmp_path: Path) -> None:
    for host, answer in (("noi-bo.example", "10.0.0.7"), ("cong-khai.example", "8.8.8.8")):
        resolver.allow_private(host)
        assert resolver.PublicResolver._check(answer, host) == answer
        assert resolver.is_inside(host) == (host == "noi-bo.example")
    public = "import crawler.survey.adding as adding; adding.is_inside = lambda host: False"
    with watched(_news()) as (server,):
        for number, before in enumerate(("", public)):
            options = (*OFTEN, "--yes", "--name", f"t{number}", "--kind", "union")
            ended = run(tmp_path, "sites", "add", server.base, *options, before=before)
            assert ended.returncode == Exit.OK, ended.stderr
            written = tomllib.loads((tmp_path / "sites" / f"t{number}.toml").read_text(encoding="utf-8"))
            assert written["crawl"].get("private", False) == (number == 0)
    assert "--allow-private is not written" in ended.stdout


def test_a_written_profile_is_never_missing_while_it_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ta.toml"
    path.write_text("first", encoding="utf-8")

    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ta.toml", "ta.toml.old"]


LOOK = """
import json, sys
from rich.console import Console
from crawler.home import Home
from crawler.survey.adding import Wanted
from crawler.survey.looking import MOST_REQUESTS, Looking
from crawler.survey.sketch import Sketch
from crawler.survey.visiting import Look, look_at
home, sites = Home(__import__("pathlib").Path(sys.argv[1])), json.loads(sys.argv[2])
plans = {name: Looking(Sketch(name, base, {"delay": 0.02}), base) for name, base in sites.items()}
looks = [Look(plan.sketch.profile, plan, MOST_REQUESTS) for plan in plans.values()]
ended = look_at(home, looks, Console(stderr=True), tell=print, allow_private=True)
print(json.dumps({name: repr(one.trouble) for name, one in ended.items()}), file=sys.stderr)
"""


def _winding(pages: Routes) -> Routes:
    """Each article behind four redirects."""
    routes: dict[str, Answer | list[Answer]] = {}
    for path, answer in pages.items():
        if path != "/":
            steps = [path, *(f"{path}?{number}" for number in range(4))]
            routes |= {one: Answer(302, headers={"Location": two}) for one, two in pairwise(steps)}
            routes[steps[-1]] = answer
    return routes


def _with_bad_addresses(pages: Routes) -> Answer:
    """A front page with addresses that are none."""
    front = pages["/"]
    assert isinstance(front, Answer) and isinstance(front.body, str)
    feed = '<link rel="alternate" type="application/rss+xml" href="http://[x/rss">'
    return replace(front, body=front.body.replace("</head>", f'{feed}<base href="http://[x/"></head>'))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], dict[str, Watched]]]:
    """Sites that mean harm or are no use: what is said of each, and the servers. All are looked at by one process."""
    feed_bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
    vast = Answer(body="<html><body>" + "<i></i>" * 100_001)
    big = Answer(body=b"<html>" + b"<p>x</p>" * 3_000_000)
    elsewhere = "".join(
        f'<a href="http://{host}/bai-viet-rat-hay-{n}.html">Một bài viết rất dài ở nơi khác số {n}</a>'
        for n, host in enumerate(("10.0.0.1", "169.254.169.254", "xa.example", "127.0.0.1:22"))
    )
    sites: dict[str, Routes] = {
        "forbidden": {**_news(), ROBOTS: Answer(body="User-agent: *\nDisallow: /\n")},
        "circle": {"/": Answer(302, headers={"Location": "/a"}), "/a": Answer(302, headers={"Location": "/"})},
        "big": {"/": big},
        "script": {"/": Answer(body="<html><body><div id=app></div><script src=/app.js></script></body></html>")},
        "login": {"/": Answer(body="<title>Đăng nhập</title><form><input type=password></form>")},
        "shut": {"/": Answer(403, "no")},
        "no-news": {"/": Answer(body="".join(f'<a href="/s{n}/">Mục {n}</a>' for n in range(9)))},
        "no-robots": {**_news(), ROBOTS: Answer(500)},
        "moved": {},
        "nowhere": {
            "/": Answer(
                body='<meta http-equiv="refresh" content="0; url=http://[x"><script>location="mailto:a"</script>'
            )
        },
        "winding": {**_news(20), **_winding(_news(20))},
        "vast": {**_news(), "/kinh-te/bai-so-2.html": vast, "/rss/": vast, "/": _with_bad_addresses(_news())},
        "bomb": {
            **_news(more=elsewhere),
            "/rss/": Answer(body=feed_bomb, headers={"Content-Type": "application/rss+xml"}),
            "/feed/": big,
        },
    }
    home = tmp_path_factory.mktemp("home")
    with watched(*sites.values(), first_address=60) as servers:
        running = dict(zip(sites, servers, strict=True))
        running["moved"].routes = {"/": Answer(301, headers={"Location": running["bomb"].base})}
        bases = json.dumps({name: server.base for name, server in running.items()})
        ended = subprocess.run(
            [sys.executable, "-c", LOOK, str(home), bases],
            capture_output=True,
            text=True,
            timeout=200,
            check=True,
            cwd=ROOT,
        )
    yield json.loads(ended.stderr.splitlines()[-1]), running


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("forbidden", "robots.txt forbids"),
        ("circle", "redirected in circles"),
        ("big", "larger than any page"),
        ("script", "scripts make its pages in the browser"),
        ("login", "login"),
        ("shut", "shut to strangers: HTTP status 403"),
        ("no-news", "none of whose links looks like an article's"),
        ("no-robots", "robots.txt unreachable"),
        ("moved", "which is another site"),
        ("nowhere", "is nearly empty"),
    ],
)
def test_a_site_that_cannot_be_looked_at_is_refused_in_words(hostile: Any, name: str, says: str) -> None:
    said, _ = hostile
    assert said[name].startswith("Trouble(")
    assert says in said[name]


def test_feeds_that_are_bombs_and_links_to_elsewhere_harm_nothing(hostile: Any) -> None:
    said, servers = hostile
    assert said["bomb"] == "None"
    assert len(servers["bomb"].requests) <= MOST_REQUESTS
    assert sum(path.startswith("/kinh-te/") for path in servers["bomb"].paths) == ARTICLES
    assert servers["moved"].paths == [ROBOTS, "/"]


def test_redirects_are_requests_too_and_pages_that_cannot_be_read_are_left_out(hostile: Any) -> None:
    said, servers = hostile
    assert said["winding"] == said["vast"] == "None"
    assert len(servers["winding"].requests) == MOST_REQUESTS
    assert "/kinh-te/bai-so-2.html" in servers["vast"].paths
    assert len(servers["vast"].requests) < MOST_REQUESTS


def test_nothing_but_robots_txt_is_asked_of_a_site_that_forbids_all(hostile: Any) -> None:
    _, servers = hostile
    assert servers["forbidden"].paths == [ROBOTS]
    assert set(servers["no-robots"].paths) == {ROBOTS}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ftp://vi-du.example/",), "expected an address such as http://example.org/"),
        (("vi-du.example", "--province", "Sông Lam"), "no province 'Sông Lam'"),
        (("vi-du.example", "--name", "Ví Dụ"), "expected small letters, digits and hyphens"),
    ],
)
def test_a_command_line_that_means_nothing_asks_nothing(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    shown = inprocess.run(tmp_path, "sites", "add", *arguments, "--yes", code=Exit.USAGE)
    assert says in " ".join(shown.replace("│", " ").split())
    assert not (tmp_path / "sites").exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://khong-co.invalid/", "no host is named khong-co.invalid"),
        ("http://báo-tỉnh.invalid/", "no host is named xn--bo-tnh-pta5632d.invalid"),
        ("127.0.0.9:8000", "127.0.0.9 is a private address: use --allow-private"),
    ],
)
def test_an_address_where_nothing_can_be_asked_is_refused_in_words(tmp_path: Path, address: str, says: str) -> None:
    ended = luutru(tmp_path, "sites", "add", address, "--yes")
    assert ended.returncode == Exit.CRAWL_FAILED, ended.stdout + ended.stderr
    assert says in ended.stderr
    assert not (tmp_path / "sites").exists()
