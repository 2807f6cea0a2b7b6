"""Scrapy's downloader middlewares: what may leave this machine, and how."""
