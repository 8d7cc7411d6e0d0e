"""Judging records, editing the release table, deciding releases: who may, and what follows for who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.release import held_back, publication
from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.change_tier import TierChange, change_tier, preview_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.judge_export import judge_export, judgement_of
from kiban.operations.placement import Placement
from kiban.operations.releases import decide_release, preview_table, set_table, show_releases, table_history
from kiban.operations.releases_as_json import row_as_json, rows_of_json
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Decision
from kiban.records.parties.export_control import (
    CAUTIOUS,
    ExportClass,
    Relation,
    Release,
    ReleaseFacts,
    ReleaseRow,
    ReleaseTable,
    Residency,
)
from kiban.records.parties.people import Organisation, Person
from kiban.records.parties.right import Right
from kiban.records.parties.terms import Agreement, Participant
from kiban.records.party import Act, Asker
from kiban.records.sample import Sample
from kiban.records.scope import Scope, ScopeTerms, Tier
from kiban.testing.memory_platform import owner_of

NOW = datetime.now(UTC)
ALLOW_ALL = ReleaseRow(says=Release.ALLOW, reason="Everything here was judged elsewhere.")
AGREEMENT, COMPANY, HANA, OTTO = (new_uuid() for _ in range(4))


@pytest.fixture(name="owner")
def _owner(resources: Resources) -> Asker:
    return owner_of(resources)


@pytest.fixture(name="shared")
def _shared(resources: Resources, owner: Asker) -> str:
    """A sample shared with a company that has a resident of Japan and somebody abroad."""
    long_ago = NOW - timedelta(days=30)
    party = Participant(
        party=COMPANY, rights=frozenset({Right.DATA}), since=long_ago, accepted_at=long_ago, accepted_by="x"
    )
    resources.directory.change(
        [
            Organisation(id=COMPANY, name="Partner", country="JP"),
            Person(id=HANA, login="hana", name="Hana", organisation=COMPANY, residency=Residency.RESIDENT),
            Person(id=OTTO, login="otto", name="Otto", organisation=COMPANY, country="DE"),
            Agreement(id=AGREEMENT, name="Alloys", keeper=resources.project, starts=long_ago, participants=(party,)),
        ],
        by="operator",
        expected=resources.directory.load().revision,
    )
    record = register_sample(owner, resources, Sample(name="alloy 7"))
    scope = resources.catalog.ensure_scope(ScopeTerms(project=resources.project, tier=Tier.SHARED, agreement=AGREEMENT))
    with resources.catalog.writing(resources.visible(owner), project=resources.project) as writing:
        writing.move({record.id: scope.number})
    return record.pid


def sees(resources: Resources, person: UUID, pid: str) -> bool:
    directory = resources.directory.load()
    asker = asker_of(directory, directory.people[person], datetime.now(UTC))
    try:
        resources.catalog.get(pid, resources.visible(asker))
    except RecordNotFound:
        return False
    return True


def test_what_nobody_has_judged_goes_to_residents_alone(resources: Resources, shared: str) -> None:
    assert sees(resources, HANA, shared)
    assert not sees(resources, OTTO, shared)


def test_a_judgement_opens_it_and_is_kept_with_its_ground(resources: Resources, owner: Asker, shared: str) -> None:
    judged = judge_export(
        owner, resources, ExportClass.NOT_LISTED, ground="not on the lists of 2026-10", identifiers=[shared]
    )
    assert (judged.n_records, judged.n_changed, judged.held_back) == (1, 1, ())
    assert sees(resources, OTTO, shared)
    kept = judgement_of(owner, resources, shared)
    assert (kept.export_class, kept.item) == (ExportClass.NOT_LISTED, None)
    assert (kept.ground, kept.by) == ("not on the lists of 2026-10", "operator")
    record = resources.catalog.get(shared, resources.visible(owner))
    assert record.version == 1  # nothing of the record itself has changed
    again = judge_export(owner, resources, ExportClass.NOT_LISTED, ground="once more", question='"alloy 7"')
    assert (again.n_records, again.n_changed) == (1, 0)
    assert judgement_of(owner, resources, shared).ground == "once more"


def test_listed_technology_waits_for_a_decision_and_goes_no_further_than_it(
    resources: Resources, owner: Asker, shared: str
) -> None:
    judged = judge_export(
        owner, resources, ExportClass.LISTED, item="EAR 3E001", ground="process data", identifiers=[shared]
    )
    # The account of the operator belongs to somebody whose residency nobody has stated yet.
    assert {held.person.login for held in judged.held_back} == {"otto", "operator"}
    assert all(held.waits for held in judged.held_back)
    waiting = next(held for held in judged.held_back if held.person.id == OTTO)
    assert sees(resources, HANA, shared)
    assert not sees(resources, OTTO, shared)
    number, revision = waiting.scope.number, show_releases(owner, resources).revision
    decide_release(owner, resources, scope=number, party=OTTO, allowed=True, ground="licence E-17", expected=revision)
    assert sees(resources, OTTO, shared)
    assert OTTO not in {held.person.id for held in show_releases(owner, resources).held_back}
    with pytest.raises(Conflict):
        decide_release(owner, resources, scope=number, party=OTTO, allowed=False, ground="x", expected=revision)
    revision = show_releases(owner, resources).revision
    decide_release(owner, resources, scope=number, party=OTTO, allowed=False, ground="licence ended", expected=revision)
    assert not sees(resources, OTTO, shared)
    assert [d.ground for d in show_releases(owner, resources).decisions] == ["licence ended"]
    acts = [entry.act for _, entry in resources.audit.read()]
    assert [act for act in acts if "release" in act] == ["allowed release", "refused release"]
    # Another item is another scope: the decision does not reach it.
    judge_export(owner, resources, ExportClass.LISTED, item="EAR 1C001", ground="x", identifiers=[shared])
    assert not sees(resources, OTTO, shared)


def test_a_judgement_stays_what_it_is_whatever_happens_to_the_record_after_it(
    resources: Resources, owner: Asker, shared: str
) -> None:
    ground = "x" * 4000
    judge_export(owner, resources, ExportClass.NOT_LISTED, ground=ground, identifiers=[shared])
    change_tier(owner, resources, chosen_record(owner, resources, shared), TierChange(tier=Tier.CLOSED))
    kept = judgement_of(owner, resources, shared)
    assert kept.ground == ground
    assert kept.at is not None
    assert NOW <= kept.at <= datetime.now(UTC)


def test_an_officer_judges_what_they_see_also_as_a_party(resources: Resources, owner: Asker, shared: str) -> None:
    directory = resources.directory.load()
    officer = replace(asker_of(directory, directory.people[HANA], datetime.now(UTC)), is_export_officer=True)
    judged = judge_export(officer, resources, ExportClass.NOT_LISTED, ground="the list", identifiers=[shared])
    assert judged.n_changed == 1
    assert judgement_of(owner, resources, shared).ground == "the list"


def test_what_is_open_is_not_made_listed(resources: Resources, owner: Asker) -> None:
    record = register_sample(owner, resources, Sample(name="published"), placement=Placement(tier=Tier.OPEN))
    with pytest.raises(Refused, match="open to everyone"):
        judge_export(owner, resources, ExportClass.LISTED, item="EAR 3E001", ground="x", identifiers=[record.pid])
    assert judgement_of(owner, resources, record.pid).export_class is ExportClass.UNJUDGED


def test_what_an_embargo_opens_at_its_end_is_asked_about_as_published(resources: Resources, owner: Asker) -> None:
    placed = Placement(tier=Tier.OPEN, closed_until=NOW + timedelta(days=30))
    record = register_sample(owner, resources, Sample(name="thesis"), placement=placed)
    with pytest.raises(Refused, match="open to everyone"):
        judge_export(owner, resources, ExportClass.LISTED, item="EAR 3E001", ground="x", identifiers=[record.pid])


def test_what_is_listed_is_not_opened_later(resources: Resources, owner: Asker, shared: str) -> None:
    judge_export(owner, resources, ExportClass.LISTED, item="EAR 3E001", ground="x", identifiers=[shared])
    chosen = chosen_record(owner, resources, shared)
    with pytest.raises(Refused, match="open to everyone"):
        preview_tier(owner, resources, chosen, TierChange(tier=Tier.OPEN))
    preview_tier(owner, resources, chosen, TierChange(tier=Tier.CLOSED))


def test_a_project_of_listed_technology_publishes_nothing(resources: Resources, owner: Asker) -> None:
    directory = resources.directory.load()
    listed = replace(directory.project(resources.project), export_class=ExportClass.LISTED, export_item="EAR 3E001")
    resources.directory.change([listed], by="operator", expected=directory.revision)
    with pytest.raises(Refused, match="open to everyone"):
        register_sample(owner, resources, Sample(name="secret"), placement=Placement(tier=Tier.OPEN))
    closed = register_sample(owner, resources, Sample(name="secret"))
    assert judgement_of(owner, resources, closed.pid).item == "EAR 3E001"
    # The project itself becomes open, by mistake: the rule holds back what is listed all the same.
    directory = resources.directory.load()
    resources.directory.change([replace(listed, tier=Tier.OPEN)], by="operator", expected=directory.revision)
    nobody = anonymous(resources.directory.load(), datetime.now(UTC))
    assert resources.visible(nobody).numbers == frozenset()


def test_only_those_in_charge_judge_and_decide(resources: Resources, owner: Asker, shared: str) -> None:
    steward, narrow = replace(owner, is_export_officer=False), replace(owner, acts=frozenset({Act.WRITE}))
    for asker in (steward, narrow):
        with pytest.raises(Refused):
            judge_export(asker, resources, ExportClass.NOT_LISTED, ground="x", identifiers=[shared])
        with pytest.raises(Refused):
            decide_release(asker, resources, scope=0, party=OTTO, allowed=True, ground="x", expected=0)
    nobody = replace(steward, is_operator=False)
    for ask in (show_releases, table_history):
        with pytest.raises(Refused):
            ask(nobody, resources)
    with pytest.raises(Refused):
        set_table(nobody, resources, CAUTIOUS.rows, expected=0)
    with pytest.raises(Refused):
        preview_table(nobody, resources, CAUTIOUS.rows)
    # Either duty is enough for the table; deciding is for those in charge alone.
    for either in (steward, replace(owner, is_operator=False)):
        assert show_releases(either, resources).is_shipped
    revision = show_releases(owner, resources).revision
    with pytest.raises(Refused, match="yourself"):
        decide_release(
            replace(owner, id=OTTO), resources, scope=0, party=OTTO, allowed=True, ground="x", expected=revision
        )


def decide(resources: Resources, owner: Asker, **others: Any) -> Decision:
    """Decide a release, of which only what is given differs from one that is right."""
    number = next(s.number for s in resources.catalog.scopes() if s.agreement == AGREEMENT)
    given = {"scope": number, "party": OTTO, "allowed": True, "ground": "licence E-17"} | others
    return decide_release(owner, resources, expected=resources.directory.load().revision, **given)


@pytest.mark.usefixtures("shared")
def test_a_decision_needs_a_ground_of_some_length(resources: Resources, owner: Asker) -> None:
    for wrong in ("", "  ", "x" * 4001):
        with pytest.raises(InvalidValue, match="no ground"):
            decide(resources, owner, ground=wrong)
    assert resources.directory.load().decisions == {}
    assert len(decide(resources, owner, ground="x" * 4000).ground) == 4000


@pytest.mark.usefixtures("shared")
def test_a_decision_is_of_records_and_parties_that_there_are(resources: Resources, owner: Asker) -> None:
    project = resources.project
    for wrong in ({"scope": 77}, {"party": new_uuid()}, {"party": project}, {"scope": 77, "party": new_uuid()}):
        with pytest.raises(RecordNotFound):
            decide(resources, owner, **wrong)
    assert resources.directory.load().decisions == {}
    assert decide(resources, owner, party=COMPANY).party == COMPANY


@pytest.mark.usefixtures("shared")
def test_decisions_stand_side_by_side_and_the_last_one_of_each_counts(resources: Resources, owner: Asker) -> None:
    listed = {"export_class": ExportClass.LISTED, "export_item": "EAR 1C001"}
    terms = ScopeTerms(project=resources.project, tier=Tier.SHARED, agreement=AGREEMENT, **listed)
    other = resources.catalog.ensure_scope(terms)
    first = decide(resources, owner)
    second = decide(resources, owner, party=COMPANY)
    third = decide(resources, owner, scope=other.number)
    again = decide(resources, owner, allowed=False)
    assert again.id == first.id
    assert len({first.id, second.id, third.id}) == 3
    kept = show_releases(owner, resources).decisions
    # The newest first.
    assert [each.id for each in kept] == [third.id, second.id, first.id]
    assert [each.allowed for each in kept] == [True, True, False]


@pytest.mark.parametrize(
    ("export_class", "item", "ground"),
    [
        (ExportClass.LISTED, None, "why"),
        (ExportClass.NOT_LISTED, "EAR 3E001", "why"),
        (ExportClass.NOT_LISTED, None, "  "),
        (ExportClass.NOT_LISTED, None, "x" * 4001),
    ],
)
def test_half_a_judgement_is_refused(
    resources: Resources, owner: Asker, shared: str, export_class: ExportClass, item: str | None, ground: str
) -> None:
    with pytest.raises(InvalidValue, match="judgement"):
        judge_export(owner, resources, export_class, item=item, ground=ground, identifiers=[shared])


def test_all_that_answer_are_judged_however_many_there_are(
    resources: Resources, owner: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiban.operations.judge_export._PAGE", 2)
    for n in range(5):
        register_sample(owner, resources, Sample(name=f"batch {n}"))
    judged = judge_export(owner, resources, ExportClass.NOT_LISTED, ground="the list", question='"batch"')
    assert (judged.n_records, judged.n_changed) == (5, 5)


def test_a_hidden_record_is_not_judged(resources: Resources, owner: Asker, shared: str) -> None:
    stranger = replace(owner, roles={}, project=None)
    with pytest.raises(RecordNotFound):
        judge_export(stranger, resources, ExportClass.NOT_LISTED, ground="x", identifiers=[shared])
    with pytest.raises(RecordNotFound):
        judge_export(stranger, resources, ExportClass.NOT_LISTED, ground="x", question='"alloy 7"')


def test_another_table_is_seen_before_it_counts_and_taken_back(resources: Resources, owner: Asker, shared: str) -> None:
    change = preview_table(owner, resources, [ALLOW_ALL])
    assert [(each.person and each.person.id, each.n_lost) for each in change.differences] == [(OTTO, 0)]
    assert not sees(resources, OTTO, shared)
    found = show_releases(owner, resources)
    assert found.is_shipped
    set_table(owner, resources, [ALLOW_ALL], expected=found.revision)
    assert sees(resources, OTTO, shared)
    with pytest.raises(Conflict):
        set_table(owner, resources, CAUTIOUS.rows, expected=found.revision)
    [kept] = table_history(owner, resources)
    assert kept.entry == ReleaseTable((ALLOW_ALL,))
    again = set_table(owner, resources, CAUTIOUS.rows, expected=show_releases(owner, resources).revision)
    assert again.is_shipped
    assert not sees(resources, OTTO, shared)
    for wrong in ([], [ALLOW_ALL] * 201):
        with pytest.raises(InvalidValue):
            set_table(owner, resources, wrong, expected=again.revision)
    assert len(set_table(owner, resources, [ALLOW_ALL] * 200, expected=again.revision).table.rows) == 200


def test_rows_survive_json_and_wrong_ones_are_named() -> None:
    assert rows_of_json(map(row_as_json, CAUTIOUS.rows)) == CAUTIOUS.rows
    good = row_as_json(ALLOW_ALL)
    for wrong in ({"says": "perhaps"}, {"countries": ["Japan"]}, {"reason": " "}, {"items": ["EAR"]}):
        with pytest.raises(InvalidValue, match="Row 2 "):
            rows_of_json([good, {**good, **wrong}])


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        # not listed: to anybody
        ((ExportClass.NOT_LISTED, Relation.PUBLIC, Residency.UNKNOWN, None), Release.ALLOW),
        ((ExportClass.NOT_LISTED, Relation.PARTY, Residency.NON_RESIDENT, "CN"), Release.ALLOW),
        # not judged: to residents in Japan, to members not known to be others, and published
        ((ExportClass.UNJUDGED, Relation.PARTY, Residency.RESIDENT, "JP"), Release.ALLOW),
        ((ExportClass.UNJUDGED, Relation.PARTY, Residency.RESIDENT, "US"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.PARTY, Residency.UNKNOWN, "JP"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.PARTY, Residency.SPECIFIC, "JP"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.PARTY, Residency.NON_RESIDENT, "JP"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.MEMBER, Residency.UNKNOWN, None), Release.ALLOW),
        ((ExportClass.UNJUDGED, Relation.MEMBER, Residency.NON_RESIDENT, "JP"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.MEMBER, Residency.SPECIFIC, "JP"), Release.REFUSE),
        ((ExportClass.UNJUDGED, Relation.PUBLIC, Residency.UNKNOWN, None), Release.ALLOW),
        # listed: to residents in Japan who are members or parties; never published; else a person decides
        ((ExportClass.LISTED, Relation.PUBLIC, Residency.RESIDENT, "JP"), Release.REFUSE),
        ((ExportClass.LISTED, Relation.PARTY, Residency.RESIDENT, "JP"), Release.ALLOW),
        ((ExportClass.LISTED, Relation.MEMBER, Residency.UNKNOWN, None), Release.ASK),
        ((ExportClass.LISTED, Relation.PARTY, Residency.SPECIFIC, "JP"), Release.ASK),
        ((ExportClass.LISTED, Relation.MEMBER, Residency.NON_RESIDENT, "KR"), Release.ASK),
    ],
)
def test_the_table_that_kiban_comes_with(
    facts: tuple[ExportClass, Relation, Residency, str | None], says: Release
) -> None:
    export_class, relation, residency, country = facts
    asked = ReleaseFacts(
        export_class=export_class,
        item="EAR 3E001" if export_class is ExportClass.LISTED else None,
        relation=relation,
        residency=residency,
        country=country,
    )
    assert CAUTIOUS.decide(asked).says is says


def test_where_no_row_speaks_nothing_is_released() -> None:
    row = ReleaseRow(
        classes=frozenset({ExportClass.LISTED}), items=frozenset({"EAR 3"}), says=Release.ALLOW, reason="electronics"
    )
    table = ReleaseTable((row,))
    for item, says in (("EAR 3E001", Release.ALLOW), ("EAR 1C001", Release.REFUSE), (None, Release.REFUSE)):
        facts = ReleaseFacts(export_class=ExportClass.LISTED, item=item, relation=Relation.MEMBER)
        assert table.decide(facts).says is says


def test_what_is_open_is_asked_of_the_table_as_published(resources: Resources) -> None:
    directory = resources.directory.load()
    scope = Scope(number=9, project=resources.project, tier=Tier.OPEN)
    assert publication(directory, scope, NOW).says is Release.ALLOW
    listed = replace(scope, export_class=ExportClass.LISTED, export_item="EAR 3E001")
    assert publication(directory, listed, NOW).says is Release.REFUSE
    assert anonymous(directory, NOW).releases == CAUTIOUS
    [held] = held_back(directory, [scope, listed], NOW)
    assert (held.person.login, held.scope, held.waits) == ("operator", listed, False)
