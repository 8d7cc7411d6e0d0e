"""How the two sides of the fence speak: a JSON header and any number of byte strings, each with its length before it.

JSON and plain bytes, never pickle: what a fenced worker sends may have been made by whoever wrote the file it read.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgspec

from kiban.errors import LimitExceeded

_LENGTH = struct.Struct("<Q")
MAX_FRAME_BYTES = 1 << 30


def send(stream: BinaryIO, header: Any, blobs: list[bytes] | None = None) -> None:
    """Write one message."""
    encoded = msgspec.json.encode(header)
    parts = [encoded, *(blobs or [])]
    stream.write(_LENGTH.pack(len(parts)))
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[Any, list[bytes]]:
    """Read one message.

    Raises
    ------
    EOFError
        If the other side has gone.
    LimitExceeded
        If it sends more than a message may hold.
    """
    n_parts = _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]
    left = MAX_FRAME_BYTES
    parts: list[bytes] = []
    for _ in range(n_parts):
        length = _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]
        left -= length
        if left < 0:
            raise LimitExceeded(
                f"Reading the file gives more than {MAX_FRAME_BYTES} bytes.",
                mend="Export a smaller part of the measurement. The file is kept as it came.",
            )
        parts.append(_exactly(stream, length))
    if not parts:
        raise EOFError
    return msgspec.json.decode(parts[0]), parts[1:]


def smaller(request: Mapping[str, Any]) -> str:
    """The way out, for a person whose file is too much to be read."""
    if "path" not in request:  # bytes that were sent along, and are kept nowhere
        return "Split the table, and give its parts one after the other."
    return "Export a smaller part of the measurement. The file is kept as it came."


def _exactly(stream: BinaryIO, length: int) -> bytes:
    content = stream.read(length)
    if len(content) != length:
        raise EOFError
    return content
