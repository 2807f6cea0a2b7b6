"""Stories for the benchmark of copies, and their way into an archive. Touches the archive it is handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forms import Print

from archive.records import Address, Article, Capture, Harvest
from archive.store import Archive
from crawler.demo.site import DEMO_SITES
from crawler.demo.world import World

SITE = "songlam"
FETCHED = "2024-08-01T06:30:00+07:00"
LEAST = 60
"""Words of a story: of half of it enough is left to be compared."""

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Story:
    """What is printed, and in which section."""

    headline: str
    body: str
    section: str = ""

    @staticmethod
    def of(notice: Print) -> Story:
        """A form that was filled in."""
        return Story(notice.headline, notice.body)


def stories(count: int) -> list[Story]:
    """Articles of the replicas, each a story of its own."""
    names = DEMO_SITES
    bases = {name: f"http://{name}.example" for name in names}
    world = World(7, count // 2, two_on_a_page=False)
    rows = (row for name in names for row in world.truth(name, bases))
    found = [
        Story(row["headline"], row["body"], " ".join(row["section"]))
        for row in rows
        if row["cluster"] is None and len(row["body"].split()) >= LEAST
    ]
    if len(found) < count:
        raise SystemExit(f"{count} stories are wanted, the replicas tell only {len(found)}")
    return found[:count]


def add(archive: Archive, articles: Sequence[tuple[str, Story]]) -> None:
    """Store articles, by their ids, as a crawl does."""
    run = archive.start_run(SITE, FETCHED)
    for at in range(0, len(articles), _BATCH):
        archive.add(run, [_harvest(id, story) for id, story in articles[at : at + _BATCH]])


def _harvest(id: str, story: Story) -> Harvest:
    url = f"http://{SITE}.example/{id}.html"
    article = Article(id=id, site=SITE, key=id, url=url, headline=story.headline, body=story.body)
    capture = Capture(SITE, url, url, "article", FETCHED, 200, "text/html", 9, "0" * 64, "article")
    return Harvest(capture, [article], [], [Address(SITE, url, id)])
