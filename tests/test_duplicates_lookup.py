"""Looking one text up costs the same whatever the archive holds: more of other texts, of one form, of the same text."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from harvests import BODY, MORNING, SITE, article, page
from steps import work

from archive.likeness import Signature, minhash_values, sign
from archive.records import Article
from archive.signatures import look_up, newest, settle, to_compare
from archive.store import Archive

FEW, MANY = 300, 2_000


def prints(number: int) -> list[Signature]:
    """Signatures of a form's prints: each value is the form's but for a fifth of them."""
    dice = random.Random(number)  # noqa: S311 - a seed, not a secret
    form = sign("", BODY)
    assert form is not None
    made = []
    for at in range(number):
        values = minhash_values(form.minhash).copy()
        for place in dice.sample(range(len(values)), len(values) // 5):
            values[place] = dice.randrange(2**32)
        made.append(Signature(f"{at:032}", values.tobytes(), form.shingles))
    return made


def same_text(number: int) -> list[Signature]:
    """Signatures of one text that is printed again and again."""
    found = sign("Bài mới", BODY)
    assert found is not None
    return [found] * number


def others(number: int) -> list[Signature]:
    """Signatures of texts that have nothing in common."""
    dice = random.Random(number)  # noqa: S311 - a seed, not a secret
    return [Signature(f"{at:032}", dice.randbytes(126 * 4), 100) for at in range(number)]


def put(archive: Archive, signatures: Iterable[Signature]) -> None:
    """Put signatures into the tables, as if their texts had been stored and compared."""
    rows = [(f"{SITE}-{at:05}", signature) for at, signature in enumerate(signatures)]
    with archive.transaction():
        archive.db.conn.executemany(
            "INSERT INTO signatures (article, digest, minhash, shingles, compared) VALUES (?, ?, ?, ?, ?)",
            [(id, found.digest, found.minhash, found.shingles, len(rows)) for id, found in rows],
        )
        archive.db.conn.executemany(
            "INSERT INTO bands (band, hash, number) VALUES (?, ?, ?)",
            [(band, hash, at) for at, (_, found) in enumerate(rows, 1) for band, hash in enumerate(found.bands())],
        )


def looking_up(archive: Archive, one: Article) -> int:
    """How much work it is to look up an article that has come."""
    archive.add(archive.start_run(SITE, MORNING), [page(one)])
    spent = work(archive, lambda: look_up(archive.db, to_compare(archive.db, newest(archive.db))))
    with archive.transaction():
        settle(archive.db, [one.id])
    return spent


@pytest.mark.parametrize("texts", [others, prints, same_text], ids=["others", "a form", "the same text"])
def test_looking_a_text_up_is_no_more_work_when_the_archive_holds_more(
    tmp_path: Path, texts: Callable[[int], list[Signature]]
) -> None:
    spent = []
    for number in (FEW, MANY):
        with Archive(tmp_path / f"{number}.db") as archive:
            put(archive, texts(number))
            spent.append(looking_up(archive, article("x", headline="Bài mới", body=BODY)))
    few, many = spent
    assert 0 < many < 1.3 * few


def test_a_text_that_is_the_same_as_many_is_paired_with_the_first_only(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        put(archive, same_text(FEW))
        archive.add(archive.start_run(SITE, MORNING), [page(article("x", headline="Bài mới", body=BODY))])
        assert look_up(archive.db, to_compare(archive.db, newest(archive.db))).pairs == {(f"{SITE}-00000", f"{SITE}-x")}
