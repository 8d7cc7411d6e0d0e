"""Measurements of several files: found in folders and archives, read together, each file kept and told of once."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.compute.fence import Fence
from kiban.operations.bundles import bundles, parts_on_disk
from kiban.operations.deposit import deposit
from kiban.operations.discover import discover
from kiban.operations.find import find
from kiban.operations.list_files import list_files
from kiban.operations.read_file import read_file
from kiban.operations.reread import reread
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.verify import verify
from kiban.operations.watch import watch
from kiban.records.party import Asker

PATTERNS = {"fid": [("acqus", "acqu2s", "pdata/*/procs")]}
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
    assert outcomes["1/acqus"].reason == "It belongs to fid, and is read together with it."
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


def test_two_makers_may_know_their_measurements_by_the_same_name(tmp_path: Path) -> None:
    patterns = {"fid": [("acqus", "title"), ("procpar", "text")]}
    for name in ("fid", "procpar", "text", "title"):
        (tmp_path / name).write_bytes(b"x")
    assert parts_on_disk(tmp_path / "fid", patterns) == ["procpar", "text"]
    assert dict(bundles({"fid", "procpar", "text", "title"}, patterns)) == {
        "fid": {"procpar": "procpar", "text": "text"}
    }
    assert dict(bundles({"fid", "text", "title"}, patterns)) == {}


def test_a_star_stands_for_the_stem(tmp_path: Path) -> None:
    patterns = {"*.hdr": [("{stem}.raw", "{stem}.[it]*")]}
    names = {"a.hdr", "a.raw", "a.img", "b.hdr", "b.img", "[a].hdr", "[a].raw", "a.raw.hdr"}
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    assert parts_on_disk(tmp_path / "a.hdr", patterns) == ["a.img", "a.raw"]
    assert parts_on_disk(tmp_path / "[a].hdr", patterns) == ["[a].raw"]
    assert parts_on_disk(tmp_path / "b.hdr", patterns) == []
    inside = {f"x/{name}" for name in names}
    assert dict(bundles(inside, patterns)) == {
        "x/a.hdr": {"a.img": "x/a.img", "a.raw": "x/a.raw"},
        "x/[a].hdr": {"[a].raw": "x/[a].raw"},
    }
    assert [(found.path, [below for below, _ in found.parts]) for found in discover([tmp_path], patterns=patterns)] == [
        (f"{tmp_path.name}/[a].hdr", ["[a].raw"]),
        (f"{tmp_path.name}/a.hdr", ["a.img", "a.raw"]),
        (f"{tmp_path.name}/a.raw.hdr", []),
        (f"{tmp_path.name}/b.hdr", []),
        (f"{tmp_path.name}/b.img", []),
    ]


def test_what_stands_higher_takes_the_folders_below() -> None:
    patterns = {"ser": [("acqus", "pdata/*/*")], "1r": [("procs",)]}
    names = {"acqus", "ser", "pdata/1/1r", "pdata/1/procs", "other/1r", "other/procs"}
    assert {main: set(parts) for main, parts in bundles(names, patterns)} == {
        "ser": {"acqus", "pdata/1/1r", "pdata/1/procs"},
        "other/1r": {"procs"},
    }


@given(
    st.sets(
        st.sampled_from(
            ["fid", "acqus", "procpar", "pdata/1/procs", "pdata/2/procs", "pdata/procs", "1/fid", "1/acqus", "1/a/b/c",
             "1/pdata/1/procs", "x.hdr", "x.raw", "1/x.hdr", "1/x.raw"]
        )
    )
)  # fmt: skip
def test_a_folder_and_an_archive_of_it_hold_the_same_measurements(names: set[str]) -> None:
    patterns = {"fid": [("acqus", "pdata/*/procs"), ("procpar",)], "*.hdr": [("{stem}.raw",)]}
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            path = Path(place, "f", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        on_disk = {
            found.path.removeprefix("f/"): {below for below, _ in found.parts}
            for found in (discover([Path(place, "f")], patterns=patterns) if names else ())
            if found.parts
        }
    assert {main: set(parts) for main, parts in bundles(names, patterns)} == on_disk


def test_names_with_endless_folders_are_passed_in_no_time() -> None:
    names = {"a/" * 20_000 + f"{n}/fid" for n in range(300)} | {"fid", "acqus"}
    assert dict(bundles(names, PATTERNS)) == {"fid": {"acqus": "acqus"}}


def test_where_no_reader_knows_the_whole_each_is_read_by_itself(
    asker: Asker, resources: Resources, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(resources.fence), "companions", lambda _: {"*.bin": [("{stem}.csv",)]})
    (inbox / "a.bin").write_bytes(b"\0\1\2" * 100)
    (inbox / "a.csv").write_text("Time (s),Voltage (V)\n" + "".join(f"{n},{n}\n" for n in range(9)))
    outcomes = {outcome.path.rpartition("/")[2]: outcome for outcome in deposit(asker, resources, [inbox])}
    assert (outcomes["a.bin"].status, outcomes["a.csv"].status) == ("kept", "structured")
    assert outcomes["a.bin"].measurement is None
    shown = show(asker, resources, outcomes["a.csv"].measurement or "")
    assert [entry.path for entry in shown.files] == ["inbox/a.csv"]
    again = list(deposit(asker, resources, [inbox]))
    assert all(outcome.already_there for outcome in again)
    assert {outcome.measurement for outcome in again} == {None, outcomes["a.csv"].measurement}
    assert verify(asker, resources).is_sound


def test_a_watched_experiment_is_taken_when_all_of_it_rests(asker: Asker, resources: Resources, inbox: Path) -> None:
    folder = inbox / "1"
    processed = folder / "pdata" / "1" / "title"

    def grow(text: str) -> None:
        processed.write_text(text)

    steps: list[Callable[[], object]] = [
        lambda: experiment(folder),
        lambda: grow("eth"),
        lambda: grow("ethano"),
        lambda: grow("ethanol, 2nd"),
        *[lambda: None] * 3,
        lambda: grow("processed anew"),
        *[lambda: None] * 3,
    ]

    def wait(_: float) -> bool:
        if not steps:
            return True
        steps.pop(0)()
        return False

    outcomes = [o for o in watch(asker, resources, inbox, rest_seconds=0.0, wait=wait) if o.path.endswith("fid")]
    titles = [show(asker, resources, o.measurement or "").record.title for o in outcomes]
    assert titles == ["ethanol, 2nd (acquired)", "processed anew (acquired)"]
    entries = {entry.path: entry for entry in list_files(asker, resources)}
    assert entries["inbox/1/acqus"].reason == "It belongs to fid, and is read together with it."


def test_read_anew_each_measurement_keeps_the_files_it_was_read_with(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    folder = experiment(inbox / "1")
    [first] = [o.measurement for o in deposit(asker, resources, [inbox]) if o.path.endswith("fid")]
    (folder / "acqus").write_bytes(ACQUS.replace(b"1000", b"2000"))
    [second] = [o.measurement for o in deposit(asker, resources, [inbox]) if o.path.endswith("fid")]
    assert first != second
    list(reread(asker, resources, everything=True))
    for pid, last in ((first, 0.003), (second, 0.0015)):
        shown = show(asker, resources, pid or "")
        assert not shown.record.deleted
        assert shown.record.document["variables"][0]["maximum"] == last
    assert find(asker, resources, "technique = nmr").total == 2


def test_read_anew_a_measurement_finds_its_files_among_thousands(
    asker: Asker, resources: Resources, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiban.operations.reread._PAGE", 2)
    for n in range(4):
        experiment(inbox / str(n))
    list(deposit(asker, resources, [inbox]))
    outcomes = list(reread(asker, resources, everything=True))
    assert all(outcome.already_there for outcome in outcomes)
    assert find(asker, resources, "technique = nmr").total == 1


@pytest.mark.parametrize("relative", [True, False])
def test_naming_all_files_of_a_folder_is_naming_the_folder(
    asker: Asker, resources: Resources, inbox: Path, monkeypatch: pytest.MonkeyPatch, relative: bool
) -> None:
    folder = experiment(inbox / "1")
    (folder / "pdata" / "1" / "1r").write_bytes(FID)
    (folder / "pdata" / "1" / "procs").write_bytes(b"##$SI= 8\n##$OFFSET= 1\n##$SW_p= 100\n##$SF= 100\n")
    monkeypatch.chdir(folder)
    names = sorted(path.name for path in folder.iterdir())
    outcomes = list(deposit(asker, resources, [Path(name) if relative else folder / name for name in names]))
    assert [outcome.path.rpartition("1/")[2] for outcome in outcomes if outcome.status == "structured"] == [
        "fid",
        "notes.csv",
    ]
    assert len(outcomes) == 6
    assert find(asker, resources, "technique = nmr").total == 2


def test_a_file_that_is_named_beside_its_folder_is_one_with_it(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "1")
    for named in ([folder, folder / "fid"], [folder / "fid", folder], [folder, folder]):
        found = list(discover(named, patterns=PATTERNS))
        assert [f.path for f in found if f.parts] == ["1/fid"]
        assert [f.path for f in found].count("1/acqus") == 0


def test_an_archive_with_backslashes_in_its_names_holds_experiments_too(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    folder = experiment(inbox / "1")
    for extra in ((), ("notes.csv",)):
        with zipfile.ZipFile(inbox / "x.zip", "w") as archive:
            for name in ("fid", "acqus", "pdata/1/title", *extra):
                archive.writestr(f"1/{name}".replace("/", "\\"), (folder / name).read_bytes())
        [outcome] = deposit(asker, resources, [inbox / "x.zip"])
        assert outcome.status == "structured"
        assert {m.technique for m in outcome.members} == ({"nmr", "table"} if extra else set())
        assert extra or outcome.technique == "nmr"
