"""Earlier studies of a campaign: found, weighed, named, kept; and nothing of them for who may not use them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from kiban.errors import InvalidValue, RecordNotFound
from kiban.operations.campaign_archive import studies_for
from kiban.operations.campaign_as_json import shown_campaign_as_json
from kiban.operations.campaign_experiments import import_experiments, suggest_experiments, tell_result
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import change_campaign, new_campaign
from kiban.operations.change_tier import TierChange, change_tier
from kiban.operations.chosen import chosen_record
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.placement import Placement
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import show_campaign
from kiban.planning.archive import archive as earlier_studies
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import Done
from kiban.quantity.measured import Measured
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.provenance import Direction
from kiban.records.record import Record
from kiban.records.scope import Tier

from .neighbours import neighbours

SOLVENTS = ("water", "ethanol", "acetone")
OPEN = Placement(tier=Tier.OPEN)
CLOSED = Placement(tier=Tier.CLOSED)


def glue(name: str = "Strong glue", **said: object) -> Campaign:
    return defined(
        {
            "name": name,
            "space": {
                "parameters": [
                    {"kind": "discrete", "name": "temperature", "values": list(range(300, 510, 10)), "unit": "K"},
                    {"kind": "categorical", "name": "solvent", "levels": list(SOLVENTS)},
                ]
            },
            "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
            "seed": 5,
            **said,
        }
    )


def truth(temperature: float, solvent: str, lab: int = 0) -> float:
    """Best at 430 K in ethanol; laboratories differ in scale and a little in shape."""
    hill = np.exp(-(((temperature - 430.0 - 4.0 * lab) / 50.0) ** 2)) * (0.4, 1.0, 0.6)[SOLVENTS.index(solvent)]
    return float((1.0 + lab) * hill + 0.3 * lab)


def past(lab: int, n: int = 40) -> list[Done]:
    rng = np.random.default_rng(lab + 1)
    found = []
    for i in range(n):
        temperature, solvent = float(rng.choice(np.arange(300, 510, 10))), str(rng.choice(SOLVENTS))
        value = Measured(truth(temperature, solvent, lab), "GPa")
        found.append(
            Done(
                point={"temperature": temperature, "solvent": solvent},
                outcomes=(Outcome(name="hardness", value=value),),
                rests_on=f"laboratory {lab}, row {i}",
            )
        )
    return found


def earlier(asker: Asker, resources: Resources, lab: int, placement: Placement = OPEN) -> Record:
    return new_campaign(asker, resources, glue(f"Glue of laboratory {lab}"), done=past(lab), placement=placement)


def used(asker: Asker, resources: Resources, pid: str) -> dict[str, float]:
    shown = show_campaign(asker, resources, pid).campaign
    return {each.name: each.counts["hardness"] for each in shown.studies_used()}


def test_the_first_suggestion_comes_from_earlier_campaigns_that_agree(asker: Asker, resources: Resources) -> None:
    for lab in (1, 2):
        earlier(asker, resources, lab)
    begun = new_campaign(asker, resources, glue())
    (first,) = campaign_of(suggest_experiments(asker, resources, begun.pid)).experiments
    assert first.point["solvent"] == "ethanol"
    assert abs(float(first.point["temperature"]) - 430.0) <= 20.0
    assert first.proposal is not None
    assert first.proposal.reason.why == "earlier"
    counts = used(asker, resources, begun.pid)
    assert set(counts) == {"Glue of laboratory 1", "Glue of laboratory 2"}
    assert 0.3 < sum(counts.values()) <= 1.0
    # Where they come from can be followed.
    behind = provenance(asker, resources, begun.pid, direction=Direction.BACK)
    assert len(behind.links) == 2


def test_without_an_archive_nothing_of_it_counts_and_the_choice_is_kept(asker: Asker, resources: Resources) -> None:
    for lab in (1, 2):
        earlier(asker, resources, lab)
    begun = new_campaign(asker, resources, glue(archive="none"))
    (first,) = campaign_of(suggest_experiments(asker, resources, begun.pid)).experiments
    assert first.proposal is not None
    assert first.proposal.reason.why == "spread"
    assert used(asker, resources, begun.pid) == {}
    changed = change_campaign(asker, resources, begun.pid, {"archive": ("auto",)})
    assert campaign_of(changed).archive == ("auto",)
    suggest_experiments(asker, resources, begun.pid)
    assert len(used(asker, resources, begun.pid)) == 2


def test_the_same_archive_and_seed_give_the_same_suggestions(asker: Asker, resources: Resources) -> None:
    for lab in (1, 2):
        earlier(asker, resources, lab)
    first, second = (new_campaign(asker, resources, glue(archive=[])) for _ in range(2))
    sibling = [each.record for each in studies_for(asker, resources, new_campaign(asker, resources, glue()).pid)]
    points = []
    for begun in (first, second):
        change_campaign(asker, resources, begun.pid, {"archive": tuple(sibling)})
        points.append(
            [dict(e.point) for e in campaign_of(suggest_experiments(asker, resources, begun.pid, 4)).experiments]
        )
    assert points[0] == points[1]


def test_earlier_studies_are_learnt_once_until_there_are_others(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[tuple[object, ...]] = []

    def known(*told_of: Any) -> Any:
        learnt.append(told_of)
        return learn(*told_of)

    learn = earlier_studies._known
    monkeypatch.setattr(earlier_studies, "_known", known)
    for lab in (1, 2):
        earlier(asker, resources, lab)
    begun = new_campaign(asker, resources, glue())
    for _ in range(3):
        suggest_experiments(asker, resources, begun.pid)
    assert len(learnt) == 1
    earlier(asker, resources, 3)
    suggest_experiments(asker, resources, begun.pid)
    assert len(learnt) == 2
    assert len(used(asker, resources, begun.pid)) == 3


def test_a_study_that_one_may_not_use_has_neither_influence_nor_name(asker: Asker, resources: Resources) -> None:
    around = neighbours(resources)
    closed = [earlier(asker, resources, lab, CLOSED) for lab in (1, 2)]
    reader = around.asker("anonymous")
    begun = new_campaign(asker, resources, glue(), placement=OPEN)
    assert studies_for(reader, resources, begun.pid) == ()
    assert len(studies_for(asker, resources, begun.pid)) == 2
    suggest_experiments(asker, resources, begun.pid)
    assert len(used(asker, resources, begun.pid)) == 2
    # Who may not read the studies sees the suggestion, and nothing of what it rests on.
    assert used(reader, resources, begun.pid) == {}
    seen = json.dumps(shown_campaign_as_json(show_campaign(reader, resources, begun.pid)))
    for hidden in closed:
        assert hidden.pid not in seen
        assert hidden.title not in seen
    # With other rights it is another answer, at once.
    change_tier(asker, resources, chosen_record(asker, resources, closed[0].pid), TierChange(tier=Tier.OPEN))
    assert set(used(reader, resources, begun.pid)) == {closed[0].title}
    assert [each.record for each in studies_for(reader, resources, begun.pid)] == [closed[0].pid]


def test_the_right_to_read_is_not_the_right_to_use(asker: Asker, resources: Resources) -> None:
    near = neighbours(resources)
    shared = Placement(tier=Tier.SHARED)
    for lab in (1, 2):
        earlier(asker, resources, lab, shared)
    begun = new_campaign(asker, resources, glue(), placement=shared)
    near.join("Ume Steel", Right.DATA)
    assert studies_for(near.asker("ume"), resources, begun.pid) == ()
    near.join("Ume Steel", Right.USE)
    assert len(studies_for(near.asker("ume"), resources, begun.pid)) == 2
    # How much a study counts follows from its values: who may read none of the campaign's is told of none.
    suggest_experiments(asker, resources, begun.pid)
    near.join("Ume Steel", Right.METADATA)
    seen = show_campaign(near.asker("ume"), resources, begun.pid)
    assert seen.campaign.studies_used() == ()
    assert len(seen.campaign.batches) == 1


def test_named_studies_alone_count_and_others_are_refused(asker: Asker, resources: Resources) -> None:
    one, two = (earlier(asker, resources, lab) for lab in (1, 2))
    begun = new_campaign(asker, resources, glue(archive=[one.pid]))
    suggest_experiments(asker, resources, begun.pid)
    assert set(used(asker, resources, begun.pid)) == {one.title}
    with pytest.raises(RecordNotFound):
        change_campaign(asker, resources, begun.pid, {"archive": ("kb:7Q4M-2KXD-98",)})
    with pytest.raises(InvalidValue, match="is no study"):
        change_campaign(asker, resources, begun.pid, {"archive": ("glue",)})
    around = neighbours(resources)
    closed = earlier(asker, resources, 3, CLOSED)
    shown = new_campaign(asker, resources, glue(archive=[closed.pid, "hardness = {temperature}"]), placement=OPEN)
    seen = shown_campaign_as_json(show_campaign(around.asker("anonymous"), resources, shown.pid))
    assert seen["archive"] == ["hardness = {temperature}"]
    assert closed.pid not in json.dumps(seen)
    with pytest.raises(RecordNotFound):
        new_campaign(around.asker("anonymous"), resources, glue(archive=[closed.pid]))
    assert two.pid not in used(asker, resources, begun.pid)


def table_of(lab: int, *, name: str | None = None) -> TableFile:
    """A table of past experiments, temperature in °C and hardness in MPa."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["sample", "temperature [degC]", "solvent", "vickers_hardness [MPa]"])
    for i, done in enumerate(past(lab)):
        value = 1000.0 * done.outcomes[0].value.value
        temperature = float(done.point["temperature"]) - 273.15  # type: ignore[arg-type]
        writer.writerow([f"L{lab}-{i}", f"{temperature:.2f}", done.point["solvent"], f"{value:.3f}"])
    return TableFile(content=text.getvalue().encode(), name=name or f"laboratory {lab}.csv")


