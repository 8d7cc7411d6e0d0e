"""kiban label."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from kiban.errors import InvalidSetting
from kiban.settings import Settings, load
from kiban.standards.label_stock import STOCKS

from .conftest import Terminal


def words(file: Path) -> str:
    """The text of the file without spaces."""
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file))
    return "".join(text.split())


def test_labels_are_printed(kiban: Terminal, tmp_path: Path) -> None:
    pid = kiban.one("sample", "new", "LTO-7", "--formula", "Li4Ti5O12", "--hazard", "H315")["id"]
    pieces = [piece["id"] for piece in kiban.lines("sample", "divide", pid, "--into", "3")]
    file = tmp_path / "labels.pdf"
    out, err = kiban.run(
        "label", pid, "--query", 'title STARTS WITH "LTO-7-"', "--size", "avery-l7160", "--start", "19", "-o", file
    )
    assert out == f"{file}: 2 pages of Avery L7160\n"
    assert err == ""
    text = words(file)
    assert all(each in text for each in (pid, *pieces, "LTO-7-3", "Li4Ti5O12", "H315"))
    assert "skin" not in text
    done = kiban.one("label", pid, "--size", "brother-62x29", "--language", "en", "-o", file)
    assert (done["n_pages"], done["losses"]) == (1, [])
    assert "Causesskinirritation" in words(file)
    kiban.run("label", pid, "--size", "brother-62x29", "--language", "ja", "-o", file)
    assert "皮膚刺激" in words(file)


def test_one_label_is_drawn_as_a_picture(kiban: Terminal, tmp_path: Path) -> None:
    pid = kiban.one("sample", "new", "S")["id"]
    for suffix, magic in (("svg", b"<svg"), ("png", b"\x89PNG")):
        file = tmp_path / f"label.{suffix}"
        kiban.run("label", pid, "--size", "25x25", "-o", file)
        assert file.read_bytes().startswith(magic)
    assert kiban.one("label", pid, pid, "--size", "25x25", "-o", tmp_path / "x.svg", exit_code=1)


def test_what_has_no_room_is_said(kiban: Terminal, tmp_path: Path) -> None:
    pid = kiban.one("sample", "new", "S", "--hazard", "H315")["id"]
    arguments = ("label", pid, "--size", "25x25", "--language", "en", "-o", tmp_path / "l.pdf")
    _, err = kiban.run(*arguments)
    assert "H315 Causes skin irritation" in err
    assert len(kiban.one(*arguments)["losses"]) == len(err.splitlines())


def test_the_sizes_are_listed(kiban: Terminal) -> None:
    out, _ = kiban.run("label", "--list")
    assert len(out.splitlines()) == len(STOCKS)
    assert "avery-l7160" in out
    assert [size["name"] for size in kiban.lines("label", "--list")] == [stock.name for stock in STOCKS]


def test_wrong_usage_is_told(kiban: Terminal, tmp_path: Path) -> None:
    pid = kiban.one("sample", "new", "S")["id"]
    for wrong in (
        [pid],
        ["--size", "25x25"],
        [pid, "--size", "25x26"],
        [pid, "--size", "25x25", "-o", tmp_path / "labels.doc"],
        [pid, "--size", "25x25", "-o", tmp_path / "none" / "labels.pdf"],
    ):
        assert kiban.one("label", *wrong, exit_code=2)["error"] == "WrongUsage"
    assert kiban.one("label", "kb:0000-0000-00", "--size", "25x25", exit_code=1)["error"] == "RecordNotFound"


def test_the_address_of_the_platform_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Settings(home=tmp_path).base_url is None
    monkeypatch.setenv("KIBAN_BASE_URL", "https://kiban.example.org")
    assert load(tmp_path).base_url == "https://kiban.example.org"
    for wrong in ("kiban.example.org", "ftp://kiban.example.org", "https://kiban.example.org/?a=1", "https://基盤.jp"):
        monkeypatch.setenv("KIBAN_BASE_URL", wrong)
        with pytest.raises(InvalidSetting, match="KIBAN_BASE_URL"):
            load(tmp_path)
