"""Tables as CSV, JSON, Parquet or Arrow."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kiban.errors import MissingExtra, WrongUsage
from kiban.records.rights.rights import Rights
from kiban.standards.tabular_rights import COLUMNS, as_json, as_metadata, columns_of


class _Column(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def is_number(self) -> bool: ...


def write(
    columns: Sequence[_Column], rows: Sequence[Sequence[Any]], kind: str, *, rights: Mapping[str, Rights] | None = None
) -> bytes:
    """Write a table.

    Parameters
    ----------
    kind : str
        `csv` (UTF-8, a header row with units in square brackets), `json` (a list of columns with their units, and a
        list of rows), `parquet` or `arrow` (an IPC stream); these two have units in the metadata of each field,
        under `unit`.
    rights : mapping, optional
        What is stated of the rights in the records of the table, by short identifier. CSV has licences and holders in
        its last two columns (`losses_of` says what it has no place for), JSON all of it under `rights`, Parquet and
        Arrow in their metadata under `kiban.rights`.

    Raises
    ------
    MissingExtra
        If Parquet or Arrow is asked for without pyarrow.
    WrongUsage
        If it is another kind.
    """
    if kind == "csv":
        return _csv(columns, rows, rights or {})
    if kind == "json":
        described = [{"name": c.name, "unit": c.unit} for c in columns]
        stated = {"rights": as_json(rights)} if rights else {}
        table = {"columns": described, "rows": [list(r) for r in rows], **stated}
        return json.dumps(table, ensure_ascii=False).encode()
    if kind in {"parquet", "arrow"}:
        return _columnar(columns, rows, as_metadata(rights or {}), kind)
    raise WrongUsage(f"A table cannot be written as '{kind}'.", mend="Use csv, json, parquet or arrow.")


def _csv(columns: Sequence[_Column], rows: Sequence[Sequence[Any]], rights: Mapping[str, Rights]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    names = [c.name for c in columns]
    writer.writerow([*(f"{c.name} [{c.unit}]" if c.unit else c.name for c in columns), *(COLUMNS if rights else ())])
    said = [columns_of(names, row, rights) if rights else () for row in rows]
    writer.writerows([_safe(cell) for cell in (*row, *more)] for row, more in zip(rows, said, strict=True))
    return out.getvalue().encode("utf-8")


def _safe(cell: Any) -> Any:
    """Names come from strangers' files: a text that a spreadsheet would run as a formula gets an apostrophe first."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _columnar(columns: Sequence[_Column], rows: Sequence[Sequence[Any]], metadata: dict[str, str], kind: str) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as e:
        raise MissingExtra(f"Writing {kind.title()}", extra="parquet") from e
    fields = [
        pa.field(c.name, pa.float64() if c.is_number else pa.string(), metadata={"unit": c.unit} if c.unit else None)
        for c in columns
    ]
    arrays = [pa.array([row[i] for row in rows], type=field.type) for i, field in enumerate(fields)]
    sink, table = io.BytesIO(), pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata or None))
    if kind == "parquet":
        pq.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()
