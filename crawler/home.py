"""The home directory: where one operator's profiles, archive and logs are. Knows paths, opens nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.profiles import Profiles

DEFAULT = Path("luutru-data")


@dataclass(frozen=True, slots=True)
class Home:
    """``home`` is the folder itself; it need not exist yet."""

    home: Path

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Home:
        """From Scrapy's setting ``LUUTRU_HOME``, else the environment's, else ``./luutru-data``."""
        return cls(Path(settings.get("LUUTRU_HOME") or os.environ.get("LUUTRU_HOME") or DEFAULT))

    @property
    def archive(self) -> Path:
        """The SQLite archive."""
        return self.home / "archive.db"

    @property
    def warc(self) -> Path:
        """The WARC files: the evidence for all that the archive holds."""
        return self.home / "warc"

    @property
    def sites(self) -> Path:
        """The operator's own profiles, which stand over the built-in ones."""
        return self.home / "sites"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def profiles(self) -> Profiles:
        """The built-in profiles with the operator's own over them."""
        return Profiles(self.home)
