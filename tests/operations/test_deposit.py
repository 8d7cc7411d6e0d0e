"""A deposit keeps bytes exactly, reads what can be read, and can be repeated."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.compute.fence import Fence
from kiban.errors import Conflict, DatabaseUnavailable, DiskFull, RecordNotFound
from kiban.operations.deposit import deposit, deposit_stream
from kiban.operations.deposit_outcome import Outcome
from kiban.operations.fetch_file import fetch_file
from kiban.operations.find import find
from kiban.operations.placement import Placement
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.verify import verify
from kiban.records.file_entry import Blob
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.scope import Tier
from kiban.store.object_folder import ObjectFolder


def table(seed: int = 0) -> bytes:
    rows = "".join(f"{t},{(t * (seed + 7)) % 101}.5\n" for t in range(20))
    return f"Temperature (K),Resistance (ohm)\n{rows}".encode()


def one(outcomes: Iterable[Outcome]) -> Outcome:
    [outcome] = outcomes
    return outcome


def n_measurements(asker: Asker, resources: Resources) -> int:
    return find(asker, resources, 'kind = "measurement"').total


def test_a_file_becomes_a_measurement_with_its_bytes_kept(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "r.csv").write_bytes(table())
    outcome = one(deposit(asker, resources, [inbox / "r.csv"]))
    assert (outcome.status, outcome.reader, outcome.technique) == ("structured", "delimited_text", "table")
    assert outcome.sha256 == hashlib.sha256(table()).hexdigest()
    assert not outcome.already_there
    shown = show(asker, resources, outcome.measurement or "")
    assert shown.record.document["variables"][1]["maximum"] == 98.5
    assert [entry.path for entry in shown.files] == ["r.csv"]
    assert shown.reason == "You belong to the project that owns it, as owner."
    assert [event.action for event in shown.events] == ["deposited"]
    entry, stream = fetch_file(asker, resources, outcome.sha256)
    with stream:
        assert stream.read() == table()
    assert entry.size == len(table())


def test_the_same_bytes_are_one_measurement_however_they_come(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "a.csv").write_bytes(table())
    (inbox / "b.csv").write_bytes(table())
    first = list(deposit(asker, resources, [inbox]))
    assert len({o.measurement for o in first}) == 1
    again = list(deposit(asker, resources, [inbox]))
    assert [o.measurement for o in again] == [o.measurement for o in first]
    assert all(o.already_there for o in again)
    (inbox / "c.csv").write_bytes(table())
    renamed = list(deposit(asker, resources, [inbox]))[2]
    assert renamed.measurement == first[0].measurement
    assert renamed.already_there
    assert n_measurements(asker, resources) == 1
    shown = show(asker, resources, first[0].measurement or "")
    assert sorted(entry.path for entry in shown.files) == ["inbox/a.csv", "inbox/b.csv", "inbox/c.csv"]


def test_what_no_reader_knows_is_kept_and_what_a_reader_fails_on_waits(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    (inbox / "1.bin").write_bytes(b"\x00\x01\x02" * 99)
    (inbox / "2.csv").write_bytes(b"")
    (inbox / "3.xrdml").write_bytes(
        b"<?xml version='1.0'?><xrdMeasurements xmlns='http://www.xrdml.com/XRDMeasurement/1.5'>"
    )
    outcomes = list(deposit(asker, resources, [inbox]))
    assert [o.status for o in outcomes] == ["kept", "kept", "quarantined"]
    assert outcomes[2].reader == "panalytical_xrdml"
    assert all(o.reason and o.measurement is None for o in outcomes)
    assert n_measurements(asker, resources) == 0
    assert verify(asker, resources).is_sound
    # They are tried again each time, and are not doubled.
    again = list(deposit(asker, resources, [inbox]))
    assert [o.status for o in again] == ["kept", "kept", "quarantined"]
    assert all(o.already_there for o in again)
    assert not any(o.already_there for o in outcomes)
    assert len(resources.catalog.files(resources.visible(asker))) == 3


def test_the_named_sample_is_made_once_and_linked(asker: Asker, resources: Resources, inbox: Path) -> None:
    for i in range(3):
        (inbox / f"{i}.csv").write_bytes(table(i))
    outcomes = list(deposit(asker, resources, [inbox], sample=" TiO2-A600 "))
    assert len({o.sample for o in outcomes}) == 1
    sample = show(asker, resources, outcomes[0].sample or "")
    assert sample.record.title == "TiO2-A600"
    assert {tie.other.pid for tie in sample.ties} == {o.measurement for o in outcomes}
    (inbox / "later.csv").write_bytes(table(9))
    later = list(deposit(asker, resources, [inbox / "later.csv"], sample="TiO2-A600"))
    assert later[0].sample == outcomes[0].sample


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_an_archive_is_opened_and_kept_whole(asker: Asker, resources: Resources, inbox: Path) -> None:
    inner = _zip(deep=table(5))
    content = _zip(a=table(1), b=b"nothing to read", c=inner)
    (inbox / "run.zip").write_bytes(content)
    outcome = one(deposit(asker, resources, [inbox / "run.zip"]))
    assert outcome.status == "structured"
    assert [m.status for m in outcome.members] == ["structured", "kept", "structured"]
    assert outcome.members[2].members[0].path.endswith("run.zip!/c!/deep")
    assert outcome.sha256 is not None
    with resources.objects.open(outcome.sha256) as stream:
        assert stream.read() == content
    again = one(deposit(asker, resources, [inbox / "run.zip"]))
    assert [m.measurement for m in again.members] == [m.measurement for m in outcome.members]
    assert n_measurements(asker, resources) == 2
    assert verify(asker, resources).is_sound


def test_a_damaged_archive_waits_whole(asker: Asker, resources: Resources, inbox: Path) -> None:
    content = bytearray(_zip(a=table(1), b=table(2)))
    content[60:70] = b"\xff" * 10
    (inbox / "run.zip").write_bytes(content)
    outcome = one(deposit(asker, resources, [inbox / "run.zip"]))
    assert outcome.status == "quarantined"
    assert outcome.members == ()
    assert n_measurements(asker, resources) == 0


def test_an_upload_is_a_deposit_like_any_other(asker: Asker, resources: Resources) -> None:
    content = table(3)
    chunks: Iterator[bytes] = (content[i : i + 7] for i in range(0, len(content), 7))
    outcome = deposit_stream(asker, resources, chunks, path="folder/up.csv", placement=Placement(tier=Tier.OPEN))
    assert outcome.status == "structured"
    assert outcome.path == "folder/up.csv"
    assert show(ANONYMOUS, resources, outcome.measurement or "").reason == "It is open to everyone."


def test_a_closed_deposit_does_not_exist_for_strangers(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "r.csv").write_bytes(table())
    outcome = one(deposit(asker, resources, [inbox], sample="secret"))
    assert find(ANONYMOUS, resources, "").total == 0
    for identifier in (outcome.measurement, outcome.sample):
        with pytest.raises(RecordNotFound):
            show(ANONYMOUS, resources, identifier or "")
    with pytest.raises(RecordNotFound):
        fetch_file(ANONYMOUS, resources, outcome.sha256 or "")


def test_a_file_that_may_not_be_read_is_told_and_the_others_go_on(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    (inbox / "gone").symlink_to(inbox / "nowhere")
    (inbox / "r.csv").write_bytes(table())
    outcomes = {o.path: o for o in deposit(asker, resources, [inbox])}
    assert outcomes[str(inbox / "gone")].status == "failed"
    assert "No such file" in outcomes[str(inbox / "gone")].reason
    assert outcomes[str(inbox / "r.csv")].status == "structured"


def test_a_large_file_is_streamed(asker: Asker, resources: Resources, inbox: Path) -> None:
    with (inbox / "large.bin").open("wb") as file:
        file.write(os.urandom(1 << 20) * 20)
    outcome = one(deposit(asker, resources, [inbox]))
    assert (outcome.status, outcome.size) == ("kept", 20 << 20)


class _Troubled:
    """A catalog whose writing fails a number of times first."""

    def __init__(self, inner: Any, errors: list[Exception]) -> None:
        self._inner = inner
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def writing(self, *arguments: Any, **named: Any) -> Any:
        if self._errors:
            raise self._errors.pop(0)
        return self._inner.writing(*arguments, **named)


def test_a_database_that_comes_back_is_waited_for(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "r.csv").write_bytes(table())
    errors: list[Exception] = [DatabaseUnavailable("gone", mend="wait"), Conflict("pid", mend="draw again")]
    revived: list[int] = []
    troubled = replace(resources, catalog=_Troubled(resources.catalog, errors), revive=lambda: revived.append(1))
    assert one(deposit(asker, troubled, [inbox])).status == "structured"
    assert len(revived) == 2
    assert n_measurements(asker, resources) == 1


def test_a_database_that_stays_away_is_told(asker: Asker, resources: Resources, inbox: Path) -> None:
    (inbox / "r.csv").write_bytes(table())
    away: list[Exception] = [DatabaseUnavailable("gone", mend="wait") for _ in range(9)]
    troubled = replace(resources, catalog=_Troubled(resources.catalog, away))
    with pytest.raises(DatabaseUnavailable):
        list(deposit(asker, troubled, [inbox]))


def test_a_full_disk_keeps_what_was_reported(asker: Asker, resources: Resources, inbox: Path, fence: Fence) -> None:
    class Full(ObjectFolder):
        def put(self, chunks: Iterable[bytes]) -> Blob:
            raise DiskFull("No room.", mend="Make room.")

    for i in range(3):
        (inbox / f"{i}.csv").write_bytes(table(i))
    (inbox / "z-large.bin").write_bytes(os.urandom(9 << 20))
    list(deposit(asker, resources, [inbox / f"{i}.csv" for i in range(3)]))
    full = replace(resources, objects=Full(inbox.parent / "home" / "objects"))
    with pytest.raises(DiskFull):
        list(deposit(asker, full, [inbox]))
    assert n_measurements(asker, resources) == 3
    assert verify(asker, resources).is_sound


def spectrum(title: str, *, formula: str = "") -> bytes:
    labels = f"##MOLFORM={formula}\n" if formula else ""
    rows = "".join(f"{x} {x % 17}\n" for x in range(400, 440))
    return (
        f"##TITLE={title}\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##SAMPLE DESCRIPTION=film\n{labels}"
        "##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n##XFACTOR=1\n##YFACTOR=1\n##FIRSTX=400\n##LASTX=439\n"
        f"##NPOINTS=40\n##FIRSTY={400 % 17}\n##XYDATA=(X++(Y..Y))\n{rows}##END=\n"
    ).encode()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_formula_that_a_later_file_states_completes_the_sample(
    asker: Asker, resources: Resources, inbox: Path, at_once: bool
) -> None:
    (inbox / "1.jdx").write_bytes(spectrum("one"))
    (inbox / "2.jdx").write_bytes(spectrum("two", formula="Ti O2"))
    paths = [[inbox]] if at_once else [[inbox / "1.jdx"], [inbox / "2.jdx"]]
    outcomes = [outcome for some in paths for outcome in deposit(asker, resources, some, sample="film")]
    shown = show(asker, resources, outcomes[0].sample or "")
    assert shown.composition == pytest.approx({"Ti": 1 / 3, "O": 2 / 3})
    assert shown.record.version == (1 if at_once else 2)
    assert len(shown.versions) == shown.record.version
    assert find(asker, resources, 'kind = "sample" AND elements HAS ALL "Ti","O"').total == 1
    assert find(asker, resources, 'kind = "measurement" AND elements HAS "Ti"').total == 2
