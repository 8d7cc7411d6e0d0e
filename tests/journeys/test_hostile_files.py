"""Files that mean harm, or were harmed: a clear word for each, and nothing outside the home touched."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from .conftest import Kiban

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(20))
    + b"]><xrdMeasurements>&u;</xrdMeasurements>"
)
STEALS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]><xrdMeasurements>&s;</xrdMeasurements>'
)


def _zip_with(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def test_each_gets_a_clear_word(kiban: Kiban, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "laughs.xrdml").write_bytes(LAUGHS)
    (folder / "steals.xrdml").write_bytes(STEALS)
    (folder / "leaves.zip").write_bytes(_zip_with("../../../leaves.txt"))
    (folder / "empty.ras").write_bytes(b"")
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("z", "w") as member:
        for _ in range(1024):
            member.write(bytes(1 << 20))
    (folder / os.fsdecode("酸化チタン.csv".encode("cp932"))).write_bytes(b"T (K),R (ohm)\n1,2\n2,3\n3,4\n4,5\n")
    (folder / "酸化チタン.csv").write_bytes(b"T (K),R (ohm)\n1,3\n2,3\n3,4\n4,5\n")
    (folder / "two\nlines.csv").write_bytes(b"T (K),R (ohm)\n1,4\n2,3\n3,4\n4,5\n")
    before = sorted(str(path) for path in tmp_path.rglob("*") if kiban.home not in path.parents)

    lines = {Path(line["path"]).name: line for line in kiban.lines("deposit", folder)}

    assert len(lines) == 8
    assert lines["laughs.xrdml"]["status"] == "quarantined"
    assert lines["steals.xrdml"]["status"] == "quarantined"
    assert "root:" not in str(lines["steals.xrdml"])
    assert lines["leaves.zip"]["status"] == "quarantined"
    assert "leaves the archive" in lines["leaves.zip"]["reason"]
    assert lines["bomb.zip"]["status"] == "quarantined"
    assert lines["empty.ras"]["status"] == "kept"
    assert lines["酸化チタン.csv"]["status"] == "structured"
    assert lines["two\\nlines.csv"]["status"] == "structured"
    assert sum(line["status"] == "structured" for line in lines.values()) == 3
    after = sorted(str(path) for path in tmp_path.rglob("*") if kiban.home not in path.parents)
    assert after == sorted([*before, str(kiban.home)])
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]


@pytest.mark.slow
def test_two_gigabytes_of_zeros_are_streamed(kiban: Kiban, tmp_path: Path) -> None:
    folder = tmp_path / "zeros"
    folder.mkdir()
    with (folder / "zeros.mpr").open("wb") as file:
        file.truncate(2 << 30)
    [line] = kiban.lines("deposit", folder)
    assert line["status"] == "kept"
    assert line["size"] == 2 << 30
    assert "nothing but zero bytes" in line["reason"]
