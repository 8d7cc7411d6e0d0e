"""Compound files: streams come out as they went in, and what is damaged is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.compound_file import CompoundFile
from kiban.readers.source import Source
from kiban.testing.compound_files import compound

STREAMS = {("Contents",): b"abc", ("Data", "Trace 1"): bytes(range(256)) * 40, ("Data", "Empty"): b""}


def _open(content: bytes) -> CompoundFile:
    return CompoundFile(Source(content, name="a.dat"))


@pytest.mark.parametrize("version", [3, 4])
def test_streams_come_out_as_they_went_in(version: int) -> None:
    file = _open(compound(STREAMS, version=version))
    assert set(file.paths) == set(STREAMS)
    for path, content in STREAMS.items():
        assert file.stream(*path) == content


@given(
    st.dictionaries(
        st.lists(st.text("abcé日", min_size=1, max_size=31), min_size=1, max_size=1).map(tuple),
        st.binary(max_size=300).map(lambda part: part * 30),
        min_size=1,
        max_size=6,
    )
)
def test_any_streams(streams: dict[tuple[str, ...], bytes]) -> None:
    file = _open(compound(streams))
    assert {path: file.stream(*path) for path in file.paths} == streams


def test_files_with_more_tables_than_the_header_can_list() -> None:
    content = bytearray(compound({("Large",): bytes(8 * 128 * 512)}))
    # As if there were no room for more than four in the header: the others are listed in a sector at the end.
    n = struct.unpack_from("<I", content, 44)[0]
    places = struct.unpack_from(f"<{n}I", content, 76)
    assert n == 9
    listed = struct.pack("<128I", *places[4:], *[0xFFFFFFFF] * (127 - len(places[4:])), 0xFFFFFFFE)
    struct.pack_into(f"<{n - 4}I", content, 76 + 16, *[0xFFFFFFFF] * (n - 4))
    struct.pack_into("<2I", content, 68, len(content) // 512 - 1, 1)
    assert len(_open(bytes(content) + listed).stream("Large")) == 8 * 128 * 512


def test_what_is_damaged_is_refused() -> None:
    whole = compound(STREAMS)
    with pytest.raises(DamagedFile, match="header of a compound file"):
        _open(b"nothing")
    with pytest.raises(UnsupportedVariant, match="version 7"):
        _open(whole[:26] + b"\7" + whole[27:])
    with pytest.raises(DamagedFile, match="beyond its end"):
        _open(whole[:1024])
    with pytest.raises(DamagedFile, match="no stream Nothing"):
        _open(whole).stream("Nothing")


def test_circles_are_found() -> None:
    content = bytearray(compound(STREAMS))
    (place,) = struct.unpack_from("<I", content, 76)
    table_at = (place + 1) * 512
    struct.pack_into("<I", content, table_at + 4, 0)  # the second sector of the large stream leads back to its first
    with pytest.raises(DamagedFile, match="leads nowhere"):
        _open(bytes(content)).stream("Data", "Trace 1")
    content = bytearray(compound(STREAMS))
    at = content.find("Data".encode("utf-16-le"))
    number = (at - (struct.unpack_from("<I", content, 48)[0] + 1) * 512) // 128
    struct.pack_into("<I", content, at + 76, number)  # the folder is its own child
    with pytest.raises(DamagedFile, match="runs in a circle"):
        _open(bytes(content))


def test_a_stream_that_promises_more_than_there_is() -> None:
    content = bytearray(compound(STREAMS))
    at = content.find("Trace 1".encode("utf-16-le"))
    for size, fault in ((2**31, "longer than the file"), (11_000, "are promised")):
        struct.pack_into("<Q", content, at + 120, size)
        with pytest.raises(DamagedFile, match=fault):
            _open(bytes(content)).stream("Data", "Trace 1")
