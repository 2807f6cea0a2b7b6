"""The reading room: web pages of the archive for archivists and researchers. Reads the archive, never writes it.

How a page is added, four files and one line:

1. ``archive/web/NAME.py``: a function from :class:`~archive.web.asking.Asked` to a response, and
   ``PAGES = [Page("/path/{id}", function)]``. The function runs in a thread of its own with a read-only connection
   (``asked.db``), inside one snapshot, under a time limit; it is synchronous and may use all of ``archive``. It ends
   with ``return asked.show("NAME.html", article=…)``. What a reader can get wrong is raised as
   :class:`~archive.web.troubles.Trouble` (status, key of its words, values); a page number or a date comes checked from
   ``asked.number(…)``. Never a cookie, never another method than GET.
2. ``archive/web/templates/NAME.html``: extends ``base.html`` and fills ``title`` and ``main`` (with one ``h1``).
   Everything is escaped. No ``style=`` and no ``on…=`` attribute and no inline script: the Content-Security-Policy
   stops them. A bar's length is an attribute of an SVG. A link inside the room is ``{{ link("/bai/" ~ id, trang=2) }}``
   (it keeps the language), a file of ours ``{{ static("room.css") }}``, an archived address
   ``{{ parts.address(url) }}`` (only http and https become links). What several pages show stands in ``parts.html``.
3. ``archive/web/words/NAME.toml``: what the page says, each key with ``vi`` and ``en`` (``en_one`` for one thing);
   in a template ``{{ t("NAME.key", count=3) }}``, in Python ``asked.say("NAME.key", count=3)``. A test holds every key
   to both languages, and every key that is used to exist.
4. ``archive/web/static/``: one stylesheet, ``room.css``; a page's own part stands under a comment with its name.
   Scripts only as files there, and only for what works without them too.
5. The module's ``PAGES`` is added to ``_ROOMS`` in :mod:`archive.web.app`, and to the menu in ``base.html`` if it is
   an entrance.

Tests take the fixture ``reading_room`` of ``tests/rooms.py``: a client for the page and one for the raw origin, over an
archive with every kind of thing in it. ``test_reading_room.py`` asks for every page that :data:`archive.web.app._ROOMS`
names, in both languages, and checks headers, markup and words, so a page that is not in its table of examples fails.
"""
