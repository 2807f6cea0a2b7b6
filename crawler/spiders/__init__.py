"""How a site is walked. One spider class serves all sites: a profile makes it that site's spider."""
