"""What the archive holds, in figures: by month, by site and year, by kind and province. Reads the archive."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

from starlette.responses import Response

from archive.spreadsheet import BOM, guarded
from archive.web.alphabet import alphabetical
from archive.web.asking import Asked, Page
from archive.web.counts import counted, timeline, together
from archive.web.holdings import holdings


def show_figures(asked: Asked) -> Response:
    """Charts, each with its table."""
    held = holdings(asked)
    counts = counted(asked)
    line = timeline(together(counts.values()))
    lines = {name: timeline(months) for name, months in counts.items()}
    years = [year.year for year in line.years if year.total]
    kinds, provinces = Counter[str](), Counter[str]()
    for site in held.sites:
        kinds[site.kind] += site.articles
        provinces[site.province_now] += site.articles
    return asked.show(
        "figures.html",
        held=held,
        line=line,
        lines=lines,
        years=years,
        sites=sorted(held.sites, key=lambda site: (-site.articles, alphabetical(site.title))),
        by_year={name: {year.year: year.total for year in of.years} for name, of in lines.items()},
        kinds=kinds.most_common(),
        provinces=provinces.most_common(),
    )


def download_figures(asked: Asked) -> Response:
    """The same numbers as CSV: a line a site and month; of undated articles the month is empty."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write(BOM)
    writer.writerow(["site", "month", "articles"])
    for site, months in sorted(counted(asked).items()):
        writer.writerows([guarded(site), month, count] for month, count in sorted(months.items()))
    headers = {"Content-Disposition": 'attachment; filename="luutru-so-lieu.csv"', "Cache-Control": "no-cache"}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


PAGES = [Page("/so-lieu", show_figures), Page("/so-lieu.csv", download_figures)]
