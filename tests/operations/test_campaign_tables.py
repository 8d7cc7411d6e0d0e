"""Campaigns out of what the archive knows: a definition proposed from samples, and these as past experiments."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidQuestion, InvalidValue
from kiban.operations.campaign_experiments import import_experiments, suggest_experiments
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaign_tables import past_in_table, propose_campaign
from kiban.operations.campaigns import new_campaign
from kiban.operations.resources import Resources
from kiban.operations.samples import register_sample
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.objective.target import Goal
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.sample import Sample
from kiban.testing.past_experiments_example import keep_example

SAMPLES = 'kind = "sample"'


@pytest.fixture(name="archive")
def _archive(asker: Asker, resources: Resources) -> Resources:
    keep_example(asker, resources)
    register_sample(asker, resources, Sample(name="ore"))
    return resources


def test_what_was_set_and_differs_is_proposed_as_parameters(asker: Asker, archive: Resources) -> None:
    made = propose_campaign(asker, archive, SAMPLES, "Harder", {"hardness": Goal.MAXIMISE})
    campaign = defined(made)
    known = {each["name"]: each for each in made["space"]["parameters"]}
    # Only of rows that have an outcome: S4 has none.
    assert (known["process.t.temperature"]["low"], known["process.t.temperature"]["high"]) == (400.0, 500.0)
    assert known["process.t.temperature"]["unit"] == "degC"
    assert known["process.t.gas"]["levels"] == ["Ar", "N2"]
    assert (known["nominal.mass.PVDF"]["low"], known["nominal.mass.PVDF"]["high"]) == pytest.approx((0.0, 30.0))
    assert not any("always" in name for name in known)
    (mixture,) = made["space"]["constraints"]
    assert (set(mixture["names"]), mixture["total"]) == (
        {"nominal.mass.PVDF", "nominal.mass.carbon black"},
        pytest.approx(100.0),
    )
    assert campaign.objective.outcomes == {"hardness": "GPa"}
    found = past_in_table(asker, archive, campaign, SAMPLES, {})
    assert len(found.done) == 3
    assert {why for _, why in found.left_out} == {
        "hardness is not known.",
        "nominal.mass.PVDF, nominal.mass.carbon black, process.t.gas, process.t.temperature is not known.",
    }


def test_samples_become_experiments_that_name_sample_and_measurement(asker: Asker, archive: Resources) -> None:
    campaign = defined(propose_campaign(asker, archive, SAMPLES, "Harder", {"hardness": Goal.MAXIMISE}))
    done = past_in_table(asker, archive, campaign, SAMPLES, {}).done
    record = new_campaign(asker, archive, campaign, done=done)
    kept = campaign_of(record)
    first = next(each for each in kept.experiments if each.outcomes[0].value.value == 1.5)
    assert first.point["process.t.temperature"] == 400.0
    assert first.outcomes[0].value.uncertainty is not None
    assert first.outcomes[0].value.uncertainty.standard == pytest.approx(0.1)
    linked = {x.object for x in archive.catalog.links([record.id], archive.visible(asker))}
    assert {first.rests_on, first.outcomes[0].evidence} <= {
        each.pid for each in archive.catalog.get_many(linked, archive.visible(asker)).values()
    }
    assert {x.predicate for x in archive.catalog.links([record.id], archive.visible(asker))} == {Predicate.LEARNT_FROM}
    asked = campaign_of(suggest_experiments(asker, archive, record.pid, 2)).experiments[-1]
    assert sum(float(asked.point[name]) for name in ("nominal.mass.PVDF", "nominal.mass.carbon black")) == (
        pytest.approx(100.0)
    )
    with pytest.raises(InvalidValue, match="would stay as it is"):
        import_experiments(asker, archive, record.pid, done)


def test_parameters_are_found_by_the_last_part_of_their_column_or_by_name(asker: Asker, archive: Resources) -> None:
    campaign = defined(
        {
            "name": "Harder",
            "space": {
                "parameters": [
                    {"kind": "continuous", "name": "temperature", "low": 600, "high": 900, "unit": "K"},
                    {"kind": "categorical", "name": "atmosphere", "levels": ["Ar", "N2"]},
                ]
            },
            "objective": {"targets": [{"name": "hardness", "unit": "MPa"}]},
        }
    )
    with pytest.raises(InvalidValue, match="no column for atmosphere"):
        past_in_table(asker, archive, campaign, SAMPLES, {})
    with pytest.raises(InvalidValue, match="'pressure' is neither"):
        past_in_table(asker, archive, campaign, SAMPLES, {"pressure": "process.t.gas"})
    with pytest.raises(InvalidValue, match=r"no column process\.t\.gaz"):
        past_in_table(asker, archive, campaign, SAMPLES, {"atmosphere": "process.t.gaz"})
    found = past_in_table(asker, archive, campaign, SAMPLES, {"atmosphere": "process.t.gas"})
    kept = campaign_of(new_campaign(asker, archive, campaign, done=found.done))
    assert sorted(float(each.point["temperature"]) for each in kept.experiments) == pytest.approx(
        [673.15, 723.15, 773.15]
    )
    assert sorted(each.outcomes[0].value.value for each in kept.experiments) == pytest.approx([1500.0, 2000.0, 2500.0])


def test_what_cannot_be_proposed_is_told(asker: Asker, archive: Resources) -> None:
    for question, targets, said in (
        (SAMPLES, {"colour": Goal.MAXIMISE}, "no column of numbers 'colour'"),
        (SAMPLES, {}, "Nothing is wanted"),
        ('title = "S1"', {"hardness": Goal.MAXIMISE}, "Of the 1 rows"),
    ):
        with pytest.raises(InvalidValue, match=said):
            propose_campaign(asker, archive, question, "x", targets)
    with pytest.raises(InvalidQuestion):
        propose_campaign(asker, archive, "title =", "x", {"hardness": Goal.MAXIMISE})
