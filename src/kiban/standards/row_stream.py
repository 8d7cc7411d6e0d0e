"""Rows as a stream of bytes: JSON lines, Arrow (IPC stream) or Parquet. What was written is let go of.

Each form says where it ends, so that half of it is not taken for the whole: JSON lines by a last line
`{"end": true, "rows": N}`, Arrow by its end-of-stream mark, Parquet by its footer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiban.errors import MissingExtra, WrongUsage

MEDIA_TYPES = {
    "jsonl": "application/x-ndjson",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
_GROUP_ROWS = 20_000
"""Rows of one group of a Parquet file, as far as they come to `_GROUP_BYTES` or less."""
_GROUP_BYTES = 8 << 20


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    JSON = "json"
    """An object; in Arrow and Parquet its text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of each row."""

    name: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    """Of all its numbers; where each row has its own, another field says it."""


def write(fields: Sequence[Field], parts: Iterable[Sequence[Sequence[Any]]], form: str) -> Iterator[bytes]:
    """Write rows as they come.

    Raises
    ------
    MissingExtra
        At once, not on the way: if Arrow or Parquet is asked for without pyarrow.
    WrongUsage
        If it is another form.
    """
    if form == "jsonl":
        return _json_lines(fields, parts)
    if form not in MEDIA_TYPES:
        raise WrongUsage(f"Rows cannot be written as '{form}'.", mend=f"Use one of: {', '.join(MEDIA_TYPES)}.")
    try:
        import pyarrow
        import pyarrow.parquet  # noqa: F401
    except ImportError as e:
        raise MissingExtra(f"Writing {form.title()}", extra="parquet") from e
    return _arrow(fields, parts) if form == "arrow" else _parquet(fields, parts)


def _json_lines(fields: Sequence[Field], parts: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    import msgspec

    names, encode, n = [field.name for field in fields], msgspec.json.Encoder().encode, 0
    for rows in parts:
        n += len(rows)
        if rows:
            yield b"".join(encode(dict(zip(names, row, strict=True))) + b"\n" for row in rows)
    yield encode({"end": True, "rows": n}) + b"\n"


def _arrow(fields: Sequence[Field], parts: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    import pyarrow as pa

    schema, sink = _schema(fields), io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for rows in parts:
            if rows:
                writer.write_batch(_batch(fields, schema, rows))
                yield _taken(sink)
    yield _taken(sink)


def _parquet(fields: Sequence[Field], parts: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, sink = _schema(fields), _Passing()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        waiting: list[Any] = []
        for rows in parts:
            if not rows:
                continue
            waiting.append(_batch(fields, schema, rows))
            if sum(batch.num_rows for batch in waiting) >= _GROUP_ROWS or sum(b.nbytes for b in waiting) > _GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
    yield sink.take()


def _schema(fields: Sequence[Field]) -> Any:
    import pyarrow as pa

    types = {Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}
    return pa.schema(
        [
            pa.field(f.name, types.get(f.kind, pa.string()), metadata={"unit": f.unit} if f.unit else None)
            for f in fields
        ]
    )


def _batch(fields: Sequence[Field], schema: Any, rows: Sequence[Sequence[Any]]) -> Any:
    import pyarrow as pa

    columns = []
    for i, field in enumerate(fields):
        cells = [row[i] for row in rows]
        if field.kind is Kind.JSON:
            cells = [json.dumps(cell, ensure_ascii=False) if cell is not None else None for cell in cells]
        columns.append(pa.array(cells, type=schema.field(i).type))
    return pa.record_batch(columns, schema=schema)


def _taken(sink: io.BytesIO) -> bytes:
    written = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return written


class _Passing(io.RawIOBase):
    """A file that forgets what was taken of it and still knows how far it is: Parquet's footer names places in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:
        """Keep until it is taken."""
        written = bytes(content)
        self._parts.append(written)
        self._at += len(written)
        return len(written)

    def tell(self) -> int:
        """So many bytes were written."""
        return self._at

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
