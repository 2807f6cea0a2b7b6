"""How like unrelated, edited and shortened texts are: ``python benchmarks/likeness.py [ARTICLES]``.

The texts are articles of the replicas, each a story of its own. Edited ones have a share of their words replaced by
words of another article, in random places; the shortened ones are cut to their first half.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable
from itertools import combinations

from rich.console import Console
from rich.table import Table

from archive.likeness import SHORTEST, Text, measures, read_text
from crawler.demo.site import DEMO_SITES
from crawler.demo.world import World

SEED = 7


def texts(count: int) -> list[list[str]]:
    """The words of articles that are no copies and long enough to be compared."""
    names = DEMO_SITES
    world = World(SEED, count, two_on_a_page=False)
    bases = {name: f"http://{name}.example" for name in names}
    found = []
    for row in world.truth(names[0], bases):
        words = row["body"].split()
        if row["cluster"] is None and len(words) >= 2 * SHORTEST:
            found.append(words)
    return found


def edited(words: list[str], other: list[str], share: float, dice: random.Random) -> list[str]:
    """The words with a share of them replaced."""
    changed = list(words)
    for at in dice.sample(range(len(words)), round(share * len(words))):
        changed[at] = dice.choice(other)
    return changed


def likeness(one: Text, other: Text) -> tuple[float, float]:
    """Jaccard similarity and containment."""
    jaccard, containment, _ = measures(len(one.shingles & other.shingles), len(one.shingles), len(other.shingles))
    return jaccard, containment


def read(words: Iterable[str]) -> Text:
    """Words as they are compared."""
    return read_text("", " ".join(words))


def main() -> None:
    """Print the ranges."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("articles", type=int, nargs="?", default=300)
    found = texts(options.parse_args().articles)
    dice = random.Random(SEED)  # noqa: S311 - a seed, not a secret
    whole = [read(words) for words in found]
    pairs = {"unrelated": [likeness(one, other) for one, other in combinations(whole, 2)]}
    for share in (0.05, 0.10, 0.20):
        pairs[f"{share:.0%} of the words replaced"] = [
            likeness(text, read(edited(words, dice.choice(found), share, dice)))
            for words, text in zip(found, whole, strict=True)
        ]
    pairs["cut to the first half"] = [
        likeness(text, read(words[: len(words) // 2])) for words, text in zip(found, whole, strict=True)
    ]
    table = Table(f"{len(found)} articles", "pairs", "similarity", "middle", "containment", "middle")
    for name, values in pairs.items():
        cells = []
        for column in zip(*values, strict=True):
            ranked = sorted(column)
            cells += [f"{ranked[0]:.2f} to {ranked[-1]:.2f}", f"{ranked[len(ranked) // 2]:.2f}"]
        table.add_row(name, str(len(values)), *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
