"""Kept files are read anew when readers have improved: new versions, facts in place of the old ones, nothing lost."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.compute.fence import Fence
from kiban.compute.structured import Failure, Structured
from kiban.errors import RecordNotFound
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.list_files import list_files
from kiban.operations.reread import reread
from kiban.operations.resources import Resources
from kiban.operations.rights_of import StatedRights
from kiban.operations.show import show
from kiban.operations.show_rights import show_rights
from kiban.operations.state_rights import state_rights
from kiban.records.file_entry import FileStatus
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.rights.json_text import rights_text
from kiban.records.rights.rights import Rights
from kiban.testing.rights_examples import RIGHTS

JCAMP = b"""##TITLE=polystyrene
##JCAMP-DX=4.24
##DATA TYPE=INFRARED SPECTRUM
##ORIGIN=test
##OWNER=public domain
##XUNITS=1/CM
##YUNITS=ABSORBANCE
##FIRSTX=1000
##LASTX=1040
##DELTAX=1
##XFACTOR=1
##YFACTOR=0.001
##FIRSTY=0.010
##NPOINTS=41
##XYDATA=(X++(Y..Y))
1000 10 10 10 10 10 12 15 20 40 80 160 300 480 600 640
1015 600 480 300 160 80 40 20 15 12 10 10 10 10 10 10
1030 10 10 10 10 10 10 10 10 10 10 10
##END=
"""


class OtherFence(Fence):
    """The real fence with readers of another time: what they give is changed on its way back."""

    def __init__(self, fence: Fence, *, version: int = 1, n_readings: int | None = None, fails: bool = False) -> None:
        self._fence = fence
        self._version = version
        self._n_readings = n_readings
        self._fails = fails

    def companions(self) -> dict[str, tuple[str, ...]]:
        return self._fence.companions()

    def submit_structure(self, path: Path, *, name: str, checksum: str, companions: Any = None) -> Future[Any]:
        answer = self._fence.submit_structure(path, name=name, checksum=checksum).result()
        changed: Future[Any] = Future()
        changed.set_result(self._changed(answer))
        return changed

    def _changed(self, answer: tuple[Structured, list[bytes]] | Failure) -> tuple[Structured, list[bytes]] | Failure:
        if self._fails:
            return Failure(error="DamagedFile", fault="It is cut.", mend="Export it again.", reader="jcamp_dx")
        if isinstance(answer, Failure):
            return answer
        structured, normalised = answer
        readings = tuple(
            replace(r, measurement=replace(r.measurement, reader_version=self._version)) for r in structured.readings
        )
        if self._n_readings is not None:
            readings = (readings * self._n_readings)[: self._n_readings]
            normalised = (normalised * self._n_readings)[: self._n_readings]
        return replace(structured, reader_version=self._version, readings=readings), normalised


def put(asker: Asker, resources: Resources, inbox: Path) -> str:
    (inbox / "ps.jdx").write_bytes(JCAMP)
    [outcome] = deposit(asker, resources, [inbox])
    assert outcome.measurement is not None
    return outcome.measurement


def test_a_file_that_nobody_could_read_is_read_once_a_reader_can(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    (inbox / "ps.jdx").write_bytes(JCAMP)
    before = replace(resources, fence=OtherFence(resources.fence, fails=True))
    [outcome] = deposit(asker, before, [inbox])
    assert outcome.status == "quarantined"
    (inbox / "ps.jdx").unlink()
    [again] = reread(asker, resources)
    assert (again.status, again.reader, again.path, again.already_there) == (
        "structured",
        "jcamp_dx",
        "inbox/ps.jdx",
        False,
    )
    [entry] = list_files(asker, resources)
    assert entry.status is FileStatus.STRUCTURED
    assert find(asker, resources, "technique = ir").total == 1
    assert list(reread(asker, resources)) == []


def test_what_an_earlier_reader_read_becomes_a_new_version_with_its_own_facts(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    old = replace(resources, fence=OtherFence(resources.fence, version=0))
    pid = put(asker, old, inbox)
    facts = {fact.id for fact in show(asker, resources, pid).facts}
    assert facts
    [outcome] = reread(asker, resources)
    assert (outcome.measurement, outcome.already_there) == (pid, False)
    shown = show(asker, resources, pid)
    assert shown.record.version == 2
    assert [event.action for event in shown.events] == ["read anew", "deposited"]
    renewed = {fact.id for fact in shown.facts}
    assert len(renewed) == len(facts)
    assert not renewed & facts
    assert show(asker, resources, pid, version=1).record.document["reader_version"] == 0
    assert list(reread(asker, resources)) == []


def test_rights_that_people_stated_stay_and_those_of_the_file_come_where_nobody_did(
    asker: Asker, resources: Resources, inbox: Path
) -> None:
    old = replace(resources, fence=OtherFence(resources.fence, version=0))
    pid = put(asker, old, inbox)
    state_rights(asker, resources, pid, RIGHTS)
    list(reread(asker, resources))
    assert show_rights(asker, resources, pid)[1] == StatedRights(rights=RIGHTS, is_own=True)
    said = JCAMP.replace(b"##OWNER", f"##$KIBAN RIGHTS= {rights_text(RIGHTS)}\r\n##OWNER".encode())
    (inbox / "other.jdx").write_bytes(said)
    [outcome] = deposit(asker, old, [inbox / "other.jdx"])
    assert show_rights(asker, resources, outcome.measurement or "")[1] == StatedRights(rights=RIGHTS, is_own=True)
    state_rights(asker, resources, outcome.measurement or "", Rights(licence="MIT"))
    list(reread(asker, resources))
    [stated] = find(asker, resources, "licence = MIT").hits
    assert stated.id == outcome.measurement


def test_a_measurement_that_a_file_gives_no_longer_ends(asker: Asker, resources: Resources, inbox: Path) -> None:
    old = replace(resources, fence=OtherFence(resources.fence, version=0, n_readings=3))
    put(asker, old, inbox)
    assert find(asker, resources, "technique = ir").total == 3
    [outcome] = reread(asker, resources)
    assert len(outcome.measurements) == 1
    assert find(asker, resources, "technique = ir").total == 1


def test_where_it_cannot_be_read_any_more_what_was_read_stays(asker: Asker, resources: Resources, inbox: Path) -> None:
    pid = put(asker, replace(resources, fence=OtherFence(resources.fence, version=0)), inbox)
    worse = replace(resources, fence=OtherFence(resources.fence, fails=True))
    [outcome] = reread(asker, worse)
    assert (outcome.status, outcome.measurement) == ("structured", pid)
    assert outcome.reason == "What was read of it earlier stays. Now: It is cut. Export it again."
    shown = show(asker, resources, pid)
    assert shown.record.version == 1
    assert shown.facts
    # It is tried again, and this time it succeeds.
    [outcome] = reread(asker, resources)
    assert show(asker, resources, pid).record.version == 2


def test_everything_can_be_read_anew_and_nothing_changes(asker: Asker, resources: Resources, inbox: Path) -> None:
    pid = put(asker, resources, inbox)
    assert list(reread(asker, resources)) == []
    [outcome] = reread(asker, resources, everything=True)
    assert (outcome.measurement, outcome.already_there) == (pid, True)
    assert show(asker, resources, pid).record.version == 1


def test_one_file_can_be_named_and_a_hidden_one_is_not_there(asker: Asker, resources: Resources, inbox: Path) -> None:
    put(asker, resources, inbox)
    [entry] = list_files(asker, resources)
    [outcome] = reread(asker, resources, checksum=entry.checksum)
    assert outcome.already_there
    for who, checksum in ((ANONYMOUS, entry.checksum), (asker, "0" * 64)):
        with pytest.raises(RecordNotFound):
            list(reread(who, resources, checksum=checksum))
