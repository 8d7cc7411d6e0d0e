"""A project is shared with two companies under an agreement, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.agreement_parties import (
    accept_agreement,
    change_party,
    decline_agreement,
    exclude_party,
    invite_party,
    leave_agreement,
    preview_invitation,
    preview_leaving,
    preview_party,
)
from kiban.operations.agreements import (
    Terms,
    change_terms,
    draft_agreement,
    end_agreement,
    list_agreements,
    preview_end,
    preview_terms,
    show_agreement,
)
from kiban.operations.audited import entry
from kiban.operations.export import export, losses_of
from kiban.operations.graph_export import KINDS
from kiban.operations.resources import Resources
from kiban.operations.share_project import (
    CLOSING,
    Policy,
    change_policy,
    close_project,
    preview_policy,
    share_project,
    sharing,
)
from kiban.operations.shared_under import shared_under, taken_under
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.query.question import EVERYTHING
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import READING, Right
from kiban.records.parties.standing import Standing
from kiban.records.parties.terms import Obligation
from kiban.records.party import Act
from kiban.records.scope import ScopeTerms, Tier
from kiban.testing.shared_world import World, make_world

TERMS = Terms(name="Partners", purposes=("alloy design",), text="v1", obligations=frozenset({Obligation.CITE}))


@pytest.fixture(name="world")
def _world(resources: Resources) -> World:
    return make_world(resources)


@pytest.fixture(name="shared")
def _shared(world: World) -> World:
    """Shared with A, which reads, and B, which may know that it exists; both have accepted."""
    world.ids["Partners"] = draft_agreement(world.asker("sato"), world.resources, "Steel", TERMS).id
    invite_party(world.asker("sato"), world.resources, "Partners", world["Company A"], READING)
    invite_party(world.asker("sato"), world.resources, "Partners", world["Company B"], {Right.EXISTS})
    for lead in ("a.lead", "b.lead"):
        accept_agreement(world.asker(lead), world.resources, "Partners")
    share_project(world.asker("suzuki"), world.resources, "Steel", "Partners")
    return world


def _states(world: World, login: str) -> dict[str, Standing]:
    shown = show_agreement(world.asker(login), world.resources, world["Partners"])
    return {party.name or "": party.standing for party in shown.parties}


def test_nobody_sees_anything_before_both_sides_have_said_yes(world: World) -> None:
    resources = world.resources
    agreement = draft_agreement(world.asker("suzuki"), resources, "Steel", TERMS)
    world.ids["Partners"] = agreement.id
    share_project(world.asker("suzuki"), resources, "Steel", "Partners")
    invite_party(world.asker("suzuki"), resources, "Partners", world["Company A"], READING)
    assert world.sees("a.chem") == world.sees("a.lead") == 0
    assert list_agreements(world.asker("a.chem"), resources) == ()
    [waiting] = list_agreements(world.asker("a.lead"), resources)
    assert waiting.waits
    assert not waiting.is_party
    assert waiting.keeper.project == "Steel"
    accept_agreement(world.asker("a.lead"), resources, "Partners")
    assert world.sees("a.chem") == 7
    assert world.sees("b.chem") == world.sees("outside") == 0


def test_what_if_says_who_would_see_how_much_and_changes_nothing(world: World) -> None:
    resources = world.resources
    world.ids["Partners"] = draft_agreement(world.asker("sato"), resources, "Steel", TERMS).id
    for company, lead in (("Company A", "a.lead"), ("Company B", "b.lead")):
        invite_party(world.asker("sato"), resources, "Partners", world[company], READING)
        accept_agreement(world.asker(lead), resources, "Partners")
    preview = preview_policy(world.asker("suzuki"), resources, "Steel", sharing("Partners"))
    assert (preview.n_following, preview.n_own, preview.n_own_wider) == (7, 2, 0)
    assert (preview.effects.n_gaining, preview.effects.n_organisations, preview.effects.most_gained) == (4, 2, 7)
    assert {(e.organisation, e.n_people, e.n_gained) for e in preview.effects.effects} == {
        ("Company A", 2, 7),
        ("Company B", 2, 7),
    }
    assert {name for e in preview.effects.effects for name in e.people} == {"A.Lead", "A.Chem", "B.Lead", "B.Chem"}
    assert world.sees("a.chem") == 0
    change_policy(world.asker("suzuki"), resources, "Steel", sharing("Partners"), seen=preview.revision)
    assert world.sees("a.chem") == world.sees("b.lead") == 7


def test_who_has_not_accepted_yet_is_weighed_as_if_it_had_and_its_people_are_not_named(world: World) -> None:
    draft_agreement(world.asker("sato"), world.resources, "Steel", TERMS)
    invite_party(world.asker("sato"), world.resources, "Partners", world["Company A"], READING)
    preview = preview_policy(world.asker("sato"), world.resources, "Steel", sharing("Partners"))
    assert preview.waiting == ("Company A",)
    [effect] = preview.effects.effects
    assert (effect.organisation, effect.n_people, effect.n_gained, effect.people) == ("Company A", 2, 7, ())


def test_whom_export_control_holds_back_is_told(world: World) -> None:
    resources = world.resources
    unjudged = resources.catalog.ensure_scope(ScopeTerms(project=world.project, tier=Tier.CLOSED, follows=True))
    world.write(3, unjudged)
    draft_agreement(world.asker("sato"), resources, "Steel", TERMS)
    invite_party(world.asker("sato"), resources, "Partners", world["Company A"], READING)
    accept_agreement(world.asker("a.lead"), resources, "Partners")
    effects = preview_policy(world.asker("sato"), resources, "Steel", sharing("Partners")).effects
    [held] = effects.held_back
    assert (held.rule, held.n_people) == ("export_control", 2)
    assert effects.most_gained == 7
    share_project(world.asker("sato"), resources, "Steel", "Partners")
    assert world.sees("a.chem") == 7


def test_what_is_under_embargo_counts_as_held_back_however_many_days_there_are(world: World) -> None:
    for days in range(1, 6):
        scope = world.resources.catalog.ensure_scope(
            ScopeTerms(
                project=world.project,
                tier=Tier.CLOSED,
                follows=True,
                closed_until=world.now + timedelta(days=days),
                export_class=ExportClass.NOT_LISTED,
            )
        )
        world.write(1, scope)
    past = world.resources.catalog.ensure_scope(
        ScopeTerms(
            project=world.project,
            tier=Tier.CLOSED,
            follows=True,
            closed_until=world.now - timedelta(days=1),
            export_class=ExportClass.NOT_LISTED,
        )
    )
    world.write(2, past)
    effects = preview_policy(world.asker("sato"), world.resources, "Steel", Policy(tier=Tier.OPEN)).effects
    assert effects.most_gained == 9  # seven that follow and two whose embargo is over
    assert {held.rule for held in effects.held_back} == {"embargo"}
    change_policy(world.asker("sato"), world.resources, "Steel", Policy(tier=Tier.OPEN))
    assert world.sees("outside") == 9


def test_opening_is_told_to_be_public(world: World) -> None:
    preview = preview_policy(world.asker("sato"), world.resources, "Steel", Policy(tier=Tier.OPEN))
    assert preview.effects.is_public
    assert preview.effects.most_gained == 7


def test_taken_back_it_is_gone_at_once(shared: World) -> None:
    assert shared.sees("a.chem") == 7
    preview = preview_policy(shared.asker("sato"), shared.resources, "Steel", CLOSING)
    # Who may only know that it exists loses that, and no record that it could have read.
    assert {(e.organisation, e.n_lost) for e in preview.effects.effects} == {("Company A", 7), ("Company B", 0)}
    assert {name for e in preview.effects.effects for name in e.people} == {"A.Lead", "A.Chem", "B.Lead", "B.Chem"}
    close_project(shared.asker("sato"), shared.resources, "Steel")
    assert shared.sees("a.chem") == 0
    assert shared_under(shared.asker("a.chem"), shared.resources, "Partners").n_records == 0


def test_who_may_know_that_it_exists_gets_identifiers_and_no_titles(shared: World) -> None:
    known = shared_under(shared.asker("b.chem"), shared.resources, "Partners")
    assert known.kinds == {"sample": 7}
    assert {record.title for record in known.records} == {None}
    assert all(record.id.startswith("kb:") for record in known.records)
    read = shared_under(shared.asker("a.chem"), shared.resources, "Partners")
    assert all(record.title for record in read.records)
    assert shared_under(shared.asker("sato"), shared.resources, "Partners").projects == ("Steel",)
    assert shared.sees("b.chem") == 0


def test_leaving_ends_access_at_once_and_touches_no_record(shared: World) -> None:
    before = shared.resources.catalog.scopes()
    [lost] = preview_leaving(shared.asker("a.lead"), shared.resources, "Partners").effects
    assert (lost.organisation, lost.n_people, lost.n_lost) == ("Company A", 2, 7)
    leave_agreement(shared.asker("a.lead"), shared.resources, "Partners")
    assert shared.sees("a.chem") == shared.sees("a.lead") == 0
    assert shared.resources.catalog.scopes() == before
    assert _states(shared, "a.lead") == {"Company A": Standing.LEFT}
    with pytest.raises(RecordNotFound):
        show_agreement(shared.asker("a.chem"), shared.resources, shared["Partners"])
    with pytest.raises(InvalidValue, match="left"):
        leave_agreement(shared.asker("a.lead"), shared.resources, "Partners")
    invite_party(shared.asker("sato"), shared.resources, "Partners", "Company A", READING)
    assert shared.sees("a.chem") == 0
    accept_agreement(shared.asker("a.lead"), shared.resources, "Partners")
    assert shared.sees("a.chem") == 7


def test_other_wording_and_more_to_owe_must_be_accepted_again(shared: World) -> None:
    more = Terms(obligations=frozenset({Obligation.CITE, Obligation.DELETE}))
    preview = preview_terms(shared.asker("sato"), shared.resources, "Partners", more)
    assert preview.accept_again == ("obligations",)
    assert preview.effects.n_losing == 4
    change_terms(shared.asker("sato"), shared.resources, "Partners", more)
    assert _states(shared, "sato") == {"Company A": Standing.INVITED, "Company B": Standing.INVITED}
    assert shared.sees("a.chem") == 0
    accept_agreement(shared.asker("a.lead"), shared.resources, "Partners")
    assert shared.sees("a.chem") == 7
    change_terms(shared.asker("sato"), shared.resources, "Partners", Terms(obligations=frozenset(), name="Friends"))
    assert shared.sees("a.chem") == 7


def test_narrower_and_wider_rights_apply_at_once(shared: World) -> None:
    narrow = {Right.JOINT}
    [lost] = preview_party(shared.asker("sato"), shared.resources, "Partners", "Company A", narrow).effects
    assert Right.DATA in lost.lost
    change_party(shared.asker("sato"), shared.resources, "Partners", "Company A", narrow)
    assert shared.sees("a.chem") == 0
    [gained] = preview_party(shared.asker("sato"), shared.resources, "Partners", "Company B", READING).effects
    assert (gained.organisation, gained.n_gained) == ("Company B", 7)
    change_party(shared.asker("sato"), shared.resources, "Partners", "Company B", READING)
    assert shared.sees("b.chem") == 7


def test_a_party_is_excluded_and_an_invitation_taken_back(shared: World) -> None:
    exclude_party(shared.asker("sato"), shared.resources, "Partners", "Company A")
    assert shared.sees("a.chem") == 0
    assert _states(shared, "sato")["Company A"] is Standing.LEFT
    invite_party(shared.asker("sato"), shared.resources, "Partners", shared["outside"], READING)
    assert "Outside" in _states(shared, "sato")
    exclude_party(shared.asker("sato"), shared.resources, "Partners", shared["outside"])
    assert "Outside" not in _states(shared, "sato")


def test_a_person_is_invited_and_answers_alone(shared: World) -> None:
    [would] = preview_invitation(shared.asker("sato"), shared.resources, "Partners", shared["outside"], READING).effects
    assert (would.n_people, would.n_gained, would.people) == (1, 7, ())
    invite_party(shared.asker("sato"), shared.resources, "Partners", shared["outside"], READING)
    decline_agreement(shared.asker("outside"), shared.resources, "Partners")
    assert _states(shared, "outside") == {"Outside": Standing.DECLINED}
    assert shared.sees("outside") == 0


def test_the_end_ends_it_for_all(shared: World) -> None:
    assert preview_end(shared.asker("sato"), shared.resources, "Partners").n_losing == 4
    end_agreement(shared.asker("sato"), shared.resources, "Partners")
    assert shared.sees("a.chem") == shared.sees("b.chem") == 0
    assert shared.sees("tanaka") > 0
    with pytest.raises(InvalidValue, match="ended"):
        end_agreement(shared.asker("sato"), shared.resources, "Partners")
    close_project(shared.asker("sato"), shared.resources, "Steel")
    with pytest.raises(InvalidValue, match="ended"):
        share_project(shared.asker("sato"), shared.resources, "Steel", "Partners")


def test_one_that_has_not_begun_can_be_ended(world: World) -> None:
    later = Terms(name="Later", starts=world.now + timedelta(days=9))
    draft_agreement(world.asker("sato"), world.resources, "Steel", later)
    ended = end_agreement(world.asker("sato"), world.resources, "Later")
    assert ended.ends is not None


@pytest.mark.parametrize("login", ["tanaka", "a.lead", "a.chem", "root"])
def test_who_does_not_decide_is_refused(shared: World, login: str) -> None:
    asker, resources = shared.asker(login), shared.resources
    changes: tuple[Callable[[], object], ...] = (
        lambda: invite_party(asker, resources, "Partners", shared["outside"], READING),
        lambda: change_party(asker, resources, "Partners", "Company A", READING),
        lambda: exclude_party(asker, resources, "Partners", "Company A"),
        lambda: change_terms(asker, resources, "Partners", Terms(text="other")),
        lambda: end_agreement(asker, resources, "Partners"),
    )
    for deed in changes:
        with pytest.raises(Refused):
            deed()
    if login == "a.chem":
        for answer in (accept_agreement, decline_agreement, leave_agreement):
            with pytest.raises(Refused):
                answer(asker, resources, "Partners")
    if login in {"tanaka", "root"}:
        with pytest.raises(Refused):
            preview_policy(asker, resources, "Steel", CLOSING)
        with pytest.raises(Refused):
            close_project(asker, resources, "Steel")


def test_for_outsiders_there_is_no_such_thing(shared: World) -> None:
    asker, resources = shared.asker("outside"), shared.resources
    for name in ("Partners", shared["Partners"]):
        words = set()
        deeds: tuple[Callable[..., object], ...] = (show_agreement, accept_agreement, end_agreement, shared_under)
        for deed in deeds:
            with pytest.raises(RecordNotFound) as raised:
                deed(asker, resources, name)
            words.add(str(raised.value))
        with pytest.raises(RecordNotFound) as raised:
            show_agreement(asker, resources, "No such thing")
        assert words == {str(raised.value).replace("No such thing", name)}
    with pytest.raises(RecordNotFound):
        preview_policy(asker, resources, "Steel", CLOSING)
    # Its name is nothing that an outsider could try out either.
    with pytest.raises(RecordNotFound):
        invite_party(shared.asker("sato"), resources, "Partners", "Company C", READING)


def test_a_steward_of_one_company_does_not_answer_for_another(shared: World) -> None:
    with pytest.raises(Refused):
        leave_agreement(shared.asker("a.lead"), shared.resources, "Partners", "Company B")
    assert _states(shared, "sato")["Company B"] is Standing.IN_FORCE


def test_a_project_is_shared_under_no_agreement_of_others(shared: World) -> None:
    other = draft_agreement(shared.asker("sato"), shared.resources, "Steel", Terms(name="Unknown to A"))
    directory = shared.resources.directory.load()
    assert other.id in directory.agreements
    with pytest.raises(RecordNotFound):
        change_policy(
            shared.asker("a.lead"), shared.resources, "Steel", Policy(tier=Tier.SHARED, agreement=str(other.id))
        )
    close_project(shared.asker("sato"), shared.resources, "Steel")
    with pytest.raises(InvalidValue, match="no agreement"):
        change_policy(shared.asker("sato"), shared.resources, "Steel", Policy(tier=Tier.SHARED))


def test_what_was_changed_meanwhile_is_not_overwritten(shared: World) -> None:
    seen = show_agreement(shared.asker("a.lead"), shared.resources, "Partners").revision
    change_terms(shared.asker("sato"), shared.resources, "Partners", Terms(text="v2"))
    with pytest.raises(Conflict, match="after you had opened it"):
        accept_agreement(shared.asker("a.lead"), shared.resources, "Partners", seen=seen)
    # Changes of other things do not matter.
    seen = show_agreement(shared.asker("a.lead"), shared.resources, "Partners").revision
    close_project(shared.asker("sato"), shared.resources, "Steel")
    accept_agreement(shared.asker("a.lead"), shared.resources, "Partners", seen=seen)


def test_a_token_that_reads_changes_nothing(shared: World) -> None:
    with pytest.raises(Refused, match="token"):
        close_project(shared.asker("sato", acts=frozenset({Act.READ, Act.WRITE})), shared.resources, "Steel")
    assert shared.sees("a.chem") == 7


def test_each_step_stands_in_the_audit_log(shared: World) -> None:
    about = {shared["Partners"], shared["Steel"]}
    lines = [line for _, line in shared.resources.audit.read() if line.subject in about]
    assert [line.act for line in lines if line.actor != "root"] == [
        "drafted agreement",
        "invited party",
        "invited party",
        "accepted agreement",
        "accepted agreement",
        "changed policy of project",
    ]
    assert lines[-1].subject == shared["Steel"]
    assert next(line.actor for line in lines if line.act == "accepted agreement") == shared["a.lead"]


def test_what_a_party_took_along_is_listed_for_it_and_the_keeper(shared: World) -> None:
    resources, asker = shared.resources, shared.asker("a.chem")
    following = shared.following().number
    elsewhere = resources.catalog.ensure_scope(ScopeTerms(project=shared.project, tier=Tier.CLOSED)).number
    # The clock of the directory is the machine's, and does not run ahead as the askers' does here.
    asker = replace(asker, at=datetime.now(UTC))
    resources.audit.append(
        [
            entry(asker, "exported record", subject="kb:1", scope=following),
            entry(asker, "read record", subject="kb:2", scope=following),
            entry(asker, "exported record", subject="kb:3", scope=elsewhere),
            entry(shared.asker("tanaka"), "exported record", subject="kb:4", scope=following),
        ]
    )
    close_project(shared.asker("sato"), resources, "Steel")
    for login in ("a.lead", "sato"):
        [taken] = taken_under(shared.asker(login), resources, "Partners", "Company A")
        assert (taken.subject, taken.by, taken.act) == ("kb:1", "A.Chem", "exported record")
    with pytest.raises(Refused):
        taken_under(shared.asker("a.chem"), resources, "Partners", "Company A")
    with pytest.raises(Refused):
        taken_under(shared.asker("b.lead"), resources, "Partners", "Company A")


def test_every_deed_that_gives_data_to_take_along_is_listed_as_such() -> None:
    from kiban.operations import export, fetch_file, stream_facts, stream_records, table
    from kiban.operations.shared_under import TAKING

    deeds = (
        export.export,
        fetch_file.fetch_file,
        stream_facts.stream_facts,
        stream_records.stream_records,
        table.table,
    )
    for deed in deeds:
        assert deed.audited_as.startswith(TAKING), deed  # type: ignore[attr-defined]


def test_what_is_owed_goes_along_with_what_is_shared(shared: World) -> None:
    resources = shared.resources
    chemist = shared.asker("a.chem")
    [record] = resources.catalog.find(EVERYTHING, resources.visible(chemist), limit=1).records
    shown = show(chemist, resources, record.pid)
    assert shown.owed is not None
    assert shown_as_json(shown)["owed"] == {
        "agreement": "Partners", "purposes": ["alloy design"], "obligations": ["cite"], "ends": None,
    }  # fmt: skip
    said = "It is shared under the agreement Partners for alloy design. You owe: cite. The file does not say so."
    if record.kind in KINDS:
        assert export(chemist, resources, record.pid, "prov").losses[0] == said
        assert losses_of(chemist, resources, record.pid, "prov")[0] == said


def test_nothing_is_owed_for_what_is_not_shared(world: World) -> None:
    resources = world.resources
    owner = world.asker("suzuki")
    [record] = resources.catalog.find(EVERYTHING, resources.visible(owner), limit=1).records
    assert show(owner, resources, record.pid).owed is None
