"""Replicas are served on loopback, every request is recorded, and given articles are shown as a real site would."""

from __future__ import annotations

import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit
from urllib.request import Request

import pytest
from lxml import html

from crawler.clock import VIETNAM
from crawler.demo import files
from crawler.demo.fixed import FixedSite, GivenArticle
from crawler.demo.model import Author
from crawler.demo.photographs import COLUMNS, ROWS, photograph
from crawler.demo.server import serve
from crawler.demo.typography import thousands
from crawler.demo.world import World


def opener(*handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    """Without the proxy that the environment may name."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body, redirects not followed."""
    try:
        with opener(_Stay()).open(Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def test_each_site_has_a_loopback_address_of_its_own() -> None:
    with serve(World(1, 3)) as sites:
        assert list(sites) == ["thst", "congdoan-soctrang", "ldld-caobang", "thaibinhtv"]
        hosts = [base.removeprefix("http://").partition(":")[0] for base in sites.values()]
        assert hosts == ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
        for base in sites.values():
            assert get(f"{base}/")[0] == 200
            assert get(f"{base}/khong-co-trang-nay-404")[0] == 404
    with pytest.raises(OSError):
        opener().open(f"{sites['thst']}/", timeout=2)


def test_the_first_visit_prints_the_truth_s_count_and_each_further_one_more() -> None:
    world = World(1, 5)
    with serve(world) as sites:
        for name, label in (("thst", "(Lượt xem: {})"), ("thaibinhtv", "{} lượt xem")):
            true = list(world.truth(name, sites))[2]
            for visit in range(3):
                count = true["view_count"] + visit
                printed = thousands(count) if name == "thaibinhtv" else count
                assert label.format(printed) in get(true["url"])[1].decode()


def test_photographs_can_be_drawn_each_another_and_the_same_at_every_visit() -> None:
    world = World(1, 12)
    shown: dict[bool, dict[str, bytes]] = {}
    for drawn in (True, False):
        with serve(world, drawn=drawn) as sites:
            urls = [image["url"] for name in sites for one in world.truth(name, sites) for image in one["images"]]
            urls = list(dict.fromkeys(urls))
            shown[drawn] = {urlsplit(url).path: get(url)[1] for url in urls}
            assert get(urls[0])[1] == shown[drawn][urlsplit(urls[0]).path]
    assert len(set(shown[True].values())) == len(shown[True]) > 12
    assert set(shown[False].values()) == {files.JPEG, files.PNG}
    assert all(one.startswith((b"\x89PNG", b"\xff\xd8")) for one in shown[True].values())
    assert max(map(len, shown[True].values())) < 3000


def test_a_drawn_photograph_is_a_jpeg_of_its_size_whose_blocks_are_all_there() -> None:
    parts = photograph("image/jpeg", "lúa chín").split(b"\xff")
    markers = {part[:1]: part[3:] for part in parts[1:] if part}
    assert struct.unpack(">BHHB", markers[b"\xc0"][:6]) == (8, 200, 320, 3)
    codes = list(differences(photograph("image/jpeg", "lúa chín")))
    assert len(codes) == COLUMNS * ROWS * 3
    luma, level = codes[::3], 0
    for difference in luma:
        level += difference
        assert -128 <= level <= 127
    assert len(set(luma)) > 5, "a picture, and not one colour"


def differences(picture: bytes) -> Iterator[int]:
    """What the scan of a JPEG says, block by block, when no block has more than one colour."""
    table = picture.index(b"\xff\xc4") + 5
    lengths, symbols = picture[table : table + 16], picture[table + 16 :]
    words, code, at = dict[str, int](), 0, 0
    for bits, count in enumerate(lengths, 1):
        for _ in range(count):
            words[f"{code:0{bits}b}"], code, at = symbols[at], code + 1, at + 1
        code *= 2
    scan = picture[picture.index(b"\xff\xda") + 14 : -2].replace(b"\xff\x00", b"\xff")
    left = "".join(f"{byte:08b}" for byte in scan)
    while len(left) >= 8 or "0" in left:
        word = next(left[:bits] for bits in range(1, 10) if left[:bits] in words)
        size = words[word]
        value, left = left[len(word) : len(word) + size], left[len(word) + size :]
        yield 0 if not size else int(value, 2) if value[0] == "1" else int(value, 2) - (1 << size) + 1
        assert left[0] == "0", "nothing more of the block"
        left = left[1:]


def test_requests_are_recorded_with_how_many_there_were_at_once() -> None:
    with serve(World(1, 3), delay=0.5) as sites:
        together = threading.Barrier(3)

        def ask() -> None:
            together.wait()
            get(f"{sites['thst']}/robots.txt")

        began = time.monotonic()
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        get(f"{sites['thst']}/Chuyen-muc/Doan-the?trang=1", **{"User-Agent": "mot-may-thu"})
        assert time.monotonic() - began >= 1.0
        replica = sites.replicas["thst"]
        assert replica.most_concurrent() == 3
        assert replica.count("/robots.txt") == 3
        last = sites.recorded("thst")[-1]
        assert (last.method, last.target, last.status, last.concurrent) == (
            "GET",
            "/Chuyen-muc/Doan-the?trang=1",
            200,
            1,
        )
        assert last.user_agent == "mot-may-thu"
        assert sites.recorded("thaibinhtv") == []


def test_what_does_not_change_need_not_be_sent_again() -> None:
    with serve(World(1, 3)) as sites:
        with opener().open(f"{sites['ldld-caobang']}/sitemap.xml", timeout=10) as answer:
            tag = answer.headers["ETag"]
        assert get(f"{sites['ldld-caobang']}/sitemap.xml", **{"If-None-Match": tag}) == (304, b"")
        with opener().open(f"{sites['ldld-caobang']}/", timeout=10) as answer:
            assert answer.headers["ETag"] is None


def test_a_moved_section_sends_readers_on() -> None:
    world = World(2, 200)
    layout = world.layouts["thst"]
    former = next(path for index in range(200) for path in layout.addresses(index)[1:])
    with serve(world) as sites:
        assert get(sites["thst"] + former)[0] == 301
        with opener().open(sites["thst"] + former, timeout=10) as answer:
            assert answer.url in {true["url"] for true in world.truth("thst", sites)}


def test_the_clock_is_the_world_s_unless_another_is_given() -> None:
    world = World(1, 3)
    with serve(world) as sites:
        assert f"{world.now:%d/%m/%Y %H:%M}" in get(f"{sites['thst']}/")[1].decode()
    with serve(world, clock=lambda: datetime(2023, 12, 9, 15, 21, tzinfo=VIETNAM)) as sites:
        assert "Thứ bảy 09/12/2023 15:21" in get(f"{sites['thst']}/")[1].decode()


GIVEN = [
    GivenArticle(
        headline="Trồng cây ở bến sông",
        body=["Bà con trồng một hàng cây.", "Cây nào cũng có tên người chăm./."],
        captions=[(1, "Hàng cây mới trồng. Ảnh: Kim Ngân")],
        credits={"Hàng cây mới trồng. Ảnh: Kim Ngân": "Kim Ngân"},
        byline="KIM NGÂN",
        authors=[Author("Kim Ngân", None, "author")],
        source_name="Báo Bến Sông",
        source_url="http://bensong.example/trong-cay.html",
        section=["Môi trường"],
        view_count=12,
    ),
    GivenArticle(
        headline="Mở lớp học bơi",
        body=["Lớp học có hai mươi em."],
        section=["Môi trường"],
        related=[("Trồng cây ở bến sông", date(2024, 7, 9), None), ("Một tin đã gỡ", date(2024, 7, 8), None)],
        partner=GivenArticle(headline="Sửa cầu ván", body=["Cây cầu được thay ván mới."], byline="CTV"),
    ),
]


def test_given_articles_are_shown_as_the_site_would() -> None:
    site = FixedSite("congdoan-soctrang", GIVEN)
    with serve(site) as sites:
        trees, swimming, bridge = list(site.truth(sites))
        page = html.fromstring(get(trees["url"])[1])
        lines = [line.text_content() for line in page.xpath("//div[@class='noi-dung-bai']/p")]
        assert [line.strip() for line in lines if line.strip()] == [
            "Bà con trồng một hàng cây.",
            "Hàng cây mới trồng. Ảnh: Kim Ngân",
            "Cây nào cũng có tên người chăm./.",
            "KIM NGÂN",
            "Nguồn: Báo Bến Sông",
            "http://bensong.example/trong-cay.html",
        ]
        assert trees["body"] == "Bà con trồng một hàng cây.\n\nCây nào cũng có tên người chăm./."
        assert trees["images"][0]["credit"] == "Kim Ngân"
        page = html.fromstring(get(swimming["url"])[1])
        assert [title.text_content() for title in page.find_class("tieu-de-bai")] == ["Mở lớp học bơi", "Sửa cầu ván"]
        assert bridge["headline"] == "Sửa cầu ván"
        assert bridge["url"] == swimming["url"]


def test_a_given_article_without_date_is_dated_by_another_s_related_list() -> None:
    site = FixedSite("congdoan-soctrang", GIVEN)
    trees, swimming, _ = site.truth({"congdoan-soctrang": "http://127.0.0.3:8000"})
    assert (trees["date_published"], trees["date_evidence"]) == ("2024-07-09T00:00:00+07:00", "related")
    assert swimming["date_published"] is None


@pytest.mark.parametrize("name", ["thst", "congdoan-soctrang", "ldld-caobang", "thaibinhtv"])
def test_each_layout_shows_given_articles(name: str) -> None:
    moment = datetime(2021, 6, 29, 9, 14, 33, tzinfo=VIETNAM)
    site = FixedSite(name, [GivenArticle("Một tin có ngày", ["Nội dung của tin."], date=moment, byline="Kim Ngân")])
    with serve(site) as sites:
        (true,) = site.truth(sites)
        assert true["date_evidence"] == ("page" if name in {"ldld-caobang", "thaibinhtv"} else "listing")
        assert "Nội dung của tin." in get(true["url"])[1].decode()
        assert get(f"{sites[name]}/")[0] == 200


def test_mistakes_in_given_articles_are_named() -> None:
    with pytest.raises(ValueError, match="thst: expected at least one article"):
        FixedSite("thst", [])
    with pytest.raises(ValueError, match=r"no replica 'thts'; there are .*congdoan-soctrang, "):
        FixedSite("thts", GIVEN)
    with pytest.raises(ValueError, match="'Tin kia' leads to article 4; there are 1"):
        FixedSite("thst", [GivenArticle("Tin này", ["Nội dung."], related=[("Tin kia", None, 4)])])
    with pytest.raises(ValueError, match="thst prints no sapo"):
        FixedSite("thst", [GivenArticle("Tin này", ["Nội dung."], sapo="Tóm tắt.")]).piece(0)
    with pytest.raises(ValueError, match="sites of different names"), serve([FixedSite("thst", GIVEN[:1])] * 2):
        pass
