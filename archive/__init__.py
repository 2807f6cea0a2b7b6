"""What is kept: records, tables, writing, search, export. Works without the network and without Scrapy.

Nothing here imports ``crawler``; the crawler hands over :mod:`archive.records` and reads nothing back but counts.
"""
