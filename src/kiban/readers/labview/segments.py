"""The segments of a TDMS file, by their lead-ins alone: whether they fill the file, and whether the last was closed."""

from __future__ import annotations

import struct
from typing import BinaryIO

from kiban.errors import DamagedFile

MEND = "Copy the file again from the computer that recorded it; it is kept as it came."
SIGNATURE = b"TDSm"
_LEAD_IN = 28
_OPEN = 0xFFFFFFFFFFFFFFFF
_BIG_ENDIAN = 1 << 6
_VERSIONS = {4712, 4713}


def is_interrupted(stream: BinaryIO, size: int, *, file: str) -> bool:
    """Walk through the lead-ins; say whether the last segment was never closed, because recording was interrupted.

    Raises
    ------
    DamagedFile
        If a segment does not begin where the one before ends, or promises more than the file has.
    """
    at = n = 0
    while at < size:
        stream.seek(at)
        lead_in = stream.read(_LEAD_IN)
        n += 1
        if not lead_in.startswith(SIGNATURE) or len(lead_in) < _LEAD_IN:
            raise DamagedFile(
                f"{file}: segment {n} was expected at byte {at}; {lead_in[:4]!r} and {len(lead_in)} bytes were found.",
                mend=MEND,
            )
        # The lead-in's own flags are little-endian whatever the rest is.
        (flags,) = struct.unpack_from("<I", lead_in, 4)
        version, length, metadata = struct.unpack_from((">" if flags & _BIG_ENDIAN else "<") + "IQQ", lead_in, 8)
        if version not in _VERSIONS:
            raise DamagedFile(
                f"{file}: segment {n} states the version {version}; 4712 or 4713 was expected.", mend=MEND
            )
        if length == _OPEN:
            return True
        following = at + _LEAD_IN + length
        if following > size or metadata > length:
            raise DamagedFile(
                f"{file}: segment {n} was expected to end at byte {following}; the file has {size}.", mend=MEND
            )
        at = following
    return False
