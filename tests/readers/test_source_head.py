"""The head of a file, as far as recognition looks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from kiban.readers.source import HEAD_BYTES, Source


class _InSmallPieces(io.FileIO):
    """A file of a file system that gives less at once than it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1000, size)) if size is not None and size > 0 else super().read(size)


@pytest.mark.parametrize("length", [0, 999, 5000, HEAD_BYTES, HEAD_BYTES + 1])
def test_the_head_is_whole_where_the_file_comes_in_pieces(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(n % 251 for n in range(length))
    path = tmp_path / "measured.dat"
    path.write_bytes(content)
    plain_open = Path.open

    def opened(self: Path, mode: str = "r", buffering: int = -1, **others: Any) -> Any:
        return _InSmallPieces(self, mode) if buffering == 0 else plain_open(self, mode, buffering, **others)

    monkeypatch.setattr(Path, "open", opened)
    source = Source(path)
    assert source.head == content[:HEAD_BYTES]
    assert source.size == length
    assert source.read() == content
