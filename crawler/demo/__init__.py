"""Replica sites with known truth, served on loopback. Only the demo, tests and benchmarks come in; of the
crawler it imports nothing but the time zone of its clock.

:class:`~crawler.demo.world.World` invents four sites, :class:`~crawler.demo.fixed.FixedSite` shows given articles,
:func:`~crawler.demo.server.serve` serves both, :mod:`~crawler.demo.truth` says what an archive must hold of them, and
:func:`~crawler.demo.score.score` compares.
"""