def hard(**said: object) -> Campaign:
    return glue(objective={"targets": [{"name": "vickers_hardness", "unit": "GPa"}]}, **said)


def test_tables_of_past_experiments_are_studies_in_their_own_units(asker: Asker, resources: Resources) -> None:
    for lab in (1, 2):
        keep_experiments(asker, resources, table_of(lab))
    begun = new_campaign(asker, resources, hard())
    found = studies_for(asker, resources, begun.pid)
    assert {each.title for each in found} == {"laboratory 1.csv", "laboratory 2.csv"}
    assert {len(each.study.trials) for each in found} == {40}
    (first,) = campaign_of(suggest_experiments(asker, resources, begun.pid)).experiments
    assert first.point["solvent"] == "ethanol"
    assert abs(float(first.point["temperature"]) - 430.0) <= 20.0


def test_rows_that_are_closed_one_by_one_are_a_study_of_their_own(asker: Asker, resources: Resources) -> None:
    around = neighbours(resources)
    rows = keep_experiments(asker, resources, table_of(1), placement=OPEN).rows
    begun = new_campaign(asker, resources, hard(), placement=OPEN)
    reader = around.asker("anonymous")
    (whole,) = studies_for(reader, resources, begun.pid)
    assert len(whole.study.trials) == 40
    for row in rows[:10]:
        change_tier(asker, resources, chosen_record(asker, resources, row.pid), TierChange(tier=Tier.CLOSED))
    assert sorted(len(each.study.trials) for each in studies_for(asker, resources, begun.pid)) == [10, 30]
    (left,) = studies_for(reader, resources, begun.pid)
    assert len(left.study.trials) == 30
    assert not left.rests_on & {row.pid for row in rows[:10]}


