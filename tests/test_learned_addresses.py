"""What is learned of the addresses of a site: which part of them is the article's own."""

from __future__ import annotations

import re

import pytest

from crawler.learning.shapes import pattern_of, take_apart


@pytest.mark.parametrize(
    ("form", "same"),
    [
        ("/2024/{month}/{day}/bai-{word}", "/2025/03/{day}/bai-{word}"),
        ("/tin/2024{month}{day}/bai-{word}.html", "/tin/2024{month}{day}/bai-khac.html"),
    ],
)
def test_a_day_in_an_address_is_not_the_number_of_its_article(form: str, same: str) -> None:
    months = [{"month": f"{1 + n % 6:02}", "day": f"{3 * n + 1:02}", "word": "abcdefgh"[n]} for n in range(8)]
    pattern = re.compile(pattern_of([take_apart(form.format(**one)) for one in months], key=True))

    def key(target: str) -> str:
        found = pattern.fullmatch(target)
        assert found is not None
        return found.groupdict().get("key") or target

    assert len({key(address.format(**one)) for address in (form, same) for one in months}) == 16


def test_a_number_in_an_address_is_its_articles_whatever_the_words_say() -> None:
    addresses = [take_apart(f"/tin/2024/{1170 + n}/bai-{word}") for n, word in enumerate("abcdefgh")]
    found = re.fullmatch(pattern_of(addresses, key=True), "/tin/2025/12345/ten-moi")
    assert found is not None
    assert found["key"] == "12345"
