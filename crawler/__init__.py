"""Knows the network and the pages: profiles, spiders, extraction, pipelines. May import ``archive``."""
