"""Fields of a binary header, read by a table of names, types and places."""

from __future__ import annotations

import math
import struct

import numpy as np

from kiban.errors import DamagedFile
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the file again from the instrument's computer, or export it again; it is kept as it came."

Field = tuple[str, str, int]
"""Name, type as `struct` spells it (`i`, `I`, `H`, `f`, `d`, `72s` for text), and offset."""


def read_fields(content: bytes, offset: int, table: tuple[Field, ...], *, what: str, file: str) -> dict[str, Json]:
    """Read the fields of a header that starts at the offset.

    Returns
    -------
    dict
        Texts up to their first zero byte; numbers, of which those that are not finite become `None`. A number of 32
        bits is the shortest decimal that stands for it: 0.1, not 0.10000000149.

    Raises
    ------
    DamagedFile
        If the file ends before the header does.
    """
    end = max(at + struct.calcsize(f"<{kind}") for _, kind, at in table)
    if offset + end > len(content):
        raise DamagedFile(
            f"{file}: {end} bytes were expected for {what} at byte {offset}; the file has {len(content)} bytes.",
            mend=MEND,
        )
    return {name: _value(content, offset + at, kind) for name, kind, at in table}


def _value(content: bytes, at: int, kind: str) -> Json:
    if kind.endswith("s"):
        return text(content[at : at + int(kind[:-1])])
    (value,) = struct.unpack_from(f"<{kind}", content, at)
    if kind not in "fd":
        return int(value)
    if not math.isfinite(value):
        return None
    return float(str(np.float32(value))) if kind == "f" else float(value)


def text(field: bytes) -> str:
    """Decode a text that zero bytes fill up."""
    found, _ = decode(field.partition(b"\0")[0])
    # What is left of a damaged file may hold anything; control characters help nobody.
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in found).strip()


def number(fields: dict[str, Json], name: str) -> float:
    """A number among the fields; NaN where the file holds none there."""
    value = fields.get(name)
    return float(value) if isinstance(value, (int, float)) else math.nan


def whole(fields: dict[str, Json], name: str) -> int:
    """A whole number among the fields. Raises KeyError where the table has none."""
    value = fields[name]
    if not isinstance(value, int):
        raise KeyError(name)
    return value


def words(fields: dict[str, Json], name: str) -> str:
    """A text among the fields, empty where there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
