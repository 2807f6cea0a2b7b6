"""A file that is there only when it is complete, compressed as its name says. Touches the file that it is handed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.compressed import Sink, compressing, compression_of


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """The name beside ``path`` under which it is written until it is whole; what is left there behind the block goes.

    :raises OSError: what the block raises; of the part it names ``path``, for nobody asked for a part.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
    except OSError as error:
        if str(error.filename).startswith(str(part)):
            error.filename = str(path)
        raise
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):  # no part was begun, or its folder is a file
            part.unlink()


@contextmanager
def whole_file(path: Path) -> Iterator[Sink]:
    """A stream into a file that takes its place when the block is left without an error: a reader sees the file that
    was there before, or the whole new one. What is no ordinary file (``/dev/stdout``, a pipe) is written to as it is.

    :raises OSError: the file cannot be written.
    """
    path = path.resolve()
    compression = compression_of(path.name)
    if path.exists() and not path.is_file():
        with path.open("wb") as out, compressing(out, compression) as (plain, _):
            yield plain
        return
    with part_of(path) as part:
        with part.open("xb") as out:
            with compressing(out, compression) as (plain, _):
                yield plain
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
