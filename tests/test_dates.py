"""Printed Vietnamese dates: what each means, and which mean nothing."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import dateparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import Moment, read_date, read_feed_date, read_machine_date

VIETNAM = timezone(timedelta(hours=7))
NOW = datetime(2024, 7, 20, 10, tzinfo=VIETNAM)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


# Number, string, meaning (+07:00), precision, the site's order, and whether it was seen on a page, in a CMS's templates
# or in another crawler's code (True) or made up as a variant of such (False).
TABLE: list[tuple[int, str, str | None, str | None, str, bool]] = [
    (1, "Thứ ba - 29/06/2021 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (2, "Thứ 3, 09/01/2024 | 20:07:54", "2024-01-09T20:07:54", "second", "DMY", True),
    (3, "12/07/2024", "2024-07-12T00:00:00", "day", "DMY", True),
    (4, "01/10/2019", "2019-10-01T00:00:00", "day", "DMY", True),
    (5, "(12-01-2022)", "2022-01-12T00:00:00", "day", "DMY", True),
    (6, "20-12-2021", "2021-12-20T00:00:00", "day", "DMY", True),
    (7, "19.7", "2024-07-19T00:00:00", "day", "DMY", True),
    (8, "Sáng ngày 19.7", "2024-07-19T00:00:00", "day", "DMY", True),
    (9, "Ngày 16.7", "2024-07-16T00:00:00", "day", "DMY", True),
    (10, "Sáng ngày 14/1", "2024-01-14T00:00:00", "day", "DMY", True),
    (11, "Sáng 28/6/2021", "2021-06-28T00:00:00", "day", "DMY", True),
    (12, "Ngày 8/1", "2024-01-08T00:00:00", "day", "DMY", True),
    (13, "tháng 10.2019", "2019-10-01T00:00:00", "month", "DMY", True),
    (14, "29-06-2021", "2021-06-29T00:00:00", "day", "DMY", False),
    (15, "29.06.2021", "2021-06-29T00:00:00", "day", "DMY", False),
    (16, "29/06/2021 09:14:33", "2021-06-29T09:14:33", "second", "DMY", True),
    (17, "29/06/2021 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (18, "09:14 29/06/2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (19, "09:14, 29/06/2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (20, "29/06/2021 - 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (21, "09:14 - 29/06/2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (22, "29/06/2021, 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (23, "29/06/2021 | 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (24, "09:14 | 29/06/2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (25, "09:14' 29/06/2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (26, "09:14 ngày 29-06-2021", "2021-06-29T09:14:00", "minute", "DMY", True),
    (27, "ngày 29 tháng 6 , 2021", "2021-06-29T00:00:00", "day", "DMY", True),
    (28, "NGÀY 29 THÁNG 06, 2021 | 09:14", "2021-06-29T09:14:00", "minute", "DMY", True),
    (29, "29-06-2021 - 09:14 AM", "2021-06-29T09:14:00", "minute", "DMY", True),
    (30, "6/29/2021 9:14:00 AM", "2021-06-29T09:14:00", "second", "MDY", True),
    (31, "6/8/2021 9:14:00 SA", "2021-08-06T09:14:00", "second", "DMY", True),
    (32, "06/08/2021 2:05:00 CH", "2021-08-06T14:05:00", "second", "DMY", True),
    (33, "29/06/2021 09:14 SA", "2021-06-29T09:14:00", "minute", "DMY", False),
    (34, "29/06/2021 03:14 CH", "2021-06-29T15:14:00", "minute", "DMY", False),
    (35, "2:05 CH, 06/08/2021", "2021-08-06T14:05:00", "minute", "DMY", False),
    (36, "Thứ Ba, 29/06/2021, 09:14 [GMT+7]", "2021-06-29T09:14:00", "minute", "DMY", True),
    (37, "Thứ ba, 29/6/2021, 09:14 (GMT+7)", "2021-06-29T09:14:00", "minute", "DMY", True),
    (38, "09:14 29/06/2021 GMT+7", "2021-06-29T09:14:00", "minute", "DMY", True),
    (39, "29/06/2021 09:14 GMT+7", "2021-06-29T09:14:00", "minute", "DMY", True),
    (40, "16:02 (GMT +7)", None, None, "DMY", True),
    (41, "Chủ nhật, ngày 08 tháng 12 năm 2024 16:02 (GMT +7)", "2024-12-08T16:02:00", "minute", "DMY", True),
    (42, "Chủ nhật, ngày 5 tháng 3 năm 2023", "2023-03-05T00:00:00", "day", "DMY", False),
    (43, "Chủ Nhật, 05/03/2023 08:30", "2023-03-05T08:30:00", "minute", "DMY", False),
    (44, "Chủ nhật, 03/08/2025 16:05", "2025-08-03T16:05:00", "minute", "DMY", True),
    (45, "Thứ bảy 09/12/2023 15:21", "2023-12-09T15:21:00", "minute", "DMY", True),
    (46, "CN, 05/03/2023 - 08:30", "2023-03-05T08:30:00", "minute", "DMY", True),
    (47, "T2 12/07/2024", "2024-07-12T00:00:00", "day", "DMY", False),
    (48, "T6, 12/07/2024 08:30", "2024-07-12T08:30:00", "minute", "DMY", False),
    (49, "Thứ Hai, 1/7/2024 8h30", "2024-07-01T08:30:00", "minute", "DMY", False),
    (50, "8h30 ngày 1/7/2024", "2024-07-01T08:30:00", "minute", "DMY", False),
    (51, "8 giờ 30 phút, ngày 01 tháng 7 năm 2024", "2024-07-01T08:30:00", "minute", "DMY", False),
    (52, "08g30 01/07/2024", "2024-07-01T08:30:00", "minute", "DMY", False),
    (53, "Thứ Hai, ngày 01/07/2024 - 08:30", "2024-07-01T08:30:00", "minute", "DMY", False),
    (54, "Cập nhật lúc 08:30, Thứ Hai, 01/07/2024", "2024-07-01T08:30:00", "minute", "DMY", False),
    (55, "Cập nhật lúc: 08:30 01/07/2024 (GMT+7)", "2024-07-01T08:30:00", "minute", "DMY", True),
    (56, "Cập nhật: 01/07/2024 | 08:30", "2024-07-01T08:30:00", "minute", "DMY", False),
    (57, "Ngày đăng: 01/07/2024", "2024-07-01T00:00:00", "day", "DMY", False),
    (58, "Ngày đăng : 01/07/2024 08:30:15", "2024-07-01T08:30:15", "second", "DMY", False),
    (59, "Đăng ngày: 01-07-2024", "2024-07-01T00:00:00", "day", "DMY", False),
    (60, "Đăng lúc: 08:30 01/07/2024", "2024-07-01T08:30:00", "minute", "DMY", True),
    (61, "Ngày cập nhật: 01/07/2024", "2024-07-01T00:00:00", "day", "DMY", False),
    (62, "Ngày xuất bản: 01/07/2024 8:30 SA", "2024-07-01T08:30:00", "minute", "DMY", True),
    (63, "Xuất bản: 01 Tháng 7 2024", "2024-07-01T00:00:00", "day", "DMY", True),
    (64, "Thứ hai, 01 Tháng 7 2024 08:30", "2024-07-01T08:30:00", "minute", "DMY", True),
    (65, "Được đăng: 01 Tháng 07 2024", "2024-07-01T00:00:00", "day", "DMY", True),
    (66, "Tháng Bảy 1, 2024", "2024-07-01T00:00:00", "day", "DMY", True),
    (67, "1 Tháng Bảy, 2024", "2024-07-01T00:00:00", "day", "DMY", True),
    (68, "01 Th7 2024", "2024-07-01T00:00:00", "day", "DMY", True),
    (69, "01 Th7", "2024-07-01T00:00:00", "day", "DMY", True),
    (70, "21 tháng 09 năm 2025", "2025-09-21T00:00:00", "day", "DMY", True),
    (71, "ngày 01 tháng 07 năm 2024", "2024-07-01T00:00:00", "day", "DMY", False),
    (72, "ngày 15 tháng Giêng năm 2024", None, None, "DMY", False),
    (73, "mùng 8/8/2025", "2025-08-08T00:00:00", "day", "DMY", True),
    (74, "3 giờ trước", "2024-07-20T07:00:00", "hour", "DMY", False),
    (75, "15 phút trước", "2024-07-20T09:45:00", "minute", "DMY", False),
    (76, "2 ngày trước", "2024-07-18T10:00:00", "day", "DMY", False),
    (77, "1 tuần trước", "2024-07-13T10:00:00", "day", "DMY", False),
    (78, "2 tháng trước", "2024-05-20T10:00:00", "day", "DMY", False),
    (79, "1 năm trước", "2023-07-20T10:00:00", "day", "DMY", False),
    (80, "Cách đây 3 giờ", "2024-07-20T07:00:00", "hour", "DMY", False),
    (81, "Vừa xong", "2024-07-20T10:00:00", "minute", "DMY", False),
    (82, "Hôm qua, 15:20", "2024-07-19T15:20:00", "minute", "DMY", False),
    (83, "Hôm nay, 08:15", "2024-07-20T08:15:00", "minute", "DMY", False),
    (84, "Hôm nay lúc 08:15", "2024-07-20T08:15:00", "minute", "DMY", False),
    (85, "2021-06-29T09:14:00+07:00", "2021-06-29T09:14:00", "second", "DMY", False),
    (86, "2021-06-29+0709:14:00", "2021-06-29T09:14:00", "second", "DMY", True),
    (87, "2021-06-29ICT09:14:00", "2021-06-29T09:14:00", "second", "DMY", True),
    (88, "2021-06-29T09:14:00.000Z", "2021-06-29T16:14:00", "second", "DMY", False),
    (89, "Tue, 29 Jun 2021 02:06:00 GMT", "2021-06-29T09:00:00", "hour", "feed", True),
    (90, "20210629091433", "2021-06-29T09:14:33", "second", "DMY", False),
    (91, "15530801022023", "2023-02-01T15:53:08", "second", "DMY", True),
    (92, "THU BA, 29/06/2021 09:14", "2021-06-29T09:14:00", "minute", "DMY", False),
    (93, "Thu ba - 29/06/2021 09:14", "2021-06-29T09:14:00", "minute", "DMY", False),
    (94, "ngay 29 thang 6 nam 2021", "2021-06-29T00:00:00", "day", "DMY", False),
    (95, "Chu nhat, 05/03/2023", "2023-03-05T00:00:00", "day", "DMY", False),
    (96, "Thứ Tư, 29-06-21", "2021-06-29T00:00:00", "day", "DMY", False),
    (97, "29/6/21", "2021-06-29T00:00:00", "day", "DMY", False),
    (98, "9/1/2024 8:07 PM", "2024-01-09T20:07:00", "minute", "DMY", False),
    (99, "(29/06/2021)", "2021-06-29T00:00:00", "day", "DMY", True),
    (100, "29/06/2021 | 09:14 GMT+7", "2021-06-29T09:14:00", "minute", "DMY", True),
    (101, "Thứ Năm, ngày 4/7/2024 - 07:05", "2024-07-04T07:05:00", "minute", "DMY", False),
    (102, "Thứ 5, ngày 4 tháng 7 năm 2024 | 7:5", "2024-07-04T07:05:00", "minute", "DMY", False),
    (103, "04/07/2024 7:5", "2024-07-04T07:05:00", "minute", "DMY", True),
    (104, "Thứ sáu, 05/07/2024 | 24:00", None, None, "DMY", False),
    (105, "00:00 31/06/2024", None, None, "DMY", False),
    (106, "05/07/2024 14h", "2024-07-05T14:00:00", "hour", "DMY", False),
    (107, "14h00 - 05/07/2024", "2024-07-05T14:00:00", "minute", "DMY", False),
    (108, "14:00:00 05-07-2024", "2024-07-05T14:00:00", "second", "DMY", False),
    (109, "2024/07/05 14:00", "2024-07-05T14:00:00", "minute", "DMY", False),
    (110, "Thứ Sáu, Ngày 5 Tháng 7, 2024", "2024-07-05T00:00:00", "day", "DMY", False),
    (111, "Thứ Sáu\xa005/07/2024\xa014:00", "2024-07-05T14:00:00", "minute", "DMY", False),
    (112, nfd("Thứ Sáu, 05/07/2024 14:00"), "2024-07-05T14:00:00", "minute", "DMY", False),
    (113, nfd("Chủ nhật, ngày 5 tháng 3 năm 2023"), "2023-03-05T00:00:00", "day", "DMY", False),
    (114, nfd("3 giờ trước"), "2024-07-20T07:00:00", "hour", "DMY", False),
    (115, nfd("Thứ ba - 29/06/2021 09:14"), "2021-06-29T09:14:00", "minute", "DMY", False),
]


@pytest.mark.parametrize(("number", "raw", "meaning", "precision", "order", "seen"), TABLE)
def test_each_row_of_the_table_means_what_was_intended(
    number: int, raw: str, meaning: str | None, precision: str | None, order: Any, seen: bool
) -> None:
    if order == "feed":
        moment = read_feed_date(raw, precision="hour")
        assert read_date(raw, reference=NOW) is None
    else:
        moment = read_date(raw, order=order, reference=NOW)
    if meaning is None:
        assert moment is None
    else:
        assert moment is not None
        assert (moment.value.isoformat(), moment.precision) == (f"{meaning}+07:00", precision)


def test_the_table_is_whole() -> None:
    assert [row[0] for row in TABLE] == list(range(1, 116))


def test_an_absolute_date_never_asks_dateparser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("dateparser was asked")

    monkeypatch.setattr(dateparser, "parse", refuse)
    relative = {74, 75, 76, 77, 78, 79, 80}
    for number, raw, _, _, order, _ in TABLE:
        if number not in relative and order != "feed":
            read_date(raw, order=order, reference=NOW)  # type: ignore[arg-type]
    for raw in NO_DATES:
        if not raw.endswith("năm trước"):
            read_date(raw, reference=NOW)
    later = NOW + timedelta(seconds=1)  # a reference that no other test has left in the cache
    with pytest.raises(AssertionError, match="dateparser was asked"):
        read_date("3 giờ trước", reference=later)


NO_DATES = [
    *("6787", "11", "2024", "1,75", "1,75 tỷ", "3.662 phần", "24.950", "69.400.000đ", "90.000.000", "0299 3822598"),
    *("16:9", "24/7", "14.10", "9.30", "3.10", "01.07", "2-1", "6 tháng", "95 năm", "6 tháng đầu năm", "năm 2021"),
    *("2 tháng 10 ngày", "6 tháng năm 2021", "9 tháng 2021", "Thứ năm", "tháng 10", "tháng", "ngày", "10/2019"),
    *("05/KH-LĐLĐ", "287/GP-TTĐT", "10/2019/QĐ-UBND", "2018-2023", "2021 - 2026", "24-26.6", "từ ngày 24 đến 26/6"),
    *("ngày 15 và 16.7", "30/10 – 8/11/2009", "Ngày đăng: 01/07/2024, cập nhật: 02/07/2024"),
    *("mùng 3 Tết", "mùng 10/3", "30 tháng Chạp", "15 tháng Giêng", "10/3 âm lịch", "10/3/2024 (âm lịch)"),
    *("31/06/2024", "29/02/2023", "32/01/2024", "01/13/2024", "00/07/2024", "05/07/2024 24:00", "05/07/2024 8:60"),
    *("6/29/2021", "6/29/2021 9:14:00 AM", "16:02", "16:02 (GMT +7)", "8h30", "SA", "05/07/2024 SA"),
    *("05/07/2024 14:00 SA", "05/07/2024 0:30 CH", "15h sáng 05/07/2024", "3 giờ đêm chiều 5/7/2024"),
    *("01/07/1989", "01/07/2026", "01/07/1024", "20000 năm trước", "999 năm trước", "vài phút trước", "trước"),
    *("5 tháng 7 rồi", "Hội nghị 05/07/2024", "05/07/2024 tại Sóc Trăng", "", "   ", "—", "29/06/2021 09:14 GMT"),
    "Sáng 28/6/2021, một hội nghị đã được tổ chức để đánh giá kết quả công tác sáu tháng đầu năm của các cấp công đoàn "
    "trong toàn tỉnh và bàn nhiệm vụ.",
]


@pytest.mark.parametrize("raw", NO_DATES)
def test_what_is_no_date_or_might_be_another_is_not_read(raw: str) -> None:
    assert read_date(raw, reference=NOW) is None


def test_nothing_printed_means_nothing() -> None:
    assert read_date(None, reference=NOW) is None
    assert read_feed_date(None, precision="second") is None
    assert read_machine_date(None) is None


def test_the_word_ngay_a_weekday_or_a_clock_makes_a_bare_number_a_date() -> None:
    for raw in ("Ngày 14.10", "Sáng 14.10", "Thứ bảy, 14.10", "ngày 14-10", "14/10", "08:30 14.10", "Ngày đăng: 14.10"):
        moment = read_date(raw, reference=NOW)
        assert moment is not None, raw
        assert moment.value.date() == date(2023, 10, 14), raw
    assert _iso("ngày 24/7", reference=NOW) == "2024-07-24T00:00:00+07:00"
    assert _iso("25.10", reference=NOW) == "2023-10-25T00:00:00+07:00"


def test_a_day_without_year_is_this_years_unless_more_than_thirty_days_ahead() -> None:
    announced = datetime(2024, 1, 9, 8, tzinfo=VIETNAM)
    assert _iso("Ngày 12/1", reference=announced) == "2024-01-12T00:00:00+07:00"
    assert _iso("10/1", reference=announced) == "2024-01-10T00:00:00+07:00"
    assert _iso("8/2", reference=announced) == "2024-02-08T00:00:00+07:00"
    assert _iso("9/2", reference=announced) == "2023-02-09T00:00:00+07:00"
    assert _iso("29/2", reference=datetime(2025, 3, 1, tzinfo=VIETNAM)) == "2024-02-29T00:00:00+07:00"
    assert _iso("29/2", reference=datetime(2023, 3, 1, tzinfo=VIETNAM)) is None


def test_without_a_reference_only_whole_dates_are_read() -> None:
    for raw in ("3 giờ trước", "Vừa xong", "Hôm qua, 15:20", "Ngày 16.7", "01 Th7"):
        assert read_date(raw) is None
    assert _iso("16.7.2024") == "2024-07-16T00:00:00+07:00"
    assert _iso("01/01/2050") is None


def test_a_reference_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        read_date("3 giờ trước", reference=datetime(2024, 7, 20))


def test_a_reference_elsewhere_is_taken_to_vietnam_first() -> None:
    late_in_utc = datetime(2024, 7, 19, 20, tzinfo=UTC)
    assert _iso("Hôm nay", reference=late_in_utc) == "2024-07-20T00:00:00+07:00"


@pytest.mark.parametrize("raw", ["T2 12/07/2024", "Thứ Tư, 29-06-21", "CN, 12/07/2024", "Mon, 12 Jul 2024"])
def test_a_wrong_weekday_is_reported(raw: str) -> None:
    moment = read_date(raw, reference=NOW)
    assert moment is not None
    assert moment.weekday_contradicts


@pytest.mark.parametrize("raw", ["Thứ ba - 29/06/2021 09:14", "T6, 12/07/2024 08:30", "12/07/2024", "Thu, 4 July 2024"])
def test_a_right_or_missing_weekday_contradicts_nothing(raw: str) -> None:
    moment = read_date(raw, reference=NOW)
    assert moment is not None
    assert not moment.weekday_contradicts


def test_day_and_month_change_places_on_an_american_site() -> None:
    assert _iso("6/8/2021", order="MDY") == "2021-06-08T00:00:00+07:00"
    assert _iso("6/8/2021") == "2021-08-06T00:00:00+07:00"
    assert _iso("29/06/2021", order="MDY") is None
    assert _iso("2021-06-29", order="MDY") == "2021-06-29T00:00:00+07:00"


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("3 giờ chiều 5/7/2024", "2024-07-05T15:00:00+07:00"),
        ("Chiều 5/7/2024, 2h30", "2024-07-05T14:30:00+07:00"),
        ("14h chiều 05/07/2024", "2024-07-05T14:00:00+07:00"),
        ("19 giờ 30 tối ngày 5/7/2024", "2024-07-05T19:30:00+07:00"),
        ("05/07/2024 12:30 CH", "2024-07-05T12:30:00+07:00"),
        ("05/07/2024 12:30 SA", "2024-07-05T00:30:00+07:00"),
        ("05/07/2024 14:30 CH", "2024-07-05T14:30:00+07:00"),
    ],
)
def test_the_part_of_the_day_says_which_half(raw: str, meaning: str) -> None:
    assert _iso(raw) == meaning


def test_a_view_counter_beside_the_date_is_not_part_of_it() -> None:
    for raw in ("Thứ 3, 09/01/2024 | 20:07:54 402 lượt xem", "09/01/2024 20:07:54 - Đã xem: 1.402"):
        assert _iso(raw) == "2024-01-09T20:07:54+07:00"


def test_a_stamp_that_reads_both_ways_is_not_read() -> None:
    assert _iso("20210629092023") is None  # 29/06/2021 09:20:23, or 20:21:06 on 29/09/2023
    assert _iso("20210629092023", reference=datetime(2021, 1, 1, tzinfo=VIETNAM)) == "2021-06-29T09:20:23+07:00"


def test_what_is_printed_is_shown_no_more_exactly_than_it_is_known() -> None:
    months_ago = read_date("2 tháng trước", reference=NOW)
    assert months_ago is not None
    assert months_ago.value == datetime(2024, 5, 20, 10, tzinfo=VIETNAM)
    assert months_ago.iso == "2024-05-20T00:00:00+07:00"
    assert _iso("3 giờ trước", reference=NOW.replace(minute=37)) == "2024-07-20T07:00:00+07:00"
    assert _iso("tháng 10.2019") == "2019-10-01T00:00:00+07:00"
    assert _iso("1 tháng trước", reference=datetime(2024, 3, 31, tzinfo=VIETNAM)) == "2024-02-29T00:00:00+07:00"


@pytest.mark.parametrize(
    ("raw", "meaning", "precision"),
    [
        ("2021-06-29T09:14:33+07:00", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29+0709:14:33", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29ICT09:14:33", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29UTC02:14:33", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29T02:14:33Z", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29T02:14:33.120+0000", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29 02:14:33 +0000", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-28T22:14:33-0400", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29 09:14:33", "2021-06-29T09:14:33+07:00", "second"),
        ("2021-06-29T09:14+07:00", "2021-06-29T09:14:00+07:00", "minute"),
        (" 2021-06-29 ", "2021-06-29T00:00:00+07:00", "day"),
        ("2021-06-31", None, None),
        ("2021-06-29T24:14:33", None, None),
        ("2021-06-29+0709:14:33Z", None, None),
        ("0000-00-00 00:00:00", None, None),
        ("1970-01-01T00:00:00Z", None, None),
        ("20210629", None, None),
        ("1396921722", None, None),
        ("29/06/2021", None, None),
    ],
)
def test_machine_readable_dates(raw: str, meaning: str | None, precision: str | None) -> None:
    moment = read_machine_date(raw)
    assert (moment and moment.iso, moment and moment.precision) == (meaning, precision)


def test_a_feed_is_as_exact_as_its_family() -> None:
    raw = "Tue, 29 Jun 2021 02:06:33 GMT"
    expected = {"second": "09:06:33", "minute": "09:06:00", "hour": "09:00:00", "day": "00:00:00"}
    for precision, clock in expected.items():
        moment = read_feed_date(raw, precision=precision)  # type: ignore[arg-type]
        assert moment is not None
        assert (moment.iso, moment.precision) == (f"2021-06-29T{clock}+07:00", precision)
        assert moment.value.isoformat() == moment.iso


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("Mon, 28 Jun 2021 22:06:33 GMT", "2021-06-29T05:00:00+07:00"),
        ("Tue, 29 Jun 2021 09:06:33 +0700", "2021-06-29T09:00:00+07:00"),
        ("2021-06-29T02:06:33Z", "2021-06-29T09:00:00+07:00"),
        ("2021-06-29", "2021-06-29T00:00:00+07:00"),
        ("Tue, 29 Jun 2021 02:06:33", None),
        ("Tue, 29 Jun 2021 02:06:33 GMT+7", None),
        ("Thu, 31 Jun 2021 02:06:33 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("", None),
    ],
)
def test_a_feed_date_needs_its_zone(raw: str, meaning: str | None) -> None:
    moment = read_feed_date(raw, precision="hour")
    assert (moment and moment.iso) == meaning


def test_a_feed_with_a_wrong_weekday_is_reported() -> None:
    moment = read_feed_date("Mon, 29 Jun 2021 02:06:33 GMT", precision="hour")
    assert moment is not None
    assert moment.weekday_contradicts


_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_SHORT = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")

MINUTE_FORMS = [
    lambda t: f"{_WEEKDAYS[t.weekday()]} - {t:%d/%m/%Y %H:%M}",
    lambda t: f"{t:%H:%M} {t:%d/%m/%Y}",
    lambda t: f"{t:%H:%M} ngày {t:%d-%m-%Y}",
    lambda t: f"{_SHORT[t.weekday()]}, {t.day}/{t.month}/{t.year} {t.hour}h{t:%M}",
    lambda t: f"{t.hour} giờ {t.minute} phút, ngày {t:%d} tháng {t.month} năm {t.year}",
    lambda t: f"Cập nhật lúc: {t:%H:%M %d/%m/%Y} (GMT+7)",
    lambda t: f"{t.day}/{t.month}/{t.year} {t:%I:%M} {'SA' if t.hour < 12 else 'CH'}",
    lambda t: f"{_WEEKDAYS[t.weekday()].upper()}, NGÀY {t.day} THÁNG {t.month}, {t.year} | {t:%H:%M} [GMT+7]",
    lambda t: nfd(f"{_WEEKDAYS[t.weekday()]}, ngày {t.day} tháng {t.month} năm {t.year} {t:%H:%M} (GMT +7)"),
    lambda t: f"{t:%Y/%m/%d %H:%M}",
    lambda t: f"{t:%Y-%m-%dT%H:%M}+07:00",
    lambda t: f"{_WEEKDAYS[t.weekday()]}, {t.day:02} Tháng {t.month} {t.year} {t:%H:%M}",
]
SECOND_FORMS = [
    lambda t: f"{t:%d/%m/%Y %H:%M:%S}",
    lambda t: f"{_WEEKDAYS[t.weekday()]}, {t:%d/%m/%Y} | {t:%H:%M:%S}",
    lambda t: f"{t:%Y-%m-%d}+07{t:%H:%M:%S}",
    lambda t: f"{t:%Y-%m-%d}ICT{t:%H:%M:%S}",
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}",
    lambda t: f"{t.day}/{t.month}/{t.year} {t.hour % 12 or 12}:{t:%M:%S} {'AM' if t.hour < 12 else 'PM'}",
]
DAY_FORMS = [
    lambda t: f"({t:%d-%m-%Y})",
    lambda t: f"{t.day}.{t.month}.{t.year}",
    lambda t: f"Ngày đăng: {t:%d/%m/%Y}",
    lambda t: f"ngày {t.day} tháng {_MONTHS[t.month - 1].lower()} năm {t.year}",
    lambda t: f"{t.day} Tháng {_MONTHS[t.month - 1]}, {t.year}",
    lambda t: f"Tháng {_MONTHS[t.month - 1]} {t.day}, {t.year}",
    lambda t: f"{t:%d} Th{t.month} {t.year}",
    lambda t: f"{t.day}/{t.month}/{t:%y}",
    lambda t: f"{t:%B} {t.day}, {t.year}",
    lambda t: f"{t:%d-%m-%Y}",
]
STAMPS = ["%Y%m%d%H%M%S", "%H%M%S%d%m%Y"]

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 31, 23, 59, 59)).map(
    lambda t: t.replace(microsecond=0, tzinfo=VIETNAM)
)


@given(MOMENTS)
def test_whatever_is_printed_in_a_known_form_is_read_back(printed: datetime) -> None:
    midnight = printed.replace(hour=0, minute=0, second=0)
    for forms, expected, precision in (
        (SECOND_FORMS, printed, "second"),
        (MINUTE_FORMS, printed.replace(second=0), "minute"),
        (DAY_FORMS, midnight, "day"),
    ):
        for form in forms:
            raw = form(printed)
            assert read_date(raw) == Moment(expected, precision, False), raw  # type: ignore[arg-type]
    for stamp in STAMPS:
        raw = printed.strftime(stamp)
        found = read_date(raw)
        assert found is None or found == Moment(printed, "second"), raw
        assert found is not None or _reads_both_ways(raw), raw
    assert read_date(f"tháng {printed.month}.{printed.year}") == Moment(midnight.replace(day=1), "month")


@given(MOMENTS)
def test_a_feed_prints_any_moment_to_the_second(printed: datetime) -> None:
    raw = printed.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    moment = read_feed_date(raw, precision="second")
    if printed.astimezone(UTC).year >= 1990:
        assert moment == Moment(printed, "second")


_PIECES = st.sampled_from([*" 0123456789/.:-,|()'+", "ngày ", "tháng ", "năm ", "Thứ ", "h", " SA", "T", "Z", " trước"])


@given(st.text(max_size=40) | st.lists(_PIECES, max_size=25).map("".join))
def test_no_text_makes_the_readers_fail(raw: str) -> None:
    for moment in (
        read_date(raw, reference=NOW),
        read_date(raw, order="MDY"),
        read_machine_date(raw),
        read_feed_date(raw, precision="minute"),
    ):
        if moment is not None:
            assert datetime.fromisoformat(moment.iso).utcoffset() == timedelta(hours=7)
            assert 1990 <= moment.value.year <= 2049


def _iso(raw: str, **options: Any) -> str | None:
    moment = read_date(raw, **options)
    return moment.iso if moment else None


def _reads_both_ways(stamp: str) -> bool:
    readings = 0
    for form in STAMPS:
        try:
            readings += 1990 <= datetime.strptime(stamp, form).year <= 2049
        except ValueError:
            continue
    return readings == 2


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("05/03/2024 02:07", "2024-03-05T00:00:00+07:00", "day"),  # two in the night, or in the afternoon
        ("05/03/2024 12:30", "2024-03-05T00:00:00+07:00", "day"),
        ("05/03/2024 14:07", "2024-03-05T14:07:00+07:00", "minute"),
        ("05/03/2024 00:07", "2024-03-05T00:07:00+07:00", "minute"),
        ("5/3/2024 2:07:33 CH", "2024-03-05T14:07:33+07:00", "second"),
        ("Chiều 5/3/2024, 2 giờ", "2024-03-05T14:00:00+07:00", "hour"),
        ("5/3/2024", "2024-03-05T00:00:00+07:00", "day"),
    ],
)
def test_of_a_clock_of_twelve_hours_without_its_half_of_the_day_only_the_day_is_believed(
    raw: str, value: str, precision: str
) -> None:
    moment = read_date(raw, clock=12)
    assert moment is not None
    assert (moment.iso, moment.precision) == (value, precision)
