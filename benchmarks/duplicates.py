"""How surely copies are told from other events, what looking one up costs: ``python benchmarks/duplicates.py``.

Labelled pairs of articles, told by the replicas and by forms (``forms.toml``), go into an archive; the pairs that stand
in it after ``conclude`` are counted. Any pair of copies that is not a labelled one is wrong, whichever two articles it
joins. Then single articles are looked up in archives of two sizes (``lookup.py``). Ends with 1 below a floor.
``--small`` is the short form, with fewer pairs and smaller archives.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from forms import fill_in, fill_in_again, forms
from lookup import aligners, look_up_in
from rich.console import Console
from rich.table import Table
from stories import SITE, Story, add, stories

from archive.alignment import align, words_of
from archive.conclude import conclude
from archive.likeness import measures, read_text
from archive.store import Archive

SEED = 20
PRECISION = 0.99

Edit = Callable[[Story, list[str], random.Random], Story]
"""Makes a copy of a story, with the words of another at hand."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of copies: how the second text is made of the first, and among which its share is measured."""

    name: str
    make: Edit
    group: str


def substituted(share: float) -> Edit:
    """A share of the words replaced by words of another article, in random places."""

    def edit(story: Story, others: list[str], dice: random.Random) -> Story:
        words = story.body.split(" ")
        for at in dice.sample(range(len(words)), round(share * len(words))):
            words[at] = dice.choice(others)
        return Story(story.headline, " ".join(words))

    return edit


def inserted(share: float) -> Edit:
    """Words of another article put in at random places, so many for each word of the text."""

    def edit(story: Story, others: list[str], dice: random.Random) -> Story:
        words = story.body.split(" ")
        for _ in range(round(share * len(words))):
            words.insert(dice.randrange(len(words) + 1), dice.choice(others))
        return Story(story.headline, " ".join(words))

    return edit


def deleted(share: float) -> Edit:
    """A share of the words left out, in random places."""

    def edit(story: Story, _: list[str], dice: random.Random) -> Story:
        words = story.body.split(" ")
        gone = set(dice.sample(range(len(words)), round(share * len(words))))
        return Story(story.headline, " ".join(word for at, word in enumerate(words) if at not in gone))

    return edit


def mixed(share: float) -> Edit:
    """A third each of the three."""

    def edit(story: Story, others: list[str], dice: random.Random) -> Story:
        for change in (substituted, inserted, deleted):
            story = change(share / 3)(story, others, dice)
        return story

    return edit


def sourced(story: Story, _: list[str], dice: random.Random) -> Story:
    """A last line that names a source; the archive is not told that it is one."""
    return Story(story.headline, f"{story.body}\n{dice.choice(SOURCES)}")


