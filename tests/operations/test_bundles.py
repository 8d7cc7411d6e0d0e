"""Measurements of several files: found in folders and archives, read together, each file kept and told of once."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiban.compute.fence import Fence
from kiban.operations.bundles import bundles, parts_on_disk
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.list_files import list_files
from kiban.operations.read_file import read_file
from kiban.operations.reread import reread
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.verify import verify
from kiban.records.party import Asker

PATTERNS = {"fid": ("acqus", "acqu2s", "pdata/*/procs")}
ACQUS = (
    b"##TITLE= Parameters\n##$TD= 8\n##$BYTORDA= 0\n##$DTYPA= 0\n##$AQ_mod= 3\n##$SW_h= 1000\n##$NUC1= <1H>\n##END=\n"
)
FID = np.arange(8, dtype="<i4").tobytes()


def experiment(folder: Path, *, acqus: bytes = ACQUS, fid: bytes = FID) -> Path:
    (folder / "pdata" / "1").mkdir(parents=True)
    (folder / "fid").write_bytes(fid)
    (folder / "acqus").write_bytes(acqus)
    (folder / "pdata" / "1" / "title").write_text("ethanol")
    (folder / "notes.csv").write_text("Time (s),Voltage (V)\n" + "".join(f"{n},{n}\n" for n in range(9)))
    return folder


def test_parts_are_those_that_fit_below_the_folder(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1")
    (folder / "pdata" / "1" / "procs").write_bytes(b"x")
    (folder / "pdata" / "1" / "deeper").mkdir()
    (folder / "pdata" / "1" / "deeper" / "procs").write_bytes(b"x")
    assert parts_on_disk(folder / "fid", PATTERNS) == ["acqus", "pdata/1/procs"]
    assert parts_on_disk(folder / "notes.csv", PATTERNS) == []
    (folder / "acqus").unlink()
    assert parts_on_disk(folder / "fid", PATTERNS) == []


def test_links_to_other_folders_are_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = experiment(tmp_path / "1"), tmp_path / "elsewhere"
    (elsewhere / "1").mkdir(parents=True)
    (elsewhere / "1" / "procs").write_bytes(b"secret")
    (folder / "pdata" / "2").symlink_to(elsewhere / "1")
    assert parts_on_disk(folder / "fid", PATTERNS) == ["acqus"]


@given(st.sets(st.sampled_from(["fid", "acqus", "1/fid", "1/acqus", "1/pdata/1/procs", "1/pdata/procs", "2/acqus"])))
def test_in_archives_every_file_belongs_to_one_measurement_at_most(names: set[str]) -> None:
    found = dict(bundles(names, PATTERNS))
    members = [name for main, parts in found.items() for name in (main, *parts.values())]
    assert len(members) == len(set(members))
    assert set(found) == {n for n in names if n.endswith("fid") and f"{n.removesuffix('fid')}acqus" in names}
    if "1/fid" in found:
        assert ("pdata/1/procs" in found["1/fid"]) == ("1/pdata/1/procs" in names)


def test_a_folder_is_one_measurement_and_every_file_has_its_line(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    experiment(inbox / "1")
    outcomes = {outcome.path.rpartition("inbox/")[2]: outcome for outcome in deposit(asker, resources, [inbox])}
    assert {path: outcome.status for path, outcome in outcomes.items()} == {
        "1/fid": "structured",
        "1/acqus": "kept",
        "1/pdata/1/title": "kept",
        "1/notes.csv": "structured",
    }
    pid = outcomes["1/fid"].measurement
    assert pid is not None
    assert outcomes["1/acqus"].measurement == pid
    assert outcomes["1/acqus"].reason == "It belongs to another file, and is read together with it."
    shown = show(asker, resources, pid)
    assert shown.record.title == "ethanol (acquired)"
    assert set(shown.record.document["companions"]) == {"acqus", "pdata/1/title"}
    assert {entry.path for entry in shown.files} == {"inbox/1/fid", "inbox/1/acqus", "inbox/1/pdata/1/title"}
    assert verify(asker, resources).is_sound
    assert all(outcome.already_there for outcome in deposit(asker, resources, [inbox]))
    assert len(list_files(asker, resources)) == 4


def test_the_same_fid_with_other_parameters_is_another_measurement(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    experiment(inbox / "1")
    experiment(inbox / "2", acqus=ACQUS.replace(b"1000", b"2000"))
    experiment(inbox / "3")
    pids = [o.measurement for o in deposit(asker, resources, [inbox]) if o.path.endswith("fid")]
    assert pids[0] != pids[1]
    assert pids[0] == pids[2]
    (inbox / "1" / "acqus").write_bytes(ACQUS.replace(b"1000", b"3000"))
    [again] = [o for o in deposit(asker, resources, [inbox / "1"]) if o.path.endswith("fid")]
    assert again.measurement not in pids
    assert not again.already_there


def test_an_experiment_in_a_tar_archive_is_one_too(asker: Asker, resources: Resources, inbox: Path) -> None:
    folder = experiment(inbox / "1")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.add(folder, "sample/1")
    (inbox / "nmr.tar").write_bytes(stream.getvalue())
    [outcome] = deposit(asker, resources, [inbox / "nmr.tar"])
    members = {member.path.rpartition("!/")[2]: member for member in outcome.members}
    assert {path: member.status for path, member in members.items()} == {
        "sample/1/fid": "structured",
        "sample/1/acqus": "kept",
        "sample/1/pdata/1/title": "kept",
        "sample/1/notes.csv": "structured",
    }
    assert members["sample/1/fid"].technique == "nmr"
    assert outcome.reason == "It is an archive of 4 files; 2 of them could be read."


def test_a_damaged_one_waits_whole_and_its_parts_are_not_misread(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    folder = experiment(inbox / "1", fid=FID[:12])
    statuses = [outcome.status for outcome in deposit(asker, resources, [folder])]
    assert sorted(statuses) == ["kept", "kept", "quarantined", "structured"]
    assert list(reread(asker, resources)) == []
    (folder / "fid").write_bytes(FID)
    assert sorted(o.status for o in deposit(asker, resources, [folder])) == ["kept", "kept", "structured", "structured"]
    assert find(asker, resources, "technique = nmr").total == 1


def test_everything_read_anew_stays_what_it_is(asker: Asker, resources: Resources, inbox: Path) -> None:
    experiment(inbox / "1")
    list(deposit(asker, resources, [inbox]))
    outcomes = list(reread(asker, resources, everything=True))
    assert {outcome.path for outcome in outcomes} >= {"inbox/1/fid", "inbox/1/notes.csv"}
    assert all(outcome.already_there for outcome in outcomes)


def test_a_file_is_read_with_what_lies_beside_it_without_keeping_it(fence: Fence, tmp_path: Path) -> None:
    summary = read_file(fence, experiment(tmp_path / "1") / "fid")
    assert summary.reader == "bruker_nmr"
    assert summary.readings[0]["metadata"]["nucleus"] == "1H"
