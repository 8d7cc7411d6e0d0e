"""A data set of RDE goes in and out through the command."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kiban.testing.rde_examples import data_set, put

from .conftest import Kiban


def test_in_and_out_again(kiban: Kiban, tmp_path: Path) -> None:
    files = data_set()
    folder = put(tmp_path / "set", files)
    template, found = kiban.lines("import", folder, "--as", "rde")
    assert (template["status"], found["status"]) == ("defined", "imported")
    again = kiban.lines("import", folder, "--as", "rde")
    assert [line["status"] for line in again] == ["unchanged", "already there"]
    [pid] = found["records"]
    [hit] = kiban.lines("find", 'field.custom.anneal_t > 500 degC AND elements HAS "Ti"')[:1]
    assert hit["id"] in {pid, found["sample"]}
    out = tmp_path / "out.zip"
    assert kiban.run("export", pid, "--as", "rde", "-o", out).returncode == 0
    with zipfile.ZipFile(out) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert kiban.run("verify").returncode == 0
    wrong = kiban.run("import", folder, "--as", "rdf")
    assert wrong.returncode == 2
    assert "Did you mean rde?" in wrong.stderr
