"""New records go where the project says, or where they are told to go, within what the project allows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.operations.neighbours import BEFORE, Neighbours, later, neighbours

from kiban.errors import InvalidValue, Refused, WrongUsage
from kiban.operations.deposit import deposit
from kiban.operations.find import find
from kiban.operations.placement import (
    AS_THE_PROJECT_SAYS,
    Placement,
    choices,
    end_of_embargo,
    in_project,
    place,
    placement_of,
)
from kiban.operations.processes import record_process
from kiban.operations.projects import FIRST_AGREEMENT, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.samples import change_sample, register_sample
from kiban.operations.show import show
from kiban.records.identity import new_uuid
from kiban.records.parties.export_control import ExportClass
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Agreement, Project
from kiban.records.party import Act, Asker
from kiban.records.process import Process
from kiban.records.sample import Sample
from kiban.records.scope import Tier

SWEEP = b"# %s\nTemperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (i, 2 * i) for i in range(50))
MOMENT = datetime(2026, 1, 31, 15, 30, tzinfo=UTC)


@pytest.fixture(name="lab")
def _lab(resources: Resources) -> Neighbours:
    return neighbours(resources)


def _put(inbox: Path, name: str = "a.csv", mark: bytes = b"one") -> Path:
    path = inbox / name
    path.write_bytes(SWEEP % mark)
    return path


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2028-04-01", "2028-04-01"),
        ("1 day", "2026-02-01"),
        ("2 weeks", "2026-02-14"),
        ("1 month", "2026-02-28"),  # no month has a day that it has not
        ("25months", "2028-02-29"),
        ("24 months", "2028-01-31"),
        ("11 months", "2026-12-31"),
        ("12 months", "2027-01-31"),
        ("2 years", "2028-01-31"),
        ("2年", "2028-01-31"),
        ("6か月", "2026-07-31"),
        ("3日", "2026-02-03"),
    ],
)
def test_an_embargo_ends_at_the_beginning_of_a_day(text: str, day: str) -> None:
    assert end_of_embargo(text, MOMENT) == datetime.fromisoformat(f"{day}T00:00:00+00:00")


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2001-01-01", "2200-01-01", "0 days", "soon", "2026-13-01", "9999 years"]
)
def test_an_end_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        end_of_embargo(text, MOMENT)


@given(n=st.integers(1, 1200), start=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)))
def test_months_are_as_the_calendar_counts_them(n: int, start: datetime) -> None:
    start = start.replace(tzinfo=UTC)
    end = end_of_embargo(f"{n} months", start)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    "given", [("secret", None, None), ("open", "x", None), (None, "x", None), ("project", "x", None)]
)
def test_what_contradicts_itself_is_wrong_usage(given: tuple[str | None, str | None, str | None]) -> None:
    with pytest.raises(WrongUsage):
        placement_of(*given, MOMENT)


def test_records_follow_their_project_unless_told_otherwise(resources: Resources, lab: Neighbours, inbox: Path) -> None:
    steward = lab.asker("steward")
    [followed] = deposit(steward, resources, [_put(inbox)], sample="S-1")
    [fixed] = deposit(
        steward, resources, [_put(inbox, "b.csv", b"two")], sample="S-2", placement=Placement(tier=Tier.CLOSED)
    )
    assert find(lab.asker("ume"), resources, "").total == 0
    lab.join("Ume Steel")
    lab.settle(tier=Tier.SHARED, agreement=FIRST_AGREEMENT)
    seen = {hit.id for hit in find(lab.asker("ume"), resources, "").hits}
    assert seen == {followed.measurement, followed.sample}
    assert find(lab.asker("momo"), resources, "").total == 0
    assert show(steward, resources, fixed.measurement or "").scope.tier is Tier.CLOSED


def test_a_project_that_has_an_agreement_ready_and_stays_closed_shows_nothing(
    resources: Resources, lab: Neighbours, inbox: Path
) -> None:
    lab.join("Ume Steel")
    list(deposit(lab.asker("steward"), resources, [_put(inbox)]))
    lab.settle(agreement=FIRST_AGREEMENT)
    list(deposit(lab.asker("steward"), resources, [_put(inbox, "b.csv", b"two")]))
    assert find(lab.asker("ume"), resources, "").total == 0
    assert find(lab.asker("reader"), resources, 'kind = "measurement"').total == 2


def test_shared_goes_under_the_only_agreement_that_the_project_keeps(resources: Resources, lab: Neighbours) -> None:
    scope = place(lab.asker("contributor"), resources, Placement(tier=Tier.SHARED))
    assert (scope.tier, scope.agreement, scope.follows) == (Tier.SHARED, FIRST_AGREEMENT, False)


def test_of_several_agreements_one_must_be_named(resources: Resources, lab: Neighbours) -> None:
    other, foreign, ended = new_uuid(), new_uuid(), new_uuid()
    lab.change(
        Agreement(id=other, name="Steel club", keeper=FIRST_PROJECT, starts=BEFORE),
        Agreement(id=foreign, name="Of others", keeper=new_uuid(), starts=BEFORE),
        Agreement(id=ended, name="Ended", keeper=FIRST_PROJECT, starts=BEFORE, ends=later(-1)),
    )
    asker = lab.asker("contributor")
    with pytest.raises(InvalidValue, match="2 agreements") as raised:
        place(asker, resources, Placement(tier=Tier.SHARED))
    assert "'Partners of My laboratory', 'Steel club'" in raised.value.mend
    for named in ("Steel club", str(other)):
        assert place(asker, resources, Placement(tier=Tier.SHARED, agreement=named)).agreement == other
    for hidden in ("Of others", str(foreign), "Ended", "nothing"):
        with pytest.raises(InvalidValue, match=f"There is no agreement .* called '{re.escape(hidden)}'") as raised:
            place(asker, resources, Placement(tier=Tier.SHARED, agreement=hidden))
        assert "Of others" not in raised.value.mend


def test_what_the_project_does_not_allow_is_refused(resources: Resources, lab: Neighbours, inbox: Path) -> None:
    lab.settle(allowed=frozenset({Tier.CLOSED, Tier.SHARED}))
    with pytest.raises(Refused, match="does not allow its records to be open") as raised:
        list(deposit(lab.asker("steward"), resources, [_put(inbox)], placement=Placement(tier=Tier.OPEN)))
    assert "closed" in raised.value.mend or "shared" in raised.value.mend
    assert find(lab.asker("steward"), resources, "").total == 1  # the project's own record
    assert list(choices(lab.asker("steward"), resources).tiers) == [Tier.CLOSED, Tier.SHARED]


def test_the_embargo_of_the_project_holds_for_new_records(resources: Resources, lab: Neighbours, inbox: Path) -> None:
    lab.settle(tier=Tier.OPEN, embargo_days=365)
    [outcome] = deposit(lab.asker("contributor"), resources, [_put(inbox)])
    pid = outcome.measurement or ""
    assert find(lab.asker("anonymous"), resources, "").total == 0
    assert show(lab.asker("anonymous", later(366)), resources, pid).record.pid == pid


def test_only_stewards_shorten_the_embargo_of_the_project(resources: Resources, lab: Neighbours) -> None:
    lab.settle(embargo_days=365)
    for shorter in (Placement(has_no_embargo=True), placement_of(None, None, "30 days", datetime.now(UTC))):
        with pytest.raises(Refused, match="stay closed until"):
            place(lab.asker("contributor"), resources, shorter)
        assert place(lab.asker("steward"), resources, shorter).closed_until == shorter.closed_until
    longer = placement_of(None, None, "5 years", datetime.now(UTC))
    assert place(lab.asker("contributor"), resources, longer).closed_until == longer.closed_until


def test_records_of_one_day_under_embargo_have_one_scope(resources: Resources, lab: Neighbours) -> None:
    lab.settle(embargo_days=10)
    morning = lab.asker("contributor", datetime(2030, 5, 1, 1, tzinfo=UTC))
    evening = lab.asker("contributor", datetime(2030, 5, 1, 23, tzinfo=UTC))
    assert place(morning, resources) == place(evening, resources)


def test_new_records_have_the_export_class_of_the_project(resources: Resources, lab: Neighbours) -> None:
    lab.settle(export_class=ExportClass.LISTED, export_item="EAR 3A001")
    scope = place(lab.asker("contributor"), resources)
    assert (scope.export_class, scope.export_item) == (ExportClass.LISTED, "EAR 3A001")


@pytest.mark.parametrize("login", ["reader", "ume", "anonymous"])
def test_who_may_not_add_adds_nothing(resources: Resources, lab: Neighbours, inbox: Path, login: str) -> None:
    asker = replace(lab.asker(login), project=None)
    with pytest.raises(Refused):
        list(deposit(asker, resources, [_put(inbox)]))
    with pytest.raises(Refused):
        register_sample(asker, resources, Sample(name="S-1"))


def test_a_file_that_is_there_stays_in_its_tier_and_the_outcome_says_so(
    resources: Resources, lab: Neighbours, inbox: Path
) -> None:
    asker, path = lab.asker("steward"), _put(inbox)
    is_open = Placement(tier=Tier.OPEN)
    [first] = deposit(asker, resources, [path])
    [again] = deposit(asker, resources, [path])
    [opened] = deposit(asker, resources, [path], placement=is_open)
    assert (first.stays, again.stays) == ("", "")
    assert opened.already_there
    assert opened.stays == f"It stays closed, as it was. A steward can change that: kiban tier {first.measurement}."
    assert show(asker, resources, first.measurement or "").scope.tier is Tier.CLOSED
    [other] = deposit(asker, resources, [_put(inbox, "open.csv", b"two")], placement=is_open)
    [same] = deposit(asker, resources, [inbox / "open.csv"], placement=is_open)
    assert (other.stays, same.stays) == ("", "")
    unread = inbox / "unread.bin"
    unread.write_bytes(b"\x00\x01 nobody reads this")
    list(deposit(asker, resources, [unread]))
    [kept] = deposit(asker, resources, [unread], placement=is_open)
    assert kept.stays.startswith("It stays closed")


def test_a_token_for_deposits_deposits_and_is_told_what_is_there(
    resources: Resources, lab: Neighbours, inbox: Path
) -> None:
    asker = replace(lab.asker("contributor"), acts=frozenset({Act.DEPOSIT}))
    [first] = deposit(asker, resources, [_put(inbox)])
    [again] = deposit(asker, resources, [inbox / "a.csv"])
    assert (first.status, again.already_there) == ("structured", True)
    assert find(asker, resources, "").total == 0


def test_a_change_goes_to_the_project_that_owns_the_record(resources: Resources, lab: Neighbours) -> None:
    second = Project(id=new_uuid(), name="Second")
    lab.change(second)
    asker = Asker(party="operator", roles={FIRST_PROJECT: Role.OWNER, second.id: Role.OWNER}, project=FIRST_PROJECT)
    there = in_project(asker, resources, "Second")
    sample = register_sample(there, resources, Sample(name="S-1"), placement=Placement(tier=Tier.OPEN))
    changed = change_sample(asker, resources, sample.pid, {"location": "Room 3"})
    assert (changed.project, changed.scope, changed.version) == (second.id, sample.scope, 2)
    with pytest.raises(Refused, match="several projects"):
        record_process(asker, resources, Process(name="milling"), inputs=[sample.pid], uses_up=True)
    only_first = replace(asker, roles={FIRST_PROJECT: Role.OWNER})
    with pytest.raises(Refused):
        change_sample(only_first, resources, sample.pid, {"location": "elsewhere"})


def test_projects_of_others_are_unknown(resources: Resources, lab: Neighbours) -> None:
    hidden = Project(id=new_uuid(), name="Hidden")
    lab.change(hidden)
    asker = lab.asker("contributor")
    for wanted in ("Hidden", str(hidden.id), "nothing"):
        with pytest.raises(InvalidValue, match="There is no project of yours called") as raised:
            in_project(asker, resources, wanted)
        assert raised.value.mend == "Use one of: 'My laboratory'."
    assert in_project(asker, resources, "My laboratory").project == FIRST_PROJECT
    assert in_project(asker, resources, None) is asker
    assert choices(lab.asker("ume"), resources).project is None
    assert placement_of("project", "", "", MOMENT) == AS_THE_PROJECT_SAYS