def test_what_was_measured_for_the_campaign_itself_is_no_study_of_it(asker: Asker, resources: Resources) -> None:
    rows = keep_experiments(asker, resources, table_of(1)).rows
    begun = new_campaign(asker, resources, hard())
    own = [
        Done(
            point=done.point,
            outcomes=(Outcome(name="vickers_hardness", value=done.outcomes[0].value, evidence=row.pid),),
            rests_on=row.pid,
        )
        for row, done in zip(rows, past(1), strict=True)
    ]
    import_experiments(asker, resources, begun.pid, own)
    assert studies_for(asker, resources, begun.pid) == ()
    # To another campaign they are one study, not two.
    other = new_campaign(asker, resources, hard(name="Another"))
    assert [each.record for each in studies_for(asker, resources, other.pid)] == [begun.pid]


def test_a_formula_leads_the_first_suggestion_and_is_noticed_where_it_says_the_opposite(
    asker: Asker, resources: Resources
) -> None:
    formula = "hardness = abs({temperature} - 430)"
    begun = new_campaign(asker, resources, glue(archive=[formula]))
    (first,) = campaign_of(suggest_experiments(asker, resources, begun.pid)).experiments
    assert float(first.point["temperature"]) == 300.0
    assert used(asker, resources, begun.pid)[formula] > 0.3
    for _ in range(8):
        seen = show_campaign(asker, resources, begun.pid).campaign
        for each in seen.experiments:
            if each.is_open:
                value = truth(float(each.point["temperature"]), str(each.point["solvent"]))
                tell_result(asker, resources, begun.pid, each.number, values={"hardness": value})
        suggest_experiments(asker, resources, begun.pid)
    assert used(asker, resources, begun.pid)[formula] <= 0.0
    for wrong, said in (("mass = 3 * {temperature}", "no outcome"), ("hardness = {solvent}", "no parameter")):
        with pytest.raises(InvalidValue, match=said):
            change_campaign(asker, resources, begun.pid, {"archive": (wrong,)})


