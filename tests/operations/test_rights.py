"""Rights are stated, count for what they should, go out with every export, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.changed_records import current
from kiban.operations.deposit import deposit
from kiban.operations.export import export, offers
from kiban.operations.find import find
from kiban.operations.graph_export import graph_of
from kiban.operations.placement import Placement
from kiban.operations.resources import Resources
from kiban.operations.restore_version import restore_version
from kiban.operations.samples import change_sample, divide_sample, register_sample
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.operations.show_rights import show_rights
from kiban.operations.state_rights import state_rights, state_rights_as_in, state_rights_of_all
from kiban.operations.table import table
from kiban.records.party import ANONYMOUS, Asker
from kiban.records.record import Record
from kiban.records.rights.rights import Rights, RightsHolder
from kiban.records.sample import Sample
from kiban.records.scope import Tier
from kiban.standards.nexus import read
from kiban.testing.rights_examples import RIGHTS, untold

TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (t, 3 * t) for t in range(20))
MIT = Rights(licence="MIT")


@pytest.fixture(name="project")
def _project(asker: Asker, resources: Resources) -> str:
    [hit] = find(asker, resources, 'kind = "project"').hits
    return hit.id


def measured(asker: Asker, resources: Resources, inbox: Path, name: str, tier: Tier = Tier.CLOSED) -> str:
    (inbox / name).write_bytes(TABLE.replace(b"Temperature", name.encode()))
    [outcome] = deposit(asker, resources, [inbox / name], sample="S-1", placement=Placement(tier=tier))
    return str(outcome.measurement)


def stated(asker: Asker, resources: Resources, identifier: str) -> tuple[Rights | None, bool | None]:
    _, found = show_rights(asker, resources, identifier)
    return (found.rights, found.is_own) if found is not None else (None, None)


def titles(asker: Asker, resources: Resources, question: str) -> list[str]:
    return sorted(hit.title for hit in find(asker, resources, question).hits)


def a_sample(asker: Asker, resources: Resources, name: str) -> Record:
    return register_sample(asker, resources, Sample(name=name))


def test_a_record_without_rights_has_those_of_its_project(asker: Asker, resources: Resources, project: str) -> None:
    one, other = a_sample(asker, resources, "one"), a_sample(asker, resources, "other")
    assert stated(asker, resources, one.pid) == (None, None)
    state_rights(asker, resources, project, RIGHTS)
    assert stated(asker, resources, one.pid) == (RIGHTS, False)
    _, found = show_rights(asker, resources, one.pid)
    assert found is not None
    assert found.project is not None
    assert found.project.pid == project
    state_rights(asker, resources, one.pid, MIT)
    assert stated(asker, resources, one.pid) == (MIT, True)
    assert stated(asker, resources, other.pid) == (RIGHTS, False)
    assert titles(asker, resources, 'licence = "MIT"') == ["one"]
    assert titles(asker, resources, 'ライセンス = "cc-by-sa-4.0"') == ["My laboratory", "other"]
    assert titles(asker, resources, 'rights_holder CONTAINS "材料" AND kind = "sample"') == ["other"]
    assert titles(asker, resources, "rights_holder IS UNKNOWN") == ["one"]
    assert titles(asker, resources, 'contributor = "0000-0002-1825-0097" AND award = "JP00H00001"') == [
        "My laboratory",
        "other",
    ]
    assert shown_as_json(show(asker, resources, one.pid))["rights"] == {"stated_by": "record", "licence": "MIT"}
    state_rights(asker, resources, one.pid, None)
    assert stated(asker, resources, one.pid) == (RIGHTS, False)


def test_the_project_s_rights_come_with_an_open_record_to_those_who_see_nothing_else(
    asker: Asker, resources: Resources, project: str, inbox: Path
) -> None:
    shown = measured(asker, resources, inbox, "open.csv", Tier.OPEN)
    hidden = measured(asker, resources, inbox, "closed.csv")
    state_rights(asker, resources, project, RIGHTS)
    assert titles(ANONYMOUS, resources, "licence IS KNOWN") == titles(ANONYMOUS, resources, "")
    with pytest.raises(RecordNotFound):
        show_rights(ANONYMOUS, resources, project)
    with pytest.raises(RecordNotFound):
        show_rights(ANONYMOUS, resources, hidden)
    _, found = show_rights(ANONYMOUS, resources, shown)
    assert found is not None
    assert (found.rights, found.is_own, found.project) == (RIGHTS, False, None)
    for offer in offers(ANONYMOUS, resources, shown):
        exported = export(ANONYMOUS, resources, shown, offer.name)
        assert untold(RIGHTS, exported.content, exported.losses) == (), offer.name


def test_rights_are_a_version_with_an_event_that_keeps_their_words_to_itself(
    asker: Asker, resources: Resources
) -> None:
    sample = a_sample(asker, resources, "one")
    state_rights(asker, resources, sample.pid, RIGHTS, expected=1)
    with pytest.raises(Conflict):
        state_rights(asker, resources, sample.pid, MIT, expected=1)
    with pytest.raises(InvalidValue, match="would stay"):
        state_rights(asker, resources, sample.pid, RIGHTS)
    state_rights(asker, resources, sample.pid, MIT)
    events = show(asker, resources, sample.pid).events
    everything = ["citation", "contributors", "funding", "licence", "rights_holder"]
    assert [(e.action, e.details) for e in events[:2]] == [("stated rights", {"changed": everything})] * 2
    state_rights_as_in(asker, resources, sample.pid, 2)
    assert stated(asker, resources, sample.pid) == (RIGHTS, True)
    restore_version(asker, resources, sample.pid, 1)
    assert stated(asker, resources, sample.pid) == (None, None)
    with pytest.raises(InvalidValue, match="would stay"):
        state_rights(asker, resources, sample.pid, None)


def test_what_a_project_stated_can_be_restored(asker: Asker, resources: Resources, project: str) -> None:
    sample = a_sample(asker, resources, "one")
    state_rights(asker, resources, project, RIGHTS)
    state_rights(asker, resources, project, MIT)
    state_rights_as_in(asker, resources, project, 2)
    assert stated(asker, resources, sample.pid) == (RIGHTS, False)
    assert current(asker, resources, project).document["name"] == "My laboratory"
    with pytest.raises(RecordNotFound):
        restore_version(asker, resources, project, 1)


def test_other_changes_leave_rights_as_they_are(asker: Asker, resources: Resources, inbox: Path) -> None:
    sample = a_sample(asker, resources, "one")
    state_rights(asker, resources, sample.pid, RIGHTS)
    change_sample(asker, resources, sample.pid, {"location": "Room 3"})
    assert stated(asker, resources, sample.pid) == (RIGHTS, True)
    [piece] = divide_sample(asker, resources, sample.pid, ["piece"])
    assert stated(asker, resources, piece.pid) == (RIGHTS, True)
    scan = measured(asker, resources, inbox, "a.csv")
    n_facts = len(show(asker, resources, scan).facts)
    state_rights(asker, resources, scan, RIGHTS)
    assert len(show(asker, resources, scan).facts) == n_facts


def test_all_answers_to_a_question_are_stated_in_one_transaction(
    asker: Asker, resources: Resources, project: str
) -> None:
    for name in ("a-1", "a-2", "b-1"):
        a_sample(asker, resources, name)
    question = 'title STARTS WITH "a-"'
    with pytest.raises(Conflict, match="2 records answer"):
        state_rights_of_all(asker, resources, question, RIGHTS, expected=3)
    assert titles(asker, resources, "licence IS KNOWN") == []
    told = state_rights_of_all(asker, resources, question, RIGHTS, expected=2)
    assert (told.n_stated, told.n_same, told.n_elsewhere) == (2, 0, 0)
    assert titles(asker, resources, f'licence = "{RIGHTS.licence}"') == ["a-1", "a-2"]
    told = state_rights_of_all(asker, resources, 'kind = "sample" OR kind = "project"', RIGHTS)
    assert (told.n_stated, told.n_same, told.n_elsewhere) == (1, 2, 0)
    assert stated(asker, resources, project) == (None, None), "a project is stated by itself only"
    with pytest.raises(InvalidValue, match="none would change"):
        state_rights_of_all(asker, resources, "", RIGHTS)
    state_rights_of_all(asker, resources, question, None)
    assert titles(asker, resources, "licence IS KNOWN") == ["b-1"]


def test_those_who_may_not_see_a_record_state_nothing_of_it(asker: Asker, resources: Resources) -> None:
    sample = a_sample(asker, resources, "one")
    with pytest.raises(RecordNotFound):
        state_rights(ANONYMOUS, resources, sample.pid, RIGHTS)
    with pytest.raises(Refused):
        state_rights_of_all(ANONYMOUS, resources, "", RIGHTS)


@pytest.mark.parametrize("standard", ["maiml", "maiml_zip", "nexus", "jcamp_dx"])
def test_what_is_exported_and_deposited_elsewhere_has_its_rights_again(
    asker: Asker, resources: Resources, project: str, inbox: Path, standard: str
) -> None:
    state_rights(asker, resources, project, RIGHTS)
    scan = measured(asker, resources, inbox, "a.csv")
    exported = export(asker, resources, scan, standard)
    state_rights(asker, resources, project, MIT)
    (inbox / exported.name).write_bytes(exported.content)
    [outcome] = deposit(asker, resources, [inbox / exported.name])
    assert outcome.measurement is not None
    assert stated(asker, resources, outcome.measurement) == (RIGHTS, True)
    again = export(asker, resources, outcome.measurement, "nexus")
    assert read(again.content).rights == RIGHTS


def test_graphs_and_tables_have_the_rights_of_each_record(asker: Asker, resources: Resources, inbox: Path) -> None:
    scan = measured(asker, resources, inbox, "a.csv")
    sample = show(asker, resources, scan).sample
    assert sample is not None
    holder = Rights(licence="CC0-1.0", rights_holder=RightsHolder(name="Example University"))
    state_rights(asker, resources, scan, MIT)
    state_rights(asker, resources, sample.pid, holder)
    graph = graph_of(asker, resources, sample.pid)
    assert graph.rights == {sample.id: holder, current(asker, resources, scan).id: MIT}
    assert table(asker, resources, "").rights == {scan: MIT, sample.pid: holder}
    assert table(asker, resources, "", all_values=True).rights == {scan: MIT, sample.pid: holder}
