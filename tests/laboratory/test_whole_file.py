"""Files that appear whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiban.errors import NotReached
from kiban.laboratory.whole_file import write_whole


def test_many_who_write_the_same_file_leave_one_of_theirs(tmp_path: Path) -> None:
    path = tmp_path / "below" / "file.json"
    contents = [bytes([65 + i]) * (1000 * (i + 1)) for i in range(6)]
    found: list[bytes] = []
    write_whole(path, contents[0])

    def write(content: bytes) -> None:
        for _ in range(30):
            write_whole(path, content)
            found.append(path.read_bytes())

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 180
    assert set(found) <= set(contents)
    assert [each.name for each in path.parent.iterdir()] == ["file.json"]


def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(NotReached, match="cannot be written"):
        write_whole(tmp_path / "file", b"1")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
