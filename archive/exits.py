"""The exit codes of the command ``luutru``: one for each thing that a script may have to act upon. No I/O."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What ended the command. A script may rely on the numbers: they do not change."""

    OK = 0
    """Done."""

    UNEXPECTED = 1
    """A fault of luutru's own, or of the machine: the traceback on stderr belongs in a report."""

    USAGE = 2
    """The command line, or a search, could not be understood; nothing was done."""

    BAD_CONFIGURATION = 3
    """A profile or another file that an operator writes holds a mistake; the message names file and key."""

    NOT_FOUND = 4
    """No such site or article; the message names the nearest ones."""

    CANNOT_OPEN = 5
    """There is no archive, or the file is none of luutru's, or a file could not be written."""

    CRAWL_FAILED = 6
    """The crawl is over, and at least one site was not crawled to its end; or a site could not be looked at."""

    BUSY = 7
    """Another process holds what this one needs: a site that is being crawled, the archive's write lock."""

    DAMAGED = 8
    """The archive was checked, and something in it is lost, false or cannot be found; the report says what."""

    NO_ROOM = 9
    """The disk is full; all that was stored before is kept."""

    NOT_WRITTEN = 10
    """A site was looked at, and no profile was written: the operator declined, or nobody could be asked."""

    MISFIT = 11
    """A site's profile no longer fits its pages: a field or an entrance that it had is not found any more."""

    INTERRUPTED = 130
    """Stopped by Ctrl-C, SIGTERM or SIGHUP; all that was stored before is kept."""
