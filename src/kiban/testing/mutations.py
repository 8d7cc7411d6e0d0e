"""Damage to files, as copying, editing and malice do it: what a reader must answer with a clear word.

A mutation is drawn from a chance and the sound files it starts from; the same chance gives the same bytes. Archives,
packed files and HDF5 are damaged inside as well: a flipped bit in a zip would otherwise be stopped by its checksum and
never reach the reader.
"""

from __future__ import annotations

import bz2
import gzip
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

from kiban.testing.hdf5_mutations import SIGNATURE, mutated_hdf5

_NUMBER = re.compile(rb"[-+]?\d[\d.]*")
_ODD_TEXTS = (
    b"0", b"-1", b"nan", b"inf", b"-inf", b"1e400", b"1e-400", b"2147483648", b"18446744073709551616", b"9" * 40,
    b"1,5", b"1.5.5", b"", b"x", b"\xe6\xb8\xac\xe5\xae\x9a", b"\x91\xaa", b"\xb0", b"\t", b'"', b"'",
)  # fmt: skip
_ODD_WHOLES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40)
_ODD_FLOATS = (0.0, -0.0, 1.0, -1.0, 1e38, 1e-38, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"))


def mutated(chance: random.Random, contents: Sequence[bytes]) -> bytes:
    """Damage one of the files in one to six places.

    Parameters
    ----------
    chance : Random
        The same state gives the same bytes.
    contents : sequence of bytes
        Sound files, none of them empty.
    """
    content = chance.choice(contents)
    # HDF5 itself refuses most files with damaged bytes.
    if chance.random() < (0.85 if content.startswith(SIGNATURE) else 0.8):
        inner = _inside(chance, content, contents)
        if inner is not None:
            return inner
    return _damaged(chance, content, contents)


def _damaged(chance: random.Random, content: bytes, contents: Sequence[bytes]) -> bytes:
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if not out:
            break
        chance.choice(_DAMAGES)(chance, out, contents)
    return bytes(out)


def _inside(chance: random.Random, content: bytes, contents: Sequence[bytes]) -> bytes | None:
    """Damage what is packed, and pack it again; `None` where nothing is packed."""
    try:
        if content.startswith(b"PK\x03\x04"):
            return _inside_zip(chance, content)
        if content.startswith(SIGNATURE):
            return _inside_hdf5(chance, content)
        for magic, unpack, pack in (
            (b"\x1f\x8b", gzip.decompress, gzip.compress),
            (b"BZh", bz2.decompress, bz2.compress),
        ):
            if content.startswith(magic):
                return pack(_damaged(chance, unpack(content), contents), 1)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return None  # a sound file that is not packed after all
    return None


def _inside_hdf5(chance: random.Random, content: bytes) -> bytes:
    changed = mutated_hdf5(chance, content)
    return _damaged(chance, changed, [changed]) if chance.random() < 0.15 else changed


def _inside_zip(chance: random.Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist() if not info.is_dir()]
    if not members:
        return content
    hit = chance.randrange(len(members))
    fate = chance.randrange(12)
    if fate == 0:
        members.pop(hit)
    elif fate == 1:
        chance.shuffle(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n, (name, inner) in enumerate(members):
            archive.writestr(name, _damaged(chance, inner, [inner]) if n == hit and fate > 1 and inner else inner)
    return out.getvalue()


def _flip(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)


def _set(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    out[chance.randrange(len(out))] = chance.randrange(256)


def _near_the_start(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    # Headers are there, and in a large file a place drawn evenly would seldom be in one.
    out[chance.randrange(min(len(out), 512))] = chance.randrange(256)


def _delete(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    where = chance.randrange(len(out))
    del out[where : where + chance.choice((1, 2, 4, 8, 20, 200, 5000))]


def _insert(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    where = chance.randrange(len(out) + 1)
    out[where:where] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 2, 4, 8, 30))))


def _repeat(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    start = chance.randrange(len(out))
    piece = out[start : start + chance.choice((1, 4, 50, 400, 3000))]
    where = chance.randrange(len(out) + 1)
    out[where:where] = piece * chance.choice((1, 1, 2, 10))


def _exchange(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    length = chance.choice((1, 2, 4, 8, 64))
    a, b = chance.randrange(len(out)), chance.randrange(len(out))
    out[a : a + length], out[b : b + length] = out[b : b + length], out[a : a + length]


def _cut(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    del out[chance.randrange(len(out)) :]


def _splice(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:
    other = chance.choice(contents)
    out[chance.randrange(len(out)) :] = other[chance.randrange(len(other)) :]


def _whole_number(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    size, order = chance.choice((1, 2, 4, 4, 8)), chance.choice(("little", "big"))
    value = chance.choice(_ODD_WHOLES) & ((1 << 8 * size) - 1)
    _overwrite(chance, out, value.to_bytes(size, order))  # type: ignore[arg-type]


def _float(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    code = chance.choice(("<d", ">d", "<f", ">f"))
    try:
        _overwrite(chance, out, struct.pack(code, chance.choice(_ODD_FLOATS)))
    except OverflowError:
        _overwrite(chance, out, struct.pack(code, float("inf")))


def _overwrite(chance: random.Random, out: bytearray, piece: bytes) -> None:
    reach = len(out) if chance.random() < 0.5 else min(len(out), 1024)
    where = chance.randrange(reach)
    if chance.random() < 0.7:
        where -= where % len(piece)  # numbers mostly stand at multiples of their size
    out[where : where + len(piece)] = piece


def _text_number(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:
    start = chance.randrange(len(out))
    found = _NUMBER.search(out, start, start + 4000)
    if found is None:
        _set(chance, out, contents)
    else:
        out[found.start() : found.end()] = chance.choice(_ODD_TEXTS)


def _line(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:
    """Take a line away, double it, or put it elsewhere."""
    start = out.rfind(b"\n", 0, chance.randrange(len(out)) + 1) + 1
    end = out.find(b"\n", start) + 1
    if not 0 < end - start <= 10_000:
        _delete(chance, out, contents)
        return
    line = out[start:end]
    if chance.random() < 0.7:
        del out[start:end]
    if chance.random() < 0.6:
        where = out.find(b"\n", chance.randrange(len(out) + 1)) + 1
        out[where:where] = line


def _line_ends(chance: random.Random, out: bytearray, contents: Sequence[bytes]) -> None:  # noqa: ARG001
    old, new = chance.choice(((b"\r\n", b"\n"), (b"\n", b"\r\n"), (b"\n", b"\r"), (b"\r\n", b"\r")))
    out[:] = out.replace(old, new)


_DAMAGES: tuple[Callable[[random.Random, bytearray, Sequence[bytes]], None], ...] = (
    _flip, _flip, _set, _near_the_start, _near_the_start, _delete, _insert, _repeat, _exchange, _cut, _splice,
    _whole_number, _whole_number, _whole_number, _float, _text_number, _text_number, _line, _line_ends,
)  # fmt: skip
