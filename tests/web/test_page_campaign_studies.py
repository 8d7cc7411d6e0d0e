"""The page of a campaign: which earlier studies counted, and how much, in both languages."""

from __future__ import annotations

import pytest

from kiban.operations.campaign_experiments import suggest_experiments
from kiban.operations.campaigns import new_campaign
from kiban.planning.campaign.campaign import Batch, Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.earlier import StudyUsed
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import Done
from kiban.platform import local_asker
from kiban.quantity.measured import Measured
from kiban.web.campaign_studies import studies_of
from kiban.web.language import Speaker

from .conftest import Program


def _glue(name: str, **said: object) -> Campaign:
    return campaign_of(
        {
            "name": name,
            "space": {
                "parameters": [{"kind": "discrete", "name": "time", "values": [1, 2, 3, 4, 5, 6, 7, 8], "unit": "h"}]
            },
            "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
            **said,
        }
    )


def _past(scale: float) -> list[Done]:
    return [
        Done(
            point={"time": time},
            outcomes=(Outcome(name="hardness", value=Measured(scale * (9.0 - abs(time - 5)), "GPa")),),
            rests_on=f"row {time}",
        )
        for time in range(1, 9)
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ("Earlier studies", "Counts for Hardness", "How much each counted", "Earlier studies expect most there"),
        ),
        ("ja", ("過去の研究データ", "への寄与", "各研究の寄与です", "過去の研究から最も期待される条件")),
    ],
)
def test_the_page_names_studies_and_how_much_they_count(empty: Program, language: str, said: tuple[str, ...]) -> None:
    asker, resources = local_asker(empty.resources), empty.resources
    for name, scale in (("Glue <b>of 2019", 1.0), ("Glue of 2020", 4.0)):
        new_campaign(asker, resources, _glue(name), done=_past(scale))
    begun = new_campaign(asker, resources, _glue("Strong glue"))
    suggest_experiments(asker, resources, begun.pid)
    page = empty.get(f"/records/{begun.pid}?lang={language}").text
    for text in (*said, "Glue &lt;b&gt;of 2019", "Glue of 2020"):
        assert text in page
    assert "<b>of 2019" not in page


def test_what_counts_for_nothing_or_the_other_way_round_is_said() -> None:
    used = tuple(StudyUsed(name=str(count), counts={"hardness": count}) for count in (0.41, 0.0, -0.25))
    batch = Batch(number=1, seed=1, engine="embedded", engine_version=1, at="2026-11-27", by="sato", studies=used)
    campaign = _glue("Strong glue")
    shown = studies_of(
        Campaign(name="x", space=campaign.space, objective=campaign.objective, batches=(batch,)), Speaker("en")
    )
    assert [row["counts"] for row in shown["rows"]] == [["41 %"], ["nothing"], ["25 %, reversed"]]
    none = studies_of(_glue("Strong glue", archive="none"), Speaker("ja"))
    assert none["choice"] == "過去の研究データは使用していません。"
    one = studies_of(_glue("Strong glue", archive=["hardness = {time}"]), Speaker("en"))
    assert "1 study or formula" in one["choice"]
    both = studies_of(
        _glue("Strong glue", archive=["auto", "hardness = {time}", "hardness = 2 * {time}"]), Speaker("en")
    )
    assert "2 studies or formulas" in both["choice"]
