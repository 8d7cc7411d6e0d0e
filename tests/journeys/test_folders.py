"""Measurements that are spread over a folder, with the command and the embedded database."""

from __future__ import annotations

import hashlib
import os
import signal
import time
import zipfile
from pathlib import Path

import numpy as np

from .conftest import Kiban

ACQUS = (
    "##TITLE= Parameter file, TOPSPIN\t\tVersion 3.0\n##JCAMPDX= 5.0\n##$TD= 8\n##$BYTORDA= 0\n##$DTYPA= 0\n"
    "##$AQ_mod= 3\n##$SW_h= 1000\n##$NUC1= <1H>\n##$PULPROG= <zg30>\n##END=\n"
)


def experiment(folder: Path, seed: int, *, width: int = 1000) -> Path:
    (folder / "pdata" / "1").mkdir(parents=True)
    (folder / "fid").write_bytes((np.arange(8, dtype="<i4") + seed).tobytes())
    (folder / "acqus").write_text(ACQUS.replace("SW_h= 1000", f"SW_h= {width}"))
    (folder / "pdata" / "1" / "title").write_text(f"sample {seed}")
    return folder


def test_a_folder_of_experiments_is_deposited_shown_and_found_again(kiban: Kiban, tmp_path: Path) -> None:
    for seed in (1, 2):
        experiment(tmp_path / "nmr" / str(seed), seed)
    lines = kiban.lines("deposit", tmp_path / "nmr")
    on_disk = {str(path) for path in (tmp_path / "nmr").rglob("*") if path.is_file()}
    assert {line["path"] for line in lines} == on_disk
    assert len(lines) == len(on_disk)
    for line in lines:
        assert line["sha256"] == hashlib.sha256(Path(line["path"]).read_bytes()).hexdigest()
        assert line["status"] == ("structured" if line["path"].endswith("fid") else "kept")
        assert line["measurement"]
    [one, two] = [line for line in lines if line["path"].endswith("fid")]
    assert one["measurement"] != two["measurement"]

    [shown] = kiban.lines("show", one["measurement"])
    assert {file["path"] for file in shown["files"]} == {"nmr/1/fid", "nmr/1/acqus", "nmr/1/pdata/1/title"}
    acqus = hashlib.sha256((tmp_path / "nmr" / "1" / "acqus").read_bytes()).hexdigest()
    assert {file["sha256"] for file in shown["files"]} >= {one["sha256"], acqus}
    assert shown["document"]["companions"]["acqus"] == acqus

    again = kiban.lines("deposit", tmp_path / "nmr")
    assert [(line["path"], line["measurement"]) for line in again] == [
        (line["path"], line["measurement"]) for line in lines
    ]
    assert all(line["already_there"] for line in again)

    (tmp_path / "nmr" / "1" / "acqus").write_text(ACQUS.replace("1000", "2000"))
    [other] = [line for line in kiban.lines("deposit", tmp_path / "nmr" / "1") if line["path"].endswith("fid")]
    assert other["measurement"] not in {one["measurement"], two["measurement"]}
    assert len(kiban.lines("find", "technique = nmr")) == 3
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]


def test_the_same_experiment_in_an_archive_is_read_too(kiban: Kiban, tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1", 1)
    (folder / "notes.csv").write_text("Time (s),Voltage (V)\n" + "".join(f"{n},{n}\n" for n in range(9)))
    with zipfile.ZipFile(tmp_path / "run.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(tmp_path).as_posix())
    [line] = kiban.lines("deposit", tmp_path / "run.zip")
    members = {member["path"].rpartition("!/")[2]: member for member in line["members"]}
    assert {path: member["technique"] for path, member in members.items()} == {
        "1/fid": "nmr",
        "1/acqus": "nmr",
        "1/pdata/1/title": "nmr",
        "1/notes.csv": "table",
    }
    [from_folder] = [each for each in kiban.lines("deposit", folder) if each["path"].endswith("fid")]
    assert from_folder["measurement"] == members["1/fid"]["measurement"]
    assert len(kiban.lines("find", "technique = nmr")) == 1


def test_experiments_survive_kills_whole_or_not_at_all(kiban: Kiban, tmp_path: Path) -> None:
    n = 60
    for seed in range(n):
        experiment(tmp_path / "nmr" / f"{seed:03}", seed)
    for seconds in (1.5, 2.5, 3.5):
        process = kiban.start("deposit", tmp_path / "nmr", "--json")
        time.sleep(seconds)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    lines = kiban.lines("deposit", tmp_path / "nmr")
    assert len(lines) == 3 * n
    pids = {line["measurement"] for line in lines}
    assert len(pids) == n
    assert None not in pids
    hits = kiban.lines("find", "technique = nmr", "--limit", "1000")
    assert {hit["id"] for hit in hits} == pids
    for line in lines[:6]:
        [shown] = kiban.lines("show", line["measurement"])
        assert len(shown["files"]) == 3
    [report] = kiban.lines("verify")
    assert report["sound"], report["findings"]
