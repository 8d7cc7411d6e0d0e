"""A newcomer's first day: deposit, find, show, table, verify, and all of it again."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from .conftest import Kiban


def test_the_loop_from_files_to_a_table(kiban: Kiban, study: Path) -> None:
    on_disk = sorted(path for path in study.rglob("*") if path.is_file())

    lines = kiban.lines("deposit", study)
    assert sorted(line["path"] for line in lines) == [str(path) for path in on_disk]
    for line in lines:
        assert line["sha256"] == hashlib.sha256(Path(line["path"]).read_bytes()).hexdigest()
        assert line["status"] in {"structured", "kept", "quarantined"}
        assert line["reason"]
        assert (line["measurement"] is not None) == (line["status"] == "structured")
    statuses = {line["status"] for line in lines}
    assert statuses == {"structured", "kept", "quarantined"}

    again = kiban.lines("deposit", study)
    assert [(line["path"], line["measurements"]) for line in again] == [
        (line["path"], line["measurements"]) for line in lines
    ]
    assert all(line["already_there"] for line in again if line["status"] == "structured")

    hits = kiban.lines("find", 'kind = "measurement"', "--limit", "1000")
    assert len(hits) == len({pid for line in lines for pid in line["measurements"]})
    samples = kiban.lines("find", 'kind = "sample"')
    assert len(samples) >= 5
    patterns = kiban.lines("find", 'technique = "xrd" AND d_spacing > 1 angstrom')
    assert patterns
    assert {hit["technique"] for hit in patterns} == {"xrd"}

    [shown] = kiban.lines("show", patterns[0]["id"])
    assert shown["sample"] is not None
    assert any(claim["term"] == "d_spacing" and claim["value"]["uncertainty"] for claim in shown["properties"])
    assert shown["files"][0]["sha256"]

    table = kiban.home.parent / "table.csv"
    assert kiban.run("table", 'kind = "sample"', "-o", table).returncode == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(samples)
    assert "d_spacing [angstrom]" in rows[0]

    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]


def test_a_flipped_byte_and_a_lost_object_are_named(kiban: Kiban, many_files) -> None:  # type: ignore[no-untyped-def]
    folder = many_files(5)
    lines = kiban.lines("deposit", folder)
    objects = {path.name: path for path in (kiban.home / "objects").rglob("*") if path.is_file()}
    damaged, lost = lines[1], lines[3]
    victim = objects[damaged["sha256"]]
    victim.chmod(0o600)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    objects[lost["sha256"]].unlink()

    done = kiban.run("verify", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert {finding["what"] for finding in report["findings"]} == {damaged["sha256"], lost["sha256"]}
    assert sorted(path for finding in report["findings"] for path in finding["files"]) == [
        f"many/{Path(damaged['path']).name}",
        f"many/{Path(lost['path']).name}",
    ]

    # Depositing the originals again puts both right.
    kiban.lines("deposit", folder)
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]


def test_an_error_names_fault_and_mend_and_the_exit_code_tells(kiban: Kiban, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.xrdml"
    nothing.write_bytes(b"")
    done = kiban.run("read", nothing, "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout)
    assert error["error"] == "UnknownFormat"
    assert "is empty" in error["fault"]
    assert kiban.run("read", tmp_path / "absent").returncode == 2
    assert kiban.run("deposit", tmp_path / "absent").returncode == 2
    assert kiban.run("show", "kb:0000-0000-01").returncode == 1
    assert kiban.run("find", "hardness >= ").returncode == 1
    assert not kiban.home.exists(), "a question that cannot be understood starts nothing"
