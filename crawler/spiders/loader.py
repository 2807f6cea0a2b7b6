"""Makes a spider of every profile, so that ``scrapy list`` and ``scrapy crawl NAME`` need no Python file a site."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING

from archive.exits import Exit
from crawler.configuration import ConfigurationError, require_contact
from crawler.home import Home
from crawler.profiles import Profile, ProfileError
from crawler.spiders.site import SiteSpider
from crawler.urls import SiteAddresses

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.settings import BaseSettings


class ProfileSpiderLoader:
    """Scrapy's spider loader over the profiles of the home directory."""

    def __init__(self, settings: BaseSettings) -> None:
        self._home = Home.of(settings)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> ProfileSpiderLoader:
        return cls(settings)

    def load(self, name: str) -> type[SiteSpider]:
        """The spider class of one site, for Scrapy's own commands; all that ask something of a site come this way.

        :raises KeyError: as Scrapy wants it; the message names the nearest sites, or the mistake in the profile.
        :raises SystemExit: with ``Exit.BAD_CONFIGURATION`` where the configuration names no contact.
        """
        try:
            profile = self._home.profiles.load(name)
            require_contact(self._home, [profile])
        except ProfileError as error:
            raise KeyError(str(error)) from error
        except ConfigurationError as error:
            print(error, file=sys.stderr)
            raise SystemExit(Exit.BAD_CONFIGURATION) from error
        return spider_for(profile)

    def list(self) -> list[str]:
        """The names of all sites."""
        return self._home.profiles.names()

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The sites that own an address (for ``scrapy shell`` and ``scrapy parse``)."""
        return [
            profile.name
            for profile in self._home.profiles.all()[0]
            if SiteAddresses(profile, profile.layouts[-1]).owns(request.url)
        ]


def spider_for(profile: Profile) -> type[SiteSpider]:
    """A spider class for one profile."""
    return type("SiteSpider", (SiteSpider,), {"name": profile.name, "profile": profile, "__module__": __name__})
