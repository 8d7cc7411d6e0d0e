"""The table of releases: every case of the one that Kiban comes with, and how rows are chosen."""

from __future__ import annotations

import itertools

import pytest

from kiban.errors import InvalidValue
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

N, U, L = ExportClass.NOT_LISTED, ExportClass.UNJUDGED, ExportClass.LISTED
MEMBER, PARTY, PUBLIC = Relation.MEMBER, Relation.PARTY, Relation.PUBLIC
COUNTRIES = ("JP", "DE", None)


def says(export_class: ExportClass, relation: Relation, residency: Residency, country: str | None) -> Release:
    item = "EAR 3A001" if export_class is L else None
    facts = ReleaseFacts(export_class=export_class, item=item, relation=relation, residency=residency, country=country)
    return CAUTIOUS.decide(facts).says


def everybody() -> list[tuple[Relation, Residency, str | None]]:
    return list(itertools.product(Relation, Residency, COUNTRIES))


def is_at_home(residency: Residency, country: str | None) -> bool:
    return residency is Residency.RESIDENT and country == "JP"


@pytest.mark.parametrize(("relation", "residency", "country"), everybody())
def test_what_is_not_listed_goes_anywhere(relation: Relation, residency: Residency, country: str | None) -> None:
    assert says(N, relation, residency, country) is Release.ALLOW


@pytest.mark.parametrize(("relation", "residency", "country"), everybody())
def test_what_is_listed_is_never_published_and_asked_about_elsewhere(
    relation: Relation, residency: Residency, country: str | None
) -> None:
    expected = Release.ALLOW if is_at_home(residency, country) else Release.ASK
    assert says(L, relation, residency, country) is (Release.REFUSE if relation is PUBLIC else expected)


@pytest.mark.parametrize(("relation", "residency", "country"), everybody())
def test_what_nobody_has_judged_does_not_go_to_non_residents(
    relation: Relation, residency: Residency, country: str | None
) -> None:
    works_here = relation is MEMBER and residency in {Residency.RESIDENT, Residency.UNKNOWN}
    is_allowed = relation is PUBLIC or works_here or is_at_home(residency, country)
    assert says(U, relation, residency, country) is (Release.ALLOW if is_allowed else Release.REFUSE)


def test_the_first_row_that_holds_decides_and_where_none_does_nothing_goes() -> None:
    yes = ReleaseRow(classes=frozenset({N}), says=Release.ALLOW, reason="Yes.")
    no = ReleaseRow(says=Release.REFUSE, reason="No.")
    facts = ReleaseFacts(export_class=N, relation=PARTY)
    assert ReleaseTable((yes, no)).decide(facts) is yes
    assert ReleaseTable((no, yes)).decide(facts) is no
    for table in (ReleaseTable(()), ReleaseTable((yes,))):
        silent = table.decide(ReleaseFacts(export_class=U, relation=MEMBER, residency=Residency.RESIDENT, country="JP"))
        assert silent.says is Release.REFUSE
        assert silent.reason


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"classes": {L}}, True),
        ({"classes": {N, U}}, False),
        ({"relations": {PARTY, PUBLIC}}, True),
        ({"relations": {MEMBER}}, False),
        ({"residencies": {Residency.NON_RESIDENT}}, True),
        ({"residencies": {Residency.RESIDENT}}, False),
        ({"countries": {"DE", "FR"}}, True),
        ({"countries": {"JP"}}, False),
        ({"classes": {L}, "items": {"EAR 3A"}}, True),
        ({"classes": {L}, "items": {"EAR 4", "EAR 3A001"}}, True),
        ({"classes": {L}, "items": {"3A001"}}, False),  # it is the beginning that counts
        ({"relations": {PARTY}, "countries": {"JP"}}, False),
    ],
)
def test_all_conditions_of_a_row_must_hold(conditions: dict[str, set[object]], fits: bool) -> None:
    row = ReleaseRow(says=Release.ASK, reason="Why.", **{name: frozenset(v) for name, v in conditions.items()})  # type: ignore[arg-type]
    facts = ReleaseFacts(
        export_class=L, item="EAR 3A001", relation=PARTY, residency=Residency.NON_RESIDENT, country="DE"
    )
    assert row.holds(facts) is fits


def test_a_recipient_whose_country_is_not_known_is_in_none() -> None:
    row = ReleaseRow(countries=frozenset({"JP"}), says=Release.ALLOW, reason="Why.")
    assert not row.holds(ReleaseFacts(export_class=N, relation=PARTY))
    item = ReleaseRow(classes=frozenset({L}), items=frozenset({"E"}), says=Release.ALLOW, reason="Why.")
    assert not item.holds(ReleaseFacts(export_class=L, relation=PARTY))


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": frozenset({"jp"})},
        {"countries": frozenset({"JPN"})},
        {"countries": frozenset({"JP", "Japan"})},
        {"reason": " "},
        {"items": frozenset({"EAR 3A"})},
        {"items": frozenset({"EAR 3A"}), "classes": frozenset({L, U})},
    ],
)
def test_rows_that_say_nothing_sensible_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        ReleaseRow(**({"says": Release.ALLOW, "reason": "Why."} | wrong))  # type: ignore[arg-type]


def test_every_row_gives_a_reason() -> None:
    assert all(row.reason.strip().endswith(".") for row in CAUTIOUS.rows)


def test_a_reason_is_said_in_japanese_where_there_is_one() -> None:
    row = ReleaseRow(says=Release.REFUSE, reason="It is listed.", reason_ja="該当品です。")
    assert (row.reason_in("ja"), row.reason_in("en")) == ("該当品です。", "It is listed.")
    assert ReleaseRow(says=Release.REFUSE, reason="It is listed.").reason_in("ja") == "It is listed."
