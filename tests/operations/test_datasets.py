"""Data sets: drafted, frozen, published, withdrawn; and what who of them sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiban.access.asker_of import anonymous
from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.dataset_as_json import shown_dataset_as_json
from kiban.operations.datasets import (
    add_members,
    begin_dataset,
    begin_next_version,
    change_dataset,
    dataset_of,
    remove_members,
)
from kiban.operations.placement import Placement
from kiban.operations.publish_dataset import freeze_dataset, preview_publication, publish_dataset, withdraw_dataset
from kiban.operations.resources import Resources
from kiban.operations.samples import change_sample, register_sample
from kiban.operations.show import show
from kiban.operations.show_as_json import shown_as_json
from kiban.operations.show_dataset import list_datasets, show_dataset
from kiban.operations.state_rights import state_rights
from kiban.records.dataset import Dataset, DatasetState
from kiban.records.field import Label
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.rights.rights import Contributor, Rights, RightsHolder
from kiban.records.sample import Sample
from kiban.records.scope import Tier

RIGHTS = Rights(licence="CC-BY-4.0", contributors=(Contributor(name="Sato Hanako"),))
ABOUT = Dataset(title=Label(en="Films annealed in air", ja="大気中で焼成した膜"), publisher="Example Institute")
OPEN, CLOSED = TierChange(tier=Tier.OPEN), TierChange(tier=Tier.CLOSED)


def _sample(
    asker: Asker, resources: Resources, name: str, tier: Tier = Tier.OPEN, rights: Rights | None = None
) -> Record:
    placement = Placement(tier=tier)
    return register_sample(asker, resources, Sample(name=name, formula="TiO2", rights=rights), placement=placement)


def _frozen(asker: Asker, resources: Resources, *samples: Record) -> Record:
    draft = begin_dataset(asker, resources, replace(ABOUT, rights=RIGHTS), records=[each.pid for each in samples])
    return freeze_dataset(asker, resources, draft.pid)


def _public(resources: Resources, at: datetime | None = None) -> Asker:
    return anonymous(resources.directory.load(), at or datetime.now(UTC))


def test_a_draft_holds_what_answers_a_question_and_what_is_named(asker: Asker, resources: Resources) -> None:
    film, powder, other = (_sample(asker, resources, name) for name in ("film 1", "powder", "other"))
    draft = begin_dataset(asker, resources, ABOUT, records=[powder.pid], question='title = "film 1"')
    dataset = dataset_of(draft)
    assert {each.id for each in dataset.members} == {film.pid, powder.pid}
    assert dataset.question == 'title = "film 1"'
    added = add_members(asker, resources, draft.pid, records=[other.pid, powder.pid])
    assert [each.id for each in dataset_of(added).members][-1] == other.pid
    taken = remove_members(asker, resources, draft.pid, [powder.pid])
    assert {each.id for each in dataset_of(taken).members} == {film.pid, other.pid}
    links = resources.catalog.links([draft.id], resources.visible(asker))
    assert {(link.predicate, link.object) for link in links} == {
        (Predicate.HAD_MEMBER, film.id),
        (Predicate.HAD_MEMBER, other.id),
    }
    with pytest.raises(RecordNotFound):
        remove_members(asker, resources, draft.pid, [powder.pid])
    with pytest.raises(RecordNotFound):
        add_members(asker, resources, draft.pid, records=[draft.pid])


def test_a_draft_is_closed_though_its_project_is_open(asker: Asker, resources: Resources) -> None:
    draft = begin_dataset(asker, resources, ABOUT)
    with pytest.raises(RecordNotFound):
        show_dataset(_public(resources), resources, draft.pid)
    assert show_dataset(asker, resources, draft.pid).scope.tier is Tier.CLOSED


def test_what_it_lacks_to_be_cited_is_named_when_it_is_frozen(asker: Asker, resources: Resources) -> None:
    draft = begin_dataset(asker, resources, replace(ABOUT, publisher=""))
    with pytest.raises(InvalidValue, match="at least one record, a publisher, a licence, at least one contributor"):
        freeze_dataset(asker, resources, draft.pid)


def test_what_is_frozen_does_not_change(asker: Asker, resources: Resources) -> None:
    film = _sample(asker, resources, "film 1")
    frozen = _frozen(asker, resources, film)
    before = show_dataset(asker, resources, frozen.pid)
    change_sample(asker, resources, film.pid, {"location": "Room 3"})
    for deed in (
        lambda: change_dataset(asker, resources, frozen.pid, {"title": Label(en="Another")}),
        lambda: change_dataset(asker, resources, frozen.pid, {"published_on": "2020-01-01"}),
        lambda: add_members(asker, resources, frozen.pid, records=[_sample(asker, resources, "late").pid]),
        lambda: remove_members(asker, resources, frozen.pid, [film.pid]),
        lambda: state_rights(asker, resources, frozen.pid, Rights(licence="CC0-1.0")),
        lambda: freeze_dataset(asker, resources, frozen.pid),
    ):
        with pytest.raises(InvalidValue):
            deed()
    after = show_dataset(asker, resources, frozen.pid)
    assert after.dataset == before.dataset
    assert [(each.pid, each.version) for each in after.members] == [(film.pid, 1)]
    assert after.members[0].document["location"] == ""


def test_a_doi_is_entered_once_and_never_made(asker: Asker, resources: Resources) -> None:
    frozen = _frozen(asker, resources, _sample(asker, resources, "film 1"))
    assert dataset_of(frozen).doi == ""
    given = change_dataset(asker, resources, frozen.pid, {"doi": "https://doi.org/10.5072/ABC"})
    assert dataset_of(given).doi == "10.5072/abc"
    with pytest.raises(InvalidValue, match=r"10\.5072/abc"):
        change_dataset(asker, resources, frozen.pid, {"doi": "10.5072/other"})
    with pytest.raises(InvalidValue, match="is no DOI"):
        change_dataset(asker, resources, given.pid, {"doi": "11.5072/abc"})


def test_freezing_takes_members_as_they_are_then_and_their_rights_where_they_agree(
    asker: Asker, resources: Resources
) -> None:
    theirs = Rights(licence="CC-BY-4.0", contributors=(Contributor(name="Abe", orcid="0000-0002-1825-0097"),))
    film = _sample(asker, resources, "film 1", rights=theirs)
    draft = begin_dataset(asker, resources, ABOUT, records=[film.pid])
    change_sample(asker, resources, film.pid, {"location": "Room 3"})
    frozen = dataset_of(freeze_dataset(asker, resources, draft.pid))
    assert [member.version for member in frozen.members] == [2]
    assert frozen.rights == theirs
    assert (frozen.state, frozen.frozen_by) == (DatasetState.FROZEN, asker.party)


def test_a_licence_of_a_member_that_is_another_one_is_told(asker: Asker, resources: Resources) -> None:
    strict = Rights(licence="CC-BY-NC-4.0", rights_holder=RightsHolder(name="Partner"))
    mine, theirs = _sample(asker, resources, "film 1"), _sample(asker, resources, "film 2", rights=strict)
    frozen = _frozen(asker, resources, mine, theirs)
    told = preview_publication(asker, resources, frozen.pid).conflicts
    assert {(each.what, each.stated, each.members) for each in told} == {
        ("licence", "", (mine.pid,)),
        ("licence", "CC-BY-NC-4.0", (theirs.pid,)),
        ("rights_holder", "Partner", (theirs.pid,)),
    }


def test_publishing_opens_the_data_set_alone_and_not_before_its_members_are_open(
    asker: Asker, resources: Resources
) -> None:
    film, secret = _sample(asker, resources, "film 1"), _sample(asker, resources, "film 2", Tier.CLOSED)
    frozen = _frozen(asker, resources, film, secret)
    seen = preview_publication(asker, resources, frozen.pid)
    assert (seen.is_whole, [each.record.pid for each in seen.not_open]) == (False, [secret.pid])
    with pytest.raises(Refused, match=secret.pid):
        publish_dataset(asker, resources, frozen.pid)
    assert show(asker, resources, secret.pid).scope.tier is Tier.CLOSED
    change_tier(asker, resources, chosen_record(asker, resources, secret.pid), OPEN)
    with pytest.raises(Conflict):
        publish_dataset(asker, resources, frozen.pid, mark="another")
    done = publish_dataset(asker, resources, frozen.pid, mark=preview_publication(asker, resources, frozen.pid).mark)
    shown = show_dataset(_public(resources), resources, done.record.pid)
    assert {each.pid for each in shown.members} == {film.pid, secret.pid}
    assert shown.dataset.published_on == datetime.now(UTC).date().isoformat()
    with pytest.raises(InvalidValue, match="is published"):
        publish_dataset(asker, resources, frozen.pid)


def test_a_member_that_is_open_in_another_version_only_stands_in_the_way(asker: Asker, resources: Resources) -> None:
    film = _sample(asker, resources, "film 1", Tier.CLOSED)
    frozen = _frozen(asker, resources, film)
    change_sample(asker, resources, film.pid, {"location": "Room 3"})
    change_tier(asker, resources, chosen_record(asker, resources, film.pid), OPEN)
    [away] = preview_publication(asker, resources, frozen.pid).not_open
    assert away.is_other_version
    with pytest.raises(Refused):
        publish_dataset(asker, resources, frozen.pid)


def test_under_an_embargo_it_is_open_only_after_that(asker: Asker, resources: Resources) -> None:
    frozen = _frozen(asker, resources, _sample(asker, resources, "film 1"))
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    publish_dataset(asker, resources, frozen.pid, closed_until=until)
    with pytest.raises(RecordNotFound):
        show_dataset(_public(resources), resources, frozen.pid)
    later = _public(resources, until + timedelta(days=1))
    assert show_dataset(later, resources, frozen.pid).dataset.published_on == until.date().isoformat()


def test_who_does_not_see_a_member_sees_a_data_set_without_it(asker: Asker, resources: Resources) -> None:
    """And nothing anywhere says that there is one more."""
    film, other = _sample(asker, resources, "film 1"), _sample(asker, resources, "film 2")
    frozen = _frozen(asker, resources, film, other)
    alone = _frozen(asker, resources, film)
    for each in (frozen, alone):
        publish_dataset(asker, resources, each.pid)
    change_tier(asker, resources, chosen_record(asker, resources, other.pid), CLOSED)
    public = _public(resources)
    shown = show_dataset(public, resources, frozen.pid)
    assert [member.id for member in shown.dataset.members] == [film.pid]
    assert (shown.counts, shown.gathered) == ((("sample", 1),), show_dataset(public, resources, alone.pid).gathered)
    assert {each.n_members for each in list_datasets(public, resources).datasets} == {1}
    told = show(public, resources, frozen.pid)
    assert [member["id"] for member in told.record.document["members"]] == [film.pid]
    assert [tie.other.pid for tie in told.ties] == [film.pid]
    for document in (shown_as_json(told), shown_dataset_as_json(shown)):
        assert other.pid not in str(document)
        assert str(other.id) not in str(document)


def test_not_even_who_may_change_it_sees_members_that_are_kept_from_them(asker: Asker, resources: Resources) -> None:
    film, other = _sample(asker, resources, "film 1"), _sample(asker, resources, "film 2", Tier.CLOSED)
    draft = begin_dataset(asker, resources, ABOUT, records=[film.pid, other.pid], placement=Placement(tier=Tier.OPEN))
    document = show(_public(resources), resources, draft.pid).record.document
    assert [member["id"] for member in document["members"]] == [film.pid]


def test_a_change_is_the_next_version_and_both_name_each_other(asker: Asker, resources: Resources) -> None:
    film = _sample(asker, resources, "film 1")
    first = _frozen(asker, resources, film)
    change_sample(asker, resources, film.pid, {"location": "Room 3"})
    second = begin_next_version(asker, resources, first.pid)
    dataset = dataset_of(second)
    assert (dataset.number, dataset.state, dataset.doi) == (2, DatasetState.DRAFT, "")
    assert dataset.previous is not None
    assert dataset.previous.id == first.pid
    assert [member.version for member in dataset.members] == [2]
    with pytest.raises(Conflict, match=second.pid):
        begin_next_version(asker, resources, first.pid)
    with pytest.raises(InvalidValue, match="draft"):
        begin_next_version(asker, resources, second.pid)
    third = begin_next_version(asker, resources, freeze_dataset(asker, resources, second.pid).pid)
    for each in (first, second, third):
        versions = show_dataset(asker, resources, each.pid).versions
        assert [version.pid for version in versions] == [first.pid, second.pid, third.pid]
    publish_dataset(asker, resources, first.pid)
    assert [each.pid for each in show_dataset(_public(resources), resources, first.pid).versions] == [first.pid]


def test_what_is_withdrawn_stays_to_be_read_with_the_reason(asker: Asker, resources: Resources) -> None:
    frozen = _frozen(asker, resources, _sample(asker, resources, "film 1"))
    publish_dataset(asker, resources, frozen.pid)
    with pytest.raises(InvalidValue, match="reason"):
        withdraw_dataset(asker, resources, frozen.pid, " ")
    withdraw_dataset(asker, resources, frozen.pid, "The furnace was miscalibrated.")
    shown = show_dataset(_public(resources), resources, frozen.pid)
    assert (shown.dataset.state, shown.dataset.reason) == (DatasetState.WITHDRAWN, "The furnace was miscalibrated.")
    with pytest.raises(InvalidValue, match="once"):
        withdraw_dataset(asker, resources, frozen.pid, "Again.")
    with pytest.raises(InvalidValue):
        publish_dataset(asker, resources, frozen.pid)


def test_only_stewards_publish_and_withdraw(asker: Asker, resources: Resources) -> None:
    from kiban.records.parties.right import Role

    frozen = _frozen(asker, resources, _sample(asker, resources, "film 1"))
    contributor = replace(asker, party="abe", roles=dict.fromkeys(asker.roles, Role.CONTRIBUTOR))
    for deed in (
        lambda: publish_dataset(contributor, resources, frozen.pid),
        lambda: withdraw_dataset(contributor, resources, frozen.pid, "No."),
    ):
        with pytest.raises(Refused, match="stewards"):
            deed()


def test_each_deed_leaves_its_line(asker: Asker, resources: Resources) -> None:
    frozen = _frozen(asker, resources, _sample(asker, resources, "film 1"))
    publish_dataset(asker, resources, frozen.pid)
    withdraw_dataset(asker, resources, frozen.pid, "Wrong.")
    told = {event.action for event in resources.catalog.events(resources.visible(asker), subject=frozen.id)}
    assert told >= {"began data set", "froze data set", "published data set", "tier changed", "withdrew data set"}
