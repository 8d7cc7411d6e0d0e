"""Which files a deposit is about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiban.errors import WrongUsage
from kiban.operations.discover import discover, shown


def test_folders_in_order_of_name_with_their_own_name_first(tmp_path: Path) -> None:
    root = tmp_path / "run"
    (root / "b").mkdir(parents=True)
    for name in ("b/2", "a", "b/1", ".hidden"):
        (root / name).write_bytes(b"x")
    found = list(discover([root, root / "a"]))
    assert [f.path for f in found] == ["run/.hidden", "run/a", "run/b/1", "run/b/2", "a"]
    assert [f.on_disk for f in found][:2] == [root / ".hidden", root / "a"]


def test_the_folder_one_stands_in_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert [f.path for f in discover([Path()])] == [f"{tmp_path.name}/f"]


def test_links_to_folders_and_what_is_no_file_are_left_out(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "secret").write_bytes(b"x")
    (root / "loop").symlink_to(root)
    (root / "away").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    os.mkfifo(root / "pipe")
    assert [f.path for f in discover([root])] == ["root/file"]


def test_a_link_that_leads_nowhere_is_reported_by_the_deposit_rather_than_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert [f.path for f in discover([tmp_path])] == [f"{tmp_path.name}/gone"]


def test_odd_names_become_text_on_one_line() -> None:
    assert shown("a\nb\tc\x1b[31m") == "a\\nb\\tc\\x1b[31m"
    assert shown("酸化チタン.csv") == "酸化チタン.csv"
    assert shown(os.fsdecode("酸".encode("cp932"))) == "\\x8e_"


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no file or folder"):
        list(discover([tmp_path / "absent"]))


def test_single_files_can_be_named_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "f").write_bytes(b"")
    assert [f.path for f in discover([tmp_path / "in" / "f"], below=tmp_path)] == [f"{tmp_path.name}/in/f"]
