"""Records come to other tiers, under embargoes and to guests, after a look at what that changes, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tests.operations.neighbours import Neighbours, later, neighbours
from tests.operations.test_placement import SWEEP

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused, WrongUsage
from kiban.operations.change_tier import TierChange, change_tier, preview_tier, preview_undo, undo_change
from kiban.operations.chosen import Choice, chosen_by, chosen_of, chosen_record
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.invite import (
    invite,
    party_called,
    preview_invitation,
    preview_uninviting,
    uninvite,
)
from kiban.operations.placement import Placement
from kiban.operations.projects import FIRST_AGREEMENT, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.operations.show import show
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import Right
from kiban.records.party import Act, Asker
from kiban.records.sample import Sample
from kiban.records.scope import Tier

OPEN, SHARED, CLOSED = (TierChange(tier=tier) for tier in (Tier.OPEN, Tier.SHARED, Tier.CLOSED))


@pytest.fixture(name="lab")
def _lab(resources: Resources, inbox: Path) -> Neighbours:
    """A laboratory with three sweeps of one sample, and a sample without any."""
    lab = neighbours(resources)
    for name in ("a", "b", "c"):
        (inbox / f"{name}.csv").write_bytes(SWEEP % name.encode())
        list(deposit(lab.asker("steward"), resources, [inbox / f"{name}.csv"], sample="S-1"))
    register_sample(lab.asker("steward"), resources, Sample(name="S-2"))
    lab.join("Ume Steel")
    return lab


def _one(lab: Neighbours, question: str = 'file = "a.csv"') -> Choice:
    return chosen_by(lab.asker("steward"), lab.resources, question)


def _seen(lab: Neighbours, login: str, at: datetime | None = None) -> set[str]:
    return {
        hit.title if hit.kind == "sample" else (hit.file or "")
        for hit in find(lab.asker(login, at), lab.resources, "").hits
    }


def test_one_record_is_opened_and_closed_again(lab: Neighbours) -> None:
    steward, choice = lab.asker("steward"), _one(lab)
    pid = choice.records[0].pid
    before = show(steward, lab.resources, pid)
    assert _seen(lab, "anonymous") == set()
    done = change_tier(steward, lab.resources, choice, OPEN)
    after = show(lab.asker("anonymous"), lab.resources, pid)
    assert after.record.version == before.record.version
    assert (len(after.facts), len(after.files)) == (len(before.facts), len(before.files))
    assert _seen(lab, "anonymous") == {"a.csv"}
    undo_change(steward, lab.resources, done.change)
    assert _seen(lab, "anonymous") == set()
    assert show(steward, lab.resources, pid).record.scope == before.record.scope


def test_the_preview_counts_who_gains_and_names_what_stays_hidden(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    seen = preview_tier(steward, lab.resources, _one(lab, 'kind = "measurement"'), SHARED)
    weighed = seen.effects
    assert (seen.n_records, weighed.n_gaining, weighed.n_organisations, weighed.most_gained) == (3, 1, 1, 3)
    [ume] = weighed.effects
    assert (ume.people, ume.organisation, ume.n_gained, ume.n_lost) == (("Ume",), "Ume Steel", 3, 0)
    assert Right.USE in ume.gained
    assert not weighed.is_public
    # The sample is not moved with them.
    assert seen.n_hidden == 3
    assert {(h.record.title, h.other.title) for h in seen.hidden} == {
        (r.title, "S-1") for r in seen.plan.choice.records
    }
    change_tier(steward, lab.resources, _one(lab, 'kind = "measurement"'), SHARED, mark=seen.mark)
    for hit in find(lab.asker("ume"), lab.resources, "").hits:
        assert show(lab.asker("ume"), lab.resources, hit.id).sample is None
    with_sample = preview_tier(steward, lab.resources, _one(lab, 'sample = "S-1"'), OPEN)
    assert (with_sample.n_hidden, with_sample.effects.is_public) == (0, True)


def test_a_preview_changes_nothing(lab: Neighbours) -> None:
    before, lines = lab.resources.catalog.scopes(), list(lab.resources.audit.read())
    preview_tier(lab.asker("steward"), lab.resources, _one(lab), OPEN)
    guest = lab.people["guest"]
    preview_invitation(lab.asker("steward"), lab.resources, _one(lab), guest, Right.DATA, None)
    assert lab.resources.catalog.scopes() == before
    assert not lab.resources.directory.load().invitations
    assert list(lab.resources.audit.read()) == lines


def test_what_is_confirmed_is_what_was_seen(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    seen = preview_tier(steward, lab.resources, _one(lab), SHARED)
    assert preview_tier(lab.asker("steward"), lab.resources, _one(lab), SHARED).mark == seen.mark
    lab.join("Momo Cells")  # one company more would see it
    with pytest.raises(Conflict, match="since the preview"):
        change_tier(steward, lab.resources, _one(lab), SHARED, mark=seen.mark)
    again = preview_tier(steward, lab.resources, _one(lab), SHARED)
    for other in (OPEN, TierChange(tier=Tier.SHARED, closed_until=later(9))):
        with pytest.raises(Conflict):
            change_tier(steward, lab.resources, _one(lab), other, mark=again.mark)
    assert _seen(lab, "ume") == set()
    change_tier(steward, lab.resources, _one(lab), SHARED, mark=again.mark)
    assert (_seen(lab, "ume"), _seen(lab, "momo")) == ({"a.csv"}, {"a.csv"})


def test_a_choice_that_has_been_moved_meanwhile_is_a_conflict(lab: Neighbours) -> None:
    steward, choice = lab.asker("steward"), _one(lab)
    change_tier(steward, lab.resources, choice, OPEN)
    with pytest.raises(Conflict, match="moved some"):
        change_tier(steward, lab.resources, choice, SHARED)


@pytest.mark.parametrize("login", ["reader", "contributor"])
def test_only_stewards_decide(lab: Neighbours, login: str) -> None:
    pid = _one(lab).records[0].pid
    with pytest.raises(Refused, match="stewards of its project"):
        chosen_record(lab.asker(login), lab.resources, pid)
    with pytest.raises(InvalidValue, match="of which you are a steward"):
        chosen_by(lab.asker(login), lab.resources, "")


@pytest.mark.parametrize("login", ["ume", "guest", "anonymous"])
def test_who_may_not_see_a_record_is_told_that_there_is_none(lab: Neighbours, login: str) -> None:
    choice = _one(lab)
    done = change_tier(lab.asker("steward"), lab.resources, choice, TierChange(tier=Tier.CLOSED))
    asker = Asker(party="x", id=lab.asker(login).id)
    with pytest.raises(RecordNotFound):
        chosen_record(asker, lab.resources, choice.records[0].pid)
    with pytest.raises(RecordNotFound):
        preview_undo(asker, lab.resources, done.change)


def test_a_way_back_is_offered_only_to_stewards_and_only_within_what_is_allowed(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    change_tier(steward, lab.resources, _one(lab), OPEN)
    done = change_tier(steward, lab.resources, _one(lab), CLOSED)
    with pytest.raises(Refused):
        preview_undo(lab.asker("contributor"), lab.resources, done.change)
    lab.settle(allowed=frozenset({Tier.CLOSED}))
    with pytest.raises(Refused, match="does not allow any more"):
        undo_change(steward, lab.resources, done.change)
    assert _seen(lab, "anonymous") == set()


def test_the_way_back_leaves_what_has_been_moved_since(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    done = change_tier(steward, lab.resources, _one(lab, 'kind = "measurement"'), OPEN)
    change_tier(steward, lab.resources, _one(lab), SHARED)
    back = undo_change(steward, lab.resources, done.change)
    assert (back.preview.n_records, back.preview.plan.choice.n_left) == (2, 1)
    assert (_seen(lab, "ume"), _seen(lab, "anonymous")) == ({"a.csv"}, set())
    with pytest.raises(InvalidValue, match="No record is left"):
        undo_change(steward, lab.resources, done.change)
    undo_change(steward, lab.resources, back.change)
    assert _seen(lab, "anonymous") == {"b.csv", "c.csv"}


def test_records_follow_their_project_again(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    change_tier(steward, lab.resources, _one(lab), OPEN)
    change_tier(steward, lab.resources, _one(lab), TierChange(follows=True))
    assert _seen(lab, "ume") == set()
    lab.settle(tier=Tier.SHARED, agreement=FIRST_AGREEMENT)
    assert _seen(lab, "ume") == {"a.csv", "b.csv", "c.csv", "S-1", "S-2"}


def test_an_embargo_is_put_on_lengthened_and_ended(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    change_tier(steward, lab.resources, _one(lab), TierChange(tier=Tier.SHARED, closed_until=later(30)))
    assert (_seen(lab, "ume"), _seen(lab, "ume", later(31))) == (set(), {"a.csv"})
    change_tier(steward, lab.resources, _one(lab), TierChange(closed_until=later(60)))
    assert (_seen(lab, "ume", later(31)), _seen(lab, "ume", later(61))) == (set(), {"a.csv"})
    seen = preview_tier(steward, lab.resources, _one(lab), TierChange(ends_embargo=True))
    assert seen.effects.n_gaining == 1
    change_tier(steward, lab.resources, _one(lab), TierChange(ends_embargo=True))
    assert _seen(lab, "ume") == {"a.csv"}


def test_what_is_as_it_would_be_is_not_changed(lab: Neighbours) -> None:
    with pytest.raises(InvalidValue, match="Everything is as it would be"):
        change_tier(lab.asker("steward"), lab.resources, _one(lab), TierChange(follows=True))
    with pytest.raises(InvalidValue, match="own record"):
        chosen_record(
            lab.asker("steward"),
            lab.resources,
            find(lab.asker("steward"), lab.resources, 'kind = "project"').hits[0].id,
        )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"tier": Tier.OPEN, "follows": True},
        {"tier": Tier.OPEN, "agreement": "x"},
        {"closed_until": datetime(2030, 1, 1, tzinfo=UTC), "ends_embargo": True},
    ],
)
def test_changes_that_say_nothing_or_two_things_are_wrong_usage(said: dict[str, object]) -> None:
    with pytest.raises(WrongUsage):
        TierChange(**said)  # type: ignore[arg-type]


def test_the_audit_and_the_history_tell_who_did_it_and_only_the_project_reads_it(lab: Neighbours) -> None:
    steward, choice = lab.asker("steward"), _one(lab)
    done = change_tier(steward, lab.resources, choice, OPEN)
    lines = [line for _, line in lab.resources.audit.read() if line.act == "tier changed"]
    assert [(line.actor, line.subject) for line in lines] == [
        (steward.party, choice.records[0].pid),
        (steward.party, str(done.change)),
    ]
    assert lines[0].details == {"change": str(done.change), "was_tier": "closed", "tier": "open"}
    events = show(steward, lab.resources, choice.records[0].pid).events
    assert [e.details["tier"] for e in events if e.action == "tier changed"] == ["open"]
    public = show(lab.asker("anonymous"), lab.resources, choice.records[0].pid)
    assert public.events == ()


def test_a_guest_sees_what_the_invitation_gives_until_it_ends(lab: Neighbours) -> None:
    steward, guest = lab.asker("steward"), lab.people["guest"]
    change_tier(steward, lab.resources, _one(lab), TierChange(tier=Tier.CLOSED, closed_until=later(90)))
    until = later(10)
    seen = preview_invitation(steward, lab.resources, _one(lab), guest, Right.METADATA, until)
    assert [each.people for each in seen.effects.effects] == [("Guest",)]
    invite(steward, lab.resources, _one(lab), guest, Right.METADATA, until, mark=seen.mark)
    assert (_seen(lab, "guest"), _seen(lab, "guest", later(11))) == ({"a.csv"}, set())
    pid = _one(lab).records[0].pid
    assert show(lab.asker("guest"), lab.resources, pid).facts == ()
    invite(steward, lab.resources, _one(lab), guest, Right.DATA, None)
    assert show(lab.asker("guest"), lab.resources, pid).files
    assert len(lab.resources.directory.load().invitations) == 1  # of these records alone: changed, not copied


def test_inviting_somebody_to_one_record_opens_no_other(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    ume, momo = lab.companies["Ume Steel"], lab.companies["Momo Cells"]
    invite(steward, lab.resources, _one(lab, 'kind = "measurement"'), ume, Right.DATA, None)
    invite(steward, lab.resources, _one(lab), momo, Right.DATA, None)
    assert (_seen(lab, "ume"), _seen(lab, "momo")) == ({"a.csv", "b.csv", "c.csv"}, {"a.csv"})
    uninvite(steward, lab.resources, _one(lab, 'file = "b.csv"'), ume)
    assert (_seen(lab, "ume"), _seen(lab, "momo")) == ({"a.csv", "c.csv"}, {"a.csv"})
    with pytest.raises(InvalidValue, match="Ume Steel is not invited"):
        preview_uninviting(steward, lab.resources, _one(lab, 'file = "b.csv"'), ume)
    uninvite(steward, lab.resources, _one(lab, 'kind = "measurement"'), ume)
    assert (_seen(lab, "ume"), _seen(lab, "momo")) == (set(), {"a.csv"})


def test_moving_a_record_keeps_its_guests(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    invite(steward, lab.resources, _one(lab), lab.people["guest"], Right.DATA, None)
    change_tier(steward, lab.resources, _one(lab), TierChange(tier=Tier.SHARED, closed_until=later(5)))
    assert (_seen(lab, "guest"), _seen(lab, "ume")) == ({"a.csv"}, set())


@pytest.mark.parametrize("right", [Right.WRITE, Right.DECIDE, Right.RESHARE, Right.JOINT])
def test_guests_are_given_nothing_beyond_use(lab: Neighbours, right: Right) -> None:
    with pytest.raises(InvalidValue, match="cannot be given"):
        preview_invitation(lab.asker("steward"), lab.resources, _one(lab), lab.people["guest"], right, None)
    with pytest.raises(InvalidValue, match="end before it begins"):
        preview_invitation(lab.asker("steward"), lab.resources, _one(lab), lab.people["guest"], Right.USE, later(-1))


def test_whom_a_steward_does_not_know_is_invited_by_identifier_alone(lab: Neighbours) -> None:
    steward, momo = lab.asker("steward"), lab.companies["Momo Cells"]
    assert party_called(steward, lab.resources, "Ume Steel") == lab.companies["Ume Steel"]  # a party to their agreement
    for unknown in ("Momo Cells", "momo", "nobody"):
        with pytest.raises(RecordNotFound):
            party_called(steward, lab.resources, unknown)
    assert party_called(steward, lab.resources, str(momo)) == momo


def test_all_records_of_a_scope_are_chosen_together(lab: Neighbours) -> None:
    steward = lab.asker("steward")
    scope = show(steward, lab.resources, _one(lab).records[0].pid).scope
    assert {r.title for r in chosen_of(steward, lab.resources, scope).records} >= {"S-1", "S-2"}
    with pytest.raises(RecordNotFound):
        chosen_of(lab.asker("ume"), lab.resources, scope)


def test_records_of_projects_of_others_are_left_and_counted(lab: Neighbours, inbox: Path) -> None:
    from kiban.records.identity import new_uuid
    from kiban.records.parties.terms import Project

    other = Project(id=new_uuid(), name="Other")
    lab.change(other)
    owner = Asker(party="o", roles={other.id: lab.asker("steward").roles[FIRST_PROJECT]}, project=other.id)
    register_sample(owner, lab.resources, Sample(name="theirs"), placement=Placement(tier=Tier.OPEN))
    choice = _one(lab, 'kind = "sample"')
    assert ({r.title for r in choice.records}, choice.n_left) == ({"S-1", "S-2"}, 1)
    assert isinstance(change_tier(lab.asker("steward"), lab.resources, choice, OPEN).change, UUID)


@pytest.mark.parametrize("acts", [{Act.READ}, {Act.DEPOSIT}, {Act.READ, Act.WRITE}])
def test_a_token_that_is_not_for_it_changes_no_tier(lab: Neighbours, acts: set[Act]) -> None:
    pid, narrow = _one(lab).records[0].pid, replace(lab.asker("steward"), acts=frozenset(acts))
    done = change_tier(lab.asker("steward"), lab.resources, _one(lab), OPEN)
    for deed in (
        lambda: chosen_record(narrow, lab.resources, pid),
        lambda: chosen_by(narrow, lab.resources, ""),
        lambda: chosen_of(narrow, lab.resources, show(lab.asker("steward"), lab.resources, pid).scope),
        lambda: preview_undo(narrow, lab.resources, done.change),
    ):
        with pytest.raises(Refused, match="does not allow to administer"):
            deed()


def test_what_export_control_holds_back_is_opened_by_nobody(lab: Neighbours) -> None:
    lab.settle(export_class=ExportClass.LISTED, export_item="EAR 3A001")
    listed = register_sample(lab.asker("steward"), lab.resources, Sample(name="S-3"))
    with pytest.raises(Refused):
        change_tier(
            lab.asker("steward"), lab.resources, chosen_record(lab.asker("steward"), lab.resources, listed.pid), OPEN
        )
    assert _seen(lab, "anonymous") == set()
