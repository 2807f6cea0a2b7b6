"""From a Page to the archive, one step a file: extract, identity, dates, names, store. An item moves forward only."""
