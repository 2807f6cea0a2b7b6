"""A look at a site: what it is made with, where it keeps its articles, whether its profile still fits. Stores nothing.

:mod:`crawler.survey.visiting` asks for pages on the terms of a crawl, :mod:`crawler.survey.looking` decides which;
everything else reads what came. A survey's pages are not archived: evidence is kept for what is stored, and a survey
stores nothing. The first crawl asks for them again.
"""