def retitled(story: Story, _: list[str], dice: random.Random) -> Story:
    """Words of the text for a headline, and a new sapo: before the text or in the place of its first sentence."""
    words = story.body.split()
    at = dice.randrange(len(words) // 2)
    kept = story.body if dice.random() < 0.5 else story.body.split(". ", 1)[-1]
    return Story(" ".join(words[at : at + 10]), f"{dice.choice(SAPOS)}\n{kept}")


def cut(share: float) -> Edit:
    """The first words only."""

    def edit(story: Story, _: list[str], __: random.Random) -> Story:
        words = story.body.split(" ")
        return Story(story.headline, " ".join(words[: round(share * len(words))]) + "…")

    return edit


SOURCES = (
    "Nguồn: Báo Sông Lam",
    "Theo Cổng thông tin điện tử tỉnh Sông Lam",
    "(Theo Báo Người Thợ)",
    "Nguồn: songlam.example",
)
SAPOS = (
    "Không ồn ào, không phô trương, những việc làm nhỏ mà thiết thực đang góp phần thay đổi cuộc sống quanh ta.",
    "Câu chuyện dưới đây được nhiều bạn đọc quan tâm gửi về tòa soạn trong mấy ngày qua, chúng tôi xin giới thiệu lại.",
    "Đằng sau những con số là mồ hôi, công sức của bao người lặng lẽ làm việc mà ít khi được nhắc tới tên.",
    "Chuyện tưởng như bình thường ấy lại để lại nhiều suy nghĩ cho những ai từng có dịp về thăm vùng đất này.",
)

EDITED, HARD, ADDED, CUT = "edits of up to 10 %", "edits of 20 %", "additions", "cuts"
FLOORS = {EDITED: 0.97, ADDED: 0.97, CUT: 0.90}
"""The share of each group of kinds that must be found."""

SHARES = {0.05: EDITED, 0.10: EDITED, 0.20: HARD}
COPIES = (
    *(Kind(f"{share:.0%} of the words replaced", substituted(share), group) for share, group in SHARES.items()),
    *(Kind(f"{share:.0%} more words put in", inserted(share), group) for share, group in SHARES.items()),
    *(Kind(f"{share:.0%} of the words left out", deleted(share), group) for share, group in SHARES.items()),
    *(Kind(f"{share:.0%} of all three", mixed(share), group) for share, group in SHARES.items()),
    Kind("a source line added", sourced, ADDED),
    Kind("a new headline and sapo", retitled, ADDED),
    Kind("cut to 70 %", cut(0.7), CUT),
    Kind("cut to 50 %", cut(0.5), CUT),
)
SAME_FORM, RETYPED = "the same form, another event", "the same form, another event, 5 % of all three edits"
SAME_SECTION, UNRELATED = "other stories of a section", "other stories"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stories, and of what kind they are together."""

    kind: str
    one: Story
    other: Story


def pairs(each: int, dice: random.Random) -> Iterator[Pair]:
    """``each`` pairs of every kind of copy, every third of a form's print, and as many that are no copies: half of them
    of the same form, a quarter of stories of one section. No story is in two pairs."""
    told = stories(4 * each * len(COPIES))
    dice.shuffle(told)
    names = sorted(forms())
    for kind in COPIES:
        for number in range(each):
            story = told.pop() if number % 3 else Story.of(fill_in(dice.choice(names), dice))
            yield Pair(kind.name, story, kind.make(story, dice.choice(told).body.split(), dice))
    for number in range(each * len(COPIES) // 2):
        first = fill_in(dice.choice(names), dice)
        other = Story.of(fill_in_again(first, dice))
        if number % 3:
            yield Pair(SAME_FORM, Story.of(first), other)
        else:
            yield Pair(RETYPED, Story.of(first), mixed(0.05)(other, dice.choice(told).body.split(), dice))
    for _ in range(each * len(COPIES) // 4):
        yield Pair(UNRELATED, told.pop(), told.pop())
    told.sort(key=lambda story: story.section)
    for _ in range(each * len(COPIES) // 4):
        yield Pair(SAME_SECTION, told.pop(), told.pop())


@dataclass(slots=True)
class Outcome:
    """Pairs by kind: how many ``there`` are and how many were ``found``. ``strays`` were found and labelled nowhere."""

    there: Counter[str]
    found: Counter[str]
    strays: int

    @property
    def precision(self) -> float:
        """The share of labelled copies among all pairs that were found."""
        right = sum(self.found[kind.name] for kind in COPIES)
        return right / max(1, sum(self.found.values()) + self.strays)

    def share(self, group: str) -> float:
        """How many of a group of kinds were found."""
        names = [kind.name for kind in COPIES if kind.group == group]
        return sum(self.found[name] for name in names) / sum(self.there[name] for name in names)

    def reaches_floors(self) -> bool:
        """Whether enough copies were found, and hardly anything else."""
        return self.precision >= PRECISION and all(self.share(group) >= floor for group, floor in FLOORS.items())


def judge(archive: Archive, labelled: list[Pair], dice: random.Random) -> Outcome:
    """Store both articles of each pair, all in random order, and see which pairs of copies the archive concludes."""
    numbers = count()
    articles = [(f"{SITE}-{next(numbers)}", story) for pair in labelled for story in (pair.one, pair.other)]
    labels = {tuple(sorted(ids)): pair.kind for pair, ids in zip(labelled, _by_two(articles), strict=True)}
    dice.shuffle(articles)
    add(archive, articles)
    conclude(archive)
    stands = archive.db.execute("SELECT article, other FROM duplicates").fetchall()
    found = Counter(labels[pair] for pair in stands if pair in labels)
    return Outcome(Counter(labels.values()), found, len(stands) - found.total())


def _by_two(articles: list[tuple[str, Story]]) -> Iterator[tuple[str, str]]:
    for at in range(0, len(articles), 2):
        yield articles[at][0], articles[at + 1][0]


def report(outcome: Outcome) -> Table:
    """What was found."""
    table = Table("pairs", "there", "found", "share", "floor", title="Labelled pairs")
    for kind in COPIES:
        there, found = outcome.there[kind.name], outcome.found[kind.name]
        table.add_row(kind.name, str(there), str(found), f"{found / there:.3f}")
    for group in dict.fromkeys(kind.group for kind in COPIES):
        floor = f"{FLOORS[group]:.2f}" if group in FLOORS else "none"
        table.add_row(f"all {group}", "", "", f"{outcome.share(group):.3f}", floor)
    for name in (SAME_FORM, RETYPED, SAME_SECTION, UNRELATED):
        table.add_row(f"no copies: {name}", str(outcome.there[name]), str(outcome.found[name]))
    table.add_row("no copies: articles of two pairs", "", str(outcome.strays))
    table.add_row("copies among all that was found", "", "", f"{outcome.precision:.4f}", f"{PRECISION:.2f}")
    return table


def seen(labelled: list[Pair]) -> Table:
    """What the judgement goes by: the least, the middle and the greatest of each kind of pairs."""
    table = Table("pairs", "similarity", "same words", "facts exchanged", "facts kept", "edits", title="Side by side")
    for kind in dict.fromkeys(pair.kind for pair in labelled):
        measured = [_measure(pair) for pair in labelled if pair.kind == kind]
        columns = [sorted(column) for column in zip(*measured, strict=True)]
        table.add_row(kind, *(" ".join(f"{of[at]:.4g}" for at in (0, len(of) // 2, -1)) for of in columns))
    return table


def _measure(pair: Pair) -> tuple[float, float, int, int, int]:
    one, other = (read_text(story.headline, story.body) for story in (pair.one, pair.other))
    jaccard, _, _ = measures(one.same_shingles(other), len(one.shingles), len(other.shingles))
    beside = align(words_of(one.body), words_of(other.body))
    same = beside.same / max(len(one.words), len(other.words))
    return round(jaccard, 2), round(same, 2), len(beside.exchanged), len(beside.kept), beside.edits


def main() -> None:
    """Print the tables; exit with 1 when a floor is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", action="store_true")
    options.add_argument("--pairs", type=int, default=60, metavar="N", help="pairs of each kind of copy")
    options.add_argument("--only-pairs", action="store_true", help="look nothing up in large archives")
    asked = options.parse_args()
    console = Console()
    dice = random.Random(SEED)  # noqa: S311 - a seed, not a secret
    with tempfile.TemporaryDirectory(prefix="luutru-") as folder:
        with Archive(Path(folder) / "pairs.db") as archive:
            labelled = list(pairs(8 if asked.small else asked.pairs, dice))
            outcome = judge(archive, labelled, dice)
        console.print(report(outcome))
        console.print(seen(labelled))
        if not asked.only_pairs:
            sizes = (1_000, 5_000) if asked.small else (10_000, 1_000_000)
            console.print(look_up_in(Path(folder), sizes, 100 if asked.small else 5_000, mixed(0.1)))
            console.print(aligners())
    sys.exit(not outcome.reaches_floors())


if __name__ == "__main__":
    main()
