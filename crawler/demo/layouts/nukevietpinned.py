"""Other articles that an editor of NukeViet names under the text by hand: "Bài viết liên quan", without dates. Pure."""

from __future__ import annotations

from typing import ClassVar

from crawler.demo.layouts.base import Visit
from crawler.demo.layouts.nukeviet import NukeViet
from crawler.demo.model import Related
from crawler.demo.typography import plain


class PinnedArticles(NukeViet):
    """To be mixed into a version that has them, before :class:`NukeViet`."""

    pinned_heading: ClassVar[str] = '<div class="h3 text-bold">Bài viết liên quan:</div>'
    pinned_list: ClassVar[str] = "inline-related-articles"
    """The list's class."""

    def pinned(self, index: int) -> list[Related]:
        """None for most articles."""
        if self.site.share("pinned", index) >= 0.3 or self.site.piece(index).related is not None:
            return []
        return [Related(self.site.head(at).headline, "related", at) for at in self.site.before(index, 3)[1:]]

    def related(self, index: int) -> list[Related]:
        entries, pinned = super().related(index), self.pinned(index)
        inline = [entry for entry in entries if entry.relation == "inline"]
        return [*inline, *pinned, *(entry for entry in entries if entry.relation != "inline")]

    def pinned_html(self, index: int, visit: Visit) -> str:
        """The list with its heading; empty where there is none."""
        items = "\n".join(
            f'<li>\n<a href="{self.path(entry.index or 0)}" class="link-body-emphasis">{plain(entry.title)}</a>\n</li>'
            for entry in self.pinned(index)
        )
        if not items:
            return ""
        under = f'<ul class="{self.pinned_list}">\n{items}\n</ul>'
        return f'<div class="margin-bottom-lg">\n{self.pinned_heading}\n{under}\n</div>'