def test_studies_of_other_outcomes_or_parameters_are_passed_over(asker: Asker, resources: Resources) -> None:
    earlier(asker, resources, 1)
    other = glue(objective={"targets": [{"name": "mass", "unit": "kg"}]})
    begun = new_campaign(asker, resources, other)
    assert studies_for(asker, resources, begun.pid) == ()
    pressed = glue(
        space={"parameters": [{"kind": "continuous", "name": "pressure", "low": 0, "high": 1, "unit": "MPa"}]}
    )
    begun = new_campaign(asker, resources, pressed)
    assert studies_for(asker, resources, begun.pid) == ()


@pytest.mark.parametrize(
    "outcome", ["硬さ", "Hardness (HV)", "yield %", "3", "a.b", "process.x", "title", "'", "mass.Fe"]
)
def test_an_outcome_may_be_called_as_nothing_can_be_asked_for(asker: Asker, resources: Resources, outcome: str) -> None:
    named = {"objective": {"targets": [{"name": outcome, "unit": "GPa"}]}}
    record = new_campaign(asker, resources, glue(**named))
    suggest_experiments(asker, resources, record.pid, 1)
    tell_result(asker, resources, record.pid, 1, [], values={outcome: 2.5})
    assert len(campaign_of(suggest_experiments(asker, resources, record.pid, 1)).experiments) == 2
    # Two experiments are too few for a study.
    assert studies_for(asker, resources, new_campaign(asker, resources, glue("Again", **named)).pid) == ()


def test_engines_that_make_nothing_of_studies_name_none(asker: Asker, resources: Resources) -> None:
    earlier(asker, resources, 1)
    begun = new_campaign(asker, resources, glue(engine="random"))
    suggest_experiments(asker, resources, begun.pid)
    assert used(asker, resources, begun.pid) == {}
