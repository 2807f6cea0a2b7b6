"""Records as a Parquet file, written by DuckDB (the extra ``parquet``). Touches the file and a temporary one beside it.

A date-time stays the string that the export has (its offset is Vietnam's) and stands beside it as a moment, in the
column of the same name with ``_utc``. Lists are lists of strings or of structures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from archive.articles import Record
from archive.columns import Column, columns, kind_of
from archive.extras import how_to_install

MOMENT = "_utc"
"""Ends the name of a column that holds a moment."""

_TYPES = {
    "text": "VARCHAR",
    "time": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}
_LEAST_READ = 2**20
"""Bytes: DuckDB reads twice the longest record that it is told of at a time, and is not to read too little."""
_ROWS = 10_000
"""Records in a row group, which DuckDB holds in memory: those of 3 kB take 30 MB."""
_MEMORY = 512 * 2**20
"""Bytes that DuckDB may take, beside what the longest record needs."""


class NoDuckDB(Exception):
    """The extra is not installed; the message says how it is."""


def write_parquet(records: Iterable[Record], path: Path) -> None:
    """Write all records to a file that is not there yet, in their order.

    :raises NoDuckDB: DuckDB is not installed.
    :raises OSError: the file, or the temporary one beside it, cannot be written.
    """
    duckdb = _duckdb()
    lines = path.with_name(f"{path.name}.jsonl")
    try:
        longest = _LEAST_READ
        with lines.open("xb") as out:
            for record in records:
                longest = max(longest, out.write(msgspec.json.encode(_row(record)) + b"\n"))
        # One thread: the same rows give the same bytes.
        memory = f"{(_MEMORY + 8 * longest) // 2**20}MiB"
        configuration = {"threads": "1", "memory_limit": memory, "temp_directory": str(path.parent)}
        configuration |= {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        told = {"columns": _read_as(), "shown": _shown(), "source": _text(lines), "to": _text(path), "longest": longest}
        with contextlib.closing(duckdb.connect(config=configuration)) as connection:
            try:
                connection.execute("SET enable_progress_bar = false")  # it would stand in stdout
                connection.execute(_COPY.format(**told))
            except duckdb.Error as error:
                raise OSError(f"{path}: DuckDB could not write it ({error})") from error
    finally:
        lines.unlink(missing_ok=True)


def _duckdb() -> Any:
    try:
        import duckdb  # noqa: PLC0415 - it is large, and needed for this alone
    except ImportError as error:
        raise NoDuckDB(f"Parquet files are written by DuckDB; {how_to_install('parquet')}") from error
    return duckdb


def _row(record: Record) -> Record:
    return {column.name: column.value(record) for column in columns()}


_COPY = (
    "COPY (SELECT {shown} FROM read_json({source}, format = 'newline_delimited', columns = {{{columns}}},"  # noqa: S608 - quoted below
    f" maximum_object_size = {{longest}})) TO {{to}} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS})"
)


def _read_as() -> str:
    return ", ".join(f"{_name(column.name)}: {_text(_type_of(column))}" for column in columns())


def _shown() -> str:
    return ", ".join(one for column in columns() for one in _columns(column))


def _columns(column: Column) -> Iterator[str]:
    name = _name(column.name)
    yield name
    if column.kind == "time":
        yield f"CAST({name} AS TIMESTAMPTZ) AS {_name(column.name + MOMENT)}"


def _type_of(column: Column) -> str:
    return _TYPES[column.kind] if column.item is None else f"{_type(column.item)}[]"


def _type(form: dict[str, Any]) -> str:
    if "properties" in form:
        return f"STRUCT({', '.join(f'{_name(name)} {_type(one)}' for name, one in form['properties'].items())})"
    return f"{_type(form['items'])}[]" if "items" in form else _TYPES[kind_of(form)]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
