"""The blocks of an OPUS file and what the directory says of each; all little-endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

from kiban.errors import DamagedFile, NothingMeasured

SIGNATURE = b"\x0a\x0a\xfe\xfe"
MEND = "Save the measurement again in OPUS, or copy the file again; it is kept as it came."
_HEAD = struct.Struct("<4sdiii")
_ENTRY = struct.Struct("<Iii")
_MOST_BLOCKS = 1000
_DIRECTORY = 13
_SERIES, _COMPACT, _REPORT = 2, 4, 5

PARAMETERS = {
    1: "data parameters", 2: "instrument parameters", 3: "acquisition parameters", 4: "Fourier transform parameters",
    5: "display parameters", 6: "optics parameters", 7: "chromatography parameters", 8: "library search parameters",
    9: "communication parameters", 10: "sample parameters", 11: "laboratory and process parameters",
}  # fmt: skip
DATA = {
    1: "single-channel spectrum", 2: "interferogram", 3: "phase", 4: "absorbance", 5: "transmittance",
    6: "Kubelka-Munk", 7: "trace", 8: "series of interferograms", 9: "series of spectra", 10: "Raman", 11: "emission",
    12: "reflectance", 14: "power", 15: "log reflectance", 16: "ATR", 17: "photoacoustic",
    18: "arithmetic result (as transmittance)", 19: "arithmetic result (as absorbance)", 22: "match",
}  # fmt: skip
_PARTS = {1: "real part", 2: "imaginary part"}
_ORIGINS = {1: "of the sample", 2: "of the reference"}
_DERIVATIVES = {1: "first derivative", 2: "second derivative", 3: "higher derivative"}
_EXTRAS = {1: "compound information", _SERIES: "series", 3: "molecular structure", _COMPACT: "compact", 5: "report"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a block holds, as the bits of its code tell."""

    code: int
    part: int
    """Of complex numbers: 1 real, 2 imaginary; 3 means that they are not complex."""
    origin: int
    """1 sample, 2 reference, 3 their ratio; 0 where it is of the whole file."""
    parameters: int
    data: int
    channel: int
    """Of the detector, from 0."""
    derivative: int
    extra: int

    @classmethod
    def of(cls, code: int) -> Kind:
        """Take a code apart."""
        channel, data = divmod(code >> 10 & 0x7F, 32)
        return cls(
            code=code,
            part=code & 3,
            origin=code >> 2 & 3,
            parameters=code >> 4 & 0x3F,
            data=data,
            channel=channel,
            derivative=code >> 17 & 3,
            extra=code >> 19 & 7,
        )

    @property
    def is_directory(self) -> bool:
        """It is the list of blocks."""
        return self.data == _DIRECTORY and not self.parameters

    @property
    def is_series(self) -> bool:
        """It holds several spectra, each with a record of its own."""
        return self.extra == _SERIES

    @property
    def is_compact(self) -> bool:
        """Something that nobody described stands before its numbers."""
        return self.extra == _COMPACT

    @property
    def is_data(self) -> bool:
        """It holds measured or calculated numbers."""
        return not self.parameters and self.data not in {0, _DIRECTORY} and self.extra in {0, _SERIES, _COMPACT}

    @property
    def is_status(self) -> bool:
        """It holds the parameters of a block of numbers: how many, from where to where."""
        return self.parameters == 1

    @property
    def is_text(self) -> bool:
        """It is the history of the file."""
        return self.extra == _REPORT and self.code >> 19 << 19 == self.code

    def describes(self, other: Kind) -> bool:
        """Whether this is a kind of status block for that kind of data block."""
        return self.is_status and (self.code ^ other.code) & ~(0x3F << 4) == 0

    @property
    def label(self) -> str:
        """The kind in words."""
        words = [
            _DERIVATIVES.get(self.derivative, ""),
            DATA.get(self.data, f"data of kind {self.data}") if self.data else "",
            _ORIGINS.get(self.origin, ""),
            _PARTS.get(self.part, "") if self.data else "",
            f"on channel {self.channel + 1}" if self.channel else "",
            _EXTRAS.get(self.extra, f"kind {self.extra}") if self.extra and not self.is_text else "",
        ]
        what = " ".join(word for word in words if word)
        if self.is_text:
            return "history"
        if self.parameters:
            known = PARAMETERS.get(self.parameters, f"parameters of kind {self.parameters}")
            return f"{known}: {what}" if self.is_status else f"{known} {what}".strip()
        return what or "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """One block of the file."""

    kind: Kind
    start: int
    content: memoryview

    @property
    def place(self) -> str:
        """For messages."""
        return f"the block '{self.kind.label}' at byte {self.start}"


def blocks(content: bytes, file: str) -> tuple[float, list[Block]]:
    """Follow the directory.

    Returns
    -------
    (float, list of Block)
        The version of the program as it dates itself (`920622.0`), and the blocks in the directory's order.

    Raises
    ------
    DamagedFile
        If the directory or a block reaches beyond the file.
    NothingMeasured
        If the directory is empty.
    """
    if len(content) < _HEAD.size or not content.startswith(SIGNATURE):
        raise DamagedFile(
            f"{file}: a header of {_HEAD.size} bytes that begins with OPUS' signature was expected.", mend=MEND
        )
    _, version, start, _, count = _HEAD.unpack_from(content)
    if count < 1:
        raise NothingMeasured(f"{file}: its directory lists {count} blocks.", mend=MEND)
    if not (_HEAD.size <= start and count <= _MOST_BLOCKS and start + count * _ENTRY.size <= len(content)):
        raise DamagedFile(
            f"{file}: a directory of {count} blocks was expected at byte {start}; the file has {len(content)} bytes.",
            mend=MEND,
        )
    view = memoryview(content)
    found = []
    for code, n_words, place in _ENTRY.iter_unpack(view[start : start + count * _ENTRY.size]):
        kind = Kind.of(code)
        # A block that was deleted in OPUS leaves an entry of zeros.
        if kind.is_directory or (code == 0 and n_words == 0 and place == 0):
            continue
        if n_words < 0 or place < _HEAD.size or place + 4 * n_words > len(content):
            raise DamagedFile(
                f"{file}: the block '{kind.label}' should have {4 * n_words} bytes from byte {place}; the file has "
                f"{len(content)} bytes.",
                mend=MEND,
            )
        found.append(Block(kind=kind, start=place, content=view[place : place + 4 * n_words]))
    _check_apart(found, file)
    return version, found


def _check_apart(found: list[Block], file: str) -> None:
    ordered = sorted((block for block in found if len(block.content)), key=lambda block: block.start)
    for before, after in pairwise(ordered):
        if before.start + len(before.content) > after.start:
            raise DamagedFile(f"{file}: {before.place} reaches into {after.place}.", mend=MEND)
