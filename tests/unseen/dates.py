"""Prints moments as Vietnamese sites do. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_LONG = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_DIGIT = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")
_SHORT = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


def _weekday(moment: datetime, names: tuple[str, ...] = _LONG) -> str:
    return names[moment.weekday()]


def _title(moment: datetime) -> str:
    return _weekday(moment).title()


def _half(moment: datetime) -> str:
    """The clock of the vi-VN culture: ``9:14 SA``."""
    return f"{(moment.hour - 1) % 12 + 1}:{moment:%M} {'SA' if moment.hour < 12 else 'CH'}"


MINUTE: dict[str, Callable[[datetime], str]] = {
    "weekday dash": lambda m: f"{_weekday(m)} - {m:%d/%m/%Y %H:%M}",
    "weekday digit bar": lambda m: f"{_weekday(m, _DIGIT)}, {m:%d/%m/%Y | %H:%M}",
    "weekday comma": lambda m: f"{_title(m)}, {m:%d/%m/%Y, %H:%M}",
    "weekday comma plain": lambda m: f"{_title(m)}, {m:%d/%m/%Y %H:%M}",
    "weekday gmt": lambda m: f"{_title(m)}, {m:%d/%m/%Y, %H:%M} [GMT+7]",
    "weekday gmt round": lambda m: f"{_weekday(m)}, {m.day}/{m.month}/{m:%Y, %H:%M} (GMT+7)",
    "weekday short": lambda m: f"{_weekday(m, _SHORT)}, {m:%d/%m/%Y - %H:%M}",
    "weekday spelt": lambda m: f"{_title(m)}, ngày {m:%d/%m/%Y - %H:%M}",
    "weekday words": lambda m: f"{_weekday(m)}, ngày {m:%d} tháng {m:%m} năm {m:%Y} {m:%H:%M} (GMT +7)",
    "weekday h": lambda m: f"{_title(m)}, {m.day}/{m.month}/{m.year} {m.hour}h{m:%M}",
    "clock first": lambda m: f"{m:%H:%M %d/%m/%Y}",
    "clock first comma": lambda m: f"{m:%H:%M, %d/%m/%Y}",
    "clock first dash": lambda m: f"{m:%H:%M - %d/%m/%Y}",
    "clock first bar": lambda m: f"{m:%H:%M | %d/%m/%Y}",
    "clock day word": lambda m: f"{m:%H:%M} ngày {m:%d-%m-%Y}",
    "clock gmt": lambda m: f"{m:%H:%M %d/%m/%Y} GMT+7",
    "clock weekday": lambda m: f"{m:%H:%M}, {_title(m)}, {m:%d/%m/%Y}",
    "clock h": lambda m: f"{m.hour}h{m:%M} ngày {m.day}/{m.month}/{m.year}",
    "clock g": lambda m: f"{m:%H}g{m:%M %d/%m/%Y}",
    "day first": lambda m: f"{m:%d/%m/%Y %H:%M}",
    "day first comma": lambda m: f"{m:%d/%m/%Y, %H:%M}",
    "day first dash": lambda m: f"{m:%d/%m/%Y - %H:%M}",
    "day first hyphens": lambda m: f"{m:%d-%m-%Y %H:%M}",
    "day first points": lambda m: f"{m:%d.%m.%Y %H:%M}",
    "day first seconds": lambda m: f"{m:%d/%m/%Y %H:%M:%S}",
    "half day bar": lambda m: f"{m:%d-%m-%Y} | {_half(m)}",
    "half day": lambda m: f"{m:%d/%m/%Y} {_half(m)}",
    "half day asp": lambda m: f"{m.day}/{m.month}/{m.year} {_half(m).replace(' ', f':{m:%S} ')}",
    "half day first": lambda m: f"{_half(m)}, {m:%d/%m/%Y}",
    "words": lambda m: f"ngày {m.day} tháng {m.month} năm {m.year}, {m.hour} giờ {m:%M}",
    "words phut": lambda m: f"{m.hour} giờ {m:%M} phút, ngày {m:%d} tháng {m:%m} năm {m.year}",
    "joomla": lambda m: f"{_weekday(m)}, {m:%d} Tháng {m.month} {m:%Y %H:%M}",
    "year first": lambda m: f"{m:%Y-%m-%d %H:%M}",
}
"""Forms that show the minute, by name."""

DAY: dict[str, Callable[[datetime], str]] = {
    "slashes": lambda m: f"{m:%d/%m/%Y}",
    "hyphens": lambda m: f"{m:%d-%m-%Y}",
    "points": lambda m: f"{m:%d.%m.%Y}",
    "unpadded": lambda m: f"{m.day}/{m.month}/{m.year}",
    "weekday": lambda m: f"{_title(m)}, {m:%d/%m/%Y}",
    "weekday words": lambda m: f"{_weekday(m)}, ngày {m.day} tháng {m.month} năm {m.year}",
    "words": lambda m: f"ngày {m.day} tháng {m.month} năm {m.year}",
    "month named": lambda m: f"{m.day} Tháng {m.month}, {m.year}",
}
"""Forms that show the day only."""
