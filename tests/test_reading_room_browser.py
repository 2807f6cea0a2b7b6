"""The reading room in a real browser: search, facets, articles, versions, languages, keyboard, phone, and axe-core.

Skipped where there is no Chromium, but not in CI, which has one (``.ci/run``). axe-core, in tests/vendor, is Deque's.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from conftest import ROOT, environment, serving
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright
from rooms import ATTACK, BRIDGE, COPY, GONE, Rooms, fill, open_rooms
from test_reading_room import EXAMPLES, filled_in

AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium here; CI has one, and fails without"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browsed")
    fill(folder)
    return folder


@pytest.fixture(scope="module")
def rooms(home: Path) -> Iterator[Rooms]:
    opened = open_rooms(home)
    yield opened
    opened.room.readers.close()


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The command ``luutru serve``, as an archivist starts it; gives the reading room's address."""
    port, raw_port = _free_port(), _free_port()
    command = [sys.executable, "-P", "-m", "crawler.cli", "--home", str(home), "serve"]
    command += ["--port", str(port), "--raw-port", str(raw_port)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            yield _until_it_answers(process, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until_it_answers(process: subprocess.Popen[str], address: str) -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return address
        except OSError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A window as wide as a desk's, which must ask nobody but the two origins and run into no fault."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="vi-VN")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert {url.split("/")[2].split(":")[0] for url in asked if url.startswith("http")} <= {"127.0.0.1"}


def test_a_reader_searches_narrows_and_reads(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Từ cần tìm").fill("ngay hoi")
    page.get_by_role("button", name="Tìm").click()
    assert page.get_by_role("heading", level=2, name="45 tin bài").is_visible()
    assert page.locator("mark").first.inner_text() == "Ngày hội"
    page.get_by_role("complementary").get_by_role("link", name="Đời sống").click()
    assert "muc=" in page.url
    assert page.get_by_role("heading", level=2, name="23 tin bài").is_visible()
    page.locator(".timeline").get_by_role("link", name="2023").click()
    assert page.get_by_role("heading", level=2, name="6 tin bài").is_visible()
    page.get_by_role("link", name="Bỏ điều kiện “Chuyên mục: Đời sống”").click()
    assert page.get_by_role("heading", level=2, name="12 tin bài").is_visible()
    page.locator("h3 a").first.click()
    assert page.get_by_role("heading", level=1, name="Ngày hội công nhân").is_visible()


def test_a_reader_narrows_by_the_form_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_text("Lọc kỹ hơn").click()
    page.get_by_label("Trang nguồn", exact=True).select_option("songlam")
    page.get_by_label("Từ", exact=True).fill("1/2024")
    page.get_by_label("Đến").fill("2024")
    page.get_by_role("button", name="Tìm").click()
    assert page.locator(".chips li").count() == 4
    assert page.locator("h3 a").count() == 9
    context.close()


def test_a_reader_sees_pictures_versions_and_the_page_as_it_came(page: Page) -> None:
    page.goto(f"/bai/{BRIDGE}")
    picture = page.get_by_role("img", name="Hình 1")
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.complete || new Promise(loaded => image.addEventListener('load', loaded))")
    assert picture.evaluate("image => image.naturalWidth") == 320
    page.get_by_role("link", name="So sánh các phiên bản").click()
    assert page.locator(".pair del").first.inner_text() == "sắp"
    assert page.locator(".pair ins").first.inner_text() == "đã"
    page.get_by_label("So sánh phiên bản").select_option("2")
    page.get_by_label("với phiên bản").select_option("1")
    page.get_by_role("button", name="So sánh").click()
    assert page.locator(".pair ins").first.inner_text() == "sắp"
    page.get_by_role("link", name="Bản chụp").first.click()
    room = page.url.split("/")[2]
    page.get_by_role("link", name="Xem trang như đã nhận").click()
    assert page.url.split("/")[2] != room
    assert "bản" in page.inner_text("body")


def test_the_language_is_switched_and_stays(page: Page) -> None:
    page.goto("/tim?q=ngay+hoi&trang=2")
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=2, name="45 articles").is_visible()
    page.locator("h3 a").first.click()
    assert page.get_by_role("heading", name="Date and evidence").is_visible()
    page.get_by_role("link", name="Tiếng Việt").click()
    assert page.get_by_role("heading", name="Ngày đăng và căn cứ").is_visible()
    assert page.context.cookies() == []


def test_everything_is_reached_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").evaluate("e => e.getBoundingClientRect().top") >= -80
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    outline = page.locator("#q").evaluate("e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth")
    assert outline == "solid3px"
    page.keyboard.type("cau moi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim?q=cau+moi**")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('h3 a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/bai/**")
    assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_nothing_is_cut_off_or_too_small_to_touch(page: Page, rooms: Rooms, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    capture = f"/ban-chup/{rooms.record('tan-cong.html')}"
    for path in (
        "/",
        "/tim?q=ngay+hoi&tu=2023&den=2023&nguon=songlam",
        f"/bai/{BRIDGE}",
        f"/bai/{BRIDGE}/ban-sua",
        capture,
        "/trang",
        "/trang/songlam",
        "/tinh",
        "/tac-gia?chu=P",
        "/so-lieu",
        f"/bai/{BRIDGE}/do-thi?buoc=2",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            "[...document.querySelectorAll('button, input, select, nav a, .chips a, .facets a, .timeline a')]"
            ".filter(e => e.getClientRects().length).map(e => [e.outerHTML, e.getBoundingClientRect()])"
            ".filter(([, box]) => box.width < 24 || box.height < 24).map(([markup]) => markup)"
        )
        assert small == [], path


def test_a_graph_is_drawn_from_its_tables_and_walked_by_keyboard(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"/bai/{BRIDGE}/do-thi?buoc=2")
    drawn = page.evaluate("[luutruGraph.nodes().length, luutruGraph.edges().length]")
    assert drawn == [page.locator("tr[data-node]").count(), page.locator("tr[data-source]").count()]
    assert drawn[0] > 1
    assert drawn[1] > 0
    graph = page.get_by_role("application")
    graph.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#graph-told").inner_text().startswith(page.locator("tr[data-node] th a").first.inner_text())
    page.keyboard.press("ArrowRight")
    second = page.locator("tr[data-node] th a").nth(1)
    assert page.locator("#graph-told").inner_text().startswith(second.inner_text())
    assert page.get_by_role("link", name="Mở trang này").get_attribute("href") == second.get_attribute("href")
    before = page.evaluate("luutruGraph.zoom()")
    page.get_by_role("button", name="Phóng to").click()
    assert page.evaluate("luutruGraph.zoom()") > before
    graph.focus()
    page.keyboard.press("Escape")
    assert page.locator("#graph-told").inner_text() == ""
    page.keyboard.press("ArrowLeft")
    target = page.locator("tr[data-node] th a").last.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")
    page.goto("/do-thi")
    assert page.evaluate("luutruGraph.nodes().length") == page.locator("tr[data-node]").count()
    assert said == [], "the policy stops nothing, for nothing is tried"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_names_in_a_graph_cover_neither_one_another_nor_a_shape(page: Page, width: int) -> None:
    """The page of an article with forty others around it: rows are added to its tables on their way here."""
    row = re.compile(r"<tr id=\"n-1\".*?</tr>", re.DOTALL)

    def crowd(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        first = row.search(text)
        assert first
        more = "".join(
            first[0].replace(BRIDGE, f"x{at}").replace('"center"', '"same"').replace('data-steps="0"', 'data-steps="1"')
            for at in range(40)
        )
        edges = "".join(
            f'<tr data-source="{BRIDGE}" data-target="x{at}" data-relation="related"></tr>' for at in range(40)
        )
        route.fulfill(response=answer, body=text.replace(first[0], first[0] + more + edges))

    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/do-thi", crowd)
    page.goto(f"/bai/{BRIDGE}/do-thi")
    for act in ("0", "luutruGraph.nodes('.center').emit('tap')", "luutruGraph.zoom(1.7 * luutruGraph.zoom())"):
        page.evaluate(f"void {act}")  # else all of the graph would be copied into this process
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        drawn = page.evaluate(
            "luutruGraph.nodes().map(node => ({id: node.id(), name: node.data('label'), whole: node.data('whole'),"
            " box: node.renderedBoundingBox({includeNodes: false, includeEdges: false, includeOverlays: false}),"
            " shape: node.renderedBoundingBox({includeLabels: false, includeEdges: false, includeOverlays: false})}))"
        )
        named = [one for one in drawn if one["name"]]
        assert len(named) >= 8
        assert all(one["whole"].startswith(one["name"].rstrip("…")) for one in named)
        for one in named:
            others = [other["box"] for other in named if other is not one] + [other["shape"] for other in drawn]
            assert not any(_overlap(one["box"], other) for other in others), one


def _overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """By more than the edge that is drawn around a shape and the room around a name."""
    width = min(one["x2"], other["x2"]) - max(one["x1"], other["x1"])
    height = min(one["y2"], other["y2"]) - max(one["y1"], other["y1"])
    return width > 3 and height > 3


def test_without_a_script_a_graph_is_its_tables(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/bai/{BRIDGE}/do-thi")
    assert page.locator("noscript p").is_visible()
    assert page.locator("#graph").is_hidden()
    assert page.locator("tr[data-source]").count() > 0
    context.close()


def _examples() -> list[str]:
    files = ("/tai-ve", "/warc", "/hinh", "/tim.")
    pages = {path: found for path, found in EXAMPLES.items() if not path.startswith(files) and not _ENDING.search(path)}
    return [example for found in pages.values() for example in found] + [f"/bai/{COPY}", f"/bai/{GONE}", "/khong-co"]


_ENDING = re.compile(r"\.\w+$")


@pytest.fixture(scope="module")
def examined(browser: Browser, address: str) -> Iterator[Page]:
    """A window into which axe-core is put beside each page: the page's own policy would let no script in."""
    context = browser.new_context(base_url=address)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("example", _examples())
def test_axe_finds_no_violation(examined: Page, rooms: Rooms, example: str) -> None:
    narrow = [("/en", 360)] if any(examples[0] == example for examples in EXAMPLES.values()) else []
    for language, width in [("", 1280), *narrow]:
        examined.set_viewport_size({"width": width, "height": 900})
        examined.goto(language + filled_in(rooms, example))
        examined.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = examined.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        assert told == [], f"{language}{example}"


def test_a_hostile_article_runs_nothing(page: Page, rooms: Rooms) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("popup", lambda popup: said.append(popup.url))
    capture = rooms.record("tan-cong.html")
    for path in (f"/bai/{ATTACK}", f"/en/bai/{ATTACK}/ban-sua", "/tim?q=script", f"/ban-chup/{capture}"):
        page.goto(path)
        for link in page.locator("main a").all():
            link.hover(timeout=2_000)
        page.wait_for_timeout(200)
        assert page.title() != "bi chiem"
        assert page.locator("main script, main svg[onload], main [onerror], main form[action^=http]").count() == 0
        assert page.locator("a[href^=javascript], a[href^=data]").count() == 0
    assert said == []


def test_an_archived_page_runs_nothing_and_stays_where_it_is(page: Page, rooms: Rooms) -> None:
    page.goto(f"/ban-chup/{rooms.record('tan-cong.html')}")
    page.get_by_role("link", name="Xem trang như đã nhận").click()
    raw = page.url
    page.wait_for_timeout(500)
    assert page.url == raw, "its refresh leads nowhere"
    page.locator("#js").click()
    page.wait_for_timeout(200)
    assert page.title() == "trang cũ"
    assert page.inner_text("p") == "Trang như đã nhận"
    assert page.evaluate("window.origin") == "null", "an origin that nothing shares"


def test_a_page_with_the_headers_of_an_archived_one_makes_the_browser_connect_to_nobody(
    browser: Browser, rooms: Rooms, tmp_path: Path
) -> None:
    if int(browser.version.split(".")[0]) < 152:
        pytest.skip(f"Chromium {browser.version} does not know Connection-Allowlist yet")
    sent = rooms.raw.get(f"/{rooms.record('tan-cong.html')}").headers
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(3)
        hint = f'<link rel=preconnect href="http://127.0.0.1:{elsewhere.getsockname()[1]}">'.encode()

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name in (
                    "Content-Type",
                    "Content-Security-Policy",
                    "X-DNS-Prefetch-Control",
                    "Connection-Allowlist",
                ):
                    if name != "Connection-Allowlist" or self.path == "/as-it-is-sent":
                        self.send_header(name, sent[name])
                self.send_header("Content-Length", str(len(hint)))
                self.end_headers()
                self.wfile.write(hint)

        # A window that is not private: private ones connect to nobody beforehand.
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
        with (
            serving(Pages) as address,
            browser.browser_type.launch_persistent_context(tmp_path, **options) as window,  # type: ignore[arg-type]
        ):
            window.new_page().goto(f"{address}/as-it-is-sent")
            with pytest.raises(TimeoutError):
                elsewhere.accept()
            window.new_page().goto(f"{address}/by-the-policy-alone")
            elsewhere.accept()[0].close()


def test_a_download_is_a_file_and_no_page(page: Page, rooms: Rooms) -> None:
    page.goto(f"/ban-chup/{rooms.record('tan-cong.html')}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải nguyên bản").click()
    assert download.value.suggested_filename.endswith(".html")
    assert "bi chiem" in Path(download.value.path()).read_text(encoding="utf-8")
    with pytest.raises(Error, match="Download is starting"):
        page.goto(f"/tai-ve/{rooms.record('doc.svg')}")
