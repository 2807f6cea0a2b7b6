"""What the archive remarks in English, told in Vietnamese: the catalogue has what the programs say, to the letter."""

from __future__ import annotations

import asyncio
import re
from unittest.mock import AsyncMock, Mock

import pytest
from conftest import ROOT
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError
from scrapy.http import Response

from archive.web.language import catalogue
from archive.web.remarks import remark
from crawler.middlewares.refusals import LeftSite, NotNow
from crawler.middlewares.robots import RobotsMiddleware

_SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("archive", "crawler")
    for path in (ROOT / folder).rglob("*.py")
    if "demo" not in path.parts
)


@pytest.mark.parametrize("key", [key for key in catalogue() if key.startswith(("note.", "reason."))])
def test_every_remark_that_is_translated_is_one_that_the_programs_make(key: str) -> None:
    said = catalogue()[key]["en"]
    varying = re.sub(r"HTTP status \d+", "HTTP status {status}", said)
    varying = re.sub(r"in place of the \w+", "in place of the {role}", varying)
    fixed = [part for part in re.split(r"\{\w+\}", varying) if part.strip()]
    assert all(part.strip(" :,;()") in _SOURCES for part in fixed), said


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("HTTP status 404", "máy chủ trả lời mã 404 (không tìm thấy trang)"),
        ("HTTP status 503", "máy chủ trả lời mã 503"),
        ("redirected to http://a.example/", "địa chỉ chuyển sang http://a.example/"),
        (
            "redirected to http://a.example/x, which is no article",
            "địa chỉ chuyển sang http://a.example/x, không phải là tin bài",
        ),
        (
            "the page says that it is not there: Bài viết không tồn tại",
            "trang nói rằng bài không còn: “Bài viết không tồn tại”",
        ),
        ("the page says that it is not there: gone", "trang nói rằng bài không còn: “gone”"),
        (
            "the site does not answer: 5 requests in a row failed, the last one http://a.example/x: HTTP status 502",
            "máy chủ không trả lời 5 lần liền; lần cuối, khi hỏi http://a.example/x: máy chủ trả lời mã 502",
        ),
        (
            "asked to come later: HTTP status 429 from http://a.example/ with Retry-After: 7200 s, and 600 s is the"
            " longest wait",
            "máy chủ bảo hãy quay lại sau 7200 giây, lâu hơn mức chờ tối đa là 600 giây: http://a.example/ trả lời mã"
            " 429 và hẹn giờ quay lại",
        ),
        ("nothing fetched", "không lấy được trang nào"),
        (
            "a.example leads to the private address 10.0.0.1: use --allow-private if it is meant",
            "a.example dẫn tới địa chỉ nội bộ 10.0.0.1; nếu đúng là máy chủ ấy, xin dùng --allow-private",
        ),
        ("behind the last page: HTTP status 404", "nằm sau trang cuối: máy chủ trả lời mã 404 (không tìm thấy trang)"),
    ],
)
def test_a_reason_is_told_in_vietnamese(said: str, told: str) -> None:
    assert remark("vi", "reason.", said) == (told, "vi")
    assert remark("en", "reason.", said) == (said, "en")


def test_what_nobody_translated_stays_english_and_is_marked_so() -> None:
    assert remark("vi", "reason.", "ConnectionRefused: x") == ("ConnectionRefused: x", "en")


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (
            DownloadConnectionRefusedError("111"),
            "không lấy được http://a.example/robots.txt: a.example không trả lời: máy chủ ngừng chạy, hoặc chỉ nhận"
            " https:// hay chỉ nhận http://",
        ),
        (
            DownloadFailedError("wrong version number"),
            "không lấy được http://a.example/robots.txt: a.example không nhận https: có phải địa chỉ là"
            " http://a.example/?",
        ),
        (
            LeftSite("left the site: b.example is not a.example", "http://b.example/robots.txt"),
            "không lấy được http://a.example/robots.txt, vì bị chuyển sang nơi khác: rời khỏi trang nguồn: b.example"
            " không phải là a.example",
        ),
        (500, "không lấy được http://a.example/robots.txt: máy chủ trả lời mã 500"),
    ],
)
def test_why_robots_txt_could_not_be_had_is_told_in_vietnamese(came: Exception | int, told: str) -> None:
    crawler, spider = Mock(), Mock()
    answer = came if isinstance(came, Exception) else [Response("http://a.example/robots.txt", status=came)]
    crawler.engine.download_async = AsyncMock(side_effect=answer)
    spider.profile.host = "a.example"
    with pytest.raises(NotNow) as ended:
        asyncio.run(RobotsMiddleware(crawler, spider).process_request(Request("http://a.example/bai-1.html")))
    assert remark("vi", "reason.", str(ended.value)) == (told, "vi")
    assert remark("en", "reason.", str(ended.value)) == (str(ended.value), "en")
